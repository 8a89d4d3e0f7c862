"""Numbers as people read them: the only place that turns a value into words and digits.

Files keep full precision (`results.csv`, ``tables/*.csv``); pages, figures and the terminal all
print through this module, so the same number never appears with two faces.
"""

from __future__ import annotations

import math
from collections.abc import Callable

MINUS = "−"
#: What an empty cell shows.
NOTHING = "–"
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def _plain(value: object) -> float | None:
    """Return the value as a float, or None if it is not a number at all."""
    if value is None or value == "" or isinstance(value, str):
        return None
    return float(value)  # type: ignore[arg-type]


def _special(value: float) -> str:
    """Return the word for a value that has no digits, or an empty text."""
    if math.isnan(value):
        return "not defined"
    return "never" if math.isinf(value) else ""


def _signed(digits: str, negative: bool, signed: bool, prefix: str = "") -> str:
    """Put the sign before the currency; what rounds to zero has none."""
    zero = not digits.strip("0.,%")
    sign = MINUS if negative and not zero else "+" if signed and not zero else ""
    return f"{sign}{prefix}{digits}"


def fixed(value: object, decimals: int = 0, signed: bool = False) -> str:
    """Return a number with thousands separators and a true minus sign.

    >>> fixed(-1234.5, 1)
    '−1,234.5'
    """
    number = _plain(value)
    if number is None:
        return NOTHING
    return _special(number) or _signed(f"{abs(number):,.{decimals}f}", number < 0, signed)


def money(value: object, currency: str = "GBP", decimals: int = 0, signed: bool = False) -> str:
    """Return an amount of money; whole units unless it is less than one, then pence.

    >>> money(-313_860), money(0.42), money(12, "CHF")
    ('−£313,860', '£0.42', 'CHF 12')
    """
    number = _plain(value)
    if number is None:
        return NOTHING
    if special := _special(number):
        return special
    if 0.005 <= abs(number) < 0.995:
        decimals = max(decimals, 2)
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return _signed(f"{abs(number):,.{decimals}f}", number < 0, signed, symbol)


def qaly(value: object, signed: bool = False) -> str:
    """Return a QALY or a utility: three decimals, two significant digits if it is tiny.

    >>> qaly(0.11711), qaly(-0.00041), qaly(18.5)
    ('0.117', '−0.00041', '18.500')
    """
    number = _plain(value)
    if number is None:
        return NOTHING
    return fixed(number, _decimals(number, least=3, digits=2, most=7), signed)


def percent(value: object, signed: bool = False, decimals: int | None = None) -> str:
    """Return a share as a per cent; one decimal below 10%, more only for tiny shares.

    >>> percent(0.39), percent(0.0426), percent(0.00031)
    ('39%', '4.3%', '0.031%')
    """
    number = _plain(value)
    if number is None:
        return NOTHING
    if special := _special(number):
        return special
    hundred = number * 100
    if decimals is None:
        whole = abs(hundred) >= 9.95 and abs(hundred - round(hundred)) < 0.05
        decimals = 0 if whole or hundred == 0 else _decimals(hundred, least=1, digits=2, most=5)
    return _signed(f"{abs(hundred):,.{decimals}f}%", number < 0, signed)


def change(value: object) -> str:
    """Return a relative difference as a signed per cent, more precise the smaller it is.

    >>> change(3.849), change(-0.0023), change(0.00008), change(0.0)
    ('+385%', '−0.23%', '+0.01%', '0%')
    """
    number = _plain(value)
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
    number = _plain(value)
    if number is None:
        return NOTHING
    whole = abs(number) >= 9.95 or math.isinf(number) or number == round(number)
    return fixed(number, 0 if whole else _decimals(number, least=1, digits=1, most=5), signed)


def number(value: object, signed: bool = False) -> str:
    """Return a quantity without a unit of its own, to four significant digits.

    Whole numbers keep all their digits; nothing is written with an exponent unless it is smaller
    than a millionth.

    >>> number(0.0305), number(2342.24), number(1_000_000), number(1.0)
    ('0.0305', '2,342', '1,000,000', '1')
    """
    value = _plain(value)
    if value is None:
        return NOTHING
    if special := _special(value):
        return special
    size = abs(value)
    if size == round(size) or size >= 1000:
        return fixed(value, 0, signed)
    if size < 1e-6:
        mantissa, exponent = f"{size:.2e}".split("e")
        return _signed(f"{mantissa}e{MINUS}{abs(int(exponent))}", value < 0, signed)
    text = f"{size:,.{_decimals(size, least=0, digits=4, most=10)}f}".rstrip("0").rstrip(".")
    return _signed(text, value < 0, signed)


def _decimals(value: float, least: int, digits: int, most: int) -> int:
    """Return how many decimals show `digits` significant digits, between two bounds."""
    if value == 0 or not math.isfinite(value):
        return least
    return min(max(least, digits - 1 - math.floor(math.log10(abs(value)))), most)


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
    plain = _plain(value)
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


def listing(words: list[str] | tuple[str, ...]) -> str:
    """Return words as a list in a sentence.

    >>> listing(["none", "targeted", "universal"])
    'none, targeted and universal'
    """
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def chance(value: float) -> str:
    """Return a probability estimated by simulation; never 0% or 100%, which nobody knows.

    >>> chance(0.872), chance(1.0), chance(0.0)
    ('87%', 'over 99%', 'under 1%')
    """
    if value > 0.99:
        return "over 99%"
    return "under 1%" if value < 0.01 else f"{100 * value:.0f}%"


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence; names and abbreviations keep their capital.

    >>> inside("Screen all children"), inside("NHS care"), inside("Incredible Years groups")
    ('screen all children', 'NHS care', 'Incredible Years groups')
    """
    first, *rest = label.split(" ")
    ordinary = first[:1].isupper() and first[1:].islower()
    if not rest or not ordinary or any(word[:1].isupper() for word in rest):
        return label
    return f"{first.lower()} {' '.join(rest)}"
