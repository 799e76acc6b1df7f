"""Local copies of source texts: read, identified, added, listed."""

import hashlib
import re
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.source import add_source, find_source, list_sources, read_text, source_folder

NAME = "source:town"


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the user's data."""
    folder = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    assert source_folder().is_relative_to(folder)
    return folder


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_bytes("一\r\n".encode())
    return path


@pytest.fixture
def sha256(text_file: Path) -> str:
    return hashlib.sha256(text_file.read_bytes()).hexdigest()


def test_text_is_read_without_any_change(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    for text in ("\ufeff一\r\n二\n", ""):
        path.write_bytes(text.encode())
        assert read_text(path) == text


@pytest.mark.parametrize(
    ("data", "message", "encoding"),
    [
        ("一二".encode() + "數".encode("gbk"), "byte 6 is not UTF-8", "GB18030"),
        ("一".encode("utf-16"), "byte 0 is not UTF-8", "UTF-16"),
    ],
)
def test_error_of_encoding_says_how_to_convert(
    tmp_path: Path, data: bytes, message: str, encoding: str
) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    with pytest.raises(KgError) as caught:
        read_text(path)
    assert str(caught.value).startswith(f"{path}:1: {message}")
    assert str(caught.value).endswith(f"iconv -f {encoding} -t UTF-8 {path}")


def test_folder_and_missing_file_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(KgError, match=rf"^{re.escape(str(path))}: cannot be read"):
            read_text(path)


def test_added_text_is_found_and_listed(data_folder: Path, text_file: Path, sha256: str) -> None:
    known = {sha256: NAME}
    assert find_source(sha256) is None
    assert [(source.name, source.is_added) for source in list_sources(known)] == [(NAME, False)]
    copy = add_source(text_file, known)
    assert copy == source_folder() / f"{sha256}.txt"
    assert copy.read_bytes() == text_file.read_bytes()
    assert find_source(sha256) == "一\r\n"
    assert [(source.is_added, source.path) for source in list_sources(known)] == [(True, copy)]


def test_adding_again_changes_nothing(data_folder: Path, text_file: Path, sha256: str) -> None:
    copy = add_source(text_file, {sha256: NAME})
    before = copy.stat()
    assert add_source(text_file, {sha256: NAME}) == copy
    assert copy.stat().st_mtime_ns == before.st_mtime_ns
    assert copy.stat().st_ino == before.st_ino
    assert list(source_folder().iterdir()) == [copy]


def test_sources_are_listed_by_name(data_folder: Path) -> None:
    known = {"1" * 64: "source:b", "2" * 64: "source:a"}
    assert [source.name for source in list_sources(known)] == ["source:a", "source:b"]


def test_unknown_text_is_refused(data_folder: Path, text_file: Path, sha256: str) -> None:
    with pytest.raises(KgError) as caught:
        add_source(text_file, {"0" * 64: NAME})
    assert sha256 in str(caught.value)
    assert f"{'0' * 64} ({NAME})" in str(caught.value)
    assert not data_folder.exists()


def test_changed_copy_is_refused_until_the_text_is_added_again(
    data_folder: Path, text_file: Path, sha256: str
) -> None:
    copy = add_source(text_file, {sha256: NAME})
    copy.write_text("二", "utf-8")
    with pytest.raises(KgError, match="the copy was changed"):
        find_source(sha256)
    with pytest.raises(KgError, match="the copy was changed"):
        list_sources({sha256: NAME})
    add_source(text_file, {sha256: NAME})
    assert find_source(sha256) == "一\r\n"


def test_folder_that_cannot_be_written_is_an_error(
    data_folder: Path, text_file: Path, sha256: str
) -> None:
    source_folder().parent.mkdir(parents=True)
    source_folder().write_text("a file", "utf-8")
    with pytest.raises(KgError, match="cannot be written"):
        add_source(text_file, {sha256: NAME})
    assert source_folder().read_text("utf-8") == "a file"


@pytest.mark.parametrize("text", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_what_is_not_a_sha256_is_refused(text: str) -> None:
    with pytest.raises(KgError, match="not a SHA-256"):
        find_source(text)
