"""Regular expressions of shapes, matched by the engine as SHACL defines: by SPARQL's REGEX.

Its matcher takes time in proportion to the length of a text. One that backtracks, as Python's
does, can take years for a short one. See https://www.w3.org/TR/shacl/#PatternConstraintComponent.
"""

from collections.abc import Callable, Iterable
from itertools import islice

from pyoxigraph import Literal, QuerySolutions, Store

from kg.names import text
from kg.store.interruptible import run_interruptible

# The number of texts that one query matches: more would make the query very long.
BATCH = 10_000


class Pattern:
    """A regular expression with flags, and the texts that it was matched with."""

    def __init__(
        self, pattern: str, flags: str = "", list_texts: Callable[[], Iterable[str]] = tuple
    ) -> None:
        """Compile a pattern; `list_texts` returns those that are likely to be asked for.

        Raises:
            ValueError: it is not a regular expression, or too large.
        """
        self._arguments = f"{Literal(pattern)}, {Literal(flags)}"
        self._engine = Store()
        self._matches: dict[str, bool] = {}
        self._list_texts = list_texts
        # REGEX has no value, true or false, if the pattern or the flags are wrong.
        if not self._select(f"BIND (REGEX('', {self._arguments}) AS ?is) FILTER BOUND(?is)"):
            raise ValueError(pattern)

    def matches(self, string: str) -> bool:
        """Return whether a part of the text matches.

        >>> Pattern("^(.+)+~$").matches("a" * 10_000)
        False
        """
        if string not in self._matches:
            # One query for many texts is much faster than one for each.
            self._match([string, *self._list_texts()])
            self._list_texts = tuple
        return self._matches[string]

    def _match(self, texts: Iterable[str]) -> None:
        waiting = iter({each for each in texts if each not in self._matches})
        while batch := list(islice(waiting, BATCH)):
            values = " ".join(str(Literal(each)) for each in batch)
            failing = f"VALUES ?text {{ {values} }} FILTER (!REGEX(?text, {self._arguments}))"
            self._matches.update(dict.fromkeys(batch, True))
            self._matches.update(dict.fromkeys(self._select(failing), False))

    def _select(self, where: str) -> list[str]:
        """Return the texts that a graph pattern selects."""

        def run() -> list[str]:
            found = self._engine.query(f"SELECT ?text {{ {where} }}")
            return [text(row[0]) for row in found] if isinstance(found, QuerySolutions) else []

        return run_interruptible(run)
