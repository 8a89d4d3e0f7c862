"""The QALYs that people of the general population can expect, from tables by age.

Who is alive at each birthday and dies before the next lives half of that year. Each year of age
counts its years lived times quality of life at that age, discounted to the start. Each sex has its
own survival; sexes are mixed by their shares at the start.

Sources: Schneider et al. 2021, QALY Shortfall Calculator, York; McNamara et al. 2023, Value in
Health 26:163-169 (norms for England, which these functions give back).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.analysis.context import Context
from heco.errors import Problem, ScenarioError
from heco.outcomes import Array
from heco.scenario.evaluation import breaches, evaluate
from heco.scenario.expressions import Expr
from heco.scenario.printing import to_text
from heco.scenario.schema_severity import Severity, Sex

WHERE = "[analysis.severity]"


@dataclass(frozen=True)
class Norm:
    """The general population from an age on, one sex.

    Parameters
    ----------
    share : float
        Share of the people at the start.
    ages : ndarray, shape (year,)
        Years of age that are counted. [years]
    alive : ndarray, shape (year + 1,)
        Share alive at each birthday, 1 at the first.
    utility : ndarray, shape (year,)
        Quality of life in each year of age. [QALYs per year]
    """

    share: float
    ages: Array
    alive: Array
    utility: Array


def lived(alive: Array) -> Array:
    """Return the years lived in each year of age, shape (year,).

    Parameters
    ----------
    alive : ndarray, shape (year + 1,)
        Share alive at each birthday.

    Examples
    --------
    >>> lived(np.array([1.0, 0.8, 0.4])).round(6).tolist()
    [0.9, 0.6]
    """
    return np.asarray((alive[:-1] + alive[1:]) / 2)


def expected(norm: Norm, rate: float, when: float) -> float:
    """Return the QALYs that somebody of this sex can expect from the first age on.

    Parameters
    ----------
    norm : Norm
        One sex.
    rate : float
        Discount rate. [per year]
    when : float
        When the QALYs of a year fall: 0 at its start, 0.5 in its middle. [years]

    Returns
    -------
    float
        Discounted QALYs per person.
    """
    years = np.arange(len(norm.ages)) + when
    return float(np.sum(lived(norm.alive) * norm.utility * (1 + rate) ** -years))


def norms(context: Context, settings: Severity, age: int) -> list[Norm]:
    """Return the general population by sex; all that is wrong with its tables is said at once.

    Parameters
    ----------
    context : Context
        The run.
    settings : Severity
        What the author gives.
    age : int
        The first year of age.
    """
    problems: list[Problem] = []
    reader = _Reader(context, age, problems)
    found = [reader.norm(name, sex, settings.last_age) for name, sex in settings.sexes.items()]
    total = sum(norm.share for norm in found)
    if not problems and abs(total - 1) > 1e-9:
        what = f"share adds up to {total:g} over the sexes, and must add up to 1"
        problems.append(Problem(what, f"{WHERE} sexes"))
    if problems:
        raise ScenarioError(problems)
    return found


class _Reader:
    """Reads formulas at every age: tables by age are looked up, `age` is the age itself."""

    def __init__(self, context: Context, age: int, problems: list[Problem]) -> None:
        self.scenario = context.scenario
        self.model, self.draws = context.model, context.base.draws
        self.start, self.problems = age, problems
        self.ages = np.empty(0)

    def norm(self, name: str, sex: Sex, last: int) -> Norm:
        place = f"{WHERE} sexes.{name}"
        years = np.arange(self.start, last + 1, dtype=float)
        share = float(self.model.formula_values(self.draws, {"it": sex.share})["it"][0])
        if not 0 <= share <= 1:
            self._wrong(f"a share must lie in [0, 1], and is {share:g}", f"{place}.share")
        utility = self._values(sex.utility, years, f"{place}.utility")
        if (utility > 1).any():
            self._wrong(f"a utility is at most 1, and is {utility.max():g}", f"{place}.utility")
        return Norm(share, years, self._alive(sex, years, place), utility)

    def _alive(self, sex: Sex, years: Array, place: str) -> Array:
        """Return the share alive at each birthday, from the first year to the end of the last."""
        if sex.death is not None:
            death = self._values(sex.death, years, f"{place}.death")
            if ((death < 0) | (death > 1)).any():
                self._wrong("a probability must lie in [0, 1]", f"{place}.death")
            return np.concatenate([[1.0], np.cumprod(1 - death)])
        assert sex.alive is not None
        alive = self._values(sex.alive, years, f"{place}.alive")
        if not (alive[0] > 0 and (np.diff(alive) <= 0).all() and (alive >= 0).all()):
            what = "people alive must be above 0 at the start and never grow with age"
            self._wrong(what, f"{place}.alive")
            return np.ones(len(years) + 1)
        # Nobody is known to be alive after the last birthday of the table.
        return np.asarray(np.append(alive, 0.0) / alive[0])

    def _values(self, formula: Expr, ages: Array, place: str) -> Array:
        self.ages = ages
        missing: list[str] = []

        def look(name: str) -> Array:
            return self._look(name, missing)

        values, ok = evaluate(formula, look)
        values = np.broadcast_to(values, ages.shape)
        ok = np.broadcast_to(ok, ages.shape)
        if missing:
            self._wrong(f"{to_text(formula)} needs {'; '.join(dict.fromkeys(missing))}", place)
            return np.zeros(ages.shape)
        if not ok.all():
            said = next((b.domain for b in breaches(formula, look)), "a value must be finite")
            at = ages[int(np.argmin(ok))]
            self._wrong(f"{said}, at age {at:g}", place)
            return np.zeros(ages.shape)
        return np.asarray(values, dtype=float)

    def _look(self, name: str, missing: list[str]) -> Array:
        if name == "age":
            return np.asarray(self.ages)
        if name == "time":
            return np.asarray(self.ages - self.start)
        parameter = self.scenario.parameters.get(name)
        if parameter is not None and parameter.expr is not None:
            values, ok = evaluate(parameter.expr, lambda inner: self._look(inner, missing))
            return np.asarray(np.where(ok, values, np.nan), dtype=float)
        table = self.scenario.tables.get(name)
        if table is None or parameter is None or parameter.table is None:
            return np.asarray(self.model.parameter_values(self.draws, [name])[name])
        values, outside = table.lookup(self._look(parameter.table.by, missing))
        if outside.any():
            gone = self.ages[np.broadcast_to(outside, self.ages.shape)]
            missing.append(
                f'the table "{name}" at ages {self.ages[0]:g} to {self.ages[-1]:g}, and it has '
                f"none at {gone[0]:g}{f' to {gone[-1]:g}' if len(gone) > 1 else ''}"
            )
        return np.asarray(values)

    def _wrong(self, what: str, place: str) -> None:
        self.problems.append(Problem(what, place))
