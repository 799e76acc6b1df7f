"""Export: all statements, the selected tables and languages, and what happens to old files."""

import os
import pty
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.files import MANIFEST, write_folder
from kg.home import Home
from kg.tables import export_tables

ReadCsv = Callable[[Path], list[list[str]]]
ReadData = Callable[[Home], set[tuple[str, ...]]]
ReadStatements = Callable[..., Iterator[tuple[str, ...]]]
FORMULA = r"[ \u00a0\u3000]*[=+\-@＝＋－＠]"


@pytest.fixture(scope="module")
def hostile_tables(hostile_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "tables"
    assert export_tables(hostile_home, folder).left_out == {}
    return folder


@pytest.fixture(scope="module")
def small_tables(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "tables"
    export_tables(untouched, folder)
    return folder


def read_bytes(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, or {} if there is no folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


# Statements


@pytest.mark.slow
def test_tables_have_each_statement_of_the_data_once(
    home: Home, tables: Path, read_data: ReadData, read_statements: ReadStatements
) -> None:
    counts = Counter(read_statements(tables))
    expected = read_data(home)
    assert len(expected) > 5_000
    assert set(counts) - expected == set()
    assert expected - set(counts) == set()
    assert {statement for statement, count in counts.items() if count > 1} == set()
    # No text of our own needs more than CSVW to be read.
    assert set(read_statements(tables, unescape=str)) == expected


@pytest.mark.slow
def test_test_notices_a_changed_and_a_missing_cell(
    home: Home, tables: Path, tmp_path: Path, read_data: ReadData, read_statements: ReadStatements
) -> None:
    for name, data in read_bytes(tables).items():
        (tmp_path / name).write_bytes(data)
    path = tmp_path / "targets.csv"
    text = path.read_text("utf-8")
    assert text.count(",80.0,") == 1
    path.write_text(text.replace(",80.0,", ",80,"), "utf-8")
    assert set(read_statements(tmp_path)) != read_data(home)
    path.write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")
    assert set(read_statements(tmp_path)) < read_data(home)


def test_hostile_texts_are_read_back(
    hostile_home: Home, hostile_tables: Path, read_data: ReadData, read_statements: ReadStatements
) -> None:
    counts = Counter(read_statements(hostile_tables))
    assert set(counts) == read_data(hostile_home)
    assert set(counts.values()) == {1}


def test_no_cell_starts_a_formula(hostile_tables: Path, read_csv: ReadCsv) -> None:
    trigger = re.compile(rf"{FORMULA}|[ \u00a0\u3000]*[\t\r\n]")
    cells = 0
    for path in sorted(hostile_tables.glob("*.csv")):
        for cell in (cell for row in read_csv(path) for cell in row):
            if not re.fullmatch(r"-[0-9.]+", cell):
                assert not trigger.match(cell), cell
                cells += 1
        # For a spreadsheet that takes another character for the separator.
        for part in re.split("[;\t]", path.read_text("utf-8")):
            cell = part.lstrip('"')
            assert cell == "" or cell[0] in "\r\n" or not trigger.match(cell), cell
    assert cells > 1_000
    row = next(r for r in read_csv(hostile_tables / "targets.csv") if r[0] == "target/hostile-0")
    assert {"'=1+1", "-5.50", "02022"} <= set(row)


# Selection


def test_tables_of_the_seven_city_source(tables: Path, read_csv: ReadCsv) -> None:
    rows = {path.stem: len(read_csv(path)) - 1 for path in tables.glob("*.csv")}
    assert len(rows) > 60
    assert min(rows.values()) >= 1
    assert (rows["cities"], rows["documents"], rows["targets"]) == (8, 11, 39)
    header, *targets = read_csv(tables / "targets.csv")
    row = next(r for r in targets if r[0] == "target/wuhan-open-rate-2022")
    cells = dict(zip(header, row, strict=True))
    expected = {
        "type": "QuantitativeTarget",
        "city": "place/wuhan",
        "city_label": "Wuhan",
        "document": "doc/wuhan-implementation-plan",
        "indicator_label": "Share of public information resources open to the public",
        "comparator": "ge",
        "targetValue": "80.0",
        "unit": "http://qudt.org/vocab/unit/PERCENT",
        "unitText": "%",
        "deadlineYear": "2022",
        "voice": "document",
    }
    assert {name: cells[name] for name in expected} == expected
    assert cells["themes"] == "data as a factor, and its governance"


def test_class_tables_are_written_without_rows_too(
    tables: Path, small: Home, tmp_path: Path, read_csv: ReadCsv
) -> None:
    for path in small.data.rglob("*.ttl"):
        path.write_text("", "utf-8")
    exported = export_tables(small, tmp_path)
    assert len(exported.rows) == 18
    assert set(exported.rows.values()) == {0}
    for name in exported.rows:
        assert read_csv(tmp_path / f"{name}.csv") == read_csv(tables / f"{name}.csv")[:1]


@pytest.mark.parametrize("languages", [["zh-Hans"], ["en"]])
def test_selected_languages(
    languages: list[str],
    untouched: Home,
    tmp_path: Path,
    read_csv: ReadCsv,
    read_data: ReadData,
    read_statements: ReadStatements,
) -> None:
    export_tables(untouched, tmp_path, languages=languages)
    header, row = read_csv(tmp_path / "targets.csv")
    tag = languages[0]
    assert [name for name in header if name.startswith("label_")] == [f"label_{tag}"]
    city = row[header.index("city_label")]
    assert city == {"zh-Hans": "苏州", "en": "Suzhou"}[tag]
    expected = {s for s in read_data(untouched) if s[4] in ("", tag.lower())}
    assert set(read_statements(tmp_path)) == expected


def test_selected_tables_come_with_their_link_tables(untouched: Home, tmp_path: Path) -> None:
    exported = export_tables(untouched, tmp_path, table_names=["targets", "initiatives-theme"])
    assert exported.rows == {
        "initiatives-theme": 1, "targets": 1, "targets-evidence": 1, "targets-theme": 1,
    }  # fmt: skip
    assert {f"{name}.csv" for name in exported.rows} == {p.name for p in tmp_path.glob("*.csv")}


def test_one_table_to_standard_output(
    untouched: Home, small_tables: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in ("targets", "initiatives-theme"):
        export_tables(untouched, Path("-"), table_names=[name])
        output, errors = capsysbinary.readouterr()
        assert output == (small_tables / f"{name}.csv").read_bytes()
        assert errors == b""


@pytest.mark.parametrize(
    ("target", "names", "options", "message"),
    [
        ("t", ["nothing"], {}, "nothing: unknown table. Use one of cities,"),
        ("t", ["cities-nope"], {}, "cities-nope: unknown link table. Use one of cities, cities-"),
        ("t", ["cities-label"], {}, "cities-label: unknown link table. Use one of cities, "),
        ("-", [], {}, "-o - writes one table"),
        ("-", ["cities", "targets"], {}, "-o - writes one table"),
        ("targets.csv", [], {}, "targets.csv: is not a folder"),
        ("t.xlsx", [], {"file_format": "csv"}, "t.xlsx: is the name of a workbook"),
        ("t", [], {"file_format": "xlsx"}, "t: a workbook is one file. Write -o t.xlsx."),
    ],
)
def test_usage_errors(
    target: str,
    names: Sequence[str],
    options: dict[str, object],
    message: str,
    untouched: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        export_tables(untouched, Path(target), table_names=names, **options)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    assert capsysbinary.readouterr().out == b""
    assert not list(tmp_path.iterdir())


def test_unknown_link_table_is_refused_with_those_that_exist(
    untouched: Home, tmp_path: Path
) -> None:
    messages = set()
    for languages in (["en", "zh-Hans", "zh-Hant"], ["zh-Hans"]):
        with pytest.raises(KgError, match="cities-nope: unknown link table") as caught:
            export_tables(untouched, tmp_path, table_names=["cities-nope"], languages=languages)
        messages.add(str(caught.value))
    (message,) = messages
    names = re.findall(r"[\w-]+-\w+", message.partition("Use one of")[2])
    assert len(names) > 2
    # All of them can be exported.
    assert set(export_tables(untouched, tmp_path, table_names=names).rows) == set(names)


# Files


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_bytes_do_not_depend_on_hash_seeds(
    file_format: str, untouched: Home, tmp_path: Path
) -> None:
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "kg", "--home", str(untouched.root), "export", "tables"]
        subprocess.run(
            [*command, "--format", file_format, "-o", str(folder)],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
        )
        outputs.append(read_bytes(folder))
    assert len(outputs[0]) > 20
    assert outputs[0] == outputs[1]


def test_edited_files_are_not_overwritten_without_force(
    untouched: Home, small_tables: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(small_tables, tmp_path / "tables")
    (folder / "targets.csv").write_text("mine", "utf-8")
    edited = read_bytes(folder)
    with pytest.raises(KgError, match=r"targets\.csv.*--force"):
        export_tables(untouched, folder)
    assert read_bytes(folder) == edited
    export_tables(untouched, folder, force=True)
    assert read_bytes(folder) == read_bytes(small_tables)


def test_old_tables_are_removed_and_other_files_remain(untouched: Home, tmp_path: Path) -> None:
    with write_folder(tmp_path, export="rdf") as open_file:
        open_file("themes.ttl").write(b"")
    export_tables(untouched, tmp_path, table_names=["targets"])
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    export_tables(untouched, tmp_path, table_names=["indicators"])
    assert set(read_bytes(tmp_path)) == {
        "indicators.csv", "codebook.md", "csv-metadata.json", MANIFEST, "notes.txt", "themes.ttl",
    }  # fmt: skip


def test_interrupted_export_leaves_the_old_files(
    untouched: Home, small_tables: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(small_tables, tmp_path / "old")

    def interrupt(share: float) -> None:
        raise KeyboardInterrupt

    for target in (folder, tmp_path / "new"):
        with pytest.raises(KeyboardInterrupt):
            export_tables(untouched, target, table_names=["targets"], progress=interrupt)
    assert read_bytes(folder) == read_bytes(small_tables)
    assert not (tmp_path / "new").exists()


# Progress


def test_progress_bar_on_a_terminal(untouched: Home, tmp_path: Path) -> None:
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), "export", "tables"]
    done = subprocess.run(
        [*command, "-o", str(tmp_path)], stdout=subprocess.PIPE, stderr=terminal, check=True
    )
    os.close(terminal)
    output = os.read(main, 1 << 20).decode()
    os.close(main)
    assert "100%" in output
    assert b"tables, " in done.stdout


@pytest.mark.slow
def test_closed_pipe_is_not_an_error() -> None:
    command = f"'{sys.executable}' -m kg export tables --table evidence -o - | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True)
    assert done.stdout == b"id,type,ty"
    assert done.returncode == 1
    assert done.stderr == b""


def test_pandas_reads_and_joins_the_tables(tables: Path) -> None:
    import pandas as pd

    targets = pd.read_csv(tables / "targets.csv")
    assert targets["targetValue"].dtype == float
    assert set(targets["deadlineYear"].dropna().astype(int)) == {2021, 2022, 2023, 2025}
    themes = pd.read_csv(tables / "targets-theme.csv")
    cities = pd.read_csv(tables / "cities.csv")
    joined = targets.merge(themes, left_on="id", right_on="subject")
    joined = joined.merge(cities, left_on="city", right_on="id", suffixes=("", "_city"))
    assert len(joined) == len(themes) == 58
