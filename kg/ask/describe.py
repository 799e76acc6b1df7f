"""What is known of one thing: its facts, what points to it, and the passages that say it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kg.ask.lookup import index_names, quote_input, resolve_name
from kg.ask.question import check_language
from kg.errors import KgError
from kg.graph import Graph, bind_values, iri_term, read_internal
from kg.names import FALLBACKS, Names, Term, bind_json, is_iri
from kg.source import find_source, restore_passage
from kg.store import Rows

Script = Literal["zh-Hans", "zh-Hant"]


@dataclass(frozen=True)
class Passage:
    """A passage behind a thing: where it is, and its text where the source is at hand."""

    source: str
    start: int
    end: int
    text: str | None


@dataclass(frozen=True)
class Description:
    """A thing as it is shown: facts are (property, value) in the language asked for."""

    iri: str
    name: str
    label: str
    facts: list[tuple[str, str]]
    mentions: list[tuple[str, str]]
    passages: list[Passage]


def find_node(graph: Graph, asked: str) -> str:
    """Return the IRI of the thing that a user names.

    It is named by IRI, by prefixed name (`place:wuhan`), by the last part of its IRI (`wuhan`),
    or by a label in any language, in any case; what has no label, by the first two alone.

    Raises:
        KgError: nothing or more than one thing is called that; the message names the near ones.
    """
    names = graph.names
    labels = graph.internal("labels")
    called = index_names(labels, names)
    found = resolve_name(called, asked, names)
    if found:
        return found
    prefix, colon, _ = asked.partition(":")
    iri = names.expand(asked) if colon and prefix in names.prefixes else asked
    if is_iri(iri) and _ask_about(graph, "outgoing", iri).rows:
        return iri
    near = difflib.get_close_matches(asked.casefold(), called, n=3, cutoff=0.6)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Try a label, or place:wuhan."
    raise KgError(f"{quote_input(asked)}: nothing is called that. {hint}", exit_code=2)


def describe_node(graph: Graph, asked: str, language: str) -> Description:
    """Return what is known of a thing, in the language asked for.

    Raises:
        KgError: see `find_node`; or the language is none of ours.
    """
    check_language(language)
    names = graph.names
    iri = find_node(graph, asked)
    out = _ask_about(graph, "outgoing", iri)
    into = _ask_about(graph, "incoming", iri)
    facts = _tell(out.rows, names, language)
    label = next((v for k, v in facts if k == _call(names, out, "rdfs:label", language)), iri)
    return Description(
        iri, names.shorten(iri), label, facts, _tell(into.rows, names, language),
        list(read_passages(graph, iri, language)),
    )  # fmt: skip


def read_passages(graph: Graph, iri: str, language: str) -> Iterable[Passage]:
    """Return the passages that say a thing, in the order in which they stand in their source."""
    names = graph.names
    script: Script = "zh-Hant" if language == "zh-Hant" else "zh-Hans"
    for source, sha256, start, end, _ in _ask_about(graph, "passages", iri).rows:
        raw = find_source(_text(sha256))
        try:
            low, high = int(_text(start)), int(_text(end))
        except ValueError:
            raise KgError(
                f"{iri}: its evidence has offsets that are no numbers. Use kg check."
            ) from None
        text = restore_passage(raw, low, high, script) if raw is not None else None
        yield Passage(names.shorten(_text(source)), low, high, text)


def _ask_about(graph: Graph, query: str, iri: str) -> Rows:
    return graph.select(bind_values(read_internal(graph.home, query), {"node": iri_term(iri)}))


def _text(term: Term | None) -> str:
    return "" if term is None else str(bind_json(term)["value"])


def _call(names: Names, rows: Rows, curie: str, language: str) -> str:
    """Return what a property is called in the facts told from these rows."""
    iri = names.expand(curie)
    return _pick(
        [(_tag(r[1]), _text(r[1])) for r in rows.rows if _text(r[0]) == iri], language, curie
    )


def _tag(term: Term | None) -> str:
    return str(bind_json(term).get("xml:lang", "")) if term is not None else ""


def _pick(texts: list[tuple[str, str]], language: str, default: str) -> str:
    """Return the text in the first language of the fallbacks that there is one in."""
    said = {tag: text for tag, text in reversed(texts) if text}
    return next((said[tag] for tag in (*FALLBACKS[language], "") if tag in said), default)


def _tell(
    rows: list[tuple[Term | None, ...]], names: Names, language: str
) -> list[tuple[str, str]]:
    """Return (property, value) pairs, one a value, texts only in the language asked for."""
    properties: dict[str, list[tuple[str, str]]] = {}
    values: dict[str, dict[str, list[tuple[str, str]]]] = {}
    tagged: dict[str, list[tuple[str, str]]] = {}
    for property_, title, value, label in rows:
        key, text = _text(property_), _text(value)
        properties.setdefault(key, []).append((_tag(title), _text(title)))
        if _tag(value):
            tagged.setdefault(key, []).append((_tag(value), text))
        else:
            values.setdefault(key, {}).setdefault(text, []).append((_tag(label), _text(label)))
    told = []
    for key, titles in properties.items():
        called = _pick(titles, language, names.shorten(key))
        if key in tagged:
            said = tagged[key]
            tag = next((t for t in FALLBACKS[language] if t in dict(said)), said[0][0])
            told += [(called, text) for text in dict.fromkeys(x for t, x in said if t == tag)]
        for text, labels in values.get(key, {}).items():
            short = names.shorten(text)
            name = _pick(labels, language, "")
            told.append((called, f"{name} ({short})" if name else short))
    return told


def render_description(portrait: Description) -> str:
    """Return what is known of a thing as text to read."""
    lines = [f"{portrait.label} — {portrait.name}", f"<{portrait.iri}>", ""]
    lines += [f"  {title}: {value}" for title, value in portrait.facts]
    if portrait.mentions:
        lines += ["", "Said of it elsewhere:"]
        lines += [f"  {value} — {title}" for title, value in portrait.mentions]
    if portrait.passages:
        lines += ["", "In whose words:"]
    for passage in portrait.passages:
        text = passage.text or "(text not at hand: kg source add FILE)"
        lines.append(f"  {passage.source} {passage.start}–{passage.end}: {text}")
    return "".join(f"{line}\n" for line in lines)
