"""Exports: every format has the statements of the data, and the same bytes each time."""

import gzip
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from backports import zstd
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from kg.catalog import CRATE_FILE
from kg.dumps.export import (
    FORMATS,
    SYNTAXES,
    choose_graphs,
    export_rdf,
    find_format,
    list_graphs,
)
from kg.errors import KgError
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home, name_program
from kg.turtle import list_files, parse_file

HOME = find_home()
WUHAN = "roundup-2021/wuhan"
SUZHOU = "town/suzhou"  # of the made-up article
NAMED = {".nq", ".trig"}
OXIGRAPH = {
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".jsonld": RdfFormat.JSON_LD,
}
RDFLIB = {".nq": "nquads", ".nt": "nt", ".trig": "trig", ".ttl": "turtle", ".jsonld": "json-ld"}
DECOMPRESS = {".gz": gzip.decompress, ".zst": zstd.decompress}

Canonicalize = Callable[..., list[str]]
Describe = Callable[..., list[Quad]]
Dump = Callable[[str], bytes]
Write = Callable[..., str]
MakeHome = Callable[[Path, dict[str, str]], Home]


def list_statements(home: Home) -> list[Quad]:
    return [quad for file in list_files(home) for quad in parse_file(file)]


def read_with_rdflib(text: str, form: str) -> list[Quad]:
    """Return the statements that rdflib reads, with numbers as they are written."""
    normalize, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with warnings.catch_warnings():
            # rdflib warns of its own deprecated names, and of unusual numbers.
            warnings.simplefilter("ignore")
            data = rdflib.Dataset()
            target = data if form in NAMED else data.default_graph
            target.parse(data=text, format=RDFLIB[form])
            found = list(data.quads())
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
    return [
        Quad(
            convert_term(s), convert_term(p), convert_term(o),  # type: ignore[arg-type]
            NamedNode(str(g)) if form in NAMED else DefaultGraph(),
        )
        for s, p, o, g in found
    ]  # fmt: skip


def convert_term(term: object) -> NamedNode | BlankNode | Literal:
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        kind = term.datatype
        return Literal(str(term), datatype=NamedNode(str(kind))) if kind else Literal(str(term))
    return BlankNode(f"b{term}") if isinstance(term, rdflib.BNode) else NamedNode(str(term))


# --- formats ----------------------------------------------------------------------------------


def test_every_format_is_tested() -> None:
    assert set(SYNTAXES) == set(OXIGRAPH) == set(RDFLIB)
    assert len(FORMATS) == 15


@pytest.mark.slow
@pytest.mark.parametrize("form", SYNTAXES)
def test_dump_of_the_real_data_has_all_statements(
    form: str, real: Dump, real_lines: Callable[[bool], list[str]], canonicalize: Canonicalize
) -> None:
    quads = list(parse(real(form), OXIGRAPH[form]))
    expected = real_lines(form in NAMED)
    assert canonicalize(quads) == expected
    assert len(expected) > 12_000
    assert len(quads) == len(set(quads))
    assert name_program().encode() in real(form)[:60]


@pytest.mark.slow
@pytest.mark.parametrize("form", SYNTAXES)
def test_dump_of_hard_values_has_all_statements(
    form: str,
    hard: Home,
    tmp_path: Path,
    write: Write,
    canonicalize: Canonicalize,
    describe: Describe,
) -> None:
    text = write(hard, tmp_path, form, entailed=False)
    graphs = [graph.name for graph in list_graphs(hard)[:-2]]
    quads = [*list_statements(hard), *describe(hard, *graphs)]
    expected = canonicalize(quads, named=form in NAMED)
    assert sum("place/a>" in line for line in expected) > 50
    assert canonicalize(parse(text.encode(), OXIGRAPH[form])) == expected
    assert canonicalize(read_with_rdflib(text, form)) == expected


@pytest.mark.parametrize("form", [".nq", ".nt"])
def test_lines_have_the_order_of_the_command_sort(form: str, dump: Dump) -> None:
    command, environment = ["sort", "-u"], os.environ | {"LC_ALL": "C"}
    done = subprocess.run(
        command, input=dump(form), capture_output=True, check=True, env=environment
    )
    assert done.stdout == dump(form)


@pytest.mark.parametrize("form", SYNTAXES)
def test_language_tags_and_numbers_are_written_as_in_the_files(
    form: str, hard: Home, tmp_path: Path, dump: Dump, write: Write
) -> None:
    text = dump(form).decode()
    assert set(re.findall(r'[@"](zh-[a-z]+)\b', text, re.I)) == {"zh-Hans", "zh-Hant"}
    assert text.count("zh-Hans") > 100
    text = write(hard, tmp_path, form, graphs=["hard/values"])
    forms = ("80.0", "-.5", "+1.50", "1e3", "1.E-3", "007", "+7", "en-GB", "zh-Hant-HK")
    assert [value for value in forms if value not in text] == []


@pytest.mark.parametrize("compression", DECOMPRESS)
def test_compressed_file_has_the_same_bytes(compression: str, dump: Dump) -> None:
    compressed = dump(f".nq{compression}")
    assert DECOMPRESS[compression](compressed) == dump(".nq")
    assert len(compressed) < len(dump(".nq")) / 4


@pytest.mark.parametrize(
    ("form", "count"), [(".ttl", 4), (".nt", 4), (".nq", 6), (".trig", 6), (".jsonld", 4)]
)
def test_statement_of_two_files_is_written_once_without_named_graphs(
    form: str,
    count: int,
    tmp_path: Path,
    make_home: MakeHome,
    write: Write,
    describe: Describe,
) -> None:
    """Blank nodes of two files are different nodes, even with the same label."""
    text = "_:x <e:p> <e:o> . <e:s> <e:p> 80.0 , 'a'@en ."
    home = make_home(tmp_path, {"a": text, "b": text})
    dump = write(home, tmp_path, form, graphs=["a", "b"])
    described = describe(home, "a", "b")
    assert len(described) > 10
    assert len(list(parse(dump.encode(), OXIGRAPH[form]))) == count + len(described)


# --- the same bytes ---------------------------------------------------------------------------


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_process(untouched: Home, tmp_path: Path, dump: Dump) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from kg.dumps import export_rdf; from kg.home import Home\n"
        "home, folder, *forms = sys.argv[1:]\n"
        "for form in forms: export_rdf(Home(Path(home)), f'{folder}/x{form}')\n"
    )
    command = [sys.executable, "-c", code, str(untouched.root), str(tmp_path)]
    subprocess.run([*command, *SYNTAXES], check=True, env=os.environ | {"PYTHONHASHSEED": "1"})
    for form in SYNTAXES:
        assert dump(form) == (tmp_path / f"x{form}").read_bytes()


def test_dump_of_the_engine_has_the_same_bytes(
    untouched: Home, tmp_path: Path, describe: Describe
) -> None:
    """`kg build` writes the dump of the engine."""
    export_rdf(untouched, str(tmp_path / "x.nq"))
    dump = load_graph(untouched).memory.dump(describe(untouched))
    assert (tmp_path / "x.nq").read_text("utf-8") == f"# {name_program()}\n{dump}"


# --- the choice of graphs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        WUHAN, f"graph:{WUHAN}", f"https://w3id.org/cdp/graph/{WUHAN}", "*wuhan", "roundup-*/w?han",
        f"data/{WUHAN}.ttl", f"data/{WUHAN}", f"{WUHAN}.ttl", "data/roundup-*/w?han.ttl",
    ],
)  # fmt: skip
def test_names_of_a_graph(name: str) -> None:
    assert [graph.name for graph in choose_graphs(HOME, [name])] == [WUHAN, "catalog"]


def test_paths_of_a_file_name_its_graph() -> None:
    for name in ("cdp", "ontology/cdp", "ontology/cdp.ttl", "cdp.ttl"):
        assert [graph.name for graph in choose_graphs(HOME, [name])] == ["cdp", "catalog"]
    for name in ("data/cdp", f"ontology/{WUHAN}.ttl", f"{WUHAN}.nq"):
        with pytest.raises(KgError, match="unknown graph"):
            choose_graphs(HOME, [name])


def test_entailments_are_among_all_graphs_but_not_added_to_names() -> None:
    def choose(*names: str, entailed: bool | None = None) -> list[str]:
        *chosen, last = [graph.name for graph in choose_graphs(HOME, names, entailed)]
        assert last == "catalog"
        return chosen

    *every, last = [graph.name for graph in list_graphs(HOME)]
    assert (every[-1], last) == ("entailed", "catalog")
    assert len(every) > 13
    assert choose() == choose("*") == choose(entailed=True) == every
    assert choose(entailed=False) == choose("*", entailed=False) == every[:-1]
    assert choose("themes") == ["themes"]
    assert choose("themes", entailed=True) == choose("entailed", "themes") == ["themes", "entailed"]
    assert len(choose("roundup-2021/*", "themes")) == 9
    assert choose("catalog") == []
    with pytest.raises(KgError, match="No graph is left") as caught:
        choose("entailed", entailed=False)
    assert caught.value.exit_code == 2


def test_graphs_are_left_out() -> None:
    def choose(*without: str, wanted: tuple[str, ...] = ()) -> list[str]:
        return [graph.name for graph in choose_graphs(HOME, wanted, without=without)]

    every = choose()
    assert choose("themes", "graph:entailed") == [
        n for n in every if n not in ("themes", "entailed")
    ]
    assert choose("roundup-2021/*", wanted=("roundup-2021/*", "codes")) == ["codes", "catalog"]
    with pytest.raises(KgError, match="No graph is left"):
        choose("*")
    assert every[-1] == "catalog"
    assert choose("catalog") == every[:-1]


def test_export_without_borrowed_labels_labels_no_term_of_others(
    untouched: Home, tmp_path: Path, write: Write, dump: Dump
) -> None:
    """Nor do the entailments; what is displayed for the terms is in properties of our own."""
    label = re.compile(r"^<(?!https://w3id\.org/cdp/)\S+ <\S+(?:core#\w+|schema#)[lL]abel> ", re.M)
    assert len(label.findall(dump(".nq").decode())) > 150
    text = write(untouched, tmp_path, ".nq", without=["borrowed-labels"])
    assert label.findall(text) == []
    assert "/sdg/11> <https://w3id.org/cdp/ontology#labelEn> " in text


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("wuhan", rf"Did you mean {WUHAN}\?"),
        ("roundup-2021/wuhna", f"Did you mean {WUHAN}"),
        ("graph:Themes", r"Did you mean themes\?"),
        ("xyz", "Use alignments, borrowed-labels, cdp, "),
        ("", "Use alignments, borrowed-labels, cdp, "),
    ],
)
def test_unknown_graph_is_an_error_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(KgError, match=f"^{name}: unknown graph. {hint}") as caught:
        choose_graphs(HOME, ["themes", name])
    assert caught.value.exit_code == 2


def test_statements_are_those_of_the_chosen_graphs(
    untouched: Home, tmp_path: Path, write: Write, dump: Dump
) -> None:
    text = write(untouched, tmp_path, ".nq", graphs=[SUZHOU, "themes"])
    expected = {f"<https://w3id.org/cdp/graph/{name}> ." for name in (SUZHOU, "themes", "catalog")}
    assert {" ".join(line.split(" ")[-2:]) for line in text.split("\n")[1:-1]} == expected
    assert "graph:entailed {" not in write(untouched, tmp_path, ".trig", entailed=False)
    assert "graph:entailed {" in dump(".trig").decode()


@pytest.mark.parametrize("target", ["a.nq", "b/"])
def test_store_is_loaded_once(
    target: str, untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def load(home: Home) -> LocalGraph:
        loaded.append(home)
        return load_graph(home)

    monkeypatch.setattr("kg.dumps.export.load_graph", load)
    export_rdf(untouched, f"{tmp_path}/{target}")
    assert loaded == [untouched]


# --- targets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["ttl", "jsonld.gz", "nq.zst"])
def test_folder_has_a_file_for_each_graph(
    form: str, untouched: Home, tmp_path: Path, canonicalize: Canonicalize, describe: Describe
) -> None:
    done = export_rdf(untouched, f"{tmp_path}/dumps/", form=None if form == "ttl" else form)
    files = {path.relative_to(tmp_path / "dumps").as_posix() for path in tmp_path.rglob("*.*")}
    files = {name for name in files if not name.startswith("frames/")} - {"context.json"}
    made = {"manifest.json", CRATE_FILE}
    assert files == made | {f"{graph.name}.{form}" for graph in list_graphs(untouched)}
    statements = list_statements(untouched)
    added = sum(1 for _ in load_graph(untouched).memory.list_added())
    # The catalogue lists the files too.
    assert done.statements > len(statements) + added + len(describe(untouched))
    assert done.graphs == tuple(graph.iri for graph in list_graphs(untouched))
    syntax, _, compression = form.partition(".")
    data = (tmp_path / "dumps" / f"{SUZHOU}.{form}").read_bytes()
    data = DECOMPRESS[f".{compression}"](data) if compression else data
    quads = [quad for quad in statements if str(quad.graph_name).endswith(f"{SUZHOU}>")]
    found = parse(data, OXIGRAPH[f".{syntax}"])
    assert canonicalize(found) == canonicalize(quads, named=f".{syntax}" in NAMED)


@pytest.mark.parametrize("form", ["ttl", "nt.gz", "nq", "trig"])
def test_comment_names_the_graph_in_formats_without_named_graphs(
    form: str, untouched: Home, tmp_path: Path
) -> None:
    export_rdf(untouched, f"{tmp_path}/", form=form)
    graphs = list_graphs(untouched)
    assert len(graphs) > 5
    for graph in graphs:
        data = (tmp_path / f"{graph.name}.{form}").read_bytes()
        lines = (gzip.decompress(data) if form.endswith(".gz") else data).decode().split("\n")
        expected = [f"# {name_program()}"]
        expected += [] if form in ("nq", "trig") else [f"# graph <{graph.iri}>"]
        assert [line for line in lines if line.startswith("#")] == expected
        assert lines[: len(expected)] == expected
        if form == "nt.gz":
            assert lines[:-1] == sorted(lines[:-1])


def test_folder_of_fewer_graphs_keeps_no_old_files(untouched: Home, tmp_path: Path) -> None:
    export_rdf(untouched, str(tmp_path), graphs=["town/*", "themes"])
    assert len(list(tmp_path.rglob("*.ttl"))) == 4
    export_rdf(untouched, str(tmp_path), graphs=["themes"])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["catalog.ttl", "manifest.json", CRATE_FILE, "themes.ttl"]


def test_target_without_suffix_is_a_folder_unless_a_format_is_given(
    untouched: Home, tmp_path: Path
) -> None:
    export_rdf(untouched, str(tmp_path / "dump"), form="nq", graphs=["themes"])
    assert (tmp_path / "dump").is_file()
    export_rdf(untouched, str(tmp_path / "folder"), graphs=["themes"])
    assert (tmp_path / "folder" / "themes.ttl").is_file()
    export_rdf(untouched, f"{tmp_path / 'other'}/", form="nq", graphs=["themes"])
    assert (tmp_path / "other" / "themes.nq").is_file()
    with pytest.raises(KgError, match="is not a folder"):
        export_rdf(untouched, f"{tmp_path / 'dump'}/", form="nq")


@pytest.mark.parametrize(
    ("target", "form", "found"),
    [
        ("x.nq", None, (".nq", "")),
        ("x.TTL.GZ", None, (".ttl", ".gz")),
        ("a.b.trig.zst", None, (".trig", ".zst")),
        (".nt", None, (".nt", "")),
        ("x.txt", "trig", (".trig", "")),
        ("x.gz", "trig", (".trig", ".gz")),
        ("x.trig.gz", "trig", (".trig", ".gz")),
        ("-", None, (".nq", "")),
        ("/dev/null", None, (".nq", "")),
        ("-", "jsonld.zst", (".jsonld", ".zst")),
    ],
)
def test_format_of_a_target(target: str, form: str | None, found: tuple[str, str]) -> None:
    assert find_format(target, form) == found


@pytest.mark.parametrize(
    ("target", "form", "message"),
    [
        ("x.xml", None, r"\.nq \(N-Quads\), \.nt \(N-Triples\), \.trig .*--format"),
        ("x.gz", None, r"\.gz or \.zst"),
        ("x.nq.bz2", None, r"\.gz or \.zst"),
        ("x.nq", "trig", "contradicts --format trig"),
        ("x.nq", "nq.gz", "contradicts --format nq.gz"),
        ("x.nq.zst", "nq.gz", "contradicts --format nq.gz"),
    ],
)
def test_unknown_and_contradicting_formats_are_usage_errors(
    target: str, form: str | None, message: str
) -> None:
    with pytest.raises(KgError, match=message) as caught:
        find_format(target, form)
    assert caught.value.exit_code == 2


# --- broken files, Ctrl-C and progress --------------------------------------------------------


@pytest.mark.parametrize("form", [".nq", ".jsonld"])
@pytest.mark.parametrize("entailed", [True, False])
def test_broken_file_is_reported_and_nothing_is_written(
    form: str, entailed: bool, small: Home, tmp_path: Path
) -> None:
    (small.data / "town" / "broken.ttl").write_text("\n\nx y z\n")
    (tmp_path / f"x{form}").write_bytes(b"")
    with pytest.raises(KgError, match=r"broken\.ttl:3: "):
        export_rdf(small, str(tmp_path / f"x{form}"), entailed=entailed)
    assert (tmp_path / f"x{form}").read_bytes() == b""
    (small.ontology / "codes.ttl").write_text("x")
    with pytest.raises(KgError, match=r"codes\.ttl:1: "):
        export_rdf(small, str(tmp_path / f"x{form}"), graphs=["cdp", "codes"])


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe among the data")
@pytest.mark.parametrize(
    ("target", "number", "code"),
    [
        ("x.nq", signal.SIGINT, 130),
        pytest.param("x.jsonld.gz", signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param("dumps", signal.SIGINT, 130, marks=pytest.mark.slow),
    ],
)
def test_interrupted_export_keeps_the_old_files(
    target: str, number: signal.Signals, code: int, small: Home, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()

    def read_files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    export_rdf(small, str(out / target), entailed=False)
    before = read_files()
    # Nobody writes to the pipe, so that the export waits there in the middle of its work.
    os.mkfifo(small.data / "town" / "zzz.ttl")
    command = [sys.executable, "-m", "kg", "--home", str(small.root), "export", "rdf"]
    command += ["-o", str(out / target), "--no-entailed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            for _ in range(1200):
                time.sleep(0.05)
                if len(read_files()) > len(before):
                    break
            process.send_signal(number)
            _, error = process.communicate(timeout=600)
        finally:
            process.kill()
    assert process.returncode == code
    assert b"Traceback" not in error
    assert read_files() == before


@pytest.mark.parametrize("target", ["x.nq", "dumps"])
def test_progress_rises_from_0_to_1(target: str, untouched: Home, tmp_path: Path) -> None:
    calls: list[tuple[str, float]] = []
    export_rdf(untouched, str(tmp_path / target), progress=lambda *call: calls.append(call))
    shares = [share for _, share in calls]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert {SUZHOU, "entailed", "catalog", "writing"} <= {what for what, _ in calls}
    assert len(calls) > 10
