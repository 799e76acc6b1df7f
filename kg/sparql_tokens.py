"""The tokens of a SPARQL query, each with the brackets around it.

Strings, IRIs and comments are read as in the grammar of SPARQL 1.1, with the triple terms of 1.2
(https://www.w3.org/TR/sparql12-query/#sparqlGrammar). The query need not be valid.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import KgError

# Names, by the terminals PN_CHARS_BASE and VARNAME of the grammars of SPARQL and Turtle.
LETTERS = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
CHARACTERS = rf"{LETTERS}_0-9\u00b7\u0300-\u036f\u203f-\u2040"
CODE_POINT = r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
ESCAPE = rf"""(?:\\[tbnrf\\"']|{CODE_POINT})"""
IRI = rf"""<(?:[^<>"{{}}|^`\\\x00-\x20]|{CODE_POINT})*>"""
# A prefix is matched up to 200 characters, so that time is linear.
PREFIX = rf"(?:_|[{LETTERS}](?:\.{{0,9}}[{CHARACTERS}-]){{0,200}})?"
LOCAL = rf"(?:[{CHARACTERS}:-]|%[0-9A-Fa-f]{{2}}|\\[_~.!$&'()*+,;=/?#@%-])"
TOKEN = re.compile(
    rf"""
    (?P<blank>[ \t\r\n]+|\#[^\r\n]*)
  | (?P<iri>{IRI})
  | (?P<string>\"{{3}}[^"\\]*+(?:(?:{ESCAPE}|\"{{1,2}}(?!\"))[^"\\]*+)*+\"{{3}}
             |'{{3}}[^'\\]*+(?:(?:{ESCAPE}|'{{1,2}}(?!'))[^'\\]*+)*+'{{3}}
             |\"(?!\"\")[^"\\\r\n]*+(?:{ESCAPE}[^"\\\r\n]*+)*+\"
             |'(?!'')[^'\\\r\n]*+(?:{ESCAPE}[^'\\\r\n]*+)*+')
  | (?P<tag>@[A-Za-z]+(?:-{{1,2}}[A-Za-z0-9]+)*)
  | (?P<variable>[?$][{CHARACTERS}]+)
  | (?P<name>{PREFIX}:(?:{LOCAL}(?:\.*{LOCAL})*)?
           |[{LETTERS}][{CHARACTERS}]*)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<mark><<\(|\)>>|<<|>>|\{{\||\|\}}|\|\||&&|\^\^|[!<>]=|[^"'])
    """,
    re.VERBOSE,
)
CLOSERS = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}
LONG_QUOTES = ("'''", '"""')
# A comparison may look like an IRI, up to a > further on. Those with these characters, or longer,
# could hide brackets, strings or long chains.
SUSPICIOUS, LONGEST_IRI = re.compile(r"['()\[\]!&]"), 500


class Token(NamedTuple):
    """A token: its kind is iri, string, tag, variable, name, number or mark.

    A name is a keyword, a prefixed name or the label of a blank node. `brackets` are the open
    brackets around the token, outermost first: a list that the next token changes. `in_data` is
    whether the token is in the rows of VALUES.
    """

    kind: str
    text: str
    start: int
    brackets: list[str]
    in_data: bool


def list_tokens(text: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a query, without white space and comments.

    The last one is before the first character that no token of SPARQL starts with: no engine reads
    further. An opening bracket is outside itself, a closing one inside.

    Raises:
        KgError: a string does not end, or < can be read both as "less than" and as the start of an
            IRI. Engines differ in how they read these.

    >>> [token.text for token in list_tokens('ASK { ?s e:p "}"@en } # {', "query")]
    ['ASK', '{', '?s', 'e:p', '"}"', '@en', '}']
    """
    brackets: list[str] = []
    data = ""  # "VALUES" before the rows, "{" in them
    is_operand = False  # whether the token before can be the left side of a comparison
    has_long_strings = any(quotes in text for quotes in LONG_QUOTES)
    position = 0
    while found := TOKEN.match(text, position):
        kind, mark = str(found.lastgroup), found[0]
        position = found.end()
        if kind == "blank":
            continue
        if is_operand and mark[0] == "<" and brackets[-1:] == ["("] and not data:
            if _is_ambiguous(text, found.start(), position, has_long_strings):
                problem = "< could be a comparison or start an IRI"
                advice = "Write a space after it, or use a prefixed name for the IRI."
                place = locate(text, found.start(), where)
                raise KgError(f"{place}: {problem}. {advice}", exit_code=2)
        yield Token(kind, mark, found.start(), brackets, data == "{")
        is_operand = kind != "mark" or mark in CLOSERS.values()
        if kind == "name" and mark.upper() == "VALUES":
            data = "VALUES"
        elif mark in CLOSERS and kind == "mark":
            brackets.append(mark)
            if data == "VALUES" and mark == "{":
                data = "{"
        elif brackets and kind == "mark" and close_bracket(brackets, mark) and mark == "}":
            data = ""
    if text.startswith(LONG_QUOTES, position):
        problem = f"the string that starts with {text[position : position + 3]} does not end"
        raise KgError(f"{locate(text, position, where)}: {problem}. Close it.", exit_code=2)


def locate(text: str, position: int, where: str) -> str:
    """Return a position in a text as `where:line:column`; both count from 1.

    >>> locate("a\\nbc", 3, "query")
    'query:2:2'
    """
    line = text.count("\n", 0, position) + 1
    return f"{where}:{line}:{position - text.rfind(chr(10), 0, position)}"


def close_bracket(brackets: list[str], mark: str) -> bool:
    """Remove the bracket that a mark closes, and return whether there is one."""
    expected = CLOSERS[brackets[-1]]
    # `(1 2)>>` ends a list in << … >>, and `) >>` a triple term.
    if mark != expected and not (mark[0] == ")" == expected[0]):
        return False
    brackets.pop()
    if mark == ")>>" != expected and brackets[-1:] == ["<<"]:
        brackets.pop()
    return True


def _is_ambiguous(text: str, start: int, end: int, has_long_strings: bool) -> bool:
    """Return whether a token that starts with <, after an operand, should be written otherwise."""
    token = text[start:end]
    if token.startswith("<<"):
        return re.compile(IRI).match(text, start + 1) is not None
    if not token.endswith(">"):
        return False
    # As a comparison, its # starts a comment, in which quotes have no meaning.
    is_comment = "#" in token and has_long_strings
    return is_comment or len(token) > LONGEST_IRI or SUSPICIOUS.search(token) is not None
