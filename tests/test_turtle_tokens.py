"""Tokens of Turtle, and the lines of statements, compared with what pyoxigraph parses."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, RdfFormat, parse

from kg.home import find_home
from kg.names import text
from kg.turtle import list_files
from kg.turtle_format import format_turtle
from kg.turtle_tokens import LineIndex, index_statements, list_tokens, unescape

HOME = find_home()
BASE = "https://e.org/base/file"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = f"{RDF}type"
# The object of each statement begins with the number of its line.
NUMBERED = """\
PREFIX e: <https://e.org/>

e:a e:says "3" ; e:says
  "4" ,
  "5" .

# A comment.
e:b
  e:says "9" ;
  e:says "10" .

e:c e:says '''12
13
''' ; e:says "14" .
e:d e:says [ e:says "15" ] .
e:e e:says ( "16"
  "17" ) , "17"@en , 17
  , "18"^^e:type . e:f
  a 19 ; e:says 19.5, 19e0 .
"""


def list_keys(turtle: str) -> set[tuple[str, str, str]]:
    """Return the statements that a parser reads, with "" for each blank node."""
    keys = set()
    for quad in parse(turtle, RdfFormat.TURTLE, base_iri=BASE):
        terms = (quad.subject, quad.predicate, quad.object)
        keys.add(tuple("" if isinstance(term, BlankNode) else text(term) for term in terms))
    return {(s, p, o) for s, p, o in keys}


def list_lines(turtle: str) -> set[tuple[str, str, str]]:
    """Return the statements whose lines are known, with "" for each blank node."""
    keys = index_statements(turtle, BASE, TYPE).lines
    return {(s, p, "" if o.startswith("_:") else o) for s, p, o in keys if p}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("e:a.b.c. e:a..b.", "e:a.b.c . e:a..b ."),
        ("_:a.b. _:1.:", "_:a.b . _:1 . :"),
        ("5. 5.e1.5e-3 5.5-1+.5 1E5.", "5 . 5.e1 .5e-3 5.5 -1 +.5 1E5 ."),
        ('"""a""b\\""""\'\'', '"""a""b\\"""" \'\''),
        ("'''a''b\n'''\"x\"", "'''a''b\n''' \"x\""),
        (r"e:\(x\)\. e:%41b true.", r"e:\(x\)\. e:%41b true ."),
        ("a<x>true:y,prefix:z", "a <x> true:y , prefix:z"),
        ("e:a\u1680b;e:x·y", "e:a\u1680b ; e:x·y"),
        (r"<a\u0041><a#b>#c", r"<a\u0041> <a#b>"),
        ("<<e:a>><<(e:a)>>{|e:a|}~", "<< e:a >> <<( e:a )>> {| e:a |} ~"),
        ('"x"@zh-Hans"y"@ar--rtl"z"^^e:t', '"x" @zh-Hans "y" @ar --rtl "z" ^^ e:t'),
        ("e:a\x0b\xa0", "e:a \x0b \xa0"),
    ],
)
def test_text_is_cut_into_tokens(text: str, tokens: str) -> None:
    assert " ".join(token.text for token in list_tokens(text)) == tokens


def test_each_token_has_a_kind() -> None:
    text = '@prefix <x> "y" @en 5 e:a _:b a . # c'
    kinds = ["tag", "iri", "string", "tag", "number", "name", "name", "name", "mark", "comment"]
    assert [token.kind for token in list_tokens(text, comments=True)] == kinds
    assert [token.kind for token in list_tokens(text)] == kinds[:-1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_and_positions(end: str) -> None:
    text = end.join(["e:a # one", "", "e:b '''", "", "''' e:c", "<x>"])
    tokens = list(list_tokens(text, comments=True))
    assert [token.line for token in tokens] == [1, 1, 3, 3, 5, 6]
    assert [text[token.start :][: len(token.text)] for token in tokens] == [t.text for t in tokens]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lines_of_statements(line_end: str) -> None:
    read = index_statements(NUMBERED.replace("\n", line_end), BASE, TYPE)
    assert {s[-1]: line for s, line in read.subjects.items()} == {
        "a": 3, "b": 8, "c": 12, "d": 15, "e": 16, "f": 18,
    }  # fmt: skip
    found = [(re.match(r"\d+", o), line) for (_, _, o), line in read.lines.items()]
    numbers = [(int(number[0]), line) for number, line in found if number]
    assert sorted(set(numbers)) == [
        (line, line) for line in (3, 4, 5, 9, 10, 12, 14, 15, 16, 17, 18, 19)
    ]
    assert read.tags == [("https://e.org/e", "en", 17)]


# Terms in all the ways in which Turtle can write them, each with a line of its own.
TERMS = [
    "<relative>", "<#part>", "<//host/x>", "<?q=1>", "<>", "<https://e.org/\\u6df1>", "e:", ":x",
    "e:a.b", "e:a\\,b", "e:%E6%B7%B1", "e:深圳", "e:1-2", "<https://e.org/ns#>",
]  # fmt: skip
VALUES = [
    '""', '"x"', "'x\\'y'", '"""a"b\n"c"""', "'''a\n\n''b'''", '"\\u6df1\\U00020000\\t\\\\"',
    '"x"@en', "'x'@zh-Hans", '"5"^^e:type', '"5"^^<https://e.org/type>', "5", "-5", "+.5", "1.5",
    "1e5", "1.E-5", "true", "false", '"# no comment"', "'a . b ; c'", "[]", "( )", "_:node",
]  # fmt: skip
PREFIXES = [
    "@prefix e: <https://e.org/> .\n@prefix : <https://e.net/> .\n",
    "PREFIX e:<https://e.org/>PREFIX : <https://e.net/>\n",
    "@base <https://e.com/a/b> .\nprefix e: <x#> BASE <https://e.info/> prefix : <y/>\n",
]
SPACE = st.sampled_from([" ", "\n", "\n# x\n", "\t", "\r\n", " # 'x\n"])


@st.composite
def turtle_documents(draw: st.DrawFn) -> str:
    """Documents with every construct of Turtle 1.1, laid out in odd ways."""

    def draw_object(depth: int) -> str:
        kind = draw(st.integers(0, 9))
        if kind == 0 and depth < 3:
            return f"[{draw(SPACE)}{draw_predicates(depth + 1)}{draw(SPACE)}]"
        if kind == 1 and depth < 3:
            count = draw(st.integers(0, 3))
            return f"({''.join(draw(SPACE) + draw_object(depth + 1) for _ in range(count))} )"
        return draw(st.sampled_from(VALUES if kind < 7 else TERMS))

    def draw_predicates(depth: int) -> str:
        parts = []
        for _ in range(draw(st.integers(1, 3))):
            predicate = draw(st.sampled_from(["a", *TERMS]))
            values = [draw_object(depth) for _ in range(draw(st.integers(1, 3)))]
            parts.append(f"{predicate}{draw(SPACE)}{f'{draw(SPACE)},'.join(values)}")
        return f"{draw(SPACE)};{draw(SPACE)}".join(parts) + draw(st.sampled_from(["", " ;"]))

    text = draw(st.sampled_from(PREFIXES))
    for _ in range(draw(st.integers(0, 4))):
        subject = draw(st.sampled_from([*TERMS, "_:node", "[]", "[ e:a e:b ]", "( e:a 5 )"]))
        text += f"{subject}{draw(SPACE)}{draw_predicates(0)}{draw(SPACE)}.{draw(SPACE)}"
    return text


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True)
@given(turtle_documents())
def test_each_statement_that_a_parser_reads_has_a_line(turtle: str) -> None:
    missing = list_keys(turtle) - list_lines(turtle)
    # The cells of lists, and nodes in brackets, have no tokens of their own.
    cells = {f"{RDF}{name}" for name in ("first", "rest", "nil")}
    assert {key for key in missing if key[2] and not cells & set(key)} == set()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(turtle_documents())
def test_tokens_have_the_lines_on_which_they_are(turtle: str) -> None:
    lines = turtle.split("\n")
    for token in list_tokens(turtle):
        assert lines[token.line - 1].count(token.text.split("\n")[0]), token
    assert "".join(t.text for t in list_tokens(turtle)).count("#") <= turtle.count("#")


def test_lines_of_the_data_contain_their_objects() -> None:
    count = 0
    for file in list_files(HOME, shapes=True):
        turtle = file.path.read_text("utf-8")
        lines = turtle.splitlines()
        for (_, _, value), line in index_statements(turtle, file.graph, TYPE).lines.items():
            if value.startswith("https://w3id.org/cdp/id/"):
                assert value.rpartition("/")[2] in lines[line - 1]
                count += 1
    assert count > 1500


def test_lines_of_subjects_in_a_canonical_file() -> None:
    file = next(f for f in list_files(HOME) if f.path.name == "wuhan.ttl")
    turtle = file.path.read_text("utf-8")
    assert turtle == format_turtle(file.path)
    subjects = index_statements(turtle, file.graph, TYPE).subjects
    lines = turtle.splitlines()
    starts = [n for n, line in enumerate(lines, 1) if re.match("[a-z]+:", line)]
    assert sorted(subjects.values()) == starts
    assert len(starts) > 30
    assert all(
        subject.rpartition("/")[2] == lines[line - 1].partition(":")[2]
        for subject, line in subjects.items()
    )


def test_statement_that_is_not_found_has_the_line_of_its_subject() -> None:
    index = LineIndex({("s", "p", "1"): 3, ("s", "p", ""): 2}, {"s": 1})
    assert index.find("s", "p", "1") == 3
    assert index.find("s", "p", "2") == 2
    assert index.find("s", "q", "1") == 1
    assert index.find("t", "p", "1") is None


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [(r"a\tb", "a\tb"), (r"\"\\n", '"\\n'), (r"\u6df1", "深"), (r"\U00020000", "\U00020000")],
)
def test_escapes_are_replaced(escaped: str, plain: str) -> None:
    assert unescape(escaped) == plain
