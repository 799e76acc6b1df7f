"""The wheel has everything that an installed `kg` needs, and its dependencies suffice."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DISTRIBUTIONS = packages_distributions()
# Every command, with arguments that let it do its work. Nothing listens at the endpoint of push.
COMMANDS = {
    "ask": "policies",
    "build": "--output built",
    "check": "",
    "export gephi": "city-theme -o network.gexf",
    "export rdf": "-o statements.ttl",
    "export tables": "-o tables",
    "format": "--drop-comments statements.ttl",
    "push": "http://127.0.0.1:9/query --graph-store http://127.0.0.1:9/store",
    "query": "ASK{}",
    "review": "wuhan",
    "show": "wuhan",
    "source": "list",
}
# Runs commands one after another; prints the exit code and standard error of each.
RUN_ALL = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from kg.cli import run
done = []
for words in json.loads(sys.argv[1]):
    sys.argv = ["kg", *words]
    with redirect_stdout(TextIOWrapper(BytesIO())), redirect_stderr(StringIO()) as errors:
        done.append((run(), errors.getvalue()))
print(json.dumps(done))
"""
Environment = dict[str, str]


def list_names(requirements: list[str]) -> set[str]:
    """Return the normalized names of the packages that are required."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


DEPENDENCIES = list_names(PROJECT["dependencies"])
# Without the extras that name other extras.
EXTRAS = {
    name: packages
    for name, texts in PROJECT["optional-dependencies"].items()
    if canonicalize_name(PROJECT["name"]) not in (packages := list_names(texts))
}


def find_packages(module: str) -> set[str]:
    """Return the packages that may have a module; one that is not installed has its name."""
    name = module.partition(".")[0]
    return {canonicalize_name(package) for package in DISTRIBUTIONS.get(name, [name])}


def list_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that are imported when the program runs, not only for type checking."""
    if isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING":
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        yield str(tree.module)
    for child in ast.iter_child_nodes(tree):
        yield from list_imports(child)


def list_optional(tree: ast.AST) -> Iterator[tuple[str | None, str]]:
    """Yield module and extra of each call of `require`; None for a module in a variable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("require"):
            module, extra = (
                str(argument.value) if isinstance(argument, ast.Constant) else None
                for argument in node.args
            )
            yield module, extra or ""


def find_undeclared(text: str) -> list[str]:
    """Return the imports of a module that the dependencies and the named extras do not have."""
    tree = ast.parse(text)
    standard = {"kg", *sys.stdlib_module_names}
    found = [
        name
        for name in list_imports(tree)
        if name.partition(".")[0] not in standard and not find_packages(name) & DEPENDENCIES
    ]
    for name, extra in list_optional(tree) if "require" in text else ():
        packages = EXTRAS.get(extra, set())
        if not packages or (name and not find_packages(name) & packages):
            found.append(f"{name} in [{extra}]")
    return found


def list_installed(names: set[str]) -> set[str]:
    """Return the packages with all that they depend on, without extras."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        try:
            required = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # for another system or version of Python
            continue
        chosen = {r.name for r in required if not r.marker or r.marker.evaluate({"extra": ""})}
        waiting |= {canonicalize_name(name) for name in chosen} - found
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the contents of the wheel, as pip installs them."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("city_policy_kg-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def plain(installed: Path, tmp_path: Path) -> Path:
    """Return a folder for PYTHONPATH, with which nothing but the dependencies can be imported."""
    allowed = list_installed(DEPENDENCIES) | {"city-policy-kg"}
    blocked = [name for name in DISTRIBUTIONS if not find_packages(name) & allowed]
    assert {"pandas", "pyarrow", "pypinyin"} <= set(blocked)
    folder = tmp_path / "plain"
    folder.mkdir()
    code = f"import sys\nsys.modules.update(dict.fromkeys({blocked}))\n"
    (folder / "sitecustomize.py").write_text(code, "utf-8")
    return folder


def run_installed(
    folder: Path, *arguments: str | Path, path: list[Path]
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, which does not lend its own kg (-P), with folders of modules."""
    environment = dict(os.environ, XDG_DATA_HOME=str(folder / "user"))
    environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_wheel_has_every_file_of_ontology_data_and_queries(installed: Path) -> None:
    resources = installed / "kg" / "resources"
    for name in ("ontology", "data", "queries"):
        own = {p.relative_to(ROOT) for p in (ROOT / name).rglob("*") if p.is_file()}
        packed = {p.relative_to(resources) for p in (resources / name).rglob("*") if p.is_file()}
        assert packed == own
        assert len(packed) >= 10
    assert (resources / "CITATION.cff").read_bytes() == (ROOT / "CITATION.cff").read_bytes()
    assert (installed / "kg" / "py.typed").is_file()


def test_installed_program_works_in_any_folder(installed: Path, tmp_path: Path) -> None:
    where = run_installed(tmp_path, "-c", "import kg; print(kg.__file__)", path=[installed])
    assert where.stdout.startswith(str(installed))
    done = run_installed(
        tmp_path, "-m", "kg", "ask", "policies", "--format", "csv", path=[installed]
    )
    assert done.returncode == 0, done.stderr
    assert "/id/doc/wuhan-implementation-plan" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_wheel_without_its_data_gives_a_clear_error(installed: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for path in (installed / "kg").rglob("*.py"):
        target = bare / path.relative_to(installed)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    done = run_installed(tmp_path, "-m", "kg", "ask", path=[bare])
    assert done.returncode == 1
    assert done.stderr.startswith(f"kg: {bare}: ontology/prefixes.ttl not found. ")
    assert "Give a folder with ontology/, data/ and queries/." in done.stderr


def test_imports_are_of_dependencies_or_of_the_extra_that_is_required() -> None:
    texts = {path: path.read_text("utf-8") for path in sorted((ROOT / "kg").rglob("*.py"))}
    found = {
        str(path.relative_to(ROOT)): names
        for path, text in texts.items()
        if (names := find_undeclared(text))
    }
    assert found == {}
    optional = [extra for text in texts.values() for _, extra in list_optional(ast.parse(text))]
    assert set(optional) == EXTRAS.keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import pyoxigraph, yaml\nfrom rdflib.term import Node", []),
        ("import json\nimport kg.home\nfrom collections.abc import Iterator", []),
        ("import pytest", ["pytest"]),
        ("def f():\n    import pandas.core", ["pandas.core"]),
        ("try:\n    from pyarrow import parquet\nexcept ImportError:\n    pass", ["pyarrow"]),
        ("if TYPE_CHECKING:\n    import pandas", []),
        ('require("pyarrow.parquet", "parquet")', []),
        ('errors.require("pyarrow", "pandas")', ["pyarrow in [pandas]"]),
        ('require("pyarrow", "parquets")', ["pyarrow in [parquets]"]),
        ('require("pytest", "test")', ["pytest in [test]"]),
        ('require("networkx", "all")', ["networkx in [all]"]),
        ('require(module, "zstd")', []),
        ("require(module, extra)", ["None in []"]),
    ],
)
def test_undeclared_import_is_found(text: str, found: list[str]) -> None:
    assert find_undeclared(text) == found


def test_error_names_the_extra_that_is_missing(
    installed: Path, plain: Path, tmp_path: Path
) -> None:
    code = "import kg.errors; kg.errors.require('pyarrow', 'parquet')"
    assert run_installed(tmp_path, "-c", code, path=[installed]).returncode == 0
    done = run_installed(tmp_path, "-c", code, path=[plain, installed])
    assert "pyarrow is not installed. Run: pip install 'city-policy-kg[parquet]'" in done.stderr


@pytest.mark.slow
def test_every_command_works_without_extras(installed: Path, plain: Path, tmp_path: Path) -> None:
    shown = run_installed(tmp_path, "-m", "kg", "--help", path=[plain, installed])
    names = re.findall(r"^  ([a-z]+) ", shown.stdout.partition("Commands:\n")[2], re.MULTILINE)
    # `publish` needs an extra.
    assert set(names) - {"publish"} == {name.split()[0] for name in COMMANDS}
    words = [[*name.split(), *arguments.split()] for name, arguments in COMMANDS.items()]
    done = run_installed(tmp_path, "-c", RUN_ALL, json.dumps(words), path=[plain, installed])
    assert done.returncode == 0, done.stderr
    failed = {}
    for name, (code, errors) in zip(COMMANDS, json.loads(done.stdout), strict=True):
        refused = name == "push" and "not installed" not in errors and code == 1
        if code and not refused:
            failed[name] = errors
    assert failed == {}
