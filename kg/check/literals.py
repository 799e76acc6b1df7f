"""Check the lexical forms of literals, and whether queries can compute with their values.

Neither an engine nor Python shows this: both keep an ill-formed number and ignore it in sums and
comparisons, and Python takes more for numbers than XML Schema does.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import VIOLATION, Finding, Locator
from kg.check.shapes import Result
from kg.names import Names, pick, text
from kg.turtle import TurtleFile
from kg.xsd import PATTERNS, XSD, is_computable, is_well_formed

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

    >>> find_literal_fault(Literal("8E1", datatype=NamedNode(f"{XSD}decimal")))
    'form'
    """
    if not isinstance(term, Literal) or term.language:
        return ""
    if not is_well_formed(term):
        return "form" if term.datatype.value.removeprefix(XSD) in PATTERNS else "datatype"
    return "" if is_computable(term) else "range"


def check_literals(
    faulty: Iterable[tuple[TurtleFile, Quad]],
    results: Iterable[Result],
    names: Names,
    locator: Locator,
    language: str,
) -> Iterator[Finding]:
    """Yield a violation for each statement with a faulty literal.

    None is yielded for a statement that sh:datatype has reported, in the results of validation.
    """
    known = {
        (text(result.focus), result.path, text(result.value))
        for result in results
        if result.component == "datatype"
    }
    for file, quad in faulty:
        subject, predicate, value = map(text, (quad.subject, quad.predicate, quad.object))
        fault = find_literal_fault(quad.object)
        if (subject, predicate, value) in known or not isinstance(quad.object, Literal):
            continue
        datatype = names.shorten(quad.object.datatype.value)
        shown = value if len(value) <= LONGEST_FORM else f"{value[:LONGEST_FORM]}…"
        message = pick(MESSAGES[fault], language, "").format(shown, datatype)
        # The lines of statements about blank nodes have the subject "".
        key = subject if isinstance(quad.subject, NamedNode) else ""
        line = locator.read_lines(file).find(key, predicate, value) or 0
        message = f"{names.shorten(subject)}: {message}"
        yield Finding(str(file.path), line, VIOLATION, f"literal-{fault}", subject, message)
