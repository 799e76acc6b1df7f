"""The files with statements beside each page: Turtle, N-Triples and JSON-LD."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from pyoxigraph import BlankNode, NamedNode, Quad

from kg.dumps.context import Context
from kg.dumps.jsonld import JsonWriter
from kg.dumps.turtle import write_turtle
from kg.names import Names
from kg.publish.routes import Routes
from kg.store.canonical import encode_triple, sort_few

# The media type of each file beside a page, by suffix.
FORMATS = {
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
}
REMEMBERED = 1 << 14  # nodes in JSON
Subjects = Mapping[str, Sequence[Quad]]


def group_statements(quads: Iterable[Quad], names: Names) -> dict[str, list[Quad]]:
    """Return statements by subject: an IRI, or a blank node as `_:…`; all in one named graph."""
    found: dict[str, list[Quad]] = {}
    one = NamedNode(names.expand("graph:"))
    for quad in quads:
        same = Quad(quad.subject, quad.predicate, quad.object, one)
        found.setdefault(_name(quad.subject), []).append(same)
    return found


def _name(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def write_files(
    subjects: Subjects, routes: Routes, context: Context, address: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file beside the page of a thing.

    A file has the statements about the things on its page, each once, with those about their blank
    nodes, and the labels of the things that these lead to: the frames leave out links to things
    without a label. `address`: see `write_page_files`.
    """
    json_ld = JsonWriter(context)
    kind, label = (context.names.expand(name) for name in ("rdf:type", "rdfs:label"))
    labels = {iri: [q for q in quads if q.predicate.value == label]
              for iri, quads in subjects.items()}  # fmt: skip
    for page, iris in routes.list_pages().items():
        quads = list(chain.from_iterable(_list_statements(subjects, iri) for iri in iris))
        linked = {q.object.value for q in quads
                  if isinstance(q.object, NamedNode) and q.predicate.value != kind}  # fmt: skip
        quads += chain.from_iterable(labels.get(iri, ()) for iri in linked)
        yield from write_page_files(page, quads, context, address, json_ld)


def write_page_files(
    page: str,
    quads: Sequence[Quad],
    context: Context,
    address: str,
    json_ld: JsonWriter | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file beside a page, given by its path.

    The statements are in one named graph. `address` is that of the context, where the path to the
    root of the site is `{root}`. A writer of JSON-LD saves time if there are many pages.
    """
    root = "../" * page.count("/")
    yield f"{page}.ttl", write_turtle(quads, context.names).encode()
    yield f"{page}.nt", _write_lines(quads).encode()
    yield (
        f"{page}.jsonld",
        _write_json(quads, json_ld or JsonWriter(context), address.format(root=root)).encode(),
    )


def _list_statements(subjects: Subjects, name: str) -> Iterator[Quad]:
    waiting, seen = [name], {name}
    while waiting:
        for quad in subjects.get(waiting.pop(), ()):
            yield quad
            if isinstance(quad.object, BlankNode) and str(quad.object) not in seen:
                seen.add(str(quad.object))
                waiting.append(str(quad.object))


def _write_lines(quads: Sequence[Quad]) -> str:
    return "".join(f"{line}\n" for line in sort_few(quads, encode_triple))


def _write_json(quads: Sequence[Quad], writer: JsonWriter, address: str) -> str:
    """Return JSON-LD with the address of the context, which all files share."""
    nodes = writer.write_nodes(iter(sort_few(quads, writer.encode)))
    written = ",\n".join(map(_indent_node, nodes))
    context = json.dumps(address, ensure_ascii=False)
    return f'{{\n "@context": {context},\n "@graph": [\n{written}\n ]\n}}\n'


@lru_cache(REMEMBERED)
def _indent_node(node: str) -> str:
    """Return a node with line breaks and indents; many files have the same nodes, such as labels.

    Only indents have line breaks: in strings they are escaped.
    """
    written = json.dumps(json.loads(node), ensure_ascii=False, indent=1)
    return "  " + written.replace("\n", "\n  ")
