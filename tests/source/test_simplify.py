"""Traditional to simplified Chinese."""

from kg.source import simplify_text


def test_words_with_zhu_are_simplified_as_in_the_mainland() -> None:
    simplified = {
        "著力解決": "着力解决",
        "著眼": "着眼",
        "顯著": "显著",
        "成效顯著力量": "成效显著力量",
        "著名": "著名",
    }
    assert {text: simplify_text(text) for text in simplified} == simplified


def test_simplified_text_is_unchanged() -> None:
    assert simplify_text("着力,显著,abc\r\n") == "着力,显著,abc\r\n"
