"""The typed parameters of a question: read from its header, made terms, never pasted as text.

A header has, below `#+ parameters:`, for each name a `type` and what it means by language (`en`,
`zh-Hans`); with type iri also `class` (rdfs:Resource if any thing will do), with type code
`scheme`, with type enum `values`. `binds` is the variable of the query (or else the name),
`default` and `required` are what they say, and `example` is a value to show in the help.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.ask.describe import find_node
from kg.ask.lookup import (
    NameIndex,
    index_names,
    local_name,
    normalize_name,
    quote_input,
    resolve_name,
)
from kg.ask.question import Question, check_language
from kg.errors import KgError
from kg.graph import Graph, iri_term
from kg.home import Home
from kg.names import FALLBACKS, LANGUAGES, Names, Term, bind_json, is_iri, read_names

TYPES = ("iri", "code", "integer", "year", "date", "decimal", "string", "language", "enum")
# What a type needs beside a description.
NEEDS = {"iri": "class", "code": "scheme", "enum": "values"}
FIELDS = {"type", "binds", "default", "required", "example", *NEEDS.values(), *LANGUAGES}
# Names that `kg ask` and `Graph.ask` have for something else.
TAKEN = ("endpoint", "format", "help", "home", "lang", "language")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.IGNORECASE)
SAMPLES = {
    "integer": "5",
    "year": "2022",
    "date": "2022-12-31",
    "decimal": "80.0",
    "string": "data",
    "language": "zh-Hans",
}
DIGITS = 18  # as many as every engine counts with
ESCAPE = re.compile(r"\\\\[uU]|\\.", re.DOTALL)
ESCAPED_U = {r"\\u": r"\\\U00000075", r"\\U": r"\\\U00000055"}
NUMBERS = {
    "integer": (re.compile(r"[+-]?[0-9]+"), "a whole number: 5"),
    "decimal": (re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"), "a number such as 80 or 0.5"),
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question.

    `group` is the IRI of the class or scheme of its values, or empty where any thing is one.
    """

    name: str
    type: str
    binds: str
    group: str
    values: tuple[str, ...]
    default: str | None
    example: str | None
    required: bool
    words: Mapping[str, str]

    def text(self, language: str) -> str:
        """Return what the parameter means, in a language or in the one that stands in for it."""
        return next((self.words[tag] for tag in FALLBACKS[language] if tag in self.words), "")

    @property
    def sample(self) -> str:
        """A value to show in an example; empty where only the store knows one."""
        known = self.example or self.default or next(iter(self.values), None)
        return known or SAMPLES.get(self.type, "")

    @property
    def metavar(self) -> str:
        """The kind of value in one word: CITY, YEAR, open|closed."""
        if self.type in ("iri", "code"):
            return self.name.upper()
        options = LANGUAGES if self.type == "language" else self.values
        return "|".join(options) if options else self.type.upper()


def read_parameters(home: Home, question: Question) -> dict[str, Parameter]:
    """Return the parameters that a question's header declares, by name, in its order.

    Raises:
        KgError: the header declares one that cannot be; all such faults are named.
    """
    declared = question.header.get("parameters") or {}
    if not isinstance(declared, dict):
        raise KgError(f"{question.path}:1: parameters are no names with fields. Write name: type:.")
    names, parameters, faults = read_names(home), {}, []
    for name, fields in declared.items():
        try:
            parameters[str(name)] = _read_parameter(str(name), fields, question, names)
        except KgError as error:
            faults.append(f"{question.path}:1: parameter {name}: {error}")
    if faults:
        raise KgError("\n".join(faults))
    return parameters


def bind_question(graph: Graph, question: Question, values: Mapping[str, object]) -> dict[str, str]:
    """Return the terms to bind in a question (see `make_terms`).

    Without values and presets the header, which is slow to parse, is not read.

    Raises:
        KgError: see `make_terms`.
    """
    if not values and not question.has_presets:
        return {}
    return make_terms(graph, question, values)


def needs_value(home: Home, question: Question) -> bool:
    """Return whether a question has a required parameter without a default."""
    if not question.has_presets:
        return False
    return any(p.required and p.default is None for p in read_parameters(home, question).values())


def make_terms(graph: Graph, question: Question, given: Mapping[str, object]) -> dict[str, str]:
    """Return the terms to bind in a question, by variable, each as SPARQL writes it.

    A value is given as text, or as what `str` writes so (2022, Decimal("0.5"), a date); None is
    not given. Values of type iri and code are found in the store.

    Raises:
        KgError: an unknown or missing parameter, or a value that its type does not have; all
            such faults are named.
    """
    parameters = read_parameters(graph.home, question)
    said = {name: str(value) for name, value in given.items() if value is not None}
    faults = [_refuse_name(question, name, parameters) for name in said if name not in parameters]
    terms = {}
    for name, parameter in parameters.items():
        value = said.get(name, parameter.default)
        if value is None:
            if parameter.required:
                faults.append(f"{name}: a value is needed ({parameter.text('en')}).")
            continue
        try:
            terms[parameter.binds] = write_term(make_term(graph, parameter, value))
        except KgError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise KgError("\n".join(faults), exit_code=2)
    return terms


def make_term(graph: Graph, parameter: Parameter, value: str) -> NamedNode | Literal:
    """Return the term that a value means.

    Raises:
        KgError: the value is none of the parameter's type.
    """
    if parameter.type == "iri" and not parameter.group:
        return NamedNode(find_node(graph, value))
    if parameter.type in ("iri", "code"):
        return _find_member(graph, parameter, value)
    if parameter.type == "language":
        return Literal(check_language(value))
    if parameter.type == "enum":
        return Literal(_check_enum(parameter, value))
    if parameter.type == "string":
        return Literal(_check_text(value))
    datatype = "integer" if parameter.type == "year" else parameter.type
    checked = {"year": _check_year, "date": _check_date}.get(parameter.type)
    text = checked(value) if checked else _check_number(parameter.type, value)
    return Literal(text, datatype=NamedNode(graph.names.expand(f"xsd:{datatype}")))


def write_term(term: NamedNode | Literal) -> str:
    r"""Return a term as every engine reads it in SPARQL.

    Some expand escapes such as \u0022 before they look at strings (SPARQL 1.1, 19.2), and do so
    even where the backslash is escaped itself: a u behind a backslash is written as its code.

    >>> write_term(Literal('a "b"'))
    '"a \\"b\\""'
    """
    return ESCAPE.sub(lambda found: ESCAPED_U.get(found[0], found[0]), str(term))


def list_members(graph: Graph, parameter: Parameter) -> list[tuple[Term | None, ...]]:
    """Return IRI and label of each possible value of a parameter, sorted."""
    if not parameter.group:
        return graph.internal("labels")
    return graph.internal("members", group=iri_term(parameter.group))


def _read_parameter(name: str, fields: Any, question: Question, names: Names) -> Parameter:
    if not isinstance(fields, dict) or fields.get("type") not in TYPES:
        raise KgError(f"no type that there is. Write type: and one of {', '.join(TYPES)}.")
    if not NAME.fullmatch(name) or name in TAKEN:
        raise KgError("it cannot be called that. Write letters and digits, joined by -.")
    unknown = sorted(map(str, set(fields) - FIELDS))
    if unknown:
        raise KgError(f"{unknown[0]} is no field of it. There are {', '.join(sorted(FIELDS))}.")
    kind = fields["type"]
    for other, field in NEEDS.items():
        if (field in fields) != (kind == other):
            raise KgError(f"{field} goes with type {other}, and that has to have it.")
    binds = str(fields.get("binds", name))
    if not question.has_variable(binds) or binds == "lang":
        raise KgError(f"the query has no line VALUES ?{binds} {{ … }} of its own. Write one.")
    values = fields.get("values", [])
    if not isinstance(values, list) or (kind == "enum") != bool(values):
        raise KgError("values is no list of texts. Write values: [one, other].")
    return Parameter(
        name, kind, binds, _find_group(fields, names), tuple(map(str, values)),
        _text(fields, "default"), _text(fields, "example"), fields.get("required") is True,
        {tag: str(fields[tag]) for tag in LANGUAGES if tag in fields},
    )  # fmt: skip


def _text(fields: Mapping[str, Any], field: str) -> str | None:
    return None if fields.get(field) is None else str(fields[field])


def _find_group(fields: Mapping[str, Any], names: Names) -> str:
    """Return the IRI of a class or scheme: given in full, or prefixed, or as its codes' prefix."""
    group = str(fields.get("class") or fields.get("scheme") or "")
    prefix, colon, local = group.partition(":")
    if prefix in names.prefixes and not local:
        # The scheme of the codes genre:… is that IRI without the slash at its end.
        return names.prefixes[prefix].rstrip("/#")
    if colon and prefix in names.prefixes:
        iri = names.expand(group)
        return "" if iri == names.expand("rdfs:Resource") else iri
    if group and not is_iri(group):
        raise KgError(f"{group}: no class and no scheme. Write cdp:City, or genre: for its codes.")
    return group


def _refuse_name(question: Question, name: str, parameters: Mapping[str, Parameter]) -> str:
    near = difflib.get_close_matches(name, parameters, n=3, cutoff=0.5)
    known = ", ".join(parameters) or "none"
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {known}."
    return f"{quote_input(name)}: no parameter of {question.name}. {hint}"


def _find_member(graph: Graph, parameter: Parameter, value: str) -> NamedNode:
    names = graph.names
    called = index_names(list_members(graph, parameter), names)
    iri = resolve_name(called, value, names)
    if iri is None:
        # NFC and lower case, and no longer than a name can be: the search takes its square.
        near = difflib.get_close_matches(normalize_name(value)[:100], called, n=3, cutoff=0.6)
        raise KgError(
            f"{quote_input(value)}: no {local_name(parameter.group)} is called that. "
            f"{_hint_members(called, near)}",
            exit_code=2,
        )
    return NamedNode(iri)


def _hint_members(called: NameIndex, near: list[str]) -> str:
    slugs = {name: local_name(min(called[name])) for name in near}
    told = [slug if name.isascii() else f"{name} ({slug})" for name, slug in slugs.items()]
    if told:
        return f"Did you mean {' or '.join(dict.fromkeys(told))}?"
    known = sorted({local_name(iri) for iris in called.values() for iri in iris})
    more = f", … ({len(known)} in all)" if len(known) > 20 else ""
    return f"There are {', '.join(known[:20])}{more}." if known else "There is none."


def _check_enum(parameter: Parameter, value: str) -> str:
    if value not in parameter.values:
        known = ", ".join(parameter.values)
        raise KgError(f"{quote_input(value)}: none of its values. Write {known}.", exit_code=2)
    return value


def _check_text(value: str) -> str:
    if not value:
        raise KgError("empty. Give the text to look for, or leave the parameter out.", exit_code=2)
    # Control characters, and what the terminal gave that is no text: no data have these.
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise KgError(
            f"{quote_input(value)}: not plain text: it has control characters. Leave them out.",
            exit_code=2,
        )
    return value


def _check_number(kind: str, value: str) -> str:
    pattern, wanted = NUMBERS[kind]
    if not pattern.fullmatch(value) or sum(c.isdigit() for c in value) > DIGITS:
        raise KgError(
            f"{quote_input(value)}: no {kind} of at most {DIGITS} digits. Write {wanted}.",
            exit_code=2,
        )
    return value


def _check_year(value: str) -> str:
    if not re.fullmatch("[0-9]{1,4}", value) or not int(value):
        raise KgError(f"{quote_input(value)}: no year from 1 to 9999. Write 2022.", exit_code=2)
    return str(int(value))


def _check_date(value: str) -> str:
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise KgError(
            f"{quote_input(value)}: no day of the calendar. Write it as 2022-12-31.", exit_code=2
        ) from None


def label_members(rows: Iterable[tuple[Term | None, ...]]) -> dict[str, dict[str, str]]:
    """Return the labels of each member by language tag ("" for none), by IRI, from its rows."""
    labels: dict[str, dict[str, str]] = {}
    for node, label in rows:
        if node is not None:
            said = bind_json(label) if label is not None else {}
            known = labels.setdefault(bind_json(node)["value"], {})
            known[said.get("xml:lang", "")] = said.get("value", "")
    return labels
