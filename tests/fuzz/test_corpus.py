"""The inputs of the fuzzer's corpus, and that each target finds a fault of its kind."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
TARGETS = ("turtle", "sparql", "parameters", "answers")
# What each target finds if a guard is broken, see breaks.py.
FOUND = {
    "turtle": "kg format changed a term",
    "sparql": "not a message on standard error",
    "parameters": "a value changed the query",
    "answers": "SIGSEGV",
}


def run_fuzzer(*words: str | Path, code: int) -> str:
    command = [sys.executable, FOLDER / "fuzz.py", *words]
    done = subprocess.run(command, capture_output=True, timeout=600)
    assert done.stderr == b""
    assert done.returncode == code, done.stdout.decode()
    return done.stdout.decode()


@pytest.mark.slow
def test_no_input_of_the_corpus_fails() -> None:
    said = run_fuzzer("--replay", code=0)
    for target in TARGETS:
        count = len(list((FOLDER / "corpus" / target).iterdir()))
        assert count >= 20
        assert f"{target}: {count} inputs of the corpus, 0 failures" in said


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_each_target_finds_a_broken_guard(target: str) -> None:
    said = run_fuzzer(target, "--replay", "--break", target, code=1)
    assert FOUND[target] in said


@pytest.mark.slow
def test_generated_inputs_find_a_broken_guard_and_are_kept(tmp_path: Path) -> None:
    words = ("parameters", "--seconds", "4", "--break", "parameters", "--corpus", tmp_path)
    said = run_fuzzer(*words, "--seed", "1", code=1)
    kept = list((tmp_path / "parameters").iterdir())
    assert any(b'\\"' in path.read_bytes() for path in kept), said
    assert "inputs from seed 1" in said
