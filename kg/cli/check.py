"""`kg check` and `kg format`: findings in the files, and their canonical form."""

from pathlib import Path

import click

from kg.cli.options import PATH, find_context_home, language_option
from kg.cli.output import count_steps, print_data, print_text, show_progress


@click.command(short_help="Check ontology and data.")
@click.argument("paths", nargs=-1, type=PATH)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@language_option
@click.option("--reference", is_flag=True, help="Validate the shapes with pySHACL too; compare.")
@click.pass_context
def check(
    ctx: click.Context, paths: tuple[Path, ...], form: str, language: str, reference: bool
) -> None:
    """Check ontology and data, or only the files and folders in PATHS.

    Files in PATHS are checked together with all other files of ontology and data. Each finding
    has file and line, severity, what is wrong, and how to fix it. Passages are compared with the
    source text if `kg source add` has added it. The exit code is 1 if there is a violation;
    warnings do not count.

    \b
    kg check
    kg check data/roundup-2021/wuhan.ttl --format json
    """
    from kg.check import STEPS, check_files, render_report

    with show_progress("Checking") as progress:
        steps = count_steps(progress, len(STEPS))
        report = check_files(find_context_home(ctx), paths, language, steps, reference=reference)
    (print_text if form == "text" else print_data)(render_report(report, form))
    if report.count("violation"):
        raise SystemExit(1)


@click.command(name="format", short_help="Write Turtle files in canonical form.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; print the differences.")
@click.pass_context
def format_files(ctx: click.Context, paths: tuple[Path, ...], only_check: bool) -> None:
    """Write the Turtle files in PATHS in canonical form.

    The form changes only the layout, and removes comments: use skos:editorialNote for remarks.
    Files are replaced one after the other, each completely: if the command is interrupted, run it
    again.

    \b
    kg format ontology data
    kg format --check data/roundup-2021/wuhan.ttl
    """
    from kg.files import write_file
    from kg.turtle import diff_turtle, format_turtle, match_files

    files = match_files(find_context_home(ctx), paths)
    if only_check:
        differences = [diff_turtle(file.path) for file in files]
        print_data("".join(differences))
        raise SystemExit(1 if any(differences) else 0)
    for file in files:
        text = format_turtle(file.path)
        if text != file.path.read_text("utf-8"):
            with write_file(file.path) as stream:
                stream.write(text.encode())
            click.echo(f"{file.path}: formatted")
