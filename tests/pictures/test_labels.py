"""Labels: their text, their line breaks and their positions."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from kg.pictures.labels import (
    COLUMNS,
    LABEL_GAP,
    Box,
    Circle,
    LabelPlacer,
    LabelText,
    break_label,
    clean_label,
    limit_lines,
    measure_label,
)
from kg.wrapping import CLOSING, OPENING, split_words

MakeCircle = Callable[..., Circle]
AREA = Box(0, 0, 400, 300)
TEXT = LabelText(("Wuhan",), 12)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("control \x00\x01\x08\x0b\x1f\x7f\x9f end \ud800 \uffff", "control end"),
        ("\u202eright to left override", "right to left override"),
        ("  line\nbreaks\tand\r\nspaces  ", "line breaks and spaces"),
        ("e\u0301 combining", "\u00e9 combining"),
        ("سياسات المدن الرقمية", "سياسات المدن الرقمية"),
    ],
)
def test_characters_that_break_xml_are_removed(text: str, clean: str) -> None:
    assert clean_label(text) == clean


def test_long_label_ends_in_an_ellipsis() -> None:
    for text in ("数" * 3000, "W" * 3000, "some words " * 40):
        lines = break_label(text)
        assert len(lines) == 2 and lines[-1].endswith("…"), text[:20]
        assert max(map(measure_label, lines)) < 30, text[:20]


def test_lines_are_about_equally_long() -> None:
    assert break_label("one two three four") == ("one two three four",)
    lines = break_label("Mandatory Provident Fund Schemes Authority")
    assert len(lines) == 2 and not lines[1].endswith("…")
    assert abs(len(lines[0]) - len(lines[1])) < 4


@pytest.mark.parametrize("columns", [8, 16, COLUMNS])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_words_that_fit_are_not_cut(columns: int, most: int) -> None:
    for text in (
        "Sustainable Development goals", "Demonstration of industrialization here",
        "sub-provincial city", "an intelligent agent of government", "Internationalization",
        "ACCOUNTABILITY AND TRANSPARENCY", "数据Demonstration开放industrialization平台",
    ):  # fmt: skip
        lines = break_label(text, columns, most)
        words = re.findall(r"[A-Za-z]+", text)
        assert set(re.findall(r"[A-Za-z]+", " ".join(lines))) <= set(words), lines
        shown = "".join(lines).replace(" ", "")
        assert lines[-1].endswith("…") or shown == text.replace(" ", ""), lines


def test_only_words_wider_than_a_label_are_cut() -> None:
    lines = break_label("x" * 30 + " after")
    assert lines == ("x" * COLUMNS, "x" * (30 - COLUMNS) + " after")


def test_label_is_broken_after_a_hyphen_if_that_helps() -> None:
    assert break_label("administrative sub-provincial") == ("administrative", "sub-provincial")
    assert break_label("Changsha smart-city decision") == ("Changsha smart-city", "decision")
    lines = break_label("new administrative-territorial division")
    assert lines == ("new administrative-", "territorial division")
    assert split_words("e-government 2021-2025", "-") == ("e-government ", "2021-2025")


def test_lines_neither_begin_with_closing_marks_nor_end_with_opening_marks() -> None:
    text = (
        "数据开放、共享（含“一网通办”）；治理：到2025年，建成《规划》所说的平台。其后（另见附件）……"
    )
    for width in range(6, 36, 3):
        lines = limit_lines(text, width)
        assert len(lines) > 1 and "".join(lines) == text
        for found in (lines, break_label(text, max(width, 8), 3)):
            assert not [line for line in found[1:] if line[0] in CLOSING], found
            assert not [line for line in found if line[-1] in OPENING], found


def test_text_fits_its_width() -> None:
    for text in ("深圳" * 60, "some words " * 40, "WMWM " * 40):
        lines = limit_lines(text, 20)
        assert max(map(measure_label, lines)) <= 20
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        short = limit_lines(text, 20, 2)
        assert len(short) == 2 and short[0] == lines[0] and short[1].endswith("…")


def test_label_points_away_from_the_neighbours_of_its_node(make_circle: MakeCircle) -> None:
    for toward, side in (((1, 0), "end"), ((-1, 0), "start"), ((0, 1), "middle")):
        circle = replace(make_circle(1, 200, 150, 5), toward=toward)
        label = LabelPlacer(AREA, [circle], []).place(circle, TEXT)
        assert label is not None and label.text_anchor == side, toward
        assert (label.box.bottom < 150) == (side == "middle"), toward


def test_label_avoids_nodes_edges_and_other_labels(make_circle: MakeCircle) -> None:
    circle = make_circle(1, 200, 150, 5)
    right = LabelPlacer(AREA, [circle], []).place(circle, TEXT)
    assert right is not None and right.box.left > 205
    x, y = right.box.right - 2, 150
    blocked = LabelPlacer(AREA, [circle, make_circle(2, x, y, 5)], []).place(circle, TEXT)
    crossed = LabelPlacer(AREA, [circle], [(x, y)] * 20).place(circle, TEXT)
    placer = LabelPlacer(AREA, [circle], [])
    placer.reserve(Box(x, y, x + LABEL_GAP, y + 1))
    taken = placer.place(circle, TEXT)
    for label in (blocked, crossed, taken):
        assert label is not None and label.text_anchor == "end"


def test_label_without_a_free_position_is_not_placed(make_circle: MakeCircle) -> None:
    placer = LabelPlacer(AREA, [], [])
    placed = [placer.place(make_circle(1, 200, 150, 5), TEXT) for _ in range(20)]
    labels = [label for label in placed if label]
    assert len(labels) == 4
    boxes = [label.box for label in labels]
    assert not any(a.overlaps(b) for a in boxes for b in boxes if a is not b)
    small = LabelPlacer(Box(0, 0, 20, 20), [], [])
    assert small.place(make_circle(1, 10, 10, 2), TEXT) is None
