"""A site of the made-up article, and one of the checkout; read once for all tests."""

import fcntl
import os
import posixpath
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home
from kg.publish import publish_site
from kg.publish.edition import Edition, read_edition

BASE = "https://example.org/cities/"
REPORT = "editors@example.org"
# Their text is not for people.
SILENT = {"script", "style"}


class PageParser(HTMLParser):
    """The links, fragments, elements and texts of a page; a text has the languages around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.links: list[tuple[str, str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        language = given.get("lang") or self._open[-1][1]
        if "id" in given:
            self.ids[given["id"] or ""] += 1
        for name in ("href", "src", "action", "data", "srcset", "poster"):
            if name in given:
                self.links.append((tag, name, given[name] or ""))
        for name in ("title", "alt", "aria-label", "data-label", "content"):
            if given.get(name):
                self.texts.append((f"@{name}", language, given[name] or ""))
        if tag not in ("meta", "link", "br", "img", "input", "hr"):
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1]
        if data.strip() and tag not in SILENT:
            self.texts.append((tag, language, data))


@dataclass
class Site:
    """A published site: its folder, home and address, and its pages by their paths."""

    folder: Path
    home: Home
    base: str = ""
    pages: dict[str, PageParser] = field(default_factory=dict)

    def read(self) -> "Site":
        """Parse all pages."""
        for path in sorted(self.folder.rglob("*.html")):
            parser = PageParser()
            parser.feed(path.read_text("utf-8"))
            self.pages[path.relative_to(self.folder).as_posix()] = parser
        return self

    def find_broken(self) -> list[tuple[str, str]]:
        """Return each relative link without a file or fragment, after its page."""
        broken = []
        for name, page in self.pages.items():
            for _, _, link in page.links:
                if link.startswith(("https://", "http://", "mailto:")):
                    continue
                path, _, fragment = link.partition("#")
                target = posixpath.join(posixpath.dirname(name), unquote(path)) if path else name
                target = posixpath.normpath(target)
                is_file = (self.folder / target).is_file()
                if not is_file or (fragment and fragment not in self.pages[target].ids):
                    broken.append((name, link))
        return broken


@pytest.fixture(scope="session")
def town_site(tmp_path_factory: pytest.TempPathFactory, untouched: Home) -> Site:
    """The site of the made-up article, without an address."""
    folder = tmp_path_factory.mktemp("town-site") / "site"
    publish_site(untouched, folder)
    return Site(folder, untouched).read()


@pytest.fixture(scope="session")
def city_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the checkout, with an address; published once for all workers of xdist."""
    top = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        top = top.parent
    folder, complete = top / "city-site", top / "city-site.complete"
    with (top / "city-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            publish_site(find_home(), folder, base_url=BASE, report_to=REPORT)
            complete.touch()
    return Site(folder, find_home(), BASE).read()


@pytest.fixture(scope="session")
def city_graph() -> LocalGraph:
    """The graph of the checkout. Tests only read it."""
    return load_graph(find_home())


@pytest.fixture(scope="session")
def read_city_edition(city_graph: LocalGraph) -> Callable[[str], Edition]:
    """Return a function that returns the edition of the checkout in a language; read once."""
    return cache(lambda language: read_edition(city_graph, language))


@pytest.fixture(scope="session")
def read_site() -> Callable[[Path, Home], Site]:
    """Read a site that a test has published."""
    return lambda folder, home: Site(folder, home).read()
