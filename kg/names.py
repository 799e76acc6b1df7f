"""Prefixes, IRIs, terms and language tags.

All prefixes and namespaces are read from `ontology/prefixes.ttl`.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.display import LANGUAGES as LANGUAGES
from kg.errors import KgError
from kg.home import Home
from kg.reading import read_text
from kg.turtle_faults import explain_syntax, refuse_syntax

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
SHACL = "http://www.w3.org/ns/shacl#"
# The properties by which a rule gives each thing one label for each language.
DISPLAY_LABELS = {"en": "labelEn", "zh-Hans": "labelZhHans", "zh-Hant": "labelZhHant"}
SHORTENED = 1 << 14  # names kept in memory
LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")

# The languages of texts to show for a language, best first. If there is none of these, any other
# is shown: see `pick`.
FALLBACKS = {
    "en": ("en", "zh-Hans", "zh-Hant", "zh"),
    "zh-Hans": ("zh-Hans", "zh-Hant", "zh", "en"),
    "zh-Hant": ("zh-Hant", "zh-Hans", "zh", "en"),
}

# Named graphs that the program makes, below `graph:`, in lower case: no file can have such a name.
RESERVED_GRAPHS = frozenset({"catalog", "entailed"})

Term = NamedNode | BlankNode | Literal | Triple
T = TypeVar("T")


class Names:
    """Convert prefixed names to IRIs and back, with the prefixes that a home declares."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(sorted(prefixes.items()))
        # The longest namespace first: code/genre/ before code/.
        self._by_length = sorted(self.prefixes.items(), key=lambda p: (-len(p[1]), p[0]))
        self._shorten = lru_cache(SHORTENED)(self._find_name)

    def __reduce__(self) -> tuple[type["Names"], tuple[dict[str, str]]]:
        return Names, (self.prefixes,)

    def expand(self, name: str) -> str:
        """Return the IRI of a prefixed name.

        Raises:
            KgError: the prefix is not declared.

        >>> Names({"cdp": "https://w3id.org/cdp/ontology#"}).expand("cdp:City")
        'https://w3id.org/cdp/ontology#City'
        """
        prefix, colon, local = name.partition(":")
        if not colon or prefix not in self.prefixes:
            raise KgError(
                f"{name}: unknown prefix. ontology/prefixes.ttl declares "
                f"{', '.join(self.prefixes)}.",
                exit_code=2,
            )
        return self.prefixes[prefix] + local

    def find_iri(self, name: str) -> str | None:
        """Return the IRI that a text is, or is the prefixed name of; None if it is neither.

        >>> Names({"cdp": "https://w3id.org/cdp/ontology#"}).find_iri("cdp:City")
        'https://w3id.org/cdp/ontology#City'
        """
        prefix, colon, local = name.partition(":")
        iri = self.prefixes.get(prefix, prefix + colon) + local
        return iri if colon and is_iri(iri) else None

    def shorten(self, iri: str) -> str:
        """Return the prefixed name of an IRI, or the IRI itself if no prefix fits.

        >>> Names({"cdp": "https://w3id.org/cdp/ontology#"}).shorten("https://example.org/x")
        'https://example.org/x'
        """
        return self._shorten(iri)

    def _find_name(self, iri: str) -> str:
        for prefix, namespace in self._by_length:
            if iri.startswith(namespace) and LOCAL.fullmatch(iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def show(self, term: Term | None) -> str:
        """Return a term for display: a prefixed name, a text, or "" for an unbound variable.

        >>> Names({}).show(Literal("80.0"))
        '80.0'
        """
        if term is None:
            return ""
        if isinstance(term, NamedNode):
            return self.shorten(term.value)
        return str(term) if isinstance(term, BlankNode) else text(term)


def bind_json(term: Term) -> dict[str, Any]:
    """Return a term in SPARQL results JSON, with its language tag in the recommended case.

    All values are str, but that of a triple term is a dict. See
    https://www.w3.org/TR/sparql12-results-json/#select-encode-terms.

    >>> bind_json(Literal("深圳", language="zh-hans"))
    {'type': 'literal', 'value': '深圳', 'xml:lang': 'zh-Hans'}
    """
    if isinstance(term, Literal):
        bound = {"type": "literal", "value": term.value}
        if term.language:
            bound["xml:lang"] = format_language(term.language)
        elif term.datatype.value != XSD_STRING:
            bound["datatype"] = term.datatype.value
        return bound
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: bind_json(part) for name, part in parts.items()}}
    return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}


def text(term: Term | None) -> str:
    """Return the IRI or the text of a term, and "" for an unbound variable.

    A triple term is written as in Turtle 1.2.

    >>> text(Literal("深圳", language="zh-Hans")), text(None)
    ('深圳', '')
    >>> text(Triple(NamedNode("e:a"), NamedNode("e:b"), Literal("c")))
    '<<( <e:a> <e:b> "c" )>>'
    """
    if term is None:
        return ""
    return f"<<( {term} )>>" if isinstance(term, Triple) else term.value


def language_of(term: Term | None) -> str:
    """Return the language tag of a literal in the recommended case, or "" if it has none.

    >>> language_of(Literal("深圳", language="zh-hans"))
    'zh-Hans'
    """
    tag = term.language if isinstance(term, Literal) else None
    return format_language(tag) if tag else ""


def pick(texts: Mapping[str, T], language: str, default: T) -> T:
    """Return the best text for a language, or the default if there is no text but empty ones.

    Best is a text in the language, then in its `FALLBACKS`, then without a language tag, then in
    the language whose tag is first in the alphabet. A tag matches a language as in RFC 4647, 3.3.1:
    en-GB is en.

    >>> pick({"en": "Shenzhen", "zh-Hans": "深圳"}, "zh-Hant", "")
    '深圳'
    >>> pick({"fr": "Canton"}, "en", "")
    'Canton'
    """
    if texts.get(language):  # mostly
        return texts[language]
    wanted = FALLBACKS.get(language, (language, *LANGUAGES))
    tags = [tag for tag, text in texts.items() if text]
    best = min(tags, key=lambda tag: _rank_language(str(tag), wanted), default=None)
    return default if best is None else texts[best]


def _rank_language(tag: str, wanted: Sequence[str]) -> tuple[int, str]:
    lower = f"{tag}-".lower()
    matches = (n for n, one in enumerate(wanted) if lower.startswith(f"{one}-".lower()))
    return next(matches, len(wanted)), lower


def collect_texts(terms: Iterable[Term | None]) -> dict[str, str]:
    """Return the texts of literals by language tag: of several in a language, the first not empty.

    >>> collect_texts([Literal("", language="en"), Literal("Wuhan", language="en")])
    {'en': 'Wuhan'}
    """
    texts: dict[str, str] = {}
    for term in terms:
        if isinstance(term, Literal) and term.value:
            texts.setdefault(language_of(term), term.value)
    return texts


def is_iri(text: str) -> bool:
    """Return whether a text is an absolute IRI (RFC 3987).

    >>> is_iri("https://w3id.org/cdp/id/place/wuhan"), is_iri("wuhan"), is_iri("a:b> c")
    (True, False, False)
    """
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


@lru_cache
def read_names(home: Home) -> Names:
    """Return the names that a home declares with `sh:declare` in `ontology/prefixes.ttl`.

    Raises:
        KgError: the file is not Turtle, or a declaration is incomplete.
    """
    path = home.ontology / "prefixes.ttl"
    found: dict[str, dict[str, str]] = {"prefix": {}, "namespace": {}}
    data = read_text(path)
    refuse_syntax(data, str(path))
    try:
        for quad in parse(data, RdfFormat.TURTLE, base_iri="x:"):
            field = quad.predicate.value.removeprefix(SHACL)
            if field in found:
                found[field][str(quad.subject)] = text(quad.object)
    except SyntaxError as error:
        raise explain_syntax(error, data, str(path)) from None
    incomplete = found["prefix"].keys() ^ found["namespace"].keys()
    if incomplete:
        raise KgError(
            f"{path}: a declaration has only one of sh:prefix and sh:namespace. Add both."
        )
    return Names({prefix: found["namespace"][node] for node, prefix in found["prefix"].items()})


@cache
def format_language(tag: str) -> str:
    """Return a language tag in the case that RFC 5646, 2.1.1 recommends.

    The embedded engine changes tags to lower case; everything that kg writes restores them.

    >>> format_language("zh-hans"), format_language("ZH-hant-hk"), format_language("en")
    ('zh-Hans', 'zh-Hant-HK', 'en')
    """
    first, *rest = tag.split("-")
    cased = [
        part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower()
        for part in rest
    ]
    return "-".join([first.lower(), *cased])


def name_graph(names: Names, relative: Path) -> str:
    """Return the IRI of a file's named graph, from its path below `data/` or `ontology/`.

    Characters that an ASCII IRI cannot have are percent-encoded (RFC 3986, 2.1).

    >>> name_graph(Names({"graph": "https://w3id.org/cdp/graph/"}), Path("reference/places.ttl"))
    'https://w3id.org/cdp/graph/reference/places'
    """
    path = quote(os.fsencode(relative.with_suffix("").as_posix()))
    return names.expand(f"graph:{path}")
