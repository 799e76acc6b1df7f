"""Answers as text: a table, CSV, SPARQL results JSON or Markdown for rows; RDF for triples."""

from collections.abc import Sequence
from functools import lru_cache

from kg.ask.table import measure_table, render_markdown, render_table
from kg.errors import KgError
from kg.formulas import escape_cell
from kg.names import Names, Term, bind_json
from kg.serialization import serialize_triples
from kg.store import Result, Rows

ROW_FORMATS: tuple[str, ...] = ("table", "csv", "json", "markdown")
TRIPLE_FORMATS: tuple[str, ...] = ("turtle", "ntriples", "jsonld", "rdfxml")
# The column `cityIri` has the IRIs of what the column `city` names.
IRI_SUFFIX = "Iri"
REMEMBERED = 1 << 14  # terms in JSON: answers repeat names and IRIs
LONGEST_CELL = 10_000  # characters of a table; the other formats have all


def render_answer(
    answer: Result,
    form: str | None,
    names: Names,
    *,
    width: int | None = None,
    iris: bool | None = None,
    exact: bool = False,
) -> str:
    """Return an answer as text in a format; by default rows as a table and triples as Turtle.

    Rows are in one of `ROW_FORMATS`, triples, without duplicates, in one of `TRIPLE_FORMATS`; an
    answer of ASK is true or false, or JSON. CSV and JSON are those of SPARQL 1.1
    (https://www.w3.org/TR/sparql11-results-csv-tsv/,
    https://www.w3.org/TR/sparql11-results-json/), with full IRIs; but in CSV, texts that a
    spreadsheet would run are escaped (`kg.formulas`), unless `exact` is true. Tables and Markdown
    have prefixed names. CSV, JSON, Markdown and a table without a width have all columns.

    A table with a width, that of the terminal, fits it (see `render_table`) and omits columns
    without a value. It omits the columns of IRIs, named `…Iri`, if the table does not fit with
    them, unless `iris` is true; it always omits them if `iris` is false.

    Raises:
        KgError: the format is not one for this kind of answer.
    """
    form = _choose_format(answer, form)
    if isinstance(answer, list):
        return serialize_triples(answer, form, names.prefixes)
    if form == "json":
        return _render_json(answer)
    if isinstance(answer, bool):
        return f"{str(answer).lower()}\n"
    if form == "csv":
        return _render_csv(answer, exact=exact)
    cells = [[names.show(term) for term in row] for row in answer.rows]
    if form == "markdown":
        return render_markdown(answer.variables, cells)
    cells = [[_cut_text(cell) for cell in row] for row in cells]
    shown = _choose_columns(answer.variables, cells, width, iris)
    titles = [answer.variables[n] for n in shown]
    return render_table(titles, [[row[n] for n in shown] for row in cells], width)


def _cut_text(text: str) -> str:
    """Return a text as a table shows it: of a very long one, which no one reads, the beginning.

    >>> _cut_text("a" * 20_000)[LONGEST_CELL - 1 :]
    'a… (20,000 characters)'
    """
    return (
        text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}… ({len(text):,} characters)"
    )


def _choose_format(answer: Result, form: str | None) -> str:
    """Return the format that is asked for, or the first one for this kind of answer."""
    kind, forms = "rows", ROW_FORMATS
    if isinstance(answer, list):
        kind, forms = "triples", TRIPLE_FORMATS
    elif isinstance(answer, bool):
        kind, forms = "true or false", ("table", "json")
    if form and form not in forms:
        other = "triples" if form in TRIPLE_FORMATS else "rows"
        raise KgError(
            f"{form}: a format for {other}, but the query returns {kind}. "
            f"Use --format {' or '.join(forms)}.",
            exit_code=2,
        )
    return form or forms[0]


def _choose_columns(
    titles: Sequence[str], cells: Sequence[Sequence[str]], width: int | None, iris: bool | None
) -> Sequence[int]:
    """Return the numbers of the columns that a table shows, from 0; see `render_answer`."""
    shown = list(range(len(titles)))
    if width is not None and cells:
        shown = [n for n in shown if any(row[n] for row in cells)] or shown
    if iris is None:
        kept = [[row[n] for n in shown] for row in (titles, *cells)]
        iris = width is None or measure_table(kept) <= width
    if iris:
        return shown
    return [n for n in shown if not titles[n].endswith(IRI_SUFFIX)] or shown


def _render_csv(rows: Rows, *, exact: bool) -> str:
    # Imported here, as json below: a table on a terminal needs neither.
    import csv
    import io

    complete = Names({})  # shows IRIs without prefixes
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.variables)

    def show(term: Term | None) -> str:
        text = complete.show(term)
        is_typed = term is not None and "datatype" in bind_json(term)
        return text if exact else escape_cell(text, is_typed=is_typed)

    writer.writerows(map(show, row) for row in rows.rows)
    return out.getvalue()


def _render_json(answer: Rows | bool) -> str:
    if isinstance(answer, bool):
        return _write_json({"head": {}, "boolean": answer}) + "\n"
    # json.dumps is slow with indents, and most terms are in several rows.
    names = [_write_json(name) for name in answer.variables]
    try:
        bindings = [
            [
                f"{name}: {_write_term(term)}"
                for name, term in zip(names, row, strict=True)
                if term is not None
            ]
            for row in answer.rows
        ]
    except RecursionError:
        problem = "The answer has triple terms that are nested too deeply for JSON."
        raise KgError(f"{problem} Use --format csv.") from None
    rows = _write_block("[]", [_write_block("{}", row, 6) for row in bindings], 4)
    head = _write_json({"vars": answer.variables}, 2)
    return f'{{\n  "head": {head},\n  "results": {{\n    "bindings": {rows}\n  }}\n}}\n'


def _write_block(brackets: str, items: Sequence[str], indent: int) -> str:
    """Return items of JSON, each on a line of its own, between two brackets."""
    if not items:
        return brackets
    line = "\n" + " " * indent
    return f"{brackets[0]}{line}  {f',{line}  '.join(items)}{line}{brackets[1]}"


@lru_cache(REMEMBERED)
def _write_term(term: Term) -> str:
    return _write_json(bind_json(term), 8)


def _write_json(value: object, indent: int = 0) -> str:
    import json

    # Only indents have line breaks: in strings they are escaped.
    written = json.dumps(value, ensure_ascii=False, indent=2)
    return written.replace("\n", "\n" + " " * indent)
