"""The words of the pages: the same in each language, all used, and none in the templates."""

import re
import tomllib
from pathlib import Path

import kg.publish.words
from kg.publish.words import FILE, LANGUAGES

FOLDER = Path(kg.publish.words.__file__).parent
# Parts of templates that are not text for people.
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<pre.*?</pre>|<[^>]*>|<!DOCTYPE html>", re.DOTALL)
NAMES = {"SHA", "Turtle", "JSON", "LD", "Triples", "IRI", "RO", "Crate"} | {
    "DCAT",
    "VoID",
    "PROV",
    "schema",
    "org",
}


def test_each_word_is_in_each_language() -> None:
    for name, texts in tomllib.loads(FILE.read_text("utf-8")).items():
        assert tuple(texts) == LANGUAGES, name
        assert all(texts.values()), name
        fields = {tuple(sorted(re.findall(r"\{\w*\}", shown))) for shown in texts.values()}
        assert len(fields) == 1, name
        assert re.search("[一-鿿]", texts["zh-Hans"]) or name == "column-iri", name
        assert not re.search("[一-鿿]", texts["en"]), name


def test_each_word_is_used() -> None:
    files = [*FOLDER.rglob("*.html"), *FOLDER.glob("*.py")]
    used = "\n".join(path.read_text("utf-8") for path in files)
    families = ("column-", "count-", "kind-", "language-", "tag-")  # chosen by a name
    matrices = {"themes-summary", "technologies-summary", "groups-summary"}
    words = tomllib.loads(FILE.read_text("utf-8"))
    quoted = {name for name in words if f'"{name}"' in used or f"'{name}'" in used}
    assert {name for name in words if not name.startswith(families)} - quoted == matrices


def test_templates_have_no_words_of_their_own() -> None:
    templates = [path for path in FOLDER.rglob("*.html")]
    assert len(templates) > 15
    for path in templates:
        words = re.findall(r"[A-Za-z]{2,}|[一-鿿]+", CODE.sub(" ", path.read_text("utf-8")))
        assert set(words) - NAMES == set(), path.name
