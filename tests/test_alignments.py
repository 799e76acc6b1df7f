"""Alignments: the table and the axioms agree, and clients that know only others' terms profit.

`ontology/alignments.sssom.tsv` says why each alignment of `alignments.ttl` holds, and which others
were considered and rejected, in the format of SSSOM (https://mapping-commons.github.io/sssom/).
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sssom_pydantic
from curies import Converter
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Store
from rdflib import RDFS, SKOS, Graph, URIRef
from sssom_pydantic import MappingSet, SemanticMapping

from kg.home import Home, find_home

HOME = find_home()
TABLE = HOME.ontology / "alignments.sssom.tsv"
ALIGNMENTS = HOME.ontology / "alignments.ttl"
VERSION = tomllib.loads((HOME.root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
OWN = "https://w3id.org/cdp/"
PREDICATES = (
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    SKOS.closeMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
)

# The two rules of RDFS about statements (rdfs7 and rdfs9), with their transitive closure.
RDFS_RULES = (
    "CONSTRUCT { ?s ?super ?o } WHERE { ?p rdfs:subPropertyOf+ ?super . ?s ?p ?o }",
    "CONSTRUCT { ?s a ?super } WHERE { ?c rdfs:subClassOf+ ?super . ?s a ?c FILTER isIRI(?super) }",
)
PREFIXES = {
    "cdp": f"{OWN}ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": str(RDFS),
    "schema": "https://schema.org/",
}


# --- the table --------------------------------------------------------------------------------


def read_table(path: Path) -> tuple[list[SemanticMapping], Converter, MappingSet]:
    """Return the rows of a table, its prefixes and its header.

    Raises:
        ValueError: A row is outside the schema of SSSOM.
    """
    rows, converter, header, errors = sssom_pydantic.read(path, return_errors=True)
    if errors:
        raise ValueError(errors)
    return rows, converter, header


def list_triples(path: Path) -> set[tuple[str, str, str]]:
    """Return the alignments of a Turtle file: with terms of others, and between our schemes."""
    graph = Graph().parse(path)
    return {
        (str(s), str(p), str(o))
        for p in PREDICATES
        for s, o in graph.subject_objects(p)
        if isinstance(o, URIRef) and (p in SKOS or not str(o).startswith(OWN))
    }


def list_rows(table: Path, negated: bool) -> list[tuple[str, str, str]]:
    """Return the alignments that a table accepts or rejects, in its order."""
    rows, converter, _ = read_table(table)
    return [
        (
            converter.expand_strict(row.subject.curie),
            converter.expand_strict(row.predicate.curie),
            converter.expand_strict(row.object.curie),
        )
        for row in rows
        if (row.predicate_modifier is not None) == negated
    ]


def test_table_and_axioms_say_the_same() -> None:
    accepted = list_rows(TABLE, negated=False)
    assert len(accepted) > 90
    assert len(accepted) == len(set(accepted))
    assert set(accepted) == list_triples(ALIGNMENTS)


def test_rejected_alignments_are_no_axioms() -> None:
    rejected = list_rows(TABLE, negated=True)
    assert len(rejected) >= 10
    assert set(rejected) & list_triples(ALIGNMENTS) == set()


def test_difference_between_table_and_axioms_is_found(tmp_path: Path) -> None:
    lines = TABLE.read_text("utf-8").splitlines(keepends=True)
    copy = tmp_path / "table.tsv"
    copy.write_text("".join(line for line in lines if "schema:Country" not in line), "utf-8")
    missing = list_triples(ALIGNMENTS) - set(list_rows(copy, negated=False))
    assert [o for _, _, o in missing] == ["https://schema.org/Country"]


def test_each_row_says_why_and_how_surely() -> None:
    for row in read_table(TABLE)[0]:
        assert row.justification.curie == "semapv:ManualMappingCuration", row
        assert row.confidence is not None, row
        assert 0.5 <= row.confidence <= 1, row
        assert row.comment, row
        assert row.comment.endswith("."), row


def test_table_has_the_version_of_the_ontology() -> None:
    header = read_table(TABLE)[2]
    assert header.version == VERSION
    assert str(header.license) == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("old", "new"),
    [("semapv:ManualMappingCuration", ""), ("eli:relevant_for", "legislation:relevant_for")],
)
def test_row_outside_the_schema_is_refused(old: str, new: str, tmp_path: Path) -> None:
    copy = tmp_path / "table.tsv"
    copy.write_text(TABLE.read_text("utf-8").replace(f"\t{old}\t", f"\t{new}\t", 1), "utf-8")
    with pytest.raises(ValueError, match=r"justification|legislation"):
        read_table(copy)


# --- clients that know only Dublin Core and schema.org -------------------------------------------


@pytest.fixture(scope="module")
def closure(roundup: Home) -> Store:
    """Ontology and data with what RDFS entails, without what our own rules add."""
    store = Store()
    for path in [*HOME.ontology.glob("*.ttl"), *roundup.data.rglob("*.ttl")]:
        store.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    # The source gives no document a date.
    document = NamedNode(f"{OWN}id/doc/wuhan-implementation-plan")
    assert list(store.quads_for_pattern(document, None, None))
    store.add(Quad(document, NamedNode(f"{OWN}ontology#issued"), Literal("2020-12-31")))
    for rule in RDFS_RULES:
        results = store.query(rule, prefixes=PREFIXES)
        assert isinstance(results, QueryTriples)
        store.extend([Quad(t.subject, t.predicate, t.object) for t in results])
    return store


def ask(store: Store, pattern: str) -> Iterator[tuple[str, ...]]:
    """Yield the values of the variables of a pattern."""
    results = store.query(f"SELECT DISTINCT * WHERE {{ {pattern} }}", prefixes=PREFIXES)
    assert isinstance(results, QuerySolutions)
    names = sorted(variable.value for variable in results.variables)
    for row in results:
        yield tuple(row[name].value.removeprefix(f"{OWN}id/") for name in names)


@pytest.mark.parametrize(
    ("pattern", "own"),
    [
        ("?x dcterms:title ?y", "cdp:title"),
        ("?x schema:name ?y", "cdp:title"),
        ("?x dcterms:alternative ?y", "cdp:shortTitle|cdp:nickname"),
        ("?x schema:alternateName ?y", "cdp:shortTitle|cdp:nickname"),
        ("?x dcterms:issued ?y", "cdp:issued"),
        ("?x schema:datePublished ?y", "cdp:issued"),
        ("?x dcterms:temporal ?y", "cdp:hasValidityPeriod"),
        ("?x dcterms:spatial ?y", "cdp:appliesTo"),
        ("?x schema:spatialCoverage ?y", "cdp:appliesTo"),
        ("?x schema:containedInPlace ?y", "cdp:isWithin"),
        ("?x dcterms:isPartOf ?y", "cdp:partOf|cdp:statedIn"),
        ("?x schema:isPartOf ?y", "cdp:partOf|cdp:statedIn"),
        ("?x dcterms:hasPart ?y", "cdp:hasComponent"),
        ("?x dcterms:subject ?y", "cdp:hasTheme"),
        ("?x schema:about ?y", "cdp:hasTheme"),
        ("?x schema:description ?y", "cdp:description"),
        ("?x dcterms:isReferencedBy ?y", "cdp:reportedIn"),
        ("?x schema:audience ?y", "cdp:servesGroup"),
    ],
)
def test_each_value_is_found_by_the_term_of_others(pattern: str, own: str, closure: Store) -> None:
    """Titles of the ontology's own files, which have dcterms:title as well, do not count."""
    found = {row for row in ask(closure, pattern) if not row[0].startswith(OWN)}
    stated = {row for row in ask(closure, f"?x {own} ?y") if not row[0].startswith(OWN)}
    assert stated
    assert found == stated


def test_client_of_schema_org_finds_a_policy(closure: Store) -> None:
    """The plan of Wuhan by its place, with title, date, parts and the places around it."""
    pattern = (
        '?a a schema:City ; rdfs:label "Wuhan"@en ; schema:containedInPlace ?b . '
        "?c a schema:CreativeWork ; schema:spatialCoverage ?a ; schema:datePublished ?d ; "
        "schema:name ?e . ?f schema:isPartOf ?c"
    )
    rows = list(ask(closure, pattern))
    assert len(rows) > 10
    places = ("place/wuhan", "place/hubei")
    assert {row[:4] for row in rows} == {(*places, "doc/wuhan-implementation-plan", "2020-12-31")}


def test_countries_and_places_have_classes_of_others(closure: Store) -> None:
    assert {row[0] for row in ask(closure, "?x a schema:Country")} >= {"place/china"}
    places = set(ask(closure, "?x a dcterms:Location"))
    assert len(places) >= 10
    assert places == set(ask(closure, "?x a cdp:Place"))
