"""A question: one `.rq` file, its header, its text, and the values bound in it."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.home import Home, KgError
from kg.names import FALLBACKS, LANGUAGES
from kg.store import Memory, Rows

VALUES_LINE = r"^([ \t]*)VALUES \?{name} \{{[^{{}}]*\}}[ \t]*$"


@dataclass(frozen=True)
class Question:
    """A canned query, named as its file is."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """The file's text, header and query."""
        return self.path.read_text("utf-8")

    @cached_property
    def header(self) -> dict[str, Any]:
        """The `#+` lines as YAML: summary, description, tags, columns, by language.

        Raises:
            KgError: the header is not YAML.
        """
        import yaml

        lines = [line[2:] for line in self.text.splitlines() if line.startswith("#+")]
        try:
            header = yaml.safe_load("\n".join(line.removeprefix(" ") for line in lines))
        except yaml.YAMLError as error:
            raise KgError(f"{self.path}:1: the #+ header is not YAML: {error}") from None
        if not isinstance(header, dict):
            raise KgError(f"{self.path}:1: no #+ header. Give at least #+ summary: in en.")
        return header

    def tell(self, field: str, language: str) -> str:
        """Return a field of the header in a language, or in the one that stands in for it."""
        said = self.header.get(field) or {}
        return next((str(said[tag]) for tag in FALLBACKS[language] if tag in said), "")


def list_questions(home: Home) -> list[Question]:
    """Return the questions of a home, by name."""
    return [Question(path.stem, path) for path in sorted(home.queries.glob("*.rq"))]


def find_question(home: Home, name: str) -> Question:
    """Return the question of that name.

    Raises:
        KgError: there is none; the message names those that are near.
    """
    path = home.queries / f"{name}.rq"
    if re.fullmatch(r"[a-z0-9-]+", name) and path.is_file():
        return Question(name, path)
    names = [question.name for question in list_questions(home)]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else "There are " + ", ".join(names) + "."
    raise KgError(f"{name}: no such question. {hint} `kg ask` lists them all.", exit_code=2)


def bind_values(text: str, values: Mapping[str, str]) -> str:
    """Return a query with the lines `VALUES ?name { … }` of each name bound to its term.

    A term is given as SPARQL writes it (`<https://…>`, `"en"`), never as a user typed it.

    Raises:
        KgError: the query has no such line.

    >>> bind_values("VALUES ?lang { UNDEF }", {"lang": '"zh-Hans"'})
    'VALUES ?lang { "zh-Hans" }'
    """
    for name, term in values.items():
        line = re.compile(VALUES_LINE.format(name=re.escape(name)), re.MULTILINE)
        # A function, not a template: a backslash in a term stays a backslash.
        text, count = line.subn(lambda m, n=name, t=term: f"{m[1]}VALUES ?{n} {{ {t} }}", text)  # type: ignore[misc]
        if not count:
            raise KgError(f"The query has no line VALUES ?{name} {{ … }} to bind.", exit_code=2)
    return text


def check_language(language: str) -> str:
    """Return the language if it is one of ours, exactly spelled.

    Raises:
        KgError: it is not.
    """
    if language not in LANGUAGES:
        raise KgError(f"{language}: no such language. Write {', '.join(LANGUAGES)}.", exit_code=2)
    return language


def ask_question(store: Memory, question: Question, language: str) -> Rows:
    """Return the whole answer of a question, labels in the language asked for.

    Where a thing has no label in zh-Hant it is called by that in zh-Hans.

    Raises:
        KgError: the language is none of ours, or the question's file is no SELECT query.
    """
    text = bind_values(question.text, {"lang": f'"{check_language(language)}"'})
    return store.select(text, str(question.path))


def read_internal(home: Home, name: str) -> str:
    """Return a query of the program's own, from `queries/internal/`."""
    return (home.queries / "internal" / f"{name}.rq").read_text("utf-8")
