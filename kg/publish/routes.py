"""Where each IRI has its page: the path of the page, and the fragment on it."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from urllib.parse import quote

from kg.names import LANGUAGES, LOCAL
from kg.portrait.reading import Reading

# First parts of paths that are not those of IRIs.
RESERVED = frozenset(
    {*LANGUAGES, "404", "about", "codes", "compare", "data", "dumps", "index", "network"}
    | {"networks", "q", "questions", "robots", "sitemap", "style", "themes", "technologies", "void"}
    | {"context", "groups", "manifest", "time", "places", "documents", "alignments"}
)


@dataclass(frozen=True)
class Address:
    """A page, by its path without language and suffix (`id/place/wuhan`), and a fragment or ""."""

    page: str
    fragment: str = ""


@dataclass(frozen=True)
class Routes:
    """The address of each thing below `base`, by IRI."""

    base: str
    addresses: Mapping[str, Address]

    def find(self, iri: str) -> Address | None:
        """Return the address of a thing, or None if it has no page."""
        return self.addresses.get(iri)

    def make_anchor(self, iri: str) -> str:
        """Return a fragment for what a page says about a thing of another page."""
        address = self.addresses.get(iri)
        if address is None:
            return _make_digest(iri)
        name = address.page.replace("/", "-")
        return f"{name}-{address.fragment}" if address.fragment else name

    def list_pages(self) -> dict[str, list[str]]:
        """Return the IRIs of each page, sorted; a page itself comes before its fragments."""
        pages: dict[str, list[str]] = {}
        for iri, address in sorted(self.addresses.items(), key=lambda pair: pair[0]):
            pages.setdefault(address.page, []).append(iri)
        return pages


def make_routes(reading: Reading) -> Routes:
    """Return the routes of everything that a reading has below the namespace of the project.

    A thing with an IRI of its own has a page. What is part of a source text (evidence, segments
    and their selectors) is a fragment of the page of the source.
    """
    base = reading.names.expand("cdp:").rpartition("/")[0] + "/"
    addresses = {}
    for iri in reading.statements:
        if iri.startswith(base) and iri != base:
            addresses[iri] = _find_address(reading, base, iri)
    return Routes(base, addresses)


def _find_address(reading: Reading, base: str, iri: str) -> Address:
    holders = [iri, *reading.list_subjects(iri, "oa:hasSelector")]
    sources = [source for one in holders for source in reading.list_iris(one, "oa:hasSource")]
    if sources and sources[0].startswith(base):
        fragment = iri.removeprefix(base).removeprefix("id/").replace("/", "-")
        return Address(_make_path(base, sources[0]), _make_fragment(fragment))
    page, _, fragment = iri.partition("#")
    return Address(_make_path(base, page), _make_fragment(fragment))


def _make_fragment(name: str) -> str:
    return name if not name or LOCAL.fullmatch(name) else _make_digest(name)


def _make_path(base: str, iri: str) -> str:
    """Return a path that is safe as the name of a file and in an address, whatever the IRI is."""
    path = iri.partition("#")[0].removeprefix(base)
    parts = path.split("/")
    is_safe = all(LOCAL.fullmatch(part) and len(part) < 200 for part in parts)
    return path if is_safe and parts[0] not in RESERVED else f"x/{_make_digest(iri)}"


def _make_digest(text: str) -> str:
    return f"x{sha256(text.encode()).hexdigest()[:16]}"


@lru_cache(1 << 16)
def _relate(file: str, folder: str) -> str:
    above, _, name = file.rpartition("/")
    return f"{_relate_folders(above, folder)}{quote(name)}"


@lru_cache(1 << 10)
def _relate_folders(target: str, folder: str) -> str:
    # As posixpath.relpath, which takes longer: it asks for the working directory.
    parts, above = (one.split("/") if one else [] for one in (target, folder))
    shared = len(posixpath.commonprefix([parts, above]))
    return "".join(f"{quote(part)}/" for part in [".."] * (len(above) - shared) + parts[shared:])


@dataclass(frozen=True)
class Here:
    """The links of one page to other files of the site: all relative."""

    routes: Routes
    language: str
    file: str  # the file of the page, from the root of the site

    @cached_property
    def _folder(self) -> str:
        return posixpath.dirname(self.file)

    def go(self, path: str, fragment: str = "") -> str:
        """Return the address of a page in the same language, from its path without suffix."""
        return self.get(f"{self.language}/{path}.html", fragment)

    def get(self, file: str, fragment: str = "") -> str:
        """Return the address of a file of the site."""
        relative = _relate(file, self._folder)
        if file == self.file and fragment:
            relative = ""
        return f"{relative}#{fragment}" if fragment else relative

    def follow(self, iri: str) -> str:
        """Return the address of a thing's page; of others their IRI, if it is on the web, or ""."""
        if address := self.routes.find(iri):
            return self.go(address.page, address.fragment)
        return iri if iri.startswith(("https://", "http://")) else ""
