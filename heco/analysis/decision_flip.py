"""How little would have to be different for the decision to change: the nearest flip, in words.

`heco.analysis.flip` finds the smallest joint change of all uncertain inputs, in standard errors, at
which another strategy becomes the best; here it is told as a sentence with the inputs that move
most, and tabled input by input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heco.analysis.context import Context, needs_wtp
from heco.analysis.cube import cube
from heco.analysis.flip import FARTHEST, Flip, flips
from heco.analysis.summaries import normal_cdf
from heco.analysis.wording import inside, listing, money, of_unit, percent
from heco.result import Column, Quantity, Result, Table
from heco.scenario.schema_analysis import Nearest

NAME = "flip"
TITLE = "How little would change the decision?"
WHERE = "[analysis] flip"
#: A sentence names inputs that make up this share of the squared distance, three at the most.
WORTH_NAMING, MOST_NAMED = 0.05, 3


def applies(context: Context) -> bool:
    """Return whether the author asks, and there are two strategies to decide between."""
    return context.scenario.analysis.flip is not None and bool(context.scenario.options)


def run(context: Context, settings: Nearest | None = None) -> Result:
    """Find the nearest flip at every willingness to pay asked for.

    Parameters
    ----------
    context : Context
        The run.
    settings : Nearest, optional
        Left out, the scenario's.

    Returns
    -------
    Result
        ``flip``, with the tables ``flip`` and ``flip_inputs``.
    """
    needs_wtp(context, WHERE)
    asked = settings or context.scenario.analysis.flip or Nearest()
    members = cube(context.model).members
    rows: list[tuple[Any, ...]] = []
    details: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline = []
    for wtp in context.wtp if asked.wtp is None else (asked.wtp,):
        best, found = flips(context.model, wtp, context.effect, context.seed)
        headline.append(_sentence(context, best, found, wtp, members))
        for one in found:
            rows.append(
                (
                    wtp, one.best, context.label(one.best), one.rival, context.label(one.rival),
                    one.distance, normal_cdf(-one.distance), one.inmb, one.inmb_there,
                )
            )  # fmt: skip
            details += _details(context, one, members)
            quantities.append(
                Quantity(
                    "flip_distance", one.distance, one.rival, one.best, wtp,
                    unit="standard errors of all inputs together",
                )
            )  # fmt: skip
    return Result(
        NAME, TITLE, tuple(headline), (_table(context, rows), _inputs(context, details)),
        tuple(quantities), settings={"looked at": f"up to {FARTHEST:g} standard errors per input"},
    )  # fmt: skip


def _sentence(
    context: Context, best: str, found: tuple[Flip, ...], wtp: float, members: Any
) -> str:
    name = inside(context.label(best))
    start = f"At {money(wtp, context.currency)} per {context.unit}, {name} is best"
    if not found:
        return (
            f"{start} in the base case, and no joint change of the uncertain inputs within "
            f"{FARTHEST:g} standard errors was found that would make another strategy the best."
        )
    one = found[0]
    if one.distance == 0:
        return f"{start} in the base case, exactly as good as {inside(context.label(one.rival))}."
    named = [
        label
        for label, score in list(one.scores.items())[:MOST_NAMED]
        if score**2 >= WORTH_NAMING * one.distance**2
    ]
    moves = [_move(context, one, members[label]) for label in named]
    rival = inside(context.label(one.rival))
    return (
        f"{start} in the base case; the nearest change that makes {rival} the best is "
        f"{one.distance:.1f} standard errors away, chiefly {listing(moves)}. If that is "
        "the only way for the decision to change, the chance is about "
        f"{percent(normal_cdf(-one.distance))}."
    )


def _move(context: Context, one: Flip, names: tuple[str, ...]) -> str:
    """Return what moves most within an input, from where to where."""
    columns = [c for name in names for c in one.values if c == name or c.startswith(f"{name}.")]
    column = max(columns, key=lambda name: _errors(context, one, name))
    base, there = one.values[column]
    unit = context.scenario.parameters[column.partition(".")[0]].unit
    # Where the search ended is no better known than this.
    ends = [of_unit(x, unit, context.currency) for x in (base, float(f"{there:.3g}"))]
    return f"“{context.parameter_label(column)}” from {ends[0]} to {ends[1]}"


def _errors(context: Context, one: Flip, column: str) -> float:
    """Return how many of its own standard deviations a column moves."""
    name, _, part = column.partition(".")
    sd = context.scenario.distributions[name].sd
    spread = sd[part] if isinstance(sd, Mapping) else sd
    base, there = one.values[column]
    return abs(there - base) / spread if spread > 0 else 0.0


def _details(context: Context, one: Flip, members: Any) -> list[tuple[Any, ...]]:
    rows = []
    for label, score in one.scores.items():
        for name in members[label]:
            for column in one.values:
                if column == name or column.startswith(f"{name}."):
                    base, there = one.values[column]
                    rows.append(
                        (
                            one.wtp, one.rival, label, column, context.parameter_label(column),
                            score, (score / one.distance) ** 2 if one.distance else 0.0,
                            base, there,
                        )
                    )  # fmt: skip
    return rows


def _table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("best", "Name of best"), Column("best_label", "Best in the base case"),
        Column("rival", "Name of rival"), Column("rival_label", "Overtaken by"),
        Column("distance", "Distance in standard errors", "number"),
        Column("chance", "Chance, if there is no other way", "percent"),
        Column("inmb", "Lead of the rival in the base case", "pence"),
        Column("inmb_there", "just beyond the boundary", "pence"),
    )  # fmt: skip
    notes = (
        "Distance: root of the summed squares of the changes of all uncertain inputs, each in "
        "standard-normal scores (1 is about one standard error). The chance takes the boundary for "
        "a plane. The boundary is found by search, so a nearer one may have been missed.",
    )
    return Table("flip", "The nearest change of decision", columns, tuple(rows), notes)


def _inputs(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("rival", "Overtaken by"), Column("input", "Input"), Column("parameter", "Name"),
        Column("label", "Parameter"), Column("score", "Change of the input in standard errors",
                                             "number"),
        Column("share", "Share of the squared distance", "percent"),
        Column("base", "Base case", "number"), Column("there", "Where the decision changes",
                                                      "number"),
    )  # fmt: skip
    title = "What changes on the way to the nearest change of decision"
    return Table("flip_inputs", title, columns, tuple(rows))
