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
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.monte_carlo import REPLICATES, artefact, probability_error, ranking
from heco.analysis.summaries import best_shares
from heco.outcomes import Array, Outcomes, OutOfDomain
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
    steps: list[list[tuple[float, float, bool]]] = []
    for draws in _batches(model, rule, seed, design):
        parts.append(draws)
        found.append(model.evaluate(draws))
        steps.append([_judge(found, w, effect, design, rule) for w in wtp])
        if all(settled for _, _, settled in steps[-1]):
            break
    together = replace(parts[0], values=np.hstack([part.values for part in parts]), seed=seed)
    trail = _trail(found, wtp, effect, design, steps)
    return Precise(together, joined(found), trail, all(settled for _, _, settled in steps[-1]))


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


def _benefit(parts: Sequence[Outcomes], wtp: float, effect: str) -> list[Array]:
    """Return the net benefit of the draws in their domain, by batch."""
    return [part.net_monetary_benefit(wtp, effect)[:, part.valid] for part in parts]


def _errors(
    batches: Sequence[Array], best: int, after: int, design: str
) -> tuple[float, float, float, float]:
    """Return lead, its error, the probability of the best, and the largest error of any."""
    benefit = np.hstack(batches)
    gap = benefit[best] - benefit[after]
    shares = best_shares(benefit)
    if design == "random":
        error = float(np.std(gap, ddof=1)) / math.sqrt(len(gap))
        ceac_error = max(probability_error(float(p), len(gap)) for p in shares)
    elif len(batches) > 1:
        leads = [float(np.mean(batch[best] - batch[after])) for batch in batches]
        each = np.stack([best_shares(batch) for batch in batches])
        error = float(np.std(leads, ddof=1)) / math.sqrt(len(batches))
        ceac_error = float(np.std(each, axis=0, ddof=1).max()) / math.sqrt(len(batches))
    else:
        error = ceac_error = math.inf
    return float(gap.mean()), error, float(shares[best]), ceac_error


def _judge(
    parts: Sequence[Outcomes], wtp: float, effect: str, design: str, rule: Rule
) -> tuple[float, float, bool]:
    """Return the chance of a wrong order, the largest error of a probability, and the verdict."""
    batches = _benefit(parts, wtp, effect)
    now = ranking(np.hstack(batches))
    lead, error, _, ceac_error = _errors(batches, now.best, now.next, design)
    chance = artefact(lead, error)
    clear = chance < rule.artefact or (wtp > 0 and error / wtp < rule.health)
    enough = design == "random" or len(parts) >= REPLICATES
    return chance, ceac_error, clear and ceac_error < rule.probability and enough


def _trail(
    parts: Sequence[Outcomes],
    wtp: Sequence[float],
    effect: str,
    design: str,
    steps: Sequence[Sequence[tuple[float, float, bool]]],
) -> tuple[Step, ...]:
    """Return what was known after each batch, about the pair that leads in the end."""
    trail: list[Step] = []
    sizes = np.cumsum([part.n for part in parts])
    all_batches = {w: _benefit(parts, w, effect) for w in wtp}
    last = {w: ranking(np.hstack(all_batches[w])) for w in wtp}
    for k, verdicts in enumerate(steps):
        for w, (chance, ceac_error, settled) in zip(wtp, verdicts, strict=True):
            pair = (last[w].best, last[w].next)
            lead, error, share, _ = _errors(all_batches[w][: k + 1], *pair, design)
            trail.append(Step(int(sizes[k]), w, lead, error, share, ceac_error, chance, settled))
    return tuple(trail)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Return the outcomes of several batches as those of one.

    Parameters
    ----------
    parts : sequence of Outcomes
        Of the same model, in order.
    """
    first = parts[0]

    def together(values: Sequence[Any]) -> Any:
        if isinstance(values[0], Mapping):
            keys = dict.fromkeys(key for value in values for key in value)
            shape = first.cost.shape[:1]
            return {
                key: np.concatenate(
                    [
                        value[key] if key in value else np.zeros((*shape, part.n))
                        for value, part in zip(values, parts, strict=True)
                    ],
                    axis=-1,
                )
                for key in keys
            }
        if isinstance(values[0], np.ndarray):
            return np.concatenate(values, axis=-1)
        return values[0]

    kept = ("strategies", "states", "tunnels", "out_of_domain")
    merged = {
        field.name: together([getattr(part, field.name) for part in parts])
        for field in fields(first)
        if field.name not in kept
    }
    return replace(first, **merged, out_of_domain=_places(parts))


def _places(parts: Sequence[Outcomes]) -> tuple[OutOfDomain, ...]:
    """Return the places where draws left their domain, counted over all batches."""
    places: dict[tuple[str, str], OutOfDomain] = {}
    for part in parts:
        for place in part.out_of_domain:
            # The first offending value ends the sentence in brackets; it differs by batch.
            key = (place.where, place.what.rsplit(" (", 1)[0])
            before = places.get(key)
            count = place.draws + (before.draws if before else 0)
            places[key] = replace(before or place, draws=count)
    return tuple(sorted(places.values(), key=lambda p: (-p.draws, p.where, p.what)))
