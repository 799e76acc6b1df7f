"""A group of verbs that are imported when they are named."""

from collections.abc import Mapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """A group whose verbs are each imported when named: `kg ask` does not wait for the others."""

    # Where each verb is: its name to `module:function`.
    verbs: Mapping[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs, sorted."""
        return sorted(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb of that name, or None."""
        if cmd_name not in self.verbs:
            return None
        module, _, name = self.verbs[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command
