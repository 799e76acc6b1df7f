"""JSON-LD with our own context: a node a line, named graphs kept, nothing framed.

See https://www.w3.org/TR/json-ld11/. Integers and booleans are those of JSON where the context
has their datatype and they come back as they were written. All other values are strings, with the
datatype in the context or beside them, so that 80.0 does not come back as 80.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.dumps.context import IRI, LANGUAGE, Context, find_kind
from kg.errors import KgError
from kg.home import producer
from kg.names import XSD_STRING, format_language

CACHE = 1 << 16
# What a reader makes of JSON's own values (https://www.w3.org/TR/json-ld11-api/#data-round-tripping).
NATIVE = {
    "xsd:boolean": re.compile("true|false"),
    "xsd:integer": re.compile("0|-?[1-9][0-9]{0,15}"),
    "xsd:nonNegativeInteger": re.compile("0|[1-9][0-9]{0,15}"),
}
EXACT = 1 << 53  # below, a number of JSON is exact for those that take it for a double


class JsonWriter:
    """Writes statements as JSON-LD; in memory is one node at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._type = context.names.expand("rdf:type")
        self._languages = {
            context.terms[iri] for iri, kind in context.kinds.items() if kind == LANGUAGE
        }
        self._native = {context.names.expand(name): form for name, form in NATIVE.items()}
        self._name = lru_cache(CACHE)(self._name_iri)

    def encode(self, quad: Quad) -> str:
        """Return the line by which a statement is sorted and from which it is written.

        Raises:
            KgError: JSON-LD has no way to write one of its terms.
        """
        return " ".join((self._name_node(quad.graph_name), self._name_node(quad.subject),
                         *self._encode_value(quad.predicate.value, quad.object)))  # fmt: skip

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file of the lines, sorted."""
        # Processors leave out what the context says is null: the mark adds no statement.
        context = (f"{_dump(key)}: {_dump(said)}" for key, said in self._context.write().items())
        yield f'{{\n"generator": {_dump(producer())},\n"@context": {{\n'
        yield ",\n".join(context)
        yield '\n},\n"@graph": ['
        parts = (line.split(" ", 3) for line in lines)
        joint = "\n"
        for graph, of_graph in groupby(parts, lambda part: part[0]):
            yield f'{joint}{{"id": {_dump(graph)}, "@graph": ['
            joint = "\n"
            for subject, of_subject in groupby(of_graph, lambda part: part[1]):
                yield f"{joint}{self._write_node(subject, of_subject)}"
                joint = ",\n"
            yield "\n]}"
            joint = ",\n"
        yield "\n]\n}\n"

    def _encode_value(self, predicate: str, value: object) -> tuple[str, str]:
        """Return the key of a property, and a value as JSON, or with its language before it."""
        found = find_kind(value)
        if predicate == self._type and found == IRI:
            return "type", _dump(self._name_class(value))
        key = self._context.terms.get(predicate) or self._name(predicate)
        wanted = self._context.kinds.get(predicate, "")
        if found == IRI:
            node = self._name_node(value)
            return key, _dump(node if wanted == IRI else {"id": node})
        if not isinstance(value, Literal):
            raise KgError(f"{value}: no term of RDF 1.1. Write .nq, which takes it.")
        if value.language:
            return key, f"@{format_language(value.language)} {_dump(value.value)}"
        if found == wanted and self._is_native(value.value, found):
            return key, value.value
        if found == wanted or (found == XSD_STRING and wanted in ("", LANGUAGE)):
            return key, _dump(value.value)
        if found == XSD_STRING:
            return key, _dump({"@value": value.value})
        return key, _dump({"@type": self._name(found), "@value": value.value})

    def _is_native(self, text: str, datatype: str) -> bool:
        """Tell whether a literal is written as a number or boolean of JSON."""
        form = self._native.get(datatype)
        if form is None or not form.fullmatch(text):
            return False
        return text.isalpha() or abs(int(text)) < EXACT

    def _write_node(self, subject: str, parts: Iterator[list[str]]) -> str:
        values: dict[str, list[str]] = {}
        for _, _, key, value in parts:
            values.setdefault(key, []).append(value)
        written = [f'"id": {_dump(subject)}']
        for key in sorted(values, key=lambda key: (key != "type", key)):
            written.append(f"{_dump(key)}: {self._write_values(key, values[key])}")
        return f"{{{', '.join(written)}}}"

    def _write_values(self, key: str, values: list[str]) -> str:
        if key not in self._languages:
            said = [_write_language(value) for value in values]
            return said[0] if len(said) == 1 else _join(said)
        if any(value.startswith("{") for value in values):
            # Not texts alone: no map of languages can have the others.
            return _join([_write_language(value) for value in values])
        by_language: dict[str, list[str]] = {}
        for value in values:
            tag, _, text = value[1:].partition(" ") if value[0] == "@" else ("@none", "", value)
            by_language.setdefault(tag, []).append(text)
        told = (
            f"{_dump(tag)}: {texts[0] if len(texts) == 1 else _join(texts)}"
            for tag, texts in by_language.items()
        )
        return f"{{{', '.join(told)}}}"

    def _name_class(self, value: object) -> str:
        term = self._context.terms.get(value.value) if isinstance(value, NamedNode) else None
        return term or self._name_node(value)

    def _name_node(self, value: object) -> str:
        if isinstance(value, NamedNode):
            return self._name(value.value)
        if isinstance(value, BlankNode):
            return str(value)
        raise KgError(f"{value}: no node of RDF 1.1. Write .nq, which takes it.")

    def _name_iri(self, iri: str) -> str:
        """Return the prefixed name of an IRI, or the IRI.

        Raises:
            KgError: its scheme is one of our prefixes, so that it would be taken for such a name.
        """
        name = self._context.names.shorten(iri)
        scheme, _, rest = iri.partition(":")
        if name == iri and scheme in self._context.names.prefixes and not rest.startswith("//"):
            raise KgError(
                f"<{iri}>: JSON-LD would take it for a name with our prefix {scheme}:. "
                "Write .nq or .trig."
            )
        return name


def _write_language(value: str) -> str:
    if not value.startswith("@"):
        return value
    tag, _, text = value[1:].partition(" ")
    return f'{{"@language": {_dump(tag)}, "@value": {text}}}'


def _join(values: list[str]) -> str:
    return f"[{', '.join(values)}]"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
