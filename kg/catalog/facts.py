"""What a home says about its dataset in CITATION.cff and data/dataset.toml.

CITATION.cff (https://citation-file-format.github.io/) has the English title and abstract, the
authors, the keywords, the version and its date. dataset.toml has what CITATION.cff cannot say. A
home may lack both files, and each fact: the catalogue leaves out what nobody states.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError, check_text
from kg.home import Home
from kg.reading import parse_toml, parse_yaml, read_text

CITATION = "CITATION.cff"
DATASET = "dataset.toml"


def read_facts(home: Home) -> dict[str, str]:
    """Return the terms of each fact, as SPARQL writes them, for the VALUES lines of a query.

    Facts that are not stated are absent.

    Raises:
        KgError: a file is not YAML or TOML, or a value has the wrong form.
    """
    citation, dataset = home.root / CITATION, home.data / DATASET
    facts = _read_citation(citation) if citation.exists() else {}
    more = _read_dataset(dataset) if dataset.exists() else {}
    terms: dict[str, list[str]] = {}
    for name, term in (*facts, *more):
        terms.setdefault(name, []).append(term)
    return {name: " ".join(dict.fromkeys(values)) for name, values in terms.items()}


def _read_citation(path: Path) -> list[tuple[str, str]]:
    fields = parse_yaml(read_text(path), f"{path}:")
    if not isinstance(fields, dict):
        raise KgError(f"{path}: not a list of fields. See the Citation File Format.")
    titles = _list_texts(path, fields, "title")
    versions = _list_texts(path, fields, "version")
    dates = [_read_date(path, text) for text in _list_texts(path, fields, "date-released")]
    authors = [_name_author(path, author) for author in _list_values(fields, "authors")]
    people = [
        _name_author(path, author)
        for author in _list_values(fields, "authors")
        if isinstance(author, dict) and {"given-names", "family-names"} & author.keys()
    ]
    facts = [("title", _quote(text, "en")) for text in titles]
    facts += [("description", _quote(text, "en")) for text in _list_texts(path, fields, "abstract")]
    facts += [("keyword", _quote(text, "en")) for text in _list_texts(path, fields, "keywords")]
    facts += [("version", _quote(text)) for text in versions]
    facts += [("released", _quote(text)) for text in dates]
    facts += [(name, _quote(author)) for author in authors for name in ("author", "creator")]
    facts += [("individual", _quote(person)) for person in people]
    if authors and titles and dates:
        version = "".join(f", version {text}" for text in versions)
        cited = f"{', '.join(authors)} ({dates[0][:4]}). {titles[0]}{version}."
        facts.append(("citation", _quote(cited)))
    return facts


def _read_dataset(path: Path) -> list[tuple[str, str]]:
    fields = parse_toml(read_text(path), path)
    unknown = sorted(fields.keys() - {"license", "title", "description"})
    if unknown:
        raise KgError(f"{path}: unknown key {unknown[0]}. Use license, title or description.")
    facts = []
    for text in _list_texts(path, fields, "license"):
        try:
            facts.append(("license", str(NamedNode(text))))
        except ValueError:
            raise KgError(f"{path}: license: {text!r} is not an IRI. Give its address.") from None
    for name in ("title", "description"):
        texts = fields.get(name, {})
        if not isinstance(texts, dict):
            raise KgError(f'{path}: {name}: not a table. Write [{name}], then zh-Hans = "…".')
        for language in texts:
            for text in _list_texts(path, texts, language):
                facts.append((name, _quote(text, language)))
    return facts


def _list_texts(path: Path, fields: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of a field, which is a text, a number, a date or a list of these."""
    values = _list_values(fields, name)
    for one in values:
        if not isinstance(one, str | int | float | date):
            raise KgError(f"{path}: {name}: not a text. Write a text.")
        check_text(str(one), f"{path}: {name}")
    return [str(one) for one in values]


def _list_values(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _read_date(path: Path, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        message = f"{path}: date-released: {text!r} is not a date. Write it like 2026-11-22."
        raise KgError(message) from None


def _name_author(path: Path, author: object) -> str:
    """Return the name of a person or an organization, as a text that a person reads."""
    fields = author if isinstance(author, dict) else {}
    parts: Iterable[str] = ("given-names", "name-particle", "family-names", "name-suffix", "name")
    name = " ".join(text for part in parts for text in _list_texts(path, fields, part))
    if not name:
        raise KgError(f"{path}: authors: one has no name. Give name, or family-names.")
    return name


def _quote(text: str, language: str | None = None) -> str:
    try:
        return str(Literal(text, language=language))
    except ValueError:
        raise KgError(f"{language}: not a language tag. Use one such as zh-Hans.") from None
