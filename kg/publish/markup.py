"""The most frequent parts of pages as HTML: links, texts, and the lists and cells made of these.

Macros of templates would take twice as long.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import require
from kg.portrait.model import Detail, Link, Passage
from kg.publish.answers import Column
from kg.publish.edition import Edition
from kg.publish.routes import Here

if TYPE_CHECKING:
    from markupsafe import Markup

CHINESE = re.compile("[\u3400-\u9fff]")
LATIN = re.compile("[A-Za-z]{2}")
REMEMBERED = 1 << 14  # texts

Tagger = Callable[[str, str], "Markup"]
Escape = Callable[[str], "Markup"]


def make_escape() -> Escape:
    """Return a function that escapes a text, and remembers it.

    Raises:
        KgError: MarkupSafe is not installed.
    """
    markupsafe: Any = require("markupsafe", "web")
    escape: Escape = lru_cache(REMEMBERED)(markupsafe.escape)
    return escape


def make_tagger() -> Tagger:
    """Return a filter that marks a text in another language than the page, for screen readers.

    Raises:
        KgError: MarkupSafe is not installed.
    """
    markupsafe: Any = require("markupsafe", "web")
    form: Markup = markupsafe.Markup('<span lang="{}">{}</span>')

    @lru_cache(REMEMBERED)
    def tag(text: str, language: str) -> "Markup":
        is_chinese = CHINESE.search(text) is not None
        if language == "en" and is_chinese:
            return form.format("zh", text)
        if language != "en" and not is_chinese and LATIN.search(text):
            return form.format("en", text)
        return form.escape(text)

    return tag


@dataclass(frozen=True)
class MarkupWriter:
    """Writes the links of one page, and the details, passages, voices and cells with links."""

    edition: Edition
    here: Here
    tag: Tagger
    escape: Escape

    def link(self, one: Link, has_name: bool = False) -> "Markup":
        """Return a link, or its text if it leads nowhere; terms of others may have their names."""
        return self._markup(self._write(one, has_name))

    def links(self, many: Iterable[Link], has_names: bool = False) -> "Markup":
        """Return several links as a list in a line."""
        return self._markup(self._join(many, has_names))

    def details(self, many: Sequence[Detail], has_names: bool = False) -> "Markup":
        """Return details as a list of terms; before it, those without a heading as paragraphs."""
        language = self.edition.language
        plain = [f"<p>{self._join(one.values, has_names)}</p>\n" for one in many if not one.heading]
        named = [
            f"<div><dt>{self.tag(one.heading, language)}</dt>"
            f"<dd>{self._join(one.values, has_names)}</dd></div>\n"
            for one in many
            if one.heading
        ]
        if named:
            named = ['<dl class="details">\n', *named, "</dl>\n"]
        return self._markup("".join(plain + named))

    def places(self, passages: Iterable[Passage]) -> "Markup":
        """Return where passages are, as links to their evidence."""
        return self._markup("".join(map(self._write_place, passages)))

    def chips(self, text: str, form: str) -> "Markup":
        """Return the voices that a line of labels names, each put into a phrase."""
        names = filter(None, text.split(self.edition.reading.words["separator"]))
        return self._markup("".join(self._write_chip(name, form) for name in names))

    def cells(self, columns: Iterable[Column], row: Iterable[Link]) -> "Markup":
        """Return a row of an answer as the cells of a table."""
        return self._markup("".join(map(self._write_cell, columns, row)))

    @cached_property
    def _markup(self) -> "type[Markup]":
        return type(self.escape(""))

    @cached_property
    def _separator(self) -> str:
        return str(self.escape(self.edition.reading.words["separator"]))

    def _join(self, many: Iterable[Link], has_names: bool) -> str:
        return self._separator.join([self._write(one, has_names) for one in many])

    def _write(self, one: Link, has_name: bool = False) -> str:
        shown = str(self.tag(one.name, self.edition.language))
        if one.iri and (target := self.here.follow(one.iri)):
            shown = f'<a href="{self.escape(target)}">{shown}</a>'
        is_foreign = not one.iri.startswith(self.edition.routes.base)
        if has_name and one.iri and one.prefixed not in ("", one.name, one.iri) and is_foreign:
            shown += f" <code>{self.escape(one.prefixed)}</code>"
        return shown

    def _write_place(self, passage: Passage) -> str:
        shown = self.escape(self.edition.name_passage(passage))
        iri = self.edition.evidence.get(passage)
        if iri and (target := self.here.follow(iri)):
            return f'<a class="place" href="{self.escape(target)}">{shown}</a>'
        return f'<span class="place">{shown}</span>'

    def _write_chip(self, name: str, form: str = "") -> str:
        voice = self.edition.voices.get(name)
        if not voice:
            return f'<span class="chip voice">{self.tag(name, self.edition.language)}</span>'
        escape = self.escape
        title = f' title="{escape(voice.definition)}"' if form else ""
        return (
            f'<a class="chip voice {escape(voice.slug)}" '
            f'href="{escape(self.here.follow(voice.link.iri))}"{title}>'
            f"{escape(form.format(name) if form else name)}</a>"
        )

    def _write_cell(self, column: Column, cell: Link) -> str:
        number = ' class="number"' if column.is_number else ""
        label = f'{number} data-label="{self.escape(column.meaning)}"' if cell.name else ""
        is_voice = cell.name in self.edition.voices
        return f"<td{label}>{self._write_chip(cell.name) if is_voice else self._write(cell)}</td>"
