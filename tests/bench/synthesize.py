"""Write a `data/` folder of synthetic cities; see the package `synthetic`."""

from pathlib import Path

import click
from report import show_progress
from synthetic.folder import write_cities

from kg.errors import KgError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--cities",
    "count",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Number of cities.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the random content.")
def main(folder: Path, count: int, seed: int) -> None:
    """Write synthetic cities to FOLDER, which must be new or empty.

    Use FOLDER as the data/ of a home: put it next to copies of ontology/ and queries/.
    """
    try:
        with show_progress("Writing cities", count) as step:
            write_cities(folder, count, seed, step)
    except KgError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
