"""Characters that are not text are found in every literal and IRI."""

import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.check import check_files
from kg.check.characters import check_characters
from kg.check.finding import Finding, Locator
from kg.home import Home, find_home
from kg.names import read_names
from kg.turtle import TurtleFile, list_files
from kg.turtle_tokens import LineIndex, index_statements

NAMES = read_names(find_home())
BIDI_CONTROLS = {chr(n) for n in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def is_forbidden(character: str) -> bool:
    """Return whether a literal may not have a character, from the Unicode data alone."""
    code = ord(character)
    return (
        (unicodedata.category(character) == "Cc" and character not in "\t\n\r")
        or character in BIDI_CONTROLS
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


FORBIDDEN = [chr(n) for n in range(sys.maxunicode + 1) if is_forbidden(chr(n))]
characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(FORBIDDEN)


def read_lines(file: TurtleFile) -> LineIndex:
    return index_statements(file.path.read_text("utf-8"), file.graph, "e:type")


def find(path: Path, language: str = "en") -> list[Finding]:
    file = TurtleFile(path, "e:graph")
    return list(
        check_characters(NAMES, [file], Locator([file], lambda node: [], read_lines), language)
    )


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Finding]]]:
    path = tmp_path_factory.mktemp("characters") / "a.ttl"

    def check_text(text: str) -> list[Finding]:
        path.write_bytes(text.encode())
        return find(path)

    yield check_text


def write_character(character: str, style: str) -> str:
    code = ord(character)
    if style == "raw" and character not in "\\\"'\n\r":
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08X}"


def test_every_forbidden_character_is_found_however_it_is_written(
    check: Callable[[str], list[Finding]],
) -> None:
    for style in ("raw", "escaped"):
        lines = [
            f'<e:a{n}> <e:b> "x{write_character(c, style)}" .' for n, c in enumerate(FORBIDDEN)
        ]
        found = check("\n".join(lines))
        assert [finding.line for finding in found] == list(range(1, len(FORBIDDEN) + 1))
        named = [f" U+{ord(c):04X}, " in f.message for c, f in zip(FORBIDDEN, found, strict=True)]
        assert all(named)
        assert [finding.node for finding in found] == [f"e:a{n}" for n in range(len(FORBIDDEN))]


@given(
    st.text(characters, max_size=20),
    st.sampled_from(["raw", "escaped"]),
    st.sampled_from(["'''", '"']),
)
@example("\\u202e", "raw", '"')
@example("\b\f", "raw", '"')
def test_engine_and_check_agree_on_any_text(
    check: Callable[[str], list[Finding]], text: str, style: str, quotes: str
) -> None:
    written = "".join(write_character(character, style) for character in text)
    turtle = f"# {chr(0x202E)}\n<e:a> <e:b> {quotes}{written}{quotes}@en .\n"
    (quad,) = pyoxigraph.parse(turtle.encode(), pyoxigraph.RdfFormat.TURTLE)
    assert isinstance(quad.object, pyoxigraph.Literal)
    assert quad.object.value == text
    found = check(turtle)
    assert {f.message for f in found} == {
        next(f.message for f in found if f" U+{ord(c):04X}, " in f.message)
        for c in set(filter(is_forbidden, text))
    }
    assert {finding.line for finding in found} <= {2}


@pytest.mark.parametrize(
    ("turtle", "line", "message"),
    [
        ('<e:a> <e:b> """x\n\ny\x1b""" .', 3, "e:a: The literal has U+001B, a control character."),
        ("<e:a> <e:b> 'a\\b' .", 1, "e:a: The literal has U+0008, a control character."),
        ('<e:a> <e:b> [ <e:c> "\\uFFFE" ] .', 1, "The literal has U+FFFE, a noncharacter."),
        ('<e:a> <e:b> ( "\u2066" ) .', 1, "The literal has U+2066, a bidirectional control."),
        ('<e:a> <e:b> "\x7f"^^<e:t> .', 1, "e:a: The literal has U+007F, a control character."),
        ("<e:a> <e:b> <e:\u202e> .", 1, "e:a: The IRI has U+202E, a bidirectional control."),
    ],
)
def test_finding_has_line_node_and_code_point(
    check: Callable[[str], list[Finding]], turtle: str, line: int, message: str
) -> None:
    (finding,) = check(turtle)
    assert (finding.line, finding.message) == (line, f"{message} Remove it.")
    assert (finding.check, finding.severity) == ("character", "violation")


def test_finding_is_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text('<e:a> <e:b> "\\u202e" .', "utf-8")
    (finding,) = find(tmp_path / "a.ttl", "zh-Hans")
    assert finding.message == "e:a: 文字中有 U+202E（双向控制字符）。请删除。"


def test_comments_and_text_with_tabs_line_ends_and_joiners_are_sound(
    check: Callable[[str], list[Finding]],
) -> None:
    assert check('# \x1b\n<e:a> <e:b> """\t\r\n\\r 👩\u200d👧 \\\\u202e \u200f \ue000""" .') == []


def test_shipped_files_are_sound() -> None:
    files = list_files(find_home(), shapes=True)
    assert len(files) > 10
    assert (
        list(check_characters(NAMES, files, Locator(files, lambda node: [], read_lines), "en"))
        == []
    )


def test_check_reports_them_in_data_ontology_and_shapes(small: Home) -> None:
    shapes = min((small.ontology / "shapes").glob("*.ttl"))
    expected = []
    for path in (small.data / "town" / "suzhou.ttl", small.ontology / "codes.ttl", shapes):
        text = path.read_text("utf-8")
        position = text.index('"@en')
        path.write_text(f"{text[:position]}\\u001b{text[position:]}", "utf-8")
        expected.append((str(path), text.count("\n", 0, position) + 1))
    found = [f for f in check_files(small).findings if f.check == "character"]
    assert sorted((f.path, f.line) for f in found) == sorted(expected)
