"""The made-up cities of the benchmark: in our model, deterministic, without a finding."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.check import check_files
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.turtle import list_files

CDP = "https://w3id.org/cdp/ontology#"
CHINESE = re.compile("[一-鿿]")
FEW, MANY = 12, 23


def load_synthesize():
    path = Path(__file__).parent / "bench" / "synthesize.py"
    spec = importlib.util.spec_from_file_location("synthesize", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


synthesize = load_synthesize()


def make_home(root: Path, count: int) -> Home:
    own = find_home()
    shutil.copytree(own.ontology, root / "ontology")
    shutil.copytree(own.queries, root / "queries")
    synthesize.write_cities(root / "data", count)
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
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("five"), 5)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many") / "data"
    synthesize.write_cities(folder, MANY)
    return folder


def test_made_up_cities_pass_the_check(home):
    report = check_files(home)
    assert report.findings == []
    assert report.files == len(list_files(home, shapes=True))
    assert [city.city for city in report.coverage] == [f"place:city-0000{n}" for n in range(1, 6)]
    assert all(city.covered for city in report.coverage)


def test_a_fault_in_them_is_found(tmp_path):
    home = make_home(tmp_path, 1)
    broken = home.data / "synthetic-0001" / "city-00001.ttl"
    text = broken.read_text("utf-8")
    assert "cdp:targetValue" in text
    broken.write_text(re.sub(r"cdp:targetValue \S+ ;", "", text), "utf-8")
    assert {Path(finding.path) for finding in check_files(home).findings} == {broken}


def test_every_class_has_an_instance(home):
    store = load_graph(home)
    rows = store.select(
        "SELECT DISTINCT ?class ?used { ?class a <http://www.w3.org/2002/07/owl#Class> . "
        "OPTIONAL { ?thing a ?class . BIND(true AS ?used) } "
        f'FILTER(STRSTARTS(STR(?class), "{CDP}")) }}'
    ).rows
    classes = {node.value.removeprefix(CDP) for node, _ in rows}
    assert {"City", "Fund", "Annex", "Positioning", "Legislature", "SourceSegment"} <= classes
    assert {node.value.removeprefix(CDP) for node, used in rows if used is None} == set()


def test_every_property_of_the_article_is_used(many):
    own = {quad.predicate.value for quad in read_quads(find_home().data)}
    made_up = {quad.predicate.value for quad in read_quads(many)}
    assert len(own) > 40
    assert own - made_up == set()


def test_a_city_has_the_size_of_a_real_one(many):
    for path in sorted(many.glob("*/city-*.ttl")):
        statements = sum(1 for _ in parse(path.read_bytes(), RdfFormat.TURTLE))
        assert 1000 <= statements <= 1500, path


def test_texts_are_of_their_language(many):
    own = {
        quad.object.value
        for quad in read_quads(find_home().data)
        if quad.predicate.value in (f"{CDP}description", f"{CDP}title")
    }
    seen = {"en": 0, "zh-hans": 0}
    for quad in read_quads(many):
        text = quad.object
        if isinstance(text, Literal) and text.language:
            assert bool(CHINESE.search(text.value)) == (text.language == "zh-hans"), text
            assert text.value not in own
            seen[text.language] += 1
    assert min(seen.values()) > MANY * 100


def test_nothing_is_linked_to_a_real_place(many):
    links = {
        quad.object.value
        for quad in read_quads(many)
        if quad.predicate.value == "https://schema.org/sameAs"
    }
    assert len(links) == MANY
    assert all(int(link.rpartition("Q")[2]) > 9_000_000_000 for link in links)


def test_the_same_count_and_seed_give_the_same_bytes(many, tmp_path):
    synthesize.write_cities(tmp_path / "again", MANY)
    assert read_bytes(tmp_path / "again") == read_bytes(many)
    synthesize.write_cities(tmp_path / "other", MANY, seed=1)
    other = read_bytes(tmp_path / "other")
    assert other.keys() == read_bytes(many).keys()
    assert other != read_bytes(many)


def test_the_first_of_many_are_those_of_few(many, tmp_path):
    synthesize.write_cities(tmp_path / "few", FEW)
    few, more = read_bytes(tmp_path / "few"), read_bytes(many)
    assert sum("city-" in name for name in few) == FEW
    places = "reference/synthetic-places.ttl"
    assert more[places].startswith(few[places])
    # The second source tells of two cities here, and of ten there.
    cut = {places, "synthetic-0002/source.ttl"}
    assert {name for name, text in few.items() if more[name] != text} == cut


def test_links_between_cities_lead_to_earlier_ones(many):
    pairs = [
        (re.search(r"city-(\d+)", str(quad.subject)), re.search(r"/city-(\d+)", str(quad.object)))
        for quad in read_quads(many)
        if isinstance(quad.object, NamedNode)
    ]
    links = {(int(a[1]), int(b[1])) for a, b in pairs if a and b and a[1] != b[1]}
    assert links
    assert all(there < here for here, there in links)


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "old.ttl").write_text("", "utf-8")
    with pytest.raises(KgError, match="not empty"):
        synthesize.write_cities(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["old.ttl"]


def test_the_command_writes_as_many_as_it_is_told(tmp_path):
    done = CliRunner().invoke(synthesize.main, [str(tmp_path / "data"), "--cities", "2"])
    assert (done.exit_code, done.output) == (0, "")
    assert len(list((tmp_path / "data").glob("*/city-*.ttl"))) == 2
    assert CliRunner().invoke(synthesize.main, [str(tmp_path), "--cities", "0"]).exit_code == 2
