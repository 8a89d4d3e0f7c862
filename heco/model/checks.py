"""What must hold whatever is decided: the guards that keep strategies from changing the population.

A strategy that quietly treats a sicker population looks better or worse for no reason. So: what
``[checks]`` says is the same at entry is the same, branches that set a parameter must average to
its value outside, and stated conditions hold in every draw.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from heco.errors import SUM_TOLERANCE, Problem, ScenarioError
from heco.outcomes import Array, Outcomes
from heco.scenario.scenario import Scenario

Averages = Mapping[tuple[str, str, str], tuple[Array, Array]]


def verify(scenario: Scenario, outcomes: Outcomes, averages: Averages) -> None:
    """Raise for everything in ``[checks]`` that the evaluated model breaks.

    Raises
    ------
    ScenarioError
        Listing every broken check, with the strategies, the size and the first draw.
    """
    problems = [*_same_at_entry(scenario, outcomes), *_coherent(scenario, outcomes, averages)]
    if problems:
        raise ScenarioError(problems)


def _same_at_entry(scenario: Scenario, outcomes: Outcomes) -> list[Problem]:
    problems: list[Problem] = []
    for group in scenario.checks.same_at_entry:
        rows = [outcomes.states.index(state) for state in group]
        share = outcomes.entry[:, rows, :].sum(axis=1)
        gap = np.where(outcomes.valid, np.abs(share - share[0]), 0.0)
        if gap.max(initial=0.0) <= SUM_TOLERANCE:
            continue
        position, draw = np.unravel_index(int(gap.argmax()), gap.shape)
        problems.append(
            Problem(
                f"{' + '.join(group)} at the start is {share[position, draw]:.6g} of the cohort "
                f"in {outcomes.strategies[position]} but {share[0, draw]:.6g} in "
                f"{outcomes.strategies[0]}: the strategies treat different populations",
                "[checks] same_at_entry",
                "A strategy may change what is done, not who people are. Look for a lever, a "
                "branch `set` or a chance node that changes how many are ill.",
            )
        )
    return problems


def incoherent(scenario: Scenario, outcomes: Outcomes, averages: Averages) -> list[Problem]:
    """Return the parameters whose values on the branches do not average to the value outside."""
    problems: list[Problem] = []
    for (strategy, node, name), (outside, average) in averages.items():
        gap = np.abs(average - outside) / np.maximum(1.0, np.abs(outside))
        gap = np.where(outcomes.valid, gap, 0.0)
        if gap.max(initial=0.0) <= SUM_TOLERANCE:
            continue
        draw = int(gap.argmax())
        problems.append(
            Problem(
                f"the branches set {name} to values that average {average[draw]:.6g}, but outside "
                f"it is {outside[draw]:.6g} (strategy {strategy})",
                f"[tree.{node}]",
                f"Derive one branch's value from the other and from {name}, so that the whole "
                "population stays the same.",
            )
        )
    return problems


def _coherent(scenario: Scenario, outcomes: Outcomes, averages: Averages) -> list[Problem]:
    wanted = {
        where: pair for where, pair in averages.items() if where[2] in scenario.checks.coherent
    }
    return incoherent(scenario, outcomes, wanted)
