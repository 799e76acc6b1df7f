"""What the peers are made of: jars from Maven Central and packages from npm, as files name them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DOWNLOAD_SECONDS = 600


@pytest.fixture(scope="session")
def fetch_jars() -> Callable[[Path, str], str]:
    """Return a function that gives the class path of a pom, fetched unless a former run has.

    It skips, and says for which program, where Maven is missing or fails.
    """

    def fetch(pom: Path, program: str) -> str:
        if shutil.which("mvn") is None:
            pytest.skip(f"no mvn on the path: {program} is fetched with Maven")
        fcntl = pytest.importorskip("fcntl", reason=f"{program} is fetched on POSIX alone")
        kept = pom.with_name("target") / "classpath.txt"
        # Of the workers that run the tests side by side one fetches, and the others wait for it.
        for folder in (HERE / "target", kept.parent):
            folder.mkdir(exist_ok=True)
        with (HERE / "target" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_fresh(kept, pom):
                why = run_maven(pom, kept)
                if why is not None:
                    kept.unlink(missing_ok=True)
                    pytest.skip(f"Maven could not fetch {program}: {why[-500:]}")
        return kept.read_text(encoding="utf-8").strip()

    return fetch


@pytest.fixture(scope="session")
def fetch_packages() -> Callable[[Path], Path]:
    """Return a function that gives the folder of what a folder's package.json names.

    They are fetched with npm unless a former run has, and without running their scripts. It
    skips, and says why, where Node or npm is missing or fails.
    """

    def fetch(folder: Path) -> Path:
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                pytest.skip(f"no {program} on the path: {folder.name} is fetched and run with it")
        fcntl = pytest.importorskip("fcntl", reason=f"{folder.name} is fetched on POSIX alone")
        kept = folder / "target"
        kept.mkdir(exist_ok=True)
        with (kept / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            wanted = (folder / "package.json").read_bytes()
            done = kept / "done.json"
            if not done.is_file() or done.read_bytes() != wanted:
                (kept / "package.json").write_bytes(wanted)
                why = run_npm(kept)
                if why is not None:
                    pytest.skip(f"npm could not fetch {folder.name}: {why[-500:]}")
                done.write_bytes(wanted)
        return kept

    return fetch


def run_npm(folder: Path) -> str | None:
    """Fetch what a folder's package.json names; return what went wrong, if anything."""
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    return fetch_parts(command, folder)


def fetch_parts(command: list[str], folder: Path) -> str | None:
    """Run what fetches parts, in a folder; return what went wrong, if anything."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {DOWNLOAD_SECONDS} seconds"
    return f"{done.stdout}{done.stderr}" if done.returncode else None


def run_maven(pom: Path, kept: Path) -> str | None:
    """Fetch what a pom names and write its class path; return what went wrong, if anything."""
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:build-classpath"]
    command += ["-Dmdep.includeScope=runtime", f"-Dmdep.outputFile={kept}"]
    return fetch_parts(command, pom.parent)


def is_fresh(kept: Path, pom: Path) -> bool:
    """Return whether a class path is younger than what asks for it, and all of it still there."""
    if not kept.is_file() or kept.stat().st_mtime < pom.stat().st_mtime:
        return False
    return all(Path(jar).is_file() for jar in kept.read_text("utf-8").strip().split(os.pathsep))
