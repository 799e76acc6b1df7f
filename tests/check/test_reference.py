"""pySHACL as the reference: equal results on faulty data, differences, and its failures."""

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.check import check_files
from kg.check.components import COMPONENTS, Constraint, Context
from kg.check.index import StatementIndex
from kg.check.reference import compare_results, validate_with_pyshacl
from kg.check.shapes import ShapeCompiler
from kg.check.validation import Result
from kg.errors import KgError
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home
from kg.names import Term, read_names, text
from kg.turtle import list_files, parse_file
from kg.xsd import INTEGERS, XSD

Compile = Callable[[str, StatementIndex], ShapeCompiler]
Index = Callable[[str], StatementIndex]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
SYNTHESIZE = Path(__file__).parents[1] / "bench" / "synthesize.py"
HEADER = """\
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX cdps: <https://w3id.org/cdp/shapes#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
FAULTS_A_KIND = 8
ALL = "KG_ALL_MUTANTS" in os.environ
END = "https://w3id.org/cdp/shapes#TextPositionSelector-end-datatype"


# --- the same results -------------------------------------------------------------------------


def read_shapes(home: Home, index: StatementIndex) -> ShapeCompiler:
    """Return the shapes of a home for an index of data."""
    compiler = ShapeCompiler(index, read_names(home))
    data = list_files(home)
    compiler.add(
        chain.from_iterable(parse_file(f) for f in list_files(home, shapes=True) if f not in data)
    )
    return compiler


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> LocalGraph:
    """The data of two cities, a synthetic one, and of all with KG_ALL_MUTANTS=1; entailments."""
    root, own = tmp_path_factory.mktemp("cities"), find_home()
    for folder in (own.ontology, own.queries):
        shutil.copytree(folder, root / folder.name)
    command = [sys.executable, str(SYNTHESIZE), str(root / "data"), "--cities", "1"]
    subprocess.run(command, check=True, timeout=600)
    shutil.copytree(own.data, root / "data", dirs_exist_ok=True)
    for path in () if ALL else (root / "data" / "roundup-2021").glob("*.ttl"):
        if path.stem not in ("changsha", "source", "wuhan"):
            path.unlink()
    return load_graph(Home(root))


def change_literal(literal: Literal, kind: str) -> Term | None:
    """Return a literal with a fault of a kind, or None if that makes no sense."""
    value, datatype, language = literal.value, literal.datatype, literal.language
    is_integer = datatype.value.removeprefix(XSD) in INTEGERS
    changed: dict[str, Term | None] = {
        "other datatype": Literal(value, datatype=NamedNode(f"{XSD}token")),
        "integer with zeros": Literal(f"00{value}", datatype=datatype) if is_integer else None,
        "negative": Literal(f"-{value}", datatype=datatype) if is_integer else None,
        "ill-formed": Literal("five", datatype=datatype) if not language else None,
        "integer of Python": Literal(f"{value}_0", datatype=datatype) if is_integer else None,
        "year": Literal("9120", datatype=NamedNode(f"{XSD}gYear")) if is_integer else None,
        "blanks around": Literal(f" {value} ", datatype=datatype) if is_integer else None,
        "other language": Literal(value, language="fr") if language else None,
        "region": Literal(value, language=f"{language}-CN") if language else None,
        "no language": Literal(value) if language else None,
        "line end": Literal(f"{value}\n", language=language) if language else None,
        "space before": Literal(f" {value}", language=language) if language else None,
        "wide space": Literal(f"{value}　", language=language) if language else None,
        "long": Literal(f"{value}{'𠀀' * 121}", language=language) if language else None,
        "short": Literal("x", language=language) if language else None,
    }
    return changed[kind]


LITERAL_KINDS = (
    "other datatype", "integer with zeros", "negative", "ill-formed", "integer of Python", "year",
    "blanks around", "other language", "region", "no language", "line end", "space before",
    "wide space", "long", "short",
)  # fmt: skip
NODE_KINDS = ("dropped", "other node", "literal", "blank node", "another", "nothing known")


def make_faults(quads: list[Quad], seed: int) -> Iterator[tuple[str, Quad, Term | None]]:
    """Yield faults of each kind: a statement, and the object that replaces its own."""
    choose = random.Random(seed)
    nodes = sorted({q.subject for q in quads if isinstance(q.subject, NamedNode)}, key=str)
    literals = [quad for quad in quads if isinstance(quad.object, Literal)]
    links = [quad for quad in quads if isinstance(quad.object, NamedNode)]
    for kind in LITERAL_KINDS:
        found = 0
        while found < FAULTS_A_KIND:
            quad = choose.choice(literals)
            assert isinstance(quad.object, Literal)
            changed = change_literal(quad.object, kind)
            if changed is not None:
                found += 1
                yield kind, quad, changed
    for kind in NODE_KINDS:
        for quad in choose.sample(links, FAULTS_A_KIND):
            values: dict[str, Term | None] = {
                "dropped": None,
                "other node": choose.choice(nodes),
                "literal": Literal(text(quad.object)),
                "blank node": BlankNode(),
                "another": choose.choice(nodes),
                "nothing known": NamedNode("https://example.org/nothing"),
            }
            yield kind, quad, values[kind]


def break_graph(graph: LocalGraph, seed: int) -> tuple[StatementIndex, dict[Term, set[str]]]:
    """Return the graph with faults, and the kinds of faults by node."""
    names = graph.names
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    data = [file for file in list_files(graph.home) if graph.home.data in file.path.parents]
    quads = list(chain.from_iterable(map(parse_file, data)))
    for file in list_files(graph.home):
        index.add(parse_file(file))
    index.add(graph.memory.list_added())
    broken: dict[Term, set[str]] = defaultdict(set)
    for kind, quad, value in make_faults(quads, seed):
        triple = Triple(quad.subject, quad.predicate, quad.object)
        if quad.object not in index.objects(quad.predicate).get(quad.subject, []):
            continue  # it has another fault already
        if kind != "another":
            index.remove([triple])
        if value is not None:
            index.add([Triple(quad.subject, quad.predicate, value)])
        broken[quad.subject].add(kind)
    return index, broken


# The differences of pySHACL: the components whose results it lacks, and those that it has alone,
# by the kind of fault. It compares what is ill-formed or cannot be compared, and it reads integers
# and the $ of a pattern as Python does. Of language tags it compares the first part.
ORDER = {"lessThan", "lessThanOrEquals"}
LACKS = {
    "integer of Python": {*ORDER, "datatype", "minInclusive", "maxInclusive"},
    "year": {*ORDER, "minInclusive", "maxInclusive"},
    "ill-formed": ORDER,
    "negative": ORDER,
    "other datatype": ORDER,
    "line end": {"pattern"},
}
HAS_ALONE = {"region": {"languageIn", "qualifiedMinCount", "or", "not"}}


def is_known(result: Result, broken: dict[Term, set[str]], allowed: dict[str, set[str]]) -> bool:
    """Return whether a result that one validator lacks is due to a fault of a kind."""
    nodes = [result.focus, *([result.value] if result.value is not None else [])]
    return any(
        result.component in allowed.get(kind, ()) for node in nodes for kind in broken.get(node, ())
    )


def find_differences(graph: LocalGraph, seed: int) -> tuple[int, Counter[str], list[Result]]:
    """Validate a graph with faults; return the number of results, and the differences.

    Differences of a known kind are counted, the others are listed.
    """
    index, broken = break_graph(graph, seed)
    compiler = read_shapes(graph.home, index)
    ours = list(compiler.validate())
    theirs = validate_with_pyshacl(index, compiler.list_triples())

    def key(result: Result) -> tuple[object, ...]:
        return result.focus, result.path, result.shape, result.component, result.severity

    known: Counter[str] = Counter()
    others = []
    for name, mine, other, allowed in (
        ("kg", ours, theirs, LACKS),
        ("pySHACL", theirs, ours, HAS_ALONE),
    ):
        more = Counter(map(key, mine)) - Counter(map(key, other))
        for result in mine:
            if more[key(result)] and is_known(result, broken, allowed):
                known[f"{name} {result.component}"] += 1
            elif more[key(result)]:
                others.append(result)
    return len(ours), known, others


@pytest.mark.slow
def test_data_with_faults_have_the_results_of_pyshacl(cities: LocalGraph) -> None:
    count, known, others = find_differences(cities, seed=1)
    assert others == []
    assert count > 100
    assert {"kg datatype", "kg pattern", "pySHACL languageIn"} <= set(known)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 4 if ALL else 3))
def test_other_faults_have_the_results_of_pyshacl(seed: int, cities: LocalGraph) -> None:
    count, _, others = find_differences(cities, seed)
    assert others == []
    assert count > 100


# --- kg check --reference -----------------------------------------------------------------------


@pytest.fixture
def shapes(small: Home) -> Path:
    """The path of a file of shapes in a sound home, without any."""
    return small.ontology / "shapes" / "own.ttl"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_command_says_that_the_results_are_the_same(small: Home, run: Run) -> None:
    replace(
        small.data / "town" / "suzhou.ttl", "a cdp:Platform ;", "a cdp:Platform ; cdp:title 5 ;"
    )
    done = run("check", "--reference", home=small, code=1)
    (count,) = re.findall(r"pySHACL has the same (\d+) results?\.", done.stdout)
    assert int(count) >= 1
    assert done.stderr == ""
    assert "pySHACL" not in run("check", home=small, code=1).stdout


@pytest.mark.slow
def test_difference_is_reported_if_pyshacl_is_wrong(small: Home) -> None:
    # Python reads 11_5 as an integer; XSD does not.
    replace(small.data / "town" / "source.ttl", 'oa:end "115"', 'oa:end "11_5"')
    notes = check_files(small, reference=True).notes
    assert any(note.startswith(f"only kg: <{END}>") for note in notes)
    assert not any(note.startswith("only pySHACL") for note in notes)


@pytest.mark.slow
def test_difference_is_reported_if_kg_is_wrong(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_nothing(context: Context, parameter: Term) -> Constraint:
        return lambda focus, values: ()

    monkeypatch.setitem(COMPONENTS, "datatype", make_nothing)
    replace(
        small.data / "town" / "source.ttl", 'oa:end "115"^^xsd:nonNegativeInteger', "oa:end 115"
    )
    notes = check_files(small, reference=True).notes
    assert [note.partition(" sh:")[0] for note in notes] == [f"only pySHACL: <{END}>"]


def test_number_of_equal_results_is_compared(compile_shapes: Compile, make_index: Index) -> None:
    data = make_index('e:a e:p "x"@en, "y"@en, "z"@fr, "u"@fr .')
    compiler = compile_shapes("e:S sh:targetNode e:a ; sh:path e:p ; sh:uniqueLang true .", data)
    results = list(compiler.validate())
    assert compare_results(results, validate_with_pyshacl(data, compiler.list_triples())) == []
    assert len(compare_results(results[:1], results)) == 1
    (line,) = compare_results(results, results[1:], "zh-Hans")
    assert line.startswith("只有 kg 得出：")


# --- shapes beyond the subset --------------------------------------------------------------------

BEYOND = """
cdps:Own-closed a sh:NodeShape ; sh:targetClass cdp:Target ; sh:closed true ;
  sh:message "Something else."@en, "其他。"@zh-Hans .
cdps:Own-class a sh:NodeShape ; sh:targetClass cdp:Target ; sh:class cdp:City ;
  sh:message "Not a city."@en .
"""


def test_shapes_beyond_the_subset_are_validated_by_pyshacl(small: Home, shapes: Path) -> None:
    shapes.write_text(HEADER + BEYOND, "utf-8")
    report = check_files(small)
    assert report.notes == ["cdps:Own-closed: validated by pySHACL, because of sh:closed."]
    found = Counter(finding.check for finding in report.findings)
    assert found["cdps:Own-class"] == 1
    assert found["cdps:Own-closed"] > 1
    assert set(found) == {"cdps:Own-closed", "cdps:Own-class"}
    # The finding is at the statement.
    lines = (small.data / "town" / "suzhou.ttl").read_text("utf-8").splitlines()
    found_at = {lines[f.line - 1].strip() for f in report.findings if f.check == "cdps:Own-closed"}
    assert any(line.startswith("cdp:deadlineYear") for line in found_at)


@pytest.mark.slow
def test_blank_nodes_keep_their_names(compile_shapes: Compile, make_index: Index) -> None:
    data = make_index("[] a e:C ; e:p [] .")
    compiler = compile_shapes("e:S sh:targetClass e:C ; sh:path e:p ; sh:in () .", data)
    (ours,) = compiler.validate()
    (theirs,) = validate_with_pyshacl(data, compiler.list_triples())
    assert (ours.focus, ours.value) == (theirs.focus, theirs.value)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ('sh:sparql [ sh:select "SELEKT" ]', "ParseException|Expected"),
        ('sh:sparql [ sh:select "SELECT $this { GRAPH ?g { $this ?p ?o } }" ]', "dataset"),
        ('sh:sparql [ sh:select "SELECT $this { SERVICE <e:g> { ?s ?p ?o } }" ]', "SERVICE"),
    ],
)
def test_failure_of_pyshacl_is_a_finding(
    shape: str, message: str, small: Home, shapes: Path, run: Run
) -> None:
    shapes.write_text(f"{HEADER}cdps:Own\n  sh:targetClass cdp:City ; {shape} .", "utf-8")
    done = run("check", home=small, code=1)
    assert done.stderr == ""
    (line,) = [line for line in done.stdout.splitlines() if line.endswith(" [shape]")]
    assert re.match(rf"{re.escape(str(shapes))}:\d: violation: cdps:Own: pySHACL, which", line)
    assert re.search(message, line), line


@pytest.mark.slow
def test_expression_that_keeps_pyshacl_busy_ends(
    compile_shapes: Compile, make_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.check.reference.SECONDS", 2)
    data = make_index(f'e:a e:p "{"a" * 60}" .')
    shapes = 'e:S sh:targetNode e:a ; sh:path e:p ; sh:pattern "^(.+)+~$" .'
    compiler = compile_shapes(shapes, data)
    assert len(list(compiler.validate())) == 1
    with pytest.raises(KgError, match="no result after 2 seconds of processor time"):
        validate_with_pyshacl(data, compiler.list_triples())


@pytest.mark.slow
def test_noise_of_libraries_is_not_printed(
    compile_shapes: Compile, make_index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    # rdflib logs a traceback for the first literal, and warns of the second.
    data = make_index('e:a e:p "2021-99-99"^^xsd:date, "maybe"^^xsd:boolean .')
    compiler = compile_shapes("e:S sh:targetNode e:a ; sh:path e:p ; sh:datatype xsd:date .", data)
    assert len(validate_with_pyshacl(data, compiler.list_triples())) == 2
    assert capfd.readouterr() == ("", "")
