"""The embedded engine."""

import socket
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

from kg.errors import KgError
from kg.store import Memory, Rows
from kg.turtle import TurtleFile

A, B, P = (NamedNode(f"https://e.org/{name}") for name in "abp")


def make_memory(*triples: Triple, graph: str = "https://e.org/g") -> Memory:
    memory = Memory()
    memory.add_triples(triples, graph)
    return memory


def test_default_graph_is_the_union_of_all_graphs() -> None:
    memory = make_memory(Triple(A, P, B))
    memory.add_triples([Triple(B, P, A)], "https://e.org/h")
    assert len(memory) == 2
    assert memory.query("SELECT ?s { ?s ?p ?o } ORDER BY ?s") == Rows(("s",), [(A,), (B,)])


def test_result_of_each_form_of_query() -> None:
    memory = make_memory(Triple(A, P, Literal("x")))
    assert memory.query("SELECT ?s ?x { ?s ?p 'x' }") == Rows(("s", "x"), [(A, None)])
    assert memory.query("ASK { ?s ?p ?o }") is True
    assert memory.query("ASK { ?s ?s ?o }") is False
    assert memory.query("CONSTRUCT { ?o ?p ?s } { ?s ?p ?o . ?s ?p ?s }") == []
    assert memory.query("DESCRIBE <https://e.org/a>") == [Triple(A, P, Literal("x"))]


def test_given_prefixes_need_no_declaration() -> None:
    memory = make_memory(Triple(A, P, B))
    assert memory.query("ASK { e:a e:p e:b }", prefixes={"e": "https://e.org/"}) is True
    with pytest.raises(KgError, match="not valid SPARQL"):
        memory.query("ASK { e:a e:p e:b }")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("SELEKT * {}", "1:"),
        ("SELECT *\n{ ?s ?p }", "2:10"),
        ("# 城市\n\nASK { ?s ?p '''\n''' . ?x }", "4:11"),
        ("", "1:1"),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", "1:"),
    ],
)
def test_syntax_error_has_its_position_and_exit_code_2(text: str, position: str) -> None:
    with pytest.raises(KgError, match=rf"^my\.rq:{position}\d*.*not valid SPARQL 1\.1") as caught:
        Memory().query(text, "my.rq")
    assert caught.value.exit_code == 2


def test_failed_service_has_exit_code_1() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        text = f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
        with pytest.raises(KgError, match=r"^query: the query failed") as caught:
            Memory().query(text)
    assert caught.value.exit_code == 1


def test_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    files = []
    for name, text in (("a", "x y"), ("b", "<a:a> <a:a> 1 ."), ("c", "\n\nx")):
        (tmp_path / f"{name}.ttl").write_text(text, "utf-8")
        files.append(TurtleFile(tmp_path / f"{name}.ttl", f"https://e.org/{name}"))
    files.append(TurtleFile(tmp_path / "missing.ttl", "https://e.org/d"))
    with pytest.raises(KgError) as caught:
        Memory().add_files(files)
    places = [line.split("/")[-1].split(": ")[0] for line in str(caught.value).splitlines()]
    assert places == ["a.ttl:1", "c.ttl:3", "missing.ttl:0"]


def test_dump_is_sorted_with_language_tags_in_the_recommended_case() -> None:
    memory = make_memory(Triple(B, P, Literal("城", language="zh-Hans")), Triple(A, P, B))
    memory.add_triples([Triple(A, P, Literal("x", language="EN-gb"))], "https://e.org/h")
    assert memory.dump() == (
        '<https://e.org/a> <https://e.org/p> "x"@en-GB <https://e.org/h> .\n'
        "<https://e.org/a> <https://e.org/p> <https://e.org/b> <https://e.org/g> .\n"
        '<https://e.org/b> <https://e.org/p> "城"@zh-Hans <https://e.org/g> .\n'
    )
    assert memory.dump_triples("https://e.org/h") == (
        '<https://e.org/a> <https://e.org/p> "x"@en-GB .\n'
    )


def test_dump_keeps_the_lexical_forms_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<https://e.org/a> <https://e.org/p> 80.0 , 007 .", "utf-8")
    memory = Memory()
    memory.add_files([TurtleFile(tmp_path / "a.ttl", "https://e.org/g")])
    assert '"80.0"' in memory.dump()
    assert '"007"' in memory.dump()


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c", "\n", "\r"])
def test_dump_has_one_line_per_statement_whatever_a_text_contains(separator: str) -> None:
    memory = make_memory(Triple(A, P, Literal(f"a{separator}b")), Triple(A, P, B))
    lines = memory.dump().split("\n")[:-1]
    assert len(lines) == 2
    store = Store()
    for line in lines:
        store.load(line.encode(), RdfFormat.N_QUADS)
    assert {quad.object for quad in store} == {Literal(f"a{separator}b"), B}


def test_dump_does_not_depend_on_the_order_of_blank_nodes() -> None:
    def make(*order: int) -> Memory:
        nodes = [BlankNode() for _ in range(3)]
        return make_memory(
            *(Triple(nodes[n], P, Literal(str(n))) for n in order),
            *(Triple(A, P, nodes[n]) for n in order),
        )

    assert make(0, 1, 2).dump() == make(2, 0, 1).dump()
    assert make(0, 1, 2).dump() != make(0, 1, 1).dump()
