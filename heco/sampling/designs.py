"""Places in the unit interval: one stream per name, and three ways to fill it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from heco.errors import Problem, ScenarioError
from heco.evidence.distributions import FloatArray

DESIGNS = ("random", "lhs", "sobol")

#: The open unit interval, as far as doubles go: quantiles at 0 or 1 may be infinite.
FIRST, LAST = 2.0**-54, 1 - 2.0**-53
#: Binary digits of a scrambled Sobol' number, and of scipy's unscrambled one.
_DIGITS, _SOBOL_BITS = 52, 30


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers that belong to a name, and to no other.

    Parameters
    ----------
    seed : int
        The scenario's seed, 0 or more.
    name : str
        A parameter, or ``parameter.component``, or a file.

    Returns
    -------
    numpy.random.Generator
        A fresh PCG64 generator.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,))))


def uniforms(names: Iterable[str], n: int, seed: int, design: str) -> dict[str, FloatArray]:
    """Return each name's places in the open unit interval.

    Parameters
    ----------
    names : iterable of str
        Streams: parameters, components, files.
    n : int
        Number of draws.
    seed : int
        The scenario's seed.
    design : str
        ``random``, ``lhs`` or ``sobol``.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
        Each strictly between 0 and 1.
    """
    if design == "sobol":
        return _sobol(sorted(names), n, seed)
    drawn = {}
    for name in names:
        generator = stream(seed, name)
        if design == "lhs":
            strata = generator.permutation(n)
            u = (strata + generator.random(n)) / n
        else:
            u = generator.random(n)
        drawn[name] = np.clip(u, FIRST, LAST)  # only 0 and 1 themselves move
    return drawn


def _sobol(names: Sequence[str], n: int, seed: int) -> dict[str, FloatArray]:
    """Return a Sobol' sequence, each dimension scrambled from its own stream."""
    from scipy.stats import qmc

    if len(names) > qmc.Sobol.MAXDIM:
        what = f"{len(names)} parameters are too many for sobol ({qmc.Sobol.MAXDIM} at most)"
        raise ScenarioError([Problem(what, "design", "Use random or lhs.")])
    power = (n - 1).bit_length()
    engine = qmc.Sobol(max(1, len(names)), scramble=False, bits=_SOBOL_BITS)
    # The first 2^power points are multiples of 2^-power: their leading digits say it all.
    points = (engine.random_base2(power)[:n] * 2.0**power).astype(np.uint64)
    drawn = {}
    for i, name in enumerate(names):
        words = stream(seed, name).integers(0, 2**_DIGITS, size=_DIGITS + 1, dtype=np.uint64)
        digits = np.full(n, words[_DIGITS])
        for j in range(power):
            # Digit j keeps itself and stirs the digits after it: a random lower triangular matrix.
            column = np.uint64(1 << (_DIGITS - 1 - j)) | (words[j] >> np.uint64(j + 1))
            bit = (points[:, i] >> np.uint64(power - 1 - j)) & np.uint64(1)
            digits ^= bit * column
        drawn[name] = (digits.astype(float) + 0.5) / 2.0**_DIGITS
    return drawn
