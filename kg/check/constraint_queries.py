"""Run the queries in `queries/must-be-empty/`, each row of which is a finding."""

from collections.abc import Iterator

from kg.ask.question import Question
from kg.check.finding import Finding, Locator
from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import text


def list_constraint_queries(home: Home) -> list[Question]:
    """Return the must-be-empty queries of a home, sorted by name."""
    folder = home.queries / "must-be-empty"
    return [Question(path.stem, path) for path in sorted(folder.glob("*.rq"))]


def run_constraint_query(
    graph: Graph, query: Question, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each row of a must-be-empty query.

    ?node is what the finding is about. The header of the query has the severity and a message
    in each language, with the other variables in braces.

    Raises:
        KgError: ?node or a part of the header is missing, or the query is not a SELECT query.
    """
    names = graph.names
    rows = graph.select(query.query, str(query.path))
    try:
        severity, template = str(query.header["severity"]), query.text("message", language)
        if not template:
            raise KeyError("message")
        if "node" not in rows.variables:
            raise KeyError("?node")
        for row in rows.rows:
            terms = dict(zip(rows.variables, row, strict=True))
            shown = {name: names.show(term) for name, term in terms.items()}
            message = f"{shown['node']}: {' '.join(template.format_map(shown).split())}"
            yield from locator.report(text(terms["node"]), severity, query.name, message)
    except (KeyError, ValueError) as error:
        raise KgError(
            f"{query.path}:1: {error} is missing. A must-be-empty query selects ?node, and its "
            "header has a severity, and a message with {braces} around the names of variables."
        ) from None
