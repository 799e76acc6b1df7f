"""The diagram shows the domains and ranges of the ontology; the history shows what it states."""

import re
from collections.abc import Callable, Iterator

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS

from kg.graph import load_graph
from kg.home import Home, find_home
from kg.names import read_names
from kg.publish.edition import Edition, read_edition
from kg.publish.model import list_boxes, list_replacements, make_model
from kg.publish.render import Renderer
from kg.publish.things import make_ontology_page

HOME = find_home()
NAMES = read_names(HOME)
ReadEdition = Callable[[str], Edition]


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def edition(request: pytest.FixtureRequest, read_city_edition: ReadEdition) -> Edition:
    return read_city_edition(request.param)


def list_classes(graph: rdflib.Graph, node: rdflib.term.Node) -> list[str]:
    """Return the class that a node is, or those of which it is a union."""
    union = graph.value(node, OWL.unionOf)
    return [str(one) for one in graph.items(union)] if union else [str(node)]


def list_links(graph: rdflib.Graph) -> Iterator[tuple[str, str, str]]:
    for property_ in graph.subjects(RDF.type, OWL.ObjectProperty):
        for domain in graph.objects(property_, RDFS.domain):
            for value in graph.objects(property_, RDFS.range):
                for name in list_classes(graph, domain):
                    for target in list_classes(graph, value):
                        yield name, str(property_), target


def test_diagram_has_each_domain_and_range(edition: Edition) -> None:
    wanted = set(list_links(rdflib.Graph().parse(HOME.ontology / "cdp.ttl")))
    assert len(wanted) > 60
    boxes = list_boxes(edition)
    found = {
        (box.link.iri, one.link.iri, target.iri)
        for box in boxes
        for one in box.relations
        for target in one.targets
    }
    assert found == wanted
    assert boxes[0].link.prefixed == "cdp:PolicyElement"
    kinds = {box.link.prefixed: {kind.prefixed for kind in box.kinds} for box in boxes}
    assert kinds["cdp:Place"] == {"cdp:Country", "cdp:Jurisdiction", "cdp:Region"}


def test_each_term_of_the_diagram_is_a_link(edition: Edition) -> None:
    path = edition.routes.addresses[edition.ontology].page
    page = make_ontology_page(edition, path, edition.ontology, [])
    html = Renderer().render(edition, page).decode()
    diagram = html[html.index('<ul class="model">') : html.index("</section>")]
    shown = set(re.findall(r'href="[^"]*#([^"]+)">([^<]+)</a>', diagram))
    assert len(shown) > 60
    for box in list_boxes(edition):
        for link in (box.link, *box.kinds, *(one.link for one in box.relations)):
            address = edition.routes.find(link.iri)
            assert address
            assert (address.fragment, link.name) in shown


def test_history_has_each_file_and_each_deprecated_term(edition: Edition) -> None:
    model = make_model(edition)
    files = {f"{one}.ttl" for one in ("cdp", "codes", "themes", "alignments", "prefixes")}
    assert len(model.versions) == len(files) + 1  # borrowed-labels
    for one in model.versions:
        assert one.number
        assert one.address.endswith(f"/{one.number}")
        assert one.modified >= one.issued > "2026"
        assert (one.prior, one.note) == ((), "")
    (replaced,) = model.replacements
    assert [link.prefixed for link in replaced.by] == ["technology:xinchuang"]


def test_earlier_versions_and_notes_are_shown(small: Home) -> None:
    path = small.ontology / "cdp.ttl"
    text = path.read_text("utf-8")
    prior = "owl:priorVersion <https://w3id.org/cdp/ontology/0.0.9>"
    note = 'skos:historyNote "Targets have years."@en'
    stated = 'owl:versionInfo "0.1.0" ;'
    assert stated in text
    changed = text.replace(stated, f"{prior} ; {note} ; {stated}", 1)
    term = "cdp:ActionPlan\n"
    assert term in changed
    changed = changed.replace(term, f"{term}    owl:deprecated true ;\n", 1)
    path.write_text(changed, "utf-8")
    edition = read_edition(load_graph(small), "en")
    first = next(one for one in make_model(edition).versions if one.link.iri == edition.ontology)
    assert [link.iri for link in first.prior] == ["https://w3id.org/cdp/ontology/0.0.9"]
    assert first.note == "Targets have years."
    assert NAMES.expand("cdp:ActionPlan") in {one.link.iri for one in list_replacements(edition)}
