"""Step 5 of 6: questions. One module, one question, one Result.

Every analysis asks the same pure function about different rows and answers with a
`heco.result.Result`. To add one: write a module with ``NAME``, ``applies(context)`` and
``run(context)``, and add it to `ANALYSES`; no analysis looks at another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from heco.analysis import (
    agreement,
    alternatives,
    answer,
    assured_threshold,
    budget,
    by_group,
    cea,
    convergence,
    counting,
    course,
    deciding,
    decision_curves,
    decision_flip,
    equity,
    global_sensitivity,
    inputs,
    pathway,
    pooling_choice,
    psa,
    published,
    required,
    severity,
    spider,
    synthesis,
    threshold,
    tornado,
    totals,
    two_way,
    who,
)
from heco.analysis.context import USUAL_WTP, Context, base_sample, in_domain, noted, psa_sample
from heco.analysis.conventions import conventions
from heco.analysis.effort import affordable
from heco.analysis.precision import Rule, precise
from heco.analysis.voi import answer as evidence
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
    by_group,
    who,
    budget,
    equity,
    severity,
    threshold,
    two_way,
    psa,
    decision_curves,
    convergence,
    tornado,
    spider,
    global_sensitivity,
    evidence,
    assured_threshold,
    decision_flip,
    alternatives,
    counting,
    synthesis,
    pooling_choice,
    agreement,
    inputs,
)

#: Said instead of a probability where every input has one value only.
CERTAIN = (
    "No input is given any uncertainty: all draws would be alike, so none were made, and how sure "
    "the answer is cannot be said."
)

#: Told what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


def run_scenario(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
    only: Collection[str] | None = None,
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
    jobs : int
        Most processes to use for the draws.
    only : collection of str, optional
        Names of the analyses that are wanted, ``answer`` and ``published`` among them; left out,
        all that apply.

    Returns
    -------
    RunResult
        The answer first, then one result per analysis, the published figures last but the inputs.

    Raises
    ------
    ScenarioError
        If the scenario cannot be computed, or too many draws leave their domain.
    """
    wanted = [analysis for analysis in ANALYSES if only is None or analysis.NAME in only]
    steps = 2 + len(wanted)
    tell = progress or (lambda what, done, total: None)
    tell("base case", 0, steps)
    context = prepared(scenario, draws, seed, jobs, lambda what: tell(what, 1, steps))
    results: list[Result] = []
    for done, analysis in enumerate(wanted, start=2):
        if analysis.applies(context):
            tell(analysis.TITLE, done, steps)
            results.append(analysis.run(context))
    if published.applies(context) and (only is None or published.NAME in only):
        results.insert(max(0, len(results) - 1), published.run(context, results))
    if deciding.applies(context) and (only is None or deciding.NAME in only):
        results.insert(max(0, len(results) - 1), deciding.run(context, results))
    if only is None or answer.NAME in only:
        results.insert(0, answer.run(context, results))
    tell("done", steps, steps)
    return finished(context, results)


def finished(context: Context, results: Sequence[Result]) -> RunResult:
    """Return the results of a run with what they rest on.

    Parameters
    ----------
    context : Context
        The run.
    results : sequence of Result
        In the order in which a reader wants them.
    """
    return RunResult(
        name=context.scenario.name,
        title=answer.title(context),
        question=answer.question(context),
        scenario=context.scenario,
        results=tuple(results),
        conventions=conventions(context),
        files=context.scenario.files,
        seed=context.seed,
        draws=context.requested,
    )


def prepared(
    scenario: Scenario,
    draws: int | None,
    seed: int | None,
    jobs: int,
    tell: Callable[[str], None],
) -> Context:
    """Return the compiled scenario with its base case and its draws.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    draws, seed : int or None
        Instead of the scenario's own.
    jobs : int
        Most processes to use for the draws.
    tell : callable
        Told what is being done.
    """
    n, settings = _draws(scenario, draws)
    number = settings.seed if seed is None else seed
    model = compile_model(scenario)
    wtp, stated = _willingness(scenario)
    affordable(model, model.base(), None, 1)
    context = Context(
        model, scenario, base_sample(model), None, wtp, stated, number, n, settings.design,
        jobs=jobs,
    )  # fmt: skip
    context = replace(context, warnings=noted(context.base.outcomes))
    affordable(model, context.base.draws, context.base.outcomes, n)
    if n and not (scenario.distributions or scenario.samples):
        return replace(context, requested=0, warnings=(*context.warnings, CERTAIN))
    if draws is None and settings.precision is not None and scenario.analysis.psa is not None:
        tell("as many draws as the decision needs")
        rule = Rule(**settings.precision.model_dump())
        made = precise(model, wtp, number, settings.design, context.effect, rule)
        sample, warnings = in_domain(made.draws, made.outcomes)
        return replace(context, psa=sample, requested=made.draws.n, warnings=warnings, precise=made)
    if n:
        tell(f"{n:,} draws")
        sample, warnings = psa_sample(model, n, number, settings.design, jobs)
        return replace(context, psa=sample, warnings=warnings)
    return context


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
