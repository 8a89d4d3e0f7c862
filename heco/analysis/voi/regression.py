"""Net benefit as a smooth function of a few inputs: one factorisation for every response.

The columns of a `heco.analysis.voi.bases.Basis` are turned once into orthonormal ones in which the
penalty is diagonal (two symmetric eigenproblems of the size of the basis). In these a fit is
``z_j / (1 + penalty * d_j)``, so any number of responses - every incremental cost and effect, and
with them the incremental net benefit at every willingness to pay - is smoothed at the cost of one
product with the columns, each with its own amount of smoothing by generalised cross-validation
(GCV, with the degrees of freedom counted 1.4-fold against undersmoothing: Kim & Gu 2004, J R Stat
Soc B 66:337).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heco.analysis.voi.bases import Basis
from heco.outcomes import Array

#: How often a degree of freedom is counted in cross-validation.
GAMMA = 1.4
#: Ratios of the two penalties that are tried, and strengths.
RATIOS = tuple(10.0 ** np.arange(-4, 5, 2))
STRENGTHS = 10.0 ** np.linspace(-9, 9, 37)
#: Most coefficients whose joint covariance is taken from the residuals.
MOST_JOINT = 400


@dataclass(frozen=True, eq=False)
class Factor:
    """Orthonormal columns in which a penalty is diagonal.

    Parameters
    ----------
    turn : ndarray, shape (column, component)
        From columns of the basis to orthonormal ones.
    rough : ndarray, shape (component,)
        What each component is penalised by.
    """

    turn: Array
    rough: Array


@dataclass(frozen=True, eq=False)
class Smooth:
    """Fits of several responses.

    Parameters
    ----------
    weights : ndarray, shape (component, response)
        Coefficients of the orthonormal columns.
    shrunk : ndarray, shape (component, response)
        What share of the unpenalised coefficient is kept.
    dof : ndarray, shape (response,)
        Effective degrees of freedom.
    factor : ndarray of int, shape (response,)
        Which factorisation of the regression each response has.
    """

    weights: Array
    shrunk: Array
    dof: Array
    factor: Array


class Regression:
    """A group of inputs, ready to smooth any response over them.

    Parameters
    ----------
    inputs : sequence of ndarray, shape (draw,)
        Values of each input.
    seed : int
        Of the random features, for large groups.
    """

    def __init__(self, inputs: Sequence[Array], seed: int = 0) -> None:
        self.basis = Basis.of(inputs, seed)
        self.n = len(inputs[0])
        self.columns = self.basis.at(inputs)
        self.gram = self.columns.T @ self.columns
        first, second = self.basis.penalties()
        ratios = RATIOS if second.any() else (1.0,)
        white = _whiten(self.gram)
        self.factors = tuple(
            _factor(white, first * ratio**0.5 + second * ratio**-0.5) for ratio in ratios
        )

    @property
    def size(self) -> int:
        """Return the number of columns that differ from each other."""
        return len(self.factors[0].rough)

    def project(self, responses: Array) -> Array:
        """Return the columns' products with responses, shape (column, response)."""
        return np.asarray(self.columns.T @ responses)

    def smooth(self, projected: Array, squares: Array) -> Smooth:
        """Fit responses, each with its own amount of smoothing.

        Parameters
        ----------
        projected : ndarray, shape (column, response)
            From `project`, or a linear combination of such.
        squares : ndarray, shape (response,)
            Sum of squares of each response.
        """
        return self._chosen(projected, squares, None)

    def robust(self, projected: Array, squares: Array, residuals: Array) -> Smooth:
        """Fit responses whose scatter differs along the inputs.

        Cross-validation takes the scatter as the same everywhere. Where it is wider at the ends, as
        when inputs multiply each other, it follows noise there. Here each degree of freedom is
        charged for the scatter where it acts (Andrews 1991, J Econometrics 47:359).

        Parameters
        ----------
        projected, squares
            As for `smooth`.
        residuals : ndarray, shape (draw, response)
            Of a first fit.
        """
        meats = [
            self.columns.T @ (self.columns * (residuals[:, [k]] ** 2))
            for k in range(residuals.shape[1])
        ]
        return self._chosen(projected, squares, meats)

    def _chosen(self, projected: Array, squares: Array, meats: list[Array] | None) -> Smooth:
        best = np.full(projected.shape[1], np.inf)
        size = self.size
        shrunk = np.zeros((size, projected.shape[1]))
        weights, which = np.zeros_like(shrunk), np.zeros(projected.shape[1], dtype=int)
        for number, factor in enumerate(self.factors):
            z = factor.turn.T @ projected
            kept = 1 / (1 + STRENGTHS[:, None] * factor.rough)  # (strength, component)
            dof = kept.sum(axis=1)
            rest = squares - (kept * (2 - kept)) @ (z**2)
            if meats is None:
                room = np.maximum(self.n - GAMMA * dof, 1e-3)[:, None]
                score = np.maximum(rest, 0.0) / room**2
            else:
                noise = [np.einsum("ij,ij->j", factor.turn, meat @ factor.turn) for meat in meats]
                score = np.maximum(rest, 0.0) + 2 * GAMMA * (kept @ np.stack(noise, axis=1))
            at = np.argmin(score, axis=0)
            lowest = score[at, np.arange(len(at))]
            better = lowest < best
            best = np.where(better, lowest, best)
            which[better] = number
            shrunk[:, better] = kept[at[better]].T
            weights[:, better] = shrunk[:, better] * z[:, better]
        return Smooth(weights, shrunk, shrunk.sum(axis=0), which)

    def coefficients(self, smooth: Smooth) -> Array:
        """Return the coefficients of the columns themselves, shape (column, response)."""
        made = np.empty((len(self.gram), smooth.weights.shape[1]))
        for number in np.unique(smooth.factor):
            mine = smooth.factor == number
            made[:, mine] = self.factors[number].turn @ smooth.weights[:, mine]
        return made

    def fitted(self, smooth: Smooth) -> Array:
        """Return fitted values, shape (draw, response)."""
        return np.asarray(self.columns @ self.coefficients(smooth))

    def at(self, inputs: Sequence[Array], smooth: Smooth) -> Array:
        """Return the fits at other values of the inputs, shape (draw, response)."""
        return np.asarray(self.basis.at(inputs) @ self.coefficients(smooth))

    def drawn(
        self, smooth: Smooth, residuals: Array, rows: NDArray[np.intp], noise: Array
    ) -> Array:
        """Return fits with their coefficients drawn from what the data leave open.

        Their covariance is taken from the residuals as they are (White 1980, Econometrica 48:817),
        jointly for all responses, and shrunk as the fits are. Fits of very many coefficients take
        the scatter as the same everywhere.

        Parameters
        ----------
        smooth : Smooth
            Fits of the responses.
        residuals : ndarray, shape (draw, response)
            What they leave.
        rows : ndarray of int, shape (row,)
            At which draws of the data.
        noise : ndarray, shape (repeat, component, response)
            Standard normal.

        Returns
        -------
        ndarray, shape (row, repeat, response)
            Deviations from the fits.
        """
        repeats, size, options = noise.shape
        turns = [
            self.factors[number].turn * np.sqrt(smooth.shrunk[:, k])
            for k, number in enumerate(smooth.factor)
        ]
        if size * options > MOST_JOINT:
            spare = max(self.n - float(smooth.dof.max()), 1.0)
            root = _root(residuals.T @ residuals / spare)
            moved = noise @ root.T
        else:
            joint = np.empty((options, size, options, size))
            for k in range(options):
                for m in range(k + 1):
                    both = residuals[:, k] * residuals[:, m]
                    meat = self.columns.T @ (self.columns * both[:, None])
                    joint[k, :, m] = turns[k].T @ meat @ turns[m]
                    joint[m, :, k] = joint[k, :, m].T
            root = _root(joint.reshape(options * size, -1))
            moved = (noise.reshape(repeats, -1) @ root.T).reshape(repeats, options, size)
            moved = moved.transpose(0, 2, 1)
            turns = [self.factors[number].turn for number in smooth.factor]
        made = np.empty((len(rows), repeats, options))
        for k, turn in enumerate(turns):
            made[:, :, k] = (self.columns[rows] @ turn) @ moved[:, :, k].T
        return made

    def held_out(self, responses: Array, smooth: Smooth, folds: int, order: Array) -> Array:
        """Return predictions for each draw from fits that never saw it.

        The amount of smoothing is that of the fit to all draws.

        Parameters
        ----------
        responses : ndarray, shape (draw, response)
            The responses of `smooth`.
        smooth : Smooth
            The fit to all.
        folds : int
            Parts that are left out in turn.
        order : ndarray of int, shape (draw,)
            The fold of each draw.
        """
        made = np.empty_like(responses)
        projected = self.project(responses)
        for fold in range(folds):
            out = order == fold
            columns = self.columns[out]
            gram = self.gram - columns.T @ columns
            right = projected - columns.T @ responses[out]
            for k, number in enumerate(smooth.factor):
                factor = self.factors[number]
                strength = _strength(factor.rough, float(smooth.dof[k]))
                # In the orthonormal columns of all draws the penalty is diagonal.
                left = factor.turn.T @ gram @ factor.turn
                left[np.diag_indices_from(left)] += strength * factor.rough + 1e-9
                solved = np.linalg.solve(left, factor.turn.T @ right[:, k])
                made[out, k] = columns @ (factor.turn @ solved)
        return made


def _root(covariance: Array) -> Array:
    """Return a matrix whose product with its transpose is a covariance matrix."""
    value, vector = np.linalg.eigh(covariance)
    return np.asarray(vector * np.sqrt(np.maximum(value, 0.0)))


def _strength(rough: Array, dof: float) -> float:
    """Return the strength on the grid that leaves these degrees of freedom."""
    left = (1 / (1 + STRENGTHS[:, None] * rough)).sum(axis=1)
    return float(STRENGTHS[np.argmin(np.abs(left - dof))])


def _whiten(gram: Array) -> Array:
    """Return columns that make the Gram matrix the identity; what is redundant is left out."""
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    value, vector = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = value > 1e-10 * value[-1]
    return np.asarray(vector[:, kept] / np.sqrt(value[kept]) / scale[:, None])


def _factor(white: Array, penalty: Array) -> Factor:
    inner = white.T @ penalty @ white
    value, vector = np.linalg.eigh((inner + inner.T) / 2)
    top = float(value[-1])
    if not top > 0:
        return Factor(white @ vector, np.zeros(len(value)))
    value = np.where(value > 1e-11 * top, value, 0.0) / top
    return Factor(white @ vector, value)
