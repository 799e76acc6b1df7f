"""Dumps: what is written in each format is what the data say, the same bytes each time."""

import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import rdflib
from backports import zstd
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

import kg.cli.rdf
from kg.build import DUMP, build_folder
from kg.dumps.context import RESERVED, _name_words, read_context
from kg.dumps.export import (
    FORMATS,
    SYNTAXES,
    choose_graphs,
    export_rdf,
    find_form,
    is_folder,
    list_graphs,
)
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home, producer
from kg.names import Names, read_names
from kg.store import dump
from kg.store.canonical import sort_lines, sort_statements
from kg.turtle import list_files, parse_file, restore_languages

HOME = find_home()
Run = Callable[..., "subprocess.CompletedProcess[str]"]
WUHAN = "roundup-2021/wuhan"
NAMED = {".nq", ".trig", ".jsonld"}
OXIGRAPH = {
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".jsonld": RdfFormat.JSON_LD,
}
RDFLIB = {".nq": "nquads", ".nt": "nt", ".trig": "trig", ".ttl": "turtle", ".jsonld": "json-ld"}
UNPACK = {".gz": gzip.decompress, ".zst": zstd.decompress}

# All that makes formats differ: forms of numbers, kinds of values other than declared, mixed
# languages, characters to escape, words and names nobody has declared.
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
e:%E6%AD%A6 e:武 "汉"@zh-Hans ; e:x\,y e:a.b , <https://e.org/-> , e: ;
  qudt:hasUnit e:x , "5" ; eli:title_alternative "x"@en , "y" .
_:b e:p [ e:q _:b , () , (1 "b" e:c) ] .
<https://w3id.org/cdp/id/place/a/b> e:p <https://w3id.org/cdp/ontology#> .
"""


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with all that is hard to write, and the checkout's ontology and places."""
    folder = tmp_path_factory.mktemp("hard")
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(HOME.root / name)
    (folder / "data" / "hard").mkdir(parents=True)
    (folder / "data" / "hard" / "values.ttl").write_text(HARD, "utf-8")
    return Home(folder)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return the bytes of the real data in a format, each written once."""
    folder = tmp_path_factory.mktemp("written")

    @cache
    def read(form: str) -> bytes:
        export_rdf(HOME, str(folder / f"x{form}"))
        return (folder / f"x{form}").read_bytes()

    return read


def write_text(home: Home, folder: Path, form: str, **options: object) -> str:
    export_rdf(home, str(folder / f"x{form}"), **options)  # type: ignore[arg-type]
    return (folder / f"x{form}").read_text("utf-8")


def canonize(quads: Iterable[Quad], *, named: bool = True) -> list[str]:
    """Return statements as sorted lines, blank nodes with their canonical names."""
    dataset = Dataset(
        q if named else Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode().split("\n"))


@cache
def list_real() -> tuple[Quad, ...]:
    return (*(q for f in list_files(HOME) for q in parse_file(f)), *load_graph(HOME).list_added())


def read_hard(home: Home) -> list[Quad]:
    return [q for f in list_files(home) for q in parse_file(f)]


def read_rdflib(text: str, form: str) -> list[Quad]:
    """Return what rdflib reads, numbers as they were written."""
    normalize, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of its own names, and of odd numbers
            data = rdflib.Dataset()
            target = data if form in NAMED else data.default_graph
            target.parse(data=text, format=RDFLIB[form])
            found = list(data.quads())
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
    return [
        Quad(*map(take_term, (s, p, o)), NamedNode(str(g)) if form in NAMED else DefaultGraph())
        for s, p, o, g in found
    ]


def take_term(term: object) -> NamedNode | BlankNode | Literal:
    """Return a term of rdflib as one of pyoxigraph."""
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        kind = term.datatype
        return Literal(str(term), datatype=NamedNode(str(kind))) if kind else Literal(str(term))
    return BlankNode(f"b{term}") if isinstance(term, rdflib.BNode) else NamedNode(str(term))


# --- what is written is what the data say -----------------------------------------------------


def test_every_format_is_one_that_is_tested() -> None:
    assert set(SYNTAXES) == set(OXIGRAPH) == set(RDFLIB)
    assert len(FORMATS) == 15
    assert kg.cli.rdf.FORMATS == FORMATS


@pytest.mark.parametrize("form", SYNTAXES)
def test_real_data_come_back(form: str, written: Callable[[str], bytes]) -> None:
    quads = list(parse(written(form), OXIGRAPH[form]))
    wanted = canonize(list_real(), named=form in NAMED)
    assert canonize(quads) == wanted
    assert len(wanted) > 12_000
    # Each statement once.
    assert len(quads) == len(set(quads))


@pytest.mark.parametrize("form", SYNTAXES)
def test_real_data_come_back_with_rdflib(form: str, written: Callable[[str], bytes]) -> None:
    quads = read_rdflib(written(form).decode(), form)
    assert canonize(quads) == canonize(list_real(), named=form in NAMED)


@pytest.mark.parametrize("form", SYNTAXES)
def test_what_is_hard_comes_back(form: str, hard: Home, tmp_path: Path) -> None:
    text = write_text(hard, tmp_path, form, entailed=False)
    wanted = canonize(read_hard(hard), named=form in NAMED)
    assert canonize(parse(text.encode(), OXIGRAPH[form])) == wanted
    assert sum("place/a>" in line for line in wanted) > 50


@pytest.mark.parametrize("form", SYNTAXES)
def test_what_is_hard_comes_back_with_rdflib(form: str, hard: Home, tmp_path: Path) -> None:
    text = write_text(hard, tmp_path, form, graphs=["hard/values"])
    quads = read_rdflib(text, form)
    (file,) = (f for f in list_files(hard) if f.graph.endswith("hard/values"))
    assert canonize(quads) == canonize(parse_file(file), named=form in NAMED)


@pytest.mark.parametrize("form", SYNTAXES)
def test_language_tags_and_numbers_are_those_of_the_files(form: str, hard: Home,
    tmp_path: Path, written: Callable[[str], bytes]) -> None:  # fmt: skip
    text = written(form).decode()
    assert set(re.findall(r'[@"](zh-[a-z]+)\b', text, re.I)) == {"zh-Hans", "zh-Hant"}
    assert text.count("zh-Hans") > 100
    lines = write_text(hard, tmp_path, form, graphs=["hard/values"])
    for wanted in ("80.0", "-.5", "+1.50", "1e3", "1.E-3", "007", "+7", "en-GB", "zh-Hant-HK"):
        assert wanted in lines


@pytest.mark.parametrize("packed", UNPACK)
@pytest.mark.parametrize("form", SYNTAXES)
def test_compressed_file_holds_the_plain_one(
    form: str, packed: str, written: Callable[[str], bytes]
) -> None:
    squeezed = written(f"{form}{packed}")
    assert UNPACK[packed](squeezed) == written(form)
    assert len(squeezed) < len(written(form)) / 4


@pytest.mark.parametrize("form", SYNTAXES)
def test_mark_stands_at_the_top(form: str, written: Callable[[str], bytes]) -> None:
    assert producer().encode() in written(form)[:60]


# --- the same bytes ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", SYNTAXES)
def test_bytes_do_not_hang_on_the_process(
    form: str, run: Run, tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        target = tmp_path / f"{seed}{form}"
        run("export", "rdf", "-o", target, PYTHONHASHSEED=seed, TMPDIR=tmp_path / seed)
        assert target.read_bytes() == written(form)


@pytest.mark.parametrize("form", [".nq", ".trig", ".jsonld"])
def test_bytes_do_not_hang_on_memory(
    form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    kept = []
    keep = dump._keep_lines
    monkeypatch.setattr(dump, "RUN_BYTES", 50_000)
    monkeypatch.setattr(dump, "MOST_RUNS", 5)
    monkeypatch.setattr(dump, "_keep_lines", lambda lines: kept.append(1) or keep(lines))
    export_rdf(HOME, str(tmp_path / f"x{form}"))
    assert (tmp_path / f"x{form}").read_bytes() == written(form)
    assert len(kept) > 20


def test_lines_are_sorted_as_sort_does(written: Callable[[str], bytes]) -> None:
    for form in (".nq", ".nt"):
        done = subprocess.run(
            ["sort", "-u"],
            input=written(form),
            capture_output=True,
            check=True,
            env=os.environ | {"LC_ALL": "C"},
        )
        assert done.stdout == written(form)


def test_build_writes_the_same_bytes(untouched: Home, tmp_path: Path) -> None:
    build_folder(untouched, tmp_path)
    before = (tmp_path / DUMP).read_bytes()
    # It is ours, and so may be overwritten.
    export_rdf(untouched, str(tmp_path / DUMP))
    assert (tmp_path / DUMP).read_bytes() == before


def test_blank_nodes_are_named_as_if_all_were_canonicalised() -> None:
    dataset = Dataset(list_real())
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode().split("\n")
    wanted = sorted(restore_languages(line) for line in lines if line)
    assert list(sort_statements(list_real())) == wanted
    assert sum("_:c14n" in line for line in wanted) > 700


def test_what_two_files_say_is_joined(untouched: Home, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(untouched.root / name)
    (tmp_path / "data").mkdir()
    for name in ("a", "b"):
        said = "_:x <e:p> <e:o> . <e:s> <e:p> 80.0 , 'a'@en ."
        (tmp_path / "data" / f"{name}.ttl").write_text(said)
    # What both say stands once where there are no graphs, and the blank nodes are two.
    for form, count in ((".ttl", 4), (".nt", 4), (".nq", 6), (".trig", 6), (".jsonld", 6)):
        text = write_text(home, tmp_path, form, graphs=["a", "b"])
        assert len(list(parse(text.encode(), OXIGRAPH[form]))) == count


# --- memory -----------------------------------------------------------------------------------


def make_quads(count: int) -> Iterator[Quad]:
    p, g = NamedNode("https://e.org/p"), NamedNode("https://e.org/g")
    for n in range(count):
        yield Quad(NamedNode(f"https://e.org/{n * 7919 % count}"), p, Literal(str(n)), g)
    yield Quad(BlankNode(), p, Literal("x"), g)


def test_memory_does_not_grow_with_the_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "RUN_BYTES", 200_000)

    def measure(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in sort_statements(make_quads(count))) == count + 1
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    measure(5_000)
    few, many = measure(10_000), measure(80_000)
    assert many < 2 * few


def test_many_runs_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "RUN_BYTES", 100)
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("no /proc: open files cannot be counted")
    before = len(list(folder.iterdir()))
    lines = sort_lines(str(n) for n in range(5000))
    first = next(lines)
    assert len(list(folder.iterdir())) - before <= dump.MOST_RUNS + 1
    assert [first, *lines] == sorted(map(str, range(5000)))
    assert len(list(folder.iterdir())) == before


# --- Turtle and TriG for people ---------------------------------------------------------------


def sort_values(text: str) -> list[str]:
    """Return the lines without their order, and without what it puts at their ends."""
    return sorted(re.sub(" [,;]$", "", line) for line in text.split("\n") if line)


def test_turtle_of_a_file_is_that_file(tmp_path: Path) -> None:
    """The canonical form of `kg format`, and the comment; the data have no blank nodes."""
    told = 0
    for part in list_graphs(HOME)[:-1]:
        (file,) = part.files
        if file.path.is_relative_to(HOME.ontology):
            continue
        ours = write_text(HOME, tmp_path, ".ttl", graphs=[part.name], force=True)
        theirs = file.path.read_text("utf-8")
        assert "[" not in re.sub('"[^"]*"', "", theirs)
        assert sort_values(ours.partition("\n")[2]) == sort_values(theirs)
        told += 1
    assert told >= 9


def test_trig_is_grouped_by_graph_and_subject(written: Callable[[str], bytes]) -> None:
    text = written(".trig").decode()
    graphs = re.findall(r"^(\S+) \{$", text, re.M)
    assert graphs == sorted(graphs)
    assert len(graphs) == len(list_graphs(HOME))
    subjects = re.findall(r"^    (\S{2,})$", text, re.M)
    assert len(subjects) == len({(q.graph_name, q.subject) for q in list_real()})
    prefixes = re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.M)
    assert prefixes == sorted(prefixes)
    declared = read_names(HOME).prefixes
    used = set(
        re.findall(r"(?<![\w\"])([a-z0-9]+):[A-Za-z0-9_]", re.sub(r'".*"|<[^>]*>', "", text))
    )
    assert used == {prefix for prefix, iri in prefixes if declared[prefix] == iri}
    assert re.search(r"^        cdp:targetValue 80\.0 ;$", text, re.M)


def test_types_come_first(hard: Home, tmp_path: Path) -> None:
    text = write_text(hard, tmp_path, ".ttl", graphs=["hard/values"])
    assert "\nplace:a\n    a\n" in text
    assert "\n    <https://e.org/id> <https://e.org/type> ;\n" in text


# --- JSON-LD ----------------------------------------------------------------------------------


def list_declared(*classes: str) -> set[str]:
    """Return what the ontology's files declare to be of some classes, by IRI."""
    graph = rdflib.Graph()
    for file in list_files(HOME):
        if file.path.is_relative_to(HOME.ontology):
            graph.parse(file.path, format="turtle")
    wanted = {rdflib.OWL[name] for name in classes}
    return {
        str(s)
        for s, o in graph.subject_objects(rdflib.RDF.type)
        if o in wanted and isinstance(s, rdflib.URIRef)
    }


def test_context_has_every_word_of_the_ontology() -> None:
    names, context = read_names(HOME), read_context(HOME)
    words = list_declared("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Class")
    assert len(words) > 150
    assert words <= set(context.terms)
    document = context.write()
    own = {iri for iri in words if names.shorten(iri).startswith("cdp:")}
    assert len(own) > 110
    taken = {"cdp:position"} & set()
    for iri in own - taken:
        term = names.shorten(iri).removeprefix("cdp:")
        said = document[term]
        assert context.terms[iri] == term
        assert (said["@id"] if isinstance(said, dict) else said) == f"cdp:{term}"
    # What is left with its prefix: its name is one of our own words', or of a prefix.
    for iri, term in context.terms.items():
        if ":" in term and (short := names.shorten(iri)) != iri:
            local = short.partition(":")[2]
            assert local in {*context.terms.values(), *names.prefixes, *RESERVED}, iri
    assert len(set(context.terms.values())) == len(context.terms)


def test_short_names_are_no_prefixes_and_no_keywords() -> None:
    own, other = "https://w3id.org/cdp/ontology#", "https://e.org/"
    names = Names({"cdp": own, "e": other, "place": "https://e.net/"})
    words = ["place", "id", "generator", "title", "a-b"]
    assert _name_words(names, [*(other + word for word in words), *(own + w for w in words)]) == {
        **{own + word: f"cdp:{word}" for word in words},
        **{other + word: f"e:{word}" for word in words},
        f"{own}title": "title",
    }


def test_context_knows_the_values_of_each_property() -> None:
    names, context = read_names(HOME), read_context(HOME)
    document = context.write()
    for iri in list_declared("ObjectProperty"):
        assert document[context.terms[iri]] == {"@id": names.shorten(iri), "@type": "@id"}
    assert document["targetValue"] == {"@id": "cdp:targetValue", "@type": "xsd:decimal"}
    assert document["deadline"] == {"@id": "cdp:deadline", "@type": "xsd:date"}
    assert document["start"] == {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"}
    assert document["startDate"] == {"@id": "dcat:startDate", "@type": "xsd:date"}
    assert document["label"] == {"@id": "rdfs:label", "@container": "@language"}
    assert document["title"] == {"@id": "cdp:title", "@container": "@language"}
    assert document["passageDigest"] == "cdp:passageDigest"
    assert document["City"] == "cdp:City"


def test_jsonld_has_a_node_a_line_and_short_names(written: Callable[[str], bytes]) -> None:
    text = written(".jsonld").decode()
    document = json.loads(text)
    lines = [line.rstrip(",") for line in text.split("\n") if line.startswith('{"id"')]
    nodes = [json.loads(line) for line in lines if not line.endswith("[")]
    assert len(nodes) == len({(q.graph_name, q.subject) for q in list_real()})
    assert sum(len(graph["@graph"]) for graph in document["@graph"]) == len(nodes)
    (wuhan,) = (n for n in nodes if n["id"] == "target:wuhan-open-rate-2022" and "label" in n)
    assert wuhan["type"] == "QuantitativeTarget"
    assert wuhan["targetValue"] == "80.0"
    assert wuhan["hasVoice"] == "voice:document"
    assert set(wuhan["label"]) == {"en", "zh-Hans"}
    # Every word of the data has a short name, and no value stands with its type beside it.
    for graph in document["@graph"]:
        if "roundup-2021" in graph["id"]:
            for node in graph["@graph"]:
                assert not [key for key in node if ":" in key]
                assert "@value" not in json.dumps(node)


def test_jsonld_has_numbers_where_they_come_back_as_they_were(
    hard: Home, tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    found: dict[str, set[type]] = {"start": set(), "listIndex": set(), "deadlineYear": set()}
    for graph in json.loads(written(".jsonld"))["@graph"]:
        for node in graph["@graph"]:
            for key, types in found.items():
                types.update({type(node[key])} if key in node else ())
    assert found == {"start": {int}, "listIndex": {int}, "deadlineYear": {int}}
    document = json.loads(write_text(hard, tmp_path, ".jsonld", graphs=["hard/values"]))
    (node,) = (n for g in document["@graph"] for n in g["@graph"] if n["id"] == "place:a")
    assert set(map(repr, node["listIndex"][:-1])) == {
        "0", "-5", "'+7'", "'-0'", "'007'", "9007199254740991", "'9007199254740992'",
        "-9007199254740991", "'-9007199254740992'", "' 5'", "'٣'",
    }  # fmt: skip
    assert set(map(repr, node["openEnded"])) == {"True", "False", "'1'", "'TRUE'"}
    assert "80.0" in node["targetValue"]
    assert {"@type": "xsd:integer", "@value": "5"} in node["hasTheme"]


def test_links_are_known_as_such(written: Callable[[str], bytes]) -> None:
    document = json.loads(written(".jsonld"))
    assert document["@context"]["sameAs"] == {"@id": "schema:sameAs", "@type": "@id"}
    cities = [n for g in document["@graph"] for n in g["@graph"] if "sameAs" in n]
    assert len(cities) > 5
    for node in cities:
        said = node["sameAs"]
        assert all(isinstance(one, str) for one in (said if isinstance(said, list) else [said]))


def test_mark_of_jsonld_is_no_statement(written: Callable[[str], bytes]) -> None:
    document = json.loads(written(".jsonld"))
    assert document.pop("generator") == producer()
    assert document["@context"]["generator"] is None
    quads = list(parse(json.dumps(document).encode(), RdfFormat.JSON_LD))
    assert canonize(quads) == canonize(list_real())


def test_name_that_jsonld_cannot_write_is_told(untouched: Home, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(untouched.root / name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text("<https://e.org/s> <https://e.org/p> <place:a/b> .")
    with pytest.raises(KgError, match=r"<place:a/b>: JSON-LD would take it .*\.trig"):
        write_text(home, tmp_path, ".jsonld", graphs=["a"])
    for form in (".nq", ".trig", ".ttl", ".nt"):
        assert "<place:a/b>" in write_text(home, tmp_path, form, graphs=["a"])


# --- graphs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        WUHAN, f"graph:{WUHAN}", f"https://w3id.org/cdp/graph/{WUHAN}", "*wuhan", "roundup-*/w?han",
        f"data/{WUHAN}.ttl", f"data/{WUHAN}", f"{WUHAN}.ttl", "data/roundup-*/w?han.ttl",
    ],
)  # fmt: skip
def test_graph_is_chosen_by_its_name(name: str) -> None:
    assert [part.name for part in choose_graphs(HOME, [name])] == [WUHAN]


def test_graph_is_chosen_by_the_path_of_its_file() -> None:
    for name in ("cdp", "ontology/cdp", "ontology/cdp.ttl", "cdp.ttl"):
        assert [part.name for part in choose_graphs(HOME, [name])] == ["cdp"]
    for name in ("data/cdp", f"ontology/{WUHAN}.ttl", f"{WUHAN}.nq"):
        with pytest.raises(KgError, match="no graph is called so"):
            choose_graphs(HOME, [name])


def test_entailments_go_with_all_or_where_they_are_named() -> None:
    def choose(*names: str, entailed: bool | None = None) -> list[str]:
        return [part.name for part in choose_graphs(HOME, names, entailed)]

    every = [part.name for part in list_graphs(HOME)]
    assert every[-1] == "entailed"
    assert len(every) > 13
    assert choose() == choose("*") == choose(entailed=True) == every
    assert choose(entailed=False) == choose("*", entailed=False) == every[:-1]
    assert choose("themes") == ["themes"]
    assert choose("themes", entailed=True) == choose("entailed", "themes") == ["themes", "entailed"]
    assert len(choose("roundup-2021/*", "themes")) == 9
    with pytest.raises(KgError, match="No graph is left") as caught:
        choose("entailed", entailed=False)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("wuhan", f"Near are {WUHAN}"),
        ("roundup-2021/wuhna", f"Near are {WUHAN}"),
        ("graph:Themes", "Near are themes"),
        ("xyz", "There are alignments, cdp, "),
        ("", "There are alignments, cdp, "),
    ],
)
def test_graph_that_is_not_known_is_told(name: str, near: str, run: Run) -> None:
    with pytest.raises(KgError, match=f"no graph is called so.*{near}") as caught:
        choose_graphs(HOME, ["themes", name])
    assert caught.value.exit_code == 2
    done = run("export", "rdf", "--graphs", name, code=2)
    assert done.stdout == ""


def test_statements_are_those_of_the_graphs_chosen(tmp_path: Path) -> None:
    text = write_text(HOME, tmp_path, ".nq", graphs=[WUHAN, "themes"])
    wanted = {f"<https://w3id.org/cdp/graph/{name}> ." for name in (WUHAN, "themes")}
    assert {" ".join(line.split(" ")[-2:]) for line in text.split("\n")[1:-1]} == wanted
    without = write_text(HOME, tmp_path, ".nt", entailed=False)
    (file,) = list_graphs(HOME)[0].files
    assert "graph/entailed" not in write_text(HOME, tmp_path, ".trig", entailed=False)
    assert len(without.split("\n")) < len(write_text(HOME, tmp_path, ".nt", force=True).split("\n"))
    assert file.path.is_file()


def test_store_is_opened_for_the_entailments_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(home: Home) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kg.dumps.export.load_graph", refuse)
    export_rdf(HOME, str(tmp_path / "a.nq"), entailed=False)
    export_rdf(HOME, str(tmp_path / "b.nq"), graphs=[WUHAN])
    with pytest.raises(ZeroDivisionError):
        export_rdf(HOME, str(tmp_path / "c.nq"))
    assert not (tmp_path / "c.nq").exists()


# --- targets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["ttl", "jsonld.gz", "nq.zst"])
def test_folder_has_a_file_for_each_graph(form: str, tmp_path: Path) -> None:
    done = export_rdf(HOME, f"{tmp_path}/dumps/", form=None if form == "ttl" else form)
    files = {p.relative_to(tmp_path / "dumps").as_posix() for p in tmp_path.rglob("*.*")}
    assert files == {"manifest.json", *(f"{p.name}.{form}" for p in list_graphs(HOME))}
    assert done.statements == len(list_real())
    syntax, _, packed = form.partition(".")
    data = (tmp_path / "dumps" / f"{WUHAN}.{form}").read_bytes()
    data = UNPACK[f".{packed}"](data) if packed else data
    quads = [q for q in list_real() if q.graph_name.value.endswith(WUHAN)]
    read = parse(data, OXIGRAPH[f".{syntax}"])
    assert canonize(read) == canonize(quads, named=f".{syntax}" in NAMED)


@pytest.mark.parametrize("form", ["ttl", "nt.gz", "nq", "trig"])
def test_file_of_a_folder_names_its_graph(form: str, tmp_path: Path) -> None:
    export_rdf(HOME, f"{tmp_path}/", form=form)
    parts = list_graphs(HOME)
    assert len(parts) > 13
    for part in parts:
        data = (tmp_path / f"{part.name}.{form}").read_bytes()
        lines = (gzip.decompress(data) if form.endswith(".gz") else data).decode().split("\n")
        told = [line for line in lines if line.startswith("#")]
        # The others have it in what they say.
        named = [] if form in ("nq", "trig") else [f"# graph <{part.graph}>"]
        assert told == [f"# {producer()}", *named]
        assert lines[: len(told)] == told
        if form == "nt.gz":
            assert lines[:-1] == sorted(lines[:-1])


def test_folder_of_fewer_graphs_has_no_others_left(tmp_path: Path, run: Run) -> None:
    export_rdf(HOME, str(tmp_path), graphs=["roundup-2021/*", "themes"])
    assert len(list(tmp_path.rglob("*.ttl"))) == 9
    export_rdf(HOME, str(tmp_path), graphs=["themes"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["manifest.json", "themes.ttl"]
    assert "it is empty" in run("export", "rdf", "-o", "", code=2, cwd=tmp_path).stderr


def test_target_says_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("is.nq").mkdir()
    Path("file").touch()
    for target in ("is.nq", "new.d/", "new", "."):
        assert is_folder(target)
    for target in ("is.nq/x.nq", "file", "-", "x.ttl", "/dev/null"):
        assert not is_folder(target)
    for target in ("is.nq", "new.d/", "."):
        assert is_folder(target, "nq")
    for target in ("new", "file", "-", "x.ttl"):
        assert not is_folder(target, "nq")


def test_name_without_a_suffix_is_a_file_if_a_format_is_said(run: Run, tmp_path: Path) -> None:
    run("export", "rdf", "-o", "dump", "--format", "nq", "--graphs", "themes", cwd=tmp_path)
    assert (tmp_path / "dump").read_text("utf-8").startswith("# city-policy-kg ")
    run("export", "rdf", "-o", "dump/", "--format", "nq", cwd=tmp_path, code=2)
    run("export", "rdf", "-o", "folder/", "--format", "nq", "--graphs", "themes", cwd=tmp_path)
    assert (tmp_path / "folder" / "themes.nq").is_file()


@pytest.mark.parametrize(
    ("target", "form", "found"),
    [
        ("x.nq", None, (".nq", "")),
        ("x.TTL.GZ", None, (".ttl", ".gz")),
        ("a.b.trig.zst", None, (".trig", ".zst")),
        (".nt", None, (".nt", "")),
        ("x.txt", "trig", (".trig", "")),
        ("x.gz", "trig", (".trig", ".gz")),
        ("x.trig.gz", "trig", (".trig", ".gz")),
        ("-", None, (".nq", "")),
        ("/dev/null", None, (".nq", "")),
        ("-", "jsonld.zst", (".jsonld", ".zst")),
    ],
)
def test_format_is_that_of_the_suffix_or_as_said(
    target: str, form: str | None, found: tuple[str, str]
) -> None:
    assert find_form(target, form) == found


@pytest.mark.parametrize(
    ("target", "form", "said"),
    [
        ("x.xml", None, r"\.nq \(N-Quads\), \.nt \(N-Triples\), \.trig .*--format"),
        ("x.gz", None, r"\.gz or \.zst"),
        ("x.nq.bz2", None, r"\.gz or \.zst"),
        ("x.nq", "trig", "another format than --format trig"),
        ("x.nq", "nq.gz", "another format"),
        ("x.nq.zst", "nq.gz", "another format"),
    ],
)
def test_format_that_is_not_known_is_told(
    target: str, form: str | None, said: str, run: Run, tmp_path: Path
) -> None:
    with pytest.raises(KgError, match=said):
        find_form(target, form)
    options = ["--format", form] if form else []
    run("export", "rdf", "-o", target, *options, code=2, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_output_is_sorted_n_quads(run: Run, written: Callable[[str], bytes]) -> None:
    for options in ([], ["-o", "-"], ["-o", "/dev/stdout"]):
        done = run("export", "rdf", *options)
        assert done.stdout.startswith(written(".nq").decode())
        assert done.stderr == ""
    assert run("export", "rdf", "--graphs", "themes", "--format", "ttl").stdout.startswith("# city")


def test_command_takes_all_its_options(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.trig.gz"
    done = run("export", "rdf", "-o", target, "--graphs", "themes", "--graphs", "roundup-2021/*",
               "--entailed")  # fmt: skip
    assert re.fullmatch(rf"{target}: \d+ statements of 10 graphs\n", done.stdout)
    text = gzip.decompress(target.read_bytes()).decode()
    assert text.count(" {\n") == 10
    run("export", "rdf", "-o", target, "--no-entailed")
    target.write_bytes(b"mine")
    done = run("export", "rdf", "-o", target, code=2)
    assert "was not written by kg" in done.stderr
    assert target.read_bytes() == b"mine"
    run("export", "rdf", "-o", target, "--force")
    assert gzip.decompress(target.read_bytes()).startswith(b"# city-policy-kg ")


def test_every_example_of_the_help_works(run: Run, tmp_path: Path) -> None:
    text = run("export", "rdf", "--help").stdout
    examples = re.findall(r"^  kg (export rdf.*?)(?:   .*| \| .*)?$", text, re.M)
    assert len(examples) == 6
    for example in examples:
        assert run(*shlex.split(example), cwd=tmp_path).stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "city-policy.nq", "city-policy.trig.gz", "city-policy.jsonld", "dumps", "wuhan.ttl",
    }  # fmt: skip
    for word in (*kg.cli.rdf.SYNTAXES, "--graphs", "--no-entailed", "--force", "FILE|DIR|-"):
        assert word in text


def test_what_the_help_says_of_lines_and_entailments_is_so(run: Run, tmp_path: Path) -> None:
    text = run("export", "rdf", "--help").stdout
    assert "adds those of everything" in re.sub(r"\s+", " ", text)
    (example,) = (line.strip() for line in text.split("\n") if " | " in line)
    count = export_rdf(HOME, str(tmp_path / "x.nt"), graphs=["roundup-2021/*"]).statements
    (tail,) = re.findall(r"\| (grep -c .*?)(?:   .*)?$", example)
    done = subprocess.run([*shlex.split(tail), tmp_path / "x.nt"], check=True, capture_output=True)
    assert int(done.stdout) == count > 1_000


def test_folder_that_is_a_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    done = run("export", "rdf", "-o", f"{tmp_path / 'x'}/", code=2)
    assert "is no folder" in done.stderr
    assert (tmp_path / "x").read_text() == "mine"


def test_reader_that_ends_early_is_no_fault(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "export", "rdf"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"# city-policy-kg")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


# --- faults and interrupts --------------------------------------------------------------------


@pytest.mark.parametrize("form", [".nq", ".jsonld"])
@pytest.mark.parametrize("entailed", [True, False])
def test_broken_file_is_told_and_nothing_is_written(
    form: str, entailed: bool, small: Home, tmp_path: Path
) -> None:
    (small.data / "town" / "broken.ttl").write_text("\n\nx y z\n")
    (tmp_path / f"x{form}").write_bytes(b"")
    with pytest.raises(KgError, match=r"broken\.ttl:3: "):
        export_rdf(small, str(tmp_path / f"x{form}"), entailed=entailed)
    assert (tmp_path / f"x{form}").read_bytes() == b""
    (small.ontology / "codes.ttl").write_text("x")
    with pytest.raises(KgError, match=r"codes\.ttl:1: "):
        export_rdf(small, str(tmp_path / f"x{form}"), graphs=["cdp", "codes"])


@pytest.mark.skipif(os.name != "posix", reason="a pipe among the data is POSIX's")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("target", ["x.nq", "x.jsonld.gz", "dumps"])
def test_interrupted_export_leaves_the_old_file(
    target: str, number: signal.Signals, code: int, small: Home, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export_rdf(small, str(out / target), entailed=False)
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    # Nobody writes to it: the export waits there, with a part of its work done.
    os.mkfifo(small.data / "town" / "zzz.ttl")
    command = [sys.executable, "-m", "kg", "--home", small.root, "export", "rdf"]
    command += ["-o", out / target, "--no-entailed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            for _ in range(400):
                time.sleep(0.05)
                if len({p for p in out.rglob("*") if p.is_file()}) > len(before):
                    break
            time.sleep(0.3)
            assert len({p for p in out.rglob("*") if p.is_file()}) > len(before)
            process.send_signal(number)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == code
    assert b"Traceback" not in err
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("target", ["x.nq", "dumps"])
def test_progress_goes_from_nothing_to_all(target: str, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    export_rdf(HOME, str(tmp_path / target), progress=lambda *said: told.append(said))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert {WUHAN, "entailed", "writing"} <= {what for what, _ in told}
    assert len(told) > 15


def test_bar_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="terminals are POSIX's")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "kg", "export", "rdf", "-o", str(tmp_path / "x.nq")]
    subprocess.run(command, stderr=follower, stdout=subprocess.DEVNULL, check=True, timeout=60)
    os.close(follower)
    shown = b""
    while True:
        try:
            data = os.read(leader, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(leader)
    assert b"Writing" in shown
    assert b"100%" in shown


def test_shell_completes_graphs(run: Run) -> None:
    done = run(_KG_COMPLETE="bash_complete", COMP_CWORD="4",
               COMP_WORDS="kg export rdf --graphs roundup-2021/s")  # fmt: skip
    assert "roundup-2021/suzhou" in done.stdout
    assert "wuhan" not in done.stdout
