"""Draws: the rows that a model is asked about, and samples that others made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, did_you_mean
from heco.evidence.distributions import FloatArray


@dataclass(frozen=True, eq=False)
class Draws:
    """Rows of parameter values: what one model evaluation is asked about.

    Parameters
    ----------
    names : tuple of str
        The parameters; a component of a joint one is called ``name.component``.
    values : ndarray, shape (parameter, draw)
        Their values; kept read-only. [own units]
    seed : int or None
        The seed they were drawn with, if they were drawn.
    design : str
        ``random``, ``lhs`` or ``sobol``; ``given`` for rows that were not drawn.
    warnings : tuple of str
        Sentences for the report.
    """

    names: tuple[str, ...]
    values: FloatArray
    seed: int | None = None
    design: str = "given"
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=float).view()
        values.flags.writeable = False
        if values.ndim != 2 or len(values) != len(self.names):
            raise ValueError(f"{len(self.names)} names for values of shape {values.shape}")
        if len(set(self.names)) < len(self.names):
            raise ValueError("a parameter is named twice")
        object.__setattr__(self, "values", values)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @property
    def n(self) -> int:
        """How many draws there are."""
        return int(self.values.shape[1])

    def column(self, name: str) -> FloatArray:
        """Return one parameter's values, shape (draw,). [own unit]."""
        if name not in self._index:
            raise KeyError(f"no draws of {name}. {did_you_mean(name, self.names)}")
        return np.asarray(self.values[self._index[name]])

    def replace(self, columns: Mapping[str, npt.ArrayLike]) -> Draws:
        """Return draws in which some parameters have other values, or were not there before.

        Parameters
        ----------
        columns : mapping of str to float or ndarray, shape (draw,)
            New values. A single row stretches to their length. [own units]

        Returns
        -------
        Draws
            New draws; these stay as they are.
        """
        new = {name: np.atleast_1d(np.asarray(value, float)) for name, value in columns.items()}
        lengths = {len(value) for value in new.values()} | {self.n}
        n = max(lengths)
        if not lengths <= {1, n}:
            raise ValueError(f"columns of lengths {sorted(lengths)} do not fit together")
        names = self.names + tuple(name for name in new if name not in self._index)
        index = {name: i for i, name in enumerate(names)}
        values = np.empty((len(names), n))
        values[: len(self.names)] = self.values
        for name, value in new.items():
            values[index[name]] = value
        return replace(self, names=names, values=values)

    def take(self, rows: slice | npt.NDArray[np.intp]) -> Draws:
        """Return some of the draws, by a slice or an array of draw numbers or a mask."""
        return replace(self, values=self.values[:, rows])


@dataclass(frozen=True, eq=False)
class JointSamples:
    """Draws that another program made together, for example a posterior sample from a file.

    Whole rows are drawn, never columns one by one, so whatever correlation they have is kept.
    With the design ``lhs`` and as many draws as rows each row is used once.

    Parameters
    ----------
    name : str
        The file as the author named it; also the name of the stream that picks the rows.
    names : tuple of str
        The parameters, one per column.
    rows : ndarray, shape (row, parameter)
        The values. [own units]
    """

    name: str
    names: tuple[str, ...]
    rows: FloatArray

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with the samples."""
        rows = np.asarray(self.rows, dtype=float)
        if rows.ndim != 2 or rows.shape[1] != len(self.names) or not len(rows):
            what = f"{len(self.names)} parameters are asked of samples of shape {rows.shape}"
            return [Problem(what, file=self.name)]
        bad = np.argwhere(~np.isfinite(rows))[:20]
        said = [f"row {row + 1} holds a {self.names[i]} that is not finite" for row, i in bad]
        return [Problem(what, file=self.name) for what in said]
