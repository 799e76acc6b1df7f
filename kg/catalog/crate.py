"""What the catalogue says in schema.org, as JSON-LD: as an RO-Crate, or for a web page.

An RO-Crate (https://www.researchobject.org/ro-crate/specification/1.2/) is a folder with the file
`ro-crate-metadata.json`: the dataset is its root, the files of a dump are the data entities, and
what the dataset links to are the contextual entities.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import LocalGraph, read_query
from kg.names import Term, language_of, pick, text

CRATE_FILE = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.2"
ROOT = "./"
# Keys of JSON-LD.
ID, TYPE = "@id", "@type"
# What a value of a property is if the catalogue does not say it.
KINDS = {"creator": "Organization", "publisher": "Organization", "license": "CreativeWork"}

# The values of a thing by property, with the names of schema.org; and those of all things, by IRI.
Values = dict[str, list[Term]]
Things = dict[str, Values]
Entity = dict[str, object]


def write_crate(graph: LocalGraph, catalog: Iterable[Quad]) -> str:
    """Return the RO-Crate of the files that a catalogue lists, as flattened JSON-LD.

    A text that the catalogue has in several languages is in English, as RO-Crate has plain texts.
    """
    said = _read_schema(graph, catalog)
    root = said.pop(_name_dataset(graph))
    files = {
        quote(text(said[iri]["name"][0])): said[iri]
        for values in (root, *list(said.values()))
        for iri in map(text, values.pop("distribution", ()))
    }
    for values in (root, *files.values()):
        values.pop(TYPE, None)
    links = {text(v): KINDS.get(name, "Thing") for name in root for v in root[name] if _is_link(v)}
    parts: Entity = {"hasPart": _join([{ID: name} for name in sorted(files)])} if files else {}
    entities = [
        {ID: CRATE_FILE, TYPE: "CreativeWork", "about": {ID: ROOT}, "conformsTo": {ID: PROFILE}},
        _write_entity(ROOT, "Dataset", root) | parts,
        *(_write_entity(name, "File", values) for name, values in sorted(files.items())),
        *(_write_entity(iri, kind, said.get(iri, {})) for iri, kind in sorted(links.items())),
    ]
    crate = {"@context": f"{PROFILE}/context", "@graph": entities}
    return json.dumps(crate, ensure_ascii=False, indent=1) + "\n"


def describe_schema(graph: LocalGraph, catalog: Iterable[Quad], language: str) -> Entity:
    """Return the dataset as schema.org has it, with what it links to inside.

    See https://developers.google.com/search/docs/appearance/structured-data/dataset. A text that
    the catalogue has in several languages is in the language.
    """
    said = _read_schema(graph, catalog)
    name = _name_dataset(graph)
    dataset = _write_entity(name, "Dataset", said[name], language)
    for key, terms in said[name].items():
        if key != TYPE and any(map(_is_link, terms)):
            inside = [
                _write_entity(iri, KINDS.get(key, "Thing"), said.get(iri, {}), language)
                for iri in sorted(map(text, terms))
            ]
            dataset[key] = _join(inside)
    return dataset


def _name_dataset(graph: LocalGraph) -> str:
    return graph.names.expand("dataset:").rstrip("#")


def _read_schema(graph: LocalGraph, catalog: Iterable[Quad]) -> Things:
    """Return what the catalogue says in schema.org of each thing, with what it links to."""
    path = graph.home.queries / "catalog" / "crate.rq"
    triples = [quad.triple for quad in catalog] + graph.construct(read_query(path), str(path))
    start, kind = (graph.names.expand(name) for name in ("schema:", "rdf:type"))
    said: Things = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        name, value = triple.predicate.value, triple.object
        if name == kind and text(value).startswith(start):
            said[text(triple.subject)][TYPE].append(Literal(text(value).removeprefix(start)))
        elif name.startswith(start):
            said[text(triple.subject)][name.removeprefix(start)].append(value)
    return said


def _write_entity(name: str, kind: str, values: Values, language: str = "en") -> Entity:
    """Return an entity with its properties; each text is in one language."""
    entity: Entity = {ID: name, TYPE: kind}
    for key, terms in sorted(values.items()):
        tags = {tag: [tag] for term in terms if (tag := language_of(term))}
        (best,) = pick(tags, language, [""])
        chosen = sorted((t for t in terms if language_of(t) in ("", best)), key=text)
        entity[key] = _join([{ID: text(one)} if _is_link(one) else text(one) for one in chosen])
    return entity


def _is_link(value: Term) -> bool:
    return isinstance(value, NamedNode)


def _join(values: Sequence[object]) -> object:
    """Return the one value, or all."""
    return values[0] if len(values) == 1 else values
