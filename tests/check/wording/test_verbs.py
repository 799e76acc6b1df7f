"""The check that the source has a verb of the code of an element, and what it notices."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.check import check_files
from kg.check.finding import Finding
from kg.check.wording.source_texts import Cited, Reader
from kg.check.wording.things import Text, Thing
from kg.check.wording.verbs import MESSAGES, check_verbs
from kg.graph import load_graph
from kg.home import Home
from kg.names import language_of, text

VERBS = {
    "zh-Hans": {
        "研究": {"e:study"}, "推进": {"e:advance"}, "建设": {"e:deliver"},
        "开发": {"e:both", "e:deliver"},
    },
    "en": {"build": {"e:deliver"}, "look into": {"e:study"}},
}  # fmt: skip
# From the least to the most binding.
CODES = ("study", "explore", "encourage", "strive", "advance", "deliver", "ensure")
CODE = re.compile(r"(?<=cdp:hasFirmness )firmness:\w+")
# Of 932 other codes for the 155 elements (848 at the time of writing), and of those 302 that are
# neighbours of the right one (250).
NOTICED, NOTICED_NEIGHBOURS = 830, 240


def find_verbs(code: str, *clauses: str) -> list[str]:
    """Return the message of each finding on an element with a code."""
    thing = Thing("e:x")
    thing.links["firmness"].append(code)
    thing.properties["firmness"] = "e:hasFirmness"
    found = []

    def report(
        check: str, severity: str, node: str, *values: str, about: Text
    ) -> Iterator[Finding]:
        assert (severity, node, about.property, about.value) == (
            "warning", "e:x", "e:hasFirmness", code,
        )  # fmt: skip
        found.append(MESSAGES[check]["en"].format(*values))
        yield from ()

    cited = {"e:x": Cited([], [], list(clauses))}
    list(check_verbs({"e:x": thing}, cited, VERBS, report))
    return found


@pytest.mark.parametrize(
    ("code", "clauses"),
    [
        ("e:study", ["建设平台"]),
        ("e:deliver", ["推进平台", "研究平台"]),
        ("e:study", ["Build platforms."]),
        ("e:deliver", ["To look into platforms."]),
        ("e:advance", ["开发平台"]),
    ],
)
def test_source_with_verbs_of_other_codes_alone_is_found(code: str, clauses: list[str]) -> None:
    (message,) = find_verbs(code, *clauses)
    assert code in message


@pytest.mark.parametrize(
    ("code", "clauses"),
    [
        ("e:deliver", ["建设平台"]),
        ("e:deliver", ["推进平台建设"]),
        ("e:deliver", ["研究平台", "建设平台"]),
        ("e:both", ["开发平台"]),
        ("e:deliver", ["开发平台"]),
        ("e:study", ["Looking for platforms."]),
        ("e:deliver", []),
        # A verb that no code has, a code without verbs, or none in the language.
        ("e:study", ["搭建平台"]),
        ("e:named", ["建设平台"]),
        ("e:advance", ["Build platforms."]),
        # A lost character may have been the verb.
        ("e:study", ["□究平台建设"]),
    ],
)
def test_source_with_a_verb_of_the_code_or_none_is_not_found(code: str, clauses: list[str]) -> None:
    assert find_verbs(code, *clauses) == []


def test_verbs_that_contradict_the_code_are_named() -> None:
    (message,) = find_verbs("e:study", "推进平台建设")
    assert "建设, 推进" in message


@pytest.mark.parametrize(
    ("code", "number", "is_added"),
    [("explore", 0, True), ("deliver", 1, True), ("named", 0, True), ("deliver", 0, False)],
)
def test_verbs_are_those_of_the_ontology(
    small: Home,
    town: Path,
    no_source: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    number: int,
    is_added: bool,
) -> None:
    """The passage is on a trial; without the source text nothing is compared."""
    monkeypatch.setenv("XDG_DATA_HOME", str(town if is_added else no_source))
    path = small.data / "town" / "suzhou.ttl"
    statements = f"evidence:town-16-53 ;\n    cdp:hasFirmness firmness:{code} ;"
    edited = path.read_text("utf-8").replace("evidence:town-90-115 ;", statements, 1)
    prefix = "PREFIX firmness: <https://w3id.org/cdp/code/firmness/>\n"
    path.write_text(prefix + edited, "utf-8")
    found = [each for each in check_files(small).findings if each.check == "source-verb"]
    assert [each.line for each in found] == number * [76]


def test_labels_in_languages_without_hidden_labels_are_no_verbs(untouched: Home) -> None:
    verbs = [verb for _, verb in load_graph(untouched).internal("wording-verbs")]
    assert {language_of(verb) for verb in verbs} == {"zh-Hans"}
    assert {"推进", "建设"} <= {text(verb) for verb in verbs}
    assert "仅提及" not in {text(verb) for verb in verbs}


@pytest.mark.parametrize(
    ("passage", "clause"),
    [
        ("云平台", "提出推进网络、云平台"),
        ("提出推进网络", "提出推进网络"),
        ("网络、云平台建设;研究算法", "提出推进网络、云平台建设;研究算法"),
        ("算法", "研究算法"),
    ],
)
def test_clause_ends_with_the_passage(passage: str, clause: str) -> None:
    raw = "甲市发布文件:提出推进网络、云平台建设;研究算法。"
    start = raw.index(passage)
    assert Reader(raw).read_clause(start, start + len(passage)) == clause


@pytest.mark.slow
def test_most_wrong_codes_are_noticed_and_no_right_one(
    own_roundup: Home,
    article: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All elements get the same code, one code after the other."""
    monkeypatch.setenv("XDG_DATA_HOME", str(article))
    texts = {path: path.read_text("utf-8") for path in own_roundup.data.glob("*/*.ttl")}
    noticed, neighbours = 0, 0
    for rank, code in enumerate(CODES):
        for path, turtle in texts.items():
            path.write_text(CODE.sub(f"firmness:{code}", turtle), "utf-8")
        for finding in check_files(own_roundup).findings:
            assert finding.check == "source-verb", finding
            line = texts[Path(finding.path)].splitlines()[finding.line - 1]
            (own,) = CODE.findall(line)
            assert own != f"firmness:{code}", finding
            noticed += 1
            name = own.partition(":")[2]
            neighbours += name in CODES and abs(CODES.index(name) - rank) == 1
    assert noticed >= NOTICED, noticed
    assert neighbours >= NOTICED_NEIGHBOURS, neighbours
