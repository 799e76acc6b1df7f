"""Questions as query files for grlc, which makes a web API of them, in English.

The decorators and the names of parameters are described in https://github.com/CLARIAH/grlc: the
value of `?_city_iri` (`?__city_iri` if it is optional) is the parameter `city` of a call.
"""

import json
import re
from collections.abc import Iterator, Mapping

from kg.ask import Parameter, Question, read_parameters
from kg.ask.parameters import make_term, write_term
from kg.graph import VALUES_LINE, Graph
from kg.names import Names
from kg.queries.values import choose_values, read_value

# How grlc writes the values of each type into a query.
SUFFIXES = {
    "iri": "iri",
    "code": "iri",
    "integer": "integer",
    "year": "integer",
    "decimal": "xsd_decimal",
    "date": "xsd_date",
}
KINDS = {"iri": "IRI", "xsd_decimal": "decimal", "xsd_date": "date", "literal": "text"}


def write_grlc(graph: Graph, question: Question, endpoint: str) -> str:
    """Return a question as a query file for grlc, which sends it to the endpoint.

    A parameter without a value is an unbound variable, which limits nothing; if it is required, the
    query has no rows then, and grlc refuses the call. An English text is a parameter as it is: only
    `kg ask` looks for other spellings.
    """
    parameters = list(read_parameters(graph.home, question).values())
    terms = choose_values(graph, parameters)
    examples = {name: read_value(term) for name, term in terms.items()}
    query = _write_query(graph, question, parameters)
    header = [*_list_decorators(question, parameters, examples, endpoint)]
    return "".join(f"#+ {line}\n" for line in header) + query


def _list_decorators(
    question: Question,
    parameters: list[Parameter],
    examples: Mapping[str, str],
    endpoint: str,
) -> Iterator[str]:
    yield f"summary: {_quote(question.text('summary', 'en'))}"
    described = [question.text("description", "en").strip()]
    for parameter in parameters:
        kind = KINDS.get(_find_suffix(parameter), "integer")
        example = f", such as {examples[parameter.name]}" if parameter.name in examples else ""
        described.append(f"{_name(parameter)} ({kind}{example}): {parameter.text('en')}.")
    yield f"description: {_quote(' '.join(described))}"
    yield f"endpoint: {_quote(endpoint)}"
    yield "method: GET"
    if tags := question.header.get("tags"):
        yield "tags:"
        yield from (f"  - {_quote(str(tag))}" for tag in tags)
    if needed := [p for p in parameters if p.required and p.name in examples]:
        yield "defaults:"
        yield from (f"  - {_name(p)}: {_quote(examples[p.name])}" for p in needed)
    if listed := [p for p in parameters if p.values]:
        yield "enumerate:"
        for parameter in listed:
            yield f"  - {_name(parameter)}:"
            yield from (f"    - {_quote(value)}" for value in parameter.values)


def _write_query(graph: Graph, question: Question, parameters: list[Parameter]) -> str:
    by_variable = {parameter.binds: parameter for parameter in parameters}

    def bind_line(line: re.Match[str]) -> str:
        indent, variable = line.groups()
        if variable not in by_variable:
            return line[0]
        return (
            f"{indent}{{ BIND({_write_expression(graph, by_variable[variable])} AS ?{variable}) }}"
        )

    lines = question.query.splitlines(keepends=True)
    # What to do by hand is for the other form of the query.
    kept = "".join(n for n in lines if not n.startswith(("#+", "# - ", "# By hand")))
    return _declare_xsd(graph.names, parameters, VALUES_LINE.sub(bind_line, kept))


def _declare_xsd(names: Names, parameters: list[Parameter], query: str) -> str:
    """Return a query that declares xsd: if a value needs it.

    Otherwise grlc would declare it before each SELECT, also before those inside.
    """
    line = f"PREFIX xsd: <{names.prefixes['xsd']}>\n"
    is_typed = any(_find_suffix(p) not in ("iri", "literal") for p in parameters)
    return line + query if is_typed and line not in query else query


def _write_expression(graph: Graph, parameter: Parameter) -> str:
    mark = "_" if parameter.required else "__"
    variable = f"?{mark}{_name(parameter)}_{_find_suffix(parameter)}"
    if parameter.default is None:
        return variable
    return f"COALESCE({variable}, {write_term(make_term(graph, parameter, parameter.default))})"


def _find_suffix(parameter: Parameter) -> str:
    return SUFFIXES.get(parameter.type, "literal")


def _name(parameter: Parameter) -> str:
    """Return the name of a parameter in grlc: letters and digits."""
    return re.sub("[^a-zA-Z0-9]", "", parameter.name)


def _quote(text: str) -> str:
    """Return a text as YAML on one line."""
    return json.dumps(text, ensure_ascii=False)
