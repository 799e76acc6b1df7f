"""Turtle and TriG: grouped by graph and subject, one predicate a line, numbers as in the data.

The form is that of the data files (`kg format`), but for blank nodes, which have labels here, so
that no more than one subject is held at a time.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.dumps.nquads import head_file
from kg.errors import KgError
from kg.names import XSD_STRING, Names, Term
from kg.turtle import restore_languages

# What stands without quotes and type, and is read back as it was by every reader: some make a
# number of what Turtle allows beside (007, +7, .5, 1e3), and forget how it was written.
BARE = {
    "xsd:boolean": re.compile("true|false"),
    "xsd:integer": re.compile("0|-?[1-9][0-9]*"),
    "xsd:decimal": re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
}
CACHE = 1 << 16


class TurtleWriter:
    """Writes statements as TriG (https://www.w3.org/TR/trig/), or without graphs as Turtle.

    Turtle that is one graph has its IRI, `graph`, in a comment.
    """

    def __init__(self, names: Names, *, named: bool, graph: str = "") -> None:
        self._graph = "" if named else graph
        self._names = names
        self._named = named
        self._type = names.expand("rdf:type")
        self._bare = {names.expand(name): pattern for name, pattern in BARE.items()}
        self._used: set[str] = set()
        self._shorten = lru_cache(CACHE)(self._shorten_iri)

    def encode(self, quad: Quad) -> str:
        """Return the line by which a statement is sorted and from which it is written."""
        graph = self._show(quad.graph_name) if self._named else ""
        iri = quad.predicate.value
        predicate = "a" if iri == self._type else self._shorten(iri)
        return f"{graph} {self._show(quad.subject)} {predicate} {self._show(quad.object)}"

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file of the lines, sorted."""
        # The first line comes when all have been encoded: then it is known what is used.
        first = next(lines, None)
        yield head_file(self._graph)
        for prefix in sorted(self._used):
            yield f"PREFIX {prefix}: <{self._names.prefixes[prefix]}>\n"
        if first is None:
            return
        indent = "    " if self._named else ""
        for graph, of_graph in groupby(_split(first, lines), lambda parts: parts[0]):
            if self._named:
                yield f"\n{graph} {{\n"
            mark = ""
            for subject, of_subject in groupby(of_graph, lambda parts: parts[1]):
                yield mark if self._named else "\n"
                yield _write_subject(subject, of_subject, indent)
                mark = "\n"
            if self._named:
                yield "}\n"

    def _show(self, term: Term | object) -> str:
        if isinstance(term, NamedNode):
            return self._shorten(term.value)
        if isinstance(term, BlankNode):
            return str(term)
        if not isinstance(term, Literal):
            raise KgError(f"{term}: no term of RDF 1.1. Write .nq, which takes it.")
        if term.language:
            return restore_languages(str(term))
        datatype = term.datatype.value
        bare = self._bare.get(datatype)
        if datatype == XSD_STRING or (bare and bare.fullmatch(term.value)):
            return str(term) if datatype == XSD_STRING else term.value
        return f"{Literal(term.value)}^^{self._shorten(datatype)}"

    def _shorten_iri(self, iri: str) -> str:
        """Return a prefixed name, whose prefix is then among those used, or the IRI in brackets."""
        short = self._names.shorten(iri)
        if short == iri:
            return f"<{iri}>"
        self._used.add(short.partition(":")[0])
        return short


def _split(first: str, lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield graph, subject, predicate and object; only the last can have a space in it."""
    yield first.split(" ", 3)
    for line in lines:
        yield line.split(" ", 3)


def _write_subject(subject: str, parts: Iterator[list[str]], indent: str) -> str:
    values: dict[str, list[str]] = {}
    for _, _, predicate, value in parts:
        values.setdefault(predicate, []).append(value)
    text = [f"{indent}{subject}\n"]
    for predicate in sorted(values, key=lambda name: (name != "a", name)):
        said = values[predicate]
        if len(said) == 1:
            text.append(f"{indent}    {predicate} {said[0]} ;\n")
        else:
            joint = f" ,\n{indent}        "
            text.append(f"{indent}    {predicate}\n{indent}        {joint.join(said)} ;\n")
    return "".join([*text, f"{indent}.\n"])
