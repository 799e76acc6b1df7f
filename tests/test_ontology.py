"""The files of the ontology and the data: they parse, and each word is declared once and described.

What OWL itself has to say of them, its profile and contradictions, is asked in peers/.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SH, VANN, XSD
from rdflib.term import Node

from kg.home import find_home

HOME = find_home()
MODULES = ("prefixes", "cdp", "codes", "themes", "alignments")
ONTOLOGY = [HOME.ontology / f"{name}.ttl" for name in MODULES]
SHAPES = sorted((HOME.ontology / "shapes").glob("*.ttl"))
DATA = sorted(HOME.data.rglob("*.ttl"))
RULES = sorted((HOME.ontology / "rules").glob("*.rq"))
QUESTIONS = sorted(HOME.queries.rglob("*.rq"))
TURTLE = [*ONTOLOGY, *SHAPES, *DATA]

BASE = "https://w3id.org/cdp/"
CDP = Namespace(f"{BASE}ontology#")
LANGUAGES = {"en", "zh-Hans"}
GOAL = re.compile(r"http://metadata\.un\.org/sdg/(1[0-7]|[1-9])")
# What every reader of RDF knows and nobody declares.
BUILT_IN = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
KINDS = (OWL.Class, *PROPERTY_KINDS)
# The properties that have a class for a value.
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
PREFIX_LINE = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>\s*\.?\s*$", re.I | re.M)
# In a question: what is no name at all, or else a name between angles or with a prefix.
QUERY_TOKEN = re.compile(
    r"""\#[^\n]*(?=\n|$) | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'"""
    r"""| <(?P<iri>[^<>"{}|^`\\\s]*)> | (?<![\w?$@])(?P<prefix>[\w-]*):(?P<local>[\w-]*)""",
    re.X,
)


@cache
def read_graph(path: Path) -> Graph:
    """Return the triples of a Turtle file, as rdflib reads them."""
    return Graph().parse(path, format="turtle")


def merge(paths: list[Path]) -> Graph:
    """Return the triples of several Turtle files in one graph."""
    graph = Graph()
    for path in paths:
        graph += read_graph(path)
    return graph


@pytest.fixture(scope="module")
def ontology() -> Graph:
    """Return the whole ontology, without its shapes."""
    return merge(ONTOLOGY)


@pytest.fixture(scope="module")
def prefixes() -> dict[str, str]:
    """Return the namespaces of prefixes.ttl by their prefixes."""
    graph = read_graph(HOME.ontology / "prefixes.ttl")
    return {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(None, SH.declare)
    }


def list_own_terms(graph: Graph) -> list[URIRef]:
    """Return the classes, properties, schemes, codes and themes of our own, in order of name."""
    terms = {name for kind in KINDS for name in graph.subjects(RDF.type, kind)}
    terms |= {name for name in graph.subjects(RDF.type) if is_concept(name)}
    return sorted(n for n in terms if isinstance(n, URIRef) and begins(n, BASE))


def begins(node: Node, *starts: str) -> bool:
    """Return whether a node is a name with one of the starts.

    rdflib's own `startswith` takes one start, and says no to a tuple of several.
    """
    return isinstance(node, URIRef) and str(node).startswith(starts)


def is_concept(node: Node) -> bool:
    """Return whether a node is a code, a theme or a scheme of either."""
    return begins(node, f"{BASE}code/", f"{BASE}theme")


def list_themes(graph: Graph) -> list[URIRef]:
    """Return the themes, in order of name."""
    return sorted(t for t in graph.subjects(RDF.type, CDP.Theme) if isinstance(t, URIRef))


def list_languages(graph: Graph, subject: Node, predicate: URIRef) -> Counter[str | None]:
    """Return how many values in each language a subject has; no text, or no language, is None."""
    values = graph.objects(subject, predicate)
    return Counter(v.language if isinstance(v, Literal) and v.strip() else None for v in values)


def list_names(path: Path) -> Iterator[str]:
    """Yield the names, as full IRIs, that a Turtle file or a question makes use of."""
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


def test_something_is_looked_at(ontology: Graph) -> None:
    assert {path.name for path in HOME.ontology.glob("*.ttl")} == {f"{m}.ttl" for m in MODULES}
    assert len(SHAPES) >= 1
    assert len(DATA) >= 9
    assert len(RULES) >= 4
    assert len(QUESTIONS) >= 10
    assert len(list_own_terms(ontology)) > 200
    assert len(list_themes(ontology)) >= 18


# Reading


def spell(node: Node) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    """Return a term of rdflib as one of pyoxigraph, letter for letter."""
    if isinstance(node, BNode):
        return pyoxigraph.BlankNode(str(node))
    if isinstance(node, Literal):
        datatype = pyoxigraph.NamedNode(str(node.datatype)) if node.datatype else None
        return pyoxigraph.Literal(str(node), datatype=datatype, language=node.language)
    return pyoxigraph.NamedNode(str(node))


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.name)
def test_both_readers_read_the_same(path: Path) -> None:
    """rdflib puts numbers in its own spelling, so this holds the files to that spelling too."""
    quick = pyoxigraph.Dataset(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))
    slow = pyoxigraph.Dataset()
    for s, p, o in read_graph(path):
        subject, predicate = spell(s), spell(p)
        assert not isinstance(subject, pyoxigraph.Literal)
        assert isinstance(predicate, pyoxigraph.NamedNode)
        slow.add(pyoxigraph.Quad(subject, predicate, spell(o)))
    for dataset in (quick, slow):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert len(quick) > 0
    assert {str(quad) for quad in slow} == {str(quad) for quad in quick}


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.name)
def test_languages_are_spelt_as_agreed(path: Path) -> None:
    """pyoxigraph reads a language in small letters; what the file says, rdflib keeps."""
    literals = [node for node in read_graph(path).objects() if isinstance(node, Literal)]
    assert {node.language for node in literals} <= {None, "en", "zh-Hans", "zh-Hant"}


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_data_have_no_blank_node(path: Path) -> None:
    assert [
        triple for triple in read_graph(path) if any(isinstance(n, BNode) for n in triple)
    ] == []


# Prefixes


def test_each_prefix_stands_once(prefixes: dict[str, str]) -> None:
    graph = read_graph(HOME.ontology / "prefixes.ttl")
    nodes = list(graph.objects(None, SH.declare))
    assert len(nodes) > 40
    for node in nodes:
        (name,), (namespace,) = graph.objects(node, SH.prefix), graph.objects(node, SH.namespace)
        assert isinstance(name, Literal)
        assert isinstance(namespace, Literal)
        assert namespace.datatype == XSD.anyURI, name
    # Two nodes with one prefix would be one entry; two prefixes of one namespace, one value.
    assert len(prefixes) == len(nodes)
    assert len(set(prefixes.values())) == len(nodes)
    others = [path for path in TURTLE if path.name != "prefixes.ttl"]
    assert [path.name for path in others if list(read_graph(path).subjects(SH.prefix))] == []


@pytest.mark.parametrize("path", [*TURTLE, *RULES, *QUESTIONS], ids=lambda path: path.name)
def test_files_use_the_prefixes_as_declared(path: Path, prefixes: dict[str, str]) -> None:
    used = PREFIX_LINE.findall(path.read_text(encoding="utf-8"))
    assert used or path.suffix == ".rq"
    assert [pair for pair in used if prefixes.get(pair[0]) != pair[1]] == []


# Declarations


def test_no_name_of_ours_is_undeclared(prefixes: dict[str, str]) -> None:
    typed = {str(s) for path in TURTLE for s in read_graph(path).subjects(RDF.type)}
    versions = {str(v) for path in TURTLE for v in read_graph(path).objects(None, OWL.versionIRI)}
    folders = {HOME.ontology: "ontology/", HOME.data: ""}
    graphs = {
        f"{BASE}graph/{prefix}{path.relative_to(folder).with_suffix('').as_posix()}"
        for folder, prefix in folders.items()
        for path in TURTLE
        if path.is_relative_to(folder)
    }
    known = typed | versions | graphs | set(prefixes.values()) | {f"{BASE}graph/entailed"}
    used = {
        (name, path.name)
        for path in [*TURTLE, *RULES, *QUESTIONS]
        for name in list_names(path)
        if name.startswith(BASE)
    }
    assert len(used) > 2000
    assert sorted(pair for pair in used if pair[0] not in known) == []


def test_terms_and_things_are_kept_apart(ontology: Graph) -> None:
    """The data speak of things alone, and the ontology of none."""
    for path in DATA:
        subjects = set(read_graph(path).subjects())
        assert {s for s in subjects if not begins(s, f"{BASE}id/")} == set(), path.name
    assert {s for s in ontology.subjects() if begins(s, f"{BASE}id/")} == set()


def test_each_term_is_declared_once() -> None:
    places = Counter(
        name for path in ONTOLOGY for name in set(read_graph(path).subjects(RDF.type, None))
    )
    assert len(places) > 300
    assert [name for name, count in places.items() if count > 1] == []


def test_borrowed_words_are_declared_and_said_to_be_borrowed(ontology: Graph) -> None:
    used: set[tuple[Node, str]] = set()
    for path in [*ONTOLOGY, *DATA]:
        graph = read_graph(path)
        used |= {(predicate, path.name) for predicate in graph.predicates()}
        used |= {(c, path.name) for p in TO_CLASS for c in graph.objects(None, p)}
    borrowed = {
        (word, where)
        for word, where in used
        if isinstance(word, URIRef) and not begins(word, BASE, *BUILT_IN)
    }
    assert len({word for word, _ in borrowed}) > 20
    of_kind = {word for kind in KINDS for word in ontology.subjects(RDF.type, kind)}
    assert sorted(pair for pair in borrowed if pair[0] not in of_kind) == []
    for word in set(ontology.subjects(RDF.type)):
        if isinstance(word, URIRef) and not begins(word, BASE):
            (source,) = ontology.objects(word, RDFS.isDefinedBy)
            assert begins(word, str(source)), (word, source)


def test_own_words_are_defined_by_the_module_they_stand_in() -> None:
    count = 0
    for path in ONTOLOGY:
        graph = read_graph(path)
        (header,) = graph.subjects(RDF.type, OWL.Ontology)
        for term in list_own_terms(graph):
            assert list(graph.objects(term, RDFS.isDefinedBy)) == [header], term
            count += 1
    assert count > 200


def test_a_property_is_of_one_kind(ontology: Graph) -> None:
    properties = {s for kind in PROPERTY_KINDS for s in ontology.subjects(RDF.type, kind)}
    assert len(properties) > 60
    for name in properties:
        assert len(set(PROPERTY_KINDS) & set(ontology.objects(name, RDF.type))) == 1, name
    assert properties.isdisjoint(ontology.subjects(RDF.type, OWL.Class))


def test_nothing_is_imported() -> None:
    assert [path.name for path in TURTLE if (None, OWL.imports, None) in read_graph(path)] == []


def test_matches_stand_in_the_alignments_alone() -> None:
    matches = {SKOS.closeMatch, SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch,
               SKOS.relatedMatch, SKOS.mappingRelation}  # fmt: skip
    found = {
        (path.name, predicate)
        for path in TURTLE
        for predicate in set(read_graph(path).predicates())
        if predicate in matches
    }
    assert found == {("alignments.ttl", SKOS.closeMatch)}
    alignments = read_graph(HOME.ontology / "alignments.ttl")
    assert (SKOS.closeMatch, RDF.type, OWL.AnnotationProperty) in alignments


# Descriptions


def test_each_term_has_one_label_in_both_languages(ontology: Graph) -> None:
    for term in list_own_terms(ontology):
        label, other = RDFS.label, SKOS.prefLabel
        if is_concept(term):
            label, other = other, label
        languages = list_languages(ontology, term, label)
        assert languages == dict.fromkeys(LANGUAGES, 1), (term, languages)
        assert not list(ontology.objects(term, other)), term


def test_each_term_has_one_definition_in_both_languages(ontology: Graph) -> None:
    for term in list_own_terms(ontology):
        languages = list_languages(ontology, term, SKOS.definition)
        assert languages == dict.fromkeys(LANGUAGES, 1), (term, languages)


def test_each_term_has_an_example(ontology: Graph) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    for term in set(list_own_terms(ontology)) - schemes:
        languages = list_languages(ontology, term, SKOS.example)
        assert languages, term
        assert None not in languages, term


def test_each_code_stands_in_the_scheme_of_its_name(ontology: Graph) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    concepts = [term for term in list_own_terms(ontology) if is_concept(term)]
    assert len(schemes) >= 9
    for concept in set(concepts) - schemes:
        (scheme,) = ontology.objects(concept, SKOS.inScheme)
        assert scheme in schemes, concept
        assert str(scheme) == concept.rpartition("/")[0], concept


def test_each_theme_says_what_it_is_not(ontology: Graph) -> None:
    for theme in list_themes(ontology):
        languages = list_languages(ontology, theme, SKOS.scopeNote)
        assert languages == dict.fromkeys(LANGUAGES, 1), (theme, languages)
        for note in ontology.objects(theme, SKOS.scopeNote):
            assert re.search(r"\bnot?\b|不|非", str(note), re.I), (theme, note)


def test_each_theme_names_a_goal_of_sustainable_development(ontology: Graph) -> None:
    for theme in list_themes(ontology):
        goals = list(ontology.objects(theme, CDP.contributesTo))
        assert goals, theme
        assert [goal for goal in goals if not GOAL.fullmatch(str(goal))] == [], theme


# Headers


@pytest.mark.parametrize("path", [*ONTOLOGY, *SHAPES], ids=lambda path: path.name)
def test_each_module_has_a_full_header(path: Path) -> None:
    graph = read_graph(path)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    for predicate in (DCTERMS.title, DCTERMS.description):
        languages = list_languages(graph, header, predicate)
        assert languages == dict.fromkeys(LANGUAGES, 1), (predicate, languages)
    for predicate in (DCTERMS.license, DCTERMS.creator, DCTERMS.created):
        (value,) = graph.objects(header, predicate)
        assert str(value).strip(), predicate
    assert isinstance(graph.value(header, DCTERMS.license), URIRef)
    created = graph.value(header, DCTERMS.created)
    assert isinstance(created, Literal)
    assert created.datatype == XSD.date


@pytest.mark.parametrize("path", [*ONTOLOGY, *SHAPES], ids=lambda path: path.name)
def test_the_preferred_prefix_is_a_declared_one(path: Path, prefixes: dict[str, str]) -> None:
    """That of the module, and that of a scheme in it that names one."""
    graph = read_graph(path)
    subjects = set(graph.subjects(VANN.preferredNamespacePrefix))
    assert subjects >= set(graph.subjects(RDF.type, OWL.Ontology))
    for subject in subjects:
        (prefix,) = graph.objects(subject, VANN.preferredNamespacePrefix)
        (namespace,) = graph.objects(subject, VANN.preferredNamespaceUri)
        assert prefixes.get(str(prefix)) == str(namespace), subject


@pytest.mark.parametrize("path", [*ONTOLOGY, *SHAPES], ids=lambda path: path.name)
def test_the_version_is_that_of_the_package(path: Path) -> None:
    with (HOME.root / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    graph = read_graph(path)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert list(graph.objects(header, OWL.versionInfo)) == [Literal(version)]
    assert list(graph.objects(header, OWL.versionIRI)) == [URIRef(f"{header}/{version}")]


def test_the_ontology_says_how_it_is_cited() -> None:
    with (HOME.root / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    graph = read_graph(HOME.ontology / "cdp.ttl")
    (citation,) = graph.objects(URIRef(f"{BASE}ontology"), DCTERMS.bibliographicCitation)
    assert f"version {version}." in str(citation)
    assert f"{BASE}ontology" in str(citation)
