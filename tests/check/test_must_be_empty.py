"""The must-be-empty queries: each finds the faults in a broken case and none in a sound one.

In `tests/must_be_empty/<query>.broken.ttl`, `case:found true` marks the nodes that the query has
to find. `<query>.sound.ttl` is as similar as possible, and the query finds nothing in it.
"""

import re
from pathlib import Path
from string import Formatter

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from kg.ask.question import Question
from kg.check.constraint_queries import list_constraint_queries
from kg.home import find_home
from kg.turtle_format import format_files

QUERIES = list_constraint_queries(find_home())
CASES = Path(__file__).parents[1] / "must_be_empty"
GRAPH = NamedNode("https://w3id.org/cdp/graph/case")
FOUND = NamedNode("https://w3id.org/cdp/test#found")
QUERY = """\
#+ summary:
#+   en: Things
#+   zh-Hans: 事物
#+ severity: warning
#+ message:
#+   en: The {value} is wrong. Correct it.
#+   zh-Hans: 值 {value} 有误。请更正该值。
SELECT ?node ?value { ?node ?p ?value }
"""
SENTENCE_ENDS = {"en": ". ", "zh-Hans": "。"}


def read_case(name: str) -> tuple[Store, set[str]]:
    """Return a case as a store with one named graph, and the IRIs of the marked nodes."""
    store = Store()
    store.load(path=str(CASES / name), format=RdfFormat.TURTLE, to_graph=GRAPH)
    marks = list(store.quads_for_pattern(None, FOUND, None))
    for mark in marks:
        store.remove(mark)
    return store, {mark.subject.value for mark in marks if isinstance(mark.subject, NamedNode)}


def run_query(store: Store, text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the variables of a query and its rows, without unbound variables."""
    answer = store.query(text, use_default_graph_as_union=True)
    assert isinstance(answer, QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return names, [
        {name: getattr(row[name], "value", "") for name in names if row[name] is not None}
        for row in answer
    ]


def is_found(store: Store, text: str, expected: set[str]) -> bool:
    """Return whether a query finds just the expected nodes, each with all its variables."""
    names, rows = run_query(store, text)
    complete = all(set(row) == set(names) for row in rows)
    return complete and {row["node"] for row in rows} == expected


def test_each_query_has_two_cases() -> None:
    assert len(QUERIES) >= 40
    assert {path.name for path in CASES.iterdir()} == {
        f"{query.name}.{kind}.ttl" for query in QUERIES for kind in ("broken", "sound")
    }


def test_queries_find_the_faults_in_broken_cases() -> None:
    wrong = []
    for query in QUERIES:
        store, expected = read_case(f"{query.name}.broken.ttl")
        if not expected or not is_found(store, query.query, expected):
            wrong.append(query.name)
    assert wrong == []


def test_queries_find_nothing_in_sound_cases() -> None:
    wrong = []
    for query in QUERIES:
        store, marked = read_case(f"{query.name}.sound.ttl")
        if marked or not len(store) or not is_found(store, query.query, set()):
            wrong.append(query.name)
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("code-not-spelled", "FILTER (SUBSTR("),
        ("cycle", "UNION { ?node cdp:basedOn+"),
        ("sibling-without-number", "FILTER NOT EXISTS { ?other cdp:partOf"),
        ("more-members-than-declared", "FILTER (?listed > ?declared"),
    ],
)
def test_query_without_one_of_its_lines_fails_its_cases(name: str, line: str) -> None:
    (query,) = (query for query in QUERIES if query.name == name)
    lines = query.query.splitlines()
    kept = [part for part in lines if not part.strip().startswith(line)]
    assert len(kept) == len(lines) - 1
    cases = [read_case(f"{name}.{kind}.ttl") for kind in ("broken", "sound")]
    assert not all(is_found(store, "\n".join(kept), expected) for store, expected in cases)


def find_header_faults(query: Question) -> list[str]:
    """Return what is wrong in the header of a query."""
    header = query.header
    faults = []
    optional = {"precondition", "property", "value", "suggest", "cause"}
    if set(header) - optional != {"summary", "severity", "message"}:
        faults.append("keys")
    if header.get("severity") not in ("violation", "warning"):
        faults.append("severity")
    variables, _ = run_query(Store(), query.query)
    named = {str(header[key])[1:] for key in optional & set(header) if header[key][0] == "?"}
    if not named <= set(variables):
        faults.append("variables")
    for key in ("summary", "message"):
        texts = header.get(key)
        if not isinstance(texts, dict) or set(texts) != set(SENTENCE_ENDS):
            faults.append(f"languages of {key}")
    for language, end in SENTENCE_ENDS.items():
        message = query.text("message", language)
        # What is wrong, and how to fix it.
        fault, _, fix = message.partition(end)
        if min(len(fault), len(fix)) <= 4:
            faults.append(f"sentences of message in {language}")
        fields = {field for _, field, _, _ in Formatter().parse(message) if field is not None}
        if fields != set(variables) - {"node"}:
            faults.append(f"variables of message in {language}")
    return faults


def test_headers_have_severity_and_a_message_with_each_variable() -> None:
    faults = {query.name: find_header_faults(query) for query in QUERIES}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("severity: warning", "severity: error", "severity"),
        ("severity: warning", 'severity: warning\n#+ value: "?other"', "variables"),
        ("#+ message:", "#+ remark: text\n#+ message:", "keys"),
        ("  zh-Hans: 事物", "  zh-Hant: 事物", "languages of summary"),
        ("The {value}", "The value", "variables of message in en"),
        ("wrong. ", "wrong, ", "sentences of message in en"),
        ("请更正该值。", "", "sentences of message in zh-Hans"),
    ],
)
def test_fault_of_a_header_is_found(old: str, new: str, fault: str, tmp_path: Path) -> None:
    query = Question("query", tmp_path / "query.rq")
    query.path.write_text(QUERY, "utf-8")
    assert find_header_faults(query) == []
    assert old in QUERY
    query.path.write_text(QUERY.replace(old, new), "utf-8")
    assert find_header_faults(Question("query", query.path)) == [fault]


def test_queries_declare_the_prefixes_that_they_use_and_are_not_wide() -> None:
    wrong = []
    for query in QUERIES:
        lines = query.query.splitlines()
        declared = re.findall(r"^PREFIX ([a-z0-9]+): <", query.query, re.MULTILINE)
        body = "\n".join(line for line in lines if not line.lstrip().startswith(("#", "PREFIX")))
        used = set(re.findall(r"\b([a-z0-9]+):", re.sub(r'"[^"]*"|<[^>]*>', "", body)))
        width = max(len(line) for line in lines if not line.startswith("#+"))
        if declared != sorted(used) or width > 100:
            wrong.append(query.name)
    assert wrong == []


def test_cases_are_in_canonical_form() -> None:
    assert format_files(sorted(CASES.glob("*.ttl"))) == []
