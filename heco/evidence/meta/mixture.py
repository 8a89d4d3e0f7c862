"""Mixtures of normal distributions: what is left after averaging a normal over its variance.

A t distribution plus a normal one, and every posterior of the Bayesian model, are such mixtures.
Quantiles are found by Newton's rule on the scale of normal deviates, where a mixture's
distribution function is nearly a straight line; many quantiles are interpolated from a table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from heco.evidence.meta.linear import FloatArray

#: Entries of the table from which many quantiles are interpolated: the fewest and the most, and
#: how many times the number of parts there may be in all.
_FEWEST, _MOST, _WORK = 257, 4097, 200_000
#: Newton steps, or halvings where a step would leave the bracket; a handful is usual.
_STEPS = 200


@dataclass(frozen=True)
class NormalMixture:
    """A mixture of normal distributions.

    Parameters
    ----------
    weights, means, sds : ndarray, shape (part,)
        Weights sum to 1; standard deviations are more than 0 (of a single part: 0 or more).
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """The standard deviation."""
        around = self.sds**2 + (self.means - self.mean) ** 2
        return math.sqrt(float(self.weights @ around))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Return the probability of a smaller value at each of `x`."""
        from scipy.special import ndtr

        x = np.asarray(x, dtype=float)
        return np.asarray(ndtr((x[..., np.newaxis] - self.means) / self.sds) @ self.weights)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at each of `x`."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        heights = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return np.asarray(heights @ (self.weights / self.sds))

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`, each in (0, 1)."""
        from scipy.special import ndtri

        z = np.asarray(ndtri(u), dtype=float)
        if len(self.weights) == 1:
            return np.asarray(self.means[0] + self.sds[0] * z)
        entries = min(max(_WORK // len(self.weights), _FEWEST), _MOST)
        if z.size <= entries:
            return self._quantiles(z.ravel())[0].reshape(z.shape)
        table = np.linspace(z.min(), z.max(), entries)
        x, slope = self._quantiles(table)
        step = table[1] - table[0]
        at = np.minimum(((z - table[0]) / step).astype(np.intp), entries - 2)
        t = (z - table[at]) / step
        # Cubic Hermite: exact values and slopes at both ends of every step.
        left = (1 + 2 * t) * x[at] + t * step * slope[at]
        right = (3 - 2 * t) * x[at + 1] - (1 - t) * step * slope[at + 1]
        return np.asarray((1 - t) ** 2 * left + t**2 * right)

    def _quantiles(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the quantiles of normal deviates, and how fast they change with them."""
        from scipy.special import ndtr, ndtri

        ends = self.means + self.sds * z[:, np.newaxis]
        low, high = ends.min(axis=1), ends.max(axis=1)
        side = np.where(z > 0, -1.0, 1.0)  # each tail by its own small probability
        x = np.clip(self.mean, low, high)
        for _ in range(_STEPS):
            parts = side[:, np.newaxis] * (x[:, np.newaxis] - self.means) / self.sds
            reached = side * np.asarray(ndtri(np.maximum(ndtr(parts) @ self.weights, 1e-300)))
            slope = np.exp(-(reached**2) / 2) / math.sqrt(2 * math.pi) / self.pdf(x)
            low, high = np.where(reached < z, x, low), np.where(reached > z, x, high)
            moved = x + (z - reached) * slope
            outside = ~((moved > low) & (moved < high))
            moved = np.where(outside, (low + high) / 2, moved)
            done = np.abs(moved - x) <= 1e-13 * np.maximum(np.abs(x), self.sds.min())
            x = moved
            if np.all(done):
                break
        return x, slope
