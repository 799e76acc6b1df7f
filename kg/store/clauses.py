"""Where a SPARQL query names its dataset, and where it calls another service."""

import re
from typing import NamedTuple

from kg.errors import KgError
from kg.sparql_tokens import Token, list_tokens, locate

FORM = re.compile("SELECT|CONSTRUCT|DESCRIBE|ASK")


# The embedded engine needs no white space after a keyword (`SERVICEex:a`), and ends a name before
# its second group of points (`ex:a.b.SERVICE`).
DOTTED = re.compile(r"\.[^.]+\.+SERVICE", re.IGNORECASE)


class Clauses(NamedTuple):
    """Offsets in a query, -1 if it has no such part.

    The prologue ends at `form`. The dataset clauses (FROM, FROM NAMED) reach from `start` to
    `end`; `clauses` is their number. `service` is the first SERVICE.
    """

    form: int = -1
    start: int = -1
    end: int = -1
    clauses: int = 0
    service: int = -1


def find_clauses(text: str, where: str) -> Clauses:
    """Return where a query has dataset clauses and SERVICE.

    Raises:
        KgError: FROM is joined to another word; or see `list_tokens`.

    >>> find_clauses("SELECT * FROM <g:a> FROM NAMED <g:b> { ?from ?p 'FROM' }", "query")
    Clauses(form=0, start=9, end=36, clauses=2, service=-1)
    """
    found = Clauses()
    is_source = False
    before = second = Token("mark", "", 0, [], False)  # the two tokens before
    for token in list_tokens(text, where):
        keyword, is_outside = _read_keyword(token), not token.brackets
        if is_source and keyword != "NAMED":
            found = found._replace(end=token.start + len(token.text))
        elif is_outside and "FROM" in keyword:
            if keyword != "FROM":
                place = locate(text, token.start, where)
                raise KgError(f"{place}: write FROM as a word of its own.", exit_code=2)
            start = found.start if found.clauses else token.start
            found = found._replace(start=start, clauses=found.clauses + 1)
        elif found.form < 0 and is_outside and FORM.match(keyword):
            found = found._replace(form=token.start)
        is_source = is_outside and (keyword == "FROM" or (is_source and keyword == "NAMED"))
        if found.service < 0:
            if "SERVICE" in keyword or (token.kind == "name" and DOTTED.search(token.text)):
                found = found._replace(service=token.start)
            elif token.text == "{" and "SERVICE" in _read_prefix(before):
                if _read_keyword(second) != "GRAPH":
                    found = found._replace(service=before.start)
        second, before = before, token
    return found


def blank_dataset(text: str, clauses: Clauses) -> str:
    """Return a query with spaces for its dataset clauses, so that the rest keeps its position."""
    start, end = clauses.start, clauses.end
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _read_keyword(token: Token) -> str:
    """Return a name that is not prefixed in capital letters, or ""."""
    return token.text.upper() if token.kind == "name" and ":" not in token.text else ""


def _read_prefix(token: Token) -> str:
    """Return the prefix of a prefixed name in capital letters, or ""."""
    prefix, colon, _ = token.text.partition(":")
    return prefix.upper() if token.kind == "name" and colon else ""
