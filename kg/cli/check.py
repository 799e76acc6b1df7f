"""`kg check` and `kg format`: findings in the files, and their canonical form."""

from pathlib import Path

import click

from kg.cli.options import PATH, FindHome, language_option, show_progress


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@language_option
@click.pass_obj
def check(home: FindHome, paths: tuple[Path, ...], form: str, language: str) -> None:
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


@click.command(name="format")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def format_files(home: FindHome, paths: tuple[Path, ...], only_check: bool) -> None:
    """Write the Turtle files in PATHS in the one canonical form.

    Comments are lost: a remark belongs in a skos:editorialNote.
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
            click.echo(difference, nl=False)
        else:
            text = format_turtle(file.path)
            with write_file(file.path) as stream:
                stream.write(text.encode())
            click.echo(f"{file.path}: formatted")
    if changed and only_check:
        raise SystemExit(1)
