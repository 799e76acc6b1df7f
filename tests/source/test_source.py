"""Source texts: recognised, kept, restored, cut; the accident forwards and backwards."""

import hashlib
import os
import random
import re
import sys
import time
from bisect import bisect_left
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.source import (
    LOST,
    DamagedSpan,
    NgramIndex,
    Restoration,
    add_source,
    find_source,
    garble,
    list_sources,
    passage_digest,
    read_text,
    restore_passage,
    restore_text,
    shared_run,
    simplify_text,
    split_segments,
    strip_pinyin,
)
from kg.source.pinyin import find_readings, is_basic
from kg.source.repair.candidates import Solver, parse_torn_pair
from kg.source.repair.corruption import narrow_marks, widen_marks

KNOWN = "roundup-2021"


@pytest.fixture(scope="module")
def article_path() -> Path:
    """The article: KG_ARTICLE names the text file, or the folder in which it is the only .txt."""
    named = os.environ.get("KG_ARTICLE")
    if not named:
        pytest.skip("KG_ARTICLE is not set: the article's text is not part of the project")
    path = Path(named)
    return next(path.glob("*.txt")) if path.is_dir() else path


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder that is this test's own."""
    folder = tmp_path / "data"
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_a, **_k: str(folder))
    return folder


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which the extra [source] is not installed."""
    for name in ("pypinyin", "pypinyin.pinyin_dict", "opencc"):
        monkeypatch.setitem(sys.modules, name, None)
    from kg.source import readings, restore, script

    readings.find_readings.cache_clear()
    restore.restore_text.cache_clear()
    script._converter.cache_clear()


# --- the article ------------------------------------------------------------------------------


def test_article_counts_and_spans(article_path: Path) -> None:
    """9,134 raw characters, 4,369 restored; four places proved, the fifth lost by one digit."""
    raw = read_text(article_path)
    restored = restore_text(raw)
    assert (len(raw), len(restored.text), restored.text.count(LOST)) == (9134, 4369, 1)
    assert [(s.text, s.status) for s in restored.spans] == [
        ("營", "proved"),
        ("數", "proved"),
        ("數", "proved"),
        ("。可概括為" + LOST, "lost"),
        ("數", "proved"),
    ]
    assert restored.spans[3].inferred == "。為"
    for words in ("聚焦營造", "政府數字", "政府數據", "堅持數字", f"可概括為{LOST}大亮點"):
        assert words in restored.text
    for kept in ("(市)", "(2021-2025年)", "(不完全統計的)"):
        assert kept in restored.text
    assert "?" not in restored.text
    assert not re.search(r"\([^)]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]", restored.text)


def test_article_garbles_into_itself(article_path: Path) -> None:
    """The restored article, garbled forwards with the table it shows, is the raw article again."""
    raw = read_text(article_path)
    seen = re.findall(r"([\u4e00-\u9fff])\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+)\)", raw)
    first = {"數": "shù", "範": "fàn", "謹": "jǐn"}
    original = restore_text(raw).text.replace(LOST, "3")
    wide = re.sub(r"(?<![0-9])[,:;!()](?![0-9])|(?<=[0-9]),", lambda m: widen_marks(m[0]), original)
    assert garble(wide, first | dict(seen)) == raw


def test_article_is_simplified(article_path: Path) -> None:
    """Simplified, the two words of the user dictionary and the one it must leave are right."""
    text = simplify_text(restore_text(read_text(article_path)).text)
    assert len(text) == 4369
    assert text.count("着力") == text.count("着眼") == 1
    assert "著力" not in text and "著眼" not in text and "显著" in text


def test_article_passages(article_path: Path) -> None:
    """Sentence bounds never part a character from its pinyin, and every passage can be shown."""
    raw = read_text(article_path)
    segments = split_segments(raw)
    assert len(segments) == 95
    assert [s.kind for s in segments].count("heading") == 13
    together = "".join(restore_passage(raw, s.start, s.end) for s in segments)
    assert together == re.sub(r"\n", "", restore_text(raw).text)


# --- the accident, forwards and backwards -----------------------------------------------------


def test_garble_tears_what_straddles() -> None:
    """The forward model gives the article's five broken places."""
    assert garble("焦營造", {"範": "fàn", "營": "yíng"}) == "焦?fàn)I造"
    assert garble("府數據", {"數": "shù", "據": "jù", "當": "dāng"}) == "府?dāng)?shù)據(jù)"
    assert garble("持數字", {"數": "shù", "謹": "jǐn"}) == "持?jǐn)?shù)字"
    assert {garble(f"合。可概括為{n}大", {}) for n in "0123456789"} == {"合??筛爬\ue7c4?大"}


def test_order_of_passes_counts() -> None:
    """A pair torn by an earlier pass is not annotated by a later one."""
    assert garble("焦營造", {"營": "yíng", "範": "fàn"}) == "焦?fàn)I(yíng)造"


def test_one_torn_pair_is_enough() -> None:
    """A short text with a torn annotation is recognised, and its place proved."""
    restored = restore_text("政府?dāng)?shù)字")
    assert restored.text == "政府數字"
    span = restored.spans[0]
    assert span == DamagedSpan(2, 13, "?dāng)?shù)", "數", "proved", "dāng shù")


def test_several_candidates_are_lost() -> None:
    """Where two characters have the reading and garble alike, neither is taken."""
    candidates = _find_ambiguous()
    before, first, second, reading, third = candidates
    raw = f"開(kāi)學(xué)發(fā)展{before}?{reading}){third}開(kāi)"
    restored = restore_text(raw)
    assert [span.status for span in restored.spans] == ["lost"]
    assert restored.text == f"開學發展{before}{LOST}開"
    assert first not in restored.text and second not in restored.text


def test_candidate_must_garble_back() -> None:
    """A character that has the reading is no candidate where the accident would have left more."""
    raw = "焦?fàn)I造"
    (parse,) = parse_torn_pair(raw, 1, "焦")[:1]
    assert Solver(raw, {}).solve(parse) == ["營"]
    assert Solver(raw, {"造": "zào"}).solve(parse) == []


def _find_ambiguous() -> tuple[str, str, str, str, str]:
    """Two straddling pairs with one reading, and the ends they leave: found, not remembered."""
    from kg.source.repair.corruption import decode_pair

    for trail in range(0xB0, 0xF7):
        by_reading: dict[str, list[int]] = {}
        for lead in range(0x81, 0xF7):
            char = decode_pair(trail, lead)
            for reading in sorted(find_readings(char)) if char else ():
                by_reading.setdefault(reading, []).append(lead)
        for reading, leads in by_reading.items():
            before = decode_pair(0xC4, trail)
            pair = [decode_pair(lead, 0x49) for lead in leads]
            if reading.isascii() or len(leads) != 2 or before is None:
                continue
            if all(c and "一" <= c <= "鿿" for c in pair):
                return before, pair[0] or "", pair[1] or "", reading, "I"
    raise AssertionError("no ambiguous pair")


def _make_text(rng: random.Random, size: int) -> str:
    basic = [bytes((a, b)).decode("gb2312") for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)]
    from opencc import OpenCC

    traditional = [c for c in OpenCC("s2t").convert("".join(basic)) if len(c.encode("gb18030")) < 3]
    # As in any real text, the same characters come again.
    traditional = rng.sample(traditional, 150)
    marks = "，。、；：！（）0123456789\n“”"
    return "".join(
        rng.choice(traditional) if rng.random() < 0.9 else rng.choice(marks) for _ in range(size)
    )


def _make_table(rng: random.Random, text: str) -> dict[str, str]:
    """A tool's table: most characters of the text outside GB 2312, in any order, and others."""
    own = sorted({c for c in text if c > "一" and not is_basic(c)})
    chars = [c for c in own if rng.random() < 0.8] + list("範謹當數營緊傳競銀靈廣")
    chars = list(dict.fromkeys(chars))
    rng.shuffle(chars)
    toned = {c: sorted(r for r in find_readings(c) if not r.isascii()) for c in chars}
    return {c: rng.choice(readings) for c, readings in toned.items() if readings}


def _is_right(restored: Restoration, original: str) -> bool:
    """Whether all that is not called lost is the original; a lost place may be anything."""
    pattern, at = "", 0
    for span in restored.spans:
        start = bisect_left(restored.offsets, span.start)
        end = bisect_left(restored.offsets, span.end)
        assert restored.text[start:end] == span.text
        pattern += re.escape(restored.text[at:start])
        pattern += re.escape(span.text) if span.status == "proved" else r"[\s\S]{0,99}?"
        at = end
    return re.fullmatch(pattern + re.escape(restored.text[at:]), original) is not None


def test_whatever_is_garbled_is_restored_or_lost() -> None:
    """Random texts, garbled with random tables: restored, or called lost; never wrong."""
    proved = lost = 0
    for seed in range(40):
        rng = random.Random(seed)
        text = _make_text(rng, 400)
        restored = restore_text(garble(text, _make_table(rng, text)))
        assert restored.garbled
        assert _is_right(restored, narrow_marks(text)), f"seed {seed}"
        proved += sum(span.status == "proved" for span in restored.spans)
        lost += sum(span.status == "lost" for span in restored.spans)
    assert proved > 10 and lost > 10


def test_full_width_marks_are_kept() -> None:
    """A garbled text whose marks stayed full-width keeps them."""
    text = "開學發展，政府數字；聚焦營造。"
    table = {"數": "shù", "當": "dāng", "範": "fàn", "開": "kāi", "學": "xué", "發": "fā"}
    restored = restore_text(garble(text, table, narrow=False))
    assert restored.text == text
    assert [span.status for span in restored.spans] == ["proved", "proved"]
    torn = restore_text(garble("一；年，現A", {"辏": "còu"}, narrow=False))
    assert (torn.text, torn.spans[0].text) == ("一；年，現A", "，現")


# --- clean text -------------------------------------------------------------------------------

CLEAN = [
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


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_comes_back(text: str) -> None:
    """Clean text, with parentheses, question marks, glosses in it, is returned as it is."""
    restored = restore_text(text)
    assert restored.text == text and restored.spans == () and not restored.garbled
    assert restored.offsets == tuple(range(len(text) + 1))


def test_only_pinyin_is_removed() -> None:
    """In a garbled text other parentheses, and readings of no character before them, stay."""
    raw = "開(kāi)學(xué)發(fā)展(市)開(kāi)(2021-2025年)年(ok)月(mā)"
    assert restore_text(raw).text == "開學發展(市)開(2021-2025年)年(ok)月(mā)"


def test_large_text_takes_seconds() -> None:
    """5 MB take seconds, on one line or on many, garbled or full of question marks."""
    raw = garble("開學發展，政府數字，聚焦營造" * 200, {"開": "kāi", "學": "xué", "發": "fā"})
    for unit in (raw, raw + "\n", "??筛爬" * 300, "府?dāng)?shù)字" * 40 + raw * 5):
        text = unit * (5_000_000 // len(unit.encode()))
        before = time.perf_counter()
        restore_text(text)
        assert time.perf_counter() - before < 30


# --- scripts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("著力解決", "着力解决"),
        ("著眼", "着眼"),
        ("顯著", "显著"),
        ("成效顯著力量", "成效显著力量"),
        ("著名", "著名"),
    ],
)
def test_user_dictionary(text: str, simplified: str) -> None:
    """著力 and 著眼 are simplified, other words with 著 are OpenCC's."""
    assert simplify_text(text) == simplified


# --- files ------------------------------------------------------------------------------------


def test_read_text_changes_nothing(tmp_path: Path) -> None:
    """Line ends and the byte order mark stay."""
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff一\r\n二\n".encode())
    assert read_text(path) == "\ufeff一\r\n二\n"
    path.write_bytes(b"")
    assert read_text(path) == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("一二".encode() + "數".encode("gbk"), "byte 6 (0x94) is not UTF-8"),
        ("一".encode("utf-16"), "byte 0 begins a UTF-16 text"),
    ],
)
def test_wrong_encoding(tmp_path: Path, data: bytes, words: str) -> None:
    """The message names the byte and what to do."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(KgError, match=re.escape(words)) as caught:
        read_text(path)
    assert str(caught.value).startswith(f"{path}: ") and "iconv -f" in str(caught.value)


def test_unreadable_file(tmp_path: Path) -> None:
    """A folder and a missing file are said to be unreadable."""
    for path in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(KgError, match="cannot be read"):
            read_text(path)


def test_add_find_list(tmp_path: Path, data_folder: Path) -> None:
    """A known text is kept whole, found by its digest, listed; adding it twice changes nothing."""
    path = tmp_path / "a.txt"
    path.write_bytes("一\r\n".encode())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    known = {sha256: KNOWN}
    assert find_source(sha256) is None
    assert [(row.name, row.at_hand) for row in list_sources(known)] == [(KNOWN, False)]
    copy = add_source(path, known)
    assert copy == add_source(path, known) == data_folder / "sources" / f"{sha256}.txt"
    assert copy.read_bytes() == path.read_bytes()
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]
    assert find_source(sha256) == "一\r\n"
    assert [(row.at_hand, row.path) for row in list_sources(known)] == [(True, copy)]


def test_add_refuses_any_other(tmp_path: Path, data_folder: Path) -> None:
    """Another text is refused with its own digest and those known; nothing is written."""
    path = tmp_path / "a.txt"
    path.write_text("一", encoding="utf-8")
    with pytest.raises(KgError) as caught:
        add_source(path, {"0" * 64: KNOWN})
    own = hashlib.sha256("一".encode()).hexdigest()
    assert own in str(caught.value) and "0" * 64 in str(caught.value)
    assert not data_folder.exists()


def test_changed_copy_is_refused_and_mended(tmp_path: Path, data_folder: Path) -> None:
    """A copy that was changed is never used; adding the text again mends it."""
    path = tmp_path / "a.txt"
    path.write_text("一", encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    add_source(path, {sha256: KNOWN}).write_text("二", encoding="utf-8")
    with pytest.raises(KgError, match="the copy was changed"):
        find_source(sha256)
    assert find_source(sha256) == "一" if add_source(path, {sha256: KNOWN}) else False


def test_failed_write_leaves_nothing(
    tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the copy cannot be put in place, no half of it stays."""
    path = tmp_path / "a.txt"
    path.write_text("一", encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KgError, match="No space left"):
        add_source(path, {sha256: KNOWN})
    assert list((data_folder / "sources").iterdir()) == []


def test_digest_is_checked_before_it_is_a_path() -> None:
    """What is no SHA-256 never becomes a file name."""
    with pytest.raises(KgError, match="not a SHA-256"):
        find_source("../../etc/passwd")


# --- passages ---------------------------------------------------------------------------------

RAW = "開(kāi)年學(xué)習(xí),政府?dāng)?shù)字。"


def test_passage_is_restored() -> None:
    """A passage is restored with the whole text's knowledge, in the script asked for."""
    assert restore_passage(RAW, 0, 7) == "開年"
    assert restore_passage(RAW, 19, len(RAW), "zh-Hant") == "政府數字。"
    assert restore_passage(RAW, 19, len(RAW), "zh-Hans") == "政府数字。"


@pytest.mark.parametrize("offsets", [(-1, 2), (0, 99), (3, 3), (0, 1), (0, 3), (1, 7), (24, 33)])
def test_wrong_offsets(offsets: tuple[int, int]) -> None:
    """Offsets outside the text, inside an annotation or a damaged place are refused."""
    with pytest.raises(KgError, match=f"^{offsets[0]}-{offsets[1]}: "):
        restore_passage(RAW, *offsets)


def test_passage_digest_normalises_nothing() -> None:
    """The digest is that of the raw code points in UTF-8."""
    assert passage_digest("一\r\n二", 0, 3) == hashlib.sha256("一\r\n".encode()).hexdigest()
    with pytest.raises(KgError):
        passage_digest(RAW, 0, 3)


def test_segments() -> None:
    """A sentence ends at its mark, with quotes and pinyin, or at the line's end."""
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
    assert split_segments("") == [] == split_segments("\n \n")


# --- without the extra ------------------------------------------------------------------------


def test_without_extra_passage_is_stripped(without_extra: None) -> None:
    """`kg show` has the passage without its pinyin; what needs the extra says how to get it."""
    assert restore_passage(RAW, 0, 18, "zh-Hans") == "開年學習"
    install = re.escape('pip install "city-policy-kg[source]"')
    with pytest.raises(KgError, match=install):
        restore_text(RAW)
    with pytest.raises(KgError, match=install):
        simplify_text("一")


def test_importing_is_light() -> None:
    """Neither pypinyin nor OpenCC is loaded by importing the package."""
    import subprocess

    code = "import kg.source, sys; print({'pypinyin', 'opencc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_strip_pinyin_keeps_the_rest() -> None:
    """Only syllables behind a character go."""
    assert strip_pinyin("開(kāi)學(ok)年(he)(市)A(kāi)") == "開學(ok)年(he)(市)A(kāi)"


# --- runs -------------------------------------------------------------------------------------


def test_shared_run() -> None:
    """A run is found across punctuation, in each text given; names end it; shorter ones pass."""
    texts = ["甲乙丙丁戊己庚,辛壬癸子丑寅卯辰", "简简体体"]
    assert shared_run("見甲乙丙丁、戊己庚辛壬癸子丑寅了", texts) is None
    assert shared_run("見甲乙丙丁、戊己庚辛壬癸子丑寅卯了", texts) is not None
    assert shared_run("見甲乙丙丁戊己庚辛壬癸子丑寅卯", texts, names=["丁戊己庚辛壬"]) is None
    assert shared_run("見甲乙丙丁戊己庚辛壬癸子丑寅卯", texts, names=["丁戊"]) is not None
    assert shared_run("简体", texts, length=2) == "简体"
    assert NgramIndex(texts, 3).find("a甲1乙2丙") == "甲乙丙"
