"""The data: they pass `kg check`, and the seven-city source states what its article states.

Labels and descriptions may be improved at any time; names, counts and codes may not. Data may be
added without a change here: only the seven-city source has pinned figures.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.check import Report, count_coverage
from kg.check.finding import Locator
from kg.check.passages.evidence import check_evidence
from kg.graph import Graph, load_graph
from kg.home import Home, find_home
from kg.source import digest_passage, restore_passage, split_segments
from kg.store import Rows
from kg.turtle import list_files
from kg.turtle_format import format_files, format_turtle
from kg.turtle_tokens import LineIndex

HOME = find_home()
SMALL = Path(__file__).parent / "small"
ROOT = Path(__file__).parents[1]
# Modules with doctests and quick tests that read the data of the checkout.
READERS = (
    "kg/__init__.py", "kg/api.py", "tests/ask/test_answer.py", "tests/catalog/test_describe.py",
    "tests/cli/test_ask.py", "tests/cli/test_check.py", "tests/dumps/test_turtle.py",
    "tests/networks/test_network_queries.py", "tests/review/test_elements.py",
    "tests/tables/test_export.py", "tests/test_api.py", "tests/test_synthesize.py",
    "tests/test_wheel.py",
)  # fmt: skip
# Leaves out the tests that only read other homes: those have no data that are added.
PLUGIN = """
def pytest_collection_modifyitems(items):
    items[:] = [i for i in items if {"roundup", "small", "untouched"}.isdisjoint(i.fixturenames)]
"""
FILES = {
    "ontology": {"alignments", "borrowed-labels", "cdp", "codes", "prefixes", "themes"},
    "ontology/shapes": {
        "concepts", "documents", "elements", "evidence", "frameworks-and-counts", "labels",
        "places-and-bodies", "targets",
    },
    "data/reference": {"places"},
    "data/roundup-2021": {
        "changsha", "hong-kong", "nanjing", "shanghai", "shenzhen", "source", "suzhou", "wuhan",
    },
}  # fmt: skip
SEGMENTS = {
    "shenzhen": 14, "shanghai": 12, "hong-kong": 14, "suzhou": 7, "nanjing": 5, "wuhan": 4,
    "changsha": 24,
}  # fmt: skip
PASSAGES = 300
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def select(graph: Graph, pattern: str, *variables: str) -> list[tuple[str, ...]]:
    """Return the distinct rows of a pattern, as sorted texts and prefixed names."""
    names = " ".join(f"?{name}" for name in variables)
    query = f"SELECT DISTINCT {names} {{ {pattern} }}"
    result = graph.query(query, prefixes=graph.names.prefixes)
    assert isinstance(result, Rows)
    return sorted(tuple(graph.names.show(term) for term in row) for row in result.rows)


def list_values(graph: Graph, pattern: str) -> list[str]:
    """Return the distinct values of ?x in a pattern, sorted."""
    return [value for (value,) in select(graph, pattern, "x")]


def copy_home(home: Home, folder: Path) -> Home:
    for source in (home.ontology, home.data, home.queries):
        shutil.copytree(source, folder / source.name)
    return Home(folder)


# --- all data ---------------------------------------------------------------------------------


@pytest.mark.xdist_group("checkout")
def test_checkout_has_no_violation(checkout_report: Report) -> None:
    assert [str(f) for f in checkout_report.findings if f.severity == "violation"] == []
    assert checkout_report.files == len(list_files(HOME, shapes=True))
    files = sorted(p for top in (HOME.ontology, HOME.data) for p in top.rglob("*.ttl"))
    assert sorted(file.path for file in list_files(HOME, shapes=True)) == files


@pytest.mark.xdist_group("checkout")
def test_seven_city_source_has_no_warning_either(checkout_report: Report) -> None:
    folders = tuple(str(HOME.root / folder) for folder in FILES)
    assert [str(f) for f in checkout_report.findings if f.path.startswith(folders)] == []
    is_added = "KG_ARTICLE" in os.environ
    assert ("source:roundup-2021", is_added) in checkout_report.sources


@pytest.fixture(scope="module")
def larger_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with a second source on Suzhou, and two made-up cities and a source.

    The made-up cities have documents and elements of all kinds, and places of their own.
    """
    folder = tmp_path_factory.mktemp("larger") / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv*", "out", "target", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=ignored)
    shutil.copytree(SMALL / "data", folder / "data", dirs_exist_ok=True)
    cities = folder.with_name("cities")
    program = ROOT / "tests" / "bench" / "synthesize.py"
    subprocess.run([sys.executable, program, cities, "--cities", "2"], check=True, timeout=600)
    for path in cities.rglob("*.ttl"):
        path.write_text(format_turtle(path), "utf-8")
    shutil.copytree(cities, folder / "data", dirs_exist_ok=True)
    return folder


@pytest.mark.slow
def test_sources_cities_and_places_can_be_added(
    larger_checkout: Path,
    tmp_path: Path,
    roundup: Home,
    copy_roundup: Callable[[Home, Path], Home],
    run: Run,
) -> None:
    home = Home(larger_checkout)
    done = run("check", home=home)
    assert "place:city-00002: " in done.stdout
    assert "source:town" in done.stdout
    assert " 0 violations, " in done.stdout
    # What is pinned does not see them.
    copy = copy_roundup(home, tmp_path / "copy")
    for old, new in zip(list_files(roundup), list_files(copy), strict=True):
        assert old.path.relative_to(roundup.root) == new.path.relative_to(copy.root)
        assert old.path.read_bytes() == new.path.read_bytes()


@pytest.mark.slow
def test_data_that_are_added_break_no_test(larger_checkout: Path) -> None:
    """Quick tests of all that reads the data; the others read none, or made-up ones."""
    (larger_checkout / "readers.py").write_text(PLUGIN, "utf-8")
    options = ("-m", "not slow", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "readers")
    hidden = ("PYTEST", "KG_ARTICLE")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--doctest-modules", *READERS],
        cwd=larger_checkout,
        env={name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        | {"PYTHONPATH": str(larger_checkout)},
        capture_output=True,
        text=True,
        timeout=3600,
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 100


# --- the seven-city source --------------------------------------------------------------------


def test_files_of_the_seven_city_source(roundup: Home) -> None:
    paths = [file.path.relative_to(roundup.root) for file in list_files(roundup, shapes=True)]
    expected = {f"{folder}/{name}.ttl" for folder, names in FILES.items() for name in names}
    assert {path.as_posix() for path in paths} == expected
    assert len(paths) == len(expected)


def test_files_are_in_canonical_form(roundup: Home) -> None:
    assert format_files(file.path for file in list_files(roundup, shapes=True)) == []


def test_file_in_another_form_is_found(roundup: Home, tmp_path: Path) -> None:
    copy = tmp_path / "wuhan.ttl"
    text = (roundup.data / "roundup-2021" / "wuhan.ttl").read_text("utf-8")
    copy.write_text(text.replace("    a cdp:", "  a cdp:", 1), "utf-8")
    assert [change.path for change in format_files([copy])] == [copy]
    assert format_turtle(copy) == text


def test_all_sentences_and_headings_are_cited(roundup_graph: Graph) -> None:
    coverage = {one.city: (one.sentences, one.covered) for one in count_coverage(roundup_graph)}
    assert coverage == {f"place:{city}": (count, count) for city, count in SEGMENTS.items()}


def test_sentences_that_are_not_cited_are_counted(roundup: Home, tmp_path: Path) -> None:
    home = copy_home(roundup, tmp_path)
    (home.data / "roundup-2021" / "nanjing.ttl").unlink()
    coverage = {one.city: (one.sentences, one.covered) for one in count_coverage(load_graph(home))}
    assert coverage.pop("place:nanjing") == (5, 0)
    assert all(sentences == covered for sentences, covered in coverage.values())
    assert len(coverage) == 6


def test_hong_kong_has_six_areas_of_measures(roundup_graph: Graph) -> None:
    areas = select(
        roundup_graph,
        "?a a cdp:Pillar ; cdp:statedIn doc:hong-kong-blueprint ; cdp:listIndex ?n",
        "n",
        "a",
    )
    assert [int(index) for index, _ in areas] == list(range(6))
    measures = [
        list_values(roundup_graph, f"?x cdp:partOf {area} ; a cdp:Initiative") for _, area in areas
    ]
    assert [len(of_area) for of_area in measures] == [2, 2, 3, 2, 3, 2]
    # The study of public toilets is one measure with the pilot of smart toilets.
    members = list_values(roundup_graph, "count:hong-kong-measures cdp:hasMember ?x")
    told = {measure for of_area in measures for measure in of_area} | {
        "initiative:hong-kong-open-data", "initiative:hong-kong-remote-parking-meters",
    }  # fmt: skip
    assert told - set(members) == {"initiative:hong-kong-public-toilet-technology-study"}
    assert len(members) == 15


def test_hong_kong_measures_that_are_not_new(roundup_graph: Graph) -> None:
    rows = select(
        roundup_graph,
        "?m cdp:partOf?/cdp:statedIn doc:hong-kong-blueprint ; cdp:hasStatus ?s",
        "s",
        "m",
    )
    statuses = [status for status, _ in rows]
    assert set(statuses) == {
        "status:new", "status:ongoing", "status:continued", "status:exploratory",
        "status:under-study",
    }  # fmt: skip
    assert statuses.count("status:ongoing") == 2
    assert statuses.count("status:continued") == 1
    assert statuses.count("status:under-study") == 2
    # Using a platform, enabling applications and reforming services say nothing of a start.
    assert statuses.count("status:new") == 7
    assert statuses.count("status:exploratory") == 1


def test_each_initiative_and_target_has_the_firmness_of_its_verb(roundup_graph: Graph) -> None:
    rows = select(roundup_graph, "VALUES ?c { cdp:Initiative cdp:Target } ?x a ?c", "x", "c")
    codes = {x: code for x, code in select(roundup_graph, "?x cdp:hasFirmness ?f", "x", "f")}
    assert {element for element, _ in rows} == codes.keys()
    by_code: dict[str, set[str]] = {}
    for element, code in codes.items():
        by_code.setdefault(code.removeprefix("firmness:"), set()).add(element)
    # What is named only as a means is said to be done; improving has no end.
    means = {
        f"initiative:shenzhen-{name}"
        for name in (
            "5g", "cloud-platform", "networks", "data-centres", "integrated-infrastructure",
            "data-rights", "data-opening",
        )
    }  # fmt: skip
    assert means <= by_code["deliver"]
    assert by_code["advance"] >= {
        "target:shenzhen-data-as-core-engine", "initiative:hong-kong-iam-smart-licensing",
        "initiative:hong-kong-streamlining-government-services",
    }  # fmt: skip
    # The codes whose verbs are rare; all others are furthered, or plainly to be done.
    rare = {code: of for code, of in by_code.items() if code not in ("advance", "deliver")}
    assert rare == {
        "ensure": {"target:wuhan-brain-2021"},
        "strive": {
            f"target:suzhou-{name}-benchmark{city}"
            for name, city in (
                ("digital", "-city"), ("manufacturing", ""), ("innovation", ""), ("leapfrog", ""),
                ("quality", ""),
            )
        },
        "encourage": {"initiative:shanghai-accessible-public-services"},
        "explore": {
            "initiative:hong-kong-smart-toilet-pilot", "initiative:shanghai-new-models",
            "initiative:shenzhen-cross-border-data",
        },
        "study": {
            "initiative:hong-kong-public-toilet-technology-study",
            "initiative:hong-kong-telemedicine-study", "initiative:shanghai-city-neuron-system",
        },
        "named": {
            "initiative:wuhan-cloud-network", "target:nanjing-first-rank",
        },
    }  # fmt: skip
    assert (len(by_code["advance"]), len(by_code["deliver"])) == (61, 79)


def test_all_licence_applications_in_hong_kong_are_a_target_without_number(
    roundup_graph: Graph,
) -> None:
    targets = list_values(roundup_graph, "?x a cdp:QualitativeTarget ; cdp:hasComparator ?c")
    assert targets == ["target:hong-kong-electronic-licence-applications"]


@pytest.mark.parametrize(
    ("city", "parts"),
    [
        ("shenzhen", ["initiative:shenzhen-pengcheng-agent",
                      "target:shenzhen-digital-china-model",
                      "target:shenzhen-smart-city-benchmark"]),
        ("shanghai", ["target:shanghai-capital-framework",
                      "target:shanghai-transformation-results"]),
    ],
)  # fmt: skip
def test_year_of_a_goal_holds_for_all_that_its_sentence_lists(
    roundup_graph: Graph, city: str, parts: list[str]
) -> None:
    due = list_values(roundup_graph, f"?x cdp:dueYear 2025 ; cdp:appliesTo place:{city}")
    assert sorted(due) == sorted([f"target:{city}-goal-2025", *parts])


def test_suzhou_has_five_points_and_the_last_is_printed_as_six(roundup_graph: Graph) -> None:
    points = select(
        roundup_graph,
        "?x cdp:statedIn doc:suzhou-action-plan ; cdp:listIndex ?i ; cdp:printedNumber ?n",
        "i",
        "n",
    )
    assert points == [("0", "1"), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "6")]


@pytest.mark.parametrize(
    ("framework", "code", "components"),
    [
        ("wuhan-1153", "1153", [("1", "1", "1", 1), ("2", "1", "1", 1), ("3", "5", "5", 5),
                                ("4", "3", "3", 3)]),
        ("changsha-6826", "6826", [("1", "6", "6", 6), ("2", "8", "8", 8), ("3", "26", "26", 0)]),
    ],
)  # fmt: skip
def test_framework_has_components_and_members(
    roundup_graph: Graph, framework: str, code: str, components: list[tuple[str, str, str, int]]
) -> None:
    assert list_values(roundup_graph, f"framework:{framework} cdp:frameworkCode ?x") == [code]
    rows = select(
        roundup_graph,
        f"framework:{framework} cdp:hasComponent ?c . ?c cdp:position ?p ; cdp:codeToken ?t ; "
        "cdp:declaredCount ?n",
        "p",
        "t",
        "n",
        "c",
    )
    members = [len(list_values(roundup_graph, f"{c} cdp:hasMember ?x")) for *_, c in rows]
    assert [(*row[:3], count) for row, count in zip(rows, members, strict=True)] == components
    assert "".join(token for _, token, *_ in components) == code


def test_changsha_has_six_mechanisms_and_eight_actions(roundup_graph: Graph) -> None:
    members = {
        token: list_values(
            roundup_graph,
            "framework:changsha-6826 cdp:hasComponent ?c . "
            f'?c cdp:codeToken "{token}" ; cdp:hasMember ?x',
        )
        for token in ("6", "8")
    }
    assert {token: len(found) for token, found in members.items()} == {"6": 6, "8": 8}
    assert set(members["6"]) <= set(list_values(roundup_graph, "?x a cdp:Mechanism"))
    assert set(members["8"]) <= set(list_values(roundup_graph, "?x a cdp:Pillar"))


def test_only_quantitative_target(roundup: Home, roundup_graph: Graph) -> None:
    rows = select(
        roundup_graph,
        "?t a cdp:QuantitativeTarget ; cdp:targetValue ?v ; cdp:hasComparator ?c ; cdp:hasUnit ?u ;"
        " cdp:deadlineYear ?y ; cdp:appliesTo ?p",
        "t", "v", "c", "u", "y", "p",
    )  # fmt: skip
    assert rows == [
        ("target:wuhan-open-rate-2022", rows[0][1], "comparator:ge", "unit:PERCENT", "2022",
         "place:wuhan")
    ]  # fmt: skip
    assert float(rows[0][1]) == 80.0
    targets = list_values(roundup_graph, "?x a cdp:QuantitativeTarget")
    assert targets == ["target:wuhan-open-rate-2022"]
    wuhan = (roundup.data / "roundup-2021" / "wuhan.ttl").read_text("utf-8")
    assert "cdp:targetValue 80.0 ;" in wuhan


def test_documents_have_neither_date_nor_number(roundup_graph: Graph) -> None:
    assert len(list_values(roundup_graph, "?x a cdp:PolicyDocument")) == 10
    assert list_values(roundup_graph, "?x cdp:issued|cdp:documentNumber ?any") == []


def test_documents_that_are_based_on_others(roundup_graph: Graph) -> None:
    assert select(roundup_graph, "?d cdp:basedOn ?of", "d", "of") == [
        ("doc:changsha-action-plan", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "doc:changsha-top-level-design"),
        ("doc:changsha-top-level-design", "doc:changsha-decision"),
    ]


def test_issuing_bodies_are_only_those_that_the_article_names(roundup_graph: Graph) -> None:
    issuers = {
        document: list_values(roundup_graph, f"doc:{document} cdp:issuedBy ?x")
        for document in (
            "hong-kong-blueprint", "nanjing-policy-measures", "wuhan-implementation-plan",
        )
    }  # fmt: skip
    assert issuers == {
        "hong-kong-blueprint": [],
        "nanjing-policy-measures": [],
        "wuhan-implementation-plan": ["body:wuhan-government"],
    }


def test_inferred_count_does_not_have_the_voice_of_the_document(roundup_graph: Graph) -> None:
    rows = select(
        roundup_graph,
        "?c a cdp:CountStatement ; cdp:appliesTo place:nanjing ; "
        "cdp:hasVoice ?v ; cdp:declaredCount ?n",
        "n",
        "v",
    )
    assert rows == [
        ("20", "voice:document"),
        ("3", "voice:inference"),
        ("7", "voice:document"),
        ("9", "voice:document"),
    ]
    inferred = list_values(roundup_graph, "?x cdp:hasVoice voice:inference")
    assert inferred == ["count:nanjing-highlights"]


def test_voices_of_highlights_and_pillars(roundup_graph: Graph) -> None:
    highlights = list_values(roundup_graph, "?h a cdp:ReportedHighlight ; cdp:hasVoice ?x")
    assert highlights == ["voice:article"]
    pillars = list_values(roundup_graph, "?h a cdp:Pillar ; cdp:hasVoice ?x")
    assert pillars == ["voice:document"]


def test_each_element_has_one_voice_and_is_stated_in_one_part_or_by_the_article(
    roundup_graph: Graph,
) -> None:
    elements = list_values(roundup_graph, "?x a cdp:PolicyElement")
    assert len(elements) > 200
    rows = select(roundup_graph, "?e a cdp:PolicyElement ; cdp:hasVoice ?x", "e", "x")
    assert [element for element, _ in rows] == elements
    rows = select(roundup_graph, "?e a cdp:PolicyElement ; cdp:statedIn ?x", "e", "x")
    stated = [element for element, _ in rows]
    by_the_article = list_values(
        roundup_graph,
        "?x a cdp:PolicyElement ; cdp:reportedIn doc:roundup-2021 ; cdp:hasVoice ?v "
        "FILTER(?v IN (voice:article, voice:inference)) "
        "FILTER NOT EXISTS { ?x cdp:statedIn ?document }",
    )
    assert sorted(stated + by_the_article) == elements


# --- the article of the seven-city source -----------------------------------------------------


def test_passages_have_their_digest(roundup_graph: Graph, article_text: str) -> None:
    rows = roundup_graph.internal("evidence")
    assert len(rows) >= PASSAGES
    for row in rows:
        node, _, start, end, digest, *_ = map(roundup_graph.names.show, row)
        assert digest_passage(article_text, int(start), int(end)) == digest, node


def test_segments_are_those_of_the_article(roundup_graph: Graph, article_text: str) -> None:
    rows = [list(map(roundup_graph.names.show, row)) for row in roundup_graph.internal("segments")]
    stated = {(int(start), int(end)) for _, _, start, end in rows}
    assert stated == {(segment.start, segment.end) for segment in split_segments(article_text)}
    assert len(rows) == 95
    assert len(article_text) == 9134


def test_copied_wording_is_found(
    article: Path,
    article_text: str,
    roundup: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(article))
    home = copy_home(roundup, tmp_path)
    segments = split_segments(article_text)
    segment = next(s for s in segments if s.start > 7000 and s.end - s.start > 60)
    copied = restore_passage(article_text, segment.start, segment.end, "zh-Hans")[:20]
    graph = load_graph(home)
    locator = Locator([], lambda node: [], lambda file: LineIndex(), tmp_path)
    node, scope = graph.names.expand("place:suzhou"), graph.names.expand("cdp:scope")
    path = home.data / "reference" / "copy.ttl"
    path.write_text(f'<{node}> <{scope}> """{copied}"""@zh-Hans .', "utf-8")
    before = list(check_evidence(graph, locator, "en"))
    found = [f for f in check_evidence(load_graph(home), locator, "en") if f not in before]
    assert [(finding.node, finding.check) for finding in found] == [(node, "evidence-copy")]
