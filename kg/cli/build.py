"""`kg build`: the main job."""

from pathlib import Path

import click

from kg.cli.options import PATH, FindHome, find_width, language_option, show_progress


@click.command()
@click.option("-o", "--output", "folder", type=PATH, default=Path("out"), show_default=True)
@language_option
@click.option("--force", is_flag=True, help="Overwrite files that kg did not write.")
@click.pass_obj
def build(home: FindHome, folder: Path, language: str, force: bool) -> None:
    """Check everything, write the dump and all answers, print the headline ones."""
    from kg.ask import render_answer, render_table
    from kg.build import build_folder
    from kg.check import render_report

    with show_progress() as progress:
        built = build_folder(home(), folder, language, force=force, progress=progress)
    click.echo(render_report(built.report, "text"))
    names = built.graph.names
    counts = built.graph.internal("summary")
    cells = [(names.show(label), names.show(count)) for _, label, count in counts]
    width = find_width()
    click.echo(render_table(("in the graph", "how many"), cells, width))
    for question, answer in built.headlines:
        click.echo(question.text("summary", language))
        click.echo(render_answer(answer, None, names, width=width))
    click.echo(f"Written to {folder}: " + ", ".join(p.name for p in built.files))
