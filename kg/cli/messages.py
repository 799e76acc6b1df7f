"""Print messages: errors, warnings, and what was done."""

import click

from kg.display import escape_controls


def print_message(text: str, *, err: bool = False) -> None:
    """Print a message for people to standard output, or to standard error if `err`."""
    click.echo(escape_controls(text), err=err)
