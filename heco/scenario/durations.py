"""Durations as people write them ("3 months"), kept as exact fractions of a year.

One convention, named here and printed with every result: a year is 12 months, 365.25 days, 8,766
hours; a week is 7 days. Fractions keep ``24 * (1/12)`` equal to 2 years exactly, so that a price
which stops "at two years" stops after the 24th monthly cycle and not one rounding error later.
A modeller whose year has 52 weeks writes ``"1/52 year"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from heco.scenario.foreign import LENGTHS

_YEARS = {
    "year": Fraction(1),
    "month": Fraction(1, 12),
    "week": Fraction(28, 1461),
    "day": Fraction(4, 1461),
    "hour": Fraction(1, 8766),
}
#: The longest duration that anything has. [years, or cycles]
_LONGEST = 10**9
_LONGEST_TEXT = 40
_PATTERN = re.compile(r"^\s*([0-9][0-9_]*(?:\.[0-9]+)?)(?:\s*/\s*([0-9]+))?\s*([A-Za-z]+)\s*$")


_HINT = 'Write a number and a unit: "1 year", "3 months", "2 weeks", "1/52 year".'


class DurationError(ValueError):
    """A duration that cannot be read; ``hint`` says how to write one."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or _HINT


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time.

    Parameters
    ----------
    years : Fraction
        Exact length. [years]
    cycles : bool
        True if the author counted cycles ("20 cycles"); ``years`` then holds the count.
    text : str
        As the author wrote it.
    """

    years: Fraction
    cycles: bool = False
    text: str = ""

    def in_years(self, cycle: Duration) -> Fraction:
        """Return the length in years, given the length of one cycle."""
        return self.years * cycle.years if self.cycles else self.years


def parse_duration(text: object) -> Duration:
    """Read ``"3 months"``; a `Duration` is returned as it is.

    Raises
    ------
    DurationError
        If the text is not a number followed by a known unit, or is not above zero.
    """
    if isinstance(text, Duration):
        return text
    if not isinstance(text, str):
        hint = ""
        if isinstance(text, int | float) and not isinstance(text, bool) and 0 < text < _LONGEST:
            hint = f'Write a number and a unit: "{text:g} year{"" if text == 1 else "s"}".'
        raise DurationError(f"{text!r} is not a duration: a unit is missing", hint)
    if len(text) > _LONGEST_TEXT:
        raise DurationError(f'"{text[:_LONGEST_TEXT]}..." is too long for a duration')
    found = _PATTERN.match(text)
    if not found:
        known = LENGTHS.get(text.strip().lower(), "")
        bare = text.strip().replace(".", "", 1).isdigit()
        hint = f'Write a number and a unit: "{text.strip()} years".'
        hint = f'Write "{known}".' if known else hint
        raise DurationError(f'"{text}" is not a duration', hint if known or bare else "")
    number, divisor, unit = found.groups()
    if divisor is not None and int(divisor) == 0:
        raise DurationError(f'"{text}" divides by zero')
    amount = Fraction(number.replace("_", "").rstrip(".")) / int(divisor or 1)
    if amount > _LONGEST:
        raise DurationError(f'"{text.strip()}" is longer than anything lasts')
    unit = unit.lower()
    singular = unit[:-1] if unit.endswith("s") else unit
    if singular == "cycle":
        return Duration(amount, cycles=True, text=text.strip())
    if singular not in _YEARS:
        raise DurationError(f'"{unit}" is not a unit of time (year, month, week, day, hour)')
    return Duration(amount * _YEARS[singular], text=text.strip())
