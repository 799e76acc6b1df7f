"""`kg check` and `kg format`: findings in the files, and their canonical form."""

from pathlib import Path

import click

from kg.cli.options import PATH, FindHome, language_option
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
@click.pass_obj
def check(
    home: FindHome, paths: tuple[Path, ...], form: str, language: str, reference: bool
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
        report = check_files(
            home(), paths, language, count_steps(progress, len(STEPS)), reference=reference
        )
    (print_text if form == "text" else print_data)(render_report(report, form))
    if report.findings:
        raise SystemExit(1 if report.count("violation") else 0)


@click.command(name="format", short_help="Write Turtle files in canonical form.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; print the differences.")
@click.pass_obj
def format_files(home: FindHome, paths: tuple[Path, ...], only_check: bool) -> None:
    """Write the Turtle files in PATHS in canonical form.

    The form changes only the layout, and removes comments: use skos:editorialNote for remarks.

    \b
    kg format ontology data
    kg format --check data/roundup-2021/wuhan.ttl
    """
    from kg.files import write_file
    from kg.turtle import diff_turtle, format_turtle, match_files

    changed = 0
    for file in match_files(home(), paths):
        difference = diff_turtle(file.path)
        if not difference:
            continue
        changed += 1
        if only_check:
            print_data(difference)
        else:
            text = format_turtle(file.path)
            with write_file(file.path) as stream:
                stream.write(text.encode())
            click.echo(f"{file.path}: formatted")
    if changed and only_check:
        raise SystemExit(1)
