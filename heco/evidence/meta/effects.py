"""Studies as they enter pooling: one effect each, or one 2x2 table each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heco.evidence.meta.measures import FloatArray, Measure

IntArray = npt.NDArray[np.intp]
#: Names that a note lists at most; a longer list is read by nobody.
MOST_NAMES = 12


def listed(names: Iterable[str], mark: str = ", ") -> str:
    """Return names as a note lists them, the first of many and how many more there are."""
    every = list(names)
    more = len(every) - MOST_NAMES
    return mark.join(every[:MOST_NAMES]) + (f"{mark}and {more:,} more" if more > 0 else "")


@dataclass(frozen=True)
class Effects:
    """One effect per study, on the scale on which they are pooled.

    Parameters
    ----------
    measure : Measure
        What is measured.
    study : tuple of str
        Names, each once.
    y : ndarray, shape (study,)
        Effects. [pooling scale]
    v : ndarray, shape (study,)
        Sampling variances, more than 0. [pooling scale, squared]
    index : ndarray of int, shape (study,)
        Row of each study among the studies that were read.
    notes : tuple of str
        What was done to get here: half cells, studies that say nothing.
    """

    measure: Measure
    study: tuple[str, ...]
    y: FloatArray
    v: FloatArray
    index: IntArray
    notes: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    @property
    def se(self) -> FloatArray:
        """Standard errors. [pooling scale]."""
        return np.sqrt(self.v)

    def take(self, which: npt.ArrayLike) -> Effects:
        """Return some of the studies, by position."""
        rows = np.asarray(which, dtype=np.intp)
        return replace(
            self,
            study=tuple(self.study[i] for i in rows),
            y=self.y[rows],
            v=self.v[rows],
            index=self.index[rows],
        )


@dataclass(frozen=True)
class Tables:
    """A 2x2 table per study, as counted: pooled without half persons by Mantel-Haenszel and Peto.

    Parameters
    ----------
    measure : Measure
        OR, RR or RD.
    study : tuple of str
        Names, each once.
    a, b : ndarray, shape (study,)
        People with and without the event in the treated arm.
    c, d : ndarray, shape (study,)
        People with and without the event in the control arm.
    """

    measure: Measure
    study: tuple[str, ...]
    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    @property
    def n1(self) -> FloatArray:
        """People in the treated arms."""
        return np.asarray(self.a + self.b)

    @property
    def n2(self) -> FloatArray:
        """People in the control arms."""
        return np.asarray(self.c + self.d)

    @property
    def n(self) -> FloatArray:
        """People in both arms."""
        return np.asarray(self.a + self.b + self.c + self.d)

    def take(self, which: npt.ArrayLike) -> Tables:
        """Return some of the studies, by position."""
        rows = np.asarray(which, dtype=np.intp)
        return Tables(
            self.measure,
            tuple(self.study[i] for i in rows),
            self.a[rows],
            self.b[rows],
            self.c[rows],
            self.d[rows],
        )
