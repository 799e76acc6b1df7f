"""`kg query` and `kg show`."""

import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kg.home import Home
from kg.wrapping import measure_text

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Terminal = Callable[..., str]


def test_query_is_a_text_a_file_or_standard_input(
    untouched: Home, tmp_path: Path, call: Call, run: Run
) -> None:
    text = "SELECT ?city\n{ ?city a cdp:City } ORDER BY ?city"
    path = tmp_path / "cities.sparql"
    path.write_text(text, "utf-8")
    answers = {
        call("query", text, "--format", "csv", home=untouched).stdout.replace("\r", ""),
        call("query", path, "--format", "csv", home=untouched).stdout.replace("\r", ""),
        run("query", "-", "--format", "csv", home=untouched, stdin=text).stdout.replace("\r", ""),
    }
    assert len(answers) == 1
    assert "https://w3id.org/cdp/id/place/suzhou" in answers.pop()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ASK { ?s ?p }"], r"query:1:14: not valid SPARQL 1\.1: "),
        (["# a\nSELECT *\n{ ?s ?p ?o"], r"query:3:11: not valid SPARQL 1\.1: "),
        (["SELECT ?x { ?x a nope:City }"], r"query:1:\d+: unknown prefix\. Declare it "),
        (["INSERT DATA { <a:a> <a:a> 1 }"], r"query:1:\d+: not valid SPARQL 1\.1: "),
        (["nowhere.rq"], r"nowhere\.rq: cannot be read \(No such file or directory\)\. Give a "),
        (["/"], r"/: cannot be read \(it is a folder\)\. Give a query, a file, or -\.\n"),
        (["SELECT * {}", "--format", "turtle"], r"turtle: a format for triples"),
        (["CONSTRUCT WHERE {}", "--format", "csv"], r"csv: a format for rows"),
        (["ASK {}", "--format", "csv"], r"csv: a format for rows"),
        (["ASK {}", "--format", "xml"], r"Invalid value for '--format': 'xml' is not one of"),
    ],
)
def test_usage_errors(words: list[str], message: str, untouched: Home, call: Call) -> None:
    done = call("query", *words, home=untouched, code=2)
    assert re.match(f"kg: {message}", done.stderr)
    assert done.stdout == ""


def test_errors_in_a_file_or_standard_input_have_its_name(
    untouched: Home, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.rq"
    path.write_bytes("# 城市\nSELECT * {\n  ?s ?p ?o ) }".encode())
    done = call("query", path, home=untouched, code=2)
    assert re.match(rf"kg: {path}:3:\d+: not valid SPARQL", done.stderr)
    path.write_bytes("# 城市".encode("gb18030"))
    done = call("query", path, home=untouched, code=2)
    assert done.stderr.startswith(f"kg: {path}:1: byte 2 is not UTF-8. Save the file as UTF-8.")
    for stdin, message in (
        (b"SELECT *\n{ ?s", r"kg: standard input:2:\d+: not valid SPARQL"),
        (b"ASK {}\xff", r"kg: standard input:1: byte 6 is not UTF-8\."),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        assert re.match(message, call("query", "-", home=untouched, code=2).stderr)


def test_ask_query_prints_true_or_false(untouched: Home, call: Call) -> None:
    for class_, answer in (("City", "true"), ("Theme", "false")):
        text = f"ASK {{ place:suzhou a cdp:{class_} }}"
        assert call("query", text, home=untouched).stdout == f"{answer}\n"
        assert f'"boolean": {answer}' in call("query", text, "--format=json", home=untouched).stdout


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ([], RdfFormat.TURTLE),
        (["--format", "turtle"], RdfFormat.TURTLE),
        (["--format", "ntriples"], RdfFormat.N_TRIPLES),
        (["--format", "jsonld"], RdfFormat.JSON_LD),
        (["--format", "rdfxml"], RdfFormat.RDF_XML),
    ],
)
def test_construct_and_describe_return_triples(
    options: list[str], form: RdfFormat, untouched: Home, call: Call
) -> None:
    for query in ("DESCRIBE place:suzhou", "CONSTRUCT WHERE { place:suzhou ?p ?o }"):
        text = call("query", query, *options, home=untouched).stdout
        quads = list(parse(text, form))
        assert {str(quad.subject) for quad in quads} == {"<https://w3id.org/cdp/id/place/suzhou>"}
        assert len(quads) > 5
        assert "zh-Hans" in text


def test_columns_of_iris_on_request(untouched: Home, run_on_terminal: Terminal) -> None:
    query = (
        "SELECT (place:suzhou AS ?cityIri) (STRDT(REPLACE('x', 'x', 'city '), xsd:string) AS ?a) {}"
    )
    shown = run_on_terminal("query", query, home=untouched, columns=20)
    assert "cityIri" not in shown
    shown = run_on_terminal("query", query, "--iris", home=untouched, columns=20)
    assert "cityIri" in shown


def test_description_has_properties_references_and_evidence(untouched: Home, call: Call) -> None:
    text = call("show", "试验平台", home=untouched).stdout
    assert text.startswith("Test platform — initiative:suzhou-test-platform\n<https://w3id.org/")
    assert "A platform that residents can use." in text
    assert "\nEvidence\n  source:town 16–53: " in text
    shown = call("show", "place:suzhou", home=untouched).stdout
    assert "\nDocuments\n" in shown
    assert "\nReferenced by\n" not in shown
    everything = call("show", "place:suzhou", "--all", home=untouched).stdout
    assert everything.startswith(shown.partition("\n\nPositions")[0])
    assert "\nReferenced by\n" in everything
    chinese = call("show", "suzhou-test-platform", "--lang", "zh-Hant", home=untouched).stdout
    assert "居民可用的平台。" in chinese


def test_description_as_json_has_everything(untouched: Home, call: Call) -> None:
    text = call("show", "苏州", "--format", "json", "--lang", "zh-Hans", home=untouched).stdout
    shown = json.loads(text)
    assert (shown["label"], shown["language"]) == ("苏州", "zh-Hans")
    assert shown["sections"][0]["name"] == "documents"
    (document,) = shown["sections"][0]["rows"]
    assert document["thing"]["iri"] == "https://w3id.org/cdp/id/doc/suzhou-test-plan"
    assert document["passages"] == [{"source": "source:town", "start": 0, "end": 14, "text": None}]
    assert shown["statements"]
    assert shown["references"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wuhn", r"kg: wuhn: nothing has this name\. Did you mean wuhan\?\n"),
        ("place:nowhere", r"kg: place:nowhere: nothing has this name\. "),
        ("", r"kg: '': nothing has this name\. Use a label, or a prefixed name such as "),
        (
            "roundup-2021",
            r"kg: roundup-2021: several things have this name: doc:\S+, source:\S+\. ",
        ),
    ],
)
def test_unknown_and_ambiguous_names(name: str, message: str, call: Call) -> None:
    done = call("show", name, code=2)
    assert re.match(message, done.stderr)
    assert done.stdout == ""


def test_description_fits_the_terminal(run_on_terminal: Terminal) -> None:
    shown = run_on_terminal("show", "doc:wuhan-implementation-plan", columns=60)
    assert max(map(measure_text, shown.splitlines())) <= 60
    assert "<https://w3id.org/cdp/id/doc/wuhan-implementation-plan>" in shown


def test_endpoint_is_an_option_or_in_the_environment(
    untouched: Home, call: Call, find_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{find_port()}/query"
    expected = f"kg: {url}: no connection to"
    for words in (["query", "ASK {}"], ["show", "suzhou"], ["ask", "chain"]):
        assert call(*words, "--endpoint", url, home=untouched, code=1).stderr.startswith(expected)
        with monkeypatch.context() as patch:
            patch.setenv("KG_ENDPOINT", url)
            assert call(*words, home=untouched, code=1).stderr.startswith(expected)
    monkeypatch.setenv("KG_ENDPOINT", url)
    # A list and a help need no graph.
    assert call("ask", home=untouched).stdout
    assert call("show", "--help", home=untouched).stdout


@pytest.mark.parametrize("form", ["turtle", "jsonld", "rdfxml"])
@pytest.mark.parametrize("value", ["?term", '"x"@ar--rtl'])
def test_terms_of_rdf_12_are_refused_in_formats_of_rdf_11(
    form: str, value: str, untouched: Home, call: Call
) -> None:
    query = (
        f"CONSTRUCT {{ ?s rdf:reifies {value} }} "
        "WHERE { ?s a cdp:City BIND(<<( ?s rdf:type cdp:City )>> AS ?term) }"
    )
    done = call("query", query, "--format", form, home=untouched, code=1)
    assert "RDF 1.2" in done.stderr
    assert "--format ntriples" in done.stderr
    assert done.stdout == ""
    assert "reifies" in call("query", query, "--format", "ntriples", home=untouched).stdout


COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
DATASETS = (
    "",
    "FROM graph:entailed",
    "FROM <https://nowhere.example/>",
    "FROM NAMED graph:entailed",
    "FROM<https://w3id.org/cdp/graph/entailed>FROM<https://nowhere.example/>",
)


def test_dataset_clauses_count_the_same_in_memory_and_at_an_endpoint(
    untouched: Home, call: Call, serve_oxigraph: Callable[..., str], no_credentials: None
) -> None:
    url = serve_oxigraph("--union-default-graph")
    call("push", url, home=untouched)

    def count(clauses: str, *options: str) -> int:
        query = COUNT.format(clauses)
        shown = call("query", query, "--format", "csv", *options, home=untouched).stdout
        return int(shown.split()[1])

    found = [count(clauses) for clauses in DATASETS]
    # Without a clause, an endpoint also has the list of what was pushed.
    assert found[1:] == [count(clauses, "--endpoint", url) for clauses in DATASETS[1:]]
    everything, entailed = found[:2]
    assert everything > entailed > 0
    assert found[2:] == [0, 0, entailed]


def test_timeout_ends_the_command(untouched: Home, run: Run) -> None:
    endless = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'?a{i} ?b{i} ?c{i} .' for i in range(9))} }}"
    done = run("query", endless, "--timeout", "0.5", home=untouched, code=1)
    expected = "kg: query: no answer within 0.5 seconds. Ask for less, or wait longer.\n"
    assert (done.stdout, done.stderr) == ("", expected)


def test_timeout_ends_the_wait_for_an_endpoint(
    untouched: Home, call: Call, no_credentials: None
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        # The first query of a command checks the endpoint, with the same timeout.
        for words in (["--timeout", "0.5"], ["--timeout=0.1"]):
            done = call("query", "ASK {}", "--endpoint", url, *words, home=untouched, code=1)
            seconds = words[-1].rpartition("=")[2]
            assert done.stderr.startswith(f"kg: {url}: no complete answer within {seconds} seconds")


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e300", "x", "", "1_0", "٣", " 5"])
def test_wrong_timeout_is_a_usage_error(seconds: str, untouched: Home, call: Call) -> None:
    done = call("query", "ASK {}", "--timeout", seconds, home=untouched, code=2)
    assert re.match(r"kg: (timeout: not a number of seconds|Invalid value for)", done.stderr)


def test_service_needs_an_option(
    small: Home, call: Call, find_port: Callable[[], int], tmp_path: Path
) -> None:
    query = f"SELECT * {{ SERVICE <http://127.0.0.1:{find_port()}/> {{ ?s ?p ?o }} }}"
    done = call("query", query, home=small, code=2)
    assert re.match(r"kg: query:1:12: SERVICE, .* kg query --allow-service, ", done.stderr)
    done = call("query", query, "--allow-service", home=small, code=1)
    assert done.stderr.startswith("kg: query: the query failed: ")
    # A question of a home is not asked to contact a server either.
    path = small.queries / "mine.rq"
    path.write_text(f"#+ summary:\n#+   en: Mine\n{query}", "utf-8")
    done = call("ask", "mine", home=small, code=2)
    assert done.stderr.startswith(f"kg: {path}:3:12: SERVICE, ")


BOMBS = {
    "group": lambda n: f"SELECT * {'{' * n} ?s ?p ?o {'}' * n}",
    "negation": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "parentheses": lambda n: f"ASK {{ FILTER({'(' * n}1{')' * n}) }}",
    "path": lambda n: f"ASK {{ ?s {'/'.join(['<a:a>'] * n)} ?o }}",
    "union": lambda n: f"ASK {{ {' UNION '.join(['{ ?s ?p ?o }'] * n)} }}",
    "optional": lambda n: f"ASK {{ ?s ?p ?o {'OPTIONAL { ?s ?p ?o }' * n} }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_a_usage_error(name: str, untouched: Home, run: Run) -> None:
    done = run("query", "-", home=untouched, stdin=BOMBS[name](100_000), code=2)
    assert re.match(r"kg: standard input:1:\d+: (nested deeper|more than 5,000)", done.stderr)
    assert len(done.stderr) < 300


def test_byte_order_mark_is_not_part_of_a_query(untouched: Home, call: Call) -> None:
    assert call("query", "\ufeffASK {}", home=untouched).stdout == "true\n"
