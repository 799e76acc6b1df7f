"""Questions found by name, answers as text, and what is known of one thing."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask.describe import describe_node, find_node, render_description
from kg.ask.question import ask_question, check_language, find_question, list_questions
from kg.ask.render import render_rows, render_table, render_triples
from kg.ask.table import NARROWEST, mark_table, measure_text, rule_table, wrap_text
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES, read_names
from kg.store import Memory, Rows

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HOME = find_home()
NAMES = read_names(HOME)
IRI = "https://w3id.org/cdp/id"
XSD = NAMES.prefixes["xsd"]
# A passage of the made-up article, raw, and as it is read in either script.
PASSAGE = {
    "zh-Hans": "苏州拟建一个试验平台,供居民使用",
    "zh-Hant": "蘇州擬建一個試驗平臺,供居民使用",
}
ROWS = Rows(
    ("name", "what"),
    [
        (NamedNode(f"{IRI}/place/wuhan"), Literal("武汉|\n“x”, y", language="zh-hans")),
        (Literal("80.0", datatype=NamedNode(f"{XSD}decimal")), None),
        (BlankNode("b"), Literal("")),
    ],
)


@cache
def read_store() -> Memory:
    return load_graph(HOME)


# --- questions --------------------------------------------------------------------------------


def test_questions_are_listed_by_name() -> None:
    names = [question.name for question in list_questions(HOME)]
    assert names == sorted(names)
    assert {"policies", "targets", "frameworks"} <= set(names)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("target", "Did you mean targets?"),
        ("framework", "Did you mean frameworks?"),
        ("xyzzy", "There are baselines, bodies"),
        ("../internal/sources", "no such question"),
        ("internal/sources", "no such question"),
        ("targets.rq", "Did you mean targets?"),
        ("", "There are baselines"),
        ("城市", "There are baselines"),
    ],
)
def test_unknown_question_is_a_wrong_call_with_suggestions(asked: str, told: str) -> None:
    with pytest.raises(KgError, match=re.escape(told)) as caught:
        find_question(HOME, asked)
    assert caught.value.exit_code == 2
    assert "`kg ask` lists them all" in str(caught.value)


@pytest.mark.parametrize("language", ["zh-hans", "EN", "de", "", '" } #'])
def test_unknown_language_is_a_wrong_call(language: str) -> None:
    with pytest.raises(KgError, match="Write en, zh-Hans, zh-Hant") as caught:
        ask_question(read_store(), find_question(HOME, "chain"), language)
    assert caught.value.exit_code == 2
    assert [check_language(tag) for tag in LANGUAGES] == list(LANGUAGES)


# --- answers as text --------------------------------------------------------------------------


def test_csv_is_that_of_the_standard() -> None:
    text = render_rows(ROWS, "csv", NAMES)
    assert text.count("\r\n") == 4
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["name", "what"],
        [f"{IRI}/place/wuhan", "武汉|\n“x”, y"],
        ["80.0", ""],
        ["_:b", ""],
    ]


def test_json_is_that_of_the_standard() -> None:
    read = json.loads(render_rows(ROWS, "json", NAMES))
    assert read == {
        "head": {"vars": ["name", "what"]},
        "results": {
            "bindings": [
                {
                    "name": {"type": "uri", "value": f"{IRI}/place/wuhan"},
                    "what": {
                        "type": "literal", "value": "武汉|\n“x”, y", "xml:lang": "zh-Hans",
                    },
                },
                {"name": {"type": "literal", "value": "80.0", "datatype": f"{XSD}decimal"}},
                {
                    "name": {"type": "bnode", "value": "b"},
                    "what": {"type": "literal", "value": ""},
                },
            ]
        },
    }  # fmt: skip


def test_markdown_keeps_its_columns() -> None:
    assert render_rows(ROWS, "markdown", NAMES).splitlines() == [
        "| name | what |",
        "| --- | --- |",
        "| place:wuhan | 武汉\\| “x”, y |",
        "| 80.0 |  |",
        "| _:b |  |",
    ]


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_answer_without_rows_has_its_columns(form: str) -> None:
    text = render_rows(Rows(("name", "what"), []), form, NAMES)
    assert "name" in text
    assert "what" in text


def test_triples_have_formats_of_their_own() -> None:
    node = NamedNode(f"{IRI}/place/wuhan")
    triples = [Triple(node, node, node)]
    assert render_triples(triples, "ntriples", NAMES) == f"<{IRI}/place/wuhan> " * 3 + ".\n"
    assert "PREFIX place:" in render_triples(triples, "turtle", NAMES)
    with pytest.raises(KgError, match="Use --format turtle or ntriples") as caught:
        render_triples(triples, "csv", NAMES)
    assert caught.value.exit_code == 2


# --- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(20, 130, 7))
def test_table_fits_its_width(width: int) -> None:
    titles = ["city", "what is promised there", "n"]
    cells = [
        ["武汉 Wuhan", "数据开放率达到百分之八十以上 open rate of public resources", "80"],
        ["x", "averyveryverylongwordwithoutanyplacetobreakitat", ""],
    ]
    lines = rule_table(titles, cells, width).splitlines()
    assert max(map(measure_text, lines)) <= width
    assert lines[0].startswith("┌" if width > 30 else "city: ")
    together = re.sub(r"[\s│┌┬┐├┼┤└┴┘─]", "", "".join(lines))
    for text in ("averyverylongword"[:NARROWEST], "80"):
        assert text in together


def test_table_without_a_width_breaks_nothing() -> None:
    text = rule_table(["a", "b"], [["武汉", "x" * 200]], None)
    assert "│ 武汉 │ " + "x" * 200 + " │" in text
    assert len({measure_text(line) for line in text.splitlines()}) == 1


def test_table_too_wide_for_its_columns_is_a_list() -> None:
    titles = [f"column{n}" for n in range(9)]
    text = rule_table(titles, [list("abcdefghi"), list("jklmnopqr")], 40)
    assert text.startswith("column0: a\ncolumn1: b\n")
    assert "\n\ncolumn0: j\n" in text
    assert rule_table(titles, [], 40) == ""


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("document is x", 8, ["document", "is x"]),
        ("a document is", 8, ["a", "document", "is"]),
        ("数据中心", 4, ["数据", "中心"]),
        ("数据中心", 5, ["数据", "中心"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a  b\n c", 9, ["a b c"]),
        ("", 4, [""]),
    ],
)
def test_text_is_wrapped_at_spaces_or_wide_characters(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap_text(text, width) == lines


def test_wide_characters_are_two_columns_wide() -> None:
    assert measure_text("武汉，a") == 7
    assert measure_text("e\u0301") == 1
    assert mark_table(["a|b"], [["c\nd"]]) == "| a\\|b |\n| --- |\n| c d |\n"


def test_table_elsewhere_than_on_a_terminal_is_as_wide_as_it_needs() -> None:
    assert "x" * 300 in render_table(["a"], [["x" * 300]])


# --- one thing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (f"{IRI}/place/wuhan", "place:wuhan"),
        ("place:wuhan", "place:wuhan"),
        ("wuhan-1153", "framework:wuhan-1153"),
        ("Hong Kong", "place:hong-kong"),
        ("hong kong", "place:hong-kong"),
        ("香港", "place:hong-kong"),
        ("深圳", "place:shenzhen"),
        ("cdp:City", "cdp:City"),
        ("theme:mobility", "theme:mobility"),
        # What has no label is found by its name alone.
        ("segment:roundup-2021-0-33", "segment:roundup-2021-0-33"),
        (f"{IRI}/segment/roundup-2021-0-33", "segment:roundup-2021-0-33"),
    ],
)
def test_thing_is_found_by_any_of_its_names(asked: str, found: str) -> None:
    assert NAMES.shorten(find_node(read_store(), HOME, asked)) == found


def test_thing_is_found_by_its_label_in_each_language(small: Home) -> None:
    places = small.data / "town" / "place.ttl"
    places.write_text(
        "PREFIX place: <https://w3id.org/cdp/id/place/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'place:x rdfs:label "Upper Town"@en , "上台镇"@zh-Hans , "上臺鎮"@zh-Hant .\n'
        'place:y rdfs:label "Lower Town"@en , "Twin"@zh-Hans .\n'
        'place:z rdfs:label "twin"@en .\n',
        "utf-8",
    )
    store = load_graph(small)
    for asked in ("upper town", "Upper Town", "上台镇", "上臺鎮", "x", "place:x"):
        assert find_node(store, asked) == f"{IRI}/place/x"
    with pytest.raises(KgError, match=r"several .*: place:y, place:z\. Name one\.") as caught:
        find_node(store, "TWIN")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("wuhn", "Did you mean wuhan"),
        ("place:wuhn", "Did you mean place:wuhan"),
        ("qqqqqq", "Try a label, or place:wuhan"),
        ("nowhere:x", "nothing is called that"),
        (f"{IRI}/place/wuhan> ?p ?o }} #", "nothing is called that"),
        ("a:b", "nothing is called that"),
        ("", "nothing is called that"),
    ],
)
def test_unknown_thing_is_a_wrong_call_with_suggestions(asked: str, told: str) -> None:
    with pytest.raises(KgError, match=re.escape(told)) as caught:
        find_node(read_store(), HOME, asked)
    assert caught.value.exit_code == 2


def test_name_of_several_things_names_them() -> None:
    with pytest.raises(KgError, match=r"doc:roundup-2021, source:roundup-2021"):
        find_node(read_store(), HOME, "roundup-2021")


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_in_the_language_asked_for(language: str, untouched: Home) -> None:
    portrait = describe_node(load_graph(untouched), "suzhou-test-platform", language)
    english = language == "en"
    assert portrait.iri == f"{IRI}/initiative/suzhou-test-platform"
    assert portrait.name == "initiative:suzhou-test-platform"
    assert portrait.label == ("Test platform" if english else "试验平台")
    values = [value for _, value in portrait.facts]
    assert ("A platform that residents can use." in values) == english
    assert ("居民可用的平台。" in values) != english
    assert any(value.endswith("(doc:suzhou-test-plan)") for value in values)
    assert not any("passageDigest" in value or "evidence:" in value for value in values)
    titles = "".join(title for title, _ in portrait.facts)
    assert bool(re.search("[\u4e00-\u9fff]", titles)) != english


def test_what_points_to_a_thing_is_told(untouched: Home) -> None:
    portrait = describe_node(load_graph(untouched), "doc:suzhou-test-plan", "en")
    assert sorted(value for _, value in portrait.mentions) == [
        "Reach of the test platform (target:suzhou-test-reach)",
        "Test platform (initiative:suzhou-test-platform)",
    ]
    text = render_description(portrait)
    assert text.startswith(f"Suzhou test plan — doc:suzhou-test-plan\n<{IRI}/doc/")
    assert "Said of it elsewhere:" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_passage_is_printed_where_the_source_is_at_hand(
    language: str, untouched: Home, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    portrait = describe_node(load_graph(untouched), "suzhou-test-platform", language)
    (passage,) = portrait.passages
    text = PASSAGE["zh-Hant" if language == "zh-Hant" else "zh-Hans"].partition(",")[0]
    assert (passage.source, passage.start, passage.end) == ("source:town", 16, 53)
    assert passage.text == text
    assert f"  source:town 16–53: {text}\n" in render_description(portrait)


def test_position_is_printed_where_the_source_is_not_at_hand(untouched: Home) -> None:
    portrait = describe_node(load_graph(untouched), "suzhou-test-platform", "en")
    assert [passage.text for passage in portrait.passages] == [None]
    assert "source:town 16–53: (text not at hand: kg source add FILE)" in render_description(
        portrait
    )


def test_passages_stand_in_the_order_of_the_source() -> None:
    portrait = describe_node(read_store(), HOME, "doc:changsha-decision", "en")
    starts = [passage.start for passage in portrait.passages]
    assert starts
    assert starts == sorted(starts)


def test_without_the_extra_a_passage_is_only_stripped(untouched: Home, town: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('opencc', 'pypinyin'): sys.modules[name] = None\n"
        "from kg.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", untouched.root, "show", "suzhou-test-platform"],
        capture_output=True,
        check=True,
        env={"XDG_DATA_HOME": str(town), "PATH": ""},
    )
    assert done.stderr == b""
    passage = PASSAGE["zh-Hant"].partition(",")[0]
    assert f"  source:town 16–53: {passage}\n" in done.stdout.decode()


def test_offsets_that_are_no_numbers_are_told(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8").replace('"16"^^xsd:nonNegativeInteger', '"x"')
    path.write_text(text, "utf-8")
    with pytest.raises(KgError, match=r"offsets that are no numbers\. Use kg check"):
        describe_node(load_graph(small), "suzhou-test-platform", "en")
