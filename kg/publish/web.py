"""What a site at an address of its own has: links across languages, robots.txt, schema.org."""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from kg.errors import KgError
from kg.publish.edition import Edition
from kg.publish.page import Page
from kg.publish.words import LANGUAGES

ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?")
MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# The type in schema.org of the things of a class; of all others it is Thing.
TYPES = {
    "cdp:City": "City",
    "cdp:Place": "Place",
    "cdp:PolicyDocument": "CreativeWork",
    "cdp:SourceText": "CreativeWork",
    "cdp:SourceArticle": "Article",
    "cdp:IssuingBody": "GovernmentOrganization",
    "skos:ConceptScheme": "DefinedTermSet",
    "skos:Concept": "DefinedTerm",
    "owl:Class": "DefinedTerm",
}


@dataclass(frozen=True)
class Alternate:
    """The same page in a language."""

    language: str
    address: str


def check_address(text: str) -> str:
    """Return the address of a site, ending in a slash.

    Raises:
        KgError: it is not an http address of a folder.

    >>> check_address("https://example.org/cities")
    'https://example.org/cities/'
    """
    if not ADDRESS.fullmatch(text):
        raise KgError(
            f"--base-url {text}: not the address of a site. Use http:// or https://, a host and a "
            "folder, without ? and #.",
            exit_code=2,
        )
    return text if text.endswith("/") else f"{text}/"


def check_report(text: str) -> str:
    """Return the link to which readers report errors, given a web or mail address, or its link.

    Raises:
        KgError: it is neither.

    >>> check_report("editors@example.org")
    'mailto:editors@example.org'
    """
    if MAIL.fullmatch(address := text.removeprefix("mailto:")):
        return f"mailto:{address}"
    if re.fullmatch(r"https?://[!-~]+", text) and not re.search(r'["<>\\^`{|}]', text):
        return text
    raise KgError(
        f"--report-to {text}: neither a web address nor a mail address. Use one that begins with "
        "https:// or http://, or has an @.",
        exit_code=2,
    )


def list_alternates(base: str, path: str) -> list[Alternate]:
    """Return the addresses of a page in each language, and the default."""
    found = [Alternate(one, f"{base}{quote(f'{one}/{path}.html')}") for one in LANGUAGES]
    default = base if path == "index" else found[0].address
    return [*found, Alternate("x-default", default)]


def describe_page(edition: Edition, page: Page, address: str) -> str:
    """Return what schema.org says about a page, as JSON-LD that is safe inside HTML."""
    data: dict[str, object] = {
        "@context": edition.reading.names.expand("schema:").rstrip("/"),
        "@type": "WebPage",
        "name": page.title,
        "url": address,
        "inLanguage": edition.language,
    }
    if page.iri:
        kinds = (kind for name, kind in TYPES.items() if edition.reading.is_a(page.iri, name))
        data |= {"@type": next(kinds, "Thing"), "@id": page.iri}
        del data["inLanguage"]
        same = edition.reading.list_iris(page.iri, "owl:sameAs")
        data |= {"sameAs": same} if same else {}
    if page.summary:
        data["description"] = page.summary
    data |= page.schema
    return json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def write_robots(base: str) -> bytes:
    """Return robots.txt (RFC 9309), which allows everything and names the sitemap."""
    return f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n".encode()
