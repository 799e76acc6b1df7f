"""Language tags are checked with their case."""

from pathlib import Path

from rdflib import Graph, Literal, URIRef

from kg.check.finding import Locator
from kg.check.language_tags import check_language_tags
from kg.home import Home
from kg.names import LANGUAGES, read_names

NODE, LABEL = URIRef("https://example.org/x"), URIRef("https://example.org/label")


def tag(text: str, language: str | None) -> Literal:
    literal = Literal(text, lang="x" if language else None)
    literal._language = language  # The constructor changes the case.
    return literal


def test_unknown_tags_are_found_whatever_their_case(untouched: Home) -> None:
    graph = Graph(bind_namespaces="none")
    for language in (None, *LANGUAGES, "zh-hans", "EN", "zh-CN"):
        # Texts that differ in the case of their tags only are equal.
        graph.add((NODE, LABEL, tag(f"text {language}", language)))
    locator = Locator([], frozenset(), Path("home"))
    found = list(check_language_tags(read_names(untouched), graph, locator, "en"))
    assert {(f.check, f.severity, f.node) for f in found} == {
        ("language-tag", "violation", str(NODE))
    }
    assert len(found) == 3
    for language in ("zh-hans", "EN", "zh-CN"):
        assert sum(f" {language} " in finding.message for finding in found) == 1
