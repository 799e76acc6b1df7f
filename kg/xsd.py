"""Literals of XML Schema: are they well formed, and how do their values compare?

Python's own conversions accept more than the grammar: int("1_000") and Decimal("NaN") are no
numbers here. See https://www.w3.org/TR/xmlschema11-2/.
"""

import re
from decimal import Context, Decimal
from typing import Literal as OneOf
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

XSD = "http://www.w3.org/2001/XMLSchema#"
ZONE = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
# XSD lets a processor limit years, to four digits at least.
YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))"
MONTH, DAY = "(?P<month>0[1-9]|1[0-2])", "(?P<day>[0-3][0-9])"
DATE = f"{YEAR}-{MONTH}-{DAY}"
CLOCK = r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
CLOCKS = rf"(?:{CLOCK}|24:00:00(?:\.0+)?)"
YEARS, DAYS = r"(?:[0-9]+Y)?(?:[0-9]+M)?", r"(?:[0-9]+D)?"
HOURS = r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
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
    name: re.compile(pattern)
    for name, pattern in {
        **dict.fromkeys(INTEGERS, r"[+-]?[0-9]+"),
        "decimal": NUMBER,
        **dict.fromkeys(("double", "float"), rf"{NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
        "boolean": "true|false|1|0",
        "date": DATE + ZONE,
        "dateTime": f"{DATE}T{CLOCKS}{ZONE}",
        "dateTimeStamp": f"{DATE}T{CLOCKS}{ZONE.rstrip('?')}",
        "time": CLOCKS + ZONE,
        "gYear": YEAR + ZONE,
        "gYearMonth": f"{YEAR}-{MONTH}{ZONE}",
        "gMonthDay": f"--{MONTH}-{DAY}{ZONE}",
        "gMonth": f"--{MONTH}{ZONE}",
        "gDay": f"---{DAY}{ZONE}",
        "duration": f"-?P(?=[0-9T]){YEARS}{DAYS}{HOURS}",
        "dayTimeDuration": f"-?P(?=[0-9T]){DAYS}{HOURS}",
        "yearMonthDuration": f"-?P(?=[0-9]){YEARS}",
        "hexBinary": "(?:[0-9a-fA-F]{2})*",
        "base64Binary": "(?:(?:[a-zA-Z0-9+/] ?){4})*"
        "(?:(?:[a-zA-Z0-9+/] ?){3}=|(?:[a-zA-Z0-9+/] ?){2}= ?=)?",
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    }.items()
}
BLANKS = " \t\n\r"
# What the embedded engine can compute with: integers of 64 bits, decimals of 128 bits with 18
# places, and durations and fractions of a second that fit into them.
INTEGER_LIMIT = 2**63
PLACES = 18
DECIMAL_LIMIT = Decimal(2**127).scaleb(-PLACES, Context(prec=60))
DURATION_DIGITS = 15
FARTHEST_ZONE = 14 * 3600
DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


class Value(NamedTuple):
    """A value that can be compared with others of its kind."""

    kind: OneOf["number", "string", "boolean", "date", "dateTime"]
    value: Decimal | float | str | bool
    has_zone: bool = False


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
    text = literal.value.strip(BLANKS)
    if name in INTEGERS or name == "decimal":
        return Value("number", Decimal(text))
    if name in ("double", "float"):
        return Value("number", float(text.replace("INF", "inf")))
    if name == "boolean":
        return Value("boolean", text in ("true", "1"))
    found = PATTERNS[name].fullmatch(text) if name in ("date", "dateTime") else None
    if not found:
        return None
    kind: OneOf["date", "dateTime"] = "date" if name == "date" else "dateTime"
    return Value(kind, _count_seconds(found), bool(found["zone"]))


def is_well_formed(literal: Literal) -> bool:
    """Return whether a literal has a lexical form of its datatype; unknown datatypes allow any.

    >>> is_well_formed(Literal("2021-02-29", datatype=_xsd("date")))
    False
    """
    datatype = literal.datatype.value
    name = datatype.removeprefix(XSD)
    pattern = PATTERNS.get(name) if datatype.startswith(XSD) else None
    if pattern is None:
        return True
    text = literal.value.strip(BLANKS)
    found = pattern.fullmatch(text)
    if found is None:
        return False
    if name in INTEGERS:
        least, greatest = INTEGERS[name]
        number = Decimal(text)
        return (least is None or number >= least) and (greatest is None or number <= greatest)
    part = found.groupdict()
    if not part.get("day"):
        return True
    # A day without a month or a year is one of the longest month or year.
    longest = _count_days(int(part.get("year", 2000)), int(part.get("month", 1)))
    return 1 <= int(part["day"]) <= longest


def compare_values(first: Value, second: Value) -> int | None:
    """Return -1, 0 or 1 as the first value is less, equal or greater; None if incomparable.

    >>> compare_values(Value("number", Decimal(2)), Value("number", 2.5))
    -1
    """
    if first.kind != second.kind:
        return None
    a, b = first.value, second.value
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)  # as XPath promotes numbers
    if a != a or b != b:
        return None  # NaN
    if first.has_zone != second.has_zone and isinstance(a, Decimal) and isinstance(b, Decimal):
        # The other one is in some zone, at most this far from UTC.
        return -1 if a + FARTHEST_ZONE < b else 1 if a - FARTHEST_ZONE > b else None
    if a == b:
        return 0
    return -1 if a < b else 1  # type: ignore[operator]


def read_integer(text: str) -> int | None:
    """Return an integer as XML Schema writes it; None if it is not one or has over 18 digits.

    >>> read_integer("+14"), read_integer("1_4"), read_integer("１４")
    (14, None, None)
    """
    return int(text) if re.fullmatch("[+-]?[0-9]{1,18}", text) else None


def is_lexical_form(text: str, datatype: str) -> bool:
    """Return whether a text is a lexical form of a datatype, given by its IRI.

    >>> is_lexical_form("1_000", f"{XSD}integer"), is_lexical_form("\\udcff", f"{XSD}double")
    (False, False)
    """
    try:
        return is_well_formed(Literal(text, datatype=NamedNode(datatype)))
    except UnicodeEncodeError:  # a lone surrogate: a byte of an argument that is not UTF-8
        return False


def is_computable(form: str, name: str) -> bool:
    """Return whether the embedded engine can compute with a well-formed literal of XSD.

    `name` is the local name of its datatype. The engine ignores other values in calculations and
    comparisons.

    >>> is_computable("9223372036854775807", "integer"), is_computable("1e999", "double")
    (True, True)
    """
    if name in INTEGERS:
        return -INTEGER_LIMIT <= Decimal(form) < INTEGER_LIMIT
    if name in ("double", "float"):
        return True
    if name == "decimal":
        places = form.partition(".")[2].rstrip("0")
        return len(places) <= PLACES and -DECIMAL_LIMIT <= Decimal(form) < DECIMAL_LIMIT
    if name.lower().endswith("duration"):
        return not re.search(f"[0-9]{{{DURATION_DIGITS + 1}}}", form)
    return not re.search(rf"\.[0-9]{{{PLACES + 1}}}", form)


def _count_seconds(found: re.Match[str]) -> Decimal:
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
    if not zone or zone == "Z":
        return seconds
    offset = 3600 * int(zone[1:3]) + 60 * int(zone[4:])
    return seconds - offset if zone[0] == "+" else seconds + offset


def _count_days(year: int, month: int) -> int:
    """Return the days of a month (proleptic Gregorian calendar; a year 0 exists)."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _xsd(name: str) -> NamedNode:
    return NamedNode(XSD + name)
