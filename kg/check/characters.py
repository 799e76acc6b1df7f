"""Find characters in literals and IRIs that are not text.

They are control characters other than tab and line ends, the bidirectional controls with which
text can be disguised (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing), and
noncharacters.
"""

import re
from collections.abc import Iterator, Sequence

from kg.check.finding import VIOLATION, Finding, Locator
from kg.display import BIDI_CONTROLS, CONTROLS, NONCHARACTERS
from kg.names import Names, pick
from kg.turtle import TurtleFile, read_turtle
from kg.turtle_tokens import LineIndex, Token, list_tokens, unescape

KINDS = {
    re.compile(f"[{CONTROLS}]"): {"en": "control character", "zh-Hans": "控制字符"},
    re.compile(f"[{BIDI_CONTROLS}]"): {"en": "bidirectional control", "zh-Hans": "双向控制字符"},
    re.compile(f"[{NONCHARACTERS}]"): {"en": "noncharacter", "zh-Hans": "非字符码位"},
}
MESSAGES = {
    "string": {
        "en": "The literal has U+{0:04X}, a {1}. Remove it.",
        "zh-Hans": "文字中有 U+{0:04X}（{1}）。请删除。",
    },
    "iri": {
        "en": "The IRI has U+{0:04X}, a {1}. Remove it.",
        "zh-Hans": "IRI 中有 U+{0:04X}（{1}）。请删除。",
    },
}
FORBIDDEN = re.compile(f"[{CONTROLS}{BIDI_CONTROLS}{NONCHARACTERS}]")
ESCAPE = re.compile(r"\\[uUbf]")


def may_have_forbidden(text: str) -> bool:
    r"""Return whether a text has to be read closely, since it has such a character or an escape.

    >>> may_have_forbidden(r'<a:a> <a:b> "\u202E" .')
    True
    """
    if all(map(str.isprintable, text.split("\n"))) and "\\" not in text:
        return False
    # Few characters are different, so this is quicker than a search for each.
    return bool(FORBIDDEN.search("".join(set(text))) or ("\\" in text and ESCAPE.search(text)))


def check_characters(
    names: Names, files: Sequence[TurtleFile], locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a violation for each forbidden character of a literal or IRI, once for each line."""
    for file in files:
        tokens = [token for token in list_tokens(read_turtle(file)) if token.kind in MESSAGES]
        found = [each for token in tokens for each in find_forbidden(token)]
        nodes = _find_subjects(locator.read_lines(file)) if found else {}
        for line, kind, value, character in found:
            node = nodes.get(value, "")
            name = next(texts for pattern, texts in KINDS.items() if pattern.match(character))
            message = pick(MESSAGES[kind], language, "")
            message = message.format(ord(character), pick(name, language, ""))
            about = f"{names.shorten(node)}: " if node else ""
            yield Finding(str(file.path), line, VIOLATION, "character", node, about + message)


def find_forbidden(token: Token) -> Iterator[tuple[int, str, str, str]]:
    r"""Yield line, kind of token, its text, and each forbidden character of the line, once.

    >>> list(find_forbidden(Token("string", "'''a\n\x1b\\u202E\x1b'''", 7, 0)))
    [(8, 'string', 'a\n\x1b\u202e\x1b', '\x1b'), (8, 'string', 'a\n\x1b\u202e\x1b', '\u202e')]
    """
    quotes = 3 if token.text[:3] in ('"""', "'''") else 1
    written = token.text[quotes:-quotes]
    value = unescape(written)
    if FORBIDDEN.search(value):
        for line, part in enumerate(written.split("\n"), token.line):
            for character in sorted(set(FORBIDDEN.findall(unescape(part)))):
                yield line, token.kind, value, character


def _find_subjects(index: LineIndex) -> dict[str, str]:
    """Return the first subject with each object that has a forbidden character."""
    subjects: dict[str, str] = {}
    for subject, _, value in index.lines:
        if FORBIDDEN.search(value):
            subjects.setdefault(value, subject)
    return subjects
