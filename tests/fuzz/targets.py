"""The four targets of the fuzzer: each takes an input and raises an exception if kg fails on it.

`FailureError` is raised for a wrong outcome, and all exceptions of kg but KgError pass. Each target
runs in a process of its own (see `child.py`), because its input may end the process.
"""

import io
import json
import re
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

import kg.cli
import kg.cli.options
import kg.store.http
from kg.api import KnowledgeGraph
from kg.ask import Answer, ask_question, bind_question, find_question
from kg.ask.render import ROW_FORMATS, TRIPLE_FORMATS
from kg.dumps.export import export_rdf
from kg.errors import KgError
from kg.graph import Graph, load_graph
from kg.home import Home, find_home
from kg.names import Names, read_names
from kg.networks.query import bind_network, find_network
from kg.store.endpoint import Endpoint
from kg.turtle_format import format_files
from kg.turtle_tokens import list_tokens

SMALL = Path(__file__).parents[1] / "small"
SECONDS_PER_QUERY = 1.0
# In a message, any other control character could change what a terminal shows.
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TRACEBACK = re.compile(r'Traceback|^\s*File ".*", line \d|^\w+(Error|Exception|Warning)\b', re.M)
# What RDF 1.2 has and SPARQL 1.1 cannot bind: the canonical form is compared without blank nodes.
MOST_BLANK_NODES = 40
SERVER_BASE = "http://127.0.0.1"
# A query whose answer may have rows, one with a boolean, and one with triples.
DUMPS = {
    "nq": RdfFormat.N_QUADS,
    "nt": RdfFormat.N_TRIPLES,
    "trig": RdfFormat.TRIG,
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
}
TRIPLES = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
QUERIES = ("SELECT ?s ?p ?o { ?s ?p ?o }", "ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }")


class FailureError(Exception):
    """What is wrong with an outcome."""


class SlowError(Exception):
    """A query did not end in time, which is no failure; it goes on in the background."""


def run_cli(*words: str, home: Home, quiet: bool = True) -> tuple[int, str, str]:
    """Run `kg` in this process; return exit code, standard output and standard error.

    Raises:
        FailureError: an unknown exit code, or no message on standard error but something else.
    """
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2)]
    before = sys.argv, sys.stdout, sys.stderr
    sys.argv = ["kg", "--home", str(home.root), *words]
    sys.stdout, sys.stderr = streams
    try:
        code = kg.cli.run()
        for stream in streams:
            stream.flush()
    finally:
        sys.argv, sys.stdout, sys.stderr = before
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    if code not in (0, 1, 2):
        raise FailureError(f"exit code {code}: {err}")
    if TRACEBACK.search(err) or CONTROLS.search(err):
        raise FailureError(f"noise on standard error: {err}")
    if err and not err.startswith(("kg: ", "Usage: ")) and (code or quiet):
        raise FailureError(f"not a message on standard error: {err}")
    if code == 2 and not err:
        raise FailureError("exit code 2 without a message")
    return code, out, err


# Turtle


def make_tiny_home(folder: Path) -> Home:
    """Return a home with few shapes and without data, so that a check takes little time."""
    home = find_home()
    (folder / "data" / "x").mkdir(parents=True)
    (folder / "ontology" / "shapes").mkdir(parents=True)
    shutil.copy(home.ontology / "prefixes.ttl", folder / "ontology")
    shutil.copytree(home.ontology / "rules", folder / "ontology" / "rules")
    for name in ("labels.ttl", "targets.ttl"):
        shutil.copy(home.ontology / "shapes" / name, folder / "ontology" / "shapes")
    shutil.copytree(home.queries, folder / "queries")
    return Home(folder)


@cache
def _tiny_home() -> Home:
    return make_tiny_home(Path(tempfile.mkdtemp(prefix="kg-fuzz-")))


def canonicalize(quads: Iterable[Quad]) -> str:
    """Return the statements; blank nodes have canonical labels, unless there are many."""
    dataset = Dataset(quads)
    lines = [str(quad) for quad in dataset]
    if len(set(re.findall(r"_:\w+", "\n".join(lines)))) > MOST_BLANK_NODES:
        return "\n".join(sorted(re.sub(r"_:\w+", "_:", line) for line in lines))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset)))


def check_turtle(data: bytes) -> None:
    """Check and format a Turtle file, and load it: all take it, or all report it."""
    home = _tiny_home()
    path = home.data / "x" / "input.ttl"
    path.write_bytes(data)
    code, out, err = run_cli("check", "--format", "json", str(path), home=home)
    if code == 2 or (code == 1 and not out):
        raise FailureError(f"kg check has no report: {err}")
    findings = json.loads(out)["findings"]
    # An ill-formed literal is a finding, but is Turtle.
    is_turtle = not any(finding["check"] == "turtle" for finding in findings)
    if any(not finding["message"] or finding["line"] < 0 for finding in findings):
        raise FailureError("a finding without a message or a line")
    run_cli("check", str(path), home=home)
    try:
        load_graph(home)
        check_exports(home, path)
    except KgError as error:
        if is_turtle:
            raise FailureError(f"kg ask does not load what kg check takes: {error}") from None
    else:
        if not is_turtle:
            raise FailureError(f"kg ask loads what kg check reports: {findings[0]['message']}")
    try:
        changes = format_files([path], drop_comments=True)
    except KgError as error:
        if is_turtle:
            raise FailureError(f"kg format does not take what kg check takes: {error}") from None
        return
    if not is_turtle:
        raise FailureError(f"kg format takes what kg check reports: {findings[0]['message']}")
    for change in changes:
        _compare_terms(path, change.before.decode("utf-8").removeprefix("\ufeff"), change.after)
        change.diff()


def _compare_terms(path: Path, before: str, after: str) -> None:
    """Check that a formatted text has the same terms, and is in canonical form."""
    for base in ("https://example.org/a/b", "urn:x:y"):
        found, wanted = (
            canonicalize(parse(text, RdfFormat.TURTLE, base_iri=base)) for text in (after, before)
        )
        if found != wanted:
            raise FailureError("kg format changed a term")
    path.write_bytes(after.encode("utf-8"))
    if format_files([path], drop_comments=True):
        raise FailureError("kg format changes its own form")
    if re.search(r"[ \t]$", re.sub(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'', "", after), re.M):
        raise FailureError("kg format leaves a space at the end of a line")


def check_exports(home: Home, path: Path) -> None:
    """Check that the exports of a file in all formats have its statements."""
    text = path.read_bytes().decode("utf-8-sig")
    base = read_names(home).expand("graph:x/input")
    before = canonicalize(parse(text, RdfFormat.TURTLE, base_iri=base))
    for suffix, form in DUMPS.items():
        target = home.root / f"dump.{suffix}"
        export_rdf(home, str(target), graphs=["x/input"], without=["catalog"])
        quads = parse(target.read_bytes(), form)
        if canonicalize(Quad(*quad.triple) for quad in quads) != before:
            raise FailureError(f"kg export rdf has other statements: in {suffix}")


# SPARQL


@cache
def _small_graph() -> Graph:
    """Return the graph of a small home; commands that open this home get it without loading."""
    folder = Path(tempfile.mkdtemp(prefix="kg-fuzz-"))
    home = find_home()
    for source in (home.ontology, home.queries):
        shutil.copytree(source, folder / source.name)
    shutil.copytree(home.data / "reference", folder / "data" / "reference")
    shutil.copytree(SMALL / "data", folder / "data", dirs_exist_ok=True)
    graph = load_graph(Home(folder))
    setattr(kg.cli.options, "load_graph", lambda home: graph)  # noqa: B010
    return graph


def check_sparql(data: bytes) -> None:
    """Run a query in Python and on the command line, and write its result in all formats."""
    graph = _small_graph()
    text = data.decode("utf-8", "surrogateescape")
    try:
        answer = KnowledgeGraph(graph).query(text, timeout=SECONDS_PER_QUERY)
    except TimeoutError:
        raise SlowError from None
    except KgError as error:
        found: KgError | None = error
    else:
        found = None
        render_everywhere(answer)
    if "\x00" in text or text.startswith("-"):
        return  # not an argument of a command
    words = ("query", "--timeout", str(SECONDS_PER_QUERY), f"{text}\n#{{")
    code, _, err = run_cli(*words, home=graph.home)
    if "no answer within" in err:
        raise SlowError
    if bool(code) != bool(found):
        here, there = found or "an answer", err or "an answer"
        raise FailureError(f"in Python {here}, on the command line {there}")
    if found and code != found.exit_code:
        raise FailureError(f"exit code {code} on the command line, {found.exit_code} in Python")


def render_everywhere(answer: Answer) -> None:
    """Write an answer in each format, and read its values, and triples again."""
    list(answer)
    repr(answer)
    before = None
    for form in (None, *TRIPLE_FORMATS, *ROW_FORMATS):
        for width in (None, 40):
            with suppress(KgError):
                written = answer.to_text(form, width=width)
                if form in TRIPLES:
                    found = canonicalize(parse(written, TRIPLES[form]))
                    before = found if before is None else before
                    if found != before:
                        raise FailureError(f"{form} has other triples")
    with suppress(KgError):
        answer.to_networkx()


# Parameters


def read_object(value: Any) -> object:
    """Return the Python value that a value in JSON means."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, text),) = value.items()
    makers: Mapping[str, Callable[[str], object]] = {
        "decimal": Decimal, "date": date.fromisoformat, "datetime": datetime.fromisoformat,
        "float": float, "bytes": str.encode, "int": lambda digits: 10 ** int(digits) + 1,
    }  # fmt: skip
    try:
        return makers[kind](text)
    except (KeyError, ValueError, InvalidOperation, TypeError):
        return value


def check_parameters(data: bytes) -> None:
    """Give values to a question, a network or a query, in Python and on the command line.

    The input is JSON with `question`, `network`, `query` or `show`, and with `values` by name.
    """
    graph = _small_graph()
    given = json.loads(data)
    values: dict[str, Any] = {
        name: read_object(value) for name, value in given.get("values", {}).items()
    }
    language = given.get("language", "en")
    api = KnowledgeGraph(graph)
    with expect_usage_error():
        if "question" in given:
            check_question(graph, given["question"], language, values)
        elif "network" in given:
            words = {name: [value] for name, value in values.items() if isinstance(value, str)}
            question = find_network(graph.home, given["network"])
            graph.query(bind_network(graph, question, words))
        elif "query" in given:
            answer = api.query(given["query"], timeout=None, **values)
            check_bound(answer, values.get("x"), graph.names)
            render_everywhere(answer)
        else:
            str(api.describe(given.get("show"), language))
            run_cli("show", "--lang", language, "--", str(given["show"]), home=graph.home)


def check_bound(answer: Answer, value: object, names: Names) -> None:
    """Check that a value of ?x comes back as it was given."""
    wanted = (names.find_iri(value) or value) if isinstance(value, str) else value
    for row in answer:
        if wanted is not None and row["x"] != wanted and wanted == wanted:
            raise FailureError(f"a value changed: {value!r} {row['x']!r}")


def check_terms(terms: Mapping[str, str]) -> None:
    """Check that each value is bound as IRIs and literals, and nothing else."""
    for written in terms.values():
        for token in list_tokens(written, comments=True):
            if token.kind not in ("iri", "string", "tag") and token.text != "^^":
                raise FailureError(f"a value changed the query: {written}")


class expect_usage_error:  # noqa: N801
    """Let a KgError pass, unless it blames a query that is ours."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        if isinstance(error, TimeoutError):
            raise SlowError from None
        if not isinstance(error, KgError):
            return False
        if "not valid SPARQL" in str(error):
            raise FailureError(f"a value changed the query: {error}")
        return True


def check_question(graph: Graph, name: str, language: str, values: Mapping[str, object]) -> None:
    """Ask a question in Python, and on the command line if all values are texts."""
    found = False
    try:
        question = find_question(graph.home, name)
        terms = bind_question(graph, question, values)
        check_terms(terms)
        result = ask_question(graph, question, language, terms)
        found = True
        render_everywhere(Answer(result, graph.names))
    finally:
        texts = all(isinstance(value, str) and "\x00" not in value for value in values.values())
        if texts and isinstance(language, str) and not name.startswith("-"):
            options = [f"--{key}={value}" for key, value in values.items()]
            words = ["ask", name, *options, "--format", "json"]
            words += ["--lang", language] if language != "en" else []
            code, _, err = run_cli(*words, home=graph.home, quiet=False)
            if "not valid SPARQL" in err:
                raise FailureError(f"a value changed the query: {err}")
            # The answer with triples has no --lang, and its formats are others.
            if found and code and "--lang" not in err and "--format" not in err:
                raise FailureError(f"an answer in Python, on the command line {err}")


# Answers of endpoints


class Server:
    """A server on loopback that sends the same bytes to each request."""

    def __init__(self) -> None:
        self.answer = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"{SERVER_BASE}:{self._socket.getsockname()[1]}/query"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
                head += chunk
            connection.sendall(self.answer)
            # So that what was not read does not reset the connection.
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            while connection.recv(65536):
                pass


@cache
def _server() -> Server:
    setattr(kg.store.http, "sleep", lambda seconds: None)  # noqa: B010  # before a repetition
    return Server()


def check_answer(data: bytes) -> None:
    """Read the answer of a server, status line and headers included, to queries of each kind."""
    server = _server()
    server.answer = data
    names = _small_graph().names
    endpoint = Endpoint(server.url)
    for query in QUERIES:
        try:
            result = endpoint.query(query)
        except KgError as error:
            if CONTROLS.search(str(error)):
                raise FailureError(f"a control character in the message {str(error)!r}") from None
            if server.url not in str(error):
                raise FailureError(f"a message without the address: {error}") from None
        else:
            render_everywhere(Answer(result, names))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "turtle": check_turtle,
    "sparql": check_sparql,
    "parameters": check_parameters,
    "answers": check_answer,
}
