"""The small words that the records share: formulas, durations, costs, numbers, names.

Each is a pydantic type that reads what an author may write (a number, a sentence, a table) and
keeps one normal form, so that the rest of heco meets one shape only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from heco.errors import did_you_mean
from heco.scenario.durations import Duration, parse_duration
from heco.scenario.expressions import Call, Expr, Name, Number, parse
from heco.scenario.foreign import number_in


class UnknownWord(ValueError):
    """A word that is not one of those allowed; ``hint`` says which one may have been meant."""

    def __init__(self, word: str, what: str, allowed: Iterable[str]) -> None:
        words = list(allowed)
        super().__init__(f'"{word}" is not {what}; allowed: {", ".join(words)}')
        near = did_you_mean(word, words)
        self.hint = near if near.startswith("Did") else ""
        number = number_in(word)
        if number:
            self.hint = f"Write the number without quotes: {number}."


#: Numbers beyond this are slips, and their squares would be beyond what a computer holds.
FARTHEST = 1e60


def _formula(value: Any) -> Any:
    formula = value if isinstance(value, Number | Name | Call) else parse(value)
    if isinstance(formula, Number):
        _number(formula.value)
    return formula


def _number(value: Any) -> Any:
    # TOML has integers and floats; to a modeller 20 and 20.0 are the same number. Text and
    # true/false are not numbers, whatever Python thinks.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{str(value)[:20]}... is not a number that fits") from None
    if FARTHEST < abs(number) < math.inf:
        raise ValueError(f"{number:g} is no plausible size for anything")
    return number


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


#: A formula over parameters, or a number.
Formula = Annotated[Expr, BeforeValidator(_formula), WithJsonSchema({"type": ["string", "number"]})]
#: A share of a whole: a formula, or "rest" for what the others leave.
Share = Annotated[Formula | Literal["rest"], WithJsonSchema({"type": ["string", "number"]})]
#: True or false; text and 0/1 are not.
Flag = Annotated[bool, Field(strict=True)]
#: Text such as "3 months".
Length = Annotated[Duration, BeforeValidator(parse_duration), WithJsonSchema({"type": "string"})]
#: A finite number; integers are welcome, text and true/false are not.
Real = Annotated[
    float, BeforeValidator(_number), Field(allow_inf_nan=False), WithJsonSchema({"type": "number"})
]
#: One word or a list of words.
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Record(BaseModel):
    """A table of the scenario: frozen, strict, and closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=False,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


class Value(Record):
    """A cost or a health effect attached to a state.

    A plain formula is the amount: `utility = "u_well"`.
    """

    value: Formula
    """Amount, as a number or a formula."""
    per: Literal["year", "cycle"] | None = None
    """Whether the amount is per year or per cycle; left out, [time] values decides."""
    timing: Literal["cycle", "start"] = "cycle"
    """"cycle": counted as [time] cycle_counting says. "start": paid in full by everyone who is in
    the state when the cycle begins (a pack dispensed), never half-cycle corrected."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Value) else {"value": value}


def _by_category(value: Any) -> Any:
    if isinstance(value, dict) and set(value) & {"value", "per", "timing"}:
        return {"": value}
    return value if isinstance(value, dict) else {"": value}


_AMOUNT_SCHEMA = {
    "anyOf": [{"type": ["string", "number"]}, {"type": "object"}],
    "description": 'A formula, or a table of categories: {drug = "c_drug", visits = 120}.',
}
#: Costs of a state by category; a plain formula has the category "" (named by where it stands).
StateCosts = Annotated[
    dict[str, Value], BeforeValidator(_by_category), WithJsonSchema(_AMOUNT_SCHEMA)
]
#: Costs of an event by category.
EventCosts = Annotated[
    dict[str, Formula],
    BeforeValidator(lambda value: value if isinstance(value, dict) else {"": value}),
    WithJsonSchema(_AMOUNT_SCHEMA),
]
