"""Traditional Chinese to simplified."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from opencc import OpenCC

# What OpenCC's own dictionary leaves, and what stands in mainland texts instead.
USER_DICTIONARY = {"著力": "着力", "著眼": "着眼"}

# 著 belongs to the word before it in these, as in 显著; they are no business of the dictionary.
_WORDS_IN_ZHU = "显顯卓昭土原名论論专專编編译譯遗遺巨"
_USER_WORD = re.compile(rf"(?<![{_WORDS_IN_ZHU}])(?:{'|'.join(USER_DICTIONARY)})")


@lru_cache(maxsize=1)
def _converter() -> "OpenCC":
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise KgError(
            "zh-Hans: OpenCC is not installed. Simplified text is made with it. Run "
            'pip install "city-policy-kg[source]", or ask for the script the text has.'
        ) from error
    return OpenCC("t2s")


def simplify_text(text: str) -> str:
    """Return the text in simplified characters: OpenCC's t2s, and a dictionary of two words.

    Conversion rules: <https://github.com/BYVoid/OpenCC>. Simplified text stays as it is.

    Raises:
        KgError: OpenCC is not installed.

    >>> simplify_text("著力,著眼,顯著")
    '着力,着眼,显著'
    """
    converted: str = _converter().convert(text)
    return _USER_WORD.sub(lambda match: USER_DICTIONARY[match[0]], converted)
