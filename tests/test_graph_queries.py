"""Query files, and terms bound in their VALUES lines."""

from pathlib import Path

import pytest

from kg.errors import KgError
from kg.graph import bind_values, read_internal, read_query
from kg.home import Home, find_home


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"# \n\xb9\xfa")
    with pytest.raises(KgError, match=r"q\.rq:2: byte 3 is not UTF-8"):
        read_query(tmp_path / "q.rq")
    with pytest.raises(KgError, match=r"gone\.rq: cannot be read"):
        read_query(tmp_path / "gone.rq")
    with pytest.raises(KgError, match=r"nothing\.rq: cannot be read"):
        read_internal(Home(tmp_path), "nothing")


def test_internal_query_is_read() -> None:
    assert "cdp:sha256" in read_internal(find_home(), "sources")


def test_all_values_lines_of_a_name_are_bound() -> None:
    text = 'SELECT * {\n  VALUES ?lang { "en" }\n  {\n\tVALUES ?lang { UNDEF }\n  }\n}'
    assert bind_values(text, {"lang": '"zh-Hans"'}) == (
        'SELECT * {\n  VALUES ?lang { "zh-Hans" }\n  {\n\tVALUES ?lang { "zh-Hans" }\n  }\n}'
    )


@pytest.mark.parametrize("value", [r'"a\\b"', r'"\1"', r'"\g<0>"', r'"\n"', '"{}"', '"城"'])
def test_term_is_bound_unchanged(value: str) -> None:
    text = "SELECT ?x {\n  VALUES ?x { UNDEF }\n}"
    assert bind_values(text, {"x": value}) == text.replace("UNDEF", value)


def test_names_are_compared_completely() -> None:
    text = "VALUES ?lang { UNDEF }\nVALUES ?language { UNDEF }"
    assert bind_values(text, {"language": "1", "lang": "2"}) == (
        "VALUES ?lang { 2 }\nVALUES ?language { 1 }"
    )


@pytest.mark.parametrize(
    "text",
    ["", "VALUES ?other { UNDEF }", "# VALUES ?lang { UNDEF }", "x VALUES ?lang { UNDEF } y"],
)
def test_query_without_the_line_is_a_usage_error(text: str) -> None:
    with pytest.raises(KgError, match=r"no line VALUES \?lang") as caught:
        bind_values(text, {"lang": '"en"'})
    assert caught.value.exit_code == 2
