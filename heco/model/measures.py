"""The words of [measures]: what formulas may say about the outcomes of a strategy.

``cost``, ``qaly``, ``life_years`` (discounted, per person; ``..._undiscounted`` too),
``cost.CATEGORY`` (discounted, per person), ``spend.CATEGORY`` and ``spend`` (undiscounted, whole
cohort), ``share.NAME`` (per person), ``count.NAME`` (whole cohort), ``life_years.STATE`` and
``life_years_undiscounted.STATE`` (per person), ``population``, and every parameter as the strategy
sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.errors import refuse
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws
from heco.scenario.expressions import Call, Expr, Name, Number, names
from heco.scenario.fields import Record
from heco.scenario.scenario import Scenario

if TYPE_CHECKING:
    from heco.model.model import Model

TOTALS = (
    "cost",
    "qaly",
    "life_years",
    "cost_undiscounted",
    "qaly_undiscounted",
    "life_years_undiscounted",
)


#: The family of words for undiscounted life years by state.
YEARS_IN = "life_years_undiscounted"


def outcome_word(outcomes: Outcomes, word: str, strategy: str) -> Array | None:
    """Return what an outcome word stands for, shape (draw,), or None if it is no such word."""
    row = outcomes.index(strategy)
    size = outcomes.population
    if word in TOTALS:
        return np.asarray(getattr(outcomes, word)[row])
    if word in ("population", "spend") or word.startswith(("spend.", "count.")):
        if size is None:
            raise refuse(
                f"{word} needs the number of people", "[population] size", "Give [population] size."
            )
        if word == "population":
            return size
        if word == "spend":
            return np.asarray(outcomes.cost_undiscounted[row] * size)
    kind, _, name = word.partition(".")
    zero = np.zeros(outcomes.n)
    if kind == "cost" and name:
        return np.asarray(outcomes.cost_by[name][row]) if name in outcomes.cost_by else zero
    if kind == "spend" and size is not None:
        return outcomes.spend_by[name][row] * size if name in outcomes.spend_by else zero
    if kind in ("share", "count"):
        here = [part[name][row] for part in (outcomes.shares, outcomes.events) if name in part]
        share = np.asarray(sum(here[1:], here[0])) if here else zero
        return share if kind == "share" or size is None else share * size
    if kind == "life_years" and name:
        return np.asarray(outcomes.by_state.get((kind, name), np.zeros_like(outcomes.cost))[row])
    if kind == YEARS_IN and name:
        if name not in outcomes.years_in:
            raise refuse(
                f"{word} is kept only where a formula of the scenario asks for it",
                f"[states.{name}]",
                "Write it in a measure.",
            )
        return np.asarray(outcomes.years_in[name][row])
    return None


def states_asked(scenario: Scenario) -> frozenset[str]:
    """Return the states whose undiscounted life years formulas over outcomes speak of."""
    found: set[str] = set()
    waiting: list[Any] = [scenario.measures, scenario.checks, scenario.analysis.required_gain]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Number | Name | Call):
            found |= names(part)
        elif isinstance(part, Mapping):
            waiting += part.values()
        elif isinstance(part, tuple):
            waiting += part
        elif isinstance(part, Record):
            waiting += [value for _, value in part]
    family = f"{YEARS_IN}."
    return frozenset(name.removeprefix(family) for name in found if name.startswith(family))


def measure_values(
    model: Model, draws: Draws, outcomes: Outcomes, formula: Expr, strategy: str
) -> Array:
    """Return the value of a formula over outcome words and parameters, shape (draw,).

    Where the formula is out of its domain (nothing divided by nothing) the value is NaN.
    """
    from heco.scenario.evaluation import evaluate

    known: dict[str, Array] = {}
    parameters: list[str] = []
    for name in sorted(names(formula)):
        word = outcome_word(outcomes, name, strategy)
        if word is None:
            parameters.append(name)
        else:
            known[name] = word
    known.update(model.parameter_values(draws, parameters, strategy))
    value, fine = evaluate(formula, known.__getitem__)
    result = np.array(np.broadcast_to(value, (outcomes.n,)), dtype=float)
    result[~np.broadcast_to(np.asarray(fine, dtype=bool), (outcomes.n,))] = np.nan
    return result
