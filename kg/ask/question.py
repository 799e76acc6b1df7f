"""The canned questions of a home: listed, found by name, asked in a language."""

import difflib
import re

from kg.home import Home, KgError
from kg.names import LANGUAGES
from kg.store import Memory, Question, Rows, bind_values, read_internal

__all__ = [
    "Question",
    "ask_question",
    "bind_values",
    "check_language",
    "find_question",
    "list_questions",
    "read_internal",
]


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
