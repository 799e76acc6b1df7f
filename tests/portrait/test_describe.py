"""The description of a thing that is not shown by a portrait: statements, references, evidence."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, load_graph
from kg.home import Home
from kg.names import LANGUAGES, text
from kg.portrait import Detail, describe_node
from kg.wrapping import measure_text

IRI = "https://w3id.org/cdp/id"
# A passage of the made-up article in tests/small/, as it is read in either script.
PASSAGE = {"zh-Hans": "苏州拟建一个试验平台", "zh-Hant": "蘇州擬建一個試驗平臺"}
PLATFORM = "initiative:suzhou-test-platform"


@pytest.fixture(scope="module")
def town_graph(untouched: Home) -> LocalGraph:
    return load_graph(untouched)


def list_values(details: Iterable[Detail]) -> list[str]:
    return [link.name for detail in details for link in detail.values]


@pytest.mark.parametrize("language", LANGUAGES)
def test_properties_are_in_one_language(language: str, town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, "suzhou-test-platform", language)
    is_english = language == "en"
    assert description.iri == f"{IRI}/initiative/suzhou-test-platform"
    assert description.name == PLATFORM
    assert description.label == ("Test platform" if is_english else "试验平台")
    values = list_values(description.statements)
    assert ("A platform that residents can use." in values) == is_english
    assert ("居民可用的平台。" in values) != is_english
    links = [link for detail in description.statements for link in detail.values]
    assert "doc:suzhou-test-plan" in [link.prefixed for link in links]
    assert not any(link.prefixed.startswith("evidence:") for link in links)
    titles = "".join(detail.heading for detail in description.statements)
    assert bool(re.search("[\u4e00-\u9fff]", titles)) != is_english


def test_text_in_no_asked_language_is_shown_in_its_own(small: Home) -> None:
    (small.data / "town" / "place.ttl").write_text(
        "PREFIX place: <https://w3id.org/cdp/id/place/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'place:x rdfs:label "Oben"@de , "Haut"@fr .\n',
        "utf-8",
    )
    description = describe_node(load_graph(small), "place:x", "en")
    assert list_values(description.statements) == [description.label]
    assert description.label in ("Oben", "Haut")


def test_references_are_what_points_to_a_thing(town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, "doc:suzhou-test-plan", "en")
    (detail,) = description.references
    assert detail.heading == "… is stated in: this"
    assert [(link.name, link.prefixed) for link in detail.values] == [
        ("Test platform", PLATFORM),
        ("Reach of the test platform", "target:suzhou-test-reach"),
    ]


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["Referenced by", "Evidence"]),
        ("zh-Hans", ["被引用于", "依据"]),
        ("zh-Hant", ["被引用於", "依據"]),
    ],
)
def test_text_has_statements_references_and_evidence(
    language: str, headings: list[str], roundup_graph: Graph
) -> None:
    description = describe_node(roundup_graph, "initiative:wuhan-city-brain", language)
    text = description.to_text()
    assert text.startswith(f"{description.label} — {description.name}\n<{description.iri}>\n\n  ")
    blocks = text.split("\n\n")
    assert [block.partition("\n")[0] for block in blocks[2:]] == headings
    links = [*description.statements, *description.references]
    for detail in links:
        assert f"  {detail.heading}" in text
        for link in detail.values:
            assert link.name in text
            assert link.prefixed in text
    assert text == description.to_text(everything=True)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_passage_has_its_text_if_the_source_is_available(
    language: str, town_graph: LocalGraph, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    description = describe_node(town_graph, PLATFORM, language)
    (passage,) = description.passages
    text = PASSAGE["zh-Hant" if language == "zh-Hant" else "zh-Hans"]
    assert (passage.source, passage.start, passage.end) == ("source:town", 16, 53)
    assert passage.text == text
    colon = ": " if language == "en" else "："
    assert f"  source:town 16–53{colon}{text}\n" in description.to_text()


def test_passage_has_its_position_without_the_source(town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, PLATFORM, "en")
    assert [passage.text for passage in description.passages] == [None]
    line = "  source:town 16–53: (text not available: kg source add FILE)\n"
    assert line in description.to_text()


def test_passages_are_in_the_order_of_the_source(roundup_graph: Graph) -> None:
    passages = describe_node(roundup_graph, "item:nanjing-highlight-new", "en").passages
    starts = [passage.start for passage in passages]
    assert len(starts) > 1
    assert starts == sorted(starts)


def test_passage_is_only_stripped_without_the_extra(untouched: Home, town: Path) -> None:
    code = "import sys\nsys.modules['pypinyin'] = None\nfrom kg.__main__ import main\nmain()\n"
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", untouched.root, "show", PLATFORM],
        capture_output=True,
        check=True,
        env={"XDG_DATA_HOME": str(town), "PATH": ""},
    )
    assert done.stderr == b""
    assert f"  source:town 16–53: {PASSAGE['zh-Hant']}\n" in done.stdout.decode()


@pytest.mark.parametrize("offset", ["x", "", "1_6", "１６", "16.0", "9" * 5000])
def test_offset_that_is_not_a_number_is_an_error(offset: str, small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert '"16"^^xsd:nonNegativeInteger' in text
    path.write_text(text.replace('"16"^^xsd:nonNegativeInteger', f'"{offset}"'), "utf-8")
    with pytest.raises(KgError, match=r"an offset of its evidence is not a number\. Run kg check"):
        describe_node(load_graph(small), PLATFORM, "en")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_text_is_wrapped_with_a_hanging_indent(language: str, roundup_graph: Graph) -> None:
    description = describe_node(roundup_graph, "doc:changsha-action-plan", language)
    plain, wrapped = (description.to_text(width) for width in (None, 60))
    assert max(map(measure_text, plain.splitlines())) > 60
    assert max(map(measure_text, wrapped.splitlines())) <= 60
    assert re.search(r"^  \S.*\n    \S", wrapped, re.MULTILINE)
    # A line does not begin or end with the mark between two parts.
    assert re.sub(r"[\s·]", "", wrapped) == re.sub(r"[\s·]", "", plain)
    assert f"<{description.iri}>\n" in description.to_text(20)


def test_control_characters_are_escaped(small: Home) -> None:
    (small.data / "town" / "place.ttl").write_text(
        "PREFIX place: <https://w3id.org/cdp/id/place/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'place:x rdfs:label "a\\u001B[2J\\nb"@en .\n',
        "utf-8",
    )
    text = str(describe_node(load_graph(small), "place:x", "en"))
    assert "\x1b" not in text
    assert text.startswith("a\\x1b[2J b — place:x\n")


@pytest.mark.parametrize(
    ("precision", "issued", "shown"),
    [
        ("year", "2021-12-31", "2021"),
        ("month", "2021-03-31", "2021-03"),
        ("day", "2021-03-31", "2021-03-31"),
        ("", "2021-03-31", "2021-03-31"),
        ("month", "2021-03-31Z", "2021-03"),
        ("month", "12021-03-31+08:00", "12021-03"),
        ("year", "-0044-03-15", "-0044"),
        ("month", "soon", "soon"),
    ],
)
def test_date_is_as_precise_as_it_is_known(
    precision: str, issued: str, shown: str, small: Home
) -> None:
    (small.data / "town" / "x.ttl").write_text(
        "PREFIX cdp: <https://w3id.org/cdp/ontology#>\n"
        "PREFIX doc: <https://w3id.org/cdp/id/doc/>\n"
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
        f'doc:x cdp:issued "{issued}"^^xsd:date ; cdp:deadline "{issued}"^^xsd:date ;\n'
        f'cdp:datePrecision "{precision}" ; cdp:description "{issued}"@en .\n',
        "utf-8",
    )
    description = describe_node(load_graph(small), "doc:x", "en")
    values = {detail.heading: list_values([detail]) for detail in description.statements}
    assert (values["date of issue"], values["deadline"]) == ([shown], [shown])
    assert values["description"] == [issued]


@pytest.mark.slow
def test_every_property_has_a_title_in_both_languages(roundup_graph: Graph) -> None:
    """Also those of RDF, RDFS and OWL, which the ontology does not label."""
    rows = roundup_graph.select(
        "SELECT ?property (SAMPLE(?node) AS ?subject) {"
        "GRAPH ?graph { ?node ?property ?value } FILTER(isIRI(?node)) } GROUP BY ?property"
    ).rows
    assert len(rows) > 60
    for language in ("en", "zh-Hans"):
        for subject in sorted({text(subject) for _, subject in rows}):
            description = describe_node(roundup_graph, subject, language)
            titles = {detail.heading for detail in description.statements}
            assert not [title for title in titles if ":" in title]
            has_chinese = [title for title in titles if re.search("[\u4e00-\u9fff]", title)]
            # Dublin Core and others are labelled in the ontology's own words.
            assert len(has_chinese) == (len(titles) if language == "zh-Hans" else 0), titles


def test_concept_has_its_preferred_label_as_heading(roundup_graph: Graph) -> None:
    assert describe_node(roundup_graph, "theme:mobility", "en").label == "mobility"
