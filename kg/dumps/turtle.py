"""Write Turtle and TriG: grouped by graph and subject, one predicate per line.

Like the data files (see `kg format`), but blank nodes have labels, so that only one subject is in
memory at a time.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.dumps.nquads import comment_header
from kg.errors import KgError
from kg.names import XSD_STRING, Names
from kg.turtle import restore_languages

# Numbers and booleans written without quotes. Turtle allows more forms (007, +7, .5, 1e3), but
# some readers change these.
BARE = {
    "xsd:boolean": re.compile("true|false"),
    "xsd:integer": re.compile("0|-?[1-9][0-9]*"),
    "xsd:decimal": re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
}
CACHE_SIZE = 1 << 16


class TurtleWriter:
    """Writes statements as TriG (https://www.w3.org/TR/trig/), or without named graphs as Turtle.

    For Turtle, `graph` is the IRI of the one graph in the file, written in a comment.
    """

    def __init__(self, names: Names, *, named: bool, graph: str = "") -> None:
        self._names = names
        self._named = named
        self._graph = "" if named else graph
        self._type = names.expand("rdf:type")
        self._bare = {names.expand(name): pattern for name, pattern in BARE.items()}
        self._used_prefixes: set[str] = set()
        self._encode_iri = lru_cache(CACHE_SIZE)(self._shorten_iri)

    def encode(self, quad: Quad) -> str:
        """Return a statement as the line by which it is sorted and from which it is written.

        Raises:
            KgError: a term is not part of RDF 1.1.
        """
        graph = self._encode_term(quad.graph_name) if self._named else ""
        iri = quad.predicate.value
        predicate = "a" if iri == self._type else self._encode_iri(iri)
        return " ".join(
            (graph, self._encode_term(quad.subject), predicate, self._encode_term(quad.object))
        )

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file, given its sorted lines."""
        # When there is a first line, all statements are encoded, and so all prefixes are known.
        first = next(lines, None)
        yield comment_header(self._graph)
        for prefix in sorted(self._used_prefixes):
            yield f"PREFIX {prefix}: <{self._names.prefixes[prefix]}>\n"
        if first is None:
            return
        indent = "    " if self._named else ""
        for graph, of_graph in groupby(_split_lines(first, lines), lambda terms: terms[0]):
            if self._named:
                yield f"\n{graph} {{\n"
            separator = "" if self._named else "\n"
            for subject, of_subject in groupby(of_graph, lambda terms: terms[1]):
                yield separator
                yield _write_subject(subject, of_subject, indent)
                separator = "\n"
            if self._named:
                yield "}\n"

    def _encode_term(self, term: object) -> str:
        if isinstance(term, NamedNode):
            return self._encode_iri(term.value)
        if isinstance(term, BlankNode):
            return str(term)
        if not isinstance(term, Literal):
            raise KgError(f"{term}: not a term of RDF 1.1. Write .nq instead.")
        if term.language:
            return restore_languages(str(term))
        datatype = term.datatype.value
        if datatype == XSD_STRING:
            return str(term)
        bare = self._bare.get(datatype)
        if bare and bare.fullmatch(term.value):
            return term.value
        return f"{Literal(term.value)}^^{self._encode_iri(datatype)}"

    def _shorten_iri(self, iri: str) -> str:
        """Return a prefixed name and note its prefix, or else the IRI in angle brackets."""
        name = self._names.shorten(iri)
        if name == iri:
            return f"<{iri}>"
        self._used_prefixes.add(name.partition(":")[0])
        return name


def _split_lines(first: str, lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield graph, subject, predicate and object; only the object can contain spaces."""
    yield first.split(" ", 3)
    for line in lines:
        yield line.split(" ", 3)


def _write_subject(subject: str, statements: Iterator[list[str]], indent: str) -> str:
    objects: dict[str, list[str]] = {}
    for _, _, predicate, value in statements:
        objects.setdefault(predicate, []).append(value)
    text = [f"{indent}{subject}\n"]
    for predicate in sorted(objects, key=lambda name: (name != "a", name)):
        values = objects[predicate]
        if len(values) == 1:
            text.append(f"{indent}    {predicate} {values[0]} ;\n")
        else:
            joined = f" ,\n{indent}        ".join(values)
            text.append(f"{indent}    {predicate}\n{indent}        {joined} ;\n")
    return "".join([*text, f"{indent}.\n"])
