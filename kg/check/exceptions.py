"""Accepted exceptions: findings that are no faults, listed beside the data with the reason.

A file `accepted-exceptions.toml` in a folder of `data/` has a table `[[exception]]` for each, with
`check` (the name in brackets behind a finding), `node` (a prefixed name) and `reason`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.home import Home
from kg.names import Names, pick
from kg.reading import ReadError, parse_toml, read_text

NAME = "accepted-exceptions.toml"
KEYS = {"check", "node", "reason"}
MESSAGES = {
    "exception-invalid": {
        "en": "Not a list of accepted exceptions: {0}. Each table [[exception]] needs check, node "
        "and reason, each a text.",
        "zh-Hans": "不是有效的例外清单：{0}。"
        "每个 [[exception]] 表须有 check、node 和 reason，均为文字。",
    },
    "exception-unneeded": {
        "en": "There is no finding {0} about {1} to accept. Delete the exception.",
        "zh-Hans": "没有关于 {1} 的 {0} 问题可供接受。请删除该例外。",
    },
}

ERRORS = {
    "key": {"en": "unknown key {0}", "zh-Hans": "未知的键 {0}"},
    "number": {"en": "exception {0}", "zh-Hans": "第 {0} 个例外"},
}


@dataclass(frozen=True)
class AcceptedException:
    """An accepted finding: check and node, and where the exception is written."""

    path: Path
    line: int
    check: str
    node: str


def read_exceptions(
    home: Home,
) -> tuple[list[AcceptedException], list[tuple[Path, int, dict[str, str]]]]:
    """Return the exceptions of a home, and path, line and texts of each error in their files."""
    exceptions: list[AcceptedException] = []
    errors: list[tuple[Path, int, dict[str, str]]] = []
    for path in sorted(home.data.rglob(NAME)):
        try:
            content = read_text(path)
            tables = parse_toml(content, path)
        except ReadError as error:
            errors.append((path, error.line, error.reasons))
            continue
        unknown = sorted(tables.keys() - {"exception"})
        errors += [(path, 0, _name_error("key", key)) for key in unknown]
        listed = tables.get("exception", [])
        lines = [n for n, line in enumerate(content.splitlines(), 1) if "[[exception]]" in line]
        for number, table in enumerate(listed if isinstance(listed, list) else [listed]):
            line = lines[number] if number < len(lines) else 0
            if not isinstance(table, dict) or set(table) != KEYS:
                errors.append((path, line, _name_error("number", number + 1)))
            elif not all(isinstance(value, str) and value.strip() for value in table.values()):
                errors.append((path, line, _name_error("number", number + 1)))
            else:
                exceptions.append(AcceptedException(path, line, table["check"], table["node"]))
    return exceptions, errors


def _name_error(kind: str, value: object) -> dict[str, str]:
    return {tag: text.format(value) for tag, text in ERRORS[kind].items()}


def apply_exceptions(
    home: Home,
    findings: Iterable[Finding],
    names: Names,
    language: str,
    *,
    known: Collection[Finding],
    skipped: Collection[str],
    is_checked: Callable[[str], bool],
) -> Iterator[Finding]:
    """Yield the findings that are not accepted, and those on the exceptions themselves.

    `known` has the findings that are consequences of others, too: who accepts one of them is right.
    An exception is not judged if its check is among the skipped ones, or its node is not checked.
    """
    exceptions, errors = read_exceptions(home)
    accepted = {(each.check, each.node): each for each in exceptions}
    used = {(each.check, names.shorten(each.node)) for each in known}
    for finding in findings:
        key = finding.check, names.shorten(finding.node)
        if key not in accepted:
            yield finding
    for path, line, error in errors:
        reason = pick(error, language, "").rstrip(".。")
        message = pick(MESSAGES["exception-invalid"], language, "").format(reason)
        yield Finding(str(path), line, VIOLATION, "exception-invalid", "", message)
    for key, each in accepted.items():
        if key not in used and each.check not in skipped and is_checked(each.node):
            message = pick(MESSAGES["exception-unneeded"], language, "").format(*key)
            yield Finding(
                str(each.path), each.line, WARNING, "exception-unneeded", each.node, message
            )
