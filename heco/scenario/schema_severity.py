"""The records of severity: what people with a condition lose, against the general population."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from heco.scenario.fields import Formula, Real, Record


class Sex(Record):
    """A part of the general population with a survival and a quality of life of its own.

    Formulas are read at every age from the start on: a parameter with a table by age, or a formula
    of `age`.
    """

    share: Formula
    """Its share of the people with the condition; the shares add up to 1."""
    alive: Formula | None = None
    """People alive at each exact age, of any number born (the column l of a life table)."""
    death: Formula | None = None
    """Instead of `alive`: probability of dying within the year of age (the column q)."""
    utility: Formula
    """Quality of life of the general population in the year of age. [QALYs per year]"""

    @model_validator(mode="after")
    def _one(self) -> Sex:
        if (self.alive is None) == (self.death is None):
            raise ValueError("give alive or death, and not both")
        return self


class Severity(Record):
    """severity = {...}: absolute and proportional QALY shortfall, and the weight that follows.

    NICE weights QALYs by severity in technology appraisals of medicines, and nowhere else: not in
    guidelines, not in public health. Results are shown with and without the weight.
    """

    dated: Annotated[str, Field(min_length=1)]
    """The years that the tables of survival and quality of life are from: "2017 to 2019; 2018"."""
    sexes: dict[str, Sex]
    """Parts of the general population, usually two: {female = {...}, male = {...}}."""
    age: Annotated[int, Field(ge=0, le=110, strict=True)] | None = None
    """Age of people with the condition at the start, whole years; left out, [time] start_age."""
    last_age: Annotated[int, Field(ge=1, le=130, strict=True)] = 100
    """The last year of age that is counted; the tables must reach it."""
    strategy: str = ""
    """Current care; left out, the comparator."""
    qalys: Formula | None = None
    """QALYs that people with the condition can expect under current care, discounted; left out,
    those of `strategy`, which is right where everybody in the model has the condition."""
    rate: Annotated[Real, Field(ge=0, le=0.2)] = 0.035
    """Discount rate of both. [per year]"""
    discounting: Literal["mid-year", "start-of-year"] = "mid-year"
    """When the QALYs of a year of age fall: in its middle, as in the model, or at its start, as in
    the calculators in use for NICE. If the other one gives another weight, a warning says so."""
    note: str = ""
    """What the reader should know."""


__all__ = ["Severity", "Sex"]
