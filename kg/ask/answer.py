"""An answer in Python: rows as dicts, with Python's types; a table, or a network, of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask.render import render_answer
from kg.errors import KgError
from kg.names import Names, Term
from kg.store import Result, Rows

if TYPE_CHECKING:
    import networkx
    import pandas

Value = str | int | float | Decimal | bool | date | None
Row = dict[str, Value]

INTEGERS = "integer int long short byte nonNegativeInteger positiveInteger unsignedInt unsignedLong"
# Python's type for each datatype of XML Schema; all others are texts.
READERS: dict[str, Callable[[str], Value]] = {
    "xsd:boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "xsd:date": date.fromisoformat,
    "xsd:dateTime": datetime.fromisoformat,
    "xsd:decimal": Decimal,
    "xsd:double": float,
    "xsd:float": float,
    **{f"xsd:{name}": int for name in INTEGERS.split()},
}
TRIPLE = ("subject", "predicate", "object")


class Answer:
    """The rows of an answer, each a dict from column to value, in the order of the answer.

    IRIs (in full) and texts are str, numbers int, Decimal or float, days date; what is missing is
    None. Triples are rows of subject, predicate and object. The answer of an ASK is one row
    without columns if it is true, so that `bool(answer)` is that answer.
    """

    def __init__(self, answer: Result, names: Names) -> None:
        self._answer = answer
        self._names = names
        if isinstance(answer, bool):
            self.columns: tuple[str, ...] = ()
            self._terms: list[tuple[Term | None, ...]] = [()] if answer else []
        elif isinstance(answer, Rows):
            self.columns, self._terms = answer.variables, answer.rows
        else:
            self.columns = TRIPLE
            triples = dict.fromkeys(answer)
            self._terms = [(t.subject, t.predicate, t.object) for t in triples]
        self._rows = [
            dict(zip(self.columns, (read_value(term, names) for term in row), strict=True))
            for row in self._terms
        ]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in turn."""
        return iter(self._rows)

    def __getitem__(self, index: int) -> Row:
        """Return a row by its number, from 0; from the end where it is negative."""
        return self._rows[index]

    def __repr__(self) -> str:
        return f"<Answer: {len(self)} rows of {', '.join(self.columns) or 'no columns'}>"

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, form: str | None = None) -> str:
        """Return the answer as `kg ask --format` prints it.

        Rows are given as table (the default), csv, json or markdown, triples as turtle (the
        default), ntriples, jsonld or rdfxml.

        Raises:
            KgError: the form is none for such an answer.
        """
        return render_answer(self._answer, form, self._names)

    def to_pandas(self) -> pandas.DataFrame:
        """Return the answer as a table of pandas, with the values of the rows as they are.

        Raises:
            KgError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise KgError("pandas is not installed. To have it: pip install pandas.") from None
        return pandas.DataFrame(self._rows, columns=list(self.columns), dtype=object)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Return the answer as a network: an edge a row, between its two columns of IRIs.

        These are called `<x>Iri`; the column `<x>` has the label of the node, and all others are
        attributes of the edge. Triples are a network, too: an edge for each whose object is no
        literal, with the predicate as its attribute.

        Raises:
            KgError: networkx is not installed, or the answer has not two columns of IRIs.
        """
        try:
            import networkx
        except ImportError:
            raise KgError("networkx is not installed. To have it: pip install networkx.") from None
        network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        if self.columns == TRIPLE and isinstance(self._answer, list):
            for row, terms in zip(self._rows, self._terms, strict=True):
                if not isinstance(terms[-1], Literal):
                    _add_edge(network, row, "subject", "object")
            return network
        ends = [name for name in self.columns if name.endswith("Iri")]
        if len(ends) != 2:
            raise KgError(
                f"The answer is no network: of its columns {len(ends)} are IRIs "
                f"({', '.join(ends) or 'none is called <x>Iri'}), not 2. Use to_pandas().",
                exit_code=2,
            )
        for row in self._rows:
            _add_nodes(network, row, ends)
            _add_edge(network, row, *ends)
        return network


def read_value(term: Term | None, names: Names) -> Value:
    """Return a term as Python has it; a literal that is none of its datatype as its text.

    >>> xsd = Names({"xsd": "http://www.w3.org/2001/XMLSchema#"})
    >>> read_value(Literal("80.0", datatype=NamedNode(xsd.expand("xsd:decimal"))), xsd)
    Decimal('80.0')
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return str(term) if isinstance(term, BlankNode | Triple) else None
    read = READERS.get(names.shorten(term.datatype.value), str)
    try:
        return read(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value


def _add_nodes(network: networkx.MultiDiGraph[str], row: dict[str, Any], ends: list[str]) -> None:
    for end in ends:
        label = row.get(end.removesuffix("Iri"))
        if row[end] is not None:
            network.add_node(row[end], **({} if label is None else {"label": label}))


def _add_edge(
    network: networkx.MultiDiGraph[str], row: dict[str, Any], start: str, end: str
) -> None:
    told = (start, end, start.removesuffix("Iri"), end.removesuffix("Iri"))
    attributes = {n: value for n, value in row.items() if n not in told and value is not None}
    if row[start] is not None and row[end] is not None:
        network.add_edges_from([(row[start], row[end], attributes)])
