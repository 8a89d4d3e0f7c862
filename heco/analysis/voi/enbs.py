"""What a study is worth less what it costs, and so whether to do it, and how large.

ENBS(n) = EVSI(n) x people decided for after the report - fixed cost - n x cost per participant
- what people lose who get a worse option until then, or for the sake of the study. Discounted to
the day on which it is decided; the costs of the study are paid then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heco.analysis.voi.evpi import People


@dataclass(frozen=True)
class Price:
    """What a study costs.

    Parameters
    ----------
    fixed, per_person : float
        [currency]
    years : float
        Until it reports. [years]
    affected, worse_arm : float
        Share of all people who get a worse option until then; share of participants who do.
    loss : float
        What each of them loses. [currency per person]
    """

    fixed: float = 0.0
    per_person: float = 0.0
    years: float = 0.0
    affected: float = 0.0
    worse_arm: float = 0.0
    loss: float = 0.0

    def of(self, n: int, people: People) -> float:
        """Return what a study of a size costs, all things counted. [currency]."""
        waiting = self.affected * people.count(0.0, self.years)
        lost = self.loss * (waiting + self.worse_arm * n)
        return self.fixed + n * self.per_person + lost


@dataclass(frozen=True)
class Point:
    """A study at one size.

    Parameters
    ----------
    n : int
        Participants.
    worth, error : float
        EVSI for everybody, and its standard error. [currency]
    cost : float
        Of the study. [currency]
    """

    n: int
    worth: float
    error: float
    cost: float

    @property
    def enbs(self) -> float:
        """Return the expected net benefit of sampling. [currency]."""
        return self.worth - self.cost


@dataclass(frozen=True)
class Investment:
    """A study as an investment, at one willingness to pay.

    Parameters
    ----------
    points : tuple of Point
        By size.
    people : float
        Decided for after the report, discounted.
    """

    points: tuple[Point, ...]
    people: float

    @property
    def best(self) -> Point:
        """Return the size with the highest net benefit."""
        return max(self.points, key=lambda point: point.enbs)

    @property
    def near(self) -> tuple[int, ...]:
        """Return the sizes within 5% of the best; none if no size is worth its cost."""
        top = self.best.enbs
        return tuple(p.n for p in self.points if p.enbs >= 0.95 * top) if top > 0 else ()

    @property
    def break_even(self) -> float:
        """Return the people that must be decided for, at the best size for so few, to do it.

        Infinite if the study is worth nothing to anybody.
        """
        each = [
            self.people * p.cost / p.worth for p in self.points if p.worth > 0 and self.people > 0
        ]
        return min(each, default=float("inf"))

    @property
    def needed(self) -> float:
        """Return the lowest EVSI for everybody at which some size is worth doing. [currency]."""
        return min(p.cost for p in self.points)

    @property
    def verdict(self) -> str:
        """Return ``stop``, ``go`` or ``uncertain``: whether two standard errors settle the sign."""
        best = self.best
        if best.enbs > 2 * best.error:
            return "go"
        if all(p.enbs < -2 * p.error for p in self.points):
            return "stop"
        return "uncertain"


def investment(
    sizes: Sequence[int], evsi: Sequence[float], errors: Sequence[float], price: Price,
    people: People,
) -> Investment:  # fmt: skip
    """Return a study as an investment.

    Parameters
    ----------
    sizes : sequence of int
        Participants.
    evsi, errors : sequence of float
        Per person, and standard errors. [currency]
    price : Price
        What it costs.
    people : People
        Who gains.

    Examples
    --------
    >>> made = investment([10, 20], [1.0, 1.5], [0.1, 0.1], Price(100, 5), People(1000, 0, 1, 0))
    >>> made.best.n, made.best.enbs, made.verdict
    (20, 1300.0, 'go')
    """
    after = people.count(price.years)
    points = tuple(
        Point(n, worth * after, error * after, price.of(n, people))
        for n, worth, error in zip(sizes, evsi, errors, strict=True)
    )
    return Investment(points, after)
