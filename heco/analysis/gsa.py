"""Which inputs' uncertainty moves the answer, all inputs moving at once: Sobol' indices.

They share out the variance of an outcome. The first-order index of an input is the share that would
go if the input were known; the total index is the share that would stay if all others were known,
so it holds interactions too. They add up only if inputs are independent; therefore inputs that are
drawn together (a Dirichlet, a multivariate normal, correlated parameters, columns of one file) are
one input, and their uniforms move together. For single members of such a group there is
`heco.analysis.pawn`, for very many inputs `heco.analysis.morris`.

Design and analysis are SALib's, on the unit cube; the parameters' own quantile functions map it
(`heco.analysis.cube`).

Sources: Saltelli et al. 2010, Computer Physics Communications 181:259; Jacques, Lavergne & Devictor
2006, Reliability Engineering & System Safety 91:1126 (groups of dependent inputs); Iwanaga, Usher &
Herman 2022, Socio-Environmental Systems Modelling 4:18155 (SALib).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.context import MAX_INVALID
from heco.analysis.cube import Cube, cube
from heco.analysis.summaries import difference
from heco.errors import refuse
from heco.outcomes import Array, Outcomes

if TYPE_CHECKING:
    from heco.model import Model


@dataclass(frozen=True)
class Target:
    """What the inputs are to explain: one option against another.

    Parameters
    ----------
    option, comparator : str
        Strategies.
    wtp : float
        Willingness to pay. [currency per QALY]
    effect : str
        ``qaly`` or ``life_years``.
    """

    option: str
    comparator: str
    wtp: float
    effect: str = "qaly"

    def outputs(self, outcomes: Outcomes) -> dict[str, Array]:
        """Return ``inmb``, ``incremental_cost`` and ``incremental_qaly``, shape (draw,) each."""
        i, j = outcomes.index(self.option), outcomes.index(self.comparator)
        effects = outcomes.effect(self.effect)
        cost = difference(outcomes.cost[i], outcomes.cost[j])
        effect = difference(effects[i], effects[j])
        return {
            "inmb": self.wtp * effect - cost,
            "incremental_cost": cost,
            f"incremental_{self.effect}": effect,
        }


@dataclass(frozen=True)
class Sobol:
    """Shares of the variance of one output.

    Parameters
    ----------
    output : str
        ``inmb``, ``incremental_cost`` or ``incremental_qaly``.
    inputs : tuple of str
        Independent inputs.
    first, total : ndarray, shape (input,)
        First-order and total index.
    first_error, total_error : ndarray, shape (input,)
        Half-widths of their 95% intervals.
    sd : float
        Standard deviation of the output. [its unit]
    runs, lost : int
        Rows evaluated, and how many of them were left out because they, or a row that belongs to
        them, left the domain of the model.
    """

    output: str
    inputs: tuple[str, ...]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    sd: float
    runs: int
    lost: int

    @property
    def interplay(self) -> float:
        """Return the share of the variance that no input explains by itself."""
        return 1.0 - float(self.first.sum())


def sobol(model: Model, target: Target, n: int = 1024, seed: int = 1) -> tuple[Sobol, ...]:
    """Return first-order and total indices of every independent input.

    Parameters
    ----------
    model : Model
        With uncertain inputs.
    target : Target
        What to explain.
    n : int
        Size of the design, a power of 2: n times (inputs + 2) rows are evaluated.
    seed : int
        Of the scrambling and of the resampling for the intervals.

    Returns
    -------
    tuple of Sobol
        One per output.

    Raises
    ------
    ScenarioError
        If nothing is uncertain, or too many rows leave the domain of the model.
    """
    if n < 2 or n & (n - 1):
        raise refuse(f"{n} is not a power of 2", "sobol", "Use 512, 1024, 2048, ...")
    from SALib.analyze.sobol import analyze
    from SALib.sample.sobol import sample

    space = independent_inputs(model)
    problem = salib_problem(space)
    places = sample(problem, n, calc_second_order=False, seed=seed)
    outcomes = model.evaluate(space.draws(np.ascontiguousarray(places.T)))
    rows = len(space.inputs) + 2
    # A base point is of no use unless all of its rows are in the domain.
    fine = outcomes.valid.reshape(n, rows).all(axis=1)
    refuse_invalid(outcomes)
    found = []
    for output, values in target.outputs(outcomes).items():
        kept = np.ascontiguousarray(values.reshape(n, rows)[fine].ravel())
        sd = float(np.std(kept))
        zeros = np.zeros(len(space.inputs))
        made: Mapping[str, Any] = dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), zeros)
        if sd > 1e-12 * float(np.max(np.abs(kept), initial=0.0)):
            # SALib takes a seed of 0 for none at all.
            made = analyze(problem, kept, calc_second_order=False, seed=1 + seed % 2**31)
        s1, s1_conf, st, st_conf = (
            np.asarray(made[key], dtype=float) for key in ("S1", "S1_conf", "ST", "ST_conf")
        )
        lost = int(np.count_nonzero(~fine)) * rows
        names = tuple(space.inputs)
        found.append(Sobol(output, names, s1, s1_conf, st, st_conf, sd, n * rows, lost))
    return tuple(found)


def independent_inputs(model: Model) -> Cube:
    """Return the uncertain inputs; that there are none is refused."""
    space = cube(model)
    if not space.sides:
        hint = "Give parameters distributions instead of fixed values."
        raise refuse("nothing is uncertain", "[parameters]", hint)
    return space


def salib_problem(space: Cube) -> dict[str, Any]:
    """Return the unit cube as SALib describes a problem: sides, and the input each belongs to."""
    return {
        "num_vars": len(space.sides),
        "names": list(space.sides),
        "bounds": [[0.0, 1.0]] * len(space.sides),
        "groups": space.groups(),
    }


def refuse_invalid(outcomes: Outcomes) -> None:
    """Refuse a design of which more than 0.1% of the rows leave the domain of the model."""
    lost = int(np.count_nonzero(~outcomes.valid))
    if lost > MAX_INVALID * outcomes.n:
        first = outcomes.out_of_domain[0]
        raise refuse(
            f"{lost:,} of {outcomes.n:,} rows leave their domain, first: {first.what}",
            first.where,
            "At most 0.1% may: look for a distribution that is too wide, or without a bound there.",
        )
