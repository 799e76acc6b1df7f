"""The tokens of Turtle with their lines, and the lines of statements.

The tokens are those of Turtle 1.1 (https://www.w3.org/TR/turtle/#sec-grammar); the marks that only
RDF 1.2 has, such as << and {|, are single tokens, too. Nothing is validated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from kg.sparql_tokens import CHARACTERS, LETTERS

NAME = rf"{CHARACTERS}\-"  # the terminal PN_CHARS of the grammar
ESCAPE_OF_NAME = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
# Possessive quantifiers (++, *+) keep no positions to go back to: time and memory are linear.
# `re` compiles it at its first use, which most commands do not come to.
TOKEN = rf"""
    (?P<blank>[ \t\r\n]++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<string>\"{{3}}(?:[^"\\]++|\\.|\"{{1,2}}(?!\"))*+\"{{3}}
              |'{{3}}(?:[^'\\]++|\\.|'{{1,2}}(?!'))*+'{{3}}
              |\"(?:[^"\\\n\r]++|\\.)*+\"|'(?:[^'\\\n\r]++|\\.)*+')
  | (?P<tag>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
  | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*[eE][+-]?[0-9]+|[eE][+-]?[0-9]+|\.[0-9]+)?
                     |\.[0-9]+(?:[eE][+-]?[0-9]+)?))
  | (?P<name>_:[{LETTERS}_0-9](?:\.*+[{NAME}]++)*+
            |(?:[{LETTERS}](?:\.*+[{NAME}]++)*+)?:
             (?:(?:[{LETTERS}_0-9:]|{ESCAPE_OF_NAME})(?:\.*+(?:[{NAME}:]|{ESCAPE_OF_NAME}))*+)?
            |[a-zA-Z]++)
  | (?P<mark>\^\^|<<\(|\)>>|<<|>>|\{{\||\|\}}|--[a-zA-Z]*+|.)
    """
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
NAME_ESCAPE = re.compile(r"\\(.)")
ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind is iri, string, tag, number, name, mark or comment.

    A name is a prefixed name, the label of a blank node, or a keyword. Lines count from 1; `start`
    is the position in the text, from 0.
    """

    kind: str
    text: str
    line: int
    start: int


@dataclass
class LineIndex:
    """The lines, from 1, of statements, of subjects, and of texts with language tags.

    `lines` has the line of the object by subject, predicate and object, and with an empty object
    that of the first one. IRIs are complete, literals are their texts, and blank nodes "". `nested`
    has the same for the statements of nodes in brackets, by the subject around them. `tags` has
    subject, language tag and line of each text with a tag.
    """

    lines: dict[tuple[str, str, str], int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    tags: list[tuple[str, str, int]] = field(default_factory=list)
    nested: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def find(self, subject: str, predicate: str = "", value: str = "") -> int | None:
        """Return the line of a statement, or else of the first with its predicate, or subject."""
        keys = ((subject, predicate, value), (subject, predicate, ""))
        found = next((self.lines[key] for key in keys if key in self.lines), None)
        return self.subjects.get(subject) if found is None else found


def list_tokens(text: str, *, comments: bool = False) -> Iterator[Token]:
    """Yield the tokens of a text, without white space, and without comments unless asked for.

    >>> [token.text for token in list_tokens('a:b a:c "x"@en . # done')]
    ['a:b', 'a:c', '"x"', '@en', '.']
    """
    line = 1
    for found in re.finditer(TOKEN, text, re.VERBOSE | re.DOTALL):
        kind, token = str(found.lastgroup), found[0]
        if kind != "blank" and (comments or kind != "comment"):
            yield Token(kind, token, line, found.start())
        if kind in ("blank", "string"):
            # A line ends with LF, CR LF, or CR.
            line += token.count("\n") + token.count("\r") - token.count("\r\n")


def index_statements(text: str, base: str, rdf_type: str) -> LineIndex:
    """Return the lines of the statements of a valid Turtle document.

    The subject of statements about blank nodes is "".

    >>> index_statements("PREFIX e: <e:>\\ne:a e:b 1 ;\\n  a e:C .", "", "type").lines
    {('e:a', 'e:b', '1'): 2, ('e:a', 'e:b', ''): 2, ('e:a', 'type', 'e:C'): 3, \
('e:a', 'type', ''): 3}
    """
    return _Reader(base, rdf_type).read(list_tokens(text))


class _Reader:
    """Follows the tokens of a document through its directives, statements and nested nodes."""

    def __init__(self, base: str, rdf_type: str) -> None:
        self.index = LineIndex()
        self._base = base
        self._rdf_type = rdf_type
        self._prefixes: dict[str, str] = {}
        # Subject and predicate of the statement and of the nodes around it; "" is a blank node.
        self._around: list[tuple[str, str]] = []
        self._subject: str | None = None
        self._predicate: str | None = None

    def read(self, tokens: Iterator[Token]) -> LineIndex:
        for token in tokens:
            is_start = self._subject is None and not self._around
            if is_start and token.text.lstrip("@").lower() in ("prefix", "base"):
                self._read_directive(token, tokens)
            elif token.kind == "tag":
                self.index.tags.append((self._subject or "", token.text[1:], token.line))
            elif token.text == "^^":
                next(tokens, None)
            elif token.kind == "mark":
                self._read_mark(token)
            else:
                self._read_term(token)
        return self.index

    def _read_directive(self, token: Token, tokens: Iterator[Token]) -> None:
        name = ""
        if token.text.lower().endswith("prefix"):
            name = next(tokens, token).text.removesuffix(":")
        iri = self._expand(next(tokens, token))
        if token.text.lower().endswith("prefix"):
            self._prefixes[name] = iri
        else:
            self._base = iri
        if token.text.startswith("@"):
            next(tokens, None)  # the point at the end

    def _read_mark(self, token: Token) -> None:
        mark = token.text
        if mark in "[(":
            self._add_line("", token.line)
            self._around.append((self._subject or "", self._predicate or ""))
            # The members of a list are objects of a blank node, as far as lines go.
            self._subject, self._predicate = "", None if mark == "[" else ""
        elif mark in "])":
            subject, predicate = self._around.pop() if self._around else ("", "")
            # A node at the place of a subject is followed by its predicates.
            self._subject, self._predicate = subject, predicate or None
        elif mark == ";":
            self._predicate = None
        elif mark == "." and not self._around:
            self._subject = self._predicate = None

    def _read_term(self, token: Token) -> None:
        text = self._expand(token)
        if self._subject is None:
            self._subject = "" if text.startswith("_:") else text
            if self._subject:
                self.index.subjects.setdefault(text, token.line)
        elif self._predicate is None:
            self._predicate = self._rdf_type if token.text == "a" else text
        else:
            self._add_line(text, token.line)

    def _add_line(self, value: str, line: int) -> None:
        if self._subject is None or self._predicate is None:
            return
        for each in (value, ""):
            self.index.lines.setdefault((self._subject, self._predicate, each), line)
            if self._around:
                key = (self._around[0][0], self._predicate, each)
                self.index.nested.setdefault(key, line)

    def _expand(self, token: Token) -> str:
        """Return the IRI or the text that a token stands for."""
        if token.kind == "iri":
            iri = unescape(token.text[1:-1])
            # urljoin drops the # at the end of a namespace.
            end = "#" if iri.endswith("#") else ""
            return iri if SCHEME.match(iri) else urljoin(self._base, iri).removesuffix("#") + end
        if token.kind == "string":
            quotes = 3 if token.text[:3] in ('"""', "'''") else 1
            return unescape(token.text[quotes:-quotes])
        prefix, colon, local = token.text.partition(":")
        if token.kind == "name" and colon and prefix in self._prefixes:
            return self._prefixes[prefix] + unescape_name(local)
        return token.text


def unescape(text: str) -> str:
    r"""Return a text with its escape sequences replaced.

    >>> unescape(r"\u6df1\tx")
    '深\tx'
    """
    if "\\" not in text:
        return text

    def replace(found: re.Match[str]) -> str:
        if found[3]:
            return ESCAPED.get(found[3], found[3])
        return chr(int(found[1] or found[2], 16))

    return ESCAPE.sub(replace, text)


def unescape_name(local: str) -> str:
    r"""Return the local part of a prefixed name with its escape sequences replaced.

    >>> unescape_name(r"a\(b\)%20")
    'a(b)%20'
    """
    return NAME_ESCAPE.sub(r"\1", local)
