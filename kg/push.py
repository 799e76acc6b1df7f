"""`kg push`: the dataset to an endpoint, each named graph to the graph of its name.

It goes over the SPARQL 1.1 Graph Store HTTP Protocol or SPARQL 1.1 Update, in batches. What is
there already is compared first: a push that was interrupted goes on where it was, a graph with
statements that are not ours is left alone unless it may be replaced, and no graph outside
`graph:` is ever touched.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import Request

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    Triple,
)

from kg.ask.parameters import bind_question
from kg.ask.question import Question, ask_question, list_questions
from kg.errors import KgError
from kg.graph import Graph, bind_values, iri_term, load_graph, read_internal
from kg.home import Home
from kg.store import Rows
from kg.store.endpoint import Endpoint
from kg.store.http import Client

BATCH_BYTES = 500_000
PUSH_TIMEOUT = 300.0
GO_ON = "What was sent stays there: the same command goes on from there."
STORE_PATHS = (
    "Name the graph store with --graph-store (Oxigraph: /store, Fuseki: /<dataset>/data), or the "
    "address for updates with --update."
)
# Lines of N-Triples whose subject or object is a blank node.
BLANK = re.compile(r'^_:|> _:[^ "<>]+ \.$')
NUMERIC = re.compile("#(decimal|[a-zA-Z]*[iI]nteger)$")
# From the address for queries to that of the graph store: GraphDB and RDF4J, Fuseki, Oxigraph.
GUESSES = (
    (re.compile(r"^(.*/repositories/[^/]+)/?$"), r"\1/rdf-graphs/service"),
    (re.compile(r"^(.*/[^/]+)/(?:query|sparql)/?$"), r"\1/data"),
    (re.compile(r"^/query/?$"), "/store"),
)


@dataclass(frozen=True)
class Plan:
    """What a push has to do: graphs to send and to drop; those that are there as they should be.

    `sizes` are the numbers of statements of all our graphs.
    """

    send: tuple[str, ...]
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    sizes: dict[str, int]

    @property
    def statements(self) -> int:
        """How many statements there are to send."""
        return sum(self.sizes[graph] for graph in self.send)


@dataclass(frozen=True)
class Push:
    """What a push did, and the questions that both sides answer alike."""

    plan: Plan
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Where graphs are written: a graph store, or with `update` an address for updates."""

    client: Client
    update: bool


def find_target(url: str, graph_store: str | None = None, update: str | None = None) -> Target:
    """Return where to write, as given or else guessed from the address for queries.

    Raises:
        KgError: both are given, none can be guessed, or one is no address.

    >>> find_target("http://127.0.0.1:7878/query").client.name
    'http://127.0.0.1:7878/store'
    """
    if graph_store and update:
        raise KgError("--graph-store and --update are both given. Leave one out.", exit_code=2)
    if update:
        return Target(Client(update, PUSH_TIMEOUT, STORE_PATHS), update=True)
    parts = urlsplit(Client(url).url)
    for pattern, path in GUESSES:
        if not graph_store and pattern.match(parts.path):
            graph_store = urlunsplit((*parts[:2], pattern.sub(path, parts.path), "", ""))
    if not graph_store:
        raise KgError(f"{Client(url).name}: where are graphs written? {STORE_PATHS}", exit_code=2)
    return Target(Client(graph_store, PUSH_TIMEOUT, STORE_PATHS), update=False)


def push_dataset(
    home: Home,
    url: str,
    target: Target,
    *,
    replace: bool = False,
    progress: Callable[[str, int, int], None] = lambda graph, done, total: None,
    batch_bytes: int = BATCH_BYTES,
) -> Push:
    """Load the home's dataset, entailments included, into the endpoint; return what was done.

    `progress` is called with a graph, and the statements sent and to be sent, after each batch.
    In the end both sides have as many statements in each graph, and give the same answers.

    Raises:
        KgError: see `plan_push`; or it did not work, and what was sent stays there.
    """
    local = load_graph(home)
    remote = Graph(home, Endpoint(url, PUSH_TIMEOUT))
    plan = plan_push(local, remote, replace=replace)
    done = 0
    for graph in plan.drop:
        _write(target, graph, None, first=True)
    for graph in plan.send:
        lines = local.memory.dump_triples(graph).splitlines(keepends=True)
        for number, batch in enumerate(cut_batches(lines, batch_bytes)):
            _write(target, graph, "".join(batch), first=number == 0)
            done += len(batch)
            progress(graph, done, plan.statements)
    _verify_counts(count_graphs(remote), plan)
    return Push(plan, tuple(_verify_answers(local, Graph(home, remote.engine, verify=True))))


def plan_push(local: Graph, remote: Graph, *, replace: bool = False) -> Plan:
    """Return what there is to do, having looked at what is there; nothing is written.

    Raises:
        KgError: the endpoint cannot be asked; or graphs of ours have statements there that are
            not in this dataset, and `replace` is not said. The message names them.
    """
    ours, theirs = count_graphs(local), count_graphs(remote)
    send: list[str] = []
    keep: list[str] = []
    drop = sorted(set(theirs) - set(ours))
    strange = list(drop)
    for graph, size in ours.items():
        there = theirs.get(graph, 0)
        found = "part" if not there else "other" if there > size else ""
        found = found or compare_graphs(_read_graph(local, graph), _read_graph(remote, graph))
        (keep if found == "same" else send).append(graph)
        if found == "other":
            strange.append(graph)
    if strange and not replace:
        raise KgError(
            f"{remote.engine.name}: statements that are not in this dataset, in {', '.join(strange)}. "
            "Nothing was written. kg push --replace swaps these graphs, and no others."
        )
    return Plan(tuple(send), tuple(drop), tuple(keep), ours)


def count_graphs(graph: Graph) -> dict[str, int]:
    """Return the number of statements of each graph in `graph:`, by its IRI, sorted."""
    start = str(Literal(graph.names.expand("graph:")))
    rows = graph.internal("graph-counts", named_graphs=True, start=start)
    # An engine may give one row of nothing where there is no graph.
    return {
        name.value: int(count.value)
        for name, count in rows
        if isinstance(name, NamedNode) and isinstance(count, Literal)
    }


def compare_graphs(ours: Sequence[Triple], theirs: Sequence[Triple]) -> str:
    """Return what a graph there is to ours: the "same", a "part" of it, or "other".

    Blank nodes have no names that last: their statements are the same when their canonical form
    is (https://www.w3.org/TR/rdf-canon/), and otherwise part of ours.
    """
    mine, mine_blank = _level_graph(ours)
    other, other_blank = _level_graph(theirs)
    if mine == other and mine_blank == other_blank:
        return "same"
    return "part" if other <= mine and len(other_blank) <= len(mine_blank) else "other"


def cut_batches(lines: Sequence[str], size: int) -> Iterator[list[str]]:
    """Return lines of N-Triples in batches of about so many bytes, at least one of them.

    All lines with blank nodes stand in the first: in two requests they would be two nodes, and
    the first can be sent again, since it puts the graph in the place of what was there.
    """
    batch = [line for line in lines if BLANK.search(line.rstrip("\n"))]
    used = sum(len(line.encode()) for line in batch)
    for line in lines:
        if BLANK.search(line.rstrip("\n")):
            continue
        if batch and used + len(line.encode()) > size:
            yield batch
            batch, used = [], 0
        batch.append(line)
        used += len(line.encode())
    yield batch


def _write(target: Target, graph: str, body: str | None, *, first: bool) -> None:
    """Send a batch, the first in the place of what was there; without one, drop the graph."""
    client = target.client
    if target.update:
        drop = f"DROP SILENT GRAPH <{graph}>"
        insert = f"INSERT DATA {{ GRAPH <{graph}> {{\n{body}}} }}"
        text = drop if body is None else f"{drop} ;\n{insert}" if first else insert
        kind, method, url = "application/sparql-update", "POST", client.url
    else:
        text = body or ""
        kind, method = "application/n-triples", "PUT" if first else "POST"
        joint = "&" if "?" in client.url else "?"
        url = f"{client.url}{joint}{urlencode({'graph': graph})}"
    headers = {"Content-Type": kind, "Accept": "*/*", "User-Agent": "city-policy-kg"}
    data: bytes | None = text.encode("utf-8")
    if body is None and not target.update:
        method, data = "DELETE", None
        headers.pop("Content-Type")
    try:
        client.send(Request(url, data, headers, method=method), graph)  # noqa: S310
    except KgError as error:
        raise KgError(f"{error} {GO_ON}") from None


def _read_graph(graph: Graph, name: str) -> list[Triple]:
    text = bind_values(read_internal(graph.home, "graph-statements"), {"graph": iri_term(name)})
    return graph.construct(text, name, named_graphs=True)


def _level_graph(triples: Sequence[Triple]) -> tuple[set[object], set[object]]:
    """Return the statements without blank nodes, and those with, in their canonical form."""
    blank = [
        Quad(t.subject, t.predicate, t.object)
        for t in triples
        if isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode)
    ]
    dataset = Dataset(blank)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    held = {Triple(q.subject, q.predicate, q.object) for q in blank}
    plain: set[object] = {
        (t.subject, t.predicate, level_term(t.object)) for t in triples if t not in held
    }
    return plain, {(q.subject, q.predicate, level_term(q.object)) for q in dataset}


def level_term(term: object) -> object:
    """Return a term such that engines that write a number in other ways give the same.

    >>> level_term(Literal("80.0", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")))
    (Decimal('80.0'), 'http://www.w3.org/2001/XMLSchema#decimal')
    """
    if not isinstance(term, Literal) or not NUMERIC.search(term.datatype.value):
        return term
    number = re.fullmatch(r"[+-]?\d*\.?\d+", term.value)
    return (Decimal(term.value), term.datatype.value) if number else term


def _verify_counts(theirs: dict[str, int], plan: Plan) -> None:
    wrong = [
        f"{graph} ({theirs.get(graph, 0)} of {plan.sizes.get(graph, 0)})"
        for graph in sorted({*theirs, *plan.sizes})
        if theirs.get(graph, 0) != plan.sizes.get(graph, 0)
    ]
    if wrong:
        raise KgError(
            f"All was sent, but the endpoint counts otherwise: {', '.join(wrong)}. "
            "Does anybody else write there? The same command sends what is missing."
        )


def _verify_answers(local: Graph, remote: Graph) -> Iterator[str]:
    """Yield the headline questions, after checking that both sides answer each alike."""
    try:
        remote.verify()
    except KgError as error:
        raise KgError(f"All was sent, and the counts agree; but {error}") from None
    for question in list_questions(local.home):
        if "headline" not in question.header.get("tags", ()):
            continue
        if _count_rows(local, question) != _count_rows(remote, question):
            raise KgError(
                f"All was sent, and the counts agree; but {remote.engine.name} answers "
                f"{question.name} otherwise. Ask it with --endpoint and without, and compare."
            )
        yield question.name


def _count_rows(graph: Graph, question: Question) -> Counter[tuple[object, ...]]:
    """Return how often each row of an answer occurs."""
    answer = ask_question(graph, question, "en", bind_question(graph, question, {}))
    rows = answer.rows if isinstance(answer, Rows) else []
    return Counter(tuple(map(level_term, row)) for row in rows)
