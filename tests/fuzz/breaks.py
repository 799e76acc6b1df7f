"""Guards that can be broken on purpose, to see that each target of the fuzzer finds it."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

import kg.ask.parameters
import kg.store.memory
import kg.store.results
import kg.turtle_format


def break_turtle() -> None:
    """Let `kg format` write another number."""
    right = kg.turtle_format.format_text

    def format_wrongly(*args: Any, **more: Any) -> str:
        return right(*args, **more).replace("007", "7")

    kg.turtle_format.format_text = format_wrongly


def break_sparql() -> None:
    """Print to standard error when a query has an error."""
    right = kg.store.memory._explain

    def explain_loudly(*args: Any) -> Any:
        sys.stderr.write("Exception ignored\n")
        return right(*args)

    kg.store.memory._explain = explain_loudly


def break_parameters() -> None:
    """Bind texts without escapes."""
    right = kg.ask.parameters.write_term

    def write_wrongly(term: Any) -> str:
        written = right(term)
        return f'"{term.value}"' if written.startswith('"') else written

    kg.ask.parameters.write_term = write_wrongly


def break_answers() -> None:
    """End the process for an answer that is nested too deep, as the engine would."""

    def check_nesting(*args: object) -> None:
        if str(args[0]).count('{"type":"triple"') > 50:
            os.kill(os.getpid(), signal.SIGSEGV)

    kg.store.results.check_nesting = check_nesting


BREAKS: Mapping[str, Callable[[], None]] = {
    "turtle": break_turtle,
    "sparql": break_sparql,
    "parameters": break_parameters,
    "answers": break_answers,
}
