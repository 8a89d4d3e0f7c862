"""The records of the model's structure: tree, states, transitions, strategies, measures."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from heco.scenario.fields import (
    EventCosts,
    Flag,
    Formula,
    Length,
    Record,
    Share,
    StateCosts,
    Value,
    Words,
)


class Branch(Record):
    """[tree.NODE] BRANCH: one way on from a chance node."""

    p: Share
    """Probability of this branch, or "rest" for what the others leave."""
    to: str = ""
    """The next chance node, or the state that the branch ends in; left out, the branch ends."""
    cost: EventCosts = {}
    """Cost of taking the branch, plain or by category."""
    qaly: Formula | None = None
    """QALYs gained (or, negative, lost) by taking the branch."""
    at: Length | None = None
    """When cost and QALYs fall, from the start of the model; left out, at once."""
    set: dict[str, Formula] = {}
    """Parameters that take another value beyond this branch; the formula sees the old one."""
    count: Words = ()
    """Names under which the people who take this branch are counted: "screened", "cases"."""
    label: str = ""
    """The branch in words."""


class OnEntry(Record):
    """Cost and QALYs of coming into a state, and what it is counted as."""

    cost: EventCosts = {}
    """Cost of each arrival, plain or by category."""
    qaly: Formula | None = None
    """QALYs of each arrival."""
    count: Words = ()
    """Names under which arrivals are counted: "strokes". Every arrival counts, so one person may
    count several times; who comes back, comes again."""
    at_start: Flag = True
    """Whether those who start in the state count as arriving (at time 0, never corrected)."""


class State(Record):
    """[states.NAME] A state of health in the cohort model."""

    label: str = ""
    """The state in words."""
    utility: Value | None = None
    """Health-related quality of life: QALYs per year (or per cycle) spent in the state."""
    cost: StateCosts = {}
    """Cost per year (or per cycle) spent in the state, plain or by category."""
    on_entry: OnEntry | None = None
    """One-off cost and QALYs of coming into the state, and names under which it is counted."""
    absorbing: Flag = False
    """True if nobody leaves. An absorbing state without utility and cost is death, unless `alive`
    says otherwise."""
    alive: Flag | None = None
    """Whether time here counts as life years."""
    track: Length | None = None
    """Longest time in the state that is told apart by state_time and state_cycle; people who stay
    longer are treated alike. Left out, the whole horizon."""


class Move(Record):
    """[transitions.STATE] DESTINATION: one way out of a state in a cycle.

    A plain formula is the probability: `dead = "prob(r_death)"`, `well = "rest"`.
    """

    p: Share | None = None
    """Probability per cycle, or "rest"."""
    rate: Formula | None = None
    """Rate per year, instead of a probability; every other exit of the row is then a rate too."""
    cost: EventCosts = {}
    """Cost of each move."""
    qaly: Formula | None = None
    """QALYs of each move."""
    count: Words = ()
    """Names under which moves are counted: "strokes". Every move counts, never discounted; under
    a name that the destination's `on_entry` has too, once."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Move) else {"p": value}

    @model_validator(mode="after")
    def _one(self) -> Move:
        if (self.p is None) == (self.rate is None):
            raise ValueError("give either p (probability per cycle) or rate (per year)")
        return self


class OneOff(Record):
    """A cost or health effect that falls once, at a stated date."""

    cost: EventCosts = {}
    """Cost, plain or by category."""
    qaly: Formula | None = None
    """QALYs."""
    at: Length | None = None
    """When, from the start of the model; left out, at once."""
    per: Literal["person", "cohort"] = "person"
    """Whether the amount is for each person or for the whole cohort of [population] size."""


class Strategy(Record):
    """[strategies.NAME] One way to act."""

    label: str = ""
    """The strategy in words."""
    enters: str = ""
    """The chance node at which everybody enters the tree."""
    starts: dict[str, Share] = {}
    """Without a tree: share of the cohort in each state at the start; one may be "rest"."""
    set: dict[str, Formula] = {}
    """Levers (parameters with lever = true) that this strategy sets; the formula sees the old
    value."""
    one_off: tuple[OneOff, ...] = ()
    """Costs and effects that fall once, such as set-up."""


class Measure(Record):
    """[measures.NAME] A number computed from the outcomes of each strategy.

    Formulas may use every parameter, `population`, `cost`, `qaly`, `life_years` (discounted, per
    person; also with `_undiscounted`), `cost.CATEGORY` (discounted, per person),
    `spend.CATEGORY` and `spend` (undiscounted, whole cohort), `share.NAME` and `count.NAME`
    (people counted on branches of the tree, and events counted on moves and arrivals of the
    cohort: per person and in the whole cohort, undiscounted, one name adding up), and
    `life_years.STATE` (spent in a state, per person; also `life_years_undiscounted.STATE`).
    """

    label: str
    """The measure in words."""
    unit: str = ""
    """Unit."""
    value: Formula | None = None
    """The formula. A ratio is the ratio of means over draws where draws are averaged."""
    ratio: tuple[Formula, Formula] | None = None
    """Instead of `value`: [numerator, denominator], averaged separately over draws."""
    compared_with: str = ""
    """A strategy: each part of the ratio is then the difference from that strategy."""
    strategies: Words = ()
    """Which strategies it is shown for; left out, all in which it can be computed."""
    note: str = ""
    """What the reader should know, printed beside it."""

    @model_validator(mode="after")
    def _one(self) -> Measure:
        if (self.value is None) == (self.ratio is None):
            raise ValueError("give either value or ratio = [numerator, denominator]")
        return self
