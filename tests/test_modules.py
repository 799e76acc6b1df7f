"""The order of modules, their size, the libraries that each may use, and what a command loads."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix(): path.read_text("utf-8")
    for path in sorted((ROOT / "kg").rglob("*.py"))
}
# Every module imports only from modules before it. A folder is listed with the order inside it.
ORDER = """
display wrapping errors reading home sparql_tokens nesting turtle_tokens turtle_layout turtle_faults
  names xsd formulas
files: signals journal staging writing
turtle_folder turtle turtle_format serialization
source: library pinyin simplify overlap
  repair/corruption repair/candidates repair/restoration repair/__init__ passages
store: collector canonical engine interruptible clauses memory credentials transfer http
  results endpoint graph_store
graph
catalog: facts written describe crate
ask: lookup table render question things parameters answer
portrait: words model description reading rows sections describe
api
review: elements ledger changes display selection
check: finding tracing prefixes roots language_tags characters literals passed_over index
  shape_faults parameters patterns components validation syntax shapes reference results
  constraint_queries preconditions scripts
  passages/positions passages/placement passages/figures passages/evidence passages/__init__
  report wording/numbers wording/words wording/things wording/agreement wording/concepts
  wording/order wording/source_texts wording/verbs wording/__init__ exceptions checker
dumps: context frames grouping turtle jsonld export
build
networks: model validity edges query metrics overlap force layout node_data assemble
  columns xml gexf graphml graphology spreadsheet write
pictures: labels placement scene legend svg fonts png
tables: vocabulary columns schema statements rows cells metadata codebook parquet workbook export
queries: values sparql_examples grlc export
publish: words routes counting periods edition page facts vocabulary families model answers matrix
  cities things comparison overview pictures dataset statements web markup render hosts site
push_plan push
cli: messages help options output parameters groups ask query build check networks tables rdf
  queries publish push source review
"""
# `kg/__init__` imports what `kg.open` needs, and `python -m kg` starts the command line.
OUTSIDE = {"kg/__init__", "kg/__main__"}
# The tests of a module are in the file of its name, or else in the one that is named here.
TESTED_IN = {
    "kg/errors": "tests/test_api.py",
    "kg/catalog/written": "tests/catalog/test_crate.py",
    "kg/check/parameters": "tests/check/test_shape_faults.py",
    "kg/check/passages/positions": "tests/check/passages/test_placement.py",
    "kg/check/passed_over": "tests/cli/test_bad_files.py",
    "kg/check/prefixes": "tests/check/test_roots.py",
    "kg/check/results": "tests/check/test_checker.py",
    "kg/check/syntax": "tests/check/test_shapes.py",
    "kg/check/tracing": "tests/check/test_checker.py",
    "kg/check/validation": "tests/check/test_shapes.py",
    **dict.fromkeys(
        (
            f"kg/check/wording/{name}"
            for name in (
                "agreement", "concepts", "numbers", "order", "source_texts", "things", "words",
            )
        ),
        "tests/check/wording/test_cases.py",
    ),
    "kg/cli/options": "tests/cli/test_query.py",
    "kg/cli/publish": "tests/publish/test_site.py",
    "kg/cli/queries": "tests/cli/test_export.py",
    "kg/portrait/description": "tests/portrait/test_describe.py",
    "kg/portrait/model": "tests/portrait/test_describe.py",
    "kg/portrait/reading": "tests/portrait/test_sections.py",
    "kg/portrait/rows": "tests/portrait/test_sections.py",
    "kg/portrait/words": "tests/test_label_languages.py",
    **dict.fromkeys(
        (
            f"kg/publish/{name}"
            for name in (
                "answers", "cities", "comparison", "counting", "matrix", "overview", "periods",
                "things",
            )
        ),
        "tests/publish/test_numbers.py",
    ),
    **dict.fromkeys(
        (
            f"kg/publish/{name}"
            for name in ("edition", "markup", "page", "pictures", "render", "routes", "web")
        ),
        "tests/publish/test_site.py",
    ),
    "kg/publish/dataset": "tests/publish/test_data_pages.py",
    "kg/publish/vocabulary": "tests/publish/test_families.py",
    "kg/queries/grlc": "tests/queries/test_export.py",
    "kg/queries/sparql_examples": "tests/queries/test_export.py",
    "kg/queries/values": "tests/queries/test_export.py",
    "kg/review/display": "tests/cli/test_review.py",
    "kg/review/selection": "tests/cli/test_review.py",
    "kg/store/clauses": "tests/store/test_memory.py",
    "kg/store/engine": "tests/store/test_memory.py",
}  # fmt: skip
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LARGEST_FOLDER = 25
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "core", "base", "misc"}

# Each library that could be replaced, and all the modules that use it.
LIBRARIES = {
    "pyoxigraph": {
        "kg/names", "kg/xsd", "kg/turtle", "kg/turtle_faults", "kg/serialization",
        "kg/check/literals", "kg/review/elements", "kg/review/display", "kg/review/selection",
        "kg/check/index", "kg/check/shape_faults",
        "kg/check/wording/things", "kg/check/passages/positions", "kg/check/tracing",
        "kg/check/parameters", "kg/check/patterns", "kg/check/components", "kg/check/syntax",
        "kg/check/preconditions", "kg/check/constraint_queries",
        "kg/check/shapes", "kg/check/reference", "kg/check/checker",
        "kg/check/results",
        "kg/graph", "kg/store/memory", "kg/store/engine",
        "kg/store/results", "kg/store/canonical", "kg/ask/parameters", "kg/ask/answer",
        "kg/catalog/facts", "kg/catalog/describe", "kg/catalog/crate",
        "kg/push_plan", "kg/dumps/export", "kg/dumps/turtle", "kg/dumps/jsonld",
        "kg/publish/statements", "kg/publish/dataset",
    },
    "rdflib": {"kg/check/reference"},
    "pyshacl": {"kg/check/reference"},
    "yaml": {"kg/reading"},
    "opencc": {"kg/source/simplify"},
    "pypinyin": {"kg/source/pinyin"},
    "platformdirs": {"kg/source/library"},
    "click": {module for module in MODULES if module.startswith("kg/cli/")},
    "SPARQLWrapper": {"kg/store/endpoint"},
    "pandas": {"kg/ask/answer"},
    "wcwidth": {"kg/wrapping"},
    "networkx": {
        "kg/ask/answer", "kg/networks/force", "kg/networks/layout", "kg/networks/metrics",
    },
    "numpy": {"kg/networks/force"},
    "markupsafe": {"kg/publish/markup"},
    "pyarrow": {"kg/tables/parquet"},
    "xlsxwriter": {"kg/tables/workbook"},
    "jinja2": {"kg/publish/render"},
    "resvg_py": {"kg/pictures/png"},
    "fontTools": {"kg/pictures/fonts"},
}  # fmt: skip
HEAVY = (
    "rdflib", "pyshacl", "yaml", "opencc", "pypinyin", "SPARQLWrapper", "pandas", "networkx",
    "pyarrow", "numpy", "wcwidth", "xlsxwriter", "jinja2", "markupsafe",
)  # fmt: skip
# prefixes.ttl is read with two namespaces, XSD is read by its own module, canonical Turtle begins
# with rdf:type and rdfs:label, RO-Crate has an address, and an XML format a namespace of its own.
NAMESPACES = {
    "kg/names": 2,
    "kg/xsd": 1,
    "kg/catalog/crate": 1,
    "kg/turtle_layout": 2,
    "kg/networks/gexf": 1,
    "kg/networks/graphml": 1,
    "kg/pictures/svg": 1,
}
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b.*\{", re.DOTALL)


def list_order() -> list[str]:
    """Return all modules, as paths, from the first to the last."""
    modules = []
    for line in ORDER.strip().replace("\n  ", " ").splitlines():
        folder, colon, inside = line.partition(":")
        if colon:
            modules += [f"kg/{folder}/{name}" for name in inside.split()]
            # A package's __init__ names its public functions, so it comes after them.
            modules += [f"kg/{folder}/__init__"]
        else:
            modules += [f"kg/{name}" for name in folder.split()]
    return modules


parse = cache(ast.parse)


def list_imports(text: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, at its top or later."""
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            assert node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # `module:function` in a table of what is loaded on demand.
            if re.fullmatch(r"kg(\.\w+)+:\w+", node.value):
                yield node.value.partition(":")[0]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require":
            if isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def find_module(name: str) -> str | None:
    """Return the module, as a path, that a dotted name is in; None if it is not ours."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        for module in (path, f"{path}/__init__"):
            if module in MODULES:
                return module
    return None


def find_backward_imports(module: str, text: str) -> list[str]:
    """Return the imports of a module that are not before it."""
    if module in OUTSIDE:
        return []
    order = list_order()
    # `import kg.x` also names `kg`, which any module may import.
    found = {find_module(name) for name in list_imports(text)} - {None, "kg/__init__"}
    place = order.index(module)
    return sorted(name for name in found if name and order.index(name) >= place and name != module)


def find_long_functions(text: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def list_strings(text: str) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the strings of a module that are not docstrings."""
    tree = parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
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
    """Return the lines with a query that is longer than a line."""
    found = {
        node.lineno
        for node in list_strings(text)
        if (node.end_lineno or 0) > node.lineno and SPARQL.search(ast.unparse(node))
    }
    return sorted(found)


def find_namespaces(text: str) -> list[str]:
    if "://" not in text:
        return []
    strings = (ast.unparse(node) for node in list_strings(text))
    return [string for string in strings if re.search(r"https?://[a-z0-9.-]+\.[a-z]{2}", string)]


def load_modules(code: str) -> set[str]:
    """Return the modules loaded after some code ran in a new process."""
    code += "\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_order_names_every_module() -> None:
    order = list_order()
    assert len(order) == len(set(order))
    packages = {f"{module.rpartition('/')[0]}/__init__" for module in order}
    assert set(MODULES) - OUTSIDE == {m for m in [*order, *packages] if m in MODULES} - OUTSIDE
    assert [m for m in order if m not in MODULES and not m.endswith("__init__")] == []


def test_each_module_has_a_test_file() -> None:
    """The functions of a package's `__init__` are those of its modules."""
    files = {
        module: (path.parent / f"test_{path.name}.py").as_posix()
        for module in MODULES
        if (path := Path("tests", *module.split("/")[1:])).name[:2] != "__"
    }
    elsewhere = {module for module, file in files.items() if not (ROOT / file).is_file()}
    assert elsewhere == set(TESTED_IN)
    assert [file for file in TESTED_IN.values() if not (ROOT / file).is_file()] == []


def test_contributing_names_every_module_and_folder() -> None:
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]*) \|", text.partition("## Where things are")[2], re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([a-z_/]+)`", row)]
    parts = [module.split("/")[1:] for module in set(MODULES) - OUTSIDE]
    assert sorted(named) == sorted({part + ("/" if rest else "") for part, *rest in parts})


def test_modules_import_only_from_modules_before_them() -> None:
    found = {module: find_backward_imports(module, text) for module, text in MODULES.items()}
    assert {module: names for module, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        "from kg.build import build_folder",
        "from kg import build",
        "import kg.cli as c",
        "def f():\n    from kg.build import build_folder",
        "if TYPE_CHECKING:\n    import kg.build",
        "from kg.check import check_files",
        'WRITERS = {"svg": "kg.pictures.svg:draw_svg"}',
    ],
)
def test_backward_import_is_found(text: str) -> None:
    assert find_backward_imports("kg/check/passages/evidence", text)


def test_backward_import_inside_a_folder_is_found() -> None:
    text = "from kg.networks.gexf import write_gexf"
    assert find_backward_imports("kg/networks/model", text) == ["kg/networks/gexf"]
    assert find_backward_imports("kg/networks/write", text) == []


def test_modules_functions_and_folders_are_short() -> None:
    long = {module for module, text in MODULES.items() if text.count("\n") > LONGEST_MODULE}
    functions = {module: find_long_functions(text) for module, text in MODULES.items()}
    folders = [module.rpartition("/")[0] for module in MODULES]
    assert long == set()
    assert {module: names for module, names in functions.items() if names} == {}
    assert {folder for folder in folders if folders.count(folder) > LARGEST_FOLDER} == set()


def test_long_function_is_found() -> None:
    body = "    pass\n"
    assert find_long_functions(f"def f():\n{body * (LONGEST_FUNCTION - 1)}") == []
    assert find_long_functions(f"def f():\n{body * LONGEST_FUNCTION}") == ["f"]
    assert find_long_functions(f"class A:\n  async def f():\n{body * LONGEST_FUNCTION}") == ["f"]


def test_libraries_are_used_by_the_listed_modules_only() -> None:
    users: dict[str, set[str]] = {}
    for module, text in MODULES.items():
        for name in list_imports(text):
            users.setdefault(name.split(".")[0], set()).add(module)
    ours = {"kg", *sys.stdlib_module_names, "backports"}
    assert {name: of for name, of in users.items() if name not in ours} == LIBRARIES


def test_long_queries_and_namespaces_are_not_in_python() -> None:
    queries = {module: find_long_sparql(text) for module, text in MODULES.items()}
    namespaces = {module: len(find_namespaces(text)) for module, text in MODULES.items()}
    assert {module: lines for module, lines in queries.items() if lines} == {}
    assert {module: count for module, count in namespaces.items() if count} == NAMESPACES


def test_long_query_and_namespace_are_found() -> None:
    assert find_long_sparql('"""SELECT\n?x {}"""\nq = """SELECT ?x\n{ ?x a ?y }"""') == [3]
    assert find_long_sparql('q = ("ASK "\n  "{ ?x a ?y }")') == [1]
    assert find_long_sparql('q = f"""ASK\n{{ ?x a {y} }}"""') == [1]
    assert find_long_sparql('q = "ASK { ?x a ?y }"') == []
    assert find_namespaces('"""https://e.org"""\nq = "https://e.org#x"') == ["'https://e.org#x'"]


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert {module for module in MODULES if FORBIDDEN_NAMES & set(module.split("/"))} == set()


def test_package_and_command_line_load_nothing_heavy() -> None:
    assert not set(HEAVY) & load_modules("import kg")
    loaded = load_modules("import kg.cli, kg.check, kg.build, kg.source, kg.portrait")
    assert {"kg.check", "kg.portrait"} <= loaded
    assert not set(HEAVY) & loaded


@pytest.mark.parametrize("arguments", [["ask", "chain"], ["query", "ASK {}"], ["show", "wuhan"]])
def test_answer_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = load_modules(f"from kg.cli import cli\ncli.main({arguments}, standalone_mode=False)")
    assert "pyoxigraph" in loaded
    assert not set(HEAVY) & loaded


def test_list_of_questions_loads_yaml_only() -> None:
    loaded = load_modules("from kg.cli import cli\ncli.main(['ask'], standalone_mode=False)")
    assert set(HEAVY) & loaded == {"yaml"}
