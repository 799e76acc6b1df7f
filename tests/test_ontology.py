"""The ontology: each term is declared once, described in both languages, and used as declared.

Data that are added later only have to pass `kg check`, so the data here are the seven-city source.
OWL profile and consistency are tested with reasoners in peers/.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SH, VANN, XSD
from rdflib.term import Node

from kg.home import Home, find_home

HOME = find_home()
MODULES = ("prefixes", "cdp", "codes", "themes", "alignments", "borrowed-labels")
ONTOLOGY = [HOME.ontology / f"{name}.ttl" for name in MODULES]
SHAPES = sorted((HOME.ontology / "shapes").glob("*.ttl"))
RULES = sorted((HOME.ontology / "rules").glob("*.rq"))
QUERIES = sorted(HOME.queries.rglob("*.rq"))
VERSION = tomllib.loads((HOME.root / "pyproject.toml").read_text("utf-8"))["project"]["version"]

BASE = "https://w3id.org/cdp/"
CDP = Namespace(f"{BASE}ontology#")
BIBO = Namespace("http://purl.org/ontology/bibo/")
LANGUAGES = {"en", "zh-Hans"}
GOAL = re.compile(r"http://metadata\.un\.org/sdg/(1[0-7]|[1-9])")
# Vocabularies that need no declaration.
BUILT_IN = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
KINDS = (OWL.Class, *PROPERTY_KINDS)
# Properties whose value is a class.
TO_CLASS = (
    RDF.type,
    RDFS.subClassOf,
    RDFS.domain,
    RDFS.range,
    OWL.equivalentClass,
    OWL.disjointWith,
    OWL.someValuesFrom,
    OWL.allValuesFrom,
)
# A scope note begins with what the theme does not include.
EXCLUSION = {
    "en": re.compile("(Not|Excludes|Does not include) [a-z]"),
    "zh-Hans": re.compile("不(含|包括|专指)"),
}
PREFIX_LINE = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>\s*\.?\s*$", re.I | re.M)
# In a query: a comment or string, or else an IRI or a prefixed name.
QUERY_TOKEN = re.compile(
    r"""\#[^\n]*(?=\n|$) | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'"""
    r"""| <(?P<iri>[^<>"{}|^`\\\s]*)> | (?<![\w?$@])(?P<prefix>[\w-]*):(?P<local>[\w-]*)""",
    re.X,
)


@cache
def read_graph(path: Path) -> Graph:
    return Graph().parse(path, format="turtle")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    """The ontology without its shapes."""
    graph = Graph()
    for path in ONTOLOGY:
        graph += read_graph(path)
    return graph


@pytest.fixture(scope="module")
def data(roundup: Home) -> list[Path]:
    return sorted(roundup.data.rglob("*.ttl"))


@pytest.fixture(scope="module")
def turtle(data: list[Path]) -> list[Path]:
    return [*ONTOLOGY, *SHAPES, *data]


@pytest.fixture(scope="module")
def prefixes() -> dict[str, str]:
    """The namespaces of prefixes.ttl by their prefixes."""
    graph = read_graph(HOME.ontology / "prefixes.ttl")
    return {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(None, SH.declare)
    }


def starts_with(node: Node, *starts: str) -> bool:
    """Return whether a node is an IRI with one of the starts."""
    # URIRef.startswith does not take a tuple.
    return isinstance(node, URIRef) and str(node).startswith(starts)


def is_concept(node: Node) -> bool:
    """Return whether a node is a code, a theme, or a scheme of either."""
    return starts_with(node, f"{BASE}code/", f"{BASE}theme")


def list_own_terms(graph: Graph) -> list[URIRef]:
    """Return the classes, properties, schemes, codes and themes of the project, sorted."""
    terms = {name for kind in KINDS for name in graph.subjects(RDF.type, kind)}
    terms |= {name for name in graph.subjects(RDF.type) if is_concept(name)}
    return sorted(n for n in terms if isinstance(n, URIRef) and starts_with(n, BASE))


def list_themes(graph: Graph) -> list[URIRef]:
    return sorted(t for t in graph.subjects(RDF.type, CDP.Theme) if isinstance(t, URIRef))


def count_languages(graph: Graph, subject: Node, predicate: URIRef) -> Counter[str | None]:
    """Return how many values a subject has in each language; empty and other values are None."""
    values = graph.objects(subject, predicate)
    return Counter(v.language if isinstance(v, Literal) and v.strip() else None for v in values)


def has_one_text_in_each_language(graph: Graph, subject: Node, predicate: URIRef) -> bool:
    return count_languages(graph, subject, predicate) == dict.fromkeys(LANGUAGES, 1)


def list_names(path: Path) -> Iterator[str]:
    """Yield the IRIs in a Turtle file or a query."""
    if path.suffix == ".ttl":
        for triple in read_graph(path):
            yield from (str(node) for node in triple if isinstance(node, URIRef))
            yield from (str(n.datatype) for n in triple if isinstance(n, Literal) and n.datatype)
        return
    text = path.read_text(encoding="utf-8")
    namespaces = dict(PREFIX_LINE.findall(text))
    for token in QUERY_TOKEN.finditer(PREFIX_LINE.sub("", text)):
        if token["iri"] is not None:
            yield token["iri"]
        elif token["prefix"] not in (None, "_"):
            yield namespaces[token["prefix"]] + token["local"]


def test_files_are_found(ontology: Graph, data: list[Path]) -> None:
    """Every other test would pass without files or terms."""
    assert {path.name for path in HOME.ontology.glob("*.ttl")} == {f"{m}.ttl" for m in MODULES}
    assert len(SHAPES) >= 8
    assert len(RULES) >= 5
    assert len(data) >= 9
    assert len(QUERIES) >= 120
    assert len(list_own_terms(ontology)) >= 220
    assert len(list_themes(ontology)) >= 18


# --- reading ----------------------------------------------------------------------------------


def convert_term(node: Node) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    """Return a term of rdflib as one of pyoxigraph, with the same characters."""
    if isinstance(node, BNode):
        return pyoxigraph.BlankNode(str(node))
    if isinstance(node, Literal):
        datatype = pyoxigraph.NamedNode(str(node.datatype)) if node.datatype else None
        return pyoxigraph.Literal(str(node), datatype=datatype, language=node.language)
    return pyoxigraph.NamedNode(str(node))


def read_both(path: Path) -> tuple[set[str], set[str]]:
    """Return the statements of a file as pyoxigraph and as rdflib read them."""
    quick = pyoxigraph.Dataset(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))
    slow = pyoxigraph.Dataset()
    for s, p, o in read_graph(path):
        subject, predicate = convert_term(s), convert_term(p)
        assert not isinstance(subject, pyoxigraph.Literal)
        assert isinstance(predicate, pyoxigraph.NamedNode)
        slow.add(pyoxigraph.Quad(subject, predicate, convert_term(o)))
    for dataset in (quick, slow):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in quick}, {str(quad) for quad in slow}


def test_rdflib_and_pyoxigraph_read_the_same(turtle: list[Path]) -> None:
    """Numbers are written as rdflib writes them, so that it does not change them."""
    for path in turtle:
        quick, slow = read_both(path)
        assert quick, path
        assert quick == slow, path


def test_number_that_rdflib_changes_is_found(tmp_path: Path) -> None:
    path = tmp_path / "number.ttl"
    path.write_text("<x:a> <x:b> 05 .", "utf-8")
    quick, slow = read_both(path)
    assert quick != slow


def test_language_tags_have_the_usual_case(turtle: list[Path]) -> None:
    """Only rdflib keeps the case: pyoxigraph reads tags in lower case."""
    allowed = {None, "en", "zh-Hans", "zh-Hant"}
    literals = {(p.name, o) for p in turtle for o in read_graph(p).objects()}
    found = {(name, o.language) for name, o in literals if isinstance(o, Literal)}
    assert len(found) > 30
    assert {pair for pair in found if pair[1] not in allowed} == set()


def test_data_have_no_blank_node(data: list[Path]) -> None:
    assert [
        t for path in data for t in read_graph(path) if any(isinstance(n, BNode) for n in t)
    ] == []


# --- prefixes ---------------------------------------------------------------------------------


def test_prefixes_and_namespaces_are_declared_once(
    prefixes: dict[str, str], turtle: list[Path]
) -> None:
    graph = read_graph(HOME.ontology / "prefixes.ttl")
    nodes = list(graph.objects(None, SH.declare))
    assert len(nodes) > 40
    for node in nodes:
        (name,), (namespace,) = graph.objects(node, SH.prefix), graph.objects(node, SH.namespace)
        assert isinstance(name, Literal)
        assert isinstance(namespace, Literal)
        assert namespace.datatype == XSD.anyURI, name
    assert len(prefixes) == len(set(prefixes.values())) == len(nodes)
    declaring = {path.name for path in turtle if list(read_graph(path).subjects(SH.prefix))}
    assert declaring == {"prefixes.ttl"}


def test_files_use_prefixes_as_declared(prefixes: dict[str, str], turtle: list[Path]) -> None:
    used = {
        (path.name, *pair)
        for path in (*turtle, *RULES, *QUERIES)
        for pair in PREFIX_LINE.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 400
    assert [entry for entry in sorted(used) if prefixes.get(entry[1]) != entry[2]] == []


# --- declarations -----------------------------------------------------------------------------


def test_used_names_are_declared(
    prefixes: dict[str, str], turtle: list[Path], roundup: Home
) -> None:
    typed = {str(s) for path in turtle for s in read_graph(path).subjects(RDF.type)}
    versions = {str(v) for path in turtle for v in read_graph(path).objects(None, OWL.versionIRI)}
    folders = (HOME.ontology, roundup.data)
    graphs = {
        f"{BASE}graph/{path.relative_to(folder).with_suffix('').as_posix()}"
        for folder in folders
        for path in turtle
        if path.is_relative_to(folder)
    }
    graphs |= {f"{BASE}graph/{name}" for name in ("catalog", "entailed", "shapes")}
    graphs |= {f"{BASE}dataset", f"{BASE}dataset#entailment"}
    known = typed | versions | graphs | set(prefixes.values())
    used = {
        (name, path.name)
        for path in (*turtle, *RULES, *QUERIES)
        for name in list_names(path)
        if name.startswith(BASE)
    }
    assert len(used) > 2000
    assert sorted(pair for pair in used if pair[0] not in known) == []


def test_ontology_describes_terms_and_data_describe_things(
    ontology: Graph, data: list[Path]
) -> None:
    things = {s for path in data for s in read_graph(path).subjects()}
    assert len(things) > 1000
    assert {thing for thing in things if not starts_with(thing, f"{BASE}id/")} == set()
    assert {s for s in ontology.subjects() if starts_with(s, f"{BASE}id/")} == set()


def list_declarations(path: Path) -> dict[URIRef, Node]:
    """Return the kind of each term that a file declares."""
    graph = read_graph(path)
    return {
        term: kind
        for kind in KINDS
        for term in graph.subjects(RDF.type, kind)
        if isinstance(term, URIRef)
    }


def find_undeclared_terms(graph: Graph) -> set[Node]:
    """Return the classes and properties that a graph uses and does not declare."""
    used: set[Node] = set(graph.predicates())
    for predicate in TO_CLASS:
        used |= set(graph.objects(None, predicate))
    for predicate in (RDFS.subPropertyOf, OWL.onProperty, OWL.inverseOf):
        used |= set(graph.objects(None, predicate))
    declared = {term for kind in KINDS for term in graph.subjects(RDF.type, kind)}
    used = {term for term in used - declared if isinstance(term, URIRef)}
    return {term for term in used if not starts_with(term, *BUILT_IN)}


@pytest.mark.parametrize("path", ONTOLOGY, ids=lambda path: path.stem)
def test_each_file_declares_what_it_uses(path: Path) -> None:
    """A file must be OWL 2 DL without the others; peers/ has the complete test."""
    assert find_undeclared_terms(read_graph(path)) == set()


def test_undeclared_term_of_a_file_is_found() -> None:
    copy = Graph()
    for triple in read_graph(HOME.ontology / "codes.ttl"):
        if triple[:2] != (SKOS.prefLabel, RDF.type):
            copy.add(triple)
    assert find_undeclared_terms(copy) == {SKOS.prefLabel}


def test_each_term_is_described_in_one_file(ontology: Graph) -> None:
    """Other files that use a term declare it as the same kind, and say no more than alignments."""
    sources = Counter(
        term for path in ONTOLOGY for term in set(read_graph(path).subjects(RDFS.isDefinedBy))
    )
    assert len(sources) > 300
    assert [term for term, count in sources.items() if count > 1] == []
    assert set(ontology.subjects(RDF.type, None)) - set(sources) == {
        node
        for node in ontology.subjects(RDF.type, None)
        if isinstance(node, BNode) or (node, RDF.type, OWL.Ontology) in ontology
    }
    more = {
        "alignments": {RDFS.subClassOf, RDFS.subPropertyOf, OWL.disjointWith, SKOS.closeMatch},
        "borrowed-labels": {RDFS.label},
    }
    for path in ONTOLOGY:
        graph = read_graph(path)
        for term in list_declarations(path):
            if (term, RDFS.isDefinedBy, None) not in graph:
                said = set(graph.predicates(term)) - {RDF.type}
                assert said <= more.get(path.stem, set()), (path, term)


def test_terms_of_other_vocabularies_are_declared_with_their_source(
    ontology: Graph, data: list[Path]
) -> None:
    used: set[tuple[Node, str]] = set()
    for path in (*ONTOLOGY, *data):
        graph = read_graph(path)
        used |= {(predicate, path.name) for predicate in graph.predicates()}
        used |= {(c, path.name) for p in TO_CLASS for c in graph.objects(None, p)}
    reused = {
        (term, file)
        for term, file in used
        if isinstance(term, URIRef) and not starts_with(term, BASE, *BUILT_IN)
    }
    assert len({term for term, _ in reused}) > 20
    declared = {term for kind in KINDS for term in ontology.subjects(RDF.type, kind)}
    assert sorted(pair for pair in reused if pair[0] not in declared) == []
    for term in set(ontology.subjects(RDF.type)):
        if isinstance(term, URIRef) and not starts_with(term, BASE):
            (source,) = ontology.objects(term, RDFS.isDefinedBy)
            assert starts_with(term, str(source)), (term, source)


def test_own_terms_are_defined_by_their_file() -> None:
    count = 0
    for path in ONTOLOGY:
        graph = read_graph(path)
        (header,) = graph.subjects(RDF.type, OWL.Ontology)
        for term in set(list_own_terms(graph)) & set(graph.subjects(RDFS.isDefinedBy)):
            assert list(graph.objects(term, RDFS.isDefinedBy)) == [header], term
            count += 1
    assert count >= 220


def test_each_property_is_of_one_kind(ontology: Graph) -> None:
    kinds = Counter(s for kind in PROPERTY_KINDS for s in ontology.subjects(RDF.type, kind))
    assert len(kinds) > 60
    assert [name for name, count in kinds.items() if count > 1] == []
    assert set(kinds).isdisjoint(ontology.subjects(RDF.type, OWL.Class))


def test_nothing_is_imported(turtle: list[Path]) -> None:
    assert [path.name for path in turtle if (None, OWL.imports, None) in read_graph(path)] == []


def test_only_the_alignments_have_matches(turtle: list[Path]) -> None:
    matches = {SKOS.closeMatch, SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch,
               SKOS.relatedMatch, SKOS.mappingRelation}  # fmt: skip
    found = {
        (path.name, predicate)
        for path in turtle
        for predicate in set(read_graph(path).predicates())
        if predicate in matches
    }
    used = {SKOS.closeMatch, SKOS.narrowMatch, SKOS.relatedMatch}
    assert found == {("alignments.ttl", one) for one in used}
    alignments = read_graph(HOME.ontology / "alignments.ttl")
    # As SKOS declares them.
    assert used <= set(alignments.subjects(RDF.type, OWL.ObjectProperty))


# --- descriptions -----------------------------------------------------------------------------


def find_undescribed_terms(ontology: Graph) -> set[tuple[str, str]]:
    """Return the terms without one label, one definition and an example, with what is wrong."""
    faults = set()
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    for term in list_own_terms(ontology):
        label, other = RDFS.label, SKOS.prefLabel
        if is_concept(term):
            label, other = other, label
        for predicate in (label, SKOS.definition):
            if not has_one_text_in_each_language(ontology, term, predicate):
                faults.add((str(term), str(predicate)))
        if list(ontology.objects(term, other)):
            faults.add((str(term), str(other)))
        examples = count_languages(ontology, term, SKOS.example)
        if term not in schemes and (not examples or None in examples):
            faults.add((str(term), str(SKOS.example)))
    return faults


def test_each_term_has_label_definition_and_example(ontology: Graph) -> None:
    assert find_undescribed_terms(ontology) == set()


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition, SKOS.example])
def test_term_without_a_description_is_found(ontology: Graph, predicate: URIRef) -> None:
    copy = Graph()
    for triple in ontology:
        if triple[:2] != (CDP.City, predicate):
            copy.add(triple)
    assert find_undescribed_terms(copy) == {(str(CDP.City), str(predicate))}


def test_labels_of_the_terms_of_others_are_in_a_file_of_their_own(
    ontology: Graph, data: list[Path]
) -> None:
    """An export can leave them out. Each term that is declared has one in each language."""
    labels = (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
    where = {
        (path.stem, str(predicate))
        for path in (*ONTOLOGY, *data)
        for predicate in labels
        for term in read_graph(path).subjects(predicate)
        if not starts_with(term, BASE)
    }
    assert where == {("borrowed-labels", str(RDFS.label))}
    borrowed = read_graph(HOME.ontology / "borrowed-labels.ttl")
    terms = {term for term in ontology.subjects(RDFS.isDefinedBy) if not starts_with(term, BASE)}
    assert len(terms) > 100
    for term in terms:
        assert has_one_text_in_each_language(borrowed, term, RDFS.label), term
    said = {predicate for s, predicate in borrowed.subject_predicates() if not starts_with(s, BASE)}
    assert said == {RDFS.label, RDF.type}


def test_each_code_is_in_the_scheme_of_its_name(ontology: Graph) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    concepts = {term for term in list_own_terms(ontology) if is_concept(term)} - schemes
    assert len(schemes) >= 9
    assert len(concepts) > 80
    for concept in concepts:
        (scheme,) = ontology.objects(concept, SKOS.inScheme)
        assert scheme in schemes, concept
        assert str(scheme) == concept.rpartition("/")[0], concept


def test_verbs_of_the_degrees_of_firmness_are_in_their_texts(ontology: Graph) -> None:
    """`kg check` looks for them; a verb has one code."""
    codes: dict[str, Node] = {}
    for code in ontology.subjects(RDF.type, CDP.Firmness):
        texts: dict[str | None, str] = defaultdict(str)
        for predicate in (SKOS.definition, SKOS.scopeNote):
            for value in ontology.objects(code, predicate):
                assert isinstance(value, Literal)
                texts[value.language] += value
        for verb in ontology.objects(code, SKOS.hiddenLabel):
            assert isinstance(verb, Literal)
            assert verb.language == "zh-Hans"
            assert len(verb) > 1, "a character is part of too many words"
            assert all(verb in texts[tag] for tag in ("en", "zh-Hans")), verb
            assert codes.setdefault(str(verb), code) == code
    assert len(codes) > 60


def test_each_scheme_has_its_top_concepts_and_says_what_it_is(ontology: Graph) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme)) & set(list_own_terms(ontology))
    assert len(schemes) >= 11
    for scheme in schemes:
        outside = {*ontology.subjects(SKOS.broader), *ontology.subjects(OWL.deprecated)}
        tops = set(ontology.subjects(SKOS.inScheme, scheme)) - outside
        assert tops, scheme
        assert set(ontology.objects(scheme, SKOS.hasTopConcept)) == tops, scheme
        assert set(ontology.subjects(SKOS.topConceptOf, scheme)) == tops, scheme
        assert has_one_text_in_each_language(ontology, scheme, DCTERMS.title), scheme
        assert len(set(ontology.objects(scheme, DCTERMS.license))) == 1, scheme
        assert len(set(ontology.objects(scheme, DCTERMS.creator))) == 1, scheme


def test_genres_of_the_same_name_match(ontology: Graph) -> None:
    """A title genre and a statutory genre with one Chinese name are matched, both ways."""
    names: dict[Node, set[Node]] = {}
    for kind in ("DocumentGenre", "StatutoryGenre"):
        for genre in ontology.subjects(RDF.type, CDP[kind]):
            for name in ontology.objects(genre, SKOS.prefLabel):
                if isinstance(name, Literal) and name.language == "zh-Hans":
                    names.setdefault(name, set()).add(genre)
    twins = [pair for pair in names.values() if len(pair) == 2]
    assert len(twins) == 3
    for pair in twins:
        assert {(s, o) for s, o in ontology.subject_objects(SKOS.closeMatch) if s in pair} == {
            (one, other) for one in pair for other in pair if one != other
        }


def says_what_is_excluded(note: Node) -> bool:
    return isinstance(note, Literal) and bool(EXCLUSION[note.language or ""].match(note))


def test_each_theme_says_what_it_does_not_include(ontology: Graph) -> None:
    for theme in list_themes(ontology):
        assert has_one_text_in_each_language(ontology, theme, SKOS.scopeNote), theme
        notes = ontology.objects(theme, SKOS.scopeNote)
        assert [note for note in notes if not says_what_is_excluded(note)] == [], theme


def test_note_that_excludes_nothing_is_found() -> None:
    assert says_what_is_excluded(Literal("Not research (science and innovation).", "en"))
    for text, language in (
        ("Services that are no longer new, and nothing else.", "en"),
        ("Noted services.", "en"),
        ("不同的服务。", "zh-Hans"),
        ("各种服务，不断更新。", "zh-Hans"),
    ):
        assert not says_what_is_excluded(Literal(text, language)), text


def test_elements_contribute_to_described_goals(ontology: Graph, data: list[Path]) -> None:
    goals = {goal for path in data for goal in read_graph(path).objects(None, CDP.contributesTo)}
    assert len(goals) >= 5
    assert {goal for goal in goals if not GOAL.fullmatch(str(goal))} == set()
    declared = set(ontology.subjects(SKOS.notation))
    assert goals <= declared
    # All goals are declared: nobody's goal gets an answer without rows, not an error.
    assert len([goal for goal in declared if GOAL.fullmatch(str(goal))]) == 17


def test_each_theme_is_a_top_concept_or_has_one(ontology: Graph) -> None:
    themes = set(list_themes(ontology))
    tops = set(ontology.subjects(SKOS.topConceptOf)) & themes
    assert len(tops) == 5
    broader = {theme: set(ontology.objects(theme, SKOS.broader)) for theme in themes - tops}
    assert {theme for theme, above in broader.items() if not above or above - tops} == set()


# --- headers ----------------------------------------------------------------------------------


# What the header of each file has exactly once, and of which type.
METADATA = {
    DCTERMS.license: None,
    DCTERMS.creator: XSD.string,
    DCTERMS.contributor: XSD.string,
    DCTERMS.publisher: XSD.string,
    DCTERMS.created: XSD.date,
    DCTERMS.issued: XSD.date,
    DCTERMS.modified: XSD.date,
    BIBO.status: None,
    OWL.versionInfo: XSD.string,
    OWL.versionIRI: None,
}


def find_header_faults(path: Path, prefixes: dict[str, str]) -> set[URIRef]:
    """Return the properties that the header of an ontology file lacks, or has with wrong values."""
    graph = read_graph(path)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    faults = {
        predicate
        for predicate in (DCTERMS.title, DCTERMS.description)
        if not has_one_text_in_each_language(graph, header, predicate)
    }
    for predicate, datatype in METADATA.items():
        values = list(graph.objects(header, predicate))
        if [get_datatype(value) for value in values if str(value).strip()] != [datatype]:
            faults.add(predicate)
    dates = [DCTERMS.created, DCTERMS.issued, DCTERMS.modified]
    texts = [str(graph.value(header, predicate)) for predicate in dates]
    if texts != sorted(texts):
        faults.add(DCTERMS.modified)
    if not starts_with(graph.value(header, BIBO.status) or header, f"{BIBO}status/"):
        faults.add(BIBO.status)
    if list(graph.objects(header, OWL.versionInfo)) != [Literal(VERSION)]:
        faults.add(OWL.versionInfo)
    if list(graph.objects(header, OWL.versionIRI)) != [URIRef(f"{header}/{VERSION}")]:
        faults.add(OWL.versionIRI)
    # A scheme in the file may have a preferred prefix, too.
    for subject in {header, *graph.subjects(VANN.preferredNamespacePrefix)}:
        names = list(map(str, graph.objects(subject, VANN.preferredNamespacePrefix)))
        spaces = list(map(str, graph.objects(subject, VANN.preferredNamespaceUri)))
        if len(names) != 1 or [prefixes.get(names[0])] != spaces:
            faults.add(VANN.preferredNamespacePrefix)
    return faults


def get_datatype(node: Node) -> URIRef | None:
    """Return the datatype of a literal, and None for an IRI."""
    return (node.datatype or XSD.string) if isinstance(node, Literal) else None


def test_each_file_has_a_complete_header(prefixes: dict[str, str]) -> None:
    faults = {path.name: find_header_faults(path, prefixes) for path in (*ONTOLOGY, *SHAPES)}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("old", "new", "predicate"),
    [
        ("dcterms:title", "rdfs:comment", DCTERMS.title),
        ("dcterms:license <", "rdfs:seeAlso <", DCTERMS.license),
        ("dcterms:publisher", "rdfs:seeAlso", DCTERMS.publisher),
        ("dcterms:contributor", "rdfs:seeAlso", DCTERMS.contributor),
        ("^^xsd:date", "^^xsd:string", DCTERMS.created),
        ("dcterms:issued", "rdfs:seeAlso", DCTERMS.issued),
        ('dcterms:modified "2', 'dcterms:modified "1', DCTERMS.modified),
        ("bibo/status/draft", "bibo/draft", BIBO.status),
        (f'owl:versionInfo "{VERSION}"', 'owl:versionInfo "9.9.9"', OWL.versionInfo),
        (f"/{VERSION}>", "/9.9.9>", OWL.versionIRI),
        (
            "vann:preferredNamespacePrefix",
            "rdfs:seeAlso",
            VANN.preferredNamespacePrefix,
        ),
    ],
)
def test_fault_of_a_header_is_found(
    old: str, new: str, predicate: URIRef, prefixes: dict[str, str], tmp_path: Path
) -> None:
    text = (HOME.ontology / "themes.ttl").read_text("utf-8")
    assert old in text
    copy = tmp_path / "themes.ttl"
    head, subject, rest = text.partition(f"\n<{BASE}ontology/themes>\n")
    copy.write_text(f"{head}{subject}{rest.replace(old, new, 1)}", "utf-8")
    assert predicate in find_header_faults(copy, prefixes)


def test_ontology_says_how_to_cite_it() -> None:
    graph = read_graph(HOME.ontology / "cdp.ttl")
    (citation,) = graph.objects(URIRef(f"{BASE}ontology"), DCTERMS.bibliographicCitation)
    assert f"version {VERSION}." in str(citation)
    assert f"{BASE}ontology" in str(citation)
