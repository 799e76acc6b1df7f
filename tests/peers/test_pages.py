"""The site as its readers meet it: in Chromium, with axe-core, the Nu HTML checker and Lighthouse.

The program that drives Chromium, and the others, are installed with npm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from kg.home import find_home
from kg.publish import publish_site
from kg.publish.words import LANGUAGES

pytestmark = pytest.mark.slow
HERE = Path(__file__).resolve().parent / "pages"
SECONDS = 600
WIDTHS = (320, 390, 1280)
SCHEMES = ("light", "dark")
SMALLEST = 11  # pixels
# A page of each kind.
KINDS = (
    "index", "themes", "technologies", "groups", "compare", "time", "questions", "networks",
    "things", "data", "about", "codes", "alignments", "ontology",
    "id/place/wuhan", "id/place/changsha", "id/doc/changsha-action-plan",
    "id/framework/changsha-6826", "id/source/roundup-2021",
    "theme/data-governance", "code/voice/article", "compare/suzhou-wuhan", "q/targets", "q/voices",
    "q/outline", "network/entities", "id/initiative/shenzhen-5g",
)  # fmt: skip
SCORED = ("en/index.html", "zh-Hans/id/place/wuhan.html", "en/q/targets.html")
LOWEST_SCORE = 0.95
# All pages in both colour schemes; otherwise each page in one, and each kind of page in both.
ALL = "KG_ALL_PAGES" in os.environ
BROKEN_PAGE = "broken/page.html"
BROKEN = """<!DOCTYPE html><html><meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'none'"><title>x</title>
<svg width="2000" height="9"></svg><font size="1">small</font><img src="http://127.0.0.1:1/x.png">
<p style="color: red">refused<p><a href="#"></a>"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, without a line on standard error for each."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder and the address of the site of the checkout, as a server on loopback has it."""
    folder = tmp_path_factory.mktemp("pages") / "site"
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        origin = f"http://127.0.0.1:{server.server_port}/"
        publish_site(find_home(), folder, base_url=origin, report_to="editors@example.org")
        (folder / "broken").mkdir()
        (folder / "broken/page.html").write_text(BROKEN)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, origin
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def packages(fetch_packages: Callable[[Path], Path]) -> Path:
    """The folder with the packages that package.json names."""
    return fetch_packages(HERE)


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


def run_node(script: str, packages: Path, chromium: str, **values: object) -> Any:
    """Return what a script prints as JSON."""
    command = ["node", str(HERE / script), str(packages), chromium, json.dumps(values)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def check_html(java: list[str], packages: Path, folder: Path) -> list[str]:
    """Return the errors that the Nu HTML checker finds in the pages and style sheets of a folder.

    It runs once for all of them, because it takes long to start. Its warnings are not errors: it
    does not know the address that `'self'` means in a policy.
    """
    jar = packages / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    options = ["-Xss2m", "-jar", str(jar)]
    options += ["--skip-non-html", "--also-check-css", "--errors-only", "--format", "json"]
    done = subprocess.run(
        [*java, *options, str(folder)], capture_output=True, text=True, timeout=SECONDS
    )
    messages = json.loads(done.stderr[done.stderr.index("{") :])["messages"]
    return [f"{one.get('url')}: {one['message']}" for one in messages]


def test_pages_of_each_kind_in_chromium(
    site: tuple[Path, str], packages: Path, chromium: str
) -> None:
    folder, origin = site
    pages: dict[str, list[str]] = {scheme: ["index.html", "404.html"] for scheme in SCHEMES}
    for turn, (place, language) in product(range(len(KINDS)), enumerate(LANGUAGES)):
        page = f"{language}/{KINDS[turn]}.html"
        # A kind has another scheme in the next language, and a language for the next kind.
        scheme = SCHEMES[(turn + place) % len(SCHEMES)]
        for each in (SCHEMES if ALL else [scheme]) if (folder / page).exists() else ():
            pages[each].append(page)
    assert min(map(len, pages.values())) > 25
    values = {"pages": pages, "widths": WIDTHS, "smallest": SMALLEST}
    result = run_node("browse.js", packages, chromium, origin=origin, **values)
    assert result["views"] == sum(map(len, pages.values())) * len(WIDTHS)
    assert result["found"] == []


def test_faults_of_a_page_are_found(site: tuple[Path, str], packages: Path, chromium: str) -> None:
    pages = {scheme: [BROKEN_PAGE] for scheme in SCHEMES}
    values = {"pages": pages, "widths": [390], "smallest": SMALLEST}
    result = run_node("browse.js", packages, chromium, origin=site[1], **values)
    for scheme in SCHEMES:
        kinds = {one["kind"] for one in result["found"] if one["scheme"] == scheme}
        assert {"overflow", "small", "style", "console", "request"} <= kinds
    violations = [one["what"] for one in result["found"] if one["kind"] == "axe"]
    assert any(violation.startswith("html-has-lang: ") for violation in violations)


def test_nu_finds_no_error(java: list[str], site: tuple[Path, str], packages: Path) -> None:
    folder, _ = site
    errors = check_html(java, packages, folder)
    broken = [error for error in errors if "/broken/page.html: " in error]
    assert any("obsolete" in error for error in broken)
    assert [error for error in errors if error not in broken] == []


def test_lighthouse_gives_high_scores(
    site: tuple[Path, str], packages: Path, chromium: str
) -> None:
    pages = dict.fromkeys(SCORED) | {BROKEN_PAGE: ["accessibility"]}
    scores = run_node("score.mjs", packages, chromium, origin=site[1], pages=pages)
    broken = scores.pop(BROKEN_PAGE)
    assert list(scores) == list(SCORED)
    low = {
        (page, category): score
        for page, of in scores.items()
        for category, score in of.items()
        if score < LOWEST_SCORE
    }
    assert low == {}
    assert broken["accessibility"] < LOWEST_SCORE


def test_packages_are_locked() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))
    installed = lock["packages"]
    assert installed[""]["dependencies"] == wanted["dependencies"]
    for name, entry in installed.items():
        assert not name or (entry["integrity"] and "resolved" not in entry), name
