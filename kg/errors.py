"""The one error that the program raises, and how optional packages are imported."""

from importlib import import_module
from typing import Any

from kg.display import escape_controls


class KgError(ValueError):
    """An error in the user's input, with a message `where:line: what is wrong. How to fix it.`.

    `exit_code` is the exit code of the command line: 1 if there is no answer, 2 for a usage error.
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(escape_controls(message))
        self.exit_code = exit_code


def require(module: str, extra: str, *, hint: str = "") -> Any:
    """Import and return a module of an optional package.

    Raises:
        KgError: the package is not installed; the message names the extra that installs it.

    >>> require("no_such_package", "pictures")
    Traceback (most recent call last):
    ...
    kg.errors.KgError: no_such_package is not installed. Run: pip install \
'city-policy-kg[pictures]'
    """
    try:
        return import_module(module)
    except ImportError:
        raise KgError(
            f"{module.partition('.')[0]} is not installed. "
            f"Run: pip install 'city-policy-kg[{extra}]'{hint}"
        ) from None
