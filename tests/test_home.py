"""Find the folder with ontology, data and queries."""

import shutil
import tomllib
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import Home, find_home

ROOT = Path(__file__).parents[1]


def make_home(folder: Path) -> Path:
    for name in ("ontology", "data", "queries"):
        (folder / name).mkdir(parents=True)
    (folder / "ontology" / "prefixes.ttl").touch()
    return folder


def test_home_of_a_checkout_is_the_checkout() -> None:
    home = find_home()
    assert home.root == ROOT
    assert (home.ontology, home.data, home.queries) == tuple(
        ROOT / name for name in ("ontology", "data", "queries")
    )


def test_given_folder_takes_precedence(tmp_path: Path) -> None:
    assert find_home(make_home(tmp_path / "mine")) == Home(tmp_path / "mine")


def test_home_of_a_wheel_is_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    resources = make_home(site / "kg" / "resources")
    monkeypatch.setattr("kg.home.__file__", str(site / "kg" / "home.py"))
    assert find_home() == Home(resources)
    shutil.rmtree(resources)
    with pytest.raises(KgError, match=r"site-packages: ontology/prefixes\.ttl not found"):
        find_home()


def test_wheel_contains_the_three_folders_and_the_citation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {
        name: f"kg/resources/{name}" for name in ("ontology", "data", "queries", "CITATION.cff")
    }


def test_folder_without_ontology_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"ontology/prefixes\.ttl not found\. Give a folder with "):
        find_home(tmp_path)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"/none: no such folder\. Give a folder with ontology/, "):
        find_home(tmp_path / "none")


@pytest.mark.parametrize("missing", ["data", "queries"])
def test_error_names_the_missing_folder(missing: str, tmp_path: Path) -> None:
    make_home(tmp_path / "mine")
    (tmp_path / "mine" / missing).rmdir()
    with pytest.raises(KgError, match=f"{missing}/ not found"):
        find_home(tmp_path / "mine")


def test_error_is_a_value_error_with_an_exit_code() -> None:
    assert issubclass(KgError, ValueError)
    assert (KgError("x").exit_code, KgError("x", exit_code=2).exit_code) == (1, 2)
