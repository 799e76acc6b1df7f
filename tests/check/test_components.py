"""Each constraint component with values that satisfy and that violate it, and with pySHACL.

A case is a constraint on e:p, and how many results there are for the objects of e:p. Where
pySHACL has another number, it is written down with the reason.
"""

from collections import Counter
from collections.abc import Callable

import pytest

from kg.check.components import COMPONENTS, QUALIFIERS
from kg.check.index import StatementIndex
from kg.check.reference import validate_with_pyshacl
from kg.check.shapes import ShapeCompiler
from kg.check.validation import Result
from kg.names import text

Compile = Callable[[str, StatementIndex], ShapeCompiler]

DATA = """
e:D rdfs:subClassOf e:C . e:E rdfs:subClassOf e:D .
e:c a e:C . e:d a e:D . e:e a e:E , e:Other . e:o a e:Other .
"""
LONG = "𠀀" * 119
CASES: dict[str, dict[str, int]] = {
    "sh:class e:C": {"e:c, e:d, e:e": 0, "e:o": 1, '"x"': 1, "e:o, e:none": 2, "": 0},
    "sh:class e:C, e:Other": {"e:e": 0, "e:c": 1, "e:none": 2},
    "sh:datatype xsd:string": {'"x"': 0, '"x"@en': 1, "5": 1, "e:c": 1},
    "sh:datatype rdf:langString": {'"x"@en': 0, '"x"': 1},
    "sh:datatype xsd:integer": {
        "5": 0, '" 5 "^^xsd:integer': 0, '"5"^^xsd:int': 1, '"five"^^xsd:integer': 1,
        '"1_000"^^xsd:integer': 1, '"٣"^^xsd:integer': 1,
    },
    "sh:datatype xsd:nonNegativeInteger": {
        '"5"^^xsd:nonNegativeInteger': 0, '"-5"^^xsd:nonNegativeInteger': 1, "5": 1,
        '" 5 "^^xsd:nonNegativeInteger': 0,
    },
    "sh:datatype xsd:date": {
        '"2021-12-31"^^xsd:date': 0, '"2021-31-12"^^xsd:date': 1, '"2021-02-29"^^xsd:date': 1,
    },
    "sh:datatype xsd:boolean": {"true": 0, '"1"^^xsd:boolean': 0, '"maybe"^^xsd:boolean': 1},
    "sh:nodeKind sh:IRI": {"e:c": 0, "[]": 1, '"x"': 1},
    "sh:nodeKind sh:BlankNode": {"e:c": 1, "[]": 0, '"x"': 1},
    "sh:nodeKind sh:Literal": {"e:c": 1, "[]": 1, '"x"': 0},
    "sh:nodeKind sh:BlankNodeOrIRI": {"e:c": 0, "[]": 0, '"x"': 1},
    "sh:nodeKind sh:BlankNodeOrLiteral": {"e:c": 1, "[]": 0, '"x"': 0},
    "sh:nodeKind sh:IRIOrLiteral": {"e:c": 0, "[]": 1, '"x"': 0},
    "sh:minCount 2": {"": 1, "1": 1, "1, 2": 0, "1, 1": 1, '1, "1"': 0},
    "sh:minCount 0": {"": 0},
    "sh:maxCount 1": {"": 0, "1": 0, "1, 2": 1, "1, 2, 3": 1},
    "sh:maxCount 0": {"": 0, "1": 1},
    "sh:minExclusive 1": {"2": 0, "1": 1, "1.5": 0, '"x"': 1, "e:c": 1, "1e5": 0},
    "sh:minInclusive 1": {"1": 0, "1.0": 0, "0.5": 1, '"5"^^xsd:byte': 0},
    "sh:maxExclusive 1.5": {"1": 0, "1.5": 1, '"x"@en': 1},
    'sh:maxInclusive "2021-12-31"^^xsd:date': {
        '"2021-12-31"^^xsd:date': 0, '"2022-01-01"^^xsd:date': 1, "2020": 1,
    },
    "sh:minLength 2": {'"xy"': 0, '"x"@en': 1, "e:c": 0, "[]": 1, "55": 0, "5": 1, '"𠀀"': 1},
    "sh:maxLength 120": {f'"{LONG}"': 0, f'"{LONG}xy"': 1, "e:c": 0, "[]": 1},
    'sh:pattern "^b+$"': {'"bb"': 0, '"bb"@en': 0, '"ab"': 1, "e:c": 1, "[]": 1, '"b\\n"': 1},
    'sh:pattern "example"': {"e:c": 0, '"e"': 1},
    'sh:pattern "^b" ; sh:flags "i"': {'"B"': 0, '"a\\nb"': 1},
    'sh:pattern "^b$" ; sh:flags "m"': {'"a\\nb\\nc"': 0, '"a"': 1},
    'sh:pattern "^a.b" ; sh:flags "s"': {'"a\\nb"': 0},
    'sh:pattern "^a.b"': {'"a\\nb"': 1, '"a\\u2028b"': 0},
    'sh:pattern "a b" ; sh:flags "x"': {'"ab"': 0, '"a b"': 1},
    'sh:pattern "[$]$"': {'"5$"': 0, '"5"': 1},
    r'sh:pattern "^\\S(.*\\S)?$"': {
        '"x"': 0, '"x y"': 0, '" x"': 1, '"x\\n"': 1, '"x　"': 1, '"\\u00a0x"': 1,
    },
    r'sh:pattern "^\\w\\d$"': {'"深٣"': 0, '"-5"': 1},
    'sh:pattern "a", "b"': {'"ab"': 0, '"a"': 1, '"c"': 2},
    'sh:pattern "^(.+)+~$"': {f'"{"a" * 20}"': 1, '"~~"': 0},
    'sh:languageIn ( "en" "zh-Hans" )': {
        '"x"@en': 0, '"x"@EN': 0, '"x"@en-GB': 0, '"x"@fr': 1, '"x"': 1, "e:c": 1, '"x"@zh': 1,
        '"x"@zh-hans': 0, '"x"@zh-Hans-CN': 0, '"x"@zh-Hant': 1,
    },
    'sh:languageIn ( "*" )': {'"x"@en': 0, '"x"': 1},
    "sh:uniqueLang true": {
        '"x"@en, "y"@fr': 0, '"x"@en, "y"@en': 1, '"x"@en, "y"@EN, "z"@en, "x"@fr, "y"@fr': 2,
        '"x", "y"': 0,
    },
    "sh:uniqueLang false": {'"x"@en, "y"@en': 0},
    "sh:disjoint e:q": {"1 ; e:q 2": 0, "1, 2 ; e:q 2, 3": 1, "1 ; e:q 1.0": 0},
    "sh:lessThan e:q": {
        "1 ; e:q 2": 0, "2 ; e:q 2": 1, "1 ; e:q 1, 2": 1, "1": 0, "3, 4 ; e:q 1, 2": 4,
        '1 ; e:q "2"^^xsd:nonNegativeInteger': 0, "1 ; e:q 1.5": 0,
        '"1999-01-01"^^xsd:date ; e:q "9120"^^xsd:gYear': 1, '"a" ; e:q "b"': 0, '"b" ; e:q "a"': 1,
        '"1e5"^^xsd:nonNegativeInteger ; e:q "9"^^xsd:nonNegativeInteger': 1, "e:c ; e:q e:d": 1,
    },
    "sh:lessThanOrEquals e:q": {"2 ; e:q 2": 0, "3 ; e:q 2": 1, '"x" ; e:q 2': 1},
    "sh:not [ sh:class e:C ]": {"e:c": 1, "e:o": 0},
    "sh:and ( [ sh:class e:C ] [ sh:class e:Other ] )": {"e:e": 0, "e:c": 1},
    "sh:or ( [ sh:class e:C ] [ sh:datatype xsd:integer ] )": {"e:c, 5": 0, "e:o": 1},
    "sh:or ( [ sh:path e:p ; sh:minCount 1 ] [ sh:nodeKind sh:Literal ] )": {'"x"': 0, "e:c": 1},
    "sh:xone ( [ sh:class e:C ] [ sh:class e:Other ] )": {"e:c": 0, "e:e": 1, "e:none": 1},
    "sh:node [ sh:class e:C ; sh:nodeKind sh:IRI ]": {"e:c": 0, "e:o, e:none": 2},
    "sh:node [ sh:property [ sh:path rdf:type ; sh:minCount 2 ] ]": {"e:e": 0, "e:c": 1},
    "sh:property [ sh:path rdf:type ; sh:minCount 2 ]": {"e:e": 0, "e:c": 0},
    "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMinCount 1": {
        "e:c, e:o": 0, "e:o": 1, "": 1,
    },
    "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMaxCount 1": {
        "e:c, e:o": 0, "e:c, e:d": 1,
    },
    "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 2": {
        "e:c": 0, "e:o": 1, "e:c, e:d, e:e": 1,
    },
    "sh:hasValue e:c": {"e:c, e:d": 0, "e:d": 1, "": 1},
    "sh:hasValue 5": {"5": 0, '"5"': 1, "5.0": 1},
    'sh:in ( e:c 5 "x"@en )': {'e:c, 5, "x"@en': 0, '"x"': 1, "e:d, 6": 2},
    "sh:in ()": {"": 0, "e:c": 1},
    "sh:deactivated true ; sh:maxCount 0": {"e:c": 0},
}  # fmt: skip

# The number of pySHACL's results where it is another one, with the reason.
INTEGERS = "Python's int() reads more than the grammar of xsd:integer"
LINE_END = "Python's $ matches before a line end at the end, too"
FLAGS = "only the flags i and m have an effect"
RANGES = "the complete tag or its first part is compared, not its start"
ORDER = "rdflib orders values that cannot be compared"
DIFFERENT = {
    ("sh:datatype xsd:integer", '"1_000"^^xsd:integer'): (0, INTEGERS),
    ("sh:datatype xsd:integer", '"٣"^^xsd:integer'): (0, INTEGERS),
    ('sh:pattern "^b+$"', '"b\\n"'): (0, LINE_END),
    (r'sh:pattern "^\\S(.*\\S)?$"', '"x\\n"'): (0, LINE_END),
    ('sh:pattern "^a.b" ; sh:flags "s"', '"a\\nb"'): (1, FLAGS),
    ('sh:pattern "a b" ; sh:flags "x"', '"ab"'): (1, FLAGS),
    ('sh:pattern "a b" ; sh:flags "x"', '"a b"'): (0, FLAGS),
    ('sh:languageIn ( "en" "zh-Hans" )', '"x"@zh-Hans-CN'): (1, RANGES),
    ("sh:lessThan e:q", '"1999-01-01"^^xsd:date ; e:q "9120"^^xsd:gYear'): (0, ORDER),
    (
        "sh:lessThan e:q",
        '"1e5"^^xsd:nonNegativeInteger ; e:q "9"^^xsd:nonNegativeInteger',
    ): (0, ORDER),
    ("sh:lessThan e:q", "e:c ; e:q e:d"): (0, ORDER),
}


def list_cases() -> list[tuple[str, str, int]]:
    return [(shape, data, count) for shape, of in CASES.items() for data, count in of.items()]


@pytest.fixture(scope="module")
def index(make_index: Callable[[str], StatementIndex]) -> StatementIndex:
    """The data of all cases: e:node-5 is the node of the case 5."""
    cases = enumerate(list_cases())
    nodes = [f"e:node-{n} e:p {objects} ." for n, (_, objects, _) in cases if objects]
    return make_index("\n".join([DATA, *nodes]))


@pytest.fixture(scope="module")
def compiler(compile_shapes: Compile, index: StatementIndex) -> ShapeCompiler:
    """The shapes of all cases."""
    shapes = [
        f"e:shape-{n} sh:targetNode e:node-{n} ; sh:path e:p ; {constraint} ."
        for n, (constraint, _, _) in enumerate(list_cases())
    ]
    return compile_shapes("\n".join(shapes), index)


def count_results(results: list[Result]) -> dict[tuple[str, str], int]:
    """Return the number of the results of each case."""
    counts = Counter(text(result.shape).rpartition("-")[2] for result in results)
    return {
        (constraint, objects): counts[str(n)]
        for n, (constraint, objects, _) in enumerate(list_cases())
    }


def test_each_component_is_satisfied_and_violated(compiler: ShapeCompiler) -> None:
    found = count_results(list(compiler.validate()))
    expected = {(constraint, objects): count for constraint, objects, count in list_cases()}
    assert {case: n for case, n in found.items() if n != expected[case]} == {}


def test_each_component_has_cases() -> None:
    words = {*COMPONENTS, *QUALIFIERS} - {"ignoredProperties", "qualifiedValueShapesDisjoint"}
    for word in words:
        counts = [of for shape, of in CASES.items() if f"sh:{word} " in shape]
        assert {bool(n) for of in counts for n in of.values()} == {True, False}, word


@pytest.mark.slow
def test_pyshacl_finds_the_same_except_for_its_faults(
    compiler: ShapeCompiler, index: StatementIndex
) -> None:
    ours = count_results(list(compiler.validate()))
    theirs = count_results(validate_with_pyshacl(index, compiler.list_triples()))
    found = {case: n for case, n in theirs.items() if n != ours[case]}
    assert found == {case: n for case, (n, _) in DIFFERENT.items()}
