"""The command `kg` and `python -m kg`: run the command line with exit code 130 after Ctrl-C."""

# Every Python has loaded these two modules when it starts. `signal`, which wraps `_signal`, would
# take time to import, and until then Ctrl-C ends in a traceback.
import _signal as signal  # type: ignore[import-not-found]
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

HAS_TIMER = hasattr(signal, "setitimer")  # not on Windows
RETRY = 0.001  # seconds


def main() -> None:
    """Run the command line, then end the process."""
    try:
        # Any other handler stays: after nohup, for example, the signal is ignored.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupt)
        from kg.cli import run

        code = run()
        if HAS_TIMER and any(signal.getitimer(signal.ITIMER_REAL)):
            code = 130
    except KeyboardInterrupt:
        code = 130
    # The process ends at once: it does not wait for a query that Ctrl-C has left running.
    os._exit(code)


def interrupt(number: int, frame: "FrameType | None") -> None:
    """Raise KeyboardInterrupt, but after the end of an import or finalizer, where it gets lost.

    Raises:
        KeyboardInterrupt: none is running.
    """
    while frame and HAS_TIMER:
        code = frame.f_code
        if code.co_filename.startswith("<frozen importlib") or code.co_name == "__del__":
            signal.signal(signal.SIGALRM, interrupt)
            signal.setitimer(signal.ITIMER_REAL, RETRY)
            return
        frame = frame.f_back
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
