"""Texts in XML."""

from xml.etree import ElementTree

from kg.networks.xml import escape_text

HOSTILE = "a\x00\x0b\ud800\ufffe\uffff & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"
CLEAN = "a & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"


def test_any_text_is_read_back_without_forbidden_characters() -> None:
    escaped = escape_text(HOSTILE)
    element = ElementTree.fromstring(f'<x y="{escaped}">{escaped}</x>')  # noqa: S314
    assert (element.get("y"), element.text) == (CLEAN, CLEAN)


def test_text_is_composed() -> None:
    assert escape_text("e\u0301") == "\u00e9"
