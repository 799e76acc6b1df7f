"""Answers as text: a table, CSV, SPARQL results JSON or Markdown for rows; RDF for triples."""

from collections.abc import Mapping, Sequence

from kg.ask.table import measure_table, render_markdown, render_table
from kg.errors import KgError
from kg.names import Names, Term, bind_json
from kg.store import Result, Rows
from kg.turtle import serialize_triples

ROW_FORMATS = ("table", "csv", "json", "markdown")
TRIPLE_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")
# The column `cityIri` has the IRIs of what the column `city` names.
IRI_SUFFIX = "Iri"


def render_answer(
    answer: Result,
    form: str | None,
    names: Names,
    *,
    width: int | None = None,
    iris: bool | None = None,
) -> str:
    """Return an answer as text in a format; by default rows as a table and triples as Turtle.

    `width` and `iris` are for tables only; see `render_rows`.

    Raises:
        KgError: the format is not one for this kind of answer.
    """
    if isinstance(answer, list):
        return render_triples(answer, form or "turtle", names)
    if form in TRIPLE_FORMATS:
        raise KgError(
            f"{form}: a format for triples, but the query returns rows. "
            f"Use --format {' or '.join(ROW_FORMATS)}.",
            exit_code=2,
        )
    if isinstance(answer, bool):
        return render_boolean(answer, form or "table")
    return render_rows(answer, form or "table", names, width=width, iris=iris)


def render_boolean(answer: bool, form: str) -> str:
    """Return the answer of an ASK query as `true` or `false`, or as SPARQL results JSON.

    Raises:
        KgError: the format is for rows only.
    """
    if form == "json":
        return _write_json({"head": {}, "boolean": answer})
    if form != "table":
        raise KgError(
            f"{form}: a format for rows, but the query returns true or false. "
            "Use --format json, or omit it.",
            exit_code=2,
        )
    return f"{str(answer).lower()}\n"


def render_rows(
    rows: Rows, form: str, names: Names, *, width: int | None = None, iris: bool | None = None
) -> str:
    """Return rows as text in one of `ROW_FORMATS`.

    CSV and JSON are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-results-csv-tsv/,
    https://www.w3.org/TR/sparql11-results-json/), with full IRIs. Tables and Markdown have prefixed
    names. CSV, JSON, Markdown and a table without a width have all columns.

    A table with a width, that of the terminal, fits it (see `render_table`) and omits columns
    without a value. It omits the columns of IRIs, named `…Iri`, if the table does not fit with
    them, unless `iris` is true; it always omits them if `iris` is false.
    """
    if form == "csv":
        return _render_csv(rows)
    if form == "json":
        return _render_json(rows)
    cells = [[names.show(term) for term in row] for row in rows.rows]
    if form == "markdown":
        return render_markdown(rows.variables, cells)
    shown = _choose_columns(rows.variables, cells, width, iris)
    titles = [rows.variables[n] for n in shown]
    return render_table(titles, [[row[n] for n in shown] for row in cells], width)


def render_triples(triples: Sequence[object], form: str, names: Names) -> str:
    """Return triples as text in one of `TRIPLE_FORMATS`, without duplicates.

    Raises:
        KgError: the format is one for rows.
    """
    if form not in TRIPLE_FORMATS:
        raise KgError(
            f"{form}: a format for rows, but the query returns triples. "
            f"Use --format {' or '.join(TRIPLE_FORMATS)}.",
            exit_code=2,
        )
    return serialize_triples(list(dict.fromkeys(triples)), form, names.prefixes)


def _choose_columns(
    titles: Sequence[str], cells: Sequence[Sequence[str]], width: int | None, iris: bool | None
) -> Sequence[int]:
    """Return the numbers of the columns that a table shows, from 0; see `render_rows`."""
    shown = list(range(len(titles)))
    if width is not None and cells:
        shown = [n for n in shown if any(row[n] for row in cells)] or shown
    if iris is None:
        kept = [[row[n] for n in shown] for row in (titles, *cells)]
        iris = width is None or measure_table(kept) <= width
    if iris:
        return shown
    return [n for n in shown if not titles[n].endswith(IRI_SUFFIX)] or shown


def _render_csv(rows: Rows) -> str:
    # Imported here, as json below: a table on a terminal needs neither.
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.variables)
    for row in rows.rows:
        writer.writerow(["" if term is None else _write_csv_cell(term) for term in row])
    return out.getvalue()


def _write_csv_cell(term: Term) -> str:
    bound = bind_json(term)
    return f"_:{bound['value']}" if bound["type"] == "bnode" else bound["value"]


def _render_json(rows: Rows) -> str:
    bindings = [
        {
            name: bind_json(term)
            for name, term in zip(rows.variables, row, strict=True)
            if term is not None
        }
        for row in rows.rows
    ]
    return _write_json({"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}})


def _write_json(document: Mapping[str, object]) -> str:
    import json

    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
