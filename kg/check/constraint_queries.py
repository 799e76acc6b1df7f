"""Run the queries in `queries/must-be-empty/`, each row of which is a finding."""

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal

from kg.ask.lookup import cut_local_name, find_similar
from kg.ask.question import Question
from kg.check.finding import Finding, Locator
from kg.check.tracing import list_naming, list_properties
from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import Names, Term, pick, text
from kg.store import Rows

NEEDED = ("severity", "message")  # in each header
# Each unknown term is compared with all known ones, of which there may be as many.
MOST_SUGGESTIONS = 100
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
) -> Iterator[Finding]:
    """Yield a finding for each row of a must-be-empty query.

    ?node is what the finding is about. The header of the query has the severity and a message
    in each language, with the other variables in braces. It may name the property and the value of
    the statement at fault, for its line; a variable whose value is to be compared with similar
    known terms (`suggest`); and one that causes the findings (`cause`), for their `Basis`.

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
            yield from _report_rows(graph, query, rows, locator, language)
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
) -> Iterator[Finding]:
    names, header = graph.names, query.header
    known: list[str] = []
    meant: dict[str, list[str]] = {}
    severity, template = str(header["severity"]), query.text("message", language)
    if not template:
        raise KeyError("message")
    properties, naming = list_properties(query.query, names), list_naming(query.query, names)
    for row in rows.rows:
        terms = {f"?{name}": term for name, term in zip(rows.variables, row, strict=True)}
        shown = {name[1:]: names.show(term) for name, term in terms.items()}
        similar: list[str] = []
        message = f"{shown['node']}: {' '.join(template.format_map(shown).split())}"
        if "suggest" in header:
            known = known or [text(term) for (term,) in graph.internal("described-terms")]
            unknown = text(terms[str(header["suggest"])])
            if unknown not in meant and len(meant) < MOST_SUGGESTIONS:
                meant[unknown] = find_meant(unknown, known)
            similar = meant.get(unknown, [])
            message += suggest_terms(similar, names, language)
        predicate, value = (
            _find_value(str(header.get(key, "")), terms, names) for key in ("property", "value")
        )
        node = text(terms["?node"])
        things = [text(term) for term in terms.values() if not isinstance(term, Literal | None)]
        yield from locator.report(
            node, severity, query.name, message, predicate=predicate, value=value,
            reads=((thing, each) for thing in things for each in properties.union(things)),
            named=((node, each) for each in naming),
            meant=similar, cause=_find_value(str(header.get("cause", "")), terms, names),
        )  # fmt: skip


def _find_value(named: str, terms: Mapping[str, Term | None], names: Names) -> str:
    """Return the value of a variable, or the IRI of a prefixed name, or ""."""
    if named.startswith("?"):
        term = terms[named]
        return "" if term is None else text(term)
    return names.expand(named) if named else ""


def find_meant(iri: str, terms: Iterable[str]) -> list[str]:
    """Return at most two of the terms in the namespace of an IRI that resemble it."""
    start = iri[: len(iri) - len(cut_local_name(iri))]
    known = {t.removeprefix(start): t for t in terms if t.startswith(start)}
    return [known[name] for name in find_similar(cut_local_name(iri), known, cutoff=0.7)[:2]]


def suggest_terms(terms: Iterable[str], names: Names, language: str) -> str:
    """Return the question whether one of the terms was meant, or "" if there is none."""
    meant = ", ".join(map(names.shorten, terms))
    return pick(MEANT, language, "").format(meant) if meant else ""
