"""The Turtle files of a folder, and what is passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reading import ReadError
from kg.turtle_folder import list_folder

PART = st.text("ab.~#", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
SUFFIX = st.sampled_from(["", ".ttl", ".TTL", ".Ttl", ".nt", ".RDF", ".txt", ".ttl~", ".ttl.bak"])


@given(st.lists(st.tuples(st.lists(PART, max_size=2), PART, SUFFIX), max_size=8))
def test_each_file_is_listed_passed_over_or_of_another_kind(
    tmp_path_factory: pytest.TempPathFactory, names: list[tuple[list[str], str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    made = set()
    for parts, name, suffix in names:
        path = folder.joinpath(*(f"{part}d" for part in parts), name + suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        except OSError:  # a file is a folder elsewhere
            continue
        made.add(path)
    made = {path for path in made if path.is_file()}
    listing = list_folder(folder)
    assert listing.files == sorted(listing.files)
    assert set(listing.files).isdisjoint(listing.passed_over)
    for path in made:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        is_turtle = path.name.lower().endswith(".ttl")
        assert (path in listing.files) == (is_turtle and not hidden)
        if is_turtle and hidden:
            assert listing.passed_over[path] == "hidden"
    assert set(listing.files) <= made


def test_links_to_folders_are_passed_over_and_end(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").touch()
    (tmp_path / "data" / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "data" / "self").symlink_to("self")
    (tmp_path / "data" / "self.ttl").symlink_to("self.ttl")
    listing = list_folder(tmp_path / "data")
    assert [path.name for path in listing.files] == ["a.ttl", "self.ttl"]
    assert listing.passed_over == {tmp_path / "data" / "up": "link"}
    (tmp_path / "linked").symlink_to("data")
    assert len(list_folder(tmp_path / "linked").files) == 2


@pytest.mark.parametrize("name", ["gone", "x" * 300, "a\0b", "self", "file"])
def test_folder_that_cannot_be_read_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "file").touch()
    with pytest.raises(ReadError, match="cannot be read"):
        list_folder(tmp_path / name)


def test_folder_without_permission_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the system's answer is imitated."""

    def scan(path: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", scan)
    with pytest.raises(ReadError, match=r"cannot be read \(Permission denied\)"):
        list_folder(tmp_path)
