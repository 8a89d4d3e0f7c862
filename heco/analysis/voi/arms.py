"""Data of one group of people, as the sums that matter, for every draw and several sizes.

Sums grow with the group: the data of a larger study contain those of a smaller one, so the worth of
studies of several sizes is compared on common random numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.voi.noise import Noise
from heco.outcomes import Array

#: More events than this are so many that their mean time is normal.
MANY = 40


@dataclass(frozen=True, eq=False)
class Arm(ABC):
    """A group of people who are observed in one way.

    Parameters
    ----------
    theta : ndarray, shape (draw,) or (category, draw)
        What is true in each draw.
    share : float
        Observations per participant.
    """

    theta: Array
    share: float

    def people(self, n: int) -> int:
        """Return how many observations a study of a size makes; one at least."""
        return max(1, round(self.share * n))

    def sums(self, sizes: Sequence[int], noise: Noise) -> list[Array]:
        """Return the sums for each size of the study, each shape (sum, draw)."""
        made: list[Array] = []
        total, done = None, 0
        for n in sizes:
            now = self.people(n)
            if total is None:
                total = self._more(now, noise)
            elif now > done:
                total = total + self._more(now - done, noise)
            done = now
            made.append(total)
        return made

    @abstractmethod
    def _more(self, people: int, noise: Noise) -> Array:
        """Return the sums of so many more people, shape (sum, draw)."""

    @abstractmethod
    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw of sums, shape (sum,), but for a constant."""


@dataclass(frozen=True, eq=False)
class Events(Arm):
    """How many have an event; the sum is their number."""

    def _more(self, people: int, noise: Noise) -> Array:
        return noise.binomial(people, self.theta)[None]

    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw, shape (draw,)."""
        p = np.clip(self.theta, 1e-300, 1 - 1e-16)
        return np.asarray(sums[0] * np.log(p) + (people - sums[0]) * np.log1p(-p))


@dataclass(frozen=True, eq=False)
class Categories(Arm):
    """Which of several categories; the sums are how many are in each."""

    def _more(self, people: int, noise: Noise) -> Array:
        left = np.full(self.theta.shape[1], float(people))
        rest = np.ones(self.theta.shape[1])
        found = np.zeros(self.theta.shape)
        for k, p in enumerate(self.theta[:-1]):
            of = np.divide(p, rest, out=np.zeros_like(p), where=rest > 0)
            found[k] = noise.binomial(left, of)
            left = left - found[k]
            rest = rest - p
        found[-1] = left
        return found

    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw, shape (draw,)."""
        return np.asarray(sums @ np.log(np.maximum(self.theta, 1e-300)))


@dataclass(frozen=True, eq=False)
class Measurements(Arm):
    """A measurement of each; the sum is theirs."""

    sd: float = 1.0

    def _more(self, people: int, noise: Noise) -> Array:
        return np.asarray((people * self.theta + self.sd * np.sqrt(people) * noise.normal())[None])

    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw, shape (draw,)."""
        return np.asarray(-people * (sums[0] / people - self.theta) ** 2 / (2 * self.sd**2))


@dataclass(frozen=True, eq=False)
class Counts(Arm):
    """Events of people observed for some years each; the sum is their number."""

    years: float = 1.0

    def _more(self, people: int, noise: Noise) -> Array:
        return noise.poisson(people * self.years * self.theta)[None]

    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw, shape (draw,)."""
        expected = people * self.years * np.maximum(self.theta, 1e-300)
        return np.asarray(sums[0] * np.log(expected) - expected)


@dataclass(frozen=True, eq=False)
class Survival(Arm):
    """A first event at a constant rate, censored; the sums are events, and years at risk."""

    years: float = 1.0

    def _more(self, people: int, noise: Noise) -> Array:
        rate = np.maximum(self.theta, 1e-300)
        reach = -np.expm1(-rate * self.years)
        events = noise.binomial(people, reach)
        time = (people - events) * self.years
        # Times of those with an event are exponential, cut off at the end of follow-up.
        tail = rate * self.years
        small = tail < 1e-4
        safe = np.where(small, 1.0, tail)
        mean = np.where(small, 0.5, 1 / safe - np.exp(-safe) / -np.expm1(-safe)) * self.years
        variance = (
            np.where(small, 1 / 12, 1 / safe**2 - np.exp(-safe) / np.expm1(-safe) ** 2)
            * self.years**2
        )
        made = events * mean + np.sqrt(events * np.maximum(variance, 0.0)) * noise.normal()
        few = np.flatnonzero((events > 0) & (events <= MANY))
        if len(few):
            u = noise.random.random((len(few), MANY))
            times = -np.log1p(-u * reach[few, None]) / rate[few, None]
            counted = np.arange(MANY) < events[few, None]
            made[few] = np.where(counted, times, 0.0).sum(axis=1)
        return np.stack([events, time + np.clip(made, 0.0, events * self.years)])

    def likelihood(self, sums: Array, people: int) -> Array:
        """Return the log likelihood in every draw, shape (draw,)."""
        rate = np.maximum(self.theta, 1e-300)
        return np.asarray(sums[0] * np.log(rate) - rate * sums[1])
