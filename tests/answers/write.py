"""Write the pinned answers of all questions, from the data of the checkout.

Run `python tests/answers/write.py` in the checkout after a change of the data or of a question, and
read the difference: `git diff tests/answers`. It writes one file for each question without values,
for each case in `parameters.toml`, and for each file that is there in another language; it deletes
the files of questions and cases that are gone.
"""

import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1]))

from kg.ask import ask_question, bind_question, list_questions, render_answer  # noqa: E402
from kg.graph import load_graph  # noqa: E402
from kg.home import Home, find_home  # noqa: E402
from kg.names import LANGUAGES, read_names  # noqa: E402

TRIPLES = {"everything"}


def copy_roundup(folder: Path) -> Home:
    """Return a home with the data of the 2021 round-up only, as in `tests/ask/conftest.py`."""
    project = find_home(FOLDER.parents[1])
    for source in (project.ontology, project.queries):
        shutil.copytree(source, folder / source.name)
    for name in ("reference", "roundup-2021"):
        shutil.copytree(project.data / name, folder / "data" / name)
    return Home(folder)


def write_answers(home: Home) -> None:
    """Write the answers of all questions of a home to this folder."""
    graph, names = load_graph(home), read_names(home)
    cases = tomllib.loads((FOLDER / "parameters.toml").read_text("utf-8"))
    present = {path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".nt")}
    written = set()
    for question in list_questions(home):
        form, suffix = ("ntriples", "nt") if question.name in TRIPLES else ("csv", "csv")
        given: dict[str, dict[str, object]] = {} if question.has_presets else {"": {}}
        for case, values in (given | cases.get(question.name, {})).items():
            terms = bind_question(graph, question, values)
            for language in LANGUAGES:
                parts = [question.name, case, "" if language == "en" else language, suffix]
                name = ".".join(filter(None, parts))
                if language == "en" or name in present:
                    answer = ask_question(graph, question, language, terms)
                    text = render_answer(answer, form, names).replace("\r\n", "\n")
                    (FOLDER / name).write_bytes(text.encode("utf-8"))
                    written.add(name)
    for name in sorted(present - written):
        (FOLDER / name).unlink()
    print(f"{len(written)} answers written, {len(present - written)} deleted")  # noqa: T201


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write_answers(copy_roundup(Path(folder)))
