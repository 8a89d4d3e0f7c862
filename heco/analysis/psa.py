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

from typing import Any

import numpy as np

from heco.analysis.context import Context, Sample, increments
from heco.analysis.curves import Curves, curves
from heco.analysis.monte_carlo import printed
from heco.analysis.plane import QUADRANTS, quadrant_shares
from heco.analysis.simulation import Trust, trust
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
    if context.wtp and not context.cost_only:
        outcomes = sample.outcomes
        made = curves(outcomes.cost, outcomes.effect(context.effect), context.wtp)
        known = trust(context, {wtp: made.ceac[:, k] for k, wtp in enumerate(context.wtp)})
        shares, quantities, headline = _shares(context, made, known)
        precision, warnings = _precision(context, known)
        tables = [shares, precision]
    if not context.cost_only:
        tables.append(_quadrants(context, sample))
    options = context.scenario.options
    pairs = [increments(sample, context.effect, o, context.scenario.comparator) for o in options]
    settings = {"draws": f"{sample.n:,}"}
    if not context.imported:
        settings |= {"design": context.design, "seed": str(context.seed)}
    return Result(
        analysis=NAME,
        title=TITLE,
        headline=tuple(headline),
        tables=tuple(tables),
        quantities=tuple(quantities),
        warnings=tuple(warnings),
        settings=settings,
        data={
            "strategies": options,
            "incremental_cost": np.stack([cost for cost, _ in pairs]),
            "incremental_effect": np.stack([effect for _, effect in pairs]),
        },
    )


def _shares(
    context: Context, made: Curves, known: dict[float, Trust]
) -> tuple[Table, list[Quantity], list[str]]:
    assert context.psa is not None
    names = context.psa.outcomes.strategies
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline = []
    for k, wtp in enumerate(context.wtp):
        leader = int(made.best[k])
        for i, name in enumerate(names):
            p, error = float(made.ceac[i, k]), float(known[wtp].ceac_error[i])
            rows.append(
                (
                    wtp, name, context.label(name), float(made.nmb[i, k]), p, error, i == leader,
                    _shown(p, error),
                )
            )  # fmt: skip
            quantities.append(_probability("ceac", p, name, wtp))
        quantities.append(_probability("ceaf", float(made.ceaf[k]), names[leader], wtp))
        headline.append(
            f"At {money(wtp, context.currency)} per {context.unit}, "
            f"{inside(context.label(names[leader]))} has the highest mean net benefit; the "
            f"probability that it is the most cost-effective is {chance(float(made.ceaf[k]))}."
        )
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("mean_nmb", "Mean net monetary benefit", "money"),
        Column("probability", "Probability most cost-effective", "percent"),
        Column("error", "Monte Carlo error", "percent"),
        Column("best", "Highest mean net benefit", "flag"),
        Column("printed", "Probability, to the digits that the error supports"),
    )  # fmt: skip
    notes = (
        "Share of draws in which the option has the highest net monetary benefit of all. The "
        "option with the highest mean is the one to choose, even if another is best more often.",
    )
    title = "Probability most cost-effective"
    table = Table("probability_cost_effective", title, columns, tuple(rows), notes)
    return table, quantities, headline


def _shown(p: float, error: float) -> str:
    """Return a probability to the digits that its error supports; never 0% or 100%."""
    if not 0 < p < 1:  # no draw speaks against it, so there is no error either
        return chance(p)
    digits = f"{printed(100 * p, 100 * error)}%"
    return chance(p) if digits in ("0%", "100%") else digits


def _probability(name: str, value: float, strategy: str, wtp: float) -> Quantity:
    return Quantity(name, value, strategy, wtp=wtp, unit="probability", basis="probabilistic")


def _precision(context: Context, known: dict[float, Trust]) -> tuple[Table, list[str]]:
    """Return how precise the means are, and a warning where the ranking is not settled."""
    assert context.psa is not None
    names = context.psa.outcomes.strategies
    rows: list[tuple[Any, ...]] = []
    unsettled = []
    for wtp in context.wtp:
        now = known[wtp].ranking
        best, after = names[now.best], names[now.next]
        if now.artefact > ARTEFACT:
            unsettled.append(
                f"{money(wtp, context.currency)} ({context.label(best)} before "
                f"{context.label(after)}, {100 * now.artefact:.1f}%)"
            )
        rows.append(
            (
                wtp, best, context.label(best), after, context.label(after), now.lead, now.error,
                now.error / wtp if wtp > 0 else None, now.artefact, printed(now.lead, now.error),
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
        Column("printed", "Lead, to the digits that the error supports"),
    )  # fmt: skip
    draws = count(context.psa.n, "draw")
    notes = (f"{draws}; errors from {known[context.wtp[0]].said}.",)
    warnings = []
    if unsettled:
        warnings.append(
            f"{draws} do not settle which option is best at {listing(unsettled)}: the percentage "
            "is the chance that the order is an artefact of simulation. More draws would tell."
        )
    title = "Precision of the simulation"
    return Table("monte_carlo", title, columns, tuple(rows), notes), warnings


def _quadrants(context: Context, sample: Sample) -> Table:
    rows = []
    for option in context.scenario.options:
        cost, effect = increments(sample, context.effect, option, context.scenario.comparator)
        shares = quadrant_shares(cost, effect)
        each = [float(shares[name]) for name in QUADRANTS]
        rows.append((option, context.label(option), context.scenario.comparator, *each))
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
