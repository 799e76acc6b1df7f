"""Find a thing by any of its names."""

from kg.ask.lookup import (
    find_similar,
    index_names,
    normalize_name,
    quote_input,
    resolve_name,
    suggest_names,
)
from kg.errors import KgError, check_text
from kg.graph import Graph, write_iri
from kg.names import text


def find_node(graph: Graph, name: str) -> str:
    """Return the IRI of the thing with a name.

    The name is its IRI, its prefixed name (`place:wuhan`), the last part of its IRI (`wuhan`), or
    a label in any language, script, case and width; if no thing has this label, an alternative
    label (`skos:altLabel`: IoT). A thing without a label has only the first two.

    Raises:
        KgError: nothing, or more than one thing, has the name; the message suggests names.
    """
    names = graph.names
    check_text(name, "name")
    iri = names.find_iri(name.strip().strip("<>"))
    # This query is much faster than that for all labels.
    if iri and graph.internal("portrait-statements", thing=write_iri(iri)):
        return iri
    labels = index_names(graph.internal("labels"), names)
    if found := resolve_name(labels, name, names):
        return found
    alternatives: dict[str, set[str]] = {}
    for node, label in graph.internal("alternative-labels"):
        alternatives.setdefault(normalize_name(text(label)), set()).add(text(node))
    if found := resolve_name(alternatives, name, names):
        return found
    similar = find_similar(name, labels.keys() | alternatives.keys(), cutoff=0.6)
    hint = suggest_names(similar, "Use a label, or a prefixed name such as place:wuhan.")
    raise KgError(f"{quote_input(name)}: nothing has this name. {hint}", exit_code=2)
