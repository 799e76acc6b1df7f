"""What exports take on made-up cities, and how that grows: time, and memory beyond what is open.

Each export (a lane) and each of its peers runs in a process of its own, on few cities and on many.
What it works on (a store with its entailments, a network, a graph of networkx, a dataset of rdflib)
is opened once, in a process that then splits off one for each lane. Memory is the greatest that
such a process had, less that of one which was split off and did nothing. Ratios are of processor
times in one run, since machines are shared and noisy. A limit that is missed ends the run with exit
code 1. It needs a system that can split processes (fork): not Windows.

The networks are city-theme with all its cities, and no fewer for the picture's sake. rdflib takes
minutes for what others do in seconds, so that it is asked on few cities alone.
"""

from __future__ import annotations

import gc
import math
import pickle
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import click
from questions import judge, make_homes

from kg.ask.table import rule_table
from kg.home import Home, find_home

TIMES_NETWORKX = 5.0  # how much faster GEXF is written than by networkx, at least
# n log n is what sorting takes in theory. Four times the data also fit caches worse: the engine's
# own dump, which sorts nothing, took 5.2 times as long, where n log n is 4.8.
SLACK = 1.5
# Statements are sorted in parts of 24 MB. What is there beside them may differ by a part and its
# buffers, but not by the data.
MORE_MEGABYTES = 32.0
NETWORK = "city-theme"
ALL = 10_000_000  # nodes: none is left out
SHORTEST = 1.0  # seconds: what takes less is done again until it is that long
LONGEST = 5.0  # seconds: what takes more is timed the first time, the others after it
KEPT = "network.pickle"


@dataclass(frozen=True)
class Lane:
    """An export or a peer of one: what it works on, and what is to be measured of it.

    `peer` names the lane that it is a peer of, `least` how many times that lane's time it takes
    at least; of `lean` lanes memory may not grow; `few_only` are not asked on many cities.
    """

    name: str
    subject: str
    run: Callable[[Any, Home, Path], None]
    peer: str | None = None
    least: float | None = None
    lean: bool = False
    few_only: bool = False


@dataclass(frozen=True)
class Cost:
    """What one process took: processor seconds, and megabytes at its greatest."""

    seconds: float
    megabytes: float


# What lanes work on.


def make_nothing(home: Home) -> None:
    """Make nothing: the process alone."""


def make_store(home: Home) -> Any:
    """Open the home with its entailments, as every export does first."""
    from kg.graph import load_graph

    return load_graph(home)


def make_network(home: Home) -> Any:
    """Read the network that an earlier lane has built."""
    import kg.networks.write

    assert kg.networks.write
    return pickle.loads((home.root / KEPT).read_bytes())  # noqa: S301 our own file


def make_graph(home: Home) -> Any:
    """Make of that network a graph of networkx with all that our writers write of it."""
    import networkx

    network = make_network(home)
    node_columns, edge_columns = list_columns(network)
    graph = networkx.MultiDiGraph() if network.directed else networkx.MultiGraph()
    for node in network.nodes:
        red, green, blue = bytes.fromhex(node.color[1:])
        looks = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            "position": {"x": node.x, "y": node.y, "z": 0.0},
            "size": node.size,
        }
        said = {"label": node.label, **list_values(node_columns, node), **list_days(node)}
        graph.add_node(node.id, viz=looks, **said)
    for edge in network.edges:
        said = {"id": edge.id, "kind": edge.kind, "label": edge.label, "weight": edge.weight}
        said |= list_values(edge_columns, edge) | list_days(edge)
        graph.add_edge(edge.source, edge.target, key=edge.id, **said)
    return graph


def make_flat_graph(home: Home) -> Any:
    """Make the same graph with looks as GraphML has them: each an attribute."""
    graph = make_graph(home)
    for _, said in graph.nodes(data=True):
        looks = said.pop("viz")
        said.update(looks["position"], size=looks["size"], **looks["color"])
    return graph


def list_columns(network: Any) -> tuple[Any, Any]:
    """Return the columns of nodes and of edges that our writers write."""
    from kg.networks.columns import list_edge_columns, list_node_columns

    return list_node_columns(network), list_edge_columns(network)


def list_values(columns: Any, element: Any) -> dict[str, Any]:
    """Return the values of a node or an edge as networkx writes them: no None, no list."""
    values = {column.name: column.read(element) for column in columns}
    return {
        name: "; ".join(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None
    }


def list_days(element: Any) -> dict[str, str]:
    """Return the days from and to which a node or an edge holds, where it has any."""
    return {name: getattr(element, name) for name in ("start", "end") if getattr(element, name)}


def make_dataset(home: Home) -> Any:
    """Read all files and the entailments into a dataset of rdflib."""
    import rdflib

    from kg.graph import load_graph
    from kg.names import read_names
    from kg.turtle import list_files

    dataset = rdflib.Dataset()
    for file in list_files(home):
        dataset.graph(file.graph).parse(file.path, format="turtle")
    entailed = read_names(home).expand("graph:entailed")
    text = load_graph(home).dump_triples(entailed)
    dataset.graph(entailed).parse(data=text, format="nt")
    return dataset


SUBJECTS: dict[str, Callable[[Home], Any]] = {
    "nothing": make_nothing,
    "store": make_store,
    "network": make_network,
    "graph": make_graph,
    "flat graph": make_flat_graph,
    "dataset": make_dataset,
}


# What lanes do.


def build(store: Any, home: Home, target: Path) -> None:
    """Ask, measure and place the network, and keep it for the lanes that write it."""
    from kg.networks import NetworkOptions, build_network, find_network

    options = NetworkOptions(largest=ALL)
    network = build_network(store, find_network(home, NETWORK), options)
    (home.root / KEPT).write_bytes(pickle.dumps(network))


def write(form: str, network: Any, home: Home, target: Path) -> None:
    """Write the network in one of our formats."""
    from kg.networks.write import write_network

    with target.open("wb") as stream:
        write_network(network, form, stream)


def write_by_networkx(name: str, graph: Any, home: Home, target: Path) -> None:
    """Write the graph with a writer of networkx."""
    import networkx

    getattr(networkx, name)(graph, target)


def export_statements(suffix: str, store: Any, home: Home, target: Path) -> None:
    """Export all statements, with the store open already."""
    from kg.dumps.export import export_rdf

    with patch("kg.dumps.export.load_graph", lambda _: store):
        export_rdf(home, str(target.with_suffix(suffix)), force=True)


def export_all_tables(store: Any, home: Home, target: Path) -> None:
    """Export all tables, with the store open already."""
    from kg.tables import export_tables

    with patch("kg.tables.export.load_graph", lambda _: store):
        export_tables(home, target.with_suffix(""), force=True)


def dump_raw(form: str, store: Any, home: Home, target: Path) -> None:
    """Write what the engine itself writes, which is not sorted."""
    from pyoxigraph import RdfFormat

    store._store.dump(str(target), getattr(RdfFormat, form))


def serialize(form: str, dataset: Any, home: Home, target: Path) -> None:
    """Write the dataset with a serializer of rdflib."""
    dataset.serialize(str(target), format=form, encoding="utf-8")


GEXF = partial(write_by_networkx, "write_gexf")
LANES = (
    # The first is the network that others write.
    Lane("network", "store", build),
    Lane("gexf", "network", partial(write, "gexf")),
    Lane("gexf, networkx", "graph", GEXF, "gexf", TIMES_NETWORKX),
    Lane("graphml", "network", partial(write, "graphml")),
    Lane("graphml, networkx", "flat graph", partial(write_by_networkx, "write_graphml"), "graphml"),
    Lane("json", "network", partial(write, "json")),
    Lane("csv, nodes", "network", partial(write, "nodes.csv")),
    Lane("csv, edges", "network", partial(write, "edges.csv")),
    Lane("svg", "network", partial(write, "svg")),
    Lane("nq", "store", partial(export_statements, ".nq"), lean=True),
    Lane("nq, engine", "store", partial(dump_raw, "N_QUADS"), "nq"),
    Lane("tables", "store", export_all_tables, lean=True),
    Lane("trig", "store", partial(export_statements, ".trig"), lean=True),
    Lane("trig, engine", "store", partial(dump_raw, "TRIG"), "trig"),
    Lane("jsonld", "store", partial(export_statements, ".jsonld"), lean=True),
    Lane("jsonld, engine", "store", partial(dump_raw, "JSON_LD"), "jsonld"),
    Lane("nq, rdflib", "dataset", partial(serialize, "nquads"), "nq", few_only=True),
    Lane("trig, rdflib", "dataset", partial(serialize, "trig"), "trig", few_only=True),
    Lane("jsonld, rdflib", "dataset", partial(serialize, "json-ld"), "jsonld", few_only=True),
)


def hold_subject(connection: Connection, home: Home, subject: str, bound: float) -> None:
    """Make a subject, and run lanes on it, each in a process split off, as long as any is asked."""
    made = SUBJECTS[subject](home)
    gc.freeze()  # or the split processes copy all of it, which costs them time
    connection.send("made")
    while True:
        try:
            number = connection.recv()
        except EOFError:
            return
        context = get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=spend, args=(theirs, home, made, number))
        process.start()
        theirs.close()
        connection.send(receive(ours, bound))
        process.kill()
        process.join()
        ours.close()


def receive(connection: Connection, bound: float) -> Any:
    """Return what a process sends, or else why nothing comes."""
    try:
        return connection.recv() if connection.poll(bound) else "not done in time"
    except EOFError:
        return "its process failed"


def spend(connection: Connection, home: Home, made: Any, number: int | None) -> None:
    """Run the lane of that number, or none, and tell what it took."""
    seconds = 0.0 if number is None else time_lane(LANES[number], made, home)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes, but on macOS bytes.
    connection.send(Cost(seconds, size / (1 << 20 if sys.platform == "darwin" else 1 << 10)))


def time_lane(lane: Lane, made: Any, home: Home) -> float:
    """Return the processor seconds of a lane; a short one is run again and again.

    The first time that a split process touches what it shares, the system copies it, and libraries
    read what they need: where lanes are short that would be told as their time.
    """
    with TemporaryDirectory(dir=home.root) as folder:  # some are a gigabyte
        return _time_rounds(lane, made, home, Path(folder) / lane.name.replace(", ", "-"))


def _time_rounds(lane: Lane, made: Any, home: Home, target: Path) -> float:
    started = time.process_time()
    lane.run(made, home, target)
    first = time.process_time() - started
    if first > LONGEST:
        return first
    rounds = 0
    started = time.process_time()
    while (taken := time.process_time() - started) < SHORTEST:
        lane.run(made, home, target)
        rounds += 1
    return taken / rounds


class Holder:
    """A process that has a subject open; it is ended when nobody needs it any more."""

    def __init__(self, home: Home, subject: str, bound: float) -> None:
        # Not split off: this process is to be as small as it is.
        context = get_context("spawn")
        self._bound = bound
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=hold_subject, args=(theirs, home, subject, bound))
        self._process.start()
        theirs.close()
        self.failure = receive(self._connection, bound)
        self.alone = self.measure(None)

    def measure(self, number: int | None) -> Cost | str:
        """Return what a lane took, or none at all, or why there is nothing."""
        if self.failure != "made":
            return f"{self.failure}, before the clock started"
        try:
            self._connection.send(number)
        except OSError:
            return "its process failed"
        cost: Cost | str = receive(self._connection, self._bound + 60)
        return cost

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()


@dataclass
class Heat:
    """What the lanes took on one number of cities, run by run."""

    home: Home
    names: frozenset[str]
    bound: float
    holders: dict[str, Holder] = field(default_factory=dict)
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def run(self, number: int) -> None:
        """Run a lane once more, unless it failed."""
        lane = LANES[number]
        if lane.name in self.failed:
            return
        if lane.subject not in self.holders:
            self.holders[lane.subject] = Holder(self.home, lane.subject, self.bound)
        cost = self.holders[lane.subject].measure(number)
        if isinstance(cost, str):
            self.failed[lane.name] = cost
        else:
            self.costs.setdefault(lane.name, []).append(cost)

    def close(self) -> None:
        """End all processes."""
        for holder in self.holders.values():
            holder.close()

    def find_failure(self, lane: Lane) -> str:
        """Return why there is nothing of a lane, or nothing."""
        alone = self.holders[lane.subject].alone
        return self.failed.get(lane.name) or (alone if isinstance(alone, str) else "")

    def list_seconds(self, name: str) -> list[float]:
        """Return the times of a lane, run by run."""
        return [cost.seconds for cost in self.costs.get(name, [])]

    def find_memory(self, lane: Lane) -> float:
        """Return the megabytes that a lane takes beyond its subject: the median of its runs."""
        alone = self.holders[lane.subject].alone
        assert isinstance(alone, Cost)
        whole = statistics.median(cost.megabytes for cost in self.costs[lane.name])
        return max(whole - alone.megabytes, 0.0)


def compare(one: list[float], two: list[float], failure: str) -> list[float] | str:
    """Return the ratios of times, run by run, sorted; or else why there are none."""
    return failure or sorted(a / b for a, b in zip(one, two, strict=True))


def tell_growth(few: Heat, many: Heat, counts: tuple[int, int]) -> tuple[str, bool]:
    """Return the table of how time and memory grow, and whether all limits are kept."""
    times = counts[1] / counts[0]
    most = SLACK * times * math.log(counts[1]) / math.log(counts[0])
    rows, kept = [], True
    for lane in LANES:
        if lane.peer or lane.name not in few.names:
            continue
        failure = few.find_failure(lane) or many.find_failure(lane)
        seconds = many.list_seconds(lane.name), few.list_seconds(lane.name)
        growth = judge(compare(*seconds, failure), most)
        kept = kept and growth.kept
        cells = ["", "", "", ""]
        if not failure:
            memory = few.find_memory(lane), many.find_memory(lane)
            missed = lane.lean and memory[1] - memory[0] > MORE_MEGABYTES
            kept = kept and not missed
            limit = f"{MORE_MEGABYTES:.0f} more" if lane.lean else ""
            cells = [f"{memory[0]:.0f}", f"{memory[1]:.0f}", limit, "missed" if missed else ""]
        told = [f"{statistics.median(s):.3g}" if s else "" for s in reversed(seconds)]
        rows.append((lane.name, *told, *growth.cells, *cells))
    titles = (
        "export", f"s, {counts[0]} cities", f"s, {counts[1]}", "ratio", "range", "at most", "",
        f"MB, {counts[0]} cities", f"MB, {counts[1]}", "at most", "",
    )  # fmt: skip
    return rule_table(titles, rows, None), kept


def tell_peers(heat: Heat, cities: int, *, few: bool) -> tuple[str, bool]:
    """Return the table of the peers' times and memory by ours, and whether all limits are kept."""
    lanes = {lane.name: lane for lane in LANES}
    rows, kept = [], True
    for peer in LANES:
        if peer.name not in heat.names or not peer.peer or (peer.few_only and not few):
            continue
        lane = lanes[peer.peer]
        failure = heat.find_failure(lane) or heat.find_failure(peer)
        seconds = heat.list_seconds(peer.name), heat.list_seconds(lane.name)
        ratios = compare(*seconds, failure)
        # A peer without a limit is told of, and may be faster; it has to have run. What is written
        # of few cities may be a head and little else, so that the limit is for many.
        least = 0.0 if few else peer.least or 0.0
        verdict = judge(ratios, least, least=True)
        kept = kept and verdict.kept
        ratio, spread, limit, why = verdict.cells
        memory = [""] * 2 if failure else [f"{heat.find_memory(x):.0f}" for x in (peer, lane)]
        rows.append((peer.name, ratio, spread, limit if least else "", why, *memory))
    titles = (f"peer, {cities} cities", "peer / kg", "range", "at least", "", "MB, peer", "MB, kg")
    return rule_table(titles, rows, None), kept


def choose_lanes(names: tuple[str, ...]) -> list[tuple[int, Lane]]:
    """Return the lanes of those names with their peers, or all, and first what they work on."""
    chosen = [lane for lane in LANES if not names or {lane.name, lane.peer} & {*names}]
    if any(lane.subject not in ("store", "dataset") for lane in chosen):
        chosen = [LANES[0], *chosen]
    return [(number, lane) for number, lane in enumerate(LANES) if lane in chosen]


@contextmanager
def show_progress(length: int) -> Iterator[Callable[[str], None]]:
    """Give a function that moves a progress bar by a lane; none where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    with click.progressbar(
        length=length, label="Exporting", file=sys.stderr, item_show_func=lambda name: name or ""
    ) as bar:
        yield lambda name: bar.update(1, name)


def check_counts(
    context: click.Context, option: click.Parameter, value: tuple[int, ...]
) -> tuple[int, int]:
    """Return the two numbers of cities, fewer first."""
    if len(value) != 2 or not 2 <= value[0] < value[1]:
        raise click.BadParameter("give it twice, few and many: --cities 1000 --cities 4000")
    return value[0], value[1]


@click.command(help=__doc__)
@click.option(
    "--cities", "counts", type=int, multiple=True, default=(1000, 4000), show_default=True,
    callback=check_counts, help="Twice: how many are few, how many are many.",
)  # fmt: skip
@click.option("--runs", type=click.IntRange(1), default=1, show_default=True, help="Of a lane.")
@click.option("--bound", default=900.0, show_default=True, help="Seconds a process may take.")
@click.argument(
    "names", nargs=-1, type=click.Choice([lane.name for lane in LANES if not lane.peer])
)
def main(names: tuple[str, ...], counts: tuple[int, int], runs: int, bound: float) -> None:
    """Measure the exports named with their peers, or all, and print the tables."""
    started = time.monotonic()
    chosen = choose_lanes(names)
    length = runs * sum(1 if lane.few_only else 2 for _, lane in chosen)
    known = frozenset(lane.name for _, lane in chosen)
    with (
        make_homes(find_home(), counts) as homes,
        show_progress(length) as step,
        ExitStack() as stack,
    ):
        few, many = heats = [Heat(home, known, bound) for home in homes]
        for heat in heats:
            stack.callback(heat.close)
        for number, lane in chosen:
            for _ in range(runs):
                for heat in heats[:1] if lane.few_only else heats:
                    heat.run(number)
                    step(lane.name)
    tables = (
        tell_growth(few, many, counts),
        tell_peers(few, counts[0], few=True),
        tell_peers(many, counts[1], few=False),
    )
    sys.stdout.write("".join(table for table, _ in tables))
    sys.stdout.write(f"{runs} runs of a lane, {time.monotonic() - started:.0f} s.\n")
    if not all(kept for _, kept in tables):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
