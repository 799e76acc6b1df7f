"""Portraits of cities, documents and themes; they agree with the answers to questions."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad

from kg.ask.question import ask_question, find_question
from kg.graph import Graph, load_graph, write_iri
from kg.home import Home
from kg.names import LANGUAGES, text
from kg.portrait import Description, Passage, Row, Tally, describe_everything, describe_node
from kg.store import Rows
from kg.store.canonical import encode_triple
from kg.turtle import list_files, parse_file
from kg.wrapping import measure_text

CITIES = ("shenzhen", "shanghai", "hong-kong", "suzhou", "nanjing", "wuhan", "changsha")
DOCUMENTS = (
    "shenzhen-opinions", "shenzhen-data-regulation", "shanghai-opinions", "hong-kong-blueprint",
    "suzhou-action-plan", "nanjing-policy-measures", "wuhan-implementation-plan",
    "changsha-decision", "changsha-top-level-design", "changsha-action-plan",
)  # fmt: skip
CDP = rdflib.Namespace("https://w3id.org/cdp/ontology#")
PLACE = rdflib.Namespace("https://w3id.org/cdp/id/place/")


@pytest.fixture(scope="module")
def everything(roundup_graph: Graph) -> dict[str, Description]:
    """The description of everything in English, by its prefixed name."""
    return {one.name: one for one in describe_everything(roundup_graph, "en")}


def ask(graph: Graph, question: str, **iris: str) -> list[dict[str, str]]:
    """Return the answer to a question in English, with full IRIs."""
    terms = {name: write_iri(iri) for name, iri in iris.items()}
    result = ask_question(graph, find_question(graph.home, question), "en", terms)
    assert isinstance(result, Rows)
    return [dict(zip(result.variables, map(text, row), strict=True)) for row in result.rows]


def list_rows(description: Description, name: str) -> tuple[Row, ...]:
    return next((one.rows for one in description.sections if one.name == name), ())


def list_names(description: Description, name: str) -> list[str]:
    return [row.thing.prefixed for row in list_rows(description, name)]


def read_detail(row: Row, heading: str) -> list[str]:
    return [
        link.name for detail in row.details if detail.heading == heading for link in detail.values
    ]


def test_portrait_of_wuhan(everything: dict[str, Description]) -> None:
    wuhan = everything["place:wuhan"]
    assert [section.name for section in wuhan.sections] == [
        "documents", "frameworks", "targets", "pillars", "initiatives", "counts", "highlights",
        "missing",
    ]  # fmt: skip
    (document,) = list_rows(wuhan, "documents")
    assert document.thing.prefixed == "doc:wuhan-implementation-plan"
    assert read_detail(document, "genre") == ["implementation plan"]
    assert read_detail(document, "issued by") == ["Wuhan Municipal Government"]
    assert read_detail(document, "period") == ["The next three years (Wuhan plan)"]
    assert read_detail(document, "status") == ["not stated (the editors count it as adopted)"]
    assert [(passage.start, passage.end) for passage in document.passages] == [
        (5785, 5832), (5833, 5866), (5867, 5884),
    ]  # fmt: skip
    assert [(row.group, row.thing.prefixed) for row in list_rows(wuhan, "targets")] == [
        ("2021", "target:wuhan-brain-2021"),
        ("2022", "target:wuhan-open-rate-2022"),
        ("no year stated", "target:wuhan-data-openness-rank"),
    ]
    rate = list_rows(wuhan, "targets")[1]
    assert (rate.kind, rate.deadline, rate.voice) == ("quantitative target", "due 2022", "document")
    assert read_detail(rate, "value") == ["at least 80%"]
    assert rate.description.startswith("In 2022, 80 per cent or more of public information")
    assert {row.group for row in list_rows(wuhan, "initiatives")} >= {"information system"}
    assert list_names(wuhan, "highlights") == ["item:wuhan-brain-headline"]
    assert [row.thing.name for row in list_rows(wuhan, "missing")] == [
        "date of issue", "document number", "years of the validity period",
    ]  # fmt: skip


def test_frameworks_are_drawn(everything: dict[str, Description]) -> None:
    (row,) = list_rows(everything["place:wuhan"], "frameworks")
    drawn = [(tally.token, tally.declared, len(tally.members)) for tally in row.tallies]
    assert (row.code, drawn) == ("1153", [("1", 1, 1), ("1", 1, 1), ("5", 5, 5), ("3", 3, 3)])
    text = everything["place:wuhan"].to_text()
    assert "1153 = One cloud network · One brain · Five key fields of application · Three" in text
    assert "\n    5 ■■■■■ Government administration; Services that benefit the people;" in text
    (row,) = list_rows(everything["doc:changsha-action-plan"], "frameworks")
    assert [tally.unnamed for tally in row.tallies] == [0, 0, 26]
    text = everything["doc:changsha-action-plan"].to_text()
    assert f"\n    26 {'□' * 26} 26 declared, none named in this source\n" in text
    assert text == everything["doc:changsha-action-plan"].to_text()
    assert text.count("□□") == 26, "drawn once, in the section and not in the outline"


def list_tallies(description: Description) -> list[Tally]:
    return [t for section in description.sections for row in section.rows for t in row.tallies]


def test_what_is_not_named_is_as_the_question_answers(
    roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    counts = {row["countIri"]: row for row in ask(roundup_graph, "counts")}
    assert len(counts) > 15
    for iri, row in counts.items():
        for tally in list_tallies(everything[roundup_graph.names.shorten(iri)]):
            assert tally.rest == row["unlisted"], iri
    text = everything["place:hong-kong"].to_text()
    assert "more than 60 declared, at least 46 not named" in " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_bounds_of_what_is_not_named(language: str, roundup: Home, tmp_path: Path) -> None:
    """For each comparator, and fewer, as many and more members than declared."""
    home = Home(tmp_path)
    for folder in (roundup.ontology, roundup.queries):
        (tmp_path / folder.name).symlink_to(folder)
    (tmp_path / "data").mkdir()
    lines = [
        "PREFIX cdp: <https://w3id.org/cdp/ontology#>",
        "PREFIX comparator: <https://w3id.org/cdp/code/comparator/>",
        "PREFIX item: <https://w3id.org/cdp/id/item/>",
        "PREFIX place: <https://w3id.org/cdp/id/place/>",
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>",
        'place:x a cdp:City ; rdfs:label "X"@en .',
    ]
    for code in ("eq", "ge", "gt", "le", "lt", "approx"):
        for declared in (2, 3, 4, 9):
            lines.append(
                f'item:{code}-{declared} a cdp:CountStatement ; rdfs:label "{code}"@en ; '
                f"cdp:appliesTo place:x ; cdp:hasComparator comparator:{code} ; "
                f"cdp:declaredCount {declared} ; cdp:hasMember item:a , item:b , item:c ."
            )
    (tmp_path / "data" / "x.ttl").write_text("\n".join(lines), "utf-8")
    graph = load_graph(home)
    answer = ask_question(graph, find_question(home, "counts"), language, {})
    assert isinstance(answer, Rows)
    places = [answer.variables.index(name) for name in ("countIri", "unlisted")]
    asked = {text(row[places[0]]): text(row[places[1]]) for row in answer.rows}
    assert len(asked) == 24
    for one in describe_everything(graph, language):
        if one.iri in asked:
            (tally,) = list_tallies(one)
            # Chinese texts have no space before a number here.
            assert tally.rest.replace(" ", "") == asked[one.iri].replace(" ", "")
            assert str(tally.unnamed) in tally.rest
            assert tally.is_least == one.name.startswith(("item:ge", "item:gt"))


def test_documents_of_a_city_name_the_plans_that_they_link_to(
    everything: dict[str, Description], roundup_graph: Graph
) -> None:
    properties = {"based on": "basedOn", "responds to": "respondsTo", "serves": "serves"}
    seen = set()
    for city in CITIES:
        for row in list_rows(everything[f"place:{city}"], "documents"):
            for heading, name in properties.items():
                shown = {link.iri for d in row.details if d.heading == heading for link in d.values}
                pattern = f"<{row.thing.iri}> <{CDP[name]}> ?x"
                result = roundup_graph.select(f"SELECT DISTINCT ?x {{ {pattern} }}")
                assert shown == {text(iri) for (iri,) in result.rows}
                seen |= {(row.thing.prefixed, heading)} if shown else set()
    assert {
        ("doc:suzhou-action-plan", "serves"), ("doc:nanjing-policy-measures", "responds to"),
        ("doc:changsha-action-plan", "based on"),
    } <= seen  # fmt: skip


def test_portrait_of_a_document(everything: dict[str, Description]) -> None:
    plan = everything["doc:changsha-action-plan"]
    assert [section.name for section in plan.sections] == [
        "chain", "frameworks", "outline", "counts", "missing",
    ]  # fmt: skip
    assert [(row.level, row.thing.prefixed) for row in list_rows(plan, "chain")] == [
        (0, "doc:changsha-decision"),
        (1, "doc:changsha-top-level-design"),
        (2, "doc:changsha-action-plan"),
    ]
    outline = list_rows(plan, "outline")
    assert [(row.level, row.number, row.thing.prefixed) for row in outline[:5]] == [
        (0, "一", "part:changsha-plan-1"),
        (1, "", "part:changsha-plan-action-idea"),
        (1, "", "part:changsha-plan-action-principles"),
        (0, "二", "part:changsha-plan-2"),
        (1, "", "target:changsha-demonstration-city-2023"),
    ]
    assert outline[4].deadline == "due 2023"
    assert all(row.passages for row in outline)
    assert [detail.heading for detail in plan.details][:5] == [
        "", "title", "genre", "issued by", "period",
    ]  # fmt: skip


def test_partners_are_named_with_topic_and_initiative(everything: dict[str, Description]) -> None:
    rows = list_rows(everything["place:shenzhen"], "partners")
    found = {(row.thing.prefixed, *read_detail(row, "initiative")) for row in rows}
    assert ("place:singapore",) in {one[:1] for one in found}
    assert all(row.passages and row.voice for row in rows)


@pytest.mark.parametrize("city", CITIES)
def test_every_element_of_a_city_is_in_one_section(
    city: str, roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    rows = roundup_graph.select(
        f"SELECT DISTINCT ?x {{ ?x <{CDP}appliesTo> <{PLACE[city]}> ; a <{CDP}PolicyElement> }}"
    ).rows
    elements = {roundup_graph.names.show(row[0]) for row in rows}
    sections = everything[f"place:{city}"].sections
    shown = Counter(
        name
        for section in sections
        if section.name not in ("documents", "partners", "missing")
        for row in section.rows
        for name in [
            row.thing.prefixed,
            *(tally.thing.prefixed for tally in row.tallies if row.code),
        ]
    )
    assert shown == Counter(elements)
    assert not [section for section in sections if section.name == "others"]


@pytest.mark.parametrize("city", CITIES)
def test_what_is_not_stated_is_as_the_question_answers(
    city: str, roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    asked = ask(roundup_graph, "not-stated", cityIri=PLACE[city])
    shown = [
        (row.thing.name, link.iri)
        for row in list_rows(everything[f"place:{city}"], "missing")
        for detail in row.details
        for link in detail.values
    ]
    assert shown == [(row["fact"], row["subjectIri"]) for row in asked]
    assert shown


@pytest.mark.parametrize("document", DOCUMENTS)
def test_outline_is_as_the_question_answers(
    document: str, roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    plan = everything[f"doc:{document}"]
    asked = ask(roundup_graph, "outline", documentIri=plan.iri)
    shown = [
        (str(row.level + 1), row.number, row.thing.name, row.kind, row.thing.iri)
        for row in list_rows(plan, "outline")
    ]
    columns = ("level", "number", "part", "kind", "partIri")
    assert shown == [tuple(row[name] for name in columns) for row in asked]


@pytest.mark.slow
def test_theme_has_the_elements_that_the_question_answers(
    roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    themes = [one for one in everything.values() if one.kind == "theme"]
    assert len(themes) > 20
    for theme in themes:
        asked = ask(roundup_graph, "by-theme", themeIri=theme.iri)
        shown = [
            (
                row.group,
                "; ".join(read_detail(row, "document")),
                row.kind,
                row.thing.name,
                row.description,
                row.voice,
            )
            for row in list_rows(theme, "elements")
        ]
        columns = ("city", "document", "kind", "element", "description", "voice")
        assert shown == [tuple(r[name] for name in columns) for r in asked]
        places = [(str(one.start), str(one.end)) for one in find_places(theme)]
        assert places == [(r["start"], r["end"]) for r in asked]


def find_places(theme: Description) -> list[Passage]:
    """Return the passage by which each element is sorted: the first that ends, of two the shorter.

    They are in the order of the source; what a sentence says as a whole comes before its parts.
    """
    rows = list_rows(theme, "elements")
    found = [min(row.passages, key=lambda one: (one.end, -one.start)) for row in rows]
    order = [(row.group, one.start, -one.end) for row, one in zip(rows, found, strict=True)]
    cities = list(dict.fromkeys(row.group for row in rows))
    assert order == sorted(order, key=lambda one: (cities.index(one[0]), *one[1:]))
    return found


@pytest.mark.slow
def test_one_reading_gives_the_portraits_of_single_readings(
    roundup_graph: Graph, everything: dict[str, Description]
) -> None:
    names = [name for name, one in everything.items() if one.sections]
    assert len(names) > 60
    others = [name for name in everything if name not in names and ":" in name]
    for name in [*names, *others[::50]]:
        assert describe_node(roundup_graph, name, "en") == everything[name], name


def test_reading_of_one_thing_is_small(roundup_graph: Graph) -> None:
    iri = write_iri(f"{PLACE}wuhan")
    things = roundup_graph.internal("portrait-things", node=iri)
    assert 20 < len(things) < 60


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_portrait_fits_and_is_in_one_language(language: str, roundup_graph: Graph) -> None:

    for name in (
        [f"place:{c}" for c in CITIES] + [f"doc:{d}" for d in DOCUMENTS] + ["theme:mobility"]
    ):
        description = describe_node(roundup_graph, name, language)
        for width in (40, 80, 120):
            for line in description.to_text(width).splitlines():
                is_word = " " not in line.strip()
                assert measure_text(line) <= width or is_word, line
        headings = "".join(
            [section.heading for section in description.sections]
            + [detail.heading for detail in description.details]
        )
        assert bool(re.search("[\u4e00-\u9fff]", headings)) == (language != "en")
        assert bool(re.search("[a-z]", headings)) == (language == "en")


def test_headings_in_traditional_characters(roundup_graph: Graph) -> None:
    hong_kong = describe_node(roundup_graph, "香港", "zh-Hant")
    headings = [section.heading for section in hong_kong.sections]
    assert headings[0] == "文件"
    assert "目標與定位（按年份）" in headings
    assert headings[-1] == "來源沒有說明的"
    rows = list_rows(hong_kong, "missing")
    assert rows[0].thing.name == "發布日期"


def test_repr_is_bounded_and_says_how_to_see_all(everything: dict[str, Description]) -> None:
    wuhan = everything["place:wuhan"]
    lines = repr(wuhan).splitlines()
    assert lines[:40] == str(wuhan).splitlines()[:40]
    assert re.fullmatch(r"… \d+ more lines\. print\(\) shows all\.", lines[40])
    assert len(lines) == 41
    country = everything["place:china"] if "place:china" in everything else everything["level:city"]
    assert f"{country!r}\n" == str(country)


@pytest.fixture(scope="module")
def wuhan_statements(roundup: Home) -> dict[Path, list[Quad]]:
    """The statements of the files on Wuhan, by the path in the home."""
    paths = [*(roundup.data / "reference").glob("*.ttl"), roundup.data / "roundup-2021/wuhan.ttl"]
    files = [file for file in list_files(roundup) if file.path in paths]
    return {file.path.relative_to(roundup.root): list(parse_file(file)) for file in files}


@pytest.fixture
def reduced(
    tmp_path: Path,
    roundup: Home,
    wuhan_statements: dict[Path, list[Quad]],
    request: pytest.FixtureRequest,
) -> Graph:
    """The graph of Wuhan, without the statements with one property, or of one class."""
    lost, kind = NamedNode(request.param), NamedNode(rdflib.RDF.type)
    for folder in (roundup.ontology, roundup.queries):
        (tmp_path / folder.name).symlink_to(folder)
    for path, quads in wuhan_statements.items():
        gone = {q.subject for q in quads if (q.predicate, q.object) == (kind, lost)}
        kept = [q for q in quads if q.predicate != lost and not gone & {q.subject, q.object}]
        copy = tmp_path / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("".join(f"{encode_triple(quad)}\n" for quad in kept), "utf-8")
    return load_graph(Home(tmp_path))


LOST = (
    "PolicyDocument Framework FrameworkComponent QuantitativeTarget Pillar ValidityPeriod "
    "GovernmentBody ReportedHighlight CountStatement City "
    "appliesTo statedIn partOf hasVoice hasEvidence description declaredCount hasMember position "
    "codeToken hasComponent hasComparator deadlineYear issuedBy "
    "hasValidityPeriod documentGenre title"
).split()


@pytest.mark.slow
@pytest.mark.parametrize("reduced", [CDP[name] for name in LOST], indirect=True, ids=LOST)
def test_portrait_without_some_statements(reduced: Graph, request: pytest.FixtureRequest) -> None:
    for language in LANGUAGES:
        wuhan = describe_node(reduced, "place:wuhan", language)
        assert wuhan.to_text(80).startswith(f"{wuhan.label} — place:wuhan\n")
        assert "None" not in wuhan.to_text()
    lost = request.node.callspec.id
    names = [section.name for section in describe_node(reduced, "place:wuhan", "en").sections]
    if lost in ("PolicyDocument", "appliesTo"):
        assert not set(names) - {"documents", "highlights", "pillars", "missing"}
    elif lost in ("Framework", "City"):
        assert ("frameworks" in names) == (lost == "City")
        assert "documents" in names


@pytest.mark.parametrize("reduced", [CDP.appliesTo], indirect=True)
def test_city_without_documents_says_so(reduced: Graph) -> None:
    for language, note in (
        ("en", "No policy document in the data applies to this place."),
        ("zh-Hans", "数据中没有适用于该地点的政策文件。"),
        ("zh-Hant", "資料中沒有適用於該地點的政策文件。"),
    ):
        wuhan = describe_node(reduced, "place:wuhan", language)
        (section,) = wuhan.sections
        assert (section.rows, section.note) == ((), note)
        assert f"\n  {note}\n" in wuhan.to_text()


def test_cycle_of_documents_ends(roundup: Home, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for folder in (roundup.ontology, roundup.queries):
        (tmp_path / folder.name).symlink_to(folder)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.ttl").write_text(
        "PREFIX cdp: <https://w3id.org/cdp/ontology#>\nPREFIX doc: <https://w3id.org/cdp/id/doc/>\n"
        "doc:a a cdp:PolicyDocument ; cdp:basedOn doc:b ; cdp:partOf doc:b .\n"
        "doc:b a cdp:PolicyDocument ; cdp:basedOn doc:a ; cdp:partOf doc:a .\n",
        "utf-8",
    )
    graph = load_graph(home)
    description = describe_node(graph, "doc:a", "en")
    assert {row.thing.prefixed for row in list_rows(description, "chain")} == {"doc:a", "doc:b"}
    assert "doc:b" in str(description)


def test_foreign_labels_change_no_portrait(roundup: Home, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for folder in (roundup.ontology, roundup.queries):
        (tmp_path / folder.name).symlink_to(folder)
    (tmp_path / "data").mkdir()
    shutil.copytree(roundup.data, tmp_path / "data", dirs_exist_ok=True)
    names = ("place:wuhan", "target:wuhan-open-rate-2022")
    graph = load_graph(home)
    expected = [describe_node(graph, name, "zh-Hans") for name in names]
    (tmp_path / "data" / "foreign.ttl").write_text(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX unit: <http://qudt.org/vocab/unit/>\n"
        'unit:PERCENT rdfs:label "Percent"@en , "Prozent"@de , "百分数"@zh-Hans , "%" .\n',
        "utf-8",
    )
    graph = load_graph(home)
    assert [describe_node(graph, name, "zh-Hans") for name in names] == expected
