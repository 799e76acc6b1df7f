"""Prefixed names, IRIs, terms and language tags."""

import os
import pickle
import random
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.home import Home, find_home
from kg.names import (
    FALLBACKS,
    LANGUAGES,
    Names,
    Term,
    bind_json,
    format_language,
    is_iri,
    name_graph,
    pick,
    read_names,
)
from kg.turtle import list_files

HOME = find_home()
PREFIXES = 50
SEED = 7
TAG = Literal("深圳", language="zh-hans")
COUNT = Literal("14", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
SHENZHEN = NamedNode("https://w3id.org/cdp/id/place/shenzhen")


def write_prefixes(folder: Path, *pairs: tuple[str, str]) -> Home:
    lines = ["PREFIX sh: <http://www.w3.org/ns/shacl#>", "<x:x>"]
    lines += [f'  sh:declare [ sh:prefix "{p}" ; sh:namespace "{n}" ] ;' for p, n in pairs]
    (folder / "ontology").mkdir()
    (folder / "ontology" / "prefixes.ttl").write_text("\n".join([*lines, "."]), "utf-8")
    return Home(folder)


def test_files_use_declared_prefixes_only() -> None:
    declared = read_names(HOME).prefixes
    assert len(declared) >= PREFIXES
    found = 0
    for file in list_files(HOME, shapes=True):
        for prefix, namespace in re.findall(
            r"^PREFIX (\w+): <(.*)>$", file.path.read_text("utf-8"), re.M
        ):
            assert declared.get(prefix) == namespace, f"{file.path}: {prefix}"
            found += 1
    assert found > 100


def test_every_iri_has_a_prefixed_name_that_expands_to_it() -> None:
    names = read_names(HOME)
    seen = set()
    for file in list_files(HOME):
        for quad in parse(file.path.read_bytes(), RdfFormat.TURTLE, base_iri=file.graph):
            seen |= {t.value for t in (quad.subject, quad.object) if isinstance(t, NamedNode)}
    ours = {iri for iri in seen if iri.startswith("https://w3id.org/cdp/id/")}
    assert len(ours) > 500
    for iri in ours:
        assert re.fullmatch(r"[a-z0-9]+:[a-z0-9-]+", names.shorten(iri))
    for iri in seen:
        if names.shorten(iri) != iri:
            assert names.expand(names.shorten(iri)) == iri


def test_longest_namespace_wins() -> None:
    names = Names({"a": "https://e.org/", "b": "https://e.org/x/", "c": "https://e.org/x/y"})
    assert names.shorten("https://e.org/x/z") == "b:z"
    assert names.shorten("https://e.org/x/yz") == "c:z"
    assert names.shorten("https://e.org/z") == "a:z"


@pytest.mark.parametrize("local", ["", "a/b", "a b", ".a", "a.", "-a", "城", "a%20b", "a#b"])
def test_unusual_local_name_is_not_shortened(local: str) -> None:
    assert Names({"e": "https://e.org/"}).shorten(f"https://e.org/{local}") == (
        f"https://e.org/{local}"
    )


def test_plain_local_names_round_trip() -> None:
    names = Names({"e": "https://e.org/"})
    numbers = random.Random(SEED)  # a choice, not a secret
    for _ in range(500):
        inner = "".join(numbers.choices(string.ascii_letters + string.digits + "_.-", k=6))
        assert names.expand(names.shorten(f"https://e.org/a{inner}z")) == f"https://e.org/a{inner}z"


@pytest.mark.parametrize("name", ["wuhan", "nowhere:wuhan", "https://e.org/x", ""])
def test_undeclared_prefix_is_a_usage_error(name: str) -> None:
    with pytest.raises(KgError, match=r"unknown prefix.*prefixes\.ttl.*place") as caught:
        read_names(HOME).expand(name)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("term", "shown", "bound"),
    [
        (None, "", None),
        (
            SHENZHEN,
            "place:shenzhen",
            {"type": "uri", "value": "https://w3id.org/cdp/id/place/shenzhen"},
        ),
        (TAG, "深圳", {"type": "literal", "value": "深圳", "xml:lang": "zh-Hans"}),
        (Literal("x"), "x", {"type": "literal", "value": "x"}),
        (
            COUNT,
            "14",
            {
                "type": "literal",
                "value": "14",
                "datatype": "http://www.w3.org/2001/XMLSchema#integer",
            },
        ),
        (BlankNode("b"), "_:b", {"type": "bnode", "value": "b"}),
    ],
)
def test_term_for_display_and_as_json(
    term: Term | None, shown: str, bound: dict[str, str] | None
) -> None:
    assert read_names(HOME).show(term) == shown
    if term is not None:
        assert bind_json(term) == bound


def test_triple_term_is_not_a_blank_node() -> None:
    triple = Triple(SHENZHEN, SHENZHEN, TAG)
    assert bind_json(triple)["type"] == "triple"
    assert "place/shenzhen" in read_names(HOME).show(triple)


@pytest.mark.parametrize(
    ("tag", "formatted"),
    [
        ("en", "en"), ("EN", "en"), ("zh-hans", "zh-Hans"), ("ZH-HANT", "zh-Hant"),
        ("zh-hant-hk", "zh-Hant-HK"), ("en-gb", "en-GB"), ("sl-rozaj", "sl-rozaj"),
    ],
)  # fmt: skip
def test_language_tag_has_the_recommended_case(tag: str, formatted: str) -> None:
    assert format_language(tag) == formatted
    assert format_language(formatted) == formatted


def test_fallbacks_include_the_languages_of_all_labels() -> None:
    assert tuple(FALLBACKS) == LANGUAGES
    for language, tags in FALLBACKS.items():
        assert tags[0] == language
        assert set(tags) == {*LANGUAGES, "zh"}


@given(
    st.dictionaries(
        st.sampled_from(["", "en", "en-GB", "zh", "zh-Hans", "zh-Hant", "zh-TW", "fr", "de-CH"]),
        st.sampled_from(["", "a", "b"]),
    ),
    st.sampled_from([*LANGUAGES, "fr"]),
)
def test_text_is_in_the_language_or_in_any_that_there_is(
    texts: dict[str, str], language: str
) -> None:
    found = pick(texts, language, "")
    assert found == (texts.get(language) or found)
    assert bool(found) == any(texts.values())


@pytest.mark.parametrize(
    ("language", "tags"),
    [
        ("en", ["en", "en-GB", "zh-Hans", "zh-Hant", "", "de", "fr"]),
        ("zh-Hans", ["zh-Hans", "zh-Hans-CN", "zh-Hant", "zh", "en", "", "de"]),
        ("zh-Hant", ["zh-Hant", "zh-hant-HK", "zh-Hans", "zh-TW", "en-US", "", "fr"]),
        ("fr", ["fr", "fr-CA", "en", "zh-Hans", "", "de"]),
    ],
)
def test_languages_are_preferred_in_this_order(language: str, tags: list[str]) -> None:
    for number in range(len(tags)):
        texts = {tag: tag or "untagged" for tag in reversed(tags[number:])}
        assert pick(texts, language, "") == (tags[number] or "untagged")


def test_each_prefix_is_declared_once() -> None:
    text = (HOME.ontology / "prefixes.ttl").read_text("utf-8")
    assert text.count("sh:prefix ") == len(read_names(HOME).prefixes) >= PREFIXES


def test_invalid_prefixes_file_is_an_error_with_its_line(tmp_path: Path) -> None:
    home = write_prefixes(tmp_path, ("e", "https://e.org/"))
    with (home.ontology / "prefixes.ttl").open("a", encoding="utf-8") as file:
        file.write("\n<x:x> .\n")
    with pytest.raises(KgError, match=r"prefixes\.ttl:5: "):
        read_names(home)


def test_home_may_be_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_prefixes(tmp_path, ("e", "https://e.org/"))
    monkeypatch.chdir(tmp_path)
    assert read_names(Home(Path())).prefixes == {"e": "https://e.org/"}


@pytest.mark.parametrize(
    ("file", "graph"),
    [
        ("cdp.ttl", "cdp"),
        ("roundup-2021/wuhan.ttl", "roundup-2021/wuhan"),
        ("my file.ttl", "my%20file"),
        ("武汉.ttl", "%E6%AD%A6%E6%B1%89"),
        (os.fsdecode(b"\xff.ttl"), "%FF"),
    ],
)
def test_named_graph_is_an_ascii_iri(file: str, graph: str) -> None:
    iri = name_graph(read_names(HOME), Path(file))
    assert iri == f"https://w3id.org/cdp/graph/{graph}"
    assert is_iri(iri)


@pytest.mark.parametrize("text", ["", "wuhan", "a:b c", "a:b>c", "https://e.org/{x}", "武汉"])
def test_text_that_is_not_an_iri(text: str) -> None:
    assert not is_iri(text)


# https://www.rfc-editor.org/rfc/rfc3987#section-2.2, with IPv6 addresses in short.
UCS = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0xE0000, 0x10000)
)
PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
ESCAPE = "%[0-9A-Fa-f]{2}"
NAME = rf"A-Za-z0-9\-._~!$&'()*+,;={UCS}"
CHARACTER = f"(?:[{NAME}:@]|{ESCAPE})"
ADDRESS = r"\[(?:::1|[0-9a-f]+(?::[0-9a-f]+){7}|v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+)\]"
AUTHORITY = rf"(?:(?:[{NAME}:]|{ESCAPE})*@)?(?:{ADDRESS}|(?:[{NAME}]|{ESCAPE})*)(?::[0-9]*)?"
SEGMENTS = f"{CHARACTER}+(?:/{CHARACTER}*)*"
IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+\-.]*:(?://{AUTHORITY}(?:/{CHARACTER}*)*|/(?:{SEGMENTS})?|{SEGMENTS}|)"
    rf"(?:\?(?:{CHARACTER}|[{PRIVATE}/?])*)?(?:\#(?:{CHARACTER}|[/?])*)?"
)
IRI_PARTS = st.lists(
    st.sampled_from(
        [
            *"a1:/@?#.-+~'[]%武é ",
            *"\xa0\u200b\ue000\ufdd0\ufffe\U0001fffe\U000e0001\U0010fffd\x7f\x85",
            *("http", "//", ":80", "[::1]", "[v1.x]", "[1:2:3:4:5:6:7:8]", "%41", "%4", "%zz"),
            *'<>"\\^`{|}\n\x00',
        ]
    ),
    max_size=9,
).map("".join)


@given(st.sampled_from(["", "a:", "http://", "urn:x"]), IRI_PARTS)
@settings(max_examples=300)
def test_text_is_an_iri_by_the_grammar_of_rfc_3987(start: str, rest: str) -> None:
    assert is_iri(start + rest) == (IRI.fullmatch(start + rest) is not None)


def test_names_can_be_pickled() -> None:
    names = read_names(HOME)
    assert pickle.loads(pickle.dumps(names)).prefixes == names.prefixes  # noqa: S301
