"""Passages: their readable text, their digest, and the segments of a text."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError
from kg.source import digest_passage, restore_passage, restore_text, split_segments

RAW = "開(kāi)年學(xué)習(xí),政府?dāng)?shù)字。"
BEFORE_IMPORT = "import sys; sys.modules['pypinyin'] = None; "


def test_passage_is_restored_in_the_script_asked_for() -> None:
    assert restore_passage(RAW, 0, 7) == "開年"
    assert restore_passage(RAW, 19, len(RAW)) == "政府數字。"
    assert restore_passage(RAW, 19, len(RAW), "zh-Hant") == "政府數字。"
    assert restore_passage(RAW, 19, len(RAW), "zh-Hans") == "政府数字。"


@pytest.mark.parametrize(
    ("start", "end", "hint"),
    [
        (-1, 2, "code points"),
        (0, 99, "code points"),
        (3, 3, "code points"),
        (0, 1, "Use 0 or 6"),
        (0, 3, "Use 0 or 6"),
        (1, 7, "Use 0 or 6"),
        (24, 33, "Use 21 or 32"),
    ],
)
def test_error_of_offsets_names_the_nearest_ones(start: int, end: int, hint: str) -> None:
    with pytest.raises(KgError, match=rf"^{start}-{end}: .*{hint}") as error:
        restore_passage(RAW, start, end)
    chinese = error.value.texts["zh-Hans"]
    assert chinese.startswith(f"{start}-{end} ")
    assert re.findall("[0-9]+", chinese) == re.findall("[0-9]+", error.value.texts["en"])


def test_digest_is_of_the_raw_passage() -> None:
    assert digest_passage("一\r\n二", 0, 3) == hashlib.sha256("一\r\n".encode()).hexdigest()
    with pytest.raises(KgError, match="separates a character from its pinyin"):
        digest_passage(RAW, 0, 3)


@given(st.integers(-2, len(RAW) + 2), st.integers(-2, len(RAW) + 2))
def test_digest_accepts_the_offsets_that_can_be_shown(start: int, end: int) -> None:
    def find_error(function: Callable[[str, int, int], str]) -> str:
        try:
            function(RAW, start, end)
        except KgError as error:
            return str(error)
        return ""

    assert find_error(digest_passage) == find_error(restore_passage)


def test_text_is_split_into_headings_and_sentences() -> None:
    text = "題目!\n\n他說:「開(kāi)。」後;再?來\r\n總結:\n以下四個特點有如下列者:\n"
    found = [(text[s.start : s.end], s.kind) for s in split_segments(text)]
    assert found == [
        ("題目!", "heading"),
        ("他說:「開(kāi)。」", "sentence"),
        ("後;", "sentence"),
        ("再?來\r", "sentence"),
        ("總結:", "heading"),
        ("以下四個特點有如下列者:", "sentence"),
    ]
    assert split_segments("") == split_segments("\n \n") == []


def test_long_line_is_not_a_heading() -> None:
    for size, kind in ((32, "heading"), (33, "sentence")):
        assert [s.kind for s in split_segments("一" * size)] == [kind]


def run_without_packages(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"{BEFORE_IMPORT}{code}"], capture_output=True, encoding="utf-8"
    )
    return done.stdout + done.stderr


def test_passage_without_optional_packages_has_no_pinyin() -> None:
    code = f"from kg.source import *; print(restore_passage({RAW!r}, 0, 18, 'zh-Hans'))"
    assert run_without_packages(code) == "開年學習\n"


def test_error_without_optional_packages_says_how_to_install_them() -> None:
    error = run_without_packages(f"from kg.source import *; restore_text({RAW!r})")
    assert "is not installed. Run: pip install 'city-policy-kg[source]'" in error


def test_article_is_split_into_segments_that_can_be_restored(article_text: str) -> None:
    segments = split_segments(article_text)
    assert len(segments) == 95
    assert [segment.kind for segment in segments].count("heading") == 13
    passages = (restore_passage(article_text, s.start, s.end) for s in segments)
    assert "".join(passages) == re.sub(r"\n", "", restore_text(article_text).text)
