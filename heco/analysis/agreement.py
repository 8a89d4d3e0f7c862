"""Whether the base case and the mean of the draws agree.

They need not: a model that is not a straight line in its parameters has another mean than the
run at the means, and a ratio read as a median has a mean above it. A difference of more than 2%
is pointed out, in units of the Monte Carlo error, with the parameters whose mean is not their
base value. It is something to explain, not a failure: the mean over draws is the expected value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.context import Context, increments
from heco.analysis.facts import base_value, components, mean_sd
from heco.analysis.summaries import monte_carlo_error
from heco.analysis.wording import inside, listing, percent, plain
from heco.outcomes import Array
from heco.result import Column, Result, Table

NAME = "agreement"
TITLE = "Do the base case and the mean of the draws agree?"
#: A larger difference is pointed out.
NOTABLE = 0.02
#: A difference of fewer Monte Carlo errors may be chance.
CHANCE = 2.0


def applies(context: Context) -> bool:
    """Return whether there are draws to compare with."""
    return context.psa is not None


def run(context: Context) -> Result:
    """Compare the two.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``agreement``, with the tables ``agreement`` and ``off_centre``.
    """
    rows = _rows(context)
    off = _off_centre(context)
    columns = (
        Column("outcome", "Outcome"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Compared with"), Column("deterministic", "Base case", "number"),
        Column("probabilistic", "Mean of draws", "number"),
        Column("difference", "Difference", "number"), Column("percent", "in per cent", "percent"),
        Column("error", "Monte Carlo error", "number"),
        Column("errors", "Difference in Monte Carlo errors", "number"),
    )  # fmt: skip
    title = "Base case beside the mean of the draws"
    tables = [Table("agreement", title, columns, tuple(rows))]
    if off:
        head = (
            Column("parameter", "Name"), Column("label", "Parameter"),
            Column("base", "Base value", "number"), Column("mean", "Mean", "number"),
            Column("percent", "Difference", "percent"),
        )  # fmt: skip
        title = "Parameters whose mean is not their base value"
        tables.append(Table("off_centre", title, head, tuple(off)))
    return Result(NAME, TITLE, tables=tuple(tables), warnings=tuple(_warnings(context, rows, off)))


def _rows(context: Context) -> list[tuple[Any, ...]]:
    assert context.psa is not None
    rows = []
    effect = context.effect
    for i, name in enumerate(context.base.outcomes.strategies):
        for outcome in ("cost", effect):
            base = getattr(context.base.outcomes, outcome)[i]
            rows.append(
                _row(context, outcome, name, "", base, getattr(context.psa.outcomes, outcome)[i])
            )
    for option in context.scenario.options:
        comparator = context.scenario.comparator
        one = increments(context.base, effect, option, comparator)
        many = increments(context.psa, effect, option, comparator)
        for k, outcome in enumerate(("incremental_cost", f"incremental_{effect}")):
            rows.append(_row(context, outcome, option, comparator, one[k], many[k]))
    return rows


def _row(
    context: Context, outcome: str, name: str, comparator: str, base: Array, draws: Array
) -> tuple[Any, ...]:
    one, mean = float(base[0]), float(np.mean(draws))
    error = monte_carlo_error(draws)
    gap = mean - one
    share = gap / abs(one) if one else None
    return (
        outcome, name, context.label(name), comparator, one, mean, gap, share, error,
        gap / error if error > 0 else None,
    )  # fmt: skip


def _off_centre(context: Context) -> list[tuple[Any, ...]]:
    """Return the drawn parameters whose mean differs from their base value."""
    found = []
    for whole in (*context.scenario.distributions, *context.scenario.samples):
        for name in components(context.scenario, whole):
            base, (mean, _) = base_value(context, name), mean_sd(context.scenario, name)
            if base is None or mean is None or abs(mean - base) <= 1e-6 * max(abs(base), 1e-12):
                continue
            share = (mean - base) / abs(base) if base else None
            found.append((name, context.parameter_label(name), base, mean, share))
    return found


def _warnings(
    context: Context, rows: list[tuple[Any, ...]], off: list[tuple[Any, ...]]
) -> list[str]:
    clear: list[str] = []
    unclear: list[str] = []
    for outcome, _, label, comparator, _, _, _, share, _, errors in rows:
        if share is None or abs(share) <= NOTABLE:
            continue
        against = f" against {inside(context.label(comparator))}" if comparator else ""
        words = outcome.replace("_", " ").replace("qaly", "QALYs").replace("incremental", "extra")
        sign = "+" if share > 0 else ""
        sure = errors is None or abs(errors) > CHANCE
        far = "" if errors is None else f", {plain(round(abs(errors), 1))} Monte Carlo errors"
        text = f"{words} of {inside(label)}{against} ({sign}{percent(share)}{far})"
        (clear if sure else unclear).append(text)
    warnings = []
    if clear:
        names = [inside(row[1]) for row in off]
        why = f" Parameters whose mean is not their base value: {listing(names)}." if names else ""
        warnings.append(
            "The mean of the draws is more than 2% away from the base case: "
            f"{listing(clear)}. The model is not a straight line in its parameters, and the mean "
            f"of the draws is the expected value.{why}"
        )
    if unclear:
        warnings.append(
            "The mean of the draws is more than 2% away from the base case, but so few draws "
            f"cannot tell that from chance: {listing(unclear)}."
        )
    return warnings
