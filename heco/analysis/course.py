"""Where the cohort is over time.

The base case is followed from boundary to boundary of its cycles, and the share of the cohort in
each state is kept: what a reviewer looks at first, because a trace that looks wrong is wrong.
Tunnel states are added up into the state that the author wrote.
"""

from __future__ import annotations

from typing import Any

from heco.analysis.context import Context
from heco.result import Column, Result, Table

NAME = "course"
TITLE = "Where is the cohort over time?"


def applies(context: Context) -> bool:
    """Return whether there is a cohort that moves between states."""
    return bool(context.scenario.states) and context.scenario.time.cycle is not None


def run(context: Context) -> Result:
    """Follow the base case through the states.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``course``, with the table ``trace``: one row per strategy, state and cycle boundary.
    """
    outcomes = context.model.evaluate(context.base.draws, trace=True)
    scenario = context.scenario
    assert outcomes.trace is not None
    assert scenario.time.cycle is not None
    length, start = float(scenario.time.cycle.years), scenario.age
    rows: list[tuple[Any, ...]] = []
    for i, strategy in enumerate(outcomes.strategies):
        for j, state in enumerate(outcomes.states):
            words = scenario.states[state].label or state.replace("_", " ")
            for boundary, share in enumerate(outcomes.trace[i, :, j, 0]):
                years = boundary * length
                age = None if start is None else start + years
                rows.append(
                    (strategy, context.label(strategy), state, words, years, age, float(share))
                )
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("state", "State name"),
        Column("state_label", "State"), Column("years", "Years from the start", "number"),
        Column("age", "Age", "number"), Column("share", "Share of the cohort", "percent"),
    )  # fmt: skip
    notes = ("Base case, at the boundaries of the cycles.",)
    return Result(
        NAME, TITLE, tables=(Table("trace", "Share in each state", columns, tuple(rows), notes),)
    )
