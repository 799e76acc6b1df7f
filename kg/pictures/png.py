"""Draw a network as PNG, from its SVG, with resvg (https://github.com/linebender/resvg)."""

import re
import struct
from html import unescape
from zlib import crc32

from kg.errors import require
from kg.home import name_program
from kg.networks.model import Network
from kg.pictures.fonts import find_fonts
from kg.pictures.labels import clean_label
from kg.pictures.svg import draw_svg

SCALE = 2.0  # pixels of the PNG for a pixel of the SVG
HEADER = 8 + 25  # bytes of a PNG before its second chunk: the signature, and the chunk IHDR


def draw_png(network: Network) -> bytes:
    """Return the picture of `draw_svg` as PNG, at twice its size.

    Texts are set in fonts of this machine, or in the font file that KG_FONT names; the same fonts
    give the same bytes. The PNG has the title and the program as its metadata.

    Raises:
        KgError: see `draw_svg` and `find_fonts`; or resvg-py is not installed.
    """
    svg = draw_svg(network)
    resvg = require("resvg_py", "picture", hint=". Or choose SVG, which needs no extra package.")
    texts = "".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL))
    fonts = find_fonts(unescape(re.sub(r"<[^>]*>", "", texts)), network.language)
    family = fonts[0].family if fonts else ""
    # resvg silently drops texts in an unknown family: so all names lead to a font that is there.
    png: bytes = resvg.svg_to_bytes(
        svg_string=svg,
        zoom=SCALE,
        skip_system_fonts=True,
        font_files=[str(font.file) for font in fonts],
        font_family=family,
        sans_serif_family=family,
        serif_family=family,
    )
    metadata = _write_text("Software", name_program())
    metadata += _write_text("Title", clean_label(network.title))
    return png[:HEADER] + metadata + png[HEADER:]


def _write_text(keyword: str, text: str) -> bytes:
    """Return a chunk with a text in UTF-8 (https://www.w3.org/TR/png-3/#11iTXt)."""
    chunk = b"iTXt" + keyword.encode("ascii") + b"\0\0\0\0\0" + text.encode("utf-8")
    return struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", crc32(chunk))
