"""`kg review`: read elements beside their passages, and record them as read."""

from pathlib import Path

import click

from kg.ask.lookup import quote_input
from kg.cli.help import HelpCommand, find_language, translate
from kg.cli.messages import print_message
from kg.cli.options import PATH, find_context_home, language_option
from kg.cli.output import find_width, print_text
from kg.graph import load_graph


@click.command(
    cls=HelpCommand, short_help="Read elements beside their passages, and record them as read."
)
@click.argument("elements", nargs=-1)
@click.option("--city", metavar="CITY", help="Only the files with documents of this city.")
@click.option("--file", "files", type=PATH, multiple=True, help="Only this file, or folder.")
@click.option("--all", "everything", is_flag=True, help="Also show elements that have not changed.")
@click.option("--accept", is_flag=True, help="Record the elements as read; show nothing.")
@click.option("--date", "read", metavar="YYYY-MM-DD", help="When they were read. Default: today.")
@language_option
@click.pass_context
def review(
    ctx: click.Context,
    elements: tuple[str, ...],
    city: str | None,
    files: tuple[Path, ...],
    everything: bool,
    accept: bool,
    read: str | None,
) -> None:
    """Show the elements of the data that have changed since they were read, or ELEMENTS.

    Each is shown beside the passages of the source that are its evidence: their text if
    `kg source add` has added it, and otherwise their positions. With --accept, the elements that
    would be shown are recorded as read, in `ledger.tsv` in the folder of their files. `kg check`
    counts what has changed since.

    \b
    kg review --city wuhan
    kg review target:wuhan-open-rate-2022
    kg review --accept
    """
    from kg.review import accept_elements, load_review, render_elements, select_elements

    language = find_language(ctx)
    graph = load_graph(find_context_home(ctx))
    loaded = load_review(graph, language)
    chosen = select_elements(graph, loaded, elements, files=files, city=city, everything=everything)
    if accept:
        read = check_date(read)
        written = accept_elements(graph.home, chosen, loaded.digests, read)
        done = translate("{0} elements recorded as read on {1}", language)
        for path, number in written.items():
            print_message(f"{path}: {done.format(number, read)}")
    elif read:
        raise click.UsageError("--date is for --accept. Add --accept, or omit --date.")
    else:
        shown = render_elements(graph, chosen, loaded.statements, language, find_width())
        print_text(shown, paged=True)
    if not chosen:
        print_message(translate("Nothing has changed since it was read.", language), err=True)


def check_date(text: str | None) -> str:
    """Return a date as it is written in a ledger, by default today's.

    Raises:
        click.UsageError: it is not a date.
    """
    from datetime import date

    from kg.review import is_date

    if text is None:
        return date.today().isoformat()
    if not is_date(text):
        raise click.UsageError(f"--date: {quote_input(text)} is not a date. Write YYYY-MM-DD.")
    return text
