"""Literals of XML Schema: are they well formed, and how do their values compare?

Python's own conversions accept more than the grammar: int("1_000") and Decimal("NaN") are no
numbers here. See https://www.w3.org/TR/xmlschema11-2/.
"""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

XSD = "http://www.w3.org/2001/XMLSchema#"
ZONE = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
MONTH = "(?P<month>0[1-9]|1[0-2])"
DAY = "(?P<day>0[1-9]|[12][0-9]|3[01])"
DATE = f"{YEAR}-{MONTH}-{DAY}"
CLOCK = (
    r"(?:(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
    r"|24:00:00(?:\.0+)?)"
)
MONTHS = "(?:[0-9]+Y)?(?:[0-9]+M)?"
DAYS = r"(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
# https://www.w3.org/TR/xml/#NT-NameStartChar, without the colon, and NameChar.
NAME_START = (
    "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F"
    "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\U00010000-\\U000EFFFF"
)
NAME_REST = NAME_START + r"\-.0-9\xB7\u0300-\u036F\u203F\u2040"
BASE64 = (
    "(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    "|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)"
)
# The limits of the types derived from xsd:integer.
INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
PATTERNS = {
    name: re.compile(pattern, re.DOTALL)
    for name, pattern in {
        **dict.fromkeys(INTEGERS, r"[+-]?[0-9]+"),
        "decimal": NUMBER,
        **dict.fromkeys(("double", "float"), rf"{NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
        "boolean": "true|false|1|0",
        "date": DATE + ZONE,
        "time": CLOCK + ZONE,
        "dateTime": f"{DATE}T{CLOCK}{ZONE}",
        "dateTimeStamp": f"{DATE}T{CLOCK}{ZONE.removesuffix('?')}",
        "gYear": YEAR + ZONE,
        "gYearMonth": f"{YEAR}-{MONTH}{ZONE}",
        "gMonth": f"--{MONTH}{ZONE}",
        "gMonthDay": f"--{MONTH}-{DAY}{ZONE}",
        "gDay": f"---{DAY}{ZONE}",
        "duration": f"-?P(?=[0-9T]){MONTHS}{DAYS}",
        "yearMonthDuration": f"-?P(?=[0-9]){MONTHS}",
        "dayTimeDuration": f"-?P(?=[0-9T]){DAYS}",
        "hexBinary": "(?:[0-9a-fA-F]{2})*",
        "base64Binary": f"(?:{BASE64})?",
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
        "string": ".*",
        "anyURI": r"[^\x00-\x20<>\"{}|\\^`]*",
        "normalizedString": r"[^\t\n\r]*",
        "token": r"(?:[^\s]+(?: [^\s]+)*)?",
        "NMTOKEN": f"[:{NAME_REST}]+",
        "Name": f"[:{NAME_START}][:{NAME_REST}]*",
        "NCName": f"[{NAME_START}][{NAME_REST}]*",
    }.items()
}
# What the embedded engine can compute with: 64-bit integers, decimals of 18 places in 128 bits, and
# years and durations of about the same size.
INTEGER_LIMIT = 2**63
DECIMAL_PLACES = 18
DECIMAL_LIMIT = Decimal(2**127).scaleb(-DECIMAL_PLACES, Context(prec=60))
YEAR_DIGITS, DURATION_DIGITS = 12, 15
DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


@dataclass(frozen=True)
class Value:
    """A value that can be compared with others of its kind."""

    kind: OneOf["number", "string", "boolean", "instant", "instant with zone"]
    value: Decimal | float | str | bool


def read_value(literal: Literal) -> Value | None:
    """Return the value of a literal; None if it is ill-formed or its type has no order.

    >>> read_value(Literal("1_000", datatype=_xsd("integer"))) is None
    True
    """
    name = literal.datatype.value.removeprefix(XSD)
    if name == "string":
        return Value("string", literal.value)
    if not is_well_formed(literal):
        return None
    text = literal.value
    if name in INTEGERS or name == "decimal":
        return Value("number", Decimal(text))
    if name in ("double", "float"):
        return Value("number", float(text.replace("INF", "inf")))
    if name == "boolean":
        return Value("boolean", text in ("true", "1"))
    if name in ("date", "dateTime", "dateTimeStamp") and is_computable(literal):
        found = PATTERNS[name].fullmatch(text)
        return _read_instant(found) if found else None
    return None


def is_well_formed(literal: Literal) -> bool:
    """Return whether a literal has a lexical form of its datatype.

    White space around it is part of a lexical form (https://www.w3.org/TR/rdf11-concepts/#xsd-datatypes).
    Datatypes of other namespaces allow any form, and unknown ones of XSD none.

    >>> is_well_formed(Literal("2021-02-29", datatype=_xsd("date")))
    False
    """
    datatype = literal.datatype.value
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    if name == "string":
        return True
    pattern = PATTERNS.get(name)
    found = pattern.fullmatch(literal.value) if pattern else None
    if found is None:
        return False
    if name in INTEGERS:
        least, greatest = INTEGERS[name]
        number = Decimal(literal.value)
        return (least is None or number >= least) and (greatest is None or number <= greatest)
    parts = found.groupdict()
    if parts.get("day") and parts.get("month"):
        # Every fourth century has the same leap years; without a year, there is a 29 February.
        year = int((parts.get("year") or "2000")[-4:])
        return int(parts["day"]) <= _count_days(year, int(parts["month"]))
    return True


def is_computable(literal: Literal) -> bool:
    """Return whether the embedded engine can compute with a well-formed literal of XSD.

    The engine ignores the values of others in comparisons and sums, without an error.

    >>> is_computable(Literal(str(2**63), datatype=_xsd("integer")))
    False
    """
    datatype, form = literal.datatype.value, literal.value
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name in INTEGERS:
        return -INTEGER_LIMIT <= Decimal(form) < INTEGER_LIMIT
    if name == "decimal":
        places = len(form.partition(".")[2].rstrip("0"))
        return places <= DECIMAL_PLACES and -DECIMAL_LIMIT <= Decimal(form) < DECIMAL_LIMIT
    if "uration" in name:
        numbers = re.findall(r"([0-9]+)(?:\.([0-9]+))?", form)
        return all(
            len(whole) <= DURATION_DIGITS and len(part) <= DECIMAL_PLACES for whole, part in numbers
        )
    found = PATTERNS[name].fullmatch(form) if name in PATTERNS else None
    parts = found.groupdict() if found else {}
    digits = (parts.get("year") or "").lstrip("-")
    fraction = (parts.get("second") or "").partition(".")[2]
    return len(digits) <= YEAR_DIGITS and len(fraction) <= DECIMAL_PLACES


def compare_values(first: Value, second: Value) -> int | None:
    """Return -1, 0 or 1 as the first value is less, equal or greater; None if incomparable.

    >>> compare_values(Value("number", Decimal(2)), Value("number", 2.5))
    -1
    """
    if first.kind != second.kind:
        return None
    a, b = first.value, second.value
    if a == b:
        return 0
    if a < b:  # type: ignore[operator]
        return -1
    return 1 if a > b else None  # type: ignore[operator]


def _read_instant(found: re.Match[str]) -> Value:
    """Return a date or dateTime as seconds since 1970, in UTC if it has a time zone."""
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    leap_days = (year - (month <= 2)) // 4 - (year - (month <= 2)) // 100
    leap_days += (year - (month <= 2)) // 400
    days = 365 * (year - 1970) + leap_days - 477 + DAYS_BEFORE[month - 1] + day - 1
    seconds = Decimal(86400 * days)
    clock = found.groupdict()
    if clock.get("hour"):
        seconds += 3600 * int(clock["hour"]) + 60 * int(clock["minute"]) + Decimal(clock["second"])
    elif "hour" in clock:  # 24:00:00
        seconds += 86400
    zone = found["zone"]
    if not zone:
        return Value("instant", seconds)
    if zone != "Z":
        offset = 3600 * int(zone[1:3]) + 60 * int(zone[4:])
        seconds -= offset if zone[0] == "+" else -offset
    return Value("instant with zone", seconds)


def _count_days(year: int, month: int) -> int:
    """Return the days of a month (proleptic Gregorian calendar; a year 0 exists)."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _xsd(name: str) -> NamedNode:
    return NamedNode(XSD + name)
