"""Things found by name, and names in messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC
from pyoxigraph import Literal, NamedNode

from kg.ask.lookup import (
    NameIndex,
    cut_local_name,
    find_name,
    find_similar,
    find_spellings,
    fold_name,
    index_names,
    quote_input,
    resolve_name,
    suggest_names,
)
from kg.errors import KgError
from kg.graph import Graph
from kg.names import Names, Term, text

PLACE = "https://w3id.org/cdp/id/place/"
NAMES = Names({"place": PLACE})
HONG_KONG = NamedNode(f"{PLACE}hong-kong")
ROWS: list[tuple[Term | None, ...]] = [
    (HONG_KONG, Literal("Hong Kong", language="en")),
    (HONG_KONG, Literal("香港", language="zh-Hans")),
    (NamedNode(f"{PLACE}x"), None),
    (NamedNode(f"{PLACE}y"), Literal("Twin")),
    (NamedNode(f"{PLACE}z"), Literal("twin")),
]


@pytest.mark.parametrize(
    "name",
    [HONG_KONG.value, "place:hong-kong", "hong-kong", "Hong Kong", "HONG kong", " 香港 "],
)
def test_thing_is_found_by_iri_prefixed_name_local_name_and_label(name: str) -> None:
    assert resolve_name(index_names(ROWS, NAMES), name, NAMES) == HONG_KONG.value


@pytest.mark.parametrize(
    "name",
    ["ＨＯＮＧ　ＫＯＮＧ", "Ｈong kong", "PLACE:Hong-Kong", "ｈｏｎｇ－ｋｏｎｇ", "hong\u00a0kong"],
)
def test_names_are_compared_without_case_and_width(name: str) -> None:
    assert resolve_name(index_names(ROWS, NAMES), name, NAMES) == HONG_KONG.value


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("武汉", ["武漢", "武汉"]),
        ("武漢", ["武汉"]),
        ("广东省", ["廣東省", "广東省"]),
        ("数字政府", ["數字政府", "數位政府"[:1] + "字政府"]),
        ("“6826”行动框架", ["“６８２６”行動框架"]),
        ("臺灣", ["台湾", "台灣"]),
        ("批复", ["批覆"]),
        ("ｱﾆﾒ", ["アニメ"]),
        ("㈱", ["(株)"]),
        ("ﬁnance", ["FINANCE"]),
        ("Straße", ["STRASSE"]),
        ("Å", ["A\u030a", "\u212b"]),
    ],
)
def test_names_are_compared_across_scripts_and_forms(label: str, names: list[str]) -> None:
    index = index_names([(HONG_KONG, Literal(label))], NAMES)
    assert [resolve_name(index, name, NAMES) for name in names] == [HONG_KONG.value] * len(names)


def widen(text: str) -> str:
    """Return a text with full-width forms of its ASCII characters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def test_every_label_of_the_data_is_found_in_full_width_and_traditional_characters(
    roundup_graph: Graph,
) -> None:
    traditional = OpenCC("s2t").convert
    rows, names = roundup_graph.internal("labels"), roundup_graph.names
    index = index_names(rows, names)
    found = missed = 0
    for _, label in rows[::7]:
        given = text(label)
        plain = resolve(index, given, names)
        for name in (widen(given), traditional(given), given.upper(), f"\u3000{given} "):
            same = resolve(index, name, names) == plain
            found, missed = found + same, missed + (not same)
    assert found > 600
    assert missed == 0


def resolve(index: NameIndex, name: str, names: Names) -> str | None:
    """Return what a name is found as, or the candidates if it is ambiguous."""
    try:
        return resolve_name(index, name, names)
    except KgError as error:
        return str(error).partition("this name: ")[2]


def test_exact_script_takes_precedence() -> None:
    rows = [(NamedNode(f"{PLACE}a"), Literal("武汉")), (NamedNode(f"{PLACE}b"), Literal("武漢"))]
    index = index_names(rows, NAMES)
    assert resolve_name(index, "武漢", NAMES) == f"{PLACE}b"
    assert resolve_name(index, "武汉", NAMES) == f"{PLACE}a"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_folding_is_stable(name: str) -> None:
    folded = fold_name(name)
    assert fold_name(folded) == folded
    assert fold_name(widen(name)) == folded


@given(st.text("aAＡ武汉漢 ﬁß㈱", max_size=6), st.lists(st.text("aAＡ武汉漢 ﬁß㈱x", max_size=12)))
def test_spellings_are_parts_of_labels_and_equal_when_folded(
    wanted: str, labels: list[str]
) -> None:
    first, *others = find_spellings(wanted, labels)
    assert first == wanted
    for one in others:
        assert any(one in label for label in labels)
        assert fold_name(wanted).strip() in fold_name(one)
    for label in labels:
        if wanted and wanted in label:
            assert any(one.lower() in label.lower() for one in (first, *others))


def test_search_finds_all_scripts_and_widths() -> None:
    labels = ["武漢市", "AIoT 平台", "ＡＩＯＴ", "数据（试行）"]
    assert find_spellings("武汉", labels) == ["武汉", "武漢"]
    assert find_spellings("aiot", labels) == ["aiot", "ＡＩＯＴ"]
    assert find_spellings("(試行)", labels) == ["(試行)", "（试行）"]
    assert find_spellings(" aiot", ["AIoT"]) == [" aiot"]


def test_questions_are_found_without_case_and_width() -> None:
    known = ["policies", "targets"]
    for name in known[1], "Targets", "ＴＡＲＧＥＴＳ":
        assert find_name(name, known) == "targets"
    assert find_name("target", known) is None


def test_suggestions_ignore_script_and_width() -> None:
    assert find_similar("武漢巿", ["武汉", "深圳"]) == ["武汉"]
    assert find_similar("ＴＡＲＧＥＴ", ["policies", "targets"]) == ["targets"]
    assert find_similar("６８２６", ["the framework 6826 of Changsha", "x"]) == [
        "the framework 6826 of Changsha"
    ]


def test_thing_without_a_label_is_found_by_its_iri() -> None:
    index = index_names(ROWS, NAMES)
    assert resolve_name(index, "x", NAMES) == f"{PLACE}x"
    assert "" not in index


def test_unknown_name_is_not_found() -> None:
    assert resolve_name(index_names(ROWS, NAMES), "hong", NAMES) is None


def test_ambiguous_name_lists_the_candidates() -> None:
    with pytest.raises(KgError, match=r"TWIN: several .*: place:y, place:z\. Use one") as caught:
        resolve_name(index_names(ROWS, NAMES), "TWIN", NAMES)
    assert caught.value.exit_code == 2


def test_exact_name_takes_precedence_over_labels() -> None:
    rows = [*ROWS, (NamedNode(f"{PLACE}TWIN"), None)]
    assert resolve_name(index_names(rows, NAMES), "TWIN", NAMES) == f"{PLACE}TWIN"


def test_local_name_is_what_follows_the_last_slash_or_hash() -> None:
    assert [cut_local_name(iri) for iri in ("https://e.org/a/b", "https://e.org/a#b", "b")] == [
        "b"
    ] * 3


def test_suggestions_are_similar_names_or_the_other_hint() -> None:
    assert find_similar("target", ["policies", "targets"]) == ["targets"]
    assert find_similar("xyzzy", ["policies", "targets"]) == []
    assert suggest_names(["a", "b"], "Other.") == "Did you mean a or b?"
    assert suggest_names([], "Other.") == "Other."


def test_only_the_first_hundred_characters_are_compared() -> None:
    assert find_similar("x" * 100_000, ["x" * 100]) == ["x" * 100]


def test_input_in_messages_is_short_and_printable() -> None:
    assert quote_input("武汉") == "武汉"
    assert quote_input("") == "''"
    assert quote_input("x" * 61) == "x" * 60 + "…"
    assert quote_input("武\x1b[2J\n\udcff\u202e") == "武\\x1b[2J\\n\\udcff\\u202e"
