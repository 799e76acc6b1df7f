"""The site as a whole: links, IRIs, bytes, foreign files, hostile data, and what is not shown."""

import json
import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from kg.errors import KgError
from kg.files import MANIFEST
from kg.graph import load_graph
from kg.home import Home
from kg.names import text
from kg.portrait.reading import read_everything
from kg.publish import publish_site
from kg.publish.routes import make_routes
from kg.publish.web import check_report
from kg.publish.words import LANGUAGES
from kg.source import NgramIndex, restore_text, simplify_text

Read = Callable[[Path, Home], Any]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
EVIL = """
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<https://w3id.org/cdp/id/place/../../../escape> a cdp:City ;
    rdfs:label "<script>alert(1)</script>"@en , "</title><img src=x onerror=alert(1)>"@zh-Hans ;
    cdp:description "\\"><script>alert(2)</script> {{ 7 * 7 }} </script>"@en ;
    owl:sameAs <javascript:alert(3)> .
<https://w3id.org/cdp/id/place/a'onclick='b> a cdp:City ; rdfs:label "=1+1"@en .
<https://w3id.org/cdp/en/index> a cdp:City ; rdfs:label "not the home page"@en .
<https://w3id.org/cdp/id/doc/evil> a cdp:PolicyDocument ;
    rdfs:label "<b>bold</b>"@en ;
    cdp:appliesTo <https://w3id.org/cdp/id/place/../../../escape> .
"""
# Words of languages, formats and the program that both languages share.
SHARED = re.compile(
    r"SHA-256|Turtle|JSON(-LD)?|N-Triples|TriG|N-Quads|SPARQL|IRI|CSV"
    r"|City Digital Policy maintainers|DCAT|VoID|PROV|schema\.org|RO-Crate"
)


def list_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def list_states(folder: Path) -> dict[str, tuple[int, int]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def find_missing_iris(site: Any) -> list[str]:
    """Return the IRIs of ours without a page, a fragment, or a Turtle file that has them."""
    reading = read_everything(load_graph(site.home), "en")
    routes = make_routes(reading)
    subjects: dict[str, set[str]] = {}
    missing = []
    for iri in reading.statements:
        if not iri.startswith(routes.base):
            continue
        address = routes.addresses[iri]
        if address.page not in subjects:
            data = (site.folder / f"{address.page}.ttl").read_bytes()
            quads = parse(data, RdfFormat.TURTLE)
            subjects[address.page] = {text(q.subject) for q in quads}
        pages = [site.pages[f"{language}/{address.page}.html"] for language in LANGUAGES]
        if address.fragment and not all(address.fragment in page.ids for page in pages):
            missing.append(f"{iri}: fragment")
        if iri not in subjects[address.page]:
            missing.append(f"{iri}: Turtle")
    return missing


def check_safety(site: Any) -> None:
    """Check that pages have no script, no inline style, and load nothing from elsewhere."""
    for name, page in site.pages.items():
        for tag, given in page.tags:
            assert tag not in ("style", "iframe", "object", "embed", "base", "form"), name
            assert tag != "script" or given == {"type": "application/ld+json"}, name
            assert not any(key == "style" or key.startswith("on") for key in given), name
        for tag, attribute, link in page.links:
            assert re.match(r"(https?|mailto):|[^:]*$", link), (name, link)
            if attribute != "href" or (tag == "link" and not link.startswith("https://example")):
                assert ":" not in link, (name, link)


def test_links_lead_somewhere(town_site: Any) -> None:
    assert len(town_site.pages) > 300
    assert town_site.find_broken() == []
    assert [n for n, page in town_site.pages.items() if max(page.ids.values(), default=0) > 1] == []


def test_broken_link_is_found(town_site: Any, tmp_path: Path, read_site: Read) -> None:
    copy = tmp_path / "site"
    copy.mkdir()
    for name in ("index", "time", "about"):
        page = (town_site.folder / f"en/{name}.html").read_text("utf-8")
        links = ("time.html", "#cite", "about.html#cite")
        page += "".join(f'<a href="{link}">x</a>' for link in links) if name == "index" else ""
        (copy / f"{name}.html").write_text(page, "utf-8")
    before = read_site(copy, town_site.home).find_broken()
    assert not {("index.html", "time.html"), ("index.html", "about.html#cite")} & set(before)
    assert ("index.html", "#cite") in before
    (copy / "time.html").unlink()
    page = (copy / "about.html").read_text("utf-8")
    (copy / "about.html").write_text(page.replace('id="cite"', ""), "utf-8")
    broken = read_site(copy, town_site.home).find_broken()
    assert {("index.html", "time.html"), ("index.html", "about.html#cite")} <= set(broken)


def test_every_iri_has_a_page_and_statements(town_site: Any) -> None:
    assert find_missing_iris(town_site) == []


def test_pages_run_and_load_nothing(town_site: Any) -> None:
    check_safety(town_site)


def test_formats_beside_a_page_have_the_same_statements(town_site: Any) -> None:
    path = town_site.folder / "id/place/suzhou"
    turtle = {str(q.triple) for q in parse(path.with_suffix(".ttl").read_bytes(), RdfFormat.TURTLE)}
    lines = path.with_suffix(".nt").read_bytes()
    assert {str(q.triple) for q in parse(lines, RdfFormat.N_TRIPLES)} == turtle
    document = json.loads(path.with_suffix(".jsonld").read_text("utf-8"))
    context = json.loads((town_site.folder / "context.jsonld").read_text("utf-8"))
    assert document["@context"] == "../../context.jsonld"
    own = [node["id"] for node in document["@graph"] if "type" in node]
    assert own == ["place:suzhou"]
    full = json.dumps({**document, **context})
    read = parse(full.encode(), RdfFormat.JSON_LD)
    assert {str(quad.triple) for quad in read} == turtle


@pytest.mark.slow
def test_command_writes_the_same_bytes_for_the_same_data(
    run: Run, town_site: Any, tmp_path: Path
) -> None:
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C"}
    done = run("publish", tmp_path / "other", home=town_site.home, **environment)
    assert done.stderr == ""
    assert "Open " in done.stdout
    assert list_files(tmp_path / "other") == list_files(town_site.folder)


@pytest.mark.slow
def test_only_what_changed_is_written(small: Home, town_site: Any, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(town_site.folder, folder)
    (folder / "mine.txt").write_text("mine")
    files, before = list_files(folder), list_states(folder)
    data = small.data / "reference/places.ttl"
    data.write_text(data.read_text("utf-8").replace('"Wuhan"@en', '"Wuhan City"@en'), "utf-8")
    publish_site(small, folder)
    after = list_states(folder)
    changed = {Path(name).relative_to(folder).as_posix() for name in after
               if before.get(name) != after[name]}  # fmt: skip
    assert changed == {name for name, data in list_files(folder).items()
                       if files.get(name) != data}  # fmt: skip
    assert {"en/id/place/wuhan.html", "id/place/wuhan.ttl", MANIFEST} <= changed
    assert not {"en/id/place/suzhou.html", "style.css", "id/place/suzhou.nt", "mine.txt"} & changed
    assert (folder / "mine.txt").read_text() == "mine"


def test_file_of_another_is_refused_and_kept(
    untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.publish.site._read_editions", lambda *given: (None, []))
    monkeypatch.setattr("kg.publish.site._write_site", lambda *given: [("en/index.html", b"ours")])
    (tmp_path / "en").mkdir()
    (tmp_path / "en/index.html").write_text("mine")
    with pytest.raises(KgError, match="Use --force"):
        publish_site(untouched, tmp_path)
    assert list_files(tmp_path) == {"en/index.html": b"mine"}
    publish_site(untouched, tmp_path, force=True)
    assert (tmp_path / "en/index.html").read_bytes() == b"ours"


@pytest.mark.slow
def test_hostile_data_stay_text(small: Home, tmp_path: Path, read_site: Read) -> None:
    (small.data / "town/evil.ttl").write_text(EVIL, "utf-8")
    folder = tmp_path / "out" / "site"
    publish_site(small, folder, base_url="https://example.org/")
    site = read_site(folder, small)
    assert sorted(path.name for path in tmp_path.joinpath("out").iterdir()) == ["site"]
    check_safety(site)
    assert site.find_broken() == []
    assert find_missing_iris(site) == []
    assert "<script>alert" not in (folder / "en/index.html").read_text("utf-8")
    pages = [path.read_text("utf-8") for path in (folder / "en/x").glob("*.html")]
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)
    assert any("{{ 7 * 7 }}" in page for page in pages)


@pytest.mark.slow
def test_address_adds_links_across_languages(
    untouched: Home, tmp_path: Path, read_site: Read, town_site: Any
) -> None:
    folder = tmp_path / "site"
    publish_site(untouched, folder, base_url="https://example.org/x", report_to="a@example.org")
    page = (folder / "zh-Hans/id/place/suzhou.html").read_text("utf-8")
    own = "https://example.org/x/zh-Hans/id/place/suzhou.html"
    assert f'<link rel="canonical" href="{own}">' in page
    assert f'hreflang="zh-Hans" href="{own}"' in page
    assert 'hreflang="x-default" href="https://example.org/x/en/id/place/suzhou.html"' in page
    found = re.search(r'ld\+json">(.*)</script>', page)
    assert found
    described = json.loads(found[1])
    assert described["@id"] == "https://w3id.org/cdp/id/place/suzhou"
    assert (described["@type"], described["name"]) == ("City", "苏州")
    assert 'href="mailto:a@example.org?subject=https' in page
    addresses = re.findall("<loc>(.*)</loc>", (folder / "sitemap.xml").read_text("utf-8"))
    paths = {address.removeprefix("https://example.org/x/") for address in addresses}
    assert paths == set(read_site(folder, untouched).pages) - {"index.html", "404.html"}
    assert "Sitemap: https://example.org/x/sitemap.xml" in (folder / "robots.txt").read_text()
    missing = (folder / "404.html").read_text("utf-8")
    assert "https://example.org/x/style.css" in missing
    assert '<meta name="robots" content="noindex">' in missing
    assert not re.search("canonical|alternate", missing)
    plain = (town_site.folder / "zh-Hans/id/place/suzhou.html").read_text("utf-8")
    assert not re.search("canonical|hreflang=.x-default|og:|ld.json.>", plain)
    assert not (town_site.folder / "sitemap.xml").exists()
    assert not (town_site.folder / "404.html").exists()


@pytest.mark.parametrize("text", ["a@example.org", "mailto:a@example.org"])
def test_mail_address_may_be_a_link(text: str) -> None:
    assert check_report(text) == "mailto:a@example.org"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "example.org"}, "--base-url example.org: not the address of a site."),
        ({"base_url": "https://example.org/?a=b"}, "without ? and #"),
        ({"report_to": "javascript:alert(1)"}, "neither a web address nor a mail address"),
        ({"report_to": "mailto:a b@example.org"}, "neither a web address nor a mail address"),
        ({"report_to": 'https://example.org/"><b>'}, "neither a web address nor a mail address"),
    ],
)
def test_wrong_address_is_refused(
    untouched: Home, tmp_path: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(KgError) as caught:
        publish_site(untouched, tmp_path / "site", **options)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert not (tmp_path / "site").exists()


@pytest.mark.slow
def test_command_refuses_a_wrong_address(run: Run, untouched: Home, tmp_path: Path) -> None:
    refused = run("publish", tmp_path / "site", "--report-to", "x", home=untouched, code=2)
    assert refused.stderr.startswith("kg: --report-to x: ")


@pytest.mark.slow
def test_passages_are_shown_only_if_asked_for(
    untouched: Home,
    town: Path,
    town_site: Any,
    tmp_path: Path,
    read_site: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quoted = '<blockquote lang="zh-Hans">苏州拟建一个试验平台'
    for path in town_site.folder.rglob("*.html"):
        assert "<blockquote" not in path.read_text("utf-8")
    with pytest.raises(KgError, match="--passages: no source text has been added"):
        publish_site(untouched, tmp_path / "site", passages=True)
    assert not (tmp_path / "site").exists()
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    publish_site(untouched, tmp_path / "site", passages=True)
    site = read_site(tmp_path / "site", untouched)
    check_safety(site)
    assert site.find_broken() == []
    for language in LANGUAGES:
        for page in ("id/place/suzhou", "id/source/town"):
            assert quoted in (site.folder / f"{language}/{page}.html").read_text("utf-8")
    about = (site.folder / "en/about.html").read_text("utf-8")
    assert "are shown as quotations" in about
    assert "not shown" not in about
    for path in site.folder.rglob("*"):
        if path.suffix in (".ttl", ".nt", ".jsonld", ".csv", ".svg"):
            assert "拟建一个试验平台" not in path.read_text("utf-8"), path


def test_html_is_valid(town_site: Any) -> None:
    """Of each folder, the page with the most elements is checked, or with KG_ALL_PAGES=1 all."""
    html = import_module("html5rdf")
    names = sorted(town_site.pages, key=lambda name: len(town_site.pages[name].tags))
    largest = {posixpath.dirname(name): name for name in names}
    assert len(largest) > 40
    for name in names if os.environ.get("KG_ALL_PAGES") else largest.values():
        parser = html.HTMLParser(strict=False)
        parser.parse((town_site.folder / name).read_text("utf-8"))
        assert parser.errors == [], (name, parser.errors[:3])


def test_chinese_pages_have_no_english_words(town_site: Any) -> None:
    """Apart from names of things, which the data may have in one language, and what is marked."""
    reading = read_everything(load_graph(town_site.home), "zh-Hans")
    known = {link for iri in reading.statements for link in (reading.read_label(iri),)}
    found = set()
    for name, page in town_site.pages.items():
        if name.startswith("zh-Hans/"):
            for tag, language, shown in page.texts:
                rest = SHARED.sub("", shown)
                is_code = tag in ("code", "pre") or "://" in shown or shown.strip() in known
                if language == "zh-Hans" and not is_code and not re.search("[一-鿿]", shown):
                    found |= {(tag, shown.strip())} if re.search("[A-Za-z]{3}", rest) else set()
    allowed = {"@content"}  # viewport, policy
    assert {one for one in found if one[0] not in allowed} == set()


@pytest.mark.slow
def test_city_site_is_whole(city_site: Any) -> None:
    assert len(city_site.pages) > 1000
    assert city_site.find_broken() == []
    assert find_missing_iris(city_site) == []
    check_safety(city_site)


@pytest.mark.slow
def test_no_page_has_wording_of_the_article(city_site: Any, article_text: str) -> None:
    restored = restore_text(article_text).text
    graph = load_graph(city_site.home)
    # kg check compares labels, with the exceptions that the data accept.
    rows = [*graph.internal("titles"), *graph.internal("label-texts")]
    names = [text(name) for (name,) in rows]
    index = NgramIndex([restored, simplify_text(restored)], names)
    assert index.find(restored[3000:3100])
    places = {shown: name for name, page in city_site.pages.items() for _, _, shown in page.texts}
    for path in city_site.folder.rglob("*.csv"):
        places |= dict.fromkeys(path.read_text("utf-8").split(","), path.name)
    assert len(places) > 10_000
    assert {place: found for text, place in places.items() if (found := index.find(text))} == {}
