"""Cells of tables: which digits a column, a unit or a range is printed with.

How a number itself is printed is in `heco.numbers`, from which sentences of analyses come as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from heco.numbers import (
    MINUS,
    NOTHING,
    SYMBOLS,
    as_float,
    chance,
    each,
    fixed,
    inside,
    least,
    listing,
    money,
    number,
    percent,
    qaly,
)
from heco.numbers import decimals_for as _decimals

__all__ = [
    "MINUS", "NOTHING", "SYMBOLS", "chance", "change", "count", "each", "fixed", "input_value",
    "inside", "interval", "kind_of_unit", "least", "listing", "money", "number", "percent", "qaly",
    "show",
]  # fmt: skip


def change(value: object) -> str:
    """Return a relative difference as a signed per cent, more precise the smaller it is.

    >>> change(3.849), change(-0.0023), change(0.00008), change(0.0)
    ('+385%', '−0.23%', '+0.01%', '0%')
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    size = abs(number) * 100
    decimals = 0 if size >= 9.95 or size == 0 else 1 if size >= 0.995 else 2
    return percent(number, signed=True, decimals=decimals)


def count(value: object, signed: bool = False) -> str:
    """Return a number of people or things; decimals only below ten.

    >>> count(3290.4), count(3.26), count(134)
    ('3,290', '3.3', '134')
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    whole = abs(number) >= 9.95 or math.isinf(number) or number == round(number)
    return fixed(number, 0 if whole else _decimals(number, least=1, digits=1, most=5), signed)


def _flag(value: object) -> str:
    return "yes" if value is True or value == 1 else "" if value in (None, "") else "no"


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else number(value)


#: How a column of each kind is printed; money kinds also need the currency.
_KINDS: dict[str, Callable[[object], str]] = {
    "text": _text,
    "flag": _flag,
    "number": number,
    "count": count,
    "percent": percent,
    "qaly": qaly,
}


def show(value: object, kind: str, currency: str = "GBP") -> str:
    """Return a cell of a table as people read it; words stay words whatever the column's kind."""
    if isinstance(value, str) and value:
        return value
    if kind == "money":
        return money(value, currency)
    if kind == "pence":
        return money(value, currency, decimals=2)
    return _KINDS.get(kind, _text)(value)


def kind_of_unit(unit: str) -> str:
    """Return the kind of column that fits a unit as authors write it.

    >>> kind_of_unit("probability"), kind_of_unit("GBP"), kind_of_unit("QALY")
    ('percent', 'pence', 'qaly')
    """
    word = unit.lower().strip()
    if word in ("probability", "share", "percent", "proportion", "%"):
        return "percent"
    if word.split(" ")[0].split("/")[0].upper() in (*SYMBOLS, "£", "€", "$"):
        return "pence"
    if word.startswith(("qaly", "utility")):
        return "qaly"
    if word.split(" ")[0] in ("people", "children", "patients", "cases", "births", "count"):
        return "count"
    return "number"


def input_value(value: object, unit: str = "", currency: str = "GBP") -> str:
    """Return the value of an input with its unit: a share as %, money with its sign.

    >>> input_value(0.39, "probability"), input_value(2265, "GBP")
    ('39%', '£2,265')
    """
    kind = kind_of_unit(unit)
    plain = as_float(value)
    plain = plain if plain is not None and math.isfinite(plain) else None
    if kind == "qaly" and plain is not None and plain == round(plain):
        return fixed(plain)
    if kind == "pence":
        pence = plain is not None and abs(plain) < 100 and plain != round(plain)
        return money(value, currency, decimals=2 if pence else 0)
    return show(value, kind, currency)


def interval(low: str, high: str) -> str:
    """Return a range of two printed numbers; nothing if it is no range.

    >>> interval("0.09", "0.15"), interval("0", "0")
    ('0.09 to 0.15', '')
    """
    return "" if NOTHING in (low, high) or low == high else f"{low} to {high}"
