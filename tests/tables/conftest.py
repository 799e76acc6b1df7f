"""Exported tables, and functions that read statements from them and from the data."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from uritemplate import expand

from kg.formulas import unescape_formula
from kg.home import Home, find_home
from kg.names import read_names
from kg.tables import Vocabulary, export_tables, read_vocabulary

# Subject, predicate, and the object's type, text, language in lower case, and datatype.
Statement = tuple[str, str, str, str, str, str]
HOSTILE_TEXTS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "＝1", "＋1", "－1",
    " =1", "　=1", "a;=1", "a\n-1", "a\t@b", "a;'=1", 'say "x", y', '"', "'", "'tis", "#x", "a | b",
    "＠x", " a ", "a,b;c", "a\r\nb", "\u2028", "😀", "null", "1e5", "007", "2020-01", "TRUE", "\\",
    "{x}", "a\rb", "\u200f=x", "=cmd|'/C calc'!A0", "x" * 40_000,
]  # fmt: skip


@pytest.fixture(scope="session")
def home(roundup: Home) -> Home:
    """A home with the seven-city source."""
    return roundup


@pytest.fixture(scope="session")
def vocabulary(home: Home) -> Vocabulary:
    return read_vocabulary(home)


@pytest.fixture(scope="session")
def tables(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the tables of the seven-city source."""
    folder = tmp_path_factory.mktemp("own") / "tables"
    shares: list[float] = []
    assert export_tables(home, folder, progress=shares.append).left_out == {}
    assert shares[-1] == 1
    return folder


@pytest.fixture(scope="session")
def hostile_home(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with texts that spreadsheets and parsers of CSV may misread."""
    folder = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(untouched.root, folder)
    lines = []
    for number, text in enumerate(HOSTILE_TEXTS):
        quoted = str(Literal(text))
        lines.append(
            f"indicator:hostile-{number} a cdp:Indicator ; rdfs:label {quoted}@en ,"
            f' "指标{number}"@zh-Hans ; cdp:description {quoted}@zh-Hans .'
            f"target:hostile-{number} a cdp:QuantitativeTarget ; cdp:unitText {quoted} ;"
            f" cdp:hasIndicator indicator:hostile-{number} ; skos:editorialNote {quoted}@en ;"
            " cdp:targetValue -5.50 ; cdp:deadlineYear 02022 ."
        )
    _add_data(Home(folder), "\n".join(lines))
    return Home(folder)


@pytest.fixture(scope="session")
def hostile_texts() -> list[str]:
    return HOSTILE_TEXTS


@pytest.fixture(scope="session")
def add_data() -> Callable[[Home, str], None]:
    """A function that adds statements, without prefix declarations, to a home's data."""
    return _add_data


def _add_data(home: Home, turtle: str) -> None:
    prefixes = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in read_names(home).prefixes.items())
    (home.data / "reference" / "added.ttl").write_bytes((prefixes + turtle).encode())


@pytest.fixture(scope="session")
def read_csv() -> Callable[[Path], list[list[str]]]:
    """A function that reads the rows of a CSV file, with the header first."""
    return _read_csv


def _read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


@pytest.fixture(scope="session")
def read_data() -> Callable[[Home], set[Statement]]:
    """A function that reads the statements of a home's data, with literals as written."""
    return _read_data


def _read_data(home: Home) -> set[Statement]:
    statements: set[Statement] = set()
    for path in sorted(home.data.rglob("*.ttl")):
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE):
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            assert isinstance(subject, NamedNode), "blank nodes are not in the tables"
            kind, language, datatype = type(value).__name__, "", ""
            if isinstance(value, Literal):
                language = (value.language or "").lower()
                datatype = "" if language else value.datatype.value
            else:
                assert isinstance(value, NamedNode)
            statements.add((subject.value, predicate.value, kind, value.value, language, datatype))
    return statements


@pytest.fixture(scope="session")
def read_statements() -> Callable[..., Iterator[Statement]]:
    """A function that reads the statements back from the CSV files of a folder.

    It uses nothing but the metadata, as "Generating RDF from Tabular Data on the Web" says.
    """
    return _read_statements


def _read_statements(
    folder: Path, unescape: Callable[[str], str] = unescape_formula
) -> Iterator[Statement]:
    xsd = read_names(find_home()).expand("xsd:")
    metadata = json.loads((folder / "csv-metadata.json").read_text("utf-8"))
    for table in metadata["tables"]:
        schema = table["tableSchema"]
        columns = schema["columns"]
        header, *rows = _read_csv(folder / table["url"])
        assert header == [column["titles"] for column in columns], table["url"]
        for row in rows:
            cells = dict(zip([column["name"] for column in columns], row, strict=True))
            subject = expand(schema["aboutUrl"], cells)
            for column in columns:
                cell = cells[column["name"]]
                if column.get("suppressOutput") or not cell:
                    continue
                value: tuple[str, str, str, str]
                if "valueUrl" in column:
                    value = ("NamedNode", expand(column["valueUrl"], cells), "", "")
                elif "lang" in column:
                    value = ("Literal", unescape(cell), column["lang"].lower(), "")
                else:
                    kind = column["datatype"]
                    datatype = kind["@id"] if isinstance(kind, dict) else xsd + kind
                    value = ("Literal", unescape(cell), "", datatype)
                yield (subject, column["propertyUrl"], *value)
