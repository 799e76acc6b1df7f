"""The command line: each command parses its arguments, calls one function, and prints."""

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import click

from kg.cli.help import HelpGroup
from kg.cli.messages import print_message
from kg.errors import KgError


class LazyGroup(HelpGroup):
    """A group that imports a command when it is named, so that others cost no time."""

    def __init__(self, *, modules: Mapping[str, str], **attrs: Any) -> None:
        super().__init__(**attrs)
        self.modules = modules  # `module:function` of each command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        name = self.modules.get(cmd_name)
        return resolve_name(name) if name else None


@click.group(
    cls=LazyGroup,
    modules={
        "ask": "kg.cli.ask:ask",
        "build": "kg.cli.build:build",
        "check": "kg.cli.check:check",
        "export": "kg.cli:export",
        "format": "kg.cli.check:format_files",
        "publish": "kg.cli.publish:publish",
        "push": "kg.cli.push:push",
        "query": "kg.cli.query:query",
        "review": "kg.cli.review:review",
        "show": "kg.cli.query:show",
        "source": "kg.cli.source:source",
    },
    subcommand_metavar="COMMAND",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--home",
    "folder",
    type=click.Path(path_type=Path),
    envvar="KG_HOME",
    help="Folder with ontology/, data/ and queries/ to use instead of the built-in ones. "
    "Environment variable: KG_HOME.",
)
@click.version_option(package_name="city-policy-kg", message="%(package)s %(version)s")
def cli(folder: Path | None) -> None:
    """Query a knowledge graph of what cities promise in their digitalization policies.

    \b
    kg ask                     list the questions
    kg ask targets             answer one: who promises how much, by when?
    kg show place:wuhan        show what is known about a city, with its evidence
    kg check                   check ontology and data

    Exit codes: 0 success; 1 violations found, or the command failed; 2 usage error; 130 after
    Ctrl-C.
    """
    # Only commands that need the home look for it: see `find_context_home`.


@click.group(
    cls=LazyGroup,
    modules={
        "gephi": "kg.cli.networks:gephi",
        "queries": "kg.cli.queries:queries",
        "rdf": "kg.cli.rdf:rdf",
        "tables": "kg.cli.tables:tables",
    },
    subcommand_metavar="COMMAND",
    short_help="Export networks, tables, RDF or questions.",
)
def export() -> None:
    """Export the graph as networks, tables or RDF, or the questions for other programs.

    \b
    kg export gephi city-theme -o city-theme.gexf   a network for Gephi
    kg export tables -o tables                      one CSV file per class
    kg export rdf -o city-policy.trig.gz            all statements
    kg export queries -o shared                     the questions, for other tools

    Files are complete or not written at all: an interrupted export keeps the old ones. -o FILE
    overwrites any file. In a folder, files that kg did not write are overwritten only with --force.
    """


def run() -> int:
    """Run the command line; print errors to standard error and return the exit code."""
    # A stream is None if the caller has closed it (`>&-`).
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names may have characters that the terminal's encoding lacks.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run_command()
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        print_message("kg: interrupted", err=True)
        code = 130
    except MemoryError:
        print_message("kg: out of memory. Use smaller files, or a narrower query.", err=True)
        code = 1
    except BrokenPipeError:
        code = 1
    except OSError as error:
        # Errors of files are handled where these are read and written: this is standard output.
        print_message(f"kg: cannot write to standard output ({error.strerror}).", err=True)
        code = 1
    sys.stderr.flush()
    return code


def run_command() -> int:
    """Run the command line without handling interrupts and errors of standard output."""
    try:
        cli.main(prog_name="kg", standalone_mode=False)
        return 0
    except KgError as error:
        print_message(f"kg: {error}", err=True)
        return error.exit_code
    except click.UsageError as error:
        print_message(explain_usage(error), err=True)
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def explain_usage(error: click.UsageError) -> str:
    """Return the message for a usage error, with the command that shows the help."""
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return message
    end = "" if message.endswith((".", "?")) else "."
    help_ = f" See {error.ctx.command_path} --help." if error.ctx else ""
    return f"kg: {message}{end}{help_}"
