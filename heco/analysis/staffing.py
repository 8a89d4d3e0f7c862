"""Who does the work: staff by role, and the people who wait if there are too few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.spending import WHERE, Spending
from heco.errors import refuse
from heco.outcomes import Array
from heco.scenario.schema_money import Staff


@dataclass(frozen=True)
class Work:
    """What one role has to do.

    Parameters
    ----------
    role, label, per : str
        Name, words, and whom the work is for.
    people, people_without : ndarray, shape (year, draw)
        People who need it with the strategy on offer, and without.
    wte, wte_without : ndarray, shape (year, draw)
        Staff needed to see all of them in the year. [whole-time equivalents]
    capacity : ndarray, shape (draw,), or None
        Staff there are. [whole-time equivalents]
    waiting : ndarray, shape (year, draw), or None
        People still waiting at the end of each year.
    """

    role: str
    label: str
    per: str
    people: Array
    people_without: Array
    wte: Array
    wte_without: Array
    capacity: Array | None = None
    waiting: Array | None = None


def work(spending: Spending, option: str, ramp: Sequence[float]) -> list[Work]:
    """Return what each role has to do, in the year in which people enter.

    Parameters
    ----------
    spending : Spending
        People, and how many of them are counted.
    option : str
        The strategy on offer.
    ramp : sequence of float
        Share of the entrants of each year that takes it up.
    """
    roles = spending.budget.staff.items()
    return [_role(spending, role, staff, option, ramp) for role, staff in roles]


def _role(spending: Spending, role: str, staff: Staff, option: str, ramp: Sequence[float]) -> Work:
    names = spending.sample.outcomes.strategies
    comparator = spending.context.scenario.comparator
    share = spending.sample.outcomes.shares.get(
        staff.per, np.zeros((len(names), spending.sample.n))
    )
    place = f"staff.{role}"
    needs, hours = {}, {}
    for strategy in (option, comparator):
        needs[strategy] = share[names.index(strategy)]
        hours[strategy] = spending.amount(staff.hours, f"{place}.hours", strategy)
    year = spending.amount(staff.productive_hours, f"{place}.productive_hours")
    if not (year > 0).all():
        raise refuse("must be above 0 in every draw", f"{WHERE} {place}.productive_hours")
    taken = spending.entrants * spending.uptake(ramp)
    others = spending.entrants - taken
    seen = {option: taken * needs[option], comparator: others * needs[comparator]}
    people = seen[option] + seen[comparator]
    effort = seen[option] * hours[option] + seen[comparator] * hours[comparator]
    without = spending.entrants * needs[comparator]
    wte, wte_without = effort / year, without * hours[comparator] / year
    capacity = waiting = None
    if staff.capacity is not None:
        capacity = spending.amount(staff.capacity, f"{place}.capacity")
        waiting = waiting_list(people, wte, capacity)
    label = staff.label or role.replace("_", " ")
    return Work(
        role, label, staff.per, people, without, wte, wte_without, capacity, waiting
    )  # fmt: skip


def waiting_list(people: Array, needed: Array, capacity: Array) -> Array:
    """Return how many people wait at the end of each year if staff do not suffice.

    Parameters
    ----------
    people : ndarray, shape (year, draw)
        People who come for the work in each year.
    needed : ndarray, shape (year, draw)
        Staff that would see all of them in that year. [whole-time equivalents]
    capacity : ndarray, shape (draw,)
        Staff there are. [whole-time equivalents]

    Examples
    --------
    >>> waiting_list(np.full((3, 1), 100.0), np.full((3, 1), 5.0), np.array([4.0])).ravel().tolist()
    [20.0, 40.0, 60.0]
    """
    waiting = np.zeros(people.shape)
    left, each = np.zeros(people.shape[1]), np.zeros(people.shape[1])
    for year in range(len(people)):
        coming = people[year] > 0
        # Staff per person; in a year in which nobody comes, that of the year before.
        each = np.where(coming, needed[year] / np.where(coming, people[year], 1.0), each)
        room = np.where(each > 0, capacity / np.where(each > 0, each, 1.0), np.inf)
        left = np.maximum(0.0, left + people[year] - room)
        waiting[year] = left
    return waiting
