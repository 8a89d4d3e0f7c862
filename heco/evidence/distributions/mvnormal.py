"""Multivariate normal: the coefficients of one regression."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.errors import did_you_mean
from heco.evidence.correlations import (
    SMALLEST_EIGENVALUE,
    matrix_faults,
    mixed,
    nearest_correlation,
    smallest_eigenvalue,
)
from heco.evidence.distributions.arguments import Argument, Form, rounded, shown
from heco.evidence.distributions.base import Joint
from heco.evidence.distributions.quantiles import FloatArray
from heco.evidence.distributions.reader import Reader


@dataclass(frozen=True, kw_only=True)
class MvNormal(Joint):
    """Coefficients that were estimated together and must be drawn together.

    Drawn as ``x = mean + L z`` with ``L L' = covariance`` and z standard normal. The factor L is
    made in the alphabetical order of the names, so that the order in which an author lists them
    moves no draw.

    Parameters
    ----------
    names : tuple of str
        The coefficients.
    mu : tuple of float, one per coefficient
        The means. [own units]
    covariance : tuple of tuple of float
        Covariances in the order of `names`. [products of own units]

    References
    ----------
    Briggs, Claxton & Sculpher (2006), ch. 4.
    """

    key: ClassVar[str] = "mvnormal"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("mean", "covariance"), (), "Coefficients with their covariance matrix."),
        Form(
            ("mean", "se", "correlation"),
            ("repair",),
            "Coefficients with standard errors and a correlation matrix.",
        ),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "mean": Argument("The coefficients by name. [own units]", kind="table"),
        "covariance": Argument(
            "Covariances; rows and columns in the order of mean. [products of own units]",
            kind="matrix",
        ),
        "se": Argument("Standard errors by name. [own units]", kind="table", above=0),
        "correlation": Argument(
            "Correlations; rows and columns in the order of mean.", kind="matrix"
        ),
        "repair": Argument(
            "Use the nearest correlation matrix if the given one is impossible.", kind="flag"
        ),
    }
    clashes: ClassVar[Mapping[tuple[str, str], tuple[str, str]]] = {
        ("covariance", "se"): (
            "the diagonal of the covariance already holds the standard errors, squared",
            "Give covariance alone, or se with correlation.",
        ),
        ("covariance", "correlation"): (
            "the covariance already holds the correlations",
            "Give covariance alone, or se with correlation.",
        ),
    }

    names: tuple[str, ...]
    mu: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @classmethod
    def _check(cls, read: Reader) -> None:
        names, se = read.names.get("mean", ()), read.names.get("se", ())
        if not names:
            return
        if len(names) < 2:
            read.problem("mean", "one coefficient alone needs no matrix", "Use normal.")
        if se:
            for name in names:
                if name not in se:
                    read.problem(f"se.{name}", f"the standard error of {name} is missing")
            for name in se:
                if name not in names:
                    read.problem(
                        f"se.{name}", f"{shown(name)} is not in mean", did_you_mean(name, names)
                    )
        for key in ("covariance", "correlation"):
            if read.has(key):
                _check_matrix(read, key, len(names))

    @classmethod
    def _make(cls, read: Reader) -> Self:
        names = tuple(read.values["mean"])
        warnings: tuple[str, ...] = ()
        if read.has("covariance"):
            covariance = read.values["covariance"]
        else:
            correlation = read.values["correlation"]
            if smallest_eigenvalue(correlation) <= SMALLEST_EIGENVALUE:
                correlation, change = nearest_correlation(correlation)
                warnings = (
                    f"the correlation matrix was repaired; largest change {rounded(change)}",
                )
            se = np.array([read.values["se"][name] for name in names])
            covariance = correlation * np.outer(se, se)
        return cls(
            names=names,
            mu=tuple(read.values["mean"].values()),
            covariance=tuple(tuple(float(x) for x in row) for row in covariance),
            warnings=warnings,
        )

    @property
    def components(self) -> tuple[str, ...]:
        """The coefficients."""
        return self.names

    @property
    def base(self) -> dict[str, float]:
        """The means, by name. [own units]."""
        return self.mean

    @property
    def mean(self) -> dict[str, float]:
        """The expected values, by name. [own units]."""
        return dict(zip(self.names, self.mu, strict=True))

    @property
    def sd(self) -> dict[str, float]:
        """The standard errors, by name. [own units]."""
        return {name: math.sqrt(self.covariance[i][i]) for i, name in enumerate(self.names)}

    @property
    def low(self) -> float:
        """Minus infinity."""
        return -math.inf

    @property
    def high(self) -> float:
        """Infinity."""
        return math.inf

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return draws of the coefficients.

        Parameters
        ----------
        u : ndarray, shape (component, draw)
            Uniforms in (0, 1), in the order of `components`.

        Returns
        -------
        ndarray, shape (component, draw)
            The coefficients. [own units]
        """
        from scipy.special import ndtri

        order = sorted(range(len(self.names)), key=lambda i: self.names[i])
        factor = np.linalg.cholesky(np.array(self.covariance)[np.ix_(order, order)])
        drawn = np.empty(np.shape(u))
        drawn[order] = mixed(factor, ndtri(u[order]))
        return np.asarray(drawn + np.array(self.mu)[:, np.newaxis], dtype=float)

    def _text(self) -> str:
        sd = self.sd
        parts = (
            f"{name} {rounded(mean)} (se {rounded(sd[name])})" for name, mean in self.mean.items()
        )
        return f"Multivariate normal({', '.join(parts)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(
            self,
            mu=tuple(mean * factor for mean in self.mu),
            covariance=tuple(tuple(x * factor**2 for x in row) for row in self.covariance),
        )


def _check_matrix(read: Reader, key: str, size: int) -> None:
    """Check that a matrix has the right size and is the covariance or correlation of something."""
    matrix = read.values[key]
    if len(matrix) != size:
        read.problem(
            key, f"{len(matrix)} rows for {size} coefficients", "One row per name in mean."
        )
        return
    if key == "covariance":
        variances = np.diag(matrix)
        bad = [i for i, variance in enumerate(variances) if variance <= 0]
        for i in bad:
            read.problem(
                f"covariance[{i}][{i}]", f"a variance of {shown(float(variances[i]))} is impossible"
            )
        if bad:
            return
        sd = np.sqrt(variances)
        matrix = matrix / np.outer(sd, sd)
    for what, hint in matrix_faults(matrix, bool(read.values.get("repair", False)), key):
        read.problem(key, what, hint)
