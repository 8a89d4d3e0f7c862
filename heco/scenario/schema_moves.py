"""The records of questions about moving inputs: tornado, spider, two-way maps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from heco.scenario.fields import Real, Record, Words

Outcome = Literal["inmb", "incremental_cost", "incremental_qaly", "required_gain"]
Wtp = Annotated[Real, Field(gt=0)]


class MovedSet(Record):
    """Parameters that are moved together."""

    label: str = ""
    """The set in words."""
    parameters: Words = ()
    """Parameters that go together to their 2.5 and then to their 97.5 percentiles (or to the ends
    of their ranges)."""
    low: dict[str, Real] = {}
    """Instead of `parameters`: the value of each at the low end."""
    high: dict[str, Real] = {}
    """The value of each at the high end."""

    @model_validator(mode="after")
    def _one(self) -> MovedSet:
        if bool(self.parameters) == bool(self.low or self.high):
            raise ValueError("give either parameters, or low and high with the same parameters")
        if self.low.keys() != self.high.keys():
            raise ValueError("low and high must name the same parameters")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """Return the parameters that are moved."""
        return self.parameters or tuple(self.low)


class OneWay(Record):
    """What is measured as inputs are moved one at a time."""

    outcome: Outcome = "inmb"
    """What is measured; "required_gain" as `required_gain` asks for it."""
    per: str = ""
    """With "required_gain": who it is counted per; left out, the first."""
    wtp: Wtp | None = None
    """Willingness to pay; left out, the first of [decision] wtp."""
    strategy: str = ""
    """Strategy compared with the comparator; left out, [decision] option."""
    parameters: Words = ()
    """Which parameters; left out, all that have a range or a distribution."""
    ranges: dict[str, tuple[Real, Real]] = {}
    """Other ends than the 2.5 and 97.5 percentiles or the declared range: {uptake = [0.5, 0.9]}."""


class Tornado(OneWay):
    """tornado = {...}: one parameter at a time, from the low to the high end of its range."""

    sets: dict[str, MovedSet] = {}
    """Parameters that are moved together, and then not by themselves as well, by name."""
    bars: Annotated[int, Field(ge=1, le=60, strict=True)] = 12
    """How many bars are drawn; the table always has all."""


class Spider(OneWay):
    """spider = {...}: one parameter at a time, in steps over its range: lines instead of bars."""

    steps: Annotated[int, Field(ge=3, le=201, strict=True)] = 21
    """Points on each line."""
    lines: Annotated[int, Field(ge=1, le=8, strict=True)] = 6
    """How many lines are drawn, those that move most; the table always has all."""
    across: Literal["change", "range"] = "change"
    """What the figure has below: the change of the input from its base value, or its place between
    the ends of its range."""


class Axis(Record):
    """One side of a map."""

    parameter: str = ""
    """The parameter that changes along this side."""
    gain: str = ""
    """Only for y, instead of `parameter`: the required gain, counted per this key of
    `required_gain`."""
    low: Real | None = None
    """Where the side begins; left out, the parameter's range, or 0 for a probability."""
    high: Real | None = None
    """Where the side ends; left out, the parameter's range, or 1 for a probability."""
    steps: Annotated[int, Field(ge=5, le=201, strict=True)] = 41
    """Points along this side."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"parameter": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one(self) -> Axis:
        if bool(self.parameter) == bool(self.gain):
            raise ValueError("give either parameter or gain")
        return self


class Point(Record):
    """Evidence that is laid over a map."""

    label: str
    """What it is, in a few words."""
    x: Real
    """Where it lies along x."""
    y: Real
    """Where it lies along y."""
    x_low: Real | None = None
    """Lower end of its interval along x."""
    x_high: Real | None = None
    """Upper end of its interval along x."""
    y_low: Real | None = None
    """Lower end of its interval along y."""
    y_high: Real | None = None
    """Upper end of its interval along y."""
    source: str
    """Where it comes from."""


class TwoWay(Record):
    """Which strategy is the best as two inputs change together."""

    x: Axis
    """What changes along the map: a parameter, or {parameter = ..., low = ..., high = ...}."""
    y: Axis
    """What changes up the map: a parameter, or {gain = "treated"} for the required gain, which is
    then solved for at every x and every willingness to pay."""
    label: str = ""
    """What the map is about, in words."""
    wtp: Wtp | None = None
    """Willingness to pay; left out, the first of [decision] wtp (with a gain: all of them)."""
    strategy: str = ""
    """Strategy whose break-even line with the comparator is drawn; left out, [decision] option."""
    points: tuple[Point, ...] = ()
    """Evidence, and what others assume, to be laid over the map."""
