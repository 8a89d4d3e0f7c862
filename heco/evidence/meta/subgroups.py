"""Subgroups of studies, and the test whether they differ.

Studies are not randomised to subgroups: a difference between them is observational. Claims about
people within studies need data from within studies.

References
----------
Borenstein et al. (2009), Introduction to Meta-Analysis, ch. 19, for separate and pooled tau2;
Cochrane Handbook, version 6, section 10.11.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from heco.errors import refuse
from heco.evidence.meta import tails
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.covariates import MISSING
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import Data
from heco.evidence.meta.pooled import Pooled
from heco.evidence.meta.random_effects import pool

#: A group with fewer studies than this has no tau2 of its own worth the name.
ENOUGH = 5


@dataclass(frozen=True)
class Subgroups:
    """Pooled effects by subgroup.

    Parameters
    ----------
    groups : dict of str to Pooled
        In alphabetical order.
    tau2 : str
        ``separate`` or ``pooled``.
    q, df, p : float
        Test that the groups share one effect: their estimates against each other, by Wald.
    notes, warnings : tuple of str
        How it was done, and what a reader should beware of.
    """

    groups: dict[str, Pooled]
    tau2: str
    q: float
    df: int
    p: float
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def by_subgroup(
    effects: Effects,
    labels: Sequence[str],
    estimator: str = "REML",
    test: str = "knapp-hartung",
    *,
    tau2: str = "separate",
    level: float = 0.95,
    prediction: str = "higgins",
) -> Subgroups:
    """Pool each subgroup, and test whether subgroups differ.

    Parameters
    ----------
    effects : Effects
        One per study.
    labels : sequence of str
        The group of each study; studies without one are left out, and named.
    estimator, test, level, prediction
        As in `pool`.
    tau2 : str
        ``separate``: each group has its own between-study variance (as RevMan and R's meta).
        ``pooled``: one variance within groups, better with few studies in a group.

    Returns
    -------
    Subgroups
        Groups and between-group test.

    Raises
    ------
    ScenarioError
        If there are not two groups at least, or a word is unknown.
    """
    if tau2 not in ("separate", "pooled"):
        raise refuse(f'tau2 is "separate" or "pooled", not "{tau2}"', "tau2")
    if len(labels) != effects.k:
        raise refuse(f"{len(labels)} groups for {effects.k} studies", "subgroups")
    cells = [str(label).strip() for label in labels]
    names = sorted({cell for cell in cells if cell not in MISSING})
    if len(names) < 2:
        raise refuse(
            f"there {'is one group' if names else 'are no groups'}; two are needed", "subgroups"
        )
    members = {name: [i for i, cell in enumerate(cells) if cell == name] for name in names}
    shared = _within(effects, members, estimator) if tau2 == "pooled" else None
    quiet = replace(effects, notes=())
    groups = {
        name: pool(
            quiet.take(rows), estimator, test, level=level, prediction=prediction, tau2=shared
        )
        for name, rows in members.items()
    }
    estimates = np.array([group.estimate for group in groups.values()])
    weights = np.array([group.wald[0] ** -2 for group in groups.values()])
    mean = float(weights @ estimates / weights.sum())
    q = float(weights @ (estimates - mean) ** 2)
    left = [effects.study[i] for i, cell in enumerate(cells) if cell in MISSING]
    notes = ["between-study variance: " + ("one per group" if shared is None else "one for all")]
    if left:
        notes.append(f"left out, for the group is not reported: {', '.join(left)}")
    return Subgroups(
        groups=groups,
        tau2=tau2,
        q=q,
        df=len(names) - 1,
        p=tails.chi2_tail(q, len(names) - 1),
        notes=tuple(notes),
        warnings=_warnings(groups, tau2, estimator),
    )


def _within(effects: Effects, members: dict[str, list[int]], estimator: str) -> float:
    """Return the variance that is left within groups."""
    if estimator == "IV":
        return 0.0
    rows = [i for group in members.values() for i in group]
    columns = np.zeros((len(rows), len(members)))
    for j, group in enumerate(members.values()):
        columns[[rows.index(i) for i in group], j] = 1 / np.sqrt(len(group))
    data = Data(effects.y[np.newaxis, rows], effects.v[np.newaxis, rows], columns)
    return float(between.estimate(data, estimator)[0])


def _warnings(groups: dict[str, Pooled], tau2: str, estimator: str) -> tuple[str, ...]:
    found = []
    small = [name for name, group in groups.items() if group.k < ENOUGH]
    if small and tau2 == "separate" and estimator != "IV":
        found.append(
            f"fewer than {ENOUGH} studies in {', '.join(small)}: their own tau2 means little; "
            'consider tau2 = "pooled"'
        )
    k = sum(group.k for group in groups.values())
    if k < 10 * (len(groups) - 1):
        found.append(
            f"{k} studies in {len(groups)} groups: fewer than 10 per comparison, so that a "
            "difference cannot be tested with confidence"
        )
    return tuple(found)
