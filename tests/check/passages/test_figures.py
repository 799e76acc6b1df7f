"""How much of each sentence is cited, compared with the figures beside the source."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.check import check_files, write_figures
from kg.check.finding import Finding
from kg.home import Home

Run = Callable[..., object]
FIGURES = re.compile(r"^    cdp:(?:citationCount|coveredCharacters) .*\n", re.MULTILINE)


def list_findings(home: Home) -> list[Finding]:
    return [f for f in check_files(home).findings if f.check == "segment-figures"]


@pytest.fixture(scope="module")
def sound(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small home with its figures."""
    root = tmp_path_factory.mktemp("figures") / "home"
    shutil.copytree(untouched.root, root)
    home = Home(root)
    assert list_findings(home) == []
    assert write_figures(home) == [home.data / "town" / "source.ttl"]
    assert write_figures(home) == []
    assert check_files(home).findings == []
    return home


@pytest.fixture
def counted(sound: Home, tmp_path: Path) -> Home:
    """A copy of that home, to change it."""
    shutil.copytree(sound.root, tmp_path / "counted")
    return Home(tmp_path / "counted")


def test_figures_are_those_of_the_data(counted: Home) -> None:
    text = (counted.data / "town" / "source.ttl").read_text("utf-8")
    found = [int(line.split()[1]) for line in FIGURES.findall(text)]
    # The heading is cited by the article and the plan, the sentences by one thing each.
    assert found == [2, 14, 1, 37, 1, 25]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    cdp:hasEvidence evidence:town-16-53 ;\n", ""),
        ('oa:end "53"', 'oa:end "52"'),
        pytest.param('oa:start "16"', 'oa:start "17"', marks=pytest.mark.slow),
        pytest.param(
            "evidence:town-16-53 ;\n    cdp:hasTheme",
            "evidence:town-90-115 ;\n    cdp:hasTheme",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_change_of_what_is_cited_is_found(
    old: str, new: str, counted: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another finding is the cause, `kg check` reports that alone."""
    monkeypatch.setattr("kg.check.checker.report_roots", lambda findings, *_: findings)
    path = counted.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    found = list_findings(counted)
    assert "https://w3id.org/cdp/id/segment/town-16-90" in {finding.node for finding in found}
    assert any("(place:suzhou)" in finding.message for finding in found)
    source = (counted.data / "town" / "source.ttl").read_text("utf-8").splitlines()
    assert all(re.search("citation|covered", source[finding.line - 1]) for finding in found)


def test_missing_figure_is_found_in_a_source_that_has_some(counted: Home) -> None:
    path = counted.data / "town" / "source.ttl"
    text = path.read_text("utf-8")
    path.write_text(FIGURES.sub("", text, count=2), "utf-8")
    (finding,) = list_findings(counted)
    assert "cdp:citationCount 2, cdp:coveredCharacters 14" in finding.message
    path.write_text(FIGURES.sub("", text), "utf-8")
    assert list_findings(counted) == []


def test_command_writes_the_figures(small: Home, run: Run) -> None:
    run("source", "count", home=small)
    assert FIGURES.search((small.data / "town" / "source.ttl").read_text("utf-8"))
