"""Ontology and data, tested with HermiT, with an OWL RL closure, and with OWLAPI.

They read the triples of the data except those with xsd:date, which is not a datatype of OWL 2; in
the ontology only annotations have such values, and OWL 2 allows any there. HermiT runs in two
ways: from owlready2, which needs only Java, and with ROBOT and OWLAPI, which Maven downloads (see
pom.xml).
"""

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
from rdflib import OWL, Graph, Namespace

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


def find_unsatisfiable(java: list[str], triples: Iterable[Triple], path: Path) -> set[str] | None:
    """Return the unsatisfiable classes without owl:Nothing, or None for inconsistent triples.

    This calls HermiT's command line: owlready2 would also classify the properties, which takes
    four times as long and is not needed here.
    """
    owlready2 = find_spec("owlready2")
    if owlready2 is None or owlready2.origin is None:
        pytest.skip("owlready2, which has HermiT, is not installed")
    jar = Path(owlready2.origin).with_name("hermit") / "HermiT.jar"
    hermit = ["-cp", str(jar), "org.semanticweb.HermiT.cli.CommandLine"]
    options = ["--unsatisfiable", "--no-prefixes"]
    done = run([*java, *hermit, *options, write_view(triples, path).as_uri()])
    if done.returncode == 1 and "InconsistentOntologyException" in done.stderr:
        return None
    assert done.returncode == 0, join_streams(done)
    title, *names = done.stdout.splitlines()
    assert title.startswith("Classes equivalent to "), title
    classes = {name.strip().strip("<>") for name in names}
    assert str(OWL.Nothing) in classes, names
    return classes - {str(OWL.Nothing)}


def test_ontology_and_data_are_consistent_and_each_class_is_satisfiable(
    java: list[str], view: list[Triple], tmp_path: Path
) -> None:
    assert find_unsatisfiable(java, view, tmp_path / "view.nt") == set()


def test_ontology_and_data_are_consistent_beside_skos(
    java: list[str], view: list[Triple], tmp_path: Path
) -> None:
    skos = make_view(read_store([SKOS]))
    assert find_unsatisfiable(java, [*view, *skos], tmp_path / "view.nt") == set()


def test_variants_without_a_fault_are_consistent(
    java: list[str], ontology: list[Triple], tmp_path: Path
) -> None:
    added = [triple for triples in RIGHT.values() for triple in triples]
    assert find_unsatisfiable(java, [*ontology, *added], tmp_path / "right.nt") == set()


@pytest.mark.parametrize("name", WRONG)
def test_inconsistent_variant_is_found(
    java: list[str], name: str, ontology: list[Triple], tmp_path: Path
) -> None:
    assert find_unsatisfiable(java, [*ontology, *WRONG[name]], tmp_path / "wrong.nt") is None


def test_contradiction_in_the_data_is_found(
    java: list[str], view: list[Triple], tmp_path: Path
) -> None:
    kind, wrong = NamedNode(f"{CDP}PolicyDocument"), NamedNode(f"{CDP}PolicyElement")
    document = next(t.subject for t in view if t.predicate == RDF_TYPE and t.object == kind)
    triples = [*view, Triple(document, RDF_TYPE, wrong)]
    assert find_unsatisfiable(java, triples, tmp_path / "wrong.nt") is None


@pytest.mark.parametrize("name", UNSATISFIABLE)
def test_unsatisfiable_class_is_found(
    java: list[str], name: str, ontology: list[Triple], tmp_path: Path
) -> None:
    found = find_unsatisfiable(java, [*ontology, *UNSATISFIABLE[name]], tmp_path / "variant.nt")
    assert found == {f"{THING}Both"}


# --- the OWL RL closure -----------------------------------------------------------------------


def find_closure_errors(triples: Iterable[Triple]) -> list[str]:
    """Return the contradictions in the OWL RL closure of triples."""
    owlrl = pytest.importorskip("owlrl", reason="owlrl is not installed")
    graph = Graph()
    graph.parse(serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(error) for error in graph.objects(None, OWLRL_ERROR))


def test_closure_has_no_error(view: list[Triple]) -> None:
    """Passages and sentences, half of the data, are left out: the closure takes long."""
    parts = ("id/evidence/", "id/segment/")
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
    if shutil.which("javac") is None:
        pytest.skip("javac is not installed: OWLAPI and ROBOT need a Java development kit")
    return fetch_jars(HERE / "pom.xml", "ROBOT")


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


def list_violations(
    java: list[str], triples: Iterable[Triple], classpath: str, folder: Path
) -> list[str]:
    """Return the violations of OWL 2 DL that ROBOT finds in triples.

    Its option --strict must not be used: it ignores, and so accepts, what is not declared.
    """
    given, report = write_view(triples, folder / "view.nt"), folder / "report.txt"
    robot = [*java, "-cp", classpath, "org.obolibrary.robot.CommandLineInterface"]
    command = ["validate-profile", "--profile", "DL", "--input", str(given)]
    done = run([*robot, *command, "--output", str(report)])
    assert report.is_file(), join_streams(done)
    verdict, *violations = report.read_text(encoding="utf-8").strip().splitlines()
    assert verdict.startswith("OWL 2 DL Profile Report: "), verdict
    assert (done.returncode == 0) == (not violations), join_streams(done)
    if not violations:
        assert verdict.endswith("[Ontology and imports closure in profile]"), verdict
        assert " ERROR " not in join_streams(done), join_streams(done)
    return violations


def test_ontology_and_data_are_owl_2_dl(
    java: list[str], view: list[Triple], classpath: str, tmp_path: Path
) -> None:
    assert list_violations(java, view, classpath, tmp_path) == []


@pytest.mark.parametrize("path", ONTOLOGY, ids=lambda path: path.stem)
def test_each_file_is_owl_2_dl_alone(
    java: list[str], path: Path, classpath: str, tmp_path: Path
) -> None:
    triples = [quad.triple for quad in read_store([path])]
    assert list_violations(java, triples, classpath, tmp_path) == []


@pytest.mark.parametrize("added", [[], [SKOS]], ids=["together", "beside SKOS"])
def test_files_are_owl_2_dl(
    java: list[str], added: list[Path], classpath: str, tmp_path: Path
) -> None:
    triples = [quad.triple for quad in read_store([*ONTOLOGY, *added])]
    assert list_violations(java, triples, classpath, tmp_path) == []


def test_variant_outside_owl_2_dl_is_found(
    java: list[str], ontology: list[Triple], classpath: str, tmp_path: Path
) -> None:
    outside = [triple for triples in OUTSIDE.values() for triple in triples]
    violations = list_violations(java, [*ontology, *outside], classpath, tmp_path)
    for name, (triple,) in OUTSIDE.items():
        assert any(str(triple.subject) in line for line in violations), (name, violations)


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
