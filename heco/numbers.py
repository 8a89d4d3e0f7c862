"""Numbers as people read them: the one place that turns a value into digits.

Files keep full precision (`results.csv`, ``tables/*.csv``). Sentences of analyses
(`heco.analysis.wording`) and pages and figures of the report (`heco.report.numbers`) print through
here, so that the same number never appears with two faces.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "−"
#: What an empty cell shows.
NOTHING = "–"
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def as_float(value: object) -> float | None:
    """Return the value as a float, or None if it is not a number at all."""
    if value is None or value == "" or isinstance(value, str):
        return None
    return float(value)  # type: ignore[arg-type]


def special(value: float) -> str:
    """Return the word for a value that has no digits, or an empty text."""
    if math.isnan(value):
        return "not defined"
    return "never" if math.isinf(value) else ""


def with_sign(digits: str, negative: bool, signed: bool = False, prefix: str = "") -> str:
    """Put the sign before the currency; what rounds to zero has none."""
    zero = not digits.strip("0.,%")
    sign = MINUS if negative and not zero else "+" if signed and not zero else ""
    return f"{sign}{prefix}{digits}"


def decimals_for(value: float, least: int, digits: int, most: int) -> int:
    """Return how many decimals show `digits` significant digits, between two bounds."""
    if value == 0 or not math.isfinite(value):
        return least
    return min(max(least, digits - 1 - math.floor(math.log10(abs(value)))), most)


def supported(value: float, error: float) -> tuple[float, int]:
    """Return a mean over draws, rounded to the digits that the simulation supports.

    A digit is supported if 1.96 Monte Carlo errors are less than half of it. Two digits are always
    kept, so that a mean is never moved by more than a twentieth. The second number is how many
    decimals are left to print, at least 0.

    >>> supported(1003.7, 2.8), supported(0.1996, 0.0006), supported(12.34, 0.0)
    ((1000.0, 0), (0.2, 2), (12.34, 9))
    """
    if error <= 0 or not value or not math.isfinite(value + error):
        return value, 9
    place = math.ceil(math.log10(2 * 1.96 * error))
    place = min(place, math.floor(math.log10(abs(value))) - 1)
    return round(value, -place), max(0, -place)


def fixed(value: object, decimals: int = 0, signed: bool = False) -> str:
    """Return a number with thousands separators and a true minus sign.

    >>> fixed(-1234.5, 1)
    '−1,234.5'
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    return special(number) or with_sign(f"{abs(number):,.{decimals}f}", number < 0, signed)


def money(
    value: object,
    currency: str = "GBP",
    decimals: int = 0,
    signed: bool = False,
    error: float = 0.0,
) -> str:
    """Return an amount of money; whole units unless it is less than one, then pence.

    `error` is a Monte Carlo error: digits that it does not support are not printed.

    >>> money(-313_860.2), money(0.417), money(12, "CHF"), money(1003.7, error=2.8)
    ('−£313,860', '£0.42', 'CHF 12', '£1,000')
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    if word := special(number):
        return word
    number, most = supported(number, error)
    if 0.005 <= abs(number) < 0.995:
        decimals = max(decimals, 2)
    digits = f"{abs(number):,.{min(decimals, most)}f}"
    return with_sign(digits, number < 0, signed, SYMBOLS.get(currency, f"{currency} "))


def each(value: float, currency: str = "GBP") -> str:
    """Return an amount for one person: pence below ten, so that it can be multiplied.

    >>> each(74.08), each(2.63), each(0.0004), each(-3.0), each(0.0)
    ('£74', '£2.63', 'under £0.01', '−£3', '£0')
    """
    if 0 < abs(value) < 0.005:
        return f"under {money(0.01, currency)}"
    pence = abs(value) < 9.995 and not f"{value:.2f}".endswith(".00")
    return money(value, currency, 2 if pence else 0)


def qaly(value: object, signed: bool = False, error: float = 0.0) -> str:
    """Return a QALY or a utility: three decimals, two significant digits if it is tiny.

    >>> qaly(0.11711), qaly(-0.00041), qaly(18.5), qaly(0.1996, error=0.0006)
    ('0.117', '−0.00041', '18.500', '0.20')
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    number, most = supported(number, error)
    return fixed(number, min(decimals_for(number, least=3, digits=2, most=7), most), signed)


def least(value: float) -> str:
    """Return the gain that is needed at least: one below zero is none.

    >>> least(0.1171), least(-0.05)
    ('0.117', '0')
    """
    return qaly(value) if value > 0 else "0"


def percent(value: object, signed: bool = False, decimals: int | None = None) -> str:
    """Return a share as a per cent, as tables have it: one decimal, more only for tiny shares.

    >>> percent(0.39), percent(0.232), percent(0.0426), percent(0.00031)
    ('39%', '23.2%', '4.3%', '0.031%')
    """
    number = as_float(value)
    if number is None:
        return NOTHING
    if word := special(number):
        return word
    hundred = number * 100
    if decimals is None:
        whole = abs(hundred) >= 9.95 and abs(hundred - round(hundred)) < 0.05
        decimals = 0 if whole or hundred == 0 else decimals_for(hundred, 1, 2, 5)
    return with_sign(f"{abs(hundred):,.{decimals}f}%", number < 0, signed)


def whole_percent(value: float) -> str:
    """Return a share as a per cent, as sentences have it: whole from 10% on.

    >>> whole_percent(0.39), whole_percent(0.232), whole_percent(-0.5), whole_percent(0.00031)
    ('39%', '23%', '−50%', '0.031%')
    """
    hundred = 100 * abs(value)
    decimals = 0 if hundred >= 9.95 or hundred == 0 else 1
    if 0 < hundred < 0.095:
        decimals = 1 - math.floor(math.log10(hundred))
    return with_sign(f"{hundred:,.{decimals}f}%", value < 0)


def number(value: object, signed: bool = False) -> str:
    """Return a quantity without a unit of its own, to four significant digits.

    Whole numbers keep all their digits; nothing is written with an exponent unless it is smaller
    than a millionth.

    >>> number(0.0305), number(2342.24), number(1_000_000), number(-1.5)
    ('0.0305', '2,342', '1,000,000', '−1.5')
    """
    value = as_float(value)
    if value is None:
        return NOTHING
    if word := special(value):
        return word
    size = abs(value)
    if size == round(size) or size >= 1000:
        return fixed(value, 0, signed)
    if size < 1e-6:
        mantissa, exponent = f"{size:.2e}".split("e")
        return with_sign(f"{mantissa}e{MINUS}{abs(int(exponent))}", value < 0, signed)
    text = f"{size:,.{decimals_for(size, 0, 4, 10)}f}".rstrip("0").rstrip(".")
    return with_sign(text, value < 0, signed)


def chance(value: float) -> str:
    """Return a probability estimated by simulation; never 0% or 100%, which nobody knows.

    >>> chance(0.872), chance(1.0), chance(0.0), chance(0.9974)
    ('87%', 'over 99%', 'under 1%', 'over 99%')
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


def listing(words: Iterable[str]) -> str:
    """Return words as a list in a sentence.

    >>> listing(["none"]), listing(["none", "targeted", "universal"])
    ('none', 'none, targeted and universal')
    """
    several = list(words)
    if len(several) < 2:
        return "".join(several)
    return ", ".join(several[:-1]) + " and " + several[-1]


def span(low: float, high: float) -> str:
    """Return a range with as many digits as tell its ends apart, three of each at least.

    >>> span(0.38393546, 0.39695022), span(3297.5443, 3297.5548), span(2.0, 2.0)
    ('0.384 to 0.397', '3,297.544 to 3,297.555', '2')
    """
    size = max(abs(low), abs(high))
    if low == high or not size:
        return f"{low:,.4g}" if size < 1000 else f"{low:,.0f}"
    width = high - low
    decimals = max(2 - math.floor(math.log10(size)), 1 - math.floor(math.log10(width)), 0)
    decimals = min(decimals, 9)
    return f"{low:,.{decimals}f} to {high:,.{decimals}f}"
