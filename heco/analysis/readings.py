"""Who must have the gain: the people that a required gain is counted per.

The author counts them in different ways (per treated child, per child who benefits) and may add
other readings of the same people; each is a formula over the words of [measures].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from heco.analysis.basis import Basis, bases
from heco.analysis.context import Context, Sample, increments
from heco.analysis.summaries import Ratio, difference, ratio_of_means
from heco.analysis.wording import count, inside
from heco.errors import Problem, ScenarioError
from heco.outcomes import Array
from heco.scenario.expressions import Expr


def without(context: Context, utility: str, where: str) -> dict[str, Sample]:
    """Return the runs in which a utility parameter is 0, by basis.

    Parameters
    ----------
    context : Context
        The run.
    utility : str
        The parameter.
    where : str
        Who asks, for the error.

    Raises
    ------
    ScenarioError
        If the model leaves its domain there, so that nothing can be asked.
    """
    found = {}
    for basis in bases(context):
        draws = basis.sample.draws.replace({utility: 0.0})
        outcomes = context.model.evaluate(draws)
        if not outcomes.valid.all():
            raise ScenarioError(
                Problem(
                    f"with {utility} = 0 the model leaves its domain: {place.what}",
                    where,
                    f"See {place.where}. The parameter must be a gain that can be 0.",
                )
                for place in outcomes.out_of_domain
            )
        found[basis.name] = Sample(draws, outcomes)
    return found


@dataclass(frozen=True)
class Reading:
    """One way to count the people who must have the gain.

    Parameters
    ----------
    option : str
        The strategy that must be worth its cost.
    key, label : str
        Who is counted: the author's key, and the words for one of them.
    name : str
        Empty for the main reading, otherwise the alternative's name.
    note : str
        What the reader should know.
    parts : mapping of str to (cost, effect, people, gained), each ndarray of shape (draw,)
        By basis: extra cost, other effects, people counted, and the gain that the model itself
        has; per person of the cohort.
    asked : bool
        Whether a utility parameter is named, so that the model's own gain can be told apart.
    """

    option: str
    key: str
    label: str
    name: str
    note: str
    parts: Mapping[str, tuple[Array, Array, Array, Array]]
    asked: bool = True

    def gain(self, basis: str, wtp: float, multiple: float = 1.0) -> Ratio:
        """Return the required gain per person counted. [QALYs]."""
        cost, effect, people, _ = self.parts[basis]
        return ratio_of_means(multiple * cost / wtp - effect, people, people=True)

    def cost(self, basis: str) -> Ratio:
        """Return the extra cost per person counted. [currency]."""
        cost, _, people, _ = self.parts[basis]
        return ratio_of_means(cost, people, people=True)

    def modelled(self, basis: str) -> Ratio:
        """Return the gain per person counted that the model itself has. [QALYs].

        None in an alternative reading: the model's gain is that of its own people, and divided
        among another number of them it would be nobody's.
        """
        _, _, people, gained = self.parts[basis]
        own = self.asked and not self.name
        return ratio_of_means(gained, people, people=True) if own else Ratio(None)

    @property
    def empty(self) -> int:
        """Return in how many probabilistic draws nobody is counted."""
        return self.cost("probabilistic").undefined if "probabilistic" in self.parts else 0

    def warnings(self, option: str) -> list[str]:
        """Return what must be known about draws in which nobody is counted.

        Parameters
        ----------
        option : str
            The strategy in words.
        """
        if not self.empty:
            return []
        who = f"nobody is counted as “{self.label}”"
        reading = f" (reading “{self.name.replace('_', ' ')}”)" if self.name else ""
        return [
            f"In {count(self.empty, 'draw')} {who} under {inside(option)}{reading}; the limits of "
            "the required gain leave them out."
        ]


def all_readings(context: Context, nothing: Mapping[str, Sample]) -> list[Reading]:
    """Return every option with every way to count people, alternatives included.

    Parameters
    ----------
    context : Context
        The run.
    nothing : mapping of str to Sample
        The runs in which the utility asked for is 0, by basis; empty if none is named.
    """
    settings = context.scenario.analysis.required_gain
    assert settings is not None
    found = []
    for option in context.scenario.options:
        for name, formulas in {"": settings.per, **settings.alternatives}.items():
            for key, formula in formulas.items():
                parts = {
                    basis.name: _parts(context, basis, option, formula, nothing.get(basis.name))
                    for basis in bases(context)
                }
                notes = [settings.notes[k] for k in (name or key,) if k in settings.notes]
                label = settings.labels.get(key, key.replace("_", " "))
                note = "; ".join(notes)
                found.append(Reading(option, key, label, name, note, parts, bool(nothing)))
    return found


def _parts(
    context: Context, basis: Basis, option: str, formula: Expr, nothing: Sample | None
) -> tuple[Array, Array, Array, Array]:
    sample, comparator = basis.sample, context.scenario.comparator
    cost, effect = increments(sample, context.effect, option, comparator)
    other = np.zeros_like(cost)
    if nothing is not None:
        _, other = increments(nothing, context.effect, option, comparator)
    with np.errstate(all="ignore"):
        people = difference(
            context.model.measure_values(sample.draws, sample.outcomes, formula, option),
            context.model.measure_values(sample.draws, sample.outcomes, formula, comparator),
        )
    # A share that is not defined (0 people divided by 0) counts nobody.
    people = np.where(np.isfinite(people), people, 0.0)
    return cost, other, people, difference(effect, other)
