"""The synthetic cities of the benchmarks: in our model, deterministic, without findings."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.check import check_files
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.turtle import list_files

PROGRAM = Path(__file__).parent / "bench" / "synthesize.py"
CDP = "https://w3id.org/cdp/ontology#"
CHINESE = re.compile("[一-鿿]")
FEW, MANY = 12, 23


def synthesize(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(PROGRAM), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600)


def write_cities(folder: Path, count: int, *options: str) -> None:
    done = synthesize(folder, "--cities", str(count), *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def make_home(root: Path, count: int) -> Home:
    own = find_home()
    shutil.copytree(own.ontology, root / "ontology")
    shutil.copytree(own.queries, root / "queries")
    write_cities(root / "data", count)
    return Home(root)


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.ttl"))}


def read_quads(folder: Path) -> list[Quad]:
    return [
        quad
        for path in sorted(folder.rglob("*.ttl"))
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE)
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("five"), 5)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "data"
    write_cities(folder, MANY)
    return folder


@pytest.fixture(scope="module")
def many_quads(many: Path) -> list[Quad]:
    return read_quads(many)


@pytest.fixture(scope="module")
def own_quads(roundup: Home) -> list[Quad]:
    return read_quads(roundup.data)


@pytest.mark.slow
def test_check_finds_nothing(home: Home) -> None:
    report = check_files(home)
    assert report.findings == []
    assert report.files == len(list_files(home, shapes=True))
    assert [city.city for city in report.coverage] == [f"place:city-0000{n}" for n in range(1, 6)]
    assert all(city.covered for city in report.coverage)


@pytest.mark.slow
def test_check_finds_a_missing_value(tmp_path: Path) -> None:
    home = make_home(tmp_path, 1)
    broken = home.data / "synthetic-0001" / "city-00001.ttl"
    text = broken.read_text("utf-8")
    assert "cdp:targetValue" in text
    broken.write_text(re.sub(r"cdp:targetValue \S+ ;", "", text), "utf-8")
    assert {Path(finding.path) for finding in check_files(home).findings} == {broken}


def test_every_class_has_an_instance(home: Home) -> None:
    rows = (
        load_graph(home)
        .select(
            "SELECT DISTINCT ?class ?used { ?class a <http://www.w3.org/2002/07/owl#Class> . "
            "OPTIONAL { ?thing a ?class . BIND(true AS ?used) } "
            f'FILTER(STRSTARTS(STR(?class), "{CDP}")) }}'
        )
        .rows
    )
    classes = {str(node)[1:-1].removeprefix(CDP): used is not None for node, used in rows}
    assert {"City", "Fund", "Annex", "Positioning", "Legislature", "SourceSegment"} <= set(classes)
    assert [name for name, used in classes.items() if not used] == []


def test_every_property_of_the_real_data_is_used(
    many_quads: list[Quad], own_quads: list[Quad]
) -> None:
    own = {quad.predicate.value for quad in own_quads}
    assert len(own) > 40
    missing = own - {quad.predicate.value for quad in many_quads}
    # These are figures that `kg source count` writes.
    assert missing == {f"{CDP}citationCount", f"{CDP}coveredCharacters"}


def test_city_file_has_the_size_of_a_real_one(many: Path) -> None:
    paths = many.glob("*/city-*.ttl")
    sizes = {
        path.stem: sum(1 for _ in parse(path.read_bytes(), RdfFormat.TURTLE)) for path in paths
    }
    assert sorted(sizes) == [f"city-{number:05d}" for number in range(1, MANY + 1)]
    assert {name: size for name, size in sizes.items() if not 1000 <= size <= 1500} == {}


def test_texts_are_in_their_language_and_not_from_the_real_data(
    many_quads: list[Quad], own_quads: list[Quad]
) -> None:
    prose = {f"{CDP}description", f"{CDP}title"}
    own = {str(quad.object) for quad in own_quads if quad.predicate.value in prose}
    texts = [q.object for q in many_quads if isinstance(q.object, Literal) and q.object.language]
    chinese = [text for text in texts if text.language == "zh-hans"]
    assert min(len(chinese), len(texts) - len(chinese)) > MANY * 100
    found = [text for text in texts if CHINESE.search(text.value)]
    assert found == chinese
    assert len(own) > 40
    assert own & set(map(str, texts)) == set()


def test_links_to_wikidata_are_beyond_its_last_entity(many_quads: list[Quad]) -> None:
    links = {
        str(quad.object)[1:-1]
        for quad in many_quads
        if quad.predicate.value == "https://schema.org/sameAs"
    }
    assert len(links) == MANY
    assert [link for link in links if int(link.rpartition("Q")[2]) <= 9_000_000_000] == []


def test_same_count_and_seed_give_the_same_bytes(many: Path, tmp_path: Path) -> None:
    write_cities(tmp_path / "again", MANY)
    assert read_bytes(tmp_path / "again") == read_bytes(many)
    write_cities(tmp_path / "other", MANY, "--seed", "1")
    other = read_bytes(tmp_path / "other")
    assert other.keys() == read_bytes(many).keys()
    assert other != read_bytes(many)


def test_first_cities_do_not_depend_on_those_that_follow(many: Path, tmp_path: Path) -> None:
    write_cities(tmp_path / "few", FEW)
    few, more = read_bytes(tmp_path / "few"), read_bytes(many)
    assert sum("city-" in name for name in few) == FEW
    places = "reference/synthetic-places.ttl"
    assert more[places].startswith(few[places])
    # The second source reports two cities here, and ten there.
    changed = {places, "synthetic-0002/source.ttl"}
    assert {name for name, text in few.items() if more[name] != text} == changed


def test_links_between_cities_are_to_earlier_ones(many_quads: list[Quad]) -> None:
    pairs = [
        (re.search(r"city-(\d+)", str(quad.subject)), re.search(r"/city-(\d+)", str(quad.object)))
        for quad in many_quads
        if isinstance(quad.object, NamedNode)
    ]
    links = {(int(a[1]), int(b[1])) for a, b in pairs if a and b and a[1] != b[1]}
    assert len(links) >= MANY
    assert [link for link in links if link[1] > link[0]] == []


def test_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("", "utf-8")
    done = synthesize(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {tmp_path}: is not empty. ")
    assert [path.name for path in tmp_path.iterdir()] == ["old.ttl"]


def test_number_of_cities_is_at_least_one(tmp_path: Path) -> None:
    assert synthesize(tmp_path / "data", "--cities", "0").returncode == 2
    assert not (tmp_path / "data").exists()
