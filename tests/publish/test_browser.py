"""Pages in Chromium: nothing wider than the window, no small text, nothing in the console."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

WIDTHS = (320, 390, 1280)
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
# Loads each page in a frame of each width and measures it.
HARNESS = """<!DOCTYPE html><meta charset="utf-8"><body><pre id="result">waiting</pre><script>
const jobs = JOBS, found = [];
function measure(frame, job) {
  const page = frame.contentDocument, root = page.documentElement, small = new Set();
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.data.trim()) continue;
    const style = frame.contentWindow.getComputedStyle(walker.currentNode.parentElement);
    if (parseFloat(style.fontSize) < SMALLEST) small.add(walker.currentNode.data.trim());
  }
  found.push({page: job.page, width: job.width, excess: root.scrollWidth - root.clientWidth,
    styled: frame.contentWindow.getComputedStyle(page.body).maxWidth !== "none",
    small: [...small].slice(0, 3)});
}
function next() {
  const job = jobs.shift();
  if (!job) { document.getElementById("result").textContent = JSON.stringify(found); return; }
  const frame = document.createElement("iframe");
  frame.style.cssText = `border:0;height:800px;width:${job.width}px`;
  frame.onload = () => { measure(frame, job); frame.remove(); next(); };
  frame.src = job.url;
  document.body.append(frame);
}
next();
</script>"""


@pytest.mark.slow
def test_pages_in_a_browser(city_site: Any, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    pages = [f"{language}/{kind}.html" for language in ("en", "zh-Hans") for kind in KINDS]
    pages = [page for page in pages if (city_site.folder / page).exists()] + ["index.html"]
    assert len(pages) > 50
    result, log = measure_pages(chromium, city_site.folder, pages, tmp_path)
    assert len(result) == len(pages) * len(WIDTHS)
    assert [one for one in result if one["excess"] > 0 or one["small"] or not one["styled"]] == []
    assert re.findall(r"^.*CONSOLE.*$", log, re.MULTILINE) == []


@pytest.mark.slow
def test_wide_page_and_console_error_are_found(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    (tmp_path / "wide.html").write_text(
        '<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="style-src \'none\'">'
        '<body><svg width="2000" height="9"></svg><font size="1">small</font>'
        '<p style="color: red">refused</p>'
    )
    result, log = measure_pages(chromium, tmp_path, ["wide.html"], tmp_path)
    assert all(one["excess"] > 0 and one["small"] and not one["styled"] for one in result)
    assert "CONSOLE" in log


def measure_pages(
    chromium: str, folder: Path, pages: list[str], tmp_path: Path
) -> tuple[list[dict[str, Any]], str]:
    """Return what the browser measures on each page at each width, and its log."""
    jobs = [
        {"page": page, "width": width, "url": (folder / page).as_uri()}
        for page in pages
        for width in WIDTHS
    ]
    harness = tmp_path / "harness.html"
    text = HARNESS.replace("JOBS", json.dumps(jobs)).replace("SMALLEST", str(SMALLEST))
    harness.write_text(text, "utf-8")
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--no-first-run", "--allow-file-access-from-files", "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=600000",
        "--window-size=1300,900", "--dump-dom",
    ]  # fmt: skip
    command = [chromium, *options, harness.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    found = re.search(r'<pre id="result">(\[.*?\])</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<")), done.stderr
