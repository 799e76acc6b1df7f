"""Findings: each kind, in which file and line, how grave, in both languages and forms.

Everything is broken in a copy of a small home with a made-up article (`tests/small/`).
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib

from kg.check import Finding, Report, check_files, render_report
from kg.check.constraint_queries import find_by_queries
from kg.check.evidence import find_by_source, list_sources_at_hand
from kg.check.finding import Locator
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home
from kg.turtle import LineIndex, TurtleFile, index_lines, list_files

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CHINESE = re.compile("[\u4e00-\u9fff]")
COPIED = "平台先在三个街道试行,再推至全市各区。"

# What is broken, file by file: text and what stands there instead.
BROKEN = {
    "town/suzhou.ttl": [
        ("a cdp:Platform ;", 'a cdp:Platform ;\n    cdp:madeUp "x" ;'),
        ('cdp:title "试验行动计划"@zh-Hans', 'cdp:title "试验行动计划"@zh-hans'),
        ("cdp:deadlineYear 2030", 'cdp:deadlineYear "2030-12"^^xsd:gYearMonth'),
        ("到2030年", "到2029年"),
        ("居民可用的平台。", COPIED),
        ("cdp:deadlineYear", "cdp:openEnded false ;\n    cdp:deadlineYear"),
        ('"16"^^xsd', '"17"^^xsd'),
    ],
    "town/source.ttl": [
        ('oa:end "115"', 'oa:end "114"'),
        ('oa:end "14"', 'oa:end "140"'),
    ],
}
# Which check finds it, of which thing, and the line that has this text.
FOUND = [
    (
        "undeclared-property",
        "initiative:suzhou-test-platform",
        "suzhou",
        "initiative:suzhou-test-platform",
    ),
    ("language-tag", "doc:suzhou-test-plan", "suzhou", "@zh-hans"),
    ("cdps:deadlineYear-datatype", "target:suzhou-test-reach", "suzhou", "cdp:deadlineYear"),
    ("cdps:openEnded-in", "target:suzhou-test-reach", "suzhou", "cdp:openEnded"),
    (
        "deadline-text-of-another-year",
        "target:suzhou-test-reach",
        "suzhou",
        "target:suzhou-test-reach",
    ),
    (
        "evidence-copy",
        "initiative:suzhou-test-platform",
        "suzhou",
        "initiative:suzhou-test-platform",
    ),
    ("evidence-digest", "evidence:town-90-115", "suzhou", "evidence:town-90-115"),
    ("evidence-offsets", "evidence:town-16-53", "suzhou", "evidence:town-16-53"),
    ("evidence-offsets", "evidence:town-0-14", "source", "evidence:town-0-14"),
    ("evidence-segment", "segment:town-0-14", "source", "segment:town-0-14"),
    ("evidence-segment", "segment:town-90-115", "source", "segment:town-90-115"),
    ("evidence-missing", "source:town", "source", "source:town"),
]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def append(path: Path, data: str | bytes) -> int:
    """Add a line to a file and return its number."""
    before = path.read_bytes()
    path.write_bytes(before + (data.encode() if isinstance(data, str) else data) + b"\n")
    return before.count(b"\n") + 1


@pytest.fixture(scope="module")
def broken(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("broken") / "home"
    shutil.copytree(untouched.root, folder)
    for name, changes in BROKEN.items():
        for old, new in changes:
            replace(folder / "data" / name, old, new)
    return Home(folder)


@pytest.fixture(scope="module")
def reports(broken: Home, town: Path) -> dict[str, Report]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(town))
        return {language: check_files(broken, (), language) for language in ("en", "zh-Hans")}


def find_line(path: Path, text: str) -> int:
    """Return the line that is this subject, or that has this text in it."""
    lines = path.read_text("utf-8").splitlines()
    subject = next((n for n, line in enumerate(lines, 1) if line == text), 0)
    return subject or next(n for n, line in enumerate(lines, 1) if text in line)


def strip_numbers(report: Report) -> list[tuple[str, int, str, str, str]]:
    return [(f.path, f.line, f.severity, f.check, f.node) for f in report.findings]


# --- each kind --------------------------------------------------------------------------------


def test_small_home_is_sound(untouched: Home, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    report = check_files(untouched)
    assert report.findings == []
    assert report.sources == [("source:town", True)]
    assert [(c.city, c.sentences, c.covered) for c in report.coverage] == [("place:suzhou", 3, 3)]
    assert report.files == len(list_files(untouched, shapes=True))


@pytest.mark.xdist_group("broken")
@pytest.mark.parametrize(("check", "node", "file", "text"), FOUND)
def test_finding_has_file_line_and_severity(
    check: str,
    node: str,
    file: str,
    text: str,
    broken: Home,
    reports: dict[str, Report],
) -> None:
    path = broken.data / "town" / f"{file}.ttl"
    severity = "warning" if check == "cdps:openEnded-in" else "violation"
    kind, _, slug = node.partition(":")
    wanted = (
        str(path),
        find_line(path, text),
        severity,
        check,
        f"https://w3id.org/cdp/id/{kind}/{slug}",
    )
    assert wanted in strip_numbers(reports["en"])
    (finding, *_) = [f for f in reports["en"].findings if (f.check, f.node) == wanted[3:]]
    assert str(finding) == f"{path}:{finding.line}: {severity}: {finding.message} [{check}]"
    assert finding.message.startswith(f"{node}: ")


@pytest.mark.xdist_group("broken")
def test_kinds_of_findings_are_those_expected(reports: dict[str, Report]) -> None:
    found = {finding.check for finding in reports["en"].findings}
    # One accident, several who see it: an offset is also past the end, and in the passage's name.
    others = {"passage-misnamed", "evidence-past-the-end", "cdps:deadlineYear-min"}
    assert found == {check for check, *_ in FOUND} | others


@pytest.mark.xdist_group("broken")
def test_findings_come_in_the_order_of_files_and_lines(reports: dict[str, Report]) -> None:
    places = [(finding.path, finding.line) for finding in reports["en"].findings]
    assert places == sorted(places)
    assert len(places) > len(FOUND)


@pytest.mark.xdist_group("broken")
def test_languages_differ_in_the_message_alone(reports: dict[str, Report]) -> None:
    english, chinese = reports["en"], reports["zh-Hans"]
    assert sorted(strip_numbers(english)) == sorted(strip_numbers(chinese))
    for finding in english.findings:
        quoted = finding.check in ("evidence-copy", "deadline-text-of-another-year")
        assert bool(CHINESE.search(finding.message)) == quoted
    assert all(CHINESE.search(finding.message) for finding in chinese.findings)


@pytest.mark.xdist_group("broken")
def test_copy_is_told_with_what_is_shared(reports: dict[str, Report]) -> None:
    (finding,) = [f for f in reports["en"].findings if f.check == "evidence-copy"]
    shared = re.search("“(.*)”", finding.message)
    assert shared
    assert len(shared[1]) >= 14
    assert shared[1] in COPIED.replace(",", "")


@pytest.mark.xdist_group("broken")
def test_report_is_the_same_as_text_and_json(reports: dict[str, Report]) -> None:
    report = reports["zh-Hans"]
    lines = render_report(report, "text").splitlines()
    assert lines[: len(report.findings)] == [str(finding) for finding in report.findings]
    assert lines[-1].endswith(f"{report.count('violation')} violations, 1 warnings.")
    read = json.loads(render_report(report, "json"))
    assert [Finding(**finding) for finding in read["findings"]] == report.findings
    assert set(read) == {"findings", "coverage", "files", "statements", "sources"}


def test_command_says_the_same_and_fails(broken: Home, town: Path, run: Run) -> None:
    done = run("check", "--format", "json", "--lang", "zh-Hans", home=broken, code=1,
               XDG_DATA_HOME=town)  # fmt: skip
    read = json.loads(done.stdout)
    assert {finding["check"] for finding in read["findings"]} >= {check for check, *_ in FOUND}
    assert {finding["severity"] for finding in read["findings"]} == {"violation", "warning"}
    assert done.stderr == ""


def test_warnings_alone_do_not_fail(small: Home, run: Run) -> None:
    replace(
        small.data / "town" / "suzhou.ttl",
        "a cdp:Platform ;",
        "a cdp:Platform ;\n    cdp:openEnded false ;",
    )
    done = run("check", home=small)
    assert re.search(r"suzhou\.ttl:17: warning: .*\[cdps:openEnded-in\]", done.stdout)
    assert done.stdout.endswith("0 violations, 1 warnings.\n")
    assert "source:town: not at hand" in done.stdout


# --- Turtle -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("doc:x cdp:title 'x'@ .", "Parser error"),
        ("unknown:x a cdp:Platform .", "unknown"),
        ("doc:x cdp:title '中文'@zh-Hans .".encode("gb18030"), "is not UTF-8"),
    ],
)
def test_broken_turtle_is_found_at_its_line(data: str | bytes, said: str, small: Home) -> None:
    city, source = (small.data / "town" / f"{name}.ttl" for name in ("suzhou", "source"))
    lines = append(city, data), append(source, data)
    report = check_files(small)
    assert {(f.severity, f.check) for f in report.findings} == {("violation", "turtle")}
    assert {f.path: f.line for f in report.findings} == {
        str(city): lines[0],
        str(source): lines[1],
    }
    assert all(said in f.message for f in report.findings)


def test_broken_shapes_are_found_too(small: Home) -> None:
    shapes = small.ontology / "shapes" / "targets.ttl"
    line = append(shapes, "x y")
    (finding,) = check_files(small).findings
    assert (finding.path, finding.line, finding.check) == (str(shapes), line, "turtle")


# --- some files only --------------------------------------------------------------------------


@pytest.mark.xdist_group("broken")
def test_only_findings_in_the_file_asked_for(
    broken: Home, town: Path, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    monkeypatch.chdir(broken.data)
    report = check_files(broken, [Path("town/source.ttl")])
    assert report.files == 1
    # Only the path is another: that which was asked for.
    assert [(f.line, f.check, f.message) for f in report.findings] == [
        (f.line, f.check, f.message)
        for f in reports["en"].findings
        if f.path.endswith("source.ttl")
    ]
    assert {f.path for f in report.findings} == {"town/source.ttl"}


def test_file_elsewhere_stands_in_for_the_homes(small: Home, tmp_path: Path) -> None:
    copy = tmp_path / "town" / "suzhou.ttl"
    copy.parent.mkdir()
    shutil.copy(small.data / "town" / "suzhou.ttl", copy)
    replace(copy, "a cdp:Platform ;", 'a cdp:Platform ;\n    cdp:madeUp "x" ;')
    append(small.data / "town" / "suzhou.ttl", "x y")
    (finding,) = check_files(small, [copy]).findings
    assert (finding.path, finding.check) == (str(copy), "undeclared-property")


def test_file_from_outside_is_checked_with_the_home_around(small: Home, tmp_path: Path) -> None:
    file = tmp_path / "my notes.ttl"
    file.write_text(
        "PREFIX cdp: <https://w3id.org/cdp/ontology#>\n"
        "PREFIX place: <https://w3id.org/cdp/id/place/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'place:x a cdp:Region ; rdfs:label "X"@en , "某地"@zh-Hans ;\n'
        "  cdp:isWithin place:jiangsu .\n"
        'place:y a cdp:Region ; rdfs:label "Y"@en , "某处"@zh-Hans ;\n'
        "  cdp:isWithin place:nowhere .\n",
        "utf-8",
    )
    findings = check_files(small, [file]).findings
    assert "dangling-iri" in {f.check for f in findings}
    assert {f.path for f in findings} == {str(file)}
    assert {f.line for f in findings} <= {6, 7}


def test_shapes_asked_for_from_where_one_is_are_no_data(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.root)
    report = check_files(small, [Path("ontology/shapes/targets.ttl")])
    assert (report.files, report.findings) == (1, [])


@pytest.mark.parametrize("name", ["data/town/source.ttl", "ontology/shapes/places-and-bodies.ttl"])
def test_rest_that_cannot_be_read_is_told(name: str, small: Home) -> None:
    line = append(small.root / name, "x y")
    with pytest.raises(KgError, match=rf"{name}:{line}: Parser error"):
        check_files(small, [small.data / "town" / "suzhou.ttl"])


def test_missing_path_is_told(small: Home, run: Run) -> None:
    done = run("check", small.data / "nowhere.ttl", home=small, code=1)
    assert done.stdout == ""
    assert re.fullmatch(r"kg: .*nowhere\.ttl: no such file or folder\. Name .*\n", done.stderr)


def test_statement_is_located_before_its_subject() -> None:
    path, other = Path("a.ttl"), Path("b.ttl")
    lines = {("s", "p", "1"): 3, ("s", "p", "2"): 4, ("s", "q", "1"): 5}
    read = LineIndex(TurtleFile(path, "g"), lines, {"s": 2})
    elsewhere = LineIndex(TurtleFile(other, "h"), {("s", "p", "3"): 8}, {"s": 7, "t": 9})
    locator = Locator([elsewhere, read], frozenset([path]))
    assert locator.locate("s", "p", "2") == ("a.ttl", 4)
    assert locator.locate("s", "q", "") == ("a.ttl", 5)
    assert locator.locate("s", "r") == locator.locate("s") == ("a.ttl", 2)
    assert locator.locate("t") is None


# --- what could get lost ----------------------------------------------------------------------


def test_finding_about_what_is_in_no_file_is_not_lost() -> None:
    everywhere = Locator([], frozenset(), Path("home"))
    assert [str(f) for f in everywhere.find("a:a", "violation", "check", "m")] == [
        "home:0: violation: m [check]"
    ]
    assert list(Locator([], frozenset()).find("a:a", "violation", "check", "m")) == []


def test_blank_node_is_found(small: Home) -> None:
    line = append(small.data / "town" / "suzhou.ttl", "[] a cdp:City .")
    report = check_files(small)
    assert "blank-node" in {f.check for f in report.findings}
    assert {f.line for f in report.findings if f.check.startswith("cdps:City")} == {line}


def compare_source(home: Home) -> list[Finding]:
    """Return what only the source shows: the rest of a check takes its time."""
    locator = Locator([index_lines(file, rdflib.Graph()) for file in list_files(home)],
                      frozenset(file.path for file in list_files(home)))  # fmt: skip
    return list(find_by_source(load_graph(home), locator, "en"))


def test_source_that_cannot_be_compared_is_a_finding(small: Home) -> None:
    source = small.data / "town" / "source.ttl"
    replace(source, 'cdp:sha256 "', 'cdp:sha256 "x')
    (finding,) = compare_source(small)
    assert (finding.path, finding.line) == (str(source), find_line(source, "source:town"))
    assert finding.check == "evidence-source"
    assert "not a SHA-256" in finding.message
    assert list_sources_at_hand(load_graph(small)) == [("source:town", False)]


def test_changed_copy_of_the_source_is_a_finding(
    untouched: Home, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(town, tmp_path / "town")
    (copy,) = (tmp_path / "town").rglob("*.txt")
    copy.write_text("another text", "utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "town"))
    (finding,) = compare_source(untouched)
    assert finding.check == "evidence-source"
    assert "the copy was changed" in finding.message


def test_offset_that_is_no_number_is_a_finding(
    small: Home, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    replace(small.data / "town" / "suzhou.ttl", '"16"^^xsd:nonNegativeInteger', '"x"')
    replace(small.data / "town" / "source.ttl", '"0"^^xsd:nonNegativeInteger', '"x"')
    found = {(f.check, f.node.rpartition("/")[2]) for f in compare_source(small)}
    assert found >= {("evidence-offsets", "town-16-53"), ("evidence-segment", "town-0-14")}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("#+ message:", "#+ massage:", "'message' is missing"),
        ("#+ severity:", "#+ gravity:", "'severity' is missing"),
        ("SELECT", "SELEKT", "not SPARQL"),
        ("{deadlineText}", "{other}", "'other' is missing"),
    ],
)
def test_query_that_cannot_be_used_is_told(old: str, new: str, said: str, small: Home) -> None:
    name = "deadline-text-of-another-year.rq"
    path = small.queries / "must-be-empty" / name
    text = path.read_text("utf-8")
    if old == "{deadlineText}":
        old = re.findall(r"\{\w+\}", text)[0]
    replace(path, old, new)
    replace(small.data / "town" / "suzhou.ttl", "到2030年", "到2029年")
    for other in path.parent.glob("*.rq"):
        if other != path:
            other.unlink()
    with pytest.raises(KgError, match=rf"{name}:\d.*{said}"):
        list(find_by_queries(load_graph(small), Locator([], frozenset()), "en"))
