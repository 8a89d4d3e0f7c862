"""What is known about how quantities go together: correlation matrices, checked and mended."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, did_you_mean

#: A correlation matrix with an eigenvalue at or below this is not positive definite.
SMALLEST_EIGENVALUE = 1e-10
#: The smallest eigenvalue that a repaired matrix is given.
_REPAIRED_EIGENVALUE = 1e-8


@dataclass(frozen=True, eq=False)
class Correlation:
    """How some scalar parameters are correlated, whatever their distributions.

    The draws are joined by a Gaussian copula: each parameter keeps its own distribution.

    Parameters
    ----------
    names : tuple of str
        The parameters.
    matrix : ndarray or nested sequence, shape (parameter, parameter)
        Correlations, in the order of `names`.
    kind : str
        ``spearman``: rank correlations between the parameters, which is what can be observed; or
        ``latent``: correlations of the copula's normals.
    repair : bool
        Whether an impossible matrix is replaced by the nearest possible one, with a warning.
    where : str
        The place as the author wrote it, for error messages.
    """

    names: tuple[str, ...]
    matrix: npt.NDArray[np.float64] | Sequence[Sequence[float]]
    kind: str = "spearman"
    repair: bool = False
    where: str = "[correlations]"

    @classmethod
    def from_pairs(
        cls,
        pairs: Mapping[tuple[str, str], float],
        kind: str = "spearman",
        repair: bool = False,
        where: str = "[correlations]",
    ) -> Correlation:
        """Return the correlation that is given pair by pair, and 0 for all other pairs.

        Parameters
        ----------
        pairs : mapping of (str, str) to float
            Correlation of two parameters.
        kind : str
            ``spearman`` or ``latent``.
        repair : bool
            Whether an impossible matrix is replaced by the nearest possible one.
        where : str
            The place as the author wrote it.

        Returns
        -------
        Correlation
            Over all the parameters that occur.
        """
        names = tuple(sorted({name for pair in pairs for name in pair}))
        index = {name: i for i, name in enumerate(names)}
        matrix = np.eye(len(names))
        for (one, other), value in pairs.items():
            matrix[index[one], index[other]] = matrix[index[other], index[one]] = value
        return cls(names, matrix, kind, repair, where)

    def problems(self, scalars: Iterable[str], joint: Mapping[str, str]) -> list[Problem]:
        """Return everything that is wrong with the correlation.

        Parameters
        ----------
        scalars : iterable of str
            Parameters that may be correlated.
        joint : mapping of str to str
            Parameters that may not be, each with what it is drawn with.

        Returns
        -------
        list of Problem
            Empty if there is nothing wrong.
        """
        found = []
        known = set(scalars)
        for name in self.names:
            if name in joint:
                what = f"{name} is drawn together with {joint[name]}, which says how it correlates"
                hint = "Only parameters that are drawn alone can be correlated here."
            elif name not in known:
                what, hint = f"there is no sampled parameter {name}", did_you_mean(name, known)
            else:
                continue
            found.append(Problem(what, self.where, hint))
        if len(set(self.names)) < len(self.names):
            found.append(Problem("a parameter is named twice", self.where))
        if self.kind not in ("spearman", "latent"):
            hint = did_you_mean(self.kind, ("spearman", "latent"))
            found.append(Problem(f"there is no correlation of kind {self.kind}", self.where, hint))
        elif any(len(side) != len(self.names) for side in (self.matrix, *self.matrix)):
            size = len(self.names)
            found.append(Problem(f"the matrix must have {size} rows of {size} numbers", self.where))
        else:
            matrix = np.asarray(self.matrix, dtype=float)
            faults = matrix_faults(matrix, True, "correlation")
            if not faults:
                faults = matrix_faults(self._latent(), self.repair, "correlation")
            found += [Problem(what, self.where, hint) for what, hint in faults]
        return found

    def _latent(self) -> npt.NDArray[np.float64]:
        matrix = np.asarray(self.matrix, dtype=float)
        return matrix if self.kind == "latent" else 2 * np.sin(math.pi * matrix / 6)

    def factors(self) -> tuple[list[tuple[tuple[str, ...], npt.NDArray[np.float64]]], str]:
        """Return the groups that hang together, each with its triangular factor, and a warning.

        A Spearman correlation rho belongs to a correlation ``2 sin(pi rho/6)`` of the normals.
        Groups that no correlation connects are kept apart, so that neither moves the other.

        Returns
        -------
        groups : list of (tuple of str, ndarray of shape (parameter, parameter))
            Names in alphabetical order, with the lower factor L of their normals' correlations.
        warning : str
            How far a repair moved the correlations; empty if nothing was repaired.
        """
        order = sorted(range(len(self.names)), key=lambda i: self.names[i])
        names = [self.names[i] for i in order]
        matrix = self._latent()[np.ix_(order, order)]
        groups: list[tuple[tuple[str, ...], npt.NDArray[np.float64]]] = []
        changed = 0.0
        for group in _connected(matrix):
            block = matrix[np.ix_(group, group)]
            if smallest_eigenvalue(block) <= SMALLEST_EIGENVALUE:
                block, change = nearest_correlation(block)
                changed = max(changed, change)
            if len(group) > 1:
                factor = np.asarray(np.linalg.cholesky(block), dtype=float)
                groups.append((tuple(names[i] for i in group), factor))
        if not changed:
            return groups, ""
        return groups, (
            f"the correlations of {', '.join(self.names)} are impossible together and were "
            f"replaced by the nearest possible ones; largest change {changed:.3g}"
        )


def mixed(
    factor: npt.NDArray[np.float64], normals: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return ``L z``, summed in a fixed order so that every machine gives the same digits.

    Parameters
    ----------
    factor : ndarray, shape (parameter, parameter)
        Lower triangular.
    normals : ndarray, shape (parameter, draw)
        Independent standard normals.

    Returns
    -------
    ndarray, shape (parameter, draw)
        Correlated normals.
    """
    mix = np.zeros_like(normals)
    for i, j in zip(*np.nonzero(np.tril(factor)), strict=True):
        mix[i] += factor[i, j] * normals[j]
    return mix


def _connected(matrix: npt.NDArray[np.float64]) -> list[list[int]]:
    """Return the groups of rows that are connected by values other than 0, each in order."""
    groups: list[list[int]] = []
    left = set(range(len(matrix)))
    while left:
        group, new = set[int](), {min(left)}
        while new:
            group |= new
            new = {int(j) for i in new for j in np.flatnonzero(matrix[i])} - group
        groups.append(sorted(group))
        left -= group
    return groups


def matrix_faults(
    matrix: npt.NDArray[np.float64], repair: bool, name: str
) -> list[tuple[str, str]]:
    """Return what keeps a square matrix from being a correlation matrix.

    Parameters
    ----------
    matrix : ndarray, shape (parameter, parameter)
        The matrix; a covariance must be divided by its standard deviations first.
    repair : bool
        Whether a matrix that is not positive definite will be mended.
    name : str
        What the author calls it.

    Returns
    -------
    list of (str, str)
        What is wrong and what to try.
    """
    if not np.isfinite(matrix).all():
        return [(f"the {name} matrix holds a value that is not finite", "")]
    found = []
    for i, j in zip(*np.nonzero(np.abs(matrix - matrix.T) > 1e-9), strict=True):
        if i < j:
            found.append((f"the {name} matrix is not symmetric at [{i}][{j}] and [{j}][{i}]", ""))
    for i in np.flatnonzero(np.abs(np.diag(matrix) - 1) > 1e-9):
        found.append((f"[{i}][{i}] is {matrix[i, i]:.6g}; a quantity's own correlation is 1", ""))
    for i, j in zip(*np.nonzero(np.triu(np.abs(matrix), 1) > 1), strict=True):
        found.append((f"the correlation at [{i}][{j}] is {matrix[i, j]:.6g}, beyond -1 or 1", ""))
    smallest = math.inf if found else smallest_eigenvalue(matrix)
    if smallest <= SMALLEST_EIGENVALUE and not repair:
        found.append(
            (
                f"the {name} matrix is not positive definite: its smallest eigenvalue is "
                f"{smallest:.3g}",
                "No quantities can be correlated like this: look for a misprint or a lost sign. "
                "Where it comes from rounding, correlations can be mended with repair = true.",
            )
        )
    return found


def smallest_eigenvalue(matrix: npt.NDArray[np.float64]) -> float:
    """Return the smallest eigenvalue of a symmetric matrix: negative if it is impossible."""
    return float(np.linalg.eigvalsh(matrix).min(initial=math.inf))


def nearest_correlation(
    matrix: npt.NDArray[np.float64], iterations: int = 1000
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the nearest correlation matrix, and the largest change to any correlation.

    Parameters
    ----------
    matrix : ndarray, shape (parameter, parameter)
        Symmetric, with ones on the diagonal.
    iterations : int
        At most this many alternating projections.

    Returns
    -------
    nearest : ndarray, shape (parameter, parameter)
        Positive definite, nearest in the sum of squared differences.
    change : float
        The largest absolute difference.

    References
    ----------
    Higham (2002), IMA Journal of Numerical Analysis 22, 329-343, algorithm 3.3.
    """
    current, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(iterations):
        start = current - correction
        projected = _positive(start)
        correction = projected - start
        previous, current = current, projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.abs(current - previous).max() < 1e-13:
            break
    # The last projection left the diagonal; dividing by it keeps the matrix positive definite.
    nearest = _positive(current)
    sd = np.sqrt(np.diag(nearest))
    nearest = nearest / np.outer(sd, sd)
    np.fill_diagonal(nearest, 1.0)
    return nearest, float(np.abs(nearest - matrix).max())


def _positive(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the nearest symmetric matrix whose eigenvalues are not too small."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    rebuilt = (vectors * np.maximum(values, _REPAIRED_EIGENVALUE)) @ vectors.T
    return np.asarray((rebuilt + rebuilt.T) / 2)
