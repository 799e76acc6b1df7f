"""Compare how much of each sentence is cited with the figures kept beside the source.

Each sentence or heading of a source text has the number of its characters that passages cover,
and the number of times that things cite passages in it. So a deletion shows, also without the
source text. A source without figures is not checked.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.check.finding import VIOLATION, Finding, Locator
from kg.check.index import StatementIndex
from kg.check.passages.positions import Positions
from kg.files import write_file
from kg.graph import load_graph
from kg.home import Home
from kg.names import Names, Term, pick, read_names, text
from kg.turtle import list_files, parse_file, read_turtle
from kg.turtle_format import format_turtle
from kg.xsd import read_integer

INDEX = "    cdp:listIndex "
SEGMENT = re.compile(r"^segment:[^\s;]+(?<!-selector)\n(?:    .*\n)+", re.MULTILINE)
MESSAGES = {
    "en": "The recorded figures are {0}, but the data give {1}. If nothing was lost, correct "
    "them, or run `kg source count`.",
    "zh-Hans": "此处所存数目为 {0}，但数据得出 {1}。如无遗失，请改写，或运行 `kg source count`。",
}


def count_figures(positions: Positions) -> dict[str, dict[str, int]]:
    """Return the figures that the data give, by segment and role."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    citations: dict[str, int] = defaultdict(int)
    cited = positions.count_citations()
    for node, position in positions.passages.items():
        if node in cited and (segment := positions.find_segment(position)):
            spans[segment].append((position.start, position.end))
            citations[segment] += cited[node]
    figures = {}
    for node, position in positions.segments.items():
        covered, reach = 0, position.start
        for start, end in sorted(spans[node]):
            covered += max(0, end - max(start, reach))
            reach = max(reach, end)
        figures[node] = {"citations": citations[node], "covered": covered}
    return figures


def write_figures(home: Home) -> list[Path]:
    """Write the figures of all sources into the files of the data; return the changed files.

    Raises:
        KgError: a file is not Turtle, or cannot be put into canonical form.
    """
    graph, names = load_graph(home), read_names(home)
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    for file in list_files(home):
        index.add(parse_file(file))
    index.add(graph.memory.list_added())
    positions = Positions(graph, index)
    figures = {
        names.shorten(node): {
            names.shorten(positions.get_property(role)): value for role, value in found.items()
        }
        for node, found in count_figures(positions).items()
    }
    changed = []
    for file in list_files(home):
        old = read_turtle(file) if file.path.is_relative_to(home.data) else ""
        if SEGMENT.search(old):
            formatted = format_turtle(file.path)
            new = SEGMENT.sub(lambda found: _add_figures(found[0], figures), formatted)
            if new != old:
                with write_file(file.path) as stream:
                    stream.write(new.encode())
                changed.append(file.path)
    return changed


def _add_figures(block: str, figures: dict[str, dict[str, int]]) -> str:
    """Return the canonical Turtle of a segment with its figures, before its index in the list."""
    values = figures.get(block.partition("\n")[0])
    if values is None:
        return block
    for name, value in values.items():
        block = re.sub(rf"^    {name} .*\n", "", block, flags=re.MULTILINE)
        block = block.replace(INDEX, f"    {name} {value} ;\n{INDEX}")
    return block


def check_figures(
    positions: Positions, names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a violation for each segment whose figures differ from the data, with its city."""
    figures = count_figures(positions)
    kept = {
        node: {role: _read(positions.find(role, node)) for role in found}
        for node, found in figures.items()
    }
    counted = {
        positions.segments[node].source
        for node, values in kept.items()
        if any(value is not None for value in values.values())
    }
    evidence = positions.get_property("evidence")
    named: dict[str, list[tuple[str, str]]] = {}
    for node, actual in figures.items():
        wrong = [role for role in actual if kept[node][role] != actual[role]]
        if positions.segments[node].source not in counted or not wrong:
            continue
        if not named:
            for passage, position in positions.passages.items():
                named.setdefault(positions.find_segment(position), []).append((passage, evidence))
        texts = [_show(positions, names, values, wrong) for values in (kept[node], actual)]
        message = pick(MESSAGES, language, "").format(*texts)
        place = positions.find("place", node)
        where = f" ({names.shorten(text(place))})" if place else ""
        yield from locator.report(
            node,
            VIOLATION,
            "segment-figures",
            f"{names.shorten(node)}{where}: {message}",
            predicate=positions.get_property(wrong[0]),
            named=named.get(node, ()),
        )


def _show(
    positions: Positions, names: Names, values: Mapping[str, int | None], roles: list[str]
) -> str:
    return ", ".join(
        f"{names.shorten(positions.get_property(role))} "
        f"{'–' if values[role] is None else values[role]}"
        for role in roles
    )


def _read(term: Term | None) -> int | None:
    return None if term is None else read_integer(text(term))
