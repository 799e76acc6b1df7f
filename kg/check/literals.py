"""Check the lexical forms of literals, and whether queries can compute with their values.

An engine keeps an ill-formed number and ignores it in sums and comparisons, without an error.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import VIOLATION, Finding, Locator
from kg.names import Names, pick, text
from kg.turtle import TurtleFile
from kg.xsd import PATTERNS, XSD, is_computable, is_well_formed

# https://www.w3.org/TR/xml/#NT-NameStartChar, without the colon, and NT-NameChar.
NAME_START = (
    r"A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
NAME_REST = rf"{NAME_START}\-.0-9\xB7\u0300-\u036F\u203F\u2040"
# The datatypes of texts: https://www.w3.org/TR/xmlschema11-2/#ordinary-built-ins.
# Compiled only when they are used, because that takes long.
TEXTS = {
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^ \t\n\r]+(?: [^ \t\n\r]+)*)?",
    "anyURI": r"[^\x00-\x20<>\"{}|\\^`]*",
    "NMTOKEN": f"[:{NAME_REST}]+",
    "Name": f"[:{NAME_START}][:{NAME_REST}]*",
    "NCName": f"[{NAME_START}][{NAME_REST}]*",
}
COUNTS = frozenset(["integer", "nonNegativeInteger"])
FEW_DIGITS = re.compile("[0-9]{1,18}")
WHITE_SPACE = re.compile(r"[ \t\n\r]")
LONGEST_FORM = 60  # characters of a literal in a message
MESSAGES = {
    "form": {
        "en": "“{0}” is not a valid {1}. Correct the value or its datatype.",
        "zh-Hans": "“{0}”不是有效的 {1}。请更正该值或其数据类型。",
    },
    "datatype": {
        "en": "{1} is not a datatype of XML Schema for RDF. Correct the datatype of “{0}”.",
        "zh-Hans": "{1} 不是 RDF 可用的 XML Schema 数据类型。请更正“{0}”的数据类型。",
    },
    "range": {
        "en": "“{0}” has too many digits: queries ignore the value of such an {1}. Shorten it.",
        "zh-Hans": "“{0}”位数过多：查询会忽略这样的 {1} 值。请减少位数。",
    },
}


def find_literal_fault(term: object) -> str:
    """Return what is wrong with a term, a key of `MESSAGES`; "" for a term without a fault.

    White space around a value is part of its lexical form, as for the engine; see
    https://www.w3.org/TR/rdf11-concepts/#section-Datatypes.

    >>> find_literal_fault(Literal("8E1", datatype=NamedNode(f"{XSD}decimal")))
    'form'
    """
    if not isinstance(term, Literal) or term.language:
        return ""
    datatype, form = term.datatype.value, term.value
    if not datatype.startswith(XSD):
        return ""
    name = datatype.removeprefix(XSD)
    # Most literals are texts and offsets.
    if name == "string" or (name in COUNTS and FEW_DIGITS.fullmatch(form)):
        return ""
    if name in TEXTS:
        return "" if re.fullmatch(TEXTS[name], form) else "form"
    if name not in PATTERNS:
        return "datatype"
    if not is_well_formed(term) or (name != "base64Binary" and WHITE_SPACE.search(form)):
        return "form"
    return "" if is_computable(form, name) else "range"


def check_literals(
    faulty: Iterable[tuple[TurtleFile, Quad]],
    known: Collection[Finding],
    names: Names,
    locator: Locator,
    language: str,
) -> Iterator[Finding]:
    """Yield a violation for each statement with a faulty literal, if it is not known already.

    A statement that a shape reports is among the known findings.
    """
    reported = {(finding.path, finding.line, finding.node) for finding in known}
    for file, quad in faulty:
        if not isinstance(quad.object, Literal):
            continue
        subject, value = text(quad.subject), quad.object.value
        # The lines of statements about blank nodes have the subject "".
        key = subject if isinstance(quad.subject, NamedNode) else ""
        line = locator.read_lines(file).find(key, quad.predicate.value, value) or 0
        if (str(file.path), line, subject) in reported:
            continue
        fault = find_literal_fault(quad.object)
        datatype = names.shorten(quad.object.datatype.value)
        shown = value if len(value) <= LONGEST_FORM else f"{value[:LONGEST_FORM]}…"
        message = pick(MESSAGES[fault], language, "").format(shown, datatype)
        message = f"{names.shorten(subject)}: {message}"
        yield Finding(str(file.path), line, VIOLATION, f"literal-{fault}", subject, message)
