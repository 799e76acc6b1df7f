"""Turn pages into HTML with the templates beside this module."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import require
from kg.publish.edition import Edition
from kg.publish.markup import MarkupWriter, make_escape, make_tagger
from kg.publish.page import Page
from kg.publish.routes import Here
from kg.publish.statements import FORMATS
from kg.publish.web import describe_page, list_alternates
from kg.publish.words import LANGUAGES, read_site_words

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).with_name("templates")
# Pages load the style sheet and the pictures of the site, and nothing else.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
# The pages to which every page has links.
MENU = ("index", "themes", "compare", "time", "questions", "networks", "things", "data", "about")
FOOTER = ("technologies", "groups", "codes", "alignments")
MOST_BOXES = 60  # of a number that a source declares
MOST_ROWS = 60  # of a table before it is folded
MOST_DRAWN = 6  # classes of the diagram of the ontology before the others are folded
MOST_OPEN = 12  # nodes of the first kind in the list of a network


class Renderer:
    """Renders pages; `base` is the address of the site or "", `report` the link for errors."""

    def __init__(self, base: str = "", report: str = "") -> None:
        self.base = base
        self.report = report
        self._environment = make_environment()
        self._escape = make_escape()

    def render(self, edition: Edition, page: Page) -> bytes:
        """Return the HTML of a page in the language of an edition."""
        file = f"{edition.language}/{page.path}.html"
        here = Here(edition.routes, edition.language, file)
        writer = MarkupWriter(edition, here, self._environment.filters["tagged"], self._escape)
        html = self._environment.get_template(page.template).render(
            page=page,
            edition=edition,
            words=edition.words,
            portrait=edition.reading.words,
            language=edition.language,
            languages=LANGUAGES,
            here=here,
            addresses={path: here.go(path) for path in (*MENU, *FOOTER)},
            link=writer.link,
            links=writer.links,
            base=self.base,
            report=self.report,
            alternates=list_alternates(self.base, page.path) if self.base else [],
            address=f"{self.base}{file}",
            described=describe_page(edition, page, f"{self.base}{file}") if self.base else "",
            details=writer.details,
            places=writer.places,
            chips=writer.chips,
            cells=writer.cells,
            **page.values,
        )
        return (html.rstrip() + "\n").encode("utf-8")

    def render_root(self, edition: Edition, template: str) -> bytes:
        """Return the HTML of a page at the root of the site, in all languages."""
        here = Here(edition.routes, edition.language, template)
        root = self.base if template == "404.html" else ""
        html = self._environment.get_template(template).render(
            edition=edition, here=here, languages=LANGUAGES, root=root, base=self.base
        )
        return (html.rstrip() + "\n").encode("utf-8")

    def render_sitemap(self, paths: Iterable[str]) -> bytes:
        """Return the sitemap (https://www.sitemaps.org/protocol.html), without times of change."""
        pages = [list_alternates(self.base, path) for path in paths]
        return self._environment.get_template("sitemap.xml").render(pages=pages).encode("utf-8")

    def render_file(self, template: str, **values: object) -> bytes:
        """Return a file that is not for people, such as settings of a server."""
        return self._environment.get_template(template).render(values).encode("utf-8")


@cache  # to compile the templates takes as long as many pages
def make_environment() -> "jinja2.Environment":
    """Return the environment of the templates: every value is escaped, and none may be missing.

    Raises:
        KgError: Jinja2 is not installed.
    """
    jinja = require("jinja2", "web")
    environment: jinja2.Environment = jinja.Environment(
        loader=jinja.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
    environment.filters["tagged"] = make_tagger()
    environment.filters["size"] = show_size
    environment.globals["most_boxes"] = MOST_BOXES
    environment.globals["formats"] = FORMATS
    environment.globals["policy"] = POLICY
    environment.globals["menu"] = MENU[1:]
    environment.globals["footer"] = FOOTER
    environment.globals["most_rows"] = MOST_ROWS
    environment.globals["most_drawn"] = MOST_DRAWN
    environment.globals["most_open"] = MOST_OPEN
    environment.globals["read_words"] = read_site_words
    return environment


def show_size(size: int) -> str:
    """Return a number of bytes in kB or MB.

    >>> show_size(173_000), show_size(2_400_000)
    ('173 kB', '2.4 MB')
    """
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)} kB"
