"""Each page of a thing says what it is about at its top, and has what it shows as CSV."""

import csv
from typing import Any

import pytest

from kg.publish.words import LANGUAGES


def read_top(site: Any, path: str) -> str:
    """Return the HTML of a page before what it folds away."""
    html = (site.folder / path).read_text("utf-8")
    return str(html[html.index('<main id="main">') :].split("<details")[0])


@pytest.mark.parametrize("path", ["initiative/suzhou-test-platform", "target/suzhou-test-reach"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_element_links_its_city_and_themes(town_site: Any, path: str, language: str) -> None:
    turtle = (town_site.folder / f"id/{path}.ttl").read_text("utf-8")
    top = read_top(town_site, f"{language}/id/{path}.html")
    assert 'href="../place/suzhou.html"' in top
    assert "cdp:hasTheme theme:" in turtle
    assert 'href="../../theme/' in top


def test_source_says_what_it_is_before_its_passages(town_site: Any) -> None:
    turtle = (town_site.folder / "id/source/town.ttl").read_text("utf-8")
    digest = turtle.split("cdp:sha256")[1].split('"')[1]
    top = read_top(town_site, "en/id/source/town.html").split('id="passages"')[0]
    assert digest in top
    assert 'href="../doc/town.html"' in top
    assert "<dt>date of issue</dt><dd>not stated</dd>" in top


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_thing_has_its_rows_as_csv(town_site: Any, language: str) -> None:
    pages = {name for name in town_site.pages if name.startswith(f"{language}/id/")}
    assert len(pages) > 15
    for name in pages | {f"{language}/{one}.html" for one in ("ontology", "things", "codes")}:
        table = town_site.folder / name.replace(".html", ".csv")
        links = [link for _, _, link in town_site.pages[name].links]
        assert table.name in links, name
        with table.open(encoding="utf-8", newline="") as lines:
            titles, *rows = csv.reader(lines)
        assert rows, name
        assert {len(row) for row in rows} == {len(titles)}, name
