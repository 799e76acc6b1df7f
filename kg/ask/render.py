"""Answers as text: a table to look at, CSV, SPARQL results JSON, Markdown; RDF for triples."""

import os
import sys
from collections.abc import Sequence

from kg.ask.table import mark_table, rule_table
from kg.errors import KgError
from kg.names import Names, Term, bind_json
from kg.store import Result, Rows
from kg.turtle import serialize_triples

ROW_FORMATS = ("table", "csv", "json", "markdown")
TRIPLE_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")


def render_answer(answer: Result, form: str | None, names: Names) -> str:
    """Return any answer as text: rows as a table and triples as Turtle where no form is given.

    Raises:
        KgError: the form is none for such an answer.
    """
    if isinstance(answer, list):
        return render_triples(answer, form or "turtle", names)
    if form in TRIPLE_FORMATS:
        raise KgError(
            f"{form}: a format for triples, and the query gives rows. "
            f"Use --format {' or '.join(ROW_FORMATS)}.",
            exit_code=2,
        )
    if isinstance(answer, bool):
        return render_truth(answer, form)
    return render_rows(answer, form or "table", names)


def render_truth(answer: bool, form: str | None) -> str:
    """Return the answer of an ASK as a word, or as SPARQL results JSON.

    Raises:
        KgError: the form is one for rows alone.
    """
    if form == "json":
        import json

        return json.dumps({"head": {}, "boolean": answer}, indent=2) + "\n"
    if form not in (None, "table"):
        raise KgError(f"{form}: a format for rows. Use --format json or none.", exit_code=2)
    return f"{str(answer).lower()}\n"


def render_rows(rows: Rows, form: str, names: Names) -> str:
    """Return the rows of an answer as text in one of `ROW_FORMATS`.

    csv and json are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-results-csv-tsv/,
    https://www.w3.org/TR/sparql11-results-json/) and have whole IRIs; a table and Markdown have
    prefixed names, and a table on a terminal is as wide as the terminal.
    """
    if form == "csv":
        return _render_csv(rows)
    if form == "json":
        return _render_json(rows)
    cells = [[names.show(term) for term in row] for row in rows.rows]
    return render_table(rows.variables, cells, markdown=form == "markdown")


def render_table(
    titles: Sequence[str], cells: Sequence[Sequence[str]], *, markdown: bool = False
) -> str:
    """Return a table in Markdown, or in a ruled frame that fits the terminal if there is one."""
    if markdown:
        return mark_table(titles, cells)
    width = os.get_terminal_size().columns if sys.stdout.isatty() else None
    return rule_table(titles, cells, width)


def render_triples(triples: Sequence[object], form: str, names: Names) -> str:
    """Return triples as text in one of `TRIPLE_FORMATS`.

    Raises:
        KgError: the format is one for rows.
    """
    if form not in TRIPLE_FORMATS:
        raise KgError(
            f"{form}: a format for rows, and the query gives triples. "
            f"Use --format {' or '.join(TRIPLE_FORMATS)}.",
            exit_code=2,
        )
    return serialize_triples(list(dict.fromkeys(triples)), form, names.prefixes)


def _render_csv(rows: Rows) -> str:
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.variables)
    for row in rows.rows:
        writer.writerow(["" if term is None else _plain(term) for term in row])
    return out.getvalue()


def _plain(term: Term) -> str:
    bound = bind_json(term)
    return f"_:{bound['value']}" if bound["type"] == "bnode" else bound["value"]


def _render_json(rows: Rows) -> str:
    import json

    bindings = [
        {
            name: bind_json(term)
            for name, term in zip(rows.variables, row, strict=True)
            if term is not None
        }
        for row in rows.rows
    ]
    document = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
