"""Smooth functions of a few inputs: the columns that a regression is made of.

Cubic B-splines with knots at quantiles, whose penalty is the integral of the squared second
derivative. One input has one spline; two have the full tensor product of two; three to five have
splines of each and a tensor product for every pair. For more than that, splines of each and the
products of all pairs are joined by random features of a Gaussian process (Rahimi & Recht 2007),
which see interactions of any order. None is additive only: a smoother without interactions gives 0
for two inputs that matter only together.

Sources: Eilers & Marx 1996, Statistical Science 11:89; Wood 2017, Generalized Additive Models;
Strong, Oakley & Brennan 2014, Medical Decision Making 34:311.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from heco.outcomes import Array

#: Columns of a spline: of one input, of each of a pair, of each of a group, and in its pairs.
ONE, PAIR, GROUP, INNER = 16, 7, 7, 4
#: Groups larger than this are regressed on random features as well.
MOST_PAIRED = 5
#: Random features of a Gaussian process, and groups whose every pair still gets a product.
FEATURES, MOST_PRODUCTS = 240, 20
#: Two-point Gauss-Legendre rule: exact for squares of the piecewise linear second derivative.
_GAUSS = 0.5 / np.sqrt(3.0)


@dataclass(frozen=True, eq=False)
class Spline:
    """A cubic spline of one input.

    Parameters
    ----------
    low, width : float
        Where the input starts, and how far it goes; a width of 0 is a constant.
    knots : ndarray, shape (knot,)
        With the ends four times, on the scale from 0 to 1.
    """

    low: float
    width: float
    knots: Array

    @classmethod
    def through(cls, x: Array, size: int) -> Spline:
        """Return the spline with knots at quantiles of an input.

        Parameters
        ----------
        x : ndarray, shape (draw,)
            Values of the input.
        size : int
            Most columns; an input with few distinct values has fewer.
        """
        low, high = float(x.min()), float(x.max())
        width = high - low
        scale = max(abs(low), abs(high))
        if not width > 1e-12 * scale:
            return cls(low, 0.0, np.zeros(0))
        inner = np.quantile((x - low) / width, np.linspace(0, 1, size - 2)[1:-1])
        inner = np.unique(inner[(inner > 1e-9) & (inner < 1 - 1e-9)])
        return cls(low, width, np.concatenate([np.zeros(4), inner, np.ones(4)]))

    @property
    def columns(self) -> int:
        """Return the number of columns; 1 for a constant."""
        return max(1, len(self.knots) - 4)

    def at(self, x: Array) -> Array:
        """Return the columns at values of the input, shape (draw, column); they sum to 1."""
        if not self.width:
            return np.ones((len(x), 1))
        # Outside the data (values of other draws) the ends are held.
        u = np.clip((x - self.low) / self.width, 0.0, 1.0)
        t, size, rows = self.knots, self.columns, np.arange(len(x))
        place = np.clip(np.searchsorted(t, u, side="right") - 1, 3, size - 1)
        values = np.ones((4, len(u)))
        left, right = np.empty((4, len(u))), np.empty((4, len(u)))
        for j in range(1, 4):  # the recursion of de Boor: only four columns are not 0
            left[j], right[j] = u - t[place + 1 - j], t[place + j] - u
            saved = np.zeros(len(u))
            for r in range(j):
                part = values[r] / (right[r + 1] + left[j - r])
                values[r] = saved + right[r + 1] * part
                saved = left[j - r] * part
            values[j] = saved
        made = np.zeros((len(u), size))
        for r in range(4):
            made[rows, place - 3 + r] = values[r]
        return made

    def penalty(self) -> Array:
        """Return the integral of the squared second derivative, shape (column, column)."""
        if not self.width:
            return np.zeros((1, 1))
        t = self.knots
        ends = np.unique(t)
        step = np.diff(ends)
        middle = ends[:-1] + step / 2
        total = np.zeros((self.columns, self.columns))
        for side in (-_GAUSS, _GAUSS):
            bend = self._bend(middle + side * step)
            total += (bend * (step / 2)[:, None]).T @ bend
        size = np.trace(total)
        return total / size if size > 0 else total

    def _bend(self, u: Array) -> Array:
        """Return second derivatives of the columns, shape (point, column)."""
        t, size = self.knots, self.columns
        change = np.eye(size)
        for degree in (3, 2):
            first = 4 - degree
            gaps = (
                t[first + degree : first + degree + len(change) - 1]
                - t[first : first + len(change) - 1]
            )
            change = degree * np.diff(change, axis=0) / np.where(gaps > 0, gaps, 1.0)[:, None]
        ends = np.unique(t)
        # Linear B-splines at u are hats over the distinct knots.
        hats = np.stack([np.interp(u, ends, row) for row in np.eye(len(ends))], axis=1)
        return np.asarray(hats @ change)


@dataclass(frozen=True, eq=False)
class Basis:
    """The columns for a group of inputs, and what roughness each penalises.

    Parameters
    ----------
    kind : str
        What it is made of, in words.
    splines : tuple of Spline
        One per input: for columns of their own.
    inner : tuple of Spline
        One per input: for products of pairs; empty if there are none.
    centre, spread : ndarray, shape (input,)
        To put inputs on one scale.
    waves : ndarray, shape (input, feature)
        Frequencies of random features; no columns if there are none.
    tensor : bool
        Whether it is the full tensor product of two inputs.
    """

    kind: str
    splines: tuple[Spline, ...]
    inner: tuple[Spline, ...]
    centre: Array
    spread: Array
    waves: Array
    tensor: bool = False
    products: bool = False

    @classmethod
    def of(cls, inputs: Sequence[Array], seed: int = 0) -> Basis:
        """Return the basis for a group of inputs, each shape (draw,)."""
        p = len(inputs)
        centre = np.array([x.mean() for x in inputs])
        spread = np.array([x.std() or 1.0 for x in inputs])
        none = np.zeros((p, 0))
        if p <= 2:
            size = ONE if p == 1 else PAIR
            splines = tuple(Spline.through(x, size) for x in inputs)
            kind = "cubic spline" if p == 1 else "tensor product of two cubic splines"
            return cls(kind, splines, (), centre, spread, none, tensor=p == 2)
        if p <= MOST_PAIRED:
            splines = tuple(Spline.through(x, GROUP) for x in inputs)
            inner = tuple(Spline.through(x, INNER) for x in inputs)
            kind = "cubic splines and a tensor product for every pair"
            return cls(kind, splines, inner, centre, spread, none)
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(p,)))
        scales = np.sqrt(p) * np.repeat([1.0, 2.5], FEATURES // 4)
        waves = random.standard_normal((p, FEATURES // 2)) / scales
        size = 6 if p <= MOST_PRODUCTS else 5
        splines = tuple(Spline.through(x, size) for x in inputs)
        kind = "cubic splines, products of pairs and random features of a Gaussian process"
        return cls(kind, splines, (), centre, spread, waves, products=p <= MOST_PRODUCTS)

    def at(self, inputs: Sequence[Array]) -> Array:
        """Return the columns at values of the inputs, shape (draw, column)."""
        own = [spline.at(x) for spline, x in zip(self.splines, inputs, strict=True)]
        if len(own) == 1:
            return own[0]
        if self.tensor:
            return _products(own[0], own[1])
        parts = list(own)
        if self.inner:
            small = [spline.at(x)[:, 1:] for spline, x in zip(self.inner, inputs, strict=True)]
            parts += [_products(a, b) for a, b in combinations(small, 2)]
        if self.waves.shape[1]:
            scaled = (np.stack(list(inputs), axis=1) - self.centre) / self.spread
            if self.products:
                i, j = np.triu_indices(len(inputs), 1)
                parts.append(scaled[:, i] * scaled[:, j])
            angle = scaled @ self.waves
            parts += [np.cos(angle), np.sin(angle)]
        return np.concatenate(parts, axis=1)

    def penalties(self) -> tuple[Array, Array]:
        """Return two penalties whose ratio is chosen with the data, each (column, column).

        For a pair they are the roughness along either input; for a group that of the inputs' own
        splines, and that of everything in which inputs act together.
        """
        rough = [spline.penalty() for spline in self.splines]
        if len(rough) == 1:
            return rough[0], np.zeros_like(rough[0])
        sizes = [len(part) for part in rough]
        if self.tensor:
            return (
                np.kron(rough[0], np.eye(sizes[1])) / sizes[1],
                np.kron(np.eye(sizes[0]), rough[1]) / sizes[0],
            )
        joint: list[Array] = []
        if self.inner:
            small = [spline.penalty()[1:, 1:] for spline in self.inner]
            for a, b in combinations(small, 2):
                both = np.kron(a, np.eye(len(b))) + np.kron(np.eye(len(a)), b)
                # A little of the plain size too: the product of two straight lines is not free.
                joint.append(
                    both / max(len(both), 1) + 1e-3 * np.eye(len(both)) / max(len(both), 1)
                )
        if self.waves.shape[1]:
            p = len(rough)
            if self.products:
                joint.append(np.eye(p * (p - 1) // 2) * 1e-3)
            joint.append(np.eye(2 * self.waves.shape[1]) / self.waves.shape[1])
        total = sum(sizes) + sum(len(part) for part in joint)
        first, second = np.zeros((total, total)), np.zeros((total, total))
        at = 0
        for target, parts in ((first, rough), (second, joint)):
            for part in parts:
                target[at : at + len(part), at : at + len(part)] = part
                at += len(part)
        return first, second


def _products(a: Array, b: Array) -> Array:
    """Return every product of a column of a with a column of b, shape (draw, column)."""
    return np.asarray((a[:, :, None] * b[:, None, :]).reshape(len(a), -1))
