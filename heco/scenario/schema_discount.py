"""The record of discounting: yearly rates, the same for ever or changing at stated times."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from heco.scenario.durations import parse_duration
from heco.scenario.fields import Length, Real, Record, UnknownWord
from heco.scenario.presets import DISCOUNT_PRESETS

#: Rates by the time from which they hold [years], from 0 on; a plain number holds for ever.
Rates = float | tuple[tuple[float, float], ...]

_OUTCOMES = ("cost", "qaly")
_EXAMPLE = '[{rate = 0.035}, {rate = 0.03, after = "30 years"}]'
#: A rate in JSON Schema.
RATE_SCHEMA = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"rate": {"type": "number"}, "after": {"type": "string"}},
                "required": ["rate"],
                "additionalProperties": False,
            },
        },
    ]
}
#: A rate for ever, or the first of rates that change.
YearlyRate = Annotated[Real, Field(ge=0), WithJsonSchema(RATE_SCHEMA)]


class LaterRate(Record):
    """A discount rate that holds from a time on."""

    rate: Annotated[Real, Field(ge=0)]
    """The rate. [per year]"""
    after: Length
    """From when it holds: "30 years" from the start of the model."""


class Discount(Record):
    """Yearly discount rates.

    A rate that changes is a list whose first entry holds from the start and whose others say
    `after` how long they hold: [{rate = 0.035}, {rate = 0.03, after = "30 years"}]. The factor of
    a date is the product over the periods up to it, so it never jumps.
    """

    cost: YearlyRate
    """Rate for costs, or the list of rates. [per year]"""
    qaly: YearlyRate
    """Rate for QALYs and life years, or the list of rates. [per year]"""
    preset: str = ""
    """Filled in when a preset is named."""
    cost_later: tuple[LaterRate, ...] = ()
    """Filled in: rates for costs that hold later."""
    qaly_later: tuple[LaterRate, ...] = ()
    """Filled in: rates for QALYs that hold later."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in DISCOUNT_PRESETS:
                raise UnknownWord(value, "a preset of discounting", DISCOUNT_PRESETS)
            preset = DISCOUNT_PRESETS[value]
            return {"cost": preset.cost, "qaly": preset.qaly, "preset": value}
        if isinstance(value, list) or (
            isinstance(value, int | float) and not isinstance(value, bool)
        ):
            value = dict.fromkeys(_OUTCOMES, value)
        if not isinstance(value, dict):
            return value
        found = dict(value)
        for outcome in _OUTCOMES:
            if isinstance(found.get(outcome), list):
                found[outcome], found[f"{outcome}_later"] = _split(found[outcome])
        return found

    def rates(self, outcome: str) -> Rates:
        """Return the rate of ``cost``, ``qaly`` or ``life_years``, or its rates by date."""
        first, later = (
            (self.cost, self.cost_later) if outcome == "cost" else (self.qaly, self.qaly_later)
        )
        if not later:
            return first
        return ((0.0, first), *((float(step.after.years), step.rate) for step in later))

    @property
    def changes(self) -> bool:
        """Return whether a rate changes with time."""
        return bool(self.cost_later or self.qaly_later)

    def words(self, outcome: str) -> str:
        """Return a rate in words: ``3.5% (3% after 30 years)``."""
        rates = self.rates(outcome)
        if isinstance(rates, float):
            return f"{100 * rates:g}%"
        (_, first), *later = rates
        said = ", ".join(f"{100 * rate:g}% after {start:g} years" for start, rate in later)
        return f"{100 * first:g}% ({said})"

    def highest(self, outcome: str) -> float:
        """Return the highest rate that ever holds for an outcome. [per year]."""
        rates = self.rates(outcome)
        return rates if isinstance(rates, float) else max(rate for _, rate in rates)


def _split(entries: list[Any]) -> tuple[Any, list[Any]]:
    """Return the rate from the start, and the entries of later ones, which are checked here."""
    if not entries or not all(isinstance(entry, dict) and "rate" in entry for entry in entries):
        raise ValueError(f"rates that change are a list of tables with rate: {_EXAMPLE}")
    first, *later = entries
    unknown = sorted({key for entry in entries for key in entry} - {"rate", "after"})
    if unknown:
        raise ValueError(f'"{unknown[0]}" is no key here; write {_EXAMPLE}')
    if "after" in first:
        raise ValueError(f"the first rate holds from the start and has no after: {_EXAMPLE}")
    before = 0.0
    for number, entry in enumerate(later, 2):
        if "after" not in entry:
            raise ValueError(f"rate {number} does not say after how long it holds: {_EXAMPLE}")
        if not isinstance(entry["after"], str):
            raise ValueError(f'after is a duration in quotes, such as "30 years": {_EXAMPLE}')
        when = parse_duration(entry["after"])
        if when.cycles:
            raise ValueError('a rate changes after so many years, not cycles: after = "30 years"')
        if float(when.years) <= before:
            raise ValueError(f'"{entry["after"]}" is not after the rate before it; list in order')
        before = float(when.years)
    return first["rate"], later
