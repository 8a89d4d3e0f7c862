"""What knowing some inputs exactly would be worth: EVPPI, with what is known about its error.

Expected net benefit given the inputs is estimated by regression over the draws
(`heco.analysis.voi.regression`), and EVPPI is what choosing by it would gain over choosing now.
It is never negative by construction, and in a finite sample a little too high, because the highest
of several noisy fits is too high. So beside it stand

- the standard error: what the coefficients leave open (500 draws of them), and that the inputs
  themselves are a sample;
- the cross-fitted estimate: the value, in draws that the fit never saw, of choosing by it. It is
  too low rather than too high, and can be negative;
- what inputs with nothing to say appear to be worth: the same fit to shuffled draws;
- a residual check: means of the residuals in 20 blocks, the largest in standard errors;
- the spread over which strategy the others are compared with;
- for a single input the estimate from sorted blocks, which needs no regression (Strong & Oakley
  2013, Medical Decision Making 33:755).

Source: Strong, Oakley & Brennan 2014, Medical Decision Making 34:311.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.voi.benefit import FOLDS, PERMUTATIONS, Benefits, gain
from heco.analysis.voi.regression import Regression, Smooth
from heco.outcomes import Array

#: Blocks of the residual check; a block mean further than this from 0 is worth a warning.
BLOCKS, SUSPECT = 20, 4.5
#: Draws needed for each effective degree of freedom, unless the cross-fit is the same but for this.
PER_DOF, SAME = 50, 0.02


@dataclass(frozen=True)
class Worth:
    """EVPPI (or EVSI) at one willingness to pay, per person.

    Parameters
    ----------
    wtp : float
        Willingness to pay. [currency per QALY]
    value : float
        The estimate. [currency per person]
    error : float
        Its standard error: `coefficient` and `sampling` together. [currency per person]
    coefficient, sampling : float
        What the coefficients leave open; that the inputs are a sample. [currency per person]
    crossfit, crossfit_error : float
        Value of choosing by a fit in draws that it never saw; nan if not asked for.
    null, null_sd : float
        Mean and standard deviation of the estimates from shuffled draws.
    spread : float
        Highest less lowest estimate over the reference strategy.
    blocks : float
        Estimate from sorted blocks; nan for groups.
    residual : float
        Largest mean residual of a block, in its standard errors.
    dof : float
        Most effective degrees of freedom of a fit.
    kind : str
        What was fitted, in words.
    """

    wtp: float
    value: float
    error: float = 0.0
    coefficient: float = 0.0
    sampling: float = 0.0
    crossfit: float = 0.0
    crossfit_error: float = 0.0
    null: float = 0.0
    null_sd: float = 0.0
    spread: float = 0.0
    blocks: float = 0.0
    residual: float = 0.0
    dof: float = 1.0
    kind: str = "constant"

    @property
    def distinct(self) -> bool:
        """Return whether it is more than what inputs with nothing to say appear to be worth."""
        return self.value > self.null + 2 * max(self.null_sd, self.error)

    def doubts(self, n: int) -> tuple[str, ...]:
        """Return what speaks against the estimate, in words.

        Parameters
        ----------
        n : int
            Draws.
        """
        found = []
        # A fit that predicts unseen draws as well as its own is not too large for them.
        confirmed = self.crossfit_error > 0 and abs(self.value - self.crossfit) < SAME * self.value
        if n < PER_DOF * self.dof and self.dof > 1 and not confirmed:
            found.append(
                f"{n:,} draws are few for a fit of {self.dof:.0f} degrees of freedom "
                f"({PER_DOF * math.ceil(self.dof):,} are advised)"
            )
        if self.residual > SUSPECT:
            found.append("residuals show that the fit misses something")
        if self.distinct and self.spread > max(3 * self.error, 0.03 * self.value):
            found.append("the estimate depends on which strategy is the reference")
        return tuple(found)


def evppi(benefits: Benefits, inputs: Sequence[Array], *, checks: bool = True) -> tuple[Worth, ...]:
    """Return what knowing some inputs would be worth, one `Worth` per willingness to pay.

    Parameters
    ----------
    benefits : Benefits
        What happens in every draw.
    inputs : sequence of ndarray, shape (draw,)
        Values of the inputs that would be known; none of them need vary.
    checks : bool
        Whether to work out the cross-fit, the null, the spread and the blocks as well.

    Returns
    -------
    tuple of Worth
        In the order of ``benefits.wtp``.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=10_000)
    >>> made = evppi(Benefits([0 * x, -1000 * x], [0 * x, 0 * x], [20_000]), [x])
    >>> round(made[0].value / 398.94, 1)
    1.0
    """
    inputs = distinct_inputs(inputs)
    if not inputs:
        return tuple(Worth(float(wtp), 0.0, kind="constant") for wtp in benefits.wtp)
    model = Regression(inputs, benefits.seed)
    projected = model.project(benefits.pairs)
    shuffled = model.project(benefits.shuffled) if checks else None
    noise = benefits.noise(model.size)
    made = []
    for wtp in benefits.wtp:
        made.append(_worth(benefits, inputs, model, projected, shuffled, noise, float(wtp), checks))
    return tuple(made)


def estimates(benefits: Benefits, inputs: Sequence[Array]) -> Array:
    """Return the estimates of `evppi` alone, without error or checks, shape (threshold,).

    Parameters
    ----------
    benefits, inputs
        As for `evppi`.
    """
    inputs = distinct_inputs(inputs)
    if not inputs:
        return np.zeros(len(benefits.wtp))
    model = Regression(inputs, benefits.seed)
    projected = model.project(benefits.pairs)
    weights = [benefits.weights(float(wtp)) for wtp in benefits.wtp]
    return np.array([gain(model.fitted(fit(model, benefits, projected, w))) for w in weights])


def distinct_inputs(inputs: Sequence[Array]) -> list[Array]:
    """Return the inputs that vary, each once: a constant has nothing to tell."""
    found: list[Array] = []
    for x in inputs:
        values = np.asarray(x, float)
        if not np.isfinite(values).all():
            raise ValueError("an input has values that are not finite")
        scale = float(np.abs(values).max())
        if np.ptp(values) > 1e-12 * scale and not any(np.array_equal(values, y) for y in found):
            found.append(values)
    return found


def _worth(
    benefits: Benefits, inputs: Sequence[Array], model: Regression, projected: Array,
    shuffled: Array | None, noise: Array, wtp: float, checks: bool,
) -> Worth:  # fmt: skip
    weights = benefits.weights(wtp)
    inmb = benefits.pairs @ weights
    smooth = fit(model, benefits, projected, weights)
    fits = model.fitted(smooth)
    value = gain(fits)
    residuals = inmb - fits
    coefficient = _coefficient_error(benefits, model, smooth, fits, residuals, noise)
    best = int(np.argmax(np.append(fits.mean(axis=0), 0.0)))
    ahead = np.maximum(fits.max(axis=1), 0.0) - (fits[:, best] if best < fits.shape[1] else 0.0)
    sampling = float(ahead.std() / math.sqrt(benefits.n))
    more: dict[str, float] = {}
    if checks:
        assert shuffled is not None
        more["null"], more["null_sd"] = _null(benefits, model, shuffled, weights)
        more["spread"] = _spread(benefits, model, projected, wtp, value)
        more["crossfit"], more["crossfit_error"] = _crossfit(benefits, model, smooth, inmb)
        more["blocks"] = sorted_blocks(inputs[0], inmb) if len(inputs) == 1 else math.nan
    return Worth(
        wtp, value, math.hypot(coefficient, sampling), coefficient, sampling,
        residual=_residual(inputs, fits, residuals), dof=float(smooth.dof.max()),
        kind=model.basis.kind, **more,
    )  # fmt: skip


def fit(model: Regression, benefits: Benefits, projected: Array, weights: Array) -> Smooth:
    """Return the fits of incremental net benefits, each smoothed as its scatter asks.

    Parameters
    ----------
    model : Regression
        On the inputs.
    benefits : Benefits
        What happens in every draw.
    projected : ndarray, shape (column, 2 options)
        ``model.project(benefits.pairs)``.
    weights : ndarray, shape (2 options, option)
        From `Benefits.weights`.
    """
    squares = np.einsum("ik,ij,jk->k", weights, benefits.squares, weights)
    right = projected @ weights
    first = model.smooth(right, squares)
    return model.robust(right, squares, benefits.pairs @ weights - model.fitted(first))


def _coefficient_error(
    benefits: Benefits, model: Regression, smooth: Smooth, fits: Array, residuals: Array,
    noise: Array,
) -> float:  # fmt: skip
    rows = benefits.rows
    drawn = model.drawn(smooth, residuals, rows, noise)
    drawn += fits[rows][:, None, :]
    top = np.maximum(drawn.max(axis=2), 0.0).mean(axis=0)
    now = np.maximum(drawn.mean(axis=0).max(axis=1), 0.0)
    return float((top - now).std())


def _null(
    benefits: Benefits, model: Regression, shuffled: Array, weights: Array
) -> tuple[float, float]:
    """Return mean and standard deviation of the estimates from shuffled draws."""
    width = 2 * (benefits.strategies - 1)
    parts = shuffled.reshape(len(shuffled), PERMUTATIONS, width) @ weights
    right = parts.reshape(len(shuffled), -1)
    squares = np.einsum("ik,ij,jk->k", weights, benefits.squares, weights)
    smooth = model.smooth(right, np.tile(squares, PERMUTATIONS))
    columns = model.columns[benefits.rows]
    fits = (columns @ model.coefficients(smooth)).reshape(len(columns), PERMUTATIONS, -1)
    found = [gain(fits[:, k]) for k in range(PERMUTATIONS)]
    return float(np.mean(found)), float(np.std(found, ddof=1))


def _spread(
    benefits: Benefits, model: Regression, projected: Array, wtp: float, value: float
) -> float:
    """Return how far the estimate moves with the reference; each has its own smoothing."""
    found = [value]
    for reference in range(1, benefits.strategies if benefits.strategies > 2 else 1):
        smooth = fit(model, benefits, projected, benefits.weights(wtp, reference))
        found.append(gain(model.fitted(smooth)))
    return max(found) - min(found)


def _crossfit(
    benefits: Benefits, model: Regression, smooth: Smooth, inmb: Array
) -> tuple[float, float]:
    """Return the value of choosing by fits that never saw the draw, and its standard error."""
    predicted = model.held_out(inmb, smooth, FOLDS, benefits.folds)
    n = len(inmb)
    all_of = np.column_stack([inmb, np.zeros(n)])
    chosen = np.argmax(np.column_stack([predicted, np.zeros(n)]), axis=1)
    now = int(np.argmax(all_of.mean(axis=0)))
    extra = all_of[np.arange(n), chosen] - all_of[:, now]
    return float(extra.mean()), float(extra.std(ddof=1) / math.sqrt(n))


def _residual(inputs: Sequence[Array], fits: Array, residuals: Array) -> float:
    """Return the largest mean residual of a block of draws, in standard errors.

    Blocks go by each input, and in a group by the product of each pair of them as well: that is
    where a smoother without interactions fails.
    """
    n = len(residuals)
    size = n // BLOCKS
    if size < 5:
        return 0.0
    keys = list(inputs[:10])
    if len(inputs) > 1:
        scaled = [(x - x.mean()) / x.std() for x in inputs[:5]]
        keys += [scaled[i] * scaled[j] for i in range(len(scaled)) for j in range(i)]
    error = np.maximum(residuals.std(axis=0), 1e-300) / math.sqrt(size)
    scale = np.maximum(np.abs(fits).max(axis=0), 1e-300)
    worst = 0.0
    for key in keys:
        order = np.argsort(key, kind="stable")[: size * BLOCKS]
        means = residuals[order].reshape(BLOCKS, size, -1).mean(axis=1)
        means[np.abs(means) < 1e-9 * scale] = 0.0  # a perfect fit has nothing but rounding left
        worst = max(worst, float(np.abs(means / error).max()))
    return worst


def sorted_blocks(x: Array, inmb: Array, blocks: int | None = None) -> float:
    """Return EVPPI of one input from means over blocks of neighbouring values.

    Fewer blocks miss structure, more make the highest of noisy means too high.

    Parameters
    ----------
    x : ndarray, shape (draw,)
        The input.
    inmb : ndarray, shape (draw, option)
        Incremental net benefit against a reference.
    blocks : int, optional
        How many; left out, about the cube root of the number of draws.
    """
    blocks = blocks or max(2, round(len(x) ** (1 / 3)))
    size = len(x) // blocks
    order = np.argsort(x, kind="stable")[: size * blocks]
    return gain(inmb[order].reshape(blocks, size, -1).mean(axis=1))
