"""The queries of networks: `queries/networks/*.rq`, found by name, with values bound.

A query selects ?source ?kind ?target ?element: two nodes, the relation that joins them, and the
element that says so; or a node only. Besides the fields of a question, its header has:

- largest: how many nodes the network has at most (default 10,000);
- directed: whether its edges are directed;
- fold: a relation (kind) whose sources are joined in pairs if they share a target; the name of
  the column with the shared targets (column), and its title by language;
- relations: labels of relations by language, in place of those in the ontology.
"""

from collections.abc import Mapping, Sequence

from kg.ask.lookup import find_name, find_similar, quote_input, suggest_names
from kg.ask.parameters import make_term, read_parameters, write_term
from kg.ask.question import Question
from kg.errors import KgError
from kg.graph import Graph, bind_values
from kg.home import Home
from kg.names import Names, pick

VARIABLES = ("source", "kind", "target", "element")


def list_networks(home: Home) -> list[Question]:
    """Return the queries of a home's networks, by name."""
    return [Question(path.stem, path) for path in sorted((home.queries / "networks").glob("*.rq"))]


def find_network(home: Home, name: str) -> Question:
    """Return the query of the network of that name.

    Raises:
        KgError: there is none; the message suggests similar names (exit code 2).
    """
    known = {network.name: network for network in list_networks(home)}
    found = find_name(name, known)
    if found is None:
        hint = suggest_names(find_similar(name, known), f"Networks: {', '.join(known)}.")
        raise KgError(f"{quote_input(name)}: unknown network. {hint}", exit_code=2)
    return known[found]


def read_largest(question: Question, largest: int | None) -> int:
    """Return the largest number of nodes: the given one, or else that of the header.

    Raises:
        KgError: it is not a number from 1 (exit code 2).
    """
    found = question.header.get("largest", 10_000) if largest is None else largest
    if not isinstance(found, int) or found < 1:
        raise KgError(f"largest: {found} is not a number of nodes. Use 1 or more.", exit_code=2)
    return found


def read_fold(question: Question, names: Names, language: str) -> tuple[str, dict[str, str]]:
    """Return the IRI of the folded relation, and the title of its column by name; or "" and {}.

    Raises:
        KgError: the header has no relation or no column for it, or its prefix is unknown.
    """
    header = question.header.get("fold")
    if not header:
        return "", {}
    try:
        titles = {tag: title for tag, title in header.items() if tag not in ("kind", "column")}
        return names.expand(header["kind"]), {header["column"]: pick(titles, language, "")}
    except (AttributeError, KeyError, TypeError):
        raise KgError(f"{question.path}:1: fold has no kind or no column. Add both.") from None


def bind_network(graph: Graph, question: Question, values: Mapping[str, Sequence[str]]) -> str:
    """Return the query of a network with values bound, any number for each parameter.

    Raises:
        KgError: a parameter is unknown, or a value is not of its type; the message has all such
            faults (exit code 2).
    """
    parameters = read_parameters(graph.home, question)
    faults, terms = [], {}
    for name, given in values.items():
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            faults.append(f"{name}: unknown parameter of {question.name}. Parameters: {known}.")
            continue
        found = []
        for value in given:
            try:
                found.append(write_term(make_term(graph, parameters[name], value)))
            except KgError as error:
                if error.exit_code != 2:
                    raise
                faults.append(f"{name}: {error}")
        if found:
            terms[parameters[name].binds] = " ".join(dict.fromkeys(found))
    if faults:
        raise KgError("\n".join(faults), exit_code=2)
    return bind_values(question.query, terms)
