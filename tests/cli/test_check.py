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


@pytest.mark.parametrize("command", ["check", "format"])
def test_empty_path_is_a_usage_error(
    command: str, small: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    """An unset variable, as in `kg format "$UNSET"`, must not mean the current folder."""
    file = tmp_path / "a.ttl"
    file.write_text("<a>   <b> 1 .", "utf-8")
    monkeypatch.chdir(tmp_path)
    for paths in ([""], [file, ""]):
        done = call(command, *paths, home=small, code=2)
        assert "The path is empty. Give a file or a folder." in done.stderr
    assert file.read_text("utf-8") == "<a>   <b> 1 ."


def test_format_prints_differences_then_writes_once(small: Home, plan: Path, call: Call) -> None:
    canonical = plan.read_bytes()
    changed = canonical.replace(b"    a ", b"  a ", 1)
    plan.write_bytes(changed)
    done = call("format", "--check", small.data, home=small, code=1)
    assert [line[:4] for line in done.stdout.splitlines() if line[0] in "+-"][2:] == [
        "-  a",
        "+   ",
    ]
    assert plan.read_bytes() == changed
    assert call("format", small.data, home=small).stdout == f"{plan}: formatted\n"
    assert plan.read_bytes() == canonical
    assert call("format", small.data, home=small).stdout == ""
    assert call("format", "--check", small.data, home=small).stdout == ""


def test_format_drops_comments_only_if_asked(small: Home, plan: Path, call: Call) -> None:
    canonical = plan.read_bytes()
    changed = b"# A remark.\n" + canonical
    plan.write_bytes(changed)
    for words in ([], ["--check"]):
        done = call("format", *words, small.data, home=small, code=1)
        assert done.stderr.startswith(f"kg: {plan}:1: column 1: there is a comment")
        assert done.stdout == ""
        assert plan.read_bytes() == changed
    done = call("format", "--drop-comments", "--check", small.data, home=small, code=1)
    assert "-# A remark." in done.stdout.splitlines()
    call("format", "--drop-comments", small.data, home=small)
    assert plan.read_bytes() == canonical


def test_format_writes_nothing_if_one_file_is_not_turtle(
    small: Home, tmp_path: Path, call: Call
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    good, bad = folder / "a.ttl", folder / "b.ttl"
    good.write_text("<a>   <b> 1 .", "utf-8")
    bad.write_text("<a> <b> {", "utf-8")
    done = call("format", folder, home=small, code=1)
    assert done.stderr.startswith(f"kg: {bad}:1: ")
    assert good.read_text("utf-8") == "<a>   <b> 1 ."
    assert sorted(folder.iterdir()) == [good, bad]


def test_format_follows_no_link_out_of_the_folder(small: Home, tmp_path: Path, call: Call) -> None:
    outside, folder = tmp_path / "outside.ttl", tmp_path / "folder"
    outside.write_text("<a>   <b> 1 .", "utf-8")
    folder.mkdir()
    link = folder / "link.ttl"
    link.symlink_to(outside)
    for words in ([], ["--check"]):
        done = call("format", *words, folder, home=small)
        assert done.stderr == f"{link}: is a link to a file outside PATHS. It is not formatted.\n"
        assert outside.read_text("utf-8") == "<a>   <b> 1 ."
    # Whoever names the link means the file. The link stays.
    call("format", link, home=small)
    assert outside.read_text("utf-8") == "<a>\n    <b> 1 ;\n.\n"
    assert link.is_symlink()
