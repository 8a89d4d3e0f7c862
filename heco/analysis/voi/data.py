"""What a study would show: data simulated in every draw, and the summaries that are regressed on.

One simulated data set per draw of the inputs (Strong et al. 2015, Medical Decision Making 35:570).
The summary of each kind of data is an estimate of the parameter on a scale on which it behaves: a
proportion, a mean, a rate, a log odds ratio with half a person added to each cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.voi.arms import Arm, Categories, Counts, Events, Measurements, Survival
from heco.analysis.voi.noise import Noise
from heco.errors import refuse
from heco.outcomes import Array
from heco.scenario.schema_study import Informed

#: From the sums of the arms and how many people are in each to columns, each shape (draw,).
Summarise = Callable[[Sequence[Array], Sequence[int]], list[Array]]


@dataclass(frozen=True, eq=False)
class Datum:
    """What a study observes of one parameter.

    Parameters
    ----------
    arms : tuple of Arm
        Who is observed.
    summarise : callable
        The summaries of their sums.
    phi : tuple of ndarray, shape (draw,)
        The quantities that are estimated, on the scale of the summaries.
    variance : tuple of float
        Of the estimate of each from one participant, at the mean of the draws.
    """

    arms: tuple[Arm, ...]
    summarise: Summarise
    phi: tuple[Array, ...]
    variance: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Data:
    """Simulated data of a study at one size.

    Parameters
    ----------
    n : int
        Participants.
    summaries : tuple of ndarray, shape (draw,)
        What is regressed on.
    sums : tuple of ndarray, shape (sum, draw)
        Of each arm.
    """

    n: int
    summaries: tuple[Array, ...]
    sums: tuple[Array, ...]


def simulate(
    name: str, data: Sequence[Datum], sizes: Sequence[int], seed: int,
    outcomes: Iterable[Array] = (), number: int = 0,
) -> tuple[Data, ...]:  # fmt: skip
    """Return one data set per draw for each size; larger ones contain the smaller.

    Parameters
    ----------
    name : str
        Of the study; its random stream is its own.
    data : sequence of Datum
        What it observes.
    sizes : sequence of int
        Participants, rising.
    seed : int
        Of the run.
    outcomes : iterable of ndarray, shape (draw,)
        Costs and effects that the chance of the data is to be uncorrelated with, as it is over very
        many draws.
    number : int
        Of the collection of data sets: each number has chance of its own.
    """
    key = int.from_bytes(hashlib.sha256(f"study {name}".encode()).digest()[:8], "big")
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key, number)))
    arms = [arm for datum in data for arm in datum.arms]
    truths = [row for arm in arms for row in np.atleast_2d(arm.theta)]
    noise = Noise(random, len(truths[0]), _apart_from(truths, list(outcomes)))
    made = [[arm.sums(sizes, noise) for arm in datum.arms] for datum in data]
    found = []
    for k, n in enumerate(sizes):
        summaries: list[Array] = []
        sums: list[Array] = []
        for datum, parts in zip(data, made, strict=True):
            mine = [part[k] for part in parts]
            summaries += datum.summarise(mine, [arm.people(n) for arm in datum.arms])
            sums += mine
        found.append(Data(n, tuple(summaries), tuple(sums)))
    return tuple(found)


def _apart_from(truths: Sequence[Array], outcomes: Sequence[Array]) -> list[Array]:
    """Return what chance is not to go along with: truths, outcomes, and products of the two.

    The products keep the slope of an outcome over noisy data as it is, wherever on the slope.
    """
    scaled = [_standard(x) for x in truths if np.ptp(x) > 0]
    results = [_standard(x) for x in outcomes if np.ptp(x) > 0]
    return [*scaled, *results, *(x * y for x in scaled for y in [x, *results])]


def _standard(x: Array) -> Array:
    return np.asarray((x - x.mean()) / x.std())


def datum(
    where: str, informed: Informed, theta: Sequence[Array], extra: Mapping[str, Array]
) -> Datum:
    """Return what a study observes of a parameter.

    Parameters
    ----------
    where : str
        Place of the entry, for problems.
    informed : Informed
        As written.
    theta : sequence of ndarray, shape (draw,)
        Values of the parameter; several for the components of a joint one.
    extra : mapping of str to ndarray, shape (draw,)
        Values of ``sensitivity``, ``specificity`` and ``control``.

    Raises
    ------
    ScenarioError
        If values cannot be what they are said to be.
    """
    x, share, kind = theta[0], informed.share, informed.data
    if kind in ("binomial", "prevalence"):
        _probability(x, where, "the parameter")
        se = extra.get("sensitivity", np.ones_like(x))
        sp = extra.get("specificity", np.ones_like(x))
        _probability(se, where, "sensitivity")
        _probability(sp, where, "specificity")
        seen = x * se + (1 - x) * (1 - sp)
        tells = max(abs(float(np.mean(se + sp - 1))), 1e-9)
        variance = float(np.mean(seen * (1 - seen))) / share / tells**2
        return Datum((Events(seen, share),), _proportion, (x,), (variance,))
    if kind in ("normal", "utility"):
        assert informed.sd is not None
        arm = Measurements(x, share, informed.sd)
        return Datum((arm,), _mean, (x,), (informed.sd**2 / share,))
    if kind in ("poisson", "survival"):
        _positive(x, where)
        years = informed.years or 1.0
        if kind == "poisson":
            variance = float(np.mean(x)) / (years * share)
            return Datum((Counts(x, share, years),), _rate(years), (x,), (variance,))
        reach = max(float(np.mean(-np.expm1(-x * years))), 1e-12)
        variance = float(np.mean(x)) ** 2 / (reach * share)
        return Datum((Survival(x, share, years),), _hazard, (x,), (variance,))
    if kind == "multinomial":
        stacked = np.stack(list(theta))
        _probability(stacked, where, "a share")
        if not np.allclose(stacked.sum(axis=0), 1.0, atol=1e-6):
            raise refuse("the shares of the categories do not add up to 1", where)
        parts = tuple(stacked[:-1])
        variances = tuple(float(np.mean(p * (1 - p))) / share for p in parts)
        return Datum((Categories(stacked, share),), _shares, parts, variances)
    return _trial(where, informed, x, extra)


def _trial(where: str, informed: Informed, x: Array, extra: Mapping[str, Array]) -> Datum:
    treated, other = informed.allocation, 1 - informed.allocation
    share = informed.share
    if informed.measure == "md":
        assert informed.sd is not None
        arms: tuple[Arm, ...] = (
            Measurements(x, share * treated, informed.sd),
            Measurements(np.zeros_like(x), share * other, informed.sd),
        )
        variance = informed.sd**2 * (1 / treated + 1 / other) / share
        return Datum(arms, _difference, (x,), (variance,))
    control = extra.get("control")
    if informed.measure == "probability":
        risk = x
    else:
        assert control is not None
        _probability(control, where, "control")
        odds = x * control
        risk = {"or": odds / (1 - control + odds), "rr": odds, "rd": control + x}[informed.measure]
    _probability(risk, where, "the probability in the treated arm")
    one = risk * (1 - risk)
    first = Events(risk, share * treated)
    if control is None:
        return Datum((first,), _proportion, (x,), (float(np.mean(one)) / (treated * share),))
    second = Events(control, share * other)
    zero = control * (1 - control)
    arm_1, arm_2 = float(np.mean(one)) / (treated * share), float(np.mean(zero)) / (other * share)
    if np.ptp(control) > 0:  # the control arm tells something as well
        summarise = _compared(informed.measure, both=True)
        return Datum((first, second), summarise, (risk, control), (arm_1, arm_2))
    spread = share * (arm_1 if informed.measure == "probability" else arm_1 + arm_2)
    if informed.measure == "or":
        spread = float(1 / (treated * np.mean(one)) + 1 / (other * np.mean(zero)))
    elif informed.measure == "rr":
        spread = float(
            np.mean(1 - risk) / (treated * np.mean(risk))
            + np.mean(1 - control) / (other * np.mean(control))
        )
    phi = np.log(x) if informed.measure in ("or", "rr") else x
    summarise = _compared(informed.measure, both=False)
    return Datum((first, second), summarise, (phi,), (spread / share,))


def _proportion(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
    return [sums[0][0] / people[0]]


def _mean(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
    return [sums[0][0] / people[0]]


def _rate(years: float) -> Summarise:
    return lambda sums, people: [sums[0][0] / (people[0] * years)]


def _hazard(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
    return [np.log((sums[0][0] + 0.5) / sums[0][1])]


def _shares(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
    return list(sums[0][:-1] / people[0])


def _difference(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
    return [sums[0][0] / people[0] - sums[1][0] / people[1]]


def _compared(measure: str, both: bool) -> Summarise:
    def summaries(sums: Sequence[Array], people: Sequence[int]) -> list[Array]:
        p, q = ((s[0] + 0.5) / (n + 1) for s, n in zip(sums, people, strict=True))
        found = {
            "or": lambda: np.log(p / (1 - p)) - np.log(q / (1 - q)),
            "rr": lambda: np.log(p / q),
            "rd": lambda: p - q,
            "probability": lambda: p,
        }[measure]()
        return [found, q] if both else [found]

    return summaries


def _probability(values: Array, where: str, what: str) -> None:
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise refuse(f"{what} is not a probability in every draw", where)


def _positive(values: Array, where: str) -> None:
    if not (np.isfinite(values).all() and values.min() >= 0):
        raise refuse("the parameter is not a rate (0 or more) in every draw", where)
