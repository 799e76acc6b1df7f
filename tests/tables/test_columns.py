"""Columns: those of a property, of a link table, and of derived values."""

import pytest

from kg.tables import Vocabulary
from kg.tables.columns import NAMESPACED_IRIS, OTHER_IRIS, TEXTS, ColumnMaker

FIXED: dict[str, dict[str, str | dict[str, str]]] = {
    "id": {"en": "id", "about": {"en": "the subject of the row"}},
    "type": {"en": "kind", "about": {"en": "the class"}},
    "label": {"en": "name", "about": {"en": "short name"}},
    "of": {"en": "{}, by name"},
}


@pytest.fixture(scope="module")
def maker(vocabulary: Vocabulary) -> ColumnMaker:
    return ColumnMaker(vocabulary, ("en", "zh-Hans"), FIXED)


def test_key_is_an_id(maker: ColumnMaker) -> None:
    key = maker.make_key("id")
    assert (key.name, key.predicate) == ("id", "")
    assert key.namespace == maker.vocabulary.data_namespace
    assert key.descriptions == {"en": "the subject of the row"}


def test_columns_of_a_property(maker: ColumnMaker) -> None:
    target = maker.expand("cdp:Target")
    cases = {
        "cdp:targetValue": ["targetValue"],
        "cdp:description": ["description_en", "description_zh-Hans"],
        "cdp:hasVoice": ["voice", "voice_label"],
        "rdf:type": ["type", "type_label"],
    }
    found = {
        name: [c.name for c in maker.make_property_columns(maker.expand(name), target)]
        for name in cases
    }
    assert found == cases
    # A selector has no label.
    selector = maker.make_property_columns(maker.expand("oa:hasSelector"), target)
    assert [column.name for column in selector] == ["selector"]


def test_column_says_how_its_values_are_written(maker: ColumnMaker) -> None:
    target = maker.expand("cdp:Target")
    (value,) = maker.make_property_columns(maker.expand("cdp:targetValue"), target)
    assert (value.datatype, value.is_iri) == (maker.expand("xsd:decimal"), False)
    voice, label = maker.make_property_columns(maker.expand("cdp:hasVoice"), target)
    assert (voice.is_iri, voice.namespace) == (True, maker.expand("voice:"))
    assert (label.label_of, label.predicate) == ("voice", "")
    assert label.titles["en"] == f"{voice.titles['en']}, by name"
    kind = maker.make_property_columns(maker.expand("rdf:type"), target)[0]
    assert kind.namespace == maker.expand("cdp:")
    name = maker.make_property_columns(maker.expand("rdfs:label"), target)[0]
    assert (name.titles, name.language) == ({"en": "name"}, "en")


def test_columns_of_a_link_table_by_kind_of_value(maker: ColumnMaker) -> None:
    target, theme = maker.expand("cdp:Target"), maker.expand("cdp:hasTheme")
    kinds = [NAMESPACED_IRIS, OTHER_IRIS, TEXTS, "fr", maker.expand("xsd:integer")]
    found = {kind: maker.make_object_columns(theme, target, kind) for kind in kinds}
    assert [[c.name for c in columns] for columns in found.values()] == [
        ["object", "object_label"],
        ["object", "object_label"],
        ["object_en", "object_zh-Hans"],
        ["object"],
        ["object"],
    ]
    assert found[NAMESPACED_IRIS][0].namespace == maker.expand("theme:")
    assert found[OTHER_IRIS][0].namespace == ""
    assert found["fr"][0].language == "fr"
    assert found[kinds[-1]][0].datatype == maker.expand("xsd:integer")


def test_literals_in_a_link_table_have_no_namespace(maker: ColumnMaker) -> None:
    # A text that starts like an IRI of the data must not be shortened.
    target = maker.expand("cdp:Target")
    string = maker.expand("xsd:string")
    (text,) = maker.make_object_columns(maker.expand("cdp:unitText"), target, string)
    notes = maker.make_object_columns(maker.expand("skos:editorialNote"), target, TEXTS)
    assert [(column.is_iri, column.namespace) for column in (text, *notes)] == [(False, "")] * 3


def test_columns_of_derived_values(maker: ColumnMaker) -> None:
    found = {
        kind: maker.make_derived_columns("city", {"kind": kind, "en": "the city"})
        for kind in ("thing", "label", "iri", "decimal")
    }
    assert {kind: [c.name for c in columns] for kind, columns in found.items()} == {
        "thing": ["city", "city_label"],
        "label": ["city"],
        "iri": ["city"],
        "decimal": ["city"],
    }
    assert all(not c.predicate for columns in found.values() for c in columns)
    assert [found[kind][0].is_list for kind in found] == [True, True, True, False]
    assert found["label"][0].label_of == "city"
    assert found["decimal"][0].datatype == maker.expand("xsd:decimal")
