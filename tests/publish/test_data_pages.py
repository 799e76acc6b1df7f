"""The page of the data, and the questions: what there is, how much, and where the answers are."""

import csv
import gzip
import json
import re
from hashlib import sha256
from html import unescape
from typing import Any

import pytest

from kg.ask import list_questions, needs_value
from kg.publish.words import LANGUAGES


def read_page(site: Any, path: str) -> str:
    return str((site.folder / path).read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_page_has_the_number_of_statements(town_site: Any, language: str) -> None:
    top = read_page(town_site, f"{language}/data.html").split('id="dumps"')[0]
    lines = gzip.decompress((town_site.folder / "dumps/city-policy.nq.gz").read_bytes())
    other = b"cdp/graph/catalog> ."
    quads = [one for one in lines.splitlines() if other not in one and not one.startswith(b"#")]
    assert f"<dd>{len(quads):,}</dd>" in top


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_data_page_says_what_the_dataset_is(city_site: Any, language: str) -> None:
    html = read_page(city_site, f"{language}/data.html")
    catalog = (city_site.folder / "data.ttl").read_text("utf-8")
    dataset = catalog[catalog.index("\n<https://w3id.org/cdp/dataset>\n") :].split("\n.\n")[0]
    for name in ("dcat:version", "dcterms:issued", "dcterms:bibliographicCitation"):
        (said,) = re.findall(f'{name} "([^"]+)"', dataset)
        assert said in html.split('id="dumps"')[0], name
    assert "80 " in html[html.index('id="coverage"') :].split("</p>")[0]


def test_named_graphs_have_titles_that_lead_to_their_topic(town_site: Any) -> None:
    html = read_page(town_site, "zh-Hans/data.html")
    assert '<a href="id/place/suzhou.html">' in html[html.index('id="graphs"') :]
    assert '<a href="ontology/themes.html">城市数字政策：主题</a>' in html


def test_catalogue_and_crate_are_apart_from_the_dumps(town_site: Any) -> None:
    html = read_page(town_site, "en/data.html")
    dumps = html[html.index('id="dumps"') :].split("</section>")[0]
    assert "ro-crate" not in dumps
    names = ("data.ttl", "void.ttl", ".well-known/void", "dumps/ro-crate-metadata.json")
    for name in names:
        assert f'href="../{name}"' in html
    assert len({(town_site.folder / name).read_bytes() for name in names[:3]}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_sums_are_those_of_all_dumps(town_site: Any, language: str) -> None:
    assert 'href="../SHA256SUMS"' in read_page(town_site, f"{language}/data.html")
    found = dict(line.split("  ")[::-1] for line in read_page(town_site, "SHA256SUMS").splitlines())
    assert found == {
        path.relative_to(town_site.folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in (town_site.folder / "dumps").iterdir()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_page_has_its_numbers_to_download(town_site: Any, language: str) -> None:
    html = read_page(town_site, f"{language}/index.html")
    assert 'href="index.csv"' in html
    _, *rows = csv.reader(read_page(town_site, f"{language}/index.csv").splitlines())
    cards = html[html.index('class="cards"') : html.index("</ul>")]
    shown = re.findall(r"<dt>([^<]+)</dt><dd><a[^>]*>([0-9/]+)</a></dd>", cards)
    facts = [row for row in rows if row[1] not in dict(shown)]
    counted = [row for row in rows if row not in facts]
    assert [(row[1], "/".join(filter(None, row[2:4]))) for row in counted] == shown
    missing = html[html.index('id="missing"') :].split("</section>")[0]
    totals = re.findall(r'<dt>([^<]+) <span class="count">× ([0-9]+)</span>', missing)
    assert totals
    for fact, total in totals:
        assert sum(int(row[2]) for row in facts if row[1] == unescape(fact)) == int(total)


@pytest.mark.parametrize("language", LANGUAGES)
def test_networks_can_be_downloaded_for_gephi(town_site: Any, language: str) -> None:
    folder = town_site.folder / language / "network"
    pages = sorted(folder.glob("*.html"))
    assert pages
    for page in pages:
        assert f'href="{page.stem}.gexf" download' in page.read_text("utf-8")
        gexf, table = (page.with_suffix(one).read_text("utf-8") for one in (".gexf", ".csv"))
        assert gexf.count("<edge ") == len(table.splitlines()) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_grouped_and_each_leads_to_an_answer(town_site: Any, language: str) -> None:
    listed = read_page(town_site, f"{language}/questions.html")
    questions = list_questions(town_site.home)
    for question in questions:
        assert listed.count(f'"q/{question.name}.html"') == 1
        page = read_page(town_site, f"{language}/q/{question.name}.html")
        main = page[page.index("<main") : page.index('id="command"')]
        rows = town_site.folder / f"{language}/q/{question.name}.json"
        if needs_value(town_site.home, question):
            assert re.search(r'<li><a href="\.\./(compare|things|id/doc/.*)\.html">', main)
            assert not rows.exists()
        else:
            found = json.loads(rows.read_text("utf-8"))["results"]["bindings"]
            is_linked = f'href="{rows.name}"' in main
            assert is_linked == bool(found), question.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_citations_of_questions_end_only_once(town_site: Any, language: str) -> None:
    cited = {
        name: said
        for name in town_site.pages
        if name.startswith(f"{language}/")
        for said in re.findall('<dd class="copy">([^<]*)</dd>', read_page(town_site, name))
    }
    assert len(cited) > 100
    assert [name for name, said in cited.items() if re.search("[?？!！.。][.。]", said)] == []
    assert any(re.search("[?？]", said) for said in cited.values())


@pytest.mark.slow
def test_answers_with_several_cities_lead_to_each(city_site: Any) -> None:
    assert city_site.find_broken() == []
    html = read_page(city_site, "en/q/voices.html")
    for city in ("Shenzhen", "Wuhan"):
        (number,) = re.findall(rf'<a href="#row-([0-9]+)">{city}</a>', html)
        assert f">{city}</a>" in html[html.index(f'<tr id="row-{number}">') :].split("</tr>")[0]
