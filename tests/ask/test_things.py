"""A thing found by name."""

import re

import pytest

from kg.ask.things import find_node
from kg.errors import KgError
from kg.graph import LocalGraph

IRI = "https://w3id.org/cdp/id"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (f"{IRI}/place/wuhan", "place:wuhan"),
        (f"<{IRI}/place/wuhan>", "place:wuhan"),
        ("place:wuhan", "place:wuhan"),
        ("wuhan-1153", "framework:wuhan-1153"),
        ("hong kong", "place:hong-kong"),
        ("香港", "place:hong-kong"),
        ("cdp:City", "cdp:City"),
        ("theme:mobility", "theme:mobility"),
        # Alternative labels, of which some are labels of other things.
        ("IoT", "technology:internet-of-things"),
        ("aiot", "technology:internet-of-things"),
        ("AI", "technology:artificial-intelligence"),
        ("5G", "technology:5g"),
        ("大数据", "technology:big-data"),
        ("大數據", "technology:big-data"),
        ("Xinchuang", "technology:xinchuang"),
        ("數字產業", "theme:digital-economy"),
        # The number that a framework is known by.
        ("6826", "framework:changsha-6826"),
        ("６８２６", "framework:changsha-6826"),
        # A thing without a label is found by its IRI and prefixed name only.
        ("segment:roundup-2021-0-33", "segment:roundup-2021-0-33"),
        (f"{IRI}/segment/roundup-2021-0-33", "segment:roundup-2021-0-33"),
    ],
)
def test_thing_is_found_by_any_of_its_names(name: str, found: str, graph: LocalGraph) -> None:
    assert graph.names.shorten(find_node(graph, name)) == found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wuhn", "wuhn: nothing has this name. Did you mean wuhan"),
        ("place:wuhn", "Did you mean place:wuhan"),
        ("qqqqqq", "Use a label, or a prefixed name such as place:wuhan."),
        ("nowhere:x", "nothing has this name"),
        (f"{IRI}/place/wuhan> ?p ?o }} #", "nothing has this name"),
        ("a:b", "nothing has this name"),
        ("segment-roundup-2021-0-33", "nothing has this name"),
        ("", "nothing has this name"),
        ("blokchain", "Did you mean blockchain"),
        ("Xinchuan", "Did you mean xinchuang"),
        ("roundup-2021", "several things have this name: doc:roundup-2021, source:roundup-2021"),
    ],
)
def test_unknown_or_ambiguous_name_is_a_usage_error(
    name: str, message: str, graph: LocalGraph
) -> None:
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        find_node(graph, name)
    assert caught.value.exit_code == 2
