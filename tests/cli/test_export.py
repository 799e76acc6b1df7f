"""What all exports share: existing files and folders, `--force`, and standard output."""

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
# A command that writes to a file, and one that writes to a folder, with a file that it writes.
FILES = (
    "export gephi documents --format gexf -o {}",
    "export rdf --graphs themes --format nt -o {}",
    "source restore note.txt -o {}",
)
FOLDERS = {
    "export gephi documents --format json -o {}": "documents/documents.json",
    "export rdf --graphs themes -o {}/": "themes.ttl",
    "export queries -o {}": "grlc/targets.rq",
    "export tables --table targets -o {}": "targets.csv",
}


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("开年", "utf-8")
    return tmp_path


@pytest.mark.parametrize("command", FILES)
def test_any_file_is_overwritten(command: str, untouched: Home, call: Call) -> None:
    Path("new").mkdir()
    outputs = []
    for path in (Path("new", "x.out"), Path("old.out")):
        Path("old.out").write_text("not by kg", "utf-8")
        call(*shlex.split(command.format(path)), home=untouched)
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 5


@pytest.mark.slow
@pytest.mark.parametrize("command", FOLDERS)
def test_files_of_others_in_a_folder_are_overwritten_with_force_only(
    command: str, untouched: Home, call: Call
) -> None:
    file = Path("x", FOLDERS[command])
    file.parent.mkdir(parents=True)
    file.write_text("not by kg", "utf-8")
    other = Path("x", "other.txt")
    other.write_text("not by kg either", "utf-8")
    words = shlex.split(command.format("x"))
    done = call(*words, home=untouched, code=2)
    assert done.stderr == (
        f"kg: {file}: exists and was not written by kg, or was edited since. "
        "Use --force to overwrite it, or give another folder.\n"
    )
    assert done.stdout == ""
    assert {path for path in Path("x").rglob("*") if path.is_file()} == {file, other}
    assert file.read_text("utf-8") == "not by kg"
    call(*words, "--force", home=untouched)
    written = file.read_bytes()
    assert written != b"not by kg"
    assert other.read_text("utf-8") == "not by kg either"
    # Now the file is from kg.
    call(*words, home=untouched)
    assert file.read_bytes() == written


@pytest.mark.parametrize(
    "command",
    [
        "export gephi documents -o {}/x.gexf",
        "export rdf -o {}/x.nq",
        "export tables -o {}/x",
        "source restore note.txt -o {}/x",
    ],
)
def test_path_that_cannot_be_written(command: str, untouched: Home, call: Call) -> None:
    for folder, advice in (
        ("note.txt", "A part of the path is a file: give another path."),
        ("/proc/kg", "Give another path."),
        ("n" * 300, "Give a shorter path."),
    ):
        done = call(*shlex.split(command.format(folder)), home=untouched, code=1)
        assert done.stderr.startswith(f"kg: {folder}/x")
        assert re.search(r": cannot be written \((No|File name too long)", done.stderr)
        assert done.stderr.endswith(f"). {advice}\n")
    assert Path("note.txt").read_text("utf-8") == "开年"


@pytest.mark.parametrize("command", ["gephi documents", "rdf", "tables"])
def test_empty_target_is_a_usage_error(command: str, call: Call, work_folder: Path) -> None:
    done = call("export", *command.split(), "-o", "", code=2)
    assert "The value is empty. Give a file or a folder." in done.stderr
    assert [path.name for path in work_folder.iterdir()] == ["note.txt"]
