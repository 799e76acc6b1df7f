"""Choose elements to review: by name, file and city, or those that have changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad

from kg.ask.lookup import quote_input
from kg.ask.parameters import find_member
from kg.ask.things import find_node
from kg.errors import KgError
from kg.graph import Graph
from kg.names import text
from kg.review.changes import Change, FileReview, list_data_files, review_files
from kg.review.elements import digest_elements
from kg.review.ledger import refuse_faults
from kg.turtle import match_files, parse_file


@dataclass(frozen=True)
class Review:
    """The data files of a home, with their statements and the digests of their elements.

    `statements` and `digests` are by named graph.
    """

    files: list[FileReview]
    statements: Mapping[str, Sequence[Quad]]
    digests: Mapping[str, Mapping[str, str]]


def load_review(graph: Graph, language: str) -> Review:
    """Return the data of a home, compared with its ledgers.

    Raises:
        KgError: a file is not Turtle, or a ledger has faults; the message is in the language.
    """
    files = list_data_files(graph.home)
    statements = {name: list(parse_file(file)) for name, file in files.items()}
    digests = {name: digest_elements(quads, graph.names) for name, quads in statements.items()}
    reviews, faults = review_files(graph.home, digests, language)
    refuse_faults(faults)
    return Review(reviews, statements, digests)


def select_elements(
    graph: Graph,
    review: Review,
    elements: Sequence[str] = (),
    *,
    files: Sequence[Path] = (),
    city: str | None = None,
    everything: bool = False,
) -> list[tuple[FileReview, list[Change]]]:
    """Return the files with the elements that have changed, or with all if `everything`.

    With `files` and `city` these are in the given files, and in those with documents of the city.
    With `elements` they are those with these names, whether or not they have changed.

    Raises:
        KgError: there is no such element, file or city.
    """
    named = _find_elements(graph, elements, review)
    graphs = {file.graph for file in review.files}
    if files:
        graphs &= _find_files(graph, files, graphs)
    if city:
        graphs &= _find_city_files(graph, city, review)
    chosen = []
    for file in review.files:
        found = file.changes + (file.others if everything or named else [])
        found = [one for one in found if one.element in named or not named]
        if found and file.graph in graphs:
            chosen.append((file, sorted(found)))
    return chosen


def _find_elements(graph: Graph, names: Sequence[str], review: Review) -> set[str]:
    """Return the IRIs of the elements with names, as in `find_node`; they may be deleted."""
    known = {one.element for file in review.files for one in (*file.changes, *file.others)}
    found = set()
    for name in names:
        iri = graph.names.find_iri(name)
        if iri not in known:
            iri = find_node(graph, name)
        if iri not in known:
            raise KgError(
                f"{quote_input(name)}: is not an element of the data. Give what a data file "
                "describes; a passage is reviewed with the elements that cite it.",
                exit_code=2,
            )
        found.add(str(iri))
    return found


def _find_files(graph: Graph, paths: Sequence[Path], known: set[str]) -> set[str]:
    found = {file.graph: file.path for file in match_files(graph.home, paths)}
    for name, path in found.items():
        if name not in known:
            advice = f"Give files or folders below {graph.home.data}."
            raise KgError(f"{path}: is not a file of the data. {advice}", exit_code=2)
    return set(found)


def _find_city_files(graph: Graph, city: str, review: Review) -> set[str]:
    iri = find_member(graph, graph.names.expand("cdp:City"), city).value
    property_ = graph.names.expand("cdp:appliesTo")
    found = {
        name
        for name, quads in review.statements.items()
        if any(q.predicate.value == property_ and text(q.object) == iri for q in quads)
    }
    if not found:
        raise KgError(
            f"{quote_input(city)}: no data file has a document of it. Give a city, such as wuhan.",
            exit_code=2,
        )
    return found
