"""Homes, dumps and statements that the tests of all formats share."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Quad,
    RdfFormat,
    serialize,
)

from kg.catalog import describe_dataset
from kg.dumps import export_rdf, list_graphs
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.turtle import list_files, parse_file

# Everything in which formats differ: forms of numbers, values of undeclared kinds, mixed
# languages, characters to escape, undeclared terms and names.
HARD = r"""
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX e: <https://e.org/>
PREFIX place: <https://w3id.org/cdp/id/place/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX qudt: <http://qudt.org/schema/qudt/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
place:a a cdp:City , <urn:x:Y> , [ e:in "type" ] , e:City ; rdf:type "no class" ;
  cdp:targetValue 80.0 , 80 , "80"^^xsd:decimal , -.5 , +1.50 , 1e3 , "1.E-3"^^xsd:double ,
    "no number"^^xsd:decimal , "80" , "80"@en , e:80 ;
  cdp:listIndex 007 , "+7"^^xsd:integer , "-0"^^xsd:integer , "7"^^xsd:int , 0 , -5 ,
    9007199254740991 , 9007199254740992 , -9007199254740991 , -9007199254740992 ,
    " 5"^^xsd:integer , "٣"^^xsd:integer ;
  cdp:openEnded true , false , "1"^^xsd:boolean , "TRUE"^^xsd:boolean ;
  rdfs:label "a"@en , "b"@en , "a" , "b" , "a"@zh-Hans , "甲"@zh-Hant-HK , "a"@en-GB ;
  cdp:title "a"@en , "b" , 5 , e:x ;
  cdp:description "one"@en , "two"@en ;
  cdp:hasTheme "a literal" , "tagged"@en , e:x , _:b , "5"^^xsd:integer , "place:wuhan" ;
  cdp:passageDigest "plain" , "x:y" , "@id" , "typed"^^xsd:token , <https://e.org/#> ;
  e:p "a\tb\nc\rd\"e\\f'g" , "\u0001\u0008\u007F\u0085\u2028\uFFFE\U0001F600" , "" , "@en \"x\"" ,
    "{" , "<a>" , "ends in \\" , " a  b " , "2021-12-31"^^xsd:date , "x"^^e:datatype ,
    "<b>x</b>"^^rdf:HTML , "{\"b\": 1.0}"^^rdf:JSON ;
  e:id e:type ; <https://e.org/q?a=b&c=%20#d> <urn:isbn:1> ; <urn:p> <mailto:a@e.org> .
e:one rdfs:label e:x ; cdp:title 5 .
e:%E6%AD%A6 e:武 "汉"@zh-Hans ; e:x\,y e:a.b , <https://e.org/-> , e: ;
  qudt:hasUnit e:x , "5" ; eli:title_alternative "x"@en , "y" .
_:b e:p [ e:q _:b , () , (1 "b" e:c) ] .
<https://w3id.org/cdp/id/place/a/b> e:p <https://w3id.org/cdp/ontology#> .
"""


@pytest.fixture(scope="session")
def make_home() -> Callable[[Path, dict[str, str]], Home]:
    """Return a function that makes a home of Turtle texts, with the checkout's ontology."""

    def make(folder: Path, texts: dict[str, str]) -> Home:
        for name in ("ontology", "queries"):
            (folder / name).symlink_to(find_home().root / name)
        for name, text in texts.items():
            path = folder / "data" / f"{name}.ttl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Home(folder)

    return make


@pytest.fixture(scope="session")
def hard(
    tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path, dict[str, str]], Home]
) -> Home:
    """A home with values that are hard to write, in the graph hard/values."""
    return make_home(tmp_path_factory.mktemp("hard"), {"hard/values": HARD})


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return a function that gives the dump of the real data in a format; written once."""
    folder = tmp_path_factory.mktemp("real")

    @cache
    def read(form: str) -> bytes:
        export_rdf(find_home(), str(folder / f"x{form}"))
        return (folder / f"x{form}").read_bytes()

    return read


@pytest.fixture(scope="session")
def dump(tmp_path_factory: pytest.TempPathFactory, untouched: Home) -> Callable[[str], bytes]:
    """Return a function that gives the dump of the made-up article in a format; written once."""
    folder = tmp_path_factory.mktemp("dump")

    @cache
    def read(form: str) -> bytes:
        export_rdf(untouched, str(folder / f"x{form}"))
        return (folder / f"x{form}").read_bytes()

    return read


@pytest.fixture(scope="session")
def describe() -> Callable[..., list[Quad]]:
    """Return a function that gives the catalogue of some named graphs of a home, or of all."""

    def describe_graphs(home: Home, *chosen: str) -> list[Quad]:
        graphs = [
            graph.iri for graph in list_graphs(home)[:-1] if graph.name in chosen or not chosen
        ]
        return describe_dataset(load_graph(home), graphs, complete=not chosen)

    return describe_graphs


@pytest.fixture(scope="session")
def statements(describe: Callable[..., list[Quad]]) -> tuple[Quad, ...]:
    """All statements of the real data, with entailments and catalogue."""
    loaded = [quad for file in list_files(find_home()) for quad in parse_file(file)]
    added = load_graph(find_home()).memory.list_added()
    return (*loaded, *added, *describe(find_home()))


@pytest.fixture(scope="session")
def dumped(untouched: Home, describe: Callable[..., list[Quad]]) -> tuple[Quad, ...]:
    """All statements of `dump`."""
    loaded = [quad for file in list_files(untouched) for quad in parse_file(file)]
    added = load_graph(untouched).memory.list_added()
    return (*loaded, *added, *describe(untouched))


@pytest.fixture(scope="session")
def write() -> Callable[..., str]:
    """Return a function that exports a home to a file and gives its text."""

    def export(home: Home, folder: Path, form: str, **options: object) -> str:
        export_rdf(home, str(folder / f"x{form}"), **options)  # type: ignore[arg-type]
        return (folder / f"x{form}").read_text("utf-8")

    return export


@pytest.fixture(scope="session")
def canonicalize() -> Callable[..., list[str]]:
    """Return a function that gives statements as sorted lines, with canonical blank nodes."""

    def list_lines(quads: Iterable[Quad], *, named: bool = True) -> list[str]:
        dataset = Dataset(
            q if named else Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads
        )
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode().split("\n"))

    return list_lines


@pytest.fixture(scope="session")
def real_lines(
    statements: tuple[Quad, ...], canonicalize: Callable[..., list[str]]
) -> Callable[[bool], list[str]]:
    """Return a function that gives the canonical lines of the real data, with graphs or without."""
    return cache(lambda named: canonicalize(statements, named=named))
