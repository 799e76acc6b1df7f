"""Find a thing by name: its IRI, its prefixed name, the last part of its IRI, or a label."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kg.display import escape_unprintable
from kg.errors import KgError
from kg.names import Names, Term, text

NameIndex = Mapping[str, set[str]]


def index_names(rows: Iterable[tuple[Term | None, ...]], names: Names) -> NameIndex:
    """Return the IRIs that have each name, from rows of an IRI and a label (or None).

    Labels are normalized (see `normalize_name`); other names are as they are.
    """
    index: dict[str, set[str]] = {}
    for node, label in rows:
        iri = text(node)
        for name in (iri, names.shorten(iri), local_name(iri), normalize_name(text(label))):
            if name:
                index.setdefault(name, set()).add(iri)
    return index


def resolve_name(index: NameIndex, name: str, names: Names) -> str | None:
    """Return the IRI of the thing with a name, or None.

    Raises:
        KgError: several things have the name; the message lists them.
    """
    # An exact name takes precedence over a label in another case.
    found = index.get(name) or index.get(normalize_name(name)) or set()
    if len(found) > 1:
        candidates = ", ".join(names.shorten(iri) for iri in sorted(found))
        raise KgError(
            f"{quote_input(name)}: several things have this name: {candidates}. Use one of these.",
            exit_code=2,
        )
    return next(iter(found), None)


def find_similar(name: str, known: Iterable[str], cutoff: float = 0.5) -> list[str]:
    """Return at most three of the known names that are similar to a name, the best first.

    >>> find_similar("target", ["policies", "targets"])
    ['targets']
    """
    # Imported here: most commands need no suggestions.
    import difflib

    # The time that a comparison takes grows with the square of the length.
    return difflib.get_close_matches(name[:100], known, n=3, cutoff=cutoff)


def suggest_names(similar: Iterable[str], otherwise: str) -> str:
    """Return the question whether one of the similar names was meant, or another hint if none is.

    >>> suggest_names(["targets"], "`kg ask` lists all questions.")
    'Did you mean targets?'
    """
    return f"Did you mean {names}?" if (names := " or ".join(similar)) else otherwise


def local_name(iri: str) -> str:
    """Return the last part of an IRI.

    >>> local_name("https://w3id.org/cdp/id/place/wuhan")
    'wuhan'
    """
    return re.split("[/#]", iri)[-1]


def normalize_name(name: str) -> str:
    """Return a name in the form in which names are compared: NFC, case-folded, stripped.

    >>> normalize_name(" Hong Kong ")
    'hong kong'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()


def quote_input(value: str) -> str:
    r"""Return a user's input for a message: at most 60 characters, control characters escaped.

    >>> quote_input("Wuhan"), quote_input("a\x1b[2J")
    ('Wuhan', 'a\\x1b[2J')
    """
    return escape_unprintable(value if len(value) <= 60 else f"{value[:60]}…") or "''"
