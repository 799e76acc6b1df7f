"""The one way in which pages count elements: as many as the list has to which the number leads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.portrait.reading import Reading
from kg.portrait.rows import follow, sort_by_place

# What elements have, by the name of the pages that list it.
PROPERTIES = {
    "themes": "cdp:hasTheme",
    "technologies": "cdp:usesTechnology",
    "groups": "cdp:servesGroup",
}


@dataclass(frozen=True)
class Listing:
    """The elements of each city under each thing, such as a theme; all by IRI.

    `elements` are those that have the thing or a narrower one, each once, in the order of the
    source. `own` are the things that elements of a city have themselves.
    """

    elements: Mapping[str, Mapping[str, tuple[str, ...]]]
    own: Mapping[str, frozenset[str]]

    def find(self, thing: str, city: str) -> tuple[str, ...]:
        """Return the elements of a city under a thing."""
        return self.elements.get(thing, {}).get(city, ())

    def count(self, thing: str) -> int:
        """Return the number of elements under a thing, summed over the cities."""
        return sum(len(many) for many in self.elements.get(thing, {}).values())

    def compare(self, first: str, second: str) -> tuple[list[str], list[str]]:
        """Return the things of which both cities have elements, and those of either, sorted."""
        either = sorted(self.own.get(first, frozenset()) | self.own.get(second, frozenset()))
        shared = [one for one in either if self.find(one, first) and self.find(one, second)]
        return shared, either


def list_elements(reading: Reading, name: str, cities: Iterable[str]) -> Listing:
    """Return the elements of cities by what they have: a name of `PROPERTIES`."""
    own: dict[str, set[str]] = {city: set() for city in cities}
    found: dict[str, dict[str, set[str]]] = {}
    for element in reading.statements:
        places = [one for one in reading.list_iris(element, "cdp:appliesTo") if one in own]
        for thing in reading.list_iris(element, PROPERTIES[name]) if places else ():
            broader = follow(thing, lambda one: reading.list_iris(one, "skos:broader"))
            for city in places:
                own[city].add(thing)
                for one in (thing, *broader):
                    found.setdefault(one, {}).setdefault(city, set()).add(element)
    elements = {
        thing: {city: tuple(sort_by_place(reading, many)) for city, many in by_city.items()}
        for thing, by_city in found.items()
    }
    return Listing(elements, {city: frozenset(things) for city, things in own.items()})
