"""From what is known to rows of values: quantiles of uniforms, correlated where asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.correlations import Correlation, mixed
from heco.evidence.distributions import Distribution, FloatArray
from heco.sampling.designs import DESIGNS, FIRST, LAST, uniforms
from heco.sampling.draws import Draws, JointSamples


def sample(
    families: Mapping[str, Distribution],
    n: int,
    seed: int,
    design: str = "random",
    correlations: Sequence[Correlation] = (),
    joint_samples: Sequence[JointSamples] = (),
) -> Draws:
    """Return n rows of parameter values.

    Parameters
    ----------
    families : mapping of str to Distribution
        What is known about each sampled parameter.
    n : int
        Number of draws.
    seed : int
        0 or more.
    design : str
        ``random``, ``lhs`` or ``sobol``: the first lines of this package say what each promises.
    correlations : sequence of Correlation
        Groups of scalar parameters that go together; no parameter is in two groups.
    joint_samples : sequence of JointSamples
        Samples made elsewhere, drawn by whole rows.

    Returns
    -------
    Draws
        Parameters in the order given, then those of the joint samples.

    Raises
    ------
    ScenarioError
        With every problem, if there is any.
    """
    _refuse_bad(families, n, seed, design, correlations, joint_samples)
    streams = [column for name, family in families.items() for column in _columns(name, family)]
    u = uniforms([*streams, *(joint.name for joint in joint_samples)], n, seed, design)
    warnings = []
    if design == "sobol" and n & (n - 1):
        below = 1 << (n.bit_length() - 1)
        warnings.append(
            f"sobol is even only for powers of 2: {n} is not, {below} and {2 * below} are"
        )
    for correlation in correlations:
        groups, warning = correlation.factors()
        for group, factor in groups:
            u.update(_joined(group, factor, u))
        warnings += [warning] if warning else []
    names, values = [], []
    for name, family in families.items():
        columns = _columns(name, family)
        names += columns
        if family.components:
            values += list(family.ppf(np.stack([u[column] for column in columns])))
        else:
            values.append(family.ppf(u[name]))
    for joint in joint_samples:
        rows = np.asarray(joint.rows, dtype=float)
        picked = np.minimum((u[joint.name] * len(rows)).astype(np.intp), len(rows) - 1)
        names += joint.names
        values += list(rows[picked].T)
    table = np.stack(values) if values else np.empty((0, n))
    return Draws(tuple(names), table, seed, design, tuple(warnings))


def _columns(name: str, family: Distribution) -> list[str]:
    """Return the names of a parameter's columns, which are also those of its streams."""
    return [f"{name}.{component}" for component in family.components] or [name]


def _joined(
    group: Sequence[str], factor: FloatArray, u: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return the uniforms of a correlated group, joined by a Gaussian copula."""
    from scipy.special import ndtr, ndtri

    normals = mixed(factor, ndtri(np.stack([u[name] for name in group])))
    joined = dict(zip(group, np.clip(ndtr(normals), FIRST, LAST), strict=True))
    return joined | {group[0]: u[group[0]]}  # nobody comes before the first


def _refuse_bad(
    families: Mapping[str, Distribution],
    n: int,
    seed: int,
    design: str,
    correlations: Sequence[Correlation],
    joint_samples: Sequence[JointSamples],
) -> None:
    """Raise one `ScenarioError` with everything that is wrong with what `sample` was asked."""
    problems = []
    for where, value, least in (("draws", n, 1), ("seed", seed, 0)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least:
            problems.append(Problem(f"{value} must be a whole number, {least} or more", where))
    if design not in DESIGNS:
        problems.append(
            Problem(f'there is no design "{design}"', "design", did_you_mean(str(design), DESIGNS))
        )
    owner: dict[str, str] = {}
    columns = [(column, name) for name, f in families.items() for column in _columns(name, f)]
    columns += [(column, joint.name) for joint in joint_samples for column in joint.names]
    for column, source in columns:
        if column in owner:
            what = f"{column} is drawn twice, by {owner[column]} and by {source}"
            problems.append(Problem(what, "[parameters]"))
        owner[column] = source
    for joint in joint_samples:
        problems += joint.problems()
    scalars = [name for name, family in families.items() if not family.components]
    together = {column: f"the rest of {name}" for column, name in columns if column not in scalars}
    together |= {name: "its own parts" for name, f in families.items() if f.components}
    seen: dict[str, str] = {}
    for correlation in correlations:
        problems += correlation.problems(scalars, together)
        for name in correlation.names:
            if name in seen:
                what = f"{name} is correlated here and in {seen[name]}"
                problems.append(Problem(what, correlation.where, "Put both into one matrix."))
        seen |= dict.fromkeys(correlation.names, correlation.where)
    if problems:
        raise ScenarioError(problems)
