"""The page of the ontology: its terms in families, short, each once, with its own address."""

import re
from collections.abc import Callable, Iterator

import pytest

from kg.graph import load_graph
from kg.home import Home
from kg.publish.edition import Edition, read_edition
from kg.publish.families import Family, list_families
from kg.publish.render import Renderer
from kg.publish.things import make_ontology_page
from kg.publish.vocabulary import Term

ReadEdition = Callable[[str], Edition]


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def edition(request: pytest.FixtureRequest, read_city_edition: ReadEdition) -> Edition:
    return read_city_edition(request.param)


def list_own(edition: Edition) -> list[str]:
    return [iri for iri in edition.routes.addresses if iri.startswith(f"{edition.ontology}#")]


def list_terms(families: list[Family]) -> Iterator[Term]:
    for family in families:
        for _, terms in family.kinds:
            yield from terms


def render_page(edition: Edition) -> str:
    path = edition.routes.addresses[edition.ontology].page
    page = make_ontology_page(edition, path, edition.ontology, list_own(edition))
    return Renderer().render(edition, page).decode()


def test_each_term_is_in_one_family(edition: Edition) -> None:
    families = list_families(edition, list_own(edition))
    found = [term.link.iri for term in list_terms(families)]
    assert len(found) > 120
    assert sorted(found) == sorted(list_own(edition))
    assert len({family.anchor for family in families}) == len(families)


def test_classes_are_below_their_superclass_before_the_properties(edition: Edition) -> None:
    elements = list_families(edition, list_own(edition))[0]
    assert elements.anchor == "family-PolicyElement"
    levels = {t.link.prefixed: t.level for t in elements.kinds[0][1]}
    order = ["cdp:PolicyElement", "cdp:Target", "cdp:QualitativeTarget", "cdp:Positioning"]
    assert [levels[name] for name in order] == [0, 1, 2, 3]
    assert sorted(order, key=list(levels).index) == order
    properties = {t.link.prefixed: t for _, many in elements.kinds[1:] for t in many}
    comparator = properties["cdp:hasComparator"]
    assert {link.prefixed for link in comparator.domains} == {
        "cdp:CountStatement", "cdp:FrameworkComponent", "cdp:Target"
    }  # fmt: skip
    assert [link.prefixed for link in comparator.ranges] == ["cdp:Comparator"]


def test_terms_are_open_and_their_details_folded(edition: Edition) -> None:
    html = render_page(edition)
    assert html.index('class="contents"') < html.index('id="model"') < html.index('id="family-')
    assert html.rindex('id="family-') < html.index('id="history"')
    for iri in list_own(edition):
        fragment = edition.routes.addresses[iri].fragment
        entry = html[html.index(f'" id="{fragment}">') :].split("</article>")[0]
        definition = edition.reading.read_text(iri, "skos:definition")
        assert definition in re.sub("<[^>]*>", "", entry.split("<details>")[0])
        assert "<dl" not in entry.split("<details>")[0]


def test_terms_of_others_have_their_prefix(edition: Edition) -> None:
    html = render_page(edition)
    shown = html[html.index('id="partOf"') :].split("</article>")[0]
    for name in ("dcterms:isPartOf", "schema:isPartOf"):
        assert f"</a> <code>{name}</code>" in shown


def test_examples_are_in_the_language_of_the_page(edition: Edition) -> None:
    html = render_page(edition)
    assert ("Hong Kong’s smart traffic fund" in html) == (edition.language == "en")
    assert 'lang="en">The' not in html


def test_classes_below_each_other_are_listed(small: Home) -> None:
    path = small.ontology / "cdp.ttl"
    text = path.read_text("utf-8")
    circle = "\ncdp:Place rdfs:subClassOf cdp:City .\n"
    path.write_text(text + circle, "utf-8")
    edition = read_edition(load_graph(small), "en")
    found = [term.link.iri for term in list_terms(list_families(edition, list_own(edition)))]
    assert sorted(found) == sorted(list_own(edition))
