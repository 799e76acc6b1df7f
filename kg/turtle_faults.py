"""Explain what is wrong with a text that is not Turtle 1.1 (https://www.w3.org/TR/turtle/)."""

import re
from collections.abc import Iterator

from pyoxigraph import RdfFormat, parse

from kg.errors import KgError
from kg.nesting import check_nesting
from kg.reading import ReadError
from kg.turtle_tokens import list_tokens

# Text in which nothing is new in RDF 1.2, token by token: it need not be read more closely.
PLAIN = re.compile(
    r"""
    (?: [ \t\r\n.;,()\[\]]++
      | \#[^\r\n]*+
      | <[^\x00-\x20<>"{}|^`\\]*+>
      | "{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3} | "(?!"")(?:[^"\\\n\r]++|\\.)*+"
      | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3} | '(?!'')(?:[^'\\\n\r]++|\\.)*+'
      | @(?!version)[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+
      | \^\^
      | [+-]?+(?!(?i:version)(?![\w:]))[\w:][\w:.%-]*+
    )*+
    """,
    re.VERBOSE | re.DOTALL,
)
NEWER_MARKS = {
    "<<(": {"en": "a triple term", "zh-Hans": "三元组项"},
    "<<": {"en": "a reified triple", "zh-Hans": "具体化三元组"},
    "{|": {"en": "an annotation", "zh-Hans": "标注"},
    "~": {"en": "a reifier", "zh-Hans": "具体化项"},
    "--": {"en": "a base direction", "zh-Hans": "基本方向"},
}
NEWER_VERSION = {"en": "a version", "zh-Hans": "版本声明"}
POSITION = re.compile(r"^Parser error [\w ]*\d: ")
# What a text is that begins with a pattern and has another one near its beginning.
BEGINNINGS = {
    "a web page (HTML)": (r"<(?:[!?]|html\b)", r"<html\b"),
    "RDF/XML": (r"<[!?\w]", r"<(?:\w+:)?RDF\b[^>]*\bxmlns\b"),
    "XML": (r"<\?xml\b", ""),
    "JSON-LD": (r'\{\s*"|\[\s*\{', r'"@(?:context|graph|id|type)"'),
    "JSON": (r'\{\s*["}]|\[\s*[\["{]', ""),
}
BEGINNING_LENGTH = 10_000
CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
ADVICE = {"en": "Write RDF 1.1 Turtle.", "zh-Hans": "请写 RDF 1.1 的 Turtle。"}
CHINESE_NAMES = {
    "a web page (HTML)": "网页（HTML）",
    "a merge with conflicts": "有冲突的合并结果",
    "UTF-16 without a byte order mark": "没有字节顺序标记的 UTF-16",
}


def find_newer_syntax(text: str) -> tuple[int, dict[str, str]] | None:
    """Return the line and the names, by language, of the first part that only RDF 1.2 has.

    >>> find_newer_syntax("<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .")
    (1, {'en': 'a triple term “<<(”', 'zh-Hans': '三元组项“<<(”'})
    """
    plain = PLAIN.match(text)
    if plain and plain.end() == len(text):
        return None
    return next(_list_newer_syntax(text), None)


def _list_newer_syntax(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    before = ""
    for token in list_tokens(text):
        word = token.text
        mark = "--" if word.startswith("--") else word
        if token.kind == "mark" and mark in NEWER_MARKS:
            yield token.line, _quote(NEWER_MARKS[mark], word)
        elif (token.kind == "name" and word.lower() == "version") or (
            # After a string, this is a language tag.
            word == "@version" and before != "string"
        ):
            yield token.line, _quote(NEWER_VERSION, word)
        before = token.kind


def _quote(names: dict[str, str], word: str) -> dict[str, str]:
    return {"en": f"{names['en']} “{word}”", "zh-Hans": f"{names['zh-Hans']}“{word}”"}


def refuse_syntax(text: str, where: str) -> None:
    """Raise an error if a text is nested too deeply to be parsed, or is Turtle 1.2 and not 1.1.

    Raises:
        ReadError: it is one of these; other errors of syntax are left to the parser.
    """
    try:
        check_nesting(text, where, "turtle")
    except KgError as error:
        place, _, reason = str(error).rpartition(": ")
        _, at, column = place.rsplit(":", 2)
        chinese = f"第 {column} 列，{error.texts['zh-Hans'].rpartition(': ')[2]}"
        reason = f"at column {column}, {reason}"
        raise ReadError(where, reason, chinese=chinese, line=int(at)) from None
    found = find_newer_syntax(text)
    if not found:
        return
    try:
        for _ in parse(text, RdfFormat.TURTLE, base_iri="x:"):
            pass
    except SyntaxError:
        return
    line, names = found
    reason = f"has {names['en']}, which is RDF 1.2. {ADVICE['en']}"
    chinese = f"含有{names['zh-Hans']}，属于 RDF 1.2。{ADVICE['zh-Hans']}"
    raise ReadError(where, reason, chinese=chinese, line=line)


def explain_syntax(error: SyntaxError, text: str, where: str) -> ReadError:
    """Return the error for a text that is not Turtle, with its line and what it seems to be."""
    reason = POSITION.sub("", error.msg)
    message = f"not valid Turtle, at column {error.offset}: {reason}."
    chinese = f"不是有效的 Turtle，第 {error.offset} 列：“{reason}”。"
    if seems := guess_syntax(text):
        message += f" It seems to be {seems}. {ADVICE['en']}"
        chinese += f"内容像是{CHINESE_NAMES.get(seems, f' {seems}')}。{ADVICE['zh-Hans']}"
    return ReadError(where, message, chinese=chinese, line=error.lineno or 0)


def guess_syntax(text: str) -> str:
    """Return what a text that is not Turtle seems to be, or "".

    >>> guess_syntax("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>")
    'RDF/XML'
    """
    if CONFLICT.search(text):
        return "a merge with conflicts"
    if "\0" in text[:BEGINNING_LENGTH]:
        return "UTF-16 without a byte order mark"
    start = text[:BEGINNING_LENGTH].lstrip()
    for name, (first, inside) in BEGINNINGS.items():
        if re.match(first, start, re.IGNORECASE) and re.search(inside, start, re.IGNORECASE):
            return name
    for name, syntax in (("N-Quads", RdfFormat.N_QUADS), ("TriG", RdfFormat.TRIG)):
        try:
            for _ in parse(text, syntax, base_iri="x:"):
                pass
            return name
        except SyntaxError:
            pass
    return ""
