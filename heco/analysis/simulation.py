"""How far the simulated numbers of a run can be trusted, however its draws were made.

Random draws are independent, so their own spread says it. Draws of a Latin hypercube or of a Sobol'
sequence are not: the whole run is repeated with other seeds, and the spread of the repetitions is
the error of one run. Where draws were made in batches until the decision was precise enough, each
batch of such a design is a repetition already. The arithmetic is in `heco.analysis.monte_carlo` and
`heco.analysis.precision`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from heco.analysis.context import Context, psa_sample
from heco.analysis.monte_carlo import (
    Ranking,
    artefact,
    probability_error,
    ranking,
    replicates,
)
from heco.analysis.precision import batch_seed
from heco.outcomes import Array, Outcomes


@dataclass(frozen=True)
class Trust:
    """What is known about the errors of one run at one willingness to pay.

    Parameters
    ----------
    ranking : Ranking
        Best and next best, the lead between them, and the chance that the order is an artefact.
    ceac_error : ndarray, shape (strategy,)
        Monte Carlo error of each probability of being the most cost-effective.
    said : str
        Where the errors are from.
    """

    ranking: Ranking
    ceac_error: Array
    said: str


def trust(context: Context, probabilities: dict[float, Array]) -> dict[float, Trust]:
    """Return what is known about the errors at every willingness to pay of the run.

    Parameters
    ----------
    context : Context
        The run; it must have draws and at least two strategies.
    probabilities : dict of float to ndarray, shape (strategy,)
        Probability of being the most cost-effective, by willingness to pay.
    """
    assert context.psa is not None
    outcomes, n = context.psa.outcomes, context.psa.n
    plain = {
        wtp: ranking(outcomes.net_monetary_benefit(wtp, context.effect)) for wtp in context.wtp
    }
    if context.design == "random":
        return {
            wtp: Trust(
                found,
                np.array([probability_error(float(p), n) for p in probabilities[wtp]]),
                f"the spread of {n:,} independent draws",
            )
            for wtp, found in plain.items()
        }
    if context.precise is not None:
        return _by_batch(context, plain)
    return _repeated(context, plain)


def _by_batch(context: Context, plain: dict[float, Ranking]) -> dict[float, Trust]:
    """Return the errors that the batches of a precise run have shown."""
    assert context.precise is not None
    strategies = len(context.scenario.strategies)
    found = {}
    for step in context.precise.trail:
        one = plain.get(step.wtp)
        if one is not None:  # later batches take the place of earlier ones
            chance = artefact(one.lead, step.error)
            found[step.wtp] = Trust(
                replace(one, error=step.error, artefact=chance),
                np.full(strategies, step.ceac_error), "the spread of the batches",
            )  # fmt: skip
    return found


def _repeated(context: Context, plain: dict[float, Ranking]) -> dict[float, Trust]:
    """Return the errors that repeating the run with other seeds shows."""
    settings = context.scenario.analysis.psa
    runs = settings.replicates if settings is not None else 10
    seeds = [batch_seed(context.seed, run) for run in range(runs)]
    made: dict[int, Outcomes] = {}

    def run(seed: int) -> Outcomes:
        if seed not in made:
            sample, _ = psa_sample(
                context.model, context.requested, seed, context.design, context.jobs
            )
            made[seed] = sample.outcomes
        return made[seed]

    found = {}
    for wtp, one in plain.items():
        repeated = replicates(run, seeds, wtp, context.effect)
        gap = repeated.nmb[:, one.best] - repeated.nmb[:, one.next]
        error = float(np.std(gap, ddof=1))
        found[wtp] = Trust(
            replace(one, error=error, artefact=artefact(one.lead, error)),
            repeated.ceac_error, f"{runs} runs with other seeds",
        )  # fmt: skip
    return found
