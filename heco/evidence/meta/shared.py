"""Trials whose treated arms share one control arm: nobody must be counted twice.

What the Cochrane Handbook recommends is done unless the author says otherwise: ``combine`` adds
the treated arms up to one comparison. ``split`` shares the control people out among the
comparisons; it keeps the arms apart (for subgroups and moderators) but leaves them correlated, and
is not generally recommended. ``covariance`` keeps every comparison, works out how much the common
control makes them go together, and replaces them by their best average, which is the same as
pooling them all with one true effect per trial.

References
----------
Cochrane Handbook for Systematic Reviews of Interventions, version 6, sections 23.3.4 (the
options) and 6.5.2.10 (adding up means); Gleser & Olkin (2009), in The Handbook of Research
Synthesis and Meta-Analysis, ch. 19, the covariances. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from heco.errors import refuse
from heco.evidence.meta.covariates import MISSING
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.measures import COUNTS, MEANS, RATES, FloatArray, Measure

#: What can be done, each with the sentence that is printed.
RULES = {
    "combine": "their treated arms were added up to one comparison",
    "split": "the control people were shared out among the comparisons, which stay correlated",
    "covariance": "they were averaged with the covariance that the common control gives them",
}

#: Columns that describe the control arm, and those that are shared out when it is split.
CONTROL = {
    COUNTS: ("events_control", "n_control"),
    MEANS: ("mean_control", "sd_control", "n_control"),
    RATES: ("events_control", "exposure_control"),
}
_PARTED = {
    COUNTS: ("events_control", "n_control"),
    MEANS: ("n_control",),
    RATES: ("events_control", "exposure_control"),
}


def clusters(labels: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return the positions of studies with the same label, where there are two or more."""
    found: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        if label not in MISSING:
            found.setdefault(label, []).append(i)
    return tuple(tuple(rows) for rows in found.values() if len(rows) > 1)


def suspected(
    form: Sequence[tuple[str, ...]], numbers: Mapping[str, FloatArray]
) -> tuple[tuple[int, ...], ...]:
    """Return positions of studies that report exactly the same control arm, with events in it."""
    labels = []
    for i, own in enumerate(form):
        arm = [float(numbers[column][i]) for column in CONTROL.get(own, ())]
        labels.append(repr(arm) if arm and arm[0] != 0 else "")
    return clusters(labels)


def combined(
    form: tuple[str, ...], numbers: Mapping[str, FloatArray], members: Sequence[int]
) -> dict[str, float]:
    """Return one comparison of all treated people of a trial with its control people.

    Parameters
    ----------
    form : tuple of str
        Columns of the studies.
    numbers : mapping of str to ndarray, shape (study,)
        Their values.
    members : sequence of int
        Positions of the comparisons, all with the same control arm.

    Returns
    -------
    dict of str to float
        The values of one row.
    """
    rows = list(members)
    own = {column: float(numbers[column][rows[0]]) for column in CONTROL[form]}
    if form != MEANS:
        treated = [column for column in form if column not in own]
        return own | {column: float(numbers[column][rows].sum()) for column in treated}
    mean, sd, n = (numbers[column][rows] for column in ("mean_treat", "sd_treat", "n_treat"))
    total = float(n.sum())
    centre = float(n @ mean) / total
    squares = float((n - 1) @ sd**2 + n @ (mean - centre) ** 2)
    return own | {
        "mean_treat": centre,
        "sd_treat": (squares / (total - 1)) ** 0.5,
        "n_treat": total,
    }


def split(
    form: tuple[str, ...], numbers: Mapping[str, FloatArray], members: Sequence[int]
) -> dict[str, FloatArray]:
    """Return the control columns with the control people shared out evenly among comparisons.

    Parameters
    ----------
    form, numbers, members
        As in `combined`.

    Returns
    -------
    dict of str to ndarray, shape (study,)
        The columns that change.
    """
    changed = {}
    for column in _PARTED[form]:
        changed[column] = numbers[column].copy()
        changed[column][list(members)] /= len(members)
    return changed


def covariance(
    measure: Measure,
    effects: Effects,
    numbers: Mapping[str, FloatArray],
    members: Sequence[int],
) -> FloatArray:
    """Return the covariance matrix of effects that share a control arm.

    Parameters
    ----------
    measure : Measure
        What is pooled.
    effects : Effects
        The comparisons of one trial, in the order of `members`.
    numbers : mapping of str to ndarray, shape (study,)
        As read.
    members : sequence of int
        Their positions in `numbers`.

    Returns
    -------
    ndarray, shape (study, study)
        Off the diagonal stands what the control arm adds to each variance.
    """
    rows = list(members)
    first = {column: float(values[rows[0]]) for column, values in numbers.items()}
    if measure.form == MEANS:
        n, sd = first["n_control"], first["sd_control"]
        people = n + float(numbers["n_treat"][rows].sum())
        product = np.outer(effects.y, effects.y)
        common = sd**2 / n + 0 * product if measure.key == "MD" else 1 / n + product / (2 * people)
    elif measure.key == "IRR":
        common = np.full((len(rows), len(rows)), 1 / first["events_control"])
    else:
        c, n = first["events_control"], first["n_control"]
        parts = {"OR": 1 / c + 1 / (n - c), "RR": 1 / c - 1 / n, "RD": c * (n - c) / n**3}
        common = np.full((len(rows), len(rows)), parts[measure.key])
    matrix = np.array(common)
    np.fill_diagonal(matrix, effects.v)
    return matrix


def aggregated(
    effects: Effects, numbers: Mapping[str, FloatArray], groups: Sequence[Sequence[int]]
) -> Effects:
    """Return the effects with those that share a control arm replaced by their best average.

    Parameters
    ----------
    effects : Effects
        One per comparison.
    numbers : mapping of str to ndarray, shape (study,)
        As read.
    groups : sequence of sequence of int
        Positions, in `numbers`, of comparisons that share a control arm.

    Returns
    -------
    Effects
        One per trial.

    Raises
    ------
    ScenarioError
        If an arm of such a trial is empty: half persons would differ between its comparisons.
    """
    place = {int(row): i for i, row in enumerate(effects.index)}
    y, v, kept = effects.y.copy(), effects.v.copy(), set(range(effects.k))
    names = list(effects.study)
    for members in groups:
        rows = [int(row) for row in members]
        if _empty(effects.measure, numbers, rows) or any(row not in place for row in rows):
            raise refuse(
                "covariance needs events, and people without them, in every arm of: "
                + ", ".join(names[place[row]] for row in rows if row in place),
                "shared",
                'Use "combine".',
            )
        at = [place[row] for row in rows]
        inverse = np.linalg.inv(covariance(effects.measure, effects.take(at), numbers, rows))
        precision = float(inverse.sum())
        y[at[0]] = float(inverse.sum(axis=0) @ y[at]) / precision
        v[at[0]] = 1 / precision
        names[at[0]] = " + ".join(names[i] for i in at)
        kept -= set(at[1:])
    return replace(effects, study=tuple(names), y=y, v=v).take(sorted(kept))


def _empty(measure: Measure, numbers: Mapping[str, FloatArray], rows: list[int]) -> bool:
    if measure.form == MEANS:
        return False
    cells = [numbers["events_treat"][rows], numbers["events_control"][rows]]
    if measure.form == COUNTS:
        cells += [numbers["n_treat"][rows] - cells[0], numbers["n_control"][rows] - cells[1]]
    return bool(np.any(np.concatenate(cells) == 0))
