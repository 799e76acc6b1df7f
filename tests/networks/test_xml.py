"""Texts in XML."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.networks import Network
from kg.networks.xml import escape_text

HOSTILE = "a\x00\x0b\ud800\ufffe\uffff & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"
CLEAN = "a & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"


def test_any_text_is_read_back_without_forbidden_characters() -> None:
    escaped = escape_text(HOSTILE)
    element = ElementTree.fromstring(f'<x y="{escaped}">{escaped}</x>')  # noqa: S314
    assert (element.get("y"), element.text) == (CLEAN, CLEAN)


def test_text_is_composed() -> None:
    assert escape_text("e\u0301") == "\u00e9"


texts = st.text(st.sampled_from(HOSTILE + "</>{}[]-?!") | st.characters(exclude_categories=[]))


@given(texts, texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_networks_with_any_label_are_well_formed(
    sample: Network, render: Callable[[Network, str], bytes], label: str, title: str
) -> None:
    first, *others = sample.nodes
    nodes = (replace(first, label=label, labels={"en": label}), *others)
    edges = tuple(replace(edge, label=label) for edge in sample.edges)
    columns = {**sample.node_columns, "label_en": f"Label {title}"}
    network = replace(sample, nodes=nodes, edges=edges, title=title, node_columns=columns)
    shown = clean(label)
    gexf = ElementTree.fromstring(render(network, "gexf"))  # noqa: S314
    assert [node.get("label") for node in gexf.iter() if node.get("label")][:1] == (
        [shown] if shown else ["B"]
    )
    graphml = ElementTree.fromstring(render(network, "graphml"))  # noqa: S314
    assert shown in {element.text or "" for element in graphml.iter()} | {""}


def clean(text: str) -> str:
    """Return a text without the characters that XML forbids, in NFC."""
    return unicodedata.normalize(
        "NFC", "".join(c for c in text if c in "\t\n\r" or is_allowed(ord(c)))
    )


def is_allowed(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
