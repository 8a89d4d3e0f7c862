"""How severe a condition is: what people who have it lose against everybody else of their age.

Absolute shortfall is the QALYs that the general population can expect less those that people with
the condition can expect under current care, both discounted; proportional shortfall is its share
of the former. In technology appraisals of medicines NICE weights QALYs by whichever of the two
asks for more. It does so nowhere else, and so this is off unless it is asked for, and every result
stands beside its unweighted one.

Source: NICE health technology evaluations: the manual (PMG36), 2022, section on severity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis import severity_tables
from heco.analysis.basis import Basis, bases
from heco.analysis.context import Context, increments
from heco.analysis.frontier import ratio
from heco.analysis.norms import WHERE, Norm, expected, norms
from heco.analysis.severity_words import headline, setting, warnings
from heco.outcomes import Array
from heco.result import Quantity, Result
from heco.scenario.schema_severity import Severity

NAME = "severity"
TITLE = "How severe is the condition?"
#: Shortfalls from which a weight holds: absolute [QALYs], proportional, weight; highest first.
STEPS = ((18.0, 0.95, 1.7), (12.0, 0.85, 1.2))
#: A shortfall of 12 is 12 however it was rounded on the way.
ROUNDING = 1e-9
#: When the QALYs of a year of age fall. [years]
WHEN = {"mid-year": 0.5, "start-of-year": 0.0}


@dataclass(frozen=True)
class Shortfall:
    """What people with the condition lose.

    Parameters
    ----------
    basis : Basis
        Base case or draws.
    general : float
        QALYs that the general population can expect. [QALYs per person]
    condition : ndarray, shape (draw,)
        Those of people with the condition under current care. [QALYs per person]
    """

    basis: Basis
    general: float
    condition: Array

    @property
    def absolute(self) -> Array:
        """Return the absolute shortfall, shape (draw,). [QALYs per person]."""
        return np.asarray(self.general - self.condition)

    @property
    def proportional(self) -> Array:
        """Return the proportional shortfall, shape (draw,)."""
        return self.absolute / self.general

    @property
    def weight(self) -> float:
        """Return the weight that the mean shortfall asks for."""
        return weight(float(self.absolute.mean()), float(self.proportional.mean()))


def weight(absolute: float, proportional: float) -> float:
    """Return the weight of a QALY in a technology appraisal of a medicine.

    Parameters
    ----------
    absolute : float
        Absolute shortfall. [QALYs per person]
    proportional : float
        Proportional shortfall.

    Examples
    --------
    >>> weight(11.99, 0.80), weight(12.0, 0.80), weight(5.0, 0.95)
    (1.0, 1.2, 1.7)
    """
    for at_least, share, factor in STEPS:
        if absolute >= at_least - ROUNDING or proportional >= share - ROUNDING:
            return factor
    return 1.0


def applies(context: Context) -> bool:
    """Return whether the author asks."""
    return context.scenario.analysis.severity is not None and not context.imported


def run(context: Context) -> Result:
    """Work out the shortfall, and every option with and without the weight that follows.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``severity``, with the tables ``severity``, ``severity_results`` and
        ``general_population``.
    """
    settings = context.scenario.analysis.severity
    assert settings is not None
    age = first_age(context, settings)
    people = norms(context, settings, age)
    general = _general(people, settings, WHEN[settings.discounting])
    found = [
        Shortfall(basis, general, _condition(context, settings, basis)) for basis in bases(context)
    ]
    rows = [row for one in found for row in _results(context, one)]
    other = next(when for name, when in WHEN.items() if name != settings.discounting)
    again = Shortfall(found[0].basis, _general(people, settings, other), found[0].condition)
    return Result(
        NAME, TITLE, tuple(headline(context, found[0])),
        (
            severity_tables.shortfall(context, settings, found),
            severity_tables.results(context, rows),
            severity_tables.population(people, list(settings.sexes)),
        ),
        tuple(q for one in found for q in _numbers(context, one)),
        tuple(warnings(context, settings, found[0], again, people)),
        settings={"severity": setting(settings, age)},
        data={"age": age, "weight": found[0].weight},
    )  # fmt: skip


def first_age(context: Context, settings: Severity) -> int:
    """Return the age from which QALYs are counted, in whole years."""
    return settings.age if settings.age is not None else int(context.scenario.time.start_age or 0)


def _general(people: list[Norm], settings: Severity, when: float) -> float:
    return sum(norm.share * expected(norm, settings.rate, when) for norm in people)


def _condition(context: Context, settings: Severity, basis: Basis) -> Array:
    """Return the QALYs of people with the condition under current care, shape (draw,)."""
    if settings.qalys is not None:
        formula = {"it": settings.qalys}
        return context.model.formula_values(basis.sample.draws, formula)["it"]
    outcomes = basis.sample.outcomes
    return np.asarray(
        outcomes.qaly[outcomes.index(settings.strategy or context.scenario.comparator)]
    )


def _results(context: Context, one: Shortfall) -> Iterator[severity_tables.Row]:
    """Yield every option against the comparator: unweighted, weighted."""
    factor = one.weight
    for option in context.scenario.options:
        cost, effect = increments(one.basis.sample, "qaly", option, context.scenario.comparator)
        extra, gain = float(cost.mean()), float(effect.mean())
        benefit = []
        for wtp in context.wtp:
            plain, weighted = (
                float((wtp * times * effect - cost).mean()) for times in (1.0, factor)
            )
            benefit.append((wtp, plain, weighted))
        yield severity_tables.Row(
            one.basis.name, option, extra, gain, factor, factor * gain, ratio(extra, gain),
            ratio(extra, factor * gain), tuple(benefit),
        )  # fmt: skip


def _numbers(context: Context, one: Shortfall) -> Iterator[Quantity]:
    basis, factor = one.basis, one.weight
    each = "QALYs per person"
    yield Quantity("qalys_general", one.general, unit=each, basis=basis.name)
    yield basis.quantity("qalys_condition", one.condition, unit=each)
    yield basis.quantity("shortfall_absolute", one.absolute, unit=each)
    yield basis.quantity("shortfall_proportional", one.proportional, unit="share")
    yield Quantity("severity_weight", factor, unit="weight of a QALY", basis=basis.name)
    for option in context.scenario.options:
        comparator = context.scenario.comparator
        cost, effect = increments(basis.sample, "qaly", option, comparator)
        about: dict[str, Any] = {"strategy": option, "comparator": comparator}
        yield basis.quantity(
            "incremental_qaly_weighted", factor * effect, unit="weighted QALYs per person", **about
        )
        icer = ratio(float(cost.mean()), factor * float(effect.mean()))
        if icer is not None:
            words = "gained" if effect.mean() > 0 else "lost"
            unit = f"{context.currency} per weighted QALY {words}"
            yield Quantity("icer_weighted", icer, unit=unit, basis=basis.name, **about)
        for wtp in context.wtp:
            yield basis.quantity(
                "inmb_weighted", wtp * factor * effect - cost, wtp=wtp,
                unit=f"{context.currency} per person", **about,
            )  # fmt: skip


__all__ = ["NAME", "TITLE", "WHERE", "Shortfall", "applies", "run", "weight"]
