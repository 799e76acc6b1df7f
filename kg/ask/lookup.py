"""What a person calls a thing: its IRI, prefixed name, the last part of its IRI, or a label."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kg.errors import KgError
from kg.names import Names, Term, bind_json

NameIndex = Mapping[str, set[str]]


def index_names(rows: Iterable[tuple[Term | None, ...]], names: Names) -> NameIndex:
    """Return the IRIs that each name stands for, from rows of an IRI and a label (or None).

    Labels are levelled (see `normalize_name`), all other names are as they are.
    """
    called: dict[str, set[str]] = {}
    for node, label in rows:
        iri = _text(node)
        for name in (iri, names.shorten(iri), local_name(iri), normalize_name(_text(label))):
            if name:
                called.setdefault(name, set()).add(iri)
    return called


def resolve_name(called: NameIndex, asked: str, names: Names) -> str | None:
    """Return the IRI of the one thing that is called so, or None.

    Raises:
        KgError: several things are called that.
    """
    # What is asked for outright goes before what is only called so.
    found = called.get(asked) or called.get(normalize_name(asked)) or set()
    if len(found) > 1:
        rows = ", ".join(names.shorten(iri) for iri in sorted(found))
        raise KgError(
            f"{quote_input(asked)}: several things are called that: {rows}. Name one.", exit_code=2
        )
    return next(iter(found), None)


def local_name(iri: str) -> str:
    """Return the last part of an IRI.

    >>> local_name("https://w3id.org/cdp/id/place/wuhan")
    'wuhan'
    """
    return re.split("[/#]", iri)[-1]


def normalize_name(name: str) -> str:
    """Return a name as names are compared: composed, in lower case, without blanks around it.

    >>> normalize_name(" Hong Kong ")
    'hong kong'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()


def quote_input(text: str) -> str:
    r"""Return what a user gave as a message can show it: cut short, and no control characters.

    >>> quote_input("Wuhan"), quote_input("a\x1b[2J")
    ('Wuhan', 'a\\x1b[2J')
    """
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return (short if short.isprintable() else ascii(short)[1:-1]) or "''"


def _text(term: Term | None) -> str:
    return "" if term is None else bind_json(term)["value"]
