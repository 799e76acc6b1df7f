"""The error that the program raises, checks of arguments, and imports of optional packages."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from kg.display import escape_controls


class KgError(ValueError):
    """An error in the user's input, with a message `where:line: what is wrong. How to fix it.`.

    `exit_code` is the exit code of the command line: 1 if there is no answer, 2 for a usage error.
    `chinese` is the same message in zh-Hans, for those that findings contain.
    """

    def __init__(self, message: str, *, exit_code: int = 1, chinese: str = "") -> None:
        super().__init__(escape_controls(message))
        self.exit_code = exit_code
        self.texts = {"en": str(self), "zh-Hans": escape_controls(chinese) or str(self)}


class KgTimeoutError(KgError, TimeoutError):
    """There was no answer within the given time."""


def check_text(value: object, name: str) -> str:
    """Return a value that must be a text.

    Raises:
        KgError: it is not a str, or it has half of a surrogate pair, which is not a character.

    >>> check_text(5, "question")
    Traceback (most recent call last):
    ...
    kg.errors.KgError: question: a str is needed, not int.
    """
    if not isinstance(value, str):
        raise KgError(f"{name}: a str is needed, not {type(value).__name__}.", exit_code=2)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        problem = f"character {error.start + 1} (U+{code:04X}) is not a character of Unicode."
        advice = "Remove it."
        if 0xDC80 <= code <= 0xDCFF:  # a byte of the command line (PEP 383)
            problem = f"byte {code - 0xDC00:02X} is not text in the encoding of this locale."
            advice = "Set LC_ALL=C.UTF-8."
        raise KgError(f"{name}: {problem} {advice}", exit_code=2) from None
    return value


def join_names(names: Iterable[str], most: int = 5) -> str:
    """Return names as a text for a message: all of them, or the first and how many more.

    >>> join_names(["a", "b", "c"]), join_names("abcdef", most=2)
    ('a, b, c', 'a, b and 4 more')
    """
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


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
