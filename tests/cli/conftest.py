"""Run `kg`: in this process, or in a process of its own on a terminal."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.cli import run
from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
TIMEOUT = 600  # seconds


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that runs `kg` in this process, which is fast."""

    def call_kg(
        *words: str | Path, home: Home | None = None, code: int = 0
    ) -> "subprocess.CompletedProcess[str]":
        command = ["kg", *(["--home", str(home.root)] if home else []), *map(str, words)]
        monkeypatch.setattr(sys, "argv", command)
        monkeypatch.setenv("COLUMNS", "80")
        capsys.readouterr()
        found = run()
        out, err = capsys.readouterr()
        assert found == code, err
        return subprocess.CompletedProcess(command, found, out, err)

    return call_kg


@pytest.fixture(scope="session")
def run_on_terminal() -> Callable[..., str]:
    """Return a function that runs `kg` on a pseudo-terminal and returns what this shows.

    The terminal has 24 lines, and the pager is `cat` unless the environment says otherwise. With
    `stdout`, standard output is not the terminal but that file.
    """

    def run_kg(
        *words: str | Path,
        home: Home | None = None,
        columns: int = 80,
        stdout: int | None = None,
        cwd: Path | None = None,
        **environment: str | Path,
    ) -> str:
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        options = ["--home", str(home.root)] if home else []
        # These would be the size of the terminal, whatever the terminal says.
        inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        process = subprocess.Popen(
            [sys.executable, "-m", "kg", *options, *map(str, words)],
            stdin=side,
            stdout=side if stdout is None else stdout,
            stderr=side,
            cwd=cwd,
            env=inherited | {"PAGER": "cat"} | {k: str(v) for k, v in environment.items()},
        )
        os.close(side)
        try:
            shown = read_terminal(main).decode("utf-8").replace("\r\n", "\n")
            assert process.wait(TIMEOUT) == 0, shown
        finally:
            process.kill()
            os.close(main)
        assert "Traceback" not in shown
        return shown

    return run_kg


def read_terminal(main: int) -> bytes:
    """Return all that programs write to the other side of a pseudo-terminal, until they end."""
    shown = b""
    while True:
        assert select.select([main], [], [], TIMEOUT)[0], f"nothing after {shown!r}"
        try:
            data = os.read(main, 65536)
        except OSError:  # on Linux: the other side is closed
            return shown
        if not data:
            return shown
        shown += data
