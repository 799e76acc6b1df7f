"""The canonical form of Turtle: generated documents keep their terms, and work grows linearly."""

import logging
import re
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pytest
import rdflib
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib.compare import to_canonical_graph

from kg.errors import KgError
from kg.turtle_layout import format_text
from kg.turtle_tokens import list_tokens

BASE = "https://e.org/folder/file"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {
    "e": "https://e.org/",
    "": "https://e.org/empty#",
    "a": "https://e.org/a/",
    "true": "https://e.org/true/",
    "prefix": "urn:prefix:",
    "é.x-1": "https://e.org/é/",
    "r": "#",
    "up": "../",
    "xsd": XSD,
}
# Valid and invalid lexical forms; those in the last list are used with each type.
LEXICAL_FORMS = {
    "string": ["", " a ", "1"],
    "boolean": ["true", "1", "0", " false ", "TRUE", "maybe"],
    "decimal": ["80", "80.0", "+5", "-.5", "5.", "007", "1E2", "8_0", "1E999999999"],
    "integer": ["007", "+5", "-0", " 5 ", "5.0", "９", "1_0"],
    "double": ["1e0", "1.0E+5", "INF", "-INF", "NaN", "+INF", "inf", "1e"],
    "float": ["1", "-0.0", "1e38", "1e39", "NaN"],
    "date": ["2021-01-01+08:00", "2021-01-01Z", "-0044-03-15", "2021-99-99", "2021-1-1"],
    "time": ["24:00:00", "12:00:00.000", "12:00:00-14:00", "12"],
    "dateTime": ["2021-01-01T00:00:00.000Z", "2021-01-01T24:00:00", "2021-01-01"],
    "dateTimeStamp": ["2021-01-01T00:00:00Z", "2021-01-01T00:00:00"],
    "gYear": ["2021", "02021", "2021Z", "20x5", "-0001"],
    "gMonth": ["--05", "--05Z", "05"],
    "gDay": ["---31", "31"],
    "gYearMonth": ["2021-05", "2021-13"],
    "gMonthDay": ["--02-30", "02-30"],
    "duration": ["P12M", "P1Y", "PT0S", "-P1D", "P", "PT1H60M"],
    "yearMonthDuration": ["P12M", "P1D"],
    "dayTimeDuration": ["PT24H", "P1M"],
    "byte": ["127", "128", "-0128"],
    "short": ["00", "99999"],
    "int": ["+1", "99999999999"],
    "long": ["-1", "1.5"],
    "unsignedByte": ["255", "-1"],
    "unsignedShort": ["01"],
    "unsignedInt": ["+0"],
    "unsignedLong": ["18446744073709551616"],
    "positiveInteger": ["01", "0"],
    "nonNegativeInteger": ["-0", "-1"],
    "negativeInteger": ["-01", "1"],
    "nonPositiveInteger": ["0", "5"],
    "hexBinary": ["AB0F", "ab0f", "ABC", "xyz"],
    "base64Binary": ["YWI=", "Y W I =", "YWI", "***"],
    "anyURI": ["https://e.org/%7Ea", "../a b", "HTTP://E.org"],
    "language": ["zh-HANS", "x", "1"],
    "normalizedString": ["a\\tb", "  a  "],
    "token": ["  a  b ", "a b"],
    "NMTOKEN": ["a b", "-a"],
    "Name": ["1a"],
    "NCName": ["a:b"],
    "QName": ["e:a"],
    "NOTATION": ["e:a"],
    "unknownType": ["x"],
}
ANY_FORMS = ["", " ", "-", "\\u0031", "1" * 400]

spaces = st.sampled_from([" ", "  ", "\n", "\t", "\r\n", " \n\n \t\n"])
maybe_spaces = st.one_of(st.just(""), spaces)
# rdflib allows no space here, so that it is rare.
rare_space = st.integers(0, 15).map(lambda n: "" if n else " \n")
iris = st.sampled_from(
    [
        "<https://e.org/a>", "<HTTP://E.org:80/%7e/../x?q=1#f>", "<urn:a:b>", "<https://武汉.中国/>",
        "<https://e.org/\\u6df1\\U0001F600>", "<#me>", "<>", "<a>", "<../a>", "<./a/../b>", "<?q>",
        "<//h/a>", "</a>", "<a\\u0041>", "<mailto:a@e.org>", "<https://e.org/a(b),c;d.>",
    ]
)  # fmt: skip
local_names = st.sampled_from(
    [
        "", "a", "a.b", "a..b", "1", "0a", "-".join("ab"), "_", ":", "a:b", ":a::b:", "%41", "%e6a",
        "a\\(b\\)", "\\~\\-\\!\\$\\&\\'\\*\\+\\,\\;\\=\\/\\?\\@\\%41\\_x", "武汉", "a·", "a\u1680b",
        "true", "a\\.b", "x\U00010000", "e\u0301",
    ]
)  # fmt: skip
labels = st.sampled_from(["_:a", "_:b.c", "_:1", "_:_", "_:é-1·"])
numbers = st.sampled_from(
    ["5", "+5", "-0", "007", "5.0", "-.5", "+0.50", "1e0", "1E+5", ".5e-3", "5.E1", "9" * 400]
)
booleans = st.sampled_from(["true", "false"])
escapes = st.sampled_from(
    ["\\t", "\\b", "\\n", "\\r", "\\f", '\\"', "\\'", "\\\\", "\\u0000", "\\u000A", "\\U0001F600"]
)
characters = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\"'\\\r\n"), max_size=8),
    st.sampled_from(["# no comment", " . ", "[", "@en", "^^", "\x00", "\x0b", "\x85", "\u2028"]),
)
line_ends = st.sampled_from(["\n", "\r\n", "\r", " \n \n"])
tags = st.sampled_from(["@en", "@EN", "@zh-HANS", "@zh-Hans-cn", "@x-Private", "@de-1996", "@base"])
whole_numbers = st.integers(0, 10**6)


@st.composite
def strings(draw: st.DrawFn) -> str:
    """Return a string in one of the four forms."""
    quotes = draw(st.sampled_from(["'", '"', "'''", '"""']))
    other = '"' if quotes[0] == "'" else "'"
    pieces = [characters, escapes, st.sampled_from([other, other * 3])]
    if len(quotes) == 3:
        pieces += [line_ends, st.sampled_from([quotes[0] + "x", quotes[:2] + "x"])]
    return quotes + "".join(draw(st.lists(st.one_of(pieces), max_size=6))) + quotes


@st.composite
def typed_literals(draw: st.DrawFn) -> str:
    """Return a literal of a type of XML Schema, with a valid or an invalid lexical form."""
    name = draw(st.sampled_from(sorted(LEXICAL_FORMS)))
    form = draw(st.sampled_from(LEXICAL_FORMS[name] + ANY_FORMS))
    datatype = draw(st.sampled_from([f"xsd:{name}", f"<{XSD}{name}>"]))
    space = draw(rare_space)
    return f'"{form}"{space}^^{space}{datatype}'


@st.composite
def tagged_strings(draw: st.DrawFn) -> str:
    return draw(strings()) + draw(rare_space) + draw(tags)


names = st.builds("{}:{}".format, st.sampled_from(sorted(PREFIXES)), local_names)
literals = st.one_of(strings(), typed_literals(), tagged_strings(), numbers, booleans)
verbs = st.one_of(st.just("a"), names, iris)


@st.composite
def property_lists(draw: st.DrawFn, objects: st.SearchStrategy[str]) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        values = draw(st.lists(objects, min_size=1, max_size=3))
        comma = draw(st.sampled_from([" ,", ", ", " ,\n \n "]))
        parts.append(draw(verbs) + draw(spaces) + comma.join(f"{value} " for value in values))
    end = draw(st.sampled_from(["", ";", " ; ;"]))
    return draw(st.sampled_from([";", " ;\n", " ; ; "])).join(parts) + end


def _nest(objects: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("[{}{} ]".format, maybe_spaces, property_lists(objects)),
        st.sampled_from(["[]", "[ ]", "()", "(\n)"]),
        st.lists(objects, max_size=4).map(lambda terms: f"( {' '.join(terms)} )"),
    )


terms = st.recursive(st.one_of(names, iris, labels, literals), _nest, max_leaves=6)


@st.composite
def statements(draw: st.DrawFn) -> str:
    properties = property_lists(terms)
    kind = draw(st.integers(0, 5))
    if kind == 0:
        after = draw(st.one_of(st.just(""), properties))
        return f"[ {draw(properties)} ]{draw(maybe_spaces)}{after}"
    if kind == 1:
        return f"( {draw(terms)} {draw(terms)} ) {draw(properties)}"
    subject = draw(st.one_of(names, iris, labels, st.just("[]")))
    return f"{subject}{draw(spaces)}{draw(properties)}"


@st.composite
def directives(draw: st.DrawFn) -> str:
    """Return a directive that gives a prefix another namespace, or sets the base."""
    iri = draw(st.sampled_from(["<https://e.org/other/>", "<x/>", "<#>", "<https://e.net/b/c>"]))
    name = draw(st.sampled_from([None, *PREFIXES]))
    if name == "xsd":
        iri = f"<{XSD}>"
    if name is None:
        return draw(st.sampled_from(["@base {} .", "BASE {}", "bAsE{}"])).format(iri)
    written = draw(st.sampled_from(["@prefix {}: {} .", "PREFIX {}: {}", "prefix\n{}:{}"]))
    return written.format(name, iri)


@dataclass
class Document:
    """Directives at the beginning, then statements and other directives."""

    head: list[str]
    body: list[str]

    def __str__(self) -> str:
        return "\n".join([*self.head, *self.body])


@st.composite
def documents(draw: st.DrawFn, *, redeclare: bool = True) -> Document:
    forms = st.sampled_from(["@prefix {}: <{}> .", "PREFIX {}:<{}>", "Prefix\t{}: <{}>"])
    head = [draw(forms).format(*prefix) for prefix in draw(st.permutations(list(PREFIXES.items())))]
    parts = st.builds("{}{} .".format, statements(), maybe_spaces)
    if redeclare:
        parts = st.one_of(parts, parts, directives())
    return Document(head, draw(st.lists(parts, max_size=5)))


def read_terms(text: str, base: str = BASE) -> str:
    """Return what pyoxigraph reads, with the blank nodes labelled canonically (RDFC-1.0)."""
    dataset = Dataset(parse(text, RdfFormat.TURTLE, base_iri=base))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset)))


def read_with_rdflib(text: str) -> list[str]:
    graph = rdflib.Graph().parse(data=text, format="turtle", publicID=BASE)
    triples = to_canonical_graph(graph).triples((None, None, None))
    return sorted(" ".join(map(_write_term, triple)) for triple in triples)


def _write_term(term: rdflib.term.Node) -> str:
    if isinstance(term, rdflib.Literal):
        return f"{str(term)!r} {term.datatype} {term.language}"
    return repr(term)


@contextmanager
def without_normalization() -> Iterator[None]:
    """Let rdflib keep lexical forms, and be silent about those that are invalid."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    logging.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
        logging.disable(logging.NOTSET)


def list_terms(text: str) -> set[str]:
    """Return the terms of statements as they are written, literals with type or language."""
    found: list[str] = []
    tokens = list_tokens(text)
    before = None
    for token in tokens:
        keyword = token.text.lower().removeprefix("@")
        if keyword in ("prefix", "base") and (before is None or before.kind != "string"):
            for _ in range(2 if keyword == "prefix" else 1):
                next(tokens)  # the name and the IRI, or only the IRI
        elif token.kind == "tag" or token.text == "^^" or (before and before.text == "^^"):
            found[-1] += token.text
        elif token.kind != "mark":
            found.append(token.text)
        before = token
    return set(found)


def has_stray_space(text: str) -> bool:
    """Return whether a line ends with white space; lines inside strings do not count."""
    for token in reversed(list(list_tokens(text))):
        if token.kind == "string":
            text = text[: token.start] + '""' + text[token.start + len(token.text) :]
    return re.search(r"[ \t\r]$", text, re.MULTILINE) is not None


# Generated documents


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_generated_documents_keep_their_terms(document: Document) -> None:
    text = str(document)
    after = format_text(text, "a.ttl")
    assert read_terms(after) == read_terms(text)
    assert read_terms(after, "urn:other:base") == read_terms(text, "urn:other:base")
    assert list_terms(after) == list_terms(text)
    assert format_text(after, "a.ttl") == after
    assert not has_stray_space(after)
    assert "\n\n\n" not in after


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), st.lists(st.tuples(whole_numbers, whole_numbers), min_size=1, max_size=3))
def test_documents_with_tokens_in_wrong_places_are_refused_or_keep_their_terms(
    document: Document, exchanges: list[tuple[int, int]]
) -> None:
    words = [token.text for token in list_tokens("\n".join(document.body))] or ["."]
    for one, other in exchanges:
        words[one % len(words)] = words[other % len(words)]
    text = "\n".join([*document.head, " ".join(words)])
    try:
        after = format_text(text, "a.ttl")
        before = read_terms(text)
    except (KgError, SyntaxError):
        return
    assert read_terms(after) == before


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_rdflib_reads_the_same_terms(document: Document) -> None:
    text = str(document)
    with without_normalization():
        try:
            before = read_with_rdflib(text)
        except Exception:  # rdflib does not read all of Turtle
            reject()
        assert read_with_rdflib(format_text(text, "a.ttl")) == before


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(redeclare=False), st.randoms(use_true_random=False))
def test_form_does_not_depend_on_the_order_of_statements(
    document: Document, random: Random
) -> None:
    after = format_text(str(document), "a.ttl")
    random.shuffle(document.head)
    random.shuffle(document.body)
    assert format_text(str(document), "a.ttl") == after


# The layout

WRITTEN = """\
@prefix e: <https://e.org/> . prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#>
@prefix unused: <https://e.org/unused/> .
e:b e:p "z"@zh-Hans , 'a'@en , 5 , "5"^^e:int ; a e:C ; rdfs:label "B" .
e:a e:list ( 1 [ e:q 2 ; e:p ( ) ] ( e:b ) ) . e:a e:node [ e:q [] ] ;
  e:nodes [ e:q 2 ] , [] , e:b .
_:x e:p _:x . [ e:p 1 ] e:p 2 .
e:a e:p '''two
 \\n lines''' .
"""
CANONICAL = """\
PREFIX e: <https://e.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

e:a
    e:list (
        1
        [
            e:p () ;
            e:q 2 ;
        ]
        (
            e:b
        )
    ) ;
    e:node
        [
            e:q [] ;
        ] ;
    e:nodes
        [
            e:q 2 ;
        ] ,
        [] ,
        e:b ;
    e:p '''two
 \\n lines''' ;
.

e:b
    a e:C ;
    rdfs:label "B" ;
    e:p
        5 ,
        'a'@en ,
        "z"@zh-Hans ,
        "5"^^e:int ;
.

_:x
    e:p _:x ;
.

[]
    e:p
        1 ,
        2 ;
.
"""


def test_canonical_form() -> None:
    assert format_text(WRITTEN, "a.ttl") == CANONICAL
    assert format_text(CANONICAL, "a.ttl") == CANONICAL


@pytest.mark.parametrize("text", ["", "\n\n", "PREFIX e: <https://e.org/>", "@prefix : <#> ."])
def test_document_without_statements_is_empty(text: str) -> None:
    assert format_text(text, "a.ttl") == ""


def test_prefix_or_base_that_changes_begins_a_section() -> None:
    text = """BASE <https://e.org/> PREFIX r: <#> PREFIX e: <https://e.net/>
        e:b e:p <me> , r:x . PREFIX f: <https://f.org/> f:a e:p f:a .
        PREFIX e: <https://e.net/> e:a e:p 1 .
        PREFIX e: <https://other.net/> e:a e:p 1 . e:a e:p <me> .
        @base <folder/> . PREFIX r: <#> e:a e:p <me> , r:x ."""
    after = format_text(text, "a.ttl")
    assert re.findall(r"^(?:BASE|PREFIX|\w:).*", after, re.MULTILINE) == [
        "BASE <https://e.org/>",
        "PREFIX e: <https://e.net/>",
        "PREFIX f: <https://f.org/>",
        "PREFIX r: <#>",
        "e:a",
        "e:b",
        "f:a",
        "PREFIX e: <https://other.net/>",
        "e:a",
        "BASE <folder/>",
        "PREFIX r: <#>",
        "e:a",
    ]
    assert read_terms(after) == read_terms(text)
    assert format_text(after, "a.ttl") == after


def test_statement_is_written_once_and_each_node_stays() -> None:
    text = "<a> <p> 1 , 1 , () , () , [] , [] , (2) , (2) , _:b , _:b . <a> <p> 1 . _:b <p> <a> ."
    after = format_text(text, "a.ttl")
    lines = [line.strip(" ,;") for line in after.splitlines()]
    assert [lines.count(term) for term in ("1", "()", "[]", "2", "_:b")] == [1, 1, 2, 2, 2]
    assert read_terms(after) == read_terms(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("<a> <b> <c> .\n<< <a> <b> <c> >> <d> 1 .", 2, 1, "<<"),
        ("<a> <b>\r\n\t<<( <a> <b> <c> )>> .", 2, 2, "<<("),
        ("<a> <b> <c> {| <d> 1 |} .", 1, 13, "{|"),
        ("<a> <b> <c>\r~ <r> .", 2, 1, "~"),
        ("<a> <b> <c> ~ .", 1, 13, "~"),
        ('VERSION "1.2"\n<a> <b> <c> .', 1, 1, "VERSION"),
        ('<a> <b> <c> .\n@version "1.2" .', 2, 1, "@version"),
        ('<a> <b> """\n"""@ar--rtl .', 2, 7, "--rtl"),
    ],
)
def test_rdf_1_2_is_refused(text: str, line: int, column: int, said: str) -> None:
    list(parse(text, RdfFormat.TURTLE, base_iri=BASE))
    with pytest.raises(KgError) as caught:
        format_text(text, "a.ttl")
    assert str(caught.value).startswith(f"a.ttl:{line}: column {column}: {said} is RDF 1.2. ")


def test_comments_are_refused_or_dropped() -> None:
    text = '<a> <b> "# no comment" , <#b> .\n\n<c> # one\n  <p> 1 . # two'
    with pytest.raises(KgError, match=r"^a\.ttl:3: column 5: there is a comment.*--drop-comments"):
        format_text(text, "a.ttl")
    after = format_text(text, "a.ttl", drop_comments=True)
    assert list_terms(after) == {"<a>", "<b>", '"# no comment"', "<#b>", "<c>", "<p>", "1"}
    assert after == format_text(after, "a.ttl")


@pytest.mark.parametrize(
    "text",
    """<a> <b> .|<a> <b> [ .|<a> <b> ) .|<a> <b> ( ] .|<a> .|.|<a> <b> c:d .|<a> <b> <c> <d> .
    |<a> <b> <c> ; <d> .|<a> <b> <c> , .|<a> ; <b> 1 .|<a> , <b> 1 .|<a> <b> [ <c> ] .|<a>
    |( 1 ; 2 ) .|<a> <b> 1 ] .|"a" <b> 1 .|<a> _:b 1 .|<a> 1 1 .|<a> [ ] 1 .|<a> <b> "x" @ .
    |<a> <b> > .|a <b> <c> .|<a> <b> [ <c> 1 . ] .|<a> <b> ( 1 , 2 ) .|[ ] .|<a> <b> a .
    |<a> <b> true:x .|<a> <b> "x"^^a .|<a> <b> "x"^^"y" .|<a> <b> 1""".replace(
        "\n    |", "|"
    ).split("|"),
)
def test_text_that_is_not_turtle_is_never_written(text: str) -> None:
    with pytest.raises(KgError, match=r"^a\.ttl:1: column \d+: unexpected "):
        format_text(text, "a.ttl")


# Time and memory

GROWING: dict[str, Callable[[int], str]] = {
    "list": lambda n: f"<a> <p> ( {' '.join(f'<{i}>' for i in range(n))} ) .",
    "objects": lambda n: f"<a> <p> {' , '.join(f'<{n - i}>' for i in range(n))} .",
    "subjects": lambda n: "\n".join(f"<{n - i}> <p> {i} , 'x'@en ." for i in range(n)),
    "predicates": lambda n: f"<a> {' ; '.join(f'<{n - i}> {i}' for i in range(n))} .",
    "nodes": lambda n: f"<a> <p> {' , '.join(f'[ <q> {n - i} ]' for i in range(n))} .",
    "equal nodes": lambda n: f"<a> <p> {' , '.join(['[ <q> [ <r> 1 ] ]'] * n)} .",
    "equal statements": lambda n: "<a> <p> 1 .\n" * n,
    "nested": lambda n: f"<a> <p> {'[ <q> ' * 40} {' , '.join(map(str, range(n)))} {']' * 40} .",
    "prefixes": lambda n: " ".join(f"PREFIX e: <x:{i}> e:a e:p 1 ." for i in range(n)),
    "comments": lambda n: "# x\n" * n,
}
LONG: dict[str, Callable[[int], str]] = {
    "string": lambda n: "'" + "x" * n + "'",
    "Chinese": lambda n: '"' + "深" * n + '"',
    "escapes": lambda n: '"' + "\\n" * n + '"@en',
    "lines": lambda n: '"""' + '"a" \r\n' * (n // 6) + '"""',
    "integer": lambda n: "9" * n,
    "IRI": lambda n: f"<x:{'a' * n}>",
    "name": lambda n: f"e:{'a.' * (n // 2)}a",
    "white space": lambda n: "1" + " \n" * n,
}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[] if kind in ("objects", "nested") else pytest.mark.slow)
        for kind in GROWING
    ],
)
def test_calls_and_memory_grow_linearly(kind: str, count_calls: Callable[..., int]) -> None:
    calls, peaks = [], []
    for size in (100, 1000):
        text = GROWING[kind](size)

        def work(text: str = text) -> object:
            return format_text(text, "a.ttl", drop_comments=True)

        work()
        calls.append(count_calls(work))
        tracemalloc.start()
        work()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Quadratic growth is a hundred times; sorting takes n log n comparisons.
    assert calls[1] <= 20 * calls[0]
    assert peaks[1] <= 20 * peaks[0]


@pytest.mark.parametrize("kind", LONG)
def test_memory_of_long_tokens_grows_linearly(kind: str) -> None:
    """A pattern makes no calls to count: `make bench` compares the time."""
    peaks = []
    for size in (50_000, 500_000):
        text = f"PREFIX e: <x:> <a> <p> {LONG[kind](size)} ."
        assert list_terms(format_text(text, "a.ttl")) == list_terms(text)
        tracemalloc.start()
        format_text(text, "a.ttl")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 20 * peaks[0]
