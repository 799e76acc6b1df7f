"""Things found by name, and names in messages."""

import pytest
from pyoxigraph import Literal, NamedNode

from kg.ask.lookup import (
    find_similar,
    index_names,
    local_name,
    quote_input,
    resolve_name,
    suggest_names,
)
from kg.errors import KgError
from kg.names import Names, Term

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
    assert [local_name(iri) for iri in ("https://e.org/a/b", "https://e.org/a#b", "b")] == ["b"] * 3


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
