"""Group the lines of statements, from which Turtle and JSON-LD are written."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

Subject = tuple[str, list[tuple[str, list[str]]]]  # with the objects of each predicate


def group_lines(lines: Iterable[str], first: str) -> Iterator[tuple[str, Iterator[Subject]]]:
    """Yield each graph and its subjects, given sorted lines.

    A line has graph, subject, predicate and object; only the object can contain spaces. The order
    of the lines is kept, except that the predicate `first` comes before the others.
    """
    statements = (line.split(" ", 3) for line in lines)
    for graph, of_graph in groupby(statements, itemgetter(0)):
        yield graph, _group_subjects(of_graph, first)


def _group_subjects(statements: Iterable[list[str]], first: str) -> Iterator[Subject]:
    for subject, of_subject in groupby(statements, itemgetter(1)):
        properties = [
            (predicate, [parts[3] for parts in of_predicate])
            for predicate, of_predicate in groupby(of_subject, itemgetter(2))
        ]
        yield subject, sorted(properties, key=lambda pair: pair[0] != first)
