"""The JSON-LD context: a short name for each term of the ontology, and the kind of its values.

See https://www.w3.org/TR/json-ld11/#the-context.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.graph import LocalGraph
from kg.home import Home
from kg.names import XSD_STRING, Names, text
from kg.turtle import list_files

IRI, LANGUAGE = "@id", "@language"
TERM = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED = ("generator", "id", "type")
# A namespace that ends in one of these needs no @prefix in the context (JSON-LD 1.1, 9.15.1).
DELIMITERS = tuple(":/?#[]@")


@dataclass(frozen=True)
class Context:
    """The short names of properties and classes, and the kinds of values, both by IRI.

    A kind is `@id` for IRIs, `@language` for texts with a language tag, or the IRI of a datatype;
    it is "" for plain texts, and for values of several kinds.
    """

    names: Names
    terms: dict[str, str]
    kinds: dict[str, str]

    def build(self) -> dict[str, object]:
        """Return the context as JSON: prefixes, then terms, each sorted."""
        context: dict[str, object] = {"@version": 1.1, "generator": None}
        context |= {"id": "@id", "type": "@type"}
        for prefix, iri in self.names.prefixes.items():
            context[prefix] = iri if iri.endswith(DELIMITERS) else {"@id": iri, "@prefix": True}
        for iri, term in sorted(self.terms.items(), key=lambda pair: (pair[1].lower(), pair[1])):
            kind = self.kinds.get(iri)
            name = self.names.shorten(iri)
            if kind == LANGUAGE:
                context[term] = {"@id": name, "@container": LANGUAGE}
            elif kind:
                context[term] = {"@id": name, "@type": self.names.shorten(kind)}
            elif term != name:
                context[term] = name
        return context


def read_context(home: Home) -> Context:
    """Return the context for the terms that a home's ontology declares or uses.

    The short name of a term is its local name, if no other term or prefix has the same; terms of
    the ontology's own namespace come first. All other terms keep their prefix.

    Raises:
        KgError: a file of the ontology is not Turtle in UTF-8.
    """
    files = [f for f in list_files(home, shapes=True) if f.path.is_relative_to(home.ontology)]
    graph = LocalGraph(home, files)
    kinds: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for term, role, kind in graph.internal("context-terms", named_graphs=True):
        kinds[text(term)][text(role)].add(text(kind))
    chosen = {iri: _choose_kind(roles) for iri, roles in kinds.items()}
    return Context(graph.names, name_terms(graph.names, kinds), chosen)


def name_terms(names: Names, iris: Iterable[str]) -> dict[str, str]:
    """Return the short name of each term, by IRI; all names differ from each other.

    >>> names = Names({"cdp": "https://w3id.org/cdp/ontology#", "e": "https://example.org/"})
    >>> list(name_terms(names, ["https://example.org/id", "https://example.org/City"]).values())
    ['City', 'e:id']
    """
    own = names.expand("cdp:")
    taken = {*RESERVED, *names.prefixes}
    terms = {}
    for iri in sorted(iris, key=lambda iri: (not iri.startswith(own), names.shorten(iri))):
        name = names.shorten(iri)
        local = name.partition(":")[2]
        if name != iri and TERM.fullmatch(local) and local not in taken:
            name = local
            taken.add(local)
        terms[iri] = name
    return terms


def _choose_kind(roles: dict[str, set[str]]) -> str:
    """Return the one kind of a property's values, or "" for plain texts or several kinds."""
    found = next((roles[role] for role in ("link", "declared", "used") if role in roles), set())
    kind = found.pop() if len(found) == 1 else ""
    return "" if kind == XSD_STRING else kind
