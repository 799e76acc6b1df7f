"""Links and texts as HTML. Pages have so many that macros of templates would take too long."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import require
from kg.portrait.model import Link
from kg.publish.edition import Edition
from kg.publish.routes import Here

if TYPE_CHECKING:
    from markupsafe import Markup

CHINESE = re.compile("[\u3400-\u9fff]")
LATIN = re.compile("[A-Za-z]{2}")
REMEMBERED = 1 << 14  # texts

Tagger = Callable[[str, str], "Markup"]


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
class LinkWriter:
    """Writes the links of one page."""

    edition: Edition
    here: Here
    tag: Tagger

    def link(self, one: Link, has_name: bool = False) -> "Markup":
        """Return a link, or its text if it leads nowhere; terms of others may have their names."""
        shown = self.tag(one.name, self.edition.language)
        markup = type(shown)
        if one.iri and (target := self.here.follow(one.iri)):
            shown = markup(f'<a href="{markup.escape(target)}">{shown}</a>')
        is_foreign = not one.iri.startswith(self.edition.routes.base)
        if has_name and one.iri and one.prefixed not in ("", one.name, one.iri) and is_foreign:
            shown += markup(f" <code>{markup.escape(one.prefixed)}</code>")
        return shown

    def links(self, many: Iterable[Link], has_names: bool = False) -> "Markup":
        """Return several links as a list in a line."""
        separator = self.tag("", "en").escape(self.edition.reading.words["separator"])
        return separator.join(self.link(one, has_names) for one in many)
