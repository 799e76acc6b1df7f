"""`kg push`: write the dataset to an endpoint, each named graph to the graph of the same IRI.

Graphs are written in batches. The graphs on the server are compared with the local ones first, so
that an interrupted push resumes where it stopped. A graph with statements that are not in this
dataset is changed only if it may be replaced, and graphs outside `graph:` are never changed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit, urlunsplit

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, Quad, Triple

from kg.ask.parameters import bind_question
from kg.ask.question import Question, ask_question, list_questions
from kg.errors import KgError
from kg.graph import Graph, LocalGraph, bind_values, iri_term, load_graph, read_internal
from kg.home import Home
from kg.names import text
from kg.store import Rows
from kg.store.endpoint import Endpoint
from kg.store.graph_store import PATHS, TIMEOUT, GraphStore, GraphWriter, UpdateService

GO_ON = "The statements that were sent remain. Run the same command again to resume."
# Lines of N-Triples whose subject or object is a blank node.
BLANK_NODE = re.compile(r'^_:|> _:[^ "<>]+ \.$')
NUMERIC = re.compile("#(decimal|[a-zA-Z]*[iI]nteger)$")
# From the address for queries to that of the graph store: GraphDB and RDF4J, Fuseki, Oxigraph.
GRAPH_STORES = (
    (re.compile(r"^(.*/repositories/[^/]+)/?$"), r"\1/rdf-graphs/service"),
    (re.compile(r"^(.*/[^/]+)/(?:query|sparql)/?$"), r"\1/data"),
    (re.compile(r"^/query/?$"), "/store"),
)

# Called with the IRI of a graph, and the share of the statements that were sent, 0 to 1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Plan:
    """The graphs to send, the graphs to drop, and those that are complete on the server.

    `sizes` has the number of statements of every local graph.
    """

    send: tuple[str, ...]
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    sizes: dict[str, int]

    @property
    def statements(self) -> int:
        """The number of statements to send."""
        return sum(self.sizes[graph] for graph in self.send)


@dataclass(frozen=True)
class Push:
    """What a push did, and the questions whose answers were compared."""

    plan: Plan
    questions: tuple[str, ...]


def find_target(url: str, graph_store: str | None = None, update: str | None = None) -> GraphWriter:
    """Return where to write: the given address, or else the graph store of a known server.

    Raises:
        KgError: both addresses are given, one is invalid, or the server is not known.
    """
    if graph_store and update:
        raise KgError("--graph-store and --update are both given. Remove one.", exit_code=2)
    if update:
        return UpdateService(update)
    if graph_store:
        return GraphStore(graph_store)
    parts = urlsplit(url)
    for pattern, path in GRAPH_STORES:
        if pattern.match(parts.path):
            return GraphStore(urlunsplit((*parts[:2], pattern.sub(path, parts.path), "", "")))
    raise KgError(f"{Endpoint(url).name}: unknown graph store. {PATHS}", exit_code=2)


def push_dataset(
    home: Home,
    url: str,
    target: GraphWriter,
    *,
    replace: bool = False,
    progress: Progress = lambda graph, share: None,
    batch_bytes: int = 500_000,
) -> Push:
    """Write the home's dataset, with entailments, to the endpoint; return what was done.

    At the end, the endpoint has the same number of statements in each graph and gives the same
    answers to the headline questions.

    Raises:
        KgError: see `plan_push`; or the push failed, and the statements sent so far remain.
    """
    local = load_graph(home)
    remote = Graph(home, Endpoint(url, TIMEOUT))
    plan = plan_push(local, remote, replace=replace)
    try:
        _write_graphs(local, plan, target, progress, batch_bytes)
    except KgError as error:
        raise KgError(f"{error} {GO_ON}") from None
    _verify_counts(count_graphs(remote), plan)
    return Push(plan, tuple(_verify_answers(local, Graph(home, remote.engine, verify=True))))


def plan_push(local: Graph, remote: Graph, *, replace: bool = False) -> Plan:
    """Compare the graphs of both sides and return what to do; nothing is written.

    Raises:
        KgError: the endpoint does not answer; or graphs there have statements that are not in
            this dataset, and `replace` is false. The message lists them.
    """
    sizes, remote_sizes = count_graphs(local), count_graphs(remote)
    send: list[str] = []
    keep: list[str] = []
    drop = sorted(set(remote_sizes) - set(sizes))
    foreign = list(drop)
    for graph, size in sizes.items():
        found = remote_sizes.get(graph, 0)
        state = "other" if found else "part"
        if 0 < found <= size:
            state = compare_graphs(_read_graph(local, graph), _read_graph(remote, graph))
        (keep if state == "same" else send).append(graph)
        if state == "other":
            foreign.append(graph)
    if foreign and not replace:
        raise KgError(
            f"{remote.engine.name}: has statements that are not in this dataset, in "
            f"{', '.join(foreign)}. Nothing was written. Use kg push --replace to replace these "
            "graphs, and only these."
        )
    return Plan(tuple(send), tuple(drop), tuple(keep), sizes)


def count_graphs(graph: Graph) -> dict[str, int]:
    """Return the number of statements of each named graph in `graph:`, sorted by IRI."""
    start = str(Literal(graph.names.expand("graph:")))
    rows = graph.internal("graph-counts", named_graphs=True, start=start)
    # Some engines give one empty row if there is no graph.
    return {text(name): int(text(count)) for name, count in rows if name is not None}


def compare_graphs(local: Sequence[Triple], remote: Sequence[Triple]) -> str:
    """Return what the remote graph is: the "same" as the local one, a "part" of it, or "other".

    Blank nodes have no permanent names. Their statements are compared in canonical form
    (https://www.w3.org/TR/rdf-canon/); if that differs, their number decides.
    """
    local_ground, local_blank = _normalize_graph(local)
    remote_ground, remote_blank = _normalize_graph(remote)
    if local_ground == remote_ground and local_blank == remote_blank:
        return "same"
    is_part = remote_ground <= local_ground and len(remote_blank) <= len(local_blank)
    return "part" if is_part else "other"


def cut_batches(lines: Sequence[str], size: int) -> Iterator[list[str]]:
    """Yield lines of N-Triples in batches of about `size` bytes; there is always a first batch.

    The first batch has all lines with blank nodes, because the same blank node in two requests
    would become two nodes. It can be sent again, since it replaces the graph.
    """
    batch = [line for line in lines if BLANK_NODE.search(line)]
    ground = [line for line in lines if not BLANK_NODE.search(line)]
    used = len("".join(batch).encode())
    for line in ground:
        used += len(line.encode())
        if batch and used > size:
            yield batch
            batch, used = [], len(line.encode())
        batch.append(line)
    yield batch


def normalize_term(term: object) -> object:
    """Return a value that is equal for all ways in which engines write the same number.

    >>> normalize_term(Literal(80))
    (Decimal('80'), 'http://www.w3.org/2001/XMLSchema#integer')
    """
    if not isinstance(term, Literal) or not NUMERIC.search(term.datatype.value):
        return term
    number = re.fullmatch(r"[+-]?\d*\.?\d+", term.value)
    return (Decimal(term.value), term.datatype.value) if number else term


def _write_graphs(
    local: LocalGraph, plan: Plan, target: GraphWriter, progress: Progress, batch_bytes: int
) -> None:
    for graph in plan.drop:
        target.drop_graph(graph)
    done = 0
    for graph in plan.send:
        lines = local.memory.dump_triples(graph).splitlines(keepends=True)
        for number, batch in enumerate(cut_batches(lines, batch_bytes)):
            target.write_batch(graph, "".join(batch), first=number == 0)
            done += len(batch)
            progress(graph, done / plan.statements)


def _read_graph(graph: Graph, name: str) -> list[Triple]:
    query = bind_values(read_internal(graph.home, "graph-statements"), {"graph": iri_term(name)})
    return graph.construct(query, name, named_graphs=True)


def _normalize_graph(triples: Sequence[Triple]) -> tuple[set[object], set[object]]:
    """Return the statements without blank nodes, and those with, in canonical form."""
    dataset = Dataset()
    ground: set[object] = set()
    for s, p, o in triples:
        if isinstance(s, BlankNode) or isinstance(o, BlankNode):
            dataset.add(Quad(s, p, o))
        else:
            ground.add((s, p, normalize_term(o)))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return ground, {(q.subject, q.predicate, normalize_term(q.object)) for q in dataset}


def _verify_counts(found: dict[str, int], plan: Plan) -> None:
    wrong = [
        f"{graph} ({found.get(graph, 0)} of {plan.sizes.get(graph, 0)})"
        for graph in sorted({graph for graph, _ in found.items() ^ plan.sizes.items()})
    ]
    if wrong:
        raise KgError(
            "Everything was sent, but the endpoint has other numbers of statements: "
            f"{', '.join(wrong)}. Check that nobody else writes there, and run the same command "
            "again; use --replace if there are too many."
        )


def _verify_answers(local: Graph, remote: Graph) -> Iterator[str]:
    """Yield the name of each headline question, after comparing the answers of both sides."""
    sent = "Everything was sent, and the numbers of statements agree, but"
    try:
        remote.verify()
    except KgError as error:
        raise KgError(f"{sent} {error}") from None
    for question in list_questions(local.home):
        if "headline" not in question.header.get("tags", ()):
            continue
        if _count_rows(local, question) != _count_rows(remote, question):
            raise KgError(
                f"{sent} {remote.engine.name} gives another answer to {question.name}. "
                f"Compare kg ask {question.name} with and without --endpoint."
            )
        yield question.name


def _count_rows(graph: Graph, question: Question) -> Counter[tuple[object, ...]]:
    """Return how often each row of an answer occurs."""
    answer = ask_question(graph, question, "en", bind_question(graph, question, {}))
    rows = answer.rows if isinstance(answer, Rows) else []
    return Counter(tuple(map(normalize_term, row)) for row in rows)
