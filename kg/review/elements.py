"""The elements of a data file, and a digest of what the file states about each of them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Quad

from kg.names import Names

# What these refer to belongs to an element: its passages, with their offsets.
PARTS = ("cdp:hasEvidence", "oa:hasSelector")


def digest_elements(quads: Iterable[Quad], names: Names) -> dict[str, str]:
    """Return the elements of a file, sorted by IRI, each with its SHA-256 (hexadecimal).

    An element is here each thing that the file describes, but not a passage that is cited in the
    same file: its digest is part of that of each element that cites it. Each statement is in the
    digest of an element, whatever its order, layout and prefixes. Literals count as written, so
    that 80 and 80.0 differ.
    """
    parts = {names.find_iri(name) for name in PARTS}
    # Once each, though a file may repeat a statement.
    triples = list(dict.fromkeys((_name(q.subject), q.predicate.value, q.object) for q in quads))
    colours = _colour_blank_nodes([t for t in triples if _is_blank(t)])
    lines: dict[str, list[str]] = defaultdict(list)
    links: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in triples:
        subject = colours.get(subject, subject)
        other = colours.get(_name(value)) if isinstance(value, BlankNode) else None
        lines[subject].append(f"{predicate} {other or value}")
        if other or predicate in parts:
            links[subject].add(other or _name(value))
    blocks = {subject: _digest([subject, *sorted(lines[subject])]) for subject in sorted(lines)}
    elements = {}
    for element, reached in _gather(blocks, links):
        elements[element] = _digest(blocks[each] for each in sorted(reached))
    return dict(sorted(elements.items()))


def _name(term: object) -> str:
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", "")


def _is_blank(triple: tuple[str, str, object]) -> bool:
    return triple[0].startswith("_:") or isinstance(triple[2], BlankNode)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _colour_blank_nodes(triples: list[tuple[str, str, object]]) -> dict[str, str]:
    """Return a name for each blank node that does not depend on its label in the file.

    It is a digest of its statements, refined by those of its neighbours until no more nodes can
    be told apart.
    """
    nodes = sorted({str(t) for triple in triples for t in triple if str(t).startswith("_:")})
    colours = dict.fromkeys(nodes, "_:")
    number = 0
    while number < len(set(colours.values())):
        number = len(set(colours.values()))
        around: dict[str, list[str]] = {node: [colours[node]] for node in nodes}
        for subject, predicate, value in triples:
            at, to = colours.get(subject, subject), colours.get(str(value), str(value))
            for node, line in ((subject, f"{predicate} {to}"), (str(value), f"{at} {predicate}")):
                if node in around:
                    around[node].append(line)
        colours = {node: f"_:{_digest(sorted(found))[:32]}" for node, found in around.items()}
    return colours


def _gather(
    subjects: Iterable[str], links: Mapping[str, set[str]]
) -> Iterator[tuple[str, set[str]]]:
    """Yield each element with itself and its parts; parts in a circle begin with the first one."""
    known = dict.fromkeys(subjects)
    parts = {part for found in links.values() for part in found}
    gathered: set[str] = set()
    for subject in (*(each for each in known if each not in parts), *known):
        if subject in gathered:
            continue
        reached, waiting = {subject}, [subject]
        while waiting:
            new = {each for each in links.get(waiting.pop(), ()) if each in known} - reached
            reached |= new
            waiting += new
        gathered |= reached
        yield subject, reached
