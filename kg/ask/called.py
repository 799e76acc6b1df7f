"""What a person calls a thing: its IRI, prefixed name, the last part of its IRI, or a label."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kg.home import KgError
from kg.names import Names, Term, bind_json

Called = Mapping[str, set[str]]


def call_things(rows: Iterable[tuple[Term | None, ...]], names: Names) -> Called:
    """Return the IRIs that each name stands for, from rows of an IRI and a label (or None).

    Labels are levelled (see `level_name`), all other names are as they are.
    """
    called: dict[str, set[str]] = {}
    for node, label in rows:
        iri = _text(node)
        for name in (iri, names.shorten(iri), cut_name(iri), level_name(_text(label))):
            if name:
                called.setdefault(name, set()).add(iri)
    return called


def pick_called(called: Called, asked: str, names: Names) -> str | None:
    """Return the IRI of the one thing that is called so, or None.

    Raises:
        KgError: several things are called that.
    """
    # What is asked for outright goes before what is only called so.
    found = called.get(asked) or called.get(level_name(asked)) or set()
    if len(found) > 1:
        rows = ", ".join(names.shorten(iri) for iri in sorted(found))
        raise KgError(
            f"{show_text(asked)}: several things are called that: {rows}. Name one.", exit_code=2
        )
    return next(iter(found), None)


def cut_name(iri: str) -> str:
    """Return the last part of an IRI.

    >>> cut_name("https://w3id.org/cdp/id/place/wuhan")
    'wuhan'
    """
    return re.split("[/#]", iri)[-1]


def level_name(name: str) -> str:
    """Return a name as names are compared: composed, in lower case, without blanks around it.

    >>> level_name(" Hong Kong ")
    'hong kong'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()


def show_text(text: str) -> str:
    r"""Return what a user gave as a message can show it: cut short, and no control characters.

    >>> show_text("Wuhan"), show_text("a\x1b[2J")
    ('Wuhan', 'a\\x1b[2J')
    """
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return (short if short.isprintable() else ascii(short)[1:-1]) or "''"


def _text(term: Term | None) -> str:
    return "" if term is None else bind_json(term)["value"]
