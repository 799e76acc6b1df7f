"""Convert traditional Chinese to simplified Chinese."""

import re
from collections.abc import Callable
from functools import cache

# Mainland spellings that OpenCC's dictionary does not have.
_SPELLINGS = {"著力": "着力", "著眼": "着眼"}
# After these characters 著 belongs to the word before it, as in 显著.
_FIRST_CHARACTERS = "显顯卓昭土原名論论專专編编譯译遗遺巨"
_SPELLING = re.compile(rf"(?<![{_FIRST_CHARACTERS}])(?:{'|'.join(_SPELLINGS)})")


@cache
def _load_converter() -> Callable[[str], str]:
    # Imported here: most commands need no conversion.
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def simplify_text(text: str) -> str:
    """Return a text in simplified characters; simplified text is returned unchanged.

    The conversion is `t2s` of OpenCC (<https://github.com/BYVoid/OpenCC>) and two more words.

    >>> simplify_text("著力,著眼,顯著")
    '着力,着眼,显著'
    """
    convert = _load_converter()
    return _SPELLING.sub(lambda match: _SPELLINGS[match[0]], convert(text))
