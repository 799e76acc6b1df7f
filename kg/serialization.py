"""Write triples as text: Turtle, N-Triples, JSON-LD or RDF/XML, each term as it is."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.parsers import expat

from pyoxigraph import Literal, Quad, RdfFormat, Triple, parse, serialize

from kg.errors import KgError
from kg.names import format_language, is_iri
from kg.turtle import restore_languages
from kg.turtle_layout import format_text
from kg.turtle_tokens import list_tokens

FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
ADVICE = "Of the formats, only ntriples can have it: --format ntriples."
NOT_XML = (
    "RDF/XML cannot express the result: it has a control character in a text, or a property whose "
    "IRI does not end in a name for XML. Use another --format."
)
ROOT = re.compile(r"(?<=<rdf:RDF)(?: [^ <>]+)+")
# Only in a tag, since < and > are escaped in text.
XML_LANGUAGE = re.compile(r"""(<[^<>]* xml:lang=")([^"<>]*)(?=")""")


def serialize_triples(triples: Sequence[Triple], form: str, prefixes: Mapping[str, str]) -> str:
    """Serialize triples, each once, as turtle, ntriples, jsonld or rdfxml.

    Turtle is in canonical form. The order of the triples given does not matter.

    Raises:
        KgError: the format cannot express a term: one of RDF 1.2 if it is not ntriples; or as
            rdfxml, a control character, or a property without a name for XML.
    """
    ordered = dict(sorted((restore_languages(f"{triple} ."), triple) for triple in triples))
    if form == "ntriples":
        return "".join(f"{line}\n" for line in ordered)
    newer = next(filter(_is_newer, ordered.values()), None)
    if newer:
        raise KgError(f"The result has a triple term or a base direction (RDF 1.2). {ADVICE}")
    text = "\n".join(ordered)
    used = {name: iri for name, iri in prefixes.items() if f"<{iri}" in text and is_iri(iri)}
    try:
        encoded = serialize(ordered.values(), format=FORMATS[form], prefixes=used)
    except (OSError, ValueError):
        raise KgError(NOT_XML) from None  # a property with a name that RDF/XML reserves
    written = (encoded or b"").decode("utf-8")
    if form == "turtle":
        return format_text("".join(_restore_tags(written)), "result")
    if form == "rdfxml":
        return _finish_xml(written, ordered)
    document = _restore_json(json.loads(written))
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _is_newer(triple: Triple) -> bool:
    """Return whether the object of a triple is a term of RDF 1.2."""
    value = triple.object
    return isinstance(value, Triple) or (isinstance(value, Literal) and bool(value.direction))


def _restore_tags(text: str) -> Iterator[str]:
    """Yield the parts of Turtle, with language tags in the case that RFC 5646 recommends."""
    end = 0
    for token in list_tokens(text):
        if token.kind == "tag":
            yield text[end : token.start]
            yield f"@{format_language(token.text[1:])}"
            end = token.start + len(token.text)
    yield text[end:]


def _restore_json(value: Any) -> Any:
    """Return a part of a JSON-LD document, with language tags in the recommended case."""
    if isinstance(value, list):
        return [_restore_json(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: format_language(part) if key == "@language" else _restore_json(part)
        for key, part in value.items()
    }


def _finish_xml(text: str, ordered: Mapping[str, Triple]) -> str:
    """Return RDF/XML with sorted prefixes, and languages as recommended, if it says the same.

    XML has no control characters but white space, and not every IRI ends in a name for XML, as
    that of a property must: the engine then writes XML that readers reject, or read otherwise.

    Raises:
        KgError: it does not.
    """
    # A reader of XML takes a raw carriage return for a line feed.
    text = text.replace("\r", "&#13;")
    text = XML_LANGUAGE.sub(lambda found: found[1] + format_language(found[2]), text)
    text = ROOT.sub(lambda found: " " + " ".join(sorted(found[0].split())), text, count=1)
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(text.encode("utf-8"), True)
        found = {Quad(*triple) for triple in parse(text, RdfFormat.RDF_XML)}
    except (expat.ExpatError, SyntaxError, ValueError):
        found = set()
    if found != {Quad(*triple) for triple in ordered.values()}:
        raise KgError(NOT_XML)
    return text.rstrip("\n") + "\n"
