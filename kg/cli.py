"""The command line: each verb parses, calls one function, and prints."""

import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kg.home import Home, KgError, find_home
from kg.names import LANGUAGES

ROW_FORMATS = ("table", "csv", "json", "markdown")
TRIPLE_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of labels and messages; zh-Hant falls back on zh-Hans.",
)
PATH = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    "folder",
    type=PATH,
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
    """  # noqa: D301  # \b keeps the lines below it
    # A function: only the verbs that need the home look for it.
    context.obj = lambda: find_home(folder)


@cli.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@language_option
@click.pass_obj
def check(home: Callable[[], Home], paths: tuple[Path, ...], form: str, language: str) -> None:
    """Check ontology and data, or the files and folders in PATHS with the rest around them.

    Each finding has file and line, severity, what is wrong, and what would be right. With the
    source text at hand (`kg source add`) the passages are checked, too.
    """
    from kg.check import check_files, render_report

    with show_progress() as progress:
        report = check_files(home(), paths, language, progress)
    click.echo(render_report(report, form), nl=False)
    if report.findings:
        raise SystemExit(1 if report.count("violation") else 0)


@cli.command(name="format")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def format_files(home: Callable[[], Home], paths: tuple[Path, ...], only_check: bool) -> None:
    """Write the Turtle files in PATHS in the one canonical form.

    Comments are lost: a remark belongs in a skos:editorialNote.
    """
    from kg.load import diff_turtle, format_turtle, place_files, replace_files

    changed = 0
    for file in place_files(home(), paths):
        difference = diff_turtle(file.path)
        if not difference:
            continue
        changed += 1
        if only_check:
            click.echo(difference, nl=False)
        else:
            replace_files(file.path.parent, {file.path.name: format_turtle(file.path)})
            click.echo(f"{file.path}: formatted")
    if changed and only_check:
        raise SystemExit(1)


@cli.command()
@click.argument("question", required=False)
@click.option("--format", "form", type=click.Choice(ROW_FORMATS), default="table")
@language_option
@click.pass_obj
def ask(home: Callable[[], Home], question: str | None, form: str, language: str) -> None:
    """Answer QUESTION; without one, list the questions.

    \b
    kg ask targets --lang zh-Hans
    kg ask frameworks --format csv > frameworks.csv
    """  # noqa: D301  # \b keeps the lines below it
    from kg.ask.question import ask_question, find_question, list_questions
    from kg.ask.render import render_rows, render_table
    from kg.names import read_names
    from kg.rules import open_store

    place = home()
    if question is None:
        cells = [(q.name, q.tell("summary", language)) for q in list_questions(place)]
        click.echo(render_table(("question", "what it answers"), cells), nl=False)
        return
    found = find_question(place, question)
    rows = ask_question(open_store(place), found, language)
    click.echo(render_rows(rows, form, read_names(place)), nl=False)


@cli.command()
@click.argument("sparql")
@click.option(
    "--format",
    "form",
    type=click.Choice([*ROW_FORMATS, *TRIPLE_FORMATS]),
    help="Rows default to table, triples to turtle.",
)
@click.pass_obj
def query(home: Callable[[], Home], sparql: str, form: str | None) -> None:
    """Answer a SPARQL 1.1 query of one's own: its text, a file of it, or - for standard input.

    The prefixes of ontology/prefixes.ttl need no PREFIX line. All named graphs are asked at once.

    \b
    kg query 'SELECT ?city { ?city a cdp:City }'
    """  # noqa: D301  # \b keeps the lines below it
    from kg.ask.render import render_rows, render_triples
    from kg.names import read_names
    from kg.rules import open_store
    from kg.store import Rows

    place = home()
    text, where = read_query(sparql)
    names = read_names(place)
    answer = open_store(place).query(text, where, names.prefixes)
    if isinstance(answer, bool):
        click.echo(str(answer).lower())
    elif isinstance(answer, Rows):
        if form in TRIPLE_FORMATS:
            raise KgError(f"{form}: a format for triples, and the query gives rows.", exit_code=2)
        click.echo(render_rows(answer, form or "table", names), nl=False)
    else:
        click.echo(render_triples(answer, form or "turtle", names), nl=False)


@cli.command()
@click.argument("entity")
@language_option
@click.pass_obj
def show(home: Callable[[], Home], entity: str, language: str) -> None:
    """Print what is known of ENTITY: an IRI, a prefixed name, its last part, or a label.

    Each passage that says it is printed where the source is at hand, else its position.

    \b
    kg show framework:wuhan-1153
    kg show 香港 --lang zh-Hant
    """  # noqa: D301  # \b keeps the lines below it
    from kg.ask.show import render_portrait, show_node
    from kg.rules import open_store

    place = home()
    click.echo(render_portrait(show_node(open_store(place), place, entity, language)), nl=False)


@cli.command()
@click.option("-o", "--output", "folder", type=PATH, default=Path("out"), show_default=True)
@language_option
@click.pass_obj
def build(home: Callable[[], Home], folder: Path, language: str) -> None:
    """Check everything, write the dump and all answers, print the headline ones."""
    from kg.ask.render import render_rows, render_table
    from kg.build import build_folder
    from kg.check import render_report
    from kg.names import read_names
    from kg.store import read_internal

    place = home()
    names = read_names(place)
    with show_progress() as progress:
        built = build_folder(place, folder, language, progress)
    click.echo(render_report(built.report, "text"))
    counts = built.store.select(read_internal(place, "summary")).rows
    cells = [(names.show(label), names.show(count)) for _, label, count in counts]
    click.echo(render_table(("in the graph", "how many"), cells))
    for question, rows in built.headlines:
        click.echo(question.tell("summary", language))
        click.echo(render_rows(rows, "table", names))
    click.echo(f"Written to {folder}: " + ", ".join(p.name for p in built.files))


@cli.group()
def source() -> None:
    """Keep and restore the source texts behind the data; they are no part of the project."""


@source.command(name="list")
@click.pass_obj
def list_all(home: Callable[[], Home]) -> None:
    """List the source texts that the data cite, and whether each is at hand."""
    from kg.ask.render import render_table
    from kg.source import list_sources

    cells = [
        (row.name, row.sha256, str(row.path) if row.at_hand else "not at hand: kg source add FILE")
        for row in list_sources(read_known(home()))
    ]
    click.echo(render_table(("source", "SHA-256", "kept in"), cells), nl=False)


@source.command()
@click.argument("file", type=PATH)
@click.pass_obj
def add(home: Callable[[], Home], file: Path) -> None:
    """Keep a copy of a source text, recognised by its SHA-256, in the user's data folder."""
    from kg.source import add_source

    click.echo(f"Kept as {add_source(file, read_known(home()))}")


@source.command()
@click.argument("file", type=PATH)
@click.option("--traditional", is_flag=True, help="Keep the script that the text has.")
@click.option("-o", "--output", type=PATH, help="Write to this file instead of standard output.")
def restore(file: Path, traditional: bool, output: Path | None) -> None:
    """Write the readable text of a garbled one; say what became of each damaged span.

    A span is proved where one candidate only has the reading given and garbles into the very
    characters found; else it is lost, and marked. The text goes to standard output, the report
    to standard error.
    """
    from kg.load import replace_files
    from kg.source import read_text, restore_text, simplify_text

    restoration = restore_text(read_text(file))
    text = restoration.text if traditional else simplify_text(restoration.text)
    if output:
        replace_files(output.parent, {output.name: text})
    else:
        click.echo(text.encode("utf-8"), nl=False)
    for span in restoration.spans:
        how = f", read {span.reading}" if span.reading else ""
        if span.inferred:
            how = f"; {span.inferred} only inferred from the text around"
        click.echo(f"{file}:{span.start}-{span.end}: {span.status}: {span.text}{how}", err=True)


def read_known(home: Home) -> dict[str, str]:
    """Return the name of each source text that the data cite, by its SHA-256."""
    from kg.names import read_names
    from kg.rules import open_store
    from kg.store import read_internal

    names = read_names(home)
    rows = open_store(home).select(read_internal(home, "sources")).rows
    return {names.show(sha256): names.show(name) for name, sha256, _ in rows}


def read_query(sparql: str) -> tuple[str, str]:
    """Return the query that an argument means, and what to call it in messages."""
    if not sparql.endswith(".rq") and any(mark in sparql for mark in "{ \n"):
        return sparql, "query"
    where = "standard input" if sparql == "-" else sparql
    try:
        if sparql == "-":
            return (sys.stdin.buffer.read() if sys.stdin else b"").decode("utf-8"), where
        return Path(sparql).read_text("utf-8"), where
    except UnicodeDecodeError as error:
        raise KgError(
            f"{where}: byte {error.start} is not UTF-8. A query is UTF-8: save it as that.",
            exit_code=2,
        ) from None
    except OSError as error:
        raise KgError(
            f"{sparql}: no file to read ({error.strerror}). Give a query's text, a file, or -.",
            exit_code=2,
        ) from None


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Give a function that moves a progress bar by a step; none where nobody looks."""
    from kg.check import STEPS

    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(
        length=len(STEPS), label="Checking", file=sys.stderr, item_show_func=lambda s: s or ""
    ) as bar:
        yield lambda step: bar.update(1, step)


def run_cli() -> int:
    """Run the command line; return the exit code of the house, having said what went wrong."""
    try:
        cli.main(standalone_mode=False)
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
