"""What the annotation tool makes of a text."""

from kg.source.repair.corruption import decode_gbk, encode_gbk, garble_text, make_half_width


def test_false_matches_split_characters() -> None:
    assert garble_text("焦營造", {"範": "fàn", "營": "yíng"}) == "焦?fàn)I造"
    assert garble_text("府數據", {"數": "shù", "據": "jù", "當": "dāng"}) == "府?dāng)?shù)據(jù)"
    assert garble_text("持數字", {"數": "shù", "謹": "jǐn"}) == "持?jǐn)?shù)字"


def test_false_match_of_a_mark_swallows_any_digit() -> None:
    texts = (f"合。可概括為{digit}大" for digit in "0123456789")
    garbled = {make_half_width(garble_text(text, {})) for text in texts}
    assert garbled == {"合??筛爬\ue7c4?大"}


def test_character_that_is_split_first_is_not_annotated() -> None:
    assert garble_text("焦營造", {"營": "yíng", "範": "fàn"}) == "焦?fàn)I(yíng)造"


def test_characters_outside_gbk_and_full_width_marks() -> None:
    text = "開\U00020000，年"
    assert garble_text(text, {"開": "kāi"}) == "開(kāi)\U00020000，年"
    assert make_half_width(text) == "開\U00020000,年"


def test_gbk_is_encoded_and_decoded() -> None:
    assert decode_gbk(encode_gbk("營")) == "營"
    assert encode_gbk("a") == b"a"
    assert encode_gbk("\ud800") == b""
    assert decode_gbk(b"\xa0\x7f") == ""
