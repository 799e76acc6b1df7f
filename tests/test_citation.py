"""CITATION.cff is valid and agrees with pyproject.toml."""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def test_version_and_title_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == project["version"]
    assert citation["authors"] == project["authors"]
    assert citation["license"] == project["license"].split(" AND ")


@pytest.mark.slow
def test_file_follows_the_schema() -> None:
    program = os.environ.get("CFFCONVERT") or shutil.which("cffconvert")
    if program is None:
        pytest.skip("cffconvert is not installed")
    done = subprocess.run([program, "--validate"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
