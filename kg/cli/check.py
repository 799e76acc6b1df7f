"""`kg check` and `kg format`: findings in the files, and their canonical form."""

from pathlib import Path

import click

from kg.cli.help import HelpCommand, find_language
from kg.cli.messages import print_message
from kg.cli.options import PATH, find_context_home, language_option
from kg.cli.output import count_steps, print_data, print_text, show_progress


@click.command(cls=HelpCommand, short_help="Check ontology and data.")
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
@click.option(
    "--reference", is_flag=True, help="Also validate with pySHACL, and report differences."
)
@click.option("--verbose", is_flag=True, help="List the elements that have changed.")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    form: str,
    reference: bool,
    verbose: bool,
) -> None:
    """Check ontology and data, or only the files and folders in PATHS.

    Files in PATHS are checked together with all other files of ontology and data. Each finding
    has file and line, severity, what is wrong, and how to fix it. Passages are compared with the
    source text if `kg source add` has added it. For each data file the report has the number of
    elements that have changed since they were last read against the source (see `kg review`).
    Files of more than 256 MiB are refused, unless KG_MAX_FILE_SIZE is set to another limit, such
    as 2G. The exit code is 1 if there is a violation; warnings do not count.

    \b
    kg check
    kg check data/roundup-2021/wuhan.ttl --format json
    """
    from kg.check import STEPS, check_files, render_report

    language = find_language(ctx)
    with show_progress("Checking") as progress:
        steps = count_steps(progress, len(STEPS))
        report = check_files(find_context_home(ctx), paths, language, steps, reference=reference)
    shown = render_report(report, form, language, verbose=verbose)
    (print_text if form == "text" else print_data)(shown)
    if report.count("violation"):
        raise SystemExit(1)


@click.command(cls=HelpCommand, name="format", short_help="Write Turtle files in canonical form.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; print the differences.")
@click.option(
    "--drop-comments",
    is_flag=True,
    help="Remove comments. Without this option a file with comments is an error.",
)
@click.pass_context
def format_files(
    ctx: click.Context, paths: tuple[Path, ...], only_check: bool, drop_comments: bool
) -> None:
    """Write the Turtle files in PATHS in canonical form.

    The form changes only the layout and the order of statements; each term stays as it is written.
    It has no comments: write remarks as skos:editorialNote. If one of the files cannot be
    formatted, none is written. In a folder, a link to a file outside PATHS is not followed. With
    --check, the exit code is 1 if a file is in another form. Files are replaced one after
    the other, each completely: if the command is interrupted, run it again.

    \b
    kg format ontology data
    kg format --check data/roundup-2021/wuhan.ttl
    """
    from kg.turtle import match_files
    from kg.turtle_format import find_outside_links, format_files

    found = [file.path for file in match_files(find_context_home(ctx), paths)]
    outside = find_outside_links(found, paths)
    for path in outside:
        print_message(f"{path}: is a link to a file outside PATHS. It is not formatted.", err=True)
    inside = (path for path in found if path not in outside)
    changed = format_files(inside, drop_comments=drop_comments)
    if only_check:
        print_text("".join(file.diff() for file in changed))
        raise SystemExit(1 if changed else 0)
    for file in changed:
        file.write()
        print_message(f"{file.path}: formatted")
