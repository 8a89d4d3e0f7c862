"""The words of [measures]: what formulas may say about the outcomes of a strategy.

``cost``, ``qaly``, ``life_years`` (discounted, per person; ``..._undiscounted`` too),
``cost.CATEGORY`` (discounted, per person), ``spend.CATEGORY`` and ``spend`` (undiscounted, whole
cohort), ``share.NAME`` (per person), ``count.NAME`` (whole cohort), ``population``, and every
parameter as the strategy sets it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heco.errors import refuse
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws
from heco.scenario.expressions import Expr, names

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
    if kind == "share":
        return np.asarray(outcomes.shares[name][row]) if name in outcomes.shares else zero
    if kind == "count" and size is not None:
        return outcomes.shares[name][row] * size if name in outcomes.shares else zero
    return None


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
