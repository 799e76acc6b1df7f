"""Which dataset a SPARQL query names, and where it calls another service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin

from kg.errors import KgError
from kg.nesting import LONGEST_KNOWN
from kg.sparql_tokens import Token, list_tokens, locate
from kg.turtle_tokens import SCHEME, unescape

# The embedded engine needs no white space after a keyword (`SERVICEex:a`), and ends a name before
# its second group of points (`ex:a.b.SERVICE`).
DOTTED = re.compile(r"\.[^.]+\.+SERVICE", re.IGNORECASE)
UPDATES = set("INSERT DELETE WITH LOAD CLEAR CREATE DROP COPY MOVE ADD".split())
UPDATE = "this is an update; kg query only reads. Use SELECT, CONSTRUCT, ASK or DESCRIBE."


@dataclass
class Clauses:
    """The IRIs in the clauses FROM and FROM NAMED of a query, and offsets in it.

    The dataset clauses reach from `start` to `end`; without any, both are -1. `service` is the
    first SERVICE, or -1. If `is_resolved` is false, an IRI has an unknown prefix or no base.
    """

    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    start: int = -1
    end: int = -1
    service: int = -1
    is_resolved: bool = True

    @property
    def has_dataset(self) -> bool:
        """Whether the query has FROM or FROM NAMED."""
        return self.start >= 0


def find_clauses(text: str, where: str, prefixes: Mapping[str, str]) -> Clauses:
    """Return the clauses of a query in which prefixes need no declaration.

    Raises:
        KgError: the query is empty or an update, or FROM is joined to another word; or see
            `list_tokens`.

    >>> found = find_clauses("SELECT * FROM <g:a> FROM NAMED p:b { ?from ?p '' }", "q", {"p": "p:"})
    >>> found.default, found.named, found.start, found.end
    (['g:a'], ['p:b'], 9, 34)
    """
    find = _find_known if len(text) <= LONGEST_KNOWN else _find_clauses
    return find(text, where, tuple(prefixes.items()))


def _find_clauses(text: str, where: str, prefixes: tuple[tuple[str, str], ...]) -> Clauses:
    found, iris = Clauses(), _Iris(dict(prefixes))
    clause = form = ""  # FROM, FROM NAMED, PREFIX or BASE, before its IRI; SELECT, ASK …
    before = second = Token("mark", "", 0, [], False)  # the two tokens before
    for token in list_tokens(text, where):
        keyword = _read_keyword(token)
        form = form or (keyword if keyword not in ("PREFIX", "BASE") else "")
        if form == keyword and form in UPDATES:
            raise KgError(f"{locate(text, token.start, where)}: {UPDATE}", exit_code=2)
        if not token.brackets:
            if clause == "FROM" and keyword == "NAMED":
                clause = "FROM NAMED"
            elif clause.startswith("FROM"):
                iri = iris.resolve(token)
                (found.named if clause == "FROM NAMED" else found.default).append(iri)
                found.end, clause = token.start + len(token.text), ""
                found.is_resolved &= bool(iri)
            elif "FROM" in keyword:
                if keyword != "FROM":
                    place = locate(text, token.start, where)
                    problem = "FROM touches another word. Put a space before and after it."
                    raise KgError(f"{place}: {problem}", exit_code=2)
                found.start, clause = found.start if found.has_dataset else token.start, "FROM"
            elif token.kind == "iri" and clause:
                iris.declare(before.text.removesuffix(":") if clause == "PREFIX" else None, token)
                clause = ""
            elif keyword in ("PREFIX", "BASE"):
                clause = keyword
        if found.service < 0:
            found.service = _find_service(token, before, second)
        second, before = before, token
    if not before.text:
        raise KgError(f"{where}: the query is empty. Write a query.", exit_code=2)
    return found


# The same short queries are asked again and again.
_find_known = lru_cache(256)(_find_clauses)


def blank_dataset(text: str, clauses: Clauses) -> str:
    """Return a query with spaces for its dataset clauses, so that the rest keeps its position."""
    start, end = clauses.start, clauses.end
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


class _Iris:
    """The base and the prefixes that a query has declared so far."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes
        self._base = ""

    def declare(self, prefix: str | None, token: Token) -> None:
        """Declare a prefix, or for None the base."""
        if prefix is None:
            self._base = self.resolve(token)
        else:
            self._prefixes[prefix] = self.resolve(token)

    def resolve(self, token: Token) -> str:
        """Return the IRI of a token, or "" if it has an unknown prefix or no base."""
        prefix, _, local = token.text.partition(":")
        iri = self._prefixes.get(prefix, "")
        if token.kind != "iri":
            return iri + re.sub(r"\\(.)", r"\1", local) if iri and token.kind == "name" else ""
        iri = unescape(token.text[1:-1])
        iri = iri if SCHEME.match(iri) else urljoin(self._base, iri)
        return iri if SCHEME.match(iri) else ""


def _find_service(token: Token, before: Token, second: Token) -> int:
    """Return the offset of SERVICE if it is one of the last tokens, or else -1."""
    if "SERVICE" in _read_keyword(token) or (token.kind == "name" and DOTTED.search(token.text)):
        return token.start
    prefix, colon, _ = before.text.upper().partition(":")
    is_joined = before.kind == "name" and colon and "SERVICE" in prefix and token.text == "{"
    return before.start if is_joined and _read_keyword(second) != "GRAPH" else -1


def _read_keyword(token: Token) -> str:
    """Return a name that is not prefixed in capital letters, or ""."""
    return token.text.upper() if token.kind == "name" and ":" not in token.text else ""
