"""The embedded engine and the query files that it is asked with."""

import socket
import threading
import time
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from kg.ask.question import Question
from kg.errors import KgError
from kg.graph import bind_values, read_internal, read_query
from kg.home import Home, find_home
from kg.store import Memory, Rows, run_interruptible
from kg.turtle import TurtleFile

A, B, P = (NamedNode(f"https://e.org/{name}") for name in "abp")
HEADER = """#+ summary:
#+   en: Which?
#+   zh-Hans: 哪个？
#+ tags:
#+   - headline
#+ plain: text
SELECT * {}
"""


def make_store(*triples: Triple, graph: str = "https://e.org/g") -> Memory:
    store = Memory()
    store.add_triples(triples, graph)
    return store


def write_question(folder: Path, text: str | bytes) -> Question:
    path = folder / "q.rq"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Question("q", path)


# --- the engine -------------------------------------------------------------------------------


def test_query_is_of_the_union_of_all_graphs() -> None:
    store = make_store(Triple(A, P, B))
    store.add_triples([Triple(B, P, A)], "https://e.org/h")
    assert len(store) == 2
    assert store.select("SELECT ?s { ?s ?p ?o } ORDER BY ?s").rows == [(A,), (B,)]


def test_each_form_of_query_gives_its_kind() -> None:
    store = make_store(Triple(A, P, Literal("x")))
    assert store.query("SELECT ?s ?x { ?s ?p 'x' }") == Rows(("s", "x"), [(A, None)])
    assert store.query("ASK { ?s ?p ?o }") is True
    assert store.query("ASK { ?s ?s ?o }") is False
    assert store.query("CONSTRUCT { ?o ?p ?s } { ?s ?p ?o . ?s ?p ?s }") == []
    assert store.query("DESCRIBE <https://e.org/a>") == [Triple(A, P, Literal("x"))]


def test_prefixes_given_need_no_declaration() -> None:
    store = make_store(Triple(A, P, B))
    assert store.query("ASK { e:a e:p e:b }", prefixes={"e": "https://e.org/"}) is True
    with pytest.raises(KgError, match="not SPARQL"):
        store.query("ASK { e:a e:p e:b }")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELEKT * {}", "1:"),
        ("SELECT *\n{ ?s ?p }", "2:10"),
        ("# 城市\n\nASK { ?s ?p '''\n''' . ?x }", "4:11"),
        ("", "1:1"),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", "1:"),
    ],
)
def test_syntax_error_is_a_wrong_call_and_has_its_place(text: str, place: str) -> None:
    with pytest.raises(KgError, match=rf"^mine\.rq:{place}\d*.*not SPARQL 1\.1") as caught:
        Memory().query(text, "mine.rq")
    assert caught.value.exit_code == 2
    with pytest.raises(KgError, match=rf"^mine\.rq:{place}"):
        Memory().construct(text, "mine.rq")


def test_other_form_than_wanted_is_a_wrong_call() -> None:
    with pytest.raises(KgError, match="no SELECT query"):
        Memory().select("ASK {}")
    with pytest.raises(KgError, match="no CONSTRUCT query"):
        Memory().construct("SELECT * {}")


def test_construct_gives_each_triple_once() -> None:
    store = make_store(Triple(A, P, A), Triple(A, P, B))
    assert store.construct("CONSTRUCT { ?s ?p ?s } { ?s ?p ?o }") == [Triple(A, P, A)]


def test_dead_endpoint_is_no_answer() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(KgError, match=r"^query: no answer to be had") as caught:
        Memory().query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
    assert caught.value.exit_code == 1


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    files = []
    for name, text in (("a", "x y"), ("b", "<a:a> <a:a> 1 ."), ("c", "\n\nx")):
        (tmp_path / f"{name}.ttl").write_text(text, "utf-8")
        files.append(TurtleFile(tmp_path / f"{name}.ttl", f"https://e.org/{name}"))
    files.append(TurtleFile(tmp_path / "d.ttl", "https://e.org/d"))
    with pytest.raises(KgError) as caught:
        Memory().add_files(files)
    told = [line.split("/")[-1].split(": ")[0] for line in str(caught.value).splitlines()]
    assert told == ["a.ttl:1", "c.ttl:3", "d.ttl:0"]


def test_dump_is_sorted_and_has_tags_as_declared() -> None:
    store = make_store(Triple(B, P, Literal("城", language="zh-Hans")), Triple(A, P, B))
    store.add_triples([Triple(A, P, Literal("x", language="EN-gb"))], "https://e.org/h")
    assert store.dump() == (
        '<https://e.org/a> <https://e.org/p> "x"@en-GB <https://e.org/h> .\n'
        "<https://e.org/a> <https://e.org/p> <https://e.org/b> <https://e.org/g> .\n"
        '<https://e.org/b> <https://e.org/p> "城"@zh-Hans <https://e.org/g> .\n'
    )
    assert store.dump_triples("https://e.org/h") == (
        '<https://e.org/a> <https://e.org/p> "x"@en-GB .\n'
    )


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c", "\n", "\r"])
def test_dump_has_a_line_for_each_statement_whatever_is_in_it(separator: str) -> None:
    store = make_store(Triple(A, P, Literal(f"a{separator}b")), Triple(A, P, B))
    again = Memory()
    for line in store.dump().split("\n")[:-1]:
        again._store.load(line.encode(), RdfFormat.N_QUADS)
    assert len(again) == 2
    assert again.dump() == store.dump()


def test_blank_nodes_do_not_make_dumps_differ() -> None:
    def make(*order: int) -> Memory:
        nodes = [BlankNode() for _ in range(3)]
        return make_store(
            *(Triple(nodes[n], P, Literal(str(n))) for n in order),
            *(Triple(A, P, nodes[n]) for n in order),
        )

    assert make(0, 1, 2).dump() == make(2, 0, 1).dump()
    assert make(0, 1, 2).dump() != make(0, 1, 1).dump()


def test_work_apart_gives_its_result_or_raises_its_error() -> None:
    assert run_interruptible(lambda: threading.current_thread() is threading.main_thread()) is False
    with pytest.raises(ZeroDivisionError):
        run_interruptible(lambda: 1 // 0)
    started = time.monotonic()
    run_interruptible(lambda: time.sleep(0.2))
    assert time.monotonic() - started >= 0.2


# --- query files ------------------------------------------------------------------------------


def test_header_is_read_by_language(tmp_path: Path) -> None:
    question = write_question(tmp_path, HEADER)
    assert question.text == HEADER
    assert question.header["tags"] == ["headline"]
    assert [question.tell("summary", tag) for tag in ("en", "zh-Hans", "zh-Hant")] == [
        "Which?", "哪个？", "哪个？",
    ]  # fmt: skip
    assert question.tell("description", "en") == ""
    with pytest.raises(KgError, match=r"q\.rq:1: plain has no languages"):
        question.tell("plain", "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * {}", r"no #\+ header"),
        ("#+ a: [\nSELECT * {}", r"the #\+ header is not YAML"),
        ("#+ just words\n", r"no #\+ header"),
    ],
)
def test_file_without_header_is_told(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match=rf"q\.rq:1: {said}"):
        _ = write_question(tmp_path, text).header


def test_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"q\.rq:2: byte 3 is not UTF-8"):
        _ = write_question(tmp_path, b"# \n\xb9\xfa").text
    with pytest.raises(KgError, match=r"gone\.rq: No such file"):
        read_query(tmp_path / "gone.rq")
    with pytest.raises(KgError, match=r"nothing\.rq: No such file"):
        read_internal(Home(tmp_path), "nothing")


def test_query_of_the_programs_own_is_read() -> None:
    assert "cdp:sha256" in read_internal(find_home(), "sources")


# --- values -----------------------------------------------------------------------------------


def test_values_line_is_bound_wherever_it_stands() -> None:
    text = 'SELECT * {\n  VALUES ?lang { "en" }\n  {\n\tVALUES ?lang { UNDEF }\n  }\n}'
    assert bind_values(text, {"lang": '"zh-Hans"'}) == (
        'SELECT * {\n  VALUES ?lang { "zh-Hans" }\n  {\n\tVALUES ?lang { "zh-Hans" }\n  }\n}'
    )


@pytest.mark.parametrize("value", [r'"a\\b"', r'"\1"', r'"\g<0>"', r'"\n"', '"{}"', '"城"'])
def test_value_arrives_as_it_is(value: str) -> None:
    text = "SELECT ?x {\n  VALUES ?x { UNDEF }\n}"
    assert bind_values(text, {"x": value}) == text.replace("UNDEF", value)


def test_values_are_bound_by_whole_names_and_all_at_once() -> None:
    text = "VALUES ?lang { UNDEF }\nVALUES ?language { UNDEF }"
    assert bind_values(text, {"language": "1", "lang": "2"}) == (
        "VALUES ?lang { 2 }\nVALUES ?language { 1 }"
    )


@pytest.mark.parametrize(
    "text",
    ["", "VALUES ?other { UNDEF }", "# VALUES ?lang { UNDEF }", "x VALUES ?lang { UNDEF } y"],
)
def test_query_without_the_line_cannot_be_bound(text: str) -> None:
    with pytest.raises(KgError, match=r"no line VALUES \?lang") as caught:
        bind_values(text, {"lang": '"en"'})
    assert caught.value.exit_code == 2
