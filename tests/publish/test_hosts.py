"""The files for hosts, with Apache and nginx on loopback: where each IRI and Accept lead."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from pyoxigraph import RdfFormat, parse

from kg.dumps.export import list_graphs
from kg.graph import load_graph
from kg.home import Home
from kg.names import text
from kg.portrait.reading import read_everything
from kg.publish import publish_site
from kg.publish.edition import Edition, read_edition
from kg.publish.hosts import find_page, list_rules, write_hosts
from kg.publish.render import Renderer
from kg.publish.routes import Address, Routes, make_routes

BASE = "https://w3id.org/cdp/"
SECONDS_TO_START = 600
FILES = {"html": "text/html", "ttl": "text/turtle", "jsonld": "application/ld+json",
         "nt": "application/n-triples"}  # fmt: skip
PROGRAMS = {"apache": "apache2", "w3id": "apache2", "nginx": "nginx"}
# An Accept header, and the suffix of the file to which it leads, or 406.
ACCEPTS: list[tuple[str | None, str | int]] = [
    # One type, and its other names.
    ("text/html", "html"),
    ("application/xhtml+xml", "html"),
    ("text/turtle", "ttl"),
    ("TEXT/Turtle", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/json", "jsonld"),
    ("application/n-triples", "nt"),
    ("text/turtle;charset=utf-8", "ttl"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    # Anything.
    (None, "html"),
    ("", "html"),
    ("*/*", "html"),
    ("text/*", "html"),
    ("application/*", "jsonld"),
    # Several in order.
    ("text/turtle, text/html", "ttl"),
    ("text/html,text/turtle", "html"),
    ("application/n-triples , application/ld+json ,text/turtle", "nt"),
    ("application/rdf+xml, application/ld+json, text/turtle", "jsonld"),
    ("text/turtle, */*", "ttl"),
    ("*/*, text/turtle", "ttl"),
    # q=1 and no q come before a lower q.
    ("text/html;q=0.5, text/turtle", "ttl"),
    ("text/html;q=0.9,application/n-triples;q=1.0", "nt"),
    ("text/turtle;q=0.9,text/html;q=0.8", "ttl"),
    ("text/turtle; q=0.05", "ttl"),
    ("text/turtle;level=1;q=0.5, text/html;level=2", "html"),
    ("application/ld+json;q=1;x=y", "jsonld"),
    # q=0.
    ("text/turtle;q=0", 406),
    ("text/turtle;q=0.000", 406),
    ("text/turtle; q=0, text/html", "html"),
    ("text/html;q=0, text/turtle", "ttl"),
    ("text/html;q=0, */*", "ttl"),
    ("*/*, text/html;q=0, text/turtle;q=0.0", "jsonld"),
    ("text/html;q=0,text/turtle;q=0,application/ld+json;q=0,*/*;q=0.1", "nt"),
    ("*/*;q=0", 406),
    ("text/html, */*;q=0", "html"),
    # Browsers and programs.
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
     "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7", "html"),
    ("application/json, text/plain, */*", "jsonld"),
    ("application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09",
     "ttl"),
    ("text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
     "*/*;q=0.3", "ttl"),
    ("application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,"
     "application/n-triples;q=0.8,text/turtle;q=0.6,text/html;q=0.2", "jsonld"),
    # Nothing that the site has.
    ("application/rdf+xml", 406),
    ("image/png", 406),
    ("text/turtlefish", 406),
    ("x-text/turtle", 406),
    # What rules cannot decide: documented in the files.
    ("text/turtle;q=0.2,text/html;q=0.8", "ttl"),
    ('image/png;x="a,text/turtle,b"', "ttl"),
]  # fmt: skip
# A thing of each kind, with its page and the fragment on it.
THINGS = {
    "place": ("id/place/wuhan", "id/place/wuhan", ""),
    "document": ("id/doc/wuhan-implementation-plan", "id/doc/wuhan-implementation-plan", ""),
    "element": ("id/target/wuhan-open-rate-2022", "id/target/wuhan-open-rate-2022", ""),
    "code": ("code/voice/article", "code/voice/article", ""),
    "code list": ("code/voice", "code/voice", ""),
    "theme": ("theme/city-brain", "theme/city-brain", ""),
    "ontology": ("ontology", "ontology", ""),
    "part of the ontology": ("ontology/themes", "ontology/themes", ""),
    "version": ("ontology/0.1.0", "ontology", ""),
    "version of a part": ("ontology/themes/0.1.0", "ontology/themes", ""),
    "dataset": ("dataset", "data", ""),
    "named graph": ("graph/roundup-2021/wuhan", "data", ""),
    "entailments": ("graph/entailed", "data", ""),
    "source": ("id/source/roundup-2021", "id/source/roundup-2021", ""),
    "evidence": ("id/evidence/roundup-2021-0-33", "id/source/roundup-2021",
                 "#evidence-roundup-2021-0-33"),
    "selector": ("id/evidence/roundup-2021-0-33-selector", "id/source/roundup-2021",
                 "#evidence-roundup-2021-0-33-selector"),
    "segment": ("id/segment/roundup-2021-1043-1155", "id/source/roundup-2021",
                "#segment-roundup-2021-1043-1155"),
}  # fmt: skip
ODD = """
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<https://w3id.org/cdp/id/place/武汉> a cdp:City ; rdfs:label "Chinese"@en .
<https://w3id.org/cdp/id/place/a%20b> a cdp:City ; rdfs:label "percent"@en .
<https://w3id.org/cdp/id/place/a'b;$1(c)#d> a cdp:City ; rdfs:label "signs"@en .
<https://w3id.org/cdp/id/place/a'b;$1(c)> a cdp:City ; rdfs:label "signs"@en .
<https://w3id.org/cdp/themes> a cdp:City ; rdfs:label "reserved"@en .
<https://w3id.org/cdp/id/doc/v1.0> a cdp:City ; rdfs:label "dot"@en .
<https://w3id.org/cdp/id/place/../up> a cdp:City ; rdfs:label "not reachable"@en .
<https://w3id.org/cdp/id/source/town-2> a cdp:SourceText ; rdfs:label "longer name"@en .
<https://w3id.org/cdp/id/evidence/town-2-1-9> a cdp:Evidence ;
    oa:hasSource <https://w3id.org/cdp/id/source/town-2> .
<https://w3id.org/cdp/id/evidence/other> a cdp:Evidence ;
    oa:hasSource <https://w3id.org/cdp/id/source/town-2> .
"""
APACHE = """
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/errors
TypesConfig /dev/null
MaxKeepAliveRequests 0
KeepAliveTimeout 600
{user}
DocumentRoot {folder}/www
<Directory />
    AllowOverride None
    Require all granted
</Directory>
<Directory {site}>
    AllowOverride FileInfo
</Directory>
Alias {root} {site}/
DirectoryIndex index.html
"""
MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authz_core", "alias", "dir", "mime", "rewrite", "headers")
NGINX = """
pid {folder}/pid;
{user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    keepalive_requests 100000;
    keepalive_timeout 600s;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; include {site}/hosts/nginx.conf; }}
}}
"""


@dataclass
class Answer:
    """What a server answers."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server of a site: the path of the IRIs there, and the address of the site."""

    connection: http.client.HTTPConnection
    root: str
    site: str

    def ask(self, path: str, **headers: str | None) -> Answer:
        """Return the answer to GET, for a path below that of the IRIs, or from the root with /."""
        given = {k.replace("_", "-"): v for k, v in headers.items() if v is not None}
        target = path if path.startswith("/") else f"{self.root}{path}"
        self.connection.request("GET", target, headers=given)
        answer = self.connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def lead(self, path: str, **headers: str | None) -> str | int:
        """Return where the answer leads in the site, or the status if it leads nowhere."""
        answer = self.ask(path, **headers)
        if answer.status != 303:
            return answer.status
        location = re.sub("^http://127.0.0.1:[0-9]+", "", answer.headers["location"])
        assert location.startswith(self.site), location
        return location.removeprefix(self.site)


@contextmanager
def run_command(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a server in the foreground; end it with all its processes."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            if process.poll() is not None:
                assert process.stderr
                said = process.stderr.read().decode() + (log.read_text() if log.exists() else "")
                pytest.fail(f"{command[0]} ended with {process.returncode}: {said}")
            assert time.monotonic() < deadline, f"{command[0]} took over {SECONDS_TO_START} seconds"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            try:
                connection.connect()
                break
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_START)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(SECONDS_TO_START)
        assert process.stderr
        process.stderr.close()


@contextmanager
def serve_site(
    kind: str, folder: Path, base: str, find_port: Callable[[], int]
) -> Iterator[Server]:
    """Serve a published site below the path of its address, as one of `PROGRAMS`."""
    program = shutil.which(PROGRAMS[kind], path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"no {PROGRAMS[kind]}: Debian's packages are apache2-bin and nginx")
    if kind != "nginx" and not MODULES.is_dir():
        pytest.skip(f"no {MODULES}: Debian's package is apache2-bin")
    path = urlsplit(base).path or "/"
    root = "/cdp/" if kind == "w3id" else path
    # As root, servers read files as another user, who cannot enter the folders of pytest.
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        top = Path(name)
        top.chmod(0o755)
        site = top / "www" / root.strip("/")
        if kind == "w3id":
            site.mkdir(parents=True)
            shutil.copy(folder / "hosts/w3id.htaccess", site / ".htaccess")
        else:
            shutil.copytree(folder, site, copy_function=os.link)
        port = find_port()
        user = "user www-data;" if kind == "nginx" else "User www-data\nGroup www-data"
        values = {"port": port, "folder": top, "site": site, "root": root}
        values["user"] = user if os.getuid() == 0 else ""
        if kind == "nginx":
            settings = NGINX.format(**values)
            command = [program, "-p", name, "-c", f"{name}/conf", "-e", f"{name}/errors"]
            command += ["-g", "daemon off;"]
        else:
            modules = "".join(f"LoadModule {one}_module {MODULES}/mod_{one}.so\n" for one in LOADED)
            settings = modules + APACHE.format(**values)
            command = [program, "-d", name, "-f", f"{name}/conf", "-DFOREGROUND"]
        (top / "conf").write_text(settings)
        stack.enter_context(run_command(command, port, top / "errors"))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        stack.callback(connection.close)
        yield Server(connection, root, base if kind == "w3id" else path)


@pytest.fixture(scope="module", params=list(PROGRAMS))
def server(request: pytest.FixtureRequest, city_site: Any, find_port: Any) -> Iterator[Server]:
    """A server of the site of the checkout, or of its IRIs alone."""
    with serve_site(request.param, city_site.folder, city_site.base, find_port) as found:
        yield found


@pytest.fixture(scope="module")
def odd_edition(untouched: Home, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The edition of a home with IRIs that no pattern fits."""
    home = Home(tmp_path_factory.mktemp("odd") / "home")
    shutil.copytree(untouched.root, home.root)
    (home.data / "town/odd.ttl").write_text(ODD, "utf-8")
    return read_edition(load_graph(home), "en")


@pytest.fixture(scope="module")
def odd_files(odd_edition: Edition) -> dict[str, str]:
    """The files for hosts of a site of that home without an address."""
    return {name: data.decode() for name, data in write_hosts(Renderer(), odd_edition)}


@pytest.fixture(scope="module")
def odd_site(odd_edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That site."""
    folder = tmp_path_factory.mktemp("odd-site") / "site"
    publish_site(odd_edition.graph.home, folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("thing", list(THINGS))
def test_accept_decides_where_an_iri_leads(server: Server, thing: str) -> None:
    path, page, fragment = THINGS[thing]
    found, expected = {}, {}
    for accept, result in ACCEPTS:
        found[accept] = server.lead(path, Accept=accept)
        expected[accept] = {406: 406, "html": f"en/{page}.html{fragment}"}.get(
            result, f"{page}.{result}"
        )
    assert found == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (None, "en"),
        ("en", "en"),
        ("EN-gb,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("ZH", "zh-Hans"),
        ("zh-Hant-HK", "zh-Hans"),
        ("de-DE,de;q=0.9,zh;q=0.5", "zh-Hans"),
        ("zh;q=0, de", "en"),
        ("zh;q=0,en", "en"),
        ("*", "en"),
        ("zho, den", "en"),
    ],
)
def test_language_decides_which_page(server: Server, languages: str, expected: str) -> None:
    found = server.lead("id/place/wuhan", Accept="text/html", Accept_Language=languages)
    assert found == f"{expected}/id/place/wuhan.html"
    assert server.lead("id/place/wuhan", Accept="text/turtle", Accept_Language=languages) == (
        "id/place/wuhan.ttl"
    )


@pytest.mark.slow
def test_every_iri_leads_to_a_file(server: Server, city_site: Any) -> None:
    routes = make_routes(read_everything(load_graph(city_site.home), "en"))
    assert len(routes.addresses) > 1200
    wrong = {}
    for iri, address in routes.addresses.items():
        path, _, hash_fragment = iri.removeprefix(routes.base).partition("#")
        fragment = f"#{address.fragment}" if address.fragment and not hash_fragment else ""
        for accept, expected in (
            ("text/html", f"en/{address.page}.html{fragment}"),
            ("text/turtle", f"{address.page}.ttl"),
        ):
            found = server.lead(path, Accept=accept)
            file = city_site.folder / str(found).partition("#")[0]
            if found != expected or not file.is_file():
                wrong[iri, accept] = found
        assert not hash_fragment or hash_fragment == address.fragment
    assert wrong == {}


@pytest.mark.slow
def test_answers_allow_other_origins_and_name_the_formats(server: Server) -> None:
    answer = server.ask("id/place/wuhan", Accept="text/turtle", Origin="https://example.net")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert set(re.split(", *", answer.headers["vary"])) == {"Accept", "Accept-Language"}
    links = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', answer.headers["link"]))
    assert links == {
        f"{server.site}id/place/wuhan.ttl": "text/turtle",
        f"{server.site}id/place/wuhan.jsonld": "application/ld+json",
        f"{server.site}id/place/wuhan.nt": "application/n-triples",
        f"{server.site}en/id/place/wuhan.html": "text/html",
        f"{server.site}zh-Hans/id/place/wuhan.html": "text/html",
    }
    refused = server.ask("id/place/wuhan", Accept="image/png")
    assert refused.status == 406
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "Accept" in refused.headers["vary"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["unknown", "id/nowhere/x", "id/place/nowhere", "id/place/../../x/y", "ontology/9.9.9",
     "id/evidence/nowhere-1-2", "id/place/wuhan/more"],
)  # fmt: skip
def test_what_is_unknown_is_not_found(server: Server, city_site: Any, path: str) -> None:
    found = server.lead(path, Accept="text/turtle")
    if server.root == "/cdp/":  # it knows the form of IRIs only
        assert found == 404 or not (city_site.folder / str(found)).exists()
    else:
        assert found == 404
        assert b"City Digital Policy" in server.ask(path).body


@pytest.mark.slow
@pytest.mark.parametrize("server", ["w3id"], indirect=True)
def test_w3id_sends_home_and_files_to_the_site(server: Server) -> None:
    assert server.lead("") == ""
    assert server.lead("id/place/wuhan.ttl") == "id/place/wuhan.ttl"
    assert server.lead("context.jsonld", Accept="image/png") == "context.jsonld"
    assert server.lead("id/place/wuhan?a=b", Accept="text/html") == "en/id/place/wuhan.html"


@pytest.mark.slow
@pytest.mark.parametrize("server", ["apache", "nginx"], indirect=True)
def test_files_have_types_and_links(server: Server) -> None:
    files = {
        "": "text/html; charset=utf-8",
        "en/": "text/html; charset=utf-8",
        "en/time.csv": "text/csv; charset=utf-8",
        "style.css": "text/css; charset=utf-8",
        "context.jsonld": "application/ld+json",
        "dumps/city-policy.ttl.gz": "application/gzip",
        "void.ttl": "text/turtle; charset=utf-8",
        "en/network/city-theme.svg": "image/svg+xml",
        "en/network/city-theme.gexf": "application/gexf+xml",
        "en/time.html": "text/html; charset=utf-8",
        "robots.txt": "text/plain; charset=utf-8",
        ".well-known/void": "text/turtle; charset=utf-8",
    }
    for suffix, kind in FILES.items():
        folder = "zh-Hans/" if suffix == "html" else ""
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        path = f"{folder}id/source/roundup-2021.{suffix}"
        files[path] = kind + charset
        links = server.ask(path).headers["link"]
        assert f'<{server.root}id/source/roundup-2021.nt>; rel="alternate"' in links
        assert f"<{server.root}zh-Hans/id/source/roundup-2021.html>" in links
    for path, kind in files.items():
        answer = server.ask(path)
        assert (answer.status, path) == (200, path)
        assert answer.headers["content-type"].lower() == kind
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "content-encoding" not in answer.headers
        if path.endswith(".html"):
            policy = answer.headers["content-security-policy"]
            assert f'content="{policy}"'.encode() in answer.body
    assert "link" not in server.ask("en/time.html").headers
    missing = server.ask("id/place/nowhere.ttl")
    assert (missing.status, missing.headers["access-control-allow-origin"]) == (404, "*")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["apache", "nginx"])
def test_odd_iris_lead_to_their_pages(
    kind: str, odd_site: Path, odd_edition: Edition, find_port: Any
) -> None:
    routes = odd_edition.routes
    with serve_site(kind, odd_site, "", find_port) as server:
        count = 0
        for iri, address in routes.addresses.items():
            path = quote(iri.removeprefix(routes.base).partition("#")[0], safe="/%;$'()")
            if ".." not in path:
                assert server.lead(path, Accept="text/turtle") == f"{address.page}.ttl", iri
                count += address.page.startswith("x/")
        assert count == 5
        html = {"Accept": "text/html"}
        assert server.lead("id/evidence/other", **html) == (
            "en/id/source/town-2.html#evidence-other"
        )
        assert server.lead("id/evidence/town-2-1-9", **html) == (
            "en/id/source/town-2.html#evidence-town-2-1-9"
        )


def test_patterns_are_enough_for_usual_iris(
    odd_edition: Edition, odd_files: dict[str, str]
) -> None:
    routes = odd_edition.routes
    usual = {iri: address for iri, address in routes.addresses.items()
             if not address.page.startswith("x/") and "evidence/other" not in iri}  # fmt: skip
    versions = {f"{iri}/0.1.0": iri for iri in usual if iri.endswith(("ontology", "/codes"))}
    assert len(versions) == 2
    few = list_rules(Routes(routes.base, usual), versions)
    assert len(few) == 3
    assert [rule.pattern for rule in few if "town" in rule.pattern] == []
    lines = odd_files[".htaccess"].splitlines()
    assert odd_files[".htaccess"].isascii()
    assert odd_files["hosts/nginx.conf"].isascii()
    assert not any("roundup" in line or "suzhou" in line for line in lines)


def list_redirects(text: str) -> dict[str, str]:
    lines = [line.split(" ") for line in text.splitlines() if not line.startswith("#")]
    assert {code for _, _, code in lines} == {"303"}
    found = {unquote(source): target for source, target, _ in lines}
    assert len(found) == len(lines)
    return found


def test_redirects_lead_each_iri_to_its_page(
    odd_edition: Edition, odd_files: dict[str, str]
) -> None:
    routes, found = odd_edition.routes, list_redirects(odd_files["_redirects"])
    for iri, address in routes.addresses.items():
        path = unquote(iri.partition("#")[0].removeprefix(routes.base))
        if not {"", ".", ".."} & set(path.split("/")) and "?" not in path:
            assert unquote(found[f"/{path}"]).startswith(f"/en/{address.page}.html"), iri


@pytest.mark.slow
def test_redirects_lead_to_files_and_fragments(odd_site: Path, odd_files: dict[str, str]) -> None:
    for name, content in odd_files.items():
        assert (odd_site / name).read_text("utf-8") == content
    found = list_redirects(odd_files["_redirects"])
    for target in found.values():
        page, _, fragment = unquote(target.removeprefix("/")).partition("#")
        html = (odd_site / page).read_text("utf-8")
        assert not fragment or f'id="{fragment}"' in html
    # Cloudflare follows them even if there is a file.
    assert [one for one in found if (odd_site / one.removeprefix("/")).is_file()] == []


def test_statements_about_the_data_have_dataset_and_graphs_as_subjects(town_site: Any) -> None:
    found = {}
    for suffix, syntax in ((".ttl", RdfFormat.TURTLE), (".nt", RdfFormat.N_TRIPLES)):
        data = (town_site.folder / f"data{suffix}").read_bytes()
        found[suffix] = {str(quad.triple) for quad in parse(data, syntax)}
        subjects = {text(quad.subject) for quad in parse(data, syntax)}
        graphs = {graph.iri for graph in list_graphs(town_site.home)[:-1]}
        assert {f"{BASE}dataset", *graphs} <= subjects
    assert found[".ttl"] == found[".nt"]
    document = json.loads((town_site.folder / "data.jsonld").read_text("utf-8"))
    assert document["@context"] == "context.jsonld"
    page = town_site.pages["zh-Hans/data.html"]
    assert ("link", "href", "../data.ttl") in page.links


def test_rules_of_a_page_override_patterns() -> None:
    routes = Routes(BASE, {f"{BASE}id/a": Address("id/a"), f"{BASE}id/b": Address("x/x1")})
    rules = list_rules(routes, {f"{BASE}id/a/2.0": f"{BASE}id/a", "https://example.org/": "x"})
    assert find_page(rules, "id/a") == Address("id/a")
    assert find_page(rules, "id/a/2.0") == Address("id/a")
    assert find_page(rules, "id/b") == Address("x/x1")
    assert find_page(rules, "elsewhere/b") is None


def test_site_without_an_address_has_no_file_for_w3id(town_site: Any, tmp_path: Path) -> None:
    names = {path.relative_to(town_site.folder).as_posix() for path in town_site.folder.rglob("*")}
    assert {".htaccess", "_headers", ".nojekyll", "hosts/nginx.conf"} <= names
    assert "hosts/w3id.htaccess" not in names
    headers = (town_site.folder / "_headers").read_text("ascii")
    assert "\n/*.jsonld\n  Content-Type: application/ld+json\n" in headers
    assert headers.count("Content-Security-Policy") == 2
