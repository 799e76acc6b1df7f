"""Run work in other processes with a timeout, and measure processor time."""

import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any


class WorkerError(Exception):
    """The reason why a request to a worker has no result."""


class Worker:
    """A process that prepares an input once and then responds to requests.

    `prepare` returns the input; `respond` takes the input and a request and returns the result.
    Both are pickled. A process that does not respond in time is killed; the next request starts a
    new one.
    """

    def __init__(
        self,
        prepare: Callable[[], Any],
        respond: Callable[[Any, Any], Any],
        timeout: float,
        *,
        prepare_timeout: float | None = None,
    ) -> None:
        self._functions = prepare, respond
        self._timeout = timeout
        self._prepare_timeout = prepare_timeout
        self._failure: WorkerError | None = None  # of `prepare`, which is not called again
        self._connection: Connection | None = None

    def request(self, request: object) -> Any:
        """Return the result of a request.

        Raises:
            WorkerError: the input cannot be prepared, or there is no result in time.
        """
        if self._failure:
            raise self._failure
        if self._connection is None:
            self._start()
        assert self._connection
        try:
            self._connection.send(request)
        except OSError:
            self.close()
            raise WorkerError("the process ended") from None
        return self._receive(self._timeout)

    def close(self) -> None:
        """Kill the process."""
        if self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._connection = None

    def _start(self) -> None:
        # Spawned, not forked: the process then has only the memory that its input needs.
        context = get_context("spawn")
        connection, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, *self._functions))
        process.start()
        theirs.close()
        self._connection, self._process = connection, process
        try:
            self._receive(self._prepare_timeout)
        except WorkerError as error:
            self._failure = WorkerError(f"input: {error}")
            raise self._failure from None

    def _receive(self, timeout: float | None) -> Any:
        assert self._connection
        try:
            return receive(self._connection, timeout)
        except TimeoutError:
            self.close()
            raise WorkerError("no result in time") from None
        except EOFError:
            self.close()
            raise WorkerError("the process ended") from None


def serve(
    connection: Connection, prepare: Callable[[], Any], respond: Callable[[Any, Any], Any]
) -> None:
    """Prepare an input and respond to requests until the connection is closed."""
    prepared = call(prepare)
    connection.send(prepared if isinstance(prepared, WorkerError) else None)
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        connection.send(call(partial(respond, prepared, request)))


def call(function: Callable[[], Any]) -> Any:
    """Return the result of a function, or the exception that it raises, as a WorkerError."""
    try:
        return function()
    except WorkerError as error:
        return error
    except Exception as error:  # Later requests can still have results.
        return WorkerError(f"{type(error).__name__}: {error}")


def receive(connection: Connection, timeout: float | None) -> Any:
    """Return the result that a process sends.

    Raises:
        TimeoutError: the process sends nothing in time.
        EOFError: the process has ended.
        WorkerError: the process has sent this error.
    """
    if not connection.poll(timeout):
        raise TimeoutError
    result = connection.recv()
    if isinstance(result, WorkerError):
        raise result
    return result


def call_in_fork(function: Callable[[], Any], timeout: float) -> Any:
    """Return the result of a function that runs in a fork of this process.

    Raises:
        WorkerError: the function fails, or there is no result in time.
    """
    context = get_context("fork")
    connection, theirs = context.Pipe()
    process = context.Process(target=lambda: theirs.send(call(function)))
    process.start()
    theirs.close()
    try:
        return receive(connection, timeout)
    except TimeoutError:
        raise WorkerError("no result in time") from None
    except EOFError:
        raise WorkerError("the process ended") from None
    finally:
        process.kill()
        process.join()
        connection.close()


def time_work(work: Callable[[], object], *, repeat_for: float, warm_up: float) -> float:
    """Return the mean processor seconds of some work.

    The work is repeated for `repeat_for` seconds after a first run. The first run is not counted,
    because it includes imports and, in a fork, the copying of memory. If the first run takes longer
    than `warm_up` seconds, its time is returned and nothing is repeated.
    """
    started = time.process_time()
    work()
    first = time.process_time() - started
    if first > warm_up:
        return first
    repetitions = 0
    started = time.process_time()
    while (seconds := time.process_time() - started) < repeat_for or not repetitions:
        work()
        repetitions += 1
    return seconds / repetitions
