"""Counts and shares: what is counted, bounds of counts, precision of dates, and missing values."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.ask import Question, ask_question, bind_question, needs_value, read_parameters
from kg.graph import Graph, LocalGraph, bind_values, load_graph
from kg.home import Home, find_home
from kg.names import read_names, text
from kg.store import Result, Rows
from kg.store.engine import collect_result

NAMES = read_names(find_home())
LANGUAGE = "en"


class OtherData:
    """An engine over the statements of a graph, some of them changed."""

    name = "other data"

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.store = Store()
        self.store.extend(quads)

    def query(self, text: str, *_: object, **__: object) -> Result:
        return collect_result(self.store.query(text, use_default_graph_as_union=True))


@pytest.fixture(scope="module")
def quads(graph: LocalGraph) -> list[Quad]:
    return list(parse(graph.memory.dump(), RdfFormat.N_QUADS))


def node(name: str) -> NamedNode:
    return NamedNode(NAMES.expand(name))


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=node(datatype))


def state(*statements: tuple[str, str, NamedNode | Literal]) -> Iterator[Quad]:
    for subject, predicate, value in statements:
        yield Quad(node(subject), node(predicate), value, node("graph:more"))


def ask(
    graph: LocalGraph,
    question: Question,
    quads: Iterable[Quad],
    language: str = LANGUAGE,
    **values: str,
) -> list[dict[str, str]]:
    """Return the rows of the answer from some statements, as texts by column."""
    terms = bind_question(graph, question, values)
    other = Graph(graph.home, OtherData(quads))
    answer = ask_question(other, question, language, terms)
    assert isinstance(answer, Rows)
    return [dict(zip(answer.variables, map(text, row), strict=True)) for row in answer.rows]


@pytest.mark.parametrize(
    ("comparator", "english", "chinese"),
    [
        ("eq", "45", "45"),
        ("ge", "at least 45", "至少 45"),
        ("gt", "at least 46", "至少 46"),
        ("le", "at most 45", "至多 45"),
        ("lt", "at most 44", "至多 44"),
        ("approx", "about 45", "约 45"),
        ("range", "", ""),
        ("all", "", ""),
    ],
)
def test_number_of_unlisted_items_is_a_bound_if_the_declared_number_is_one(
    comparator: str,
    english: str,
    chinese: str,
    graph: LocalGraph,
    questions: dict[str, Question],
    quads: list[Quad],
) -> None:
    count = node("count:hong-kong-measures")
    others = [q for q in quads if (q.subject, q.predicate) != (count, node("cdp:hasComparator"))]
    assert len(others) == len(quads) - 1
    more = ("count:hong-kong-measures", "cdp:hasComparator", node(f"comparator:{comparator}"))
    changed = [*others, *state(more)]
    for language, expected in (("en", english), ("zh-Hans", chinese)):
        rows = ask(graph, questions["counts"], changed, language)
        (row,) = (row for row in rows if row["countIri"] == count.value)
        assert (row["declared"], row["listed"], row["unlisted"]) == ("60", "15", expected)


def test_no_bound_is_below_zero(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    count = node("count:hong-kong-measures")
    kept = [
        q
        for q in quads
        if q.subject != count
        or q.predicate not in (node("cdp:hasComparator"), node("cdp:declaredCount"))
    ]
    more = state(
        ("count:hong-kong-measures", "cdp:hasComparator", node("comparator:lt")),
        ("count:hong-kong-measures", "cdp:declaredCount", typed("15", "xsd:integer")),
    )
    rows = ask(graph, questions["counts"], [*kept, *more])
    (row,) = (row for row in rows if row["countIri"] == count.value)
    assert row["unlisted"] == "at most 0"


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("year", "2021"), ("month", "2021-03"), ("day", "2021-03-05"), (None, "2021-03-05")],
)
def test_date_is_as_precise_as_it_is_known(
    precision: str | None,
    shown: str,
    graph: LocalGraph,
    questions: dict[str, Question],
    quads: list[Quad],
) -> None:
    more = [("doc:shanghai-opinions", "cdp:issued", typed("2021-03-05", "xsd:date"))]
    if precision:
        more.append(("doc:shanghai-opinions", "cdp:datePrecision", Literal(precision)))
    (row,) = ask(graph, questions["issue-dates"], [*quads, *state(*more)])
    assert row["issued"] == shown
    period = "period:suzhou-2021-2023"
    changed = {node(name) for name in ("cdp:datePrecision", "dcat:startDate")}
    kept = [q for q in quads if q.subject != node(period) or q.predicate not in changed]
    more = [(period, name, value) for _, name, value in more]
    more[0] = (period, "dcat:startDate", more[0][2])
    (row,) = ask(graph, questions["periods"], [*kept, *state(*more)], city="suzhou")
    assert row["start"] == shown


def add_element(name: str, *more: tuple[str, NamedNode]) -> list[tuple[str, str, NamedNode]]:
    """Return the statements of one more initiative of Wuhan, with their entailments."""
    return [
        (name, "rdf:type", node("cdp:Initiative")),
        (name, "rdf:type", node("cdp:PolicyElement")),
        (name, "cdp:appliesTo", node("place:wuhan")),
        (name, "cdp:hasTheme", node("theme:finance")),
        *((name, predicate, value) for predicate, value in more),
    ]


def test_wrappers_and_what_only_the_reporter_says_are_not_counted(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    document = ("cdp:statedIn", node("doc:wuhan-implementation-plan"))
    whole = ("cdp:partOf", node("initiative:whole"))
    more = state(
        *add_element("initiative:whole", document),
        *add_element("initiative:part-1", document, whole),
        *add_element("initiative:part-2", document, whole),
        *add_element("initiative:reported"),
    )
    highlight = state(
        ("item:headline", "rdf:type", node("cdp:ReportedHighlight")),
        ("item:headline", "cdp:appliesTo", node("place:wuhan")),
        ("item:headline", "cdp:hasTheme", node("theme:finance")),
        ("item:headline", "cdp:statedIn", node("doc:wuhan-implementation-plan")),
    )
    before = list(quads)
    after = [*quads, *more, *highlight]

    def count(name: str, column: str, found: Iterable[Quad], **values: str) -> list[str]:
        rows = ask(graph, questions[name], found, **values)
        return [row[column] for row in rows]

    theme = {"city": "wuhan", "theme": "finance"}
    assert count("theme-matrix", "elements", before, **theme) == ["0"]
    assert count("theme-matrix", "elements", after, **theme) == ["2"]
    assert count("theme-matrix", "documents", after, **theme) == ["1"]
    cities = {"first": "wuhan", "second": "suzhou"}
    totals = [int(count("compare", "first", found, **cities)[0]) for found in (before, after)]
    assert totals[1] == totals[0] + 2
    pairs = [
        count("city-pairs", "secondElements", found, city="wuhan") for found in (before, after)
    ]
    assert [int(number) for number in pairs[1]] == [int(number) + 2 for number in pairs[0]]
    finance = [
        r for r in ask(graph, questions["compare"], after, **cities) if "finance" in r["subjectIri"]
    ]
    assert [(r["first"], r["firstDocuments"], r["second"]) for r in finance] == [("2", "1", "0")]


def test_shares_of_kinds_add_up(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    rows = ask(graph, questions["compare"], quads, first="suzhou", second="changsha")
    for city in ("first", "second"):
        whole, *kinds = (row for row in rows if row["aspect"] in ("all", "kind"))
        assert float(whole[f"{city}Share"]) == 1
        assert sum(int(row[city]) for row in kinds) == int(whole[city])
        assert abs(sum(float(row[f"{city}Share"]) for row in kinds) - 1) < 0.001


def test_overlap_of_pairs_follows_from_the_shares_of_themes(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    query = """
      PREFIX cdp: <https://w3id.org/cdp/ontology#>
      SELECT DISTINCT ?city ?theme ?element {
        ?element a ?kind ; cdp:appliesTo ?city ; cdp:statedIn ?whole ; cdp:hasTheme ?theme .
        FILTER(?kind IN (cdp:Pillar, cdp:Initiative, cdp:Target))
        FILTER NOT EXISTS { ?part cdp:partOf ?element }
      }"""
    themes: dict[str, list[str]] = {}
    for city, theme, _ in graph.select(query).rows:
        themes.setdefault(text(city), []).append(text(theme))
    rows = ask(graph, questions["city-pairs"], quads)
    assert len(rows) == len(themes) * (len(themes) - 1) // 2 == 21
    for row in rows:
        one, other = themes[row["firstIri"]], themes[row["secondIri"]]
        assert (int(row["firstElements"]), int(row["secondElements"])) == (len(one), len(other))
        either = set(one) | set(other)
        overlap = sum(min(one.count(t) / len(one), other.count(t) / len(other)) for t in either)
        assert abs(float(row["overlap"]) - overlap) < 0.0001
        assert int(row["shared"]) == len(set(one) & set(other))
        assert int(row["either"]) == len(either)


def test_each_covered_character_counts_once(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    query = """
      PREFIX cdp: <https://w3id.org/cdp/ontology#>
      PREFIX oa: <http://www.w3.org/ns/oa#>
      SELECT DISTINCT ?city ?start ?end {
        ?thing cdp:appliesTo ?city ; cdp:hasEvidence/oa:hasSelector ?selector .
        ?selector oa:start ?start ; oa:end ?end .
      }"""
    covered: dict[str, set[int]] = {}
    for city, start, end in graph.select(query).rows:
        covered.setdefault(text(city), set()).update(range(int(text(start)), int(text(end))))
    rows = ask(graph, questions["coverage"], quads)
    assert {row["cityIri"]: int(row["coveredCharacters"]) for row in rows} == {
        city: len(found) for city, found in covered.items()
    }
    assert {row["source"] for row in rows} == {"Text of the 2021 round-up"}
    assert all(0.9 < float(row["characterShare"]) < 1 for row in rows)


def test_city_without_evidence_is_not_covered(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    without = [q for q in quads if q.predicate != node("cdp:hasEvidence")]
    rows = ask(graph, questions["coverage"], without)
    assert len(rows) == 7
    assert {(row["covered"], row["coveredCharacters"], float(row["share"])) for row in rows} == {
        ("0", "0", 0)
    }


def list_unset(question: Question) -> list[str]:
    """Return the query without values, and without each of its required values alone."""
    parameters = read_parameters(find_home(), question)
    required = {p.binds for p in parameters.values() if p.required}
    value = {"text": '"data"'}.get
    given = {name: value(name, "<https://w3id.org/cdp/id/place/wuhan>") for name in required}
    missing = [given, *({n: v for n, v in given.items() if n != name} for name in required)]
    return [bind_values(question.query, terms) for terms in [{}, *missing[1:]]]


@pytest.mark.slow
def test_question_without_a_required_value_has_no_rows_in_any_engine(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    lines = {f"{Triple(q.subject, q.predicate, q.object)} ." for q in quads}
    other = rdflib.Graph().parse(data="\n".join(lines), format="nt")
    required = [q for q in questions.values() if needs_value(graph.home, q)]
    assert len(required) == 5
    for question in required:
        for query in list_unset(question):
            answer = graph.query(query)
            assert not (answer.rows if isinstance(answer, Rows) else answer), question.name
            assert len(other.query(query)) == 0, question.name


def test_texts_of_empty_answers_name_no_place(
    graph: LocalGraph, questions: dict[str, Question]
) -> None:
    """What they say holds for any data, and for whichever city was asked for."""
    result = graph.query(
        "SELECT ?name { ?place a cdp:Place ; cdp:labelEn|cdp:labelZhHans ?name }",
        prefixes=NAMES.prefixes,
    )
    assert isinstance(result, Rows)
    names = {text(name) for (name,) in result.rows}
    assert {"Wuhan", "深圳"} <= names
    found = {
        (name, place)
        for name, question in questions.items()
        for said in question.header["empty"].values()
        for place in names
        if place in said
    }
    assert found == set()


def test_technology_of_one_phrase_counts_once(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    found = ask(graph, questions["technologies"], quads)
    cells = [(row["technologyIri"], row["elementIri"]) for row in found]
    parts = {(text(q.subject), text(q.object)) for q in quads if q.predicate == node("cdp:partOf")}
    assert [
        (technology, whole)
        for technology, whole in cells
        if any((part, whole) in parts for other, part in cells if other == technology)
    ] == []
    names = {element.rsplit("/", 1)[1] for _, element in cells}
    assert {"shenzhen-5g", "shenzhen-pengcheng-agent", "shanghai-ai-cluster"} <= names
    # The reporter’s headline is left out only while the document names the technology too.
    headline = "shenzhen-headline"
    assert headline not in names
    agent = {node("initiative:shenzhen-pengcheng-agent"), node("target:shenzhen-goal-2025")}
    uses = node("cdp:usesTechnology")
    fewer = [q for q in quads if not (q.subject in agent and q.predicate == uses)]
    found = ask(graph, questions["technologies"], fewer)
    assert headline in {row["elementIri"].rsplit("/", 1)[1] for row in found}


def test_alternative_names_are_found(
    graph: LocalGraph, questions: dict[str, Question], quads: list[Quad]
) -> None:
    for given in ("iot", "ＩｏＴ"):
        rows = ask(graph, questions["search"], quads, text=given)
        assert NAMES.expand("technology:internet-of-things") in {r["thingIri"] for r in rows}
    foreign = state(("sdg:9", "skos:altLabel", Literal("Goal of IoT", language="en")))
    assert ask(graph, questions["search"], [*quads, *foreign], text="iot") == ask(
        graph, questions["search"], quads, text="iot"
    )


def test_names_by_others_for_their_own_things_are_not_found(
    roundup: Home, graph: LocalGraph, questions: dict[str, Question], tmp_path: Path
) -> None:
    for folder in (roundup.ontology, roundup.queries):
        (tmp_path / folder.name).symlink_to(folder)
    shutil.copytree(roundup.data, tmp_path / "data")
    (tmp_path / "data" / "foreign.ttl").write_text(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "PREFIX wd: <http://www.wikidata.org/entity/>\n"
        'wd:Q11746 rdfs:label "Wuhan"@en , "武汉"@zh-Hans .\n'
        'wd:Q8686 skos:prefLabel "Shanghai"@en ; skos:altLabel "Wuhan"@en .\n'
        '<urn:others> rdfs:label "Wuhan and Shanghai" .\n',
        "utf-8",
    )
    others = load_graph(Home(tmp_path))
    for text_ in ("Wuhan", "武汉", "Shanghai", "industry"):
        terms = bind_question(graph, questions["search"], {"text": text_})
        expected = ask_question(graph, questions["search"], LANGUAGE, terms)
        assert ask_question(others, questions["search"], LANGUAGE, terms) == expected
    # The names that this project gives to the terms of others are found.
    assert isinstance(expected, Rows)
    assert node("sdg:9") in {row[3] for row in expected.rows}
