"""Severity in sentences: the answer, the conventions in force, and what to look out for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from heco.analysis.context import Context, increments
from heco.analysis.norms import WHERE, Norm
from heco.analysis.severity_tables import ONLY
from heco.analysis.wording import amount, compared, inside, percent, plain
from heco.scenario.schema_severity import Severity

if TYPE_CHECKING:
    from heco.analysis.severity import Shortfall

#: More people than this alive after the last year of age is worth a warning.
STILL_ALIVE = 0.01


def headline(context: Context, found: Shortfall) -> Iterator[str]:
    """Yield the shortfall, what its weight does to the option of the question, and where it holds.

    Parameters
    ----------
    context : Context
        The run.
    found : Shortfall
        On the basis that leads.
    """
    absolute = float(found.absolute.mean())
    text = (
        f"People with the condition can expect {amount(float(found.condition.mean()))} QALYs "
        f"against {amount(found.general)} in the general population of their age"
    )
    if absolute <= 0:
        yield f"{text}: there is no shortfall, and QALYs are not weighted."
    else:
        lost = f"{amount(absolute)} QALYs or {percent(float(found.proportional.mean()))} less"
        weight = found.weight
        what = f"each QALY counts {plain(weight)} times" if weight > 1 else "QALYs are not weighted"
        yield f"{text}: {lost}, so {what}."
    option, comparator = context.scenario.option, context.scenario.comparator
    if option and found.weight > 1:
        cost, effect = increments(found.basis.sample, "qaly", option, comparator)
        extra, gain = float(cost.mean()), float(effect.mean())
        plainly, weighted = (
            compared(extra, times * gain, "QALY", context.currency) for times in (1, found.weight)
        )
        if plainly != weighted:
            who = f"{context.label(option)}, against {inside(context.label(comparator))}"
            yield f"{who}: {plainly}; weighted by severity, {weighted}."
    yield ONLY


def setting(settings: Severity, age: int) -> str:
    """Return the conventions in force, in words."""
    falls = {"mid-year": "in the middle of each year of age", "start-of-year": "at its start"}
    return (
        f"general population from age {age} to {settings.last_age} ({settings.dated}); "
        f"discounted {percent(settings.rate)}, QALYs falling {falls[settings.discounting]}; those "
        "who die live half of the year; weights 1, 1.2 and 1.7"
    )


def warnings(
    context: Context,
    settings: Severity,
    found: Shortfall,
    again: Shortfall,
    people: Sequence[Norm],
) -> Iterator[str]:
    """Yield what must be known before the weight is used.

    Parameters
    ----------
    context : Context
        The run.
    settings : Severity
        What the author gives.
    found, again : Shortfall
        As asked, and with the other convention of discounting.
    people : sequence of Norm
        The general population.
    """
    if again.weight != found.weight:
        yield (
            f"{WHERE} The weight hangs on a convention: it is {plain(found.weight)} if the QALYs "
            f"of a year fall as said ({settings.discounting}), and {plain(again.weight)} otherwise."
        )
    left = sum(norm.share * float(norm.alive[-1]) for norm in people)
    if left > STILL_ALIVE:
        yield (
            f"{WHERE} {percent(left)} of the general population are alive after age "
            f"{settings.last_age}, and what they live beyond is not counted."
        )
    if float(found.absolute.mean()) < 0:
        yield (
            f"{WHERE} People with the condition expect more QALYs than everybody else: look at who "
            "is in the model, and at the tables."
        )
