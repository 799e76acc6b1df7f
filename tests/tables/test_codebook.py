"""Codebook: an introduction in two languages, and each table, column and code."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import Home
from kg.names import LANGUAGES
from kg.tables import Vocabulary
from kg.tables.codebook import write_introduction
from kg.tables.rows import NO_CELL, NO_TABLE
from kg.tables.schema import read_schema

ReadCsv = Callable[[Path], list[list[str]]]


@pytest.fixture(scope="module")
def text(tables: Path) -> str:
    return (tables / "codebook.md").read_text("utf-8")


@pytest.fixture(scope="module")
def sections(text: str) -> dict[str, str]:
    """The sections by heading."""
    parts = text.split("\n## ")[1:]
    found = {part.partition("\n")[0]: part for part in parts}
    assert len(found) == len(parts)
    return found


def test_codebook_describes_each_column(
    tables: Path, sections: dict[str, str], read_csv: ReadCsv
) -> None:
    paths = sorted(tables.glob("*.csv"))
    assert len(paths) > 60
    missing = [
        (path.stem, name)
        for path in paths
        for name in read_csv(path)[0]
        if f"\n| `{name}` | " not in sections[path.stem]
    ]
    assert missing == []


def test_codebook_says_what_the_values_of_a_column_are(sections: dict[str, str]) -> None:
    expected = {
        "id": "id",
        "type": "a class; `rdf:type`",
        "label_en": "text, en; `rdfs:label`",
        "document": "id; for reading only",
        "document_label": "labels; for reading only",
        "voice": "code: [voice](#voice); `cdp:hasVoice`",
        "voice_label": "label; for reading only",
        "targetValue": "decimal; `cdp:targetValue`",
        "indicator": "id in indicators; `cdp:hasIndicator`",
    }
    lines = re.findall(r"^\| `(\S+)` \|(.*)\|$", sections["targets"], re.MULTILINE)
    kinds = {name: cells.split(" | ")[2] for name, cells in lines if cells.count(" | ") >= 5}
    assert {name: kinds[name] for name in expected} == expected


def test_codebook_lists_each_code_and_type_of_the_data(
    tables: Path, sections: dict[str, str], read_csv: ReadCsv
) -> None:
    codes: set[tuple[str, str]] = set()
    for table in ("targets", "initiatives", "counts"):
        header, *rows = read_csv(tables / f"{table}.csv")
        for column in {"comparator", "voice", "status", "unit"} & {*header}:
            codes |= {(column, row[header.index(column)]) for row in rows}
        if table != "counts":  # all of one class
            codes |= {(table, row[header.index("type")]) for row in rows}
    codes = {(section, code) for section, code in codes if code}
    assert len(codes) > 15
    missing = [pair for pair in codes if f"\n| `{pair[1]}` | " not in sections[pair[0]]]
    assert missing == []
    # All have a label; those of two namespaces are complete.
    assert "| `http://qudt.org/vocab/unit/PERCENT` | per cent |" in sections["unit"]
    assert not re.search(r"^\| `[^`]+` \|  \|", "\n".join(sections.values()), re.MULTILINE)


def test_links_in_the_codebook_lead_to_headings(text: str, sections: dict[str, str]) -> None:
    anchors = re.findall(r"\]\(#([^)]+)\)", text)
    headings = [heading.lower() for heading in sections]
    assert len(anchors) > 90
    assert set(anchors) <= set(headings)
    assert len(headings) == len(set(headings))


def test_introduction_is_in_english_and_chinese(text: str, sections: dict[str, str]) -> None:
    english, chinese = text.partition("\n## ")[0], sections["编码手册"]
    assert "target/wuhan-open-rate-2022>" in english
    assert english.count("\n- ") == chinese.count("\n- ") > 5


@pytest.mark.parametrize(
    "text",
    [
        *["", "[start]", "[start]\nen = 3", "start = 3", "a = 1\na = 1", "[start", "\x00"],
        "[start]\nen = '{unknown}'\nzh-Hans = ''\n[csv]\nen = ''\nzh-Hans = ''\n",
        "[start]\nen = '{'\nzh-Hans = ''\n[csv]\nen = ''\nzh-Hans = ''\n",
    ],
)
def test_faulty_introduction_is_an_error(text: str, small: Home, vocabulary: Vocabulary) -> None:
    path = small.queries / "tables" / "codebook.toml"
    path.write_text(text, "utf-8")
    schema = read_schema(small, vocabulary, LANGUAGES)
    with pytest.raises(KgError) as caught:
        write_introduction(small, schema, {}, "csv", is_selection=True)
    assert str(caught.value).startswith(f"{path}:")


def test_introduction_says_what_was_not_exported(home: Home, vocabulary: Vocabulary) -> None:
    both = [
        read_schema(home, vocabulary, languages) for languages in (LANGUAGES, ("zh-Hans", "en"))
    ]
    complete = write_introduction(home, both[0], {}, "csv", is_selection=False)
    assert "**Complete:**" in complete
    assert "Labels are in `en`" in complete
    cases = {
        "**Selection:**": write_introduction(home, both[0], {}, "csv", is_selection=True),
        "texts in zh-Hant were not": write_introduction(
            home, both[1], {}, "csv", is_selection=False
        ),
        "3 subjects": write_introduction(home, both[0], {NO_TABLE: 3}, "csv", is_selection=False),
        "4 statements": write_introduction(home, both[0], {NO_CELL: 4}, "csv", is_selection=False),
    }
    for note, introduction in cases.items():
        assert note in introduction
        assert note not in complete
        assert "**Complete:**" not in introduction
    assert "Labels are in `zh-Hans`" in cases["texts in zh-Hant were not"]


def test_only_the_introduction_to_csv_explains_escaping(home: Home, vocabulary: Vocabulary) -> None:
    schema = read_schema(home, vocabulary, LANGUAGES)
    found = {
        file_format: write_introduction(home, schema, {}, file_format, is_selection=False)
        for file_format in ("csv", "parquet")
    }
    assert "unescape_formula" in found["csv"]
    assert "apostrophe" not in found["parquet"]
