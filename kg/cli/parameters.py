"""The options for the parameters of a question or network, their completion, and their help."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

from kg.ask.lookup import local_name, normalize_name, quote_input
from kg.ask.parameters import Parameter, label_members, list_members, read_parameters
from kg.ask.question import Question
from kg.cli.options import find_context_home, find_language
from kg.cli.output import write_definitions, write_paragraph
from kg.errors import KgError
from kg.home import Home
from kg.names import LANGUAGES, pick

NAMING = (
    "A thing is given by a label in any language (武汉), by its prefixed name (place:wuhan), by "
    "its IRI, or by the last part of its IRI (wuhan)."
)


class ParameterType(StringParamType):
    """The type of a parameter: any text, since the values are known to the graph only."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self.name = parameter.type

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the values whose name or label begins with a text, with their labels."""
        try:
            return list(complete_value(ctx, self.parameter, incomplete))
        except KgError:
            return []


class ParameterOption(click.Option):
    """The option of a parameter; `many` allows it several times."""

    def __init__(self, parameter: Parameter, *, many: bool = False) -> None:
        # Always multiple: by default click would silently drop all values but the last.
        super().__init__(
            [f"--{parameter.name}", f"value_{parameter.name.replace('-', '_')}"],
            type=ParameterType(parameter),
            metavar=parameter.metavar,
            multiple=True,
            required=parameter.required and parameter.default is None,
            callback=None if many else take_one,
        )
        self.parameter = parameter
        self.many = many

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the option and its meaning, in the language of the command line."""
        more = "; may be repeated" if self.many else ""
        if self.required:
            more = " [required]"
        elif self.parameter.default is not None:
            more = f" [default: {self.parameter.default}]"
        text = self.parameter.text(find_language(ctx))
        return f"--{self.parameter.name} {self.metavar}", text + more


def take_one(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...] | None
) -> str | None:
    """Return the only value of an option, or None.

    Raises:
        KgError: the option is given more than once.
    """
    if values and len(values) > 1:
        found = " and ".join(quote_input(value) for value in values)
        raise KgError(f"{option.opts[0]}: given twice ({found}). Give it once.", exit_code=2)
    return values[0] if values else None


def list_parameter_options(home: Home, question: Question) -> list[click.Parameter]:
    """Return an option for each parameter of a question."""
    return [ParameterOption(parameter) for parameter in read_parameters(home, question).values()]


def complete_value(
    ctx: click.Context, parameter: Parameter, incomplete: str
) -> Iterator[CompletionItem]:
    """Yield the values of a parameter that begin with a text.

    A thing is completed to the last part of its IRI, with its label as help; if only a Chinese
    label matches, to that label.
    """
    if parameter.type not in ("iri", "code"):
        values = LANGUAGES if parameter.type == "language" else parameter.values
        yield from (CompletionItem(value) for value in values if value.startswith(incomplete))
        return
    from kg.graph import load_graph

    start = normalize_name(incomplete)
    members = label_members(list_members(load_graph(find_context_home(ctx)), parameter))
    for iri, labels in members.items():
        name = local_name(iri)
        found = [label for label in labels.values() if normalize_name(label).startswith(start)]
        # A shell takes a label with blanks for several words.
        chinese = [x for x in found if not x.isascii() and not any(map(str.isspace, x))]
        if normalize_name(name).startswith(start) or len(found) > len(chinese):
            yield CompletionItem(name, help=pick(labels, find_language(ctx), ""))
        elif found:
            yield CompletionItem(chinese[0], help=name)


def write_question_help(
    ctx: click.Context, formatter: click.HelpFormatter, question: Question
) -> None:
    """Write title and description of a question, its options, columns, and an example."""
    language = find_language(ctx)
    write_query_help(ctx, formatter, question)
    columns: dict[str, Any] = question.header.get("columns") or {}
    if columns:
        with formatter.section("Columns"):
            rows = [(name, pick(texts, language, "")) for name, texts in columns.items()]
            write_definitions(formatter, rows)
    with formatter.section("Example"):
        options = [param for param in ctx.command.params if isinstance(param, ParameterOption)]
        formatter.write(f"  {make_example(question, options)}\n")


def write_query_help(ctx: click.Context, formatter: click.HelpFormatter, query: Question) -> None:
    """Write title and description of a question or network, its parameters, and other options."""
    for field in ("summary", "description"):
        write_paragraph(formatter, query.text(field, find_language(ctx)))
    write_options(ctx, formatter)


def write_options(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of a command: parameters first, then the others."""
    params = ctx.command.get_params(ctx)
    parameters = [param for param in params if isinstance(param, ParameterOption)]
    if parameters:
        with formatter.section("Parameters"):
            write_definitions(formatter, [option.get_help_record(ctx) for option in parameters])
        if any(option.parameter.type in ("iri", "code") for option in parameters):
            write_paragraph(formatter, NAMING)
    records = [param.get_help_record(ctx) for param in params if param not in parameters]
    with formatter.section("Options"):
        write_definitions(formatter, [record for record in records if record])


def make_example(question: Question, options: Sequence[ParameterOption]) -> str:
    """Return a call of a question with its required parameters, or with one of the others."""
    known = [option for option in options if option.parameter.sample] or options
    needed = [option for option in options if option.required] or known[:1]
    words = [
        f"--{option.parameter.name} {shlex.quote(option.parameter.sample)}"
        if option.parameter.sample
        else f"--{option.parameter.name} {option.metavar}"
        for option in needed
    ]
    return " ".join(["kg ask", question.name, *words])
