"""How little would have to be different for the decision to change: the nearest flip.

The smallest joint change of all uncertain inputs at which another strategy becomes the best. Every
input is measured by its standard-normal score: 1 is about one standard error, 1.96 the end of its
95% interval, whatever the shape of its distribution. The distance of a set of scores from the base
case is the root of their summed squares, as in first-order reliability methods, where it is called
beta; for a linear model with normal inputs it is |mean INMB| / sd(INMB). Inputs that are drawn
together are changed along their joint distribution.

The search follows the gradient of incremental net benefit, one evaluation of k + 1 rows a step,
from several starts: the straight line to the linearised boundary, and those random draws nearest to
the base case in which the decision is another. The answer is moved along its ray to where the sign
changes, and the model is asked again on both sides. A boundary hidden in a corner that neither
gradients nor draws point to can be missed, so the distance is an upper bound.

Sources: Hasofer & Lind 1974, Journal of the Engineering Mechanics Division 100:111; Rackwitz &
Fiessler 1978, Computers & Structures 9:489; Kraft 1988, DFVLR-FB 88-28 (SLSQP, as in SciPy).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.cube import Cube, cube
from heco.evidence.distributions import Dirichlet
from heco.model.drawing import ingredients
from heco.outcomes import Array
from heco.sampling import stream

if TYPE_CHECKING:
    from heco.model import Model
    from heco.sampling import Draws

#: Farthest change looked at, in standard errors of each input.
FARTHEST = 6.0
#: Random draws from which starts are taken, and how many starts.
SCOUTS, STARTS = 2_000, 4
#: Step of the difference quotient. [standard errors]
_STEP = 1e-4


@dataclass(frozen=True)
class Flip:
    """The smallest joint change that makes another strategy the best.

    Parameters
    ----------
    best, rival : str
        The best strategy in the base case, and the one that overtakes it.
    wtp : float
        Willingness to pay. [currency per QALY]
    distance : float
        Size of the change, over all inputs together. [standard errors]
    scores : dict of str to float
        Change of each independent input, largest first: up or down for a single parameter, the
        size of the joint change for inputs that are drawn together. [standard errors]
    values : dict of str to (float, float)
        Each drawn parameter and component: in the base case, and where the decision changes.
    inmb, inmb_there : float
        Lead of the rival in the base case, and just beyond the boundary, from a run of its own.
        [currency per person]
    """

    best: str
    rival: str
    wtp: float
    distance: float
    scores: dict[str, float]
    values: dict[str, tuple[float, float]]
    inmb: float
    inmb_there: float


@dataclass(frozen=True)
class _Search:
    """Net benefit of a rival over the best strategy, as a function of scores."""

    model: Model
    space: Cube
    sides: tuple[str, ...]
    origin: Array
    best: int
    rival: int
    wtp: float
    effect: str

    def gain(self, z: Array) -> Array:
        """Return the rival's lead at scores of shape (side, row); nan outside the domain."""
        outcomes = self.model.evaluate(self.draws(z))
        benefit = outcomes.net_monetary_benefit(self.wtp, self.effect)
        return np.where(outcomes.valid, benefit[self.rival] - benefit[self.best], np.nan)

    def draws(self, z: Array) -> Draws:
        """Return parameter values at scores; files of joint samples keep their base values."""
        from scipy.special import ndtr

        places = dict(zip(self.sides, ndtr(z), strict=True))
        middle = np.full(z.shape[1], 0.5)
        drawn = self.space.draws(np.stack([places.get(side, middle) for side in self.space.sides]))
        still = [
            name
            for label, sides in self.space.inputs.items()
            if sides[0] not in places
            for name in self.space.members[label]
        ]
        base = self.model.base()
        return drawn.replace({name: base.column(name)[0] for name in still}) if still else drawn

    def slope(self, z: Array) -> tuple[float, Array]:
        """Return the lead at one point and its gradient, from one evaluation of k + 1 rows."""
        rows = np.repeat(z[:, None], len(z) + 1, axis=1)
        step = np.where(z < 0, _STEP, -_STEP)  # towards the middle: away from the tails
        rows[np.arange(len(z)), np.arange(1, len(z) + 1)] += step
        values = self.gain(rows)
        gradient = (values[1:] - values[0]) / step
        return float(values[0]), np.where(np.isfinite(gradient), gradient, 0.0)


def flips(
    model: Model, wtp: float, effect: str = "qaly", seed: int = 1
) -> tuple[str, tuple[Flip, ...]]:
    """Return the best strategy in the base case, and what it takes for each rival to overtake it.

    Parameters
    ----------
    model : Model
        With uncertain inputs and at least two strategies.
    wtp : float
        Willingness to pay. [currency per QALY]
    effect : str
        ``qaly`` or ``life_years``.
    seed : int
        Of the draws that the search starts from.

    Returns
    -------
    best : str
        The best strategy in the base case.
    flips : tuple of Flip
        Nearest first; a rival that does not overtake within `FARTHEST` standard errors of any
        input is left out.
    """
    outcomes = model.evaluate(model.base())
    benefit = outcomes.net_monetary_benefit(wtp, effect)[:, 0]
    best = int(np.argmax(benefit))
    space = cube(model)
    known = base_scores(model, space)
    sides = tuple(side for side in space.sides if side in known)
    origin = np.array([known[side] for side in sides])
    found = []
    for rival in range(len(benefit)) if sides else ():
        if rival != best:
            search = _Search(model, space, sides, origin, best, rival, wtp, effect)
            edge = _nearest(search, seed)
            if edge is not None:
                found.append(_described(search, edge, float(benefit[rival] - benefit[best])))
    return outcomes.strategies[best], tuple(sorted(found, key=lambda flip: flip.distance))


def base_scores(model: Model, space: Cube) -> dict[str, float]:
    """Return the standard-normal scores at which every parameter has its base value.

    A parameter whose base value is its median has 0. The components of a Dirichlet have the scores
    of their gammas' means, so that together they are the base shares; correlated parameters have
    the scores that their mixing turns into those of their base values. Files of joint samples have
    no scores.
    """
    from scipy.special import gammainc, ndtri

    scores: dict[str, float] = {}
    for name, family in model.scenario.distributions.items():
        if isinstance(family, Dirichlet):
            for part, alpha in zip(family.components, family.alpha, strict=True):
                scores[f"{name}.{part}"] = float(ndtri(gammainc(alpha, alpha)))
        elif family.components:
            # The base of a multivariate normal is its mean and its median.
            scores |= {f"{name}.{part}": 0.0 for part in family.components}
        else:
            scores[name] = _score(family.ppf, float(model.base().column(name)[0]))
    for correlation in ingredients(model.scenario)[0]:
        for names, factor in correlation.factors()[0]:
            own = np.linalg.solve(factor, np.array([scores[name] for name in names]))
            scores |= dict(zip(names, own.tolist(), strict=True))
    return scores


def _score(ppf: Callable[[Array], Array], value: float) -> float:
    """Return the score whose quantile is a value, by bisection."""
    from scipy.special import ndtr

    if float(ppf(np.array([0.5]))[0]) == value:
        return 0.0
    low, high = -8.0, 8.0
    for _ in range(80):
        middle = (low + high) / 2
        below = float(ppf(np.array([ndtr(middle)]))[0]) < value
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def _nearest(search: _Search, seed: int) -> Array | None:
    """Return the point beyond the boundary nearest to the base case, if any is near enough."""
    found: list[tuple[float, Array]] = []
    for start in _starts(search, seed):
        for end in (_descended(search, start), start):
            edge = _edge(search, end)
            if edge is not None:
                found.append((float(np.linalg.norm(edge - search.origin)), edge))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _starts(search: _Search, seed: int) -> list[Array]:
    """Return where to start: the linearised boundary, and the nearest draws beyond the real one."""
    from scipy.special import ndtri

    value, gradient = search.slope(search.origin)
    starts = []
    steep = float(gradient @ gradient)
    if steep > 0 and math.isfinite(value):
        step = -value * gradient / steep
        starts.append(search.origin + step * min(1.0, FARTHEST / max(np.abs(step).max(), 1e-300)))
    u = np.stack([stream(seed, f"flip/{side}").random(SCOUTS) for side in search.sides])
    z = ndtri(np.clip(u, 1e-9, 1 - 1e-9))
    # Half of the scouts look twice as far, for decisions that draws hardly ever change.
    z[:, SCOUTS // 2 :] = np.clip(2.0 * z[:, SCOUTS // 2 :], -FARTHEST, FARTHEST)
    beyond = np.flatnonzero(search.gain(search.origin[:, None] + z) > 0)
    order = beyond[np.argsort(np.linalg.norm(z[:, beyond], axis=0))]
    return starts + [search.origin + z[:, i] for i in order[:STARTS]]


def _descended(search: _Search, start: Array) -> Array:
    """Return the nearest point of the boundary by sequential quadratic programming."""
    from scipy.optimize import minimize

    origin, cache = search.origin, dict[bytes, tuple[float, Array]]()
    value, gradient = search.slope(origin)
    scale = max(abs(value) if math.isfinite(value) else 0.0, float(np.linalg.norm(gradient)), 1e-9)

    def constraint(z: Array) -> tuple[float, Array]:
        key = z.tobytes()
        if key not in cache:
            lead, slope = search.slope(z)
            # Outside the domain of the model nothing is decided: turn back.
            cache[key] = (lead / scale, slope / scale) if math.isfinite(lead) else (-1.0, 0.0 * z)
        return cache[key]

    found = minimize(
        lambda z: 0.5 * float((z - origin) @ (z - origin)),
        start,
        jac=lambda z: z - origin,
        bounds=[(at - FARTHEST, at + FARTHEST) for at in origin],
        constraints=[
            {"type": "ineq", "fun": lambda z: constraint(z)[0], "jac": lambda z: constraint(z)[1]}
        ],
        method="SLSQP",
        options={"maxiter": 60, "ftol": 1e-10},
    )
    return np.asarray(found.x, dtype=float)


def _edge(search: _Search, end: Array) -> Array | None:
    """Return the first point on the ray to `end` at which the rival leads, to nine digits."""
    ray = end - search.origin
    low, high = 0.0, 1.02  # a little beyond: the search stops on the boundary, not past it
    for _ in range(5):
        t = np.linspace(low, high, 65)
        leads = search.gain(search.origin[:, None] + ray[:, None] * t) > 0
        if not leads.any():
            return None
        first = int(np.argmax(leads))
        low, high = float(t[max(first - 1, 0)]), float(t[first])
    return search.origin + high * ray


def _described(search: _Search, edge: Array, inmb: float) -> Flip:
    """Return a flip in words and numbers, the lead beyond the boundary from a run of its own."""
    model, space = search.model, search.space
    there, base = search.draws(edge[:, None]), model.base()
    change = dict(zip(search.sides, (edge - search.origin).tolist(), strict=True))
    scores = {}
    for label, sides in space.inputs.items():
        moves = [change[side] for side in sides if side in change]
        if moves:
            scores[label] = moves[0] if len(moves) == 1 else math.hypot(*moves)
    names = [name for name in there.names if name in base.names]
    return Flip(
        best=model.strategies[search.best],
        rival=model.strategies[search.rival],
        wtp=search.wtp,
        distance=float(np.linalg.norm(edge - search.origin)),
        scores=dict(sorted(scores.items(), key=lambda item: -abs(item[1]))),
        values={n: (float(base.column(n)[0]), float(there.column(n)[0])) for n in names},
        inmb=inmb,
        inmb_there=float(search.gain(edge[:, None])[0]),
    )
