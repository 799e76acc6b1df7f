"""Questions with their answers as tables, each with the same rows as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.ask import (
    Parameter,
    Question,
    list_commands,
    needs_value,
    read_parameters,
    render_answer,
)
from kg.ask.render import IRI_SUFFIX
from kg.names import Names, Term, bind_json, text
from kg.portrait.model import Link
from kg.publish.edition import Edition
from kg.publish.page import Crumb, Page, write_csv
from kg.store import Rows

MOST_LISTED = 60  # things of a kind before the page of all things is better


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
    cities = edition.cities_by_name
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


def write_answer(edition: Edition, name: str, form: str = "csv", **values: str) -> bytes:
    """Return an answer in a format, as kg ask writes it."""
    answer = edition.ask(name, **values) or Rows((), [])
    return render_answer(answer, form, edition.reading.names).encode("utf-8")


def list_starts(edition: Edition, answered: Answered) -> dict[int, Link]:
    """Return the first row of each city, by its number, if there are several cities."""
    cities = edition.cities_by_iri
    found: dict[str, tuple[int, Link]] = {}
    for number, row in enumerate(answered.rows):
        city = next((cell for cell in row if cell.iri in cities), None)
        if city and city.iri not in found:
            found[city.iri] = number, city
    return dict(found.values()) if 1 < len(found) < len(answered.rows) else {}


def list_answers(edition: Edition, required: Sequence[Parameter]) -> list[Crumb]:
    """Return the pages that have the answers to a question that needs values."""
    words, base = edition.words, edition.routes.base
    classes = {one.group for one in required if one.type == "iri" and one.group.startswith(base)}
    if len(required) > 1 and classes == {edition.reading.names.expand("cdp:City")}:
        return [Crumb(words["compare"], "compare")]
    names = [edition.reading.names.shorten(one) for one in classes]
    things = edition.list_instances(*names) if names else []
    if not 0 < len(things) <= MOST_LISTED:
        return [Crumb(words["things"], "things")]
    places = [(edition.things[iri].label, edition.routes.addresses[iri]) for iri in things]
    return [Crumb(label, place.page, place.fragment) for label, place in places]


def make_question_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page that lists the questions by their first tag, and one for each question."""
    language, words = edition.language, edition.words
    questions = edition.questions.values()
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in questions:
        tags = [str(tag) for tag in one.header.get("tags") or ()]
        tag = next(iter(tags), "")
        groups.setdefault(tag, []).append((one.name, one.text("summary", language)))
    titles = [words[f"column-{name}"] for name in ("group", "question", "name")]
    named = [(words.texts.get(f"tag-{tag}", tag) or words["other"], tag, groups[tag])
             for tag in sorted(groups)]  # fmt: skip
    table = write_csv(
        titles, ([tag, title, name] for tag, _, many in named for name, title in many)
    )
    yield Page("questions", "questions.html", words["questions"], words["questions-summary"],
               values={"groups": named}, files={"questions.csv": table},
               download="questions.csv")  # fmt: skip
    for question in questions:
        yield make_question_page(edition, question)


def make_question_page(edition: Edition, question: Question) -> Page:
    """Return the page of a question; one that needs a value has links to pages with answers."""
    home, language = edition.graph.home, edition.language
    parameters = read_parameters(home, question)
    answered = None
    if not needs_value(home, question) and edition.ask(question.name) is not None:
        answered = answer_question(edition, question.name)
    path = f"q/{question.name}"
    table, rows = f"{path}.csv", f"{path}.json"
    required = [one for one in parameters.values() if one.required]
    files = {table: "csv", rows: "json"} if answered else {}
    return Page(
        path,
        "question.html",
        question.text("summary", language),
        question.text("description", language),
        (Crumb(edition.words["questions"], "questions"),),
        {
            "answered": answered,
            "starts": list_starts(edition, answered) if answered else {},
            "json": rows,
            "elsewhere": [] if answered else list_answers(edition, required),
            "parameters": [(one.name, one.text(language)) for one in parameters.values()],
            "commands": list_commands(question.name, parameters.values()),
            "query": question.query,
        },
        files={one: write_answer(edition, question.name, form) for one, form in files.items()},
        download=table if answered else "",
    )
