"""A question: one `.rq` file, its header, its text, and the values bound in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.home import Home, KgError
from kg.names import FALLBACKS

VALUES_LINE = re.compile(r"^([ \t]*)VALUES \?(\w+) \{[^{}]*\}[ \t]*$", re.MULTILINE)
# A question with such a parameter has something to bind even when no value is given.
PRESET = re.compile(r"^#\+.*\b(default|required):", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A query in a file, named as the file is."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """The file's text, header and query.

        Raises:
            KgError: see `read_query_file`.
        """
        return read_query_file(self.path)

    @cached_property
    def header(self) -> dict[str, Any]:
        """The `#+` lines as YAML: summary, description, tags, columns, by language.

        Raises:
            KgError: the header is not YAML.
        """
        import yaml

        # Ten times as fast where the package has it, and no less safe.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        lines = [line[2:] for line in self.text.splitlines() if line.startswith("#+")]
        try:
            header = yaml.load("\n".join(x.removeprefix(" ") for x in lines), loader)  # noqa: S506
        except yaml.YAMLError as error:
            raise KgError(f"{self.path}:1: the #+ header is not YAML: {error}") from None
        if not isinstance(header, dict):
            raise KgError(f"{self.path}:1: no #+ header. Give at least #+ summary: in en.")
        return header

    @property
    def has_presets(self) -> bool:
        """Whether a parameter is required or has a default; known without reading the header."""
        return PRESET.search(self.text) is not None

    def takes(self, variable: str) -> bool:
        """Tell whether the query has a line `VALUES ?variable { … }` to bind."""
        return variable in self._variables

    @cached_property
    def _variables(self) -> frozenset[str]:
        return frozenset(line[2] for line in VALUES_LINE.finditer(self.text))

    def tell(self, field: str, language: str) -> str:
        """Return a field of the header in a language, or in the one that stands in for it.

        Raises:
            KgError: the field is not given by language.
        """
        said = self.header.get(field) or {}
        if not isinstance(said, dict):
            raise KgError(f"{self.path}:1: {field} has no languages. Give it as en: and zh-Hans:.")
        return next((str(said[tag]) for tag in FALLBACKS[language] if tag in said), "")


def read_query_file(path: Path) -> str:
    """Return the text of a query file.

    Raises:
        KgError: there is no such file, it cannot be read, or it is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise KgError(
            f"{path}:{line}: byte {error.start} is not UTF-8. A query is UTF-8: save it as that."
        ) from None
    except OSError as error:
        raise KgError(f"{path}: {error.strerror}. A query file is wanted here.") from None


def read_internal(home: Home, name: str) -> str:
    """Return a query of the program's own, from `queries/internal/`.

    Raises:
        KgError: see `read_query_file`.
    """
    return read_query_file(home.queries / "internal" / f"{name}.rq")


def bind_values(text: str, values: Mapping[str, str]) -> str:
    """Return a query with the lines `VALUES ?name { … }` of each name bound to its term.

    A term is given as SPARQL writes it (`<https://…>`, `"en"`), never as a user typed it. All
    are bound in one pass, so that none is looked for in what another one says.

    Raises:
        KgError: the query has no such line.

    >>> bind_values("VALUES ?lang { UNDEF }", {"lang": '"zh-Hans"'})
    'VALUES ?lang { "zh-Hans" }'
    """
    bound = set()

    def write(line: re.Match[str]) -> str:
        name = line[2]
        bound.add(name)
        return f"{line[1]}VALUES ?{name} {{ {values[name]} }}" if name in values else line[0]

    text = VALUES_LINE.sub(write, text)
    for name in values:
        if name not in bound:
            raise KgError(f"The query has no line VALUES ?{name} {{ … }} to bind.", exit_code=2)
    return text
