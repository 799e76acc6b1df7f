"""The graph of the first source alone, whose answers are pinned, and the project's questions."""

import shutil

import pytest

from kg.ask import Question, list_questions
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home


@pytest.fixture(scope="session")
def roundup(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the project's ontology and questions, and the data of the 2021 round-up only."""
    project, folder = find_home(), tmp_path_factory.mktemp("roundup")
    for source in (project.ontology, project.queries):
        (folder / source.name).symlink_to(source)
    for name in ("reference", "roundup-2021"):
        shutil.copytree(project.data / name, folder / "data" / name)
    return find_home(folder)


@pytest.fixture(scope="session")
def graph(roundup: Home) -> LocalGraph:
    """The graph of the round-up, which no test changes."""
    return load_graph(roundup)


@pytest.fixture(scope="session")
def questions(roundup: Home) -> dict[str, Question]:
    """The questions of the project, by name."""
    return {question.name: question for question in list_questions(roundup)}
