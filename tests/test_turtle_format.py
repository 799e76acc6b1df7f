"""Turtle files in canonical form: what is read, compared and written, and what is refused."""

import stat
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import find_home
from kg.turtle import list_files
from kg.turtle_format import (
    find_outside_links,
    format_files,
    format_turtle,
)

WRITTEN = "<b> <p> 1 . <a> <p> 1 ."
CANONICAL = "<a>\n    <p> 1 ;\n.\n\n<b>\n    <p> 1 ;\n.\n"


def write(path: Path, text: str | bytes = WRITTEN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_only_files_in_another_form_change(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.ttl"), write(tmp_path / "b.ttl", CANONICAL)]
    (change,) = format_files(paths)
    assert (change.path, change.after) == (paths[0], CANONICAL)
    assert paths[0].read_text() == WRITTEN
    change.write()
    assert [path.read_text() for path in paths] == [CANONICAL, CANONICAL]
    assert format_files(paths) == []


def test_line_ends_and_bytes_of_strings_stay(tmp_path: Path) -> None:
    """In a file of Windows the layout gets LF, and strings keep their CR LF."""
    string = b"'''a\r\nb\rc\n\xef\xbb\xbf\xe2\x80\xa8 \\u000D\x00'''"
    path = write(tmp_path / "a.ttl", b"<a>\r\n  <p>\r\n " + string + b"@zh-HANS .\r\n")
    (change,) = format_files([path])
    change.write()
    assert path.read_bytes() == b"<a>\n    <p> " + string + b"@zh-HANS ;\n.\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x y", 1),
        (b"\xff", 1),
        ('<a> <p>\n"\\uD800" .', 2),
        ("<a> <p> 1 .\n<a> <p> 2 {| <q> 3 |} .", 2),
        ("<a> <p> 1 .\n\n# A comment.", 3),
    ],
)
def test_file_that_cannot_be_formatted_is_an_error(
    text: str | bytes, line: int, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.ttl", text)
    before = path.read_bytes()
    with pytest.raises(KgError, match=rf"a\.ttl:{line}: "):
        format_turtle(path)
    assert path.read_bytes() == before


def test_errors_of_all_files_come_before_anything_is_written(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / name, text) for name, text in (("a", WRITTEN), ("b", "x"), ("c", "#"))
    ]
    with pytest.raises(KgError) as caught:
        format_files(paths)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == list(
        map(str, paths[1:])
    )
    assert paths[0].read_text() == WRITTEN
    assert len(format_files([paths[0], paths[2]], drop_comments=True)) == 2


def test_file_that_another_program_changes_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl")
    (change,) = format_files([path])
    write(path, "<new> <p> 1 .")
    with pytest.raises(KgError, match="another program is changing the file"):
        change.write()
    assert path.read_text() == "<new> <p> 1 ."


def test_mode_of_the_file_and_the_link_to_it_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "real" / "a.ttl")
    path.chmod(0o640)
    link = tmp_path / "link.ttl"
    link.symlink_to(path)
    (change,) = format_files([link])
    change.write()
    assert link.is_symlink()
    assert path.read_text() == CANONICAL
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_links_out_of_the_folders_are_found(tmp_path: Path) -> None:
    inside = write(tmp_path / "folder" / "sub" / "a.ttl")
    outside = write(tmp_path / "outside" / "b.ttl")
    links = {name: tmp_path / "folder" / f"{name}.ttl" for name in ("in", "out", "loop", "chain")}
    for name, target in (
        ("in", inside),
        ("out", outside),
        ("loop", "loop.ttl"),
        ("chain", "out.ttl"),
    ):
        links[name].symlink_to(target)
    files = [inside, *links.values()]
    folder = tmp_path / "folder"
    assert find_outside_links(files, [folder]) == {links["out"], links["chain"]}
    assert find_outside_links(files, [folder, tmp_path / "outside"]) == set()
    # Whoever names a link means the file, and a link to a folder is the folder.
    assert find_outside_links([links["out"]], [links["out"]]) == set()
    (tmp_path / "other").symlink_to(folder)
    assert find_outside_links([tmp_path / "other" / "sub" / "a.ttl"], [tmp_path / "other"]) == set()


def diff_turtle(path: Path) -> str:
    return "".join(change.diff() for change in format_files([path]))


def test_difference_is_a_unified_diff(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", '<a>\n    <p> "\u2028\x0b" .')
    assert diff_turtle(path).split("\n") == [
        f"--- {path}",
        f"+++ {path}",
        "@@ -1,2 +1,3 @@",
        " <a>",
        '-    <p> "\u2028\x0b" .',
        "\\ No newline at end of file",
        '+    <p> "\u2028\x0b" ;',
        "+.",
        "",
    ]
    write(path, format_turtle(path))
    assert diff_turtle(path) == ""


def test_difference_of_a_long_file_is_one_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """difflib would take minutes for 100,000 lines in the opposite order."""
    monkeypatch.setattr("kg.turtle_format.LONGEST_DIFF", 100)
    numbers = [f"        <{n:07}> ,\n" for n in range(100)]
    lines = ["<a>\n", "    <p>\n", *numbers[:-1], numbers[-1].replace(",", ";"), ".\n"]
    path = write(tmp_path / "a.ttl", "".join(lines))
    assert diff_turtle(path) == ""
    end = "        <x> ;\n.\n"
    write(path, "".join([*lines[:2], *numbers[::-1], end]))
    diff = diff_turtle(path).splitlines()
    count = len(numbers)
    assert diff[2] == f"@@ -3,{count} +3,{count} @@"
    assert [line[0] for line in diff[3:]] == ["-"] * count + ["+"] * count
    write(path, "".join([*lines[:2], "        <0000000> ,\n", *numbers, end]))
    assert diff_turtle(path).splitlines()[2:] == ["@@ -4,1 +3,0 @@", "-        <0000000> ,"]


def test_files_of_the_project_have_no_stray_spaces() -> None:
    """Trailing spaces and lines of spaces make differences that nobody sees."""
    for file in list_files(find_home(), shapes=True):
        lines = file.path.read_text("utf-8").split("\n")
        assert [line for line in lines if line != line.rstrip()] == []
