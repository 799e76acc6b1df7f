"""Networks as pictures, each with a list of the neighbours of every node."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.networks import (
    EmptyNetworkError,
    Network,
    NetworkOptions,
    NodeData,
    build_network,
    list_networks,
)
from kg.networks.gexf import write_gexf
from kg.pictures import draw_svg
from kg.portrait.model import Link
from kg.publish.edition import Edition
from kg.publish.page import Crumb, Page, write_csv


@dataclass(frozen=True)
class Neighbours:
    """A node of a network, its kind, and the nodes that it has edges with, by relation."""

    node: Link
    kind: str
    others: tuple[tuple[str, tuple[Link, ...]], ...]


def make_network_pages(edition: Edition, data: NodeData) -> Iterator[Page]:
    """Yield a page for each network that is not empty, then the page that lists them.

    Editions of a graph can share the data.
    """
    words = edition.words
    listed = []
    for question in list_networks(edition.graph.home):
        try:
            options = NetworkOptions(language=edition.language)
            network = build_network(edition.graph, question, options, data)
        except EmptyNetworkError:
            continue
        path = f"network/{network.name}"
        listed.append((network, path))
        titles = [words[f"column-{name}"] for name in ("from", "relation", "to", "weight")]
        labels = {node.id: node.label for node in network.nodes}
        rows = [
            [labels[edge.source], edge.label, labels[edge.target], f"{edge.weight:g}"]
            for edge in network.edges
        ]
        yield Page(
            path,
            "network.html",
            network.title,
            network.summary,
            (Crumb(words["networks"], "networks"),),
            {
                "network": network,
                "kinds": list_kinds(network),
                "neighbours": group_neighbours(network),
                "picture": f"{path}.svg",
                "gexf": f"{path}.gexf",
            },
            files={
                f"{path}.svg": draw_svg(network).encode("utf-8"),
                f"{path}.gexf": "".join(write_gexf(network)).encode("utf-8"),
                f"{path}.csv": write_csv(titles, rows),
            },
            download=f"{path}.csv",
        )
    yield Page("networks", "networks.html", words["networks"], words["networks-summary"],
               values={"networks": listed})  # fmt: skip


def list_kinds(network: Network) -> list[tuple[str, str, int]]:
    """Return the colour and the names of each kind of node, and their number; most first."""
    colors: dict[str, Counter[str]] = {}
    for node in network.nodes:
        colors.setdefault(node.color.lower(), Counter())[node.type_label] += 1
    separator = network.legend["separator"]
    return [
        (color, separator.join(label for label, _ in kinds.most_common()), kinds.total())
        for color, kinds in sorted(colors.items(), key=lambda item: -item[1].total())
    ]


def group_neighbours(network: Network) -> list[tuple[str, list[Neighbours]]]:
    """Return every node with its neighbours, by kind; the kinds with the most edges first."""
    kinds: dict[str, list[Neighbours]] = {}
    for one in list_neighbours(network):
        kinds.setdefault(one.kind, []).append(one)

    def count(many: list[Neighbours]) -> float:
        return sum(len(of) for one in many for _, of in one.others) / len(many)

    return sorted(kinds.items(), key=lambda item: (-count(item[1]), item[0]))


def list_neighbours(network: Network) -> list[Neighbours]:
    """Return every node with its neighbours, in the order of their labels."""
    links = {node.id: Link(node.label, node.id, node.iri) for node in network.nodes}
    found: dict[str, dict[str, list[Link]]] = {}
    for edge in network.edges:
        ends = [(edge.source, edge.target), (edge.target, edge.source)]
        for one, other in dict.fromkeys(ends):
            found.setdefault(one, {}).setdefault(edge.label, []).append(links[other])
    return [
        Neighbours(
            links[node.id],
            node.type_label,
            tuple(
                (label, tuple(dict.fromkeys(of))) for label, of in found.get(node.id, {}).items()
            ),
        )
        for node in sorted(network.nodes, key=lambda node: (node.label.casefold(), node.id))
    ]
