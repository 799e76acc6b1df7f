"""Pinyin annotations: which readings a character has, which annotations are the tool's."""

from kg.source import strip_pinyin
from kg.source.pinyin import find_readings, infer_table, is_tool_annotated

ANNOTATED = "開(kāi)年學(xué)習(xí)發(fā)展"


def test_readings_have_their_tone_or_none() -> None:
    assert find_readings("數") >= {"shù", "shǔ", "shu"}
    assert find_readings("綠") >= {"lǜ", "lü"}
    assert find_readings("a") == frozenset()


def test_only_syllables_after_a_character_are_stripped() -> None:
    text = "開(kāi)學(ok)年(he)(市)A(kāi)(2021-2025年)"
    assert strip_pinyin(text) == "開學(ok)年(he)(市)A(kāi)(2021-2025年)"


def test_table_has_characters_that_are_always_annotated() -> None:
    assert infer_table(ANNOTATED) == {"開": "kāi", "學": "xué", "習": "xí", "發": "fā"}
    assert infer_table("開(kāi)年,開工") == {}
    assert infer_table("開(kāi)" * 20 + "開") == {"開": "kāi"}
    assert infer_table("開(kāi)" * 19 + "開") == {}
    assert infer_table("開(mā)年") == {}


def test_tool_annotates_most_characters_outside_gb2312_and_few_others() -> None:
    # Three characters are enough, if they are half of all; the fourth and fifth have none.
    for text, expected in [
        (ANNOTATED, True),
        ("開(kāi)學(xué)", False),
        ("開(kāi)學(xué)習(xí)發國時", True),
        ("開(kāi)學(xué)習(xí)發國時華", False),
        ("開(kāi)學(xué)習(xí)媽(mā)一(yī)", False),
    ]:
        assert is_tool_annotated(text, infer_table(text)) == expected, text
