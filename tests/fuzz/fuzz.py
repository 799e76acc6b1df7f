"""Give generated inputs to kg until a limit of processor time, and keep those on which it fails.

    python tests/fuzz/fuzz.py --seconds 900               # each target, as `make fuzz`
    python tests/fuzz/fuzz.py turtle --seed 7             # one target; the same seed, same inputs
    python tests/fuzz/fuzz.py --replay                    # the inputs in the corpus only

A failure is an exception other than KgError, a traceback or other noise on standard error, a term
that `kg format` changes, a disagreement of commands, a signal, or endless work. The smallest input
found for each kind of failure is written to `corpus/<target>/`, which the tests replay.
"""

import argparse
import hashlib
import re
import secrets
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

from child import Outcome, Worker
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import HypothesisWarning
from inputs import CORPUS, STRATEGIES
from targets import TARGETS

BATCH = 500  # inputs from one seed
LONGEST_DETAIL = 1_500
SUFFIXES = {"turtle": ".ttl", "sparql": ".rq", "parameters": ".json", "answers": ".http"}


class FoundError(Exception):
    """An input that fails, so that Hypothesis looks for a smaller one."""


class Failures:
    """The failures of a target: the smallest input of each kind, in a file of the corpus."""

    def __init__(self, target: str, corpus: Path) -> None:
        self._target = target
        self._folder = corpus / target
        self._files: dict[str, Path] = {}
        self._sizes: dict[str, int] = {}
        self.counts: Counter[str] = Counter()

    def add(self, data: bytes, outcome: Outcome) -> None:
        """Keep an input, if it is the smallest of its kind."""
        self.counts[outcome.kind] += 1
        if len(data) >= self._sizes.get(outcome.kind, sys.maxsize):
            return
        if known := self._files.get(outcome.kind):
            known.unlink(missing_ok=True)
        else:
            detail = outcome.detail[-LONGEST_DETAIL:]
            say(f"\n{self._target}: {outcome.kind}\n{detail}\n{shorten(data)}")
        slug = re.sub(r"[^a-z0-9]+", "-", outcome.kind.lower()).strip("-")[:50]
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = self._folder / f"{slug}-{digest}{SUFFIXES[self._target]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self._files[outcome.kind], self._sizes[outcome.kind] = path, len(data)


def say(text: str) -> None:
    """Print a text at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def shorten(data: bytes) -> str:
    """Return an input for display."""
    return f"input: {data[:300]!r}{f'… ({len(data):,} bytes)' if len(data) > 300 else ''}"


def fuzz(target: str, seconds: float, start: int, worker: Worker, failures: Failures) -> int:
    """Try inputs of a target until the processor time is spent; return how many were tried."""
    tried = 0
    own = time.process_time()

    def is_over() -> bool:
        return worker.cpu_seconds + time.process_time() - own > seconds

    def attempt(data: bytes) -> None:
        nonlocal tried
        if is_over():
            return
        tried += 1
        outcome = worker.run(data)
        if outcome.kind:
            is_new = outcome.kind not in failures.counts
            failures.add(data, outcome)
            # To look for a smaller input takes too long if the process ends each time.
            if not outcome.is_fatal and (is_new or failures.counts[outcome.kind] < BATCH):
                raise FoundError

    for number in count(start):
        if is_over():
            return tried
        run_batch(target, number, attempt)
    raise AssertionError("count never ends")


def run_batch(target: str, number: int, attempt: Callable[[bytes], None]) -> None:
    """Call a function with inputs that depend on the number alone, until it fails."""
    options = settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    # Another error of Hypothesis means that an input fails only sometimes: it is in the corpus.
    try:
        seed(number)(options(given(STRATEGIES[target])(attempt)))()
    except Exception as error:
        if not isinstance(error, FoundError):
            say(f"{target}: {type(error).__name__}")


def replay(paths: Iterable[Path], worker: Worker) -> Iterator[tuple[Path, Outcome]]:
    """Run the inputs in files; yield those that fail."""
    outcomes = ((path, worker.run(path.read_bytes())) for path in paths)
    return ((path, outcome) for path, outcome in outcomes if outcome.kind)


def main() -> int:
    """Run the program; the exit code is 1 if kg fails on an input."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="target")
    parser.add_argument("--seconds", type=float, default=60, help="processor time for each target")
    parser.add_argument("--seed", type=int, help="the same number gives the same inputs")
    parser.add_argument("--replay", action="store_true", help="run only the inputs in the corpus")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where failures are written")
    parser.add_argument(
        "--break", dest="broken", default="", help="break a guard, to see a failure"
    )
    options = parser.parse_args()
    # Strategies with many long texts are what is meant.
    warnings.simplefilter("ignore", HypothesisWarning)
    start = secrets.randbelow(2**32) if options.seed is None else options.seed
    is_sound = True
    for target in options.targets or TARGETS:
        worker = Worker(target, options.broken)
        try:
            paths = sorted((CORPUS / target).iterdir())
            # The first failure shows that a broken guard is found.
            failed = list(islice(replay(paths, worker), 1 if options.broken else None))
            for path, outcome in failed:
                say(f"{path}: {outcome.kind}\n{outcome.detail[-LONGEST_DETAIL:]}")
            is_sound &= not failed
            line = f"{target}: {len(paths)} inputs of the corpus, {len(failed)} failures"
            if not options.replay:
                failures = Failures(target, options.corpus)
                tried = fuzz(target, options.seconds, start, worker, failures)
                is_sound &= not failures.counts
                line += (
                    f"; {tried:,} inputs from seed {start}, {len(failures.counts)} kinds of failure"
                )
                line += f"; {worker.cpu_seconds:.0f} seconds of processor time in kg"
            say(line)
        finally:
            worker.stop()
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
