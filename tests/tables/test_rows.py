"""Rows: each statement in one place, in batches, with labels and derived values."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import pytest

from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home
from kg.names import LANGUAGES
from kg.tables import Vocabulary, read_vocabulary
from kg.tables.rows import (
    BUFFER_ROWS,
    NO_CELL,
    NO_TABLE,
    Row,
    StatementRouter,
    WriteRows,
    read_labels,
)
from kg.tables.schema import Table, read_schema
from kg.tables.statements import list_data_files, read_subjects

AddData = Callable[[Home, str], None]


@dataclass
class Routed:
    """The tables of a home's data: the batches of their rows, by name, and the router."""

    batches: dict[str, list[list[Row]]]
    router: StatementRouter

    def find_rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        return list(chain.from_iterable(self.batches[name]))

    def list_rows(self, name: str) -> list[tuple[str, ...]]:
        """Return the rows of a table as texts, IRIs shortened, lists joined."""
        names = next(table for table in self.router.row_counts if table.name == name)
        return [
            tuple(
                " | ".join(value.removeprefix(c.namespace) for value in row.get(c.name, ()))
                for c in names.columns
            )
            for row in self.find_rows(name)
        ]


def route(home: Home, vocabulary: Vocabulary, languages: Sequence[str] = LANGUAGES) -> Routed:
    batches: dict[str, list[list[Row]]] = {}

    def start_table(table: Table) -> WriteRows:
        written = batches[table.name] = []
        return lambda rows: written.append(list(rows))

    schema = read_schema(home, vocabulary, languages)
    router = StatementRouter(load_graph(home), schema, start_table)
    for subject in read_subjects(list_data_files(home)):
        router.add(subject)
    router.flush()
    return Routed(batches, router)


ODD_DATA = """
    indicator:odd a cdp:Indicator ; rdfs:label "one"@en , "two"@en , "un"@fr , "plain" .
    target:odd a cdp:QuantitativeTarget , cdp:Positioning , schema:Thing ;
        cdp:targetValue 1.0 , 2.0 , "3"^^xsd:integer , "x"@en ;
        cdp:hasVoice voice:document , <https://example.org/voice> ;
        cdp:hasTheme theme:mobility , "mobility" , <https://example.org/theme?a=%20b> ;
        <https://example.org/p/own-word> "a" , "b"@en , 1 , <https://example.org/x> .
    target:odder a cdp:QuantitativeTarget ; cdp:targetValue "3"^^xsd:integer ; cdp:unitText 5 .
    indicator:many a cdp:Indicator ; skos:editorialNote "b"@en , "a"@en , "一"@zh-Hans ,
        "二"@zh-Hans .
    indicator:one a cdp:Indicator ; skos:editorialNote "a"@en , "一"@zh-Hans .
    <https://example.org/a> a cdp:City . theme:own a cdp:Theme . place:no rdfs:label "x"@en .
    indicator:empty a cdp:Indicator ; rdfs:label ""@en ; cdp:description "一"@zh-Hans ;
        skos:editorialNote [ rdfs:label "y" ] ; schema:sameAs <https://example.org/深> .
    place:a a cdp:City ; rdfs:label "A"@en , "甲"@zh-Hans .
    place:b a cdp:City ; rdfs:label "B"@fr , "Be"@de .
"""


@pytest.fixture(scope="module")
def odd_home(untouched: Home, add_data: AddData, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with statements that fit no column, and some that fit no table."""
    home = Home(tmp_path_factory.mktemp("odd") / "home")
    shutil.copytree(untouched.root, home.root)
    cities = "\n".join(f"place:city-{n:06d} a cdp:City ." for n in range(2 * BUFFER_ROWS))
    add_data(home, ODD_DATA + cities)
    return home


@pytest.fixture(scope="module")
def routed(odd_home: Home, vocabulary: Vocabulary) -> Routed:
    return route(odd_home, vocabulary)


def test_values_that_fit_no_column_go_to_link_tables(routed: Routed) -> None:
    cases = {
        "targets-targetValue": [("target/odd", "2.0")],
        "targets-targetValue-integer": [("target/odd", "3"), ("target/odder", "3")],
        "targets-targetValue-text": [("target/odd", "x", "", "")],
        "targets-unitText-integer": [("target/odder", "5")],
        "targets-voice-iri": [("target/odd", "https://example.org/voice", "")],
        "targets-theme-iri": [("target/odd", "https://example.org/theme?a=%20b", "")],
        "targets-theme-string": [("target/odd", "mobility")],
        "targets-type": [("target/odd", "QuantitativeTarget", "quantitative target")],
        "targets-type-iri": [("target/odd", "https://schema.org/Thing", "")],
        "targets-https_example_org_p_own_word": [("target/odd", "https://example.org/x")],
        "targets-https_example_org_p_own_word-integer": [("target/odd", "1")],
        "targets-https_example_org_p_own_word-string": [("target/odd", "a")],
        "targets-https_example_org_p_own_word-text": [("target/odd", "b", "", "")],
        "indicators-label": [("indicator/odd", "two", "", "")],
        "indicators-label-fr": [("indicator/odd", "un")],
        "indicators-label-string": [("indicator/odd", "plain")],
    }
    assert {name: routed.list_rows(name) for name in cases} == cases


def test_what_no_table_can_hold_is_counted(routed: Routed) -> None:
    assert routed.router.left_out == {NO_TABLE: 4, NO_CELL: 3}
    (row,) = [row for row in routed.find_rows("indicators") if "empty" in row["id"][0]]
    assert row["description_zh-Hans"] == ("一",)


def test_translations_share_a_row_only_if_they_belong_together(routed: Routed) -> None:
    assert routed.list_rows("indicators-editorialNote") == [
        ("indicator/many", "a", "", ""),
        ("indicator/many", "b", "", ""),
        ("indicator/many", "", "一", ""),
        ("indicator/many", "", "二", ""),
        ("indicator/one", "a", "一", ""),
    ]


def test_rows_are_written_in_batches(routed: Routed) -> None:
    sizes = [len(batch) for batch in routed.batches["cities"]]
    assert max(sizes) == BUFFER_ROWS
    counts = {table.name: count for table, count in routed.router.row_counts.items()}
    assert sum(sizes) == counts["cities"] > 2 * BUFFER_ROWS


def test_texts_in_languages_that_are_not_exported_are_no_loss(
    odd_home: Home, vocabulary: Vocabulary
) -> None:
    chinese = route(odd_home, vocabulary, ["zh-Hans"])
    assert ("indicator/one", "一") in chinese.list_rows("indicators-editorialNote")
    assert not {"indicators-label", "indicators-label-fr"} & {*chinese.batches}
    # The empty text is in English.
    assert chinese.router.left_out == {NO_TABLE: 4, NO_CELL: 2}


def test_derived_values_and_labels(untouched: Home, vocabulary: Vocabulary) -> None:
    routed = route(untouched, vocabulary, ["zh-Hans", "en"])
    (row,) = routed.find_rows("targets")
    expand = vocabulary.names.expand
    assert row["document"] == (expand("doc:suzhou-test-plan"),)
    assert row["document_label"] == ("苏州试验计划",)
    assert row["themes"] == ("惠民服务",)
    # A statement that is only entailed.
    assert row["city"] == (expand("place:suzhou"),)


def test_derived_column_that_is_not_declared(small: Home) -> None:
    path = small.queries / "tables" / "targets.rq"
    text = path.read_text("utf-8")
    assert text.count('BIND("themes" AS') == 1
    path.write_text(text.replace('BIND("themes" AS', 'BIND("topics" AS'), "utf-8")
    with pytest.raises(KgError, match=r"targets\.rq:1: the query derives topics"):
        route(small, read_vocabulary(small))


def test_label_is_in_the_language_or_the_next_best(odd_home: Home, vocabulary: Vocabulary) -> None:
    graph = load_graph(odd_home)
    a, b, c = (vocabulary.names.expand(f"place:{name}") for name in "abc")
    assert read_labels(graph, {a, b, c}, "zh-Hant") == {a: "甲", b: "Be", c: ""}
    assert read_labels(graph, [a], "en") == {a: "A"}
    assert read_labels(graph, [], "en") == {}
