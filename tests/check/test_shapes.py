"""The compiler of shapes: results, targets, and a fault for all that is wrong or unknown."""

from collections.abc import Callable

import pytest

from kg.check.components import COMPONENTS, OF_PROPERTIES, QUALIFIERS
from kg.check.index import StatementIndex
from kg.check.shapes import DEEPEST, LARGEST, ShapeCompiler
from kg.check.syntax import OF_OTHERS, PROPERTIES, RESOURCES, SETTINGS
from kg.check.validation import Result
from kg.errors import KgError
from kg.names import SHACL, text

Compile = Callable[[str, StatementIndex], ShapeCompiler]
Index = Callable[[str], StatementIndex]
E = "https://example.org/"
DATA = """
e:C a owl:Class . e:D a owl:Class ; rdfs:subClassOf e:C . e:p a owl:DatatypeProperty .
e:O a owl:Class . e:q a owl:ObjectProperty .
e:c a e:C ; e:p 5, "080"^^xsd:integer . e:d a e:D ; e:p "x"@en, "y"@EN . e:o a e:O ; e:q e:c .
"""


@pytest.fixture(scope="module")
def index(make_index: Index) -> StatementIndex:
    return make_index(DATA)


@pytest.fixture
def validate(compile_shapes: Compile, index: StatementIndex) -> Callable[[str], list[Result]]:
    """Return a function that validates the data with shapes."""
    return lambda shapes: list(compile_shapes(shapes, index).validate())


@pytest.fixture
def find_faults(compile_shapes: Compile, index: StatementIndex) -> Callable[[str], set[str]]:
    """Return a function that returns the faults of shapes, each as kind and word."""

    def find(shapes: str) -> set[str]:
        faults = compile_shapes(shapes, index).find_faults()
        return {f"{fault.kind} {fault.word.removeprefix(SHACL)}".strip() for fault in faults}

    return find


Validate = Callable[[str], list[Result]]
FindFaults = Callable[[str], set[str]]


# --- results ----------------------------------------------------------------------------------


def test_result_has_the_parts_of_a_validation_result(validate: Validate) -> None:
    (result,) = validate(
        "e:S sh:targetNode e:c ; sh:path e:p ; sh:in ( 5 ) ; sh:severity sh:Warning ;"
        'sh:message "not 5"@en, "不是 5"@zh-hans .'
    )
    assert (text(result.focus), result.path, text(result.shape)) == (f"{E}c", f"{E}p", f"{E}S")
    assert (result.component, result.severity) == ("in", "Warning")
    assert result.messages == {"en": "not 5", "zh-Hans": "不是 5"}
    # As written in the file: pySHACL reports 80.
    assert text(result.value) == "080"


def test_results_of_sets_of_values_have_no_value(validate: Validate) -> None:
    shapes = "sh:path e:p ; sh:uniqueLang true ; sh:minCount 3 ; sh:maxCount 1 ; sh:hasValue 1 ."
    results = validate(f"e:S sh:targetNode e:d ; {shapes}")
    assert {result.component: result.value for result in results} == {
        "uniqueLang": None, "minCount": None, "maxCount": None, "hasValue": None,
    }  # fmt: skip


def test_results_of_inner_shapes_are_those_of_the_outer_one(validate: Validate) -> None:
    results = validate("e:S sh:targetNode e:c ; sh:node e:I . e:I sh:class e:O ; sh:class e:D .")
    assert [(result.component, text(result.shape)) for result in results] == [("node", f"{E}S")]
    results = validate(
        "e:S sh:targetNode e:c ; sh:property e:I . e:I sh:path e:p ; sh:maxCount 1 ."
    )
    assert [(result.component, text(result.shape)) for result in results] == [("maxCount", f"{E}I")]
    assert text(results[0].focus) == f"{E}c"


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("sh:targetNode e:c, e:nowhere", "c nowhere"),
        ("sh:targetClass e:C", "c d"),
        ("sh:targetSubjectsOf e:q", "o"),
        ("sh:targetObjectsOf e:q", "c"),
        ("sh:targetClass e:D ; sh:targetSubjectsOf e:p", "c d"),
        ("a rdfs:Class, sh:NodeShape", "s"),
        ("sh:targetClass e:C ; sh:deactivated true", ""),
    ],
)
def test_targets(target: str, names: str, make_index: Index, compile_shapes: Compile) -> None:
    data = make_index(f"{DATA} e:s a e:S .")
    results = compile_shapes(f"e:S {target} ; sh:in () .", data).validate()
    assert " ".join(sorted(text(r.focus).removeprefix(E) for r in results)) == names


def test_paths(validate: Validate) -> None:
    shape = "sh:maxCount 0 ; sh:targetClass e:C ; sh:path"
    assert [r.path for r in validate(f"e:S {shape} e:p .")] == [f"{E}p", f"{E}p"]
    (result,) = validate(f"e:S {shape} [ sh:inversePath e:q ] .")
    assert (text(result.focus), result.path) == (f"{E}c", "")


def test_statement_that_is_repeated_counts_once(validate: Validate) -> None:
    shape = "e:S sh:targetNode e:c ; sh:path e:p ; sh:maxCount 1 ."
    assert len(validate(shape + shape)) == 1


# --- faults -----------------------------------------------------------------------------------

# Values of all kinds, by a name.
VALUES = {
    "iri": "e:C",
    "undeclared": "e:Typo",
    "blank": "[]",
    "shape": "[ sh:class e:C ]",
    "property shape": "[ sh:path e:p ]",
    "inverse": "[ sh:inversePath e:p ]",
    "string": '"x"',
    "odd string": '"(x"',
    "text": '"x"@en',
    "integer": "5",
    "negative": "-5",
    "decimal": "5.0",
    "ill-formed": '"x"^^xsd:integer',
    "infinity": '"INF"^^xsd:double',
    "boolean": "true",
    "empty list": "()",
    "list of strings": '( "en" "zh-Hans" )',
    "list of numbers": "( 1 2 )",
    "list of shapes": "( [ sh:class e:C ] )",
    "list of iris": "( e:C e:D )",
    "query": '[ sh:select "SELECT $this {}" ]',
    "node kind": "sh:IRI",
    "severity": "sh:Warning",
    "unknown": "sh:Iri",
}
SHAPES = {"shape", "property shape"}
INTEGERS = {"integer"}
NUMBERS = {"integer", "negative", "decimal", "infinity"}
ORDERED = {*NUMBERS, "boolean", "string", "odd string"}
STRINGS = {"string", "odd string"}
TEXTS = {*STRINGS, "text"}
LISTS = {"empty list", "list of strings", "list of numbers", "list of shapes", "list of iris"}
SHAPE_LISTS = {"empty list", "list of shapes"}
# The empty list is the IRI rdf:nil. Only terms of the ontology's namespaces are to be declared.
IRIS = {"iri", "node kind", "severity", "empty list"}
ANY_IRI = {*IRIS, "undeclared"}
# The values that each word can have.
ALLOWED = {
    "class": IRIS, "datatype": ANY_IRI, "nodeKind": {"node kind"},
    "minCount": INTEGERS, "maxCount": INTEGERS, "minLength": INTEGERS, "maxLength": INTEGERS,
    "minExclusive": ORDERED, "minInclusive": ORDERED, "maxExclusive": ORDERED,
    "maxInclusive": ORDERED, "pattern": {"string"}, "flags": {"string"},
    "languageIn": {"empty list", "list of strings"}, "uniqueLang": {"boolean"},
    "disjoint": IRIS, "lessThan": IRIS,
    "lessThanOrEquals": IRIS, "not": SHAPES, "node": SHAPES,
    "property": {"property shape"}, "qualifiedValueShape": SHAPES, "and": SHAPE_LISTS,
    "or": SHAPE_LISTS, "xone": SHAPE_LISTS, "in": LISTS, "qualifiedMinCount": INTEGERS,
    "qualifiedMaxCount": INTEGERS, "targetClass": IRIS,
    "targetSubjectsOf": IRIS,
    "targetObjectsOf": IRIS,
    "targetNode": {*ANY_IRI, *TEXTS, *NUMBERS, "boolean", "ill-formed"},
    "deactivated": {"boolean"}, "severity": ANY_IRI, "message": TEXTS, "name": TEXTS,
    "description": TEXTS, "order": ORDERED,
    "path": {*IRIS, "inverse", "list of iris"} - {"empty list"},
    "closed": {"boolean"}, "ignoredProperties": {"empty list", "list of iris"}, "equals": IRIS,
    "qualifiedValueShapesDisjoint": {"boolean"}, "sparql": {"query"},
    "hasValue": set(VALUES) - {"unknown"}, "group": set(VALUES) - {"unknown"},
    "defaultValue": set(VALUES) - {"unknown"},
}  # fmt: skip
# What a word needs beside it, to be without a fault.
BESIDE = {
    "flags": 'sh:pattern "x"',
    "qualifiedMinCount": "sh:qualifiedValueShape [ sh:class e:C ]",
    "qualifiedMaxCount": "sh:qualifiedValueShape [ sh:class e:C ]",
    "qualifiedValueShape": "sh:qualifiedMinCount 1",
    "qualifiedValueShapesDisjoint": (
        "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMinCount 1"
    ),
    "ignoredProperties": "sh:closed true",
}


def write_shape(word: str, value: str) -> str:
    path = "" if word == "path" else "sh:path e:p ;"
    target = "" if word.startswith("target") else "sh:targetClass e:C ;"
    beside = f"{BESIDE[word]} ;" if word in BESIDE else ""
    return f"e:S {path} {target} {beside} sh:{word} {value} ."


def test_each_word_takes_values_of_its_kind_only(find_faults: FindFaults) -> None:
    assert set(ALLOWED) == PROPERTIES - OF_OTHERS - {
        "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath",
    }  # fmt: skip
    wrong = []
    for word, allowed in ALLOWED.items():
        for name, value in VALUES.items():
            faults = find_faults(write_shape(word, value))
            # The inner blank node may have a fault of its own.
            has_fault = bool({fault for fault in faults if fault != "unused"})
            if has_fault == (name in allowed) and (word, name) != ("hasValue", "blank"):
                wrong.append((word, name, faults))
    assert wrong == []


def test_message_names_the_kind_that_is_wanted(find_faults: FindFaults) -> None:
    kinds = {
        "minCount": "integer", "uniqueLang": "boolean", "in": "list", "languageIn": "list",
        "not": "shape", "or": "list", "property": "property", "pattern": "string",
        "nodeKind": "node-kind", "class": "iri", "minInclusive": "order", "message": "text",
        "targetNode": "node", "path": "path", "severity": "iri",
    }  # fmt: skip
    found = {word: find_faults(write_shape(word, "[ e:x 5 ]")) for word in kinds}
    assert found == {word: {f"{kind} {word}"} for word, kind in kinds.items()}
    assert find_faults(write_shape("pattern", '"("')) == {"pattern pattern"}
    assert find_faults(write_shape("flags", '"z"')) == {"flags flags"}
    assert find_faults(write_shape("languageIn", '( "x y" )')) == {"language languageIn"}
    assert find_faults(write_shape("class", "e:Typo")) == {"undeclared class"}
    assert find_faults(write_shape("or", "( [ sh:class e:C ] 5 )")) == {"shape or"}


def test_each_misspelled_word_is_a_fault(find_faults: FindFaults) -> None:
    for word in PROPERTIES:
        for typo in (word + "s", word.upper(), word[:-1] + "_", "x" + word):
            faults = find_faults(f"e:S sh:targetClass e:C ; sh:{typo} 5 .")
            assert faults == {f"unknown {typo}"}, word
    for word in RESOURCES:
        assert find_faults(f"e:S a sh:{word}s ; sh:targetClass e:C .") == {
            "unknown http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        }
        # A resource is not a property.
        assert f"unknown {word}" in find_faults(f"e:S sh:targetClass e:C ; sh:{word} 5 .")


@pytest.mark.parametrize("word", ["rule", "js", "target", "expression", "value", "resultPath"])
def test_word_that_pyshacl_would_ignore_is_a_fault(word: str, find_faults: FindFaults) -> None:
    assert find_faults(f"e:S sh:targetClass e:C ; sh:{word} [] .") == {f"unknown {word}"}


def test_word_of_property_shapes_is_a_fault_without_a_path(find_faults: FindFaults) -> None:
    for word in OF_PROPERTIES:
        (name,) = ALLOWED[word] & {"integer", "boolean", "iri", "shape"}
        shape = f"{write_shape(word, VALUES[name])} .".replace("sh:path e:p ;", "")
        assert f"without-path {word}" in find_faults(shape.rstrip(". ") + " .")


@pytest.mark.parametrize(
    ("shape", "faults"),
    [
        ("a sh:NodeShape ; sh:path e:p", {"with-path path"}),
        ('sh:flags "i"', {"alone flags"}),
        ("sh:path e:p ; sh:qualifiedMinCount 1", {"alone qualifiedMinCount"}),
        ("sh:path e:p ; sh:qualifiedValueShape [ sh:class e:C ]", {"alone qualifiedValueShape"}),
        ("sh:path e:p ; sh:maxCount 1, 2", {"several maxCount"}),
        ("sh:path e:p, e:q", {"several path"}),
        ("sh:in (), ( 1 )", {"several in"}),
        ("sh:severity sh:Info, sh:Warning", {"several severity"}),
        ('sh:message "a"@en, "b"@EN', {"languages message"}),
        ('sh:message "a", "b"@en, "c"@fr', set()),
        ("sh:class e:C, e:D ; sh:hasValue 1, 2", set()),
        ("sh:in [ rdf:first 1 ]", {"list in"}),
        ("sh:in [ rdf:first 1 ; rdf:rest 5 ]", {"list in"}),
        ("sh:in e:list", {"list in"}),
        ("sh:path [ sh:inversePath 5 ]", {"path path"}),
        ("sh:path [ sh:inversePath e:p ; sh:inversePath e:q ]", {"path path"}),
        ("sh:path [ sh:inversePath e:typo ]", {"undeclared inversePath"}),
        ("sh:path ()", {"path path"}),
        ("sh:path ( e:p )", {"path path"}),
        ("sh:path [ sh:alternativePath e:p ]", {"path path"}),
        ("sh:path e:typo", {"undeclared path"}),
        ("sh:path rdfs:label", set()),
    ],
)
def test_misplaced_words(shape: str, faults: set[str], find_faults: FindFaults) -> None:
    lists = "e:list rdf:first 1 ; rdf:rest e:list ."
    assert find_faults(f"e:S sh:targetClass e:C ; {shape} . {lists}") == faults


def test_shape_that_nothing_applies_is_a_fault(find_faults: FindFaults) -> None:
    assert find_faults("e:S a sh:NodeShape .") == {"unused"}
    assert find_faults("e:S sh:path e:p ; sh:minCount 1 .") == {"unused"}
    assert find_faults("e:S sh:targetClass e:C ; e:property [ sh:path e:p ] .") == {"unused"}
    assert find_faults("e:S sh:targetClass e:C ; sh:or ( e:T ) . e:T sh:class e:C .") == set()
    assert find_faults("e:S a sh:NodeShape, rdfs:Class .") == set()
    # A mistake in the reference is reported once.
    typo = "e:S sh:targetClass e:C ; sh:proprety [ sh:path e:p ] ."
    assert find_faults(typo) == {"unknown proprety"}


@pytest.mark.parametrize(
    "reference",
    [
        "sh:node {}", "sh:not {}", "sh:property {}", "sh:and ( {} )", "sh:or ( {} )",
        "sh:xone ( {} )", "sh:qualifiedValueShape {} ; sh:qualifiedMinCount 1",
    ],
)  # fmt: skip
def test_cycle_is_a_fault(reference: str, find_faults: FindFaults) -> None:
    word = reference.partition(" ")[0].removeprefix("sh:")
    shapes = [f"e:S{n} sh:path e:p ; {reference.format(f'e:S{(n + 1) % 3}')} ." for n in range(3)]
    assert find_faults("e:S0 sh:targetClass e:C . " + "\n".join(shapes)) == {f"cycle {word}"}
    assert find_faults(f"e:S sh:path e:p ; sh:targetNode e:c ; {reference.format('e:S')} .") == {
        f"cycle {word}"
    }


@pytest.mark.parametrize("order", [1, -1])
def test_deeply_nested_shapes_are_a_fault(order: int, find_faults: FindFaults) -> None:
    def nest(depth: int) -> str:
        shapes = [f"e:S{n} sh:node e:S{n + 1} ." for n in range(depth - 1)]
        return "".join(shapes[::order]) + f"e:S{depth - 1} sh:class e:C . e:S0 sh:targetClass e:C ."

    assert find_faults(nest(DEEPEST)) == set()
    assert find_faults(nest(DEEPEST + 1)) == {"depth node"}
    assert "depth node" in find_faults(nest(3000))


def test_shape_that_doubles_with_each_level_is_a_fault(find_faults: FindFaults) -> None:
    def double(levels: int) -> str:
        shapes = [f"e:S{n} sh:or ( e:S{n + 1} e:S{n + 1} ) ." for n in range(levels)]
        return "".join(shapes) + f"e:S{levels} sh:class e:O . e:S0 sh:targetClass e:C ."

    assert 2**10 < LARGEST < 2**20
    assert find_faults(double(10)) == set()
    assert "size or" in find_faults(double(40))


def test_owner_of_a_fault_is_the_shape_with_an_iri(
    compile_shapes: Compile, index: StatementIndex
) -> None:
    shapes = """e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:or ( [ sh:minCount 1 ]
        [ sh:not [ sh:minLength "x" ] ] ) ] ."""
    faults = compile_shapes(shapes, index).find_faults()
    assert {(fault.kind, text(fault.owner)) for fault in faults} == {
        ("without-path", f"{E}S"), ("integer", f"{E}S"),
    }  # fmt: skip


def test_faulty_shapes_do_not_validate(validate: Validate) -> None:
    shapes = "e:S sh:targetClass e:C ; sh:in () . e:T sh:targetClass e:C ; sh:minLength 1.5 ."
    with pytest.raises(KgError, match=rf"{E}T: faulty shapes"):
        validate(shapes)


# --- what is not covered ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        ("sh:closed true", "closed"),
        ("sh:path e:p ; sh:equals e:q", "equals"),
        ('sh:sparql [ sh:select "SELECT $this { $this a ?x }" ]', "sparql"),
        ("sh:path ( e:p e:q )", "path"),
        ("sh:path [ sh:zeroOrMorePath e:p ]", "path"),
        ("sh:path [ sh:alternativePath ( e:p [ sh:inversePath e:q ] ) ]", "path"),
        ("sh:node [ sh:not [ sh:closed true ] ]", "closed"),
        ("sh:property [ sh:path [ sh:oneOrMorePath e:p ] ; sh:minCount 1 ]", "path"),
    ],
)
def test_shape_beyond_the_subset_is_listed(
    shape: str, word: str, index: StatementIndex, compile_shapes: Compile
) -> None:
    compiler = compile_shapes(
        f"e:S sh:targetClass e:C ; {shape} . e:T sh:targetNode e:c ; sh:in () .", index
    )
    assert compiler.find_faults() == []
    assert {text(node): at for node, at in compiler.list_uncovered().items()} == {
        f"{E}S": SHACL + word
    }
    # The others are validated, and pySHACL is not given their targets.
    assert [text(result.shape) for result in compiler.validate()] == [f"{E}T"]
    targets = [str(t) for t in compiler.list_triples(uncovered=True) if "target" in str(t)]
    assert len(targets) == 1 and f"<{E}S>" in targets[0]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ('sh:select "SELECT ?x { $this a ?x }"', "query-this"),
        ('sh:select "SELECT ?x { SELECT $this { ?this a ?x } }"', "query-this"),
        ('sh:select "SELECT $this FROM <e:g> { $this a ?x }"', "query-from"),
        ('sh:select "SELECT * { $this a ?x }"', ""),
        ('sh:select "SELECT DISTINCT ($this AS ?x) ?this { $this a ?x }"', ""),
        ("sh:select \"PREFIX from: <e:> SELECT $this { $this a from:x , 'FROM' }\"", ""),
        ('sh:select "SELECT $this"', ""),
    ],
)
def test_query_that_would_find_nothing_is_a_fault(
    query: str, fault: str, find_faults: FindFaults
) -> None:
    found = find_faults(f"e:S sh:targetClass e:C ; sh:sparql [ {query} ] .")
    assert found == ({f"{fault} select"} if fault else set())


def test_validator_that_would_ignore_its_dataset_is_a_fault(find_faults: FindFaults) -> None:
    component = """e:Component a sh:ConstraintComponent ; sh:parameter [ sh:path e:parameter ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK FROM <e:g> { }" ] ."""
    assert find_faults(component) == {"query-from ask"}


def test_component_that_the_shapes_declare_is_not_covered(
    compile_shapes: Compile, index: StatementIndex
) -> None:
    compiler = compile_shapes(
        """e:Component a sh:ConstraintComponent ; sh:parameter [ sh:path e:parameter ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value = $parameter) }" ] .
        e:S sh:targetClass e:C ; e:parameter 5 . e:T sh:targetClass e:C .""",
        index,
    )
    assert compiler.find_faults() == []
    assert {text(node): at for node, at in compiler.list_uncovered().items()} == {
        f"{E}S": f"{E}parameter"
    }


def test_every_parameter_has_a_component() -> None:
    assert PROPERTIES >= {*COMPONENTS, *QUALIFIERS, *QUALIFIERS.values(), *SETTINGS}
