"""Whatever interrupts a run, files are old or new together, and the next run needs no help.

A scenario runs in a forked child, with a fault at its n-th call that changes the disk, for each n.
This module is also the program in which that happens: forking a process with threads is not safe.
It runs all scenarios, so that what does not change the disk is done once.
"""

import builtins
import errno
import gc
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest

import kg.build
import kg.catalog.describe
import kg.dumps.export
import kg.files
import kg.files.staging
import kg.publish.render
import kg.publish.site
import kg.tables.export
import kg.turtle
from kg.ask.question import ask_question, list_questions
from kg.build import build_folder
from kg.check import check_files
from kg.cli import cli
from kg.cli.networks import ALL_WRITERS
from kg.dumps.export import export_rdf
from kg.errors import KgError
from kg.files import write_file, write_folder
from kg.files.staging import TEMPORARY, clean_folder
from kg.graph import load_graph
from kg.home import Home, find_home, name_program
from kg.networks import (
    Network,
    NetworkOptions,
    build_network,
    export_file,
    export_folder,
    find_network,
)
from kg.networks.write import Writer
from kg.publish import publish_site
from kg.review import Change, FileReview, accept_elements
from kg.source import add_source
from kg.store.memory import Memory
from kg.tables.export import export_tables

SMALL = Path(__file__).parent / "small"
Tree = dict[str, tuple[bytes, int] | None]
NOT_REACHED = 77
# What happens at the n-th call; with a plus, at all later ones too.
KINDS = ("kill", "full disk", "interrupt+", "full disk+", "interrupt")
MEMORY = Path("/dev/shm")  # noqa: S108 - thousands of files are quicker there
UNDONE_AT_ONCE = ("full disk", "interrupt", "interrupt+")
REMOVING = ("unlink", "rmdir")  # which work on a full disk


class FaultyFile(io.FileIO):
    """A file whose writes are counted, and fail."""

    faults: "Faults"

    def write(self, data: Any, /) -> int:
        self.faults.count("write")
        return super().write(data)


class Faults:
    """Counts the calls that change the disk, and makes the n-th fail."""

    def __init__(self, kind: str, number: int) -> None:
        self.kind, self.number, self.calls = kind, number, 0

    def count(self, name: str) -> None:
        self.calls += 1
        if self.calls < self.number or (self.calls > self.number and not self.kind.endswith("+")):
            return
        if self.kind == "kill":
            os._exit(137)
        if self.kind.startswith("interrupt"):
            os.kill(os.getpid(), signal.SIGINT)
        elif name not in REMOVING or self.calls == self.number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.count(name)
            return function(*args, **kwargs)

        return call

    def install(self) -> None:
        """Replace the functions for the rest of this process."""
        for name in ("rename", "replace", "link", "unlink", "rmdir", "mkdir", "fsync"):
            setattr(os, name, self.wrap(name, getattr(os, name)))
        kg.files.staging._exchange = self.wrap("exchange", kg.files.staging._exchange)
        if hasattr(os, "sendfile"):  # by which files are copied
            os.sendfile = self.wrap("write", os.sendfile)
        plain_open, plain_io_open = os.open, io.open

        def open_descriptor(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
            if flags & os.O_CREAT:
                self.count("open")
            return plain_open(path, flags, *args, **kwargs)

        def open_stream(path: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if mode.replace("b", "") in ("r", "rt"):
                return plain_io_open(path, mode, *args, **kwargs)
            self.count("open")
            file = FaultyFile(path, mode.replace("b", "").replace("t", ""))
            file.faults = self
            stream = io.BufferedRandom(file) if "+" in mode else io.BufferedWriter(file)
            return stream if "b" in mode else io.TextIOWrapper(stream, "utf-8", newline="")

        os.open = open_descriptor
        io.open = builtins.open = open_stream  # type: ignore[assignment]


@dataclass(frozen=True)
class Scenario:
    """What writes the old files, what writes the new ones, and how the system is patched."""

    prepare: Callable[[Path], object]
    run: Callable[[Path], object]
    one_by_one: bool = False  # files may be old and new together
    one_step: bool = False  # they are not even before the next run
    patch: Callable[[], object] = lambda: None


def write_all(folder: Path, files: dict[str, bytes], **options: Any) -> None:
    options.setdefault("export", "test")
    with write_folder(folder, **options) as open_file:
        for name, data in files.items():
            open_file(name).write(data)


OLD = {"a": b"old", "b": b"old", "same": b"same", "gone": b"old", "sub/gone/c": b"old"}
NEW = {"a": b"new", "b": b"new", "same": b"same", "sub/d": b"new", "e/f": b"new"}


def prepare_folder(root: Path, *foreign: str) -> None:
    write_all(root / "d", {"kept": b"other", "sub/kept": b"other"}, export="other")
    write_all(root / "d", OLD)
    (root / "d" / "a").chmod(0o640)
    for name in foreign:
        (root / "d" / name).parent.mkdir(exist_ok=True)
        (root / "d" / name).write_bytes(b"mine")


def run_folder(root: Path, **options: Any) -> None:
    write_all(root / "d", NEW, **options)


def write_one(path: Path, data: bytes) -> None:
    with write_file(path) as stream:
        stream.write(data)


def skip_sync(fd: Any) -> None:
    """Do nothing: what counts is the call, not the time of the disk."""


def refuse(number: int) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def forbid_links() -> None:
    os.link = refuse(errno.EPERM)


def forbid_exchange() -> None:
    kg.files.staging._exchange = refuse(errno.ENOSYS)


def forbid_move() -> None:
    rename = os.rename

    def refuse_stage(path: Any, target: Any) -> None:
        if TEMPORARY.fullmatch(Path(target).name):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        rename(path, target)

    os.rename = refuse_stage  # type: ignore[assignment]


SCENARIOS = {
    "new file": Scenario(
        lambda root: None, lambda root: write_one(root / "x/y/z", b"new"), one_step=True
    ),
    "replaced file": Scenario(
        lambda root: write_one(root / "x", b"old"),
        lambda root: write_one(root / "x", b"new"),
        one_step=True,
    ),
    "new folder": Scenario(lambda root: None, run_folder, one_step=True),
    "empty folder": Scenario(lambda root: (root / "d").mkdir(), run_folder, one_step=True),
    "our folder": Scenario(prepare_folder, run_folder, one_step=True),
    "our folder, no exchange": Scenario(prepare_folder, run_folder, patch=forbid_exchange),
    "our folder, read-only parent": Scenario(prepare_folder, run_folder, patch=forbid_move),
    "other files": Scenario(lambda root: prepare_folder(root, "mine", "sub/mine"), run_folder),
    "other files, no links": Scenario(
        lambda root: prepare_folder(root, "mine", "sub/mine"), run_folder, patch=forbid_links
    ),
    "other files in a new folder": Scenario(
        lambda root: write_one(root / "d" / "mine", b"mine"), run_folder
    ),
    "overwritten files": Scenario(
        lambda root: prepare_folder(root, "mine", "sub/mine", "sub/d", "b"),
        lambda root: run_folder(root, force=True),
    ),
}


def read_tree(root: Path) -> Tree:
    """Return the bytes and mode of each file, and None for each folder."""
    return {
        path.relative_to(root).as_posix(): None
        if path.is_dir()
        else (path.read_bytes(), path.stat().st_mode)
        for path in sorted(root.rglob("*"))
    }


def is_temporary(name: str) -> bool:
    return any(TEMPORARY.fullmatch(part) for part in name.split("/"))


def list_files(tree: Tree) -> Tree:
    return {name: data for name, data in tree.items() if data and not is_temporary(name)}


def run_with_fault(scenario: Scenario, root: Path, kind: str, number: int) -> int:
    """Run a scenario in a child; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        faults = Faults(kind, number)
        faults.install()
        scenario.run(root)
        code = 0
    except (KgError, KeyboardInterrupt, click.Abort):
        code = 2
    except BaseException as error:
        sys.stderr.write(f"{kind} {number}: {error!r}\n")
    finally:
        os._exit(NOT_REACHED if faults.calls < number else code)
    raise AssertionError


def check_fault(
    scenario: Scenario, root: Path, kind: str, old: Tree, new: Tree, code: int
) -> Iterator[str]:
    """Yield what is wrong after a fault, after cleaning, and after the next run."""
    after = read_tree(root)
    files, old_files, new_files = map(list_files, (after, old, new))
    together = [old_files, new_files]
    for name in {**old_files, **new_files, **files}:
        if files.get(name) not in (old_files.get(name), new_files.get(name)):
            yield f"{name} is neither old nor new: {files.get(name)}"
    if scenario.one_by_one:
        together = []
    elif (scenario.one_step or kind in UNDONE_AT_ONCE) and files not in together:
        yield "a mixture"
    if kind in UNDONE_AT_ONCE and code == 2 and any(map(is_temporary, after)):
        yield "a temporary file"
    if code == 1:
        yield "an unexpected error"
    again = root.with_name(f"{root.name} again")
    shutil.copytree(root, again)
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        if not is_temporary(folder.name):
            clean_folder(folder)
    cleaned = read_tree(root)
    if together and list_files(cleaned) not in together:
        yield "a mixture after cleaning"
    if any(map(is_temporary, cleaned)):
        yield "a temporary file after cleaning"
    try:
        scenario.run(again)
    except KgError as error:
        yield f"the next run failed: {error}"
    if list_files(read_tree(again)) != new_files or any(map(is_temporary, read_tree(again))):
        yield f"wrong files after the next run: {sorted(read_tree(again))}"
    shutil.rmtree(again)


def inject_faults(scenario: Scenario, folder: Path, step: int) -> tuple[int, list[str]]:
    """Run a scenario with faults; return their number, and what went wrong.

    With step 1, each call has each kind of fault. Otherwise each kind has one call of so many, and
    the kinds take turns: a step as large as the number of kinds gives each call one fault, and one
    twice as large every other call.
    """
    (folder / "old").mkdir()
    scenario.prepare(folder / "old")
    old = read_tree(folder / "old")
    scenario.patch()
    shutil.copytree(folder / "old", folder / "new")
    scenario.run(folder / "new")
    os.chdir(folder)
    new = read_tree(folder / "new")
    assert list_files(old) != list_files(new)
    count, wrong = 0, []
    for start, kind in enumerate(KINDS):
        for number in range(1 + start * step // len(KINDS), 10_000, step):
            root = folder / f"{kind} {number}"
            shutil.copytree(folder / "old", root)
            code = run_with_fault(scenario, root, kind, number)
            if code == NOT_REACHED:
                break
            found = list(check_fault(scenario, root, kind, old, new, code))
            os.chdir(folder)
            wrong += [f"{kind} {number} ({code}): {text}" for text in found]
            shutil.rmtree(root)
            count += 1
    return count, wrong


# The commands


def copy_home(folder: Path, label: str) -> Home:
    """Return a small home with two questions, in which some titles begin with a label."""
    home = find_home()
    for source in (home.ontology, home.queries, home.data / "reference"):
        shutil.copytree(source, folder / source.relative_to(home.root))
    shutil.copytree(SMALL / "data", folder / "data", dirs_exist_ok=True)
    for path in (folder / "queries").glob("*.rq"):
        if path.stem not in ("goals", "voices"):
            path.unlink()
    path = folder / "data" / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    for title in ("Reach of the test platform", "Suzhou test plan"):
        assert title in text
        text = text.replace(title, f"{label} {title}")
    path.write_text(text, "utf-8")
    return Home(folder)


def prepare_commands(folder: Path) -> dict[str, Scenario]:
    """Return what each command writes; what takes long and writes nothing is done once."""
    homes = {age: copy_home(folder / age, age) for age in ("old", "new")}
    graphs = {home: load_graph(home) for home in homes.values()}
    for module in (kg.build, kg.tables.export, kg.dumps.export):
        vars(module)["load_graph"] = lambda home: graphs.get(home) or load_graph(home)
    vars(kg.catalog.describe)["_run"] = remember_rows(vars(kg.catalog.describe)["_run"])
    for name in ("read_vocabulary", "read_schema"):
        vars(kg.tables.export)[name] = remember_first(vars(kg.tables.export)[name])
    Memory.dump = remember_first(Memory.dump)  # type: ignore[method-assign]
    report = check_files(homes["new"])
    vars(kg.build)["check_files"] = lambda *args, **kwargs: report
    answers = {
        (question, graphs[home]): ask_question(graphs[home], question, "en", {})
        for home in homes.values()
        for question in list_questions(home)
    }
    vars(kg.build)["ask_question"] = lambda graph, question, *rest: answers[question, graph]
    networks = {
        age: build_network(graphs[home], find_network(home, "documents"), NetworkOptions())
        for age, home in homes.items()
    }
    writers = {name: remember(write, networks.values()) for name, write in ALL_WRITERS.items()}

    def write_network(age: str, target: Path) -> None:
        export_file(networks[age], target, None, writers)

    def write_networks(age: str, target: Path) -> None:
        export_folder([networks[age]], target, ["gexf", "csv", "svg"], writers=writers)

    def write_rdf(age: str, target: Path) -> None:
        export_rdf(homes[age], f"{target}" if target.suffix else f"{target}/", graphs=["town/*"])

    def write_tables(age: str, target: Path) -> None:
        export_tables(homes[age], target, table_names=["targets"])

    def write_build(age: str, target: Path) -> None:
        build_folder(homes[age], target)

    site = vars(kg.publish.site)
    read, make_pages = site["_read_editions"], site["_write_site"]
    pages = choose_pages(homes["new"], read, make_pages)
    site["_read_editions"] = lambda home, *rest: (home.root.name, [])
    site["_write_site"] = lambda age, *rest: (
        (name, content + age.encode()) for name, content in pages
    )

    def write_site(age: str, target: Path) -> None:
        publish_site(homes[age], target)

    def both(write: Callable[[str, Path], None], name: str, **options: bool) -> Scenario:
        return Scenario(
            lambda root: write("old", root / name), lambda root: write("new", root / name)
        )

    return {
        "build": both(write_build, "out"),
        "tables": both(write_tables, "tables"),
        "rdf file": both(write_rdf, "town.nq"),
        "rdf compressed": both(write_rdf, "town.trig.gz"),
        "jsonld": both(write_rdf, "town.jsonld"),
        "rdf folder": both(write_rdf, "dumps"),
        "gephi": both(write_networks, "networks"),
        "publish": both(write_site, "site"),
        "graphml": both(write_network, "documents.graphml"),
        "svg": both(write_network, "documents.svg"),
        "png": both(write_network, "documents.png"),
        "format": Scenario(lambda root: spread_turtle(homes["new"], root), format_all, True),
        "source add": Scenario(lambda root: None, add_town),
        "review": Scenario(prepare_ledgers, record_all, True),
    }


def choose_pages(
    home: Home, read: Callable[..., Any], make_pages: Callable[..., Iterable[Any]]
) -> list[tuple[str, bytes]]:
    """Return a file of each kind of a home's site: with all of them it would take hours."""
    root = home.root.with_name(f"{home.root.name} site")
    shutil.copytree(home.root, root)
    shutil.copytree(find_home().queries, root / "queries", dirs_exist_ok=True)
    graph, editions = read(Home(root), False, lambda *done: None)
    files = make_pages(graph, editions, kg.publish.render.Renderer(), lambda *done: None)
    return list({Path(name).suffix: (name, content) for name, content in files}.values())


def remember_rows(run: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Return a function that runs each query of the catalogue once, before there are faults."""
    known: dict[tuple[object, ...], list[Any]] = {}

    def run_once(graph: object, name: str, facts: Mapping[str, str], answers: Any) -> list[Any]:
        key = id(graph), name, *sorted(facts.items())
        if key not in known:
            known[key] = run(graph, name, facts, answers)
        return known[key]

    return run_once


def remember_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is run once for each first argument."""
    known: dict[object, Any] = {}

    def run_once(first: object, *rest: object) -> Any:
        if first not in known:
            known[first] = function(first, *rest)
        return known[first]

    return run_once


def remember(write: Writer, networks: Iterable[Network]) -> Writer:
    """Return a writer of these networks that has the bytes already."""
    made = {id(network): list(write(network)) for network in networks}
    return lambda network: made[id(network)]


def spread_turtle(home: Home, root: Path) -> None:
    """Write six files that are not in canonical form."""
    text = (home.data / "town" / "suzhou.ttl").read_text("utf-8")
    for number in range(6):
        write_one(root / f"{number % 2}" / f"{number}.ttl", f"{text}\n\n# {number}\n".encode())


def format_all(root: Path) -> None:
    with redirect_stdout(io.StringIO()):
        cli.main(["format", "--drop-comments", f"{root}"], standalone_mode=False)


def add_town(root: Path) -> None:
    os.environ["XDG_DATA_HOME"] = f"{root / 'home'}"
    text = SMALL / "town.txt"
    add_source(text, {hashlib.sha256(text.read_bytes()).hexdigest(): "town"})


def prepare_ledgers(root: Path) -> None:
    prefixes = Path("ontology") / "prefixes.ttl"
    write_one(root / prefixes, (find_home().root / prefixes).read_bytes())
    for name in "ab":
        (root / "data" / name).mkdir(parents=True)
    record_all(root, "2026-01-02")


def record_all(root: Path, read: str = "2026-03-04") -> None:
    """Record an element in each of two ledgers as read."""
    new = [Change("e:x", "new", "")]
    chosen = [(FileReview(f"data/{n}/x.ttl", "x", f"e:{n}", True, 1, new), new) for n in "ab"]
    accept_elements(Home(root), chosen, {f"e:{n}": {"e:x": "0" * 64} for n in "ab"}, read)


COMMANDS = (
    "build", "tables", "rdf file", "rdf compressed", "jsonld", "rdf folder", "gephi", "graphml",
    "svg", "png", "format", "source add", "review", "publish",
)  # fmt: skip


# They write many files in the same way.
LONG = ("build", "tables", "format", "publish")
Outcome = dict[str, Any]


def run_scenarios(names: Iterable[str], folder: Path, step: int) -> dict[str, Outcome]:
    """Return the number of faults of each scenario, and what was wrong after them."""
    command = [sys.executable, __file__, str(folder), str(step), *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=4800)
    assert done.returncode == 0, done.stderr
    return {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


def check_outcome(outcome: Outcome) -> None:
    assert outcome["wrong"] == []
    assert outcome["faults"] >= len(KINDS)


def test_each_fault_in_a_file_leaves_the_old_or_the_new_one(tmp_path: Path) -> None:
    check_outcome(run_scenarios(["replaced file"], tmp_path, 1)["replaced file"])


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """What became of each scenario: one kind of fault at each call, or at every other one.

    With KG_ALL_FAULTS=1, each call has each kind of fault.
    """
    step = 1 if "KG_ALL_FAULTS" in os.environ else len(KINDS)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        return run_scenarios([*SCENARIOS, *COMMANDS], Path(folder), step)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SCENARIOS, *COMMANDS])
def test_fault_leaves_old_or_new_files(name: str, outcomes: dict[str, Outcome]) -> None:
    check_outcome(outcomes[name])


def run_scenario(name: str, scenario: Scenario, folder: Path, step: int) -> None:
    """Run a scenario in a child, which writes its outcome to standard output, as JSON."""
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code == 0, f"{name}: ended with {code}"
        return
    code = 1
    try:
        folder.mkdir()
        count, wrong = inject_faults(scenario, folder, step)
        outcome = {"name": name, "faults": count, "wrong": wrong}
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main(folder: Path, step: int, *names: str) -> None:
    """Run scenarios, of which there are more if any is that of a command."""
    os.fsync = skip_sync
    vars(kg.files.writing)["name_program"] = cache(name_program)
    is_plain = SCENARIOS.keys() >= set(names)
    scenarios = SCENARIOS if is_plain else {**SCENARIOS, **prepare_commands(folder)}
    gc.freeze()  # else each child copies the memory of all objects
    for name in names:
        sparse = 2 if name in LONG and step > 1 else 1
        run_scenario(name, scenarios[name], folder / f"work of {name}", step * sparse)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
