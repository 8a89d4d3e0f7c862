"""Which yearly gain in utility would be enough? The second half of `required`.

The value of a utility parameter at which incremental net monetary benefit is zero. If the model
is a straight line in the parameter, which is checked at three points in the base case and in
every draw, the answer has a closed form, and the base case is run again there to prove it;
otherwise it is searched for, in the base case only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis.basis import bases
from heco.analysis.context import Context, Sample, increments
from heco.analysis.facts import base_value, mean_sd
from heco.analysis.roots import CLOSE, STRAIGHT
from heco.analysis.search import search_range, solve
from heco.analysis.summaries import Ratio, ratio_of_means
from heco.analysis.wording import plain
from heco.outcomes import Array
from heco.result import Column, Quantity, Table

#: Where the parameter is 0 in a draw there is no half of it; this is looked at instead.
STEP = 0.01


@dataclass(frozen=True)
class Line:
    """Extra cost and effect as straight lines in the parameter, draw by draw.

    Parameters
    ----------
    at, half : ndarray, shape (draw,)
        The parameter as it is, and half of it. [utility per year]
    samples : tuple of Sample
        The runs in which it is 0, half, and as it is.
    """

    at: Array
    half: Array
    samples: tuple[Sample, Sample, Sample]

    def benefit(self, context: Context, option: str, wtp: float) -> tuple[Array, Array, Array]:
        """Return incremental net monetary benefit at 0, half way, and as it is."""
        found = []
        for sample in self.samples:
            cost, effect = increments(sample, context.effect, option, context.scenario.comparator)
            found.append(wtp * effect - cost)
        return found[0], found[1], found[2]

    def intercept_slope(
        self, context: Context, option: str, wtp: float
    ) -> tuple[Array, Array] | None:
        """Return net benefit at 0 and per unit of the parameter; None if some draw is curved."""
        zero, half, full = self.benefit(context, option, wtp)
        given = self.at != 0
        run = np.where(given, self.at, self.half)
        slope = (np.where(given, full, half) - zero) / run
        scale = np.maximum(np.maximum(np.abs(zero), np.abs(full)), np.abs(half))
        # Benefits are differences of large totals: rounding of the totals is no curvature.
        rounding = STRAIGHT * scale + 1e-13 * wtp * np.abs(self._totals(context)).max(axis=0)
        curved = np.abs(half - (zero + slope * self.half)) > rounding
        return None if curved.any() else (zero, slope)

    def _totals(self, context: Context) -> Array:
        return self.samples[0].outcomes.effect(context.effect)


def required_utility(
    context: Context, utility: str, nothing: Mapping[str, Sample]
) -> tuple[Table, list[Quantity], list[str]]:
    """Return the yearly utility that makes each option worth its cost.

    Parameters
    ----------
    context : Context
        The run.
    utility : str
        The parameter to solve for.
    nothing : mapping of str to Sample
        The runs in which it is 0, by basis.

    Returns
    -------
    Table
        ``required_utility``.
    list of Quantity
        ``required_utility_per_year``, with the parameter as subject.
    list of str
        Warnings.
    """
    lines = {
        basis.name: _line(context, basis.sample, utility, nothing[basis.name])
        for basis in bases(context)
    }
    base, (_, sd) = base_value(context, utility), mean_sd(context.scenario, utility)
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    warnings: list[str] = []
    for option in context.scenario.options:
        for wtp in context.wtp:
            value, how, note = _base(context, lines["deterministic"], utility, option, wtp)
            psa = Ratio(None)
            if "probabilistic" in lines:
                psa = _draws(context, lines["probabilistic"], option, wtp)
                if psa.value is None and value is not None:
                    note = f"{note} No limits: not a straight line in every draw.".strip()
            found = {"deterministic": Ratio(value)}
            if context.psa:
                found["probabilistic"] = psa
            for basis, ratio in found.items():
                quantities.append(
                    Quantity(
                        "required_utility_per_year", ratio.value, option,
                        context.scenario.comparator, wtp, utility, ratio.lower, ratio.upper,
                        "utility per year", basis,
                    )
                )  # fmt: skip
            percent = (value - base) / abs(base) if value is not None and base else None
            errors = (value - base) / sd if value is not None and base is not None and sd else None
            rows.append(
                (
                    option, context.label(option), context.scenario.comparator, wtp, utility,
                    context.parameter_label(utility), base, value, psa.value, psa.lower, psa.upper,
                    percent, errors, how, note,
                )
            )  # fmt: skip
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Compared with"),
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("parameter", "Parameter name"), Column("parameter_label", "Parameter"),
        Column("base", "As it is", "number"), Column("value", "Required", "number"),
        Column("mean", "Mean of draws", "number"), Column("lower", "95% from", "number"),
        Column("upper", "to", "number"), Column("distance", "Change needed", "percent"),
        Column("distance_se", "in standard errors", "number"), Column("method", "Found by"),
        Column("note", "Note"),
    )  # fmt: skip
    title = "Yearly gain in utility that would be enough"
    return Table("required_utility", title, columns, tuple(rows)), quantities, warnings


def _line(context: Context, sample: Sample, utility: str, nothing: Sample) -> Line:
    values = sample.draws
    at = (
        values.column(utility)
        if utility in values.names
        else context.model.parameter_values(values, [utility])[utility]
    )
    half = np.where(at != 0, at / 2, STEP)
    draws = values.replace({utility: half})
    return Line(at, half, (nothing, Sample(draws, context.model.evaluate(draws)), sample))


def _base(
    context: Context, line: Line, utility: str, option: str, wtp: float
) -> tuple[float | None, str, str]:
    """Return the deterministic answer, how it was found, and what to say about it."""
    found = line.intercept_slope(context, option, wtp)
    if found is None:
        return _search(context, utility, option, wtp)
    zero, slope = float(found[0][0]), float(found[1][0])
    if slope == 0:
        return None, "", "The parameter does not move net monetary benefit."
    value = -zero / slope
    draws = context.base.draws.replace({utility: value})
    outcomes = context.model.evaluate(draws)
    if not outcomes.valid.all():
        place = outcomes.out_of_domain[0]
        return value, "closed form", f"The model cannot hold that much: {place.where} {place.what}."
    there = Sample(draws, outcomes)
    cost, effect = increments(there, context.effect, option, context.scenario.comparator)
    if abs(float((wtp * effect - cost)[0])) >= CLOSE:
        return _search(context, utility, option, wtp)
    return value, "closed form", ""


def _search(
    context: Context, utility: str, option: str, wtp: float
) -> tuple[float | None, str, str]:
    low, high, _ = search_range(context, utility, None, None)
    roots = solve(context, utility, low, high).roots(option, context.scenario.comparator, wtp)
    if not roots:
        return None, "Brent", f"None between {plain(low)} and {plain(high)}."
    note = "" if len(roots) == 1 else f"The first of {len(roots)} values."
    return roots[0].x, roots[0].method, note


def _draws(context: Context, line: Line, option: str, wtp: float) -> Ratio:
    if not line.samples[1].outcomes.valid.all():
        return Ratio(None)
    found = line.intercept_slope(context, option, wtp)
    return Ratio(None) if found is None else ratio_of_means(-found[0], found[1])
