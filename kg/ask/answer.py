"""An answer in Python: rows with Python values, as a pandas table, or as a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask.lookup import quote_input
from kg.ask.parameters import write_number, write_term
from kg.ask.render import IRI_SUFFIX, render_answer
from kg.errors import KgError, check_text, require
from kg.names import Names, Term, text
from kg.store import Result, Rows
from kg.xsd import is_computable, is_well_formed

if TYPE_CHECKING:
    import networkx
    import pandas

Value = str | int | float | Decimal | bool | date | None
Row = dict[str, Value]

INTEGERS = "integer int long short byte nonNegativeInteger positiveInteger unsignedInt unsignedLong"
# How values of each datatype of XML Schema are read; those of other datatypes stay texts.
READERS: dict[str, Callable[[str], Value]] = {
    "xsd:boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "xsd:date": date.fromisoformat,
    "xsd:dateTime": datetime.fromisoformat,
    "xsd:decimal": Decimal,
    "xsd:double": float,
    "xsd:float": float,
    **{f"xsd:{name}": int for name in INTEGERS.split()},
}


# What the repr of an answer shows: columns of text, rows of the answer, and lines.
WIDTH = 80
MOST_ROWS = 10
MOST_LINES = 40


class Answer:
    """The rows of an answer, each a dict from column to value, in the order of the answer.

    IRIs (in full) and texts are str, numbers int, float or Decimal, dates date; a missing value is
    None. Triples are rows of subject, predicate and object. The answer to an ASK query has no
    columns, and one row if it is true, so that `bool(answer)` is the answer.
    """

    def __init__(self, result: Result, names: Names) -> None:
        self._result = result
        self._names = names
        if isinstance(result, bool):
            result = Rows((), [()] if result else [])
        elif isinstance(result, list):
            terms = [(t.subject, t.predicate, t.object) for t in dict.fromkeys(result)]
            result = Rows(("subject", "predicate", "object"), [*terms])
        self.columns = result.variables
        self._terms = result.rows
        self.rows: list[Row] = [
            {name: read_value(term, names) for name, term in zip(self.columns, row, strict=True)}
            for row in result.rows
        ]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        """Return an iterator over the rows."""
        return iter(self.rows)

    def __getitem__(self, index: int) -> Row:
        """Return a row by its number, from 0, or from the end if it is negative."""
        return self.rows[index]

    def __repr__(self) -> str:
        if isinstance(self._result, bool):
            return f"<Answer: {self._result}>"
        shown = Rows(self.columns, self._terms[:MOST_ROWS])
        lines = render_answer(shown, "table", self._names, width=WIDTH).splitlines()
        count = f"{len(self)} row{'' if len(self) == 1 else 's'}"
        is_cut = len(lines) > MOST_LINES or len(self) > MOST_ROWS
        note = f"{count}; print() shows all" if is_cut else count
        return "\n".join([*lines[:MOST_LINES], f"<Answer: {note}>"])

    def __str__(self) -> str:
        return self.to_text()

    def to_text(
        self, form: str | None = None, *, width: int | None = None, iris: bool | None = None
    ) -> str:
        """Return the answer as `kg ask --format` prints it.

        Formats of rows are table (the default), csv, json and markdown; of triples, turtle (the
        default), ntriples, jsonld and rdfxml. A table fits the width, if one is given, and then
        has its columns of IRIs where there is room, or as `iris` says.

        Raises:
            KgError: the format is not one for this kind of answer.
        """
        return render_answer(self._result, form, self._names, width=width, iris=iris)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas table with the values of the rows as they are, of dtype object.

        Raises:
            KgError: pandas is not installed.
        """
        pandas = require("pandas", "pandas")
        return pandas.DataFrame(self.rows, columns=list(self.columns), dtype=object)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Return a network with an edge for each row, between the things in its two IRI columns.

        IRI columns are named `<x>Iri`; the column `<x>` has the label of the node, and all other
        columns are attributes of the edge. Of triples, those whose object is not a literal are
        edges, with the predicate as attribute.

        Raises:
            KgError: the answer does not have two IRI columns.
        """
        # Imported here: it takes long to load.
        import networkx

        network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        if isinstance(self._result, list):
            for triple, row in zip(dict.fromkeys(self._result), self.rows, strict=True):
                if not isinstance(triple.object, Literal):
                    network.add_edge(row["subject"], row["object"], predicate=row["predicate"])
            return network
        ends = [name for name in self.columns if name.endswith(IRI_SUFFIX)]
        if len(ends) != 2:
            raise KgError(
                f"A network needs two columns of IRIs, named <x>Iri; this answer has {len(ends)}"
                f"{': ' if ends else ''}{', '.join(ends)}. Use to_pandas().",
                exit_code=2,
            )
        labels = [end.removesuffix(IRI_SUFFIX) for end in ends]
        for row in self.rows:
            nodes = [row[end] for end in ends]
            for node, label in zip(nodes, labels, strict=True):
                if node is not None:
                    network.add_node(node)
                    if row.get(label) is not None:
                        network.nodes[node]["label"] = row[label]
            if None not in nodes:
                attributes = {
                    name: value
                    for name, value in row.items()
                    if value is not None and name not in (*ends, *labels)
                }
                network.add_edges_from([(*nodes, attributes)])
        return network


def read_value(term: Term | None, names: Names) -> Value:
    """Return a term as a Python value; a literal that its datatype does not allow is a text.

    Python reads more than the datatypes allow: `int("1_000")` is a number.

    >>> xsd = Names({"xsd": "http://www.w3.org/2001/XMLSchema#"})
    >>> read_value(Literal("80.0", datatype=NamedNode(xsd.expand("xsd:decimal"))), xsd)
    Decimal('80.0')
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    if isinstance(term, Triple):
        return text(term)
    read = READERS.get(names.shorten(term.datatype.value))
    if read is None or not is_well_formed(term) or term.value != term.value.strip():
        return term.value
    try:
        return read(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value


def write_value(value: object, names: Names) -> str:
    """Return a Python value as a term in SPARQL, so that `read_value` returns it again.

    A text that is an IRI or a prefixed name is an IRI, any other text a literal.

    Raises:
        KgError: the type of the value has no datatype in RDF.

    >>> write_value(True, Names({"xsd": "http://www.w3.org/2001/XMLSchema#"}))
    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    if isinstance(value, str):
        iri = names.find_iri(value)
        return write_term(NamedNode(iri) if iri else Literal(check_text(value, "value")))
    if isinstance(value, bool | float):
        return write_term(Literal(value))
    if isinstance(value, int | Decimal):
        datatype = "xsd:integer" if isinstance(value, int) else "xsd:decimal"
        written = write_number(value)
    elif isinstance(value, date):
        datatype = "xsd:dateTime" if isinstance(value, datetime) else "xsd:date"
        written = value.isoformat()
    else:
        raise KgError(
            f"{type(value).__name__}: not a value for a query. "
            "Use a str, a bool, a number or a date.",
            exit_code=2,
        )
    literal = Literal(written, datatype=NamedNode(names.expand(datatype)))
    if not is_well_formed(literal) or not is_computable(written, datatype.removeprefix("xsd:")):
        raise KgError(
            f"{quote_input(written)}: queries cannot compute with this {datatype}. Use a number "
            "with at most 18 digits, or a time zone in complete minutes.",
            exit_code=2,
        )
    return write_term(literal)
