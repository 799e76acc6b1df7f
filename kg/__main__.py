"""The command `kg` and `python -m kg`: run the command line with exit code 130 after Ctrl-C."""

try:
    import os
    import signal
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Load and run the command line, then end the process."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # An exception during an import could be caught by the imported library.
            signal.signal(signal.SIGINT, lambda number, frame: os._exit(130))
        from kg.cli import run

        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = run()
    except KeyboardInterrupt:
        code = 130
    # The process ends at once: it does not wait for a query that Ctrl-C has left running.
    os._exit(code)


if __name__ == "__main__":
    main()
