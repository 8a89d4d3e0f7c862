"""Draws that another program made, answered like our own: the same tables, figures and report.

There is no model to ask, so only what can be read off the draws is answered: what each strategy
costs and gains, the incremental table, probabilities and losses at every willingness to pay, how
much each input has to do with the answer (PAWN, which needs no further runs), and what each would
be worth knowing. The report is
told of strategies and inputs by a scenario that holds their names and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from heco.analysis import (
    answer,
    cea,
    convergence,
    decision_curves,
    global_sensitivity,
    inputs,
    psa,
    totals,
)
from heco.analysis.context import USUAL_WTP, Context, Sample
from heco.analysis.summaries import summary
from heco.analysis.voi import answer as evidence
from heco.analysis.wording import count, listing, money
from heco.errors import did_you_mean, refuse
from heco.outcomes import Outcomes
from heco.result import Result, RunResult, Table
from heco.sampling import Draws
from heco.scenario.scenario import Scenario
from heco.scenario.schema import Checks, Decision, Population, Time
from heco.scenario.schema_analysis import Analysis, Sensitivity
from heco.scenario.schema_structure import Strategy
from heco.scenario.schema_study import Voi

if TYPE_CHECKING:
    from heco.psa_file import ImportedPsa

#: What can be answered without a model, in the order in which a reader wants it.
ANALYSES: tuple[ModuleType, ...] = (
    cea, totals, psa, decision_curves, convergence, global_sensitivity, evidence,
)  # fmt: skip
#: Fewest draws from which PAWN indices are worth a look, and what inputs are worth knowing.
FEWEST, FEWEST_WORTH = 1_000, 100


@dataclass(frozen=True)
class About:
    """What a file of draws does not say.

    Parameters
    ----------
    name, title : str
        What the analysis is called; a title left out is made from the name.
    reference : str
        The strategy that the others are compared with; left out, the first.
    option : str
        The strategy that the question is about; left out, the one with the highest mean net
        benefit that is not the reference.
    wtp : tuple of float
        Willingness to pay; left out, the usual list. [currency per QALY]
    currency : str
        Of the costs.
    """

    name: str
    title: str = ""
    reference: str = ""
    option: str = ""
    wtp: tuple[float, ...] = ()
    currency: str = "GBP"


def run_imported(
    draws: ImportedPsa,
    about: About,
    files: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> RunResult:
    """Answer what draws of another program can answer.

    Parameters
    ----------
    draws : ImportedPsa
        As `heco.psa_file.read` returns them.
    about : About
        What the file does not say.
    files : mapping of str to str, optional
        The files read -> SHA-256.
    only : collection of str, optional
        Names of the analyses that are wanted; left out, all.

    Returns
    -------
    RunResult
        As of a run with a model.

    Raises
    ------
    ScenarioError
        If a strategy that is named is not in the file.
    """
    context = imported_context(draws, about)
    results: list[Result] = []
    for analysis in ANALYSES:
        if (only is None or analysis.NAME in only) and analysis.applies(context):
            results.append(analysis.run(context))
    if draws.parameters:
        results.append(_inputs(context, draws))
    if only is None or answer.NAME in only:
        results.insert(0, answer.run(context, results))
    return RunResult(
        name=about.name,
        title=answer.title(context),
        question=answer.question(context),
        scenario=context.scenario,
        results=tuple(results),
        conventions=_conventions(context, draws),
        files=files or {},
        draws=draws.n,
    )


def imported_context(draws: ImportedPsa, about: About) -> Context:
    """Return the run that stands behind imported draws.

    Parameters
    ----------
    draws : ImportedPsa
        The draws.
    about : About
        What the file does not say.
    """
    for role in ("reference", "option"):
        name = getattr(about, role)
        if name and name not in draws.strategies:
            hint = did_you_mean(name, draws.strategies)
            raise refuse(f'there is no strategy "{name}" in the draws', f"--{role}", hint)
    comparator = about.reference or draws.strategies[0]
    wtp = tuple(sorted(set(about.wtp)))
    if any(value <= 0 for value in wtp):
        raise refuse("a willingness to pay must be more than 0", "--wtp")
    shown = wtp or (USUAL_WTP if about.currency == "GBP" else ())
    option = about.option or _leader(draws, comparator, shown)
    if option == comparator:
        raise refuse(f'"{option}" is compared with itself', "--option")
    scenario = _stand_in(draws, about, comparator, option, wtp, bool(shown))
    sample = Sample(_columns(draws), _outcomes(draws))
    return Context(
        model=cast("Any", None),
        scenario=scenario,
        base=sample,
        psa=sample,
        wtp=shown,
        wtp_stated=bool(wtp),
        requested=draws.n,
        warnings=draws.warnings,
        imported=True,
    )


def _leader(draws: ImportedPsa, comparator: str, wtp: Sequence[float]) -> str:
    """Return the strategy with the highest mean net benefit that is not the comparator."""
    worth = wtp[0] if wtp else 0.0
    benefit = worth * draws.effect.mean(axis=1) - draws.cost.mean(axis=1)
    others = [i for i, name in enumerate(draws.strategies) if name != comparator]
    return draws.strategies[max(others, key=lambda i: (benefit[i], draws.strategies[i]))]


def _stand_in(
    draws: ImportedPsa,
    about: About,
    comparator: str,
    option: str,
    wtp: tuple[float, ...],
    weighed: bool,
) -> Scenario:
    """Return a scenario that knows the names and nothing else."""
    readable = bool(draws.parameters) and weighed
    sensitive = Sensitivity(method=("pawn",)) if readable and draws.n >= FEWEST else None
    worth = Voi() if readable and draws.n >= FEWEST_WORTH else None
    title = about.title or about.name.replace("_", " ").replace("-", " ")
    return Scenario(
        name=about.name,
        path=None,
        decision=Decision(
            title=title[:1].upper() + title[1:], comparator=comparator, option=option, wtp=wtp,
            currency=about.currency,
        ),
        time=Time(),
        population=Population(),
        prices=None,
        parameters={},
        correlations={},
        tree={},
        states={},
        transitions={},
        strategies={name: Strategy(label=name) for name in draws.strategies},
        checks=Checks(),
        measures={},
        published={},
        analysis=Analysis(sensitivity=sensitive, voi=worth),
    )  # fmt: skip


def _columns(draws: ImportedPsa) -> Draws:
    values = (
        np.stack(list(draws.parameters.values())) if draws.parameters else np.empty((0, draws.n))
    )
    return Draws(tuple(draws.parameters), values, design="imported")


def _outcomes(draws: ImportedPsa) -> Outcomes:
    """Return the draws as a model would; what only a model knows is 0, and shown nowhere."""
    nothing = np.zeros_like(draws.cost)
    return Outcomes(
        strategies=draws.strategies,
        cost=draws.cost,
        qaly=draws.effect,
        life_years=nothing,
        cost_undiscounted=nothing,
        qaly_undiscounted=nothing,
        life_years_undiscounted=nothing,
        cost_by={},
        spend_by={},
        by_state={},
        shares={},
        entry=np.zeros((len(draws.strategies), 0, draws.n)),
        states=(),
        population=None,
        valid=np.ones(draws.n, dtype=bool),
    )


def _inputs(context: Context, draws: ImportedPsa) -> Result:
    """Return the inputs with what the draws say of them."""
    empty = dict.fromkeys((column.name for column in inputs.COLUMNS), "")
    rows = []
    for name, values in draws.parameters.items():
        made = summary(values)
        known: dict[str, Any] = {
            **empty, "parameter": name, "label": name, "value": made.mean, "mean": made.mean,
            "lower": made.lower, "upper": made.upper, "distribution": "draws of another program",
            "source": "the imported file", "assumption": False, "judgement": False,
            "lever": False, "price_factor": None, "original": None, "range_low": None,
            "range_high": None,
        }  # fmt: skip
        rows.append(tuple(known[column.name] for column in inputs.COLUMNS))
    note = "The value is the mean of the draws; the 95% range is that of the draws."
    return Result(
        inputs.NAME,
        inputs.TITLE,
        headline=(f"{count(len(rows), 'input')}, as imported.",),
        tables=(Table("inputs", "Inputs", inputs.COLUMNS, tuple(rows), (note,)),),
    )


def _conventions(context: Context, draws: ImportedPsa) -> dict[str, str]:
    each = listing(money(value, context.currency) for value in context.wtp)
    stated = each if context.wtp_stated else f"none is stated; results are shown at {each}"
    return {
        "source of the draws": f"{draws.n:,} draws of another program, read as {draws.layout}",
        "everything else": "time, discounting and counting are that program's; the file does not "
        "say what they were",
        "comparator": context.scenario.comparator,
        "effect": f"{context.unit}s",
        "willingness to pay": f"{stated} per {context.unit}" if each else "none is stated",
        "currency": context.currency,
        "limits": "2.5 and 97.5 percentiles over draws",
    }
