"""Numbers on pages: each leads to a list of as many, and one word has one number."""

import re
import shlex
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from kg.ask import (
    Question,
    ask_question,
    bind_question,
    list_commands,
    list_questions,
    read_parameters,
)
from kg.catalog import describe_dataset
from kg.dumps.context import read_context
from kg.graph import LocalGraph
from kg.networks import NetworkOptions, NodeData, build_network, list_networks
from kg.publish.answers import make_question_pages
from kg.publish.cities import list_counts
from kg.publish.comparison import list_aspects
from kg.publish.dataset import Dumps, make_dataset_pages
from kg.publish.edition import Edition
from kg.publish.matrix import Cell, list_by_line, list_lines
from kg.publish.overview import list_missing, make_home_page, make_time_page
from kg.publish.page import Page
from kg.publish.render import Renderer
from kg.publish.things import list_groups, make_thing_page
from kg.store import Rows

MATRICES = ("themes", "technologies", "groups")
ReadEdition = Callable[[str], Edition]


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def edition(request: pytest.FixtureRequest, read_city_edition: ReadEdition) -> Edition:
    return read_city_edition(request.param)


def render(edition: Edition, page: Page) -> str:
    return Renderer().render(edition, page).decode("utf-8")


def count_list(edition: Edition, cell: Cell) -> int:
    """Return the length of the list to which a number leads on the page of a thing."""
    pages = {address.page: iri for iri, address in edition.routes.addresses.items()
             if not address.fragment}  # fmt: skip
    thing = edition.things[pages[cell.path]]
    if cell.fragment == "themes":
        page = make_thing_page(edition, cell.path, thing.iri, [])
        return len(re.findall("<li>", render(edition, page).split('<ul class="numbers"')[1]
                              .split("</ul>")[0]))  # fmt: skip
    for section in thing.sections:
        if section.name == cell.fragment == "missing":
            return sum(len(one.values) for row in section.rows for one in row.details)
        if section.name == cell.fragment:
            return len(section.rows)
        for group in list_groups(edition, section):
            if group.anchor == cell.fragment:
                return len(group.rows)
    raise AssertionError(f"no list: {cell}")


def list_cells(edition: Edition) -> Iterator[Cell]:
    """Yield the numbers of all matrices, comparisons and cards."""
    for name in MATRICES:
        for line in list_lines(edition, name):
            yield from line.cells
    for first, second in combinations(edition.cities, 2):
        for aspect in list_aspects(edition, first.iri, second.iri):
            for _, rows in aspect.groups:
                yield from (cell for row in rows for cell in (row.first, row.second))
    for city in edition.cities:
        yield from (cell for _, cell in list_counts(edition, city.iri))


def test_each_number_leads_to_a_list_of_as_many(edition: Edition) -> None:
    cells = {cell for cell in list_cells(edition) if cell.number}
    assert len(cells) > 150
    lists = {
        (name, anchor): len(many)
        for name in MATRICES
        for line in list_by_line(edition, name, list_lines(edition, name)).values()
        for _, anchor, many in line
    }
    for cell in cells:
        found = lists.get((cell.path, cell.fragment)) or count_list(edition, cell)
        assert found == cell.number, cell


def test_links_of_numbers_have_their_fragments(town_site: Any) -> None:
    """All links of the made-up site are followed elsewhere; here, that numbers are links."""
    for name in MATRICES:
        text = (town_site.folder / f"en/{name}.html").read_text("utf-8")
        numbers = re.findall(r'<td class="shade-\d">(.*?)</td>', text)
        assert numbers or name != "themes"
        assert all(re.fullmatch(r'<a href="[^"]+">\d+</a>', one) for one in numbers)


def test_comparison_has_all_that_the_data_have(edition: Edition) -> None:
    """A dot, or no row, is only where the data have nothing of a kind, theme, technology, group."""
    reading, dots = edition.reading, 0
    kinds = {"pillars": "cdp:Pillar", "initiatives": "cdp:Initiative", "targets": "cdp:Target",
             "counts": "cdp:CountStatement", "highlights": "cdp:ReportedHighlight"}  # fmt: skip
    for pair in combinations(edition.cities, 2):
        rows = [row for aspect in list_aspects(edition, pair[0].iri, pair[1].iri)
                for _, many in aspect.groups for row in many]  # fmt: skip
        for city, side in zip(pair, ("first", "second"), strict=True):
            cells = {row.thing.iri or row.thing.name: getattr(row, side).number for row in rows}
            things = reading.list_subjects(city.iri, "cdp:appliesTo")
            dots += list(cells.values()).count(0)
            for name, of in kinds.items():
                number = sum(reading.is_a(one, of) for one in things)
                assert cells.get(edition.words[f"count-{name}"], 0) == number, (city, name)
            for name in ("cdp:hasTheme", "cdp:usesTechnology", "cdp:servesGroup"):
                for one in {iri for thing in things for iri in reading.list_iris(thing, name)}:
                    assert cells[one] > 0, (city, one)
    assert dots > 50


def test_broader_row_has_all_elements_of_the_rows_below(edition: Edition) -> None:
    broader = 0
    for name in MATRICES:
        listing = edition.elements[name]
        for line in list_lines(edition, name):
            for one in edition.reading.list_subjects(line.thing.iri, "skos:broader"):
                for city in edition.cities:
                    inside = {*listing.find(one, city.iri)}
                    assert inside <= {*listing.find(line.thing.iri, city.iri)}
                    broader += bool(inside)
    assert broader > 20


def test_one_number_for_one_word(edition: Edition) -> None:
    """Cards, pages of cities, comparisons and networks agree."""
    words, shown = edition.words, dict[tuple[str, str], set[int]]()
    for city in edition.cities:
        for name, cell in list_counts(edition, city.iri):
            shown.setdefault((city.iri, words[f"count-{name}"]), set()).add(cell.number)
    for first, second in combinations(edition.cities, 2):
        for aspect in list_aspects(edition, first.iri, second.iri):
            for _, rows in aspect.groups:
                for row in rows:
                    key = row.thing.iri or row.thing.name
                    shown.setdefault((first.iri, key), set()).add(row.first.number)
                    shown.setdefault((second.iri, key), set()).add(row.second.number)
    for name in MATRICES:
        for line in list_lines(edition, name):
            for city, cell in zip(edition.cities, line.cells, strict=True):
                shown.setdefault((city.iri, line.thing.iri), set()).add(cell.number)
    assert {key: found for key, found in shown.items() if len(found) > 1} == {}


def test_facts_not_stated_add_up(edition: Edition) -> None:
    facts = list_missing(edition)
    assert all(total == sum(n for _, n in cities) for _, total, cities in facts)
    for city in edition.cities:
        here = sum(n for _, _, cities in facts for one, n in cities if one == city)
        assert here == dict(list_counts(edition, city.iri))["missing"].number
        page = make_thing_page(edition, edition.routes.addresses[city.iri].page, city.iri, [])
        assert f'#missing">{edition.reading.words["missing"]}</a> ({here})' in render(edition, page)


def test_question_page_says_what_it_counts(edition: Edition) -> None:
    """A question that counts otherwise than the pages says so in the words of its columns."""
    strict = {"en": "and that have no parts", "zh-Hans": "自身不再分项"}[edition.language]
    for question, names in (
        ("theme-matrix", ["elements"]),
        ("compare", ["first", "second"]),
        ("unique-themes", ["elements"]),
        ("city-pairs", ["shared", "either", "firstElements", "secondElements"]),
    ):
        columns = edition.find_question(question).columns(edition.language)
        for name in names:
            assert strict in columns[name], (question, name)


def test_home_says_what_it_is_first(edition: Edition) -> None:
    text = render(edition, make_home_page(edition))
    top = text.partition('<ul class="cards">')[0]
    country, undated = {"en": ("cities in China", "undated"), "zh-Hans": ("中国7座", "未注明日期")}[
        edition.language
    ]
    assert country in top
    assert undated in top
    for iri in edition.list_instances("cdp:SourceArticle"):
        assert edition.reading.read_label(iri) in top


def test_time_page_lists_documents_without_dates(edition: Edition) -> None:
    text = render(edition, make_time_page(edition))
    section = text.partition('id="dates"')[2].partition("</section>")[0]
    without, issued = section.split("<h3>")[1:]
    documents = {row.thing.iri for city in edition.cities
                 for section in edition.things[city.iri].sections if section.name == "documents"
                 for row in section.rows}  # fmt: skip
    dated = {row["holderIri"] for row in edition.ask_texts("periods") if row["start"]}
    assert without.count("<dt>") == len(documents - dated) > 0
    assert issued.count("<dt>") == len(documents)
    assert edition.ask_texts("issue-dates") == []
    assert issued.count(edition.reading.words["not-stated"]) == len(documents)


def test_rows_are_in_an_order_that_is_seen(edition: Edition) -> None:
    for name in MATRICES:
        lines = list_lines(edition, name)
        above: dict[int, int] = {}
        for line in lines:
            total = sum(cell.number for cell in line.cells)
            above = {level: number for level, number in above.items() if level <= line.level}
            assert total <= above.get(line.level, total), line.thing
            above[line.level] = total


def test_about_cites_the_dataset(edition: Edition, city_graph: LocalGraph) -> None:
    catalog = describe_dataset(city_graph, [], complete=False)
    dumps = Dumps([], catalog, [], read_context(city_graph.home))
    for page in make_dataset_pages(edition, city_graph, dumps):
        if page.path == "about":
            shown = render(edition, page).partition('id="cite"')[2].partition("</section>")[0]
            assert re.search(r"/cdp/dataset\s*<", shown)
            assert "/cdp/ontology" not in shown


def test_weights_of_a_network_are_numbers_of_the_matrix(
    edition: Edition, city_graph: LocalGraph
) -> None:
    options = NetworkOptions(language=edition.language)
    found = {question.name: question for question in list_networks(edition.graph.home)}
    for name, matrix in (("city-theme", "themes"), ("city-technology", "technologies")):
        network = build_network(edition.graph, found[name], options, NodeData(city_graph))
        iris = {node.id: node.iri for node in network.nodes}
        for edge in network.edges:
            city, thing = sorted(
                (iris[edge.source], iris[edge.target]), key=lambda i: "/id/" not in i
            )
            number = len(edition.elements[matrix].find(thing, city))
            has_narrower = edition.reading.list_subjects(thing, "skos:broader")
            assert edge.weight <= number if has_narrower else edge.weight == number, edge
        assert len(network.edges) > 20


def test_commands_give_rows(city_graph: LocalGraph) -> None:
    """Each command that is printed gives rows, or the question has none without values too."""

    def has_answer(question: Question, values: dict[str, str]) -> bool:
        answer = ask_question(
            city_graph, question, "en", bind_question(city_graph, question, values)
        )
        return bool(answer.rows if isinstance(answer, Rows) else answer)

    printed = 0
    for question in list_questions(city_graph.home):
        parameters = read_parameters(city_graph.home, question)
        for command in list_commands(question.name, parameters.values()):
            words = shlex.split(command)[3:]
            names = [word.removeprefix("--") for word in words[::2]]
            values = dict(zip(names, words[1::2], strict=True))
            needed = {name: value for name, value in values.items() if parameters[name].required}
            assert has_answer(question, values) or not has_answer(question, needed), command
            printed += 1
    assert printed > 80


def test_commands_are_on_the_page_of_a_question(edition: Edition) -> None:
    for page in make_question_pages(edition):
        if page.template == "question.html":
            commands = render(edition, page).partition('id="command"')[2].partition("</pre>")[0]
            assert commands.count("kg ask") == len(page.values["commands"]) > 0  # type: ignore[arg-type]
