"""A codebook for people: what stands in each column, from the ontology."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.home import producer
from kg.names import LANGUAGES, Names
from kg.tables.metadata import About
from kg.tables.table import Column, Table, Tables

FILE = "codebook.md"
BOTH = ("en", "zh-Hans")
INTRODUCTION = """\
# Codebook

One table a class, one row a thing, one column what a thing has at most once. What it may have
several times stands in the link tables `<table>-<what>` (`subject`, `object`). {whole}

- **Ids** are the last two parts of an IRI: `target/wuhan-open-rate-2022` is
  <{things}target/wuhan-open-rate-2022>. A thing has the same id wherever it is pointed to, so
  tables are joined on it. Codes (voice, comparator, theme …) have the last part alone; they are
  listed at the end. Where IRIs have no such form, they stand in full.
- **For reading only** are the columns marked so: names beside ids, and what was looked up for the
  row (the city that it applies to, say). They repeat what stands elsewhere{suppressed}.
- **Texts** have a column for each language. Names beside ids are in `{language}`, or in the next
  best language where there is none. Several values in a cell are parted by ` | `.
- **An empty cell** means that the data do not say{empty}. Days are ISO 8601
  (`2021-12-31`), numbers have a point.
{form}
"""
CSV = """\
- **Formulas.** A spreadsheet would run a text that begins with `=`, `+`, `-` or `@` (full-width
  ones too), or with a tab or line break, or that has one of them after a `;`, a tab or a line
  break. Such a place has an apostrophe `'` before it, and one that had apostrophes already has
  one more. It is no part of the text: who reads it has to take that apostrophe away, be it a
  person or a program. Numbers are left alone. Python: `kg.tables.cells.restore_text`.
- **Files** are UTF-8 {how}, quoted as RFC 4180 has it; `csv-metadata.json` describes
  them for programs (CSVW, the W3C’s Metadata Vocabulary for Tabular Data).
"""
PARQUET = """\
- **Files** are Parquet: decimals have ten places, and texts are as they are, with nothing put
  before them. Each file has its description under `csvw` in its
  metadata (CSVW, the W3C’s Metadata Vocabulary for Tabular Data).
"""
HEAD = "| column | en | zh-Hans | kind of value | meaning | 含义 | example |\n"
RULE = "|---|---|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Options:
    """What tables are written as; `chosen` if they are not all that there are."""

    form: str = "csv"
    excel: bool = False
    chosen: bool = False


def write_codebook(
    tables: Tables,
    counts: Mapping[Table, int],
    about: About,
    left_out: Mapping[str, int],
    options: Options,
) -> bytes:
    """Return the codebook of some tables, as Markdown."""
    how = (
        "with a byte order mark and CRLF, for an Excel that takes commas"
        if options.excel
        else "without a byte order mark"
    )
    asked = tables.languages
    text = INTRODUCTION.format(
        whole=_tell_whole(asked, chosen=options.chosen),
        empty="" if {*asked} == {*LANGUAGES} else f" it in {' or '.join(asked)}",
        things=tables.vocabulary.things,
        language=asked[0],
        suppressed=" (`suppressOutput` in CSVW)" if options.form == "csv" else "",
        form=CSV.format(how=how) if options.form == "csv" else PARQUET,
    )
    text += "".join(f"- **Left out:** {n} {what}.\n" for what, n in sorted(left_out.items()))
    text += f"\nBy {about.creator}, under <{about.licence}>. Written by {producer()}.\n"
    written = sorted(counts, key=lambda t: _find_place(tables, t))
    text += "\n## Tables\n\n| table | rows | what |\n|---|---|---|\n"
    text += "".join(
        _line(f"[{t.name}](#{t.name.lower()})", str(n), title_table(t))
        for t, n in ((t, counts[t]) for t in written)
    )
    for table in written:
        text += "".join(_describe_table(tables, table, written))
    return (text + "".join(_list_codes(tables, written))).encode()


def _tell_whole(languages: Sequence[str], *, chosen: bool) -> str:
    """Return whether all that the data say is there, and what is not by the call."""
    said = []
    if chosen:
        said.append("Only the tables below were asked for; what the data say besides is left out.")
    missing = [tag for tag in LANGUAGES if tag not in languages]
    if missing:
        said.append(f"Texts in {' and '.join(missing)} are left out, as they were not asked for.")
    return " ".join(said) or "Every statement of\nthe data stands in one place."


def title_table(table: Table) -> str:
    """Return a table's title in both languages."""
    return " · ".join(dict.fromkeys(table.titles.values()))


def _find_place(tables: Tables, table: Table) -> tuple[int, str]:
    order = [t.name for t in tables.wide]
    return order.index(table.parent or table.name), table.name if table.parent else ""


def _describe_table(tables: Tables, table: Table, written: Sequence[Table]) -> Iterator[str]:
    yield f"\n## {table.name}\n\n{title_table(table)}\n\n"
    for said in () if table.parent else table.about.values():
        yield f"{said}\n\n"
    if not table.parent and table.iri in tables.vocabulary.classes:
        found = tables.vocabulary.classes[table.iri]
        shown = tables.vocabulary.names.shorten(table.iri)
        for tag, said in sorted(found.definitions.items()):
            yield f"> {found.labels.get(tag, '')} ({shown}): {said}\n>\n"
        yield "\n"
    yield HEAD + RULE
    for column in table.columns:
        yield _line(
            f"`{column.name}`",
            *(column.titles.get(tag, "") for tag in BOTH),
            _tell_kind(tables, column, written),
            *(column.about.get(tag, "") for tag in BOTH),
            column.examples.get("en", ""),
        )
    if not table.parent:
        yield from _list_kinds(tables, table)


def _list_kinds(tables: Tables, table: Table) -> Iterator[str]:
    """Yield the classes that a table's rows may be of."""
    classes = tables.vocabulary.classes
    below = sorted(iri for iri in classes if table.iri in classes[iri].supers)
    if len(below) > 1:
        yield "\n| type | en | zh-Hans | meaning | 含义 |\n|---|---|---|---|---|\n"
    for iri in below if len(below) > 1 else ():
        found = classes[iri]
        said = [texts.get(t, "") for texts in (found.labels, found.definitions) for t in BOTH]
        yield _line(f"`{tables.vocabulary.names.shorten(iri).rpartition(':')[2]}`", *said)


def _tell_kind(tables: Tables, column: Column, written: Sequence[Table]) -> str:
    names = tables.vocabulary.names
    said = []
    if column.link and tables.vocabulary.names.expand("rdf:type") == column.predicate:
        said.append("a class")
    elif column.link and column.base == tables.vocabulary.things:
        targets = {t.name for t in tables.list_targets(column.ranges)} & {t.name for t in written}
        said.append("id" + (f" in {', '.join(sorted(targets))}" if targets else ""))
    elif column.link:
        codes = [iri for iri in column.ranges if iri in tables.vocabulary.codes]
        lists = ", ".join(f"[{name_codes(names, iri)}](#{name_codes(names, iri)})" for iri in codes)
        said.append(f"code: {lists}" if codes and column.base else "IRI")
    elif column.language:
        said.append(f"text, {column.language}")
    elif column.datatype:
        said.append(names.shorten(column.datatype).removeprefix("xsd:"))
    elif column.label_of:
        said.append("names" if column.many else "name")
    if not column.predicate and column.name not in ("id", "subject"):
        said.append("for reading only")
    if column.predicate:
        said.append(f"`{names.shorten(column.predicate)}`")
    return "; ".join(said) or "id"


def name_codes(names: Names, iri: str) -> str:
    """Return what a list of codes is called: the local name of its class."""
    return names.shorten(iri).rpartition(":")[2].lower()


def _list_codes(tables: Tables, written: Iterable[Table]) -> Iterator[str]:
    """Yield a section for the codes of each name, each code as the cells have it."""
    vocabulary = tables.vocabulary
    sections: dict[str, dict[str, str]] = {}
    for column in (column for table in written for column in table.columns):
        for iri in column.ranges:
            if iri in vocabulary.codes:
                sections.setdefault(name_codes(vocabulary.names, iri), {})[iri] = column.base
    for name, bases in sorted(sections.items()):
        yield f"\n## {name}\n\n"
        for iri in sorted(set(bases) & set(vocabulary.classes)):
            for _, said in sorted(vocabulary.classes[iri].definitions.items()):
                yield f"> {said}\n>\n"
        yield "\n| code | en | zh-Hans |\n|---|---|---|\n"
        for iri, base in sorted(bases.items()):
            for code, labels in sorted(vocabulary.codes[iri].items()):
                shown = code.removeprefix(base) if base else code
                yield _line(f"`{shown}`", *(labels.get(tag, "") for tag in BOTH))


def _line(*cells: str) -> str:
    """Return a line of a Markdown table."""
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |\n"
