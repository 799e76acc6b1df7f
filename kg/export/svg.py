"""SVG (https://www.w3.org/TR/SVG11/): numbers, elements and lines of text as they are written."""

import re
from collections.abc import Sequence
from html import escape

from kg.ask.table import wrap_text
from kg.export.labels import LINE_HEIGHT, measure_label

NAMESPACE = "http://www.w3.org/2000/svg"
# Of a line's height, the part above the line that letters stand on.
ASCENT = 0.94


def show_number(value: float) -> str:
    """Return a number with at most one decimal, as all places and sizes are written.

    >>> show_number(2.0), show_number(-0.04), show_number(1.25)
    ('2', '0', '1.2')
    """
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def show_amount(value: float) -> str:
    """Return a number that is told of, not drawn: whole, or with three digits.

    >>> show_amount(12.0), show_amount(0.33333)
    ('12', '0.333')
    """
    return str(int(value)) if value == int(value) else f"{value:.3g}"


def write_element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Return an element with content that is written already; `_` in a name stands for `-`.

    >>> write_element("circle", cx=1.0, stroke_width=2)
    '<circle cx="1" stroke-width="2"/>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="'
        f'{escape(value) if isinstance(value, str) else show_number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def write_lines(
    lines: Sequence[str],
    x: float,
    top: float,
    size: float,
    /,
    tail: str = "",
    **attributes: str | float,
) -> str:
    """Return an element of lines of text, the first of which begins at a height of `top`.

    `tail` is written already, and follows the last line.
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


def fit_lines(text: str, size: float, width: float) -> list[str]:
    """Return a text in as many lines as it takes in that width, both in pixels."""
    columns = max(int(2 * width / size), 2)
    lines = wrap_text(text, columns)
    while columns > 2 and max(map(measure_label, lines)) * size > width:
        columns -= 1
        lines = wrap_text(text, columns)
    return lines if text else []


def fit_sentences(text: str, size: float, width: float, most: int) -> list[str]:
    """Return as many whole sentences as take at most so many lines; of one too long its begin.

    >>> fit_sentences("One. Two three. Four five six.", 10, 100, 1)
    ['One. Two three.']
    """
    whole = fit_lines(text, size, width)
    if len(whole) <= most:
        return whole
    kept: list[str] = []
    for end in re.finditer(r"[.!?](?= )|[。！？]", text):
        lines = fit_lines(text[: end.end()], size, width)
        if len(lines) > most:
            break
        kept = lines
    return kept or [*whole[: most - 1], f"{whole[most - 1][:-1].rstrip()}…"]
