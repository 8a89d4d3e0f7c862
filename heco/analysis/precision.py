"""As many draws as the decision needs.

Draws are made in batches of 1,000. After each batch two errors are looked at, at every willingness
to pay asked for: whether the best option could trade places with the next best (chance below 0.5%,
or a lead known to 0.0005 QALYs), and how well probabilities are known (error below 0.01). Once both
are small enough, or at 100,000 draws, no more are made.

With the design ``random`` the draws are the first ones of the scenario's seed: stopping at 7,000
gives exactly the 7,000 draws that an ordinary run of that size gives. The other designs fill space
only as a whole, so there each batch is a small design of its own, with a seed derived from the
scenario's and the number of the batch; batches are then independent replicates, their spread is
the error, and at least ten are made. Either way a longer run begins with the batches of a shorter.

Looking again after each batch makes stopping by luck a little more likely than 0.5%; the caps on
both errors are chosen so that this does not matter for the decision.

Source: Hatswell et al. 2018, PharmacoEconomics 36:1421; Yaesoubi 2024, Value in Health.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.batches import joined
from heco.analysis.monte_carlo import REPLICATES, artefact, probability_error
from heco.analysis.summaries import best_shares
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws

if TYPE_CHECKING:
    from heco.model import Model


@dataclass(frozen=True)
class Rule:
    """When to stop.

    Parameters
    ----------
    batch, most : int
        Draws per batch, and in all. Sobol' batches are 1,024 where 1,000 are asked for.
    artefact : float
        Largest chance that the order of the two best is an artefact.
    health : float
        Error of the lead below which its sign no longer matters. [QALYs per person]
    probability : float
        Largest error of the probability of being the most cost-effective.
    """

    batch: int = 1_000
    most: int = 100_000
    artefact: float = 0.005
    health: float = 0.0005
    probability: float = 0.01


@dataclass(frozen=True)
class Step:
    """What was known after so many draws, at one willingness to pay.

    Parameters
    ----------
    draws : int
        Draws so far.
    wtp : float
        Willingness to pay. [currency per QALY]
    inmb, error : float
        Lead of the option that is best in the end over the one that is next in the end, and its
        Monte Carlo error. [currency per person]
    ceac, ceac_error : float
        Probability that the option best in the end is the most cost-effective, and the largest
        error of any option's probability.
    artefact : float
        Chance that the order of the two options best at this point is an artefact.
    settled : bool
        Whether the rule is met.
    """

    draws: int
    wtp: float
    inmb: float
    error: float
    ceac: float
    ceac_error: float
    artefact: float
    settled: bool


@dataclass(frozen=True)
class Precise:
    """Draws made until the decision was precise enough.

    Parameters
    ----------
    draws, outcomes : Draws, Outcomes
        All of them, those outside their domain included (`outcomes.valid` says which).
    trail : tuple of Step
        One per batch and willingness to pay.
    settled : bool
        False if the cap came first.
    """

    draws: Draws
    outcomes: Outcomes
    trail: tuple[Step, ...]
    settled: bool


def precise(
    model: Model,
    wtp: Sequence[float],
    seed: int,
    design: str = "random",
    effect: str = "qaly",
    rule: Rule | None = None,
) -> Precise:
    """Draw until the rule is met at every willingness to pay.

    Parameters
    ----------
    model : Model
        With at least two strategies.
    wtp : sequence of float
        Willingness to pay, at least one. [currency per QALY]
    seed : int
        The scenario's seed.
    design : str
        ``random``, ``lhs`` or ``sobol``.
    effect : str
        ``qaly`` or ``life_years``.
    rule : Rule, optional
        When to stop.

    Returns
    -------
    Precise
        Draws, outcomes, and the trail for a convergence plot.
    """
    rule = rule or Rule()
    if not wtp or len(model.strategies) < 2:
        raise ValueError("precision needs a willingness to pay and two strategies")
    parts: list[Draws] = []
    found: list[Outcomes] = []
    batches: dict[float, list[_Batch]] = {w: [] for w in wtp}
    verdicts: list[dict[float, _Verdict]] = []
    for draws in _batches(model, rule, seed, design):
        parts.append(draws)
        found.append(model.evaluate(draws))
        for w, known in batches.items():
            known.append(_batch(found[-1], w, effect, known[-1] if known else None))
        verdicts.append({w: _judge(known, w, design, rule) for w, known in batches.items()})
        if all(verdict.settled for verdict in verdicts[-1].values()):
            break
    together = replace(parts[0], values=np.hstack([part.values for part in parts]), seed=seed)
    settled = all(verdict.settled for verdict in verdicts[-1].values())
    sizes = np.cumsum([part.n for part in parts]).tolist()
    return Precise(together, joined(found), _trail(batches, verdicts, sizes, design), settled)


def batch_seed(seed: int, batch: int) -> int:
    """Return the seed of one batch of a space-filling design: the same whatever comes after."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{batch}".encode()).digest()[:8], "big")


def _batches(model: Model, rule: Rule, seed: int, design: str) -> Iterator[Draws]:
    size = 1 << (rule.batch - 1).bit_length() if design == "sobol" else rule.batch
    count = max(1, rule.most // size)
    if design != "random":
        for batch in range(count):
            yield model.sample(size, batch_seed(seed, batch), design)
        return
    made = 0
    for batch in range(count):
        if batch == made:
            # More draws extend fewer, so drawing twice as many again costs little more than once.
            made = min(count, max(1, 2 * made))
            draws = model.sample(made * size, seed, design)
        yield draws.take(slice(batch * size, (batch + 1) * size))


@dataclass(frozen=True)
class _Batch:
    """What is kept of a batch, and of all batches up to it: enough for means and errors.

    Net benefits are taken over that of the first strategy: what all strategies share would drown
    the differences.
    """

    mean: Array
    share: Array
    count: int
    total: Array
    scatter: Array
    wins: Array


def _batch(outcomes: Outcomes, wtp: float, effect: str, before: _Batch | None) -> _Batch:
    benefit = outcomes.net_monetary_benefit(wtp, effect)[:, outcomes.valid]
    over = benefit - benefit[0]
    n, mean, share = benefit.shape[1], over.mean(axis=1), best_shares(benefit)
    scatter = (over - mean[:, None]) @ (over - mean[:, None]).T
    count, total, wins = n, n * mean, n * share
    if before is not None:
        # Sums of squares about two means, about the mean of both.
        apart = mean - before.total / before.count
        scatter = scatter + before.scatter
        scatter += np.outer(apart, apart) * n * before.count / (n + before.count)
        count, total, wins = count + before.count, total + before.total, wins + before.wins
    return _Batch(mean, share, count, total, scatter, wins)


@dataclass(frozen=True)
class _Verdict:
    artefact: float
    ceac_error: float
    settled: bool


def _lead(batches: Sequence[_Batch], best: int, after: int, design: str) -> tuple[float, float]:
    """Return the lead of one option over another, and its Monte Carlo error."""
    last = batches[-1]
    lead = float(last.total[best] - last.total[after]) / last.count
    if design == "random":
        s = last.scatter
        spread = max(float(s[best, best] + s[after, after] - 2 * s[best, after]), 0.0)
        return lead, math.sqrt(spread / max(last.count - 1, 1) / last.count)
    if len(batches) < 2:
        return lead, math.inf
    leads = [float(batch.mean[best] - batch.mean[after]) for batch in batches]
    return lead, float(np.std(leads, ddof=1)) / math.sqrt(len(batches))


def _judge(batches: Sequence[_Batch], wtp: float, design: str, rule: Rule) -> _Verdict:
    """Return the chance of a wrong order, the largest error of a probability, and the verdict."""
    last = batches[-1]
    order = np.argsort(-last.total, kind="stable")
    lead, error = _lead(batches, int(order[0]), int(order[1]), design)
    if design == "random":
        ceac_error = max(probability_error(float(p), last.count) for p in last.wins / last.count)
    elif len(batches) > 1:
        spread = np.std([batch.share for batch in batches], axis=0, ddof=1)
        ceac_error = float(spread.max()) / math.sqrt(len(batches))
    else:
        ceac_error = math.inf
    chance = artefact(lead, error)
    clear = chance < rule.artefact or (wtp > 0 and error / wtp < rule.health)
    enough = design == "random" or len(batches) >= REPLICATES
    return _Verdict(chance, ceac_error, clear and ceac_error < rule.probability and enough)


def _trail(
    batches: Mapping[float, Sequence[_Batch]],
    verdicts: Sequence[Mapping[float, _Verdict]],
    sizes: Sequence[int],
    design: str,
) -> tuple[Step, ...]:
    """Return what was known after each batch, about the pair that leads in the end."""
    trail = []
    for k, verdict in enumerate(verdicts):
        for w, known in batches.items():
            best, after = np.argsort(-known[-1].total, kind="stable")[:2]
            lead, error = _lead(known[: k + 1], int(best), int(after), design)
            ceac = float(known[k].wins[best]) / known[k].count
            one = verdict[w]
            trail.append(
                Step(sizes[k], w, lead, error, ceac, one.ceac_error, one.artefact, one.settled)
            )
    return tuple(trail)
