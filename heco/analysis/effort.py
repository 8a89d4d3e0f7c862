"""What a run would cost, estimated before it is begun, and refused if that is too much.

A wrong unit of the cycle or three zeros too many in the number of draws should be a sentence, not
a machine that stops answering. The estimate counts what the plan of the model will do, not what
this machine can do: the same scenario is refused everywhere or nowhere.

The time is that of the draws alone: operations (a product for each move and for each value of each
cycle, and the formulas) times what one took on an ordinary core, measured on models from 4 to
36,525 cycles: 0.4 to 5 billionths of a second; 2 are taken, and a millionth per block.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heco.errors import Problem, ScenarioError
from heco.scenario.schema_limits import Limits

if TYPE_CHECKING:
    from heco.model import Model
    from heco.outcomes import Outcomes
    from heco.sampling import Draws
    from heco.scenario.scenario import Scenario

#: What one operation takes in one draw, and what it takes to begin it for a block. [seconds]
OPERATION, CALL = 2e-9, 1e-6
#: Draws in a block.
BLOCK = 2048
#: Draws and outcomes are held; analyses work on copies of parts of them.
COPIES = 2.5
_WHERE = "[analysis.limits]"


@dataclass(frozen=True)
class Effort:
    """What the draws of a run would need.

    Parameters
    ----------
    rows : int
        Rows that the model is asked about: draws, those of alternatives, those of designs.
    held : int
        Draws whose outcomes are held at the same time.
    memory : float
        For draws and outcomes. [MB]
    minutes : float
        On one core of an ordinary computer. [minutes]
    """

    rows: int
    held: int
    memory: float
    minutes: float


def effort(model: Model, draws: Draws, outcomes: Outcomes, n: int) -> Effort:
    """Return what `n` draws would need.

    Parameters
    ----------
    model : Model
        The compiled model.
    draws : Draws
        Some draws of the parameters; their number says nothing.
    outcomes : Outcomes
        Of any draws, without trace: how much is kept for each draw.
    n : int
        Number of draws.

    Returns
    -------
    Effort
        The estimate.
    """
    rows = n + _further(model.scenario, n, len(model.scenario.distributions))
    held = max(n, _design(model.scenario, len(model.scenario.distributions)))
    numbers = len(draws.names) + _kept(outcomes) / outcomes.n
    return Effort(
        rows=rows,
        held=held,
        memory=held * numbers * 8 * (COPIES + len(model.groups)) / 1e6,
        minutes=_minutes(_operations(model, draws), rows),
    )


def _minutes(operations: int, rows: int) -> float:
    return operations * (rows * OPERATION + math.ceil(rows / BLOCK) * CALL) / 60


def _kept(outcomes: Outcomes) -> int:
    """Return how many numbers outcomes hold; what two names share counts twice."""
    count = 0
    for value in vars(outcomes).values():
        arrays = value.values() if isinstance(value, Mapping) else [value]
        count += sum(array.size for array in arrays if hasattr(array, "size"))
    return count


def _operations(model: Model, draws: Draws) -> int:
    """Return how many operations one draw takes."""
    if model.groups:
        return sum(_operations(part, draws) for part in model.groups.values())
    plan = model.plan(draws)
    once = len(plan.names.graph.nodes)
    if plan.clock is None:
        return once
    each = sum(len(item.cohort.steps) + len(item.terms) for item in plan.strategies)
    return once + int(plan.clock.cycles) * (each + int(plan.program.moving))


def _further(scenario: Scenario, n: int, uncertain: int) -> int:
    """Return the rows that other analyses ask about."""
    asked = scenario.analysis
    again = sum(n for alternative in asked.alternatives.values() if alternative.psa)
    return again + _design(scenario, uncertain)


def _design(scenario: Scenario, uncertain: int) -> int:
    """Return the rows of the designs of a global sensitivity analysis."""
    asked = scenario.analysis.sensitivity
    if asked is None:
        return 0
    rows = {"sobol": asked.draws * (uncertain + 2), "morris": asked.trajectories * (uncertain + 1)}
    return max(rows.get(method, 0) for method in asked.method)


def affordable(model: Model, draws: Draws, outcomes: Outcomes | None, n: int) -> None:
    """Refuse a run that needs more than its scenario allows.

    Parameters
    ----------
    model, draws, n
        As for `effort`.
    outcomes : Outcomes or None
        As for `effort`; None before there are any, when only the time can be judged.

    Raises
    ------
    ScenarioError
        With the estimate, and the keys to change.
    """
    limits: Limits = model.scenario.analysis.limits
    if outcomes is None:
        needs = Effort(n, n, 0.0, _minutes(_operations(model, draws), n))
    else:
        needs = effort(model, draws, outcomes, n)
    problems = []
    if needs.memory > limits.memory:
        what = (
            f"{needs.held:,} rows of {len(draws.names)} inputs and their outcomes would take about "
            f"{needs.memory:,.0f} MB; {limits.memory:,.0f} MB is the most"
        )
        problems.append(Problem(what, f"{_WHERE} memory", _fewer(limits.memory / needs.memory, n)))
    if needs.minutes > limits.minutes:
        what = (
            f"{_rows(needs.rows)}{_cycles(model, draws)} would take about "
            f"{needs.minutes:,.0f} minutes; {limits.minutes:g} is the most"
        )
        problems.append(
            Problem(what, f"{_WHERE} minutes", _fewer(limits.minutes / needs.minutes, n))
        )
    if problems:
        raise ScenarioError(problems)


def _rows(rows: int) -> str:
    return "the base case" if rows == 1 else f"{rows:,} rows"


def _cycles(model: Model, draws: Draws) -> str:
    plan = model.plan(draws)
    if plan.clock is None:
        return ""
    most = max(len(item.cohort.layout.micro) for item in plan.strategies)
    tunnels = " (tunnels counted one by one)" if most > len(model.scenario.states) else ""
    return f" of {plan.clock.cycles:,} cycles and {most:,} states{tunnels}"


def _fewer(share: float, n: int) -> str:
    fewer = max(2, int(float(f"{n * share:.1e}")))
    draws = f"ask for fewer draws (about {fewer:,}), " if n > 2 else ""
    ways = f"{draws}take longer cycles, or raise the limit here."
    return ways[:1].upper() + ways[1:]
