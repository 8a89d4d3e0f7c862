"""What is regressed: incremental costs and effects, prepared once for every group of inputs.

Costs and effects of each option against a reference are projected on the columns of a regression;
incremental net benefit is a linear combination of the two, so one projection serves every
willingness to pay. Net benefit is what is smoothed, not costs and effects apart: each incremental
net benefit has its own amount of smoothing at each willingness to pay.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from heco.outcomes import Array

#: Fewer draws than these say nothing about the value of information.
FEWEST = 10

#: Permutations of the draws for the null check, and folds of the cross-fit.
PERMUTATIONS, FOLDS = 10, 5
#: Draws of coefficients, and rows at which they are looked at.
REPEATS, ROWS = 500, 400


class Benefits:
    """Costs and effects of every draw, ready for regressions.

    Parameters
    ----------
    cost, effect : array_like, shape (strategy, draw)
        Per person; every value finite. [currency, QALYs]
    wtp : array_like, shape (threshold,)
        Willingness to pay. [currency per QALY]
    seed : int
        Of permutations, folds and coefficient draws.
    """

    def __init__(
        self, cost: npt.ArrayLike, effect: npt.ArrayLike, wtp: npt.ArrayLike, seed: int = 0
    ) -> None:
        self.cost, self.effect = np.asarray(cost, float), np.asarray(effect, float)
        self.wtp = np.atleast_1d(np.asarray(wtp, float))
        if self.cost.shape != self.effect.shape or self.cost.ndim != 2:
            raise ValueError(f"costs {self.cost.shape} and effects {self.effect.shape}")
        finite = np.isfinite(self.cost).all() and np.isfinite(self.effect).all()
        if not (finite and np.isfinite(self.wtp).all()):
            raise ValueError("costs, effects and willingness to pay must be finite")
        self.strategies, self.n = self.cost.shape
        if self.strategies < 2 or self.n < FEWEST:
            raise ValueError(f"two strategies and {FEWEST} draws are needed at least")
        self.seed = seed

    @cached_property
    def pairs(self) -> Array:
        """Return increments against the first strategy: costs, then effects, (draw, 2 options)."""
        cost, effect = self.cost[1:] - self.cost[0], self.effect[1:] - self.effect[0]
        return np.ascontiguousarray(np.concatenate([cost, effect]).T)

    @cached_property
    def squares(self) -> Array:
        """Return products of the columns of `pairs`, summed over the draws."""
        return np.asarray(self.pairs.T @ self.pairs)

    def weights(self, wtp: float, reference: int = 0) -> Array:
        """Return what makes incremental net benefits of `pairs`, shape (2 options, option).

        Parameters
        ----------
        wtp : float
            Willingness to pay. [currency per QALY]
        reference : int
            The strategy that the others are compared with.
        """
        options = self.strategies - 1
        to_first = np.vstack([-np.eye(options), wtp * np.eye(options)])
        if reference == 0:
            return to_first
        against = np.zeros((options, self.strategies))
        against[:, 1:] = np.eye(options)
        against = against - against[:, [reference]]
        others = [k for k in range(self.strategies) if k != reference]
        return np.asarray(to_first @ against[:, others])

    def inmb(self, wtp: float) -> Array:
        """Return incremental net benefit against the first strategy, shape (draw, option)."""
        return np.asarray(self.pairs @ self.weights(wtp))

    @cached_property
    def random(self) -> np.random.Generator:
        """Return the stream of everything random here."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(10,)))

    @cached_property
    def orders(self) -> list[npt.NDArray[np.intp]]:
        """Return orders of the draws in which inputs have nothing to say."""
        random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(11,)))
        return [random.permutation(self.n) for _ in range(PERMUTATIONS)]

    @cached_property
    def shuffled(self) -> Array:
        """Return `pairs` in each of `orders`, side by side: (draw, permutations * 2 options)."""
        return np.concatenate([self.pairs[order] for order in self.orders], axis=1)

    @cached_property
    def folds(self) -> Array:
        """Return the fold of each draw, shape (draw,)."""
        random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(12,)))
        return np.asarray(random.permutation(np.arange(self.n) % FOLDS))

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """Return the draws at which coefficient draws are looked at."""
        random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(13,)))
        return np.sort(random.choice(self.n, size=min(ROWS, self.n), replace=False))

    def noise(self, components: int) -> Array:
        """Return standard normal draws, shape (repeat, component, option)."""
        random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(14,)))
        return random.standard_normal((REPEATS, components, self.strategies - 1))


def gain(fits: Array) -> float:
    """Return what choosing by the fits gains: mean of the highest less the highest mean.

    Parameters
    ----------
    fits : ndarray, shape (draw, option)
        Incremental net benefit against a reference, which is 0.
    """
    best = int(np.argmax(np.append(fits.mean(axis=0), 0.0)))
    now = fits[:, best] if best < fits.shape[1] else 0.0
    # Draw by draw, so that rounding cannot make it negative.
    return float((np.maximum(fits.max(axis=1), 0.0) - now).mean())
