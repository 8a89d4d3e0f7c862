"""Deciding well: what each of four courses costs, and what would make it the right one.

Adopt, adopt with a review, pilot, wait. For each: the net benefit that it forgoes on average
against knowing which strategy is the best (expected loss), what speaks for it and against it in
numbers of this run, and what would have to be seen. `heco.analysis.deciding_rules` says to which
course the numbers point, by which rules and from which sources; `heco.analysis.deciding_needs`
collects the values at which the answer turns. What was not asked for is said not to be computed.

Losses until a review are those of adopting, and after it none: a review that tells everything is
the best that can be had, so its advantage over adopting is a ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from heco.analysis import deciding_rules as rules
from heco.analysis import deciding_words as words
from heco.analysis.context import Context, increments
from heco.analysis.curves import curves
from heco.analysis.deciding_needs import Need, needs
from heco.analysis.deciding_rules import Facts, Worth
from heco.result import Column, Quantity, Result, Table

NAME = "deciding"
TITLE = "Which course do the numbers point to?"
NO_DRAWS = "Without draws of uncertain inputs nobody knows what a course loses on average."


def applies(context: Context) -> bool:
    """Return whether there is a choice, health to weigh, and a stated willingness to pay."""
    several = bool(context.scenario.option) and not context.cost_only
    return several and bool(context.wtp) and context.wtp_stated and not context.imported


def run(context: Context, results: Sequence[Result]) -> Result:
    """Set out the courses.

    Parameters
    ----------
    context : Context
        The run.
    results : sequence of Result
        Everything that the run has answered so far.

    Returns
    -------
    Result
        ``deciding``, with the tables ``deciding`` and ``deciding_needs``; the `Facts` by
        willingness to pay are in `data` as ``facts``.
    """
    by_name = {result.analysis: result for result in results}
    known = {wtp: facts(context, wtp, by_name) for wtp in context.wtp}
    wanted = {wtp: needs(context, fact, by_name) for wtp, fact in known.items()}
    said = {wtp: words.courses(context, fact, wanted[wtp]) for wtp, fact in known.items()}
    missing = () if context.psa is not None else (NO_DRAWS,)
    return Result(
        NAME,
        TITLE,
        words.headline(context, list(known.values())),
        (_courses(context, known, said, missing), _needed(context, wanted)),
        tuple(q for fact in known.values() for q in _numbers(context, fact)),
        settings={"rules": "which course the numbers point to; people decide"},
        data={"facts": known},
    )


def facts(context: Context, wtp: float, by_name: Mapping[str, Result]) -> Facts:
    """Return what the run knows at one willingness to pay.

    Parameters
    ----------
    context : Context
        The run.
    wtp : float
        Willingness to pay. [currency per QALY]
    by_name : mapping of str to Result
        What was worked out, by analysis.
    """
    option, comparator = context.scenario.option, context.scenario.comparator
    outcomes = context.leading.outcomes
    names = outcomes.strategies
    cost, effect = increments(context.leading, context.effect, option, comparator)
    mean = outcomes.net_monetary_benefit(wtp, context.effect).mean(axis=1)
    home = names.index(comparator)
    first = int(np.argmax(mean))
    best = home if mean[first] <= mean[home] else first
    benefit = float(wtp * effect.mean() - cost.mean())
    people = None if outcomes.population is None else float(np.mean(outcomes.population))
    what: dict[str, Any] = {"people": people, "set_up": _set_up(by_name.get("budget"), option)}
    if context.psa is not None:
        made = curves(outcomes.cost, outcomes.effect(context.effect), [wtp])
        what |= {
            "probability": {name: float(made.ceac[i, 0]) for i, name in enumerate(names)},
            "loss": {name: float(made.loss[i, 0]) for i, name in enumerate(names)},
            "evpi": float(made.evpi[0]),
            # Only independent draws say by themselves how far their mean may be off.
            "evpi_error": float(made.evpi_error[0]) if context.design == "random" else None,
            "studies": _studies(by_name.get("voi"), wtp),
        }
        decided = by_name["voi"].data["found"].people if "voi" in by_name else None
        if decided is not None:
            what |= {"everybody": decided.count(), "horizon": decided.horizon}
    return Facts(wtp, option, comparator, names[best], benefit, **what)


def _set_up(budget: Result | None, option: str) -> float | None:
    """Return the cash that setting the option up costs over the years of the budget."""
    if budget is None:
        return None
    for table in budget.tables:
        if table.name == "budget_summary":
            at = {column.name: k for k, column in enumerate(table.columns)}
            mine = [row for row in table.rows if row[at["strategy"]] == option]
            return float(mine[0][at["set_up"]]) if mine else None
    return None


def _studies(voi: Result | None, wtp: float) -> tuple[Worth, ...]:
    for table in voi.tables if voi is not None else ():
        if table.name == "studies":
            at = {column.name: k for k, column in enumerate(table.columns)}
            return tuple(
                Worth(
                    str(row[at["label"]]), str(row[at["verdict"]]), float(row[at["enbs"]]),
                    float(row[at["error"]]), int(row[at["best_n"]]),
                )
                for row in table.rows
                if row[at["wtp"]] == wtp
            )  # fmt: skip
    return ()


def _loss(fact: Facts, course: str) -> float | None:
    """Return what a course forgoes per person: of those who get it, or all if it is for all."""
    if course in (rules.ADOPT, rules.REVIEW, rules.PILOT):
        return fact.loss.get(fact.option)
    return fact.loss.get(fact.comparator)


def _courses(
    context: Context, known: Mapping[float, Facts],
    said: Mapping[float, Mapping[str, words.Course]], missing: tuple[str, ...],
) -> Table:  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for wtp, fact in known.items():
        pointed = rules.course(fact)
        for course in rules.COURSES:
            loss, one = _loss(fact, course), said[wtp][course]
            everybody = None if loss is None or fact.people is None else loss * fact.people
            rows.append(
                (
                    wtp, course, one.label, course == pointed, loss, everybody,
                    None if everybody is None or wtp <= 0 else everybody / wtp, one.loss,
                    one.speaks_for, one.against, one.right_if,
                )
            )  # fmt: skip
    period, unit = context.scenario.population.per, context.unit
    columns = (
        Column("wtp", f"Willingness to pay per {unit}", "money"), Column("course", "Name"),
        Column("label", "Course"), Column("points", "The numbers point here", "flag"),
        Column("loss", "Expected loss per person who goes this way", "pence"),
        Column("loss_all", f"for all who enter in one {period}", "money"),
        Column("loss_health", f"the same in {unit}s", "number"),
        Column("loss_words", "What it costs"), Column("speaks_for", "What speaks for it"),
        Column("against", "What speaks against it"), Column("right_if", "It would be right if"),
    )  # fmt: skip
    notes = (
        "Expected loss: the net benefit forgone on average, against knowing which strategy is the "
        "best. That of a pilot is per person in it; that of a review holds until the review.",
    )
    return Table(
        "deciding", "Four courses, and what each costs", columns, tuple(rows), missing or notes
    )


def _needed(context: Context, wanted: Mapping[float, Sequence[Need]]) -> Table:
    rows = [
        (wtp, n.what, n.side, n.needed, n.now, n.unit, n.source, n.parameter)
        for wtp, several in wanted.items()
        for n in several
    ]
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("what", "What would have to be seen"), Column("side", "Side"),
        Column("needed", "Needed", "number"), Column("now", "In this run", "number"),
        Column("unit", "Unit"), Column("source", "Solved by"), Column("parameter", "Input"),
    )  # fmt: skip
    notes = ("Each alone, everything else as it is in this run.",)
    return Table("deciding_needs", "What would have to be seen", columns, tuple(rows), notes)


def _numbers(context: Context, fact: Facts) -> Iterator[Quantity]:
    """Yield the rows of results.csv that no other analysis has."""
    pointed = rules.course(fact)
    period, basis = context.scenario.population.per, context.basis
    for course in (*rules.COURSES, rules.ANOTHER):
        yield Quantity(
            "course_pointed_to", float(course == pointed), fact.option, fact.comparator, fact.wtp,
            course, unit="1 if the numbers point to it", basis=basis,
        )  # fmt: skip
    if fact.people is None:
        return
    for course, name in ((rules.ADOPT, fact.option), (rules.WAIT, fact.comparator)):
        if name in fact.loss:
            everybody = fact.loss[name] * fact.people
            yield Quantity(
                "course_loss", everybody, name, wtp=fact.wtp, subject=course, basis=basis,
                unit=f"{context.currency} for all who enter in one {period}",
            )  # fmt: skip
            if fact.wtp > 0:
                yield Quantity(
                    "course_loss_health", everybody / fact.wtp, name, wtp=fact.wtp,
                    subject=course, basis=basis,
                    unit=f"{context.unit}s for all who enter in one {period}",
                )  # fmt: skip
