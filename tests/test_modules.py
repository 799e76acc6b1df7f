"""The line of modules and what each may lean on; ceilings; what is loaded for a question."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix(): path.read_text("utf-8")
    for path in sorted((ROOT / "kg").rglob("*.py"))
}
FLOOR = 25
LINE = (
    "home", "names", "source", "load", "store", "rules", "check", "ask", "build", "export",
    "publish", "web", "cli",
)  # fmt: skip
# The package itself says what it is; `python -m kg` starts the command line.
OUTSIDE = {"kg/__init__": {"ask", "home"}, "kg/__main__": {"cli"}}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
NO_NAMES = {"utils", "util", "helpers", "common", "core", "base", "misc"}

# Each library that could be swapped, and all the modules that know it.
LIBRARIES = {
    "pyoxigraph": {
        "kg/names", "kg/load/__init__", "kg/store/memory", "kg/store/engine", "kg/store/endpoint",
        "kg/store/dump", "kg/ask/parameters", "kg/ask/answer", "kg/export/push",
        "kg/export/rdf", "kg/export/lines", "kg/export/turtle", "kg/export/context",
        "kg/export/jsonld",
    },
    "rdflib": {"kg/load/__init__", "kg/check/__init__", "kg/check/shacl", "kg/check/tags"},
    "pyshacl": {"kg/check/shacl"},
    "yaml": {"kg/store/question"},
    "opencc": {"kg/source/script"},
    "pypinyin": {"kg/source/readings"},
    "platformdirs": {"kg/source/files"},
    "click": {module for module in MODULES if module.startswith("kg/cli/")},
    "SPARQLWrapper": {"kg/store/endpoint"},
    "pandas": {"kg/ask/answer"},
    "networkx": {"kg/ask/answer", "kg/export/layout", "kg/export/measures"},
    "numpy": {"kg/export/measures"},
    "backports": {"kg/export/compress"},
    "compression": {"kg/export/compress"},
    "pyarrow": {"kg/export/tables/parquet"},
    "resvg_py": {"kg/export/picture"},
}  # fmt: skip
HEAVY = (
    "rdflib",
    "pyshacl",
    "yaml",
    "opencc",
    "pypinyin",
    "SPARQLWrapper",
    "pandas",
    "networkx",
    "pyarrow",
    "numpy",
)
# A bootstrap: what the prefixes are declared with cannot itself be read from there. And a format
# of XML has a namespace of its own, which says nothing of the data.
NAMESPACES = {"kg/names": 2, "kg/export/gexf": 1, "kg/export/graphml": 1, "kg/export/svg": 1}
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b.*\{", re.DOTALL)


def list_imports(text: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, at its top or later."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written from kg on"
            assert node.module
            # `from kg import cli` imports a module, `from kg.cli import main` a name of one.
            yield from (
                f"kg.{name.name}" if node.module == "kg" else node.module for name in node.names
            )


def find_backward_imports(module: str, text: str) -> list[str]:
    """Return the imports of a module that do not lead to the left."""
    taken = {name.split(".")[1] for name in list_imports(text) if name.startswith("kg.")}
    if module in OUTSIDE:
        return sorted(taken - OUTSIDE[module])
    own = module.split("/")[1]
    return sorted(name for name in taken if LINE.index(name) > LINE.index(own))


def find_long_functions(text: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def list_strings(text: str) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the strings of a module that are no docstrings."""
    tree = ast.parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node


def find_long_sparql(text: str) -> list[int]:
    """Return the lines at which a query is written out that is longer than a line."""
    found = {
        node.lineno
        for node in list_strings(text)
        if SPARQL.search(ast.unparse(node)) and (node.end_lineno or 0) > node.lineno
    }
    return sorted(found)


def find_namespaces(text: str) -> list[str]:
    strings = (ast.unparse(node) for node in list_strings(text))
    return [string for string in strings if re.search(r"https?://[a-z0-9.-]+\.[a-z]{2}", string)]


def load_modules(code: str) -> set[str]:
    """Return the modules loaded after some code ran in a fresh process."""
    code += "\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_all_modules_are_looked_at() -> None:
    assert len(MODULES) >= FLOOR
    tops = {module.split("/")[1] for module in MODULES} - {"__init__", "__main__"}
    assert tops <= set(LINE)
    assert {
        "home",
        "names",
        "source",
        "load",
        "store",
        "rules",
        "check",
        "ask",
        "build",
        "cli",
    } <= (tops)


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_from_its_left_alone(module: str) -> None:
    assert find_backward_imports(module, MODULES[module]) == []


@pytest.mark.parametrize(
    "text",
    [
        "from kg.ask import question",
        "from kg import ask",
        "import kg.cli as c",
        "def f():\n    from kg.ask.question import ask_question",
        "if TYPE_CHECKING:\n    import kg.build",
    ],
)
def test_import_from_the_right_is_seen(text: str) -> None:
    assert find_backward_imports("kg/check/evidence", text)


@pytest.mark.parametrize("module", MODULES)
def test_module_keeps_below_its_ceilings(module: str) -> None:
    assert MODULES[module].count("\n") <= LONGEST_MODULE
    assert find_long_functions(MODULES[module]) == []


def test_function_above_its_ceiling_is_seen() -> None:
    body = "    pass\n"
    assert find_long_functions(f"def f():\n{body * (LONGEST_FUNCTION - 1)}") == []
    assert find_long_functions(f"def f():\n{body * LONGEST_FUNCTION}") == ["f"]
    assert find_long_functions(f"class A:\n  async def f():\n{body * LONGEST_FUNCTION}") == ["f"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_library_is_known_to_few(library: str) -> None:
    knowing = {
        module
        for module, text in MODULES.items()
        if any(name.split(".")[0] == library for name in list_imports(text))
    }
    assert knowing == LIBRARIES[library]


def test_no_other_library_is_used() -> None:
    known = {*LIBRARIES, "kg", *sys.stdlib_module_names}
    for module, text in MODULES.items():
        assert {name.split(".")[0] for name in list_imports(text)} <= known, module


@pytest.mark.parametrize("module", MODULES)
def test_queries_and_vocabulary_stand_elsewhere(module: str) -> None:
    assert find_long_sparql(MODULES[module]) == []
    assert len(find_namespaces(MODULES[module])) == NAMESPACES.get(module, 0)


def test_long_query_and_namespace_are_seen() -> None:
    assert find_long_sparql('"""SELECT\n?x {}"""\nq = """SELECT ?x\n{ ?x a ?y }"""') == [3]
    assert find_long_sparql('q = ("ASK "\n  "{ ?x a ?y }")') == [1]
    assert find_long_sparql('q = f"""ASK\n{{ ?x a {y} }}"""') == [1]
    assert find_long_sparql('q = "ASK { ?x a ?y }"') == []
    assert find_namespaces('"""https://e.org"""\nq = "https://e.org#x"') == ["'https://e.org#x'"]


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_named_for_nothing(module: str) -> None:
    assert not NO_NAMES & set(module.split("/"))


def test_package_and_command_line_load_nothing_heavy() -> None:
    assert not set(HEAVY) & load_modules("import kg")
    loaded = load_modules("import kg.cli, kg.check, kg.build, kg.source, kg.ask.show")
    assert {"kg.check", "kg.ask.show"} <= loaded
    assert not set(HEAVY) & loaded


@pytest.mark.parametrize("arguments", [["ask", "chain"], ["query", "ASK {}"], ["show", "wuhan"]])
def test_answer_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = load_modules(f"from kg.cli import cli\ncli.main({arguments}, standalone_mode=False)")
    assert "pyoxigraph" in loaded
    assert not set(HEAVY) & loaded


def test_heavy_ones_are_seen_where_they_are_needed() -> None:
    loaded = load_modules("from kg.cli import cli\ncli.main(['ask'], standalone_mode=False)")
    assert set(HEAVY) & loaded == {"yaml"}
