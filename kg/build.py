"""The main job: check everything, then write the dump and the answers, all or nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.ask.parameters import bind_question, needs_value
from kg.ask.question import Question, ask_question, list_questions
from kg.ask.render import render_answer
from kg.catalog import CRATE_FILE, Answers, CountedStream, describe_dataset, write_crate
from kg.check import VIOLATION, Report, check_files
from kg.dumps import MEDIA_TYPES, list_graphs
from kg.dumps.turtle import write_turtle
from kg.errors import KgError
from kg.files import write_folder
from kg.graph import LocalGraph, load_graph
from kg.home import Home, name_program
from kg.names import Names
from kg.store import Result

DUMP = "city-policy.nq"
CATALOG_FILE = "catalog.ttl"


@dataclass(frozen=True)
class Build:
    """What was checked and written, and the answers to the main questions."""

    report: Report
    graph: LocalGraph
    files: list[Path]
    main_answers: list[tuple[Question, Result]]


def build_folder(
    home: Home,
    folder: Path,
    language: str = "en",
    *,
    force: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> Build:
    """Check the home, then write its dump and the answers to all questions below a folder.

    Written are `city-policy.nq` (all named graphs, the entailments and the catalogue as sorted
    N-Quads, the bytes that `kg export rdf` writes), `catalog.ttl` (the catalogue, with the size and
    digest of that file), `ro-crate-metadata.json` (the same as an RO-Crate) and, for each question
    that needs no value, its answer in the given language: `answers/<question>.csv` and `.md`, or
    `.ttl` for triples.

    Raises:
        KgError: the check has violations, or the folder cannot be written to; then nothing is
            written.
    """
    with write_folder(folder, export="build", force=force) as open_file:
        # Opened before the work, so that a folder that cannot be used is refused at once.
        dump = open_file(DUMP)
        report = check_files(home, language=language, progress=progress)
        if report.count(VIOLATION):
            wrong = "\n".join(str(f) for f in report.findings if f.severity == VIOLATION)
            raise KgError(f"{wrong}\nNothing was written: the data must pass `kg check` first.")
        graph = load_graph(home)
        answers = {
            question: ask_question(graph, question, language, bind_question(graph, question, {}))
            for question in list_questions(home)
            if not needs_value(home, question)
        }
        texts = _write_dump(graph, dump)
        texts |= _render_answers(answers, graph.names)
        for name, text in texts.items():
            open_file(name).write(text.encode())
    main = [(q, a) for q, a in answers.items() if "main" in q.header.get("tags", ())]
    return Build(report, graph, [folder / name for name in (DUMP, *texts)], main)


def _write_dump(graph: LocalGraph, stream: BinaryIO) -> dict[str, str]:
    """Write the dump; return the files with the catalogue that lists it, by name."""
    graphs = [named.iri for named in list_graphs(graph.home)[:-1]]
    answers: Answers = {}
    catalog = describe_dataset(graph, graphs, complete=True, answers=answers)
    counted = CountedStream(stream)
    counted.write(f"# {name_program()}\n{graph.memory.dump(catalog)}".encode())
    file = counted.describe(DUMP, "", MEDIA_TYPES[".nq"], "")
    described = describe_dataset(graph, graphs, [file], complete=True, answers=answers)
    turtle = write_turtle(described, graph.names)
    return {CATALOG_FILE: turtle, CRATE_FILE: write_crate(graph, described)}


def _render_answers(answers: Mapping[Question, Result], names: Names) -> Iterator[tuple[str, str]]:
    """Yield the relative path and the text of each file of answers."""
    rows, triples = {"csv": "csv", "md": "markdown"}, {"ttl": "turtle"}
    for question, answer in answers.items():
        for suffix, form in (triples if isinstance(answer, list) else rows).items():
            yield f"answers/{question.name}.{suffix}", render_answer(answer, form, names)
