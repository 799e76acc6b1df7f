"""What only the source text can show; the other findings about it are in test_checker.py."""

import hashlib
import shutil
from pathlib import Path

import pytest

from kg.check.finding import Finding, Locator
from kg.check.passages.evidence import check_evidence, list_compared_sources
from kg.cli.source import list_cited_sources
from kg.graph import load_graph
from kg.home import Home
from kg.source import add_source, restore_text
from kg.turtle import TurtleFile, list_files
from kg.turtle_tokens import LineIndex, index_statements

TOWN = Path(__file__).parents[2] / "small" / "town.txt"


@pytest.fixture
def added(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up article is added to the user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(town))


def replace(path: Path, old: str, new: str) -> int:
    """Replace a text in a file once; return its line."""
    before, found, after = path.read_text("utf-8").partition(old)
    assert found, old
    path.write_text(f"{before}{new}{after}", "utf-8")
    return before.count("\n") + 1


def compare_source(home: Home) -> list[Finding]:
    graph = load_graph(home)

    def read_lines(file: TurtleFile) -> LineIndex:
        return index_statements(file.path.read_text("utf-8"), file.graph, "type")

    locator = Locator(list_files(home), graph.memory.find_statements, read_lines)
    return list(check_evidence(graph, locator, "en"))


@pytest.mark.usefixtures("added")
def test_sound_data_have_no_finding(untouched: Home) -> None:
    assert compare_source(untouched) == []
    assert list_compared_sources(load_graph(untouched)) == [("source:town", True)]


def test_source_that_was_not_added_is_not_compared(untouched: Home) -> None:
    assert compare_source(untouched) == []
    assert list_compared_sources(load_graph(untouched)) == [("source:town", False)]


def test_wrong_digest_of_the_source_is_a_finding(small: Home) -> None:
    source = small.data / "town" / "source.ttl"
    replace(source, 'cdp:sha256 "', 'cdp:sha256 "x')
    (finding,) = compare_source(small)
    line = source.read_text("utf-8").splitlines().index("source:town") + 1
    assert (finding.path, finding.line) == (str(source), line)
    assert finding.check == "evidence-source"
    assert "not a SHA-256" in finding.message
    assert list_compared_sources(load_graph(small)) == [("source:town", False)]


def test_changed_copy_of_the_source_is_a_finding(
    untouched: Home, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(town, tmp_path / "town")
    (copy,) = (tmp_path / "town").rglob("*.txt")
    copy.write_text("another text", "utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "town"))
    (finding,) = compare_source(untouched)
    assert finding.check == "evidence-source"
    assert "the copy was changed" in finding.message


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize(
    "offset",
    [
        *("x", "1_6", "9" * 5000),
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("", "-5", "٣", "²", " 16 ")),
    ],
)
def test_offset_that_is_not_a_number_is_a_finding(offset: str, small: Home) -> None:
    replace(small.data / "town" / "suzhou.ttl", '"16"^^xsd:nonNegativeInteger', f'"{offset}"')
    replace(small.data / "town" / "source.ttl", '"0"^^xsd:nonNegativeInteger', f'"{offset}"')
    found = {(f.check, f.node.rpartition("/")[2]) for f in compare_source(small)}
    assert found >= {("evidence-offsets", "town-16-53"), ("evidence-segment", "town-0-14")}


@pytest.mark.slow
def test_passage_that_cuts_a_garbled_span_is_a_finding(
    small: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garbled = ",政府?dāng)?shù)字"
    sound = TOWN.read_text("utf-8")
    raw = sound[:53] + garbled + sound[53 + len(garbled) :]
    (span,) = restore_text(raw).spans
    (tmp_path / "town.txt").write_text(raw, "utf-8")
    source = small.data / "town" / "source.ttl"
    old, new = (hashlib.sha256(text.encode()).hexdigest() for text in (sound, raw))
    replace(source, old, new)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    add_source(tmp_path / "town.txt", list_cited_sources(small))
    cutting = []
    before = 53
    for end in range(span.start - 1, span.end + 2):
        replace(small.data / "town" / "suzhou.ttl", f'oa:end "{before}"', f'oa:end "{end}"')
        before = end
        found = {f.node.rpartition("/")[2]: f for f in compare_source(small)}
        if found["town-16-53"].check == "evidence-offsets":
            assert f"Use {span.start} or {span.end}." in found["town-16-53"].message
            cutting.append(end)
    assert cutting == list(range(span.start + 1, span.end))


@pytest.mark.usefixtures("added")
def test_passages_and_segments_of_another_source_are_not_compared(small: Home) -> None:
    file = small.data / "other" / "source.ttl"
    file.parent.mkdir()
    text = (small.data / "town" / "source.ttl").read_text("utf-8")
    for old, new in (("town", "other"), ("d70b5ab2", "11111111"), ("7080c05c", "22222222")):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text.replace('oa:end "14"', 'oa:end "13"'), "utf-8")
    assert compare_source(small) == []


@pytest.mark.usefixtures("added")
def test_copied_wording_is_quoted(small: Home) -> None:
    copied = "平台先在三个街道试行,再推至全市各区。"
    replace(small.data / "town" / "suzhou.ttl", "居民可用的平台。", copied)
    (finding,) = compare_source(small)
    assert finding.check == "evidence-copy"
    assert f"“{copied.replace(',', '')[2:16]}”" in finding.message
