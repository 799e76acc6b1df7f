"""The legend and the caption of a picture, as data: types, sizes, relations and weights."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.home import name_program
from kg.networks.model import Network, fill_text
from kg.pictures.labels import LINE_HEIGHT, Circle, break_label, clean_label, measure_label
from kg.pictures.scene import Curve, Scene

EDGE_COLOR = "#6b7783"
# The dashes of relations, the commonest first. If there are more, an edge has its source's colour.
DASHES = ("", "6 3", "1.5 3", "8 3 1.5 3")
MIN_DIFFERENCE = 1.5  # px between the radii of sample circles
# Lengths in px, the width of texts in columns of a label.
TYPE_SIZE, ROW_HEIGHT, HEADING_GAP, COUNT_GAP, TEXT_COLUMNS = 13.0, 22.0, 14.0, 6.0, 26
RING_GAP = 12.0  # between the largest sample circle and the degree
DOT_RADIUS, DOT_WIDTH, STROKE_LENGTH, STROKE_WIDTH, SAMPLE_GAP = 6.0, 14.0, 30.0, 2.0, 8.0


@dataclass(frozen=True)
class Dot:
    """A sample circle; x is that of its centre. Without a colour only its outline is drawn."""

    x: float
    radius: float
    color: str = ""


@dataclass(frozen=True)
class Stroke:
    """A sample line, `STROKE_LENGTH` long."""

    color: str
    width: float
    dashes: str = ""


@dataclass(frozen=True)
class Row:
    """A row: a sample, a text at `indent` and a count after it. `padding` is above and below."""

    lines: tuple[str, ...]
    count: str = ""
    indent: float = 0.0
    padding: float = 0.0
    dot: Dot | None = None
    stroke: Stroke | None = None

    @property
    def gap(self) -> float:
        """The gap above the row in px: only a heading, which has no sample, has one."""
        return 0.0 if self.dot or self.stroke else HEADING_GAP

    @property
    def width(self) -> float:
        """The width of the row in px."""
        widths = [measure_label(line) * TYPE_SIZE for line in self.lines]
        if self.count:
            widths[-1] += COUNT_GAP + measure_label(self.count) * TYPE_SIZE
        return self.indent + max(widths)

    @property
    def height(self) -> float:
        """The height of the row in px, with the gap."""
        height = ROW_HEIGHT + (len(self.lines) - 1) * LINE_HEIGHT * TYPE_SIZE
        return self.gap + 2 * self.padding + height


def choose_dashes(curves: Sequence[Curve]) -> dict[str, str] | None:
    """Return the dashes of each relation, the commonest first; None if there are too many."""
    kinds = [kind for kind, _ in Counter(curve.edge.kind for curve in curves).most_common()]
    return dict(zip(kinds, DASHES, strict=False)) if len(kinds) <= len(DASHES) else None


def list_rows(network: Network, scene: Scene) -> Iterator[Row]:
    """Yield the rows of the legend, from top to bottom."""
    if scene.circles:
        yield _make_heading(network, "nodes")
        yield from _list_types(network, scene)
    if sizes := choose_sizes(scene.circles):
        yield _make_heading(network, "degree")
        yield from _list_sizes(sizes)
    if scene.curves:
        yield _make_heading(network, "edges")
        yield from _list_relations(network, scene)
        thinnest, widest = scene.curves[0], scene.curves[-1]
        if thinnest.edge.weight != widest.edge.weight:
            yield _make_heading(network, "weight")
            for curve in (thinnest, widest):
                yield _make_stroke(f"{curve.edge.weight:g}", Stroke(EDGE_COLOR, curve.width))


def _make_heading(network: Network, name: str) -> Row:
    return Row(break_label(fill_text(network.legend, name), TEXT_COLUMNS))


def _make_stroke(text: str, stroke: Stroke, count: str = "") -> Row:
    lines = break_label(text, TEXT_COLUMNS)
    return Row(lines, count, STROKE_LENGTH + SAMPLE_GAP, stroke=stroke)


def _list_types(network: Network, scene: Scene) -> Iterator[Row]:
    """Yield a row for each colour with its types, those of most nodes first."""
    colors: dict[str, Counter[str]] = {}
    for circle in scene.circles:
        node = circle.node
        colors.setdefault(node.color.lower(), Counter())[clean_label(node.type_label)] += 1
    for color, types in sorted(colors.items(), key=lambda item: -item[1].total()):
        labels = [label for label, _ in types.most_common()]
        lines = break_label(fill_text(network.legend, "separator").join(labels), TEXT_COLUMNS)
        dot = Dot(DOT_WIDTH / 2, DOT_RADIUS, color)
        yield Row(lines, str(types.total()), DOT_WIDTH + SAMPLE_GAP, dot=dot)


def _list_sizes(circles: Sequence[Circle]) -> Iterator[Row]:
    largest = circles[-1].radius
    for circle in circles:
        padding = max(circle.radius + 2 - ROW_HEIGHT / 2, 0.0)
        text = (str(circle.node.degree),)
        yield Row(text, "", 2 * largest + RING_GAP, padding, Dot(largest, circle.radius))


def choose_sizes(circles: Sequence[Circle]) -> tuple[Circle, ...]:
    """Return circles of low, medium and high degree, or () if their sizes hardly differ."""
    by_degree = {circle.node.degree: circle for circle in circles}
    found = [by_degree[degree] for degree in sorted(by_degree)]
    radii = [circle.radius for circle in found]
    if not found or radii[-1] - radii[0] < MIN_DIFFERENCE:
        return ()
    half = (radii[0] + radii[-1]) / 2
    middle = min(found, key=lambda circle: abs(circle.radius - half))
    if min(radii[-1] - middle.radius, middle.radius - radii[0]) > MIN_DIFFERENCE:
        return (found[0], middle, found[-1])
    return (found[0], found[-1])


def _list_relations(network: Network, scene: Scene) -> Iterator[Row]:
    """Yield a row for each relation; or one row if edges have the colour of their source."""
    dashes = choose_dashes(scene.curves)
    if dashes is None:
        sample = Stroke(scene.circles[0].node.color, STROKE_WIDTH)
        text = fill_text(network.legend, "source_color")
        yield _make_stroke(text, sample, str(len(scene.curves)))
        return
    edges = [curve.edge for curve in scene.curves]
    counts = Counter(edge.kind for edge in edges)
    labels = {edge.kind: clean_label(edge.label) for edge in reversed(edges)}
    for kind, dash in dashes.items():
        yield _make_stroke(labels[kind], Stroke(EDGE_COLOR, STROKE_WIDTH, dash), str(counts[kind]))


def write_caption(network: Network, scene: Scene) -> str:
    """Return the caption: counts, what is omitted, the source of the data and the program."""
    counts = []
    for drawn, total in (
        (len(scene.circles), len(network.nodes)),
        (len(scene.curves), len(network.edges)),
    ):
        part = fill_text(network.legend, "part", drawn=drawn, total=total)
        counts.append(str(total) if drawn == total else part)
    facts = [fill_text(network.legend, "counts", nodes=counts[0], edges=counts[1])]
    if len(scene.circles) < len(network.nodes):
        facts.append(fill_text(network.legend, "most_connected"))
    if scene.selection:
        facts.append(fill_text(network.legend, scene.selection))
    if scene.unlabelled:
        facts.append(fill_text(network.legend, "unlabelled", count=scene.unlabelled))
    return " · ".join([*facts, fill_text(network.legend, "data"), name_program()])
