"""The options of one question: how they are read, told in the help, and completed by a shell."""

import shlex
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

from kg.ask.lookup import local_name, normalize_name, quote_input
from kg.ask.parameters import Parameter, label_members, list_members, read_parameters
from kg.ask.question import Question
from kg.ask.table import wrap_text
from kg.cli.options import find_context_home
from kg.errors import KgError
from kg.home import Home
from kg.names import FALLBACKS, LANGUAGES

NAMED = "A thing is named by a label in any language, by its IRI, or by the last part of that."


class Value(StringParamType):
    """A value: taken as it is, since only the store knows what it means; completed from there."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self.name = parameter.type

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the values that begin so, or have a label that does, with their labels."""
        try:
            return list(complete_value(ctx, self.parameter, incomplete))
        except KgError:
            return []


class ValueOption(click.Option):
    """The option of a parameter; it is given once."""

    def __init__(self, parameter: Parameter) -> None:
        # More than once is refused by us: click would take the last and be silent.
        super().__init__(
            [f"--{parameter.name}", f"value_{parameter.name.replace('-', '_')}"],
            type=Value(parameter),
            metavar=parameter.metavar,
            multiple=True,
            required=parameter.required and parameter.default is None,
            callback=take_once,
        )
        self.parameter = parameter

    def text(self, language: str) -> tuple[str, str]:
        """Return the option and what it means, with its default, as the help has it."""
        more = "  [required]" if self.required else ""
        if self.parameter.default is not None:
            more = f"  [default: {self.parameter.default}]"
        return f"--{self.parameter.name} {self.metavar}", self.parameter.text(language) + more


def take_once(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...] | None
) -> str | None:
    """Return the one value that is given, or None.

    Raises:
        KgError: there are several.
    """
    if values and len(values) > 1:
        told = " and ".join(quote_input(value) for value in values)
        raise KgError(f"{option.opts[0]} is given twice: {told}. Give it once.", exit_code=2)
    return values[0] if values else None


def list_values(home: Home, question: Question) -> list[click.Parameter]:
    """Return an option for each parameter of a question."""
    return [ValueOption(parameter) for parameter in read_parameters(home, question).values()]


def refuse_loose(value: str, params: Sequence[click.Parameter], path: str) -> KgError:
    """Return the error for a value that stands there without a name."""
    options = [param.opts[0] for param in params if isinstance(param, ValueOption)]
    hint = f"Write {path} {options[0]} {shlex.quote(quote_input(value))}." if options else ""
    return KgError(
        f"{quote_input(value)}: a value has to have the name of its parameter before it. "
        f"{hint or 'The question has no parameters.'}",
        exit_code=2,
    )


def complete_value(
    ctx: click.Context, parameter: Parameter, incomplete: str
) -> Sequence[CompletionItem]:
    """Return what a value may be that begins so.

    A thing is completed to the last part of its IRI, with its label as help; where only a Chinese
    label begins so, to that label.
    """
    if parameter.type not in ("iri", "code"):
        values = LANGUAGES if parameter.type == "language" else parameter.values
        return [CompletionItem(value) for value in values if value.startswith(incomplete)]
    from kg.graph import load_graph

    home = find_context_home(ctx)
    wanted, items = normalize_name(incomplete), []
    members = label_members(list_members(load_graph(home), parameter))
    for iri, labels in members.items():
        slug = local_name(iri)
        begun = [said for said in labels.values() if normalize_name(said).startswith(wanted)]
        chinese = [said for said in begun if not said.isascii() and not any(map(str.isspace, said))]
        if normalize_name(slug).startswith(wanted) or len(begun) > len(chinese):
            items.append(CompletionItem(slug, help=pick_label(labels, ask_language(ctx))))
        elif begun:
            items.append(CompletionItem(chinese[0], help=slug))
    return items


def ask_language(ctx: click.Context) -> str:
    """Return the language that has been asked for before or behind the question, or en."""
    contexts = [ctx, ctx.parent] if ctx.parent else [ctx]
    return next((said for c in contexts if (said := c.params.get("language"))), "en")


def pick_label(labels: dict[str, str], language: str) -> str:
    """Return the label in a language, or in the one that stands in for it."""
    return next((labels[tag] for tag in FALLBACKS[language] if tag in labels), "")


def write_help(
    ctx: click.Context,
    formatter: click.HelpFormatter,
    question: Question,
    params: Sequence[click.Parameter],
) -> None:
    """Write what a question asks and answers, its parameters, columns, and an example."""
    language = ask_language(ctx)
    values = [param for param in params if isinstance(param, ValueOption)]
    for field in ("summary", "description"):
        write_text(formatter, question.text(field, language))
    if values:
        with formatter.section("Parameters"):
            formatter.write_dl([value.text(language) for value in values])
        if any(value.parameter.type in ("iri", "code") for value in values):
            write_text(formatter, NAMED)
    ours = [param for param in ctx.command.get_params(ctx) if param not in values]
    with formatter.section("Options"):
        formatter.write_dl([record for param in ours if (record := param.get_help_record(ctx))])
    columns: dict[str, Any] = question.header.get("columns") or {}
    if columns:
        with formatter.section("Columns"):
            formatter.write_dl(
                [(name, pick_label(said, language)) for name, said in columns.items()]
            )
    with formatter.section("Example"):
        formatter.write(f"  {make_example(question, values)}\n")


def write_text(formatter: click.HelpFormatter, text: str) -> None:
    """Write a paragraph, Chinese characters two columns wide."""
    formatter.write_paragraph()
    for line in wrap_text(text, formatter.width - 4):
        formatter.write(f"  {line}\n")


def make_example(question: Question, values: Sequence[ValueOption]) -> str:
    """Return a call of the question with what it needs, and one parameter at least."""
    known = [value for value in values if value.parameter.sample] or values
    needed = [value for value in values if value.required] or known[:1]
    words = [
        f"--{value.parameter.name} {shlex.quote(value.parameter.sample)}"
        if value.parameter.sample
        else f"--{value.parameter.name} {value.metavar}"
        for value in needed
    ]
    return " ".join(["kg ask", question.name, *words])
