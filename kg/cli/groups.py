"""Groups of commands: imported when named, or made from the queries of a home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import click

from kg.ask.question import Question
from kg.cli.options import find_context_home, find_language
from kg.cli.output import write_definitions
from kg.errors import KgError
from kg.home import Home

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group that imports a command when it is named, so that others cost no time."""

    commands_by_name: ClassVar[Mapping[str, str]] = {}  # `module:function` of each command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        return sorted(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in self.commands_by_name:
            return None
        module, _, name = self.commands_by_name[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class QueryGroup(click.Group):
    """A group with a command for each query of a folder; options may precede its name.

    Every option takes one value, unless the group declares it as a flag.
    """

    section = ""  # the title of the list of commands

    def list_queries(self, home: Home) -> list[Question]:
        """Return the queries, by name."""
        raise NotImplementedError

    def make_command(self, home: Home, name: str) -> click.Command:
        """Return the command of a query.

        Raises:
            KgError: there is no such query; the message suggests similar names.
        """
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the queries, sorted."""
        return [query.name for query in self.list_queries(find_context_home(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a query; None if there is none and a shell completes a line.

        Raises:
            KgError: there is no such query; the message suggests similar names.
        """
        try:
            return self.make_command(find_context_home(ctx), cmd_name)
        except KgError:
            if ctx.resilient_parsing:
                return None
            raise

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
        position = 0
        while position < len(args):
            arg = args[position]
            if not arg.startswith("-") or arg == "-":
                return position
            is_short_with_value = not arg.startswith("--") and len(arg) > 2
            is_complete = arg in flags or "=" in arg or is_short_with_value
            position += 1 if is_complete else 2
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the names of the queries."""
        from kg.cli.parameters import write_options

        write_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names and titles of the queries."""
        with formatter.section(self.section):
            write_definitions(formatter, self.list_titles(ctx))

    def list_titles(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return the name and title of each query, in the language of the command line."""
        language = find_language(ctx)
        queries = self.list_queries(find_context_home(ctx))
        return [(query.name, query.text("summary", language)) for query in queries]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with a text, with their titles, and the options."""
        from click.shell_completion import CompletionItem

        try:
            titles = self.list_titles(ctx)
        except KgError:
            titles = []
        items = [CompletionItem(n, help=t) for n, t in titles if n.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)
