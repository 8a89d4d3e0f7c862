"""What further evidence would be worth, as one result: tables, quantities and a paragraph.

EVPI first, because nothing can be worth more; then EVPPI of every uncertain input and of named
groups; then what declared studies of several sizes would tell, and whether they pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.choices import willingness
from heco.analysis.context import Context, needs_wtp
from heco.analysis.voi import tables, words
from heco.analysis.voi.benefit import FEWEST, Benefits
from heco.analysis.voi.data import simulate
from heco.analysis.voi.enbs import Investment, Price, investment
from heco.analysis.voi.evpi import People, evpi
from heco.analysis.voi.evppi import Worth, evppi
from heco.analysis.voi.evsi import COLLECTIONS, StudyWorth, ceiling, evsi
from heco.analysis.voi.subjects import Subject, study_data, subjects
from heco.errors import refuse
from heco.result import Quantity, Result
from heco.scenario.schema_study import Study, Voi, VoiPopulation

if TYPE_CHECKING:
    from heco.outcomes import Array

NAME = "voi"
TITLE = "What should be found out first?"
#: With fewer draws than this, moment matching estimates what studies are worth as well.
FEW = 1_000
_Z = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Studied:
    """What a study is worth.

    Parameters
    ----------
    name : str
        Of the study.
    study : Study
        As written.
    ceiling : tuple of Worth
        EVPPI of everything it informs, by willingness to pay.
    worths : tuple of tuple of StudyWorth
        By willingness to pay and size.
    investments : tuple of Investment
        By willingness to pay; empty without a population.
    """

    name: str
    study: Study
    ceiling: tuple[Worth, ...]
    worths: tuple[tuple[StudyWorth, ...], ...]
    investments: tuple[Investment, ...]

    @property
    def label(self) -> str:
        """Return the study in words."""
        return self.study.label or self.name.replace("_", " ")


@dataclass(frozen=True, eq=False)
class Found:
    """Everything that was worked out.

    Parameters
    ----------
    wtp : tuple of float
        Willingness to pay. [currency per QALY]
    perfect : dict of float to (value, error)
        EVPI per person at each.
    curve : ndarray, shape (2, threshold)
        Willingness to pay and EVPI per person over it.
    best : tuple of str
        The strategy to choose now, by willingness to pay.
    worths : dict of str to tuple of Worth
        EVPPI by subject and willingness to pay.
    subjects : dict of str to Subject
        What they are about.
    studies : tuple of Studied
        In the author's order.
    people : People or None
        Who gains.
    n : int
        Draws.
    """

    wtp: tuple[float, ...]
    perfect: Mapping[float, tuple[float, float]]
    curve: Array
    best: tuple[str, ...]
    worths: Mapping[str, tuple[Worth, ...]]
    subjects: Mapping[str, Subject]
    studies: tuple[Studied, ...]
    people: People | None
    n: int


def applies(context: Context) -> bool:
    """Return whether the question is asked, and can be answered."""
    asked = context.scenario.analysis.voi is not None
    return asked and context.psa is not None and len(context.scenario.strategies) > 1


def run(
    context: Context,
    asked: Voi | None = None,
    studies: Mapping[str, Study] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    *,
    everything: bool = False,
) -> Result:
    """Work out what further evidence would be worth.

    Parameters
    ----------
    context : Context
        The run; it must have draws.
    asked : Voi, optional
        Settings instead of the scenario's own.
    studies : mapping of str to Study, optional
        Studies instead of the scenario's own.
    progress : callable, optional
        Called before each step with what it is, steps done, and steps in all.

    everything : bool
        Whether EVPI per person is among the quantities; in a run of all analyses it is among those
        of `heco.analysis.decision_curves`.

    Raises
    ------
    ScenarioError
        If there are no draws, no willingness to pay, or one strategy only.
    """
    asked = asked or context.scenario.analysis.voi or Voi()
    studies = dict(context.scenario.study if studies is None else studies)
    found = work_out(context, asked, studies, progress or (lambda what, done, total: None))
    made = tables.tables(context, found)
    return Result(
        NAME,
        TITLE,
        words.headline(context, found),
        made,
        tuple(
            quantity
            for quantity in _quantities(context, found)
            if everything or quantity.quantity != "evpi"
        ),
        warnings=words.warnings(context, found, asked),
        settings=words.settings(context, found, asked),
        data={"found": found},
    )


def work_out(context: Context, asked: Voi, studies: Mapping[str, Study], tell: Any) -> Found:
    """Return every number, before it is put into words."""
    if context.psa is None:
        raise refuse(
            "this rests on draws, and none are asked for", "[analysis]", "Add psa = {} to it."
        )
    if len(context.scenario.strategies) < 2:
        raise refuse("there is one strategy only; there is nothing to decide", "[strategies]")
    if context.psa.n < FEWEST:
        raise refuse(
            f"the value of information needs at least {FEWEST} draws; there are {context.psa.n}",
            "[analysis] voi",
        )
    needs_wtp(context, "[decision] wtp")
    wtp = tuple(asked.wtp or context.wtp)
    outcomes = context.psa.outcomes
    cost, effect = outcomes.cost, outcomes.effect(context.effect)
    people = population(context, asked)
    looked_at = subjects(context, asked)
    steps = 1 + len(looked_at) + len(studies)
    tell("the value of perfect information", 0, steps)
    perfect = {w: evpi(cost, effect, w) for w in wtp}
    # Net benefits of another program are known where that program worked them out, nowhere else.
    over = np.unique(np.concatenate([willingness(context), wtp]) if effect.any() else wtp)
    curve = np.array([over, [evpi(cost, effect, float(w))[0] for w in over]])
    benefit = [w * effect.mean(axis=1) - cost.mean(axis=1) for w in wtp]
    best = tuple(outcomes.strategies[int(np.argmax(b))] for b in benefit)
    benefits = Benefits(cost, effect, wtp, context.seed)
    worths = {}
    for done, subject in enumerate(looked_at, start=1):
        tell(f"knowing {subject.label}", done, steps)
        worths[subject.name] = evppi(benefits, subject.inputs)
    studied = []
    for done, (name, study) in enumerate(studies.items(), start=1 + len(looked_at)):
        tell(study.label or name, done, steps)
        studied.append(_studied(context, asked, benefits, name, study, people, best))
    return Found(
        wtp, perfect, curve, best, worths, {s.name: s for s in looked_at}, tuple(studied),
        people, benefits.n,
    )  # fmt: skip


def population(context: Context, asked: Voi) -> People | None:
    """Return who gains, or None if nobody says how many."""
    said = asked.population or VoiPopulation()
    each = said.per_year
    if each is None and context.psa is not None:
        size = context.psa.outcomes.population
        yearly = context.scenario.population.per == "year"
        each = float(np.mean(size)) if size is not None and yearly else None
    if each is None:
        return None
    rate = context.scenario.time.discount.cost if said.discount is None else said.discount
    return People(each, said.prevalent, said.horizon, rate, said.discounting == "continuous")


def _studied(
    context: Context, asked: Voi, benefits: Benefits, name: str, study: Study,
    people: People | None, best: tuple[str, ...],
) -> Studied:  # fmt: skip
    data = study_data(context, name, study)
    made, *more = [
        simulate(name, data, study.n, context.seed, benefits.pairs.T, number)
        for number in range(COLLECTIONS)
    ]
    top = ceiling(benefits, data)
    worths = evsi(benefits, data, made, top, more, matching=asked.matching or benefits.n < FEW)
    investments = []
    for k, wtp in enumerate(benefits.wtp):
        if people is None:
            break
        price = Price(
            study.fixed_cost, study.cost_per_person, study.years, study.affected, study.worse_arm,
            _loss(context, study, float(wtp), best[k]),
        )  # fmt: skip
        row = worths[k]
        investments.append(
            investment(
                study.n, [w.worth.value for w in row], [w.worth.error for w in row], price, people
            )
        )
    return Studied(name, study, top.worths, worths, tuple(investments))


def _loss(context: Context, study: Study, wtp: float, best: str) -> float:
    """Return what somebody loses who does not get the option that is best now. [currency]."""
    assert context.psa is not None
    other = study.affected_get or context.scenario.comparator
    if other == best and not study.affected_get:
        other = context.scenario.option
    outcomes = context.psa.outcomes
    benefit = outcomes.net_monetary_benefit(wtp, context.effect).mean(axis=1)
    return float(benefit[outcomes.index(best)] - benefit[outcomes.index(other)])


def _quantities(context: Context, found: Found) -> list[Quantity]:
    each, everyone = f"{context.currency} per person", f"{context.currency}, everybody"
    if found.people is not None:
        everyone = f"{context.currency}, everybody decided for in {found.people.horizon:g} years"
    made: list[Quantity] = []

    def add(
        name: str, value: float, error: float, wtp: float, unit: str, subject: str = "",
        scale: float = 1.0, floor: float = 0.0,
    ) -> None:  # fmt: skip
        low, high = (scale * (value + sign * _Z * error) for sign in (-1, 1))
        made.append(
            Quantity(
                name, scale * value, wtp=wtp, subject=subject, lower=max(floor, low), upper=high,
                unit=unit, basis="probabilistic",
            )
        )  # fmt: skip

    people = found.people.count() if found.people else None
    for k, wtp in enumerate(found.wtp):
        value, error = found.perfect[wtp]
        add("evpi", value, error, wtp, each)
        if people is not None:
            add("evpi_population", value, error, wtp, everyone, scale=people)
        for name, worths in found.worths.items():
            worth = worths[k]
            add("evppi", worth.value, worth.error, wtp, each, name)
            if people is not None:
                add("evppi_population", worth.value, worth.error, wtp, everyone, name, people)
        for studied in found.studies:
            for one in studied.worths[k]:
                about = f"{studied.name}@{one.n}"
                add("evsi", one.worth.value, one.worth.error, wtp, each, about)
            if studied.investments:
                invested = studied.investments[k]
                for point in invested.points:
                    about = f"{studied.name}@{point.n}"
                    add("enbs", point.enbs, point.error, wtp, everyone, about, floor=-np.inf)
                made.append(
                    Quantity(
                        "optimal_n", float(invested.best.n), wtp=wtp, subject=studied.name,
                        unit="participants", basis="probabilistic",
                    )
                )  # fmt: skip
    return made
