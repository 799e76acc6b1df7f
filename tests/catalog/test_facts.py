"""CITATION.cff and dataset.toml are read, and what is wrong in them is named."""

from pathlib import Path

import pytest

from kg.catalog.facts import read_facts
from kg.errors import KgError
from kg.home import Home

CITATION = """\
cff-version: 1.2.0
title: Towns
abstract: "What\\ntowns promise"
version: 2
date-released: 2026-03-01
keywords: [town, "a \\"b\\""]
authors:
  - name: Group
  - given-names: Li
    family-names: Wang
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "data").mkdir()
    return Home(tmp_path)


def test_home_may_lack_both_files(home: Home) -> None:
    assert read_facts(home) == {}


def test_facts_are_terms_of_sparql(home: Home) -> None:
    (home.root / "CITATION.cff").write_text(CITATION, "utf-8")
    text = 'license = "https://e.org/l"\ntitle.fr = "Villes"\n[description]\nzh-Hans = "城镇"\n'
    (home.data / "dataset.toml").write_text(text, "utf-8")
    facts = read_facts(home)
    # The engine has language tags in lower case; dumps restore them.
    assert facts == {
        "title": '"Towns"@en "Villes"@fr',
        "description": '"What\\ntowns promise"@en "城镇"@zh-hans',
        "version": '"2"',
        "released": '"2026-03-01"',
        "keyword": '"town"@en "a \\"b\\""@en',
        "author": '"Group" "Li Wang"',
        "creator": '"Group" "Li Wang"',
        "individual": '"Li Wang"',
        "citation": '"Group, Li Wang (2026). Towns, version 2."',
        "license": "<https://e.org/l>",
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("CITATION.cff", "a: [", "CITATION.cff: not valid YAML: "),
        ("CITATION.cff", "- a", "CITATION.cff: not a list of fields"),
        ("CITATION.cff", "title: {a: b}", "CITATION.cff: title: not a text"),
        (
            "CITATION.cff",
            "date-released: soon",
            "CITATION.cff: date-released: 'soon' is not a date",
        ),
        ("CITATION.cff", "authors: [{email: a@e.org}]", "CITATION.cff: authors: one has no name"),
        ("CITATION.cff", "authors: me", "CITATION.cff: authors: one has no name"),
        ("data/dataset.toml", "a", "dataset.toml: not valid TOML: "),
        ("data/dataset.toml", "licence = 'x'", "dataset.toml: unknown key licence. Use license"),
        ("data/dataset.toml", "license = 'CC BY'", "dataset.toml: license: 'CC BY' is not an IRI"),
        ("data/dataset.toml", "title = 'x'", "dataset.toml: title: not a table"),
        ("data/dataset.toml", "title.en = {a = 1}", "dataset.toml: en: not a text"),
        ("data/dataset.toml", "title.'e n' = 'x'", "e n: not a language tag"),
    ],
)
def test_fault_is_named(name: str, text: str, message: str, home: Home) -> None:
    (home.root / name).write_text(text, "utf-8")
    with pytest.raises(KgError) as caught:
        read_facts(home)
    assert message in str(caught.value)


def test_braces_in_a_text_do_not_change_the_query(home: Home) -> None:
    (home.root / "CITATION.cff").write_text("title: '} VALUES ?x { UNDEF } \\ \"'", "utf-8")
    assert read_facts(home)["title"] == '"} VALUES ?x { UNDEF } \\\\ \\""@en'
