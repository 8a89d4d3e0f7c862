"""Differences as sentences say them.

Files keep every digit; how headlines, warnings and notes print a number is in `heco.numbers`.
"""

from __future__ import annotations

from collections.abc import Sequence

from heco.analysis.frontier import quadrant, ratio
from heco.numbers import MINUS, SYMBOLS, chance, each, inside, listing, money, supported
from heco.numbers import number as plain
from heco.numbers import qaly as amount
from heco.numbers import whole_percent as percent

__all__ = [
    "MINUS", "SYMBOLS", "amount", "chance", "compared", "count", "difference_sentence", "each",
    "each_at", "inside", "listing", "money", "of_unit", "percent", "plain", "supported",
]  # fmt: skip


def of_unit(value: float, unit: str, currency: str = "GBP") -> str:
    """Return the value of an input as its unit is read: money, a per cent, or a plain number.

    >>> of_unit(2265, "GBP"), of_unit(0.39, "probability"), of_unit(0.2279, "utility per year")
    ('£2,265', '39%', '0.2279')
    """
    word = unit.strip().lower()
    if word.split(" ")[0].upper() == currency.upper():
        return money(value, currency)
    return percent(value) if word in ("probability", "share", "proportion") else plain(value)


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
    return f"{money(each, currency, error=error)} {saved}per {unit} {done}"


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
    shown, comparator = money(abs(cost), currency, error=errors[0]), inside(comparator)
    if any(digit in shown for digit in "123456789"):
        start = f"{option} costs {shown} {'more' if cost > 0 else 'less'} per person than"
    else:
        start = f"{option} costs the same per person as"
    if effect is None:
        return f"{start} {comparator}."
    where = quadrant(cost, effect)
    if where == "same effect":
        return f"{start} {comparator}, with no meaningful difference in {unit}s."
    change = f"{'gains' if effect > 0 else 'loses'} {amount(abs(effect), error=errors[1])} {unit}s"
    outcome = compared(cost, effect, unit, currency, errors[2])
    if where == "SE":
        outcome = f"it dominates {comparator}"
    elif where == "NW":
        outcome = f"it is dominated by {comparator}"
    return f"{start} {comparator} and {change}: {outcome}."
