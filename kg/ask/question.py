"""The canned questions of a home: listed, found by name, asked in a language."""

import re
from collections.abc import Mapping

from kg.ask.called import show_text
from kg.home import Home, KgError
from kg.names import LANGUAGES
from kg.store import Engine, Question, Result, bind_values, read_internal

__all__ = [
    "Question",
    "ask_question",
    "bind_question",
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
    import difflib

    names = [question.name for question in list_questions(home)]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else "There are " + ", ".join(names) + "."
    raise KgError(
        f"{show_text(name)}: no such question. {hint} `kg ask` lists them all.", exit_code=2
    )


def check_language(language: str) -> str:
    """Return the language if it is one of ours, exactly spelled.

    Raises:
        KgError: it is not.
    """
    if language not in LANGUAGES:
        raise KgError(
            f"{show_text(language)}: no such language. Write {', '.join(LANGUAGES)}.", exit_code=2
        )
    return language


def bind_question(
    home: Home, store: Engine, question: Question, given: Mapping[str, object]
) -> dict[str, str]:
    """Return the terms to bind in a question (see `kg.ask.parameters.make_terms`).

    The header, which is YAML and slow to read, is left alone where nothing is given or preset.

    Raises:
        KgError: see `make_terms`.
    """
    if not given and not question.has_presets:
        return {}
    from kg.ask.parameters import make_terms

    return make_terms(home, store, question, given)


def needs_value(home: Home, question: Question) -> bool:
    """Tell whether a question cannot be asked without a value for one of its parameters."""
    if not question.has_presets:
        return False
    from kg.ask.parameters import read_parameters

    return any(p.required and p.default is None for p in read_parameters(home, question).values())


def ask_question(
    store: Engine, question: Question, language: str, terms: Mapping[str, str] | None = None
) -> Result:
    """Return the whole answer of a question, labels in the language asked for.

    Terms are those of `bind_question`. Where a thing has no label in zh-Hant it is called by that
    in zh-Hans; a question that gives triples gives the labels of all languages.

    Raises:
        KgError: the language is none of ours, or the question's file is no SPARQL.
    """
    check_language(language)
    spoken = {"lang": f'"{language}"'} if question.takes("lang") else {}
    text = bind_values(question.text, {**(terms or {}), **spoken})
    return store.query(text, str(question.path))
