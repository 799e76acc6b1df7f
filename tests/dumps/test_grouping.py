"""Lines of statements are grouped by graph, subject and predicate, in their order."""

from kg.dumps.grouping import group_lines


def test_lines_are_grouped_and_one_predicate_comes_first() -> None:
    lines = ["g s A o", "g s a x", "g s b o p", "g s b q", "g t a x", "h s b o"]
    grouped = [(graph, list(subjects)) for graph, subjects in group_lines(lines, "a")]
    assert grouped == [
        ("g", [("s", [("a", ["x"]), ("A", ["o"]), ("b", ["o p", "q"])]), ("t", [("a", ["x"])])]),
        ("h", [("s", [("b", ["o"])])]),
    ]
