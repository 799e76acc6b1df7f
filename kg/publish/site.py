"""`kg publish`: write the site of a graph to a folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from kg.display import Progress
from kg.dumps.frames import FOLDER, build_frames
from kg.dumps.jsonld import encode_document
from kg.errors import KgError
from kg.files import MANIFEST, write_folder
from kg.graph import LocalGraph, load_graph
from kg.home import Home
from kg.networks import NodeData
from kg.publish.answers import make_question_pages
from kg.publish.dataset import DATA, SUMS, VOID, Dumps, make_dataset_pages, write_dumps, write_sums
from kg.publish.edition import Edition, quote_everything, read_edition
from kg.publish.hosts import write_hosts
from kg.publish.overview import make_overview_pages
from kg.publish.page import Page
from kg.publish.pictures import make_network_pages
from kg.publish.render import Renderer
from kg.publish.statements import group_statements, write_files, write_page_files
from kg.publish.things import make_index_page, make_thing_pages
from kg.publish.vocabulary import make_vocabulary_pages
from kg.publish.web import check_address, check_report, write_robots
from kg.publish.words import LANGUAGES
from kg.store.collector import pause_collector, spare_objects

ASSETS = tuple(Path(__file__).with_name(name) for name in ("icon.svg", "style.css"))
CONTEXT = "context.jsonld"

Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Published:
    """What was written: the numbers of pages, over all languages, and of files."""

    pages: int
    files: int


def publish_site(
    home: Home,
    folder: Path,
    *,
    base_url: str = "",
    report_to: str = "",
    passages: bool = False,
    force: bool = False,
    progress: Progress = lambda what, share: None,
) -> Published:
    """Write a page for everything in a home, in each language of `LANGUAGES`, to a folder.

    With the address of the site, `base_url`, pages have canonical links, links to other languages
    and previews, and there are a sitemap and a robots.txt. All other links are relative. With
    `passages`, the text of each passage is beside its position, of the sources that the user has
    added. The same data give the same bytes; files that are unchanged are not written.

    Raises:
        KgError: an argument is not valid, or a file in the folder was not written by kg (exit code
            2); Jinja2 is not installed, the folder cannot be written, or a file is not Turtle (1).
    """
    base = check_address(base_url) if base_url else ""
    renderer = Renderer(base, check_report(report_to) if report_to else "")
    with ExitStack() as stack:
        with pause_collector():
            graph, editions = _read_editions(home, passages, progress)
            stack.enter_context(spare_objects())  # before the collector could search all of them
        open_file = stack.enter_context(write_folder(folder, export="site", force=force))
        pages, names = 0, set[str]()
        for name, content in _write_site(graph, editions, renderer, progress):
            if name in names or name == MANIFEST:
                raise KgError(f"{name}: two things would have this file. Change one of their IRIs.")
            names.add(name)
            pages += name.endswith(".html")
            with open_file(name) as stream:
                stream.write(content)
    progress("written", 1)
    return Published(pages, len(names) + 1)


def _read_editions(
    home: Home, passages: bool, progress: Progress
) -> tuple[LocalGraph, list[Edition]]:
    progress("reading", 0)
    graph = load_graph(home)
    editions = []
    for number, language in enumerate(LANGUAGES):
        editions.append(read_edition(graph, language))
        progress("reading", 0.2 * (number + 1) / len(LANGUAGES))
    if passages:
        quotes = quote_everything(editions[0])
        editions = [replace(edition, quotes=quotes) for edition in editions]
    return graph, editions


def _write_site(
    graph: LocalGraph, editions: list[Edition], renderer: Renderer, progress: Progress
) -> Files:
    dumps = write_dumps(graph, renderer.base)
    yield from ((dump.path, dump.content) for dump in dumps.files)
    yield SUMS, write_sums(dumps.files)
    progress("dumps", 0.3)
    yield from _write_data(graph, editions[0], renderer.base, dumps)
    node_data = NodeData(graph)
    paths: list[str] = []
    for number, edition in enumerate(editions):
        pages = chain(
            make_overview_pages(edition),
            make_question_pages(edition),
            make_network_pages(edition, node_data),
            make_vocabulary_pages(edition),
            make_dataset_pages(edition, graph, dumps),
            [make_index_page(edition)],
            make_thing_pages(edition),
        )
        total = len(edition.routes.list_pages()) + 100
        start, length = 0.4 + 0.6 * number / len(editions), 0.6 / len(editions)
        for count, page in enumerate(pages):
            progress(page.title, start + length * min(count / total, 1))
            paths += [page.path] if not number else []
            yield from _write_page(edition, page, renderer)
    yield "index.html", renderer.render_root(editions[0], "index.html")
    yield from ((path.name, path.read_bytes()) for path in ASSETS)
    yield from write_hosts(renderer, editions[0])
    # Hosts show it for any path, so that its links need an address.
    if renderer.base:
        yield "404.html", renderer.render_root(editions[0], "404.html")
        yield "sitemap.xml", renderer.render_sitemap(paths)
        yield "robots.txt", write_robots(renderer.base)


def _write_page(edition: Edition, page: Page, renderer: Renderer) -> Files:
    yield f"{edition.language}/{page.path}.html", renderer.render(edition, page)
    for name, content in page.files.items():
        yield f"{edition.language}/{name}", content


def _write_data(graph: LocalGraph, edition: Edition, base: str, dumps: Dumps) -> Files:
    """Yield the statements beside each page, once for all languages; their context and frames.

    Those beside the page of the data are the catalogue.
    """
    context = dumps.context
    yield CONTEXT, encode_document({"@context": context.build()})
    frames = build_frames(graph, context, f"{base or '../'}{CONTEXT}")
    for name, frame in frames.items():
        yield f"{FOLDER}/{name}.json", encode_document(frame)
    address = f"{base}{CONTEXT}" if base else "{root}" + CONTEXT
    subjects = group_statements(dumps.statements, context.names)
    yield from write_files(subjects, edition.routes, context, address)
    catalog = dict(write_page_files(DATA, dumps.catalog, context, address))
    yield from catalog.items()
    yield from ((name, catalog[f"{DATA}.ttl"]) for name in VOID)
