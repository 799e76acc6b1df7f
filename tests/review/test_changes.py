"""What has changed since it was read, and what is recorded."""

import shutil
from collections.abc import Mapping

import pytest

from kg.errors import KgError
from kg.home import Home
from kg.names import read_names
from kg.review import (
    LEDGER,
    FileReview,
    accept_elements,
    digest_elements,
    list_data_files,
    review_files,
)
from kg.turtle import parse_file
from kg.turtle_format import format_files

OLD = "2026-01-02"


def digest(home: Home) -> dict[str, dict[str, str]]:
    names = read_names(home)
    return {
        graph: digest_elements(parse_file(file), names)
        for graph, file in list_data_files(home).items()
    }


def review(home: Home) -> dict[str, FileReview]:
    reviews, faults = review_files(home, digest(home))
    assert faults == []
    return {file.path: file for file in reviews}


def accept(home: Home, read: str, chosen: Mapping[str, FileReview] | None = None) -> None:
    files = (chosen or review(home)).values()
    accept_elements(home, [(file, file.changes) for file in files], digest(home), read)


@pytest.fixture
def recorded(small: Home) -> Home:
    """A home of which all has been read."""
    accept(small, OLD)
    return small


def list_changes(home: Home) -> list[tuple[str, str, str, str]]:
    return [
        (path, one.element.rpartition("/")[2], one.kind, one.read)
        for path, file in review(home).items()
        for one in file.changes
    ]


def edit(home: Home, old: str, new: str) -> None:
    path = home.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_before_the_first_reading_everything_is_new(small: Home) -> None:
    files = review(small)
    assert not any(file.is_recorded for file in files.values())
    assert all(file.count("new") == file.total > 0 for file in files.values())


def test_what_was_read_has_not_changed(recorded: Home) -> None:
    files = review(recorded)
    assert list_changes(recorded) == []
    assert all(file.is_recorded and file.total == len(file.others) for file in files.values())
    ledgers = {path.parent.name for path in recorded.data.rglob(LEDGER)}
    assert ledgers == {"reference", "town"}


def test_changed_new_and_deleted_elements_are_found_and_recorded(recorded: Home) -> None:
    path = recorded.data / "town" / "suzhou.ttl"
    path.write_text(path.read_text("utf-8") + "<https://example.org/new> a <e:X> .\n", "utf-8")
    edit(recorded, '"Test platform"@en', '"Testing platform"@en')
    found = list_changes(recorded)
    assert ("data/town/suzhou.ttl", "new", "new", "") in found
    assert [(kind, read) for _, _, kind, read in found if kind != "new"] == [("changed", OLD)]
    accept(recorded, "2026-03-04")
    assert list_changes(recorded) == []
    dates = [one.read for file in review(recorded).values() for one in file.others]
    assert dates.count("2026-03-04") == 2
    edit(recorded, "<https://example.org/new> a <e:X> .\n", "")
    deleted = ("data/town/suzhou.ttl", "new", "deleted", "2026-03-04")
    assert list_changes(recorded) == [deleted]
    accept(recorded, "2026-03-05")
    assert list_changes(recorded) == []


def test_layout_is_no_change(recorded: Home) -> None:
    path = recorded.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    path.write_text("\n".join(text.replace(" ;\n", ";").replace(" ,\n", ",").splitlines()), "utf-8")
    assert path.read_text("utf-8") != text
    assert list_changes(recorded) == []
    for file in format_files([path], drop_comments=True):
        file.write()
    assert list_changes(recorded) == []


def test_deleted_file_has_its_elements_deleted(recorded: Home) -> None:
    before = review(recorded)["data/town/suzhou.ttl"].total
    (recorded.data / "town" / "suzhou.ttl").unlink()
    file = review(recorded)["data/town/suzhou.ttl"]
    assert (file.total, file.count("deleted")) == (0, before)
    accept(recorded, "2026-03-04")
    assert "data/town/suzhou.ttl" not in review(recorded)


def test_file_with_another_name_is_found_by_it(recorded: Home) -> None:
    """The name of its named graph is percent-encoded."""
    source = recorded.data / "town" / "suzhou.ttl"
    shutil.move(source, source.with_name("苏州 %.ttl"))
    accept(recorded, "2026-03-04")
    assert review(recorded)["data/town/苏州 %.ttl"].is_recorded
    source.with_name("苏州 %.ttl").unlink()
    assert review(recorded)["data/town/苏州 %.ttl"].count("deleted")
    accept(recorded, "2026-03-04")
    assert list_changes(recorded) == []


def test_only_given_files_are_compared(recorded: Home) -> None:
    graph = next(g for g, f in list_data_files(recorded).items() if f.path.stem == "suzhou")
    reviews, _ = review_files(recorded, {graph: digest(recorded)[graph]}, is_complete=False)
    assert [file.path for file in reviews] == ["data/town/suzhou.ttl"]


def test_ledger_with_faults_is_not_overwritten(recorded: Home) -> None:
    ledger = recorded.data / "town" / LEDGER
    edit(recorded, '"Test platform"@en', '"Testing platform"@en')
    chosen = review(recorded)
    broken = ledger.read_text("utf-8") + "<<<<<<< HEAD\n"
    ledger.write_text(broken, "utf-8")
    with pytest.raises(KgError, match="merge conflict"):
        accept(recorded, OLD, chosen)
    assert ledger.read_text("utf-8") == broken
