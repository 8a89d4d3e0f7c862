"""Step 5 of 6: questions. One module, one question, one Result.

Every analysis asks the same pure function about different rows and answers with a
`heco.result.Result`. To add one: write a module with ``NAME``, ``applies(context)`` and
``run(context)``, and add it to `ANALYSES`; no analysis looks at another.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from heco.analysis import (
    agreement,
    answer,
    cea,
    counting,
    course,
    inputs,
    pathway,
    psa,
    published,
    required,
    threshold,
    tornado,
    totals,
)
from heco.analysis.context import USUAL_WTP, Context, base_sample, psa_sample
from heco.analysis.conventions import conventions
from heco.errors import refuse
from heco.model import compile_model
from heco.result import Result, RunResult
from heco.scenario.schema_analysis import Psa

if TYPE_CHECKING:
    from heco.scenario.scenario import Scenario

#: Every analysis, in the order in which a reader wants the results.
ANALYSES: tuple[ModuleType, ...] = (
    required,
    cea,
    totals,
    course,
    pathway,
    threshold,
    psa,
    tornado,
    counting,
    agreement,
    inputs,
)

#: Told what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


def run_scenario(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Answer every question that a scenario asks.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    draws : int, optional
        Number of probabilistic draws instead of the scenario's own; 0 for none.
    seed : int, optional
        Seed instead of the scenario's own.
    progress : callable, optional
        Called before each step with what it is, steps done, and steps in all.

    Returns
    -------
    RunResult
        The answer first, then one result per analysis, the published figures last but the inputs.

    Raises
    ------
    ScenarioError
        If the scenario cannot be computed, or too many draws leave their domain.
    """
    n, settings = _draws(scenario, draws)
    number = settings.seed if seed is None else seed
    steps = 2 + len(ANALYSES)
    tell = progress or (lambda what, done, total: None)
    tell("base case", 0, steps)
    model = compile_model(scenario)
    wtp, stated = _willingness(scenario)
    context = Context(
        model, scenario, base_sample(model), None, wtp, stated, number, n, settings.design
    )
    if n:
        tell(f"{n:,} draws", 1, steps)
        sample, warnings = psa_sample(model, n, number, settings.design)
        context = _with(context, psa=sample, warnings=warnings)
    results: list[Result] = []
    for done, analysis in enumerate(ANALYSES, start=2):
        if analysis.applies(context):
            tell(analysis.TITLE, done, steps)
            results.append(analysis.run(context))
    if published.applies(context):
        results.insert(max(0, len(results) - 1), published.run(context, results))
    results.insert(0, answer.run(context, results))
    tell("done", steps, steps)
    return RunResult(
        name=scenario.name,
        title=answer.title(context),
        question=answer.question(context),
        scenario=scenario,
        results=tuple(results),
        conventions=conventions(context),
        files=scenario.files,
        seed=number,
        draws=n,
    )


def _draws(scenario: Scenario, draws: int | None) -> tuple[int, Psa]:
    """Return how many draws are made, and the settings of the probabilistic analysis."""
    asked = scenario.analysis.psa
    settings = asked or Psa()
    if draws is None:
        return (settings.draws if asked else 0), settings
    if draws < 0 or draws == 1:
        raise refuse(
            f"{draws} draws: limits need at least 2", "[analysis] psa", "Give 0 for none at all."
        )
    return draws, settings


def _willingness(scenario: Scenario) -> tuple[tuple[float, ...], bool]:
    """Return the willingness to pay to show, and whether the author stated it."""
    if scenario.decision.wtp:
        return tuple(dict.fromkeys(scenario.decision.wtp)), True
    return (USUAL_WTP if scenario.decision.currency == "GBP" else ()), False


def _with(context: Context, **changes: Any) -> Context:
    from dataclasses import replace

    return replace(context, **changes)
