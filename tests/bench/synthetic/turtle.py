"""Pieces of Turtle: a thing with its statements, texts in two languages, evidence."""

import hashlib
from collections.abc import Iterable

Statement = tuple[str, str]  # predicate and object, as Turtle writes them
Texts = tuple[str, str]  # English and Chinese


def write_thing(name: str, kind: str, statements: Iterable[Statement]) -> str:
    """Return the Turtle of a thing of a class."""
    lines = "".join(f"    {predicate} {value} ;\n" for predicate, value in statements)
    return f"{name}\n    a {kind} ;\n{lines}.\n\n"


def write_texts(english: str, chinese: str) -> str:
    """Return two literals, in en and zh-Hans."""
    return f'"{english}"@en , "{chinese}"@zh-Hans'


def write_evidence(source: str, start: int, end: int) -> str:
    """Return the evidence for a passage, with its selector.

    The digest is of the evidence's name, since the source has no text.
    """
    name = f"evidence:{source}-{start}-{end}"
    statements = [
        ("oa:hasSource", f"source:{source}"),
        ("oa:hasSelector", f"{name}-selector"),
        ("cdp:passageDigest", f'"{compute_digest(name)}"'),
    ]
    return write_thing(name, "cdp:Evidence", statements) + write_selector(name, start, end)


def write_selector(name: str, start: int, end: int) -> str:
    """Return the selector of the thing with that name: its code points from start to end."""
    offsets = [("start", start), ("end", end)]
    statements = [(f"oa:{key}", f'"{value}"^^xsd:nonNegativeInteger') for key, value in offsets]
    return write_thing(f"{name}-selector", "oa:TextPositionSelector", statements)


def compute_digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
