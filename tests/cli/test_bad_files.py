"""Every kind of bad Turtle file, in every command: an error with its path, and nothing else.

A bad file is in the data of a home. Commands that read the data refuse it in the same words.
"""

import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import kg
from kg.errors import KgError
from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
NOISE = re.compile(r"Traceback|Warning|Failed to convert|^\s*File ", re.MULTILINE)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# A file with an error of syntax or encoding, its line, and a part of the message.
TEXTS: dict[str, tuple[str | bytes, int, str]] = {
    "not closed": ('<a:a> <a:b> "c .\n', 1, "not valid Turtle, at column 13"),
    "unknown prefix": ("<a:a> <a:b>\n e:c .", 2, "prefix e: has not been declared"),
    "bad IRI": ("<a:a> <a:b>\n <http://e.org/a b> .", 2, "Invalid IRI"),
    "bad percent": ("<a:a> <a:b> <http://e.org/%zz> .", 1, "Invalid IRI percent encoding"),
    "bad port": ("<a:a> <a:b> <http://e.org:x/> .", 1, "Invalid character"),
    "bad escape": ('<a:a> <a:b> "\\q" .', 1, "Unexpected escape"),
    "half a surrogate": ('<a:a> <a:b> "\\uD800" .', 1, "not a valid unicode"),
    "bad tag": ('<a:a> <a:b> "x"@abcdefghi .', 1, "eight characters"),
    "NUL bytes": (b"\0\0\0\0<a:a> <a:b> <a:c> .", 1, "not valid Turtle"),
    "UTF-16 without mark": ("<a:a> <a:b> <a:c> .".encode("utf-16-le"), 1, "UTF-16 without a byte"),
    "UTF-16": ("<a:a> <a:b> <a:c> .".encode("utf-16"), 1, "It is UTF-16: iconv"),
    "UTF-32": ("<a:a> <a:b> <a:c> .".encode("utf-32"), 1, "It is UTF-32: iconv"),
    "GBK": ("<a:a> <a:b>\n'国家' .".encode("gbk"), 2, "If it is GBK: iconv"),
    "RDF/XML": (f'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="{RDF}"/>', 1, "to be RDF/XML."),
    "XML": ('<?xml version="1.0"?>\n<gexf/>', 1, "seems to be XML."),
    "web page": ("<!DOCTYPE html>\n<html><body>404</body></html>", 1, "a web page (HTML)."),
    "JSON-LD": ('{"@context": {}, "@id": "a:a"}', 1, "seems to be JSON-LD."),
    "JSON": ('[\n {"a": 1}\n]', 2, "seems to be JSON."),
    "TriG": ("<a:g> { <a:a> <a:b> <a:c> . }", 1, "seems to be TriG."),
    "N-Quads": ("<a:a> <a:b> <a:c> <a:g> .\n", 1, "seems to be N-Quads."),
    "conflict": ("<<<<<<< HEAD\n<a:a> a <a:b> .\n=======\n>>>>>>> x\n", 1, "merge with conflicts"),
    "annotation": (
        "<a:a> <a:b>\n <a:c> {| <a:d> 1 |} .",
        2,
        "an annotation “{|”, which is RDF 1.2",
    ),
    "empty reifier": ("<a:a> <a:b> <a:c> ~ .", 1, "a reifier “~”, which is RDF 1.2"),
    "reifier": ("<a:a> <a:b> <a:c> ~<a:r> .", 1, "a reifier “~”, which is RDF 1.2"),
    "reified triple": (
        "<< <a:a> <a:b> 1 >> <a:c> 2 .",
        1,
        "a reified triple “<<”, which is RDF 1.2",
    ),
    "reified triple alone": ("<< <a:a> <a:b> 1 >> .", 1, "a reified triple “<<”, which is RDF 1.2"),
    "triple term": (
        "<a:a> <a:b> <<( <a:a> <a:b> 1 )>> .",
        1,
        "a triple term “<<(”, which is RDF 1.2",
    ),
    "version": ('\nVERSION "1.2"\n<a:a> <a:b> <a:c> .', 2, "a version “VERSION”, which is RDF 1.2"),
    "@version": ("@version '1.2' .", 1, "a version “@version”, which is RDF 1.2"),
    "deep": (f"<a:a> <a:b>\n {'[ <a:b> ' * 100}", 2, "at column 402, nested deeper than 50 levels"),
    "deeper": (f"<a:a> <a:b> {'(' * 100_000}", 1, "nested deeper than 50 levels"),
    "deep terms": ("<a:a> <a:b> <<( <a:a> <a:b> " * 20_000, 1, "nested deeper than 50 levels"),
    "direction": ('<a:a> <a:b> "x"@ar--rtl .', 1, "a base direction “--rtl”, which is RDF 1.2"),
}
COMMANDS = {
    "check": ("check",),
    "build": ("build", "--output", "{out}"),
    "ask": ("ask", "policies"),
    "show": ("show", "suzhou"),
    "query": ("query", "ASK {}"),
    "review": ("review",),
    "nquads": ("export", "rdf", "-o", "{out}.nq"),
    "turtle": ("export", "rdf", "-o", "{out}/"),
    "tables": ("export", "tables", "-o", "{out}"),
    "network": ("export", "gephi", "city-theme", "-o", "{out}.gexf"),
}


# These stop at the first bad file; the others name all of them.
STOPPING = ("nquads", "turtle")
ALL_CASES = bool(os.environ.get("KG_ALL_CASES"))


def run_commands(names: Iterable[str], home: Home, call: Call, out: Path) -> dict[str, str]:
    """Return what some commands print for a home with bad files, without the name `kg`."""
    printed = {}
    for name in names:
        words = (word.replace("{out}", str(out)) for word in COMMANDS[name])
        done = call(*words, home=home, code=1)
        printed[name] = done.stdout + done.stderr.removeprefix("kg: ")
        assert not NOISE.search(printed[name]), name
        assert list(out.parent.glob(f"{out.name}*")) == [], name
    with pytest.raises(KgError) as caught:
        kg.open(home.root)
    return printed | {"kg.open": str(caught.value)}


def write_text(folder: Path, kind: str) -> Path:
    """Write a bad file of a kind; return its path."""
    text = TEXTS[kind][0]
    path = folder / f"bad {kind.replace('/', '-')}.ttl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.slow
def test_bad_texts_are_all_refused_at_once(small: Home, call: Call, tmp_path: Path) -> None:
    paths = {kind: write_text(small.data / "town", kind) for kind in TEXTS}
    commands = COMMANDS.keys() - set(STOPPING)
    for name, printed in run_commands(commands, small, call, tmp_path / "out").items():
        lines = printed.splitlines()
        for kind, (_, line, reason) in TEXTS.items():
            found = [each for each in lines if each.startswith(f"{paths[kind]}:{line}: ")]
            assert len(found) == 1, (name, kind)
            assert reason in found[0], name


@pytest.mark.slow
@pytest.mark.parametrize("kind", TEXTS)
def test_bad_text_alone_is_refused(kind: str, small: Home, call: Call, tmp_path: Path) -> None:
    """The commands that stop at the first bad file take turns, or run all with KG_ALL_CASES=1."""
    _, line, reason = TEXTS[kind]
    path = write_text(small.data / "town", kind)
    names = STOPPING if ALL_CASES else [STOPPING[list(TEXTS).index(kind) % len(STOPPING)]]
    printed = run_commands(names, small, call, tmp_path / "out")
    for words in (("check", path), ("format", path)):
        done = call(*words, home=small, code=1)
        printed[words[0]] = done.stdout + done.stderr.removeprefix("kg: ")
    for name, each in printed.items():
        assert each.startswith(f"{path}:{line}: "), name
        assert reason in each, name
        assert not NOISE.search(each), name


@pytest.mark.parametrize("kind", TEXTS)
def test_bad_text_of_the_prefixes_is_refused(kind: str, small: Home, call: Call) -> None:
    text, line, reason = TEXTS[kind]
    path = small.ontology / "prefixes.ttl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    for words in COMMANDS["check"], COMMANDS["ask"]:
        done = call(*words, home=small, code=1)
        assert done.stderr.startswith(f"kg: {path}:{line}: ")
        assert reason in done.stderr
        assert not NOISE.search(done.stderr)


def find_untranslated(printed: str) -> list[str]:
    """Return the messages of a report that have no Chinese, or English that is not quoted."""
    english = re.compile("[a-z]{2,} [a-z]{2,} [a-z]{2,}")
    found = []
    for line in printed.splitlines()[: -1 if "条陈述" in printed else None]:
        message = line.partition(": ")[2].removeprefix("错误: ")
        own = re.sub("“.*?”|iconv .*", "", message)
        if not re.search("[\u4e00-\u9fff]", own) or english.search(own):
            found.append(message)
    return found


def test_bad_texts_are_reported_in_chinese(small: Home, call: Call) -> None:
    for kind in TEXTS:
        write_text(small.data / "town", kind)
    os.mkfifo(small.data / "town" / "pipe.ttl")
    (small.data / "town" / "link.ttl").symlink_to("gone")
    printed = call("check", "--lang", "zh-Hans", home=small, code=1).stdout
    assert printed.count(": 错误: ") == len(TEXTS) + 2
    assert find_untranslated(printed) == []
    # Files of the home that were not asked for, on standard error.
    path = small.data / "town" / "suzhou.ttl"
    printed = call("check", path, "--lang", "zh-Hans", home=small, code=1).stderr
    assert len(printed.splitlines()) == len(TEXTS) + 2
    assert find_untranslated(printed) == []


@pytest.mark.parametrize("kind", ["lines", "encoding", "folder"])
def test_bad_ledgers_and_exceptions_are_reported_in_chinese(
    kind: str, small: Home, call: Call
) -> None:
    ledger = small.data / "town" / "ledger.tsv"
    ledger.unlink(missing_ok=True)
    if kind == "folder":
        ledger.mkdir()
    elif kind == "encoding":
        ledger.write_bytes("国家".encode("gbk"))
    else:
        line = f"a\tplace:x\t2026-01-01\t{'0' * 64}\n"
        ledger.write_text(f"<<<<<<< HEAD\nx\n{line}{line}{line.replace('place:', 'no ')}", "utf-8")
    texts = ["a = [", "a = 1", "[[exception]]", "a = " + "[" * 5_000, "a = " + "9" * 6_000]
    for number, text in enumerate([*texts, "国家"]):
        (small.data / str(number)).mkdir()
        path = small.data / str(number) / "accepted-exceptions.toml"
        path.write_bytes(text.encode("utf-8" if text.isascii() else "gbk"))
    printed = call("check", "--lang", "zh-Hans", home=small, code=1).stdout
    assert printed.count("[exception-invalid]") == len(texts) + 1
    assert printed.count("[ledger]") == (4 if kind == "lines" else 1)
    findings = "".join(f"{line}\n" for line in printed.splitlines() if line.endswith("]"))
    assert find_untranslated(findings) == []


def test_untranslated_lines_are_found() -> None:
    assert find_untranslated("a:1: 错误: not valid Turtle.\n") != []
    assert find_untranslated("a:1: 错误: 无效：“x is not y”。Write it in full.\n") != []
    assert find_untranslated("a:1: 错误: 无效：“x is not y”。\n") == []


def make_kinds(path: Path) -> dict[str, tuple[Callable[[], object], str]]:
    """Return functions that make what is no file to read, each with the reason."""

    def bind() -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))

    return {
        "link to itself": (lambda: path.symlink_to(path.name), "lead in a circle"),
        "broken link": (lambda: path.symlink_to("gone"), "its symbolic link leads nowhere"),
        "link to a device": (lambda: path.symlink_to("/dev/zero"), "it is a device"),
        "pipe": (lambda: os.mkfifo(path), "it is a pipe"),
        "socket": (bind, "it is a socket"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", make_kinds(Path()))
def test_special_file_is_refused(
    kind: str, small: Home, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.data / "town")  # the path of a socket is short
    monkeypatch.setattr("kg.reading.WRITER_SECONDS", 0)
    path = small.data / "town" / "bad.ttl"
    kinds = make_kinds(Path("bad.ttl"))
    make, reason = kinds[kind]
    make()
    # The commands take turns, two for each kind.
    names = list(COMMANDS) if ALL_CASES else list(COMMANDS)[list(kinds).index(kind) :: len(kinds)]
    for name, printed in run_commands(names, small, call, tmp_path / "out").items():
        assert str(path) in printed, name
        assert reason in printed, name
    for command in ("check", "format"):
        done = call(command, path, home=small, code=2)
        assert done.stderr.startswith(f"kg: {path}: "), command


@pytest.mark.slow
def test_file_over_the_limit_is_refused(
    small: Home, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small.data / "town" / "bad.ttl"
    path.write_bytes(b"#" * 2**20)
    monkeypatch.setenv("KG_MAX_FILE_SIZE", "1000K")
    for printed in run_commands(COMMANDS, small, call, tmp_path / "out").values():
        assert "more than 1024000 bytes" in printed


@pytest.mark.parametrize(
    "name",
    ["data/entailed.ttl", "ontology/entailed.ttl", "data/Entailed.TTL", "data/catalog.ttl"],
)
def test_reserved_name_is_refused(name: str, small: Home, call: Call, tmp_path: Path) -> None:
    path = small.root / name
    path.write_text("<a:a> <a:b> <a:c> .")
    for printed in run_commands(COMMANDS, small, call, tmp_path / "out").values():
        assert "no file can have this name" in printed
        assert "Rename the file." in printed


def test_graph_of_entailments_is_that_of_the_program(small: Home, call: Call) -> None:
    """A name that only looks like a reserved one is accepted."""
    path = small.data / "town" / "entailed.ttl"
    path.write_text("<a:a> <a:b> <a:c> .")
    query = "SELECT (COUNT(*) AS ?n) { GRAPH graph:entailed { ?s ?p ?o } }"
    before = call("query", query, "--format", "csv", home=small).stdout
    path.unlink()
    assert call("query", query, "--format", "csv", home=small).stdout == before


def test_upper_case_suffix_is_read(small: Home, call: Call) -> None:
    path = small.data / "town" / "suzhou.ttl"
    before = call("ask", "policies", "--format", "csv", home=small).stdout
    path.rename(path.with_suffix(".TTL"))
    assert call("ask", "policies", "--format", "csv", home=small).stdout == before
    assert before.count("\n") > 1


def test_files_passed_over_are_warnings(small: Home, call: Call) -> None:
    names = {
        "a.nt", "a.rdf", "a.ttl~", "a.ttl.bak", "#a.ttl#", "a.TTL.txt", ".a.ttl", ".old/a.ttl",
        "a.ttl.gz", ".a.ttl.swp", "a.jsonld", "linked",
    }  # fmt: skip
    silent = {"README.txt", "README.md", "a.csv", ".git/x", ".DS_Store", "folder.ttl/a.csv"}
    folder = small.data / "town"
    (small.root / "elsewhere").mkdir()
    for name in names | silent:
        (folder / name).parent.mkdir(exist_ok=True)
        if name == "linked":
            (folder / name).symlink_to(small.root / "elsewhere", target_is_directory=True)
        else:
            (folder / name).write_text("no Turtle")
    (small.queries / "a.RQ").write_text("no query")
    (small.ontology / "rules" / "a.sparql").write_text("no query")
    printed = call("check", home=small).stdout
    assert re.findall(r"/(a\.\w+):0: warning: .* suffix \.rq", printed) == ["a.sparql", "a.RQ"]
    chinese = call("check", folder, "--lang", "zh-Hans", home=small).stdout
    assert "未读取" in chinese
    for text, severity in ((printed, "warning"), (chinese, "警告")):
        assert not NOISE.search(text)
        found = rf"^{folder}/(.*):0: {severity}: .* \[file-passed-over\]$"
        assert set(re.findall(found, text, re.M)) == names
    call("ask", "policies", home=small)


@pytest.mark.slow
def test_byte_order_mark_changes_nothing(small: Home, call: Call, tmp_path: Path) -> None:
    query = tmp_path / "cities.rq"
    query.write_text("\ufeffSELECT ?c { ?c a cdp:City } ORDER BY ?c")
    words = [
        ("query", query, "--format", "csv"),
        ("check",),
        ("ask", "policies"),
        ("show", "suzhou"),
    ]
    before = [call(*each, home=small).stdout for each in words]
    for path in (
        *small.root.rglob("*.ttl"),
        *small.root.rglob("*.rq"),
        *small.root.rglob("*.toml"),
    ):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [call(*each, home=small).stdout for each in words] == before


@pytest.mark.parametrize("name", ["x" * 300, "武" * 100, "a\nb", "gone.ttl"])
def test_path_that_cannot_be_is_a_usage_error(name: str, small: Home, call: Call) -> None:
    for words in (("check", name), ("format", name), ("format", "--check", name)):
        done = call(*words, home=small, code=2)
        assert not NOISE.search(done.stderr)
        assert "room" not in done.stderr
        assert not done.stdout
    commands: dict[tuple[str, ...], int] = {
        ("ask", name): 2,
        ("show", name): 2,
        ("source", "add", name): 1,
    }
    for command, code in commands.items():
        done = call(*command, home=small, code=code)
        assert not NOISE.search(done.stderr)
        assert "room" not in done.stderr
    call("--home", name, "ask", code=1)
    for where in (name, "a\0b"):
        with pytest.raises(KgError):
            kg.open(small.root / where)


def test_device_is_refused_wherever_a_file_is_named(small: Home, call: Call) -> None:
    commands: dict[tuple[str, ...], int] = {
        ("check",): 2,
        ("format",): 2,
        ("query",): 2,
        ("source", "add"): 1,
        ("source", "restore"): 1,
    }
    for words, code in commands.items():
        done = call(*words, "/dev/zero", home=small, code=code)
        assert done.stderr.startswith("kg: /dev/zero: cannot be read (it is a device)."), words


def test_answer_with_ill_formed_literals_is_printed_without_noise(small: Home, call: Call) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    forms = {"2021-99-99": "date", "maybe": "boolean", "0g": "hexBinary", "1E999999999": "decimal"}
    values = " , ".join(f'"{form}"^^<{xsd}{name}>' for form, name in forms.items())
    (small.data / "town" / "odd.ttl").write_text(f"<a:a> <a:p> {values} .")
    for form in ("turtle", "jsonld", "rdfxml", "ntriples"):
        done = call("query", "CONSTRUCT WHERE { ?s <a:p> ?o }", "--format", form, home=small)
        assert done.stderr == ""
        assert all(each in done.stdout for each in forms)


def test_pipe_named_by_the_user_is_read(small: Home, call: Call) -> None:
    """As by `kg check <(…)`: the file is read once, and its findings have lines."""
    out, into = os.pipe()
    os.write(into, b'\xef\xbb\xbf<a:a>\n <a:b> "x"@de .')
    os.close(into)
    done = call("check", f"/dev/fd/{out}", home=small, code=1)
    os.close(out)
    assert f"/dev/fd/{out}:2: violation: " in done.stdout
