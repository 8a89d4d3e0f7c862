"""Effects, intervals and p values as people read them, on the scale on which they think."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from heco.report import numbers

if TYPE_CHECKING:
    from heco.evidence.meta import Effects, Measure, Pooled

#: What the columns of a measure are called above a table.
SHORT = {
    "OR": "Odds ratio",
    "RR": "Risk ratio",
    "RD": "Risk difference",
    "MD": "Mean difference",
    "SMD": "Std mean difference",
    "IRR": "Rate ratio",
    "HR": "Hazard ratio",
    "PLOGIT": "Proportion",
    "PLOG": "Proportion",
    "RATE": "Rate",
    "GEN": "Effect",
}
#: The same above a narrow column, where no letters are usual.
_COLUMN = {"PLOGIT": "Share", "PLOG": "Share", "RATE": "Rate", "GEN": "Effect"}
ESTIMATOR_WORDS = {
    "IV": "common effect, inverse variance",
    "MH": "common effect, Mantel–Haenszel",
    "Peto": "common effect, Peto",
}
TEST_WORDS = {
    "wald": "Wald",
    "knapp-hartung": "Knapp–Hartung",
    "knapp-hartung-truncated": "Knapp–Hartung, never below Wald",
}


class Words:
    """How the effects of one review are written.

    Parameters
    ----------
    effects : Effects
        They decide how many decimals are worth printing.
    """

    def __init__(self, effects: Effects) -> None:
        self.measure: Measure = effects.measure
        self._effects = effects

    @cached_property
    def decimals(self) -> int:
        """Decimals of an effect: two for ratios, otherwise two digits of the usual error."""
        if self.measure.scale == "log" and self.measure.contrast:
            return 2
        if self.measure.key in ("PLOG", "PLOGIT"):
            return 1
        natural = self.measure.natural(self._effects.y)
        slope = natural if self.measure.scale == "log" else np.ones_like(natural)
        usual = float(np.median(self._effects.se * slope))
        return min(max(1 - math.floor(math.log10(usual)), 0), 5) if usual > 0 else 2

    @property
    def name(self) -> str:
        """The measure, short."""
        return SHORT[self.measure.key]

    @property
    def heading(self) -> str:
        """The measure above a column: letters where everybody knows them."""
        return self.measure.key if self.measure.contrast else _COLUMN[self.measure.key]

    def natural(self, value: float) -> str:
        """Return a value of the natural scale as people read it."""
        if math.isnan(value):
            return numbers.NOTHING
        if math.isinf(value):
            return "∞" if value > 0 else f"{numbers.MINUS}∞"
        if self.measure.key in ("PLOG", "PLOGIT"):
            return numbers.fixed(100 * value, self.decimals) + "%"
        if self.measure.scale == "log" and 0 < value < 0.095:
            return numbers.fixed(value, min(1 - math.floor(math.log10(value)), 6))
        if self.measure.scale == "log" and value >= 99.5:
            return numbers.fixed(value)
        return numbers.fixed(value, self.decimals)

    def effect(self, value: float) -> str:
        """Return a value of the pooling scale as people read it."""
        return self.natural(float(self.measure.natural(np.array(value))))

    def interval(self, low: float, high: float) -> str:
        """Return an interval of the pooling scale."""
        return f"{self.effect(low)} to {self.effect(high)}"

    def bracketed(self, value: float, low: float, high: float) -> str:
        """Return an effect with its interval, short: 0.47 [0.32, 0.71]."""
        return f"{self.effect(value)} [{self.effect(low)}, {self.effect(high)}]"

    def whole(self, value: float, low: float, high: float) -> str:
        """Return an effect with its interval: 0.47 (0.32 to 0.71)."""
        return f"{self.effect(value)} ({self.interval(low, high)})"


def p_value(p: float, equals: bool = False) -> str:
    """Return a p value; never 0.

    >>> p_value(0.03217), p_value(1e-9), p_value(0.51, equals=True)
    ('0.032', '<0.001', '= 0.51')
    """
    if math.isnan(p):
        return numbers.NOTHING
    if p < 0.001:
        return "< 0.001" if equals else "<0.001"
    text = f"{p:.3f}" if p < 0.095 else f"{p:.2f}"
    return f"= {text}" if equals else text


def number(value: float, digits: int = 3) -> str:
    """Return a statistic to some significant digits, without an exponent."""
    if math.isnan(value):
        return numbers.NOTHING
    if value == 0 or math.isinf(value):
        return "0" if value == 0 else "∞"
    places = min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), 6)
    return numbers.fixed(value, places)


def method(estimator: str, test: str) -> str:
    """Return how something was pooled, in words."""
    if estimator in ESTIMATOR_WORDS:
        return ESTIMATOR_WORDS[estimator]
    return f"random effects, {estimator}, {TEST_WORDS[test]}"


def studies(k: int) -> str:
    """Return a count of studies."""
    return f"{k} study" if k == 1 else f"{k} studies"


def agreement(pooled: Pooled) -> str:
    """Return how far studies agree: I-squared, tau and Q."""
    tau = "" if pooled.common else f", τ {number(pooled.tau)}"
    return (
        f"I² {pooled.i2:.0f}%{tau}, Q {number(pooled.q)} on {pooled.q_df} df "
        f"(p {p_value(pooled.q_p, True)})"
    )


def headline(effects: Effects, main: Pooled, outcome: str = "") -> str:
    """Return the answer as one sentence."""
    name = effects.measure.words.partition(",")[0]
    what = f"{name[0].upper()}{name[1:]}" + (f" of {outcome}" if outcome else "")
    ends = Words(effects).whole(main.estimate, main.low, main.high)
    return f"{what}: {ends} from {studies(main.k)}"


def squeezed(name: str, fits: Callable[[str], bool]) -> str:
    """Return a name that fits, cut in its middle: the year or number at its end tells most.

    >>> squeezed("Comstock & Webster 1969", lambda text: len(text) <= 18)
    'Comstock & We…1969'
    """
    if fits(name):
        return name
    words = name.split()
    end = words[-1] if len(words) > 1 and len(words[-1]) <= 12 else name[-8:].lstrip()
    for n in range(len(name) - len(end) - 1, 2, -1):
        text = f"{name[:n].rstrip(' ,;(')}…{end}"
        if fits(text):
            return text
    return name[:3] + "…"
