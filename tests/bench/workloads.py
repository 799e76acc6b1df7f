"""The exports to measure, and the same work done by their peers.

A workload has an input, which is prepared once, and writes a file. All use the network city-theme
with all cities.
"""

import io
import pickle
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock, patch

from homes import export_statements

import kg.graph
from kg.home import Home
from kg.names import read_names
from kg.networks import NetworkOptions, build_network, find_network, write_network
from kg.pictures import draw_svg

NETWORK = "city-theme"
ALL_NODES = 10_000_000
NETWORK_FILE = "network.pickle"


@dataclass(frozen=True)
class Workload:
    """An export, or the same work done by a peer.

    `peer_of` is the export that a peer is compared with, and `at_least` the limit of the ratio of
    their times, peer to export. The memory of an export with `constant_memory` must not grow with
    the data. A `slow` workload runs only with few cities.
    """

    name: str
    prepare: Callable[[Home], Any]
    run: Callable[[Any, Home, Path], object]
    peer_of: str = ""
    at_least: float = 0.0
    constant_memory: bool = False
    slow: bool = False

    @property
    def needs_network(self) -> bool:
        """Whether the input is the network that another workload builds."""
        return self.prepare not in (load_graph, load_store, load_dataset)


def load_graph(home: Home) -> Any:
    """Return the graph of a home with its entailments, which every export needs.

    The command line in this process then uses this graph, instead of loading it for each export.
    """
    graph = kg.graph.load_graph(home)
    patch.object(kg.graph, "load_graph", return_value=graph).start()
    return graph


def load_network(home: Home) -> Any:
    """Return the network that `build_and_save_network` has saved."""
    return pickle.loads((home.root / NETWORK_FILE).read_bytes())  # noqa: S301 - our own file


def read_networkx_graph(form: str, home: Home) -> Any:
    """Return the network as networkx reads it from the file that kg writes in a format."""
    import networkx

    target = home.root / f"network.{form}"
    export_network(form, load_network(home), home, target)
    return getattr(networkx, f"read_{form}")(target)


def load_store(home: Home) -> Any:
    """Return a store of pyoxigraph with all statements."""
    import pyoxigraph

    target = home.root / "statements.nq"
    export_statements(home, target)
    store = pyoxigraph.Store()
    store.bulk_load(path=str(target))
    return store


def load_dataset(home: Home) -> Any:
    """Return a dataset of rdflib with all statements and the prefixes."""
    import rdflib

    target = home.root / "statements.nq"
    export_statements(home, target)
    dataset = rdflib.Dataset()
    for prefix, iri in read_names(home).prefixes.items():
        dataset.bind(prefix, iri)
    dataset.parse(target, format="nquads")
    return dataset


def build_and_save_network(graph: Any, home: Home, target: Path) -> None:
    """Build the network with its measures and layout, and save it for other workloads."""
    options = NetworkOptions(largest=ALL_NODES)
    network = build_network(graph, find_network(home, NETWORK), options)
    (home.root / NETWORK_FILE).write_bytes(pickle.dumps(network))


def export_network(form: str, network: Any, home: Home, target: Path) -> None:
    """Write the network in one of the formats of kg."""
    with target.open("wb") as stream:
        write_network(network, form, stream)


def export_picture(network: Any, home: Home, target: Path) -> None:
    """Draw the network as SVG."""
    target.write_text(draw_svg(network), "utf-8")


def write_networkx_graph(form: str, graph: Any, home: Home, target: Path) -> None:
    """Write the network with networkx."""
    import networkx

    getattr(networkx, f"write_{form}")(graph, target)


def run_export(name: str, suffix: str, graph: Any, home: Home, target: Path) -> None:
    """Run an export of the command line, with the graph that is already in memory."""
    from kg.cli import cli

    output = str(target.with_suffix(suffix))
    command = ["--home", str(home.root), "export", name, "-o", output, "--force"]
    with redirect_stdout(io.StringIO()):
        cli.main(command, standalone_mode=False)
    assert cast(Mock, kg.graph.load_graph).called, "the export has loaded the graph in another way"


def dump_store(form: str, store: Any, home: Home, target: Path) -> None:
    """Write all statements with pyoxigraph, which does not sort them."""
    from pyoxigraph import RdfFormat

    store.dump(str(target), getattr(RdfFormat, form))


def serialize_dataset(form: str, dataset: Any, home: Home, target: Path) -> None:
    """Write all statements with rdflib."""
    dataset.serialize(str(target), format=form, encoding="utf-8")


READ_GEXF, READ_GRAPHML = (partial(read_networkx_graph, form) for form in ("gexf", "graphml"))
NQ, TRIG, JSONLD, TABLES = (
    partial(run_export, name, suffix)
    for name, suffix in (("rdf", ".nq"), ("rdf", ".trig"), ("rdf", ".jsonld"), ("tables", ""))
)
# Workloads with the same input are adjacent, so that only one input is in memory at a time. The
# first one writes the network that others need.
WORKLOADS = (
    Workload("network", load_graph, build_and_save_network),
    Workload("nq", load_graph, NQ, constant_memory=True),
    Workload("trig", load_graph, TRIG, constant_memory=True),
    Workload("jsonld", load_graph, JSONLD, constant_memory=True),
    Workload("tables", load_graph, TABLES, constant_memory=True),
    *(
        Workload(form, load_network, partial(export_network, form))
        for form in ("gexf", "graphml", "json", "nodes.csv", "edges.csv")
    ),
    Workload("svg", load_network, export_picture),
    Workload(
        "gexf, networkx",
        READ_GEXF,
        partial(write_networkx_graph, "gexf"),
        peer_of="gexf",
        at_least=5.0,
    ),
    Workload(
        "graphml, networkx",
        READ_GRAPHML,
        partial(write_networkx_graph, "graphml"),
        peer_of="graphml",
    ),
    *(
        Workload(f"{name}, pyoxigraph", load_store, partial(dump_store, form), peer_of=name)
        for name, form in (("nq", "N_QUADS"), ("trig", "TRIG"), ("jsonld", "JSON_LD"))
    ),
    *(
        Workload(
            f"{name}, rdflib",
            load_dataset,
            partial(serialize_dataset, form),
            peer_of=name,
            slow=True,
        )
        for name, form in (("nq", "nquads"), ("trig", "trig"), ("jsonld", "json-ld"))
    ),
)
