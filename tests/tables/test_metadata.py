"""CSVW metadata: valid, complete, and enough to read the statements back."""

import json
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import PACKAGE, Home
from kg.tables import export_tables
from kg.tables.metadata import read_attribution
from kg.turtle import list_files

ReadData = Callable[[Home], set[tuple[str, ...]]]
ReadStatements = Callable[..., Iterator[tuple[str, ...]]]


@pytest.fixture(scope="module")
def metadata(tables: Path) -> Any:
    return json.loads((tables / "csv-metadata.json").read_text("utf-8"))


def find_faults(folder: Path) -> list[str]:
    """Return the errors and warnings of the csvw package for a folder."""
    csvw = import_module("csvw")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        group = csvw.CSVW(str(folder / "csv-metadata.json"), validate=True)
        is_valid = group.is_valid
    found = [str(warning.message) for warning in (*caught, *group.warnings)]
    return found if is_valid else [*found, "not valid"]


def test_metadata_name_creator_licence_and_generator(metadata: Any) -> None:
    assert metadata["dc:license"]["@id"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert metadata["dc:publisher"]
    assert re.fullmatch(rf"{PACKAGE} \d+\.\d+\.\d+", metadata["dc:provenance"])
    assert "apostrophe" in metadata["dc:description"]


def test_metadata_describe_each_file_and_column(metadata: Any, tables: Path) -> None:
    described = {table["url"] for table in metadata["tables"]}
    assert described == {path.name for path in tables.glob("*.csv")}
    for table in metadata["tables"]:
        for column in table["tableSchema"]["columns"]:
            texts = column["dc:title"]
            assert {text["@language"] for text in texts} >= {"en", "zh-Hans"}, column
            is_output = not column.get("suppressOutput")
            assert ("propertyUrl" in column) == is_output, column


def test_links_have_foreign_keys(metadata: Any) -> None:
    schemas = {table["url"]: table["tableSchema"] for table in metadata["tables"]}
    assert schemas["targets.csv"]["primaryKey"] == "id"
    targets = {
        key["columnReference"]: key["reference"]["resource"]
        for key in schemas["targets-evidence.csv"]["foreignKeys"]
    }
    assert targets == {"subject": "targets.csv", "object": "evidence.csv"}
    # Types are written in the same way in both tables.
    namespaces = {
        schemas["cities.csv"]["columns"][1]["valueUrl"].partition("{")[0],
        schemas["cities-type.csv"]["columns"][1]["valueUrl"].partition("{")[0],
    }
    assert len(namespaces) == 1


def test_ontology_without_a_licence(small: Home) -> None:
    for path in small.ontology.glob("*.ttl"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("dcterms:license <", "dcterms:source <"), "utf-8")
    with pytest.raises(KgError, match="no dcterms:license"):
        read_attribution(LocalGraph(small, list_files(small)))


@pytest.mark.slow
def test_csvw_package_finds_no_fault(
    home: Home,
    untouched: Home,
    hostile_home: Home,
    tmp_path: Path,
    read_data: ReadData,
    read_statements: ReadStatements,
) -> None:
    for number, chosen in enumerate((home, untouched, hostile_home)):
        folder = tmp_path / str(number)
        export_tables(chosen, folder)
        assert find_faults(folder) == []
        assert set(read_statements(folder)) == read_data(chosen)


@pytest.mark.slow
def test_csvw_package_finds_no_fault_in_a_selection_or_empty_tables(
    small: Home, tmp_path: Path
) -> None:
    export_tables(small, tmp_path / "few", table_names=["targets", "initiatives-theme"])
    assert find_faults(tmp_path / "few") == []
    for path in small.data.rglob("*.ttl"):
        path.write_text("", "utf-8")
    export_tables(small, tmp_path / "empty")
    assert find_faults(tmp_path / "empty") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("targets.csv", ",80.0,", ",eighty,", "Invalid value for decimal"),
        ("targets-theme.csv", "\ntarget/", "\ntarget/x", "[Kk]ey"),
        ("targets.csv", "id,type", "type,id", "[Kk]ey"),
        ("selectors.csv", "-0-33-", "-1005-1042-", "duplicate primary key"),
    ],
)
def test_csvw_package_finds_a_fault(
    name: str, old: str, new: str, message: str, tables: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tables, tmp_path / "broken")
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    with pytest.raises((ValueError, AssertionError), match=message):
        assert find_faults(folder) == []
