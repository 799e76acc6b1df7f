"""Run the queries in `queries/must-be-empty/`, each row of which is a finding."""

from collections.abc import Iterable, Iterator, Mapping

from kg.ask.lookup import find_similar, local_name
from kg.ask.question import Question
from kg.check.finding import Finding, Locator
from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import Names, Term, pick, text
from kg.store import Rows

NEEDED = ("severity", "message")  # in each header
MEANT = {"en": " Did you mean {0}?", "zh-Hans": "是否想写 {0}？"}


def list_constraint_queries(home: Home) -> list[Question]:
    """Return the must-be-empty queries of a home, sorted by name."""
    folder = home.queries / "must-be-empty"
    return [Question(path.stem, path) for path in sorted(folder.glob("*.rq"))]


def run_constraint_query(
    graph: Graph,
    query: Question,
    locator: Locator,
    language: str,
    causes: dict[Finding, str] | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each row of a must-be-empty query.

    ?node is what the finding is about. The header of the query has the severity and a message
    in each language, with the other variables in braces. It may name the property and the value of
    the statement at fault, for its line; a variable whose value is to be compared with similar
    known terms (`suggest`); and one that causes the findings (`cause`): it is added to `causes`.

    Raises:
        KgError: ?node or a part of the header is missing, or the query is not a SELECT query.
    """
    rows = graph.select(query.query, str(query.path))
    try:
        if "node" not in rows.variables:
            raise KeyError("?node")
        for key in NEEDED:
            if f"\n#+ {key}:" not in f"\n{query.query}":
                raise KeyError(key)
        # To parse the header takes longer than most queries.
        if rows.rows:
            yield from _report_rows(graph, query, rows, locator, language, causes)
    except (KeyError, ValueError) as error:
        raise KgError(
            f"{query.path}:1: {error} is missing. A must-be-empty query selects ?node, and its "
            "header has a severity, and a message with {braces} around the names of variables."
        ) from None


def _report_rows(
    graph: Graph,
    query: Question,
    rows: Rows,
    locator: Locator,
    language: str,
    causes: dict[Finding, str] | None,
) -> Iterator[Finding]:
    names, header = graph.names, query.header
    known: list[str] = []
    severity, template = str(header["severity"]), query.text("message", language)
    if not template:
        raise KeyError("message")
    for row in rows.rows:
        terms = {f"?{name}": term for name, term in zip(rows.variables, row, strict=True)}
        shown = {name[1:]: names.show(term) for name, term in terms.items()}
        message = f"{shown['node']}: {' '.join(template.format_map(shown).split())}"
        if "suggest" in header:
            known = known or [text(term) for (term,) in graph.internal("described-terms")]
            word = text(terms[str(header["suggest"])])
            message += suggest_term(word, known, names, language)
        predicate, value = (
            _find_value(str(header.get(key, "")), terms, names) for key in ("property", "value")
        )
        node = text(terms["?node"])
        for finding in locator.report(
            node, severity, query.name, message, predicate=predicate, value=value
        ):
            if causes is not None and "cause" in header:
                causes[finding] = text(terms[str(header["cause"])])
            yield finding


def _find_value(named: str, terms: Mapping[str, Term | None], names: Names) -> str:
    """Return the value of a variable, or the IRI of a prefixed name, or ""."""
    if named.startswith("?"):
        term = terms[named]
        return "" if term is None else text(term)
    return names.expand(named) if named else ""


def suggest_term(iri: str, terms: Iterable[str], names: Names, language: str) -> str:
    """Return the question whether one of the terms in its namespace was meant, or ""."""
    start = iri[: len(iri) - len(local_name(iri))]
    known = {t.removeprefix(start): t for t in terms if t.startswith(start)}
    similar = find_similar(local_name(iri), known, cutoff=0.7)
    meant = ", ".join(names.shorten(known[name]) for name in similar[:2])
    return pick(MEANT, language, "").format(meant) if meant else ""
