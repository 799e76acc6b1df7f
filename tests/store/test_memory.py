"""The embedded engine."""

import socket
import threading
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.errors import KgError, KgTimeoutError
from kg.names import Term, text
from kg.store import Memory, Rows
from kg.store.engine import collect_result
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
    ],
)
def test_syntax_error_has_its_position_and_exit_code_2(text: str, position: str) -> None:
    with pytest.raises(KgError, match=rf"^my\.rq:{position}\d*.*not valid SPARQL 1\.1") as caught:
        Memory().query(text, "my.rq")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"my\.rq: the query is empty\. Write a query\."),
        (" # a\n#b", r"my\.rq: the query is empty\. Write a query\."),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", r"my\.rq:1:1: this is an update; kg query only "),
        (
            "BASE <a:a>\nprefix load: <a:a> with <a:a> delete { ?s ?p ?o } WHERE {}",
            r"my\.rq:2:20: ",
        ),
    ],
)
def test_empty_query_and_update_are_named(text: str, message: str) -> None:
    with pytest.raises(KgError, match=rf"^{message}") as caught:
        Memory().query(text, "my.rq")
    assert caught.value.exit_code == 2


def test_words_of_updates_may_be_names_in_a_query() -> None:
    assert make_memory(Triple(A, P, B)).query("ASK { ?insert ?add ?load }") is True


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "datasets.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def datasets(table: dict[str, Any]) -> Memory:
    """The graphs of datasets.toml."""
    memory = Memory()
    for name, data in table["graphs"].items():
        turtle = f"{table['prologue']} {data}"
        quads = parse(turtle, RdfFormat.TURTLE, rename_blank_nodes=True)
        memory.add_triples([quad.triple for quad in quads], f"https://e.org/g/{name}")
    return memory


def name_term(term: Term | None) -> str:
    return "_" if isinstance(term, BlankNode) else text(term).rpartition("/")[2] or "-"


def test_dataset_clauses_choose_the_dataset(table: dict[str, Any], datasets: Memory) -> None:
    assert len(table["cases"]) > 20
    different = {}
    for case in table["cases"]:
        found = datasets.query(f"{table['prologue']} {case['query']}")
        assert isinstance(found, Rows)
        rows = sorted(" ".join(map(name_term, row)) for row in found.rows)
        if rows != sorted(case["rows"]):
            different[case["name"]] = rows
    assert different == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_table_of_datasets_is_right_for_rdflib(
    table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import rdflib
    from rdflib.plugins import sparql

    def show(term: object) -> str:
        shown = str(term).rpartition("/")[2]
        return "-" if term is None else "_" if isinstance(term, rdflib.BNode) else shown

    monkeypatch.setattr(sparql, "SPARQL_LOAD_GRAPHS", False)  # otherwise it fetches the graphs
    dataset = rdflib.Dataset()
    for name, data in table["graphs"].items():
        graph = dataset.graph(rdflib.URIRef(f"https://e.org/g/{name}"))
        graph.parse(data=f"{table['prologue']} {data}", format="turtle")
    different = {}
    for case in table["cases"]:
        found: Any = dataset.query(f"{table['prologue']} {case['query']}")
        rows = sorted(" ".join(map(show, row)) for row in found)
        if rows != sorted(case["rows"]):
            different[case["name"]] = rows
    assert different == {}


@pytest.mark.parametrize("form", ["ASK", "CONSTRUCT { ?s ?p ?o }", "DESCRIBE ?s"])
def test_dataset_clauses_in_each_form_of_query(form: str, datasets: Memory) -> None:
    one, several = (
        datasets.query(f"PREFIX g: <https://e.org/g/>{form} {clauses} {{ ?s ?p ?o }}")
        for clauses in ("FROM g:one", "FROM<https://e.org/g/one>FROM\n#\nNAMED g:two")
    )
    if isinstance(one, list) and isinstance(several, list):
        assert len(one) == len(several) == 2
        assert set(one) == set(several)
    else:
        assert one is several is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * FROM <#a> {}", r"^q:1:\d+: not "),
        ("SELECT *\nFROM <a:a>\nFROM <#a> {}", r"^q:3:\d+: not "),
        ("SELECT * FROM <a:a> FROM no:a {}", r"^q:1:\d+: "),
        ("SELECT *\nFROM <a:a> FROM <a:b>\n{ ?s ?p }", r"^q:3:\d+: not valid SPARQL 1\.1"),
        ("SELECT * { { SELECT * FROM <a:a> { ?s ?p ?o } } }", r"^q:1:\d+: not valid SPARQL 1\.1"),
        ("SELECT * FROM", r"^q:1:\d+: not valid SPARQL 1\.1"),
        ("SELECT * FROM <a:a> FROM", r"^q:1:\d+: not valid SPARQL 1\.1"),
        ("SELECT * FROMNAMED <a:a> {}", r"^q:1:10: FROM touches another word\."),
        ("ASKFROM<a:a> {}", r"^q:1:1: FROM touches another word\."),
    ],
)
def test_wrong_dataset_clause_is_an_error(text: str, message: str) -> None:
    with pytest.raises(KgError, match=message) as caught:
        Memory().query(text, "q")
    assert caught.value.exit_code == 2


def test_base_and_prefixes_apply_to_dataset_clauses(datasets: Memory) -> None:
    for query in (
        "BASE <https://e.org/g/> SELECT * FROM <one> FROM NAMED <two> { ?s ?p ?o }",
        "PREFIX from: <https://e.org/g/> SELECT * FROM from:one FROM from:one { ?s ?p ?o }",
        "PREFIX from: <https://e.org/g/> SELECT * { GRAPH from:one { ?s ?p ?o } }",
    ):
        found = datasets.query(query)
        assert isinstance(found, Rows)
        assert len(found.rows) == 2


Listener = tuple[str, list[object]]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """The address of a server, as an IRI in SPARQL, and the connections so far."""
    connections: list[object] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, address = server.accept()
                    connections.append(address)
                    connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield f"<http://127.0.0.1:{server.getsockname()[1]}/>", connections
        server.shutdown(socket.SHUT_RDWR)


# The engine needs no white space after a keyword, and reads < before an IRI as a comparison.
SERVICES = [
    "SELECT * { SERVICE %s { ?s ?p ?o } }",
    "SELECT * { service%s{ ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT %s { ?s ?p ?o } }",
    "SELECT * { Service\n# here\nSilent#\n%s#\n{ } }",
    "SELECT * { SERVICESILENT%s{ ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE %s { ?s ?p ?o } } } } }",
    "ASK { FILTER(EXISTS { SERVICE %s { ?s ?p ?o } }) }",
    "ASK { ?s ?p ?o MINUS { SERVICE %s { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE %s { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE %s { ?s ?p ?o } }",
    "SELECT * FROM <https://e.org/g> { SERVICE %s { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { %s } SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { BIND(%s AS ?u) SERVICE SILENT ?u { ?s ?p ?o } }",
    "PREFIX s: %s SELECT * { SERVICE s: { ?s ?p ?o } }",
    "PREFIX s: %s SELECT * { SERVICEs:x { ?s ?p ?o } }",
    "PREFIX s: %s PREFIX SERVICEs: <a:> SELECT * { SERVICEs:x { ?s ?p ?o } }",
    "PREFIX s: %s SELECT * { ?s ?p true SERVICE s:x { ?s ?p ?o } }",
    "PREFIX s: %s SELECT * { ?s ?p trueSERVICE s:x { ?s ?p ?o } }",
    "PREFIX s: %s SELECT * { ?s ?p 1.SERVICE s:x { ?s ?p ?o } }",
    "PREFIX e: <https://e.org/> SELECT * { ?s ?p e:a.b.SERVICE %s { ?s ?p ?o } }",
    "SELECT * { ?s ?p '\\'' SERVICE %s { ?s ?p ?o FILTER(?s = '\\'') } }",
    'SELECT * { ?s ?p """\'""" SERVICE %s { ?s ?p "\'" } }',
    "SELECT * { ?s ?p ?o FILTER(?s <'>' || EXISTS { SERVICE %s {} } || '' <'>') }",
    "SELECT * { ?s ?p ?o FILTER(1<#>'''\n2) SERVICE %s {} # '''\n}",
]


@pytest.mark.parametrize("text", SERVICES)
def test_service_is_refused(text: str, listener: Listener) -> None:
    url, connections = listener
    memory = make_memory(Triple(A, P, B))
    with pytest.raises(KgError, match=r"^q:\d+:\d+: (SERVICE, which|< could be)") as caught:
        memory.query(text % url, "q")
    assert caught.value.exit_code == 2
    assert connections == []


def test_service_that_is_allowed_connects(listener: Listener) -> None:
    url, connections = listener
    with pytest.raises(KgError, match=r"^query: the query failed") as caught:
        Memory().query(SERVICES[0] % url, allow_service=True)
    assert caught.value.exit_code == 1
    assert len(connections) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service ?p 'SERVICE <a:a> {}' } # SERVICE",
        "SELECT * { ?s service:of <https://e.org/SERVICE> OPTIONAL { ?s ?p '''\nSERVICE''' } }",
        "SELECT * { GRAPH service:g { ?s service:x 1 } }",
        "DESCRIBE service:x",
        "SELECT * { ?s ?p 'x'@service }",
    ],
)
def test_what_only_looks_like_service_is_allowed(text: str) -> None:
    Memory().query(text, prefixes={"service": "https://e.org/"})


# Pieces of queries, in which quotes, comments and comparisons may hide a SERVICE.
PIECES = [
    "SERVICE %s {?s ?p ?o}", "SERVICE%s{}", "service#'\n%s{}", "SERVICE SILENT e:x {}", "?s ?p ",
    "?s e:p 'a'.", '?s ?p "b"', "'''", '"""', "'", '"', "\\'", "#", "#'\n", "\n", "<", ">", "<'>",
    "<#>", "<?s>", "FILTER(", "FILTER(?s<", ")", "1 ", "e:a.b.", "e:a\\'", "?s", "OPTIONAL{", "{",
    "}", "EXISTS{", "(", "||", "=", "true", "''", "<e:'>", "[]", "?p ?o .", "VALUES ?u {", "@en",
]  # fmt: skip


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_no_text_connects(listener: Listener, pieces: list[str]) -> None:
    url, connections = listener
    body = " ".join(pieces) if len(pieces) % 2 else "".join(pieces)
    with suppress(KgError):
        make_memory(Triple(A, P, B)).query(
            f"SELECT * {{ {body.replace('%s', url)} }}", "q", {"e": url[1:-1]}, timeout=60
        )
    assert connections == []


# It takes seconds, and then ends: an abandoned query uses a processor until it does.
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_timeout_ends_the_wait_for_an_answer() -> None:
    memory = make_memory(*(Triple(A, P, Literal(n)) for n in range(300)))
    for query in (LONG.replace("(COUNT(*) AS ?n)", "*"), LONG):
        with pytest.raises(KgTimeoutError, match=r"^q: no answer within 0\.1 seconds\.") as caught:
            memory.query(query, "q", timeout=0.1)
        assert isinstance(caught.value, TimeoutError)
        assert caught.value.exit_code == 1
    # Others are answered meanwhile.
    assert memory.query("ASK { ?s ?p ?o }", timeout=60) is True


def test_rows_that_nobody_waits_for_are_left_out() -> None:
    store = Store()
    store.extend(Quad(A, P, Literal(n)) for n in range(100))
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        wanted = iter([True] * 5 + [False])
        found = collect_result(store.query(query), wanted.__next__)
        assert len(found.rows if isinstance(found, Rows) else cast(list[Triple], found)) == 5


def test_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    files = []
    for name, data in (("a", "x y"), ("b", "<a:a> <a:a> 1 ."), ("c", "\n\nx")):
        (tmp_path / f"{name}.ttl").write_text(data, "utf-8")
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
