"""Chinese texts in the other script than that of their tag."""

import pytest

from kg.check import check_files
from kg.check.scripts import find_other_script
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
