"""Questions with their answers as tables, each with the same rows as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.ask import (
    Question,
    list_commands,
    list_questions,
    needs_value,
    read_parameters,
    render_answer,
)
from kg.ask.render import IRI_SUFFIX
from kg.names import Names, Term, bind_json, text
from kg.portrait.model import Link
from kg.publish.edition import Edition
from kg.publish.page import Crumb, Page
from kg.store import Rows


@dataclass(frozen=True)
class Column:
    """A column of an answer: its name in the query, and what it means."""

    name: str
    meaning: str
    is_number: bool = False


@dataclass(frozen=True)
class Answered:
    """An answer as a table of links; a cell without an IRI is a text."""

    question: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Link, ...], ...]


def answer_question(edition: Edition, name: str, **values: str) -> Answered:
    """Return the answer to a question: a column and its column of IRIs are one, of links.

    Columns without a value are left out.
    """
    answer = edition.ask(name, **values) or Rows((), [])
    meanings = edition.find_question(name).columns(edition.language)
    places = {variable: place for place, variable in enumerate(answer.variables)}
    shown = [
        one
        for one in answer.variables
        if not _is_paired(one, places) and any(row[places[one]] for row in answer.rows)
    ]
    names = edition.reading.names
    cities = {city.name: city for city in edition.cities}
    rows = [
        tuple(_make_cell(names, row, places[one], places.get(one + IRI_SUFFIX)) for one in shown)
        for row in answer.rows
    ]
    # Many questions name the city without its IRI.
    rows = [tuple(one if one.iri else cities.get(one.name, one) for one in row) for row in rows]
    columns = [
        Column(
            one,
            meanings.get(one, one),
            all(_is_number(row[places[one]]) for row in answer.rows),
        )
        for one in shown
    ]
    return Answered(name, tuple(columns), tuple(rows))


def _is_paired(variable: str, variables: dict[str, int]) -> bool:
    return variable.endswith(IRI_SUFFIX) and variable.removesuffix(IRI_SUFFIX) in variables


def _is_number(term: Term | None) -> bool:
    return term is None or text(term).replace(".", "", 1).lstrip("-").isdigit()


def _make_cell(names: Names, row: tuple[Term | None, ...], place: int, iri: int | None) -> Link:
    term = row[place]
    shown = names.show(term)
    if iri is not None and row[iri] is not None:
        return Link(shown, names.show(row[iri]), text(row[iri]))
    if term is not None and bind_json(term)["type"] == "uri":
        return Link(shown, shown, text(term))
    return Link(shown)


def write_answer(edition: Edition, name: str, **values: str) -> bytes:
    """Return an answer as CSV, as kg ask writes it."""
    answer = edition.ask(name, **values) or Rows((), [])
    return render_answer(answer, "csv", edition.reading.names).encode("utf-8")


def make_question_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page that lists the questions, and one for each question."""
    home, language, words = edition.graph.home, edition.language, edition.words
    questions = list_questions(home)
    listed = [(one.name, one.text("summary", language)) for one in questions]
    yield Page("questions", "questions.html", words["questions"], words["questions-summary"],
               values={"questions": listed})  # fmt: skip
    for question in questions:
        yield make_question_page(edition, question)


def make_question_page(edition: Edition, question: Question) -> Page:
    """Return the page of a question; one that needs a value has no answer."""
    home, language = edition.graph.home, edition.language
    parameters = read_parameters(home, question)
    answered = None
    if not needs_value(home, question) and edition.ask(question.name) is not None:
        answered = answer_question(edition, question.name)
    table = f"q/{question.name}.csv"
    return Page(
        f"q/{question.name}",
        "question.html",
        question.text("summary", language),
        question.text("description", language),
        (Crumb(edition.words["questions"], "questions"),),
        {
            "answered": answered,
            "parameters": [(one.name, one.text(language)) for one in parameters.values()],
            "commands": list_commands(question.name, parameters.values()),
            "query": question.query,
        },
        files={table: write_answer(edition, question.name)} if answered else {},
        download=table if answered else "",
    )
