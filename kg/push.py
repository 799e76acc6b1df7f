"""`kg push`: write the dataset to an endpoint, each named graph to the graph of the same IRI.

Graphs are written in batches. The graphs on the server are compared with the local ones first, so
that an interrupted push resumes where it stopped (see `kg.push_plan`). Afterwards they are compared
again, and repaired, because other pushes may have run at the same time.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import uniform
from time import monotonic, sleep
from urllib.parse import urlsplit, urlunsplit

from kg.ask.parameters import bind_question
from kg.ask.question import Question, ask_question, list_questions
from kg.display import Progress
from kg.errors import KgError, join_names
from kg.graph import Graph, LocalGraph, bind_values, iri_term, load_graph, read_internal
from kg.home import Home
from kg.push_plan import Plan, count_graphs, normalize_term, plan_push
from kg.store import Rows
from kg.store.endpoint import Endpoint
from kg.store.graph_store import PATHS, TIMEOUT, GraphStore, GraphWriter, UpdateService

GO_ON = "The statements that were sent remain. Run the same command again to resume."
ROUNDS = 8  # how often the endpoint is compared and repaired
# How often the endpoint is complete, and yet not so when it is verified, until it is an error.
# Another push may have begun to write in between.
COMPLETE_ROUNDS = 3
QUIET_READS = 10
LONGEST_WAIT = 60.0  # seconds before a repair
# Lines of N-Triples whose subject or object is a blank node.
BLANK_NODE = re.compile(r'^_:|> _:[^ "<>]+ \.$')
# From the address for queries to that of the graph store: GraphDB and RDF4J, Fuseki, Oxigraph.
GRAPH_STORES = (
    (re.compile(r"^(.*/repositories/[^/]+)/?$"), r"\1/rdf-graphs/service"),
    (re.compile(r"^(.*/[^/]+)/(?:query|sparql)/?$"), r"\1/data"),
    (re.compile(r"^/query/?$"), "/store"),
)


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

    At the end, the endpoint has the same number of statements in each graph. It gives the same
    answers to the headline questions; these are not compared if it has graphs of other homes.

    Raises:
        KgError: see `Plan.check`; or the push failed, and the statements sent so far remain.
    """
    local = load_graph(home)
    remote = Graph(home, Endpoint(url, TIMEOUT))
    first = plan = plan_push(local, remote)
    plan.check(remote.engine.name, replace=replace)
    seconds, complete = 0.0, 0
    for number in range(ROUNDS):
        if number:
            # Another push may have written at the same time.
            longest = min(LONGEST_WAIT, max(seconds, 0.5) * 2**number)
            plan = _plan_repair(local, remote, longest, wait=complete > 0)
            if plan.select("conflict") or (plan.select("replace", "delete") and not replace):
                break
        start = monotonic()
        _write(local, plan, target, progress, batch_bytes)
        seconds = monotonic() - start
        try:
            _verify_counts(count_graphs(remote), plan)
            return Push(first, tuple(_verify_answers(local, remote, plan)))
        except KgError as error:
            problem = str(error)
        complete += plan.is_complete
        if complete == COMPLETE_ROUNDS:
            break
    raise KgError(problem)


def preview_push(home: Home, url: str) -> Plan:
    """Return what `push_dataset` would do; the endpoint is only read.

    Raises:
        KgError: the endpoint does not answer.
    """
    return plan_push(load_graph(home), Graph(home, Endpoint(url, TIMEOUT)))


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


def _write(
    local: LocalGraph, plan: Plan, target: GraphWriter, progress: Progress, batch_bytes: int
) -> None:
    """Do what is planned. The graphs are listed before the first is written."""
    is_begun = False
    try:
        for name, listed in plan.listed.items():
            if not plan.local <= listed:
                target.write_batch(name, _format_list(local, name, plan.local | listed), first=True)
                is_begun = True
        for graph in plan.select("delete"):
            target.drop_graph(graph.graph)
            is_begun = True
        done = 0
        for graph in plan.sent:
            lines = local.memory.dump_triples(graph.graph).splitlines(keepends=True)
            for number, batch in enumerate(cut_batches(lines, batch_bytes)):
                is_first = number == 0 and graph.action != "add"
                target.write_batch(graph.graph, "".join(batch), first=is_first)
                is_begun = True
                done += len(batch)
                progress(graph.graph, done / plan.statements)
        for name, listed in plan.listed.items():
            if listed - plan.local:
                target.write_batch(name, _format_list(local, name, plan.local), first=True)
    except KgError as error:
        raise KgError(f"{error} {GO_ON if is_begun else ''}".rstrip()) from None


def _format_list(local: LocalGraph, name: str, graphs: frozenset[str]) -> str:
    """Return the list of the graphs that were pushed, as N-Triples."""
    terms = {"list": iri_term(name), "graph": " ".join(map(iri_term, sorted(graphs)))}
    query = bind_values(read_internal(local.home, "graph-list"), terms)
    return "".join(f"{triple} .\n" for triple in local.construct(query, "graph-list"))


def _plan_repair(local: Graph, remote: Graph, longest: float, *, wait: bool) -> Plan:
    """Return what is left to do, when the numbers of statements no longer change.

    If nothing is left to do, there is only a first wait, if asked for.

    The waits in seconds are random, so that two pushes do not repair the same graph at the same
    time, and can be longer than it takes to write the graphs.
    """
    if wait:
        sleep(uniform(0.1, longest))  # noqa: S311
    plan = plan_push(local, remote)
    before: dict[str, int] = {}
    for _ in range(QUIET_READS):
        if plan.is_complete:
            break
        sleep(uniform(0.1, longest))  # noqa: S311
        counts = count_graphs(remote)
        if counts == before:
            return plan_push(local, remote)
        before = counts
    return plan


def _verify_counts(found: dict[str, int], plan: Plan) -> None:
    wrong = []
    for graph in plan.graphs:
        number = found.get(graph.graph, 0)
        is_right = number == graph.local or (graph.is_shared and number > graph.local)
        if graph.action != "other" and not is_right:
            wrong.append(f"{graph.graph} ({number} of {graph.local})")
    if wrong:
        raise KgError(
            "Everything was sent, but the endpoint has other numbers of statements: "
            f"{join_names(wrong)}. Check that nobody else writes there, and run the same command "
            "again."
        )


def _verify_answers(local: Graph, remote: Graph, plan: Plan) -> Iterator[str]:
    """Yield the name of each headline question, after comparing the answers of both sides."""
    sent = "Everything was sent, and the numbers of statements agree, but"
    remote = Graph(remote.home, remote.engine, verify=True)
    try:
        remote.verify()
    except KgError as error:
        raise KgError(f"{sent} {error}") from None
    if plan.select("other") or any(graph.is_shared for graph in plan.graphs):
        return
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
