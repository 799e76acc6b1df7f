"""A page of the site as plain data, for a template to render."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.formulas import escape_formula


@dataclass(frozen=True)
class Crumb:
    """A page above another, by title, path and fragment."""

    title: str
    path: str
    fragment: str = ""


@dataclass(frozen=True)
class Page:
    """A page in one language: its path without language and suffix, its template and its values.

    `iri` is that of the thing on the page, or "". `files` are other files beside the page, by path
    within the folder of the language; `download` is the one with exactly what the page shows.
    `schema` is what schema.org says of the subject, if that is more than its type and name.
    """

    path: str
    template: str
    title: str
    summary: str = ""
    trail: tuple[Crumb, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    iri: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    download: str = ""
    schema: Mapping[str, object] = field(default_factory=dict)


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8, in which no spreadsheet finds a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows(map(escape_formula, row) for row in rows)
    return out.getvalue().encode("utf-8")
