"""Pictures of networks: SVG, and PNG made from it.

`draw_svg` needs no extra package. `draw_png` needs the extra `picture` and a font.
"""

from kg.pictures.png import draw_png
from kg.pictures.svg import draw_svg

__all__ = ["draw_png", "draw_svg"]
