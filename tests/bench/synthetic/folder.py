"""A `data/` folder of synthetic cities."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from kg.errors import KgError
from kg.home import find_home
from synthetic.city import City, Passages
from synthetic.documents import add_bodies, add_documents, add_parts, add_periods
from synthetic.elements import (
    add_counts,
    add_framework,
    add_highlights,
    add_initiatives,
    add_pillars,
)
from synthetic.sources import BLOCK, SECTION, compose_places, compose_source, write_city_place
from synthetic.targets import add_targets
from synthetic.vocabulary import Vocabulary, read_vocabulary


def write_cities(
    folder: Path, count: int, seed: int = 0, progress: Callable[[int], None] = lambda step: None
) -> None:
    """Write synthetic cities: a file each, a source for every ten, and their places.

    The file of a city, and that of a source with ten cities, do not depend on `count`; the file
    of places grows at its end. `progress` is called with 1 after each city.

    Raises:
        KgError: the folder is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KgError(f"{folder}: is not empty. Give a new folder for the synthetic cities.")
    vocabulary = read_vocabulary(find_home())
    reference = folder / "reference"
    reference.mkdir(parents=True)
    with (reference / "synthetic-places.ttl").open("w", encoding="utf-8", newline="\n") as places:
        places.write(compose_places(vocabulary))
        for first in range(0, count, BLOCK):
            number = first // BLOCK + 1
            source = f"synthetic-{number:04d}"
            (folder / source).mkdir()
            cities = []
            for index in range(first, min(first + BLOCK, count)):
                city = make_city(index, source, vocabulary, seed)
                (folder / source / f"{city.slug}.ttl").write_bytes(compose_city(city).encode())
                places.write(write_city_place(city))
                cities.append(city)
                progress(1)
            text = compose_source(source, number, cities, vocabulary.header)
            (folder / source / "source.ttl").write_bytes(text.encode())


def make_city(index: int, source: str, vocabulary: Vocabulary, seed: int) -> City:
    """Return a city without content, with its section of a source."""
    # Each city has its own generator, so that it does not depend on the cities before it.
    random = Random(f"{seed} {index}")
    passages = Passages(source, random, index % BLOCK * SECTION + 100)
    return City(index, vocabulary, random, passages)


def compose_city(city: City) -> str:
    """Return the Turtle of a city's file."""
    add_bodies(city)
    add_periods(city)
    add_documents(city)
    parts = add_parts(city)
    pillars, highlights = add_pillars(city, parts), add_highlights(city)
    initiatives = add_initiatives(city, pillars, parts[2])
    add_targets(city, city.documents[1])
    add_counts(city, parts, initiatives, highlights)
    if city.index % 2 == 0:
        add_framework(city, pillars, initiatives, parts[3])
    return city.vocabulary.header + "".join(city.pieces)
