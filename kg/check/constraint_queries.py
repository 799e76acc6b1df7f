"""Queries that must be empty: `queries/must-be-empty/`, a row of an answer is a finding."""

from collections.abc import Iterator

from kg.ask.question import Question
from kg.check.finding import Finding, Locator
from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import Names, bind_json
from kg.store import Rows


def list_checks(home: Home) -> list[Question]:
    """Return the must-be-empty queries of a home, by name."""
    folder = home.queries / "must-be-empty"
    return [Question(path.stem, path) for path in sorted(folder.glob("*.rq"))]


def find_by_queries(graph: Graph, locator: Locator, language: str) -> Iterator[Finding]:
    """Yield a finding for each row that a must-be-empty query gives.

    Its header has the severity and, by language, the message, in which {name} stands for a
    variable of the row; ?node is what the finding is about.

    Raises:
        KgError: a query's header lacks one of these, or the query has no ?node.
    """
    names = graph.names
    for check in list_checks(graph.home):
        rows = graph.select(check.query, str(check.path))
        try:
            yield from _find_rows(check, rows, names, locator, language)
        except (KeyError, ValueError) as error:
            raise KgError(
                f"{check.path}:1: {error} is missing. A query that must be empty has ?node, a "
                "severity, and a message that names its variables alone."
            ) from None


def _find_rows(
    check: Question, rows: Rows, names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    severity, template = str(check.header["severity"]), check.text("message", language)
    if not template:
        raise KeyError("message")
    place = rows.variables.index("node")
    for row in rows.rows:
        shown = {name: names.show(term) for name, term in zip(rows.variables, row, strict=True)}
        message = f"{shown['node']}: {' '.join(template.format_map(shown).split())}"
        node = row[place]
        iri = bind_json(node)["value"] if node is not None else ""
        yield from locator.find(iri, severity, check.name, message)
