"""The graph of the seven-city source, whose answers are pinned, and the project's questions."""

import pytest

from kg.ask import Question, list_questions
from kg.graph import LocalGraph
from kg.home import Home


@pytest.fixture(scope="session")
def graph(roundup_graph: LocalGraph) -> LocalGraph:
    """The graph of the seven-city source."""
    return roundup_graph


@pytest.fixture(scope="session")
def questions(roundup: Home) -> dict[str, Question]:
    """The questions of the project, by name."""
    return {question.name: question for question in list_questions(roundup)}
