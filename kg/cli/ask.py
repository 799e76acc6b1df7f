"""`kg ask`: the canned questions, each a command with an option for each of its parameters."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from kg.ask import ROW_FORMATS, TRIPLE_FORMATS, Question, find_question, list_questions
from kg.cli.options import (
    ENDPOINT_HELP,
    IRIS_HELP,
    find_context_home,
    find_width,
    open_graph,
    print_answer,
)
from kg.errors import KgError
from kg.names import LANGUAGES

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Options of every question. With these alone its header need not be read.
PLAIN = {"--endpoint", "--format", "--iris", "--lang"}


class Questions(click.Group):
    """The group of the questions of a home."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the questions, sorted."""
        return [question.name for question in list_questions(find_context_home(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the question of that name; None only where a shell asks, which wants no word.

        Raises:
            KgError: there is none; the message names those that are near.
        """
        try:
            return QuestionCommand(find_question(find_context_home(ctx), cmd_name))
        except KgError:
            if ctx.resilient_parsing:
                return None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the questions and what each asks."""
        with formatter.section("Questions"):
            formatter.write_dl(summarize_questions(ctx))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the questions that begin so, with what they ask, and the options."""
        from click.shell_completion import CompletionItem

        try:
            told = summarize_questions(ctx)
        except KgError:
            told = []
        items = [CompletionItem(n, help=t) for n, t in told if n.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)


class QuestionCommand(click.Command):
    """A question: its options are its parameters, from its header, which is read when wanted."""

    def __init__(self, question: Question) -> None:
        super().__init__(
            question.name,
            params=list_options(),
            callback=answer_question,
            context_settings={"allow_extra_args": True},
        )
        self.question = question
        self.is_read = False

    def read_header(self, ctx: click.Context) -> None:
        """Add an option for each parameter that the header declares."""
        from kg.cli.values import list_values

        if not self.is_read:
            self.params = [*list_values(find_context_home(ctx), self.question), *self.params]
            self.is_read = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, having read the header if anything hangs on it.

        Raises:
            KgError: a value stands there without the name of its parameter.
        """
        named = {arg.partition("=")[0] for arg in args if arg.startswith("-")}
        if ctx.resilient_parsing:
            # A shell asks: a header that is broken completes nothing, and that is all.
            with suppress(KgError):
                self.read_header(ctx)
        elif self.question.has_presets or named - PLAIN:
            self.read_header(ctx)
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            from kg.cli.values import refuse_loose

            self.read_header(ctx)
            raise refuse_loose(rest[0], self.params, ctx.command_path)
        return rest

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the question asks and answers, its parameters, columns, and an example."""
        from kg.cli.values import write_help

        self.format_usage(ctx, formatter)
        write_help(ctx, formatter, self.question, self.params)


def summarize_questions(ctx: click.Context) -> list[tuple[str, str]]:
    """Return each question's name and what it asks, in the language asked for."""
    language = ctx.params.get("language") or "en"
    questions = list_questions(find_context_home(ctx))
    return [(question.name, question.text("summary", language)) for question in questions]


def list_options() -> list[click.Parameter]:
    """Return the options that stand before a question or behind it."""
    return [
        click.Option(
            ["--format", "form"],
            type=click.Choice([*ROW_FORMATS, *TRIPLE_FORMATS]),
            help="Rows default to table, the triples of a CONSTRUCT to turtle.",
        ),
        click.Option(
            ["--lang", "language"],
            type=click.Choice(LANGUAGES),
            is_eager=True,
            help="Language of labels and of this help, en if not given; "
            "zh-Hant falls back on zh-Hans.",
        ),
        click.Option(["--iris"], is_flag=True, help=IRIS_HELP),
        click.Option(["--endpoint"], metavar="URL", help=ENDPOINT_HELP),
    ]


@click.command(
    cls=Questions,
    params=list_options(),
    invoke_without_command=True,
    subcommand_metavar="[QUESTION [--PARAMETER VALUE]...]",
)
@click.pass_context
def ask(
    ctx: click.Context, form: str | None, language: str | None, iris: bool, endpoint: str | None
) -> None:
    """Answer QUESTION; without one, list the questions.

    `kg ask QUESTION --help` tells a question's parameters, and what the columns of its answer are.

    \b
    kg ask targets --lang zh-Hans
    kg ask frameworks --format csv > frameworks.csv
    """
    if ctx.invoked_subcommand is not None:
        return
    if form or iris or endpoint:
        option = "--format" if form else "--iris" if iris else "--endpoint"
        raise KgError(f"{option} goes with a question. `kg ask` lists them.", exit_code=2)
    from kg.ask import render_table

    titles, rows = ("question", "what it answers"), summarize_questions(ctx)
    click.echo(render_table(titles, rows, find_width()), nl=False)


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
    """Answer the question of the command, with the values given, by name."""
    from kg.ask import ask_question, bind_question
    from kg.ask.table import wrap_text
    from kg.store import Rows

    command: Any = ctx.command
    question: Question = command.question
    before = ctx.parent.params if ctx.parent else {}
    form, language = form or before.get("form"), language or before.get("language")
    if language and not question.has_variable("lang"):
        raise KgError(
            f"{question.name}: its answer has the labels of all languages. Leave --lang out.",
            exit_code=2,
        )
    names = {p.name: p.opts[0].removeprefix("--") for p in command.params}
    values = {names[key]: value for key, value in given.items() if value is not None}
    graph = open_graph(find_context_home(ctx), endpoint or before.get("endpoint"))
    result = ask_question(graph, question, language or "en", bind_question(graph, question, values))
    print_answer(result, form, graph.names, iris=iris or bool(before.get("iris")))
    if isinstance(result, Rows) and not result.rows and "empty" in question.header:
        explanation = question.text("empty", language or "en")
        width = find_width()
        lines = wrap_text(explanation, width) if width else [explanation]
        click.echo("\n".join(lines), err=True)
