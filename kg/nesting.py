"""Refuse texts that are nested so deeply that a parser or an engine would crash.

Parsers and engines call themselves for each level. Where the stack ends, pyoxigraph ends the
process without a message, and Python raises a RecursionError. So levels are counted before.
"""

import re
from functools import lru_cache
from typing import Literal

from kg.errors import KgError
from kg.sparql_tokens import CLOSERS, Token, close_bracket, list_tokens, locate

# Brackets around brackets. pyoxigraph crashes at 300 to 1,000 levels (SPARQL), rdflib fails at 80
# (Turtle). The project's own files have less than 10.
DEEPEST = 50
# Tokens of a query, without values. Each operator or clause in a row can be one level for the
# engine: with the stack of `kg.store.interruptible`, it crashes at more than 30,000.
LONGEST_QUERY = 5_000
LONGEST_KNOWN = 10_000  # characters of a query that is remembered
PREFIX_OPERATORS = frozenset(["!", "+", "-", "^", "^^"])
# Brackets, and what can contain them. Other text in between is passed over.
MARKS = {
    "json": re.compile(
        r"""(?P<skip>"[^"\\]*+(?:\\.[^"\\]*+)*+") | [\[\]{}] | (?P<end>")""", re.VERBOSE | re.DOTALL
    ),
    "turtle": re.compile(
        r"""
        (?P<skip>\"{3}[^"\\]*+(?:(?:\\.|\"{1,2}(?!\"))[^"\\]*+)*+\"{3}
                |'{3}[^'\\]*+(?:(?:\\.|'{1,2}(?!'))[^'\\]*+)*+'{3}
                |\"(?!\"\")[^"\\\n\r]*+(?:\\.[^"\\\n\r]*+)*+\"
                |'(?!'')[^'\\\n\r]*+(?:\\.[^'\\\n\r]*+)*+'
                |<[^<>\n\r]*+>|\#[^\n\r]*+|\\.)
      | <<\(|\)>>|<<|>>|\{\||\|\}|[\[\](){}]
      | (?P<end>["'])
        """,
        re.VERBOSE | re.DOTALL,
    ),
}


def check_nesting(text: str, where: str, syntax: Literal["sparql", "turtle", "json"]) -> None:
    """Raise an error if a text has brackets or operators that are nested too deeply.

    The text need not be valid. `where` names it in messages. Time is linear.

    Raises:
        KgError: more than `DEEPEST` levels, or in SPARQL more than `LONGEST_QUERY` tokens without
            values, or an ambiguous or unfinished token (see `list_tokens`); with exit code 2.

    >>> check_nesting("[" * 51, "a.json", "json")
    Traceback (most recent call last):
    ...
    kg.errors.KgError: a.json:1:51: nested deeper than 50 levels. Use fewer brackets or operators \
inside each other.
    """
    if syntax == "sparql":
        (_check_known if len(text) <= LONGEST_KNOWN else _check_query)(text, where)
        return
    # Most files have few brackets. To count all is faster than to pass over strings.
    if sum(map(text.count, "[({" if syntax == "turtle" else "[{")) + text.count("<<") <= DEEPEST:
        return
    brackets: list[str] = []
    for found in MARKS[syntax].finditer(text):
        if found.lastgroup == "end":  # A string that does not end: no parser reads further.
            return
        if found.lastgroup == "skip":
            continue
        if found[0] in CLOSERS:
            brackets.append(found[0])
        elif brackets:
            close_bracket(brackets, found[0])
        if len(brackets) > DEEPEST:
            raise _refuse(text, found.start(), where)


def _check_query(text: str, where: str) -> None:
    run = count = 0
    before = ""
    for token in list_tokens(text, where):
        is_mark = token.kind == "mark"
        run = run + len(token.text) if is_mark and token.text in PREFIX_OPERATORS else 0
        is_opening = is_mark and token.text in CLOSERS
        if len(token.brackets) + run + is_opening > DEEPEST:
            raise _refuse(text, token.start, where)
        count += not _is_value(token, before)
        if count > LONGEST_QUERY:
            raise KgError(
                f"{locate(text, token.start, where)}: more than {LONGEST_QUERY:,} tokens. Split "
                "the query, or put its values into VALUES or IN.",
                exit_code=2,
            )
        before = token.text


# The same short queries are asked again and again.
_check_known = lru_cache(256)(_check_query)


def _is_value(token: Token, before: str) -> bool:
    """Return whether a token is part of a value in VALUES, or in a list with commas (IN)."""
    if token.in_data or token.kind == "tag" or token.text == "^^":
        return True
    if token.brackets[-1:] != ["("]:
        return False
    return token.text == "," or (token.kind != "mark" and before in ("(", ",", "^^"))


def _refuse(text: str, position: int, where: str) -> KgError:
    place = locate(text, position, where)
    return KgError(
        f"{place}: nested deeper than {DEEPEST} levels. Use fewer brackets or operators inside "
        "each other.",
        exit_code=2,
        chinese=f"{place}: 嵌套超过 {DEEPEST} 层。请减少括号或运算符的嵌套。",
    )
