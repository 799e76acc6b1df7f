"""Limits of nesting: counted before a parser or an engine reads a text, so that none crashes."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import KgError
from kg.nesting import DEEPEST, LONGEST_QUERY, check_nesting

Syntax = Literal["sparql", "turtle", "json"]
ROOT = Path(__file__).parents[1]
BRACKETS = ["{%s}", "(%s)", "[%s]", "{|%s|}", "<<%s>>", "<<(%s)>>"]
INSIDE: dict[Syntax, list[str]] = {
    "sparql": [*BRACKETS, "!%s", "- %s", "+%s", "^%s", "OPTIONAL {%s}", "e:f(?x, %s, 'a')"],
    "turtle": [*BRACKETS, "e:a e:b [ e:c %s ] ; e:d <e:e>"],
    "json": ["{%s}", "[%s]", '{"a": %s, "b": "c"}'],
}
CASES = [(syntax, form) for syntax, forms in INSIDE.items() for form in forms]

# What has no bracket, whatever it looks like.
STRINGS = [
    '"((("', "'[[['", '"""{{{ " "" """', "'''((( ' '' \\''''", '"\\"((("', "''", '"" ""',
    "<e:(((>", "<e:'>", "# (((\n", "e:a\\(\\(\\(",
]  # fmt: skip
SKIPPED: dict[Syntax, list[str]] = {
    "sparql": [*STRINGS, "'(' '('", "<e:!!!>", "<e:#>", "e:\\#", "?x", "1.5e-3", '"x"@en--ltr'],
    "turtle": STRINGS,
    "json": ['"[[["', '"\\"[[["', '"\\\\"', '"{"', "1", ",", ":"],
}
BALANCED: dict[Syntax, list[str]] = {
    "sparql": ["( )", "[ ]", "<<( )>>", "<< (1 2)>>", "{| |}", "1 - 1", "'5'^^<e:a>"],
    "turtle": ["( )", "[ ]", "<<( )>>", "<< (1 2)>>", "{| |}"],
    "json": ["[ ]", "{ }"],
}


def join_operands(sign: str, size: int) -> str:
    return f"ASK {{ FILTER({f' {sign} '.join(['?x'] * size)}) }}"


# Each construct of SPARQL that an engine may turn into a tree as deep as the query is long. The
# values of the last four are flat for the engine: they are not counted.
TRIPLE = "?s ?p ?o"
BOMBS: dict[str, Callable[[int], str]] = {
    "group": lambda n: f"SELECT * {'{' * n} {TRIPLE} {'}' * n}",
    "optional in optional": lambda n: f"SELECT * {{ {'OPTIONAL {' * n}{'}' * n} }}",
    "minus in minus": lambda n: f"SELECT * {{ {TRIPLE} {'MINUS {' * n} {TRIPLE} {'}' * n} }}",
    "graph": lambda n: f"SELECT * {{ {'GRAPH ?g {' * n} {TRIPLE} {'}' * n} }}",
    "subselect": lambda n: f"SELECT * {'{ SELECT * ' * n} {{ {TRIPLE} }} {'}' * n}",
    "exists": lambda n: f"ASK {{ {'FILTER EXISTS {' * n} {TRIPLE} {'}' * n} }}",
    "parentheses": lambda n: f"ASK {{ FILTER({'(' * n}1{')' * n}) }}",
    "not": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "minus sign": lambda n: f"ASK {{ FILTER({'- ' * n}1) }}",
    "plus sign": lambda n: f"ASK {{ FILTER({'+' * n}1) }}",
    "function": lambda n: f"ASK {{ FILTER({'STR(' * n}1{')' * n}) }}",
    "if": lambda n: f"ASK {{ FILTER({'IF(1, 2, ' * n}1{')' * n}) }}",
    "in": lambda n: f"ASK {{ FILTER({'1 IN (' * n}1{')' * n}) }}",
    "comparison": lambda n: f"ASK {{ FILTER({'(1 = ' * n}1{')' * n}) }}",
    "path in parentheses": lambda n: f"ASK {{ ?s {'(' * n}<e:a>{')' * n} ?o }}",
    "inverse path": lambda n: f"ASK {{ ?s {'^' * n}<e:a> ?o }}",
    "inverse path in parentheses": lambda n: f"ASK {{ ?s {'^(' * n}<e:a>{')' * n} ?o }}",
    "repeated path": lambda n: f"ASK {{ ?s {'(' * n}<e:a>{')*' * n} ?o }}",
    "blank node": lambda n: f"ASK {{ ?s ?p {'[ ?p ' * n}1{']' * n} }}",
    "list": lambda n: f"ASK {{ ?s ?p {'(' * n}1{')' * n} }}",
    "triple term": lambda n: f"ASK {{ ?s ?p {'<<( ?s ?p ' * n}1{')>>' * n} }}",
    "reified triple": lambda n: f"ASK {{ {'<< ' * n}?s{' ?p ?o >>' * n} ?p 1 }}",
    "annotation": lambda n: f"ASK {{ {TRIPLE} {'{| ?p ?o ' * n}{'|}' * n} }}",
    "minus": lambda n: f"ASK {{ {TRIPLE} {f'MINUS {{ {TRIPLE} }}' * n} }}",
    "optional": lambda n: f"ASK {{ {TRIPLE} {f'OPTIONAL {{ {TRIPLE} }}' * n} }}",
    "union": lambda n: f"ASK {{ {' UNION '.join([f'{{ {TRIPLE} }}'] * n)} }}",
    "groups": lambda n: f"ASK {{ {f'{{ {TRIPLE} }}' * n} }}",
    "filter": lambda n: f"ASK {{ {TRIPLE} {'FILTER(?s)' * n} }}",
    "bind": lambda n: f"ASK {{ {TRIPLE} {''.join(f'BIND(1 AS ?b{i})' for i in range(n))} }}",
    "values": lambda n: f"ASK {{ {TRIPLE} {'VALUES ?s { 1 }' * n} }}",
    "patterns": lambda n: f"ASK {{ {f'{TRIPLE} . ' * n} }}",
    "predicates": lambda n: f"ASK {{ {TRIPLE} {'; ?p ?o' * n} }}",
    "objects": lambda n: f"ASK {{ {TRIPLE} {', ?o' * n} }}",
    "items": lambda n: f"ASK {{ ?s ?p ({'1 ' * n}) }}",
    "path /": lambda n: f"ASK {{ ?s {'/'.join(['<e:a>'] * n)} ?o }}",
    "path |": lambda n: f"ASK {{ ?s {'|'.join(['<e:a>'] * n)} ?o }}",
    "expressions": lambda n: f"SELECT {''.join(f'(1 AS ?x{i})' for i in range(n))} {{}}",
    "aggregates": lambda n: f"SELECT {''.join(f'(COUNT(*) AS ?x{i})' for i in range(n))} {{}}",
    "having": lambda n: f"SELECT (1 AS ?x) {{ {TRIPLE} }} GROUP BY ?s HAVING {'(1)' * n}",
    "group by": lambda n: f"ASK {{}} GROUP BY {''.join(f'(1 AS ?x{i})' for i in range(n))}",
    "order by": lambda n: f"SELECT * {{ {TRIPLE} }} ORDER BY {'?s ' * n}",
    "describe": lambda n: f"DESCRIBE {'<e:a> ' * n}",
    "template": lambda n: f"CONSTRUCT {{ {f'{TRIPLE} . ' * n} }} {{ {TRIPLE} }}",
    **{f"operator {sign}": partial(join_operands, sign) for sign in ("&&", "||", *"+-*/")},
    "signed numbers": lambda n: f"ASK {{ FILTER(1{'-1' * n}) }}",
}  # fmt: skip
FLAT: dict[str, Callable[[int], str]] = {
    "values": lambda n: f"ASK {{ VALUES ?x {{ {'-1 <e:a> ' * n} }} }}",
    "rows": lambda n: f"ASK {{ VALUES (?x ?y) {{ {'(1 -1)' * n} }} }}",
    "in": lambda n: f"ASK {{ FILTER(1 IN ({', '.join(['1', 'e:a', chr(34) * 2 + '@en'] * n)})) }}",
    "arguments": lambda n: f"ASK {{ FILTER(CONCAT({', '.join(['?x'] * n)})) }}",
}
# These are flat for the parser, but planning takes long: they are tried at small sizes only.
SLOW = {
    "optional", "groups", "values", "patterns", "predicates", "objects", "items", "path /",
    "describe", "blank node", "list", "reified triple", "annotation", "order by", "template",
}  # fmt: skip


def nest(form: str, depth: int) -> str:
    before, after = form.split("%s")
    return f"\n {before * depth}1{after * depth}"


def is_refused(text: str, syntax: Syntax) -> bool:
    try:
        check_nesting(text, "a", syntax)
    except KgError as error:
        assert error.exit_code == 2
        return True
    return False


def find_longest(bomb: Callable[[int], str]) -> int:
    """Return the largest size of a bomb that is not refused."""
    low, high = 1, 2 * LONGEST_QUERY
    assert is_refused(bomb(high), "sparql")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_refused(bomb(middle), "sparql") else (middle, high)
    return low


@pytest.mark.parametrize(("syntax", "form"), CASES)
def test_levels_above_the_limit_are_refused(syntax: Syntax, form: str) -> None:
    check_nesting(nest(form, DEEPEST), "a", syntax)
    message = r"^a:2:\d+: nested deeper than 50 levels\. "
    for depth in (DEEPEST + 1, 100_000):
        with pytest.raises(KgError, match=message) as caught:
            check_nesting(nest(form, depth), "a", syntax)
        assert caught.value.exit_code == 2
        column = int(str(caught.value).split(":")[2])
        assert nest(form, depth)[column + 1 :].startswith(
            ("{", "(", "[", "<<", "!", "-", "+", "^"), 0
        ) or column <= 2 + (DEEPEST + 1) * len(form)


@pytest.mark.parametrize("syntax", SKIPPED)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_mixture_of_levels_is_counted(syntax: Syntax, data: st.DataObject) -> None:
    layers = data.draw(st.lists(st.sampled_from(INSIDE[syntax]), max_size=2 * DEEPEST))
    # In parentheses, an odd IRI could be a comparison.
    skipped = [text for text in SKIPPED[syntax] if "<" not in text]
    beside = st.sampled_from(["\n", *skipped, *BALANCED[syntax]])
    text = "1"
    for layer in layers:
        text = f" {layer.replace('%s', f' {text} ')} {data.draw(beside)} "
    # A bracket in a layer or beside it may add a level.
    if abs(len(layers) - DEEPEST) > 2:
        assert is_refused(text, syntax) == (len(layers) > DEEPEST)


@pytest.mark.parametrize("syntax", SKIPPED)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_strings_iris_and_comments_have_no_brackets(syntax: Syntax, data: st.DataObject) -> None:
    skipped = data.draw(st.lists(st.sampled_from(SKIPPED[syntax])))
    check_nesting("{" * DEEPEST + " ".join(skipped), "a", syntax)
    balanced = data.draw(st.lists(st.sampled_from([*SKIPPED[syntax], *BALANCED[syntax]])))
    check_nesting("{" * (DEEPEST - 2) + " ".join(balanced), "a", syntax)


@pytest.mark.parametrize("name", BOMBS)
def test_long_query_is_refused(name: str) -> None:
    for size in (LONGEST_QUERY, 20_000):
        with pytest.raises(KgError, match=r"^q:1:\d+: (nested deeper than 50|more than 5,000)"):
            check_nesting(BOMBS[name](size), "q", "sparql")
    check_nesting(BOMBS[name](10), "q", "sparql")


@pytest.mark.parametrize("name", FLAT)
def test_values_are_not_counted(name: str) -> None:
    check_nesting(FLAT[name](2 * LONGEST_QUERY), "q", "sparql")


def test_queries_and_data_of_the_project_are_far_below_the_limits() -> None:
    queries = [*ROOT.glob("queries/**/*.rq"), *ROOT.glob("ontology/rules/*.rq")]
    assert len(queries) > 50
    for path in queries:
        text = path.read_text("utf-8")
        check_nesting("{" * (DEEPEST - 20) + text, path.name, "sparql")
    files = [*ROOT.glob("ontology/**/*.ttl"), *ROOT.glob("data/**/*.ttl")]
    assert len(files) > 10
    for path in files:
        check_nesting("[" * (DEEPEST - 10) + path.read_text("utf-8"), path.name, "turtle")


def test_text_after_a_string_without_end_is_not_read() -> None:
    # No parser gets there. All three syntaxes end strings of one line at the line.
    for syntax in SKIPPED:
        check_nesting('"' + "\n" + "[" * 1000, "a", syntax)


RUN = """
import sys
import kg
from test_nesting import BOMBS
graph = kg.open(sys.argv[1])
for line in sys.stdin:
    name, size = line.split("\\t")
    try:
        graph.query(BOMBS[name](int(size)))
        print("answered")
    except kg.KgError as error:
        print(repr(str(error)))
"""


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A home with few statements: what counts is how deep and long a query is."""
    for folder in ("ontology", "data", "queries"):
        (tmp_path / folder).mkdir()
    for name in ("prefixes.ttl", "alignments.ttl"):
        shutil.copy(ROOT / "ontology" / name, tmp_path / "ontology")
    return tmp_path


def run_bombs(home: Path, sizes: list[tuple[str, int]]) -> list[str]:
    """Return what becomes of each bomb, in a process that survives them all."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, home],
        input="".join(f"{name}\t{size}\n" for name, size in sizes),
        capture_output=True,
        text=True,
        timeout=600,
        cwd=Path(__file__).parent,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-200:]
    assert done.stdout.count("\n") == len(sizes)
    return done.stdout.splitlines()


@pytest.mark.slow
def test_no_bomb_ends_the_process(few: Path) -> None:
    small = run_bombs(few, [(name, 5) for name in BOMBS])
    # Not every bomb is valid SPARQL: there is no such thing as - - 1.
    assert small.count("answered") > 40
    large = [(name, size) for name in BOMBS for size in (6_000, 100_000)]
    large += [(name, 1_000_000) for name in ("group", "not", "union", "operator ||")]
    lines = run_bombs(few, large)
    assert [line for line in lines if "nested deeper" not in line and "more than" not in line] == []


@pytest.mark.slow
def test_engine_answers_the_longest_queries_that_are_allowed(few: Path) -> None:
    names = sorted(set(BOMBS) - SLOW)
    lines = run_bombs(few, [(name, find_longest(BOMBS[name])) for name in names])
    assert lines.count("answered") > 25
    assert not any("nested deeper" in line or "more than" in line for line in lines)
