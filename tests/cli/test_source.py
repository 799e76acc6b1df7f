"""`kg source`: add, list and restore source texts."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
TEXT = Path(__file__).parents[1] / "small" / "town.txt"
PASSAGE = "试验"


@pytest.fixture
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the user's data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    return tmp_path / "user"


def test_added_source_is_copied_listed_and_shown(
    untouched: Home, user_folder: Path, call: Call
) -> None:
    words = ["show", "suzhou-test-platform"]
    assert "missing: kg source add FILE" in call("source", "list", home=untouched).stdout
    assert "(text not available: kg source add FILE)" in call(*words, home=untouched).stdout
    done = call("source", "add", TEXT, home=untouched)
    copy = Path(done.stdout.removeprefix("Copied to ").removesuffix("\n"))
    assert copy.read_bytes() == TEXT.read_bytes()
    assert copy.is_relative_to(user_folder)
    assert f"source:town │ {copy.stem} │ {copy} " in call("source", "list", home=untouched).stdout
    assert "text not available" not in call(*words, home=untouched).stdout


def test_unknown_source_is_refused_with_those_known(
    untouched: Home, user_folder: Path, tmp_path: Path, call: Call
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("x", "utf-8")
    done = call("source", "add", other, home=untouched, code=1)
    assert done.stderr.startswith(f"kg: {other}: not a source of the data: its SHA-256 is ")
    assert "(source:town)" in done.stderr
    assert not user_folder.exists()


def test_restored_text_is_simplified_unless_asked(tmp_path: Path, call: Call) -> None:
    for options, start in (([], "试验城云\n"), (["--traditional"], "試驗城云\n")):
        done = call("source", "restore", TEXT, *options)
        assert done.stdout.startswith(start)
        target = tmp_path / "clean.txt"
        assert call("source", "restore", TEXT, *options, "-o", target).stdout == ""
        assert target.read_bytes().decode("utf-8") == done.stdout


def test_file_that_cannot_be_read_is_an_error(untouched: Home, tmp_path: Path, call: Call) -> None:
    path = tmp_path / "text.txt"
    for words in (["add"], ["restore"]):
        done = call("source", *words, path, home=untouched, code=1)
        assert done.stderr.startswith(f"kg: {path}: ")
        assert "cannot be read (No such file or directory)" in done.stderr
    path.write_bytes("开年".encode("gb18030"))
    done = call("source", "restore", path, code=1)
    assert "is not UTF-8" in done.stderr
    assert "iconv -f GB18030" in done.stderr
