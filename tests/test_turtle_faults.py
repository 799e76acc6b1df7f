"""What is wrong with a text that is not Turtle 1.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from kg.reading import ReadError
from kg.turtle_faults import NEWER_MARKS, find_newer_syntax, guess_syntax, refuse_syntax

SPECIAL = [
    "<<",
    "<<(",
    ")>>",
    "{|",
    "|}",
    "~",
    "--rtl",
    "@ar--rtl",
    "VERSION",
    "@version",
    '\\"',
    "'",
    "#",
    "\n",
]


@st.composite
def draw_turtle(draw: st.DrawFn) -> str:
    """Draw a valid text of Turtle 1.1 in which marks of RDF 1.2 are only characters."""
    word = st.lists(st.sampled_from([*SPECIAL, "a", " "]), max_size=6).map("".join)
    line = word.map(lambda text: text.replace("\n", "").replace('\\"', "'"))
    literals = st.one_of(
        line.map(lambda text: '"' + text + '"'),
        line.map(lambda text: "'" + text.replace("'", "") + "'"),
        word.map(lambda text: f'"""{text} """'),
        word.map(lambda text: "'''" + text.replace("'", "") + " '''"),
        st.sampled_from(['"x"@version', '"x"@ar-a-bb', "1", "e:a\\~b", "e:version"]),
    )
    statements = st.one_of(
        literals.map(lambda text: f"e:a e:b {text} ."),
        line.map(lambda text: f"# {text}"),
        st.just("<http://e.org/~a--b> e:version e:b ."),
        st.just("@prefix version: <http://e.org/~> ."),
    )
    lines = draw(st.lists(statements, min_size=1, max_size=6))
    return "PREFIX e: <http://e.org/>\n" + "\n".join(lines)


@given(draw_turtle())
def test_marks_of_rdf_12_in_texts_and_names_are_accepted(text: str) -> None:
    for _ in parse(text, RdfFormat.TURTLE):
        pass
    assert find_newer_syntax(text) is None
    refuse_syntax(text, "a.ttl")


NEWER = [
    "e:a e:b <<( e:a e:b 1 )>> .",
    "<< e:a e:b 1 >> e:c 2 .",
    "<< e:a e:b 1 ~ e:r >> e:c 2 .",
    "e:a e:b 1 {| e:c 2 |} .",
    "e:a e:b 1 ~ .",
    "e:a e:b e:c~e:r .",
    'VERSION "1.2"',
    "@version '1.2' .",
    'e:a e:b "x"@ar--ltr .',
]


@given(draw_turtle(), st.sampled_from(NEWER), draw_turtle())
def test_rdf_12_is_found_with_its_line(before: str, newer: str, after: str) -> None:
    text = f"{before}\n{newer}\n{after}"
    with pytest.raises(ReadError, match=r"which is RDF 1.2") as caught:
        refuse_syntax(text, "a.ttl")
    assert caught.value.line == before.count("\n") + 2
    assert str(caught.value).startswith(f"a.ttl:{caught.value.line}: has a")


def test_each_mark_of_rdf_12_is_tried() -> None:
    named = [find_newer_syntax(text) for text in NEWER]
    assert all(
        any(found and names[tag] in found[1][tag] for found in named)
        for names in NEWER_MARKS.values()
        for tag in ("en", "zh-Hans")
    )


def test_deep_nesting_in_a_file_with_an_odd_name() -> None:
    with pytest.raises(ReadError) as caught:
        refuse_syntax("\n" + "[" * 51, "a\x1b: b:1.ttl")
    assert caught.value.line == 2
    assert caught.value.reasons["en"].startswith("at column 51, nested deeper than 50 levels. Use")
    assert caught.value.reasons["zh-Hans"] == "第 51 列，嵌套超过 50 层。请减少括号或运算符的嵌套。"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["", *SPECIAL]))
def test_any_text_is_judged_without_another_error(text: str, special: str) -> None:
    guess_syntax(special + text)
    try:
        refuse_syntax(special + text, "a.ttl")
    except ReadError as error:
        assert error.line >= 1


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("<?xml version='1.0'?><!-- x -->\n<r:RDF xmlns:r='x'>", "RDF/XML"),
        ("\n<rdf:RDF xmlns:rdf='x'>", "RDF/XML"),
        ("<?xml version='1.0'?><feed/>", "XML"),
        ("<HTML><head/>", "a web page (HTML)"),
        ('\n{ "@graph": [] }', "JSON-LD"),
        ('[ {"@id": "x"} ]', "JSON-LD"),
        ("{}", "JSON"),
        ("GRAPH <a:g> { <a:a> <a:b> <a:c> }", "TriG"),
        ('_:a <a:b> "x"@en <a:g> .', "N-Quads"),
        ("<a:a> <a:b> .", ""),
        ("<http://e.org/a> <a:b> '<html>' ", ""),
        ("[] a <a:b> ; .\n[ ", ""),
    ],
)
def test_syntax_is_guessed_from_the_beginning(text: str, syntax: str) -> None:
    assert guess_syntax(text) == syntax
