"""From what is known to rows of values: quantiles of uniforms, correlated where asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.correlations import Correlation
from heco.evidence.distributions import Distribution
from heco.sampling.designs import DESIGNS, uniforms
from heco.sampling.draws import Draws, JointSamples
from heco.sampling.placing import columns as columns_of
from heco.sampling.placing import placed


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
    streams = [column for name, family in families.items() for column in columns_of(name, family)]
    u = uniforms([*streams, *(joint.name for joint in joint_samples)], n, seed, design)
    warnings = []
    if design == "sobol" and n & (n - 1):
        below = 1 << (n.bit_length() - 1)
        warnings.append(
            f"sobol is even only for powers of 2: {n} is not, {below} and {2 * below} are"
        )
    drawn = placed(families, u, correlations, joint_samples)
    if not drawn.names:  # rows of nothing are still rows
        drawn = Draws((), np.empty((0, n)))
    return replace(drawn, seed=seed, design=design, warnings=(*warnings, *drawn.warnings))


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
    columns = [(column, name) for name, f in families.items() for column in columns_of(name, f)]
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
