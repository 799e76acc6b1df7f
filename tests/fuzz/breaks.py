"""Guards that can be broken on purpose, to see that each target of the fuzzer finds it."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import kg.ask.answer
import kg.ask.parameters
import kg.store.memory
import kg.store.results
import kg.turtle_format
from kg.errors import KgError


def replace(module: ModuleType, name: str, wrong: Callable[[Callable[[], Any]], Any]) -> None:
    """Replace a function of a module; the other one can call it, with the same arguments."""
    right = getattr(module, name)

    def call(*args: Any, **more: Any) -> Any:
        return wrong(lambda: right(*args, **more))

    setattr(module, name, call)


def break_turtle() -> None:
    """Let `kg format` write another number."""
    replace(kg.turtle_format, "format_text", lambda right: right().replace("007", "7"))


def break_sparql() -> None:
    """Print to standard error when a query has an error."""
    replace(kg.store.memory, "_explain", lambda right: sys.stderr.write("Ignored\n") and right())


def break_parameters() -> None:
    """Bind texts without escapes."""
    for module in (kg.ask.parameters, kg.ask.answer):
        replace(module, "write_term", lambda right: right().replace('\\"', '"'))


def break_answers() -> None:
    """End the process for an answer that is nested too deep, as the engine would."""

    def check(right: Callable[[], Any]) -> None:
        try:
            right()
        except KgError:
            os.kill(os.getpid(), signal.SIGSEGV)

    replace(kg.store.results, "check_nesting", check)


BREAKS: Mapping[str, Callable[[], None]] = {
    "turtle": break_turtle,
    "sparql": break_sparql,
    "parameters": break_parameters,
    "answers": break_answers,
}
