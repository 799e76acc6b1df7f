"""Spans: joined, clipped, and inherited from parents."""

from itertools import permutations

from kg.networks.validity import OPEN, Span, clip_span, join_spans, resolve_spans

START, END = "2021-01-01", "2023-12-31"
Row = tuple[str, str, str, str]


def test_join_spans() -> None:
    cases: list[tuple[list[Span], Span]] = [
        ([], OPEN),
        ([("2021-01-01", None), ("2020-01-01", "2022-12-31")], ("2020-01-01", None)),
        ([("2021-01-01", "2021-12-31"), ("2023-01-01", END)], (START, END)),
        ([(START, END), OPEN], OPEN),
    ]
    assert [(spans, join_spans(spans)) for spans, _ in cases] == cases


def test_clip_span() -> None:
    assert clip_span(OPEN, OPEN) == OPEN
    assert clip_span((START, None), (None, END), ("2022-01-01", None)) == ("2022-01-01", END)
    assert clip_span((START, END), (END, None)) == (END, END)
    assert clip_span((START, "2021-12-31"), ("2022-01-01", None)) is None


def test_missing_days_are_inherited_from_the_parent() -> None:
    rows: list[Row] = [
        ("plan", START, END, ""),
        ("part", "", "", "plan"),
        ("goal", "", "2022-12-31", "part"),
        ("open", "", "", "unknown"),
    ]
    assert resolve_spans(rows) == {
        "plan": (START, END), "part": (START, END), "goal": (START, "2022-12-31"),
    }  # fmt: skip


def test_deadline_before_the_start_of_the_parent_is_kept() -> None:
    rows: list[Row] = [("plan", START, END, ""), ("goal", "", "2020-12-31", "plan")]
    assert resolve_spans(rows)["goal"] == (None, "2020-12-31")


def test_several_periods_are_joined() -> None:
    rows: list[Row] = [("plan", START, "2021-12-31", ""), ("plan", "2023-01-01", END, "")]
    assert resolve_spans(rows) == {"plan": (START, END)}


def test_parents_that_differ_leave_the_validity_open() -> None:
    rows: list[Row] = [
        ("plan", START, END, ""),
        ("other", START, "2025-12-31", ""),
        ("both", "", "", "plan"),
        ("both", "", "", "other"),
    ]
    assert "both" not in resolve_spans(rows)


def test_open_parent_does_not_count() -> None:
    rows: list[Row] = [("plan", START, END, ""), ("open", "", "", "")]
    rows += [("goal", "", "", "plan"), ("goal", "", "", "open")]
    assert resolve_spans(rows)["goal"] == (START, END)


def test_circle_of_parents_is_open() -> None:
    assert resolve_spans([("a", "", "", "b"), ("b", "", "", "a")]) == {}


def test_spans_do_not_depend_on_the_order_of_rows() -> None:
    rows: list[Row] = [
        ("x", "", "", "plan"), ("x", "", "", "z"), ("y", "", "", "x"),
        ("y", "", "", "z"), ("z", "", "", "x2"), ("x2", "", "", "plan"),
    ]  # fmt: skip
    for shuffled in permutations(rows):
        spans = resolve_spans([*shuffled, ("plan", START, END, "")])
        assert spans == dict.fromkeys(["plan", "x", "x2", "y", "z"], (START, END))


def test_chain_of_parents_longer_than_the_stack() -> None:
    rows: list[Row] = [(f"n{n}", "", "", f"n{n + 1}") for n in range(5000)]
    assert len(resolve_spans([*rows, ("n5000", START, "", "")])) == 5001
