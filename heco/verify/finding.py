"""Which parameters of a scenario are what: ratios of effect, uptake, accuracy, prevalence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from heco.scenario.expressions import Call, Expr, Name, names
from heco.scenario.scenario import Scenario
from heco.scenario.schema_structure import Branch
from heco.verify import alter
from heco.verify.bench import Bench

#: Functions whose second argument is a ratio.
_RATIOS = {"apply_rr", "apply_or", "apply_hr", "apply_rate_ratio"}
#: Units of a ratio of effect.
_UNITS = re.compile(r"\b(risk|odds|hazard|rate|relative) (ratio|risk)s?\b|^(rr|or|hr)$", re.I)


def given(scenario: Scenario) -> list[str]:
    """Return the parameters that have one number of their own and are no lever."""
    return [
        name
        for name, parameter in scenario.parameters.items()
        if not parameter.lever and parameter.expr is None and parameter.table is None
        and not (name in scenario.distributions and scenario.distributions[name].components)
    ]  # fmt: skip


def ratios(scenario: Scenario) -> list[str]:
    """Return the parameters that are ratios of effect, by their unit or by where they are used."""
    used: set[str] = set()
    for formula in formulas(scenario):
        used |= _in_ratios(formula)
    return [
        name
        for name in given(scenario)
        if name in used or _UNITS.search(scenario.parameters[name].unit)
    ]


def _in_ratios(formula: Expr) -> set[str]:
    """Return the names that stand, alone or with an exponent, where a function wants a ratio."""
    if not isinstance(formula, Call):
        return set()
    found = set().union(*(_in_ratios(arg) for arg in formula.args))
    if formula.function in _RATIOS:
        ratio = formula.args[1]
        if isinstance(ratio, Call) and ratio.function == "pow":
            ratio = ratio.args[0]
        if isinstance(ratio, Name):
            found.add(ratio.id)
    return found


def formulas(scenario: Scenario) -> Iterable[Expr]:
    """Yield the formulas of parameters, moves, branches and settings."""
    for parameter in scenario.parameters.values():
        if parameter.expr is not None:
            yield parameter.expr
    for row in scenario.transitions.values():
        for move in row.values():
            yield from (f for f in (move.p, move.rate) if f is not None and f != "rest")
    for branches in scenario.tree.values():
        for branch in branches.values():
            yield from branch.set.values()
            if branch.p != "rest":
                yield branch.p
    for strategy in scenario.strategies.values():
        yield from strategy.set.values()


def called(scenario: Scenario, words: str) -> list[str]:
    """Return the parameters whose name or label holds one of some words (a regular expression)."""
    pattern = re.compile(words, re.I)
    return [
        name
        for name in given(scenario)
        if pattern.search(name.replace("_", " ")) or pattern.search(scenario.parameters[name].label)
    ]


def movers(bench: Bench, wanted: Iterable[str], to: float = 1.0) -> list[str]:
    """Return the parameters that move the health of some strategy when they take a value."""
    before = bench.effects(bench.base)[:, 0]
    found = []
    for name in wanted:
        after = bench.effects(bench.once(alter.parameters(bench.scenario, {name: to})))[:, 0]
        if not np.allclose(after, before, rtol=1e-12, atol=1e-15):
            found.append(name)
    return found


def counted_branches(scenario: Scenario, about: Iterable[str]) -> tuple[Scenario, list[str]]:
    """Return the scenario with every branch that depends on some parameters counted by its place.

    The branch that takes the rest of such a row depends on them as well.

    Returns
    -------
    scenario : Scenario
        With more names in ``count``.
    names : list of str
        These names.
    """
    wanted = _derived(scenario, set(about))
    made: dict[str, dict[str, Branch]] = {}
    counted: list[str] = []
    for node, row in scenario.tree.items():
        touched = {k for k, b in row.items() if b.p != "rest" and names(b.p) & wanted}
        if touched:
            touched |= {key for key, branch in row.items() if branch.p == "rest"}
        made[node] = {}
        for key, branch in row.items():
            name = f"{node}.{key}"
            if key in touched:
                counted.append(name)
                branch = branch.model_copy(update={"count": (*branch.count, name)})
            made[node][key] = branch
    return replace(scenario, tree=made), counted


def _derived(scenario: Scenario, known: set[str]) -> set[str]:
    """Return the parameters and all that are derived from them, also by what branches set."""
    settings = [
        (name, formula)
        for row in scenario.tree.values()
        for branch in row.values()
        for name, formula in branch.set.items()
    ]
    settings += [(n, p.expr) for n, p in scenario.parameters.items() if p.expr is not None]
    while True:
        more = {name for name, formula in settings if names(formula) & known} - known
        if not more:
            return known
        known = known | more
