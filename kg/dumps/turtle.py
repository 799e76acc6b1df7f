"""Write Turtle and TriG: grouped by graph and subject, one predicate per line.

Like the data files (see `kg format`), but blank nodes have labels, so that only one subject is in
memory at a time.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.dumps.grouping import Subject, group_lines
from kg.errors import KgError
from kg.home import name_program
from kg.names import XSD_STRING, Names
from kg.store.canonical import sort_few
from kg.turtle import restore_languages

# Numbers and booleans written without quotes. Turtle allows more forms (007, +7, .5, 1e3), but
# some readers change these.
BARE = {
    "xsd:boolean": re.compile("true|false"),
    "xsd:integer": re.compile("0|-?[1-9][0-9]*"),
    "xsd:decimal": re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
}
CACHE_SIZE = 1 << 16


def write_turtle(quads: Iterable[Quad], names: Names) -> str:
    """Return statements as Turtle, sorted, below a comment that names the program.

    Raises:
        KgError: a term is not part of RDF 1.1.
    """
    writer = TurtleWriter(names, named=False)
    lines = iter(sort_few(quads, writer.encode))
    return "".join((f"# {name_program()}\n", *writer.write(lines)))


class TurtleWriter:
    """Writes TriG (https://www.w3.org/TR/trig/), or Turtle if the graphs are not `named`."""

    def __init__(self, names: Names, *, named: bool) -> None:
        self._names = names
        self._named = named
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
        first = list(islice(lines, 1))
        for prefix in sorted(self._used_prefixes):
            yield f"PREFIX {prefix}: <{self._names.prefixes[prefix]}>\n"
        indent = "    " if self._named else ""
        for graph, subjects in group_lines(chain(first, lines), "a"):
            if self._named:
                yield f"\n{graph} {{\n"
            separator = "" if self._named else "\n"
            for subject in subjects:
                yield separator + _write_subject(subject, indent)
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
        if datatype in self._bare and self._bare[datatype].fullmatch(term.value):
            return term.value
        return f"{Literal(term.value)}^^{self._encode_iri(datatype)}"

    def _shorten_iri(self, iri: str) -> str:
        """Return a prefixed name and note its prefix, or else the IRI in angle brackets."""
        name = self._names.shorten(iri)
        if name == iri:
            return f"<{iri}>"
        self._used_prefixes.add(name.partition(":")[0])
        return name


def _write_subject(subject: Subject, indent: str) -> str:
    name, properties = subject
    text = f"{indent}{name}\n"
    for predicate, values in properties:
        if len(values) == 1:
            text += f"{indent}    {predicate} {values[0]} ;\n"
        else:
            joined = f" ,\n{indent}        ".join(values)
            text += f"{indent}    {predicate}\n{indent}        {joined} ;\n"
    return f"{text}{indent}.\n"
