"""The two ways to read a model: its base case, and the means of its draws.

Every number of a result says which it is. Deterministic numbers have no limits; probabilistic
ones are means over draws with the 2.5 and 97.5 percentiles beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from heco.analysis.context import Context, Sample
from heco.analysis.summaries import Summary, summary
from heco.outcomes import Array
from heco.result import Quantity

#: Totals that every strategy has, with their headings and how they are printed.
TOTALS = (
    ("cost", "Cost", "money"),
    ("qaly", "QALYs", "qaly"),
    ("life_years", "Life years", "qaly"),
    ("cost_undiscounted", "Cost, undiscounted", "money"),
    ("qaly_undiscounted", "QALYs, undiscounted", "qaly"),
    ("life_years_undiscounted", "Life years, undiscounted", "qaly"),
)


@dataclass(frozen=True)
class Basis:
    """One way to read the model.

    Parameters
    ----------
    name : str
        ``deterministic`` or ``probabilistic``, as in results.csv.
    sample : Sample
        The rows that it summarises.
    """

    name: str
    sample: Sample

    @property
    def probabilistic(self) -> bool:
        """Return whether limits over draws can be given."""
        return self.name == "probabilistic"

    def quantity(self, name: str, values: Array | Summary, **what: Any) -> Quantity:
        """Return a row of results.csv, with limits where there are draws.

        Parameters
        ----------
        name : str
            The quantity.
        values : ndarray, shape (draw,), or Summary
            One number per draw, or what they come to.
        **what : object
            Strategy, comparator, wtp, subject and unit.
        """
        s = values if isinstance(values, Summary) else summary(values)
        low, high = (s.lower, s.upper) if self.probabilistic else (None, None)
        return Quantity(name, s.mean, lower=low, upper=high, basis=self.name, **what)


def bases(context: Context) -> list[Basis]:
    """Return the ways to read this run, the leading one first; imported draws have no base case."""
    if context.imported:
        return [Basis("probabilistic", context.leading)]
    both = [Basis("deterministic", context.base)]
    if context.psa:
        both.insert(0, Basis("probabilistic", context.psa))
    return both


def shown_totals(context: Context) -> list[tuple[str, str, str]]:
    """Return the totals worth showing: cost, the effect that is judged, and what is not all 0."""
    if context.imported:  # nothing else is known
        return [row for row in TOTALS if row[0] in ("cost", context.effect)]
    outcomes = context.leading.outcomes
    always = {"cost", "cost_undiscounted", context.effect, f"{context.effect}_undiscounted"}
    return [row for row in TOTALS if row[0] in always or bool(getattr(outcomes, row[0]).any())]


def per_person(context: Context, name: str) -> str:
    """Return the unit of a total per person of the cohort."""
    if "cost" in name:
        return f"{context.currency} per person"
    return "life years per person" if "life_years" in name else "QALYs per person"


def heading(unit: str) -> str:
    """Return a unit in the plural as it opens a heading: ``QALYs``, ``Life years``."""
    return f"{unit[0].upper()}{unit[1:]}s"
