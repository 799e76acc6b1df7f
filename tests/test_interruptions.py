"""Whatever interrupts a run, files are old or new together, and the next run needs no help.

A scenario runs in a forked child, with a fault at its n-th call that changes the disk, for each n.
This module is also the program in which that happens: forking a process with threads is not safe.
"""

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import kg.staging
from kg.errors import KgError
from kg.files import write_file, write_folder
from kg.staging import TEMPORARY, clean_folder

Tree = dict[str, tuple[bytes, int] | None]
NOT_REACHED = 77
# Each is applied at the n-th call; those in the plural at all later calls, too.
KINDS = ("kill", "full disk", "full disks", "interrupt", "interrupts")
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
        if self.calls < self.number or (self.calls > self.number and not self.kind.endswith("s")):
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
        kg.staging._exchange = self.wrap("exchange", kg.staging._exchange)
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
        io.open = open_stream


@dataclass(frozen=True)
class Scenario:
    """What is on the disk before, what is run, and in which folders it may clean up."""

    prepare: Callable[[Path], object]
    run: Callable[[Path], object]
    folder: str = "d"
    patch: Callable[[], object] = lambda: None
    # Sets of files that are old or new together; by default, all that the run changes.
    one_by_one: bool = False


def write_all(folder: Path, files: dict[str, bytes], **options: Any) -> None:
    options.setdefault("export", "test")
    with write_folder(folder, **options) as open_file:
        for name, data in files.items():
            open_file(name).write(data)


def prepare_folder(root: Path, *foreign: str) -> None:
    write_all(root / "d", {"kept": b"other", "sub/kept": b"other"}, export="other")
    write_all(root / "d", {"a": b"old", "b": b"old", "gone": b"old", "sub/gone/c": b"old"})
    (root / "d" / "a").chmod(0o640)
    for name in foreign:
        (root / "d" / name).parent.mkdir(exist_ok=True)
        (root / "d" / name).write_bytes(b"mine")


def run_folder(root: Path, **options: Any) -> None:
    write_all(root / "d", {"a": b"new", "b": b"new", "sub/d": b"new", "e/f": b"new"}, **options)


def write_one(path: Path, data: bytes) -> None:
    with write_file(path) as stream:
        stream.write(data)


def refuse(number: int) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def forbid_links() -> None:
    os.link = refuse(errno.EPERM)


def forbid_exchange() -> None:
    kg.staging._exchange = refuse(errno.ENOSYS)


def forbid_both() -> None:
    forbid_links()
    forbid_exchange()


SCENARIOS = {
    "new file": Scenario(lambda root: None, lambda root: write_one(root / "x/y/z", b"new")),
    "replaced file": Scenario(
        lambda root: write_one(root / "x", b"old"), lambda root: write_one(root / "x", b"new")
    ),
    "new folder": Scenario(lambda root: None, run_folder),
    "empty folder": Scenario(lambda root: (root / "d").mkdir(), run_folder),
    "our folder": Scenario(prepare_folder, run_folder),
    "our folder, no exchange": Scenario(prepare_folder, run_folder, patch=forbid_exchange),
    "our folder, no links": Scenario(prepare_folder, run_folder, patch=forbid_links),
    "our folder, neither": Scenario(prepare_folder, run_folder, patch=forbid_both),
    "our folder, working directory": Scenario(
        prepare_folder, lambda root: (os.chdir(root / "d"), run_folder(root))
    ),
    "other files": Scenario(lambda root: prepare_folder(root, "mine", "sub/mine"), run_folder),
    "other files, no links": Scenario(
        lambda root: prepare_folder(root, "mine", "sub/mine"), run_folder, patch=forbid_links
    ),
    "other files in a new folder": Scenario(
        lambda root: ((root / "d").mkdir(), write_one(root / "d/mine", b"mine")), run_folder
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
    except (KgError, KeyboardInterrupt):
        code = 2
    except BaseException as error:
        sys.stderr.write(f"{kind} {number}: {error!r}\n")
    finally:
        os._exit(NOT_REACHED if faults.calls < number else code)
    raise AssertionError


def check_fault(scenario: Scenario, root: Path, old: Tree, new: Tree, code: int) -> Iterator[str]:
    """Yield what is wrong after a fault, and after the cleaning and the run that follow it."""
    after = read_tree(root)
    files, old_files, new_files = map(list_files, (after, old, new))
    for name in {**old_files, **new_files, **files}:
        if files.get(name) not in (old_files.get(name), new_files.get(name)):
            yield f"{name} is neither old nor new: {files.get(name)}"
    if code == 1:
        yield "an unexpected error"
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        if not is_temporary(folder.name):
            clean_folder(folder)
    cleaned = read_tree(root)
    if list_files(cleaned) not in (old_files, new_files) and not scenario.one_by_one:
        yield "a mixture after cleaning"
    if any(map(is_temporary, cleaned)):
        yield "a temporary file after cleaning"
    scenario.run(root)
    if list_files(read_tree(root)) != new_files or any(map(is_temporary, read_tree(root))):
        yield f"wrong files after the next run: {sorted(read_tree(root))}"


def inject_faults(scenario: Scenario, folder: Path) -> tuple[int, list[str]]:
    """Run a scenario with each fault; return the number of faults, and what went wrong."""
    os.fsync = lambda descriptor: None  # what is counted is the call, not the disk's time
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
    for kind in KINDS:
        for number in range(1, 10_000):
            root = folder / f"{kind} {number}"
            shutil.copytree(folder / "old", root)
            code = run_with_fault(scenario, root, kind, number)
            if code == NOT_REACHED:
                break
            found = list(check_fault(scenario, root, old, new, code))
            os.chdir(folder)
            wrong += [f"{kind} {number} ({code}): {text}" for text in found]
            shutil.rmtree(root)
            count += 1
    return count, wrong


@pytest.mark.parametrize("name", SCENARIOS)
def test_fault_leaves_old_or_new_files(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, __file__, name, str(tmp_path)], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["faults"] > 20


if __name__ == "__main__":
    count, wrong = inject_faults(SCENARIOS[sys.argv[1]], Path(sys.argv[2]))
    sys.stdout.write(json.dumps({"faults": count, "wrong": wrong}))
