"""Fonts of this machine that have the characters of a text.

Whoever draws text with a font that lacks a character draws a box or nothing, and says nothing: so
what a font has is read from its own tables (OpenType, ISO/IEC 14496-22: `cmap` and `name`).
"""

import os
import struct
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.errors import KgError

VARIABLE = "KG_FONT"
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
# Fonts that are good to read, best first, as the names of their files begin, without `-` and `_`.
CHINESE = (
    "notosanscjk", "notosanssc", "notosanshans", "sourcehansans", "pingfang", "hiraginosansgb",
    "msyh", "wqymicrohei", "wqyzenhei", "stheiti", "simhei", "droidsansfallback",
)  # fmt: skip
LATIN = ("notosansregular", "helveticaneue", "arial", "liberationsans", "dejavusans", "segoeui")
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # categories of characters that have no look
# Looks that are not wanted for labels; fonts of these are taken when there is no other.
ODD = (
    "italic", "oblique", "bold", "light", "thin", "black", "medium", "heavy", "mono", "serif",
    "condensed", "narrow", "bd",
)  # fmt: skip
REGIONS = {"zh-Hans": (" SC", " TC"), "zh-Hant": (" TC", " HK", " SC")}
ADVICE = (
    "Install one (Debian: apt-get install {package}), name a font's file in the environment as "
    f"{VARIABLE}, or take the SVG, which needs none."
)
BROKEN = (OSError, struct.error, UnicodeDecodeError, IndexError, OverflowError, MemoryError)


@dataclass(frozen=True)
class Face:
    """One of the faces of a font's file: the name of its family, and the characters it has."""

    family: str
    characters: frozenset[int]


@dataclass(frozen=True)
class Fonts:
    """Files that have all characters of a text, and the family to draw it with first."""

    files: tuple[Path, ...]
    family: str


def find_fonts(text: str, language: str = "en") -> Fonts:
    """Return fonts that have all characters of a text: that of KG_FONT, or those of the machine.

    The first is for Chinese where the language is Chinese, or else for what is not; the others
    have what it lacks.

    Raises:
        KgError: no font has a character, or KG_FONT names no font.
    """
    named = os.environ.get(VARIABLE)
    chinese = language.startswith("zh")
    files = [Path(named)] if named else list_font_files(chinese=chinese)
    missing = {ord(c) for c in text if unicodedata.category(c) not in UNSEEN}
    first = {code for code in missing if _is_wide(code) == chinese}
    known: dict[Path, Face | None] = {}
    chosen: list[tuple[Path, str]] = []
    while missing:
        wanted = first & missing if first and not chosen else missing
        best: tuple[int, Path, Face] | None = None
        for file in files:
            if file not in known:
                known[file] = choose_face(file, wanted, language, strict=bool(named))
            face = known[file]
            found = len(face.characters & wanted) if face else 0
            if face and found > (best[0] if best else 0):
                best = found, file, face
            if found == len(wanted):
                break
        if best is None and wanted < missing:
            first = set()  # nothing has any of these: what is left is told once the rest is found
            continue
        if best is None:
            raise KgError(_tell_missing(missing, Path(named) if named else None))
        chosen.append((best[1], best[2].family))
        missing -= best[2].characters
    return Fonts(tuple(file for file, _ in chosen), chosen[0][1] if chosen else "")


def list_font_files(*, chinese: bool) -> list[Path]:
    """Return the font files in the usual folders of this machine, those good to read first."""
    home = Path.home()
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    folders = [
        Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share") / "fonts",
        home / ".local/share/fonts",
        home / ".fonts",
        *(Path(folder) / "fonts" for folder in shared.split(os.pathsep)),
        Path("/usr/share/fonts"),
        *(Path(folder) / "Library/Fonts" for folder in (home, "/", "/System")),
    ]
    if sys.platform == "win32":
        folders.append(Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts")
    files = {
        path
        for folder in folders
        for path in (folder.rglob("*") if folder.is_dir() else ())
        if path.suffix.lower() in SUFFIXES
    }
    good = (*CHINESE, *LATIN) if chinese else (*LATIN, *CHINESE)
    return sorted(files, key=lambda path: _rank_file(path, good))


def _rank_file(path: Path, good: tuple[str, ...]) -> tuple[int, int, str]:
    name = path.stem.lower().replace("-", "").replace("_", "").replace(" ", "")
    starts = (name.startswith(start) for start in good)
    place = next((number for number, is_so in enumerate(starts) if is_so), len(good))
    return sum(word in name for word in ODD), place, str(path)


def _is_wide(code: int) -> bool:
    return unicodedata.east_asian_width(chr(code)) in "WF"


def choose_face(
    file: Path, wanted: set[int], language: str, *, strict: bool = False
) -> Face | None:
    """Return the face of a file that has most of the characters wanted, in the language's forms.

    Raises:
        KgError: the file is no font, and `strict`; without, None comes back.
    """
    try:
        with file.open("rb") as stream:
            faces = list(read_faces(stream))
    except BROKEN as error:
        faces = []
        if strict:
            reason = error.strerror if isinstance(error, OSError) else "its tables are broken"
            raise KgError(
                f"{VARIABLE}={file}: is no font that can be read ({reason}). Name a TrueType or "
                "OpenType file, or leave it out."
            ) from None
    if not faces:
        return None
    regions = REGIONS.get(language, REGIONS["zh-Hans"])

    def rank(face: Face) -> tuple[int, int, int]:
        place = next((n for n, r in enumerate(regions) if f"{face.family} ".find(f"{r} ") > 0), 9)
        return -len(face.characters & wanted), "Mono" in face.family, place

    return min(faces, key=rank)


def read_faces(stream: BinaryIO) -> Iterator[Face]:
    """Yield the faces of a TrueType or OpenType file, or of a collection of them.

    Raises:
        struct.error: a table is cut off.
    """
    head = _read(stream, 0, 12)
    starts = [0]
    if head[:4] == b"ttcf":
        (count,) = struct.unpack(">I", head[8:12])
        starts = list(struct.unpack(f">{count}I", _read(stream, 12, 4 * count)))
    elif head[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise struct.error("no font")
    for start in starts:
        tables = {}
        (count,) = struct.unpack(">H", _read(stream, start + 4, 2))
        for number in range(count):
            record = _read(stream, start + 12 + 16 * number, 16)
            tag, _, offset, length = struct.unpack(">4sIII", record)
            tables[tag] = offset, length
        if b"cmap" in tables and b"name" in tables:
            family = _read_family(_read(stream, *tables[b"name"]))
            yield Face(family, frozenset(_read_characters(_read(stream, *tables[b"cmap"]))))


def _read(stream: BinaryIO, offset: int, length: int) -> bytes:
    stream.seek(offset)
    data = stream.read(length)
    if len(data) < length:
        raise struct.error("cut off")
    return data


def _read_family(table: bytes) -> str:
    """Return the name of the family, in English where there is one."""
    _, count, storage = struct.unpack_from(">HHH", table)
    found = {}
    for number in range(count):
        platform, _, tongue, kind, length, offset = struct.unpack_from(
            ">6H", table, 6 + 12 * number
        )
        if platform == 3 and kind in (1, 16):
            text = table[storage + offset : storage + offset + length].decode("utf-16-be")
            # The typographic family before that of four styles; English (0x409) before others.
            found[kind != 16, tongue != 0x409, tongue] = text
    return found[min(found)] if found else ""


def _read_characters(table: bytes) -> Iterator[int]:
    """Yield the characters that a face maps to a glyph: Unicode subtables of format 4 and 12."""
    _, count = struct.unpack_from(">HH", table)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        if platform not in (0, 3) or (platform == 3 and encoding not in (1, 10)):
            continue
        (form,) = struct.unpack_from(">H", table, offset)
        if form == 4:
            yield from _read_segments(table, offset)
        elif form == 12:
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", table, offset + 16 + 12 * group)
                yield from range(first + (glyph == 0), min(last, sys.maxunicode) + 1)


def _read_segments(table: bytes, offset: int) -> Iterator[int]:
    """Yield the characters of a subtable of format 4, in which glyph 0 stands for none."""
    (double,) = struct.unpack_from(">H", table, offset + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * double)
    ranges_at = offset + 16 + 3 * double
    ranges = struct.unpack_from(f">{count}H", table, ranges_at)
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if ranges[index]:
                place = ranges_at + 2 * index + ranges[index] + 2 * (character - first)
                (glyph,) = struct.unpack_from(">H", table, place)
                if not glyph:
                    continue
            if (glyph + deltas[index]) & 0xFFFF:
                yield character


def _tell_missing(missing: set[int], named: Path | None) -> str:
    ordered = sorted(missing)
    shown = " ".join(f"{chr(code)} (U+{code:04X})" for code in ordered[:3])
    more = f" and {len(ordered) - 3} more characters" if len(ordered) > 3 else ""
    chinese = any(map(_is_wide, ordered))
    package = "fonts-noto-cjk or fonts-wqy-microhei" if chinese else "fonts-noto-core"
    where = f"{VARIABLE}={named}: it lacks" if named else "PNG: no font was found here that has"
    return f"{where} {shown}{more}. {ADVICE.format(package=package)}"
