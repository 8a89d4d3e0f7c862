"""What all analyses of one run share: the model, its base case, and the draws already paid for.

Draws in which a value left its domain (a probability above 1, a row that adds up to more than 1)
are left out here, once, in all strategies alike, so that no analysis can forget to. More than one
in a thousand of them is refused: that is no longer bad luck but a distribution that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heco.analysis.jobs import evaluate
from heco.analysis.summaries import difference
from heco.errors import Problem, ScenarioError, refuse
from heco.outcomes import Array, Outcomes, OutOfDomain

if TYPE_CHECKING:
    from heco.analysis.precision import Precise
    from heco.model import Model
    from heco.sampling import Draws
    from heco.scenario.scenario import Scenario

#: Shown where an author who counts in pounds states no willingness to pay. [GBP per QALY]
USUAL_WTP = (15_000.0, 20_000.0, 25_000.0, 30_000.0, 35_000.0)
#: The largest share of draws that may leave their domain.
MAX_INVALID = 0.001
#: An effect in the singular, by the word of [decision] effect.
EFFECT_UNITS = {"qaly": "QALY", "life_years": "life year"}


@dataclass(frozen=True)
class Sample:
    """Rows of parameters, and what the model says happens for each.

    Parameters
    ----------
    draws : Draws
        Values of the parameters, shape (parameter, draw).
    outcomes : Outcomes
        What happens; every draw is valid.
    """

    draws: Draws
    outcomes: Outcomes

    @property
    def n(self) -> int:
        """Return the number of draws."""
        return self.outcomes.n


@dataclass(frozen=True)
class Context:
    """What every analysis of a run may use.

    Parameters
    ----------
    model : Model
        The compiled model.
    scenario : Scenario
        The words it was compiled from.
    base : Sample
        The deterministic run: one row.
    psa : Sample or None
        The probabilistic draws that stayed in their domain.
    wtp : tuple of float
        Willingness to pay at which results are shown. [currency per QALY]
    wtp_stated : bool
        False if the author stated none and the usual list is shown instead.
    seed, requested : int
        Seed and number of draws asked for; 0 draws if there is no probabilistic analysis.
    design : str
        How the draws are spread: ``random``, ``lhs`` or ``sobol``.
    warnings : tuple of str
        About the draws that were left out.
    precise : Precise or None
        How the draws were made, where it was until the decision was precise enough.
    jobs : int
        Most processes to use.
    imported : bool
        Whether another program made the draws, so that there is no model to ask and no base case
        (`base` is then the draws).
    """

    model: Model
    scenario: Scenario
    base: Sample
    psa: Sample | None = None
    wtp: tuple[float, ...] = ()
    wtp_stated: bool = True
    seed: int = 0
    requested: int = 0
    design: str = "random"
    warnings: tuple[str, ...] = ()
    precise: Precise | None = None
    jobs: int = 1
    imported: bool = False

    @property
    def leading(self) -> Sample:
        """Return the probabilistic draws if there are any, otherwise the base case."""
        return self.psa or self.base

    @property
    def basis(self) -> str:
        """Return what the leading numbers rest on."""
        return "probabilistic" if self.psa else "deterministic"

    @property
    def effect(self) -> str:
        """Return the effect that is judged: ``qaly`` or ``life_years``."""
        return self.scenario.decision.effect

    @property
    def unit(self) -> str:
        """Return the effect in the singular, in words: ``QALY`` or ``life year``."""
        return EFFECT_UNITS[self.effect]

    @property
    def currency(self) -> str:
        """Return the currency of every cost."""
        return self.scenario.decision.currency

    @property
    def cost_only(self) -> bool:
        """Return whether no strategy has any health effect, so that only costs can be compared."""
        return not any(
            np.any(sample.outcomes.effect(self.effect)) for sample in (self.base, self.leading)
        )

    def label(self, strategy: str) -> str:
        """Return a strategy in words."""
        return self.scenario.strategies[strategy].label or strategy.replace("_", " ")

    def parameter_label(self, name: str) -> str:
        """Return a parameter in words; a component is named after its set."""
        whole, _, part = name.partition(".")
        parameter = self.scenario.parameters.get(whole)
        label = parameter.label if parameter else whole
        return f"{label}: {part}" if part else label


def increments(sample: Sample, effect: str, option: str, comparator: str) -> tuple[Array, Array]:
    """Return extra cost and extra effect of an option, each shape (draw,).

    Parameters
    ----------
    sample : Sample
        Where to look.
    effect : str
        ``qaly`` or ``life_years``.
    option, comparator : str
        Names of strategies.
    """
    outcomes = sample.outcomes
    i, j = outcomes.index(option), outcomes.index(comparator)
    effects = outcomes.effect(effect)
    return difference(outcomes.cost[i], outcomes.cost[j]), difference(effects[i], effects[j])


def base_sample(model: Model) -> Sample:
    """Return the deterministic run.

    Raises
    ------
    ScenarioError
        If a value leaves its domain already here.
    """
    draws = model.base()
    outcomes = model.evaluate(draws)
    if not outcomes.valid.all():
        raise ScenarioError(
            Problem(f"{place.what}, in the base case", place.where, _follows(place))
            for place in outcomes.out_of_domain
        )
    return Sample(draws, outcomes)


def psa_sample(
    model: Model, n: int, seed: int, design: str, jobs: int = 1
) -> tuple[Sample, tuple[str, ...]]:
    """Return the draws that stayed in their domain, and what to say about the others.

    Parameters
    ----------
    model : Model
        The compiled model.
    n, seed : int
        Number of draws, and the seed of every stream.
    design : str
        ``random``, ``lhs`` or ``sobol``.
    jobs : int
        Most processes to use.

    Raises
    ------
    ScenarioError
        If more than 0.1% of the draws left their domain; it names places and parameters.
    """
    draws = model.sample(n, seed, design)
    return in_domain(draws, evaluate(model, draws, jobs))


def in_domain(draws: Draws, outcomes: Outcomes) -> tuple[Sample, tuple[str, ...]]:
    """Return the draws that stayed in their domain, and what to say about the others.

    Parameters
    ----------
    draws : Draws
        All draws.
    outcomes : Outcomes
        What happens in each.

    Raises
    ------
    ScenarioError
        If more than 0.1% of the draws left their domain; it names places and parameters.
    """
    n = draws.n
    lost = int(np.count_nonzero(~outcomes.valid))
    said = (*draws.warnings, *noted(outcomes))
    if lost == 0:
        return Sample(draws, outcomes), said
    if lost > MAX_INVALID * n:
        raise ScenarioError(_too_many(outcomes, lost, n))
    places = "; ".join(
        f"{place.where}: {place.what} ({place.draws:,} draw{'' if place.draws == 1 else 's'})"
        for place in outcomes.out_of_domain
    )
    verb = "draw was" if lost == 1 else "draws were"
    warning = (
        f"{lost:,} of {n:,} {verb} left out of every summary, in all strategies alike, because "
        f"a value left its domain: {places}."
    )
    left = np.flatnonzero(outcomes.valid)
    return Sample(draws.take(left), keep(outcomes, outcomes.valid)), (*said, warning)


def noted(outcomes: Outcomes) -> tuple[str, ...]:
    """Return, in sentences, what is unusual in some draws and kept because the author says so."""
    return tuple(
        f"{place.where}: {place.what}, in {place.draws:,} of {outcomes.n:,} "
        f"draw{'' if outcomes.n == 1 else 's'} ({place.draws / outcomes.n:.1%}), kept because "
        '[checks] utility_above_one = "report".'
        for place in outcomes.noted
    )


def keep(outcomes: Outcomes, rows: NDArray[np.bool_]) -> Outcomes:
    """Return the outcomes of some draws only.

    Parameters
    ----------
    outcomes : Outcomes
        Of all draws.
    rows : ndarray of bool, shape (draw,)
        Which draws to keep.
    """

    def some(values: Any) -> Any:
        if isinstance(values, Mapping):
            return {name: some(array) for name, array in values.items()}
        if isinstance(values, np.ndarray) and values.ndim and values.shape[-1] == len(rows):
            return values[..., rows]
        return values

    arrays = (
        "cost", "qaly", "life_years", "cost_undiscounted", "qaly_undiscounted",
        "life_years_undiscounted", "cost_by", "spend_by", "by_state", "shares", "entry",
        "population", "valid", "trace", "yearly_cost", "yearly_cost_by", "events", "years_in",
    )  # fmt: skip
    return replace(outcomes, **{name: some(getattr(outcomes, name)) for name in arrays})


def needs_wtp(context: Context, where: str) -> None:
    """Refuse an analysis that weighs costs against effects where no willingness to pay is known."""
    if not context.wtp:
        raise refuse(
            "this needs a willingness to pay, and none is stated",
            where,
            'Give [decision] wtp, for example wtp = [20_000, 30_000] or wtp = "nice-20-30".',
        )


def _too_many(outcomes: Outcomes, lost: int, n: int) -> list[Problem]:
    share = f"{lost:,} of {n:,} draws"
    problems = []
    for place in outcomes.out_of_domain:
        advice = (
            f"{_follows(place)} At most 0.1% of draws may leave their domain ({share} do): look "
            "for a distribution that is too wide, or of a family that has no bound there."
        )
        if place.what.startswith("a probability must lie in [0, 1] (-"):
            advice += (
                " A formula that takes one probability from another falls below 0 where they "
                "cross: min(a, b) keeps them apart."
            )
        if place.what.startswith("a utility must not be above 1"):
            advice += (
                " To keep such draws as they are, as some published models do, and report them: "
                '[checks] utility_above_one = "report".'
            )
        what = f"{place.what}, in {place.draws:,} of {n:,} draws"
        problems.append(Problem(what, place.where, advice.strip()))
    return problems


def _follows(place: OutOfDomain) -> str:
    return f"It follows from {', '.join(place.names)}." if place.names else ""
