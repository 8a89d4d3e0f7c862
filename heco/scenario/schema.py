"""The records of a scenario file, section by section; their docstrings are the manual.

`heco schema` prints them as JSON Schema for editors, and ``docs/language.md`` is written from the
same docstrings, so the manual cannot drift from what is accepted.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from heco.scenario.fields import (
    Formula,
    Length,
    Real,
    Record,
    Share,
    UnknownWord,
    Words,
)
from heco.scenario.presets import WTP_PRESETS
from heco.scenario.schema_discount import Discount

Counting = Literal["start", "end", "half-cycle", "life-table", "simpson"]


def _wtp(value: Any) -> Any:
    if isinstance(value, str):
        if value not in WTP_PRESETS:
            raise UnknownWord(value, "a preset of willingness to pay", WTP_PRESETS)
        return list(WTP_PRESETS[value].wtp)
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


class Decision(Record):
    """[decision] What is being decided, for whom, and by what rule."""

    title: str = ""
    """Name of the decision, as a heading."""
    question: str = ""
    """The question in one sentence, as the commissioner would ask it."""
    population: str = ""
    """Who the decision is about, in words."""
    place: str = ""
    """Where the decision is made; `heco batch` says the name of each area here."""
    perspective: str = ""
    """Whose costs and whose health are counted."""
    comparator: str = ""
    """The strategy that the others are compared with; may be left out if there is only one."""
    option: str = ""
    """The strategy that the question is about; may be left out if only one differs from the
    comparator."""
    currency: str = "GBP"
    """Currency of every cost."""
    wtp: Annotated[
        tuple[Real, ...],
        BeforeValidator(_wtp),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "array", "items": {"type": "number"}},
                    {"type": "number"},
                    {"enum": sorted(WTP_PRESETS)},
                ]
            }
        ),
    ] = ()
    """Willingness to pay per QALY, one or several, or the name of a dated preset."""
    wtp_preset: str = ""
    """Filled in when `wtp` names a preset."""
    effect: Literal["qaly", "life_years"] = "qaly"
    """The health effect that cost-effectiveness is judged on."""

    @model_validator(mode="before")
    @classmethod
    def _remember_preset(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("wtp"), str) and "wtp_preset" not in data:
            return {**data, "wtp_preset": data["wtp"]}
        return data


class CountingBy(Record):
    """Cycle counting, separately for each outcome."""

    cost: Counting = "half-cycle"
    """How costs are counted."""
    qaly: Counting = "half-cycle"
    """How QALYs are counted."""
    life_years: Counting | None = None
    """How life years are counted; left out, as QALYs."""

    @model_validator(mode="before")
    @classmethod
    def _same_for_all(cls, value: Any) -> Any:
        return {"cost": value, "qaly": value} if isinstance(value, str) else value


class Time(Record):
    """[time] The clock: cycles, horizon, counting within a cycle, discounting."""

    cycle: Length | None = None
    """Length of one cycle, for example "1 year", "1 month", "1/52 year"."""
    horizon: Length | Literal["lifetime"] | None = None
    """How long costs and effects are followed: a duration, "20 cycles", or "lifetime" (to
    `end_age`)."""
    start_age: Annotated[Real, Field(ge=0)] | None = None
    """Age of the cohort when the model starts. [years]"""
    end_age: Annotated[Real, Field(gt=0)] = 100.0
    """Age at which a "lifetime" horizon ends. [years]"""
    cycle_counting: CountingBy = CountingBy()
    """Within-cycle correction: one word for all, or {cost = ..., qaly = ..., life_years = ...}.
    "start" and "end" count people at that side of each cycle; "half-cycle" is the trapezoid, each
    boundary discounted at its own time; "life-table" averages start and end and discounts at
    mid-cycle; "simpson" needs an even number of cycles, or ends with the 3/8 rule."""
    discount: Discount = Discount(cost=0.035, qaly=0.035, preset="nice")
    """Yearly rates {cost = ..., qaly = ...}, one number for both, or a preset: "nice",
    "nice-sensitivity", "green-book", "none". A rate that changes is a list:
    {cost = [{rate = 0.035}, {rate = 0.03, after = "30 years"}], qaly = 0.015}."""
    discounting: Literal["continuous-index", "annual-step", "first-year-free", "exponential"] = (
        "continuous-index"
    )
    """"continuous-index": (1+r)^-t with t in years, fractions included. "annual-step" and
    "first-year-free" (two names of one rule): (1+r)^-floor(t). "exponential": exp(-r t). Where a
    rate changes, the factor is the product over the periods, each with the time spent in it."""
    discount_timing: Literal["auto", "cycle-start", "cycle-mid", "cycle-end"] = "auto"
    """When a cycle's value is dated. "auto": where people are counted (start, end, mid-cycle for
    life-table; each boundary for half-cycle and simpson, which allow nothing else)."""
    values: Literal["per year", "per cycle"] = "per year"
    """Whether a plain cost or utility of a state is per year or per cycle."""
    exits: Literal["competing", "matrix-exponential"] = "competing"
    """How rows given as rates become probabilities: all exits share 1-exp(-sum of rates), or the
    exponential of the whole rate matrix (every row must then be given as rates)."""
    max_tunnel: Annotated[int, Field(ge=1, le=5000, strict=True)] = 500
    """The most tunnel states that one state may be expanded into for time in state."""


class Population(Record):
    """[population] How many people, and where they start."""

    label: str = "people"
    """What a person of the cohort is called, in the plural: "children", "patients"."""
    size: Formula | None = None
    """People entering the model, as a number or a formula. Needed for counts and yearly cost."""
    per: str = "year"
    """The period in which that many people enter."""
    starts: dict[str, Share] = {}
    """Share of the cohort in each state at the start, for strategies that do not say themselves;
    one may be "rest"."""


class Prices(Record):
    """[prices] The price year in which costs are shown."""

    year: str
    """Price year of every result, as written in the index: "2024/25"."""
    file: str
    """CSV with the columns series, year, index."""
    series: str
    """Which series of that file."""


class Checks(Record):
    """[checks] What must be equal, or true, whatever is decided."""

    same_at_entry: tuple[tuple[str, ...], ...] = ()
    """Groups of states whose total share at the start must be the same in every strategy."""
    same_across_strategies: tuple[Formula, ...] = ()
    """Formulas over parameters and measures' words that must not differ between strategies."""
    holds: tuple[Formula, ...] = ()
    """Conditions that must hold in every draw, such as "u_well >= u_ill"."""
    utility_above_one: Literal["refuse", "report"] = "refuse"
    """What becomes of draws in which a utility exceeds 1, full health. "refuse": they are out of
    domain like a probability above 1. "report": they are kept as they are, never clipped, and the
    share of such draws is reported; some published models draw utilities from a normal
    distribution. A utility below 0, worse than dead, is always allowed."""
    coherent: Words = ()
    """Parameters that branches `set`: their average over the branches must be the value outside."""


class Published(Record):
    """[published.NAME] A figure from the source, shown beside heco's own."""

    quantity: str
    """Quantity of heco's results that it corresponds to, for example "cost_per_case_identified"."""
    printed: str
    """The figure as printed, without thousands separators: "968", "0.30"."""
    strategy: str = ""
    """Strategy, where the quantity has one."""
    comparator: str = ""
    """Comparator, where the quantity has one."""
    wtp: Real | None = None
    """Willingness to pay, where the quantity depends on it."""
    subject: str = ""
    """Parameter, state or other subject, where the quantity has one."""
    unit: str = ""
    """Unit."""
    label: str = ""
    """The figure in words."""
    source: str
    """Where it is printed."""
    note: str = ""
    """What the reader should know."""
