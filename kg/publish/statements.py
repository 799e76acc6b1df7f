"""The files with statements beside each page: Turtle, N-Triples and JSON-LD."""

import json
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import BlankNode, NamedNode, Quad

from kg.dumps.context import Context
from kg.dumps.jsonld import JsonWriter
from kg.dumps.turtle import TurtleWriter
from kg.graph import Graph, LocalGraph
from kg.home import producer
from kg.publish.routes import Routes
from kg.store.canonical import encode_triple, sort_few
from kg.turtle import list_files, parse_file

SUFFIXES = (".ttl", ".jsonld", ".nt")
Subjects = Mapping[str, Sequence[Quad]]


def read_statements(graph: Graph) -> dict[str, list[Quad]]:
    """Return all statements by subject: an IRI, or a blank node as `_:…`.

    They are read from the files, which keep the forms of numbers and language tags that the engine
    changes; the entailments are those of the graph.
    """
    found: dict[str, list[Quad]] = {}
    for file in list_files(graph.home):
        for quad in parse_file(file):
            found.setdefault(_name(quad.subject), []).append(quad)
    if isinstance(graph, LocalGraph):
        for quad in graph.memory.list_added():
            found.setdefault(_name(quad.subject), []).append(quad)
    return found


def _name(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def write_files(
    subjects: Subjects, routes: Routes, context: Context, address: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file beside a page.

    `address` is that of the context, where the path to the root of the site is `{root}`. A file
    has the statements about the things on its page, each once, with those about their blank nodes.
    """
    json_ld = JsonWriter(context)
    for page, iris in routes.list_pages().items():
        quads = {
            Quad(quad.subject, quad.predicate, quad.object, NamedNode(routes.base))
            for iri in iris
            for quad in _list_statements(subjects, iri)
        }
        root = "../" * page.count("/")
        yield f"{page}.ttl", _write_turtle(quads, context).encode()
        yield f"{page}.nt", _write_lines(quads).encode()
        yield f"{page}.jsonld", _write_json(quads, json_ld, address.format(root=root)).encode()


def _list_statements(subjects: Subjects, name: str) -> Iterator[Quad]:
    waiting, seen = [name], {name}
    while waiting:
        for quad in subjects.get(waiting.pop(), ()):
            yield quad
            if isinstance(quad.object, BlankNode) and str(quad.object) not in seen:
                seen.add(str(quad.object))
                waiting.append(str(quad.object))


def _write_turtle(quads: set[Quad], context: Context) -> str:
    # A writer for each file, because it remembers the prefixes that it has used.
    writer = TurtleWriter(context.names, named=False)
    lines = writer.write(iter(sort_few(quads, writer.encode)))
    return f"# {producer()}\n{''.join(lines)}"


def _write_lines(quads: set[Quad]) -> str:
    return "".join(f"{line}\n" for line in sort_few(quads, encode_triple))


def _write_json(quads: set[Quad], writer: JsonWriter, address: str) -> str:
    """Return JSON-LD with the address of the context, which all files share."""
    nodes = writer.write_nodes(iter(sort_few(quads, writer.encode)))
    document = {"@context": address, "@graph": [json.loads(node) for node in nodes]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
