"""The build: checked, all or nothing, and reproducible."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.ask.parameters import needs_value
from kg.ask.question import list_questions
from kg.build import CATALOG_FILE, DUMP, Build, build_folder
from kg.catalog import CRATE_FILE
from kg.check import STEPS
from kg.dumps import export_rdf
from kg.files import MANIFEST
from kg.home import Home
from kg.names import read_names
from kg.turtle import list_files

pytestmark = pytest.mark.xdist_group("build")
Interrupt = Callable[[list[str | Path]], tuple[int, str, str]]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
TAGS = {"en", "zh-Hans", "zh-Hant"}


def read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def out(built: tuple[Build, Path]) -> Path:
    return built[1]


@pytest.fixture(scope="module")
def build(built: tuple[Build, Path]) -> Build:
    return built[0]


def break_home(home: Home) -> None:
    path = home.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8").replace("cdp:hasVoice voice:document ;", "", 1)
    path.write_text(text, "utf-8")


def test_writes_the_dump_and_all_answers(build: Build, out: Path, untouched: Home) -> None:
    asked = [q for q in list_questions(untouched) if not needs_value(untouched, q)]
    names = [question.name for question in asked]
    assert len(names) >= 24
    wanted = {
        DUMP,
        CATALOG_FILE,
        CRATE_FILE,
        *(f"answers/{name}.{form}" for name in names for form in ("csv", "md")),
    }
    assert set(read_tree(out)) == wanted | {MANIFEST}
    assert {path.relative_to(out).as_posix() for path in build.files} == wanted
    assert build.report.findings == []


def test_main_answers_are_those_of_questions_with_that_tag(build: Build, untouched: Home) -> None:
    tagged = [q.name for q in list_questions(untouched) if "main" in q.header["tags"]]
    assert [question.name for question, _ in build.main_answers] == tagged
    assert len(tagged) == 3


def test_answers_as_csv_and_markdown(build: Build, out: Path) -> None:
    with (out / "answers" / "goals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert any("target/suzhou-test-reach" in cell for row in rows for cell in row)
    markdown = (out / "answers" / "goals.md").read_text("utf-8").splitlines()
    assert len(markdown) == len(rows) + 1
    assert markdown[1].startswith("| --- |")


def test_two_builds_have_the_same_bytes(
    build: Build, out: Path, untouched: Home, run: Run, tmp_path: Path
) -> None:
    done = run("build", "--output", tmp_path / "again", home=untouched, PYTHONHASHSEED="1")
    assert done.returncode == 0
    assert read_tree(tmp_path / "again") == read_tree(out)


def test_dump_has_all_statements_sorted(build: Build, out: Path, untouched: Home) -> None:
    text = (out / DUMP).read_text("utf-8")
    export_rdf(untouched, str(out.parent / "x.nq"))
    assert text == (out.parent / "x.nq").read_text("utf-8")
    lines = text.split("\n")
    assert lines[-1] == ""
    assert lines[:-1] == sorted(set(lines[:-1]))
    graphs = {quad.graph_name for quad in parse(text, RdfFormat.N_QUADS)}
    made = [read_names(untouched).expand(f"graph:{name}") for name in ("entailed", "catalog")]
    assert graphs == {NamedNode(iri) for iri in (*(f.graph for f in list_files(untouched)), *made)}


def test_dump_has_language_tags_as_declared(build: Build, out: Path) -> None:
    text = (out / DUMP).read_text("utf-8")
    tags = re.findall(r'"@([A-Za-z0-9-]+) <[^"]*> \.$', text, re.M)
    assert len(tags) > 500
    assert set(tags) <= TAGS
    assert {"en", "zh-Hans"} <= set(tags)


@pytest.mark.slow
def test_dump_read_by_rdflib_equals_the_files(build: Build, out: Path, untouched: Home) -> None:
    statements: dict[str, list[str]] = {}
    for line in (out / DUMP).read_text("utf-8").split("\n")[1:-1]:
        triple, _, graph = line.removesuffix("> .").rpartition(" <")
        statements.setdefault(graph, []).append(f"{triple} .")
    catalog = read_names(untouched).expand("graph:catalog")
    assert len(statements.pop(catalog)) > 100
    assert sum(map(len, statements.values())) == len(build.graph.memory)
    for file in list_files(untouched):
        ours = rdflib.Graph().parse(data="\n".join(statements[file.graph]), format="nt")
        theirs = rdflib.Graph().parse(file.path, format="turtle", publicID=file.graph)
        assert len(ours) == len(theirs)
        plain = {t for t in theirs if not any(isinstance(x, rdflib.BNode) for x in t)}
        assert plain <= set(ours)


def test_violation_keeps_the_old_files(small: Home, tmp_path: Path, run: Run) -> None:
    break_home(small)
    out = tmp_path / "out"
    out.mkdir()
    (out / DUMP).write_bytes(b"old")
    done = run("build", "--output", out, home=small, code=1)
    assert done.stdout == ""
    assert re.search(r"^kg: .*suzhou\.ttl:\d+: violation: ", done.stderr)
    assert "Nothing was written: the data must pass `kg check` first." in done.stderr
    assert read_tree(out) == {DUMP: b"old"}


def test_unwritable_folder_is_an_error(untouched: Home, tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("mine")
    done = run("build", "-o", tmp_path / "file" / "out", home=untouched, code=1)
    assert re.search(r"kg: .*file/out.*: cannot be written \(Not a directory\)", done.stderr)
    assert read_tree(tmp_path) == {"file": b"mine"}


def test_interrupted_build_keeps_the_old_files(
    small: Home, tmp_path: Path, interrupt: Interrupt
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / DUMP).write_text("old")
    # A check that never ends, so that the interrupt surely comes in between.
    endless = "SELECT ?node { ?node ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c = ?i && ?a) }"
    header = "#+ summary:\n#+   en: endless\n#+ severity: violation\n#+ message:\n#+   en: x\n"
    (small.queries / "must-be-empty" / "a.rq").write_text(header + endless, "utf-8")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "kg",
        "--home",
        small.root,
        "build",
        "-o",
        out,
    ]
    code, _, err = interrupt(command)
    assert (code, err.split()) == (130, ["kg:", "interrupted"])
    assert read_tree(out) == {DUMP: b"old"}


def test_interrupt_during_the_check_writes_nothing(untouched: Home, tmp_path: Path) -> None:
    def interrupt(step: str) -> None:
        if step == STEPS[-1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_folder(untouched, tmp_path / "out", progress=interrupt)
    assert read_tree(tmp_path) == {}
