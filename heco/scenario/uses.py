"""Every formula of a scenario, where it stands, and what it may speak of there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from heco.scenario.draft import Draft
from heco.scenario.expressions import Call, Expr, Name, Number, names
from heco.scenario.fields import Record, Value
from heco.scenario.schema_structure import Branch, Move, OnEntry, OneOff, State
from heco.scenario.toml_positions import Place

#: What a formula may know of time, by where it stands: `in_state` is a row or a value of a
#: state, `cohort` something else that happens cycle by cycle, `derived` a parameter (which may
#: stand anywhere in turn), `pathway` everything that happens before the first cycle.
CLOCKS: Mapping[str, frozenset[str]] = {
    "in_state": frozenset({"time", "age", "cycle", "cycle_length", "state_time", "state_cycle"}),
    "derived": frozenset({"time", "age", "cycle", "cycle_length", "state_time", "state_cycle"}),
    "cohort": frozenset({"time", "age", "cycle", "cycle_length"}),
    "pathway": frozenset({"time", "age", "cycle_length"}),
}


@dataclass(frozen=True)
class Use:
    """One formula.

    Parameters
    ----------
    place : tuple of str
        Where it stands.
    formula : Expr
        The formula.
    context : str
        A key of `CLOCKS`.
    measure : bool
        Whether it may also use the words of [measures].
    """

    place: Place
    formula: Expr
    context: str = "pathway"
    measure: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Return every name that the formula mentions."""
        return names(self.formula)


def uses(draft: Draft) -> Iterator[Use]:
    """Yield every formula of the entries that could be read."""
    for name, parameter in draft.parameters.items():
        if parameter.expr is not None:
            yield Use(("parameters", name, "expr"), parameter.expr, "derived")
    if draft.population.size is not None:
        yield Use(("population", "size"), draft.population.size)
    yield from _all(("population", "starts"), draft.population.starts)
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            yield from _branch(("tree", node, key), branch)
    for name, state in draft.states.items():
        yield from _state(("states", name), state)
    for name, row in draft.transitions.items():
        for key, move in row.items():
            yield from _move(("transitions", name, key), move)
    for name, strategy in draft.strategies.items():
        place = ("strategies", name)
        yield from _all((*place, "starts"), strategy.starts)
        yield from _all((*place, "set"), strategy.set)
        for number, one_off in enumerate(strategy.one_off):
            yield from _event((*place, "one_off", str(number)), one_off)
    for name, group in draft.groups.items():
        yield from _all(("groups", name), {"share": group.share})
        yield from _all(("groups", name, "set"), group.set, "cohort")
    for name, formula in draft.overrides.items():
        yield Use(("analysis", "alternatives", draft.alternative, "set", name), formula, "cohort")
    yield from _asked(draft)


def _asked(draft: Draft) -> Iterator[Use]:
    """Yield the formulas over outcomes: measures, checks and questions."""
    for name, measure in draft.measures.items():
        place = ("measures", name)
        if measure.value is not None:
            yield Use((*place, "value"), measure.value, measure=True)
        for number, part in enumerate(measure.ratio or ()):
            yield Use((*place, "ratio", str(number)), part, measure=True)
    for number, formula in enumerate(draft.checks.same_across_strategies):
        yield Use(
            ("checks", "same_across_strategies", str(number)), formula, "cohort", measure=True
        )
    for number, formula in enumerate(draft.checks.holds):
        yield Use(("checks", "holds", str(number)), formula, "cohort")
    gain = draft.analysis.required_gain
    if gain is not None:
        question = ("analysis", "required_gain")
        yield from _all((*question, "per"), gain.per, measure=True)
        for name, formulas in gain.alternatives.items():
            yield from _all((*question, "alternatives", name), formulas, measure=True)
    for name, study in draft.study.items():
        yield from _within(("study", name), study)
    for key in ("budget", "equity", "severity", "reconcile"):
        asked = getattr(draft.analysis, key)
        if asked is not None:
            yield from _within(("analysis", key), asked)


def _within(place: Place, record: Record) -> Iterator[Use]:
    """Yield every formula of a record and of the named records inside it."""
    for key, value in record:
        if isinstance(value, Number | Name | Call):
            yield Use((*place, key), value)
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                if isinstance(inner, Record):
                    yield from _within((*place, key, name), inner)
                elif isinstance(inner, Number | Name | Call):
                    yield Use((*place, key, name), inner)


def _all(
    place: Place,
    formulas: Mapping[str, Expr] | Mapping[str, Expr | Literal["rest"]],
    context: str = "pathway",
    measure: bool = False,
) -> Iterator[Use]:
    for key, formula in formulas.items():
        if formula == "rest":
            continue
        # A plain cost has the category "", and stands at the key itself.
        yield Use((*place, key) if key else place, formula, context, measure)


def _event(
    place: Place, event: Branch | Move | OnEntry | OneOff, context: str = "pathway"
) -> Iterator[Use]:
    yield from _all((*place, "cost"), event.cost, context)
    if event.qaly is not None:
        yield Use((*place, "qaly"), event.qaly, context)


def _branch(place: Place, branch: Branch) -> Iterator[Use]:
    if branch.p != "rest":
        yield Use((*place, "p"), branch.p)
    yield from _event(place, branch)
    yield from _all((*place, "set"), branch.set)


def _state(place: Place, state: State) -> Iterator[Use]:
    values: dict[Place, Value] = {}
    if state.utility is not None:
        values[(*place, "utility")] = state.utility
    for category, value in state.cost.items():
        values[(*place, "cost", category) if category else (*place, "cost")] = value
    for where, value in values.items():
        yield Use(where, value.value, "in_state")
    if state.on_entry is not None:
        yield from _event((*place, "on_entry"), state.on_entry, "cohort")


def _move(place: Place, move: Move) -> Iterator[Use]:
    if move.p is not None and move.p != "rest":
        yield Use(place, move.p, "in_state")
    if move.rate is not None:
        yield Use((*place, "rate"), move.rate, "in_state")
    yield from _event(place, move, "in_state")
