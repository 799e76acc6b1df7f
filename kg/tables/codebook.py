"""Write a codebook for people: the meaning of each table, column and code."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kg.ask.lookup import cut_local_name
from kg.ask.table import clean_text
from kg.display import escape_markdown
from kg.errors import KgError
from kg.home import Home, name_program
from kg.names import LANGUAGES, pick
from kg.reading import parse_toml, read_text
from kg.tables.columns import TYPE, Column
from kg.tables.metadata import Attribution
from kg.tables.rows import CUT_TEXT, NO_CELL, NO_TABLE
from kg.tables.schema import Schema, Table
from kg.tables.vocabulary import Texts, Vocabulary

FILE = "codebook.md"
COLUMN_LANGUAGES = ("en", "zh-Hans")
# The names in codebook.toml of the reasons why something is in no table.
REASONS = {NO_TABLE: "no_table", NO_CELL: "no_cell", CUT_TEXT: "cut_text"}
# The sheets of a workbook that together are its codebook.
ABOUT, COLUMNS, CODES = SHEETS = ("about", "codebook", "codes")


def write_introduction(
    home: Home, schema: Schema, left_out: Mapping[str, int], file_format: str, *, is_selection: bool
) -> str:
    """Return the introduction as Markdown: in English, then in Chinese under a heading."""
    path = home.queries / "tables" / "codebook.toml"
    texts = parse_toml(read_text(path), path)
    missing = [tag for tag in LANGUAGES if tag not in schema.languages]
    parts = ["start", file_format]
    if is_selection:
        parts.append("selection")
    if missing:
        parts.append("languages")
    if not (is_selection or missing or left_out):
        parts.append("complete")
    values = {
        "namespace": schema.vocabulary.data_namespace,
        "language": schema.languages[0],
        "languages": ", ".join(missing),
    }
    counts = {REASONS[reason]: count for reason, count in sorted(left_out.items())}
    parts += counts
    try:
        english, chinese = (
            "".join(texts[part][tag].format(**values, count=counts.get(part)) for part in parts)
            for tag in COLUMN_LANGUAGES
        )
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise KgError(
            f"{path}: {error} is missing or wrong. Write a table for each of {', '.join(parts)}, "
            "with the texts en and zh-Hans; use only the placeholders of the original."
        ) from None
    return f"# Codebook\n\n{english}\n## 编码手册\n\n{chinese}"


def make_codebook(
    schema: Schema, row_counts: Mapping[Table, int], attribution: Attribution, introduction: str
) -> str:
    """Return the codebook of the written tables as Markdown."""
    written = sort_tables(schema, row_counts)
    parts = [
        introduction,
        f"\nBy {_escape(attribution.creator)}, licensed under <{attribution.licence}>. ",
        f"Written by {name_program()}.\n\n## Tables\n\n",
        _format_header("table", "rows", "title"),
    ]
    for table in written:
        link = f"[{table.name}](#{table.name.lower()})"
        parts.append(_format_row(link, str(row_counts[table]), _join_titles(table)))
    for table in written:
        parts += _describe_table(schema, table, written)
    parts += _list_codes(schema.vocabulary, written)
    return "".join(parts)


def make_sheets(
    schema: Schema,
    row_counts: Mapping[Table, int],
    attribution: Attribution,
    introduction: str,
    find_sheet_name: Callable[[str], str],
) -> dict[str, list[Sequence[str]]]:
    """Return the rows of the sheets with the codebook of a workbook, each with its header first."""
    written = sort_tables(schema, row_counts)
    about = [
        *_list_lines(introduction),
        f"By {attribution.creator}, licensed under {attribution.licence}.",
        f"Written by {name_program()}.",
    ]
    titles = ["sheet", "table", "column", "en", "zh-Hans", "kind of value", "meaning", "含义"]
    columns: list[Sequence[str]] = [[*titles, "example"]]
    codes: list[Sequence[str]] = [["list", "code", "en", "zh-Hans"]]
    for table in written:
        for column in table.columns:
            columns.append(
                [
                    find_sheet_name(table.name),
                    table.name,
                    column.name,
                    *_in_languages(column.titles),
                    _remove_markup(_describe_values(schema, column, written)),
                    *_in_languages(column.descriptions),
                    column.examples.get("en", ""),
                ]
            )
    for name, namespaces in _list_code_lists(schema.vocabulary, written):
        for iri, namespace in sorted(namespaces.items()):
            for code, labels in sorted(schema.vocabulary.codes[iri].items()):
                codes.append([name, code.removeprefix(namespace), *_in_languages(labels)])
    return {ABOUT: [[line] for line in about], COLUMNS: columns, CODES: codes}


def _list_lines(introduction: str) -> list[str]:
    """Return the paragraphs and list items of a Markdown text, each as one line of plain text."""
    text = re.sub(r"(?<=[\u3000-\uffef])\n *(?=[^\s#-])", "", introduction)
    text = re.sub(r"(?<=\S)\n *(?=[^\s#-])", " ", text)
    return [_remove_markup(line) for line in text.splitlines() if line]


def _remove_markup(text: str) -> str:
    """Return a text of ours without the marks of Markdown for links, code, headings and stress."""
    text = re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", text)
    return re.sub(r"^#+ |`|\*\*", "", text)


def sort_tables(schema: Schema, tables: Iterable[Table]) -> list[Table]:
    """Return the tables in the order of the schema, each before its link tables."""
    order = [table.name for table in schema.tables]
    return sorted(tables, key=lambda table: (order.index(table.parent or table.name), table.name))


def _join_titles(table: Table) -> str:
    return _escape(" · ".join(dict.fromkeys(table.titles.values())))


def _describe_table(schema: Schema, table: Table, written: Sequence[Table]) -> Iterator[str]:
    vocabulary = schema.vocabulary
    yield f"\n## {table.name}\n\n{_join_titles(table)}\n\n"
    if not table.parent:
        for description in table.descriptions.values():
            yield f"{_escape(description)}\n\n"
        declared = vocabulary.classes.get(table.class_iri)
        if declared:
            name = vocabulary.names.shorten(table.class_iri)
            for tag, definition in sorted(declared.definitions.items()):
                label = pick(declared.labels, tag, "")
                yield f"> {_escape(f'{label} ({name}): {definition}')}\n>\n"
            yield "\n"
    yield _format_header("column", "en", "zh-Hans", "kind of value", "meaning", "含义", "example")
    for column in table.columns:
        yield _format_row(
            f"`{column.name}`",
            *_escape_languages(column.titles),
            _describe_values(schema, column, written),
            *_escape_languages(column.descriptions),
            _escape(pick(column.examples, "en", "")),
        )
    if not table.parent:
        yield from _list_classes(vocabulary, table)


def _list_classes(vocabulary: Vocabulary, table: Table) -> Iterator[str]:
    """Yield the subclasses that the rows of a table can have as their type."""
    classes = vocabulary.classes
    subclasses = sorted(iri for iri in classes if table.class_iri in classes[iri].superclasses)
    if len(subclasses) > 1:
        yield "\n" + _format_header("type", "en", "zh-Hans", "meaning", "含义")
        for iri in subclasses:
            labels = _escape_languages(classes[iri].labels)
            yield _format_row(
                f"`{cut_local_name(iri)}`", *labels, *_escape_languages(classes[iri].definitions)
            )


def _describe_values(schema: Schema, column: Column, written: Sequence[Table]) -> str:
    """Return the kind of a column's values, whether it is for reading only, and its property."""
    shorten = schema.vocabulary.names.shorten
    parts = []
    if column.is_iri:
        parts.append(_describe_iris(schema, column, written))
    elif column.language:
        parts.append(f"text, {column.language}")
    elif column.datatype:
        parts.append(shorten(column.datatype).removeprefix("xsd:"))
    elif column.label_of:
        parts.append("labels" if column.is_list else "label")
    if column.predicate:
        parts.append(f"`{shorten(column.predicate)}`")
    elif column.name not in ("id", "subject"):
        parts.append("for reading only")
    return "; ".join(parts) or "id"


def _describe_iris(schema: Schema, column: Column, written: Sequence[Table]) -> str:
    """Return what a column of IRIs points to: a class, rows of tables, or codes."""
    vocabulary = schema.vocabulary
    if column.predicate == vocabulary.names.expand(TYPE):
        return "a class"
    if column.namespace == vocabulary.data_namespace:
        names = {table.name for table in written}
        targets = schema.list_target_tables(column.ranges)
        found = sorted(table.name for table in targets if table.name in names)
        return f"id in {', '.join(found)}" if found else "id"
    lists = [cut_local_name(iri).lower() for iri in column.ranges if iri in vocabulary.codes]
    if not lists or not column.namespace:
        return "IRI"
    return "code: " + ", ".join(f"[{name}](#{name})" for name in lists)


def _list_codes(vocabulary: Vocabulary, written: Iterable[Table]) -> Iterator[str]:
    """Yield a section for each list of codes, with the codes as the cells have them."""
    for name, namespaces in _list_code_lists(vocabulary, written):
        yield f"\n## {name}\n\n"
        for iri in sorted(set(namespaces) & set(vocabulary.classes)):
            for _, definition in sorted(vocabulary.classes[iri].definitions.items()):
                yield f"> {_escape(definition)}\n>\n"
        yield "\n" + _format_header("code", "en", "zh-Hans")
        for iri, namespace in sorted(namespaces.items()):
            for code, labels in sorted(vocabulary.codes[iri].items()):
                yield _format_row(f"`{code.removeprefix(namespace)}`", *_escape_languages(labels))


def _list_code_lists(
    vocabulary: Vocabulary, written: Iterable[Table]
) -> list[tuple[str, dict[str, str]]]:
    """Return the name of each list of codes, and its schemes with the namespace that cells lack."""
    lists: dict[str, dict[str, str]] = {}
    for column in (column for table in written for column in table.columns):
        for iri in column.ranges:
            if iri in vocabulary.codes:
                namespaces = lists.setdefault(cut_local_name(iri).lower(), {})
                namespaces[iri] = namespaces.get(iri) or column.namespace
    return sorted(lists.items())


def _in_languages(texts: Texts) -> list[str]:
    return [pick(texts, tag, "") for tag in COLUMN_LANGUAGES]


def _escape_languages(texts: Texts) -> list[str]:
    return [_escape(text) for text in _in_languages(texts)]


def _format_header(*titles: str) -> str:
    return f"{_format_row(*titles)}|{'---|' * len(titles)}\n"


def _format_row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cells)} |\n"


def _escape(text: str) -> str:
    """Return a text of the ontology or data as Markdown."""
    return escape_markdown(clean_text(text))
