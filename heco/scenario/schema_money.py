"""The records of questions about money and places: budget, published figures, who gains."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from heco.scenario.fields import Flag, Formula, Real, Record, Words

Uptake = Annotated[Real, Field(ge=0, le=1)]
Year = Annotated[int, Field(ge=1, le=30, strict=True)]
Amount = Annotated[Real, Field(ge=0)]


class ProgrammeCost(Record):
    """What a programme costs as a whole, once or in every year."""

    cost: Formula
    """Cost of the whole programme, however many people it has: once, or in each year."""
    label: str = ""
    """What it is for, in words."""
    year: Year = 1
    """The year in which it falls (set_up) or begins (recurrent)."""
    payer: str = ""
    """Who pays; left out, as `payer` of the budget says."""
    cash: Flag = True
    """Whether it is money that is really paid; false for staff or space that is there anyway."""
    strategies: Words = ()
    """Which strategies need it; left out, all but the comparator."""


class Staff(Record):
    """Work that comes with people who are counted."""

    per: str
    """Whom the work is for: a name that branches of the tree `count`."""
    hours: Formula
    """Hours of work for each of them. [hours per person]"""
    productive_hours: Formula
    """Hours that a full-time member of staff works with people in a year. [hours per WTE]"""
    capacity: Formula | None = None
    """Staff there are for this work, whole-time equivalents; left out, no limit is looked at."""
    label: str = ""
    """The role in words."""


class Budget(Record):
    """budget = {...}: what a strategy does to the budget, year by year, never discounted.

    Each year a new cohort enters. A share of it, the uptake, goes the way of the strategy, and all
    others the way of the comparator; each cohort goes on costing what the model says for its
    second, third, ... year. Whoever does not take up the strategy is not asked again.
    """

    years: Year = 5
    """How many years are looked at."""
    people: Formula | None = None
    """People who enter in each year; left out, [population] size."""
    prevalent: Formula | None = None
    """People already there when it begins, who enter in year 1 beside those of that year."""
    uptake: tuple[Uptake, ...] = (1.0,)
    """Share of those who enter that goes the strategy's way, by year; the last one goes on."""
    uptake_low: tuple[Uptake, ...] = ()
    """The same if fewer do than expected."""
    uptake_high: tuple[Uptake, ...] = ()
    """The same if more do than expected."""
    payer: str = ""
    """Who pays for what `payers` does not name."""
    payers: dict[str, str] = {}
    """Who pays, by category of cost: {appointments = "NHS", school_help = "Education"}."""
    cash: Words = ()
    """Categories of cost that are money really paid or saved. All others are capacity: staff and
    space that is used or set free, which is no money in hand. Left out, the two are not told
    apart."""
    set_up: dict[str, ProgrammeCost] = {}
    """What it costs once to set up."""
    recurrent: dict[str, ProgrammeCost] = {}
    """What it costs in every year to keep going, whatever the number of people."""
    staff: dict[str, Staff] = {}
    """Staff that it takes, by role."""
    area: Formula | None = None
    """People who live in the area, of all ages, for amounts per 100,000."""
    price_year: str = ""
    """Price year of the amounts, in words; left out, that of [prices] or of the parameters."""
    note: str = ""
    """What the reader should know."""


class Implied(Record):
    """An input that may be other than it is."""

    low: Real
    """Lowest value to look at."""
    high: Real
    """Highest value to look at."""

    @model_validator(mode="after")
    def _ordered(self) -> Implied:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class ReadAs(Record):
    """Published figures taken to be about another strategy."""

    label: str = ""
    """The reading in words."""
    figures: Words
    """Which published figures are read otherwise."""
    strategy: str
    """The strategy that they are taken to be about."""


class Support(Record):
    """What evidence leaves open for a free input."""

    label: str
    """What the evidence is, in words."""
    most: Formula | None = None
    """The largest value that it supports, a formula over parameters."""
    least: Formula | None = None
    """The smallest value that it supports."""
    source: str = ""
    """Where that comes from."""

    @model_validator(mode="after")
    def _something(self) -> Support:
        if self.most is None and self.least is None:
            raise ValueError("give most, least or both")
        return self


class Reconcile(Record):
    """reconcile = {...}: what would make the published figures agree.

    One free input is moved over its range while all others keep their base values; every range
    in which the model rounds to the printed figure is reported. What is found is implied by the
    figures, not known.
    """

    free: dict[str, Implied]
    """Inputs that the source does not print, with the range to look in:
    {uptake = {low = 0, high = 1}}."""
    show: Words = ()
    """Measures whose values are shown at the ends of each range found."""
    readings: dict[str, ReadAs] = {}
    """Other ways to read the figures."""
    supported: dict[str, Support] = {}
    """By free input: what evidence supports, to be held against what the figures imply."""
    points: Annotated[int, Field(ge=11, le=2001, strict=True)] = 101
    """Points at which each range is looked at before closing in."""


class Group(Record):
    """One group of the population, such as a fifth by deprivation."""

    label: str = ""
    """The group in words."""
    share: Formula
    """Its share of the people; the shares add up to 1."""
    uptake: Formula | None = None
    """Uptake in the group against the others (only ratios matter); left out, the same in all."""
    effect: Formula | None = None
    """Health gained by each who takes part against the others; left out, the same in all. What
    strategies set holds here and in uptake, so that each can reach other people."""
    residents: Formula | None = None
    """Its share of all people of the area, who bear what is lost elsewhere; fifths by deprivation
    have 0.2 each. Left out, its share of the people who enter."""
    opportunity: Formula | None = None
    """Its share of the health that is lost elsewhere; left out, its share of the residents."""
    gradient: Formula | None = None
    """The same under a gradient, shown beside: more is lost where people are sicker."""
    health: Formula | None = None
    """Health expected over a lifetime without the decision. [QALYs per person]"""
    set: dict[str, Formula] = {}
    """Parameters that have another value in the group: {p_poor = "p_poor_1"}. Its people are then
    counted along the pathway, and the health gained is checked against that of the model."""


class Equity(Record):
    """equity = {...}: who gains and who loses, by group.

    The health that a strategy brings is shared out by who takes part and gains; the health that
    its money would have brought elsewhere is shared out by who would have had it.
    """

    groups: dict[str, Group]
    """Groups of the population, from the worst to the best off."""
    cost_per_qaly: Amount | None = None
    """What a QALY costs elsewhere in the health service; left out, [decision] wtp."""
    aversion: tuple[Amount, ...] = (0.0, 1.0, 10.95)
    """Atkinson's aversion to inequality, one or several; used only where `health` is given."""
    note: str = ""
    """What the reader should know."""


__all__ = [
    "Budget", "Equity", "Group", "Implied", "ProgrammeCost", "ReadAs", "Reconcile",
    "Staff", "Support",
]  # fmt: skip
