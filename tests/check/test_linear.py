"""The work of a check grows with the number of statements and findings, not with its square."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyoxigraph import NamedNode

from kg.check import check_files
from kg.check.finding import Locator
from kg.check.index import StatementIndex
from kg.home import Home
from kg.turtle import TurtleFile
from kg.turtle_tokens import index_statements

COUNT = 1000
Statement = tuple[str, str, str]


class CountedTerm:
    """A term that counts how often it is compared."""

    comparisons = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        CountedTerm.comparisons += 1
        return isinstance(other, CountedTerm) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)


class CountedList(list[Statement]):
    """A list that counts how many of its items are read."""

    read = 0

    def __iter__(self) -> Iterator[Statement]:
        for each in super().__iter__():
            CountedList.read += 1
            yield each


def test_many_values_of_one_property_are_indexed_in_linear_time() -> None:
    index = StatementIndex("x:type", "x:subClassOf")
    predicate = NamedNode("x:p")
    statements: Any = [
        SimpleNamespace(subject=NamedNode("x:s"), predicate=predicate, object=CountedTerm(number))
        for number in [*range(COUNT), *range(COUNT)]
    ]
    CountedTerm.comparisons = 0
    index.add(statements)
    values = cast(list[Any], index.objects(predicate)[NamedNode("x:s")])
    assert [value.number for value in values] == list(range(COUNT))
    assert CountedTerm.comparisons < 10 * COUNT


def test_many_findings_about_one_subject_are_located_in_linear_time() -> None:
    text = "<x:s> " + " ;\n".join(f'<x:p{n}> "{n}"' for n in range(COUNT)) + " ."
    statements = CountedList(("x:g", f"x:p{n}", str(n)) for n in range(COUNT))
    file = TurtleFile(Path("a.ttl"), "x:g")
    locator = Locator(
        [file], lambda node: statements, lambda file: index_statements(text, "", "x:type")
    )
    CountedList.read = 0
    lines = [locator.locate("x:s", f"x:p{n}", str(n)) for n in range(COUNT)]
    assert lines == [("a.ttl", n + 1) for n in range(COUNT)]
    assert [locator.locate("x:s") for _ in range(COUNT)] == [("a.ttl", 1)] * COUNT
    assert CountedList.read < 10 * COUNT


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["<x:s{0}> <x:p> {0} .", "<x:s{0}> <x:p{0}> {0} ."])
def test_many_findings_of_one_query_take_linear_time(
    statement: str, untouched: Home, tmp_path: Path, count_calls: Callable[..., int]
) -> None:
    path = tmp_path / "many.ttl"
    check_files(untouched)  # so that what is remembered of queries is the same for all
    calls = []
    for number in (0, 100, 400):
        lines = (statement.format(each) for each in range(number))
        path.write_text("\n".join([*lines, ""]), "utf-8")
        calls.append(count_calls(lambda: check_files(untouched, [path])))
    assert calls[2] - calls[0] < 2 * 4 * (calls[1] - calls[0])
