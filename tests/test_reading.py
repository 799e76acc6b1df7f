"""Reading of files, pipes and standard input: bounded, in UTF-8, and never a device."""

import io
import os
import socket
import stat
import sys
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import reading
from kg.errors import KgError
from kg.reading import (
    ReadError,
    decode_text,
    parse_toml,
    parse_yaml,
    read_bytes,
    read_limit,
    read_text,
)

needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes and devices")


def refuse(path: str | Path) -> str:
    """Return the message with which a path is refused."""
    with pytest.raises(ReadError) as caught:
        read_text(path, hint="Try another.")
    message = str(caught.value)
    assert message.startswith((f"{path}: ", repr(str(path))[1:-1] + ": "))
    assert message.endswith(" Try another.")
    return message


def give_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_is_read_unchanged_but_for_a_byte_order_mark(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("text") / "a.txt"
    text = text.removeprefix("\ufeff")
    for start in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(start + text.encode())
        assert read_text(path) == text
        assert read_bytes(path) == start + text.encode()


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    give_input(monkeypatch, b"\xef\xbb\xbfASK\r\n{}")
    assert read_text("-") == "ASK\r\n{}"
    monkeypatch.setattr("sys.stdin", None)
    assert read_text("-") == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "gbk", "big5", "latin-1"])
def test_other_encoding_is_named_with_the_line(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffé".encode("utf-16-be") if "be" in encoding else b"")
    with (tmp_path / "a.txt").open("ab") as stream:
        stream.write(("é\n" if encoding == "latin-1" else "ab\n中文\n").encode(encoding))
    with pytest.raises(ReadError, match=r"a\.txt:\d: byte \d+ is not UTF-8\. ") as caught:
        read_text(tmp_path / "a.txt", exit_code=2)
    assert caught.value.exit_code == 2
    of_mark = {"utf-16": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32"}
    assert f"iconv -f {of_mark.get(encoding, 'GB18030')} -t UTF-8" in str(caught.value)


@given(st.binary())
def test_any_bytes_are_text_or_an_error_with_a_line(data: bytes) -> None:
    try:
        assert decode_text(data, "a.txt").encode() == data
    except ReadError as error:
        assert 1 <= error.line <= data.count(b"\n") + 1
        assert str(error) == f"a.txt:{error.line}: {error.reasons['en']}"


@pytest.mark.parametrize(
    ("written", "limit"), [("7", 7), ("1k", 1024), ("3M", 3 * 2**20), ("2G", 2**31), ("", 2**28)]
)
def test_limit_is_set_by_a_variable(
    monkeypatch: pytest.MonkeyPatch, written: str, limit: int
) -> None:
    monkeypatch.setenv("KG_MAX_FILE_SIZE", written)
    assert read_limit() == limit


@pytest.mark.parametrize("written", ["x", "-1", "1.5M", "1 T", "٣", "9" * 5000, "\n7"])
def test_variable_that_is_not_a_size_is_an_error(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("KG_MAX_FILE_SIZE", written)
    with pytest.raises(KgError, match=r"KG_MAX_FILE_SIZE: .*is not a size") as caught:
        read_limit()
    assert caught.value.exit_code == 2


def test_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KG_MAX_FILE_SIZE", "4")
    (tmp_path / "a").write_bytes(b"1234")
    assert read_bytes(tmp_path / "a") == b"1234"
    (tmp_path / "a").write_bytes(b"12345")
    assert "more than 4 bytes; KG_MAX_FILE_SIZE sets the limit" in refuse(tmp_path / "a")
    give_input(monkeypatch, b"12345")
    with pytest.raises(
        ReadError, match=r"standard input: cannot be read .it has more than 4 bytes"
    ):
        read_text("-")


def test_names_and_links_that_lead_nowhere_are_explained(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "broken").symlink_to("gone")
    reasons = {
        "gone": "No such file or directory",
        "broken": "its symbolic link leads nowhere",
        "a\nb": "No such file or directory",
        "": "it is a folder",
        "self": "its symbolic links lead in a circle",
        "two": "its symbolic links lead in a circle",
        "x" * 300: "its name is too long",
        "武" * 100: "its name is too long",
        "a\0b": "its name has a NUL character",
        "a\ud800": "its name has characters that no file name can have",
    }
    for name, reason in reasons.items():
        assert f"cannot be read ({reason})." in refuse(tmp_path / name)


@needs_unix
def test_devices_and_sockets_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert "(it is a socket)" in refuse(tmp_path / "s")
    for path in ("/dev/zero", "/dev/random", "/dev/tty"):
        assert "(it is a device)" in refuse(path)
    devices = [p for p in Path("/dev").iterdir() if stat.S_ISBLK(p.stat().st_mode)]
    assert all("(it is a device)" in refuse(path) for path in devices)
    assert read_bytes(os.devnull) == b""


@needs_unix
def test_standard_input_from_a_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/zero").open() as zero, Path(os.devnull).open() as null:
        monkeypatch.setattr("sys.stdin", zero)
        with pytest.raises(ReadError, match=r"standard input: cannot be read .it is a device"):
            read_bytes("-")
        monkeypatch.setattr("sys.stdin", null)
        assert read_bytes("-") == b""


@needs_unix
def test_pipes_are_read_to_their_end(tmp_path: Path) -> None:
    out, into = os.pipe()
    os.write(into, b"ASK {}")
    os.close(into)
    assert read_text(f"/dev/fd/{out}") == "ASK {}"
    os.close(out)
    os.mkfifo(tmp_path / "pipe")
    data = b"x" * 200_000  # more than a pipe holds
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(data,), daemon=True)
    writer.start()
    assert read_bytes(tmp_path / "pipe") == data
    writer.join(600)


@needs_unix
def test_pipe_without_a_writer_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reading, "WRITER_SECONDS", 0)
    os.mkfifo(tmp_path / "pipe")
    assert "it is a pipe to which no program wrote" in refuse(tmp_path / "pipe")


@needs_unix
def test_pipe_with_a_slow_writer_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "WRITER_SECONDS", 0)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    both = os.open(path, os.O_RDWR)  # a writer that has not written yet
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(read_bytes(path)), daemon=True)
    reader.start()
    reader.join(0.2)
    assert reader.is_alive()
    os.write(both, b"late")
    os.close(both)
    reader.join(600)
    assert read == [b"late"]


# --- settings ---------------------------------------------------------------------------------

# What parsers of YAML and TOML refuse with other errors than their own, or Python later.
ENORMOUS = ["9" * 6_000, "0x" + "f" * 5_000]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = [", "Invalid value"),
        ("a = 1\na = 2", "Cannot overwrite a value"),
        ("a = \x00", "Invalid value"),
        ("a = 2021-02-30", "Invalid date"),
        *[(f"a = [{{ b = {number} }}]", "an integer has too many digits") for number in ENORMOUS],
        ("a = " + "[" * 5_000, "nested too deeply"),
        ("a = " + "{a=" * 3_000, "nested too deeply"),
    ],
)
def test_toml_that_cannot_be_used_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(ReadError, match=f"^a.toml(:[0-9]+)?: not valid TOML: {reason}"):
        parse_toml(text, "a.toml")


def test_error_in_toml_has_its_line() -> None:
    with pytest.raises(ReadError) as caught:
        parse_toml("a = 1\nb = ]", "a.toml")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "text",
    [
        *["a: [", "a: \x00", "a: !!python/name:os.system x", "a: *b", "a: !!float x"],
        *[f"a: {number}" for number in ENORMOUS],
        "a: !!int x",
        "[" * 5_000,
    ],
)
def test_yaml_that_cannot_be_used_is_an_error(text: str) -> None:
    with pytest.raises(KgError, match=r"^a\.yaml: not valid YAML: [^\n]+\.$"):
        parse_yaml(text, "a.yaml:")


@pytest.mark.parametrize("written", ["2021-02-28", "2021-02-30", "2001-12-14t21:59:43.10-05:00"])
def test_dates_in_yaml_stay_as_they_are_written(written: str) -> None:
    assert parse_yaml(f"a: {written}", "a.yaml:") == {"a": written}
