"""All checks together: each kind of finding, with its file and line, in some or all files.

The data are those of a small home with a made-up article (`tests/small/`), with faults.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg.check import STEPS, Finding, Report, check_files
from kg.check.finding import Locator
from kg.check.results import report_results
from kg.check.validation import Result
from kg.errors import KgError
from kg.home import Home
from kg.names import read_names
from kg.turtle import TurtleFile, list_files
from kg.turtle_tokens import LineIndex

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CHINESE = re.compile("[\u4e00-\u9fff]")

# Each fault: a text in a file, and what replaces it.
FAULTS = {
    "suzhou": [
        ("a cdp:Platform ;", 'a cdp:Platform ;\n    cdp:madeUp "x" ;'),
        ('cdp:title "试验行动计划"@zh-Hans', 'cdp:title "试验行动计划"@zh-hans'),
        ("a cdp:QualitativeTarget", 'a cdp:QualitativeTarget ;\n    cdp:listIndex "0"^^xsd:gYear'),
        ("到2030年", "到2029年"),
        ("居民可用的平台。", "平台先在三个街道试行,再推至全市各区。"),
        ("cdp:deadlineYear", "cdp:openEnded false ;\n    cdp:deadlineYear"),
        ('"16"^^xsd', '"17"^^xsd'),
    ],
    "source": [('oa:end "115"', 'oa:end "114"'), ('oa:end "14"', 'oa:end "140"')],
}
# The findings: check, node, file, and a text in the line. A subject has a line for itself.
FOUND = [
    ("undeclared-property", "initiative:suzhou-test-platform", "suzhou", "cdp:madeUp"),
    ("language-tag", "doc:suzhou-test-plan", "suzhou", "@zh-hans"),
    ("cdps:listIndex-datatype", "target:suzhou-test-reach", "suzhou", "cdp:listIndex"),
    ("cdps:openEnded-in", "target:suzhou-test-reach", "suzhou", "cdp:openEnded"),
    ("deadline-text-of-another-year", "target:suzhou-test-reach", "suzhou", "cdp:deadlineYear"),
    ("evidence-copy", "initiative:suzhou-test-platform", "suzhou", "平台先在"),
    ("evidence-digest", "evidence:town-90-115", "suzhou", "fc11a057"),
    ("evidence-offsets", "evidence:town-16-53", "suzhou", None),
    ("evidence-offsets", "evidence:town-0-14", "source", None),
    ("evidence-segment", "segment:town-0-14", "source", None),
    ("evidence-segment", "segment:town-90-115", "source", None),
    ("evidence-missing", "source:town", "source", None),
]
# The same faults break these checks, too.
OTHERS = {
    "passage-misnamed",
    "evidence-past-the-end",
    "source-quote",
    "numbers-differ",
}


OF_CITIES = """\
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX cdps: <https://w3id.org/cdp/shapes#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
cdps:OfCities a sh:PropertyShape ; sh:targetClass cdp:City ; sh:path cdp:addressesTheme ; sh:in () ;
  sh:message "Not a theme of a city."@en, "不是城市的主题。"@zh-Hans .
"""


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def append(path: Path, data: str | bytes) -> int:
    """Add a line to a file and return its number."""
    before = path.read_bytes()
    path.write_bytes(before + (data.encode() if isinstance(data, str) else data) + b"\n")
    return before.count(b"\n") + 1


def find_line(path: Path, node: str, text: str | None) -> int:
    """Return the line with a text, or else the line that is a node."""
    lines = path.read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if (text in line if text else line == node))


@pytest.fixture(scope="module")
def broken(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small home with the faults."""
    folder = tmp_path_factory.mktemp("broken") / "home"
    shutil.copytree(untouched.root, folder)
    for name, changes in FAULTS.items():
        for old, new in changes:
            replace(folder / "data" / "town" / f"{name}.ttl", old, new)
    return Home(folder)


@pytest.fixture(scope="module")
def reports(broken: Home, town: Path) -> dict[str, Report]:
    """The report on the broken home in each language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(town))
        return {language: check_files(broken, (), language) for language in ("en", "zh-Hans")}


# --- each kind of finding ---------------------------------------------------------------------


def test_sound_home_has_no_finding(
    untouched: Home, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    steps: list[str] = []
    report = check_files(untouched, progress=steps.append)
    assert report.findings == []
    assert report.sources == [("source:town", True)]
    assert [(c.city, c.sentences, c.covered) for c in report.coverage] == [("place:suzhou", 3, 3)]
    assert report.files == len(list_files(untouched, shapes=True))
    assert tuple(steps) == STEPS


@pytest.mark.xdist_group("broken")
def test_each_fault_is_found_at_its_line(broken: Home, reports: dict[str, Report]) -> None:
    findings = reports["en"].findings
    found = {(f.path, f.line, f.severity, f.check, f.node): f.message for f in findings}
    missing = []
    for check, node, file, text in FOUND:
        path = broken.data / "town" / f"{file}.ttl"
        severity = "warning" if check == "cdps:openEnded-in" else "violation"
        kind, _, slug = node.partition(":")
        iri = f"https://w3id.org/cdp/id/{kind}/{slug}"
        key = (str(path), find_line(path, node, text), severity, check, iri)
        if not found.get(key, "").startswith(f"{node}: "):
            missing.append(key)
    assert missing == []
    assert {finding.check for finding in findings} == {check for check, *_ in FOUND} | OTHERS


@pytest.mark.xdist_group("broken")
def test_findings_are_sorted_by_file_and_line(reports: dict[str, Report]) -> None:
    positions = [(finding.path, finding.line) for finding in reports["en"].findings]
    assert positions == sorted(positions)
    assert len(set(positions)) > 5


@pytest.mark.xdist_group("broken")
def test_languages_differ_only_in_the_messages(reports: dict[str, Report]) -> None:
    english, chinese = reports["en"].findings, reports["zh-Hans"].findings

    def strip(findings: list[Finding]) -> list[tuple[str, int, str, str, str]]:
        return sorted((f.path, f.line, f.severity, f.check, f.node) for f in findings)

    assert strip(english) == strip(chinese)
    # These messages quote Chinese.
    quoting = {"evidence-copy", "deadline-text-of-another-year", "source-quote"}
    assert {f.check for f in english if CHINESE.search(f.message)} <= quoting
    assert [f.check for f in chinese if not CHINESE.search(f.message)] == []


def test_command_prints_the_same_and_exits_with_1(
    broken: Home, town: Path, reports: dict[str, Report], run: Run
) -> None:
    options = ("--format", "json", "--lang", "zh-Hans")
    done = run("check", *options, home=broken, code=1, XDG_DATA_HOME=town)
    findings = [Finding(**finding) for finding in json.loads(done.stdout)["findings"]]
    assert findings == reports["zh-Hans"].findings
    assert done.stderr == ""


def test_command_with_warnings_alone_exits_with_0(small: Home, run: Run) -> None:
    faulty = "a cdp:Platform ;\n    cdp:openEnded false ;"
    replace(small.data / "town" / "suzhou.ttl", "a cdp:Platform ;", faulty)
    done = run("check", home=small)
    assert re.search(r"suzhou\.ttl:52: warning: .*\[cdps:openEnded-in\]", done.stdout)
    assert done.stdout.endswith("0 violations, 1 warning.\n")
    assert "source:town: the source text was not compared." in done.stdout


def test_blank_node_is_found_at_its_line(small: Home) -> None:
    line = append(small.data / "town" / "suzhou.ttl", "[] a cdp:City .")
    findings = check_files(small).findings
    assert {f.check for f in findings} > {"blank-node"}
    assert {f.line for f in findings if f.check.startswith("cdps:City")} == {line}


def test_finding_on_an_entailed_statement_is_at_its_premise(small: Home) -> None:
    (small.ontology / "shapes" / "own.ttl").write_text(OF_CITIES, "utf-8")
    path = small.data / "town" / "suzhou.ttl"
    # The city addresses the theme of an element in another file.
    (finding,) = check_files(small).findings
    assert (finding.path, finding.check) == (str(path), "cdps:OfCities")
    assert finding.line == find_line(path, "", "cdp:hasTheme")
    assert finding.node.endswith("/place/suzhou")
    inferred = "cdp:addressesTheme theme:services-for-people is inferred from "
    premise = "initiative:suzhou-test-platform cdp:hasTheme theme:services-for-people."
    assert f"{inferred}{premise}" in finding.message
    (chinese,) = check_files(small, language="zh-Hans").findings
    assert f"由 {premise.rstrip('.')} 推出" in chinese.message
    # Only the file of the premise has the finding.
    places = small.data / "reference" / "places.ttl"
    assert check_files(small, [places]).findings == []


@pytest.mark.parametrize(("language", "message"), [("en", "too short"), ("zh-Hant", "太短")])
def test_result_becomes_a_finding_with_line_severity_and_message(
    language: str, message: str, untouched: Home
) -> None:
    names = read_names(untouched)
    file, node, path = TurtleFile(Path("x.ttl"), "e:g"), names.expand("doc:x"), "e:title"
    locator = Locator(
        [file],
        lambda node: [(file.graph, path, "text")],
        lambda file: LineIndex({(node, path, "text"): 3}, {node: 1}),
    )
    shape = NamedNode(names.expand("cdps:title-length"))
    results = [
        Result(NamedNode(node), path, Literal("text"), shape, "minLength", severity, messages)
        for severity, messages in (
            ("Violation", {"en": "too short", "zh-Hans": "太短"}),
            ("Info", {"fr": "court"}),
            ("https://example.org/Violation", {"fr": "court"}),
        )
    ]
    assert list(report_results(results, names, locator, language)) == [
        Finding("x.ttl", 3, "violation", "cdps:title-length", node, f"doc:x: {message}"),
        Finding("x.ttl", 3, "warning", "cdps:title-length", node, "doc:x: court"),
        Finding("x.ttl", 3, "violation", "cdps:title-length", node, "doc:x: court"),
    ]


# --- files that are not Turtle ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("doc:x cdp:title 'x'@ .", "not valid Turtle"),
        ("unknown:x a cdp:Platform .", "unknown"),
        ("doc:x cdp:title '中文'@zh-Hans .".encode("gb18030"), "is not UTF-8"),
    ],
)
def test_broken_turtle_is_the_only_finding(data: str | bytes, message: str, small: Home) -> None:
    city, source = (small.data / "town" / f"{name}.ttl" for name in ("suzhou", "source"))
    lines = {str(city): append(city, data), str(source): append(source, data)}
    replace(small.ontology / "cdp.ttl", "cdp:City", "cdp:Citty")
    findings = check_files(small).findings
    assert {f.path: f.line for f in findings} == lines
    assert [(f.severity, f.check) for f in findings] == [("violation", "turtle")] * 2
    assert all(message in finding.message for finding in findings)


def test_broken_shapes_are_a_finding(small: Home) -> None:
    shapes = small.ontology / "shapes" / "targets.ttl"
    line = append(shapes, "x y")
    (finding,) = check_files(small).findings
    assert (finding.path, finding.line, finding.check) == (str(shapes), line, "turtle")


# --- some files only --------------------------------------------------------------------------


@pytest.mark.xdist_group("broken")
def test_findings_are_those_of_the_given_files(
    broken: Home, town: Path, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    monkeypatch.chdir(broken.data)
    report = check_files(broken, [Path("town/source.ttl")])
    assert report.files == 1
    assert [(f.line, f.check, f.message) for f in report.findings] == [
        (f.line, f.check, f.message)
        for f in reports["en"].findings
        if f.path.endswith("source.ttl")
    ]
    # The path is the one that was given.
    assert {f.path for f in report.findings} == {"town/source.ttl"}


def test_given_file_replaces_the_one_of_the_same_name(small: Home, tmp_path: Path) -> None:
    copy = tmp_path / "town" / "suzhou.ttl"
    copy.parent.mkdir()
    shutil.copy(small.data / "town" / "suzhou.ttl", copy)
    replace(copy, "a cdp:Platform ;", 'a cdp:Platform ;\n    cdp:madeUp "x" ;')
    append(small.data / "town" / "suzhou.ttl", "x y")
    (finding,) = check_files(small, [copy]).findings
    assert (finding.path, finding.check) == (str(copy), "undeclared-property")


def test_file_outside_the_home_is_checked_with_the_home(untouched: Home, tmp_path: Path) -> None:
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
    findings = check_files(untouched, [file]).findings
    assert "dangling-iri" in {f.check for f in findings}
    assert {f.path for f in findings} == {str(file)}
    assert {f.line for f in findings} <= {6, 7}


def test_given_shapes_are_not_data(untouched: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(untouched.root)
    report = check_files(untouched, [Path("ontology/shapes/targets.ttl")])
    assert (report.files, report.findings) == (1, [])


@pytest.mark.parametrize("name", ["data/town/source.ttl", "ontology/shapes/places-and-bodies.ttl"])
def test_other_file_that_is_not_turtle_is_an_error(name: str, small: Home) -> None:
    line = append(small.root / name, "x y")
    with pytest.raises(KgError, match=rf"{name}:{line}: .*not valid Turtle"):
        check_files(small, [small.data / "town" / "suzhou.ttl"])


def test_missing_path_is_an_error(untouched: Home, run: Run) -> None:
    done = run("check", untouched.data / "nowhere.ttl", home=untouched, code=2)
    assert done.stdout == ""
    assert re.fullmatch(r"kg: .*nowhere\.ttl: no such file or folder\. .*\n", done.stderr)


QUERY_ON_LABELS = """\
#+ severity: warning
#+ message:
#+   en: It has a label.
PREFIX cdp: <https://w3id.org/cdp/ontology#>
SELECT ?node { ?node a cdp:City ; cdp:labelEn ?label }
"""
SHAPE_ON_LABELS = """\
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX cdps: <https://w3id.org/cdp/shapes#>
PREFIX sh: <http://www.w3.org/ns/shacl#>

cdps:LabelledShape
    a sh:NodeShape ;
    sh:targetClass cdp:City ;
    sh:property cdps:LabelledShape-label ;
.

cdps:LabelledShape-label
    a sh:PropertyShape ;
    sh:path cdp:labelEn ;
    sh:maxCount 0 ;
    sh:message "It has a label."@en ;
.
"""


@pytest.fixture(scope="module")
def before(untouched: Home) -> Report:
    """The report on the home without these checks."""
    return check_files(untouched)


SHAPE_WITH_A_QUERY = (
    SHAPE_ON_LABELS.partition("    sh:property")[0]
    + """\
    sh:sparql [
        sh:message "It has a label."@en ;
        sh:select "SELECT $this { $this <https://w3id.org/cdp/ontology#labelEn> ?label }" ;
    ] ;
.
"""
)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("queries/must-be-empty/labelled.rq", QUERY_ON_LABELS),
        ("ontology/shapes/labelled.ttl", SHAPE_ON_LABELS),
        pytest.param("ontology/shapes/labelled.ttl", SHAPE_WITH_A_QUERY, marks=pytest.mark.slow),
    ],
)
def test_labels_to_display_are_there_for_checks_that_read_them(
    path: str, content: str, small: Home, before: Report
) -> None:
    (small.root / path).write_text(content, "utf-8")
    after = check_files(small)
    assert [f.message for f in before.findings if "It has a label" in f.message] == []
    assert [f.message for f in after.findings if "It has a label" in f.message]
    assert after.statements > before.statements
