"""From places in the unit interval to parameter values: quantiles, correlated where asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from heco.evidence.correlations import Correlation, mixed
from heco.evidence.distributions import Distribution, FloatArray
from heco.sampling.designs import FIRST, LAST
from heco.sampling.draws import Draws, JointSamples


def columns(name: str, family: Distribution) -> list[str]:
    """Return the names of a parameter's columns, which are also those of its streams."""
    return [f"{name}.{component}" for component in family.components] or [name]


def placed(
    families: Mapping[str, Distribution],
    u: Mapping[str, FloatArray],
    correlations: Sequence[Correlation] = (),
    joint_samples: Sequence[JointSamples] = (),
) -> Draws:
    """Return the parameter values at given places in the unit interval.

    Parameters
    ----------
    families : mapping of str to Distribution
        What is known about each sampled parameter.
    u : mapping of str to ndarray, shape (draw,)
        Places of every stream: parameters, components, files of joint samples. 0 and 1 themselves
        are taken as the nearest numbers between them, where every quantile is finite.
    correlations : sequence of Correlation
        Groups of scalar parameters that go together.
    joint_samples : sequence of JointSamples
        Samples made elsewhere, drawn by whole rows.

    Returns
    -------
    Draws
        Parameters in the order given, then those of the joint samples; of the design ``given``.
    """
    places = {name: np.clip(row, FIRST, LAST) for name, row in u.items()}
    warnings = []
    for correlation in correlations:
        groups, warning = correlation.factors()
        for group, factor in groups:
            places.update(_joined(group, factor, places))
        warnings += [warning] if warning else []
    names: list[str] = []
    values: list[FloatArray] = []
    for name, family in families.items():
        own = columns(name, family)
        names += own
        if family.components:
            values += list(family.ppf(np.stack([places[column] for column in own])))
        else:
            values.append(family.ppf(places[name]))
    for joint in joint_samples:
        rows = np.asarray(joint.rows, dtype=float)
        picked = np.minimum((places[joint.name] * len(rows)).astype(np.intp), len(rows) - 1)
        names += joint.names
        values += list(rows[picked].T)
    size = len(next(iter(places.values()))) if places else 0
    table = np.stack(values) if values else np.empty((0, size))
    return Draws(tuple(names), table, warnings=tuple(warnings))


def _joined(
    group: Sequence[str], factor: FloatArray, u: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return the places of a correlated group, joined by a Gaussian copula."""
    from scipy.special import ndtr, ndtri

    normals = mixed(factor, ndtri(np.stack([u[name] for name in group])))
    joined = dict(zip(group, np.clip(ndtr(normals), FIRST, LAST), strict=True))
    return joined | {group[0]: u[group[0]]}  # nobody comes before the first
