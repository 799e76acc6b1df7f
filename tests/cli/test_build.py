"""`kg build`: what it writes and prints. The bytes are tested in tests/test_build.py."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]


def test_dump_and_answers_are_written_and_main_answers_printed(
    untouched: Home, tmp_path: Path, call: Call
) -> None:
    out = tmp_path / "out"
    done = call("build", "-o", out, "--lang", "zh-Hans", home=untouched)
    assert "0 个错误" in done.stdout
    assert re.search(r"│ 图谱中有 +│ 数目 │\n.*\n│ 城市 +│ \d+ +│", done.stdout)
    assert "提出了哪些定量目标，何时到期？\n" in done.stdout
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {"city-policy.nq", "manifest.json", "targets.csv", "targets.md"} <= {
        f.name for f in files
    }
    last = re.fullmatch(rf"{out}: 写出 (\d+) 个文件", done.stdout.splitlines()[-1])
    assert last
    assert int(last[1]) == len(files) - 1  # without the manifest
    assert done.stderr == ""


@pytest.mark.slow
def test_files_of_others_are_not_overwritten(untouched: Home, tmp_path: Path, call: Call) -> None:
    path = tmp_path / "city-policy.nq"
    path.write_text("not by kg", "utf-8")
    done = call("build", "-o", tmp_path, home=untouched, code=2)
    assert done.stderr.startswith(f"kg: {path}: exists and was not written by kg")
    assert "Use --force" in done.stderr
    assert done.stdout == ""
    assert path.read_text("utf-8") == "not by kg"
