"""Explain what is wrong with a text that is not Turtle 1.1 (https://www.w3.org/TR/turtle/)."""

import re
from collections.abc import Iterator

from pyoxigraph import RdfFormat, parse

from kg.errors import KgError
from kg.nesting import check_nesting
from kg.reading import ReadError
from kg.turtle_tokens import list_tokens

# Text in which nothing is new in RDF 1.2, token by token: it need not be read more closely.
PLAIN = re.compile(
    r"""
    (?: [ \t\r\n.;,()\[\]]++
      | \#[^\r\n]*+
      | <[^\x00-\x20<>"{}|^`\\]*+>
      | "{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3} | "(?!"")(?:[^"\\\n\r]++|\\.)*+"
      | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3} | '(?!'')(?:[^'\\\n\r]++|\\.)*+'
      | @(?!version)[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+
      | \^\^
      | [+-]?+(?!(?i:version)(?![\w:]))[\w:][\w:.%-]*+
    )*+
    """,
    re.VERBOSE | re.DOTALL,
)
NEWER_MARKS = {
    "<<(": "a triple term",
    "<<": "a reified triple",
    "{|": "an annotation",
    "~": "a reifier",
    "--": "a base direction",
}
POSITION = re.compile(r"^Parser error [\w ]*\d: ")
# What a text is that begins with a pattern and has another one near its beginning.
BEGINNINGS = {
    "a web page (HTML)": (r"<(?:[!?]|html\b)", r"<html\b"),
    "RDF/XML": (r"<[!?\w]", r"<(?:\w+:)?RDF\b[^>]*\bxmlns\b"),
    "XML": (r"<\?xml\b", ""),
    "JSON-LD": (r'\{\s*"|\[\s*\{', r'"@(?:context|graph|id|type)"'),
    "JSON": (r'\{\s*["}]|\[\s*[\["{]', ""),
}
BEGINNING_LENGTH = 10_000
CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
ADVICE = "Write RDF 1.1 Turtle."


def find_newer_syntax(text: str) -> tuple[int, str] | None:
    """Return the line and the name of the first part of a text that only RDF 1.2 has.

    >>> find_newer_syntax("<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .")
    (1, 'a triple term “<<(”')
    """
    plain = PLAIN.match(text)
    if plain and plain.end() == len(text):
        return None
    return next(_list_newer_syntax(text), None)


def _list_newer_syntax(text: str) -> Iterator[tuple[int, str]]:
    before = ""
    for token in list_tokens(text):
        word = token.text
        mark = "--" if word.startswith("--") else word
        if token.kind == "mark" and mark in NEWER_MARKS:
            yield token.line, f"{NEWER_MARKS[mark]} “{word}”"
        elif (token.kind == "name" and word.lower() == "version") or (
            # After a string, this is a language tag.
            word == "@version" and before != "string"
        ):
            yield token.line, f"a version “{word}”"
        before = token.kind


def refuse_syntax(text: str, where: str) -> None:
    """Raise an error if a text is nested too deeply to be parsed, or is Turtle 1.2 and not 1.1.

    Raises:
        ReadError: it is one of these; other errors of syntax are left to the parser.
    """
    try:
        check_nesting(text, where, "turtle")
    except KgError as error:
        at, column, reason = str(error).removeprefix(f"{where}:").split(":", 2)
        raise ReadError(where, f"at column {column},{reason}", line=int(at)) from None
    found = find_newer_syntax(text)
    if not found:
        return
    try:
        for _ in parse(text, RdfFormat.TURTLE, base_iri="x:"):
            pass
    except SyntaxError:
        return
    line, name = found
    raise ReadError(where, f"has {name}, which is RDF 1.2. {ADVICE}", line=line)


def explain_syntax(error: SyntaxError, text: str, where: str) -> ReadError:
    """Return the error for a text that is not Turtle, with its line and what it seems to be."""
    reason = POSITION.sub("", error.msg)
    seems = guess_syntax(text)
    hint = f" It seems to be {seems}. {ADVICE}" if seems else ""
    message = f"not valid Turtle, at column {error.offset}: {reason}.{hint}"
    return ReadError(where, message, line=error.lineno or 0)


def guess_syntax(text: str) -> str:
    """Return what a text that is not Turtle seems to be, or "".

    >>> guess_syntax("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>")
    'RDF/XML'
    """
    if CONFLICT.search(text):
        return "a merge with conflicts"
    start = text[:BEGINNING_LENGTH].lstrip()
    for name, (first, inside) in BEGINNINGS.items():
        if re.match(first, start, re.IGNORECASE) and re.search(inside, start, re.IGNORECASE):
            return name
    for name, syntax in (("N-Quads", RdfFormat.N_QUADS), ("TriG", RdfFormat.TRIG)):
        try:
            for _ in parse(text, syntax, base_iri="x:"):
                pass
            return name
        except SyntaxError:
            pass
    return ""
