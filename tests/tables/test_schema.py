"""Schema: the declared tables with all their columns, and link tables."""

from collections.abc import Callable

import pytest

from kg.errors import KgError
from kg.home import Home
from kg.names import LANGUAGES
from kg.tables import Vocabulary, read_vocabulary
from kg.tables.columns import NAMESPACED_IRIS, OTHER_IRIS, TEXTS
from kg.tables.schema import Schema, Table, read_schema

CLASS_TABLES = [
    "cities", "documents", "parts", "pillars-and-highlights", "initiatives", "targets",
    "indicators", "frameworks", "components", "counts", "evidence", "places", "bodies", "periods",
    "sources", "segments", "selectors", "higher-policies",
]  # fmt: skip


@pytest.fixture(scope="module")
def schema(home: Home, vocabulary: Vocabulary) -> Schema:
    return read_schema(home, vocabulary, LANGUAGES)


@pytest.fixture(scope="module")
def find_table(schema: Schema) -> Callable[[str], Table]:
    return {table.name: table for table in schema.tables}.__getitem__


def list_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def test_tables_come_in_the_declared_order(schema: Schema) -> None:
    assert [table.name for table in schema.tables] == CLASS_TABLES


def test_declared_columns_come_first(find_table: Callable[[str], Table]) -> None:
    columns = list_columns(find_table("targets"))
    assert columns[:9] == [
        "id", "type", "type_label", "label_en", "label_zh-Hans", "label_zh-Hant", "city",
        "city_label", "document",
    ]  # fmt: skip
    # The others follow, texts last.
    assert columns.index("description_en") < columns.index("openEnded")
    assert columns.index("openEnded") < columns.index("heading_en")


def test_tables_have_the_columns_of_the_given_languages(home: Home, vocabulary: Vocabulary) -> None:
    chinese = read_schema(home, vocabulary, ["zh-Hans"])
    columns = [column.language for table in chinese.tables for column in table.columns]
    assert set(columns) == {"", "zh-Hans"}


def test_table_of_a_subject_is_the_first_that_fits(schema: Schema) -> None:
    expand = schema.vocabulary.names.expand
    cases = {
        "cdp:City": "cities",
        "cdp:Jurisdiction": "places",
        "cdp:Programme": "initiatives",
        "cdp:Theme": "",
    }
    found = {name: schema.find_table([expand(name)]) for name in cases}
    assert {name: table.name if table else "" for name, table in found.items()} == cases
    targets = schema.list_target_tables([expand("cdp:Jurisdiction")])
    assert [table.name for table in targets] == ["cities", "places"]


def test_link_table_is_named_after_property_and_unexpected_kind(
    schema: Schema, find_table: Callable[[str], Table]
) -> None:
    expand = schema.vocabulary.names.expand
    targets = find_table("targets")
    cases = [
        ("cdp:hasTheme", NAMESPACED_IRIS, "targets-theme"),
        ("cdp:hasTheme", OTHER_IRIS, "targets-theme-iri"),
        ("cdp:hasTheme", expand("xsd:string"), "targets-theme-string"),
        ("cdp:targetValue", expand("xsd:decimal"), "targets-targetValue"),
        ("cdp:targetValue", TEXTS, "targets-targetValue-text"),
        ("rdfs:label", TEXTS, "targets-label"),
        ("rdfs:label", "fr", "targets-label-fr"),
        ("rdf:type", NAMESPACED_IRIS, "targets-type"),
    ]
    tables = [schema.make_link_table(targets, expand(name), kind) for name, kind, _ in cases]
    assert [table.name for table in tables] == [name for _, _, name in cases]
    assert {table.parent for table in tables} == {"targets"}
    assert {table.key.name for table in tables} == {"subject"}


def test_new_property_has_a_column_or_a_link_table(small: Home) -> None:
    with (small.ontology / "cdp.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "cdp:budget a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:domain cdp:Target ;"
            " rdfs:range xsd:decimal .\n"
            "cdp:odd a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:domain cdp:Target .\n"
            "cdp:hasFriend a owl:ObjectProperty ; rdfs:range cdp:City .\n"
        )
    schema = read_schema(small, read_vocabulary(small), LANGUAGES)
    with_budget = [table.name for table in schema.tables if "budget" in list_columns(table)]
    assert with_budget == ["targets"]
    # A property without a datatype cannot have a column.
    assert not [table.name for table in schema.tables if "odd" in list_columns(table)]
    link_table = schema.make_link_table(
        schema.tables[0], schema.vocabulary.names.expand("cdp:hasFriend"), NAMESPACED_IRIS
    )
    assert link_table.name == "cities-friend"
    assert list_columns(link_table) == ["subject", "object", "object_label"]


def test_invalid_declarations_are_refused(
    vocabulary: Vocabulary, untouched: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cases = [
        ("#+ order: 6\n", "", "missing or invalid in the header: order"),
        ("#+ order: 6\n", "#+ order: six\n", "missing or invalid in the header: order"),
        ("#+ class: cdp:Target\n", "", "missing or invalid in the header: class"),
        ("#+     kind: label\n", "", "missing or invalid in the header: reading"),
        ("#+   - cdp:unitText\n", "#+   - cdp:hasTheme\n", "cdp:hasTheme cannot be a column"),
        ("#+   - cdp:unitText\n", "#+   - cdp:noSuch\n", "cdp:noSuch cannot be a column"),
        ("#+   - cdp:unitText\n", "#+   - cdp:targetValue\n", "named targetValue"),
    ]
    source = (untouched.queries / "tables" / "targets.rq").read_text("utf-8")
    internal = untouched.queries / "internal" / "table-properties.rq"
    for old, new, message in cases:
        assert source.count(old) == 1
        home = Home(tmp_path_factory.mktemp("declaration"))
        for path, text in (
            (home.queries / "tables" / "targets.rq", source.replace(old, new)),
            (home.queries / "internal" / internal.name, internal.read_text("utf-8")),
        ):
            path.parent.mkdir(parents=True)
            path.write_text(text, "utf-8")
        with pytest.raises(KgError, match=rf"targets\.rq:1: .*{message}"):
            read_schema(home, vocabulary, LANGUAGES)
