import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from kg.cli.messages import print_message
from kg.display import escape_controls
from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]

CLI = Path(__file__).parents[2] / "kg" / "cli"


@pytest.mark.parametrize("err", [False, True])
def test_message_has_escapes(err: bool, capsys: pytest.CaptureFixture[str]) -> None:
    print_message("a\x1b[2J\u202e.ttl: formatted\nb", err=err)
    out, errors = capsys.readouterr()
    assert (errors if err else out) == "a\\x1b[2J\\u202e.ttl: formatted\nb\n"


def test_all_messages_are_printed_with_escapes() -> None:
    found = {
        path.name
        for path in CLI.glob("*.py")
        if re.search(r"click\.(echo|secho|echo_via_pager)\(|\bprint\(", path.read_text("utf-8"))
    }
    # `output` escapes before it calls click.
    assert found == {"messages.py", "output.py"}


HOSTILE = "\x1b]0;title\x07\x9b2J\u202e\ufffe"


@pytest.fixture
def hostile(small: Home) -> Home:
    """A home with a folder name and a city whose label a terminal would obey."""
    root = small.root.rename(small.root.with_name("home \x1b[2J\u202e"))
    (root / "data" / "hostile.ttl").write_text(
        "PREFIX cdp: <https://w3id.org/cdp/ontology#>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "<https://w3id.org/cdp/id/place/hostile> a cdp:City ; "
        f'rdfs:label "x{HOSTILE}y|<b>"@en , "汉{HOSTILE}"@zh-Hans .\n',
        "utf-8",
    )
    return Home(root)


def list_hostile(text: str) -> set[str]:
    return {c for c in text if c not in "\n\t" and escape_controls(c) != c}


QUERY = (
    'SELECT ?l { <https://w3id.org/cdp/id/place/hostile> rdfs:label ?l FILTER(LANG(?l) = "en") }'
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["ask", "search", "--text", "y|<b>"], 0),
        (["ask", "search", "--text", "y|<b>", "--format", "markdown"], 0),
        (["show", "place:hostile"], 0),
        (["show", "place:hostile", "--lang", "zh-Hans"], 0),
        (["query", QUERY], 0),
        (["query", QUERY, "--format", "markdown"], 0),
        (["check"], 1),
        (["check", "--verbose"], 1),
        (["review"], 0),
        (["review", f"no{HOSTILE}"], 2),
        (["review", "--accept", "--date", f"no{HOSTILE}"], 2),
        (["review", "--accept"], 0),
        (["build", "-o", "built"], 1),
        (["show", f"no{HOSTILE}"], 2),
        (["ask", f"no{HOSTILE}"], 2),
        (["ask", "targets", "--city", f"no{HOSTILE}"], 2),
        (["ask", "targets", "--lang", f"no{HOSTILE}"], 2),
        (["ask", "targets", f"--no{HOSTILE}"], 2),
        ([f"no{HOSTILE}"], 2),
        (["check", f"no{HOSTILE}.ttl"], 2),
        (["format", f"no{HOSTILE}.ttl"], 2),
        (["query", f"no{HOSTILE}.rq"], 2),
        (["export", "rdf", "-o", f"dump{HOSTILE}.nq"], 0),
        (["export", "rdf", "--graphs", f"no{HOSTILE}", "-o", "dump.nq"], 2),
        (["export", "tables", "-o", f"tables{HOSTILE}"], 0),
        (["export", "tables", "--table", f"no{HOSTILE}"], 2),
        (["export", "gephi", f"no{HOSTILE}", "-o", "x.gexf"], 2),
        (["export", "gephi", "city-theme", "-o", f"x{HOSTILE}.gexf"], 0),
    ],
)
def test_no_output_for_people_has_a_hostile_character(
    line: list[str],
    code: int,
    hostile: Home,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*line, home=hostile, code=code)
    assert list_hostile(done.stdout + done.stderr) == set()
    assert r"\x1b" in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_keep_every_character(form: str, hostile: Home, call: Call) -> None:
    text = call("query", QUERY, "--format", form, home=hostile).stdout
    if form == "json":
        text = json.loads(text)["results"]["bindings"][0]["l"]["value"]
    assert f"x{HOSTILE}y|<b>" in text
    ask = call("ask", "search", "--text", "y|<b>", "--format", "csv", home=hostile).stdout
    assert f"x{HOSTILE}y|<b>" in ask


@pytest.mark.parametrize("form", ["turtle", "ntriples"])
def test_triples_keep_every_character(form: str, hostile: Home, call: Call) -> None:
    query = "CONSTRUCT WHERE { <https://w3id.org/cdp/id/place/hostile> rdfs:label ?l }"
    text = call("query", query, "--format", form, home=hostile).stdout
    formats = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES}
    values = {
        quad.object.value
        for quad in parse(text.encode(), formats[form])
        if isinstance(quad.object, Literal)
    }
    assert values == {f"x{HOSTILE}y|<b>", f"汉{HOSTILE}"}


def test_texts_of_a_question_are_escaped_in_help_and_completion(small: Home, call: Call) -> None:
    path = small.queries / "targets.rq"
    text = path.read_text("utf-8")
    first = text.index("  en: ")
    line = text[first : text.index("\n", first)]
    path.write_text(text.replace(line, r'  en: "a\e[2J\u202E"', 1), "utf-8")
    for words in (["ask"], ["ask", "targets", "--help"], ["ask", "--help"]):
        shown = call(*words, home=small).stdout
        assert list_hostile(shown) == set()
        assert r"a\x1b[2J\u202e" in shown
