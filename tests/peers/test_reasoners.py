"""Ontology and data, tested with HermiT, with an OWL RL closure, and with OWLAPI.

They read the triples of the data except those with xsd:date, which is not a datatype of OWL 2; in
the ontology only annotations have such values, and OWL 2 allows any there. HermiT runs in two
ways: from owlready2, and with ROBOT and OWLAPI, which Maven downloads (see pom.xml). Each program
starts once and answers all questions.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)
from rdflib import Graph, Namespace

from kg.home import Home, find_home

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
HOME = find_home()
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
ANNOTATION = NamedNode("http://www.w3.org/2002/07/owl#AnnotationProperty")
PREF_LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
CDP = "https://w3id.org/cdp/ontology#"
PART_OF, DUE_YEAR, DEADLINE_YEAR, INFERRED = (
    NamedNode(f"{CDP}{name}") for name in ("partOf", "dueYear", "deadlineYear", "inferredProperty")
)
DISPLAY = [NamedNode(f"{CDP}label{tag}") for tag in ("En", "ZhHans", "ZhHant")]
VARIANT = "https://w3id.org/cdp/test/variant/"
THING = "https://w3id.org/cdp/test/thing/"
OWLRL_ERROR = Namespace("http://www.daml.org/2002/03/agents/agent-ont#")["error"]

REASON_SECONDS = 600

ONTOLOGY = sorted(HOME.ontology.glob("*.ttl"))
SKOS = HERE / "skos.ttl"
DUE_YEAR_RULE = HERE / "due-year.ttl"
RULES = sorted((HOME.ontology / "rules").glob("*.rq"))


def read_store(paths: Iterable[Path]) -> Store:
    """Return the triples of Turtle files in one graph."""
    store = Store()
    for path in paths:
        store.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    return store


def make_view(store: Store) -> list[Triple]:
    """Return the triples of a store except those with xsd:date."""
    return [quad.triple for quad in store if not has_date(quad.triple)]


def has_date(triple: Triple) -> bool:
    """Return whether the object of a triple is the datatype xsd:date or a value of it."""
    value = triple.object
    return value == XSD_DATE or (isinstance(value, Literal) and value.datatype == XSD_DATE)


def read_variants(kind: str) -> dict[str, list[Triple]]:
    """Return the graphs of variants.trig whose name starts with a kind, by the rest of the name."""
    variants: dict[str, list[Triple]] = {}
    for quad in parse(path=str(HERE / "variants.trig"), format=RdfFormat.TRIG):
        assert isinstance(quad.graph_name, NamedNode), quad
        name = quad.graph_name.value.removeprefix(VARIANT)
        if name.startswith(f"{kind}-"):
            variants.setdefault(name.removeprefix(f"{kind}-"), []).append(quad.triple)
    return variants


RIGHT, WRONG = read_variants("right"), read_variants("wrong")
UNSATISFIABLE = read_variants("unsatisfiable")
OUTSIDE = read_variants("outside")


def write_view(triples: Iterable[Triple], path: Path) -> Path:
    """Write triples as N-Triples, which all of the programs read; return the path."""
    serialize(triples, output=str(path), format=RdfFormat.N_TRIPLES)
    return path


@pytest.fixture(scope="session")
def everything(roundup: Home) -> Store:
    """The ontology and the seven-city source."""
    return read_store([*ONTOLOGY, *sorted(roundup.data.rglob("*.ttl"))])


@pytest.fixture(scope="session")
def ontology() -> list[Triple]:
    return make_view(read_store(ONTOLOGY))


@pytest.fixture(scope="session")
def view(everything: Store) -> list[Triple]:
    return make_view(everything)


def test_there_is_something_to_test(view: list[Triple]) -> None:
    assert len(ONTOLOGY) >= 6
    assert len(RULES) >= 8
    assert len(view) > 10_000
    assert WRONG.keys() == RIGHT.keys()
    assert len(WRONG) >= 14
    assert len([name for name in WRONG if name.startswith("disjoint-")]) >= 10
    assert len(UNSATISFIABLE) >= 2
    assert len(OUTSIDE) >= 5


# --- HermiT, from owlready2 -------------------------------------------------------------------


@pytest.fixture(scope="session")
def graphs(view: list[Triple], ontology: list[Triple]) -> dict[str, list[Triple]]:
    """What HermiT is asked about, by name."""
    kind, wrong = NamedNode(f"{CDP}PolicyDocument"), NamedNode(f"{CDP}PolicyElement")
    document = next(t.subject for t in view if t.predicate == RDF_TYPE and t.object == kind)
    return {
        "data": view,
        "data and SKOS": [*view, *make_view(read_store([SKOS]))],
        "contradiction": [*view, Triple(document, RDF_TYPE, wrong)],
        "right": [*ontology, *(triple for triples in RIGHT.values() for triple in triples)],
        **{name: [*ontology, *triples] for name, triples in (WRONG | UNSATISFIABLE).items()},
    }


@pytest.fixture(scope="session")
def unsatisfiable(
    java: list[str],
    graphs: dict[str, list[Triple]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, set[str] | None]:
    """The classes of each graph that cannot have members; None if the graph is inconsistent.

    A program of our own asks HermiT: owlready2 would also classify the properties, which takes
    four times as long and is not needed here.
    """
    require_compiler()
    owlready2 = find_spec("owlready2")
    if owlready2 is None or owlready2.origin is None:
        pytest.skip("owlready2, which has HermiT, is not installed")
    jar = Path(owlready2.origin).with_name("hermit") / "HermiT.jar"
    folder = tmp_path_factory.mktemp("hermit")
    files = [write_view(graphs[name], folder / f"{name}.nt") for name in graphs]
    done = run([*java, "-cp", str(jar), str(HERE / "Satisfiable.java"), *map(str, files)])
    assert done.returncode == 0, join_streams(done)
    answers = [line.split() for line in done.stdout.splitlines()]
    assert {verdict for verdict, *_ in answers} <= {"consistent", "inconsistent"}
    return {
        name: set(classes) if verdict == "consistent" else None
        for name, (verdict, *classes) in zip(graphs, answers, strict=True)
    }


Unsatisfiable = dict[str, set[str] | None]


def test_ontology_and_data_are_consistent_and_each_class_is_satisfiable(
    unsatisfiable: Unsatisfiable,
) -> None:
    assert unsatisfiable["data"] == set()


def test_ontology_and_data_are_consistent_beside_skos(unsatisfiable: Unsatisfiable) -> None:
    assert unsatisfiable["data and SKOS"] == set()


def test_variants_without_a_fault_are_consistent(unsatisfiable: Unsatisfiable) -> None:
    assert unsatisfiable["right"] == set()


@pytest.mark.parametrize("name", WRONG)
def test_inconsistent_variant_is_found(name: str, unsatisfiable: Unsatisfiable) -> None:
    assert unsatisfiable[name] is None


def test_contradiction_in_the_data_is_found(unsatisfiable: Unsatisfiable) -> None:
    assert unsatisfiable["contradiction"] is None


@pytest.mark.parametrize("name", UNSATISFIABLE)
def test_unsatisfiable_class_is_found(name: str, unsatisfiable: Unsatisfiable) -> None:
    assert unsatisfiable[name] == {f"{THING}Both"}


# --- the OWL RL closure -----------------------------------------------------------------------


def find_closure_errors(triples: Iterable[Triple]) -> list[str]:
    """Return the contradictions in the OWL RL closure of triples."""
    owlrl = pytest.importorskip("owlrl", reason="owlrl is not installed")
    graph = Graph()
    graph.parse(serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(error) for error in graph.objects(None, OWLRL_ERROR))


def test_closure_has_no_error(view: list[Triple]) -> None:
    """It takes long: with KG_ALL_DATA=1 all cities, otherwise two; never passages and sentences."""
    parts = ["id/evidence/", "id/segment/"]
    if "KG_ALL_DATA" not in os.environ:
        parts += ["/changsha-", "/nanjing-", "/shanghai-", "/shenzhen-", "/suzhou-"]
    chosen = [each for each in view if not any(part in str(each.subject) for part in parts)]
    assert len(view) / 3 < len(chosen) < len(view) * 0.8
    assert find_closure_errors(chosen) == []


def test_closure_finds_members_of_disjoint_classes(ontology: list[Triple]) -> None:
    wrong = {name: triples for name, triples in WRONG.items() if name.startswith("disjoint-")}
    errors = find_closure_errors([*ontology, *(t for triples in wrong.values() for t in triples)])
    for name, triples in wrong.items():
        things = {str(triple.subject) for triple in triples}
        assert any(thing.strip("<>") in error for thing in things for error in errors), name


# --- OWLAPI, with ROBOT -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def classpath(fetch_jars: Callable[[Path, str], str]) -> str:
    """The class path of ROBOT."""
    require_compiler()
    return fetch_jars(HERE / "pom.xml", "ROBOT")


def require_compiler() -> None:
    if shutil.which("javac") is None:
        pytest.skip("javac is not installed: HermiT and ROBOT need a Java development kit")


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Return the result of a command; 1 and the reason if it takes too long."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=REASON_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(
            command, 1, "", f"stopped after {REASON_SECONDS} seconds"
        )


def join_streams(done: subprocess.CompletedProcess[str]) -> str:
    """Return the standard output and error of a command; Java may print a notice to the latter."""
    return f"{done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def violations(
    java: list[str],
    view: list[Triple],
    ontology: list[Triple],
    classpath: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[str]]:
    """The violations of OWL 2 DL that ROBOT finds in the data, ontologies, and faulty variants.

    Its option --strict must not be used: it ignores, and so accepts, what is not declared.
    """
    folder = tmp_path_factory.mktemp("profiles")
    outside = [triple for triples in OUTSIDE.values() for triple in triples]
    files = {path.stem: [quad.triple for quad in read_store([path])] for path in ONTOLOGY}
    every = {
        "data": view,
        "together": [quad.triple for quad in read_store(ONTOLOGY)],
        "beside SKOS": [quad.triple for quad in read_store([*ONTOLOGY, SKOS])],
        "outside": [*ontology, *outside],
        **files,
    }
    pairs = []
    for name, triples in every.items():
        pairs += [str(write_view(triples, folder / f"{name}.nt")), str(folder / f"{name}.txt")]
    done = run([*java, "-cp", classpath, str(HERE / "Profiles.java"), *pairs])
    assert done.returncode == 0, join_streams(done)
    found = {}
    for name, said in zip(every, done.stdout.splitlines(), strict=True):
        verdict, *found[name] = (folder / f"{name}.txt").read_text("utf-8").strip().splitlines()
        assert verdict.startswith("OWL 2 DL Profile Report: "), verdict
        if found[name]:
            assert said.endswith(" violates profile DL"), said
        else:
            assert verdict.endswith("[Ontology and imports closure in profile]"), verdict
            assert said == "right"
    assert " ERROR " not in done.stderr, done.stderr
    return found


def test_ontology_and_data_are_owl_2_dl(violations: dict[str, list[str]]) -> None:
    assert violations["data"] == []


@pytest.mark.parametrize("name", [path.stem for path in ONTOLOGY])
def test_each_file_is_owl_2_dl_alone(name: str, violations: dict[str, list[str]]) -> None:
    assert violations[name] == []


@pytest.mark.parametrize("name", ["together", "beside SKOS"])
def test_files_are_owl_2_dl(name: str, violations: dict[str, list[str]]) -> None:
    assert violations[name] == []


def test_variant_outside_owl_2_dl_is_found(violations: dict[str, list[str]]) -> None:
    found = violations["outside"]
    for name, (triple,) in OUTSIDE.items():
        assert any(str(triple.subject) in line for line in found), (name, found)


# --- the rules --------------------------------------------------------------------------------


def apply_rules(rules: Iterable[Path], everything: Store) -> dict[str, list[Triple]]:
    """Return the triples that each rule adds to a store and the results of the rules before it."""
    store = Store()
    store.extend(everything)
    added: dict[str, list[Triple]] = {}
    for path in rules:
        results = store.query(path.read_text(encoding="utf-8"))
        assert isinstance(results, QueryTriples), path
        quads = {Quad(t.subject, t.predicate, t.object) for t in results}
        added[path.name] = [quad.triple for quad in quads if quad not in store]
        store.extend(quads)
    return added


@pytest.fixture(scope="session")
def added(everything: Store) -> list[Triple]:
    return [triple for triples in apply_rules(RULES, everything).values() for triple in triples]


@pytest.fixture(scope="session")
def annotations(everything: Store) -> set[NamedNode]:
    """The annotation properties, whose triples are never entailed: their rules have own tests."""
    declared = {quad.subject for quad in everything.quads_for_pattern(None, RDF_TYPE, ANNOTATION)}
    return {name for name in declared if isinstance(name, NamedNode)} | {RDFS_LABEL}


@pytest.fixture(scope="session")
def unsound(everything: Store) -> list[Triple]:
    return apply_rules([*RULES, HERE / "unsound.rq"], everything)["unsound.rq"]


@pytest.fixture(scope="session")
def not_entailed(
    java: list[str],
    view: list[Triple],
    added: list[Triple],
    annotations: set[NamedNode],
    unsound: list[Triple],
    classpath: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> set[str]:
    """Return the triples that rules add although ontology and data do not entail them.

    HermiT decides about each triple.
    """
    folder = tmp_path_factory.mktemp("rules")
    asked = [triple for triple in [*added, *unsound] if triple.predicate not in annotations]
    given = write_view([*view, *make_view(read_store([DUE_YEAR_RULE]))], folder / "view.nt")
    wanted = write_view(asked, folder / "wanted.nt")
    program = [*java, "-cp", classpath, str(HERE / "Entailed.java")]
    done = run([*program, str(given), str(wanted)])
    assert done.returncode == 0, join_streams(done)
    *lines, count = done.stdout.strip().splitlines()
    assert int(count) == len(asked)
    return set(lines)


def format_lines(triples: Iterable[Triple]) -> set[str]:
    return {f"{triple} ." for triple in triples}


def test_each_rule_adds_something(everything: Store) -> None:
    added = apply_rules(RULES, everything)
    assert [name for name, triples in added.items() if not triples] == []


def test_rules_add_known_properties(added: list[Triple]) -> None:
    shortcuts = {NamedNode(f"{CDP}appliesTo"), NamedNode(f"{CDP}addressesTheme"), DUE_YEAR}
    texts = {RDFS_LABEL, INFERRED, *DISPLAY}
    assert {triple.predicate for triple in added} == {RDF_TYPE} | shortcuts | texts


def test_triples_that_rules_add_are_entailed(not_entailed: set[str], added: list[Triple]) -> None:
    assert sorted(not_entailed & format_lines(added)) == []


def test_unsound_rule_is_found(not_entailed: set[str], unsound: list[Triple]) -> None:
    predicates = {RDF_TYPE, NamedNode(f"{CDP}addressesTheme"), DUE_YEAR}
    assert {triple.predicate for triple in unsound} == predicates
    assert not_entailed >= format_lines(unsound)


def test_labels_are_the_preferred_labels(view: list[Triple], added: list[Triple]) -> None:
    """The rule about labels adds each preferred label, and no other."""
    labels = {(t.subject, t.object) for t in added if t.predicate == RDFS_LABEL}
    preferred = {(t.subject, t.object) for t in view if t.predicate == PREF_LABEL}
    assert len(preferred) > 100
    assert labels == preferred


def read_values(triples: Iterable[Triple], *predicates: NamedNode) -> dict[object, list[object]]:
    """Return the objects of some predicates by their subjects."""
    values: dict[object, list[object]] = {}
    for triple in triples:
        if triple.predicate in predicates:
            values.setdefault(triple.subject, []).append(triple.object)
    return values


def find_due_years(view: list[Triple]) -> dict[object, set[object]]:
    """Return the years of each element: its own, or those of the nearest dated elements above."""
    wholes, own = read_values(view, PART_OF), read_values(view, DEADLINE_YEAR)
    found: dict[object, set[object]] = {}
    for element in {*wholes, *own}:
        level: set[object] = {element}
        while level and element not in found:
            years = {year for thing in level for year in own.get(thing, [])}
            if years:
                found[element] = years
            level = {whole for thing in level for whole in wholes.get(thing, [])}
    return found


def test_due_years_are_those_of_the_nearest_dated_element(
    view: list[Triple], added: list[Triple]
) -> None:
    found = read_values(added, DUE_YEAR)
    inherited = found.keys() - read_values(view, DEADLINE_YEAR).keys()
    assert len(inherited) >= 5
    assert {element: set(years) for element, years in found.items()} == find_due_years(view)
    assert [element for element, years in found.items() if len(years) > 1] == []


def test_inferred_properties_are_values_that_no_source_states(
    view: list[Triple], added: list[Triple]
) -> None:
    """Themes, goals, firmness, and years of another element; each is named, and nothing else."""
    own = {(t.subject, t.object) for t in view if t.predicate == DEADLINE_YEAR}
    always = {NamedNode(f"{CDP}{name}") for name in ("contributesTo", "hasFirmness", "hasTheme")}
    wanted = {
        (t.subject, t.predicate)
        for t in [*view, *added]
        if t.predicate in always or (t.predicate == DUE_YEAR and (t.subject, t.object) not in own)
    }
    stated = {(t.subject, t.object) for t in view if t.predicate == INFERRED}
    found = {(t.subject, t.object) for t in added if t.predicate == INFERRED}
    assert {name for _, name in found} == {*always, DUE_YEAR}
    assert found == wanted - stated


def test_each_labelled_thing_has_one_of_its_labels_to_display(
    view: list[Triple], added: list[Triple]
) -> None:
    labels = read_values([*view, *added], RDFS_LABEL)
    for display in DISPLAY:
        shown = read_values(added, display)
        assert shown.keys() == labels.keys()
        assert [thing for thing, texts in shown.items() if len(texts) != 1] == []
        assert [
            thing for thing, texts in shown.items() if not set(texts) <= set(labels[thing])
        ] == []
