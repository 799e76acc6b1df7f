"""Write JSON-LD with a context: one node per thing, each on a line, without named graphs.

See https://www.w3.org/TR/json-ld11/. Integers and booleans are JSON's own where the context has
their datatype and no reader changes them. All other values are strings, with the datatype in the
context or next to them, so that 80.0 does not become 80.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.dumps.context import IRI, LANGUAGE, Context
from kg.dumps.grouping import Subject, group_lines
from kg.errors import KgError
from kg.home import name_program
from kg.names import XSD_STRING, format_language

CACHE_SIZE = 1 << 16
# Values that readers do not change (https://www.w3.org/TR/json-ld11-api/#data-round-tripping).
NATIVE = {
    "xsd:boolean": re.compile("true|false"),
    "xsd:integer": re.compile("0|-?[1-9][0-9]{0,15}"),
    "xsd:nonNegativeInteger": re.compile("0|[1-9][0-9]{0,15}"),
}
EXACT = 1 << 53  # readers that parse numbers as doubles are exact below
_dump = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder each time


class JsonWriter:
    """Writes statements as JSON-LD; only one node is in memory at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._type = context.names.expand("rdf:type")
        self._language_maps = {
            context.terms[iri] for iri, kind in context.kinds.items() if kind == LANGUAGE
        }
        self._native = {context.names.expand(name): pattern for name, pattern in NATIVE.items()}
        self._encode_iri = lru_cache(CACHE_SIZE)(self._shorten_iri)

    def encode(self, quad: Quad) -> str:
        """Return a statement as the line by which it is sorted and from which it is written.

        Raises:
            KgError: JSON-LD cannot express one of its terms.
        """
        key, value = self._encode_value(quad.predicate.value, quad.object)
        # All statements about a thing are in one node, whatever their named graph.
        return " ".join(("", self._encode_node(quad.subject), key, value))

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file, given its sorted lines."""
        # The context maps "generator" to null, so that it is not a statement.
        context = (f"{_dump(key)}: {_dump(value)}" for key, value in self._context.build().items())
        yield f'{{\n"generator": {_dump(name_program())},\n"@context": {{\n'
        yield ",\n".join(context)
        yield '\n},\n"@graph": ['
        separator = "\n"
        for node in self.write_nodes(lines):
            yield separator + node
            separator = ",\n"
        yield "\n]\n}\n"

    def write_nodes(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield each node as JSON, without the context, given the sorted lines."""
        for _, subjects in group_lines(lines, "type"):
            yield from map(self._write_node, subjects)

    def _encode_value(self, predicate: str, value: object) -> tuple[str, str]:
        """Return the key of a property, and a value as JSON, after the language tag of a text."""
        if predicate == self._type and not isinstance(value, Literal):
            term = self._context.terms.get(value.value) if isinstance(value, NamedNode) else None
            return "type", _dump(term or self._encode_node(value))
        key = self._context.terms.get(predicate) or self._encode_iri(predicate)
        expected = self._context.kinds.get(predicate, "")
        if not isinstance(value, Literal):
            node = self._encode_node(value)
            return key, _dump(node if expected == IRI else {"id": node})
        if value.language:
            return key, f"@{format_language(value.language)} {_dump(value.value)}"
        kind = value.datatype.value
        if kind == expected and self._is_native(value.value, kind):
            return key, value.value
        if kind == expected or (kind == XSD_STRING and expected in ("", LANGUAGE)):
            return key, _dump(value.value)
        if kind == XSD_STRING:
            return key, _dump({"@value": value.value})
        return key, _dump({"@type": self._encode_iri(kind), "@value": value.value})

    def _is_native(self, text: str, datatype: str) -> bool:
        """Return whether a literal is written as a number or boolean of JSON."""
        pattern = self._native.get(datatype)
        if pattern is None or not pattern.fullmatch(text):
            return False
        return text.isalpha() or abs(int(text)) < EXACT

    def _write_node(self, subject: Subject) -> str:
        name, properties = subject
        fields = [f'"id": {_dump(name)}']
        fields += [f"{_dump(key)}: {self._write_values(key, values)}" for key, values in properties]
        return f"{{{', '.join(fields)}}}"

    def _write_values(self, key: str, values: list[str]) -> str:
        if key not in self._language_maps:
            return _join([_write_text(value) for value in values])
        if any(value.startswith("{") for value in values):
            # Always an array, because an object alone would be read as a language map.
            return f"[{', '.join(map(_write_text, values))}]"
        by_language: dict[str, list[str]] = {}
        for value in values:
            tag, _, text = value[1:].partition(" ") if value[0] == "@" else ("@none", "", value)
            by_language.setdefault(tag, []).append(text)
        fields = (f"{_dump(tag)}: {_join(texts)}" for tag, texts in by_language.items())
        return f"{{{', '.join(fields)}}}"

    def _encode_node(self, value: object) -> str:
        if isinstance(value, NamedNode):
            return self._encode_iri(value.value)
        if isinstance(value, BlankNode):
            return str(value)
        raise KgError(f"{value}: not a term of RDF 1.1. Write .nq instead.")

    def _shorten_iri(self, iri: str) -> str:
        """Return the prefixed name of an IRI, or else the IRI.

        Raises:
            KgError: the IRI would be read as a prefixed name.
        """
        name = self._context.names.shorten(iri)
        scheme, _, rest = iri.partition(":")
        if name == iri and scheme in self._context.names.prefixes and not rest.startswith("//"):
            raise KgError(
                f"<{iri}>: JSON-LD would read this IRI as a name with the prefix {scheme}:. "
                "Write .nq or .trig instead."
            )
        return name


def encode_document(document: dict[str, object]) -> bytes:
    """Return a context or a frame as a file of JSON."""
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _write_text(value: str) -> str:
    """Return an encoded value as JSON, with its language tag next to it."""
    if not value.startswith("@"):
        return value
    tag, _, text = value[1:].partition(" ")
    return f'{{"@language": {_dump(tag)}, "@value": {text}}}'


def _join(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
