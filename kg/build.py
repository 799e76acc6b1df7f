"""The main job: check everything, then write the dump and the answers, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.ask.question import ask_question, bind_question, list_questions, needs_value
from kg.ask.render import render_answer
from kg.check import VIOLATION, Report, check_files
from kg.home import Home, KgError, name_generator
from kg.load import replace_files
from kg.names import read_names
from kg.rules import open_store
from kg.store import Memory, Question, Result

DUMP = "city-policy.nq"


@dataclass(frozen=True)
class Build:
    """What was checked and written, and the answers to the headline questions."""

    report: Report
    store: Memory
    files: list[Path]
    headlines: list[tuple[Question, Result]]


def build_folder(
    home: Home,
    folder: Path,
    language: str = "en",
    progress: Callable[[str], None] = lambda step: None,
) -> Build:
    """Check the home, then write its dump and the answers to all questions below a folder.

    Written are `city-policy.nq` (all named graphs and the entailments as sorted N-Quads,
    the bytes that `kg export rdf` writes) and,
    for each question, `answers/<question>.csv` and `.md`, or `.ttl` where it gives triples, in the
    language asked for. A question that needs a value is left out.

    Raises:
        KgError: the check has violations, or the folder cannot be written to; then nothing is
            written.
    """
    report = check_files(home, language=language, progress=progress)
    if report.count(VIOLATION):
        wrong = "\n".join(str(f) for f in report.findings if f.severity == VIOLATION)
        raise KgError(f"{wrong}\nNothing was written: the data have to pass `kg check` first.")
    store = open_store(home)
    names = read_names(home)
    answers = {
        question: ask_question(store, question, language, bind_question(home, store, question, {}))
        for question in list_questions(home)
        if not needs_value(home, question)
    }
    texts = {DUMP: f"# {name_generator()}\n{store.dump()}"}
    for question, answer in answers.items():
        forms = {"ttl": "turtle"} if isinstance(answer, list) else {"csv": "csv", "md": "markdown"}
        for suffix, form in forms.items():
            texts[f"answers/{question.name}.{suffix}"] = render_answer(answer, form, names)
    headlines = [(q, a) for q, a in answers.items() if "headline" in q.header.get("tags", ())]
    return Build(report, store, replace_files(folder, texts), headlines)
