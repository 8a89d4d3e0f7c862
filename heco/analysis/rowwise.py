"""Results row by row: what one number of results.csv would be for each of many base cases.

The analyses average over draws; a search needs each row by itself. Only quantities with a closed
definition are here, and whoever uses them holds them against the analysis' own number first.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from heco.analysis.basis import TOTALS, Basis
from heco.analysis.context import Context, Sample, increments
from heco.analysis.impact import impacts
from heco.analysis.pathway import parts
from heco.analysis.readings import all_readings, without
from heco.analysis.summaries import difference
from heco.outcomes import Array
from heco.result import Quantity

_TOTALS = tuple(name for name, _, _ in TOTALS)


def rowwise(context: Context, sample: Sample, what: Quantity) -> Array | None:
    """Return the value of a quantity for every row, or None if it cannot be had row by row.

    Parameters
    ----------
    context : Context
        The run.
    sample : Sample
        Rows that are all in their domain.
    what : Quantity
        Which quantity: its name, strategy, comparator, willingness to pay and subject.

    Returns
    -------
    ndarray, shape (row,), or None
        NaN or infinite where it is not defined.
    """
    with np.errstate(all="ignore"):
        for rule in (_measure, _total, _difference, _benefit, _required, _counted, _budget):
            value = rule(context, sample, what)
            if value is not None:
                return np.array(np.broadcast_to(value, (sample.n,)), dtype=float)
    return None


def _measure(context: Context, sample: Sample, what: Quantity) -> Array | None:
    measure = context.scenario.measures.get(what.quantity)
    if measure is None:
        return None
    found = []
    for formula in parts(measure):
        if formula is None:
            continue
        value = context.model.measure_values(sample.draws, sample.outcomes, formula, what.strategy)
        if measure.compared_with:
            other = context.model.measure_values(
                sample.draws, sample.outcomes, formula, measure.compared_with
            )
            value = difference(value, other)
        found.append(value)
    return found[0] if len(found) == 1 else np.asarray(found[0] / found[1])


def _row(sample: Sample, name: str, strategy: str) -> Array:
    return np.asarray(getattr(sample.outcomes, name)[sample.outcomes.index(strategy)])


def _total(context: Context, sample: Sample, what: Quantity) -> Array | None:
    if what.quantity not in _TOTALS or not what.strategy:
        return None
    return _row(sample, what.quantity, what.strategy)


def _difference(context: Context, sample: Sample, what: Quantity) -> Array | None:
    name = what.quantity.removeprefix("incremental_")
    if name == what.quantity or name not in _TOTALS or not what.comparator:
        return None
    return difference(_row(sample, name, what.strategy), _row(sample, name, what.comparator))


def _benefit(context: Context, sample: Sample, what: Quantity) -> Array | None:
    if what.quantity in ("nmb", "nhb") and what.wtp:
        benefit = sample.outcomes.net_monetary_benefit(what.wtp, context.effect)
        row = benefit[sample.outcomes.index(what.strategy)]
        return np.asarray(row if what.quantity == "nmb" else row / what.wtp)
    if what.quantity not in ("inmb", "icer") or not what.comparator:
        return None
    cost, effect = increments(sample, context.effect, what.strategy, what.comparator)
    if what.quantity == "icer":
        return np.asarray(cost / effect)
    return None if what.wtp is None else np.asarray(what.wtp * effect - cost)


def _required(context: Context, sample: Sample, what: Quantity) -> Array | None:
    kind, per, key = what.quantity.partition("_per_")
    asked = context.scenario.analysis.required_gain
    if asked is None or not per:
        return None
    if kind not in ("extra_cost",) and not kind.startswith(("required_", "modelled_")):
        return None
    here = replace(context, base=sample, psa=None)
    nothing = without(here, asked.utility, "[analysis] required_gain") if asked.utility else {}
    for reading in all_readings(here, nothing):
        if (reading.option, reading.key, reading.name) != (what.strategy, key, what.subject):
            continue
        cost, other, people, gained = reading.parts["deterministic"]
        if kind == "extra_cost":
            return np.asarray(cost / people)
        if kind.startswith("modelled_"):
            return np.asarray(gained / people)
        return None if not what.wtp else np.asarray((cost / what.wtp - other) / people)
    return None


def _counted(context: Context, sample: Sample, what: Quantity) -> Array | None:
    outcomes = sample.outcomes
    counted = outcomes.counted()
    if what.quantity not in ("share", "count") or what.subject not in counted:
        return None
    share = counted[what.subject][outcomes.index(what.strategy)]
    if what.quantity == "share":
        return np.asarray(share)
    return None if outcomes.population is None else np.asarray(share * outcomes.population)


def _budget(context: Context, sample: Sample, what: Quantity) -> Array | None:
    if what.quantity not in ("budget_net", "budget_cumulative"):
        return None
    whole = impacts(context, Basis("deterministic", sample))[what.strategy].whole
    rows = whole.net if what.quantity == "budget_net" else whole.cumulative
    return np.asarray(rows[int(what.subject) - 1])
