"""Transition matrices: from yearly rates, and from one cycle length to another.

Where people can move on more than once within a cycle, the probabilities of a cycle are not a
formula per cell but a matrix exponential, P = expm(Q years): Q holds the yearly rates, and on the
diagonal what makes its rows sum to 0. The way back, a matrix logarithm, exists only for matrices
that some constant rates could have produced ("embeddable"); the others are refused.

The axes are (state_from, state_to, draw), as everywhere in heco.

References
----------
Jones et al. (2017), doi 10.1177/0272989X17696997. Chhatwal et al. (2016),
doi 10.1177/0272989X16656165. Welton & Ades (2005), Medical Decision Making 25:633.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from heco.errors import SUM_TOLERANCE, ScenarioError, refuse
from heco.evidence.rates import ROUNDING, BoolArray, FloatArray, floats, quiet

#: A logarithm's rate this far below 0 is rounding; so is a row that sums to this much. [per cycle]
LOG_TOLERANCE = 1e-9
#: An eigenvalue this small means that the matrix forgets something at once: no rates do that.
_SINGULAR = 1e-12

_WHY = (
    "No constant rates can produce it (it is not embeddable): cells that are 0 although a detour "
    "is possible, and forced moves, are the usual causes."
)
_TRY = (
    "Give yearly rates instead of probabilities, or use the cycle length for which the "
    "probabilities were estimated."
)


def generator_from_rates(rates: ArrayLike) -> FloatArray:
    """Complete a set of yearly rates: the diagonal is whatever makes every row sum to 0.

    Parameters
    ----------
    rates : array_like, shape (state_from, state_to, draw)
        Yearly rates off the diagonal; what stands on the diagonal is ignored. [per year]

    Returns
    -------
    ndarray, shape (state_from, state_to, draw)
        [per year]
    """
    generator = _cube(rates).copy()
    diagonal = np.arange(len(generator))
    generator[diagonal, diagonal] = 0.0
    generator[diagonal, diagonal] = -generator.sum(axis=1)
    return generator


def matrix_from_generator(
    generator: ArrayLike, years: ArrayLike, where: str = "", states: Sequence[str] = ()
) -> FloatArray:
    """Transition probabilities of one cycle from yearly rates, P = expm(Q years).

    Parameters
    ----------
    generator : array_like, shape (state_from, state_to, draw)
        Rates off the diagonal, rows sum to 0. [per year]
    years : array_like, shape () or (draw,)
        Length of the cycle. [years]
    where : str
        The place as the author wrote it, for messages.
    states : sequence of str
        Names of the states, for messages.

    Returns
    -------
    ndarray, shape (state_from, state_to, draw)
        Rows sum to 1. [per cycle]

    Raises
    ------
    ScenarioError
        If a rate is negative, or a row does not sum to 0.
    """
    from scipy.linalg import expm  # slow to import, and most scenarios never need it

    rates = _cube(generator)
    if problem := _generator_problem(rates, states):
        raise refuse(problem, where)
    return np.ascontiguousarray(_draw_last(expm(_draw_first(rates * floats(years)))))


def generator_from_matrix(transition: ArrayLike, years: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Yearly rates behind transition probabilities, Q = logm(P) / years, where there are any.

    Parameters
    ----------
    transition : array_like, shape (state_from, state_to, draw)
        Rows sum to 1. [per cycle]
    years : array_like, shape () or (draw,)
        Length of the cycle to which the probabilities belong. [years]

    Returns
    -------
    generator : ndarray, shape (state_from, state_to, draw)
        What the logarithm gives, judged or not; nan where there is no real one. [per year]
    embeddable : ndarray of bool, shape (draw,)
        Draws in which the logarithm is real, its rates are not negative, its rows sum to 0
        (each within 1e-9 per cycle), and its exponential is the matrix again.
    """
    from scipy.linalg import expm

    matrices = _draw_first(_cube(transition))
    logs = np.full(matrices.shape, np.nan)
    for draw, matrix in enumerate(matrices):
        logs[draw] = _real_logarithm(matrix)
    generator = _draw_last(logs) / floats(years)
    real = np.isfinite(logs).all(axis=(1, 2))
    embeddable = real & ~_negative(_draw_last(logs), LOG_TOLERANCE).any(axis=(0, 1))
    embeddable &= (np.abs(logs.sum(axis=2)) <= LOG_TOLERANCE).all(axis=1)
    if embeddable.any():
        again = np.abs(expm(logs[embeddable]) - matrices[embeddable]).max(axis=(1, 2))
        embeddable[embeddable] = again <= SUM_TOLERANCE
    return generator, embeddable


def rescaled_matrix(
    transition: ArrayLike,
    from_years: float,
    to_years: float,
    where: str = "",
    states: Sequence[str] = (),
) -> FloatArray:
    """Restate transition probabilities for another cycle length.

    Parameters
    ----------
    transition : array_like, shape (state_from, state_to, draw)
        Rows sum to 1. [per cycle of `from_years`]
    from_years, to_years : float
        Lengths of the two cycles. [years]
    where : str
        The place as the author wrote it, for messages.
    states : sequence of str
        Names of the states, for messages.

    Returns
    -------
    ndarray, shape (state_from, state_to, draw)
        expm((to_years / from_years) logm(transition)); rows sum to 1. [per cycle of `to_years`]

    Raises
    ------
    ScenarioError
        If the matrix is not one of probabilities, or not embeddable.

    Notes
    -----
    The logarithm leaves rounding where a rate is 0. Rates that lie below 0 by no more than the
    1e-9 just accepted are therefore taken as 0, and the diagonal makes up for it: otherwise
    impossible moves would get probabilities of about -1e-17.
    """
    matrix = _cube(transition)
    if problem := _matrix_problem(matrix, states):
        raise refuse(problem, where)
    generator, embeddable = generator_from_matrix(matrix, from_years)
    if not embeddable.all():
        raise _not_embeddable(generator, from_years, embeddable, where, states)
    rates = generator_from_rates(np.maximum(generator, 0.0))
    return matrix_from_generator(rates, to_years, where, states)


def _cube(matrix: ArrayLike) -> FloatArray:
    cube = floats(matrix)
    if cube.ndim != 3 or cube.shape[0] != cube.shape[1]:
        raise ValueError(f"expected shape (state_from, state_to, draw), got {cube.shape}")
    return cube


def _draw_first(cube: FloatArray) -> FloatArray:
    return np.ascontiguousarray(np.moveaxis(cube, -1, 0))


def _draw_last(cube: FloatArray) -> FloatArray:
    return np.moveaxis(cube, 0, -1)


def _real_logarithm(matrix: FloatArray) -> FloatArray | float:
    """Principal logarithm of one matrix, or nan where it is not real."""
    from scipy.linalg import logm

    if not np.isfinite(matrix).all():
        return np.nan
    eigenvalues = np.linalg.eigvals(matrix)
    on_the_cut = (np.abs(eigenvalues.imag) <= _SINGULAR) & (eigenvalues.real <= _SINGULAR)
    if on_the_cut.any():  # singular, or a negative eigenvalue: the logarithm is not real
        return np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # accuracy is judged by taking the exponential again
        logarithm = np.asarray(logm(matrix))
    if np.abs(logarithm.imag).max() > LOG_TOLERANCE:
        return np.nan
    return floats(logarithm.real)


def _negative(generator: FloatArray, tolerance: float) -> BoolArray:
    off_diagonal = ~np.eye(len(generator), dtype=bool)[:, :, np.newaxis]
    return off_diagonal & (generator < -tolerance)


def _cell(flags: BoolArray, states: Sequence[str]) -> tuple[str, int, int, int]:
    """Name the first flagged cell in the first draw that has one: words, row, column, draw."""
    draw = int(np.argmax(flags.any(axis=(0, 1))))
    row, column = (int(i) for i in np.argwhere(flags[:, :, draw])[0])
    names = states or [f"state {i + 1}" for i in range(len(flags))]
    return f"{names[row]} -> {names[column]}", row, column, draw


def _row(sums: FloatArray, target: float, states: Sequence[str]) -> str:
    """Say which row first misses its sum, or nothing."""
    wrong = ~(np.abs(sums - target) <= SUM_TOLERANCE)
    if not wrong.any():
        return ""
    draw = int(np.argmax(wrong.any(axis=0)))
    row = int(np.argmax(wrong[:, draw]))
    name = states[row] if states else f"state {row + 1}"
    return f"the row of {name} sums to {sums[row, draw]:.9g}, not to {target:g}"


def _in_draws(flags: BoolArray) -> str:
    bad, n = int(flags.sum()), flags.size
    return "" if n == 1 else f" in {bad:,} of {n:,} draws"


def _matrix_problem(matrix: FloatArray, states: Sequence[str]) -> str:
    outside = ~((matrix >= 0) & (matrix <= 1))
    if outside.any():
        words, row, column, draw = _cell(outside, states)
        value = matrix[row, column, draw]
        return f"{words} is {value:.9g}; a probability must lie in [0, 1]."
    if problem := _row(matrix.sum(axis=1), 1.0, states):
        return f"{problem}."
    return ""


def _generator_problem(generator: FloatArray, states: Sequence[str]) -> str:
    negative = _negative(generator, ROUNDING)
    if negative.any():
        words, row, column, draw = _cell(negative, states)
        value = generator[row, column, draw]
        return f"{words} has the rate {value:.9g} per year; a rate cannot be negative."
    # Large rates carry large rounding: the sum is judged against the size of the row.
    with quiet():
        sums = generator.sum(axis=1) / np.maximum(1.0, np.abs(generator).max(axis=1))
    if problem := _row(sums, 0.0, states):
        return f"{problem}: the diagonal must be minus the sum of the exit rates."
    return ""


def _not_embeddable(
    generator: FloatArray,
    years: float,
    embeddable: BoolArray,
    where: str,
    states: Sequence[str],
) -> ScenarioError:
    share = _in_draws(~embeddable)
    what = f"The transition matrix cannot be restated for another cycle length{share}."
    negative = _negative(generator * years, LOG_TOLERANCE)
    if negative.any():
        words, row, column, draw = _cell(negative, states)
        what += f" {words} would need the rate {generator[row, column, draw]:.3g} per year."
    else:
        what += " Its logarithm is not a real matrix."
    return refuse(f"{what} {_WHY}", where, _TRY)
