"""The typed parameters of a question: declared in its header, converted to RDF terms.

A value is never pasted into a query as text: it becomes a term, and `kg.graph.bind_values` puts
that into a `VALUES` line of the query. Below `#+ parameters:`, the header has for each name
a `type` and a description by language (`en`, `zh-Hans`). Type iri also has a `class`
(rdfs:Resource for any thing), type code a `scheme`, type enum `values`. `binds` is the variable of
the query if it is not the name; `default`, `required` and `example` are optional. Type string can
have `spellings: labels`, for a search in labels whatever their case, width or script.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from numbers import Number
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.ask.lookup import (
    NameIndex,
    cut_local_name,
    find_similar,
    find_spellings,
    index_names,
    quote_input,
    resolve_name,
    suggest_names,
)
from kg.ask.question import Question
from kg.ask.things import find_node
from kg.errors import KgError, check_text
from kg.graph import Graph, write_iri
from kg.home import Home
from kg.names import LANGUAGES, Names, Term, collect_texts, format_language, pick, read_names, text
from kg.xsd import XSD, is_well_formed

# All other fields of a parameter are its descriptions.
FIELDS = {
    "type", "class", "scheme", "values", "binds", "default", "required", "example", "spellings",
}  # fmt: skip
TYPES = ("iri", "code", "integer", "year", "date", "decimal", "string", "language", "enum")
# The field that each of these types needs, with the type and an example of its value.
FIELD_OF_TYPE = {
    "iri": ("class", str, "cdp:City"),
    "code": ("scheme", str, "genre"),
    "enum": ("values", list, "[one, other]"),
}
SAMPLES = {
    "integer": "5",
    "year": "2022",
    "date": "2022-12-31",
    "decimal": "80.0",
    "string": "data",
    "language": "zh-Hans",
}
# The datatype of each of these types, which of its lexical forms are values, and what messages call
# them. Every engine calculates exactly with 18 digits.
LITERALS = {
    "integer": ("integer", r"[+-]?[0-9]{1,18}", "an integer of at most 18 digits"),
    "decimal": ("decimal", r"(?!([^0-9]*[0-9]){19})[!-~]+", "a decimal of at most 18 digits"),
    "year": ("integer", r"(?!0+\Z)[0-9]{1,4}", "a year from 1 to 9999"),
    "date": ("date", r"[!-~]{1,30}", "a date"),
    # Surrogates are bytes of a command line that are not text.
    "string": (
        "string",
        r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+",
        "a text without control characters",
    ),
}
MOST_DIGITS = 4_300  # as in Python
ESCAPE = re.compile(r"\\\\[uU]|\\.", re.DOTALL)
ESCAPED_U = {r"\\u": r"\\\U00000075", r"\\U": r"\\\U00000055"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question.

    `binds` is the variable of the query. `group` is the IRI of the class or concept scheme that the
    values are in; it is empty if the type has none, or if any thing is a value. With `spellings`,
    a text is bound in all spellings that labels have.
    """

    name: str
    type: str
    binds: str
    group: str
    values: tuple[str, ...]
    default: str | None
    example: str | None
    required: bool
    descriptions: Mapping[str, str]
    spellings: bool = False

    def text(self, language: str) -> str:
        """Return the description in a language or its fallback."""
        return pick(self.descriptions, language, "")

    @property
    def sample(self) -> str:
        """A value for an example, or "" if only the graph has one."""
        known = self.example or self.default or SAMPLES.get(self.type)
        return known or next(iter(self.values), "")

    @property
    def metavar(self) -> str:
        """The value in help texts: CITY, YEAR, open|closed."""
        if self.type in ("iri", "code"):
            return self.name.upper()
        return "|".join(self.values) or self.type.upper()


def read_parameters(home: Home, question: Question) -> dict[str, Parameter]:
    """Return the parameters that the header of a question declares, by name, in its order.

    Raises:
        KgError: a declaration is not valid.
    """
    declared = question.header.get("parameters") or {}
    if not isinstance(declared, dict):
        raise KgError(
            f"{question.path}:1: parameters is not a mapping. Write `name:` and, indented below "
            "it, `type:`."
        )
    names = read_names(home)
    return {
        str(name): _read_parameter(str(name), declared[name], question, names) for name in declared
    }


def needs_value(home: Home, question: Question) -> bool:
    """Return whether a question has a required parameter."""
    return any(parameter.required for parameter in read_parameters(home, question).values())


def bind_question(graph: Graph, question: Question, values: Mapping[str, object]) -> dict[str, str]:
    """Return the terms to bind in a question, by variable, written as in SPARQL.

    A value is a text, or a Python value whose `str` is that text (2022, Decimal("0.5"), a date);
    None means no value. Values of type iri and code are looked up in the graph.

    Raises:
        KgError: an unknown parameter, a missing value, or a value that its type does not allow;
            the message has a line for each.
    """
    # Without values and presets there is nothing to bind, and reading the header takes long.
    if not values and not question.has_presets:
        return {}
    parameters = read_parameters(graph.home, question)
    given = {n: _write_value(n, value) for n, value in values.items() if value is not None}
    faults = [_explain_unknown(question, n, parameters) for n in given if n not in parameters]
    terms = {}
    for name, parameter in parameters.items():
        value = given.get(name, parameter.default)
        if value is None:
            if parameter.required:
                faults.append(f"{name}: a value is required ({parameter.text('en')}).")
            continue
        try:
            terms[parameter.binds] = " ".join(map(write_term, make_terms(graph, parameter, value)))
        except KgError as error:
            if error.exit_code != 2:
                raise
            faults.append(f"{name}: {error}")
    if faults:
        raise KgError("\n".join(faults), exit_code=2)
    return terms


def make_term(graph: Graph, parameter: Parameter, value: str) -> NamedNode | Literal:
    """Return the RDF term for a value of a parameter.

    Raises:
        KgError: the type of the parameter does not allow the value.
    """
    if not value:
        sample = f", such as {parameter.sample}" if parameter.sample else ""
        kind = "text" if parameter.type == "string" else "value"
        raise KgError(f"the value is empty. Give a {kind}{sample}.", exit_code=2)
    if parameter.group:
        return find_member(graph, parameter.group, value)
    if parameter.type == "iri":
        return NamedNode(find_node(graph, value))
    if parameter.type in ("enum", "language"):
        # The case of a language tag has no meaning (RFC 5646, 2.1.1).
        written = format_language(value) if parameter.type == "language" else value
        if written not in parameter.values:
            known = ", ".join(parameter.values)
            raise KgError(f"{quote_input(value)}: unknown value. Use {known}.", exit_code=2)
        return Literal(written)
    return _make_literal(parameter.type, value)


def make_terms(graph: Graph, parameter: Parameter, value: str) -> list[NamedNode | Literal]:
    """Return the RDF terms for a value; more than one if the parameter has `spellings`.

    These are the text itself and its spellings in labels of the graph (`find_spellings`): a search
    finds labels in another case, width or script.

    Raises:
        KgError: see `make_term`.
    """
    term = make_term(graph, parameter, value)
    if not parameter.spellings:
        return [term]
    labels = (text(label) for (label,) in graph.internal("label-texts"))
    return [term, *map(Literal, find_spellings(value, labels)[1:])]


def write_term(term: NamedNode | Literal) -> str:
    r"""Return a term as every engine reads it in SPARQL.

    Some engines expand escapes such as \u0022 before they look for strings (SPARQL 1.1, 19.2), even
    after an escaped backslash: a u after a backslash is written as its code point.

    >>> write_term(Literal('a "b"'))
    '"a \\"b\\""'
    """
    return ESCAPE.sub(lambda found: ESCAPED_U.get(found[0], found[0]), str(term))


def write_number(value: int | Decimal) -> str:
    """Return a number in decimal notation.

    Raises:
        KgError: it has too many digits, or is not finite.

    >>> write_number(Decimal("1E+2"))
    '100'
    """
    try:
        # Decimal("1E999999999") has a billion digits in this notation.
        is_short = isinstance(value, int) or abs(value.adjusted()) < MOST_DIGITS
        if is_short and (isinstance(value, int) or value.is_finite()):
            return f"{value:d}" if isinstance(value, int) else f"{value:f}"
    except ValueError:  # Python limits the digits of an int: sys.set_int_max_str_digits.
        pass
    raise KgError(
        f"The number has more than {MOST_DIGITS:,} digits, or is infinite or NaN. "
        "Use a shorter one.",
        exit_code=2,
    )


def list_members(graph: Graph, group: str) -> list[tuple[Term | None, ...]]:
    """Return IRI and label (or None) of each member of a class or concept scheme, sorted.

    The group is an IRI, as in `Parameter`; without one, all things are returned.
    """
    return graph.internal("members", group=write_iri(group)) if group else graph.internal("labels")


def label_members(rows: Iterable[tuple[Term | None, ...]]) -> dict[str, dict[str, str]]:
    """Return the labels of each member, by IRI and language tag, from rows of `list_members`."""
    labels: dict[str, list[Term | None]] = {}
    for node, label in rows:
        labels.setdefault(text(node), []).append(label)
    return {iri: collect_texts(found) for iri, found in labels.items()}


def _read_parameter(name: str, fields: Any, question: Question, names: Names) -> Parameter:
    where = f"{question.path}:1: parameter {name}"
    kind = fields.get("type") if isinstance(fields, dict) else None
    if kind not in TYPES:
        raise KgError(f"{where}: unknown type. Write `type:` and one of {', '.join(TYPES)}.")
    field, field_type, example = FIELD_OF_TYPE.get(kind, ("type", str, kind))
    if not isinstance(fields.get(field), field_type):
        raise KgError(f"{where}: type {kind} needs a field such as `{field}: {example}`. Add it.")
    binds = str(fields.get("binds", name))
    if not question.has_variable(binds):
        raise KgError(f"{where}: the query has no line `VALUES ?{binds} {{ UNDEF }}`. Add it.")
    values = fields["values"] if kind == "enum" else LANGUAGES if kind == "language" else ()
    texts = {str(key): str(text) for key, text in fields.items() if text is not None}
    return Parameter(
        name,
        kind,
        binds,
        _find_group(texts[field], names, where) if kind in ("iri", "code") else "",
        tuple(map(str, values)),
        texts.get("default"),
        texts.get("example"),
        fields.get("required") is True and "default" not in texts,
        {tag: text for tag, text in texts.items() if tag not in FIELDS},
        spellings=kind == "string" and fields.get("spellings") == "labels",
    )


def list_commands(name: str, parameters: Iterable[Parameter]) -> list[str]:
    """Return commands that ask a question: alone, then with each optional parameter.

    Required parameters are in all. Each value is that of an example; several at once might have no
    answer together.
    """
    known = list(parameters)
    words = {one.name: f" --{one.name} {shlex.quote(one.sample or one.metavar)}" for one in known}
    needed = "".join(words[one.name] for one in known if one.required)
    alone = f"kg ask {name}{needed}"
    return [alone, *(alone + words[one.name] for one in known if not one.required and one.sample)]


def _write_value(name: str, value: object) -> str:
    """Return a value of a parameter as text.

    Raises:
        KgError: its type is not one of those that have a text, or it is a number without one.
    """
    if not isinstance(value, str | Number | date):
        problem = f"a str, a number or a date is needed, not {type(value).__name__}."
        raise KgError(f"{quote_input(name)}: {problem}", exit_code=2)
    try:
        if isinstance(value, float) and isfinite(value):
            return write_number(Decimal(repr(float(value))))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return write_number(value)
    except KgError as error:
        raise KgError(f"{quote_input(name)}: {error}", exit_code=2) from None
    return check_text(str(value), quote_input(name))


def _find_group(group: str, names: Names, where: str) -> str:
    """Return the IRI of a class, or of the scheme whose codes have a prefix; "" for any thing."""
    if group in names.prefixes:
        # The IRI of the scheme of the codes genre:… is their namespace without its last slash.
        return names.prefixes[group].rstrip("/#")
    iri = names.find_iri(group)
    if iri is None:
        raise KgError(
            f"{where}: {group} is not a class or concept scheme. "
            "Write a class like cdp:City, or genre for the codes genre:…"
        )
    return "" if iri == names.expand("rdfs:Resource") else iri


def _explain_unknown(question: Question, name: str, parameters: Mapping[str, Parameter]) -> str:
    known = f"Parameters: {', '.join(parameters) or 'none'}."
    hint = suggest_names(find_similar(name, parameters), known)
    return f"{quote_input(name)}: unknown parameter of {question.name}. {hint}"


def find_member(graph: Graph, group: str, value: str) -> NamedNode:
    """Return the member of a class or concept scheme with a name.

    Raises:
        KgError: no member, or more than one, has the name; the message suggests names.
    """
    index = index_names(list_members(graph, group), graph.names)
    iri = resolve_name(index, value, graph.names)
    if iri is None:
        # PolicyDocument is a policy document.
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cut_local_name(group)).lower()
        hint = _suggest_members(index, value)
        raise KgError(f"{quote_input(value)}: unknown {kind}. {hint}", exit_code=2)
    return NamedNode(iri)


def _suggest_members(index: NameIndex, value: str) -> str:
    """Return which members have names similar to a value, or else the first 20 members."""
    similar = []
    for name in find_similar(value, index, cutoff=0.6):
        slug = cut_local_name(min(index[name]))
        similar.append(slug if name.isascii() else f"{name} ({slug})")
    known = sorted({cut_local_name(iri) for iris in index.values() for iri in iris})
    more = f", … ({len(known)} in all)" if len(known) > 20 else ""
    values = f"Values: {', '.join(known[:20]) or 'none'}{more}."
    return suggest_names(dict.fromkeys(similar), values)


def _make_literal(kind: str, value: str) -> Literal:
    datatype, pattern, description = LITERALS[kind]
    if re.fullmatch(pattern, value):
        written = str(int(value)) if kind == "year" else value
        literal = Literal(written, datatype=NamedNode(f"{XSD}{datatype}"))
        if is_well_formed(literal):
            return literal
    raise KgError(
        f"{quote_input(value)}: not {description}. Write it like {SAMPLES[kind]}.", exit_code=2
    )
