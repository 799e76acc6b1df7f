"""What is known about a thing, and its form as text for people and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from kg.ask.table import clean_text
from kg.portrait.model import Detail, Link, Passage, Row, Section, Tally
from kg.portrait.words import read_words
from kg.wrapping import measure_text, wrap_text

FILLED, EMPTY = "■", "□"
# More boxes than these are not counted by eye.
MOST_BOXES = 50
# An outline is not indented more than this, so that its texts have room.
DEEPEST = 6
# Between the parts of a line, such as voice and passages.
DOT = " · "
# The columns of a description in Python, and the lines of its repr.
WIDTH = 80
MOST_LINES = 40


@dataclass(frozen=True, repr=False)
class Description:
    """All that is known about a thing: the sections of its portrait, and every statement.

    A thing that is not a place, document, theme, framework or count has no sections. `details`
    introduce the thing, `statements` are all its statements by property, and `references` those of
    other things about it. All texts are in one language.
    """

    iri: str
    name: str
    label: str
    kind: str
    language: str
    details: tuple[Detail, ...]
    sections: tuple[Section, ...]
    statements: tuple[Detail, ...]
    references: tuple[Detail, ...]
    passages: tuple[Passage, ...]

    def __str__(self) -> str:
        return self.to_text(WIDTH)

    def __repr__(self) -> str:
        lines = self.to_text(WIDTH).splitlines()
        if len(lines) > MOST_LINES:
            note = read_words(self.language)["more-lines"].format(len(lines) - MOST_LINES)
            lines[MOST_LINES:] = [note]
        return "\n".join(lines)

    def to_text(self, width: int | None = None, *, everything: bool = False) -> str:
        """Return the description as `kg show` prints it, wrapped to a width, if one is given.

        Every statement and reference is listed if `everything` is true, or if the thing has no
        sections.
        """
        return "".join(f"{line}\n" for line in _Writer(self, width).write(everything))

    def to_json(self) -> str:
        """Return all of the description as JSON; the names are those of the fields."""
        # Imported here: a text needs no JSON.
        import json

        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


class _Writer:
    """Writes the lines of one description."""

    def __init__(self, description: Description, width: int | None) -> None:
        self._shown = description
        self._words = read_words(description.language)
        self._width = width
        rows = [row for section in description.sections for row in section.rows]
        passages = [*description.passages, *(p for row in rows for p in row.passages)]
        self._sources = sorted({passage.source for passage in passages})

    def write(self, everything: bool) -> Iterator[str]:
        """Yield all lines."""
        shown = self._shown
        yield from self._wrap(f"{shown.label} — {shown.name}")
        yield f"<{clean_text(shown.iri)}>"
        if shown.details or shown.sections:
            yield ""
            yield from self._wrap(shown.kind, 2)
            yield from self._write_details(shown.details)
        for section in shown.sections:
            yield from ["", *self._wrap(section.heading)]
            yield from self._write_section(section)
        if everything or not shown.sections:
            yield ""
            if shown.sections:
                yield from self._wrap(self._words["statements"])
            yield from self._write_details(shown.statements, with_names=True)
            if shown.references:
                yield from ["", *self._wrap(self._words["references"])]
                yield from self._write_references(shown.references)
        if shown.passages:
            yield from ["", *self._wrap(self._words["evidence"])]
            yield from self._write_evidence(shown.passages)
        if len(self._sources) == 1 and shown.sections:
            yield ""
            yield from self._wrap(self._words["positions"].format(self._sources[0]), hanging=0)

    def _wrap(self, text: str, indent: int = 0, hanging: int = 2) -> list[str]:
        line, space = clean_text(text), " " * indent
        if not line:
            return []
        if self._width is None:
            return [space + line]
        wrapped = wrap_text(line, max(self._width - indent, 1), " " * hanging)
        return [space + part for part in wrapped]

    def _write_details(
        self, details: Iterable[Detail], *, with_names: bool = False
    ) -> Iterator[str]:
        for detail in details:
            yield from self._wrap(self._name_detail(detail, with_names=with_names), 2)

    def _name_detail(self, detail: Detail, *, with_names: bool = False) -> str:
        values = self._words.join([_name_link(link, with_names) for link in detail.values])
        return f"{detail.heading}{self._words['colon']}{values}" if detail.heading else values

    def _write_references(self, references: Iterable[Detail]) -> Iterator[str]:
        for detail in references:
            yield from self._wrap(detail.heading, 2)
            for link in detail.values:
                yield from self._wrap(_name_link(link, True), 4)

    def _write_evidence(self, passages: Sequence[Passage]) -> Iterator[str]:
        colon = self._words["colon"]
        for one in passages:
            quote = one.text or self._words["no-text"]
            yield from self._wrap(f"{one.source} {_write_span(one)}{colon}{quote}", 2)

    def _write_section(self, section: Section) -> Iterator[str]:
        yield from self._wrap(section.note, 2)
        kinds = {row.kind for row in section.rows}
        group = ""
        for row in section.rows:
            if row.group and row.group != group:
                yield from self._wrap(row.group, 2)
            group = row.group
            indent = 2 + 2 * min(row.level, DEEPEST) + (2 if group else 0)
            yield from self._write_row(row, indent, has_kind=len(kinds) > 1 and row.kind != group)

    def _write_row(self, row: Row, indent: int, *, has_kind: bool) -> Iterator[str]:
        if not row.thing.iri and not row.passages:
            values = self._words.join([link.name for one in row.details for link in one.values])
            yield from self._wrap(f"{row.thing.name}{self._words['colon']}{values}", indent)
            return
        yield from self._wrap(" ".join(filter(None, [row.number, row.thing.name])), indent, 4)
        yield from self._wrap(row.description, indent + 2, 0)
        yield from self._draw_tallies(row, indent + 2)
        parts = [
            row.kind if has_kind else "",
            row.deadline,
            *map(self._name_detail, row.details),
            self._words["voice"].format(row.voice) if row.voice else "",
            self._write_spans(row.passages),
            row.thing.prefixed,
        ]
        yield from self._wrap_parts([clean_text(part) for part in parts if part], indent + 2)

    def _wrap_parts(self, parts: Sequence[str], indent: int) -> Iterator[str]:
        """Yield lines that end between parts, and within a part only if it needs more than one."""
        line = ""
        for part in parts:
            longer = f"{line}{DOT}{part}" if line else part
            if line and self._width is not None and measure_text(longer) > self._width - indent:
                yield from self._wrap(line, indent)
                line = part
            else:
                line = longer
        yield from self._wrap(line, indent)

    def _draw_tallies(self, row: Row, indent: int) -> Iterator[str]:
        if row.code:
            names = DOT.join(tally.thing.name for tally in row.tallies)
            yield from self._wrap(f"{row.code} = {names}", indent)
        for tally in row.tallies:
            yield from self._wrap(self._draw_tally(tally, is_part=bool(row.code)), indent)

    def _draw_tally(self, tally: Tally, *, is_part: bool) -> str:
        boxes = ""
        if tally.declared <= MOST_BOXES:
            named = min(len(tally.members), tally.declared)
            boxes = FILLED * named + EMPTY * tally.unnamed + "+" * tally.is_least
        members = self._words.join([link.name for link in tally.members])
        number = f"{tally.comparator} {tally.declared}".strip()
        note = ""
        if tally.unnamed and tally.members:
            note = self._words["some-named"].format(number, tally.rest)
        elif tally.unnamed:
            note = self._words["none-named"].format(number)
        listed = self._words.join([members, note])
        token = tally.token if is_part else number
        return " ".join(filter(None, [token, boxes, listed]))

    def _write_spans(self, passages: Sequence[Passage]) -> str:
        several = len(self._sources) > 1
        spans = [
            f"{one.source} {_write_span(one)}" if several else _write_span(one) for one in passages
        ]
        return ", ".join(spans)


def _write_span(passage: Passage) -> str:
    return f"{passage.start}–{passage.end}"


def _name_link(link: Link, with_names: bool) -> str:
    """Return the name of a thing, with its prefixed name if asked for and different."""
    if with_names and link.prefixed and link.prefixed != link.name:
        return f"{link.name} ({link.prefixed})"
    return link.name
