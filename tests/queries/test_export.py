"""`kg export queries`: others read the files by their conventions, and get the rows of `kg ask`."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, parse
from rdflib.namespace import RDF, RDFS, SH

from kg.ask import (
    Question,
    ask_question,
    bind_question,
    find_question,
    list_questions,
    needs_value,
    read_parameters,
)
from kg.errors import KgError
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home
from kg.queries import DEFAULT_ENDPOINT, export_queries
from kg.queries.grlc import SUFFIXES
from kg.store import Result, Rows
from kg.store.engine import collect_result

HOME = find_home()
HERE = Path(__file__).parent
CASES: Mapping[str, Mapping[str, Mapping[str, object]]] = tomllib.loads(
    (HERE.parent / "answers" / "parameters.toml").read_text("utf-8")
)
TARGET = rdflib.URIRef("https://schema.org/target")
# Only kg looks for other spellings of a text.
SPELLINGS = {"５g": "5G", "aIoT": "AIoT"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("queries")
    done = export_queries(HOME, target)
    assert done.questions == len(list_questions(HOME)) >= 37
    assert done.examples == len(list((target / "sparql-examples" / "cdp").iterdir())) > 90
    return target


@pytest.fixture(scope="module")
def graph() -> LocalGraph:
    return load_graph(HOME)


@pytest.fixture(scope="module")
def dump(graph: LocalGraph) -> Store:
    """The complete dump in another store, whose default graph is the union of its graphs."""
    store = Store()
    store.extend(parse(graph.memory.dump(), RdfFormat.N_QUADS))
    return store


@pytest.fixture(scope="module")
def examples(folder: Path) -> dict[str, rdflib.Graph]:
    files = sorted((folder / "sparql-examples" / "cdp").glob("*.ttl"))
    return {path.stem: rdflib.Graph().parse(path) for path in files}


def ask(graph: LocalGraph, question: Question, values: Mapping[str, object]) -> Result:
    return ask_question(graph, question, "en", bind_question(graph, question, values))


def run(store: Store, query: str) -> Result:
    return collect_result(store.query(query, use_default_graph_as_union=True))


def assert_same(theirs: Result, ours: Result, where: object) -> None:
    if isinstance(ours, Rows):
        assert isinstance(theirs, Rows)
        assert (theirs.variables, theirs.rows) == (ours.variables, ours.rows), where
    else:
        assert isinstance(ours, list) and isinstance(theirs, list)
        assert set(theirs) == set(ours), where


def read_query(example: rdflib.Graph) -> str:
    (query,) = [*example.objects(None, SH.select), *example.objects(None, SH.construct)]
    return str(query)


def list_values(name: str) -> tuple[Question, dict[str, object]]:
    """Return the question of an example, and the values that its name stands for."""
    question = max(
        (q for q in list_questions(HOME) if f"{name}-".startswith(f"{q.name}-")),
        key=lambda q: len(q.name),
    )
    chosen = name.removeprefix(question.name).removeprefix("-")
    parameters = read_parameters(HOME, question).values()
    return question, {p.name: p.sample for p in parameters if p.required or p.name == chosen}


@pytest.mark.slow
def test_examples_follow_the_shapes_of_sib(
    folder: Path, examples: Mapping[str, rdflib.Graph]
) -> None:
    shapes = rdflib.Graph().parse(HERE / "spex.ttl")
    together = rdflib.Graph()
    for example in examples.values():
        together += example
    conforms, _, report = pyshacl.validate(together, shacl_graph=shapes, advanced=True)
    assert conforms, report
    assert {str(target) for target in together.objects(None, TARGET)} == {DEFAULT_ENDPOINT}
    prefixes = rdflib.Graph().parse(folder / "sparql-examples" / "prefixes.ttl")
    assert (
        len(list(prefixes.objects(None, SH.prefix)))
        == len(list(prefixes.objects(None, SH.namespace)))
        >= 50
    )
    # The shapes see what they are about.
    node = next(together.subjects(RDF.type, SH.SPARQLExecutable))
    for lost in ((node, RDFS.comment, None), (node, TARGET, None)):
        broken = rdflib.Graph() + together
        broken.remove(lost)
        assert not pyshacl.validate(broken, shacl_graph=shapes, advanced=True)[0]


def test_each_example_is_one_query_in_one_file(examples: Mapping[str, rdflib.Graph]) -> None:
    for name, example in examples.items():
        (node,) = example.subjects(RDF.type, SH.SPARQLExecutable)
        assert str(node) == f"https://w3id.org/cdp/query/{name}"
        comments = {
            text.language: str(text)
            for text in example.objects(node, RDFS.comment)
            if isinstance(text, rdflib.Literal) and text.language
        }
        question, values = list_values(name)
        assert set(comments) == {"en", "zh-Hans"}
        for tag, comment in comments.items():
            assert comment.startswith(question.text("summary", tag)), name
        assert all(("(" in comments["en"], "（" in comments["zh-Hans"])) or not values, name


@pytest.mark.slow
def test_examples_have_the_rows_of_kg_ask(
    graph: LocalGraph, dump: Store, examples: Mapping[str, rdflib.Graph]
) -> None:
    for name, example in examples.items():
        question, values = list_values(name)
        if any(p.spellings for p in read_parameters(HOME, question).values()):
            # The example in the file has the spellings of its value in the labels.
            assert '"data"' in read_query(example)
        assert_same(run(dump, read_query(example)), ask(graph, question, values), name)


@pytest.mark.slow
def test_examples_run_in_rdflib(
    graph: LocalGraph, dump: Store, examples: Mapping[str, rdflib.Graph]
) -> None:
    other = rdflib.Graph()
    triples = {quad.triple for quad in dump}
    other.parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    names = [
        name
        for name in examples
        if name.endswith("-city") or needs_value(HOME, list_values(name)[0])
    ]
    assert len(names) > 30
    # The questions themselves run in rdflib in tests/ask/test_queries.py.
    for name in names if os.environ.get("KG_ALL_CASES") else names[::3]:
        ours = ask(graph, *list_values(name))
        count = len(ours.rows if isinstance(ours, Rows) else ours)  # type: ignore[arg-type]
        assert len(other.query(read_query(examples[name]))) == count, name


def list_calls(graph: LocalGraph) -> list[tuple[Question, dict[str, str], Mapping[str, object]]]:
    """Return calls: the question, the values as grlc gets them, and those of `kg ask`."""
    calls: list[tuple[Question, dict[str, str], Mapping[str, object]]] = []
    for question in list_questions(HOME):
        parameters = read_parameters(HOME, question)
        cases = [*CASES.get(question.name, {}).values()]
        if not needs_value(HOME, question):
            cases.append({})
        for case in cases:
            values = {n: SPELLINGS.get(str(v), v) for n, v in case.items()}
            terms = bind_question(graph, question, values)
            given = {
                name: re.sub(r'^[<"](.*?)[>"]( "|\^\^|$).*$', r"\1", terms[parameters[name].binds])
                for name in values
            }
            calls.append((question, given, values))
    return calls


@pytest.mark.slow
def test_query_files_for_grlc_follow_its_conventions(
    graph: LocalGraph, folder: Path, dump: Store
) -> None:
    """As its README says: a value takes the place of a variable by its name, and no value none."""
    calls = list_calls(graph)
    for question, given, values in calls:
        query = (folder / "grlc" / f"{question.name}.rq").read_text("utf-8")
        assert "UNDEF" not in re.sub(r"VALUES \((.|\n)*?\n *\}", "", query), question.name
        for name, parameter in read_parameters(HOME, question).items():
            suffix = SUFFIXES.get(parameter.type, "literal")
            variable = f"?{'_' if parameter.required else '__'}{name}_{suffix}"
            assert variable in query, (question.name, variable)
            if name in given:
                forms = {"iri": "<{}>", "integer": '"{}"^^xsd:integer', "literal": '"{}"'}
                query = query.replace(variable, forms[suffix].format(given[name]))
        ours = ask(graph, question, values)
        theirs = run(dump, query)
        if "text" in given and isinstance(ours, Rows) and isinstance(theirs, Rows):
            # kg searches for more spellings.
            assert set(theirs.rows) <= set(ours.rows), question.name
            assert theirs.rows, question.name
        else:
            assert_same(theirs, ours, (question.name, given))
    assert len(calls) > 80


def test_without_a_required_value_a_query_file_for_grlc_has_no_rows(
    folder: Path, dump: Store
) -> None:
    needed = [question for question in list_questions(HOME) if needs_value(HOME, question)]
    assert len(needed) == 5
    for question in needed:
        result = run(dump, (folder / "grlc" / f"{question.name}.rq").read_text("utf-8"))
        assert not (result.rows if isinstance(result, Rows) else result), question.name


@pytest.mark.slow
def test_grlc_reads_its_files(graph: LocalGraph, folder: Path, dump: Store) -> None:
    python = os.environ.get("GRLC")
    if python is None:
        pytest.skip("GRLC does not name a Python with grlc")
    calls = list_calls(graph)
    given = {
        "folder": str(folder / "grlc"),
        "calls": [(f"{question.name}.rq", values) for question, values, _ in calls],
    }
    done = subprocess.run(
        [python, str(HERE / "read_with_grlc.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for question in list_questions(HOME):
        seen = read["queries"][f"{question.name}.rq"]
        assert seen["summary"] == question.text("summary", "en")
        assert seen["description"].startswith(question.text("description", "en").strip())
        assert (seen["method"], seen["endpoint"]) == ("GET", DEFAULT_ENDPOINT)
        assert seen["tags"] == question.header["tags"]
        parameters = read_parameters(HOME, question)
        assert set(seen["parameters"]) == set(parameters), question.name
        for name, parameter in parameters.items():
            found = seen["parameters"][name]
            assert found["required"] == parameter.required, (question.name, name)
            assert found.get("enum", []) == sorted(parameter.values), (question.name, name)
            assert ("default" in found) == parameter.required, (question.name, name)
    for (question, values, ours), query in zip(calls, read["calls"], strict=True):
        if "text" not in values:
            assert_same(run(dump, query), ask(graph, question, ours), (question.name, values))


def test_other_data_have_examples_of_their_own(untouched: Home, tmp_path: Path) -> None:
    """The examples in the headers are things of the round-up."""
    assert export_queries(untouched, tmp_path).questions == len(list_questions(untouched))
    folder = tmp_path / "sparql-examples" / "cdp"
    graph = load_graph(untouched)
    store = Store()
    store.extend(parse(graph.memory.dump(), RdfFormat.N_QUADS))
    for name in ("outline", "evidence", "everything", "compare", "policies-city"):
        query = read_query(rdflib.Graph().parse(folder / f"{name}.ttl"))
        values = set(re.findall(r"VALUES \?\w+ \{ <([^>]*)> \}", query))
        assert values and all(
            any(store.quads_for_pattern(NamedNode(v), None, None)) for v in values
        )
        result = run(store, query)
        if name in ("outline", "everything", "compare"):
            assert result.rows if isinstance(result, Rows) else result, name


def test_endpoint_is_written_into_the_files(untouched: Home, tmp_path: Path) -> None:
    export_queries(untouched, tmp_path, endpoint="https://example.org/sparql")
    turtle = (tmp_path / "sparql-examples" / "cdp" / "targets.ttl").read_text("utf-8")
    assert "schema:target <https://example.org/sparql> ;" in turtle
    query = (tmp_path / "grlc" / "targets.rq").read_text("utf-8")
    assert '#+ endpoint: "https://example.org/sparql"\n' in query


@pytest.mark.parametrize("endpoint", ["", "example.org", "https://a b", "ftp://example.org/"])
def test_endpoint_that_is_no_address_is_an_error(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match="not the address of an endpoint") as caught:
        export_queries(HOME, tmp_path / "new", endpoint=endpoint)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_query_that_is_no_executable_of_shacl_is_an_error(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "internal").symlink_to(HOME.queries / "internal")
    (tmp_path / "queries" / "thing.rq").write_text(
        "#+ summary:\n#+   en: What?\nDESCRIBE <urn:a>\n"
    )
    home = find_home(tmp_path)
    assert find_question(home, "thing")
    with pytest.raises(KgError, match=r"thing\.rq: not SELECT, CONSTRUCT or ASK"):
        export_queries(home, tmp_path / "new")


def test_texts_with_quotes_and_backslashes_stay_as_they_are(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "internal").symlink_to(HOME.queries / "internal")
    query = 'SELECT DISTINCT ?x WHERE { BIND("""a"b\\\\u0041 \\"" c""" AS ?x) }'
    header = "#+ summary:\n#+   en: 'What is \"this\": \\ it?'\n"
    (tmp_path / "queries" / "odd.rq").write_text(f"{header}{query}\n", "utf-8")
    export_queries(find_home(tmp_path), tmp_path / "new")
    example = rdflib.Graph().parse(tmp_path / "new" / "sparql-examples" / "cdp" / "odd.ttl")
    assert read_query(example).strip() == query
    assert NamedNode("https://w3id.org/cdp/query/odd").value in set(map(str, example.subjects()))
    assert 'What is "this": \\ it?' in set(map(str, example.objects(None, RDFS.comment)))
