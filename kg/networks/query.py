"""Networks by name: each is a query of `queries/networks/`, asked, measured and laid out.

Its header says what it is (summary, description), how many nodes it has at most (largest), whether
its edges are directed, which kind of tie is folded into pairs of those that share (fold), and what
relations are called where their own label says something else (relations).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.ask.lookup import quote_input
from kg.ask.parameters import make_term, read_parameters, write_term
from kg.ask.question import Question, check_language
from kg.errors import KgError
from kg.graph import Graph, bind_values
from kg.home import Home
from kg.networks.assemble import NetworkBuilder, Provenance
from kg.networks.edges import collect_edges, prune_to_core, weigh_edges
from kg.networks.layout import LAYOUTS, choose_layout, place_nodes, size_nodes
from kg.networks.metrics import make_graph, measure_nodes
from kg.networks.model import Network
from kg.networks.node_data import NodeData

STEPS = ("asking", "measuring", "placing")
Progress = Callable[[str], None]


class EmptyError(KgError):
    """Nothing is told of what a network is asked for."""


@dataclass(frozen=True)
class NetworkOptions:
    """What a network is to be of: the language of its labels, its layout, its largest size.

    `values` are those of the parameters of its query, by name, any number of each.
    """

    language: str = "en"
    layout: str = "auto"
    largest: int | None = None
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def list_networks(home: Home) -> list[Question]:
    """Return the networks of a home, by name."""
    return [Question(path.stem, path) for path in sorted((home.queries / "networks").glob("*.rq"))]


def find_network(home: Home, name: str) -> Question:
    """Return the network of that name.

    Raises:
        KgError: there is none; the message names those that there are.
    """
    known = {network.name: network for network in list_networks(home)}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
        raise KgError(f"{quote_input(name)}: no such network. {hint}", exit_code=2)
    return known[name]


def build_network(
    graph: Graph,
    question: Question,
    wanted: NetworkOptions,
    facts: NodeData | None = None,
    progress: Progress = lambda step: None,
) -> Network:
    """Return a network of a store, measured and laid out; `progress` is told of each of `STEPS`.

    NodeData may be those of another network of the same store. Nodes are in the order of their IRIs,
    edges in that of source, kind and target; the same store and wishes give the same network.

    Raises:
        KgError: a value is none of its parameter, the layout or language is none of ours, the
            size is below 1 or too large for the layout; an EmptyError: nothing is told of that.
    """
    check_language(wanted.language)
    largest = check_wanted(question, wanted)
    facts = facts or NodeData(graph)
    progress(STEPS[0])
    rows = graph.select(bind_network(graph, question, wanted.values), str(question.path)).rows
    fold = question.header.get("fold")
    folded = facts.names.expand(fold["kind"]) if fold else None
    ties = collect_edges(rows, folded)
    if not ties.things:
        raise EmptyError(f"{question.name}: {tell_nothing(wanted.values)}")
    facts.read()
    kept = prune_to_core(ties, largest)
    weighed, untimely = weigh_edges(ties, kept, folded, facts)
    progress(STEPS[1])
    numbers = {iri: number for number, iri in enumerate(kept)}
    links = [(numbers[s], numbers[t], tie.weight) for (s, _, t), tie in weighed.items()]
    graph = make_graph(len(kept), links)
    measures = measure_nodes(graph, links)
    progress(STEPS[2])
    layout = choose_layout(wanted.layout, len(kept))
    sizes = size_nodes(measures.degree)
    points = place_nodes(graph, measures, sizes, layout)
    records = NetworkBuilder(facts, question, wanted.language)
    looks = [(x, y, size) for (x, y), size in zip(points, sizes, strict=True)]
    network = records.make_network(kept, weighed, measures, looks)
    told = Provenance(len(ties.things), untimely, measures.pivots, layout, wanted.values)
    return replace(network, notes=records.describe(network, told))


def tell_nothing(values: Mapping[str, Sequence[str]]) -> str:
    """Return that nothing is told of what was asked for, and what to do."""
    asked = " ".join(f"--{name} {quote_input(v)}" for name, given in values.items() for v in given)
    if not asked:
        return "nothing is told of that. The data have nothing for it."
    return f"nothing is told of that ({asked}). Ask for something else, or leave an option out."


def check_wanted(question: Question, wanted: NetworkOptions) -> int:
    """Return how many nodes a network has at most.

    Raises:
        KgError: that is less than 1, or the layout is none of ours.
    """
    if wanted.layout not in LAYOUTS:
        raise KgError(
            f"{quote_input(wanted.layout)}: no such layout. There are {', '.join(LAYOUTS)}.",
            exit_code=2,
        )
    if wanted.largest is not None and wanted.largest < 1:
        raise KgError(f"{wanted.largest}: no size. Write how many nodes are kept.", exit_code=2)
    return wanted.largest or int(question.header.get("largest", 10_000))


def bind_network(graph: Graph, question: Question, values: Mapping[str, Sequence[str]]) -> str:
    """Return the query of a network with values bound, any number for each parameter.

    Raises:
        KgError: an unknown parameter, or a value that its type does not have; all are named.
    """
    parameters = read_parameters(graph.home, question)
    faults, terms = [], {}
    for name, given in values.items():
        if name not in parameters:
            faults.append(f"{name}: no parameter of {question.name}. Leave it out.")
            continue
        made = []
        for value in given:
            try:
                made.append(write_term(make_term(graph, parameters[name], value)))
            except KgError as error:
                if error.exit_code != 2:
                    raise
                faults.append(f"{name}: {error}")
        if made:
            terms[parameters[name].binds] = " ".join(dict.fromkeys(made))
    if faults:
        raise KgError("\n".join(faults), exit_code=2)
    return bind_values(question.query, terms)
