"""What `kg push` would do: compare each named graph of a home with that of the endpoint.

Each push lists its named graphs at the endpoint, in a list per source of the home. A graph that is
not listed, or that is listed for a source of another home, is never deleted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urljoin

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, Quad, Triple

from kg.display import escape_controls
from kg.errors import KgError, join_names
from kg.graph import ENTAILED, Graph, bind_values, read_internal, write_iri
from kg.names import text
from kg.xsd import read_integer

NUMERIC = re.compile("#(decimal|[a-zA-Z]*[iI]nteger)$")
SOURCE = re.compile("([^/]+)/source$")  # the end of the IRI of a graph that describes a source
LISTS = "../pushed/"  # where the lists are, from `graph:`
NO_SOURCE = "ontology"  # the list of a home without sources


@dataclass(frozen=True)
class GraphPlan:
    """What to do with a named graph.

    The action is one of `send` (the endpoint has no part of it, or one that is incomplete or
    double), `add` (statements of another home remain), `replace` (the endpoint has statements that
    are not in this dataset), `delete`, `keep` (it is complete), `conflict` (as `replace`, but
    another home has pushed it, too) and `other` (it is not of this home). `local` and `remote` are
    numbers of statements.
    """

    graph: str
    action: str
    local: int
    remote: int
    is_shared: bool = False


@dataclass(frozen=True)
class Plan:
    """What to do with each named graph, sorted by IRI; and the lists of graphs at the endpoint.

    `listed` has the lists of this home, by IRI, as they are; an empty one if there is none.
    """

    graphs: tuple[GraphPlan, ...]
    listed: Mapping[str, frozenset[str]]

    def select(self, *actions: str) -> tuple[GraphPlan, ...]:
        """Return the graphs with one of these actions."""
        return tuple(graph for graph in self.graphs if graph.action in actions)

    @property
    def local(self) -> frozenset[str]:
        """The named graphs of the home."""
        return frozenset(g.graph for g in self.graphs if g.action not in ("delete", "other"))

    @property
    def sent(self) -> tuple[GraphPlan, ...]:
        """The graphs to send."""
        return self.select("send", "add", "replace")

    @property
    def is_complete(self) -> bool:
        """Whether no graph is to be sent or deleted."""
        return not self.select("send", "add", "replace", "delete", "conflict")

    @property
    def statements(self) -> int:
        """The number of statements to send."""
        return sum(graph.local for graph in self.sent)

    def check(self, endpoint: str, *, replace: bool) -> None:
        """Check that nothing is lost by what is to be done.

        Raises:
            KgError: a graph has statements that are not in this dataset, and `replace` is false;
                or another home has pushed it, too.
        """
        if conflicts := self.select("conflict"):
            names = join_names(graph.graph for graph in conflicts)
            raise KgError(
                f"{endpoint}: another home has pushed {names} with different statements. "
                "Nothing was written. Use the same version of these files, or another dataset of "
                "the server."
            )
        changes = self.select("replace", "delete")
        if changes and not replace:
            names = join_names(graph.graph for graph in changes)
            raise KgError(
                f"{endpoint}: has statements that are not in this dataset, in {names}. "
                "Nothing was written. Use kg push --replace to replace or delete these graphs, and "
                "only these; --dry-run shows what it would do."
            )


def plan_push(local: Graph, remote: Graph) -> Plan:
    """Compare the graphs of both sides and return what to do; nothing is written.

    Raises:
        KgError: the endpoint does not answer.
    """
    sizes, remote_sizes = count_graphs(local), count_graphs(remote)
    lists = _read_lists(remote)
    start = urljoin(local.names.expand("graph:"), LISTS)
    sources = {found[1] for graph in sizes if (found := SOURCE.search(graph))} or {NO_SOURCE}
    own = {f"{start}{source}" for source in sources}

    def plan_graph(graph: str) -> GraphPlan:
        size, found = sizes.get(graph, 0), remote_sizes.get(graph, 0)
        owners = {name for name, graphs in lists.items() if graph in graphs}
        is_shared = bool(owners - own)
        if graph not in sizes:
            action = "delete" if owners and not is_shared else "other"
        elif not found:
            action = "send"
        else:
            action = _compare(local, remote, graph, is_shared=is_shared)
        return GraphPlan(graph, action, size, found, is_shared)

    graphs = tuple(plan_graph(graph) for graph in sorted({*sizes, *remote_sizes}))
    return Plan(graphs, {name: frozenset(lists.get(name, ())) for name in sorted(own)})


def count_graphs(graph: Graph) -> dict[str, int]:
    """Return the number of statements of each named graph in `graph:`, sorted by IRI.

    Raises:
        KgError: the answer of the endpoint has something else than numbers.
    """
    start = str(Literal(graph.names.expand("graph:")))
    counts = {}
    for name, count in graph.internal("graph-counts", named_graphs=True, start=start):
        number = read_integer(text(count))
        if name is None:
            continue  # some engines give one empty row if there is no graph
        if number is None:
            shown = escape_controls(text(count)) or "nothing"
            raise KgError(f"{graph.engine.name}: {shown} is not a number of statements. Try again.")
        counts[text(name)] = number
    return counts


def compare_graphs(local: Sequence[Triple], remote: Sequence[Triple]) -> str:
    """Return what the remote graph is: the "same" as the local one, a "part", "more" or "other".

    Blank nodes have no permanent names. They are compared in canonical form
    (https://www.w3.org/TR/rdf-canon/). A part may have statements with blank nodes repeatedly, as
    after two writes at the same time. "More" is a remote graph with all local statements, none of
    which has a blank node.
    """
    ground, patterns, blank = _split_graph(local)
    remote_ground, remote_patterns, remote_blank = _split_graph(remote)
    # Equal numbers first: many repeated blank nodes take long to bring into canonical form.
    if (ground, patterns) == (remote_ground, remote_patterns):
        if _canonicalize(blank) == _canonicalize(remote_blank):
            return "same"
    if remote_ground <= ground and set(remote_patterns) <= set(patterns):
        return "part"
    return "more" if ground <= remote_ground and not patterns else "other"


def normalize_term(term: object) -> object:
    """Return a value that is equal for all ways in which engines write the same number.

    >>> normalize_term(Literal(80))
    (Decimal('80'), 'http://www.w3.org/2001/XMLSchema#integer')
    """
    if not isinstance(term, Literal) or not NUMERIC.search(term.datatype.value):
        return term
    number = re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+", term.value)
    return (Decimal(term.value), term.datatype.value) if number else term


def _compare(local: Graph, remote: Graph, graph: str, *, is_shared: bool) -> str:
    """Return the action for a graph that both sides have."""
    state = compare_graphs(_read_graph(local, graph), _read_graph(remote, graph))
    if state in ("same", "part"):
        return "keep" if state == "same" else "send"
    if not is_shared:
        return "replace"
    # Each home has entailments of its own, in the same graph.
    if graph == local.names.expand(ENTAILED):
        return "keep" if state == "more" else "add"
    return "conflict"


def _read_lists(remote: Graph) -> dict[str, set[str]]:
    """Return the named graphs that each list at the endpoint names."""
    start = urljoin(remote.names.expand("graph:"), LISTS)
    lists: dict[str, set[str]] = defaultdict(set)
    rows = remote.internal("pushed-graphs", named_graphs=True, start=str(Literal(start)))
    for name, graph in rows:
        if name is not None:
            lists[text(name)].add(text(graph))
    return lists


def _read_graph(graph: Graph, name: str) -> list[Triple]:
    query = bind_values(read_internal(graph.home, "graph-statements"), {"graph": write_iri(name)})
    return graph.construct(query, name, named_graphs=True)


def _split_graph(triples: Sequence[Triple]) -> tuple[set[object], Counter[object], list[Triple]]:
    """Return the statements without blank nodes, and those with, as patterns and as they are.

    A pattern is a statement with None for blank nodes.
    """
    ground: set[object] = set()
    patterns: Counter[object] = Counter()
    blank = []
    for triple in triples:
        s, p, o = (None if isinstance(t, BlankNode) else normalize_term(t) for t in triple)
        if s is None or o is None:
            patterns[s, p, o] += 1
            blank.append(triple)
        else:
            ground.add((s, p, o))
    return ground, patterns, blank


def _canonicalize(triples: Sequence[Triple]) -> set[object]:
    dataset = Dataset(Quad(s, p, o) for s, p, o in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {(q.subject, q.predicate, normalize_term(q.object)) for q in dataset}
