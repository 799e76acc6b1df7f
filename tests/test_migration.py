"""`ontology/migrate.ru` replaces deprecated terms in data, and the check then finds none."""

from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store

from kg.home import find_home

HOME = find_home()
MIGRATION = (HOME.ontology / "migrate.ru").read_text("utf-8")
CHECK = (HOME.queries / "must-be-empty" / "deprecated-term.rq").read_text("utf-8")
PREFIXES = """
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX initiative: <https://w3id.org/cdp/id/initiative/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX technology: <https://w3id.org/cdp/code/technology/>
"""
# A class and a property that were renamed, the property twice, and a code.
TERMS = """
<https://w3id.org/cdp/ontology> a owl:Ontology .
cdp:Undertaking a owl:Class ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> ;
    owl:deprecated true ; dcterms:isReplacedBy cdp:Initiative .
cdp:relies a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> ;
    owl:deprecated true ; dcterms:isReplacedBy cdp:employs .
cdp:employs a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> ;
    owl:deprecated true ; dcterms:isReplacedBy cdp:usesTechnology .
cdp:Old a owl:Class ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> ;
    rdfs:subClassOf cdp:Undertaking .
"""
DATA = """
initiative:a a cdp:Undertaking ; cdp:relies technology:trusted-it ; cdp:title "cdp:relies"@en .
initiative:b a cdp:Initiative ; cdp:employs technology:5g , technology:xinchuang .
initiative:c a cdp:Initiative ; cdp:inferredProperty cdp:relies .
"""
MIGRATED = """
initiative:a a cdp:Initiative ; cdp:usesTechnology technology:xinchuang ;
    cdp:title "cdp:relies"@en .
initiative:b a cdp:Initiative ; cdp:usesTechnology technology:5g , technology:xinchuang .
initiative:c a cdp:Initiative ; cdp:inferredProperty cdp:usesTechnology .
"""


def add(store: Store, name: str, turtle: str) -> None:
    graph = NamedNode(f"https://w3id.org/cdp/graph/{name}")
    store.load(f"{PREFIXES}{turtle}", format=RdfFormat.TURTLE, to_graph=graph)


def list_quads(store: Store) -> set[Quad]:
    """Return the statements without those about blank nodes, which each store names anew."""
    return {quad for quad in store if isinstance(quad.subject, NamedNode)}


def make_store(data: str) -> Store:
    """Return a store with the codes, more deprecated terms, and data in two graphs."""
    store = Store()
    add(store, "codes", (HOME.ontology / "codes.ttl").read_text("utf-8"))
    add(store, "cdp", TERMS)
    add(store, "one", data)
    add(store, "two", data)
    return store


def list_uses(store: Store) -> list[str]:
    """Return the things in data that use a deprecated term, as `kg check` finds them."""
    results = store.query(CHECK, use_default_graph_as_union=True)
    assert isinstance(results, QuerySolutions)
    nodes = [str(row["node"]) for row in results]
    return [node for node in nodes if "/id/" in node]


def test_migration_replaces_deprecated_terms_in_data_alone() -> None:
    store = make_store(DATA)
    assert len(list_uses(store)) >= 5
    store.update(MIGRATION)
    assert list_quads(store) == list_quads(make_store(MIGRATED))
    assert list_uses(store) == []


def test_second_migration_changes_nothing() -> None:
    store = make_store(MIGRATED)
    before = set(store)
    store.update(MIGRATION)
    assert set(store) == before
