"""The wheel carries ontology, data and questions: an installed `kg` works in any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the project's wheel has been unpacked, as pip does it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("city_policy_kg-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_installed(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # -P: the folder one stands in does not lend its own kg.
    command = [sys.executable, "-P", "-m", "kg", *words]
    environment = dict(os.environ, PYTHONPATH=str(installed), XDG_DATA_HOME=str(folder))
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_wheel_holds_every_file_of_ontology_data_and_queries(installed: Path) -> None:
    for name in ("ontology", "data", "queries"):
        ours = {p.relative_to(ROOT) for p in (ROOT / name).rglob("*") if p.is_file()}
        resources = installed / "kg" / "resources"
        packed = {p.relative_to(resources) for p in (resources / name).rglob("*") if p.is_file()}
        assert packed == ours
        assert len(packed) >= 10
    assert (installed / "kg" / "py.typed").is_file()


def test_an_installed_kg_works_in_any_folder(installed: Path, tmp_path: Path) -> None:
    where = "import kg, sys; sys.stdout.write(kg.__file__)"
    command = [sys.executable, "-P", "-c", where]
    environment = dict(os.environ, PYTHONPATH=str(installed))
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.startswith(str(installed))
    done = run_installed(installed, tmp_path, "ask", "policies", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 11
    checked = run_installed(installed, tmp_path, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_without_its_data_is_told(installed: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    with_data = installed / "kg"
    (bare / "kg").mkdir(parents=True)
    for path in with_data.rglob("*.py"):
        target = bare / "kg" / path.relative_to(with_data)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    done = run_installed(bare, tmp_path, "ask")
    assert done.returncode == 1
    assert "no ontology/prefixes.ttl" in done.stderr
    assert "Traceback" not in done.stderr
