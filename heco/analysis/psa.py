"""How sure we are: the probabilistic analysis in short.

The probability that an option is cost-effective is the share of draws in which it has the highest
net monetary benefit of *all* options, ties split equally. Beside it stands the option with the
highest mean net benefit, which is the one to choose, whatever its probability. The Monte Carlo
error says how far these numbers may be from those of infinitely many draws, and how likely it is
that the ranking itself is an artefact of simulating too few.

Sources: Fenwick, Claxton & Sculpher 2001, Health Economics 10:779; Barton, Briggs & Fenwick 2008,
Value in Health 11:886; Hatswell et al. 2018, PharmacoEconomics 36:1421.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from heco.analysis.context import Context, Sample, increments
from heco.analysis.frontier import quadrant
from heco.analysis.summaries import best_shares, difference, normal_cdf, summary
from heco.analysis.wording import chance, count, inside, listing, money
from heco.result import Column, Quantity, Result, Table

NAME = "psa"
TITLE = "How sure are we?"
#: A ranking that is an artefact with more than this probability is warned about.
ARTEFACT = 0.005


def applies(context: Context) -> bool:
    """Return whether there are draws, and something to choose between."""
    return context.psa is not None and len(context.scenario.strategies) > 1


def run(context: Context) -> Result:
    """Summarise the draws.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``psa``, with the tables ``probability_cost_effective``, ``monte_carlo`` and ``quadrants``;
        ``incremental_cost`` and ``incremental_effect``, shape (strategy, draw), are in `data`.
    """
    assert context.psa is not None
    sample = context.psa
    tables: list[Table] = []
    quantities: list[Quantity] = []
    warnings: list[str] = []
    headline: list[str] = []
    if context.wtp:
        shares, more, headline = _shares(context, sample)
        precision, warnings = _precision(context, sample)
        tables, quantities = [shares, precision], more
    if not context.cost_only:
        tables.append(_quadrants(context, sample))
    options = context.scenario.options
    pairs = [increments(sample, context.effect, o, context.scenario.comparator) for o in options]
    return Result(
        analysis=NAME,
        title=TITLE,
        headline=tuple(headline),
        tables=tuple(tables),
        quantities=tuple(quantities),
        warnings=tuple(warnings),
        settings={"draws": f"{sample.n:,}", "design": context.design, "seed": str(context.seed)},
        data={
            "strategies": options,
            "incremental_cost": np.stack([cost for cost, _ in pairs]),
            "incremental_effect": np.stack([effect for _, effect in pairs]),
        },
    )


def _shares(context: Context, sample: Sample) -> tuple[Table, list[Quantity], list[str]]:
    names = sample.outcomes.strategies
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline = []
    for wtp in context.wtp:
        benefit = sample.outcomes.net_monetary_benefit(wtp, context.effect)
        shares, means = best_shares(benefit), benefit.mean(axis=1)
        leader = int(np.argmax(means))
        for i, name in enumerate(names):
            p = float(shares[i])
            error = math.sqrt(p * (1 - p) / sample.n)
            rows.append((wtp, name, context.label(name), float(means[i]), p, error, i == leader))
            quantities.append(_probability("ceac", p, name, wtp))
        quantities.append(_probability("ceaf", float(shares[leader]), names[leader], wtp))
        headline.append(
            f"At {money(wtp, context.currency)} per {context.unit}, "
            f"{inside(context.label(names[leader]))} has the highest mean net benefit; the "
            f"probability that it is the most cost-effective is {chance(float(shares[leader]))}."
        )
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("mean_nmb", "Mean net monetary benefit", "money"),
        Column("probability", "Probability most cost-effective", "percent"),
        Column("error", "Monte Carlo error", "percent"),
        Column("best", "Highest mean net benefit", "flag"),
    )  # fmt: skip
    notes = (
        "Share of draws in which the option has the highest net monetary benefit of all. The "
        "option with the highest mean is the one to choose, even if another is best more often.",
    )
    title = "Probability most cost-effective"
    table = Table("probability_cost_effective", title, columns, tuple(rows), notes)
    return table, quantities, headline


def _probability(name: str, value: float, strategy: str, wtp: float) -> Quantity:
    return Quantity(name, value, strategy, wtp=wtp, unit="probability", basis="probabilistic")


def _precision(context: Context, sample: Sample) -> tuple[Table, list[str]]:
    """Return how precise the means are, and a warning where the ranking is not settled."""
    names = sample.outcomes.strategies
    rows: list[tuple[Any, ...]] = []
    unsettled = []
    for wtp in context.wtp:
        benefit = sample.outcomes.net_monetary_benefit(wtp, context.effect)
        order = np.argsort(-benefit.mean(axis=1), kind="stable")
        best, next_best = int(order[0]), int(order[1])
        lead = summary(difference(benefit[best], benefit[next_best]))
        artefact = normal_cdf(-abs(lead.mean) / lead.error) if lead.error > 0 else 0.0
        if artefact > ARTEFACT:
            unsettled.append(
                f"{money(wtp, context.currency)} ({context.label(names[best])} before "
                f"{context.label(names[next_best])}, {100 * artefact:.1f}%)"
            )
        health = lead.error / wtp if wtp > 0 else None
        rows.append(
            (
                wtp, names[best], context.label(names[best]), names[next_best],
                context.label(names[next_best]), lead.mean, lead.error, health, artefact,
            )
        )  # fmt: skip
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("best", "Name of best"), Column("best_label", "Best"),
        Column("next", "Name of next"), Column("next_label", "Next best"),
        Column("lead", "Mean lead in net monetary benefit", "pence"),
        Column("error", "Monte Carlo error", "pence"),
        Column("error_health", f"the same in {context.unit}s", "number"),
        Column("artefact", "Chance that the ranking is an artefact", "percent"),
    )  # fmt: skip
    notes = [f"From {count(sample.n, 'draw')}: error = standard deviation / square root of draws."]
    if context.design != "random":
        notes.append(
            f"Draws of the design {context.design} are not independent, so this error is too "
            "large; repeat the run with ten seeds for a better one."
        )
    warnings = []
    if unsettled:
        warnings.append(
            f"{count(sample.n, 'draw')} do not settle which option is best at "
            f"{listing(unsettled)}: the percentage is the chance that the order is an artefact of "
            "simulation. More draws would tell."
        )
    title = "Precision of the simulation"
    return Table("monte_carlo", title, columns, tuple(rows), tuple(notes)), warnings


def _quadrants(context: Context, sample: Sample) -> Table:
    rows = []
    for option in context.scenario.options:
        cost, effect = increments(sample, context.effect, option, context.scenario.comparator)
        where = [quadrant(float(c), float(e)) for c, e in zip(cost, effect, strict=True)]
        shares = [where.count(q) / len(where) for q in ("NE", "SE", "SW", "NW", "same effect")]
        rows.append((option, context.label(option), context.scenario.comparator, *shares))
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Compared with"),
        Column("ne", "Costs more, gains more", "percent"),
        Column("se", "Costs less, gains more", "percent"),
        Column("sw", "Costs less, gains less", "percent"),
        Column("nw", "Costs more, gains less", "percent"),
        Column("same", "No meaningful difference in effect", "percent"),
    )  # fmt: skip
    title = "Where the draws lie on the cost-effectiveness plane"
    return Table("quadrants", title, columns, tuple(rows))
