"""`kg build`: the main job."""

from pathlib import Path

import click

from kg.cli.options import PATH, FindHome, language_option, show_progress


@click.command()
@click.option("-o", "--output", "folder", type=PATH, default=Path("out"), show_default=True)
@language_option
@click.pass_obj
def build(home: FindHome, folder: Path, language: str) -> None:
    """Check everything, write the dump and all answers, print the headline ones."""
    from kg.ask.render import render_answer, render_table
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
    for question, answer in built.headlines:
        click.echo(question.tell("summary", language))
        click.echo(render_answer(answer, None, names))
    click.echo(f"Written to {folder}: " + ", ".join(p.name for p in built.files))
