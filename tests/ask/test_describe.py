"""A thing found by name, and its description."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.ask.describe import describe_node, find_node, render_description
from kg.ask.wrapping import measure_text
from kg.errors import KgError
from kg.graph import LocalGraph, load_graph
from kg.home import Home
from kg.names import LANGUAGES, text

IRI = "https://w3id.org/cdp/id"
# A passage of the made-up article in tests/small/, as it is read in either script.
PASSAGE = {"zh-Hans": "苏州拟建一个试验平台", "zh-Hant": "蘇州擬建一個試驗平臺"}
PLATFORM = "initiative:suzhou-test-platform"


@pytest.fixture(scope="module")
def town_graph(untouched: Home) -> LocalGraph:
    return load_graph(untouched)


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
        ("roundup-2021", "several things have this name: doc:roundup-2021, source:roundup-2021"),
    ],
)
def test_unknown_or_ambiguous_name_is_a_usage_error(
    name: str, message: str, graph: LocalGraph
) -> None:
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        find_node(graph, name)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_properties_are_in_one_language(language: str, town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, "suzhou-test-platform", language)
    is_english = language == "en"
    assert description.iri == f"{IRI}/initiative/suzhou-test-platform"
    assert description.name == PLATFORM
    assert description.label == ("Test platform" if is_english else "试验平台")
    values = [value for _, value in description.properties]
    assert ("A platform that residents can use." in values) == is_english
    assert ("居民可用的平台。" in values) != is_english
    assert any(value.endswith("(doc:suzhou-test-plan)") for value in values)
    assert not any("evidence:" in value for value in values)
    titles = "".join(title for title, _ in description.properties)
    assert bool(re.search("[\u4e00-\u9fff]", titles)) != is_english


def test_text_in_no_asked_language_is_shown_in_its_own(small: Home) -> None:
    (small.data / "town" / "place.ttl").write_text(
        "PREFIX place: <https://w3id.org/cdp/id/place/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'place:x rdfs:label "Oben"@de , "Haut"@fr .\n',
        "utf-8",
    )
    description = describe_node(load_graph(small), "place:x", "en")
    assert [value for _, value in description.properties] == [description.label]
    assert description.label in ("Oben", "Haut")


def test_references_are_what_points_to_a_thing(town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, "doc:suzhou-test-plan", "en")
    assert sorted(value for _, value in description.references) == [
        "Reach of the test platform (target:suzhou-test-reach)",
        f"Test platform ({PLATFORM})",
    ]


def test_text_has_properties_references_and_evidence(town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, "doc:suzhou-test-plan", "en")
    text = render_description(description)
    assert text.startswith(f"Suzhou test plan — doc:suzhou-test-plan\n<{description.iri}>\n\n  ")
    blocks = text.split("\n\n")
    assert [block.partition("\n")[0] for block in blocks[2:]] == ["Referenced by:", "Evidence:"]
    entries = text.count("\n  ")
    pairs = description.properties + description.references
    assert entries == len(pairs) + len(description.passages)
    assert str(description) == text
    assert repr(description).startswith("<Description of doc:suzhou-test-plan: ")


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
    assert f"  source:town 16–53: {text}\n" in render_description(description)


def test_passage_has_its_position_without_the_source(town_graph: LocalGraph) -> None:
    description = describe_node(town_graph, PLATFORM, "en")
    assert [passage.text for passage in description.passages] == [None]
    line = "  source:town 16–53: (text not available: kg source add FILE)\n"
    assert line in render_description(description)


def test_passages_are_in_the_order_of_the_source(graph: LocalGraph) -> None:
    passages = describe_node(graph, "item:nanjing-highlight-new", "en").passages
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
def test_text_is_wrapped_with_a_hanging_indent(language: str, graph: LocalGraph) -> None:
    description = describe_node(graph, "doc:changsha-action-plan", language)
    plain, wrapped = (render_description(description, width) for width in (None, 60))
    assert max(map(measure_text, plain.splitlines())) > 60
    assert max(map(measure_text, wrapped.splitlines())) <= 60
    assert re.search(r"^  \S.*\n    \S", wrapped, re.MULTILINE)
    assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", plain)
    assert f"<{description.iri}>\n" in render_description(description, 20)


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
    values = dict(description.properties)
    assert (values["date of issue"], values["deadline"]) == (shown, shown)
    assert values["description"] == issued
    assert description.properties == describe_node(load_graph(small), "doc:x", "en").properties


def test_every_property_has_a_title_in_both_languages(graph: LocalGraph) -> None:
    """Also those of RDF, RDFS and OWL, which the ontology does not label."""
    rows = graph.select(
        "SELECT ?property (SAMPLE(?node) AS ?subject) {"
        "GRAPH ?graph { ?node ?property ?value } FILTER(isIRI(?node)) } GROUP BY ?property"
    ).rows
    assert len(rows) > 60
    for language in ("en", "zh-Hans"):
        for _, subject in rows:
            description = describe_node(graph, text(subject), language)
            titles = {title for title, _ in description.properties}
            assert not [title for title in titles if ":" in title]
            has_chinese = [title for title in titles if re.search("[\u4e00-\u9fff]", title)]
            # Dublin Core and others are labelled in the ontology's own words.
            assert len(has_chinese) == (len(titles) if language == "zh-Hans" else 0), titles


def test_concept_has_its_preferred_label_as_heading(graph: LocalGraph) -> None:
    assert describe_node(graph, "theme:mobility", "en").label == "mobility"
