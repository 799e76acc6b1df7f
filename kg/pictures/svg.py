"""Draw a network as SVG (https://www.w3.org/TR/SVG11/).

The document is self-contained: it has no script or font, and refers to nothing outside. It is
accessible: it has a title and a description, and each node and edge has a tooltip.
"""

import math
from collections.abc import Sequence
from html import escape

from kg.home import name_program
from kg.networks.model import Network
from kg.pictures.labels import LINE_HEIGHT, Circle, clean_label, limit_lines
from kg.pictures.legend import (
    COUNT_GAP,
    EDGE_COLOR,
    ROW_HEIGHT,
    STROKE_LENGTH,
    TYPE_SIZE,
    Row,
    choose_dashes,
    list_rows,
    write_caption,
)
from kg.pictures.scene import Curve, Scene, compose_scene

NAMESPACE = "http://www.w3.org/2000/svg"
ASCENT = 0.94  # em from the top of a line to its baseline
# Lengths in px: the margin of the page, the gap between its parts, and type sizes.
PAGE_MARGIN, GAP, TITLE_GAP, TEXT_GAP = 32.0, 28.0, 6.0, 3.0
TITLE_SIZE, SUMMARY_SIZE, CAPTION_SIZE = 24.0, 13.5, 12.0
SUMMARY_WIDTH, SUMMARY_LINES = 62, 5  # em, lines
ARROW = 6.0  # px
INK, MUTED, PAPER = "#1f2933", "#5b6770", "#ffffff"
# The opacity of edges, by their greatest number.
OPACITIES = ((80, "0.5"), (200, "0.42"), (500, "0.36"), (math.inf, "0.3"))
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


def draw_svg(network: Network) -> str:
    """Return a picture of a network as an SVG document.

    Nodes are in the positions of the layout, but moved where they would overlap. Labels overlap
    neither each other nor nodes; the caption counts those that found no room. Of a large network
    a part is drawn (see `kg.pictures.scene`). The summary is shown; the `desc` element also has
    the notes. The same network gives the same text.

    Raises:
        KgError: see `fill_text`.
    """
    title = clean_label(network.title)
    summary = clean_label(network.summary)
    scene = compose_scene(network)
    rows = list(list_rows(network, scene))
    caption = write_caption(network, scene)
    inner = scene.area.right + max((GAP + row.width for row in rows), default=0)
    lines = limit_lines(title, inner / TITLE_SIZE)
    header = write_text(lines, PAGE_MARGIN, PAGE_MARGIN, TITLE_SIZE, fill=INK, font_weight="600")
    top = PAGE_MARGIN + LINE_HEIGHT * TITLE_SIZE * len(lines) + TITLE_GAP
    if summary:
        lines = limit_lines(summary, min(inner / SUMMARY_SIZE, SUMMARY_WIDTH), SUMMARY_LINES)
        header += write_text(lines, PAGE_MARGIN, top, SUMMARY_SIZE, fill=MUTED)
        top += LINE_HEIGHT * SUMMARY_SIZE * len(lines)
    top = round(top + GAP / 2)
    bottom = top + max(scene.area.bottom, sum(row.height for row in rows)) + GAP / 2
    lines = limit_lines(caption, inner / CAPTION_SIZE)
    footer = write_text(lines, PAGE_MARGIN, bottom, CAPTION_SIZE, fill=MUTED)
    plot = "\n".join(["", *_draw_parts(network, scene, rows), ""])
    shift = f"translate({format_point(PAGE_MARGIN, top)})"
    size = (
        round(inner + 2 * PAGE_MARGIN),
        round(bottom + LINE_HEIGHT * CAPTION_SIZE * len(lines) + PAGE_MARGIN),
    )
    description = " ".join(filter(None, (clean_label(network.description), caption)))
    content = [
        "",
        write_element("metadata", escape(name_program())),
        write_element("title", escape(title), id="kg-title"),
        write_element("desc", escape(description), id="kg-description"),
        write_element("rect", width=size[0], height=size[1], fill=PAPER),
        write_element("g", header, id="kg-header"),
        write_element("g", plot, id="kg-plot", transform=shift),
        write_element("g", footer, id="kg-caption"),
        "",
    ]
    return _write_document(network.language, size, "\n".join(content))


def _write_document(language: str, size: tuple[int, int], content: str) -> str:
    width, height = size
    families = (*LATIN, *CHINESE["zh-Hant" if language == "zh-Hant" else "zh-Hans"])
    document = write_element(
        "svg", content, xmlns=NAMESPACE, width=width, height=height,
        viewBox=f"0 0 {width} {height}",
        **{"xml:lang": language}, role="img", aria_labelledby="kg-title kg-description",
        font_family=", ".join(f"'{name}'" for name in families) + ", sans-serif",
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def _draw_parts(network: Network, scene: Scene, rows: Sequence[Row]) -> list[str]:
    """Return edges, nodes, labels and legend; later ones cover earlier ones."""
    names = {circle.node.id: clean_label(circle.node.label) for circle in scene.circles}
    colors = {circle.node.id: circle.node.color for circle in scene.circles}
    dashes = choose_dashes(scene.curves)
    edges = []
    for curve in scene.curves:
        color = colors[curve.edge.source] if dashes is None else EDGE_COLOR
        dash = "" if dashes is None else dashes[curve.edge.kind]
        edges.append(_draw_edge(curve, color, dash, names, arrow=network.directed))
    nodes = [_draw_node(circle, names) for circle in scene.circles]
    labels = [
        write_text(
            label.text.lines, label.x, label.box.top, label.text.size,
            text_anchor=label.text_anchor,
        )
        for label in scene.labels.values()
    ]  # fmt: skip
    legend, y = [], 0.0
    for row in rows:
        legend.append(_draw_row(row, scene.area.right + GAP, y))
        y += row.height
    opacity = next(value for most, value in OPACITIES if len(edges) <= most)
    return [
        write_element(
            "g", "".join(edges), id="kg-links", fill="none",
            stroke_opacity=opacity, fill_opacity=opacity,
        ),
        write_element("g", "".join(nodes), id="kg-nodes", stroke=PAPER, stroke_width=1.0),
        write_element(
            "g", "".join(labels), id="kg-labels", fill=INK, stroke=PAPER, stroke_width=3.0,
            stroke_linejoin="round", paint_order="stroke", pointer_events="none",
        ),
        write_element("g", "".join(legend), id="kg-legend"),
    ]  # fmt: skip


def _draw_edge(curve: Curve, color: str, dash: str, names: dict[str, str], *, arrow: bool) -> str:
    """Return an edge as a path, with an arrowhead if there is room for it."""
    edge, (bend_x, bend_y), (x, y) = curve.edge, curve.control, curve.end
    weight = "" if edge.weight == 1 else f" ({edge.weight:g})"
    sign = "→" if arrow else "–"
    tooltip = f"{names[edge.source]} {sign} {names[edge.target]}: {clean_label(edge.label)}{weight}"
    path = write_element(
        "path", write_element("title", escape(tooltip)),
        d=f"M{format_point(*curve.start)}Q{format_point(bend_x, bend_y)} {format_point(x, y)}",
        stroke=color, stroke_width=curve.width, stroke_dasharray=dash or None,
    )  # fmt: skip
    length = math.dist(curve.control, curve.end)
    if not arrow or length < ARROW:
        return path
    across, down = (x - bend_x) / length * ARROW, (y - bend_y) / length * ARROW
    head = (
        f"M{format_point(x, y)}L{format_point(x - across + down * 0.4, y - down - across * 0.4)}"
        f"L{format_point(x - across - down * 0.4, y - down + across * 0.4)}Z"
    )
    return path + write_element("path", d=head, fill=color)


def _draw_node(circle: Circle, names: dict[str, str]) -> str:
    tooltip = f"{names[circle.node.id]} ({clean_label(circle.node.type_label)})"
    return write_element(
        "circle", write_element("title", escape(tooltip)), cx=circle.x, cy=circle.y,
        r=circle.radius, fill=circle.node.color,
    )  # fmt: skip


def _draw_row(row: Row, left: float, top: float) -> str:
    """Return a row of the legend whose upper left corner is there."""
    top += row.gap + row.padding
    middle = top + ROW_HEIGHT / 2
    content = ""
    if row.dot:
        outline = None if row.dot.color else MUTED
        content += write_element(
            "circle", cx=left + row.dot.x, cy=middle, r=row.dot.radius,
            fill=row.dot.color or "none", stroke=outline, stroke_width=outline and 1.2,
        )  # fmt: skip
    if row.stroke:
        content += write_element(
            "line", x1=left, y1=middle, x2=left + STROKE_LENGTH, y2=middle,
            stroke=row.stroke.color, stroke_width=row.stroke.width,
            stroke_dasharray=row.stroke.dashes or None,
        )  # fmt: skip
    count = escape(row.count)
    tail = write_element("tspan", count, dx=COUNT_GAP, fill=MUTED) if count else ""
    weight = "600" if row.gap else None
    content += write_text(
        row.lines, left + row.indent, top + TEXT_GAP, TYPE_SIZE,
        tail=tail, fill=INK, font_weight=weight,
    )  # fmt: skip
    return write_element("g", content)


def write_element(name: str, content: str = "", /, **attributes: str | float | None) -> str:
    """Return an element with the given markup as content; `_` in a name becomes `-`.

    An attribute that is None is left out.

    >>> write_element("circle", cx=1.0, stroke_width=2)
    '<circle cx="1" stroke-width="2"/>'
    """
    written = "".join(
        f' {key.replace("_", "-")}="'
        f'{escape(value) if isinstance(value, str) else format_number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def write_text(
    lines: Sequence[str],
    x: float,
    top: float,
    size: float,
    *,
    tail: str = "",
    **attributes: str | float | None,
) -> str:
    """Return an element with lines of text, the first of which begins at `top`.

    `tail` is markup that follows the last line.
    """
    step = LINE_HEIGHT * size
    base = top + ASCENT * size
    if len(lines) == 1:
        content = escape(lines[0])
    else:
        content = "".join(
            write_element("tspan", escape(line), x=x, y=base + step * number)
            for number, line in enumerate(lines)
        )
    return write_element("text", content + tail, x=x, y=base, font_size=size, **attributes)


def format_number(value: float) -> str:
    """Return a number with at most one decimal, as all positions and sizes are written.

    >>> format_number(2.0), format_number(-0.04), format_number(1.25)
    ('2', '0', '1.2')
    """
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def format_point(x: float, y: float) -> str:
    """Return a point as it is written in a path."""
    return f"{format_number(x)} {format_number(y)}"
