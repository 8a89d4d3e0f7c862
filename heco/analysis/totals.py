"""What each strategy costs and gains.

Discounted and undiscounted totals per person of the cohort, with the categories that make up the
cost and the states in which costs and effects arise. Discounted categories add up to the
discounted cost, undiscounted ones to the undiscounted cost; what belongs to no state (the
pathway, moves between states, one-offs) is shown under "pathway and events".
"""

from __future__ import annotations

from typing import Any

from heco.analysis.basis import Basis, bases, per_person, shown_totals
from heco.analysis.context import Context
from heco.analysis.summaries import summary
from heco.result import Column, Quantity, Result, Table

NAME = "totals"
TITLE = "What does each strategy cost and gain?"
#: What belongs to no state.
ELSEWHERE = "pathway and events"
#: A cost that the author put in no category.
UNNAMED = "(no category)"


def applies(context: Context) -> bool:
    """Return True: every scenario has strategies that cost something."""
    return True


def run(context: Context) -> Result:
    """Add up what each strategy costs and gains.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``totals``, with the tables ``strategies``, ``cost_by_category`` and ``by_state``.
    """
    quantities = [q for basis in bases(context) for q in _quantities(context, basis)]
    tables = [_strategies(context)]
    if context.base.outcomes.cost_by:
        tables.append(_by_category(context))
    if context.scenario.states:
        tables.append(_by_state(context))
    return Result(NAME, TITLE, tables=tuple(tables), quantities=tuple(quantities))


def _quantities(context: Context, basis: Basis) -> list[Quantity]:
    outcomes = basis.sample.outcomes
    return [
        basis.quantity(
            name, getattr(outcomes, name)[i], strategy=strategy, unit=per_person(context, name)
        )
        for i, strategy in enumerate(outcomes.strategies)
        for name, _, _ in shown_totals(context)
    ]


def _strategies(context: Context) -> Table:
    columns = [Column("strategy", "Name"), Column("label", "Strategy")]
    limited = [
        name
        for name, _, _ in shown_totals(context)
        if context.psa and not name.endswith("_undiscounted")
    ]
    for name, heading, kind in shown_totals(context):
        columns.append(Column(name, heading, kind))
        if name in limited:
            columns += [
                Column(f"{name}_mean", f"{heading}, mean of draws", kind),
                Column(f"{name}_lower", "95% from", kind),
                Column(f"{name}_upper", "to", kind),
            ]
    rows = []
    for i, strategy in enumerate(context.leading.outcomes.strategies):
        row: list[Any] = [strategy, context.label(strategy)]
        for name, _, _ in shown_totals(context):
            base = getattr(context.base.outcomes, name)[i]
            # Draws of another program have no base case beside them.
            row.append(None if context.imported else float(base[0]))
            if context.psa and name in limited:
                s = summary(getattr(context.psa.outcomes, name)[i])
                row += [s.mean, s.lower, s.upper]
        rows.append(tuple(row))
    notes = ["Per person of the cohort; discounted unless the column says otherwise."]
    if context.imported:
        notes = ["As the other program gave them."]
    if context.psa:
        notes.append("95% limits are percentiles over draws.")
    title = "Costs and effects of each strategy"
    return Table("strategies", title, tuple(columns), tuple(rows), tuple(notes))


def _by_category(context: Context) -> Table:
    outcomes = context.base.outcomes
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("category", "Category"),
        Column("cost", "Cost", "pence"), Column("cost_undiscounted", "Cost, undiscounted", "pence"),
    )  # fmt: skip
    rows = [
        (
            strategy, context.label(strategy), category or UNNAMED,
            float(outcomes.cost_by[category][i, 0]),
            float(outcomes.spend_by[category][i, 0]) if category in outcomes.spend_by else None,
        )
        for i, strategy in enumerate(outcomes.strategies)
        for category in outcomes.cost_by
    ]  # fmt: skip
    notes = ("Per person of the cohort, deterministic. Categories add up to the total.",)
    return Table("cost_by_category", "Cost by category", columns, tuple(rows), notes)


def _by_state(context: Context) -> Table:
    outcomes, scenario = context.base.outcomes, context.scenario
    kinds = [(name, text, kind) for name, text, kind in shown_totals(context) if name in _BY_STATE]
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("state", "State"),
        Column("entry", "Share at the start", "percent"),
        *(Column(name, heading, kind) for name, heading, kind in kinds),
    )  # fmt: skip
    rows = []
    for i, strategy in enumerate(outcomes.strategies):
        for state in (*outcomes.states, ""):
            values = [
                float(outcomes.by_state[name, state][i, 0])
                if (name, state) in outcomes.by_state
                else 0.0
                for name, _, _ in kinds
            ]
            if not state and not any(values):
                continue
            start = float(outcomes.entry[i, outcomes.states.index(state), 0]) if state else None
            label = (scenario.states[state].label or state) if state else ELSEWHERE
            rows.append((strategy, context.label(strategy), label, start, *values))
    notes = ("Per person of the cohort, discounted, deterministic.",)
    title = "Where costs and effects arise"
    return Table("by_state", title, columns, tuple(rows), notes)


#: Outcomes that are told apart by state.
_BY_STATE = ("cost", "qaly", "life_years")
