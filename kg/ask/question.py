"""Questions: the `.rq` files of `queries/`, each a query with a header in two languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from kg.ask.lookup import find_name, find_similar, quote_input, suggest_names
from kg.errors import KgError, check_text
from kg.graph import VALUES_LINE, Graph, bind_values, read_query
from kg.home import Home
from kg.names import DISPLAY_LABELS, LANGUAGES, pick
from kg.reading import parse_yaml
from kg.store import Result

# A question reads one label of each thing, in the language of the property.
LABEL = re.compile(r"\bcdp:labelEn\b")
HEADER = re.compile(r"^#\+ ?(.*)", re.MULTILINE)
PRESET = re.compile(r"^#\+.*\b(default|required):", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A query file with a header. Its name is the name of the file without `.rq`."""

    name: str
    path: Path

    @cached_property
    def query(self) -> str:
        """The text of the file: header and query.

        Raises:
            KgError: see `read_query`.
        """
        return read_query(self.path)

    @cached_property
    def header(self) -> dict[str, Any]:
        """The `#+` lines, which are YAML: texts by language, tags, parameters and columns.

        Raises:
            KgError: there is no header, or it is not YAML.
        """
        header = _parse_header("\n".join(HEADER.findall(self.query)), self.path)
        if not isinstance(header, dict):
            advice = "Add at least `#+ summary:` and, below it, `#+   en: …`."
            raise KgError(f"{self.path}:1: the #+ header is missing. {advice}")
        return header

    @property
    def has_presets(self) -> bool:
        """Whether a parameter is required or has a default, found without parsing the header."""
        return PRESET.search(self.query) is not None

    def has_variable(self, name: str) -> bool:
        """Return whether the query has a line `VALUES ?name { … }`."""
        return any(line[2] == name for line in VALUES_LINE.finditer(self.query))

    @property
    def has_language(self) -> bool:
        """Whether the answer is in one language; other answers have labels in all languages."""
        return self.has_variable("lang") or LABEL.search(self.query) is not None

    def text(self, field: str, language: str) -> str:
        """Return a field of the header in a language or its fallback, or "" if it is missing.

        Raises:
            KgError: the field is not a text for each language.
        """
        return self._pick_text(self.header.get(field), field, language)

    def columns(self, language: str) -> dict[str, str]:
        """Return the columns in the header, each with its meaning in a language or its fallback.

        Raises:
            KgError: the meaning of a column is not a text for each language.
        """
        columns = self.header.get("columns") or {}
        if not isinstance(columns, dict):
            raise KgError(f"{self.path}:1: columns has no names. Write each column as `name:`.")
        return {str(c): self._pick_text(columns[c], f"column {c}", language) for c in columns}

    def _pick_text(self, texts: object, field: str, language: str) -> str:
        texts = texts or {}
        if not isinstance(texts, dict):
            problem = f"{field} has no languages. Write `en:` and `zh-Hans:` below it."
            raise KgError(f"{self.path}:1: {problem}")
        return str(pick(texts, language, ""))


@lru_cache(256)
def _parse_header(text: str, path: Path) -> Any:
    return parse_yaml(text, f"{path}:1: the #+ header is")


def list_questions(home: Home) -> list[Question]:
    """Return the questions of a home, sorted by name."""
    return [Question(path.stem, path) for path in sorted(home.queries.glob("*.rq"))]


def find_question(home: Home, name: str) -> Question:
    """Return the question with a name.

    Raises:
        KgError: there is none; the message suggests similar names.
    """
    check_text(name, "question")
    questions = {question.name: question for question in list_questions(home)}
    if found := find_name(name, questions):
        return questions[found]
    hint = suggest_names(find_similar(name, questions), f"Questions: {', '.join(questions)}.")
    raise KgError(
        f"{quote_input(name)}: unknown question. {hint} `kg ask` lists all questions.", exit_code=2
    )


def check_language(language: str) -> None:
    """Raise a KgError if a language is not one of `LANGUAGES`."""
    if check_text(language, "language") not in LANGUAGES:
        raise KgError(
            f"{quote_input(language)}: unknown language. Use {', '.join(LANGUAGES)}.", exit_code=2
        )


def ask_question(
    graph: Graph,
    question: Question,
    language: str,
    terms: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Result:
    """Return the answer to a question, with labels in a language or its fallback.

    Terms are those of `bind_question`. A question that returns triples has labels in all
    languages. The timeout is in seconds.

    Raises:
        KgError: the language is unknown, or the query is not valid SPARQL.
        KgTimeoutError: there is no answer in time.
    """
    check_language(language)
    bound = dict(terms or {})
    if question.has_variable("lang"):
        bound["lang"] = f'"{language}"'
    query = LABEL.sub(f"cdp:{DISPLAY_LABELS[language]}", question.query)
    return graph.query(bind_values(query, bound), str(question.path), timeout=timeout)
