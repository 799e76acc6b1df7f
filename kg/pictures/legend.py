"""The legend of a picture: types with their colours, sizes, relations and widths."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from kg.networks.model import Edge, Network
from kg.pictures.labels import LINE_HEIGHT, break_label, clean_text, measure_label
from kg.pictures.placement import Circle
from kg.pictures.scene import Drawing, Line
from kg.pictures.svg import show_amount, write_element, write_lines

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "nodes": "Nodes",
        "join": ", ",
        "links": "Links",
        "sizes": "Links of a node",
        "widths": "Weight of a link",
        "colored": "in the colour of their source",
        "counts": "Nodes: {nodes} · Links: {links}",
        "part": "{drawn} of {all}",
        "connected": "Only the most connected nodes are drawn",
        "strongest": "Of the links only the strongest of each node are drawn",
        "rarest": "Not all links are drawn: those of rarer relations come first",
        "some": "Of the links only some of each node are drawn",
        "unlabelled": "Labels without room: {count} (a node tells its name under the pointer)",
        "data": "Data: City Digital Policy, CC BY 4.0",
    },
    "zh-Hans": {
        "nodes": "节点",
        "join": "、",
        "links": "连线",
        "sizes": "节点的连线数",
        "widths": "连线的权重",
        "colored": "颜色同起点",
        "counts": "节点：{nodes} · 连线：{links}",
        "part": "{all}之{drawn}",
        "connected": "只画连线最多的节点",
        "strongest": "只画各节点权重最高的连线",
        "rarest": "未画出全部连线，较少见的关系优先",
        "some": "各节点的连线只画出一部分",
        "unlabelled": "放不下的标签：{count}（指针移到节点上即显示名称）",
        "data": "数据：City Digital Policy，CC BY 4.0",
    },
    "zh-Hant": {
        "nodes": "節點",
        "join": "、",
        "links": "連線",
        "sizes": "節點的連線數",
        "widths": "連線的權重",
        "colored": "顏色同起點",
        "counts": "節點：{nodes} · 連線：{links}",
        "part": "{all}之{drawn}",
        "connected": "只畫連線最多的節點",
        "strongest": "只畫各節點權重最高的連線",
        "rarest": "未畫出全部連線，較少見的關係優先",
        "some": "各節點的連線只畫出一部分",
        "unlabelled": "放不下的標籤：{count}（指標移到節點上即顯示名稱）",
        "data": "資料：City Digital Policy，CC BY 4.0",
    },
}
INK, QUIET, LINK = "#1f2933", "#5b6770", "#6b7783"
DASHES = ("", "6 3", "1.5 3", "8 3 1.5 3")  # for so many relations; beyond, colour tells the source
MOST_COLORS = 6
TYPE = 13.0  # pixels
ROW, GAP_ABOVE = 22.0, 14.0
SAMPLE = 30.0
COLUMNS = 26
TOLD_APART = 1.5  # pixels between radii


@dataclass(frozen=True)
class Legend:
    """A legend as SVG, with its extents in pixels."""

    body: str
    width: float
    height: float


def choose_words(language: str) -> Mapping[str, str]:
    """Return the words of a picture in a language; English where there are none."""
    return WORDS.get(language, WORDS["en"])


def choose_dashes(edges: tuple[Line, ...]) -> dict[str, str] | None:
    """Return the dashes of each kind of edge, the commonest first; None where kinds are many."""
    kinds = [kind for kind, _ in Counter(line.edge.kind for line in edges).most_common()]
    return dict(zip(kinds, DASHES, strict=False)) if len(kinds) <= len(DASHES) else None


class _Column:
    """Rows of a legend, one below the other."""

    def __init__(self, left: float, top: float) -> None:
        self.left, self.top, self.y, self.width = left, top, top, 0.0
        self.parts: list[str] = []

    def add_heading(self, text: str) -> None:
        if self.parts:
            self.y += GAP_ABOVE
        self.add_row("", text, 0.0, font_weight="600")

    def add_row(self, sample: str, text: str, indent: float, count: str = "", **more: str) -> None:
        """Add a sample, drawn already, with its text beside it and a count after that."""
        lines = break_label(text, COLUMNS)
        tail = write_element("tspan", escape(count), dx=6.0, fill=QUIET) if count else ""
        x = self.left + indent
        body = sample + write_lines(lines, x, self.y + 3, TYPE, fill=INK, tail=tail, **more)
        widths = [measure_label(line) * TYPE for line in lines]
        if count:
            widths[-1] += 6 + measure_label(count) * TYPE
        end = indent + max(widths)
        self.parts.append(write_element("g", body))
        self.width = max(self.width, end)
        self.y += ROW + (len(lines) - 1) * LINE_HEIGHT * TYPE


def draw_legend(network: Network, drawing: Drawing, left: float, top: float) -> Legend:
    """Return the legend of a drawing, with its left upper corner there."""
    words = choose_words(network.language)
    column = _Column(left, top)
    if drawing.circles:
        _add_types(column, words, drawing)
        _add_sizes(column, words, drawing)
    if drawing.lines:
        _add_kinds(column, words, drawing)
        _add_widths(column, words, drawing)
    return Legend("".join(column.parts), column.width, column.y - top)


def _add_types(column: _Column, words: Mapping[str, str], drawing: Drawing) -> None:
    """Add each type with its colours, the commonest first; types of one colour share a row."""
    column.add_heading(words["nodes"])
    types: dict[str, Counter[str]] = {}
    labels: dict[str, str] = {}
    for circle in drawing.circles:
        types.setdefault(circle.node.type, Counter()).update([circle.node.color.lower()])
        labels.setdefault(circle.node.type, clean_text(circle.node.type_label))
    rows: dict[tuple[str, ...], Counter[str]] = {}
    for name, counts in types.items():
        colors = tuple(color for color, _ in counts.most_common(MOST_COLORS))
        rows.setdefault(colors, Counter())[name] += counts.total()
    for colors, names in sorted(rows.items(), key=lambda row: -row[1].total()):
        dots = "".join(
            write_element("circle", cx=column.left + 7 + 14 * i, cy=column.y + 11, r=6, fill=color)
            for i, color in enumerate(colors)
        )
        told = [labels[name] or clean_text(name) or "–" for name, _ in names.most_common()]
        column.add_row(dots, words["join"].join(told), 14 * len(colors) + 8, str(names.total()))


def _add_sizes(column: _Column, words: Mapping[str, str], drawing: Drawing) -> None:
    """Add what the size of a node says, if that is the number of its links."""
    chosen = find_size_key(drawing.circles)
    if not chosen:
        return
    column.add_heading(words["sizes"])
    indent = 2 * chosen[-1].radius + 12
    for circle in chosen:
        radius = circle.radius
        high = max(ROW, 2 * radius + 4)
        middle = column.y + high / 2
        dot = write_element(
            "circle", cx=column.left + chosen[-1].radius, cy=middle, r=radius,
            fill="none", stroke=QUIET, stroke_width=1.2,
        )  # fmt: skip
        column.y += (high - ROW) / 2
        column.add_row(dot, str(circle.node.degree), indent)
        column.y += (high - ROW) / 2


def find_size_key(circles: tuple[Circle, ...]) -> tuple[Circle, ...]:
    """Return nodes of few, some and many edges, where more edges always make a larger node."""
    by_degree: dict[int, Circle] = {}
    for circle in sorted(circles, key=lambda circle: circle.node.degree):
        known = by_degree.setdefault(circle.node.degree, circle)
        if abs(known.radius - circle.radius) > 0.05:
            return ()
    found = list(by_degree.values())
    radii = [circle.radius for circle in found]
    if len(found) < 2 or radii != sorted(radii) or radii[-1] - radii[0] < TOLD_APART:
        return ()
    half = (radii[0] + radii[-1]) / 2
    middle = min(found, key=lambda circle: abs(circle.radius - half))
    # A third one only where it can be told from the others.
    told = min(radii[-1] - middle.radius, middle.radius - radii[0]) > TOLD_APART
    return (found[0], middle, found[-1]) if told else (found[0], found[-1])


def _add_kinds(column: _Column, words: Mapping[str, str], drawing: Drawing) -> None:
    """Add the relations with their dashes, or that links have the colour of their source."""
    column.add_heading(words["links"])
    dashes = choose_dashes(drawing.lines)
    if dashes is None:
        sample = _draw_sample(column, drawing.circles[0].node.color, 2.0)
        column.add_row(sample, words["colored"], SAMPLE + 8, str(len(drawing.lines)))
        return
    counts = Counter(line.edge.kind for line in drawing.lines)
    labels = {line.edge.kind: _name_kind(line.edge) for line in reversed(drawing.lines)}
    for kind, dash in dashes.items():
        sample = _draw_sample(column, LINK, 2.0, dash)
        column.add_row(sample, labels[kind], SAMPLE + 8, str(counts[kind]))


def _name_kind(edge: Edge) -> str:
    return clean_text(edge.label) or clean_text(edge.kind) or "–"


def _add_widths(column: _Column, words: Mapping[str, str], drawing: Drawing) -> None:
    """Add the thinnest and the widest link with their weights, if these differ."""
    first, last = drawing.lines[0], drawing.lines[-1]
    if first.edge.weight == last.edge.weight:
        return
    column.add_heading(words["widths"])
    for line in (first, last):
        sample = _draw_sample(column, LINK, line.width)
        column.add_row(sample, show_amount(line.edge.weight), SAMPLE + 8)


def _draw_sample(column: _Column, color: str, width: float, dash: str = "") -> str:
    more = {"stroke_dasharray": dash} if dash else {}
    return write_element(
        "line", x1=column.left, y1=column.y + 11, x2=column.left + SAMPLE, y2=column.y + 11,
        stroke=color, stroke_width=width, **more,
    )  # fmt: skip
