"""Compare how much of each sentence is cited with the figures kept beside the source.

Each sentence or heading of a source text has the number of its characters that passages cover,
and the number of times that things cite passages in it. So a deletion shows, also without the
source text. A source without figures is not checked.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg.check.finding import VIOLATION, Finding, Locator
from kg.files import write_file
from kg.graph import Graph, load_graph
from kg.home import Home
from kg.names import Term, pick, text
from kg.turtle import list_files, read_turtle
from kg.turtle_format import format_turtle
from kg.xsd import read_integer

COVERED, CITATIONS = "cdp:coveredCharacters", "cdp:citationCount"
INDEX = "    cdp:listIndex "
SEGMENT = re.compile(r"^segment:[^\s;]+(?<!-selector)\n(?:    .*\n)+", re.MULTILINE)
FIGURE = re.compile(rf"^    (?:{COVERED}|{CITATIONS}) .*\n", re.MULTILINE)
MESSAGES = {
    "en": "The figures kept here are {0}, but the data give {1}. If nothing was lost, write these, "
    "or let kg source count write all figures.",
    "zh-Hans": "此处所存数目为 {0}，但数据得出 {1}。如无遗失，请改写，或用 kg source count "
    "写入全部数目。",
}


@dataclass
class Segment:
    """A sentence or heading: its source and offsets, the figures kept, and those of the data."""

    node: str
    source: str
    start: int
    end: int
    kept: dict[str, int | None]
    spans: list[tuple[int, int]] = field(default_factory=list)
    citations: int = 0

    def list_figures(self) -> dict[str, int]:
        """Return the figures that the data give."""
        covered, reach = 0, self.start
        for start, end in sorted(self.spans):
            covered += max(0, end - max(start, reach))
            reach = max(reach, end)
        return {CITATIONS: self.citations, COVERED: covered}


def read_segments(graph: Graph) -> list[Segment]:
    """Return the sentences and headings of all sources, sorted by source and offset."""
    segments: dict[str, list[Segment]] = defaultdict(list)
    passages = []
    for node, source, start, end, citations, covered, kept in graph.internal("segment-figures"):
        span = _read(start), _read(end)
        if span[0] is None or span[1] is None:
            continue  # Reported by the shapes.
        if citations is not None:
            passages.append((text(source), span[0], span[1], _read(citations) or 0))
        else:
            figures = {CITATIONS: _read(kept), COVERED: _read(covered)}
            each = Segment(text(node), text(source), span[0], span[1], figures)
            segments[each.source].append(each)
    for source_, start_, end_, cited in passages:
        listed = segments[source_]
        index = bisect_right(listed, start_, key=lambda each: each.start) - 1
        if index >= 0 and end_ <= listed[index].end:
            listed[index].spans.append((start_, end_))
            listed[index].citations += cited
    return [each for listed in segments.values() for each in listed]


def write_figures(home: Home) -> list[Path]:
    """Write the figures of all sources into the files of the data; return the changed files.

    Raises:
        KgError: a file is not Turtle, or cannot be put into canonical form.
    """
    graph = load_graph(home)
    figures = {graph.names.shorten(each.node): each.list_figures() for each in read_segments(graph)}
    changed = []
    for file in list_files(home):
        if not file.path.is_relative_to(home.data):
            continue
        old = read_turtle(file)
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
    lines = "".join(f"    {name} {value} ;\n" for name, value in values.items())
    return FIGURE.sub("", block).replace(INDEX, lines + INDEX)


def check_figures(graph: Graph, locator: Locator, language: str) -> Iterator[Finding]:
    """Yield a violation for each figure that differs from the data."""
    segments = read_segments(graph)
    counted = {each.source for each in segments if any(v is not None for v in each.kept.values())}
    names = graph.names
    for segment in segments:
        actual = segment.list_figures()
        wrong = [name for name in actual if segment.kept[name] != actual[name]]
        if segment.source not in counted or not wrong:
            continue
        texts = [
            ", ".join(f"{name} {'–' if values[name] is None else values[name]}" for name in wrong)
            for values in (segment.kept, actual)
        ]
        message = pick(MESSAGES, language, "").format(*texts)
        yield from locator.report(
            segment.node,
            VIOLATION,
            "segment-figures",
            f"{names.shorten(segment.node)}: {message}",
            predicate=names.expand(wrong[0]),
        )


def _read(term: Term | None) -> int | None:
    return None if term is None else read_integer(text(term))
