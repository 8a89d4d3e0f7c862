"""Dirichlet: the branches of a chance node, or the moves out of a state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.errors import did_you_mean
from heco.evidence.distributions.arguments import (
    Argument,
    ArgumentProblem,
    ArgumentsError,
    Form,
    rounded,
    shown,
)
from heco.evidence.distributions.base import Joint
from heco.evidence.distributions.quantiles import FloatArray, gamma_ppf
from heco.evidence.distributions.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Dirichlet(Joint):
    """Probabilities that sum to 1: shares of people over two or more outcomes.

    List the outcomes that are possible; one that cannot happen is simply not listed. A count of
    0 among the possible needs a prior, said explicitly. Component i by itself is a
    ``Beta(alpha_i, sum of the others)``. Drawn as independent gammas divided by their sum, each
    from its own stream.

    Parameters
    ----------
    names : tuple of str
        The outcomes.
    alpha : tuple of float, one per outcome
        Counts plus prior.

    References
    ----------
    Briggs, Ades & Price (2003), Medical Decision Making 23(4).
    """

    key: ClassVar[str] = "dirichlet"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("counts",), ("prior",), "People counted by outcome."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "counts": Argument("Number of people by outcome.", kind="table", least=0),
        "prior": Argument(
            "Pseudo-counts added: one number for every outcome, or a table by outcome.",
            kind="number or table",
            least=0,
        ),
    }

    names: tuple[str, ...]
    alpha: tuple[float, ...]

    @classmethod
    def _check(cls, read: Reader) -> None:
        counts = read.names.get("counts", ())
        if not counts:
            return
        if len(counts) < 2:
            read.problem("counts", "one outcome alone is certain", "List every possible outcome.")
        for name in read.names.get("prior", ()):
            if name not in counts:
                read.problem(
                    f"prior.{name}",
                    f"{shown(name)} is not among the counts",
                    did_you_mean(name, counts),
                )
        if not read.has("counts") or read.refused("prior"):
            return
        for name, alpha in _alphas(read.values["counts"], read.values.get("prior", 0.0)).items():
            if alpha == 0:
                read.problem(
                    f"counts.{name}",
                    "a count of 0 needs a prior, or it stays impossible for ever",
                    "If it can happen say for example prior = 0.5; if it cannot, leave it out.",
                )

    @classmethod
    def _make(cls, read: Reader) -> Self:
        alphas = _alphas(read.values["counts"], read.values.get("prior", 0.0))
        small = [name for name, alpha in alphas.items() if alpha < 1]
        warnings = (f"alpha < 1 for {', '.join(small)}: draws crowd at 0 or 1",) if small else ()
        return cls(names=tuple(alphas), alpha=tuple(alphas.values()), warnings=warnings)

    @property
    def components(self) -> tuple[str, ...]:
        """The outcomes."""
        return self.names

    @property
    def base(self) -> dict[str, float]:
        """The mean shares, by outcome."""
        return self.mean

    @property
    def mean(self) -> dict[str, float]:
        """The expected shares, by outcome; they sum to 1."""
        total = math.fsum(self.alpha)
        return {name: a / total for name, a in zip(self.names, self.alpha, strict=True)}

    @property
    def sd(self) -> dict[str, float]:
        """The standard deviations of the drawn shares, by outcome."""
        total = math.fsum(self.alpha)
        return {
            name: math.sqrt(a * (total - a) / (total + 1)) / total
            for name, a in zip(self.names, self.alpha, strict=True)
        }

    @property
    def low(self) -> float:
        """Zero."""
        return 0.0

    @property
    def high(self) -> float:
        """One."""
        return 1.0

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return draws of the shares.

        Parameters
        ----------
        u : ndarray, shape (component, draw)
            Uniforms in (0, 1), in the order of `components`.

        Returns
        -------
        ndarray, shape (component, draw)
            Each draw sums to 1.
        """
        gammas = np.stack([gamma_ppf(a, row) for a, row in zip(self.alpha, u, strict=True)])
        if gammas.min() < 1e-280:
            # A small alpha puts quantiles below the smallest double. Near 0 the gamma's
            # distribution function is x^a / Gamma(a + 1), so the logarithm is still known.
            from scipy.special import gammaln

            alpha = np.array(self.alpha)[:, np.newaxis]
            near_zero = (np.log(u) + gammaln(alpha + 1)) / alpha
            logs = np.where(gammas < 1e-280, near_zero, np.log(np.maximum(gammas, 1e-300)))
            gammas = np.exp(logs - logs.max(axis=0))
        return np.asarray(gammas / gammas.sum(axis=0), dtype=float)

    def _text(self) -> str:
        shares = (f"{name} {rounded(a)}" for name, a in zip(self.names, self.alpha, strict=True))
        return f"Dirichlet({', '.join(shares)})"

    def _scaled(self, factor: float) -> Self:
        raise ArgumentsError(
            [
                ArgumentProblem(
                    "",
                    f"probabilities that sum to 1 cannot be multiplied by {rounded(factor)}",
                    "A price year belongs to costs.",
                )
            ]
        )


def _alphas(counts: Mapping[str, float], prior: float | Mapping[str, float]) -> dict[str, float]:
    """Return counts plus prior, by outcome; outcomes a table leaves out have no prior."""
    if isinstance(prior, Mapping):
        return {name: count + prior.get(name, 0.0) for name, count in counts.items()}
    return {name: count + prior for name, count in counts.items()}
