"""What must hold whatever is decided: the guards that keep strategies from changing the population.

A strategy that quietly treats a sicker population looks better or worse for no reason. So: what
``[checks]`` says is the same at entry, or across strategies, is the same; branches that set a
parameter must average to its value outside; and draws in which a stated condition does not hold
have left their domain. Draws that left their domain are in no result, and are not judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heco.errors import SUM_TOLERANCE, Problem, ScenarioError
from heco.outcomes import Array, Outcomes, OutOfDomain
from heco.sampling import Draws
from heco.scenario.expressions import Expr, names, to_text

if TYPE_CHECKING:
    from heco.model.model import Model

#: By strategy, node, parameter and way to the node: value outside, average over the branches.
Averages = Mapping[tuple[str, str, str, int], tuple[Array, Array]]

#: Numbers this small are the same number. The tolerance is otherwise relative.
NOTHING = 1e-15


def verify(model: Model, draws: Draws, outcomes: Outcomes, averages: Averages) -> None:
    """Raise for everything in ``[checks]`` that the evaluated model breaks.

    Parameters
    ----------
    model : Model
        The model.
    draws : Draws
        What it was evaluated with.
    outcomes : Outcomes
        What came out.
    averages : mapping
        For each parameter of ``coherent``, at each node whose branches set it, its value outside
        and its average over the branches, shape (draw,) each.

    Raises
    ------
    ScenarioError
        Listing every broken check, with the strategies, the size and the first draw.
    """
    problems = [
        *_same_at_entry(model, outcomes),
        *_same_across_strategies(model, draws, outcomes),
        *_coherent(outcomes, averages),
    ]
    if problems:
        raise ScenarioError(problems)


def _differs(value: Array, first: Array, valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the valid draws in which two values are not the same; NaN is the same as NaN."""
    size = np.maximum(np.abs(value), np.abs(first))
    same = (value == first) | (np.abs(value - first) <= NOTHING + SUM_TOLERANCE * size)
    differs: NDArray[np.bool_] = valid & ~same & ~(np.isnan(value) & np.isnan(first))
    return differs


def _which(broken: NDArray[np.bool_]) -> str:
    """Say in which draws, if there is more than one."""
    if broken.size == 1:
        return ""
    return (
        f" in {int(broken.sum()):,} of {broken.size:,} draws, first in draw {_first(broken) + 1:,}"
    )


def _first(broken: NDArray[np.bool_]) -> int:
    return int(np.argmax(broken))


def _same_at_entry(model: Model, outcomes: Outcomes) -> Iterator[Problem]:
    for group in model.scenario.checks.same_at_entry:
        rows = [outcomes.states.index(state) for state in group]
        share = outcomes.entry[:, rows, :].sum(axis=1)
        gap = np.where(outcomes.valid, np.abs(share - share[0]), 0.0)
        if gap.max(initial=0.0) <= SUM_TOLERANCE:
            continue
        position, draw = np.unravel_index(int(gap.argmax()), gap.shape)
        yield Problem(
            f"{' + '.join(group)} at the start is {share[position, draw]:.6g} of the cohort "
            f"in {outcomes.strategies[position]} but {share[0, draw]:.6g} in "
            f"{outcomes.strategies[0]}: the strategies treat different populations",
            "[checks] same_at_entry",
            "A strategy may change what is done, not who people are. Look for a lever, a "
            "branch `set` or a chance node that changes how many are ill.",
        )


def _same_across_strategies(model: Model, draws: Draws, outcomes: Outcomes) -> Iterator[Problem]:
    for formula in model.scenario.checks.same_across_strategies:
        values = [
            model.measure_values(draws, outcomes, formula, strategy)
            for strategy in outcomes.strategies
        ]
        for strategy, value in zip(outcomes.strategies[1:], values[1:], strict=True):
            broken = _differs(value, values[0], outcomes.valid)
            if not broken.any():
                continue
            draw = _first(broken)
            yield Problem(
                f"{to_text(formula)} is {value[draw]:.9g} in {strategy} but "
                f"{values[0][draw]:.9g} in {outcomes.strategies[0]}{_which(broken)}",
                "[checks] same_across_strategies",
                "A strategy may change what is done, not who people are nor what happens to "
                "them anyway. Look for what the strategies `set`, and at the nodes they enter.",
            )


def broken_conditions(
    model: Model, draws: Draws, outcomes: Outcomes
) -> Iterator[tuple[OutOfDomain, NDArray[np.bool_]]]:
    """Yield the conditions of ``[checks] holds`` that some draws break, with those draws.

    Such draws have left their domain like any other: they are counted and reported, more than one
    in a thousand is refused, and a scan over an impossible region has a gap there.
    """
    for formula in model.scenario.checks.holds:
        told: dict[str, tuple[list[str], NDArray[np.bool_]]] = {}
        for strategy in outcomes.strategies:
            value = model.measure_values(draws, outcomes, formula, strategy)
            undefined = outcomes.valid & np.isnan(value)
            broken = undefined | (outcomes.valid & (value == 0.0))
            if broken.any():
                what = "cannot be computed" if undefined.any() else "does not hold"
                first = _first(undefined if undefined.any() else broken)
                sentence = f"{what}{_shown(model, draws, formula, strategy, first)}"
                who, mask = told.setdefault(sentence, ([], np.zeros(outcomes.n, dtype=bool)))
                who.append(strategy)
                mask |= broken
        known = tuple(name for name in sorted(names(formula)) if name in model.known)
        for sentence, (who, mask) in told.items():
            some = f" (strategy {' and '.join(who)})" if len(who) < len(outcomes.strategies) else ""
            what = f"{to_text(formula)} {sentence}{some}"
            yield OutOfDomain("[checks] holds", what, int(mask.sum()), known), mask


def _shown(model: Model, draws: Draws, formula: Expr, strategy: str, draw: int) -> str:
    """Return the numbers behind a broken condition: ": u_well = 0.7, u_ill = 0.8"."""
    known = [name for name in sorted(names(formula)) if name in model.known]
    found = model.parameter_values(draws, known, strategy)
    return ": " + ", ".join(f"{name} = {found[name][draw]:.6g}" for name in known) if known else ""


def _coherent(outcomes: Outcomes, averages: Averages) -> Iterator[Problem]:
    for (strategy, node, name, _), (outside, average) in averages.items():
        broken = _differs(average, outside, outcomes.valid)
        if not broken.any():
            continue
        draw = _first(broken)
        yield Problem(
            f"the branches set {name} to values that average {average[draw]:.6g}, but outside "
            f"it is {outside[draw]:.6g} (strategy {strategy}){_which(broken)}",
            f"[tree.{node}]",
            f"Derive one branch's value from the other and from {name}, so that the whole "
            "population stays the same.",
        )
