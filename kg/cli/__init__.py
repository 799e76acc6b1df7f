"""The command line: each verb parses, calls one function, and prints."""

import gc
import io
import os
import sys
from pathlib import Path

import click

from kg.cli.lazy import LazyGroup
from kg.errors import KgError
from kg.home import find_home

VERBS = {
    "ask": "kg.cli.ask:ask",
    "build": "kg.cli.build:build",
    "check": "kg.cli.check:check",
    "export": "kg.cli.export:export",
    "format": "kg.cli.check:format_files",
    "push": "kg.cli.push:push",
    "query": "kg.cli.query:query",
    "show": "kg.cli.query:show",
    "source": "kg.cli.source:source",
}


class VerbGroup(LazyGroup):
    """The verbs of the program."""

    verbs = VERBS


@click.group(cls=VerbGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    "folder",
    type=click.Path(path_type=Path),
    envvar="KG_HOME",
    help="Folder with ontology/, data/ and queries/ to use instead of the built-in ones.",
)
@click.version_option(package_name="city-policy-kg", message="%(package)s %(version)s")
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """Ask a knowledge graph what cities promise in their digitalization policies.

    \b
    kg ask                     the questions it can answer
    kg ask targets             who promised how much, by when
    kg show place:wuhan        all that is known of a city, and where it is said
    kg check                   is everything as it should be?

    Exit codes: 0 fine; 1 findings, or no answer to be had; 2 a wrong call; 130 after Ctrl-C.
    """
    # A function: only the verbs that need the home look for it.
    context.obj = lambda: find_home(folder)


def run_cli() -> int:
    """Run the command line; return the exit code of the house, having said what went wrong."""
    try:
        cli.main(prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
        return 0
    except KgError as error:
        click.echo(f"kg: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("kg: stopped.", err=True)
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        # Every file has been dealt with where it is read or written: this is the output.
        click.echo(f"kg: cannot be written ({error.strerror}). Make room for the output.", err=True)
        return 1
    except SystemExit as end:
        sys.stdout.flush()
        return end.code if isinstance(end.code, int) else 1


def main() -> None:
    """Run the command line and end the process.

    Nothing is tidied up on the way or at the end, which would be a seventh of a question's time:
    the process ends at once, and does not wait for a query that Ctrl-C has left behind.
    """
    gc.disable()
    # Closed by who called (`>&-`): what is said there is lost, and that is all.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")
    # Names of files, for instance, need not be text in the terminal's encoding.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = run_cli()
    sys.stderr.flush()
    os._exit(code)
