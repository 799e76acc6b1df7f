"""A thing whose label exists in one language only has that label in every language and output."""

import csv
import re
from functools import partial
from pathlib import Path

import pytest

from kg.graph import LocalGraph, load_graph
from kg.home import Home
from kg.names import LANGUAGES
from kg.networks import NetworkOptions, build_network, find_network, write_network
from kg.pictures import draw_svg
from kg.portrait import Description, describe_node
from kg.tables import export_tables

SUZHOU = r'"Suzhou"@en\s*,\s*"苏州"@zh-Hans'
TARGET_CLASS = r'"qualitative target"@en\s*,\s*"定性目标"@zh-Hans'
LABEL = "SoutcheouX"
CLASS_LABEL = "CibleX"
# The last two do not say in which script a text is, or in which language.
TAGS = ("@zh-Hant", "@fr", "@en-GB", "@zh", "")


def replace_labels(path: Path, labels: str, written: str) -> None:
    text, count = re.subn(labels, written, path.read_text("utf-8"))
    assert count == 1
    path.write_text(text, "utf-8")


@pytest.fixture(
    params=[pytest.param(tag, marks=[pytest.mark.slow] if tag in TAGS[1:4] else []) for tag in TAGS]
)
def odd_home(request: pytest.FixtureRequest, small: Home) -> Home:
    """A home with a city and a class that have one label, but for an empty one in English."""
    tag = request.param
    replace_labels(small.data / "reference" / "places.ttl", SUZHOU, f'""@en, "{LABEL}"{tag}')
    replace_labels(small.ontology / "cdp.ttl", TARGET_CLASS, f'"{CLASS_LABEL}"{tag}')
    return small


@pytest.fixture
def odd_graph(odd_home: Home) -> LocalGraph:
    """The graph of that home."""
    return load_graph(odd_home)


def list_values(description: Description) -> list[str]:
    return [link.name for detail in description.statements for link in detail.values]


def test_label_in_one_language_is_in_descriptions(odd_graph: LocalGraph) -> None:
    for language in LANGUAGES:
        show = partial(describe_node, odd_graph, language=language)
        assert show("place:suzhou").label == LABEL
        assert show(LABEL).to_text().startswith(f"{LABEL} — place:suzhou\n")
        assert LABEL in list_values(show("place:suzhou"))
        assert LABEL in list_values(show("doc:suzhou-test-plan"))
        assert CLASS_LABEL in list_values(show("target:suzhou-test-reach"))


@pytest.mark.slow
def test_label_in_one_language_is_in_networks(odd_graph: LocalGraph, tmp_path: Path) -> None:
    for language in LANGUAGES:
        question = find_network(odd_graph.home, "entities")
        network = build_network(odd_graph, question, NetworkOptions(language))
        nodes = {node.id: node for node in network.nodes}
        assert nodes["place:suzhou"].label == LABEL
        assert nodes["target:suzhou-test-reach"].attributes["city"] == LABEL
        assert nodes["target:suzhou-test-reach"].attributes["class"] == CLASS_LABEL
        for name in ("gexf", "graphml", "json"):
            with (tmp_path / name).open("wb") as stream:
                write_network(network, name, stream)
            assert LABEL in (tmp_path / name).read_text("utf-8"), name
        assert LABEL in draw_svg(network)


@pytest.mark.slow
def test_label_in_one_language_is_in_tables(odd_home: Home, tmp_path: Path) -> None:
    for language in LANGUAGES:
        others = [tag for tag in LANGUAGES if tag != language]
        folder = tmp_path / language
        export_tables(odd_home, folder, languages=[language, *others])
        with (folder / "targets.csv").open(encoding="utf-8", newline="") as stream:
            (row,) = csv.DictReader(stream)
        assert (row["city_label"], row["type_label"]) == (LABEL, CLASS_LABEL)
    lines = (folder / "codebook.md").read_text("utf-8").splitlines()
    assert f"| `QualitativeTarget` | {CLASS_LABEL} | {CLASS_LABEL} |" in "\n".join(lines)
