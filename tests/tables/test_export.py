"""Tables: the same facts in another form, the same bytes, harmless cells, and what refuses."""

import csv
import json
import os
import pty
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from csvw import CSVW
from pyoxigraph import Literal, RdfFormat, parse
from uritemplate import expand

from kg.dumps.export import export_rdf
from kg.errors import KgError
from kg.files import MANIFEST
from kg.graph import load_graph
from kg.home import PACKAGE, Home, find_home
from kg.names import LANGUAGES, read_names
from kg.tables import export_tables
from kg.tables.cells import guard_text, restore_text
from kg.tables.rows import BATCH, Sorter
from kg.tables.statements import CHUNK, list_data, read_things, sort_lines
from kg.tables.table import Table, read_tables
from kg.tables.vocabulary import read_vocabulary

HOME = find_home()
NAMES = read_names(HOME)
XSD = NAMES.expand("xsd:")
WIDE = [
    "cities", "documents", "parts", "pillars-and-highlights", "initiatives", "targets",
    "indicators", "frameworks", "components", "counts", "evidence", "places", "bodies", "periods",
    "sources", "segments", "selectors",
]  # fmt: skip
BEGIN = r"[ \u00a0\u3000]*[=+\-@＝＋－＠]"
TRIGGER = re.compile(rf"{BEGIN}|[ \u00a0\u3000]*[\t\r\n]")
# Subject, property, and what makes the object: its kind, text, language in lower case, datatype.
Fact = tuple[str, str, str, str, str, str]
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "＝1", "＋1", "－1",
    " =1", "　=1", "a;=1", "a\n-1", "a\t@b", "a;'=1", 'say "x", y', '"', "'", "'tis", "#x", "a | b",
    "＠x", " a ", "a,b;c", "a\r\nb", "\u2028", "😀", "null", "1e5", "007", "2020-01", "TRUE", "\\",
    "{x}", "a\rb", "\u200f=x", "=cmd|'/C calc'!A0", "x" * 40_000,
]  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the project's own data."""
    folder = tmp_path_factory.mktemp("real") / "tables"
    assert not export_tables(HOME, folder).left_out
    return folder


def read_facts(home: Home) -> set[Fact]:
    """Return what the data files say, each literal as it is written."""
    return {
        (
            quad.subject.value,
            quad.predicate.value,
            type(quad.object).__name__,
            quad.object.value,
            (quad.object.language or "").lower() if isinstance(quad.object, Literal) else "",
            quad.object.datatype.value
            if isinstance(quad.object, Literal) and not quad.object.language
            else "",
        )
        for path in sorted(home.data.rglob("*.ttl"))
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE)
    }


def read_csv(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter, strict=delimiter == ","))


def read_folder(folder: Path, restore: Callable[[str], str] = restore_text) -> Iterator[Fact]:
    """Yield the statements that the CSVs of a folder stand for, each time that they stand there.

    It goes by the metadata alone, as "Generating RDF from Tabular Data on the Web" has it, for
    the part of CSVW that is written here.
    """
    said = json.loads((folder / "csv-metadata.json").read_text("utf-8"))
    for table in said["tables"]:
        schema = table["tableSchema"]
        columns = schema["columns"]
        head, *rows = read_csv(folder / table["url"])
        assert head == [column["titles"] for column in columns], table["url"]
        for row in rows:
            cells = dict(zip([column["name"] for column in columns], row, strict=True))
            about = expand(schema["aboutUrl"], cells)
            for column in columns:
                cell = cells[column["name"]]
                if column.get("suppressOutput") or not cell:
                    continue
                if "valueUrl" in column:
                    value = ("NamedNode", expand(column["valueUrl"], cells), "", "")
                elif "lang" in column:
                    value = ("Literal", restore(cell), column["lang"].lower(), "")
                else:
                    kind = column["datatype"]
                    datatype = kind["@id"] if isinstance(kind, dict) else XSD + kind
                    value = ("Literal", restore(cell), "", datatype)
                yield (about, column["propertyUrl"], *value)


def validate(folder: Path) -> list[str]:
    """Return what the csvw package has against a folder, warnings too."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        read = CSVW(str(folder / "csv-metadata.json"), validate=True)
        valid = read.is_valid
    return [str(w.message) for w in (*heard, *read.warnings)] + ([] if valid else ["not valid"])


def read_bytes(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder; none where there is no folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def quote(text: str) -> str:
    """Return a text as Turtle has it."""
    return str(Literal(text))


def add_data(home: Home, turtle: str) -> None:
    prefixes = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in NAMES.prefixes.items())
    path = home.data / "reference" / "added.ttl"
    path.write_bytes((prefixes + turtle).encode())


# The same facts


def test_tables_hold_the_facts_of_the_data_each_in_one_place(real: Path) -> None:
    facts = Counter(read_folder(real))
    expected = read_facts(HOME)
    assert len(expected) > 5_000
    assert set(facts) - expected == set()
    assert expected - set(facts) == set()
    assert {fact for fact, times in facts.items() if times > 1} == set()


def test_real_data_need_nothing_beyond_csvw(real: Path) -> None:
    assert set(read_folder(real, restore=str)) == read_facts(HOME)


def test_each_table_is_there_with_rows(real: Path) -> None:
    tables = {path.stem: len(read_csv(path)) - 1 for path in real.glob("*.csv")}
    assert set(WIDE) <= set(tables)
    assert all(name in WIDE or name.startswith(tuple(f"{n}-" for n in WIDE)) for name in tables)
    assert min(tables.values()) >= 1
    assert (tables["cities"], tables["documents"], tables["targets"]) == (8, 11, 32)
    assert len(tables) > 60


def test_reader_sees_what_is_changed(real: Path, tmp_path: Path) -> None:
    facts = read_facts(HOME)
    for name, text in read_bytes(real).items():
        (tmp_path / name).write_bytes(text)
    path = tmp_path / "targets.csv"
    text = path.read_text("utf-8")
    assert text.count(",80.0,") == 1
    path.write_text(text.replace(",80.0,", ",80,"), "utf-8")
    assert set(read_folder(tmp_path)) != facts
    path.write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")
    assert set(read_folder(tmp_path)) < facts


@pytest.mark.parametrize("excel", [False, True])
@pytest.mark.parametrize("home", ["real", "small"])
def test_csvw_has_nothing_against_them(
    home: str, excel: bool, untouched: Home, tmp_path: Path
) -> None:
    chosen = HOME if home == "real" else untouched
    export_tables(chosen, tmp_path, excel=excel)
    assert validate(tmp_path) == []
    assert set(read_folder(tmp_path)) == read_facts(chosen)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("targets.csv", ",80.0,", ",eighty,", "Invalid value for decimal"),
        ("targets-theme.csv", "\ntarget/", "\ntarget/x", "[Kk]ey"),
        ("targets.csv", "id,type", "type,id", "[Kk]ey"),
        ("selectors.csv", "-0-33-", "-1005-1042-", "duplicate primary key"),
    ],
)
def test_csvw_sees_what_is_wrong(
    name: str, old: str, new: str, message: str, real: Path, tmp_path: Path
) -> None:
    for file, text in read_bytes(real).items():
        (tmp_path / file).write_bytes(text)
    plain = (tmp_path / name).read_text("utf-8")
    assert old in plain
    (tmp_path / name).write_text(plain.replace(old, new), "utf-8")
    with pytest.raises((ValueError, AssertionError), match=message):
        assert validate(tmp_path) == []


# What the data may hold


@pytest.fixture
def hostile(small: Home) -> Home:
    """A home whose data are as bad as data can be."""
    lines = []
    for number, text in enumerate(HOSTILE):
        lines.append(
            f"indicator:hostile-{number} a cdp:Indicator ; rdfs:label {quote(text)}@en ,"
            f' "指标{number}"@zh-Hans ; cdp:description {quote(text)}@zh-Hans .'
            f"target:hostile-{number} a cdp:QuantitativeTarget ; cdp:unitText {quote(text)} ;"
            f" cdp:hasIndicator indicator:hostile-{number} ; skos:editorialNote {quote(text)}@en ;"
            " cdp:targetValue -5.50 ; cdp:deadlineYear 02022 ."
        )
    add_data(small, "\n".join(lines))
    return small


@pytest.mark.parametrize("excel", [False, True])
def test_hostile_texts_come_back(hostile: Home, tmp_path: Path, excel: bool) -> None:
    assert not export_tables(hostile, tmp_path, excel=excel).left_out
    facts = Counter(read_folder(tmp_path))
    assert set(facts) == read_facts(hostile)
    assert set(facts.values()) == {1}
    assert validate(tmp_path) == []


def test_no_cell_begins_a_formula_however_the_cells_are_cut(hostile: Home, tmp_path: Path) -> None:
    export_tables(hostile, tmp_path)
    seen = 0
    for path in sorted(tmp_path.glob("*.csv")):
        for row in read_csv(path):
            for cell in row:
                if re.fullmatch(r"-[0-9.]+", cell):
                    continue
                assert not TRIGGER.match(cell), cell
                seen += 1
        # As a spreadsheet reads it that takes another sign for the end of a cell.
        text = path.read_text("utf-8")
        for cut in re.split("[;\t]", text):
            cell = cut.lstrip('"')
            assert cell == "" or not TRIGGER.match(cell) or cell[0] in "\r\n", cell
    assert seen > 1_000
    assert "'=1+1" in {cell for row in read_csv(tmp_path / "indicators.csv") for cell in row}
    row = next(r for r in read_csv(tmp_path / "targets.csv") if r[0] == "target/hostile-0")
    assert "-5.50" in row
    assert "02022" in row


def test_guard_is_undone_and_nothing_dangerous_is_left() -> None:
    changed = 0
    for length in range(6):
        for signs in product("='\t\n;- a＝", repeat=length):
            text = "".join(signs)
            guarded = guard_text(text)
            assert restore_text(guarded) == text
            assert not TRIGGER.match(guarded)
            assert not re.search(f"[;\t\n]{BEGIN}", guarded)
            changed += guarded != text
    assert changed > 10_000
    assert guard_text("well-known = fine") == "well-known = fine"


def test_what_fits_no_column_goes_to_a_link_table(small: Home, tmp_path: Path) -> None:
    add_data(
        small,
        """
        indicator:odd a cdp:Indicator ; rdfs:label "one"@en , "two"@en , "un"@fr , "plain" .
        target:odd a cdp:QuantitativeTarget , cdp:Positioning , schema:Thing ;
            rdfs:label "Odd"@en ; cdp:targetValue 1.0 , 2.0 , "3"^^xsd:integer , "x"@en ;
            cdp:hasVoice voice:document , voice:article , <https://example.org/voice> ;
            cdp:hasTheme theme:mobility , "mobility" , <https://example.org/theme?a=%20b> ;
            <https://example.org/p/own-word> "a" , "b"@en , 1 , <https://example.org/x> ;
            cdp:statedIn doc:a , part:b .
        target:odder a cdp:QuantitativeTarget ; cdp:targetValue "3"^^xsd:integer ; cdp:unitText 5 .
        """,
    )
    exported = export_tables(small, tmp_path)
    assert not exported.left_out
    facts = Counter(read_folder(tmp_path))
    assert set(facts) == read_facts(small)
    assert set(facts.values()) == {1}
    assert read_csv(tmp_path / "targets-targetValue.csv")[1:] == [["target/odd", "2.0"]]
    assert {
        "targets-theme-iri", "targets-type", "targets-type-iri", "indicators-label-fr",
    } <= set(exported.rows)  # fmt: skip


def test_what_no_table_can_hold_is_told(small: Home, tmp_path: Path) -> None:
    add_data(
        small,
        """
        <https://example.org/a> a cdp:City . theme:own a cdp:Theme . place:no rdfs:label "x"@en .
        indicator:odd a cdp:Indicator ; rdfs:label ""@en ; cdp:description "一"@zh-Hans ;
            skos:editorialNote [ rdfs:label "y" ] ; schema:sameAs <https://example.org/深> .
        """,
    )
    left = export_tables(small, tmp_path).left_out
    assert sorted(left.values()) == [3, 4]
    codebook = (tmp_path / "codebook.md").read_text("utf-8")
    assert codebook.count("- **Left out:**") == 2


# What an analyst sees


def test_columns_of_targets(real: Path) -> None:
    head, *rows = read_csv(real / "targets.csv")
    assert head[:9] == [
        "id", "type", "type_label", "label_en", "label_zh-Hans", "label_zh-Hant", "city",
        "city_label", "document",
    ]  # fmt: skip
    rate = next(dict(zip(head, row, strict=True)) for row in rows if "open-rate" in row[0])
    expected = {
        "id": "target/wuhan-open-rate-2022",
        "type": "QuantitativeTarget",
        "city": "place/wuhan",
        "city_label": "Wuhan",
        "document": "doc/wuhan-implementation-plan",
        "indicator_label": "Open rate of public information resources",
        "comparator": "ge",
        "comparator_label": "at least",
        "targetValue": "80.0",
        "unit_label": "per cent",
        "unitText": "%",
        "deadlineYear": "2022",
        "themes": "data as a factor, and its governance | digital government and services",
        "voice": "document",
    }
    assert {name: rate[name] for name in expected} == expected
    # A position has no name, so there is no column for it.
    head = read_csv(real / "evidence.csv")[0]
    assert "selector" in head
    assert "selector_label" not in head


def test_classes_are_written_alike_in_each_table(real: Path) -> None:
    expected = read_csv(real / "cities.csv")[0]
    cities = [dict(zip(expected, row, strict=True)) for row in read_csv(real / "cities.csv")[1:]]
    further = read_csv(real / "cities-type.csv")
    assert further[0] == ["subject", "object", "object_label"]
    assert len(further) > 1
    kinds = {row["type"] for row in cities} | {row[1] for row in further[1:]}
    assert "City" in kinds
    assert not [kind for kind in kinds if not re.fullmatch("[A-Z][A-Za-z]+", kind)]
    said = json.loads((real / "csv-metadata.json").read_text("utf-8"))
    (table,) = (table for table in said["tables"] if table["url"] == "cities-type.csv")
    column = table["tableSchema"]["columns"][1]
    assert column["valueUrl"] == NAMES.expand("cdp:") + "{+object}"


def test_several_texts_a_language_are_not_paired(small: Home, tmp_path: Path) -> None:
    add_data(
        small,
        """
        indicator:many a cdp:Indicator ; skos:editorialNote "b"@en , "a"@en , "一"@zh-Hans ,
            "二"@zh-Hans .
        indicator:one a cdp:Indicator ; skos:editorialNote "a"@en , "一"@zh-Hans .
        """,
    )
    export_tables(small, tmp_path)
    head, *rows = read_csv(tmp_path / "indicators-editorialNote.csv")
    assert head == ["subject", "object_en", "object_zh-Hans", "object_zh-Hant"]
    assert rows == [
        ["indicator/many", "a", "", ""],
        ["indicator/many", "b", "", ""],
        ["indicator/many", "", "一", ""],
        ["indicator/many", "", "二", ""],
        ["indicator/one", "a", "一", ""],
    ]
    assert set(read_folder(tmp_path)) == read_facts(small)


def test_columns_do_not_depend_on_the_data(real: Path, small: Home, tmp_path: Path) -> None:
    for path in small.data.rglob("*.ttl"):
        path.write_text("", "utf-8")
    export_tables(small, tmp_path)
    assert sorted(path.stem for path in tmp_path.glob("*.csv")) == sorted(WIDE)
    for name in WIDE:
        assert read_csv(tmp_path / f"{name}.csv") == read_csv(real / f"{name}.csv")[:1]
    assert validate(tmp_path) == []


def test_a_new_property_has_a_column_by_itself(small: Home, tmp_path: Path) -> None:
    with (small.ontology / "cdp.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "cdp:budget a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:domain cdp:Target ;"
            ' rdfs:range xsd:decimal ; rdfs:label "budget"@en , "预算"@zh-Hans ;'
            ' skos:definition "What it may cost."@en .\n'
            "cdp:hasFriend a owl:ObjectProperty ; rdfs:range cdp:City .\n"
        )
    add_data(
        small, "target:new a cdp:QualitativeTarget ; cdp:budget 1.50 ; cdp:hasFriend place:x ."
    )
    export_tables(small, tmp_path)
    head = read_csv(tmp_path / "targets.csv")[0]
    assert "budget" in head
    assert read_csv(tmp_path / "targets-friend.csv")[1:] == [["target/new", "place/x", ""]]
    assert "budget" not in read_csv(tmp_path / "initiatives.csv")[0]
    assert "| `budget` | budget | 预算 | decimal" in (tmp_path / "codebook.md").read_text("utf-8")
    assert set(read_folder(tmp_path)) == read_facts(small)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#+ order: 6\n", "", "'order'"),
        ("#+ class: cdp:Target\n", "", "'class'"),
        ("#+   - cdp:unitText\n", "#+   - cdp:hasTheme\n", "cdp:hasTheme is no column"),
        ("#+   - cdp:unitText\n", "#+   - cdp:noSuch\n", "cdp:noSuch is no column"),
        ("#+   - cdp:unitText\n", "#+   - cdp:targetValue\n", "named twice: targetValue"),
        ('BIND("city" AS', 'BIND("town" AS', "no town under reading"),
    ],
)
def test_declaration_that_is_wrong(
    old: str, new: str, message: str, small: Home, tmp_path: Path
) -> None:
    path = small.queries / "tables" / "targets.rq"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KgError, match=message):
        export_tables(small, tmp_path / "tables")


def test_property_of_no_known_datatype_has_a_link_table(small: Home, tmp_path: Path) -> None:
    with (small.ontology / "cdp.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "cdp:odd a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:domain cdp:City ."
        )
    add_data(small, "place:new a cdp:City ; cdp:odd 5 .")
    export_tables(small, tmp_path)
    assert "odd" not in read_csv(tmp_path / "cities.csv")[0]
    assert set(read_folder(tmp_path)) == read_facts(small)


def test_codebook_tells_of_each_column_and_code(real: Path) -> None:
    text = (real / "codebook.md").read_text("utf-8")
    parts = text.split("\n## ")[1:]
    sections = {part.split("\n")[0]: part for part in parts}
    assert len(sections) == len(parts)
    tables = sorted(real.glob("*.csv"))
    assert len(tables) > 60
    for path in tables:
        for name in read_csv(path)[0]:
            assert f"\n| `{name}` | " in sections[path.stem], (path.stem, name)
    codes = {"comparator": "comparator", "voice": "voice", "status": "status", "unit": "unit"}
    for column, section in codes.items():
        for table in ("targets", "initiatives", "counts"):
            head, *rows = read_csv(real / f"{table}.csv")
            for row in rows if column in head else ():
                code = row[head.index(column)]
                assert not code or f"\n| `{code}` | " in sections[section]
    assert "| `http://qudt.org/vocab/unit/PERCENT` | per cent |" in sections["unit"]
    assert "| `ge` | at least |" in sections["comparator"]
    assert "| `Programme` | programme |" in sections["initiatives"]
    assert not re.search(r"^\| `[^`]+` \|  \|", text, re.MULTILINE)


def test_codebook_says_no_more_than_is_so(real: Path, tmp_path: Path) -> None:
    whole = (real / "codebook.md").read_text("utf-8")
    assert "Every statement of\nthe data stands in one place." in whole
    assert "means that the data do not say." in whole
    assert "most specific class" not in whole
    assert whole.count("| class as stated in the data; for the genre of a document, see") > 10
    assert whole.count("| policy document that contains it") == 14
    export_tables(HOME, tmp_path / "lang", languages=["zh-Hans", "en"])
    lang = (tmp_path / "lang" / "codebook.md").read_text("utf-8")
    assert "stands in one place" not in lang
    assert "Texts in zh-Hant are left out" in lang
    assert "means that the data do not say it in zh-Hans or en." in lang
    export_tables(HOME, tmp_path / "few", names=["targets"])
    few = (tmp_path / "few" / "codebook.md").read_text("utf-8")
    assert "stands in one place" not in few
    assert "Only the tables below were asked for" in few


def test_anchors_of_the_codebook_are_those_of_its_headings(real: Path) -> None:
    text = (real / "codebook.md").read_text("utf-8")
    anchors = re.findall(r"\]\(#([^)]+)\)", text)
    headings = [line[3:].lower() for line in text.split("\n") if line.startswith("## ")]
    assert len(anchors) > 90
    assert set(anchors) <= set(headings)
    assert len(headings) == len(set(headings))


def test_apostrophe_is_to_be_taken_away_by_the_reader(real: Path, run) -> None:
    rule = "who reads it has to take that apostrophe away"
    said = json.loads((real / "csv-metadata.json").read_text("utf-8"))
    assert rule in said["dc:description"]
    for text in (
        (real / "codebook.md").read_text("utf-8"),
        run("export", "tables", "--help").stdout,
    ):
        assert rule in re.sub(r"\s+", " ", text)


def test_metadata_name_licence_and_generator(real: Path) -> None:
    said = json.loads((real / "csv-metadata.json").read_text("utf-8"))
    assert said["dc:license"]["@id"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert said["dc:provenance"].startswith(PACKAGE)
    assert str(HOME.root) not in json.dumps(said) + (real / "codebook.md").read_text("utf-8")


def test_ontology_without_a_licence_is_told(small: Home, tmp_path: Path) -> None:
    for path in small.ontology.glob("*.ttl"):
        path.write_text(
            path.read_text("utf-8").replace("dcterms:license ", "dcterms:source "), "utf-8"
        )
    with pytest.raises(KgError, match="dcterms:license"):
        export_tables(small, tmp_path / "tables")
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    ("languages", "label", "city"),
    [(["zh-Hans"], "2022年开放率八成以上", "武汉"), (["en"], None, "Wuhan")],
)
def test_languages_asked_for(
    languages: list[str], label: str | None, city: str, tmp_path: Path
) -> None:
    export_tables(HOME, tmp_path, languages=languages)
    head, *rows = read_csv(tmp_path / "targets.csv")
    assert [name for name in head if name.startswith("label_")] == [f"label_{languages[0]}"]
    rate = next(dict(zip(head, row, strict=True)) for row in rows if "open-rate" in row[0])
    assert rate["city_label"] == city
    assert label in (None, rate[f"label_{languages[0]}"])
    facts = {f for f in read_facts(HOME) if f[4] in ("", languages[0].lower())}
    assert set(read_folder(tmp_path)) == facts


def test_pandas_reads_and_joins_them(real: Path) -> None:
    import pandas as pd

    tables = {path.stem: pd.read_csv(path) for path in sorted(real.glob("*.csv"))}
    targets = tables["targets"]
    assert targets["targetValue"].dtype == float
    assert set(targets["deadlineYear"].dropna().astype(int)) == {2021, 2022, 2023, 2025}
    for name, table in tables.items():
        if "object" not in table and "subject" not in table:
            assert table["id"].is_unique, name
            continue
        parent = next(w for w in sorted(WIDE, key=len, reverse=True) if name.startswith(f"{w}-"))
        assert set(table["subject"]) <= set(tables[parent]["id"]), name
    joined = targets.merge(tables["targets-theme"], left_on="id", right_on="subject")
    joined = joined.merge(tables["cities"], left_on="city", right_on="id", suffixes=("", "_city"))
    assert len(joined) == len(tables["targets-theme"]) == 51


# Parquet


def test_parquet_holds_the_same_with_types(real: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    exported = export_tables(HOME, tmp_path, form="parquet")
    paths = sorted(tmp_path.glob("*.parquet"))
    assert sorted(path.stem for path in paths) == sorted(exported.rows)
    assert {path.stem for path in paths} == {path.stem for path in real.glob("*.csv")}
    for path in paths:
        head, *rows = read_csv(real / f"{path.stem}.csv")
        table = pq.read_table(path)
        assert table.column_names == head
        assert table.num_rows == len(rows) == exported.rows[path.stem]
        assert [[show(v) for v in row.values()] for row in table.to_pylist()] == [
            [str(Decimal(c).normalize()) if re.fullmatch(r"\d+\.\d+", c) else c for c in row]
            for row in rows
        ]
        assert table.schema.metadata[PACKAGE.encode()].decode().startswith(PACKAGE)
        assert json.loads(table.schema.metadata[b"csvw"])["url"] == path.name
        assert ".csv" not in table.schema.metadata[b"csvw"].decode()
    schema = pq.read_schema(tmp_path / "targets.parquet")
    assert pa.types.is_decimal(schema.field("targetValue").type)
    assert schema.field("deadlineYear").type == pa.int64()
    assert pq.read_schema(tmp_path / "periods.parquet").field("startDate").type == pa.date32()
    assert schema.field("themes").type == pa.string()
    assert not (tmp_path / "csv-metadata.json").exists()


def show(value: object) -> str:
    """Return a value of Parquet as a CSV has it."""
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_parquet_is_grouped_as_csv_is(real: Path, tmp_path: Path) -> None:
    import pandas as pd

    export_tables(HOME, tmp_path, names=["targets"], form="parquet")
    read = pd.read_parquet(tmp_path / "targets.parquet")
    plain = pd.read_csv(real / "targets.csv")
    assert any(" | " in themes for themes in read["themes"])
    for name in ("city_label", "document", "themes"):
        counts = read.groupby(name).size()
        assert len(counts) > 5
        assert dict(counts) == dict(plain.groupby(name).size())


def test_parquet_has_no_apostrophes(hostile: Home, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    export_tables(hostile, tmp_path, form="parquet")
    assert set(HOSTILE) <= set(
        pq.read_table(tmp_path / "indicators.parquet")["label_en"].to_pylist()
    )


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("cdp:targetValue 1.12345678901", "targetValue"),
        ('cdp:deadline "2022-13-45"^^xsd:date', "deadline"),
        ("cdp:deadlineYear 99999999999999999999", "deadlineYear"),
        ('cdp:openEnded "perhaps"^^xsd:boolean', "openEnded"),
    ],
)
def test_parquet_refuses_what_it_cannot_hold(
    said: str, wrong: str, small: Home, tmp_path: Path
) -> None:
    add_data(small, f"target:odd a cdp:QuantitativeTarget ; {said} .")
    with pytest.raises(KgError, match=wrong):
        export_tables(small, tmp_path / "tables", form="parquet")
    assert not (tmp_path / "tables").exists()


def test_parquet_without_pyarrow_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KgError, match=r"city-policy-kg\[parquet\]"):
        export_tables(HOME, tmp_path / "tables", form="parquet")
    assert not (tmp_path / "tables").exists()


# Bytes


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_same_input_gives_the_same_bytes(form: str, tmp_path: Path) -> None:
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "kg", "export", "tables", "--format", form, "-o", folder]
        subprocess.run(
            command, check=True, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True
        )
        outputs.append(read_bytes(folder))
    assert len(outputs[0]) > 60
    assert outputs[0] == outputs[1]


def test_excel_has_a_mark_and_its_line_ends(real: Path, tmp_path: Path) -> None:
    export_tables(HOME, tmp_path, excel=True)
    paths = sorted(tmp_path.glob("*.csv"))
    assert len(paths) > 60
    for path in paths:
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b"\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n") == len(read_csv(path))
        plain = (real / path.name).read_bytes()
        assert b"\r" not in plain
        assert raw[3:].replace(b"\r\n", b"\n") == plain
    said = json.loads((tmp_path / "csv-metadata.json").read_text("utf-8"))
    assert said["dialect"]["lineTerminators"] == ["\r\n"]


def test_one_table_to_the_output(run, real: Path) -> None:
    for name in ("initiatives", "initiatives-theme"):
        done = run("export", "tables", "--table", name, "-o", "-")
        assert done.stdout == (real / f"{name}.csv").read_bytes().decode()
        assert done.stderr == ""


def test_chosen_tables_come_with_their_links(real: Path, tmp_path: Path) -> None:
    exported = export_tables(HOME, tmp_path, names=["targets", "initiatives-theme"])
    assert {"targets", "targets-theme", "initiatives-theme"} <= set(exported.rows)
    assert {name.split("-")[0] for name in exported.rows} == {"targets", "initiatives"}
    assert (tmp_path / "targets.csv").read_bytes() == (real / "targets.csv").read_bytes()
    assert validate(tmp_path) == []


# What stays


def test_what_kg_did_not_write_is_not_overwritten(run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    run("export", "tables", "-o", folder)
    before = read_bytes(folder)
    run("export", "tables", "-o", folder)
    assert read_bytes(folder) == before
    (folder / "targets.csv").write_text("mine", "utf-8")
    done = run("export", "tables", "-o", folder, code=2)
    assert "targets.csv" in done.stderr
    assert "--force" in done.stderr
    assert read_bytes(folder) == before | {"targets.csv": b"mine"}
    run("export", "tables", "-o", folder, "--force")
    assert read_bytes(folder) == before


def test_folder_holds_the_last_export_and_what_is_not_ours(
    tmp_path: Path, run: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    export_tables(HOME, tmp_path)
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    export_tables(HOME, tmp_path, names=["indicators"])
    assert set(read_bytes(tmp_path)) == {
        "indicators.csv", "indicators-evidence.csv", "codebook.md", "csv-metadata.json",
        MANIFEST, "notes.txt",
    }  # fmt: skip
    export_rdf(HOME, str(tmp_path), graphs=["themes"])
    assert {"indicators.csv", "themes.ttl"} <= set(read_bytes(tmp_path))
    assert "it is empty" in run("export", "tables", "-o", "", code=2, cwd=tmp_path).stderr


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_interrupted_export_leaves_the_old_one(form: str, small: Home, tmp_path: Path) -> None:
    export_tables(small, tmp_path / "tables", form=form)
    before = read_bytes(tmp_path / "tables")
    add_data(small, 'place:new a cdp:City ; rdfs:label "New"@en .')

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_tables(small, tmp_path / "tables", form=form, progress=stop)
    assert read_bytes(tmp_path / "tables") == before
    with pytest.raises(KeyboardInterrupt):
        export_tables(small, tmp_path / "none", form=form, progress=stop)
    assert read_bytes(tmp_path / "none") == {}
    export_tables(small, tmp_path / "tables", form=form)
    assert read_bytes(tmp_path / "tables") != before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--table", "nothing"], "nothing: no such table. There are cities,"),
        (["--table", "cities-nope"], "cities-nope: no such link table. There are such as cities-"),
        (["--table", "cities-label"], "cities-label: no such link table, or it has no row."),
        (["-o", "-"], "takes one table"),
        (["-o", "-", "--table", "cities", "--table", "targets"], "takes one table"),
        (["-o", "targets.csv"], "go to a folder"),
        (["--excel", "--format", "parquet"], "--excel is for CSV"),
        (["--lang", "fr"], "'fr'"),
    ],
)
def test_wrong_calls(run, arguments: Sequence[str], message: str, tmp_path: Path) -> None:
    done = run("export", "tables", *arguments, code=None, cwd=tmp_path)
    assert message in done.stderr
    assert done.returncode == 2
    assert done.stdout == ""
    assert not list(tmp_path.glob("**/*.csv"))


def test_link_table_that_is_not_known_is_told_at_once(real: Path, tmp_path: Path) -> None:
    told: list[int] = []
    with pytest.raises(KgError, match="cities-nope: no such link table") as caught:
        export_tables(
            HOME, tmp_path, names=["cities-nope"], progress=lambda done, total: told.append(done)
        )
    assert not told
    assert not list(tmp_path.iterdir())
    named = re.findall(r"cities-\w+", str(caught.value).partition("such as")[2])
    assert len(named) > 2
    assert all((real / f"{name}.csv").is_file() for name in named)
    with pytest.raises(KgError) as second:
        export_tables(HOME, tmp_path, names=["cities-nope"], languages=["zh-Hans"])
    assert str(second.value) == str(caught.value)
    # Those that are there may all be asked for.
    links = [path.stem for path in real.glob("*.csv") if path.stem not in WIDE]
    assert len(links) > 40
    assert set(export_tables(HOME, tmp_path, names=links).rows) == set(links)


def test_bar_shows_how_far_it_is_where_somebody_looks(tmp_path: Path) -> None:
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "kg", "export", "tables", "-o", str(tmp_path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, check=True)
    os.close(terminal)
    shown = os.read(main, 1 << 20).decode()
    os.close(main)
    assert "Sorting statements" in shown
    assert "100%" in shown
    assert b"tables, " in done.stdout


def test_reader_that_goes_away_is_no_fault() -> None:
    command = f"'{sys.executable}' -m kg export tables --table evidence -o - | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True)
    assert done.stdout == b"id,type,ty"
    assert done.returncode == 1
    assert done.stderr == b""


def test_help_teaches(run) -> None:
    text = run("export", "tables", "--help").stdout
    for word in ("codebook.md", "--excel", "= + - @", "apostrophe", "[parquet]", "-o -"):
        assert word in text


# As much as there is


def test_rows_are_handed_on_a_few_at_a_time(small: Home) -> None:
    many = 3 * BATCH
    add_data(small, "\n".join(f"indicator:i-{n:06d} a cdp:Indicator ." for n in range(many)))
    sizes: dict[str, list[int]] = {}
    open_writers: list[str] = []

    class Counted:
        def __init__(self, table: Table) -> None:
            self.name = table.name
            self.sizes = sizes.setdefault(table.name, [])
            open_writers.append(table.name)

        def write(self, rows: Sequence[object]) -> None:
            self.sizes.append(len(rows))

        def close(self) -> None:
            open_writers.remove(self.name)

    tables = read_tables(small, read_vocabulary(small), LANGUAGES)
    sorter = Sorter(small, tables, load_graph(small), Counted)
    for thing in read_things(list_data(small)):
        sorter.add(thing)
    assert max(sizes["indicators"]) == BATCH
    assert sum(sizes["indicators"]) >= many - BATCH
    assert open_writers
    sorter.close()
    assert not open_writers
    assert sum(sizes["indicators"]) >= many


def test_lines_are_sorted_on_disk() -> None:
    lines = [f"{n * 7919 % 1000:04d}\u2028" for n in range(1000)]
    assert list(sort_lines(iter(lines), chunk=64)) == sorted(lines)
    assert CHUNK < 1_000_000


def test_progress_reaches_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_tables(HOME, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 2 * len(read_facts(HOME))
