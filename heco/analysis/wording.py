"""Numbers and differences as sentences say them.

Files keep every digit; these are the digits of headlines, warnings and notes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from heco.analysis.frontier import quadrant, ratio

MINUS = "−"
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


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


def money(value: float, currency: str = "GBP", error: float = 0.0) -> str:
    """Return an amount of money: whole units, or pence below one.

    >>> money(-313860.2), money(0.417), money(12, "CHF"), money(1003.7, error=2.8)
    ('−£313,860', '£0.42', 'CHF 12', '£1,000')
    """
    value, most = supported(value, error)
    decimals = min(most, 2 if 0.005 <= abs(value) < 0.995 else 0)
    digits = f"{abs(value):,.{decimals}f}"
    sign = MINUS if value < 0 and digits.strip("0.,") else ""
    return f"{sign}{SYMBOLS.get(currency, f'{currency} ')}{digits}"


def amount(value: float, error: float = 0.0) -> str:
    """Return a health effect: three decimals, or two significant digits if it is tiny.

    >>> amount(0.11711), amount(-0.00041), amount(18.5), amount(0.1996, error=0.0006)
    ('0.117', '−0.00041', '18.500', '0.20')
    """
    value, most = supported(value, error)
    decimals = 3
    if value and math.isfinite(value):
        decimals = min(max(3, 1 - math.floor(math.log10(abs(value)))), 7)
    decimals = min(decimals, most)
    digits = f"{abs(value):,.{decimals}f}"
    return f"{MINUS if value < 0 and digits.strip('0.,') else ''}{digits}"


def plain(value: float) -> str:
    """Return a number to four significant digits, whole numbers whole.

    >>> plain(0.0305), plain(2342.24), plain(20000.0), plain(-1.5)
    ('0.0305', '2,342', '20,000', '−1.5')
    """
    size = abs(value)
    if size == round(size) or size >= 1000:
        digits = f"{size:,.0f}"
    elif size < 1e-6:
        digits = f"{size:.3g}"
    else:
        decimals = max(0, 3 - math.floor(math.log10(size)))
        digits = f"{size:,.{decimals}f}".rstrip("0").rstrip(".")
    return f"{MINUS if value < 0 and digits.strip('0.,') else ''}{digits}"


def of_unit(value: float, unit: str, currency: str = "GBP") -> str:
    """Return the value of an input as its unit is read: money, a per cent, or a plain number.

    >>> of_unit(2265, "GBP"), of_unit(0.39, "probability"), of_unit(0.2279, "utility per year")
    ('£2,265', '39%', '0.2279')
    """
    word = unit.strip().lower()
    if word.split(" ")[0].upper() == currency.upper():
        return money(value, currency)
    return percent(value) if word in ("probability", "share", "proportion") else plain(value)


def percent(value: float) -> str:
    """Return a share as a per cent.

    >>> percent(0.39), percent(0.0426), percent(-0.5), percent(0.00031)
    ('39%', '4.3%', '−50%', '0.031%')
    """
    hundred = 100 * abs(value)
    decimals = 0 if hundred >= 9.95 or hundred == 0 else 1
    if 0 < hundred < 0.095:
        decimals = 1 - math.floor(math.log10(hundred))
    digits = f"{hundred:,.{decimals}f}"
    return f"{MINUS if value < 0 and digits.strip('0.,') else ''}{digits}%"


def chance(value: float) -> str:
    """Return a probability estimated by simulation; never 0% or 100%, which nobody knows.

    >>> chance(0.872), chance(1.0), chance(0.0), chance(0.9974)
    ('87%', 'over 99%', 'under 1%', 'over 99%')
    """
    if value > 0.99:
        return "over 99%"
    if value < 0.01:
        return "under 1%"
    return f"{100 * value:.0f}%"


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


def count(n: int, what: str) -> str:
    """Return a number of things, in the plural where that is due.

    >>> count(1, "draw"), count(5000, "draw")
    ('1 draw', '5,000 draws')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def compared(
    cost: float, effect: float, unit: str, currency: str = "GBP", error: float = 0.0
) -> str:
    """Say what a difference in cost and effect amounts to.

    Parameters
    ----------
    cost, effect : float
        Option minus comparator, per person.
    unit : str
        The effect in the singular: ``QALY`` or ``life year``.
    currency : str
        Of the costs.
    error : float
        Monte Carlo error of the ratio. [currency per unit of effect]

    Examples
    --------
    >>> compared(1000, 0.1, "QALY")
    '£10,000 per QALY gained'
    >>> compared(-1000, -0.1, "QALY")
    '£10,000 saved per QALY lost'
    >>> compared(-10, 0.1, "QALY")
    'dominates'
    """
    where = quadrant(cost, effect)
    if where == "same effect":
        return f"no meaningful difference in {unit}s"
    if where in ("SE", "NW"):
        return "dominates" if where == "SE" else "dominated"
    each = ratio(cost, effect)
    assert each is not None
    done = "gained" if where == "NE" else "lost"
    saved = "" if where == "NE" else "saved "
    return f"{money(each, currency, error)} {saved}per {unit} {done}"


def each_at(values: Sequence[tuple[float, str]], currency: str = "GBP", unit: str = "") -> str:
    """Return several values by willingness to pay: the first plain, the others in brackets.

    >>> each_at([(20000, "0.117"), (30000, "0.078")], unit="QALYs")
    '0.117 QALYs (0.078 at £30,000)'
    """
    first, rest = f"{values[0][1]} {unit}".rstrip(), values[1:]
    if not rest:
        return first
    others = listing(f"{text} at {money(wtp, currency)}" for wtp, text in rest)
    return f"{first} ({others})"


def difference_sentence(
    option: str,
    comparator: str,
    cost: float,
    effect: float | None,
    unit: str,
    currency: str = "GBP",
    errors: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> str:
    """Say in one sentence how an option differs from its comparator.

    Parameters
    ----------
    option, comparator : str
        Strategies in words.
    cost, effect : float
        Option minus comparator, per person; the effect is None if the model has no effects.
    unit : str
        The effect in the singular.
    currency : str
        Of the costs.
    errors : tuple of float
        Monte Carlo errors of cost, effect and ratio; only digits they support are said.

    Examples
    --------
    >>> difference_sentence("A", "B", 1000, 0.1, "QALY")
    'A costs £1,000 more per person than B and gains 0.100 QALYs: £10,000 per QALY gained.'
    """
    shown, comparator = money(abs(cost), currency, errors[0]), inside(comparator)
    if any(digit in shown for digit in "123456789"):
        start = f"{option} costs {shown} {'more' if cost > 0 else 'less'} per person than"
    else:
        start = f"{option} costs the same per person as"
    if effect is None:
        return f"{start} {comparator}."
    where = quadrant(cost, effect)
    if where == "same effect":
        return f"{start} {comparator}, with no meaningful difference in {unit}s."
    change = f"{'gains' if effect > 0 else 'loses'} {amount(abs(effect), errors[1])} {unit}s"
    outcome = compared(cost, effect, unit, currency, errors[2])
    if where == "SE":
        outcome = f"it dominates {comparator}"
    elif where == "NW":
        outcome = f"it is dominated by {comparator}"
    return f"{start} {comparator} and {change}: {outcome}."
