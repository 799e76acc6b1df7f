"""`kg check` and `kg format`: reports, exit codes, and files written."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Terminal = Callable[..., str]
CHINESE = re.compile("[\u4e00-\u9fff]{4}")


@pytest.fixture
def plan(small: Home) -> Path:
    """The data file of a home that a test may change."""
    return small.data / "town" / "suzhou.ttl"


def test_violation_is_reported_with_its_line(small: Home, plan: Path, call: Call) -> None:
    plan.write_text(plan.read_text("utf-8").replace('"Test platform"@en ,', ""), "utf-8")
    done = call("check", plan, home=small, code=1)
    assert re.search(rf"^{plan}:\d+: violation: .+", done.stdout, re.MULTILINE)
    assert done.stderr == ""
    words = ["check", plan, "--format", "json", "--lang", "zh-Hans"]
    report = json.loads(call(*words, home=small, code=1).stdout)
    assert "violation" in {finding["severity"] for finding in report["findings"]}
    assert CHINESE.search("".join(finding["message"] for finding in report["findings"]))


def test_file_without_findings_has_exit_code_0(
    small: Home, plan: Path, run_on_terminal: Terminal
) -> None:
    shown = run_on_terminal("check", plan, home=small)
    assert "0 violations" in shown
    assert "Checking" in shown
    assert "100%" in shown


def test_file_that_is_not_turtle_is_a_violation(small: Home, plan: Path, call: Call) -> None:
    plan.write_text("x y", "utf-8")
    done = call("check", plan, home=small, code=1)
    assert done.stdout.startswith(f"{plan}:1: violation: ")


def test_missing_path_is_an_error(small: Home, call: Call) -> None:
    for words in (["check"], ["format"]):
        done = call(*words, small.data / "nowhere.ttl", home=small, code=2)
        assert re.match(r"kg: \S*nowhere\.ttl: no such file or folder\. ", done.stderr)
        assert done.stdout == ""


def test_format_prints_differences_then_writes_once(small: Home, plan: Path, call: Call) -> None:
    canonical = plan.read_bytes()
    changed = b"# A remark.\n" + canonical
    plan.write_bytes(changed)
    done = call("format", "--check", small.data, home=small, code=1)
    assert "-# A remark." in done.stdout.splitlines()
    assert plan.read_bytes() == changed
    assert call("format", small.data, home=small).stdout == f"{plan}: formatted\n"
    assert plan.read_bytes() == canonical
    assert call("format", small.data, home=small).stdout == ""
    assert call("format", "--check", small.data, home=small).stdout == ""
