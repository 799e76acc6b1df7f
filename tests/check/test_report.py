"""A report as text and as JSON."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import kg
from kg.check import Coverage, Finding, Report, render_report

FINDINGS = [
    Finding("a.ttl", 3, "violation", "language-tag", "https://example.org/x", "x: wrong"),
    Finding("b.ttl", 1, "warning", "thing-unused", "https://example.org/y", "y: 无用"),
]
COVERAGE = [Coverage("place:suzhou", 3, 2)]
REPORT = Report(FINDINGS, COVERAGE, 4, 100, [("source:a", True), ("source:b", False)], ["Noted."])


def test_text_has_findings_notes_coverage_and_sources_that_were_not_compared() -> None:
    lines = render_report(REPORT, "text").splitlines()
    assert lines[:2] == [str(finding) for finding in FINDINGS]
    assert lines[2] == "Noted."
    assert lines[4] == "  place:suzhou: 2 of 3"
    assert lines[5].startswith("source:b: ")
    assert lines[6] == "4 files, 100 statements: 1 violations, 1 warnings."
    assert len(lines) == 7


def test_text_of_an_empty_report_is_the_last_line() -> None:
    text = render_report(Report([], [], 1, 0, []), "text")
    assert text == "1 files, 0 statements: 0 violations, 0 warnings.\n"


def test_json_has_all_fields() -> None:
    read = json.loads(render_report(REPORT, "json"))
    assert [Finding(**finding) for finding in read["findings"]] == FINDINGS
    assert [Coverage(**coverage) for coverage in read["coverage"]] == COVERAGE
    assert read["notes"] == ["Noted."]
    assert read["sources"] == [["source:a", True], ["source:b", False]]
    assert (read["files"], read["statements"]) == (4, 100)
    fields = {"findings", "coverage", "files", "statements", "sources", "notes", "reviews"}
    assert set(read) == fields


def test_text_in_chinese_has_english_in_names_alone() -> None:
    lines = render_report(REPORT, "text", "zh-Hans").splitlines()
    assert lines[0] == "a.ttl:3: 错误: x: wrong [language-tag]"
    assert lines[1].startswith("b.ttl:1: 警告: ")
    assert lines[3:] == [
        "数据引用的来源句子和标题：",
        "  place:suzhou：共 3 个，引用 2 个",
        "source:b：未与来源文本比对。请添加文本：kg source add FILE",
        "4 个文件，100 条陈述：1 个错误，1 个警告。",
    ]


def list_messages(value: object) -> Iterator[dict[str, str]]:
    """Yield the texts by language in a constant of a module; names of labels have zh-Hant too."""
    if isinstance(value, dict):
        if isinstance(value.get("en"), str):
            if "zh-hant" not in map(str.lower, value):
                yield value
        else:
            for each in value.values():
                yield from list_messages(each)


def test_every_message_is_in_english_and_chinese() -> None:
    """Those of shapes and of queries are in files, which other tests read."""
    root = Path(kg.__file__).parent
    modules = [path for room in ("check", "review") for path in (root / room).rglob("*.py")]
    names = [".".join(("kg", *p.relative_to(root).with_suffix("").parts)) for p in modules]
    constants = [v for name in names for v in vars(import_module(name)).values()]
    messages = {json.dumps(each): each for value in constants for each in list_messages(value)}
    assert len(messages) > 80
    faults = []
    for texts in messages.values():
        fields = [sorted(re.findall(r"\{\w*\}", text)) for text in texts.values()]
        if (
            list(texts) != ["en", "zh-Hans"]
            or fields[0] != fields[1]
            or (re.search("[a-z]{3}", texts["en"]) and not re.search("[一-鿿]", texts["zh-Hans"]))
        ):
            faults.append(texts)
    assert faults == []
