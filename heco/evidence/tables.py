"""Lookup tables: a value by age, year or time, such as the life tables of a statistics office.

A step table holds a value from its key until the next key; the last row is as wide as the one
before it. A linear table is interpolated between its keys. Beyond the ends there is no value:
that is an error unless the author says ``beyond = "last"``, which keeps the nearest row.

Columns can be mixed, for example men and women; `mixing` says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.columns import columns_from_arrays, columns_from_csv
from heco.evidence.mixing import FloatArray, mix, mix_problems

BoolArray = npt.NDArray[np.bool_]

METHODS = ("step", "linear")
BEYOND = ("error", "last")
#: How far an age may fall short of a key through rounding, relative to its size.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Table:
    """Values that depend on one number, such as an age.

    Parameters
    ----------
    by : str
        What the values depend on, for example ``age``.
    keys : ndarray, shape (row,)
        Its values, rising. [unit of by]
    columns : mapping of str to ndarray, shape (row,)
        The values. [own units]
    method : str
        ``step`` or ``linear``.
    beyond : str
        ``error``, or ``last`` to keep the nearest row beyond the ends.
    name : str
        What the author calls the table, for error messages.
    """

    by: str
    keys: FloatArray
    columns: Mapping[str, FloatArray]
    method: str = "step"
    beyond: str = "error"
    name: str = "the table"

    def __post_init__(self) -> None:
        words = (("method", self.method, METHODS), ("beyond", self.beyond, BEYOND))
        problems = [
            Problem(f'there is no {what} "{word}"', self.name, did_you_mean(word, allowed))
            for what, word, allowed in words
            if word not in allowed
        ]
        if not self.columns:
            problems.append(Problem("the table has no column of values", self.name))
        if problems:
            raise ScenarioError(problems)

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        by: str,
        columns: str | Sequence[str],
        method: str = "step",
        beyond: str = "error",
        name: str = "",
    ) -> Table:
        """Return a table from a CSV file.

        Parameters
        ----------
        path : str or Path
            The file.
        by : str
            The column of keys.
        columns : str or sequence of str
            The columns of values that are wanted; others are not looked at.
        method : str
            ``step`` or ``linear``.
        beyond : str
            ``error`` or ``last``.
        name : str
            What the author calls the file; the path itself if empty.

        Returns
        -------
        Table
            Checked.

        Raises
        ------
        ScenarioError
            With every problem in the file, by row and column.
        """
        wanted = [columns] if isinstance(columns, str) else list(columns)
        file = name or str(path)
        found = columns_from_csv(path, by, wanted, file)
        return cls(by, found.pop(by), found, method, beyond, file)

    @classmethod
    def from_arrays(
        cls,
        by: str,
        keys: Sequence[float],
        columns: Mapping[str, Sequence[float]],
        method: str = "step",
        beyond: str = "error",
        name: str = "the table",
    ) -> Table:
        """Return a table from numbers written in the scenario itself.

        Parameters
        ----------
        by : str
            What the values depend on.
        keys : sequence of float
            Its values, rising. [unit of by]
        columns : mapping of str to sequence of float
            The values, as many as keys in each column. [own units]
        method : str
            ``step`` or ``linear``.
        beyond : str
            ``error`` or ``last``.
        name : str
            The place as the author wrote it, for error messages.

        Returns
        -------
        Table
            Checked.

        Raises
        ------
        ScenarioError
            With every problem.
        """
        found = columns_from_arrays(by, keys, columns, name)
        return cls(by, found.pop(by), found, method, beyond, name)

    @property
    def end(self) -> float:
        """Where the table ends: a linear one at its last key, a step one a row later."""
        last = float(self.keys[-1])
        if self.method == "linear" or len(self.keys) == 1:
            return last
        return last + float(self.keys[-1] - self.keys[-2])

    def outside(self, x: npt.ArrayLike) -> BoolArray:
        """Return where the table has no value.

        Parameters
        ----------
        x : array_like, any shape
            Where values are wanted. [unit of by]

        Returns
        -------
        ndarray, the shape of `x`
            True where there is none.
        """
        x = np.asarray(x, dtype=float)
        if self.beyond == "last":
            return np.asarray(~np.isfinite(x))
        slack = _slack(x)
        if self.method == "linear" or len(self.keys) == 1:
            past = x > self.end + slack
        else:  # a row holds up to its end, which is where the next would begin
            past = x >= self.end - slack
        return np.asarray(np.isnan(x) | (x < self.keys[0] - slack) | past)

    def lookup(self, x: npt.ArrayLike, column: str | None = None) -> tuple[FloatArray, BoolArray]:
        """Return the values at `x`, and where there are none.

        Parameters
        ----------
        x : array_like, any shape
            Where values are wanted; an age that falls short of a key by rounding alone (1e-12
            of its size) counts as the key. [unit of by]
        column : str or None
            Which column; may be left out if there is only one.

        Returns
        -------
        values : ndarray, the shape of `x`
            The values; not a number where there are none. [own unit]
        outside : ndarray, the shape of `x`
            True beyond the ends of the table.
        """
        values = self._column(column)
        x = np.asarray(x, dtype=float)
        outside = self.outside(x)
        if self.method == "linear":
            found = np.interp(x, self.keys, values)
        else:
            row = np.searchsorted(self.keys, x + _slack(x), side="right") - 1
            found = values[np.maximum(row, 0)]  # before the first row: outside, or the nearest
        return np.where(outside, np.nan, found), outside

    def at(self, x: npt.ArrayLike, column: str | None = None) -> FloatArray:
        """Return the values at `x`, all of which the table must have.

        Parameters
        ----------
        x : array_like, any shape
            Where values are wanted. [unit of by]
        column : str or None
            Which column; may be left out if there is only one.

        Returns
        -------
        ndarray, the shape of `x`
            The values. [own unit]

        Raises
        ------
        ScenarioError
            If a value is wanted that the table does not have.
        """
        x = np.asarray(x, dtype=float)
        values, outside = self.lookup(x, column)
        if outside.any():
            first = float(x[outside].flat[0])
            ends = f"{self.keys[0]:g} to {self.end:g}"
            count = f" and {outside.sum() - 1:,} more" if outside.sum() > 1 else ""
            what = f"a value is wanted at {self.by} {first:g}{count}; the table runs from {ends}"
            hint = 'To keep the nearest row beyond the ends say beyond = "last".'
            raise ScenarioError([Problem(what, self.name, hint)])
        return values

    def scaled(self, factor: float) -> Table:
        """Return the table with every value multiplied, for example to another price year."""
        columns = {name: values * factor for name, values in self.columns.items()}
        return replace(self, columns=columns)

    def mixed(
        self,
        shares: Mapping[str, float],
        weights: str = "fixed",
        start: float | None = None,
        column: str = "mixed",
    ) -> Table:
        """Return a table of one column that mixes several.

        Parameters
        ----------
        shares : mapping of str to float
            Share of each column; they sum to 1.
        weights : str
            ``fixed``: the shares stay (the default). ``survivors``: the columns are yearly
            probabilities of death and the shares are those of the people still alive.
        start : float or None
            Where the shares hold, for ``survivors``, for example the age of the cohort at the
            start; the first key if left out. [years]
        column : str
            Name of the new column.

        Returns
        -------
        Table
            With the same keys.

        Raises
        ------
        ScenarioError
            With every problem.
        """
        problems = mix_problems(self.keys, self.columns, shares, weights)
        if start is not None and weights == "survivors" and self.outside(start).any():
            problems.append((f"the start at {self.by} {start:g} is not in the table", ""))
        if problems:
            raise ScenarioError([Problem(what, self.name, hint) for what, hint in problems])
        values = mix(self.keys, self.columns, shares, weights, start)
        return Table(self.by, self.keys, {column: values}, self.method, self.beyond, self.name)

    def _column(self, column: str | None) -> FloatArray:
        """Return a column of values, the only one if none is named."""
        if column is None and len(self.columns) == 1:
            return next(iter(self.columns.values()))
        if column is None or column not in self.columns:
            what = f'there is no column "{column}"' if column else "say which column is wanted"
            hint = did_you_mean(column or "", self.columns)
            raise ScenarioError([Problem(what, self.name, hint)])
        return self.columns[column]


def _slack(x: FloatArray) -> FloatArray:
    """Return how far an age may fall short of a key through rounding."""
    return np.asarray(ROUNDING * np.maximum(1.0, np.abs(x)))
