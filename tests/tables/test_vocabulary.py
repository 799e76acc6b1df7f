"""Vocabulary: what the ontology and its shapes say of properties, classes and codes."""

from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import Home
from kg.tables import Property, Vocabulary, read_vocabulary


def find_property(vocabulary: Vocabulary, name: str) -> Property:
    return vocabulary.find_property(vocabulary.names.expand(name))


def test_property_has_its_values_classes_and_texts(vocabulary: Vocabulary) -> None:
    expand = vocabulary.names.expand
    value = find_property(vocabulary, "cdp:targetValue")
    assert value.datatypes == [expand("xsd:decimal")]
    assert not value.is_object_property
    assert not value.is_language_tagged
    assert {"en", "zh-Hans"} <= set(value.labels)
    assert {"en", "zh-Hans"} <= set(value.definitions)
    theme = find_property(vocabulary, "cdp:hasTheme")
    assert theme.is_object_property
    assert theme.ranges == {expand("cdp:Theme")}
    assert theme.datatypes == []
    description = find_property(vocabulary, "cdp:description")
    assert description.is_language_tagged
    assert description.has_unique_languages


def test_column_names_are_unique_local_names(vocabulary: Vocabulary) -> None:
    names = [prop.column_name for prop in vocabulary.properties.values()]
    assert len(names) == len(set(names)) > 90
    found = {
        name: find_property(vocabulary, name).column_name
        for name in ("cdp:hasTheme", "cdp:description", "dcterms:description", "rdf:type")
    }
    assert found == {
        "cdp:hasTheme": "theme",
        "cdp:description": "description",
        "dcterms:description": "dcterms_description",
        "rdf:type": "type",
    }
    undeclared = vocabulary.find_property("https://example.org/p/own-word")
    assert undeclared.column_name == "https_example_org_p_own_word"
    assert undeclared.is_object_property


def test_superclasses_include_the_class_itself(vocabulary: Vocabulary) -> None:
    expand = vocabulary.names.expand
    programme = expand("cdp:Programme")
    assert {programme, expand("cdp:Initiative")} <= vocabulary.list_superclasses(programme)
    assert vocabulary.list_superclasses("https://example.org/x") == {"https://example.org/x"}


def test_properties_of_a_class(vocabulary: Vocabulary) -> None:
    target, city = map(vocabulary.names.expand, ("cdp:QuantitativeTarget", "cdp:City"))
    value = find_property(vocabulary, "cdp:targetValue")
    assert vocabulary.applies_to(value, target)
    assert not vocabulary.applies_to(value, city)
    assert vocabulary.fits_columns(value, target)
    # A target can have several themes, and several notes in one language.
    for name in ("cdp:hasTheme", "skos:editorialNote"):
        assert not vocabulary.fits_columns(find_property(vocabulary, name), target)
    assert vocabulary.has_labels(city)
    assert not vocabulary.has_labels(vocabulary.names.expand("oa:TextPositionSelector"))


def test_namespace_of_instances(vocabulary: Vocabulary) -> None:
    expand = vocabulary.names.expand
    find = vocabulary.find_namespace
    assert find([expand("cdp:City")]) == expand("place:").removesuffix("place/")
    assert find([expand("cdp:Theme")]) == expand("theme:")
    # Codes of two namespaces, codes and instances of the data, and no class at all.
    assert find([expand("cdp:Theme"), expand("cdp:Voice")]) == ""
    assert find([expand("cdp:Theme"), expand("cdp:City")]) == ""
    assert find([]) == ""


def test_codes_have_labels(vocabulary: Vocabulary) -> None:
    expand = vocabulary.names.expand
    mobility = vocabulary.codes[expand("cdp:Theme")][expand("theme:mobility")]
    assert mobility["en"] == "mobility"
    assert expand("cdp:City") not in vocabulary.codes


def test_file_that_is_not_turtle(small: Home) -> None:
    path = Path(small.ontology / "cdp.ttl")
    path.write_text("cdp:Theme", "utf-8")
    with pytest.raises(KgError, match=r"cdp\.ttl"):
        read_vocabulary(small)
