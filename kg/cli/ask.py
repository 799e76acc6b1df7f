"""`kg ask`: the questions, each a command with an option for each of its parameters."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import Any

import click

from kg.ask.lookup import quote_input
from kg.ask.question import Question, find_question, list_questions
from kg.ask.render import ROW_FORMATS, TRIPLE_FORMATS
from kg.cli.groups import QueryGroup
from kg.cli.options import (
    ENDPOINT_HELP,
    IRIS_HELP,
    find_context_home,
    find_language,
    make_language_option,
    open_graph,
)
from kg.cli.output import find_width, print_answer, print_note, print_text
from kg.errors import KgError
from kg.home import Home

# With only these options the header of a question need not be read.
COMMON_OPTIONS = {"--endpoint", "--format", "--iris", "--lang"}


class QuestionGroup(QueryGroup):
    """The questions of a home."""

    section = "Questions"

    def list_queries(self, home: Home) -> list[Question]:
        """Return the questions, by name."""
        return list_questions(home)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments.

        Raises:
            KgError: an option of a question, without the question.
        """
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.possibilities:
                raise
            raise require_question(error.option_name) from None

    def make_command(self, home: Home, name: str) -> click.Command:
        """Return the command of a question.

        Raises:
            KgError: there is no such question; the message suggests similar names.
        """
        return QuestionCommand(find_question(home, name))


class QuestionCommand(click.Command):
    """A question; its parameters are read from its header, when they are needed."""

    def __init__(self, question: Question) -> None:
        super().__init__(
            question.name,
            params=make_options(),
            callback=answer_question,
            context_settings={"allow_extra_args": True},
        )
        self.question = question

    def add_parameters(self, ctx: click.Context) -> None:
        """Add an option for each parameter that the header declares."""
        from kg.cli.parameters import list_parameter_options

        parameters = list_parameter_options(find_context_home(ctx), self.question)
        self.params = [*parameters, *make_options()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, after reading the header if it is needed.

        Raises:
            KgError: a value has no option before it.
        """
        options = {arg.partition("=")[0] for arg in args if arg.startswith("-")}
        if ctx.resilient_parsing:
            # A shell completes the line: an invalid header completes nothing.
            with suppress(KgError):
                self.add_parameters(ctx)
        elif self.question.has_presets or options - COMMON_OPTIONS:
            self.add_parameters(ctx)
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            self.add_parameters(ctx)
            raise self.refuse_value(rest[0], ctx.command_path)
        return rest

    def refuse_value(self, value: str, path: str) -> KgError:
        """Return the error for a value without an option before it."""
        from kg.cli.parameters import ParameterOption

        options = [param.opts[0] for param in self.params if isinstance(param, ParameterOption)]
        hint = "The question has no parameters."
        if options:
            hint = f"Write {path} {options[0]} {shlex.quote(quote_input(value))}."
        return KgError(
            f"{quote_input(value)}: the name of the parameter is missing. {hint}", exit_code=2
        )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write title, description, parameters, options, columns, and an example."""
        from kg.cli.parameters import write_question_help

        self.format_usage(ctx, formatter)
        write_question_help(ctx, formatter, self.question)


def make_options() -> list[click.Parameter]:
    """Return the options of every question."""
    return [
        click.Option(
            ["--format", "form"],
            type=click.Choice([*ROW_FORMATS, *TRIPLE_FORMATS]),
            help="Format of the answer. Default: table for rows, turtle for triples.",
        ),
        make_language_option(),
        click.Option(["--iris"], is_flag=True, help=IRIS_HELP),
        click.Option(["--endpoint"], metavar="URL", help=ENDPOINT_HELP),
    ]


@click.command(
    cls=QuestionGroup,
    params=make_options(),
    invoke_without_command=True,
    options_metavar="",
    subcommand_metavar="[QUESTION] [OPTIONS]",
    short_help="Answer a question; list the questions.",
)
@click.pass_context
def ask(ctx: click.Context, /, **given: Any) -> None:
    """Answer QUESTION. Without QUESTION, list all questions.

    `kg ask QUESTION --help` shows the parameters of a question and the columns of its answer.

    \b
    kg ask targets --lang zh-Hans
    kg ask policies --city 深圳
    kg ask frameworks --format csv > frameworks.csv
    """
    if ctx.invoked_subcommand is not None:
        return
    for name, option in (("form", "--format"), ("endpoint", "--endpoint"), ("iris", "--iris")):
        if given[name]:
            raise require_question(option)
    from kg.ask.table import render_table

    titles = ctx.command.list_titles(ctx)  # type: ignore[attr-defined]
    print_text(render_table(("question", "title"), titles, width=find_width()), paged=True)


def require_question(option: str) -> KgError:
    """Return the error for an option without a question."""
    return KgError(f"{option}: needs a question. `kg ask` lists the questions.", exit_code=2)


@click.pass_context
def answer_question(
    ctx: click.Context,
    /,
    form: str | None,
    language: str | None,
    iris: bool,
    endpoint: str | None,
    **given: str | None,
) -> None:
    """Print the answer of the command's question, with the given values, by option."""
    from kg.ask.parameters import bind_question
    from kg.ask.question import ask_question
    from kg.ask.render import render_answer
    from kg.store import Rows

    command: Any = ctx.command
    question: Question = command.question
    if language and not question.has_variable("lang"):
        raise KgError(
            f"--lang: the answer of {question.name} has labels in all languages. Omit it.",
            exit_code=2,
        )
    names = {param.name: param.opts[0].removeprefix("--") for param in command.params}
    values = {names[key]: value for key, value in given.items() if value is not None}
    graph = open_graph(find_context_home(ctx), endpoint)
    result = ask_question(graph, question, language or "en", bind_question(graph, question, values))
    text = render_answer(result, form, graph.names, width=find_width(), iris=iris or None)
    print_answer(text, form)
    if isinstance(result, Rows) and not result.rows and "empty" in question.header:
        print_note(question.text("empty", find_language(ctx)))
