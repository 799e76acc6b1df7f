"""Fixtures for all tests: homes, source texts, the program and servers.

Under CI=true a skipped test fails, since every part is installed; only the article may be missing.
"""

import gc
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import TypeVar

import pytest
import rdflib
from hypothesis import settings
from pyoxigraph import NamedNode

from kg.ask.parameters import bind_question, read_parameters
from kg.ask.question import ask_question, find_question, list_questions
from kg.build import Build, build_folder
from kg.check import Report, check_files
from kg.cli.source import list_cited_sources
from kg.dumps.context import read_context
from kg.graph import Graph, LocalGraph, load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES, Term, bind_json
from kg.source import add_source
from kg.store import Rows
from kg.tables.vocabulary import read_vocabulary
from kg.turtle import list_files, parse_file
from kg.turtle_format import format_turtle

# Generated inputs take longer on a busy machine: no test has a limit of time. Each run has few,
# and different ones; `make fuzz` gives many.
settings.register_profile("kg", deadline=None, max_examples=50)
settings.load_profile("kg")

# Fixtures with which a test starts a process or a server.
PROCESSES = frozenset(["interrupt", "run", "run_on_terminal", "serve_oxigraph", "serve_process"])
# Ends what hangs. Nothing takes as long, on a busy machine either.
LONGEST = 600  # seconds
# Programs in the background of a shell script ignore signals that tests send to themselves.
for number, handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGTERM, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)
TRACEBACK = re.compile(r'Traceback|^\s*File ".*", line \d|^\w+(Error|Exception|Warning)\b', re.M)
LOADED = 4  # graphs to keep: of the checkout, of the shared homes, and of a test's own home
SMALL = Path(__file__).parent / "small"
T = TypeVar("T")
Run = Callable[..., "subprocess.CompletedProcess[str]"]

# Programs that tests run; pytest would look for doctests in them.
collect_ignore = [
    *(f"fuzz/{name}.py" for name in ("breaks", "child", "fuzz", "inputs", "targets")),
    *(
        f"mutations/{name}.py"
        for name in ("independent", "mistakes", "mutants", "mutate", "wording")
    ),
]


@pytest.fixture(scope="session")
def interrupt() -> Callable[[list[str | Path]], tuple[int, str, str]]:
    """Return a function that sends Ctrl-C to a command in the midst of a query.

    It returns the exit code, standard output and standard error.
    """

    def interrupt_command(command: list[str | Path]) -> tuple[int, str, str]:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                tasks = Path(f"/proc/{process.pid}/task")
                seen = 0
                # A query has a thread of its own: when there has been one for a while, it is long.
                for _ in range(20 * LONGEST):
                    seen = seen + 1 if len(list(tasks.iterdir())) > 1 else 0
                    if seen == 10:
                        break
                    time.sleep(0.05)
                assert seen == 10
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=LONGEST)
                return process.returncode, out.decode(), err.decode()
            finally:
                process.kill()

    return interrupt_command


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow whatever starts a process or a server with a fixture."""
    for item in items:
        if not PROCESSES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Exempt the modules of the tests from garbage collection, which took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_skip = report.skipped and not hasattr(report, "wasxfail")
    without_article = "KG_ARTICLE" in str(report.longrepr) and "KG_ARTICLE" not in os.environ
    if is_skip and os.environ.get("CI") == "true" and not without_article:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def no_source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder for the user's data, in force unless a test takes another."""
    folder = tmp_path_factory.mktemp("no-source")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.delenv("KG_HOME", raising=False)
        yield folder


@pytest.fixture(scope="session", autouse=True)
def load_once() -> Iterator[None]:
    """Let the modules of kg read the same files once: reading took a third of the time.

    Tests that call `load_graph` themselves get a graph of their own, which they may change.
    """
    known: dict[object, tuple[LocalGraph, int]] = {}

    def load(home: Home) -> LocalGraph:
        paths = [file.path for file in list_files(home)]
        paths += sorted((home.ontology / "rules").glob("*.rq"))
        try:
            state = home, *((path, (s := path.stat()).st_size, s.st_mtime_ns) for path in paths)
        except OSError:
            return load_graph(home)  # which says what is wrong with the file
        if state not in known:
            graph = load_graph(home)
            known[state] = graph, len(graph.memory)
            for old in list(known)[:-LOADED]:
                del known[old]
        graph, size = known[state] = known.pop(state)
        assert len(graph.memory) == size, "a command has changed the graph"
        return graph

    with pytest.MonkeyPatch.context() as patch:
        for function, instead in (
            (load_graph, load),
            (read_context, read_once(read_context)),
            (read_vocabulary, read_once(read_vocabulary)),
        ):
            name = function.__name__
            for module in [m for key, m in sys.modules.items() if key.startswith("kg.")]:
                if getattr(module, name, None) is function:
                    patch.setattr(module, name, instead)
        yield


def read_once(read: Callable[[Home], T]) -> Callable[[Home], T]:
    """Return a function that reads equal ontologies once, wherever they are."""
    known: dict[object, T] = {}

    def read_known(home: Home) -> T:
        paths = [*home.ontology.rglob("*"), *(home.queries / "internal").iterdir()]
        try:
            state = frozenset(
                (path.relative_to(home.root), path.read_bytes()) for path in paths if path.is_file()
            )
        except OSError:
            return read(home)
        if state not in known:
            known[state] = read(home)
        return known[state]

    return read_known


@pytest.fixture(scope="session")
def copy_roundup() -> Callable[[Home, Path], Home]:
    """Return a function that copies the seven-city source of a home, and no other data."""

    def copy(home: Home, folder: Path) -> Home:
        for source in (home.ontology, home.queries, home.data / "roundup-2021"):
            shutil.copytree(source, folder / source.relative_to(home.root))
        copy_reference(home, Home(folder))
        return Home(folder)

    return copy


@pytest.fixture(scope="session")
def roundup(
    copy_roundup: Callable[[Home, Path], Home], tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """A home with the seven-city source alone, whatever else is in the data of the checkout.

    Pinned figures and answers are those of this home. Tests only read it.
    """
    return copy_roundup(find_home(), tmp_path_factory.mktemp("roundup"))


@pytest.fixture(scope="session")
def roundup_graph(roundup: Home) -> LocalGraph:
    """The graph of the seven-city source, with its entailments."""
    return load_graph(roundup)


def copy_reference(source: Home, target: Home) -> None:
    """Copy the resources of `data/reference/` to which the data of the target refer."""
    folder = source.data / "reference"
    files = [file for file in list_files(source) if file.path.is_relative_to(folder)]
    links: dict[object, set[Term]] = defaultdict(set)
    for quad in chain.from_iterable(map(parse_file, files)):
        links[quad.subject].add(quad.object)
    waiting = [quad.object for file in list_files(target) for quad in parse_file(file)]
    wanted = set()
    while waiting:
        resource = waiting.pop()
        if resource not in wanted:
            wanted.add(resource)
            waiting += links[resource]
    for file in files:
        graph = rdflib.Graph(bind_namespaces="none").parse(file.path, format="turtle")
        for subject in set(graph.subjects()):
            if NamedNode(str(subject)) not in wanted:
                graph.remove((subject, None, None))
        if not graph:
            continue
        copy = target.data / file.path.relative_to(source.data)
        copy.parent.mkdir(parents=True, exist_ok=True)
        graph.serialize(copy, format="turtle")
        copy.write_text(format_turtle(copy), "utf-8")


def copy_small(folder: Path) -> Home:
    """Copy the checkout's ontology, queries and places and a made-up article's data to a folder."""
    home = find_home()
    for source in (home.ontology, home.queries):
        shutil.copytree(source, folder / source.name)
    no_ledger = shutil.ignore_patterns("ledger.tsv")
    shutil.copytree(home.data / "reference", folder / "data" / "reference", ignore=no_ledger)
    shutil.copytree(SMALL / "data", folder / "data", dirs_exist_ok=True)
    return Home(folder)


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A home of a test's own, with the data of the made-up article in `tests/small/`; sound."""
    return copy_small(tmp_path / "small")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same home for tests that only read it."""
    return copy_small(tmp_path_factory.mktemp("small-home"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, untouched: Home) -> tuple[Build, Path]:
    """What `kg build` makes of the made-up article, and the folder. Tests only read it."""
    folder = tmp_path_factory.mktemp("built") / "out"
    return build_folder(untouched, folder), folder


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, untouched: Home) -> Path:
    """A folder for the user's data in which the made-up article is kept."""
    return keep_source(SMALL / "town.txt", untouched, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the user's data in which the article of the data is kept."""
    named = os.environ.get("KG_ARTICLE")
    if not named:
        pytest.skip("KG_ARTICLE is not set: the article's text is not part of the project")
    text = next(Path(named).glob("*.txt")) if Path(named).is_dir() else Path(named)
    return keep_source(text, find_home(), tmp_path_factory.mktemp("article"))


@pytest.fixture(scope="session")
def article_text(article: Path) -> str:
    """The raw text of the article of the data."""
    (path,) = article.rglob("*.txt")
    return path.read_bytes().decode("utf-8")


def keep_source(text: Path, home: Home, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        add_source(text, list_cited_sources(home))
    return folder


@pytest.fixture(scope="session")
def checkout_report(request: pytest.FixtureRequest) -> Report:
    """The report of a check of the checkout, with the article if KG_ARTICLE names it."""
    with pytest.MonkeyPatch.context() as patch:
        if "KG_ARTICLE" in os.environ:
            patch.setenv("XDG_DATA_HOME", str(request.getfixturevalue("article")))
        return check_files(find_home())


@pytest.fixture(scope="session")
def run() -> Run:
    """Run `kg` with some arguments in a process of its own; no traceback may come of it."""

    def run_kg(
        *arguments: str | Path,
        home: Home | None = None,
        code: int | None = 0,
        stdin: str | bytes | None = None,
        timeout: float = LONGEST,
        cwd: Path | None = None,
        **environment: str | Path,
    ) -> "subprocess.CompletedProcess[str]":
        options: list[str | Path] = ["--home", home.root] if home else []
        command: list[str | Path] = [sys.executable, "-m", "kg", *options, *arguments]
        done = subprocess.run(
            command,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout,
            cwd=cwd,
            env=os.environ | {name: str(value) for name, value in environment.items()},
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert not TRACEBACK.search(out + err), err
        if code is not None:
            assert done.returncode == code, err
        return subprocess.CompletedProcess(command, done.returncode, out, err)

    return run_kg


@contextmanager
def run_server(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Give a server once it takes connections on loopback; kill it in the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + LONGEST
        while True:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} took over {LONGEST} seconds"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait(LONGEST)


@pytest.fixture(scope="session")
def count_calls() -> Callable[[Callable[[], object]], int]:
    """Return a function that returns how many functions, also of C, are called in some work."""

    def count(work: Callable[[], object]) -> int:
        calls = 0

        def note(frame: FrameType, event: str, argument: object) -> None:
            nonlocal calls
            calls += event.endswith("call")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            work()
        finally:
            sys.setprofile(before)
        return calls

    return count


@pytest.fixture(scope="session")
def find_port() -> Callable[[], int]:
    """Return a function that finds a port of loopback where nothing listens."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def serve_process() -> Callable[..., object]:
    """Return `run_server`: a test module cannot import what stands here."""
    return run_server


@pytest.fixture(scope="session")
def serve_oxigraph(find_port: Callable[[], int]) -> Iterator[Callable[..., str]]:
    """Return a function that starts an empty Oxigraph server and returns its address."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip(
            "no oxigraph beside this python: its server comes with the package of that name"
        )
    with ExitStack() as stack:

        def serve(*options: str) -> str:
            port = find_port()
            command = [program, "serve", "--bind", f"127.0.0.1:{port}", *options]
            stack.enter_context(run_server(command, port))
            return f"http://127.0.0.1:{port}/query"

        yield serve


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the user's credentials, netrc and proxies from a test."""
    for name in list(os.environ):
        if name.startswith("KG_ENDPOINT") or name.lower().endswith("_proxy") or name == "NETRC":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "empty-home"))


# A question, the language, and the values of its parameters.
Case = tuple[str, str, dict[str, object]]


@cache
def list_cases() -> list[Case]:
    """Return every question in every language: without values, and with those of the answers."""
    home = find_home()
    values = tomllib.loads((Path(__file__).parent / "answers/parameters.toml").read_text("utf-8"))
    cases = []
    for question in list_questions(home):
        parameters = read_parameters(home, question).values()
        plain: list[dict[str, object]] = [] if any(p.required for p in parameters) else [{}]
        given = [*plain, *values.get(question.name, {}).values()]
        assert given, f"{question.name}: no values in answers/parameters.toml"
        cases += [(question.name, tag, case) for case in given for tag in LANGUAGES]
    return cases


@pytest.fixture(scope="session")
def question_cases() -> list[Case]:
    """All cases of all questions."""
    return list_cases()


def level_term(term: Term | None) -> tuple[object, ...]:
    """Return what a term says: the value of a number, a language in lower case."""
    if term is None:
        return ()
    bound = bind_json(term)
    kind = bound.get("datatype", "").rpartition("#")[2]
    number = kind == "decimal" or kind.lower().endswith("integer")
    value = Decimal(bound["value"]) if number else bound["value"]
    return bound["type"], value, bound.get("xml:lang", "").lower(), number


@pytest.fixture(scope="session")
def answer_case() -> Callable[[Graph, Case], object]:
    """Return a function that answers a case: the columns, and how often each row occurs."""

    def answer(graph: Graph, case: Case) -> object:
        name, language, given = case
        question = find_question(graph.home, name)
        terms = bind_question(graph, question, given)
        found = ask_question(graph, question, language, terms)
        if isinstance(found, bool):
            return found
        if isinstance(found, Rows):
            return found.variables, Counter(tuple(map(level_term, row)) for row in found.rows)
        return {tuple(map(level_term, (t.subject, t.predicate, t.object))) for t in found}

    return answer
