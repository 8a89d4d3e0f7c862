"""The value of one input at which an option is worth its cost, given what is unsure about the rest.

One parameter is set to the same value in every draw, all others keep their draws (common random
numbers), and two questions are asked of the value:

- where is incremental net benefit zero *on average*? That is the threshold for a decision maker
  who goes by expectations;
- where is the probability that the option is worth its cost 50, 80 or 90%? That is the value for
  one who wants assurance. The 50% value and the mean one differ where draws are skewed.

Three values tell whether net benefit is a straight line in every draw; then both answers follow
exactly (`heco.analysis.break_even`). Otherwise it is asked at 33 values, and each change is closed
in on. Intervals are bootstrapped: they say what simulating finitely often leaves open, not how
unsure the inputs are. A parameter that is correlated with others is moved by itself.

The gain that must be made by everybody who is treated, or who benefits, is a value of the same
kind: it is a straight line by construction.

Source: O'Hagan, Stevens & Campbell 2005, Pharmaceutical Statistics 4:187 (assurance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.break_even import Crossing, Scan, level, scan_lines, scan_model, solve
from heco.analysis.gsa import Target
from heco.outcomes import Array
from heco.sampling import stream

if TYPE_CHECKING:
    from heco.model import Model
    from heco.sampling import Draws


@dataclass(frozen=True)
class Assurance:
    """The answers about one parameter.

    Parameters
    ----------
    parameter : str
        What was moved.
    low, high : float
        The range looked at. [unit of the parameter]
    method : str
        ``closed form`` (a straight line in every draw) or ``bisection``.
    crossings : tuple of Crossing
        For the mean first, then by probability; several for one question if the answer changes
        back again.
    x : ndarray, shape (point,)
        Values asked. [unit of the parameter]
    mean, probability : ndarray, shape (point,)
        Mean incremental net benefit and probability that it is above 0, nan where the model leaves
        its domain. [currency per person]
    """

    parameter: str
    low: float
    high: float
    method: str
    crossings: tuple[Crossing, ...]
    x: Array
    mean: Array
    probability: Array


def assurance(
    model: Model,
    draws: Draws,
    parameter: str,
    low: float,
    high: float,
    target: Target,
    shares: Sequence[float] = (0.5, 0.8, 0.9),
    seed: int = 1,
) -> Assurance:
    """Find where an option is worth its cost on average, and with given probabilities.

    Parameters
    ----------
    model : Model
        The compiled model.
    draws : Draws
        Of a probabilistic analysis.
    parameter : str
        A scalar parameter, derived ones included.
    low, high : float
        Where to look. [unit of the parameter]
    target : Target
        Option, comparator, willingness to pay.
    shares : sequence of float
        Probabilities asked for.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Assurance
        Answers, and the curves to draw.
    """
    if not low < high:
        raise ValueError(f"the range {low} to {high} is empty")

    def gain(x: float) -> Array:
        outcomes = model.evaluate(draws.replace({parameter: x}))
        inmb = target.outputs(outcomes)["inmb"]
        return np.where(outcomes.valid, inmb, np.nan)

    scan = scan_model(gain, low, high)
    return _answer(parameter, scan, shares, seed)


def assured_gain(
    cost: Array,
    effect: Array,
    people: Array,
    wtp: float,
    shares: Sequence[float] = (0.5, 0.8, 0.9),
    seed: int = 1,
    name: str = "required gain",
) -> Assurance:
    """Find the gain per person counted at which an option is worth its cost.

    Parameters
    ----------
    cost, effect, people : ndarray, shape (draw,)
        Extra cost, other extra effects, and people counted, per person of the cohort.
        [currency, QALYs, people]
    wtp : float
        Willingness to pay. [currency per QALY]
    shares : sequence of float
        Probabilities asked for.
    seed : int
        Of the bootstrap.
    name : str
        What the gain is called.

    Returns
    -------
    Assurance
        Looked for from 0 to beyond what nearly all draws need. [QALYs per person counted]
    """
    intercept, slope = wtp * effect - cost, wtp * people
    counted = people > 0
    own = -intercept[counted] / slope[counted]
    high = float(np.quantile(own, 0.999)) if len(own) else 0.0
    if slope.mean() > 0:
        high = max(high, -float(intercept.mean()) / float(slope.mean()))
    high = 1.05 * high if high > 0 else 1.0
    return _answer(name, scan_lines(intercept, slope, 0.0, high), shares, seed)


def _answer(name: str, scan: Scan, shares: Sequence[float], seed: int) -> Assurance:
    return Assurance(
        name,
        float(scan.x[0]),
        float(scan.x[-1]),
        "closed form" if scan.lines else "bisection",
        solve(scan, shares, stream(seed, f"assurance/{name}")),
        scan.x,
        np.array([level(row, None) for row in scan.table]),
        np.array([level(row, 0.0) for row in scan.table]),
    )
