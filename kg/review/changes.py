"""Compare the data with the ledgers, and record elements as read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from kg.home import Home
from kg.names import read_names
from kg.review.ledger import LEDGER, Entry, Key, read_ledger, refuse_faults, write_ledger
from kg.turtle import Fault, TurtleFile, list_files

CHANGED, NEW, DELETED, SAME = "changed", "new", "deleted", "same"


@dataclass(frozen=True, order=True)
class Change:
    """An element and what has happened to it since it was read: nothing, if it is the `same`.

    `read` is the date (YYYY-MM-DD) on which it was last read, or "" if it is new.
    """

    element: str
    kind: str
    read: str


@dataclass(frozen=True)
class FileReview:
    """A data file and the elements that have changed since they were read, and all others.

    `path` is below the home, `name` that of the file in the ledger of its folder, `graph` its named
    graph, or "" if it is deleted, and `is_recorded` is whether the folder has a ledger.
    """

    path: str
    name: str
    graph: str
    is_recorded: bool
    total: int
    changes: list[Change]
    others: list[Change] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """Return the number of elements of a kind of change."""
        return sum(change.kind == kind for change in self.changes)


def list_data_files(home: Home) -> dict[str, TurtleFile]:
    """Return the files of the data by named graph."""
    files = list_files(home)
    return {file.graph: file for file in files if file.path.is_relative_to(home.data)}


def list_recorded_graphs(home: Home) -> set[str]:
    """Return the named graphs of the data files that have a ledger beside them."""
    files = list_data_files(home).items()
    return {graph for graph, file in files if (file.path.parent / LEDGER).exists()}


def review_files(
    home: Home,
    digests: Mapping[str, Mapping[str, str]],
    language: str = "en",
    *,
    is_complete: bool = True,
) -> tuple[list[FileReview], list[Fault]]:
    """Return what has changed in files, given by named graph, and the faults of the ledgers.

    A file without a ledger needs no digests. Files come in path order. With `is_complete` the
    given files are all of the home, and a file that only a ledger has is deleted.
    """
    names, files = read_names(home), list_data_files(home)
    folders: dict[Path, dict[str, Mapping[str, str]]] = defaultdict(dict)
    for graph in files if is_complete else files.keys() & digests.keys():
        folders[files[graph].path.parent][graph] = digests.get(graph, {})
    reviews, faults = [], []
    for folder, found in folders.items():
        entries, wrong = read_ledger(folder / LEDGER, names, language)
        faults += wrong
        recorded: dict[str, dict[str, Entry]] = defaultdict(dict)
        for (name, element), entry in entries.items():
            recorded[name][element] = entry
        graphs = {graph.rpartition("/")[2]: graph for graph in found}
        gone = recorded.keys() - graphs.keys() if is_complete else ()
        for name in (*graphs, *gone):
            graph = graphs.get(name, "")
            path = files[graph].path if graph else folder / f"{unquote(name)}.ttl"
            digested = found.get(graph, {})
            elements = _compare(digested, recorded[name])
            reviews.append(
                FileReview(
                    path.relative_to(home.root).as_posix(),
                    name,
                    graph,
                    bool(entries or wrong),
                    len(digested),
                    [one for one in elements if one.kind != SAME],
                    [one for one in elements if one.kind == SAME],
                )
            )
    return sorted(reviews, key=lambda review: review.path), faults


def _compare(digests: Mapping[str, str], recorded: Mapping[str, Entry]) -> list[Change]:
    elements = []
    for element in sorted(digests.keys() | recorded.keys()):
        entry = recorded.get(element)
        if element not in digests:
            kind = DELETED
        elif entry is None:
            kind = NEW
        else:
            kind = SAME if entry.sha256 == digests[element] else CHANGED
        elements.append(Change(element, kind, entry.read if entry else ""))
    return elements


def accept_elements(
    home: Home,
    chosen: Iterable[tuple[FileReview, Iterable[Change]]],
    digests: Mapping[str, Mapping[str, str]],
    read: str,
) -> dict[Path, int]:
    """Record elements of files as read on a date (YYYY-MM-DD), and forget deleted ones.

    Return the number of elements by the ledger that was written.

    Raises:
        KgError: a ledger has faults, or cannot be written.
    """
    names = read_names(home)
    folders: dict[Path, dict[Key, Entry | None]] = defaultdict(dict)
    for file, elements in chosen:
        for one in elements:
            sha256 = digests.get(file.graph, {}).get(one.element)
            entry = None if sha256 is None else Entry(read, sha256)
            folders[(home.root / file.path).parent][file.name, one.element] = entry
    ledgers = {folder / LEDGER: changed for folder, changed in folders.items()}
    present = {}
    for path in ledgers:
        present[path], faults = read_ledger(path, names)
        refuse_faults(faults)
    for path, changed in ledgers.items():
        kept = {key: entry for key, entry in present[path].items() if key not in changed}
        added = {key: entry for key, entry in changed.items() if entry}
        write_ledger(path, kept | added, names)
    return {path: len(changed) for path, changed in ledgers.items()}
