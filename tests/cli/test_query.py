"""`kg query` and `kg show`."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kg.ask.wrapping import measure_text
from kg.home import Home

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
    assert "\nEvidence:\n  source:town 16–53: " in text
    assert "\nReferenced by:\n" in call("show", "place:suzhou", home=untouched).stdout
    chinese = call("show", "suzhou-test-platform", "--lang", "zh-Hant", home=untouched).stdout
    assert "居民可用的平台。" in chinese


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
