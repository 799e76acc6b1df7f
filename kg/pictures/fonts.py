"""Find fonts on this machine that have all characters of a text.

A renderer draws a box, or nothing, for a character that its font lacks, and reports no error. So
the characters are looked up in the fonts' own tables (OpenType `cmap`), with fontTools.
"""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import KgError, require
from kg.wrapping import is_wide

VARIABLE = "KG_FONT"
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
# Readable fonts, best first, by the start of their file names without spaces, `-` and `_`.
CHINESE = (
    "notosanscjk", "notosanssc", "notosanshans", "sourcehansans", "pingfang", "hiraginosansgb",
    "msyh", "wqymicrohei", "wqyzenhei", "stheiti", "simhei", "droidsansfallback",
)  # fmt: skip
LATIN = ("notosansregular", "helveticaneue", "arial", "liberationsans", "dejavusans", "segoeui")
# Styles that do not suit labels; such fonts are the last choice.
UNSUITABLE = (
    "italic", "oblique", "bold", "light", "thin", "black", "medium", "heavy", "mono", "serif",
    "condensed", "narrow", "bd",
)  # fmt: skip
INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")  # Unicode categories of characters without a glyph


@dataclass(frozen=True)
class Face:
    """A font: its file, the name of its family, and the code points that it has."""

    file: Path
    family: str
    characters: frozenset[int]


def find_fonts(
    text: str, language: str = "en", files: Sequence[Path] | None = None
) -> tuple[Face, ...]:
    """Return fonts that together have all characters of a text.

    They are chosen from font files, by default from the file that KG_FONT names, or if it is not
    set from the fonts of this machine.

    The first is the best for the main script of the language: for Chinese characters if the
    language is Chinese, or for all others if not. More follow only for characters that it lacks.

    Raises:
        KgError: fontTools is not installed, no font has a character, or KG_FONT is not a font.
    """
    named = os.environ.get(VARIABLE) if files is None else None
    chinese = language.startswith("zh")
    if files is None:
        files = [Path(named)] if named else list_font_files(chinese=chinese)
    visible = {ord(c) for c in text if unicodedata.category(c) not in INVISIBLE}
    main = {code for code in visible if is_wide(chr(code)) == chinese}
    chosen: list[Face] = []
    for script in (main, visible):
        while missing := script.difference(*(face.characters for face in chosen)):
            faces = (read_face(file, language, strict=bool(named)) for file in files)
            best = choose_face(faces, missing)
            if best is None:
                raise KgError(_describe_missing(missing, named))
            chosen.append(best)
    return tuple(chosen)


def choose_face(faces: Iterable[Face | None], wanted: set[int]) -> Face | None:
    """Return the face with most of the characters wanted, the first of these; None if none has any.

    Faces after one that has all characters are not looked at.
    """
    best, most = None, 0
    for face in faces:
        found = len(face.characters & wanted) if face else 0
        if found > most:
            best, most = face, found
        if found == len(wanted):
            break
    return best


def list_font_files(*, chinese: bool) -> list[Path]:
    """Return the font files in the usual folders of this machine, the most readable first."""
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
    preferred = (*CHINESE, *LATIN) if chinese else (*LATIN, *CHINESE)
    return sorted(files, key=lambda path: _rank_file(path, preferred))


def _rank_file(path: Path, preferred: Sequence[str]) -> tuple[int, int, str]:
    name = path.stem.lower().replace("-", "").replace("_", "").replace(" ", "")
    ranks = (rank for rank, start in enumerate(preferred) if name.startswith(start))
    return sum(style in name for style in UNSUITABLE), next(ranks, len(preferred)), str(path)


@cache
def read_face(file: Path, language: str, *, strict: bool = False) -> Face | None:
    """Return the face of a font file; of a collection, the one for the language's region.

    Raises:
        KgError: fontTools is not installed, or the file is not a font and `strict` is true. If it
            is false, None is returned for such a file.
    """
    ttlib = require("fontTools.ttLib", "picture")
    region = "TC" if language == "zh-Hant" else "SC"
    try:
        with ExitStack() as stack:
            stream = stack.enter_context(file.open("rb"))
            is_collection = stream.read(4) == b"ttcf"
            stream.seek(0)
            if is_collection:
                fonts = stack.enter_context(ttlib.TTCollection(stream, lazy=True)).fonts
            else:
                fonts = [stack.enter_context(ttlib.TTFont(stream, lazy=True))]
            families = [font["name"].getFirstDebugName((16, 1)) or "" for font in fonts]
            family, font = min(
                zip(families, fonts, strict=True),
                key=lambda pair: ("Mono" in pair[0], region not in pair[0].split()),
            )
            return Face(file, family, frozenset(font.getBestCmap() or ()))
    # fontTools raises whatever error a broken table leads to.
    except Exception as error:
        if not strict:
            return None
        raise KgError(
            f"{VARIABLE}={file}: not a readable font ({error}). "
            f"Name a TrueType or OpenType file, or unset {VARIABLE}."
        ) from None


def _describe_missing(missing: set[int], named: str | None) -> str:
    ordered = sorted(missing)
    shown = " ".join(f"{chr(code)} (U+{code:04X})" for code in ordered[:3])
    more = f" and {len(ordered) - 3} more characters" if len(ordered) > 3 else ""
    chinese = any(is_wide(chr(code)) for code in ordered)
    package = "fonts-noto-cjk or fonts-wqy-microhei" if chinese else "fonts-noto-core"
    where = f"{VARIABLE}={named}: the font lacks" if named else "PNG: no font on this machine has"
    return (
        f"{where} {shown}{more}. Install one (Debian: apt-get install {package}), set {VARIABLE} "
        "to a font file, or choose SVG, which needs no font."
    )
