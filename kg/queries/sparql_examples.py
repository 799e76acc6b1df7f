"""Questions as SPARQL examples in Turtle, one query per file.

They follow the conventions of the SIB (https://github.com/sib-swiss/sparql-examples): each query is
an sh:SPARQLExecutable with a comment, keywords and the endpoint that answers it, and `prefixes.ttl`
declares the prefixes. The shapes of the SIB need the endpoint.
"""

import json
import re

from kg.ask import Parameter, Question, read_parameters
from kg.errors import KgError
from kg.graph import Graph, bind_values
from kg.names import Names, collect_texts, pick
from kg.queries.values import choose_values, read_value

FORM = re.compile(r"^\s*(SELECT|CONSTRUCT|ASK|DESCRIBE)\b", re.MULTILINE | re.IGNORECASE)
USED_PREFIXES = ("query", "rdfs", "schema", "sh")
LANGUAGES = ("en", "zh-Hans")
# A name and what it stands for, in each language.
BRACKETS = {"en": " ({}: {})", "zh-Hans": "（{}：{}）"}
# The conventions have a blank node for all prefixes of a folder.
PREFIXES = "_:sparql_examples_prefixes"


def write_examples(graph: Graph, question: Question, endpoint: str) -> dict[str, str]:
    """Return a question as Turtle: itself, and once more for each optional parameter; by name.

    Required parameters have a value everywhere (see `choose_values`), and each optional one in a
    query of its own.

    Raises:
        KgError: the query is not SELECT, CONSTRUCT or ASK.
    """
    parameters = list(read_parameters(graph.home, question).values())
    terms = choose_values(graph, parameters)
    known = [parameter for parameter in parameters if parameter.name in terms]
    needed = {parameter.name: parameter for parameter in known if parameter.required}
    examples = {question.name: needed}
    for parameter in known:
        if not parameter.required:
            examples[f"{question.name}-{parameter.name}"] = needed | {parameter.name: parameter}
    return {
        name: _write_executable(
            graph, question, name, [(bound[n], terms[n]) for n in bound], endpoint
        )
        for name, bound in examples.items()
    }


def write_prefixes(names: Names) -> str:
    """Return all prefixes as Turtle, each with its namespace."""
    declared = [
        f"        [\n            sh:namespace {json.dumps(namespace)}^^xsd:anyURI ;\n"
        f"            sh:prefix {json.dumps(prefix)} ;\n        ]"
        for prefix, namespace in sorted(names.prefixes.items())
    ]
    lines = [
        _list_prefixes(names, ("owl", "sh", "xsd")),
        PREFIXES,
        "    a owl:Ontology ;",
        f"    owl:imports <{names.expand('sh:')}> ;",
        "    sh:declare",
        " ,\n".join(declared) + " ;",
        ".",
    ]
    return "".join(f"{line}\n" for line in lines)


def _write_executable(
    graph: Graph,
    question: Question,
    name: str,
    bound: list[tuple[Parameter, str]],
    endpoint: str,
) -> str:
    names = [parameter.name for parameter, _ in bound]
    terms = {parameter.binds: term for parameter, term in bound}
    query = bind_values(_strip_comments(question, names), terms).strip()
    kind, form = _find_form(question)
    comments = [
        f"{json.dumps(_describe(graph, question, language, bound), ensure_ascii=False)}@{language}"
        for language in LANGUAGES
    ]
    keywords = [json.dumps(str(tag)) for tag in question.header.get("tags") or ()]
    lines = [
        _list_prefixes(graph.names, USED_PREFIXES),
        f"query:{name}",
        f"    a sh:SPARQLExecutable , {kind} ;",
        f"    rdfs:comment {' , '.join(comments)} ;",
        f"    sh:prefixes {PREFIXES} ;",
        f'    {form} """{_escape_long(query)}\n""" ;',
        *([f"    schema:keywords {' , '.join(keywords)} ;"] if keywords else []),
        f"    schema:target <{endpoint}> ;",
        ".",
    ]
    return "".join(f"{line}\n" for line in lines)


def _describe(
    graph: Graph, question: Question, language: str, bound: list[tuple[Parameter, str]]
) -> str:
    """Return the title of a question with the values of its parameters."""
    described = question.text("summary", language)
    for parameter, term in bound:
        value = _label_term(graph, term, language)
        described += BRACKETS[language].format(parameter.text(language), value)
    return described


def _label_term(graph: Graph, term: str, language: str) -> str:
    """Return the label of a thing, or else the value of the first term as it is."""
    value = read_value(term)
    if not term.startswith("<"):
        return value
    texts = collect_texts(label for _, label in graph.internal("table-labels", node=term))
    return pick(texts, language, value)


def _strip_comments(question: Question, bound: list[str]) -> str:
    """Return a query without its header and without what to do by hand for bound parameters."""

    def is_kept(line: str) -> bool:
        name = re.match(r"# - (\w[\w-]*)( \(needed\))?: ", line)
        return not line.startswith("#+") and not (name and name[1] in bound)

    return "".join(filter(is_kept, question.query.splitlines(keepends=True)))


def _find_form(question: Question) -> tuple[str, str]:
    """Return the class and the property for the form of a query, as prefixed names."""
    found = FORM.search(question.query)
    form = found[1].lower() if found else ""
    if form not in ("select", "construct", "ask"):
        raise KgError(f"{question.path}: not SELECT, CONSTRUCT or ASK. Use one of these.")
    return f"sh:SPARQL{form.title()}Executable", f"sh:{form}"


def _escape_long(text: str) -> str:
    """Return a text for a long string of Turtle, which stays readable."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _list_prefixes(names: Names, prefixes: tuple[str, ...]) -> str:
    return "".join(f"PREFIX {prefix}: <{names.prefixes[prefix]}>\n" for prefix in prefixes)
