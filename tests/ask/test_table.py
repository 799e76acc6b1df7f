"""Tables as text: width, line breaks, records, Markdown."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kg.ask.table import clean_text, measure_table, render_markdown, render_table
from kg.display import escape_markdown
from kg.wrapping import measure_text, wrap_text

TITLES = ["city", "what the city promises", "n"]
ROWS = [
    ["武汉 Wuhan", "数据开放率达到百分之八十以上 open rate of public resources", "80"],
    ["x", "averylongwordthatcannotbebroken", ""],
]
FRAME = re.compile("[┌┬┐├┼┤└┴┘│─\\s]+")


def list_words(text: str) -> list[str]:
    return [word for word in FRAME.split(text) if word]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Suzhou 苏州", 11),
        ("武汉，a", 7),
        ("e\u0301", 1),
        ("한국 ①ｱ", 7),
        # Format characters, such as the word joiner, take no column.
        ("a\u2060b\u200b", 2),
        ("", 0),
    ],
)
def test_east_asian_characters_take_two_columns(text: str, columns: int) -> None:
    assert measure_text(text) == columns


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("document is x", 8, ["document", "is x"]),
        ("a document is", 8, ["a", "document", "is"]),
        ("a  b\n c", 9, ["a b c"]),
        ("数据中心", 4, ["数据", "中心"]),
        ("数据中心", 5, ["数据", "中心"]),
        ("数据centre", 8, ["数据", "centre"]),
        ("", 4, [""]),
        # A word that is longer than the width is not cut.
        ("abcdefghij kl", 4, ["abcdefghij", "kl"]),
        ("in Governments", 4, ["in", "Governments"]),
        # No line starts with closing punctuation, or ends with opening punctuation.
        ("数据，中心。", 4, ["数", "据，", "中", "心。"]),
        ("一二（三四）五", 6, ["一二", "（三", "四）五"]),
        ("一二三、四", 6, ["一二", "三、四"]),
        ("到2023年", 6, ["到2023", "年"]),
        ("“三”由", 4, ["“三”", "由"]),
    ],
)
def test_lines_break_at_spaces_and_between_east_asian_characters(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap_text(text, width) == lines


def test_further_lines_are_indented() -> None:
    assert wrap_text("one two three", 7, "  ") == ["one two", "  three"]
    assert wrap_text("aa bb cc dd", 5, "  ") == ["aa bb", "  cc", "  dd"]
    assert wrap_text("one toolongforaline", 7, "  ") == ["one", "  toolongforaline"]


def test_table_without_a_width_is_as_wide_as_its_cells() -> None:
    text = render_table(["a", "b"], [["武汉", "x" * 200]])
    assert f"│ 武汉 │ {'x' * 200} │" in text
    assert {measure_text(line) for line in text.splitlines()} == {4 + 200 + 7}
    assert measure_table([["a", "b"], ["武汉", "x" * 200]]) == 4 + 200 + 7


@pytest.mark.parametrize("width", [*range(60, 100, 3), 200])
def test_table_fits_its_width_and_keeps_words(width: int) -> None:
    text = render_table(TITLES, ROWS, width)
    assert text.startswith("┌")
    assert len({measure_text(line) for line in text.splitlines()}) == 1
    assert measure_text(text.splitlines()[0]) <= width
    assert {"averylongwordthatcannotbebroken", "Wuhan", "80"} <= set(list_words(text))


def test_widest_columns_are_narrowed_first() -> None:
    text = render_table(["a", "b", "c"], [["one two", "x " * 30, "y " * 40]], 50)
    sizes = [len(rule) - 2 for rule in text.splitlines()[0].strip("┌┐").split("┬")]
    assert sizes == [7, 16, 17]


@pytest.mark.parametrize("width", [20, 40, 47])
def test_table_that_does_not_fit_becomes_records(width: int) -> None:
    assert render_table(TITLES, ROWS, 48).startswith("┌")
    text = render_table(TITLES, ROWS, width)
    first, second = text.split("\n\n")
    assert first.startswith("city: 武汉 Wuhan\n")
    assert second.startswith("city: x\n")
    # A cell without a value has no line.
    assert "n:" not in second
    assert "averylongwordthatcannotbebroken" in list_words(second)
    longest = max(measure_text(line) for line in text.splitlines())
    assert longest <= max(width, len("  averylongwordthatcannotbebroken"))


def test_records_without_rows_are_the_titles() -> None:
    assert render_table(["column one", "column two"], [], 12) == "column one,\ncolumn two\n"
    assert render_table(["a", "b"], [], 12).splitlines() == [
        "┌───┬───┐",
        "│ a │ b │",
        "├───┼───┤",
        "└───┴───┘",
    ]


def test_markdown_escapes_bars() -> None:
    assert render_markdown(["a|b"], [["c\nd"]]) == "| a\\|b |\n| --- |\n| c d |\n"


def test_control_characters_are_escaped() -> None:
    assert clean_text("a\x1b[2J\u202e\tb\r\nc") == "a\\x1b[2J\\u202e b c"
    assert "\\x1b[2J" in render_table(["a"], [["\x1b[2J"]])
    assert render_markdown(["a"], [["\x1b[2J"]]).endswith("\n| \\\\x1b\\[2J |\n")


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Characters that Markdown or HTML reads, more often than others.
markup = st.text(
    st.sampled_from("|*_`<>&[]()!#-+=~$\\1.:;\"' \nab武lt")
    | st.characters(exclude_categories=["Cs"]),
    max_size=25,
)


class TextReader(HTMLParser):
    """Reads the text of each cell or paragraph; any other element is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("table", "thead", "tbody", "tr", "th", "td", "p", "hr"), tag
        assert not attrs
        if tag in ("th", "td", "p"):
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data.rstrip("\n")


def read_texts(text: str) -> list[str]:
    reader = TextReader()
    reader.feed(MARKDOWN.render(text))
    reader.close()
    return reader.texts


@given(st.lists(st.tuples(markup, markup), max_size=3))
@example([("\\|", "a\\"), ("`a|b`", "&amp;&#60;"), ("<b>x</b>", "![a](b)"), ("_a_", "__a b__")])
def test_markdown_shows_the_text_of_every_cell(rows: list[tuple[str, str]]) -> None:
    shown = read_texts(render_markdown(["a_b", "*c*"], rows))
    assert shown == ["a_b", "*c*", *(clean_text(cell) for row in rows for cell in row)]


@given(markup)
@example("1. a")
@example("12) a")
@example("# a")
@example("- a")
@example("+ a")
@example("> a")
@example("***")
@example("---")
@example("===")
@example("~~~")
def test_escaped_text_is_a_paragraph(text: str) -> None:
    line = clean_text(text)
    assert read_texts(escape_markdown(line)) == ([line] if line else [])
    assert read_texts(f"before\n\n{escape_markdown(line)}\n") == [
        "before",
        *([line] if line else []),
    ]


@given(st.lists(st.tuples(markup, markup), max_size=3), st.integers(0, 80) | st.none())
def test_frame_is_straight(rows: list[tuple[str, str]], width: int | None) -> None:
    lines = render_table(["a", "b"], rows, width).splitlines()
    if lines and lines[0].startswith("┌"):
        assert len({measure_text(line) for line in lines}) == 1
