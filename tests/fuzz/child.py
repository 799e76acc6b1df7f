"""Run inputs in a process of its own, so that a crash, endless work or noise is a failure."""

import io
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

CPU_SECONDS = 60  # of processor time for one input, and all memory that it may use
MEMORY = 6 * 2**30
WAIT_SECONDS = 900  # for an answer of the process, in case it waits without working


@dataclass(frozen=True)
class Outcome:
    """What an input did: `kind` is "" if kg did what it should, or else names the failure.

    `detail` is the text for people. With `is_fatal`, the process is gone.
    """

    kind: str
    detail: str = ""
    is_fatal: bool = False


class Worker:
    """A process that runs the inputs of one target; started again after each crash."""

    def __init__(self, target: str, broken: str = "") -> None:
        self._arguments = (target, broken)
        self._spent = 0.0  # seconds of processes that have ended
        self._current = 0.0
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, *self._arguments), daemon=True)
        self._process.start()
        other.close()

    @property
    def cpu_seconds(self) -> float:
        """The processor time of all processes so far."""
        return self._spent + self._current

    def run(self, data: bytes) -> Outcome:
        """Return the outcome of an input."""
        try:
            self._connection.send_bytes(data)
            if not self._connection.poll(WAIT_SECONDS):
                self._process.kill()
                return self._restart(f"no end in {WAIT_SECONDS} seconds")
            kind, detail, goes_on, self._current = self._connection.recv()
        except (EOFError, ConnectionError):
            return self._restart("")
        if not goes_on:
            self._restart("")
        return Outcome(kind, detail)

    def _restart(self, reason: str) -> Outcome:
        self._process.join()
        code = self._process.exitcode or 0
        self._connection.close()
        self._spent += self._current
        self._current = 0.0
        self._start()
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        name = "endless work" if name == "SIGXCPU" else name
        return Outcome(reason or name, f"the process ended: {name}", is_fatal=True)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def serve(connection: Connection, target: str, broken: str) -> None:
    """Run the inputs that come, in the new process."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    noise = capture_stderr()
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="kg-fuzz-")
    for name in list(os.environ):
        if name.startswith("KG_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    from breaks import BREAKS
    from targets import TARGETS, SlowError

    if broken:
        BREAKS[broken]()
    check = TARGETS[target]
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        limit = int(time.process_time()) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        kind = detail = ""
        goes_on = True
        try:
            check(data)
        except SlowError:
            goes_on = False  # the query goes on in this process
        except BaseException as error:
            kind, detail = name_error(error), "".join(traceback.format_exception(error))
            goes_on = not isinstance(error, MemoryError)
        if written := read_noise(noise):
            kind = kind or f"noise: {re.sub('[^A-Za-z ]+', ' ', written)[:80]}"
            detail += written
        connection.send((kind, detail, goes_on, time.process_time()))
        if not goes_on:
            os._exit(0)


def name_error(error: BaseException) -> str:
    """Return a name that is the same for errors with one cause: the type and the place in kg."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/kg/" in frame.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else ""
    if type(error).__name__ == "FailureError":
        place = str(error).partition(": ")[0]
    return f"{type(error).__name__} {place}"


def capture_stderr() -> io.FileIO:
    """Send standard error of this process to a temporary file, which is returned."""
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)  # noqa: PTH108
    os.dup2(descriptor, 2)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    return io.FileIO(descriptor, "r+")


def read_noise(noise: io.FileIO) -> str:
    """Return what was written to standard error since the last call."""
    sys.stderr.flush()
    noise.seek(0)
    written = noise.read().decode("utf-8", "backslashreplace")
    noise.seek(0)
    noise.truncate()
    return written
