"""`kg build`: check everything, then write the dump and all answers."""

from pathlib import Path

import click

from kg.ask import render_answer, render_table
from kg.cli.help import HelpCommand, find_language, translate
from kg.cli.options import PATH, find_context_home, force_option, language_option
from kg.cli.output import count_steps, find_width, print_text, show_progress


@click.command(cls=HelpCommand, short_help="Check, then write the dump and all answers.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=PATH,
    default=Path("out"),
    show_default=True,
    help="Folder to write to.",
)
@language_option
@force_option
@click.pass_context
def build(ctx: click.Context, folder: Path, force: bool) -> None:
    """Check ontology and data, write a dump and all answers, and print the main answers.

    The dump is city-policy.nq: all statements as N-Quads. The folder answers/ has the answers to
    all questions without required parameters, as CSV and Markdown. Nothing is written if the check
    finds a violation.

    \b
    kg build
    kg build --lang zh-Hans -o chinese
    """
    from kg.build import build_folder
    from kg.check import STEPS, render_report

    language = find_language(ctx)
    with show_progress("Checking") as progress:
        steps = count_steps(progress, len(STEPS))
        built = build_folder(find_context_home(ctx), folder, language, force=force, progress=steps)
    width, names = find_width(), built.graph.names
    # The ontology has labels in these two languages.
    counts = built.graph.internal("summary", lang='"en"' if language == "en" else '"zh-Hans"')
    head = translate("in the graph", language), translate("number", language)
    cells = [(names.show(label), names.show(count)) for _, label, count in counts]
    parts = [
        render_report(built.report, "text", language),
        render_table(head, cells, width=width),
    ]
    parts += [
        f"{question.text('summary', language)}\n{render_answer(answer, None, names, width=width)}"
        for question, answer in built.headlines
    ]
    parts.append(f"{folder}: {translate('{0} files written', language).format(len(built.files))}\n")
    print_text("\n".join(parts))
