"""Chinese texts in the other script than that of their tag."""

import pytest

from kg.check import check_files
from kg.check.scripts import find_other_script, is_in_english
from kg.home import Home


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("数据开放", "zh-hans", ""),
        ("數據開放", "zh-hans", "數據開"),
        ("數據開放", "zh-hant", ""),
        ("数据开放", "zh-hant", "数开"),
        ("云 5G、AIoT", "zh-hant", ""),
        ("data", "en", ""),
        ("數據", "en", ""),
        ("深圳𠮷", "zh-hans", ""),
    ],
)
def test_characters_of_the_other_script_are_found(text: str, language: str, found: str) -> None:
    assert find_other_script(text, language) == found


def test_text_in_the_other_script_is_a_finding(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"试验平台"@zh-Hans', '"試驗平台"@zh-Hans'), "utf-8")
    (finding,) = check_files(small).findings
    assert finding.check == "text-in-other-script"
    assert "試驗" in path.read_text("utf-8").splitlines()[finding.line - 1]


@pytest.mark.parametrize(
    ("text", "language", "is_english"),
    [
        ("Bridge the digital divide", "zh-hans", True),
        ("Bridge the digital divide: “all”", "zh-hant", True),
        ("Bridge the digital divide", "en", False),
        ("Smart Nation", "zh-hans", False),
        ("Wi-Fi 6", "zh-hans", False),
        ("建设 city brain", "zh-hans", False),
    ],
)
def test_english_with_a_tag_of_chinese_is_found(text: str, language: str, is_english: bool) -> None:
    assert is_in_english(text, language) == is_english


def test_exchanged_tags_are_two_findings(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    text = text.replace('"Test platform"@en', '"Platform for the test"@zh-Hans')
    path.write_text(text.replace('"试验平台"@zh-Hans', '"试验平台"@en'), "utf-8")
    found = {finding.check: finding for finding in check_files(small).findings}
    assert set(found) == {"chinese-in-english", "english-in-chinese"}
    lines = path.read_text("utf-8").splitlines()
    assert "@zh-Hans" in lines[found["english-in-chinese"].line - 1]
