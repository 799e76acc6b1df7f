"""Fonts: which are chosen for a text, and what is reported if none has a character."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kg.errors import KgError, require
from kg.pictures.fonts import find_fonts, list_font_files, read_face

LATIN = [*range(0x21, 0x180), *range(0x2000, 0x2070)]
CHINESE = range(0x4E00, 0xA000)
WriteFont = Callable[[str, str, Sequence[int]], Path]


def build_font(family: str, characters: Sequence[int]) -> Any:
    builder = require("fontTools.fontBuilder", "picture").FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "a"])
    builder.setupCharacterMap(dict.fromkeys(characters, "a"))
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    return builder.font


@pytest.fixture
def write_font(tmp_path: Path) -> WriteFont:
    """Return a function that writes a font file: its name, its family, its characters."""

    def write(name: str, family: str, characters: Sequence[int]) -> Path:
        build_font(family, characters).save(tmp_path / name)
        return tmp_path / name

    return write


def test_family_and_characters_are_read(write_font: WriteFont) -> None:
    characters = [0x41, 0x5A, 0x6DF1, 0x20000]
    face = read_face(write_font("some.ttf", "Some Family", characters), "en")
    assert face is not None and face.family == "Some Family"
    assert face.characters == set(characters)


@pytest.mark.parametrize(
    ("language", "family"),
    [("en", "Han SC"), ("zh-Hans", "Han SC"), ("zh-Hant", "Han TC"), ("de", "Han SC")],
)
def test_face_of_a_collection_suits_the_language(
    language: str, family: str, tmp_path: Path
) -> None:
    collection = require("fontTools.ttLib", "picture").TTCollection()
    families = ("Han Mono SC", "Han Mono TC", "Han JP", "Han TC", "Han SC")
    collection.fonts = [build_font(name, [0x41]) for name in families]
    file = tmp_path / "han.ttc"
    collection.save(file)
    face = read_face(file, language)
    assert face is not None and face.family == family


@pytest.mark.parametrize("cut", [0, 3, 40, 60])
def test_broken_font_is_skipped_or_reported(
    cut: int, write_font: WriteFont, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_font("some.ttf", "Some", [0x41])
    file.write_bytes(file.read_bytes()[:cut])
    assert read_face(file, "en") is None
    monkeypatch.setenv("KG_FONT", str(file))
    with pytest.raises(KgError, match=r"KG_FONT=.*some\.ttf: not a readable font \(.+\)\. Name"):
        find_fonts("A")


def test_fonts_are_those_that_the_text_needs(write_font: WriteFont) -> None:
    latin = write_font("latin.ttf", "Latin", range(0x21, 0x7F))
    chinese = write_font("chinese.ttf", "Chinese", [*range(0x41, 0x7F), *CHINESE])
    part = write_font("part.ttf", "Part", [ord("武")])
    for text, language, expected in (
        ("Wuhan", "en", ["Latin"]),
        ("Wuhan", "zh-Hans", ["Latin"]),
        ("Wuhan 武汉!", "en", ["Latin", "Chinese"]),
        ("Wuhan 武汉", "zh-Hans", ["Chinese"]),
        ("Wuhan 武汉!", "zh-Hans", ["Chinese", "Latin"]),
        (" \n", "en", []),
    ):
        faces = find_fonts(text, language, [latin, part, chinese])
        assert [face.family for face in faces] == expected, (text, language)
    assert find_fonts("Wuhan", "en", [latin])[0].file == latin


def test_readable_fonts_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("a.ttf", "Arial.ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "b.pfb")
    (tmp_path / "fonts" / "deep").mkdir(parents=True)
    for name in names:
        (tmp_path / "fonts" / "deep" / name).touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def list_names(*, chinese: bool) -> list[str]:
        found = list_font_files(chinese=chinese)
        return [file.name for file in found if tmp_path in file.parents]

    chinese, latin = "NotoSansCJK-Regular.ttc", "Arial.ttf"
    assert list_names(chinese=True) == [chinese, latin, "a.ttf", "NotoSansCJK-Bold.ttc"]
    assert list_names(chinese=False) == [latin, chinese, "a.ttf", "NotoSansCJK-Bold.ttc"]


def test_missing_characters_are_reported(
    write_font: WriteFont, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = write_font("latin.ttf", "Latin", LATIN)
    with pytest.raises(KgError) as caught:
        find_fonts("Shenzhen 深圳智慧城市", "zh-Hans", [latin])
    assert caught.value.exit_code == 1
    assert str(caught.value).startswith(
        "PNG: no font on this machine has 圳 (U+5733) 城 (U+57CE) 市 (U+5E02) and 3 more "
        "characters. Install one (Debian: apt-get install fonts-noto-cjk or "
    )
    monkeypatch.setenv("KG_FONT", str(latin))
    # Characters that the font has are not reported.
    message = "latin.ttf: the font lacks 圳 (U+5733) 深 (U+6DF1). Install"
    with pytest.raises(KgError, match=re.escape(message)):
        find_fonts("Shenzhen 深圳", "zh-Hans")
    monkeypatch.setenv("KG_FONT", str(latin.with_name("none.ttf")))
    with pytest.raises(KgError, match="No such file"):
        find_fonts("Shenzhen", "en")
