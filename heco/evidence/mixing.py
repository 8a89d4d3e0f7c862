"""Mixing the columns of a table, for example the death rates of men and women.

With ``fixed`` weights the shares stay as given at every age. With ``survivors`` the columns are
yearly probabilities of death, and the shares change as one group outlives the other: each share
is multiplied by that group's survival since the start, and divided by the sum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from heco.errors import SUM_TOLERANCE, did_you_mean

FloatArray = npt.NDArray[np.float64]

WEIGHTS = ("fixed", "survivors")


def mix_problems(
    keys: FloatArray, columns: Mapping[str, FloatArray], shares: Mapping[str, float], weights: str
) -> list[tuple[str, str]]:
    """Return everything that is wrong with a mix.

    Parameters
    ----------
    keys : ndarray, shape (row,)
        Ages. [years]
    columns : mapping of str to ndarray, shape (row,)
        The values that can be mixed.
    shares : mapping of str to float
        Share of each column.
    weights : str
        ``fixed`` or ``survivors``.

    Returns
    -------
    list of (str, str)
        What is wrong and what to try.
    """
    found = []
    for name, share in shares.items():
        if name not in columns:
            found.append((f'there is no column "{name}"', did_you_mean(name, columns)))
        if not (math.isfinite(share) and share >= 0):
            found.append((f"a share of {share} of {name} is impossible", ""))
    total = math.fsum(shares.values())
    if not abs(total - 1) <= SUM_TOLERANCE:
        found.append((f"the shares come to {total:g}; they must sum to 1", ""))
    if weights not in WEIGHTS:
        found.append((f'there are no weights "{weights}"', did_you_mean(weights, WEIGHTS)))
    elif weights == "survivors":
        if np.abs(np.diff(keys) - 1).max(initial=0) > SUM_TOLERANCE:
            found.append(
                ("mixing by survivors needs one row for each year of age",
                 'Give every age a row of its own, or write mix_by = "fixed".')
            )  # fmt: skip
        for name in shares:
            values = columns.get(name, np.zeros(1))
            if values.min() < 0 or values.max() > 1:
                found.append((f"{name} holds values that are no probabilities of death", ""))
    return found


def mix(
    keys: FloatArray,
    columns: Mapping[str, FloatArray],
    shares: Mapping[str, float],
    weights: str = "fixed",
    start: float | None = None,
) -> FloatArray:
    """Return the mixture of some columns; `mix_problems` must have found nothing.

    Parameters
    ----------
    keys : ndarray, shape (row,)
        Ages. [years]
    columns : mapping of str to ndarray, shape (row,)
        The values to be mixed.
    shares : mapping of str to float
        Share of each column; they sum to 1.
    weights : str
        ``fixed`` or ``survivors``.
    start : float or None
        The age at which the shares hold; the first key if left out. [years]

    Returns
    -------
    ndarray, shape (row,)
        The mixture.
    """
    values = np.stack([columns[name] for name in shares])
    share = np.array(list(shares.values()))[:, np.newaxis]
    if weights == "survivors":
        share = share * _survival(keys, values, float(keys[0]) if start is None else start)
        alive = share.sum(axis=0)
        # Where nobody is left alive the mix stays that of the last who were.
        last = np.maximum.accumulate(np.where(alive > 0, np.arange(alive.size), 0))
        share = share[:, last] / alive[last]
    return np.asarray((share * values).sum(axis=0), dtype=float)


def _survival(keys: FloatArray, qx: FloatArray, start: float) -> FloatArray:
    """Return each group's survival from `start` to each key, shape (group, row); 1 before it."""
    years = np.clip(keys + 1 - start, 0.0, 1.0)
    steps = (1 - qx) ** years
    born = np.ones((len(qx), 1))
    return np.concatenate([born, np.cumprod(steps, axis=1)[:, :-1]], axis=1)
