"""The data: in canonical form, sound, complete, and saying what the article says.

Labels and descriptions may be improved at any time; names, counts and codes may not.
"""

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

from kg.check import Report, count_coverage
from kg.check.evidence import find_by_source
from kg.check.finding import Locator
from kg.graph import load_graph, read_internal
from kg.home import Home, find_home
from kg.names import read_names
from kg.source import find_source, passage_digest, restore_passage, split_segments
from kg.store import Memory
from kg.turtle import diff_turtle, format_turtle, list_files

HOME = find_home()
NAMES = read_names(HOME)
FILES = sorted(
    file.path.relative_to(HOME.root).as_posix() for file in list_files(HOME, shapes=True)
)
FLOOR = 22
SEGMENTS = {
    "shenzhen": 14, "shanghai": 12, "hong-kong": 14, "suzhou": 7, "nanjing": 5, "wuhan": 4,
    "changsha": 24,
}  # fmt: skip
PASSAGES = 300


@cache
def read_store() -> Memory:
    return load_graph(HOME)


def select(pattern: str, *variables: str) -> list[tuple[str, ...]]:
    """Return the distinct rows of a pattern, terms as people write them, sorted."""
    names = " ".join(f"?{name}" for name in variables)
    rows = read_store().query(f"SELECT DISTINCT {names} {{ {pattern} }}", "", NAMES.prefixes)
    return sorted(tuple(NAMES.show(term) for term in row) for row in rows.rows)  # type: ignore


def list_values(pattern: str) -> list[str]:
    return [value for (value,) in select(pattern, "x")]


# --- form -------------------------------------------------------------------------------------


def test_no_file_is_left_out() -> None:
    assert len(FILES) >= FLOOR
    assert {f"data/roundup-2021/{city}.ttl" for city in SEGMENTS} <= set(FILES)
    assert {"data/roundup-2021/source.ttl", "data/reference/places.ttl"} <= set(FILES)
    assert len(FILES) == sum(1 for top in (HOME.ontology, HOME.data) for _ in top.rglob("*.ttl"))


@pytest.mark.parametrize("name", FILES)
def test_file_is_in_canonical_form(name: str) -> None:
    assert diff_turtle(HOME.root / name) == ""


def test_file_that_is_not_is_seen(tmp_path: Path) -> None:
    copy = tmp_path / "wuhan.ttl"
    text = (HOME.data / "roundup-2021" / "wuhan.ttl").read_text("utf-8")
    copy.write_text(text.replace("    a cdp:", "  a cdp:", 1), "utf-8")
    assert diff_turtle(copy)
    assert format_turtle(copy) == text


# --- sound and complete -----------------------------------------------------------------------


@pytest.mark.xdist_group("whole")
def test_nothing_is_found(whole_report: Report) -> None:
    assert [str(finding) for finding in whole_report.findings] == []
    assert whole_report.files == len(FILES)
    at_hand = "KG_ARTICLE" in os.environ
    assert whole_report.sources == [("source:roundup-2021", at_hand)]


@pytest.mark.xdist_group("whole")
def test_every_sentence_and_heading_of_each_city_stands_behind_something(
    whole_report: Report,
) -> None:
    assert {c.city: (c.sentences, c.covered) for c in whole_report.coverage} == {
        f"place:{city}": (count, count) for city, count in SEGMENTS.items()
    }


def test_sentence_that_nothing_rests_on_is_seen(tmp_path: Path) -> None:
    # Without Nanjing's elements none of its sentences is covered, and all others still are.
    for folder in (HOME.ontology, HOME.data, HOME.queries):
        shutil.copytree(folder, tmp_path / folder.name)
    (tmp_path / "data" / "roundup-2021" / "nanjing.ttl").unlink()
    copy = Home(tmp_path)
    covered = {c.city: (c.sentences, c.covered) for c in count_coverage(load_graph(copy))}
    assert covered.pop("place:nanjing") == (5, 0)
    assert all(sentences == count for sentences, count in covered.values())
    assert len(covered) == 6


# --- facts of the article ---------------------------------------------------------------------


def test_hong_kong_has_six_areas_of_measures_with_one_status_each() -> None:
    areas = select(
        "?a a cdp:Pillar ; cdp:statedIn doc:hong-kong-blueprint ; cdp:listIndex ?n", "n", "a"
    )
    assert [int(n) for n, _ in areas] == list(range(6))
    measures = [select(f"?m cdp:partOf {a} ; a cdp:Initiative", "m") for _, a in areas]
    assert [len(found) for found in measures] == [2, 2, 2, 2, 3, 2]
    for (measure,) in (m for found in measures for m in found):
        assert len(list_values(f"{measure} cdp:hasStatus ?x")) == 1


def test_hong_kong_measures_that_are_not_new() -> None:
    statuses = select("?m cdp:partOf?/cdp:statedIn doc:hong-kong-blueprint ; cdp:hasStatus ?s",
                      "s", "m")  # fmt: skip
    kinds = {status for status, _ in statuses}
    assert kinds == {"status:new", "status:ongoing", "status:continued", "status:under-study"}
    assert sum(status == "status:ongoing" for status, _ in statuses) == 2
    assert sum(status == "status:continued" for status, _ in statuses) == 1
    assert sum(status == "status:under-study" for status, _ in statuses) == 1


def test_suzhou_has_five_points_the_last_printed_six() -> None:
    points = select(
        "?x cdp:statedIn doc:suzhou-action-plan ; cdp:listIndex ?i ; cdp:printedNumber ?n", "i", "n"
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
def test_code_is_spelled_by_its_components(
    framework: str, code: str, components: list[tuple[str, str, str, int]]
) -> None:
    assert list_values(f"framework:{framework} cdp:frameworkCode ?x") == [code]
    rows = select(
        f"framework:{framework} cdp:hasComponent ?c . ?c cdp:position ?p ; cdp:codeToken ?t ; "
        "cdp:declaredCount ?n",
        "p", "t", "n", "c",
    )  # fmt: skip
    found = [(p, t, n, len(list_values(f"{c} cdp:hasMember ?x"))) for p, t, n, c in rows]
    assert found == components
    assert "".join(t for _, t, _, _ in components) == code


def test_changsha_has_six_mechanisms_and_eight_actions() -> None:
    members = {
        token: list_values(
            "framework:changsha-6826 cdp:hasComponent ?c . "
            f'?c cdp:codeToken "{token}" ; cdp:hasMember ?x'
        )
        for token in ("6", "8")
    }
    assert {token: len(found) for token, found in members.items()} == {"6": 6, "8": 8}
    assert set(members["6"]) <= set(list_values("?x a cdp:Mechanism"))
    assert set(members["8"]) <= set(list_values("?x a cdp:Pillar"))


def test_the_one_number_to_be_reached() -> None:
    rows = select(
        "?t a cdp:QuantitativeTarget ; cdp:targetValue ?v ; cdp:hasComparator ?c ; cdp:hasUnit ?u ;"
        " cdp:deadlineYear ?y ; cdp:appliesTo ?p",
        "t", "v", "c", "u", "y", "p",
    )  # fmt: skip
    assert rows == [
        ("target:wuhan-open-rate-2022", rows[0][1], "comparator:ge", "unit:PERCENT", "2022",
         "place:wuhan")
    ]  # fmt: skip
    assert float(rows[0][1]) == 80.0
    assert list_values("?x a cdp:QuantitativeTarget") == ["target:wuhan-open-rate-2022"]
    wuhan = (HOME.data / "roundup-2021" / "wuhan.ttl").read_text("utf-8")
    assert "cdp:targetValue 80.0 ;" in wuhan


def test_no_document_is_dated_or_numbered() -> None:
    documents = list_values("?x a cdp:PolicyDocument")
    assert len(documents) == 10
    assert list_values("?x cdp:issued|cdp:documentNumber ?any") == []


def test_documents_build_on_each_other() -> None:
    assert select("?d cdp:basedOn ?of", "d", "of") == [
        ("doc:changsha-action-plan", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "doc:changsha-top-level-design"),
        ("doc:changsha-top-level-design", "doc:changsha-decision"),
    ]


def test_nobody_issued_what_nobody_is_said_to_have_issued() -> None:
    assert list_values("doc:hong-kong-blueprint cdp:issuedBy ?x") == []
    assert list_values("doc:nanjing-policy-measures cdp:issuedBy ?x") == []
    assert list_values("doc:wuhan-implementation-plan cdp:issuedBy ?x") == ["body:wuhan-government"]


def test_what_is_inferred_does_not_speak_for_a_document() -> None:
    rows = select("?c a cdp:CountStatement ; cdp:statedIn doc:nanjing-policy-measures ; "
                  "cdp:hasVoice ?v ; cdp:declaredCount ?n", "n", "v")  # fmt: skip
    assert sorted(rows) == [
        ("20", "voice:document"), ("3", "voice:inference"), ("7", "voice:document"),
        ("9", "voice:document"),
    ]  # fmt: skip
    assert list_values("?x cdp:hasVoice voice:inference") == ["count:nanjing-highlights"]


def test_highlights_are_the_articles_and_pillars_the_documents() -> None:
    assert set(list_values("?h a cdp:ReportedHighlight ; cdp:hasVoice ?x")) <= {
        "voice:article", "voice:inference",
    }  # fmt: skip
    assert list_values("?h a cdp:Pillar ; cdp:hasVoice ?x") == ["voice:document"]


def test_every_element_has_one_voice_and_one_place_where_it_is_stated() -> None:
    elements = list_values("?x a cdp:PolicyElement")
    assert len(elements) > 200
    for property_ in ("hasVoice", "statedIn"):
        rows = select(f"?e a cdp:PolicyElement ; cdp:{property_} ?x", "e", "x")
        assert [element for element, _ in rows] == elements


# --- the article, where it is at hand ---------------------------------------------------------


@pytest.fixture(scope="module")
def raw(article: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(article))
        ((sha256,),) = select("source:roundup-2021 cdp:sha256 ?s", "s")
        text = find_source(sha256)
    assert text is not None
    return text


def test_every_passage_has_its_digest(raw: str) -> None:
    rows = read_store().select(read_internal(HOME, "evidence")).rows
    assert len(rows) >= PASSAGES
    for row in rows:
        node, _, start, end, digest = (NAMES.show(term) for term in row)
        assert passage_digest(raw, int(start), int(end)) == digest, node


def test_segments_are_those_the_text_is_cut_into(raw: str) -> None:
    rows = read_store().select(read_internal(HOME, "segments")).rows
    said = {(int(NAMES.show(start)), int(NAMES.show(end))) for _, _, start, end in rows}
    assert said == {(segment.start, segment.end) for segment in split_segments(raw)}
    assert len(rows) == 95
    assert len(raw) == 9134


@pytest.mark.xdist_group("whole")
def test_article_is_compared_with(article: Path, whole_report: Report) -> None:
    assert article
    assert whole_report.sources == [("source:roundup-2021", True)]


def test_planted_copy_is_seen(
    article: Path, raw: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(article))
    for folder in (HOME.ontology, HOME.data, HOME.queries):
        shutil.copytree(folder, tmp_path / folder.name)
    sentence = next(s for s in split_segments(raw) if s.start > 7000 and s.end - s.start > 60)
    copied = restore_passage(raw, sentence.start, sentence.end, "zh-Hans")[:20]
    node, scope = NAMES.expand("place:suzhou"), NAMES.expand("cdp:scope")
    path = tmp_path / "data" / "reference" / "copy.ttl"
    path.write_text(f'<{node}> <{scope}> """{copied}"""@zh-Hans .', "utf-8")
    copy = Home(tmp_path)
    found = list(find_by_source(load_graph(copy), Locator([], frozenset(), tmp_path), "en"))
    assert [(f.node, f.check) for f in found] == [(node, "evidence-copy")]
