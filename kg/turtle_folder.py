"""Find the Turtle files below a folder, and name the files that are passed over."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from kg.reading import ReadError, explain_os_error, find_status

SUFFIX = ".ttl"
# What may have been meant as data: other formats, other names of Turtle, and backups of it.
RDF_SUFFIXES = {"ttl", "turtle", "nt", "nq", "trig", "n3", "rdf", "owl", "jsonld"}


@dataclass
class Listing:
    """The Turtle files below a folder, in path order, and what was passed over.

    `passed_over` has the reason for each path: "suffix", "hidden" or "link".
    """

    files: list[Path] = field(default_factory=list)
    passed_over: dict[Path, str] = field(default_factory=dict)


def list_folder(folder: Path) -> Listing:
    """Return the files below a folder whose suffix is .ttl, in upper or lower case.

    Passed over are hidden files, links to folders, and files with the suffix of another format of
    RDF, or with .ttl before another suffix.

    Raises:
        ReadError: a folder cannot be read.
    """
    listing = Listing()

    def stop(error: OSError) -> None:
        raise error

    try:
        find_status(folder)
        for name, folders, files in os.walk(folder, onerror=stop):
            here = Path(name)
            hidden = any(part.startswith(".") for part in here.relative_to(folder).parts)
            for each in folders:
                if (here / each).is_symlink() and not (hidden or each.startswith(".")):
                    listing.passed_over[here / each] = "link"
            for each in files:
                _add_file(listing, here / each, hidden=hidden or each.startswith("."))
    except OSError as error:
        where = str(error.filename or folder)
        raise ReadError(where, f"cannot be read ({explain_os_error(error)}).") from None
    listing.files.sort()
    return listing


def _add_file(listing: Listing, path: Path, *, hidden: bool) -> None:
    name = path.name.lower()
    if name.endswith(SUFFIX) and not hidden:
        listing.files.append(path)
    elif RDF_SUFFIXES.intersection(name.rstrip("~#").split(".")[1:]):
        listing.passed_over[path] = "hidden" if hidden else "suffix"
