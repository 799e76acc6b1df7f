"""Files for hosts: how Apache, nginx and w3id.org answer for each IRI, and a headers file.

`list_rules` says which page an IRI has, `list_choices` in which format and language; both as steps
that are the same for all servers. The rest of the files is in `templates/hosts/`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote, urlsplit

from kg.publish.dataset import DATA
from kg.publish.edition import Edition
from kg.publish.render import Renderer
from kg.publish.routes import Address, Routes
from kg.publish.statements import FORMATS
from kg.publish.words import LANGUAGES

HTML = "text/html"
# The media types of files that are not statements.
OTHERS = {
    ".html": HTML,
    ".css": "text/css",
    ".csv": "text/csv",
    ".gexf": "application/gexf+xml",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}
MOST_REDIRECTS = 2000  # that Cloudflare reads
NAME = "[A-Za-z0-9_.-]+"
# What an Accept header may call each format.
ACCEPTED = {
    ".html": r"text/html|application/xhtml\+xml",
    ".ttl": r"text/turtle",
    ".jsonld": r"application/(?:ld\+json|json|\*)",
    ".nt": r"application/n-triples",
}
# Formats of RDF that the site does not have: who names them is no browser.
FOREIGN = r"application/(?:rdf\+xml|owl\+xml|trig|n-quads)|text/n3"
# What follows a type: parameters, then no q or q=1; any q but 0; or q=0.
START = r"(?:^|,)\s*"
PARAMETERS = r"\s*(?:;(?!\s*q=)[^,;]*)*"
WITH_FULL_Q = PARAMETERS + r"(?:;\s*q=1(?:\.0*)?\s*(?:;[^,]*)?)?(?:,|$)"
WITH_SOME_Q = PARAMETERS + r"(?:;\s*q=[0.]*[1-9][^,]*)?(?:,|$)"
WITH_NO_Q = PARAMETERS + r";\s*q=[0.]*\s*(?:[,;]|$)"


@dataclass(frozen=True)
class Step:
    """Set variables if a variable matches a pattern, or if it does not; later steps override.

    A variable is `path`, `accept`, `accept_language` or one that a step has set. Values may have
    groups of the pattern, `$1`, and variables, `{name}`.
    """

    variable: str
    pattern: str
    values: Mapping[str, str]
    is_negative: bool = False


def list_rules(
    routes: Routes, versions: Mapping[str, str], described: Iterable[str] = ()
) -> list[Step]:
    """Return the steps that give the page and fragment of a path.

    Patterns come first, then one step for each path that they do not get right. `versions` has the
    version IRIs, each with the IRI of which it is a version, `described` the namespaces of what the
    catalogue describes, beside the page of the data. Paths have no percent-encoding; they are those
    of documents, since no request has the fragment of an IRI.
    """
    paths = dict(sorted(_list_paths(routes, versions).items()))
    tree = _make_tree(routes)
    rules = [_make_rule(f"({tree})", "$1")]
    for namespace in described:
        path = _escape(namespace.removeprefix(routes.base).rstrip("#"))
        rules.append(_make_rule(f"{path}.+" if path.endswith("/") else path, DATA))
    pages = {address.page for address in paths.values()}
    endings = {path.removeprefix(address.page) for path, address in paths.items()
               if path.startswith(f"{address.page}/") and path not in pages}  # fmt: skip
    rules += [_make_rule(f"({tree}){_escape(one)}", "$1") for one in sorted(endings)]
    rules += _list_parts(paths)
    exceptions = [
        _make_rule(_escape(path), address.page, address.fragment)
        for path, address in paths.items()
        if find_page(rules, path) != address and _is_reachable(path)
    ]
    return rules + exceptions


def _list_paths(routes: Routes, versions: Mapping[str, str]) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for iri, address in sorted(routes.addresses.items()):
        document, _, fragment = iri.partition("#")
        # A browser adds the fragment of an IRI to the address to which it is sent.
        given = Address(address.page) if fragment else address
        found.setdefault(unquote(document.removeprefix(routes.base)), given)
    for version, iri in versions.items():
        target = routes.find(iri)
        if target and version.startswith(routes.base):
            found.setdefault(unquote(version.removeprefix(routes.base)), target)
    return found


def _make_tree(routes: Routes) -> str:
    """Return a pattern for pages with statements: folders at the root, with anything below."""
    tops = sorted({DATA} | {one.page.partition("/")[0] for one in routes.addresses.values()})
    return f"(?:{'|'.join(map(_escape, tops))})(?:/{NAME})*"


def _list_parts(paths: Mapping[str, Address]) -> Iterator[Step]:
    """Yield a pattern for the parts of sources, whose names are source, start, end and role."""
    folders: dict[tuple[str, str], set[str]] = {}
    for path, address in paths.items():
        folder, _, name = path.rpartition("/")
        root, _, kind = folder.rpartition("/")
        if address.fragment == f"{kind}-{name}":
            folders.setdefault((root, address.page.rpartition("/")[0]), set()).add(kind)
    for (root, folder), kinds in sorted(folders.items()):
        kind = f"({'|'.join(map(_escape, sorted(kinds)))})"
        name = f"(({NAME})-[0-9]+-[0-9]+(?:-[A-Za-z]+)?)"
        below, above = (f"{one}/" if one else "" for one in (root, folder))
        yield _make_rule(f"{_escape(below)}{kind}/{name}", f"{above}$3", "$1-$2")


def _make_rule(pattern: str, page: str, fragment: str = "") -> Step:
    values = {"page": page, "fragment": f"#{fragment}" if fragment else ""}
    return Step("path", f"^{pattern}$", values)


def _escape(path: str) -> str:
    """Return a pattern for a path, in ASCII without signs that a file of settings could read."""
    return "".join(
        chr(byte) if re.match(b"[A-Za-z0-9/_-]", bytes([byte])) else f"\\x{byte:02x}"
        for byte in path.encode()
    )


def _is_reachable(path: str) -> bool:
    """Return whether a request can have a path: servers resolve dots and empty parts first."""
    return "?" not in path and not {"", ".", ".."} & set(path.split("/"))


def find_page(rules: Iterable[Step], path: str) -> Address | None:
    """Return the address that rules give to a path, or None.

    >>> rule = Step("path", "^id/(.+)$", {"page": "$1", "fragment": ""})
    >>> find_page([rule], "id/wuhan")
    Address(page='wuhan', fragment='')
    """
    found = None
    for rule in rules:
        if matched := _compile(rule.pattern).search(path.encode()):
            page, fragment = (_fill(rule.values[name], matched) for name in ("page", "fragment"))
            found = Address(page, fragment.removeprefix("#"))
    return found


@cache
def _compile(pattern: str) -> "re.Pattern[bytes]":
    return re.compile(pattern.encode())


def _fill(text: str, matched: "re.Match[bytes]") -> str:
    return re.sub(r"\$(\d)", lambda number: matched[int(number[1])].decode(), text)


def list_choices() -> list[Step]:
    """Return the steps that choose `type`, a suffix without dot or "", and `language`."""
    named = "|".join(ACCEPTED.values())
    empty = {"language": LANGUAGES[0], "type": "", "found": "", "default": ""}
    steps = [Step("accept", "", empty)]
    # The meaning of */* is the first format that Accept does not exclude.
    for suffix, pattern in reversed(ACCEPTED.items()):
        excluded = f"{START}(?:{pattern}){WITH_NO_Q}"
        if suffix == ".html":
            excluded += f"|{START}(?:{FOREIGN})"
        steps.append(Step("accept", excluded, {"default": suffix[1:]}, is_negative=True))
    steps += [
        Step("accept", r"^\s*$", {"found": "html"}),
        Step("accept", rf"{START}(?:\*|text)/\*{WITH_SOME_Q}", {"found": "{default}"}),
        Step("accept", f"{START}({named}){WITH_SOME_Q}", {"found": "$1"}),
        Step("accept", f"{START}({named}){WITH_FULL_Q}", {"found": "$1"}),
    ]
    for suffix, pattern in ACCEPTED.items():
        steps.append(Step("found", f"^(?:{suffix[1:]}|{pattern})$", {"type": suffix[1:]}))
    tags = {tag.partition("-")[0]: tag for tag in reversed(LANGUAGES)}
    first = rf"{START}({'|'.join(tags)})(?:-[a-z0-9-]+)?{WITH_SOME_Q}"
    steps.append(Step("accept_language", first, {"language": "$1"}))
    steps += [Step("language", f"^{short}$", {"language": tag}) for short, tag in tags.items()]
    return steps


def write_hosts(renderer: Renderer, edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file for a host."""
    routes, base = edition.routes, renderer.base
    root = urlsplit(base).path or "/"
    described = [edition.reading.names.expand(name) for name in ("dataset:", "graph:")]
    rules, choices = list_rules(routes, edition.versions, described), list_choices()
    types = FORMATS | OTHERS
    values = {
        "base": base,
        "root": root,
        "root_pattern": re.escape(root),
        "namespace": routes.base,
        "tree": _make_tree(routes),
        "name": NAME,
        "languages": LANGUAGES,
        "statements": "|".join(one[1:] for one in FORMATS),
        "types": types,
        "texts": [one for one, kind in types.items() if kind.startswith("text/")],
    }
    apache = values | {
        "steps": [*map(_write_apache, rules)],
        "choices": [*map(_write_apache, choices)],
        "link": _write_link("%{KG_BASE}e", "%{KG_PAGE}e"),
    }
    nginx = values | {
        "steps": [_write_nginx(step, root) for step in rules],
        "choices": [_write_nginx(step, root) for step in choices],
        "link": _write_link(root, "$kg_page"),
    }
    yield ".htaccess", renderer.render_file("hosts/htaccess", **apache, is_site=True)
    yield "hosts/nginx.conf", renderer.render_file("hosts/nginx.conf", **nginx)
    # The host of the IRIs sends to the site, unless it has the site itself.
    if base and base != routes.base:
        yield "hosts/w3id.htaccess", renderer.render_file("hosts/htaccess", **apache, is_site=False)
    yield "_headers", renderer.render_file("hosts/headers", **values)
    redirects = list_redirects(routes, edition.versions, described, root)
    yield "_redirects", renderer.render_file("hosts/redirects", redirects=redirects)
    yield ".nojekyll", b""


def list_redirects(
    routes: Routes, versions: Mapping[str, str], described: Iterable[str], root: str
) -> list[tuple[str, str]]:
    """Return the path of each IRI and the address of its page, in the first language.

    Those of pages come before those of fragments: hosts read only so many. A path may be a pattern.
    """
    paths = {
        path: one for path, one in _list_paths(routes, versions).items() if _is_reachable(path)
    }
    ordered = sorted(paths.items(), key=lambda item: (item[1].fragment != "", item[0]))
    spaces = [iri.removeprefix(routes.base).rstrip("#") for iri in described]
    named = [(f"{one}*" if one.endswith("/") else one, Address(DATA)) for one in spaces]
    found = ordered[: MOST_REDIRECTS - len(named)] + sorted(named)
    return [
        (f"{root}{quote(path, safe='/*')}", f"{root}{LANGUAGES[0]}/{_write_address(one)}")
        for path, one in found
    ]


def _write_address(address: Address) -> str:
    page = f"{quote(address.page)}.html"
    return f"{page}#{address.fragment}" if address.fragment else page


def _write_link(base: str, page: str) -> str:
    """Return the value of a Link header (RFC 8288) with the formats and languages of a page."""
    parts = [f'<{base}{page}{one}>; rel="alternate"; type="{FORMATS[one]}"' for one in FORMATS]
    for tag in LANGUAGES:
        html = f'<{base}{tag}/{page}.html>; rel="alternate"; type="{HTML}"; hreflang="{tag}"'
        parts.append(html)
    return ", ".join(parts)


def _write_apache(step: Step) -> str:
    """Return a step for mod_rewrite."""
    group = "$" if step.variable == "path" else "%"
    flags = ",".join(
        f"E=KG_{name.upper()}:" + _refer(value, "%{{ENV:KG_{}}}").replace("$", group)
        for name, value in step.values.items()
    )
    if step.variable == "path":
        return f"RewriteRule {step.pattern} - [{flags}]"
    headers = {"accept": "HTTP_ACCEPT", "accept_language": "HTTP:Accept-Language"}
    variable = headers.get(step.variable, f"ENV:KG_{step.variable.upper()}")
    sign = "!" if step.is_negative else ""
    condition = f'RewriteCond %{{{variable}}} "{sign}{step.pattern}" [NC]\n'
    return f"{condition if step.pattern else ''}RewriteRule ^ - [{flags}]"


def _write_nginx(step: Step, root: str) -> str:
    """Return a step for ngx_http_rewrite_module."""
    sets = [
        f'set $kg_{name} "{_refer(value, "$kg_{}").lower() if "{" in value else value}";'
        for name, value in step.values.items()
    ]
    if not step.pattern:
        return "\n".join(sets)
    names = {"path": "uri", "accept": "http_accept", "accept_language": "http_accept_language"}
    variable = names.get(step.variable, f"kg_{step.variable}")
    pattern = step.pattern
    if step.variable == "path":
        pattern = f"^{re.escape(root)}{pattern.removeprefix('^')}"
    sign = ("!" if step.is_negative else "") + ("~" if step.variable == "path" else "~*")
    return f'if (${variable} {sign} "{pattern}") {{ {" ".join(sets)} }}'


def _refer(value: str, form: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: form.format(name[1].upper()), value)
