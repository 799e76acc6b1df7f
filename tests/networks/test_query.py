"""Queries of networks: found by name, their headers, and values bound in them."""

from pathlib import Path

import pytest

from kg.ask.question import Question
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import find_home
from kg.names import read_names
from kg.networks.query import (
    bind_network,
    find_network,
    list_networks,
    read_fold,
    read_largest,
)

HOME = find_home()
NAMES = read_names(HOME)


def make_question(tmp_path: Path, header: str) -> Question:
    path = tmp_path / "test.rq"
    path.write_text(f"#+ summary:\n#+   en: A test\n{header}SELECT * {{}}\n", "utf-8")
    return Question("test", path)


def test_networks_of_the_project() -> None:
    names = [network.name for network in list_networks(HOME)]
    assert names == ["city-city", "city-technology", "city-theme", "documents", "entities"]
    assert find_network(HOME, "documents").path == HOME.queries / "networks" / "documents.rq"


def test_unknown_network_is_an_error() -> None:
    with pytest.raises(KgError, match=r"city-themes: unknown network\. Did you mean city-theme"):
        find_network(HOME, "city-themes")
    with pytest.raises(KgError, match=r"Networks: city-city, .*, entities") as error:
        find_network(HOME, "x" * 20)
    assert error.value.exit_code == 2


def test_headers_have_a_summary_and_a_description_in_both_languages() -> None:
    texts = {
        (network.name, field, language): network.header[field].get(language)
        for network in list_networks(HOME)
        for field in ("summary", "description")
        for language in ("en", "zh-Hans")
    }
    assert len(texts) == 20
    assert [key for key, text in texts.items() if not text] == []


def test_largest_is_the_one_given_or_that_of_the_header(tmp_path: Path) -> None:
    question = make_question(tmp_path, "#+ largest: 300\n")
    assert (read_largest(question, None), read_largest(question, 5)) == (300, 5)
    assert read_largest(make_question(tmp_path, ""), None) == 10_000
    for given, header in ((0, ""), (None, "#+ largest: many\n"), (None, "#+ largest: -1\n")):
        with pytest.raises(KgError, match="Use 1 or more"):
            read_largest(make_question(tmp_path, header), given)


def test_kind_and_column_of_folded_edges_are_read(tmp_path: Path) -> None:
    header = "#+ fold:\n#+   kind: cdp:hasTheme\n#+   column: themes\n#+   en: Themes\n"
    folded = read_fold(make_question(tmp_path, header), NAMES, "zh-Hans")
    assert folded == (NAMES.expand("cdp:hasTheme"), {"themes": "Themes"})
    assert read_fold(make_question(tmp_path, ""), NAMES, "en") == ("", {})
    with pytest.raises(KgError, match="fold has no kind or no column"):
        read_fold(make_question(tmp_path, "#+ fold:\n#+   kind: cdp:hasTheme\n"), NAMES, "en")


def test_several_values_are_bound(graph: LocalGraph) -> None:
    question = find_network(HOME, "city-theme")
    text = bind_network(graph, question, {"city": ["深圳", "wuhan", "Wuhan"], "theme": []})
    shenzhen, wuhan = (NAMES.expand(f"place:{name}") for name in ("shenzhen", "wuhan"))
    assert f"VALUES ?cityIri {{ <{shenzhen}> <{wuhan}> }}" in text
    assert "VALUES ?themeIri { UNDEF }" in text


def test_message_has_all_wrong_values(graph: LocalGraph) -> None:
    values = {"city": ["wuhn", "wuhan"], "voice": ["nobody"], "color": ["red"]}
    with pytest.raises(KgError) as error:
        bind_network(graph, find_network(HOME, "city-theme"), values)
    city, voice, color = str(error.value).splitlines()
    assert city.startswith("city: wuhn") and "Did you mean wuhan" in city
    assert voice.startswith("voice: nobody")
    assert color.startswith(
        "color: unknown parameter of city-theme. Parameters: city, theme, voice"
    )
    assert error.value.exit_code == 2
