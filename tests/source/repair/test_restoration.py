"""Texts are restored or reported as lost, and never changed to something wrong."""

import random
import re
from bisect import bisect_left
from collections.abc import Callable
from functools import partial

import pytest

from kg.source import LOST, GarbledSpan, Restoration, restore_text, simplify_text
from kg.source.pinyin import find_readings, is_gb2312
from kg.source.repair.corruption import (
    decode_gbk,
    garble_text,
    make_half_width,
    make_marks_full_width,
)

INTACT = [
    "",
    "一",
    "媽(mā)媽說:開(ok),為何?數字??是嗎?!他(she)說",
    "媽(mā)",
    "媽(mā)、麻(má)、馬(mǎ)、罵(mà)",
    "妈(mā)妈、数(shù)字、开(kāi)年",
    "政府?數字(市)(2021-2025年)",
    "這個媽(mā)和那個馬(mǎ)、罵(mà)不同,聲調練習題",
    "一\r\n二\r\n\ufeff三\ue7c4",
    "(誰?shéi)開門,政府(是?dāng)當",
    "(焦?fàn)I造",
    "媽(mā)馬(mǎ)罵(mà)、馬罵媽",
    "full，width！（kāi）？",
    "開(men)學(he)發(ban)個(can)",
]


def test_intact_text_is_unchanged() -> None:
    changed = [text for text in INTACT if restore_text(text).text != text]
    assert changed == []
    for text in INTACT:
        assert restore_text(text) == Restoration(text, (), tuple(range(len(text) + 1))), text


def test_one_broken_annotation_is_enough() -> None:
    restoration = restore_text("政府?dāng)?shù)字")
    assert restoration.text == "政府數字"
    assert restoration.offsets == (0, 1, 2, 13, 14)
    assert restoration.spans == (GarbledSpan(2, 13, "數", "restored", "dāng shù"),)


def test_only_annotations_by_the_tool_are_removed() -> None:
    raw = "開(kāi)學(xué)發(fā)展(市)開(kāi)(2021-2025年)年(ok)月(mā)"
    assert restore_text(raw).text == "開學發展(市)開(2021-2025年)年(ok)月(mā)"


def find_ambiguous_span() -> tuple[str, str, str, str, str]:
    """Return a character, two that can follow it, and reading and letter of their false match.

    Both have the same second byte and are split by a match with the same reading.
    """
    for trail in range(0xB0, 0xF7):
        leads: dict[str, list[int]] = {}
        for lead in range(0x81, 0xF7):
            char = decode_gbk(bytes((trail, lead)))
            for reading in sorted(find_readings(char)) if char else ():
                leads.setdefault(reading, []).append(lead)
        before = decode_gbk(bytes((0xC4, trail)))
        for reading, pair in leads.items():
            chars = [decode_gbk(bytes((lead, 0x49))) for lead in pair]
            if before and not reading.isascii() and len(pair) == 2:
                if all("一" <= char <= "鿿" for char in chars):
                    return before, *chars, reading, "I"  # type: ignore[return-value]
    raise AssertionError("no ambiguous span")


def test_span_with_several_candidates_is_lost() -> None:
    before, first, second, reading, letter = find_ambiguous_span()
    restoration = restore_text(f"開(kāi)學(xué)發(fā)展{before}?{reading}){letter}開(kāi)")
    assert [span.status for span in restoration.spans] == ["lost"]
    assert restoration.text == f"開學發展{before}{LOST}開"
    assert first not in restoration.text
    assert second not in restoration.text


def test_full_width_marks_remain_full_width() -> None:
    text = "開學發展，政府數字；聚焦營造。"
    table = {"數": "shù", "當": "dāng", "範": "fàn", "開": "kāi", "學": "xué", "發": "fā"}
    restoration = restore_text(garble_text(text, table))
    assert restoration.text == text
    assert [span.status for span in restoration.spans] == ["restored", "restored"]
    restoration = restore_text(garble_text("一；年，現A", {"辏": "còu"}))
    assert (restoration.text, restoration.spans[0].text) == ("一；年，現A", "，現")


def make_text(rng: random.Random, size: int) -> str:
    """Return a random text of 150 different traditional characters, digits and punctuation."""
    from opencc import OpenCC

    basic = [bytes((a, b)).decode("gb2312") for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)]
    traditional = [c for c in OpenCC("s2t").convert("".join(basic)) if len(c.encode("gb18030")) < 3]
    traditional = rng.sample(traditional, 150)
    marks = "，。、；：！（）0123456789\n“”"
    return "".join(
        rng.choice(traditional) if rng.random() < 0.9 else rng.choice(marks) for _ in range(size)
    )


def make_table(rng: random.Random, text: str) -> dict[str, str]:
    """Return a table with most characters of the text outside GB 2312, and a few others."""
    chars = [c for c in sorted(set(text)) if c > "一" and not is_gb2312(c) and rng.random() < 0.8]
    chars = list(dict.fromkeys([*chars, *"範謹當數營緊傳競銀靈廣"]))
    rng.shuffle(chars)
    readings = {c: sorted(r for r in find_readings(c) if not r.isascii()) for c in chars}
    return {c: rng.choice(several) for c, several in readings.items() if several}


def is_right(restoration: Restoration, original: str) -> bool:
    """Return whether the text is the original, with anything in the place of lost spans."""
    pattern, at = "", 0
    for span in restoration.spans:
        start = bisect_left(restoration.offsets, span.start)
        end = bisect_left(restoration.offsets, span.end)
        assert restoration.text[start:end] == span.text
        pattern += re.escape(restoration.text[at:start])
        pattern += re.escape(span.text) if span.status == "restored" else r"[\s\S]{0,99}?"
        at = end
    return re.fullmatch(pattern + re.escape(restoration.text[at:]), original) is not None


@pytest.mark.slow
def test_random_garbled_texts_are_restored_or_lost_and_never_wrong() -> None:
    statuses = []
    for seed in range(20):
        rng = random.Random(seed)
        text = make_text(rng, 400)
        garbled = make_half_width(garble_text(text, make_table(rng, text)))
        restoration = restore_text(garbled)
        assert restoration.text != garbled
        assert is_right(restoration, make_half_width(text)), f"seed {seed}"
        statuses += [span.status for span in restoration.spans]
    assert statuses.count("restored") >= 8
    assert statuses.count("lost") >= 8


@pytest.mark.slow
def test_work_is_proportional_to_the_length(
    count_calls: Callable[[Callable[[], object]], int],
) -> None:
    rng = random.Random(6)
    text = make_text(rng, 400)
    garbled = make_half_width(garble_text(text, make_table(rng, text)))
    assert {span.status for span in restore_text(garbled).spans} == {"restored", "lost"}
    for unit in (garbled, garbled.replace("\n", ""), "府?dāng)?shù)字" * 40):
        restore_text(unit)  # fills the caches of single characters
        fewer, more = (count_calls(partial(restore_text, unit * times)) for times in (4, 8))
        assert 1.5 < more / fewer < 2.2


def test_article_is_restored_but_for_one_digit(article_text: str) -> None:
    restoration = restore_text(article_text)
    assert (len(article_text), len(restoration.text)) == (9134, 4369)
    assert restoration.text.count(LOST) == 1
    assert [(span.text, span.status) for span in restoration.spans] == [
        ("營", "restored"),
        ("數", "restored"),
        ("數", "restored"),
        ("。可概括為" + LOST, "lost"),
        ("數", "restored"),
    ]
    assert restoration.spans[3].inferred == "。為"
    for words in ("聚焦營造", "政府數字", "政府數據", "堅持數字", f"可概括為{LOST}大亮點"):
        assert words in restoration.text
    for kept in ("(市)", "(2021-2025年)", "(不完全統計的)"):
        assert kept in restoration.text
    assert "?" not in restoration.text
    assert not re.search(r"\([^)]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]", restoration.text)


def test_restored_article_garbles_to_the_raw_article(article_text: str) -> None:
    annotated = re.findall(r"([\u4e00-\u9fff])\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+)\)", article_text)
    first = {"數": "shù", "範": "fàn", "謹": "jǐn"}
    original = restore_text(article_text).text.replace(LOST, "3")
    wide = re.sub(
        r"(?<![0-9])[,:;!()](?![0-9])|(?<=[0-9]),", lambda m: make_marks_full_width(m[0]), original
    )
    assert make_half_width(garble_text(wide, first | dict(annotated))) == article_text


def test_article_is_simplified(article_text: str) -> None:
    text = simplify_text(restore_text(article_text).text)
    assert len(text) == 4369
    assert text.count("着力") == text.count("着眼") == 1
    assert "显著" in text
    assert "著力" not in text
    assert "著眼" not in text
