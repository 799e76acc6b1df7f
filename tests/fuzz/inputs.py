"""Inputs for the targets of the fuzzer: seeds with changes, and tokens in any order."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
QUERIES = Path(__file__).parents[2] / "queries"
MOST_CHANGES = 6
LONGEST_CUT = 40
# How often a piece is repeated: a few times, around the limits of nesting, and far beyond.
REPETITIONS = (2, 3, 49, 51, 1_000, 60_000)
NUMBERS = [
    "0", "1", "-1", "007", "80.0", "1E5", "1e999999999", "9" * 40, "1_000", "٣", "NaN", "INF",
]  # fmt: skip
TEXTS = [
    "武汉", "é", "\u202e", "\u2028", "\x85", "\x00", "\x1b[2J", "\ufeff", "\ufffe", "😀", "a\u0301",
]  # fmt: skip
TURTLE_TOKENS = [
    *"[](){}<>.,;:@^_#'\"\\%&*+-/=?|~", " ", "\n", "\r", "\r\n", "\t", '"""', "'''", "^^", "@en",
    "@zh-HANS", "@x--ltr", "a ", "<<", ">>", "<<( ", " )>>", "{|", "|}", "~ ", "@prefix ", "@base ",
    "PREFIX ", "BASE ", "VERSION ", "GRAPH ", "true", "false", "\\u0041", "\\U0001F600", "\\uD800",
    "\\u0000", "\\n", "\\.", "%41", "e:a", "e:a\\~b", ":", "_:b", "_:b.c", "<>", "<#a>", "<../x>",
    "<urn:a b>", "^^xsd:date", "^^xsd:integer", "^^xsd:decimal", "^^<x>", "rdf:nil", "[]", "()",
    "e:p e:o", *NUMBERS, *TEXTS,
]  # fmt: skip
SPARQL_TOKENS = [
    *"(){}[]<>.,;:|/^!*+-=?$@#'\"\\&", " ", "\n", "&&", "||", "^^", ">=", "!=", "<<", ">>", "<<(",
    ")>>", "SELECT ", "ASK ", "CONSTRUCT ", "DESCRIBE ", "WHERE ", "FROM ", "FROM NAMED ",
    "GRAPH ?g ", "OPTIONAL ", "UNION ", "MINUS ", "FILTER ", "BIND(1 AS ?x)", "VALUES ?x { 1 }",
    "SERVICE <x:> ", "SERVICE SILENT ?s ", "LATERAL ", "EXISTS ", "NOT EXISTS ", "GROUP BY ",
    "HAVING ", "ORDER BY ", "LIMIT 1 ", "OFFSET 9 ", "DISTINCT ", "REDUCED ", "COUNT(*)", "SUM(?x)",
    "GROUP_CONCAT(?x)", "SAMPLE(?x)", "REGEX(?x, '(')", "REPLACE(STR(?x), 'a', 'aa')",
    "CONCAT(?x, ?x)", "STRDT(?x, xsd:int)", "IRI(?x)", "BNODE()", "RAND()", "NOW()", "UUID()",
    "COALESCE()", "IF(1,2,3)", "IN (1, 2)", "a ", "?s ?p ?o", "?x", "$x", "_:b", "[]", "()",
    "cdp:City", "place:wuhan", "nope:x", "<http://e.org/>", "rdf:type*", "(!a|^a)*",
    "PREFIX e: <http://e.org/> ", "BASE <x:> ", "INSERT DATA ", "LOAD <x:>", "UNDEF", "true",
    "xsd:date('2021')", "'x'@en", "'x'@zh-hans--ltr", "\\u0022", "graph:entailed",
    "TRIPLE(?s, ?p, ?o)", "VERSION '1.2' ", *NUMBERS, *TEXTS,
]  # fmt: skip
ANSWER_TOKENS = [
    "\r\n", "\n", ":", ";", ",", "{", "}", "[", "]", '"', "<", ">", "/", " ", "\\u0000", "\\ud800",
    "null", "true", "HTTP/1.1 200 OK\r\n", "HTTP/1.0 ", "204", "206", "301", "302", "400", "401",
    "407", "429", "500", "503", "599", "999", "Content-Type: ", "application/sparql-results+json",
    "application/json", "application/sparql-results+xml", "text/turtle", "application/n-triples",
    "application/rdf+xml", "text/html", "; charset=latin-1", "; charset=utf-16", "; charset=nope",
    "Content-Length: ", "0\r\n\r\n", "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n",
    "Content-Encoding: br\r\n", "Transfer-Encoding: chunked\r\n", "Retry-After: ", "Location: ",
    "Set-Cookie: a=b\r\n", "Date: x\r\n", '{"type":"triple","value":{"subject":',
    '{"type":"uri","value":"x"}', '"xml:lang":"en--rtl"',
    '{"type":"literal","value":"x","datatype":"x"}', '{"type":"bnode","value":""}',
    '"head":{"vars":[]}', '"boolean":true', '"results":{"bindings":[]}', "<sparql>",
    "<!DOCTYPE x [<!ENTITY e 'e'>]>", "&e;", "<triple>", "<bnode/>", "<?xml version='1.1'?>",
    "<?xml encoding='utf-16'?>", "<![CDATA[", "-->", "<< ", "_:b", "<x:y>", *NUMBERS, *TEXTS,
]  # fmt: skip


def choose(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy that draws from each one equally often; `st.one_of` ignores repetitions."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def list_seeds(target: str) -> list[bytes]:
    """Return the inputs of a target in the corpus, sorted by name."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


@st.composite
def changed_texts(draw: st.DrawFn, seeds: Sequence[str], tokens: Sequence[str]) -> str:
    """Draw a seed with pieces cut, repeated, moved, taken from another seed, or put in."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, LONGEST_CUT)))
        kind = draw(st.sampled_from(["put", "put", "replace", "cut", "repeat", "splice", "text"]))
        piece = text[start:end]
        if kind in ("put", "replace"):
            new = draw(st.sampled_from(tokens))
            piece = new if kind == "replace" else new + piece
        elif kind == "cut":
            piece = ""
        elif kind == "repeat":
            piece *= draw(st.sampled_from(REPETITIONS))
        elif kind == "splice":
            other = draw(st.sampled_from(seeds))
            at = draw(st.integers(0, len(other)))
            piece = other[at : at + LONGEST_CUT]
        else:
            piece = draw(st.text(st.characters(codec="utf-8"), max_size=5)) + piece
        text = text[:start] + piece + text[end:]
        if len(text) > 10**7:
            break
    return text


@st.composite
def token_texts(draw: st.DrawFn, tokens: Sequence[str]) -> str:
    """Draw tokens in any order, some of them many times in a row."""
    pieces = []
    for token in draw(st.lists(st.sampled_from(tokens), max_size=20)):
        times = draw(st.sampled_from([1] * 30 + list(REPETITIONS)))
        pieces.append(token * times)
    return draw(st.sampled_from(["", " "])).join(pieces)


@st.composite
def changed_bytes(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """Draw the bytes of a text, some in another encoding or with bytes that are not text."""
    text = draw(texts)
    kind = draw(st.sampled_from(["utf-8"] * 12 + ["mark", "utf-16", "gb18030", "bytes"]))
    if kind == "mark":
        return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")
    if kind != "bytes":
        return text.encode(kind, "replace")
    data = text.encode("utf-8", "replace")
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 3)) :]


def read_texts(target: str) -> list[str]:
    """Return the seeds of a target that are text."""
    return [seed.decode("utf-8", "replace") for seed in list_seeds(target)]


def turtle() -> st.SearchStrategy[bytes]:
    """Return a strategy for Turtle files."""
    prefixes = "PREFIX e: <http://e.org/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    changed = changed_texts(read_texts("turtle"), TURTLE_TOKENS)
    literals = st.builds(
        '{}e:a e:b "{}"^^xsd:{} .'.format,
        st.just(prefixes),
        choose(
            st.sampled_from(NUMBERS), st.text("0123456789+-.:TZPYMDHSeEINFaNtrue", max_size=12)
        ),
        st.sampled_from("integer decimal double float date dateTime time boolean gYear duration "
                        "hexBinary base64Binary language anyURI byte unsignedLong".split()),
    )  # fmt: skip
    soup = token_texts(TURTLE_TOKENS).map(prefixes.__add__)
    return changed_bytes(choose(changed, changed, changed, soup, literals))


def sparql() -> st.SearchStrategy[bytes]:
    """Return a strategy for queries."""
    own = [path.read_text("utf-8") for path in sorted(QUERIES.glob("*.rq"))]
    bodies = [text[text.index("PREFIX") :] for text in own if "PREFIX" in text]
    seeds = read_texts("sparql")
    changed = changed_texts(seeds, SPARQL_TOKENS)
    soup = token_texts(SPARQL_TOKENS)
    return changed_bytes(
        choose(
            *[changed] * 4,
            soup,
            soup.map("SELECT * {{ {} }}".format),
            changed_texts(bodies, SPARQL_TOKENS),
        )
    )


def values(names: Sequence[str]) -> st.SearchStrategy[object]:
    """Return a strategy for values of parameters, as `read_object` in targets.py reads them."""
    hostile = st.sampled_from(
        [
            *(
                '"',
                "'",
                "\\",
                '" } #',
                "> } #",
                "\\u0022 } #",
                "UNDEF",
                "{",
                "}",
                "?x",
                "",
                " ",
                "\n",
            ),
            *("x" * 10_000, "\\" * 999, "(", "[", "*", "%s", "{0}", "$(id)", "--", "-"),
        ]
    )
    texts = choose(
        st.sampled_from(names),
        st.sampled_from(NUMBERS + TEXTS),
        hostile,
        st.text(max_size=8),
        st.tuples(st.sampled_from(names), hostile).map("".join),
    )
    objects = choose(
        texts.map(lambda text: {"decimal": text}),
        st.dates().map(lambda day: {"date": day.isoformat()}),
        st.datetimes().map(lambda day: {"datetime": day.isoformat()}),
        st.sampled_from(["inf", "-inf", "nan", "1e308", "5e-324"]).map(lambda x: {"float": x}),
        st.sampled_from(["5", "18", "19", "5000"]).map(lambda digits: {"int": digits}),
        st.just({"bytes": "x"}),
        st.lists(st.integers(), max_size=2),
        st.none(), st.booleans(), st.integers(), st.floats(),
    )  # fmt: skip
    return choose(texts, texts, texts, objects)


def parameters() -> st.SearchStrategy[bytes]:
    """Return a strategy for questions, networks, queries and names, with values."""
    names = ["wuhan", "武汉", "place:wuhan", "https://w3id.org/cdp/id/place/wuhan", "2022"]
    names += ["theme:mobility", "suzhou", "doc:suzhou-test-plan", "zh-Hans", "document"]
    value = values(names)
    languages = st.sampled_from(["en"] * 6 + ["zh-Hans", "zh-Hant", "EN", "fr", ""])

    def use_file(kind: str, path: Path) -> st.SearchStrategy[dict[str, object]]:
        """Return a strategy for values of the parameters in the header of a file."""
        keys = [*find_parameters(path.read_text("utf-8")) * 3, "lang", "nope", ""]
        given = st.dictionaries(st.sampled_from(keys), value, max_size=3)
        name = st.sampled_from([path.stem] * 20 + [path.stem.upper(), "x" * 300])
        return st.fixed_dictionaries({kind: name, "values": given, "language": languages})

    questions = [use_file("question", path) for path in sorted(QUERIES.glob("*.rq"))]
    networks = [use_file("network", path) for path in sorted(QUERIES.glob("networks/*.rq"))]
    search = use_file("question", QUERIES / "search.rq")  # the only question with a text
    query = "SELECT ?x ?s {\nVALUES ?x { UNDEF }\nOPTIONAL { ?s ?p ?x } } LIMIT 5"
    bound = st.dictionaries(st.sampled_from(["x", "x", "y"]), value, min_size=1, max_size=1)
    queries = st.fixed_dictionaries({"query": st.just(query), "values": bound})
    shown = st.fixed_dictionaries({"show": value, "language": languages})
    cases = choose(*questions, *networks, *[search] * 5, *[queries] * 5, *[shown] * 5)
    # Half surrogates are escapes in JSON.
    return cases.map(lambda case: json.dumps(case).encode())


def find_parameters(text: str) -> list[str]:
    """Return the names of the parameters in the header of a question."""
    lines = [line[2:] for line in text.splitlines() if line.startswith("#+")]
    if " parameters:" not in lines:
        return []
    found = []
    for line in lines[lines.index(" parameters:") + 1 :]:
        if not line.startswith("   "):
            break
        if line.startswith("   ") and line[3] != " " and line.endswith(":"):
            found.append(line.strip(" :"))
    return found


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Draw the complete answer of a server: status line, headers and body."""
    text = draw(
        choose(
            changed_texts(read_texts("answers"), ANSWER_TOKENS),
            token_texts(ANSWER_TOKENS).map("HTTP/1.1 200 OK\r\nContent-Type: {}".format),
        )
    )
    data = draw(changed_bytes(st.just(text)))
    head, blank, body = data.partition(b"\r\n\r\n")
    if blank and draw(st.integers(0, 9)) == 0:
        coding = draw(st.sampled_from([b"gzip", b"deflate"]))
        packed = gzip.compress(body, mtime=0)
        body = packed[: draw(st.integers(0, len(packed)))] if draw(st.booleans()) else packed
        head += b"\r\nContent-Encoding: " + coding
    if blank and draw(st.integers(0, 3)):
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-len")
        ]
        head = b"\r\n".join([*lines, b"Content-Length: %d" % len(body)])
    return head + blank + body


STRATEGIES: Mapping[str, st.SearchStrategy[bytes]] = {
    "turtle": st.deferred(turtle),
    "sparql": st.deferred(sparql),
    "parameters": st.deferred(parameters),
    "answers": answers(),
}
