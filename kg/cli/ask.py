"""`kg ask`: the questions, each a command with an option for each of its parameters."""

import shlex
from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from kg.ask import ask_question, bind_question, list_commands, read_parameters, render_table
from kg.ask.lookup import quote_input
from kg.ask.question import Question, find_question, list_questions
from kg.cli.groups import QueryCommand, QueryGroup
from kg.cli.help import find_language, translate
from kg.cli.messages import print_message
from kg.cli.options import (
    endpoint_option,
    find_context_home,
    format_option,
    ignore_errors,
    iris_option,
    language_option,
    open_graph,
)
from kg.cli.output import find_width, print_answer, print_text
from kg.cli.parameters import ParameterOption, find_values
from kg.errors import KgError
from kg.store import Rows
from kg.wrapping import wrap_text


class QuestionGroup(QueryGroup):
    """The questions of a home."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a question; None if there is none and a shell completes a line."""
        with ignore_errors(ctx):
            question = find_question(find_context_home(ctx), cmd_name)
            return QuestionCommand(
                question,
                params=self.params,
                callback=partial(answer_question, question),
                context_settings={"allow_extra_args": True},
            )
        return None

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


class QuestionCommand(QueryCommand):
    """The command of a question."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments.

        Raises:
            KgError: a value has no option before it.
        """
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            value, hint = quote_input(rest[0]), "The question has no parameters."
            name = next(iter(read_parameters(find_context_home(ctx), self.query)), None)
            if name:
                hint = f"Write {ctx.command_path} --{name} {shlex.quote(value)}."
            raise KgError(f"{value}: the name of the parameter is missing. {hint}", exit_code=2)
        return rest

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the columns of the answer, and an example with the required parameters or one."""
        columns = self.query.columns(find_language(ctx))
        if columns:
            with formatter.section("Columns"):
                formatter.write_dl(columns.items())
        options = [param for param in self.params if isinstance(param, ParameterOption)]
        commands = list_commands(str(self.name), [option.parameter for option in options])
        # Without required parameters, the second command shows one.
        is_first = len(commands) == 1 or any(option.required for option in options)
        with formatter.section("Example"):
            formatter.write(f"  {commands[0 if is_first else 1]}\n")


@click.command(
    cls=QuestionGroup,
    section="Questions",
    list_queries=list_questions,
    subcommand_metavar="[QUESTION] [OPTIONS]",
    short_help="Answer a question; list the questions.",
)
@format_option
@language_option
@iris_option
@endpoint_option
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
    for param in ask.params:
        given_by = ctx.get_parameter_source(str(param.name))
        if param.name != "language" and given_by is ParameterSource.COMMANDLINE:
            raise require_question(param.opts[0])
    language = find_language(ctx)
    head = translate("question", language), translate("title", language)
    print_text(render_table(head, ask.list_titles(ctx), width=find_width()), paged=True)


def require_question(option: str) -> KgError:
    """Return the error for an option without a question."""
    return KgError(f"{option}: needs a question. `kg ask` lists the questions.", exit_code=2)


@click.pass_context
def answer_question(
    ctx: click.Context,
    question: Question,
    /,
    form: str | None,
    iris: bool,
    endpoint: str | None,
    **values: Any,
) -> None:
    """Print the answer to a question."""
    given_by = ctx.get_parameter_source("language")
    if given_by is ParameterSource.COMMANDLINE and not question.has_language:
        raise KgError(
            f"--lang: the answer of {question.name} has labels in all languages. Omit it.",
            exit_code=2,
        )
    graph = open_graph(ctx, endpoint)
    terms = bind_question(graph, question, find_values(ctx))
    answer = ask_question(graph, question, find_language(ctx), terms)
    print_answer(answer, form, graph.names, iris=iris)
    if not (answer.rows if isinstance(answer, Rows) else answer) and question.header.get("empty"):
        note, width = question.text("empty", find_language(ctx)), find_width()
        print_message("\n".join(wrap_text(note, width)) if width else note, err=True)
