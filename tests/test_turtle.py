"""Turtle files: list and match them, and find faults."""

import os
import shutil
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import Home, find_home
from kg.turtle import (
    TurtleFile,
    find_faults,
    list_files,
    match_files,
    restore_languages,
)

HOME = find_home()
GRAPH = "https://w3id.org/cdp/graph"


def write(path: Path, text: str | bytes) -> TurtleFile:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return TurtleFile(path, f"{GRAPH}/{path.stem}")


def list_tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Which files, which graphs


def test_lists_files_in_path_order_ontology_first() -> None:
    files = list_files(HOME)
    relative = [file.path.relative_to(HOME.root).as_posix() for file in files]
    assert relative == sorted(relative, key=lambda name: (name.startswith("data"), name))
    assert len(files) >= 14
    assert all(file.path.suffix == ".ttl" for file in files)
    assert len({file.graph for file in files}) == len(files)


def test_lists_shapes_on_request_only() -> None:
    with_shapes, without = list_files(HOME, shapes=True), list_files(HOME)
    shapes = [file for file in with_shapes if file not in without]
    assert {file.path.parent for file in shapes} == {HOME.ontology / "shapes"}
    assert len(shapes) >= 8


def test_graph_has_the_path_below_its_folder() -> None:
    graphs = {file.path.relative_to(HOME.root).as_posix(): file.graph for file in list_files(HOME)}
    assert graphs["ontology/cdp.ttl"] == f"{GRAPH}/cdp"
    assert graphs["data/roundup-2021/wuhan.ttl"] == f"{GRAPH}/roundup-2021/wuhan"


def test_file_with_the_name_of_a_home_file_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "roundup-2021").mkdir()
    copies = [tmp_path / "roundup-2021" / "wuhan.ttl", tmp_path / "cdp.ttl", tmp_path / "wuhan.ttl"]
    for copy in copies:
        copy.touch()
    matched = match_files(HOME, copies)
    assert [file.graph.removeprefix(GRAPH) for file in matched] == [
        "/roundup-2021/wuhan",
        "/cdp",
        "/wuhan",
    ]
    assert [file.path for file in matched] == copies


@pytest.mark.parametrize("name", ["data/codes.ttl", "data/town/suzhou.TTL"])
def test_two_files_with_one_graph_are_an_error(name: str, small: Home) -> None:
    (small.root / name).touch()
    with pytest.raises(KgError, match=r"its named graph, .+, is that of "):
        list_files(small)


def test_file_of_the_home_does_not_replace_another(small: Home) -> None:
    path = small.data / "places" / "codes.ttl"
    path.parent.mkdir()
    path.touch()
    (matched,) = match_files(small, [path])
    assert matched.graph == f"{GRAPH}/places/codes"


def test_folder_is_expanded_and_duplicates_are_dropped(tmp_path: Path) -> None:
    for name in ("b.ttl", "a.ttl", "no.txt"):
        (tmp_path / name).touch()
    matched = match_files(HOME, [tmp_path, tmp_path / "a.ttl", tmp_path / "." / "b.ttl"])
    assert [file.path.name for file in matched] == ["a.ttl", "b.ttl"]


def test_path_without_turtle_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"nowhere\.ttl: no such file or folder"):
        match_files(HOME, [tmp_path / "nowhere.ttl"])
    with pytest.raises(KgError, match="has no Turtle file"):
        match_files(HOME, [tmp_path])


# Faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("<a:a> <a:a> <a:a> .\n<a:b> <a:b>\n.\n", 3, "column 1"),
        ("<a:a> <a:a> <a:a> .\n\ne:x <a:a> <a:a> .\n", 3, "e"),
        (b"<a:a> <a:a>\n'\xb9\xfa\xbc\xd2' .\n", 2, "byte 13 is not UTF-8"),
        ("<a:a> <a:a> <a:a> .\n".encode("utf-16"), 1, "byte 0 is not UTF-8"),
        ("<a:a> <a:a>\n'''never ends\n\n", 2, "not valid Turtle"),
    ],
)
def test_fault_has_its_line(text: str | bytes, line: int, said: str, tmp_path: Path) -> None:
    (fault,) = find_faults([write(tmp_path / "a.ttl", text)])
    assert (fault.path, fault.line) == (tmp_path / "a.ttl", line)
    assert said in fault.message
    assert str(fault).startswith(f"{tmp_path / 'a.ttl'}:{line}: ")


def test_faults_of_all_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "folder.ttl").mkdir()
    files = [
        write(tmp_path / "a.ttl", "x"),
        write(tmp_path / "b.ttl", "<a:a> <a:a> <a:a> ."),
        write(tmp_path / "c.ttl", b"\xff"),
        TurtleFile(tmp_path / "folder.ttl", "a:a"),
        TurtleFile(tmp_path / "gone.ttl", "a:a"),
    ]
    faults = find_faults(files)
    assert [(f.path.name, f.line) for f in faults] == [
        ("a.ttl", 1), ("c.ttl", 1), ("folder.ttl", 0), ("gone.ttl", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "restored"),
    [
        ('<a:a> <a:a> "x"@zh-hant <a:g> .', '<a:a> <a:a> "x"@zh-Hant <a:g> .'),
        ('<a:a> <a:a> "\\"@zh-hant" .', '<a:a> <a:a> "\\"@zh-hant" .'),
        ('<a:a> <a:a> "5"^^<a:zh-hant> .', '<a:a> <a:a> "5"^^<a:zh-hant> .'),
        ("<a:a> <a:a> <a:zh-hant> .", "<a:a> <a:a> <a:zh-hant> ."),
    ],
)
def test_restores_language_tags_only(line: str, restored: str) -> None:
    assert restore_languages(line) == restored


def test_copy_of_a_file_is_read_from_the_copy(small: Home, tmp_path: Path) -> None:
    shutil.copytree(small.data / "town", tmp_path / "town")
    (file,) = match_files(small, [tmp_path / "town" / "suzhou.ttl"])
    assert file == TurtleFile(tmp_path / "town" / "suzhou.ttl", f"{GRAPH}/town/suzhou")
    assert os.fspath(small.root) not in os.fspath(file.path)
