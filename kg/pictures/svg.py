"""SVG (https://www.w3.org/TR/SVG11/): numbers, elements and lines of text as they are written."""

import re
from collections.abc import Sequence
from html import escape

from kg.pictures.labels import LINE_HEIGHT, wrap_start, wrap_words

NAMESPACE = "http://www.w3.org/2000/svg"
# Of a line's height, the part above the line that letters stand on.
ASCENT = 0.94
# A sentence ends at its mark, with what closes after it and the spaces before the next.
SENTENCE = re.compile(r".+?(?:[.!?][)\"”’]*(?: +|$)|[。！？][）」』”’]* *|$)", re.DOTALL)


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
    return wrap_words(text, width / size) if text else []


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, each with what stands between it and the next.

    >>> split_sentences("One of 2.5. Two? 三。（四。）五")
    ['One of 2.5. ', 'Two? ', '三。', '（四。）', '五']
    """
    return [found.group() for found in re.finditer(SENTENCE, text)]


def fit_sentences(text: str, size: float, width: float, most: int) -> list[str]:
    """Return as many whole sentences as take at most so many lines; of one too long its begin.

    >>> fit_sentences("One. Two three. Four five six.", 10, 100, 1)
    ['One. Two three.']
    """
    kept: list[str] = []
    told = ""
    for sentence in split_sentences(text):
        told += sentence
        lines = fit_lines(told, size, width)
        if len(lines) > most:
            return kept or wrap_start(told, width / size, most)
        kept = lines
    return kept
