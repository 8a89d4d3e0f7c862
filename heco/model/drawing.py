"""Draws of a scenario's uncertain parameters, with their correlations and joint samples."""

from __future__ import annotations

import numpy as np

from heco.evidence.correlations import Correlation
from heco.sampling import Draws, JointSamples, sample
from heco.scenario.scenario import Scenario


def sample_scenario(scenario: Scenario, n: int, seed: int, design: str) -> Draws:
    """Return ``n`` draws of every parameter that has a distribution or joint samples.

    Parameters that come from the same file are drawn by whole rows of it.
    """
    return sample(scenario.distributions, n, seed, design, *ingredients(scenario))


def ingredients(scenario: Scenario) -> tuple[list[Correlation], list[JointSamples]]:
    """Return what is drawn together: correlated groups, and files of joint samples."""
    groups = [
        Correlation(
            tuple(item.parameters),
            np.array(item.matrix),
            item.measure,
            item.repair,
            f"[correlations.{name}]",
        )
        for name, item in scenario.correlations.items()
    ]
    by_file: dict[str, list[str]] = {}
    for name, parameter in scenario.parameters.items():
        if parameter.samples is not None:
            by_file.setdefault(parameter.samples.file, []).append(name)
    joint = [
        JointSamples(
            file,
            tuple(sorted(members)),
            np.column_stack([scenario.samples[member] for member in sorted(members)]),
        )
        for file, members in sorted(by_file.items())
    ]
    return groups, joint
