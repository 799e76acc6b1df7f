"""The entailments of `ontology/rules/`: what the questions need and the files do not say."""

from kg.home import Home
from kg.names import read_names
from kg.store import Memory, read_query_file


def add_entailments(store: Memory, home: Home) -> int:
    """Run the rules in the order of their file names; return how many statements they added.

    What they add stands in a named graph of its own, `graph:entailed`, and each rule sees what
    those before it have added.

    Raises:
        KgError: a rule is no CONSTRUCT query.
    """
    before = len(store)
    graph = read_names(home).expand("graph:entailed")
    for path in sorted((home.ontology / "rules").glob("*.rq")):
        store.add_triples(store.construct(read_query_file(path), str(path)), graph)
    return len(store) - before


def open_store(home: Home) -> Memory:
    """Return the home's ontology and data in memory, with their entailments.

    Raises:
        KgError: a file is not Turtle in UTF-8.
    """
    from kg.load import list_files

    store = Memory()
    store.add_files(list_files(home))
    add_entailments(store, home)
    return store
