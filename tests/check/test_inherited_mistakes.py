"""One mistake in a statement that others inherit is one finding, at its line.

What belongs to a document inherits the places of that, a place the themes of what applies to it,
and a thing the general classes of its own. The mistakes are made in the data of the cities.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.check import check_files
from kg.home import Home

pytestmark = pytest.mark.slow
DOCUMENT, ELEMENT = "doc:suzhou-action-plan", "initiative:suzhou-data-as-factor"
PART = "part:changsha-design-2"
PLACE, PLAN = "cdp:appliesTo place:suzhou", "cdp:statedIn doc:suzhou-action-plan"
WHOLE, THEME = "cdp:partOf item:suzhou-four-transformations", "cdp:hasTheme theme:data-governance"
DESIGN = "cdp:partOf doc:changsha-top-level-design"
CLASS, IN_CLASS = "a cdp:PolicyDocument", "a cdp:DocumentPart"
# The file, the thing, its statement, what replaces that ("" if it is deleted), and the check.
MISTAKES = [
    # misspelled
    ("suzhou", DOCUMENT, PLACE, "cdp:appliesTo place:suzou", "dangling-iri"),
    ("suzhou", "item:suzhou-headline", PLACE, "cdp:appliesTo place:suzou", "dangling-iri"),
    ("hong-kong", "item:hong-kong-headline", "cdp:appliesTo place:hong-kong",
     "cdp:appliesTo place:hongkong", "dangling-iri"),
    ("suzhou", ELEMENT, PLAN, "cdp:statedIn doc:suzhou-action-plans", "dangling-iri"),
    ("suzhou", ELEMENT, WHOLE, "cdp:partOf item:suzhou-four-transformation", "dangling-iri"),
    ("changsha", PART, DESIGN, "cdp:partOf doc:changsha-top-leval-design", "dangling-iri"),
    ("suzhou", ELEMENT, THEME, "cdp:hasTheme theme:data-goverance", "dangling-iri"),
    ("suzhou", DOCUMENT, CLASS, "a cdp:PolicyDocumnt", "undeclared-class"),
    ("changsha", PART, IN_CLASS, "a cdp:DocumentParts", "undeclared-class"),
    ("nanjing", "target:nanjing-first-rank", "cdp:partOf item:nanjing-headline",
     "cdp:partOf item:nanjing-headlines", "dangling-iri"),
    # text instead of a name
    ("suzhou", DOCUMENT, PLACE, 'cdp:appliesTo "Suzhou"@en', "cdps:appliesTo-class"),
    ("suzhou", DOCUMENT, PLACE, 'cdp:appliesTo "place:suzhou"', "cdps:appliesTo-class"),
    ("suzhou", ELEMENT, PLAN, 'cdp:statedIn "doc:suzhou-action-plan"', "cdps:statedIn-class"),
    ("suzhou", ELEMENT, WHOLE, 'cdp:partOf "item:suzhou-four-transformations"',
     "cdps:PolicyElement-partOf-class"),
    ("suzhou", ELEMENT, THEME, 'cdp:hasTheme "data governance"', "cdps:hasTheme-class"),
    ("suzhou", DOCUMENT, CLASS, 'a "PolicyDocument"', "undeclared-class"),
    # deleted
    ("suzhou", DOCUMENT, PLACE, "", "cdps:PolicyDocument-appliesTo"),
    ("suzhou", ELEMENT, PLAN, "", "cdps:PolicyElement-attribution"),
    ("changsha", PART, DESIGN, "", "cdps:DocumentPart-partOf"),
    ("suzhou", DOCUMENT, CLASS, "", "cdps:appliesToShape"),
    ("suzhou", "item:suzhou-headline", PLACE, "", "cdps:PolicyElement-attribution"),
    ("nanjing", "item:nanjing-headline", "cdp:appliesTo place:nanjing", "",
     "cdps:PolicyElement-attribution"),
    ("shenzhen", "item:shenzhen-urban-governance", "cdp:statedIn doc:shenzhen-opinions", "",
     "cdps:PolicyElement-attribution"),
    # a thing of another class
    ("suzhou", DOCUMENT, PLACE, "cdp:appliesTo theme:data-governance", "cdps:appliesTo-class"),
    ("suzhou", DOCUMENT, PLACE, "cdp:appliesTo <https://example.org/x>", "cdps:appliesTo-class"),
    ("suzhou", ELEMENT, PLAN, "cdp:statedIn place:suzhou", "cdps:statedIn-class"),
    ("suzhou", ELEMENT, WHOLE, "cdp:partOf place:suzhou", "cdps:PolicyElement-partOf-class"),
    ("suzhou", ELEMENT, THEME, "cdp:hasTheme technology:blockchain", "cdps:hasTheme-class"),
    ("suzhou", ELEMENT, THEME, "cdp:hasTheme <https://example.org/x>", "cdps:hasTheme-class"),
    ("suzhou", DOCUMENT, CLASS, "a cdp:Initiative", "cdps:InitiativeShape"),
    ("suzhou", "body:suzhou-government", "a cdp:GovernmentBody", "a cdp:City", "cdps:PlaceShape"),
    ("wuhan", "target:wuhan-open-rate-2022", "a cdp:QuantitativeTarget", "a cdp:Initiative",
     "cdps:InitiativeShape"),
    # a thing of another city
    ("suzhou", DOCUMENT, PLACE, "cdp:appliesTo place:wuhan", "applies-to-another-place"),
    ("suzhou", "item:suzhou-headline", PLACE, "cdp:appliesTo place:wuhan", "slug-of-another-place"),
    ("suzhou", ELEMENT, PLAN, "cdp:statedIn doc:shanghai-opinions", "slug-of-another-city"),
]  # fmt: skip


def choose_mistakes() -> list[tuple[str, str, str, str, str]]:
    """Return the first mistake of each check and of each statement; with KG_ALL_MUTANTS=1 all."""
    seen: set[str] = set()
    chosen = []
    for mistake in MISTAKES:
        _, _, statement, _, check = mistake
        known = {check, statement.split()[0] + check[:4]}
        if not known <= seen or "KG_ALL_MUTANTS" in os.environ:
            chosen.append(mistake)
        seen |= known
    return chosen


# Values with which several other statements do not agree.
RATE, OFFSETS = "target:wuhan-open-rate-2022", "evidence:roundup-2021-4034-4037-selector"
VALUES = [
    ("shanghai", "target:shanghai-goal-2025", "cdp:deadlineYear 2025", "cdp:deadlineYear 2035",
     "deadline-text-of-another-year"),
    ("wuhan", RATE, "cdp:hasComparator comparator:ge", "cdp:hasComparator comparator:le",
     "comparator-differs"),
    ("wuhan", RATE, "cdp:targetValue 80.0", "cdp:targetValue 8.0", "number-not-in-text"),
    ("suzhou", OFFSETS, 'oa:start "4034"^^xsd:nonNegativeInteger',
     'oa:start "4040"^^xsd:nonNegativeInteger', "cdps:TextPositionSelector-order"),
]  # fmt: skip
Change = Callable[[str, str, str, str], tuple[Path, int]]


@pytest.fixture(scope="module")
def mistaken(
    roundup: Home,
    copy_roundup: Callable[[Home, Path], Home],
    tmp_path_factory: pytest.TempPathFactory,
) -> Home:
    """A home with the data of the cities, in which tests make and undo mistakes."""
    return copy_roundup(roundup, tmp_path_factory.mktemp("mistaken"))


@pytest.fixture
def change(mistaken: Home) -> Iterator[Change]:
    """Return a function that replaces a statement of a thing and returns file and line."""
    before: dict[Path, str] = {}

    def change_statement(city: str, thing: str, old: str, new: str) -> tuple[Path, int]:
        path = mistaken.data / "roundup-2021" / f"{city}.ttl"
        text = path.read_text("utf-8")
        before.setdefault(path, text)
        start = text.index(f"\n{thing}\n") + 1
        at = text.index(f"    {old} ;\n", start)
        assert text.index("\n.\n", start) > at
        statement = f"    {new} ;\n" if new else ""
        path.write_text(text[:at] + statement + text[at:].partition("\n")[2], "utf-8")
        return path, text.count("\n", 0, at if new else start) + 1

    yield change_statement
    for path, text in before.items():
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(("city", "thing", "old", "new", "check"), choose_mistakes())
def test_mistake_is_one_finding_at_its_line(
    city: str, thing: str, old: str, new: str, check: str, mistaken: Home, change: Change
) -> None:
    path, line = change(city, thing, old, new)
    (finding,) = check_files(mistaken).findings
    assert (finding.path, finding.line, finding.check) == (str(path), line, check)
    assert finding.severity == "violation"
    assert finding.message.startswith(f"{thing}: ")


@pytest.mark.parametrize(("city", "thing", "old", "new", "check"), VALUES)
def test_wrong_value_is_one_finding_at_its_line(
    city: str, thing: str, old: str, new: str, check: str, mistaken: Home, change: Change
) -> None:
    path, line = change(city, thing, old, new)
    (finding,) = check_files(mistaken).findings
    assert (finding.path, finding.line, finding.check) == (str(path), line, check)


def test_text_instead_of_a_name_is_called_a_text(mistaken: Home, change: Change) -> None:
    change("suzhou", ELEMENT, THEME, 'cdp:hasTheme "data governance"')
    (finding,) = check_files(mistaken).findings
    assert "“data governance” is a text: write a name without quotation marks." in finding.message
    (finding,) = check_files(mistaken, language="zh-Hans").findings
    assert "“data governance”是文字，应写名称，不加引号。" in finding.message


@pytest.mark.parametrize(
    ("city", "thing", "old", "new", "class_"),
    [
        ("suzhou", DOCUMENT, CLASS, "", "cdp:Document"),
        ("suzhou", "body:suzhou-government", "a cdp:GovernmentBody", "a cdp:City",
         "cdp:IssuingBody"),
    ],
)  # fmt: skip
def test_class_that_fits_the_iri_is_named(
    city: str, thing: str, old: str, new: str, class_: str, mistaken: Home, change: Change
) -> None:
    change(city, thing, old, new)
    (finding,) = check_files(mistaken).findings
    assert f"its rdf:type should be {class_} or a class below it." in finding.message
    (finding,) = check_files(mistaken, language="zh-Hans").findings
    assert f"rdf:type 应为 {class_} 或其下位类。" in finding.message


def test_finding_of_another_file_is_not_reported(mistaken: Home, change: Change) -> None:
    """The misspelled theme is that of the city, too, which another file describes."""
    path, line = change("suzhou", ELEMENT, THEME, "cdp:hasTheme theme:data-goverance")
    assert check_files(mistaken, [mistaken.data / "reference" / "places.ttl"]).findings == []
    (finding,) = check_files(mistaken, [path]).findings
    assert finding.line == line


def test_mistakes_that_do_not_depend_on_each_other_are_all_found(
    mistaken: Home, change: Change
) -> None:
    other = "initiative:suzhou-digital-development"
    mistakes = [
        ("suzhou", DOCUMENT, PLACE, "cdp:appliesTo place:suzou"),
        ("suzhou", ELEMENT, THEME, "cdp:hasTheme technology:blockchain"),
        ("suzhou", other, PLAN, "cdp:statedIn doc:shanghai-opinions"),
        ("suzhou", "item:suzhou-headline", PLACE, "cdp:appliesTo place:wuhan"),
    ]
    lines = [change(*each)[1] for each in mistakes]
    assert [each.line for each in check_files(mistaken).findings] == lines
