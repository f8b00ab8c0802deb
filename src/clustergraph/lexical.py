"""A literal's form and datatype in; whether there is such a value (XML Schema 1.1, part 2) out."""

import re
from calendar import isleap
from types import MappingProxyType
from typing import Final

from clustergraph.namespaces import PREFIXES

_YEAR: Final = "-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE: Final = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DAYS: Final = "(?=[0-9T])(?:[0-9]+D)?"
_HOURS: Final = r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_MONTHS: Final = "(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?"
_DECIMAL: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DOUBLE: Final = rf"{_DECIMAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_FORMS: Final = MappingProxyType(
    {
        "boolean": "true|false|1|0",
        "decimal": _DECIMAL,
        "double": _DOUBLE,
        "float": _DOUBLE,
        "date": f"(?P<date>{_YEAR}-{_MONTH}-{_DAY}){_ZONE}?",
        "dateTime": f"(?P<date>{_YEAR}-{_MONTH}-{_DAY})T{_TIME}{_ZONE}?",
        "dateTimeStamp": f"(?P<date>{_YEAR}-{_MONTH}-{_DAY})T{_TIME}{_ZONE}",
        "time": f"{_TIME}{_ZONE}?",
        "gYear": f"{_YEAR}{_ZONE}?",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
        "gMonth": f"--{_MONTH}{_ZONE}?",
        "gMonthDay": f"-(?P<date>-{_MONTH}-{_DAY}){_ZONE}?",
        "gDay": f"---{_DAY}{_ZONE}?",
        "duration": f"-?P{_MONTHS}(?:[0-9]+D)?{_HOURS}",
        "dayTimeDuration": f"-?P{_DAYS}{_HOURS}",
        "yearMonthDuration": "-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    }
)
_BOUNDS: Final = MappingProxyType(
    {
        "integer": (None, None),
        "long": (-(2**63), 2**63 - 1),
        "int": (-(2**31), 2**31 - 1),
        "short": (-(2**15), 2**15 - 1),
        "byte": (-(2**7), 2**7 - 1),
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
        "nonPositiveInteger": (None, 0),
        "negativeInteger": (None, -1),
        "unsignedLong": (0, 2**64 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedShort": (0, 2**16 - 1),
        "unsignedByte": (0, 2**8 - 1),
    }
)
_INTEGER: Final = re.compile("[+-]?[0-9]+")
_DIGITS: Final = 4300
"""Digits of an integer that are looked at; a longer one is beyond every bound."""


def is_valid(form: str, datatype: str) -> bool:
    """Tell whether a literal has a value; True where the datatype isn't one of those known here.

    >>> is_valid("2014-05-14", "http://www.w3.org/2001/XMLSchema#date")
    True
    >>> is_valid("2014-02-30", "http://www.w3.org/2001/XMLSchema#date")
    False
    """
    name = datatype.removeprefix(PREFIXES["xsd"])
    if name in _BOUNDS:
        return _INTEGER.fullmatch(form) is not None and _is_within(form, *_BOUNDS[name])
    if name == datatype or name not in _FORMS:
        return True
    match = re.fullmatch(_FORMS[name], form)
    return match is not None and _is_day(match.groupdict().get("date"))


def _is_within(form: str, least: int | None, most: int | None) -> bool:
    if len(form) > _DIGITS:
        return (least if form.startswith("-") else most) is None
    value = int(form)
    return (least is None or value >= least) and (most is None or value <= most)


def _is_day(date: str | None) -> bool:
    """Tell whether the month has the day; without a year, February has 29 days."""
    if date is None:
        return True
    year, month, day = date.rsplit("-", 2)
    leap = not year or isleap(int(year[-4:]))
    return int(day) <= (0, 31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[int(month)]
