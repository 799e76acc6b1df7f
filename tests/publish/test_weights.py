"""What a page weighs when it is sent compressed, with all that it needs to be drawn."""

import gzip
from collections.abc import Callable, Iterable, Iterator

import pytest

from kg.networks import NodeData
from kg.publish.answers import make_question_pages
from kg.publish.edition import Edition
from kg.publish.matrix import make_matrix_pages
from kg.publish.overview import make_home_page, make_time_page
from kg.publish.page import Page
from kg.publish.pictures import make_network_pages
from kg.publish.render import Renderer
from kg.publish.site import ASSETS
from kg.publish.things import make_index_page, make_ontology_page, make_thing_page
from kg.publish.vocabulary import make_vocabulary_pages

KILOBYTES = 1024
LIMIT, NETWORK_LIMIT = 25 * KILOBYTES, 150 * KILOBYTES
# The answer with everything that is said on each theme, with descriptions.
LONGEST_ANSWER = 30 * KILOBYTES
BASE, REPORT = "https://example.org/cities/", "mailto:editors@example.org"


@pytest.fixture(scope="module")
def edition(read_city_edition: Callable[[str], Edition]) -> Edition:
    return read_city_edition("zh-Hans")


@pytest.fixture(scope="module")
def weigh(edition: Edition) -> Callable[[Page], int]:
    """Return a function that returns the bytes of a page, the files that it loads, a picture."""
    renderer = Renderer(BASE, REPORT)
    assets = sum(len(gzip.compress(path.read_bytes())) for path in ASSETS)

    def weigh_page(page: Page) -> int:
        pictures = [content for name, content in page.files.items() if name.endswith(".svg")]
        parts = [renderer.render(edition, page), *pictures]
        return assets + sum(len(gzip.compress(part)) for part in parts)

    return weigh_page


def list_things(edition: Edition) -> Iterator[Page]:
    """Yield the pages of cities, documents, themes and targets."""
    for iri in edition.list_instances(
        "cdp:City", "cdp:PolicyDocument", "cdp:Theme", "cdp:Target", "cdp:Framework"
    ):
        yield make_thing_page(edition, edition.routes.addresses[iri].page, iri, [])


def list_collections(edition: Edition) -> Iterator[Page]:
    """Yield the pages with many things on them: of the ontology, and of each source."""
    pages = edition.routes.list_pages()
    for iri in (edition.ontology, *edition.sources):
        path = edition.routes.addresses[iri].page
        make = make_ontology_page if iri == edition.ontology else make_thing_page
        yield make(edition, path, iri, [one for one in pages[path] if one != iri])
    yield from make_vocabulary_pages(edition)
    yield make_index_page(edition)


def find_heavy(weigh: Callable[[Page], int], pages: Iterable[Page], limit: int) -> dict[str, int]:
    weights = {page.path: weigh(page) for page in pages}
    assert weights
    return {path: weight for path, weight in weights.items() if weight > limit}


def test_weights_of_pages(edition: Edition, weigh: Callable[[Page], int]) -> None:
    matrices = make_matrix_pages(edition)
    pages = [make_home_page(edition), make_time_page(edition), *matrices, *list_things(edition)]
    pages += list_collections(edition)
    questions = list(make_question_pages(edition))
    assert len(pages) > 60
    assert find_heavy(weigh, pages, LIMIT) == {}
    assert find_heavy(weigh, questions, LIMIT).keys() <= {"q/by-theme"}
    assert find_heavy(weigh, questions, LONGEST_ANSWER) == {}


@pytest.mark.slow
def test_weights_of_networks(edition: Edition, weigh: Callable[[Page], int]) -> None:
    pages = list(make_network_pages(edition, NodeData(edition.graph)))
    assert find_heavy(weigh, pages, NETWORK_LIMIT) == {}
    assert "network/entities" in find_heavy(weigh, pages, LIMIT)
