"""Turtle and TriG are grouped, and have the layout of the data files."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Quad

from kg.dumps import list_graphs
from kg.errors import KgError
from kg.home import Home, find_home, name_program
from kg.names import read_names

HOME = find_home()


CATALOG = re.compile(
    r"^(graph:|dataset:|<https://w3id.org/cdp/(graph/|dataset)).*?\n\.\n", re.MULTILINE | re.DOTALL
)


def sort_values(text: str) -> list[str]:
    """Return the lines in alphabetical order, without prefixes and punctuation at their ends."""
    lines = (re.sub(" [,;]$", "", line) for line in text.split("\n"))
    return sorted(line for line in lines if line and not line.startswith("PREFIX"))


@pytest.mark.parametrize("name", ["untouched", pytest.param("checkout", marks=pytest.mark.slow)])
def test_turtle_of_a_file_is_that_file(
    name: str, untouched: Home, tmp_path: Path, write: Callable[..., str]
) -> None:
    """The data have no blank nodes, which would have labels in the dump."""
    home = untouched if name == "untouched" else HOME
    graphs = [g for g in list_graphs(home)[:-2] if g.files[0].path.is_relative_to(home.data)]
    assert len(graphs) >= (3 if name == "untouched" else 9)
    for graph in graphs:
        (file,) = graph.files
        dump = write(home, tmp_path, ".ttl", graphs=[graph.name])
        original = file.path.read_text("utf-8")
        assert "[" not in re.sub('"[^"]*"', "", original)
        ours = CATALOG.sub("", dump.partition("\n")[2])
        assert sort_values(ours) == sort_values(original), graph.name
        assert set(re.findall("^PREFIX.*", original, re.M)) <= set(dump.split("\n"))


def test_trig_is_grouped_by_graph_and_subject(
    untouched: Home, dump: Callable[[str], bytes], dumped: tuple[Quad, ...]
) -> None:
    text = dump(".trig").decode()
    graphs = re.findall(r"^(\S+) \{$", text, re.M)
    assert graphs == sorted(graphs)
    assert len(graphs) == len(list_graphs(untouched))
    subjects = re.findall(r"^    (\S{2,})$", text, re.M)
    assert len(subjects) == len({(quad.graph_name, quad.subject) for quad in dumped})
    assert re.search(r"^        cdp:deadlineYear \d{4} ;$", text, re.M)


def test_used_prefixes_are_declared_in_alphabetical_order(dump: Callable[[str], bytes]) -> None:
    text = dump(".trig").decode()
    declared = re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.M)
    assert declared == sorted(declared)
    assert dict(declared).items() <= read_names(HOME).prefixes.items()
    bare = re.sub(r'".*"|<[^>]*>', "", text)
    assert set(re.findall(r"(?<![\w\"])([a-z0-9]+):[A-Za-z0-9_]", bare)) == set(dict(declared))


def test_types_are_written_first(hard: Home, tmp_path: Path, write: Callable[..., str]) -> None:
    text = write(hard, tmp_path, ".ttl", graphs=["hard/values"])
    assert "\nplace:a\n    a\n" in text
    assert "\n    <https://e.org/id> <https://e.org/type> ;\n" in text


def test_dump_of_an_empty_file_has_the_catalogue_only(
    tmp_path: Path, make_home: Callable[[Path, dict[str, str]], Home], write: Callable[..., str]
) -> None:
    home = make_home(tmp_path, {"a": ""})
    text = write(home, tmp_path, ".trig", graphs=["a"])
    assert re.findall(r"^\S+ \{$", text, re.M) == ["graph:catalog {"]
    assert "void:triples 0 ;" in text
    text = write(home, tmp_path, ".ttl", graphs=["a"])
    assert text.startswith(f"# {name_program()}\nPREFIX ")
    assert "void:triples 0 ;" in text
    assert not CATALOG.sub("", text).rpartition("PREFIX")[2].partition("\n")[2].strip()


def test_triple_term_of_a_file_is_an_error_in_every_format(
    tmp_path: Path, make_home: Callable[[Path, dict[str, str]], Home], write: Callable[..., str]
) -> None:
    home = make_home(tmp_path, {"a": "<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> ."})
    for form in (".ttl", ".trig", ".jsonld", ".nq", ".nt"):
        with pytest.raises(KgError, match=r"a\.ttl:1: .*which is RDF 1\.2"):
            write(home, tmp_path, form, graphs=["a"])


def test_triple_term_of_a_rule_is_written_to_nquads_only(
    tmp_path: Path, make_home: Callable[[Path, dict[str, str]], Home], write: Callable[..., str]
) -> None:
    home = make_home(tmp_path, {"a": "<a:a> <a:b> <a:c> ."})
    ontology = home.ontology.resolve()
    home.ontology.unlink()
    shutil.copytree(ontology, home.ontology)
    rule = "CONSTRUCT { <a:a> <a:b> ?t } WHERE { BIND(<<( <a:a> <a:b> <a:c> )>> AS ?t) }"
    (home.ontology / "rules" / "99.rq").write_text(rule)
    for form in (".ttl", ".trig", ".jsonld"):
        with pytest.raises(KgError, match=r"not a term of RDF 1\.1\. Write \.nq instead"):
            write(home, tmp_path, form, graphs=["entailed"])
    assert "<<( <a:a> <a:b> <a:c> )>>" in write(home, tmp_path, ".nq", graphs=["entailed"])
