"""Pictures of networks to look at without any tool: SVG, and PNG drawn from it.

The SVG stands alone: no script, no font, nothing fetched. What it says is for those who cannot
see it, too: a title and a description, and the name of each node and link under the pointer.
"""

import re
from html import escape, unescape
from struct import pack
from zlib import crc32

from kg.errors import KgError
from kg.home import producer
from kg.networks.model import Network
from kg.pictures.fonts import find_fonts
from kg.pictures.labels import LINE_HEIGHT, Label, clean_text
from kg.pictures.legend import INK, LINK, QUIET, Legend, choose_dashes, choose_words, draw_legend
from kg.pictures.placement import Circle
from kg.pictures.scene import Drawing, Line, lay_out
from kg.pictures.svg import (
    NAMESPACE,
    fit_lines,
    fit_sentences,
    show_amount,
    show_number,
    write_element,
    write_lines,
)

EDGE, BETWEEN = 32.0, 28.0  # pixels: around all, and between the parts
TITLE, TEXT, SMALL = 24.0, 13.5, 12.0  # sizes of type, in pixels
LONGEST_LINE, MOST_LINES = 62, 5  # em; of the description that all see
LATIN = ("Noto Sans", "Helvetica Neue", "Arial")
CHINESE = {
    "zh-Hans": (
        "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC",
        "Hiragino Sans GB", "Microsoft YaHei", "WenQuanYi Micro Hei",
    ),
    "zh-Hant": (
        "Noto Sans TC", "Noto Sans CJK TC", "Source Han Sans TC", "PingFang TC",
        "Microsoft JhengHei", "WenQuanYi Micro Hei",
    ),
}  # fmt: skip
DENSE = ((80, 0.5), (200, 0.42), (500, 0.36))  # up to so many links, their opacity; beyond, LEAST
LEAST = 0.3
ARROW = 6.0
ZOOM = 2.0  # pixels of a PNG for one of the SVG
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD = len(SIGNATURE) + 25  # bytes of a PNG up to the end of its first chunk


def draw_svg(network: Network) -> str:
    """Return a picture of a network as an SVG document (https://www.w3.org/TR/SVG11/).

    Nodes stand where the network has them, moved apart where they would cover each other. Labels
    overlap neither each other nor a node: what finds no room is left out, and the caption says
    how many. Of a network with more than `drawing.MOST_NODES` nodes the most connected are drawn,
    of more edges than these can bear the strongest, or those of rarer relations. Of a description
    the summary is shown; all is in `desc`. The same network gives the same text.

    Raises:
        KgError: a number of the network is not finite, a colour is not `#rrggbb`, an id comes
            twice or an edge leads nowhere.
    """
    title = clean_text(network.title) or clean_text(network.name) or "–"
    description = clean_text(network.description)
    drawing = lay_out(network)
    legend = draw_legend(network, drawing, drawing.area.right + BETWEEN, BETWEEN / 2)
    inner = drawing.area.right + (BETWEEN + legend.width if legend.body else 0)
    heading = fit_lines(title, TITLE, inner)
    summary = clean_text(network.summary)
    intro = fit_sentences(summary, TEXT, min(inner, LONGEST_LINE * TEXT), MOST_LINES)
    facts = tell_facts(network, drawing)
    caption = fit_lines(" · ".join(facts), SMALL, inner)
    header = write_lines(heading, EDGE, EDGE, TITLE, fill=INK, font_weight="600")
    top = EDGE + LINE_HEIGHT * TITLE * len(heading)
    if intro:
        header += write_lines(intro, EDGE, top + 6, TEXT, fill=QUIET)
        top += 6 + LINE_HEIGHT * TEXT * len(intro)
    top = round(top + BETWEEN / 2)
    bottom = top + max(drawing.area.bottom, BETWEEN / 2 + legend.height) + BETWEEN / 2
    footer = write_lines(caption, EDGE, bottom, SMALL, fill=QUIET)
    plot = "\n".join(draw_parts(network, drawing, legend))
    body = [
        write_element("g", header, id="kg-header"),
        write_element("g", f"\n{plot}\n", id="kg-plot", transform=f"translate({_show(EDGE, top)})"),
        write_element("g", footer, id="kg-caption"),
    ]
    size = round(inner + 2 * EDGE), round(bottom + LINE_HEIGHT * SMALL * len(caption) + EDGE)
    told = " ".join(filter(None, (description, " · ".join(facts))))
    return _write_document(network, size, (title, told), body)


def draw_png(network: Network) -> bytes:
    """Return the picture of `draw_svg` as PNG, two pixels for each of its own.

    The fonts are those of this machine that have the characters of the texts, or the file that
    KG_FONT names; the same fonts give the same bytes. Title and program are in the PNG's text.

    Raises:
        KgError: as in `draw_svg`; resvg-py is not installed; or there is no font for a character.
    """
    drawn = draw_svg(network)
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise KgError(
            "PNG: resvg-py is not installed, which draws it. Run "
            'pip install "city-policy-kg[picture]", or take the SVG, which needs nothing.'
        ) from None
    texts = re.findall(r"<text[^>]*>(.*?)</text>", drawn, re.DOTALL)
    shown = unescape(re.sub(r"<[^>]*>", "", "".join(texts)))
    fonts = find_fonts(shown, network.language)
    # A family that is not there is left out without a word: so all are named as one that is.
    png = svg_to_bytes(
        svg_string=drawn,
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(file) for file in fonts.files],
        font_family=fonts.family,
        sans_serif_family=fonts.family,
        serif_family=fonts.family,
    )
    marks = _write_chunk("Software", producer()) + _write_chunk("Title", clean_text(network.title))
    return bytes(png[:HEAD] + marks + png[HEAD:])


def tell_facts(network: Network, drawing: Drawing) -> list[str]:
    """Return what the caption says: counts, what is left out, whose data and which program."""
    words = choose_words(network.language)
    counts = []
    for drawn, whole in (
        (len(drawing.circles), len(network.nodes)),
        (len(drawing.lines), len(network.edges)),
    ):
        part = words["part"].format(drawn=drawn, all=whole)
        counts.append(str(whole) if drawn == whole else part)
    facts = [words["counts"].format(nodes=counts[0], links=counts[1])]
    if len(drawing.circles) < len(network.nodes):
        facts.append(words["connected"])
    if drawing.thinned:
        facts.append(words[drawing.thinned])
    if drawing.unlabelled:
        facts.append(words["unlabelled"].format(count=drawing.unlabelled))
    return [*facts, words["data"], producer()]


def draw_parts(network: Network, drawing: Drawing, legend: Legend) -> list[str]:
    """Return links, nodes, labels and legend as SVG, in the order in which they cover others."""
    colors = {circle.node.id: circle.node.color for circle in drawing.circles}
    names = {circle.node.id: clean_text(circle.node.label) for circle in drawing.circles}
    dashes = choose_dashes(drawing.lines)
    opacity = next((o for most, o in DENSE if len(drawing.lines) <= most), LEAST)
    links = []
    for line in drawing.lines:
        color = LINK if dashes is not None else colors[line.edge.source]
        dash = dashes[line.edge.kind] if dashes is not None else ""
        links.append(_draw_link(line, color, dash, names, arrow=network.directed))
    nodes = "".join(_draw_node(circle, names) for circle in drawing.circles)
    labels = "".join(_draw_label(label) for label in drawing.labels.values())
    return [
        write_element(
            "g", "".join(links), id="kg-links", fill="none",
            stroke_opacity=str(opacity), fill_opacity=str(opacity),
        ),
        write_element("g", nodes, id="kg-nodes", stroke="#ffffff", stroke_width=1.0),
        write_element(
            "g", labels, id="kg-labels", fill=INK, stroke="#ffffff", stroke_width=3.0,
            stroke_linejoin="round", paint_order="stroke", pointer_events="none",
        ),
        write_element("g", legend.body, id="kg-legend"),
    ]  # fmt: skip


def _draw_link(line: Line, color: str, dash: str, names: dict[str, str], *, arrow: bool) -> str:
    """Return an edge as a path, with an arrow's head where there is room for it."""
    edge = line.edge
    (x1, y1), (bx, by), (x2, y2) = line.start, line.bend, line.end
    path = f"M{_show(x1, y1)}Q{_show(bx, by)} {_show(x2, y2)}"
    sign = "→" if arrow else "–"
    weight = "" if edge.weight == 1 else f" ({show_amount(edge.weight)})"
    kind = clean_text(edge.label) or clean_text(edge.kind)
    told = f"{names[edge.source]} {sign} {names[edge.target]}: {kind}{weight}"
    more = {"stroke_dasharray": dash} if dash else {}
    drawn = write_element(
        "path", write_element("title", escape(told)), d=path, stroke=color,
        stroke_width=line.width, **more,
    )  # fmt: skip
    length = ((x2 - bx) ** 2 + (y2 - by) ** 2) ** 0.5
    if not arrow or length < ARROW:
        return drawn
    across, down = (x2 - bx) / length * ARROW, (y2 - by) / length * ARROW
    head = (
        f"M{_show(x2, y2)}L{_show(x2 - across + down * 0.4, y2 - down - across * 0.4)}"
        f"L{_show(x2 - across - down * 0.4, y2 - down + across * 0.4)}Z"
    )
    return drawn + write_element("path", d=head, fill=color)


def _draw_node(circle: Circle, names: dict[str, str]) -> str:
    node = circle.node
    told = f"{names[node.id]} ({clean_text(node.type_label)})"
    return write_element(
        "circle", write_element("title", escape(told)), cx=circle.x, cy=circle.y,
        r=circle.radius, fill=node.color,
    )  # fmt: skip


def _draw_label(label: Label) -> str:
    return write_lines(label.lines, label.x, label.box.top, label.size, text_anchor=label.anchor)


def _show(x: float, y: float) -> str:
    return f"{show_number(x)} {show_number(y)}"


def _write_document(
    network: Network, extents: tuple[int, int], told: tuple[str, str], body: list[str]
) -> str:
    width, height = extents
    chinese = CHINESE.get(network.language, CHINESE["zh-Hans"])
    families = ", ".join(f"'{name}'" for name in (*LATIN, *chinese)) + ", sans-serif"
    content = "\n".join(
        [
            "",
            write_element("metadata", escape(producer())),
            write_element("title", escape(told[0]), id="kg-title"),
            write_element("desc", escape(told[1]), id="kg-description"),
            write_element("rect", width=width, height=height, fill="#ffffff"),
            *body,
            "",
        ]
    )
    document = write_element(
        "svg", content, xmlns=NAMESPACE, width=width, height=height,
        viewBox=f"0 0 {width} {height}",
        xml_lang=clean_text(network.language) or "en", role="img",
        aria_labelledby="kg-title kg-description", font_family=families,
    )  # fmt: skip
    document = document.replace(" xml-lang=", " xml:lang=", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def _write_chunk(keyword: str, text: str) -> bytes:
    """Return a text chunk (https://www.w3.org/TR/png-3/#11iTXt)."""
    data = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8")
    return pack(">I", len(data) - 4) + data + pack(">I", crc32(data))
