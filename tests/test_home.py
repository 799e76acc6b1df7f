"""Where ontology, data and questions are found."""

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


def test_checkout_is_the_home_of_a_checkout() -> None:
    home = find_home()
    assert home.root == ROOT
    assert (home.ontology, home.data, home.queries) == tuple(
        ROOT / name for name in ("ontology", "data", "queries")
    )


def test_folder_given_goes_before_the_checkout(tmp_path: Path) -> None:
    assert find_home(make_home(tmp_path / "mine")) == Home(tmp_path / "mine")


def test_installed_program_uses_what_is_in_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    resources = make_home(site / "kg" / "resources")
    monkeypatch.setattr("kg.home.__file__", str(site / "kg" / "home.py"))
    assert find_home() == Home(resources)
    shutil.rmtree(resources)
    with pytest.raises(KgError, match=r"site-packages: no ontology/prefixes\.ttl there"):
        find_home()


def test_wheel_takes_all_three_folders_where_they_are_looked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {
        name: f"kg/resources/{name}" for name in ("ontology", "data", "queries")
    }


def test_folder_without_ontology_is_none(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"no ontology/prefixes\.ttl there.*--home"):
        find_home(tmp_path)


@pytest.mark.parametrize(
    ("missing", "told"),
    [(["data"], "data/ missing"), (["data", "queries"], "data/ and queries/ missing")],
)
def test_folder_that_lacks_something_is_told_what(
    missing: list[str], told: str, tmp_path: Path
) -> None:
    make_home(tmp_path / "mine")
    for name in missing:
        (tmp_path / "mine" / name).rmdir()
    with pytest.raises(KgError, match=told):
        find_home(tmp_path / "mine")


def test_error_is_a_value_error_with_an_exit_code() -> None:
    assert issubclass(KgError, ValueError)
    assert (KgError("x").exit_code, KgError("x", exit_code=2).exit_code) == (1, 2)
