"""What a study can measure, on which scale studies are pooled, and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heco.errors import did_you_mean, refuse

FloatArray = npt.NDArray[np.float64]

#: Columns of each form in which a study can be written down.
COUNTS = ("events_treat", "n_treat", "events_control", "n_control")
MEANS = ("mean_treat", "sd_treat", "n_treat", "mean_control", "sd_control", "n_control")
RATES = ("events_treat", "exposure_treat", "events_control", "exposure_control")
SHARE = ("events", "n")
RATE = ("events", "exposure")
WITH_SE = ("effect", "se")
WITH_CI = ("effect", "ci_low", "ci_high")


@dataclass(frozen=True)
class Measure:
    """A measure of effect.

    Parameters
    ----------
    key : str
        The word for it in a file or a command, for example ``OR``.
    words : str
        Its name in a sentence.
    scale : str
        ``log`` and ``logit`` measures are pooled on that scale, ``natural`` ones as they are.
    form : tuple of str
        The columns from which it can be calculated; empty if only published effects will do.
    contrast : bool
        Whether two arms are compared, so that no effect is 0 on the pooling scale.
    """

    key: str
    words: str
    scale: str
    form: tuple[str, ...]
    contrast: bool = True

    @property
    def forms(self) -> tuple[tuple[str, ...], ...]:
        """Every set of columns from which a study's effect can be had, best first."""
        return (*((self.form,) if self.form else ()), WITH_CI, WITH_SE)

    def natural(self, value: npt.ArrayLike) -> FloatArray:
        """Return a value of the pooling scale on the natural one (log odds ratio -> odds ratio)."""
        value = np.asarray(value, dtype=float)
        if self.scale == "log":
            with np.errstate(over="ignore"):  # a ratio beyond all doubles is infinite
                return np.asarray(np.exp(value))
        if self.scale == "logit":
            from scipy.special import expit

            return np.asarray(expit(value), dtype=float)
        return value

    def pooling(self, value: npt.ArrayLike) -> FloatArray:
        """Return a natural value on the pooling scale (odds ratio -> log odds ratio)."""
        value = np.asarray(value, dtype=float)
        if self.scale == "log":
            return np.asarray(np.log(value))
        if self.scale == "logit":
            return np.asarray(np.log(value) - np.log1p(-value))
        return value

    @property
    def limits(self) -> tuple[float, float]:
        """The open limits of a natural value."""
        if self.scale == "log":
            return 0.0, math.inf
        if self.scale == "logit":
            return 0.0, 1.0
        return -math.inf, math.inf


#: Every measure, by the word that an author writes.
MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("OR", "odds ratio", "log", COUNTS),
        Measure("RR", "risk ratio", "log", COUNTS),
        Measure("RD", "risk difference", "natural", COUNTS),
        Measure("MD", "mean difference", "natural", MEANS),
        Measure("SMD", "standardised mean difference (Hedges' g)", "natural", MEANS),
        Measure("IRR", "rate ratio", "log", RATES),
        Measure("HR", "hazard ratio", "log", ()),
        Measure("PLOGIT", "proportion, pooled as log odds", "logit", SHARE, contrast=False),
        Measure("PLOG", "proportion, pooled as logarithm", "log", SHARE, contrast=False),
        Measure("RATE", "rate, pooled as logarithm", "log", RATE, contrast=False),
        Measure("GEN", "effect", "natural", (), contrast=False),
    )
}


def measure_named(key: str) -> Measure:
    """Return a measure by its word.

    Parameters
    ----------
    key : str
        For example ``OR``; small letters will do.

    Returns
    -------
    Measure
        From `MEASURES`.

    Raises
    ------
    ScenarioError
        If there is no such measure.
    """
    if str(key).upper() not in MEASURES:
        raise refuse(
            f'there is no measure "{key}"', "measure", did_you_mean(str(key).upper(), MEASURES)
        )
    return MEASURES[str(key).upper()]
