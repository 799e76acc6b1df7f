"""Apache Jena's riot: each dump is valid and has the statements of the data."""

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from kg.catalog import describe_dataset
from kg.dumps.export import SYNTAXES, export_rdf, list_graphs
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.turtle import list_files, parse_file

HERE = Path(__file__).resolve().parent
MAIN = "riotcmd.riot"
NAMED = {".nq", ".trig"}
# riot does not support Zstandard.
FORMS = (*SYNTAXES, ".nq.gz", ".jsonld.gz")
SECONDS = 600

pytestmark = pytest.mark.slow
Riot = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def riot(java: list[str], fetch_jars: Callable[[Path, str], str]) -> Riot:
    """Return a function that runs riot, which is among Fuseki's jars."""
    jars = fetch_jars(HERE / "fuseki" / "pom.xml", "riot")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*java, "-Xmx1g", "-Dfile.encoding=UTF-8", "-cp", jars, MAIN, *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS)

    return run


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dump in each format."""
    folder = tmp_path_factory.mktemp("dumps")
    for form in FORMS:
        export_rdf(find_home(), str(folder / f"x{form}"))
    return folder


@pytest.fixture(scope="module")
def statements() -> list[Quad]:
    """The statements of the checkout, of its entailments and of its catalogue."""
    home = find_home()
    files = [quad for file in list_files(home) for quad in parse_file(file)]
    graph = load_graph(home)
    catalog = describe_dataset(graph, [g.iri for g in list_graphs(home)[:-1]], complete=True)
    return [*files, *graph.memory.list_added(), *catalog]


@pytest.fixture(scope="module")
def lines(statements: list[Quad]) -> dict[bool, list[str]]:
    """The statements in canonical form, with and without the names of their graphs."""
    return {named: canonicalize(statements, named=named) for named in (True, False)}


def canonicalize(quads: Iterable[Quad], *, named: bool = True) -> list[str]:
    """Return statements as sorted lines, with canonical blank nodes."""
    dataset = Dataset(
        q if named else Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode().split("\n"))


def test_every_dump_is_valid(riot: Riot, dumps: Path) -> None:
    done = riot("--validate", "--strict", *(dumps / f"x{form}" for form in FORMS))
    assert (done.returncode, done.stderr) == (0, "")
    # One line per file, and no warning.
    assert re.findall(r" (INFO|WARN|ERROR) ", done.stdout) == ["INFO"] * len(FORMS)


def test_every_dump_has_as_many_statements(riot: Riot, dumps: Path, statements: list[Quad]) -> None:
    done = riot("--count", *(dumps / f"x{form}" for form in FORMS))
    assert done.returncode == 0
    counts = {
        name: int(count.replace(",", ""))
        for name, count in re.findall(
            r"(x\.[a-z.]+)\s*: \w+\s*=\s*([\d,]+)", done.stdout + done.stderr
        )
    }
    union = {(q.subject, q.predicate, q.object) for q in statements}
    assert len(statements) > 12_000
    assert counts == {
        f"x{form}": len(set(statements) if any(n in form for n in NAMED) else union)
        for form in FORMS
    }


@pytest.mark.parametrize("form", SYNTAXES)
def test_riot_reads_the_statements_of_the_data(
    form: str, riot: Riot, dumps: Path, lines: dict[bool, list[str]]
) -> None:
    """Compressed dumps have been counted: they have the bytes of the others."""
    done = riot("--output=nquads", dumps / f"x{form}")
    assert (done.returncode, done.stderr) == (0, "")
    read = parse(done.stdout.encode("utf-8"), RdfFormat.N_QUADS)
    assert canonicalize(read) == lines[form in NAMED]
    # Numbers and language tags have the forms of the files.
    assert '"80.0"^^<http://www.w3.org/2001/XMLSchema#decimal>' in done.stdout
    assert set(re.findall(r'"@(zh-\w+)', done.stdout)) == {"zh-Hans", "zh-Hant"}


def test_riot_reads_numbers_of_json_unchanged(riot: Riot, tmp_path: Path) -> None:
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(find_home().root / name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text(
        "PREFIX cdp: <https://w3id.org/cdp/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#>"
        " PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
        " <https://e.org/a> cdp:listIndex 0 , -5 , 007 , 9007199254740991 , 9007199254740992 ,"
        " -9007199254740991 , 1000000 ; cdp:openEnded true , false , '1'^^xsd:boolean ;"
        " cdp:targetValue 80.0 , 80 ; oa:start '12'^^xsd:nonNegativeInteger ."
    )
    home = Home(tmp_path)
    export_rdf(home, str(tmp_path / "x.jsonld"), graphs=["a"], without=["catalog"])
    text = (tmp_path / "x.jsonld").read_text("utf-8")
    assert '"9007199254740992"' in text
    assert ", 9007199254740991" in text
    done = riot("--output=nquads", tmp_path / "x.jsonld")
    assert (done.returncode, done.stderr) == (0, "")
    (file,) = (file for file in list_files(home) if file.path.name == "a.ttl")
    wanted = canonicalize(parse_file(file), named=False)
    assert len(wanted) > 13
    assert canonicalize(parse(done.stdout.encode("utf-8"), RdfFormat.N_QUADS)) == wanted


@pytest.mark.parametrize("form", [".nq", ".trig", ".jsonld"])
def test_riot_rejects_an_incomplete_dump(
    form: str, riot: Riot, dumps: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"x{form}"
    path.write_bytes((dumps / f"x{form}").read_bytes()[:-5])
    assert riot("--validate", path).returncode != 0
