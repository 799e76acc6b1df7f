"""Start and end of the program: `python -m kg`, the command `kg`, and Ctrl-C at any point."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import kg
from kg.home import Home

Interrupt = Callable[[list[str | Path]], tuple[int, str, str]]
MODULE = (sys.executable, "-m", "kg")
SCRIPT = Path(sys.executable).with_name("kg")
# A query that takes hours.
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Copy(NamedTuple):
    """A copy of a process that got SIGINT; see interrupt/sitecustomize.py."""

    point: str
    code: int
    printed: str


@pytest.fixture
def interrupt_copies(tmp_path: Path, untouched: Home) -> Callable[..., list[Copy]]:
    """Return a function that runs a command and interrupts copies of its process."""

    def run_command(
        *command: str | Path, step: int = 0, imports: str = "", calls: str = ""
    ) -> list[Copy]:
        report = tmp_path / "report"
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parent / "interrupt"),
            "PYTHONHASHSEED": "0",
            "KG_HOME": str(untouched.root),
            "KG_INTERRUPT_FOLDER": str(Path(kg.__file__).parent),
            "KG_INTERRUPT_REPORT": str(report),
            "KG_INTERRUPT_STEP": str(step),
            "KG_INTERRUPT_IMPORTS": imports,
            "KG_INTERRUPT_CALLS": calls,
        }
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=600)
        return [Copy(*ast.literal_eval(line)) for line in report.read_text("utf-8").splitlines()]

    return run_command


def find_bad_ends(copies: list[Copy]) -> list[Copy]:
    return [copy for copy in copies if copy.code != 130 or "Traceback" in copy.printed]


def test_installed_command_is_the_same_program() -> None:
    if not SCRIPT.exists():
        pytest.skip("the command kg is not installed next to this Python: pip install -e .")
    outputs = {
        subprocess.run([*command, "--version"], capture_output=True, check=True).stdout
        for command in ([SCRIPT], MODULE)
    }
    assert len(outputs) == 1


@pytest.mark.slow
def test_ctrl_c_between_any_two_calls_ends_with_130(
    interrupt_copies: Callable[..., list[Copy]],
) -> None:
    copies = interrupt_copies(*MODULE, "ask", "chain", "--format", "csv", step=1601)
    assert len(copies) >= 20
    assert find_bad_ends(copies) == []
    if SCRIPT.exists():
        copies = interrupt_copies(SCRIPT, "ask", "chain", "--format", "csv", step=4001)
        assert len(copies) >= 6
        assert find_bad_ends(copies) == []


@pytest.mark.slow
def test_ctrl_c_during_an_import_ends_with_130(
    interrupt_copies: Callable[..., list[Copy]],
) -> None:
    imports = (
        "enum re click click.core kg.cli kg.cli.groups kg.errors kg.home kg.ask.question "
        "kg.graph kg.store.memory pyoxigraph kg.turtle"
    )
    copies = interrupt_copies(*MODULE, "ask", "chain", imports=imports)
    assert {copy.point for copy in copies} == {f"import {name}" for name in imports.split()}
    assert find_bad_ends(copies) == []


def test_ctrl_c_in_functions_in_which_it_could_get_lost_ends_with_130(
    interrupt_copies: Callable[..., list[Copy]],
) -> None:
    """The first three are called in imports, the last in the output of the version."""
    calls = (
        "_get_module_lock.<locals>.cb _proto_member.__set_name__ namedtuple "
        "run run_command ZipFile.__del__"
    )
    copies = interrupt_copies(*MODULE, "--version", calls=calls)
    # Not every version of Python calls all of them.
    assert len(copies) >= 5
    assert find_bad_ends(copies) == []


def test_ctrl_c_that_waits_is_not_lost_at_the_end() -> None:
    code = (
        "import os, kg.__main__, kg.cli\n"
        "class Thing:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), 2)\n"
        "def run():\n"
        "    Thing()\n"
        "    return 0\n"
        "kg.__main__.RETRY, kg.cli.run = 60, run\n"
        "kg.__main__.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert (done.returncode, done.stderr) == (130, b"")


def test_end_of_memory_is_an_error() -> None:
    code = (
        "import kg.__main__, kg.cli\n"
        "def run_command():\n"
        "    bytearray(1 << 62)\n"
        "kg.cli.run_command = run_command\n"
        "kg.__main__.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "kg: out of memory. Use smaller files, or a narrower query.\n"


def test_bad_ends_are_found() -> None:
    good = Copy("", 130, "\nkg: interrupted\n")
    traceback = Copy("", 130, "Traceback (most recent call last):")
    survivor = Copy("", 0, "")
    assert find_bad_ends([good, traceback, survivor]) == [traceback, survivor]


def test_ctrl_c_ends_a_long_query(untouched: Home, interrupt: Interrupt) -> None:
    code, out, err = interrupt([*MODULE, "--home", untouched.root, "query", LONG])
    assert (code, out, err) == (130, "", "\nkg: interrupted\n")


@pytest.mark.slow
def test_ignored_signal_stays_ignored(interrupt_copies: Callable[..., list[Copy]]) -> None:
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *MODULE]
    copies = interrupt_copies(*command, "--version", step=5003)
    assert len(copies) >= 5
    assert {copy.code for copy in copies} == {0}
    assert {copy.printed for copy in copies} == {copies[0].printed}
    assert copies[0].printed.startswith("city-policy-kg ")
