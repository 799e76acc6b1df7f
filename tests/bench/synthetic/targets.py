"""The targets of a city and their indicators."""

from collections.abc import Iterator

from synthetic.city import City
from synthetic.turtle import Statement, write_texts

SHARED_INDICATORS = 8


def add_targets(city: City, stated_in: str) -> None:
    """Add qualitative targets, positionings, and targets with a value or a range."""
    goal, year = city.name("target", 1), city.random.randint(*city.years)
    other = city.choose_earlier_city()
    due = [("cdp:deadlineText", f'"到{year}年"@zh-Hans'), ("cdp:deadlineYear", str(year))]
    serves = [] if other is None else [("cdp:serves", f"target:{other}-2")]
    city.add_element(goal, "cdp:QualitativeTarget", stated_in, [*due, *serves])
    for number in (2, 3):
        order = [("cdp:partOf", goal), ("cdp:listIndex", str(number - 2))]
        city.add_element(city.name("target", number), "cdp:Positioning", stated_in, order)
    day = [
        ("cdp:deadline", f'"{year}-12-31"^^xsd:date'),
        ("cdp:datePrecision", '"year"'),
        ("cdp:deadlineText", f'"{year}年底"@zh-Hans'),
        ("cdp:deadlineYear", str(year)),
    ]
    city.add_element(city.name("target", 4), "cdp:QualitativeTarget", stated_in, day)
    city.add_element(city.name("target", 5), "cdp:QualitativeTarget", stated_in)
    for number, indicator in ((6, find_shared_indicator(city)), (7, add_own_indicator(city))):
        values = list_range(city) if number == 7 else list_value(city)
        statements = [*due, ("cdp:hasIndicator", indicator), *values]
        city.add_element(
            city.name("target", number), "cdp:QuantitativeTarget", stated_in, statements
        )


def find_shared_indicator(city: City) -> str:
    """Return an indicator that several cities use; each of the first cities adds one."""
    is_first = city.index < SHARED_INDICATORS
    number = (city.index if is_first else city.random.randrange(SHARED_INDICATORS)) + 1
    name = f"indicator:model-rate-{number}"
    if is_first:
        city.add(name, "cdp:Indicator", (f"Synthetic rate {number}", f"合成比率{number}"))
    return name


def add_own_indicator(city: City) -> str:
    """Add an indicator that only this city uses; return its name."""
    label = f"Number of things in {city.label[0]}", f"{city.label[1]}事项数量"
    return city.add(city.name("indicator", "number"), "cdp:Indicator", label)


def list_value(city: City) -> Iterator[Statement]:
    """Yield the value to reach, in percent; half of the cities have a baseline."""
    value = city.random.randint(30, 90)
    yield "cdp:hasComparator", city.random.choice(("comparator:ge", "comparator:gt"))
    yield "cdp:targetValue", f"{value}.0"
    yield "cdp:hasUnit", "unit:PERCENT"
    yield "cdp:unitText", '"%"'
    yield "cdp:scope", write_texts("the whole city", "全市")
    if city.happens(0.5):
        yield "cdp:baselineValue", f"{value - 20}.5"
        yield "cdp:baselineYear", str(city.years[0] - 1)


def list_range(city: City) -> Iterator[Statement]:
    """Yield the two bounds of the number to reach."""
    value = city.random.randint(30, 90)
    yield "cdp:hasComparator", "comparator:range"
    yield "cdp:lowerBound", f"{value}.0"
    yield "cdp:upperBound", f"{value + 8}.5"
    yield "cdp:hasUnit", "cdpunit:item"
    yield "cdp:unitText", '"项"'
