"""Export the questions to a folder, for other programs."""

from dataclasses import dataclass
from pathlib import Path

from kg.ask import list_questions
from kg.errors import KgError
from kg.files import write_folder
from kg.graph import load_graph
from kg.home import Home
from kg.names import is_iri
from kg.queries.grlc import write_grlc
from kg.queries.sparql_examples import write_examples, write_prefixes

# Where `oxigraph serve` listens.
DEFAULT_ENDPOINT = "http://127.0.0.1:7878/query"
EXAMPLES = "sparql-examples"


@dataclass(frozen=True)
class QueryExport:
    """The numbers of questions and of SPARQL examples that an export has."""

    questions: int
    examples: int


def export_queries(
    home: Home, target: Path, *, endpoint: str = DEFAULT_ENDPOINT, force: bool = False
) -> QueryExport:
    """Write the questions of a home to a folder, as SPARQL examples and for grlc.

    `sparql-examples/` has `prefixes.ttl`, and in `cdp/` a Turtle file per query, as the SIB lays
    out its examples; `grlc/` has a query file per question. Both name the endpoint that answers.

    Raises:
        KgError: the endpoint is not an address, a question is not valid, or the folder has files
            that kg did not write and `force` is false.
    """
    if not is_iri(endpoint) or not endpoint.startswith(("http://", "https://")):
        raise KgError(
            f"{endpoint}: not the address of an endpoint. Give one such as {DEFAULT_ENDPOINT}.",
            exit_code=2,
        )
    graph = load_graph(home)
    files = {f"{EXAMPLES}/prefixes.ttl": write_prefixes(graph.names)}
    examples: dict[str, str] = {}
    questions = list_questions(home)
    for question in questions:
        examples |= write_examples(graph, question, endpoint)
        files[f"grlc/{question.name}.rq"] = write_grlc(graph, question, endpoint)
    files |= {f"{EXAMPLES}/cdp/{name}.ttl": turtle for name, turtle in examples.items()}
    with write_folder(target, export="queries", force=force) as open_file:
        for name, text in files.items():
            with open_file(name) as stream:
                stream.write(text.encode())
    return QueryExport(len(questions), len(examples))
