"""Study characteristics as columns of a regression: numbers as they are, words as dummies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, ScenarioError
from heco.evidence.meta.measures import FloatArray

#: Cells that mean "not reported".
MISSING = ("", "NA", "N/A", "na", "n/a", "NR", "nr", "NaN", "nan", ".")

Column = Sequence[str] | Sequence[float] | FloatArray


@dataclass(frozen=True)
class Covariates:
    """The columns of a regression.

    Parameters
    ----------
    names : tuple of str
        Coefficients; the first is the intercept.
    x : ndarray, shape (study, covariate)
        Values for the studies that are used.
    used : ndarray of int, shape (study,)
        Positions of those studies.
    levels : mapping of str to tuple of str
        Categories of each moderator in words; the first is the reference.
    notes : tuple of str
        Reference categories, and studies that were left out.
    """

    names: tuple[str, ...]
    x: FloatArray
    used: npt.NDArray[np.intp]
    levels: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def row(self, values: Mapping[str, float | str]) -> FloatArray:
        """Return the covariates of a setting, for a prediction.

        Parameters
        ----------
        values : mapping of str to float or str
            A value for every moderator.

        Returns
        -------
        ndarray, shape (covariate,)
            Beginning with 1 for the intercept.

        Raises
        ------
        ScenarioError
            If a moderator is missing, unknown, or has no such category.
        """
        moderators = list(dict.fromkeys(self._moderator(name) for name in self.names[1:]))
        problems = [
            Problem(f'"{name}" is not in the regression', "at", "It has: " + ", ".join(moderators))
            for name in values
            if name not in moderators
        ]
        problems += [
            Problem(f"a value for {name} is missing", "at")
            for name in moderators
            if name not in values
        ]
        for name, value in values.items():
            allowed = self.levels.get(name)
            if allowed and value not in allowed:
                hint = "It has: " + ", ".join(allowed)
                problems.append(Problem(f'{name} has no category "{value}"', "at", hint))
            elif name in moderators and not allowed and isinstance(value, str):
                problems.append(Problem(f'{name} is a number, not "{value}"', "at"))
        if problems:
            raise ScenarioError(problems)
        row = [1.0]
        for name in self.names[1:]:
            moderator = self._moderator(name)
            if moderator in self.levels:
                row.append(float(name == f"{moderator}={values[moderator]}"))
            else:
                row.append(float(values[moderator]))
        return np.array(row)

    def _moderator(self, name: str) -> str:
        """Return the moderator to which a coefficient belongs."""
        for moderator, levels in self.levels.items():
            if name in [f"{moderator}={level}" for level in levels]:
                return moderator
        return name


def covariates(moderators: Mapping[str, Column], study: Sequence[str]) -> Covariates:
    """Return the columns of a regression on study characteristics.

    A moderator is a number if every study that reports it gives a number; otherwise each of its
    words becomes a category, and the first in alphabetical order is the reference.

    Parameters
    ----------
    moderators : mapping of str to sequence
        One value per study; empty, ``NA`` or not a number where it is not reported.
    study : sequence of str
        Names, for the note on studies that are left out.

    Returns
    -------
    Covariates
        Studies that lack a moderator are left out, and named.

    Raises
    ------
    ScenarioError
        If a moderator has the wrong length, or does not vary.
    """
    texts = {name: [_text(value) for value in values] for name, values in moderators.items()}
    problems = [
        Problem(f"{len(column)} values for {len(study)} studies", f"moderator {name}")
        for name, column in texts.items()
        if len(column) != len(study)
    ]
    if problems:
        raise ScenarioError(problems)
    reported = [
        all(column[i] not in MISSING for column in texts.values()) for i in range(len(study))
    ]
    used = np.flatnonzero(reported)
    names, columns, levels = ["intercept"], [np.ones(len(used))], {}
    notes = []
    for name, column in texts.items():
        cells = [column[i] for i in used]
        numbers = [_number(cell) for cell in cells]
        if len(set(cells)) < 2:
            what = "the same in every study" if cells else "reported by no study"
            problems.append(Problem(f"it is {what}", f"moderator {name}"))
        elif not any(math.isnan(number) for number in numbers):
            names.append(name)
            columns.append(np.array(numbers))
        else:
            levels[name] = tuple(sorted(set(cells)))
            notes.append(f"{name}: compared with {levels[name][0]}")
            for level in levels[name][1:]:
                names.append(f"{name}={level}")
                columns.append(np.array([float(cell == level) for cell in cells]))
    if problems:
        raise ScenarioError(problems)
    if len(used) < len(study):
        left = ", ".join(name for name, yes in zip(study, reported, strict=True) if not yes)
        notes.append(f"left out, for a moderator is not reported: {left}")
    return Covariates(tuple(names), np.column_stack(columns), used, levels, tuple(notes))


def _text(value: str | float) -> str:
    """Return a cell as text; not a number becomes an empty one."""
    if isinstance(value, str):
        return value.strip()
    number = float(value)
    return "" if math.isnan(number) else repr(number)


def _number(cell: str) -> float:
    """Return a cell's number, or not a number."""
    try:
        number = float(cell) if "_" not in cell else math.nan
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
