"""PNG: the SVG at twice its size, with glyphs for all of its texts."""

import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.errors import KgError
from kg.home import name_program
from kg.networks.model import Network, Node
from kg.pictures import draw_png, draw_svg
from kg.pictures.fonts import list_font_files, read_face
from kg.pictures.png import SCALE

Make = Callable[..., Network]


@pytest.fixture(scope="module")
def chinese_font() -> Path:
    """A font file of this machine that has Chinese characters."""
    wanted = set(map(ord, "深圳數據"))
    for file in list_font_files(chinese=True):
        face = read_face(file, "zh-Hans")
        if face and wanted <= face.characters:
            return file
    pytest.skip("no Chinese font: install fonts-noto-cjk or fonts-wqy-microhei")


def test_png_is_the_svg_at_twice_its_size(chinese_font: Path, make_wheel: Make) -> None:
    network = make_wheel(10, language="zh-Hans", title="城市")
    png = draw_png(network)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    root = ElementTree.fromstring(draw_svg(network).encode())
    expected = [round(SCALE * float(root.attrib[name])) for name in ("width", "height")]
    assert list(struct.unpack(">II", png[16:24])) == expected
    assert b"iTXtSoftware\0\0\0\0\0" + name_program().encode() in png[:200]
    assert b"iTXtTitle\0\0\0\0\0" + "城市".encode() in png[:200]
    assert png == draw_png(network)


def test_labels_have_glyphs(
    chinese_font: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_node: Callable[..., Node],
    make_network: Make,
) -> None:
    monkeypatch.setenv("KG_FONT", str(chinese_font))
    # For a missing glyph nothing is drawn, or the same box as for others.
    labels = ("深", "圳", "數", " ")
    networks = [
        make_network([make_node(1, label=label)], [], language="zh-Hans") for label in labels
    ]
    assert len(set(map(draw_png, networks))) == len(labels)


@pytest.mark.parametrize("module", ["resvg_py", "fontTools.ttLib"])
def test_missing_library_is_reported(
    module: str,
    monkeypatch: pytest.MonkeyPatch,
    make_node: Callable[..., Node],
    make_network: Make,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    read_face.cache_clear()  # other tests may have read the fonts
    with pytest.raises(KgError, match=re.escape("pip install 'city-policy-kg[picture]'")):
        draw_png(make_network([make_node(1)], []))
