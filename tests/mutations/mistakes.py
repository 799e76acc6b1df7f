"""Mistakes that people and language models make when they take data from a text: 20 kinds.

The kinds were chosen from the data and the article alone, without knowledge of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from mutants import Data, Triple, kind_of, make_literal, rank
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node
from wording import respell, shift_year

from kg.source import restore_passage


@dataclass(frozen=True)
class Mistake:
    """What is wrong about an element: the statements that are removed, and those added."""

    element: Node
    removed: frozenset[Triple]
    added: frozenset[Triple]


Kind = Callable[["File"], Iterator[Mistake]]


class File:
    """The statements of a data file, and what is needed to get them wrong."""

    def __init__(self, data: Data, name: str, graph: Graph, raw: str | None) -> None:
        self.data, self.name, self.graph, self.raw = data, name, graph, raw

    def expand(self, name: str) -> URIRef:
        """Return the IRI of a prefixed name."""
        return URIRef(self.data.names.expand(name))

    def pairs(self, *names: str) -> list[tuple[Node, URIRef, Node]]:
        """Return the statements with these properties, sorted."""
        return sorted(t for name in names for t in self._list_statements(self.expand(name)))

    def _list_statements(self, prop: URIRef) -> Iterator[tuple[Node, URIRef, Node]]:
        yield from ((s, prop, o) for s, o in self.graph.subject_objects(prop))

    def values(self, node: Node, *names: str) -> list[Node]:
        """Return the values of properties of a node, sorted."""
        found = (o for name in names for o in self.graph.objects(node, self.expand(name)))
        return sorted(found, key=str)

    def mentions(self, node: Node) -> set[Triple]:
        """Return the statements of and about a node."""
        return {*self.graph.triples((node, None, None)), *self.graph.triples((None, None, node))}

    def replace(self, old: Triple, *values: Node) -> Mistake:
        """Return the mistake of stating other values."""
        return Mistake(old[0], frozenset({old}), frozenset((old[0], old[1], v) for v in values))

    def others(self, node: Node, values: Iterable[Node], salt: str) -> list[Node]:
        """Return values in an order that the seed gives for a node."""
        return sorted(values, key=lambda value: rank(salt, node, value))

    def offsets(self, node: Node) -> tuple[int, int]:
        """Return the first offset and the end of a passage or segment, of any data file."""
        both = []
        for name in ("oa:start", "oa:end"):
            found = [
                str(offset)
                for graph in self.data.graphs.values()
                for selector in graph.objects(node, self.expand("oa:hasSelector"))
                for offset in graph.objects(selector, self.expand(name))
            ]
            both.append(int(found[0]))
        return both[0], both[1]

    @cached_property
    def segments(self) -> list[tuple[int, int]]:
        """The offsets of the segments of the source, in order."""
        graph = self.data.graphs[self.data.cities["source"].graph]
        sentences = graph.subjects(RDF.type, self.expand("cdp:SourceSentence"))
        return sorted(self.offsets(sentence) for sentence in sentences)

    def without_orphans(self, removed: set[Triple], evidence: Node) -> set[Triple]:
        """Return statements with those of a passage if nothing else in the file cites it."""
        citing = self.graph.triples((None, self.expand("cdp:hasEvidence"), evidence))
        if set(citing) - removed:
            return removed
        selectors = self.values(evidence, "oa:hasSelector")
        return removed.union(*map(self.mentions, [evidence, *selectors]))


def rewrite(file: File, node: Node, change: Callable[[str], str]) -> Mistake:
    """Return the mistake by which all texts and the IRI of a node are different."""
    removed = file.mentions(node)
    added = set()
    for s, p, o in removed:
        if isinstance(o, Literal):
            o = make_literal(change(str(o)), o.language, o.datatype)
        s, o = (URIRef(change(str(x))) if x == node else x for x in (s, o))
        added.add((s, p, o))
    return Mistake(node, frozenset(removed - added), frozenset(added - removed))


def wrong_year(file: File) -> Iterator[Mistake]:
    """Get the year of a deadline wrong, everywhere, or a date of a period."""
    for s, _, given in file.pairs("cdp:deadlineYear"):
        for step in (1, -1):
            yield rewrite(file, s, partial(shift_year, year=int(str(given)), step=step))
    for s, p, date in file.pairs("dcat:startDate", "dcat:endDate"):
        for step in (1, -1):
            assert isinstance(date, Literal)
            shifted = shift_year(str(date), int(str(date)[:4]), step)
            yield file.replace((s, p, date), make_literal(shifted, None, date.datatype))


def recount(file: File, node: Node, old: int, new: int) -> Mistake:
    """Return the mistake by which the label, the description and the value have another number."""
    removed, added = set(), set()
    for name in ("cdp:declaredCount", "rdfs:label", "cdp:description"):
        for value in file.values(node, name):
            assert isinstance(value, Literal)
            text = respell(str(value), value.language, old, new)
            if text != str(value):
                removed.add((node, file.expand(name), value))
                wrong = make_literal(text, value.language, value.datatype)
                added.add((node, file.expand(name), wrong))
    return Mistake(node, frozenset(removed), frozenset(added))


def wrong_quantity(file: File) -> Iterator[Mistake]:
    """Count one too many or few, or ten times too many; rescale a target, or change its unit.

    Targets with values are few: where a file has them, they are what is mistaken.
    """
    targets = file.pairs("cdp:targetValue")
    for s, p, value in targets:
        assert isinstance(value, Literal)
        for factor in (0.01, 10):
            scaled = f"{float(str(value)) * factor:.2f}".rstrip("0")
            scaled += "0" if scaled.endswith(".") else ""
            yield file.replace((s, p, value), make_literal(scaled, None, value.datatype))
        for unit in file.values(s, "cdp:hasUnit"):
            wrong = file.expand("cdpunit:item")
            yield file.replace((s, file.expand("cdp:hasUnit"), unit), wrong)
    for s, _, count in [] if targets else file.pairs("cdp:declaredCount"):
        old = int(str(count))
        for new in (old + 1, old - 1, old * 10):
            yield recount(file, s, old, new)


def misread_number(file: File) -> Iterator[Mistake]:
    """Transpose the last digits of a number in a description, or add a zero to a round one."""
    for s, p, text in file.pairs("cdp:description"):
        for match in re.finditer(r"\d{2,}", str(text)):
            old = match[0]
            new = f"{old[:-2]}{old[-1]}{old[-2]}" if old[-1] != "0" else f"{old}0"
            if new != old and isinstance(text, Literal):
                wrong = str(text)[: match.start()] + new + str(text)[match.end() :]
                yield file.replace((s, p, text), make_literal(wrong, text.language))


def wrong_label(file: File) -> Iterator[Mistake]:
    """Give an element the Chinese label of another one of its class."""
    labels = {
        s: text
        for s, _, text in file.pairs("rdfs:label")
        if isinstance(text, Literal) and text.language == "zh-Hans"
    }
    for s, text in sorted(labels.items()):
        kind = file.graph.value(s, RDF.type)
        same = [o for o in file.graph.subjects(RDF.type, kind) if labels.get(o, text) != text]
        for other in file.others(s, same, "label")[:1]:
            yield file.replace((s, RDFS.label, text), labels[other])


def wrong_voice(file: File) -> Iterator[Mistake]:
    """Take the article's words for the document's, or the other way; or call them inferred."""
    known = [file.expand(f"voice:{name}") for name in ("article", "document", "inference")]
    for s, p, voice in file.pairs("cdp:hasVoice"):
        for other in file.others(s, [one for one in known if one != voice], "voice"):
            yield file.replace((s, p, voice), other)


def neighbouring_passage(file: File) -> Iterator[Mistake]:
    """Cite the next passage after the sentence, or the last before it, and so not the right one."""
    passages = {one: file.offsets(one) for one in {o for _, _, o in file.pairs("cdp:hasEvidence")}}
    for s, p, evidence in file.pairs("cdp:hasEvidence"):
        start, end = passages[evidence]
        first = max((a for a, b in file.segments if a <= start), default=start)
        last = min((b for a, b in file.segments if b >= end), default=end)
        cited = set(file.values(s, "cdp:hasEvidence"))
        after = [one for one, at in passages.items() if at[0] >= last and one not in cited]
        before = [one for one, at in passages.items() if at[1] <= first and one not in cited]
        nearest = [
            *sorted(after, key=lambda one: (passages[one], one))[:1],
            *sorted(before, key=lambda one: (-passages[one][1], passages[one], one))[:1],
        ]
        removed = file.without_orphans({(s, p, evidence)}, evidence)
        for other in file.others(s, nearest, "passage"):
            yield Mistake(s, frozenset(removed), frozenset({(s, p, other)}))


def negated_comparator(file: File) -> Iterator[Mistake]:
    """Take at least for at most, more for less, and an exact number for a least one."""
    opposite = {"eq": "ge", "ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}
    for s, p, given in file.pairs("cdp:hasComparator"):
        name = str(given).removeprefix(kind_of(given))
        yield file.replace((s, p, given), file.expand(f"comparator:{opposite.get(name, 'eq')}"))


def wrong_document(file: File) -> Iterator[Mistake]:
    """Attribute an element to another document: the city's, if it has one, or another city's."""
    documents = {
        graph: set(graph.subjects(file.expand("cdp:documentGenre"), None))
        for graph in file.data.graphs.values()
    }
    for s, p, document in file.pairs("cdp:statedIn"):
        own = documents[file.graph] - {document, *file.graph.objects(document, None)}
        others = own or set().union(*documents.values()) - {document}
        for other in file.others(s, others, "document")[:1]:
            yield file.replace((s, p, document), other)


def duplicate_target(file: File) -> Iterator[Mistake]:
    """Record a target twice, the second time under another name."""
    for name in ("QualitativeTarget", "QuantitativeTarget", "Positioning"):
        for s in sorted(file.graph.subjects(RDF.type, file.expand(f"cdp:{name}")), key=str):
            twin = URIRef(f"{s}-aim")
            added = set()
            for p, o in file.graph.predicate_objects(s):
                if p == RDFS.label and isinstance(o, Literal):
                    text = f"Aim: {o}" if o.language == "en" else f"{o}目标"
                    o = make_literal(text, o.language)
                added.add((twin, p, o))
            yield Mistake(s, frozenset(), frozenset(added))


def omitted_element(file: File) -> Iterator[Mistake]:
    """Overlook an element, with the passages that only it cites; no other one is part of it."""
    for s, _, _ in file.pairs("cdp:hasVoice"):
        about = [t for g in file.data.graphs.values() for t in g.triples((None, None, s))]
        evidence = file.values(s, "cdp:hasEvidence")
        if evidence and {p for _, p, _ in about} <= {file.expand("cdp:hasMember")}:
            removed = file.mentions(s)
            for passage in evidence:
                removed = file.without_orphans(removed, passage)
            yield Mistake(s, frozenset(removed), frozenset())


def sibling_theme(file: File) -> Iterator[Mistake]:
    """Choose the wrong theme below the right top concept."""
    for s, p, theme in file.pairs("cdp:hasTheme"):
        above = set(file.data.ontology.objects(theme, SKOS.broader))
        siblings = {o for one in above for o in file.data.ontology.subjects(SKOS.broader, one)}
        siblings -= set(file.values(s, "cdp:hasTheme"))
        for other in file.others(s, siblings, "theme")[:1]:
            yield file.replace((s, p, theme), other)


def wrong_issuer(file: File) -> Iterator[Mistake]:
    """Have a document issued by the government of another city."""
    issued = file.expand("cdp:issuedBy")
    for s, _, _ in file.pairs("cdp:documentGenre"):
        graphs = [graph for graph in file.data.graphs.values() if graph is not file.graph]
        foreign = {body for graph in graphs for body in graph.objects(None, issued)}
        for other in file.others(s, foreign, "issuer")[:1]:
            old = frozenset(file.graph.triples((s, issued, None)))
            yield Mistake(s, old, frozenset({(s, issued, other)}))


EMBELLISHMENTS = (
    "Residents are to be consulted before it begins.",
    "Private companies share its cost.",
    "It is to be completed by 2024.",
    "A pilot in three districts comes first.",
    "Its progress is reported every year.",
    "It builds on the experience of Singapore.",
    "All districts of the city take part.",
)


def embellished_description(file: File) -> Iterator[Mistake]:
    """Add to an English description what neither the source nor the Chinese one says."""
    for s, p, text in file.pairs("cdp:description"):
        if isinstance(text, Literal) and text.language == "en":
            more = min(EMBELLISHMENTS, key=lambda one: rank("more", s, one))
            yield file.replace((s, p, text), make_literal(f"{text} {more}", "en"))


def wrong_level(file: File) -> Iterator[Mistake]:
    """Put an element one level too high, or below the element that precedes it in the list."""
    for s, p, parent in file.pairs("cdp:partOf"):
        above = file.values(parent, "cdp:partOf")
        position = file.graph.value(s, file.expand("cdp:listIndex"))
        for sibling in sorted(file.graph.subjects(p, parent), key=str):
            index = file.graph.value(sibling, file.expand("cdp:listIndex"))
            if position and index and int(str(index)) == int(str(position)) - 1:
                above.append(sibling)
        for other in file.others(s, above, "level"):
            yield file.replace((s, p, parent), other)


def wrong_genre(file: File) -> Iterator[Mistake]:
    """Take a document for one of another genre."""
    for s, p, genre in file.pairs("cdp:documentGenre"):
        others = file.data.list_same_kind(genre, file.name, near=False)
        for other in file.others(s, others, "genre"):
            yield file.replace((s, p, genre), other)


def copied_passage(file: File) -> Iterator[Mistake]:
    """Describe an element in the words of its passage, of 25 characters or more."""
    for s, p, text in file.pairs("cdp:description"):
        evidence = file.values(s, "cdp:hasEvidence")
        if file.raw and evidence and isinstance(text, Literal) and text.language == "zh-Hans":
            words = restore_passage(file.raw, *file.offsets(evidence[0]), "zh-Hans")
            if len(words) >= 25:
                sentence = words.strip().rstrip("，。；") + "。"
                yield file.replace((s, p, text), make_literal(sentence, "zh-Hans"))


def wrong_identifier(file: File) -> Iterator[Mistake]:
    """Give a place the Wikidata identifier of another, or misremember its last two digits."""
    links = file.pairs("schema:sameAs")
    for s, p, link in links:
        if "wikidata" in str(link):
            others = [o for _, _, o in links if kind_of(o) == kind_of(link) and o != link]
            digits = str(int(str(link)[-2:]) + 13)[-2:].zfill(2)
            choice = [file.others(s, others, "place")[0], URIRef(str(link)[:-2] + digits)]
            for other in file.others(s, choice, "identifier"):
                yield file.replace((s, p, link), other)


def wrong_language(file: File) -> Iterator[Mistake]:
    """Exchange the tags of the two languages of a text, or call simplified Chinese traditional."""
    names = ("rdfs:label", "cdp:description", "cdp:countOf", "cdp:scope", "skos:editorialNote")
    for name in (*names, "cdp:title", "cdp:heading"):
        prop = file.expand(name)
        for s in sorted(set(file.graph.subjects(prop, None)), key=str):
            texts = [o for o in file.graph.objects(s, prop) if isinstance(o, Literal)]
            tags = {"en": "zh-Hans", "zh-Hans": "en"}
            both = [o for o in texts if o.language in tags]
            swapped = [make_literal(str(o), tags[str(o.language)]) for o in both]
            simplified = [o for o in texts if o.language == "zh-Hans"]
            traditional = [make_literal(str(o), "zh-Hant") for o in simplified]
            choice = [(simplified, traditional)] + [(both, swapped)] * (len(both) == 2)
            for old, new in sorted(choice, key=lambda one: rank("tag", s, prop, len(one[0]))):
                yield Mistake(
                    s, frozenset((s, prop, o) for o in old), frozenset((s, prop, o) for o in new)
                )


def wrong_code(file: File) -> Iterator[Mistake]:
    """Name another technology, group or status than the passage."""
    for s, p, code in file.pairs("cdp:usesTechnology", "cdp:servesGroup", "cdp:hasStatus"):
        others = file.data.list_same_kind(code, file.name, near=False)
        for other in file.others(s, set(others) - set(file.graph.objects(s, p)), "code")[:1]:
            yield file.replace((s, p, code), other)


PARAPHRASES = {
    "关于": "", "加快": "", "若干": "", "的": "", "建设": "发展", "意见": "建议",
    "方案": "计划", "计划": "规划", "措施": "办法", "条例": "规定", "蓝图": "规划", "设计": "规划",
    "新型": "新兴", "与": "和", "体系": "系统", "一号": "1号", "1号": "一号", "暂行": "临时",
}  # fmt: skip


def misquoted_title(file: File) -> Iterator[Mistake]:
    """Quote a title, name or heading with a word left out or replaced by a similar one."""
    for s, p, text in file.pairs("cdp:title", "cdp:shortTitle", "cdp:nickname", "cdp:heading"):
        words = [word for word in PARAPHRASES if word in str(text)]
        for word in sorted(words, key=lambda one: rank("title", s, one)):
            assert isinstance(text, Literal)
            wrong = str(text).replace(word, PARAPHRASES[word], 1)
            yield file.replace((s, p, text), make_literal(wrong, text.language))


KINDS: dict[str, Kind] = {
    kind.__name__.replace("_", "-"): kind
    for kind in (
        wrong_year, wrong_quantity, misread_number, wrong_label, wrong_voice,
        neighbouring_passage, negated_comparator, wrong_document, duplicate_target,
        omitted_element, sibling_theme, wrong_issuer, embellished_description, wrong_level,
        wrong_genre, copied_passage, wrong_identifier, wrong_language, wrong_code,
        misquoted_title,
    )
}  # fmt: skip
