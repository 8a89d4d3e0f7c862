"""Whether there are draws enough: how the answer settles as they are made.

After every so many draws: the lead of the option that is best in the end over the one that is next,
and the probability that it is the most cost-effective, each with its Monte Carlo error. Where draws
were made until the decision was precise enough (`heco.analysis.precision`) these are the batches
after which that was judged, and whether it was enough is said.

Draws of a Latin hypercube or of a Sobol' sequence fill space only as a whole, so there is nothing
to see halfway; how well such a run is known is in the table ``monte_carlo``.

Source: Hatswell et al. 2018, PharmacoEconomics 36:1421.
"""

from __future__ import annotations

import numpy as np

from heco.analysis.context import Context
from heco.analysis.monte_carlo import artefact, ranking
from heco.analysis.precision import Step
from heco.analysis.summaries import difference
from heco.analysis.wording import count, inside, listing, money
from heco.outcomes import Array
from heco.result import Column, Result, Table

NAME = "convergence"
TITLE = "Are there draws enough?"
#: Looks along the way, and the fewest draws that are worth looking at.
LOOKS, FEWEST = 40, 100


def applies(context: Context) -> bool:
    """Return whether there are draws that can be looked at one after the other."""
    several = len(context.scenario.strategies) > 1 and bool(context.wtp)
    along = context.design == "random" or context.precise is not None
    return context.psa is not None and several and along and context.psa.n >= 2 * FEWEST


def run(context: Context) -> Result:
    """Look back at how the answer settled.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``convergence``, with one table of that name; each `Step` is in `data` as ``trail``, and
        the labels of best and next best by willingness to pay as ``pairs``.
    """
    trail = context.precise.trail if context.precise else tuple(_trail(context))
    pairs = {wtp: _pair(context, wtp) for wtp in context.wtp}
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("draws", "Draws", "count"), Column("best_label", "Best in the end"),
        Column("next_label", "Next best in the end"),
        Column("lead", "Mean lead in net monetary benefit", "pence"),
        Column("error", "Monte Carlo error", "pence"),
        Column("probability", "Probability that the best is the most cost-effective", "percent"),
        Column("probability_error", "Monte Carlo error", "percent"),
        Column("artefact", "Chance that the ranking is an artefact", "percent"),
        Column("settled", "Precise enough", "flag"),
    )  # fmt: skip
    rows = tuple(
        (
            step.wtp, step.draws, *pairs[step.wtp], step.inmb,
            step.error if np.isfinite(step.error) else None, step.ceac,
            step.ceac_error if np.isfinite(step.ceac_error) else None, step.artefact,
            step.settled if context.precise else None,
        )
        for step in trail
    )  # fmt: skip
    title = "How the answer settles as draws are made"
    return Result(
        NAME, TITLE, _headline(context), (Table(NAME, title, columns, rows),),
        warnings=_warnings(context, trail), settings=_settings(context),
        data={"trail": trail, "pairs": pairs},
    )  # fmt: skip


def _benefit(context: Context, wtp: float) -> Array:
    assert context.psa is not None
    return context.psa.outcomes.net_monetary_benefit(wtp, context.effect)


def _pair(context: Context, wtp: float) -> tuple[str, str]:
    """Return the best and the next best option in words."""
    assert context.psa is not None
    now, names = ranking(_benefit(context, wtp)), context.psa.outcomes.strategies
    return context.label(names[now.best]), context.label(names[now.next])


def _trail(context: Context) -> list[Step]:
    """Return what was known after every so many draws of an ordinary run."""
    assert context.psa is not None
    n = context.psa.n
    sizes = np.unique(np.linspace(FEWEST, n, LOOKS).astype(int))
    found = []
    for wtp in context.wtp:
        benefit = _benefit(context, wtp)
        end = ranking(benefit)
        gap = difference(benefit[end.best], benefit[end.next])
        middle = float(gap.mean())  # sums of squares about it lose no digits
        sums, squares = np.cumsum(gap - middle), np.cumsum((gap - middle) ** 2)
        top = benefit.max(axis=0)
        ties = (benefit == top).sum(axis=0)
        wins = np.cumsum(np.where(benefit[end.best] == top, 1.0 / ties, 0.0))
        for size in sizes.tolist():
            lead = sums[size - 1] / size
            spread = max(squares[size - 1] / size - lead**2, 0.0) * size / (size - 1)
            error = float(np.sqrt(spread / size))
            share = float(wins[size - 1] / size)
            doubt = float(np.sqrt(share * (1 - share) / size))
            mean = float(lead) + middle
            chance = artefact(mean, error)
            found.append(Step(size, wtp, mean, error, share, doubt, chance, False))
    return found


def _headline(context: Context) -> tuple[str, ...]:
    if context.precise is None:
        return ()
    made = count(context.precise.draws.n, "draw")
    return (
        f"{made} were made, until the decision was precise enough at every willingness to pay."
        if context.precise.settled
        else f"{made} were made, the most that were allowed.",
    )


def _settings(context: Context) -> dict[str, str]:
    settings = context.scenario.analysis.psa
    if context.precise is None or settings is None or settings.precision is None:
        return {}
    rule = settings.precision
    return {
        "precise enough": f"chance of a wrong order below {100 * rule.artefact:g}%, or the lead "
        f"known to {rule.health:g} {context.unit}s; probabilities known to "
        f"{100 * rule.probability:g}%",
        "batches": f"{rule.batch:,} draws, at most {rule.most:,} in all",
    }


def _warnings(context: Context, trail: tuple[Step, ...]) -> tuple[str, ...]:
    if context.precise is None or context.precise.settled:
        return ()
    last = {step.wtp: step for step in trail}
    open_still = [
        f"{money(wtp, context.currency)} ({inside(_pair(context, wtp)[0])})"
        for wtp, step in last.items()
        if not step.settled
    ]
    return (
        f"{count(context.precise.draws.n, 'draw')} do not make the decision as precise as was "
        f"asked for at {listing(open_still)}.",
    )
