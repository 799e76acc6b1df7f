"""Parse the answers of endpoints: SPARQL results and triples, complete and not nested too deep."""

from xml.parsers import expat

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from kg.errors import KgError
from kg.nesting import check_nesting
from kg.store.engine import Result, collect_result

ROW_TYPES = (
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
)
TRIPLE_TYPES = ("application/n-triples", "text/turtle", "application/rdf+xml")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEEPEST_XML = 3_000  # levels of elements; more can crash the parser


def parse_rows(kind: str, body: bytes) -> Result:
    """Return the rows or the boolean in SPARQL results; `kind` is one of `ROW_TYPES`.

    Standards: https://www.w3.org/TR/sparql11-results-json/, https://www.w3.org/TR/rdf-sparql-XMLres/

    Raises:
        SyntaxError, ValueError: the results are not valid or not complete.
    """
    form = QueryResultsFormat.from_media_type(kind)
    return collect_result(parse_query_results(_check_body(kind, body), form))


def parse_triples(kind: str, body: bytes) -> Result:
    """Return the triples in a document; `kind` is one of `TRIPLE_TYPES`.

    Raises:
        SyntaxError, ValueError: the document is not valid or not complete.
    """
    form = RdfFormat.from_media_type(kind)
    return [quad.triple for quad in parse(_check_body(kind, body), form)]


def describe_result(result: Result) -> str:
    """Return what a result is, for messages."""
    if isinstance(result, bool):
        return f"the boolean {str(result).lower()}"
    return "a list of triples" if isinstance(result, list) else f"{len(result.rows)} rows"


def _check_body(kind: str, body: bytes) -> bytes:
    """Return a body without byte order mark, if its nesting does not endanger the parser."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    if kind.endswith("xml"):
        _check_xml(body)
        return body
    try:
        check_nesting(body.decode("utf-8"), "line", "json" if kind.endswith("json") else "turtle")
    except KgError as error:
        raise ValueError(str(error).partition(". ")[0]) from None
    return body


def _check_xml(body: bytes) -> None:
    """Check that XML is well-formed: the engine takes results that break off as complete.

    Raises:
        ValueError: it is not, or it is nested too deep, or declares entities.
    """
    depth = 0

    def open_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise ValueError(f"elements are nested more than {DEEPEST_XML:,} deep")

    def close_element(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse_doctype(*declaration: object) -> None:
        raise ValueError("it has a document type declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
