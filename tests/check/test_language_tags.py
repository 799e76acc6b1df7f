"""Language tags are checked with their case."""

from pathlib import Path

from kg.check.finding import Finding, Locator
from kg.check.language_tags import check_language_tags, may_have_other_tags
from kg.home import Home
from kg.names import LANGUAGES, read_names
from kg.turtle import TurtleFile
from kg.turtle_tokens import LineIndex, index_statements

GRAPH = "https://example.org/g"
NODE = "https://example.org/x"


def check(home: Home, path: Path, text: str, language: str = "en") -> list[Finding]:
    path.write_text(f"<{NODE}>\n{text} .\n", "utf-8")
    file = TurtleFile(path, GRAPH)

    def read_lines(file: TurtleFile) -> LineIndex:
        return index_statements(file.path.read_text("utf-8"), file.graph, "type")

    locator = Locator([file], lambda node: [], read_lines)
    return list(check_language_tags(read_names(home), [file], locator, language))


def test_unknown_tags_are_found_whatever_their_case(untouched: Home, tmp_path: Path) -> None:
    # Texts that differ in the case of their tags only are equal in RDF.
    tags = [*LANGUAGES, "zh-hans", "EN", "zh-CN"]
    texts = ",\n".join(f"'text'@{tag}" for tag in tags)
    found = check(untouched, tmp_path / "a.ttl", f"<https://example.org/label>\n{texts}")
    assert [(f.check, f.severity, f.node, f.line) for f in found] == [
        ("language-tag", "violation", NODE, line) for line in (6, 7, 8)
    ]
    for tag, finding in zip(("zh-hans", "EN", "zh-CN"), found, strict=True):
        assert f"The language tag {tag} is not used" in finding.message


def test_text_with_any_other_tag_is_read_closely() -> None:
    assert not may_have_other_tags("\n".join(f"'text'@{tag} ." for tag in LANGUAGES))
    # Names of directives are tags, too, after a text.
    for tag in ("EN", "en-GB", "e", "prefix", "base"):
        assert may_have_other_tags(f"'text' @{tag} .")


def test_message_is_in_the_language_asked_for(untouched: Home, tmp_path: Path) -> None:
    (finding,) = check(untouched, tmp_path / "a.ttl", "<e:p> 'x'@EN", "zh-Hant")
    assert "不使用语言标签 EN" in finding.message


def test_what_only_looks_like_a_tag_is_not_found(untouched: Home, tmp_path: Path) -> None:
    text = """<e:p> "say 'no'@EN", '''"x"@EN''' ; # "x"@EN
  <https://example.org/"@EN> 'x'@en"""
    assert check(untouched, tmp_path / "a.ttl", text.replace('"@EN>', "'@EN>")) == []
