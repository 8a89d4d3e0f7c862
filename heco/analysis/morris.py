"""Which inputs matter at all: elementary effects, for many inputs with few runs.

From many starting points one input after another is moved over two thirds of the central 95% of
its distribution while the others stay where the walk has taken them. The mean absolute change, per
whole range, is the strength of an input; the spread of the changes shows that its effect bends or
depends on other inputs. Inputs that are drawn together move together.

Sources: Morris 1991, Technometrics 33:161; Campolongo, Cariboni & Saltelli 2007, Environmental
Modelling & Software 22:1509. Design and analysis are SALib's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.gsa import Target, independent_inputs, refuse_invalid, salib_problem
from heco.outcomes import Array

if TYPE_CHECKING:
    from heco.model import Model

#: The part of each distribution that inputs move over.
RANGE = (0.025, 0.975)


@dataclass(frozen=True)
class Morris:
    """Elementary effects on one output.

    Parameters
    ----------
    output : str
        ``inmb``, ``incremental_cost`` or ``incremental_qaly``.
    inputs : tuple of str
        Independent inputs.
    strength : ndarray, shape (input,)
        Mean absolute change of the output as the input moves over the central 95% of its
        distribution. For an input of several sides each moves up or down at random. [its unit]
    strength_error : ndarray, shape (input,)
        Half-width of its 95% interval.
    direction : ndarray, shape (input,)
        Mean signed change; nan for an input of several sides.
    spread : ndarray, shape (input,)
        Standard deviation of the change: large beside `strength` where the effect bends or depends
        on other inputs; nan for an input of several sides.
    runs, lost : int
        Rows evaluated, and left out.
    """

    output: str
    inputs: tuple[str, ...]
    strength: Array
    strength_error: Array
    direction: Array
    spread: Array
    runs: int
    lost: int


def morris(
    model: Model, target: Target, trajectories: int = 50, seed: int = 1
) -> tuple[Morris, ...]:
    """Return the elementary effects of every independent input.

    Parameters
    ----------
    model : Model
        With uncertain inputs.
    target : Target
        What to explain.
    trajectories : int
        Starting points; trajectories times (inputs + 1) rows are evaluated.
    seed : int
        Of the design.

    Returns
    -------
    tuple of Morris
        One per output.
    """
    from SALib.analyze.morris import analyze
    from SALib.sample.morris import sample

    space = independent_inputs(model)
    problem = salib_problem(space)
    grid = sample(problem, trajectories, num_levels=4, seed=seed)
    low, high = RANGE
    outcomes = model.evaluate(space.draws(np.ascontiguousarray(low + (high - low) * grid.T)))
    rows = len(space.inputs) + 1
    fine = np.repeat(outcomes.valid.reshape(trajectories, rows).all(axis=1), rows)
    refuse_invalid(outcomes)
    single = np.array([len(sides) == 1 for sides in space.inputs.values()])
    found = []
    for output, values in target.outputs(outcomes).items():
        made = analyze(problem, grid[fine], values[fine], num_levels=4, seed=seed)
        measures = {key: _plain(made[key]) for key in ("mu", "mu_star", "sigma", "mu_star_conf")}
        found.append(
            Morris(
                output,
                tuple(space.inputs),
                strength=measures["mu_star"],
                strength_error=measures["mu_star_conf"],
                direction=np.where(single, measures["mu"], np.nan),
                spread=np.where(single, measures["sigma"], np.nan),
                runs=len(fine),
                lost=int(np.count_nonzero(~fine)),
            )
        )
    return tuple(found)


def _plain(values: Any) -> Array:
    """Return SALib's masked array as an ordinary one."""
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan), dtype=float)
