"""Groups with a command for each query in a folder of the home: the questions, the networks."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

from kg.ask.lookup import fold_name
from kg.ask.parameters import read_parameters
from kg.ask.question import Question
from kg.cli.help import HelpCommand, HelpGroup, find_language
from kg.cli.options import find_context_home, ignore_errors
from kg.cli.parameters import ParameterOption, write_options
from kg.display import escape_controls
from kg.errors import KgError
from kg.home import Home


class QueryGroup(HelpGroup):
    """A group with a command for each query of a folder; options may precede its name.

    Every option takes one value, unless the group declares it as a flag.
    """

    def __init__(
        self, *, section: str, list_queries: Callable[[Home], list[Question]], **attrs: Any
    ) -> None:
        super().__init__(invoke_without_command=True, options_metavar="", **attrs)
        self.section = section  # the title of the list of commands
        self.list_queries = list_queries

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments after moving the name of the query before its options."""
        position = self.find_name(args)
        if position is not None:
            args = [args[position], *args[:position], *args[position + 1 :]]
        return super().parse_args(ctx, args)

    def find_name(self, args: Sequence[str]) -> int | None:
        """Return the position of the first argument that is not an option or its value."""
        flags = {"-h", "--help"}
        for param in self.params:
            if isinstance(param, click.Option) and param.is_flag:
                flags |= set(param.opts)
        words = enumerate(args)
        for position, word in words:
            if not word.startswith("-") or word == "-":
                return position
            is_short_with_value = not word.startswith("--") and len(word) > 2
            if not (word in flags or "=" in word or is_short_with_value):
                next(words, None)  # the value of the option
        return None

    def list_titles(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return the name and title of each query, in the language of the command line."""
        language = find_language(ctx)
        queries = self.list_queries(find_context_home(ctx))
        return [(query.name, query.text("summary", language)) for query in queries]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the names and titles of the queries."""
        write_options(ctx, formatter)
        with formatter.section(self.section):
            formatter.write_dl(self.list_titles(ctx))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with a text, with their titles, and the options."""
        items = click.Command.shell_complete(self, ctx, incomplete)
        with suppress(KgError):
            titles = self.list_titles(ctx)
            items += [
                CompletionItem(name, help=escape_controls(title, lines=False))
                for name, title in titles
                if fold_name(name).startswith(fold_name(incomplete))
            ]
        return items


class QueryCommand(HelpCommand):
    """The command of a query, with an option for each of its parameters.

    The parameters are read from the header when they are needed. `many` allows several values.
    """

    def __init__(self, query: Question, *, many: bool = False, **attrs: Any) -> None:
        super().__init__(query.name, **attrs)
        self.query = query
        self.many = many

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, after reading the header if it is needed."""
        known = {name for param in self.params for name in param.opts}
        given = {arg.partition("=")[0] for arg in args if arg.startswith("-")}
        with ignore_errors(ctx):
            if ctx.resilient_parsing or self.query.has_presets or given - known:
                parameters = read_parameters(find_context_home(ctx), self.query).values()
                options = [ParameterOption(p, many=self.many) for p in parameters]
                self.params = [*options, *self.params]
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write title and description of the query."""
        for field in ("summary", "description"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(self.query.text(field, find_language(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the parameters and the other options."""
        write_options(ctx, formatter)
