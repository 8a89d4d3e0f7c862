"""The UK National Screening Committee's criteria for a targeted screening programme.

Seven criteria (29 September 2022), each in short, with what this model has to say to it and what
the author says under ``[reporting.screening]``. A model can show a part of what a criterion asks;
whether it is met is for people to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from heco.report import numbers, reading
from heco.result import RunResult

NAME = "criteria"
#: Under this name a tree counts the people who are screened.
SCREENED = "screened"


@dataclass(frozen=True)
class Criterion:
    """A criterion: in short, the author's key, and what the model says."""

    number: int
    asks: str
    key: str
    says: Callable[[RunResult], str]
    sections: tuple[str, ...]


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Criteria for a targeted screening programme"


def applies(run: RunResult) -> bool:
    """Return whether the author answers the criteria, or people are counted as screened."""
    return run.scenario.reporting.screening is not None or _counts_screened(run)


def _counts_screened(run: RunResult) -> bool:
    return any(r["count"] == SCREENED for r in reading.rows(run, "people_counted"))


def context(run: RunResult) -> dict[str, object]:
    """Return each criterion with what the model and what the author says."""
    from heco.report.editions import TECHNICAL  # which lists this section

    present = TECHNICAL.places(run)
    asked = run.scenario.reporting.screening is not None
    why = "" if asked else "people are counted as screened on the tree"
    return {"why": why, "rows": [_row(run, one, present) for one in CRITERIA]}


def _row(run: RunResult, one: Criterion, present: Collection[str]) -> dict[str, object]:
    words = str(getattr(run.scenario.reporting.screening, one.key, "")).strip()
    says = one.says(run)
    sections = tuple(name for name in present if name in one.sections)  # in their order
    return {
        "number": one.number,
        "asks": one.asks,
        "says": says,
        "sections": sections if says else (),
        "words": words,
    }


def _course(run: RunResult) -> str:
    if not run.scenario.states:
        return ""
    return (
        f"How the course is modelled: {len(run.scenario.states)} states and the moves between them."
    )


def _worth(run: RunResult) -> str:
    return reading.answer(run)


def _diagnosis(run: RunResult) -> str:
    names = {name for row in run.scenario.tree.values() for b in row.values() for name in b.count}
    return "What follows a positive test is on the tree." if "positive" in names else ""


def _harms(run: RunResult) -> str:
    """Return benefits and harms that are counted, for the option that the question is about."""
    wanted = ("cases", "benefited", "false_positives", "cases_missed")
    rows = {r["count"]: r for r in _mine(run)}
    said = [
        f"{numbers.inside(reading.counted(run, name))} {numbers.count(rows[name]['per_10000'])}"
        for name in wanted
        if name in rows
    ]
    if not said:
        return ""
    name = reading.strategy(run, reading.option(run))
    return f"{name}, of 10,000 {reading.people(run)}: {numbers.listing(said)}."


def _selection(run: RunResult) -> str:
    rows = {r["count"]: float(r["per_10000"]) for r in _mine(run)}
    if "cases" not in rows or "cases_missed" not in rows:
        return ""
    every = rows["cases"] + rows["cases_missed"]
    if not every:
        return ""
    name = reading.strategy(run, reading.option(run))
    return f"{name} finds {numbers.percent(rows['cases'] / every)} of all cases."


def _mine(run: RunResult) -> list[reading.Record]:
    return reading.rows(run, "people_counted", strategy=reading.option(run))


def _feasible(run: RunResult) -> str:
    if "budget" not in run:
        return ""
    staff = bool(reading.rows(run, "budget_staff"))
    return f"Money {'and staff ' if staff else ''}year by year{'' if staff else '; no staff'}."


def _nothing(run: RunResult) -> str:
    return ""


CRITERIA = (
    Criterion(
        1,
        "The condition and its course are understood, and serious disease can be identified or "
        "predicted by an agreed marker or level of risk.",
        "condition", _course, ("structure", "course"),
    ),
    Criterion(
        2,
        "Studies and models show cost-effectiveness of a simple, accurate test, and of an "
        "intervention that does better early than usual care does.",
        "test_and_intervention", _worth, ("money", "drivers"),
    ),
    Criterion(
        3,
        "Those who test positive can have a diagnostic investigation that tells who would benefit.",
        "diagnosis", _diagnosis, ("structure",),
    ),
    Criterion(
        4,
        "Benefits outweigh harms, such as overdiagnosis, overtreatment, false positives, false "
        "reassurance and uncertain findings.",
        "harms", _harms, ("pathway",),
    ),
    Criterion(
        5,
        "Who is eligible is selected by robust and inclusive criteria that rest on evidence.",
        "selection", _selection, ("pathway", "equity", "who"),
    ),
    Criterion(
        6,
        "The public and health professionals find it acceptable, and the invited are given "
        "balanced information.",
        "acceptability", _nothing, (),
    ),
    Criterion(
        7,
        "An assessment of feasibility shows that it can be done, monitored and quality-assured, "
        "with the staff and facilities that it needs.",
        "feasibility", _feasible, ("budget",),
    ),
)  # fmt: skip
