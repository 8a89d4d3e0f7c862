"""Which inputs' uncertainty moves the answer most, all of them moving at once.

Sobol' indices of every independent input on incremental net benefit, cost and effect
(`heco.analysis.gsa`); elementary effects, for very many inputs (`heco.analysis.morris`); and PAWN
indices of single members of correlated or joint inputs (`heco.analysis.pawn`). An index says what
moves the answer, not what could change the decision: that is what the value of information is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heco.analysis.context import Context, needs_wtp
from heco.analysis.cube import cube
from heco.analysis.gsa import Sobol, Target, sobol
from heco.analysis.morris import Morris, morris
from heco.analysis.pawn import Pawn, pawn
from heco.analysis.wording import count, listing, money, percent
from heco.errors import refuse
from heco.result import Column, Quantity, Result, Table
from heco.scenario.schema_analysis import Sensitivity

NAME = "sensitivity"
TITLE = "Which inputs' uncertainty moves the answer?"
WHERE = "[analysis] sensitivity"
#: An index whose interval is wider than this on either side is too rough to read.
ROUGH = 0.1
#: The output that sentences are about.
MAIN = "inmb"


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to ask about."""
    asked = context.scenario.analysis.sensitivity
    if asked is None or not context.scenario.options:
        return False
    return context.psa is not None or asked.method != ("pawn",)  # which reads draws and no more


def run(context: Context, settings: Sensitivity | None = None) -> Result:
    """Share out the uncertainty of the answer among the inputs.

    Parameters
    ----------
    context : Context
        The run; the option of the question is compared with the comparator.
    settings : Sensitivity, optional
        Left out, the scenario's.

    Returns
    -------
    Result
        ``sensitivity``, with the tables ``sobol``, ``morris`` and ``pawn`` as far as they are
        asked for; the indices are in `data` by the same names.
    """
    needs_wtp(context, WHERE)
    asked = settings or context.scenario.analysis.sensitivity or Sensitivity()
    wtp = context.wtp[0] if asked.wtp is None else asked.wtp
    option, comparator = context.scenario.option, context.scenario.comparator
    target = Target(option, comparator, wtp, context.effect)
    # Draws of another program come without a model, and without a way to ask it.
    members = {} if context.imported else cube(context.model).members
    tables: list[Table] = []
    headline: list[str] = []
    quantities: list[Quantity] = []
    warnings: list[str] = []
    data: dict[str, Any] = {"members": members}
    said = {"compared": f"{option} with {comparator}", "willingness to pay": f"{wtp:g}"}
    if "sobol" in asked.method:
        indices = data["sobol"] = sobol(context.model, target, asked.draws, context.seed)
        tables.append(_sobol_table(context, indices, members))
        headline.append(_sentence(context, indices[0], target, members))
        quantities += _quantities(indices, target)
        warnings += _warnings(indices)
        said["Sobol' design"] = f"n = {asked.draws:,}, {indices[0].runs:,} rows"
    if "morris" in asked.method:
        effects = data["morris"] = morris(context.model, target, asked.trajectories, context.seed)
        tables.append(_morris_table(context, effects, asked.trajectories, members))
        said["elementary effects"] = f"{effects[0].runs:,} rows"
    if asked.method == ("pawn",) and context.psa is None:
        raise refuse("pawn needs draws", WHERE, "Add psa = {} to [analysis].")
    if "pawn" in asked.method and context.psa is None:
        warnings.append("PAWN reads draws, and none were made; it was left out.")
    elif "pawn" in asked.method and context.psa is not None:
        distances = pawn(context.psa.draws, context.psa.outcomes, target, seed=context.seed)
        data["pawn"] = distances
        tables.append(_pawn_table(context, distances))
        headline += _pawn_sentence(context, distances[0], target)
    return Result(
        NAME,
        TITLE,
        headline=tuple(headline),
        tables=tuple(tables),
        quantities=tuple(quantities),
        warnings=tuple(warnings),
        settings=said,
        data=data,
    )


def input_label(context: Context, names: Sequence[str]) -> str:
    """Return an independent input in words: the parameters that it holds."""
    return listing([context.parameter_label(name) for name in names])


def _sobol_table(context: Context, indices: Sequence[Sobol], members: Any) -> Table:
    rows = []
    for one in indices:
        for i in np.argsort(-one.total, kind="stable"):
            name = one.inputs[i]
            rows.append(
                (
                    one.output, name, input_label(context, members[name]),
                    float(one.first[i]), float(one.first[i] - one.first_error[i]),
                    float(one.first[i] + one.first_error[i]), float(one.total[i]),
                    float(one.total[i] - one.total_error[i]),
                    float(one.total[i] + one.total_error[i]),
                )
            )  # fmt: skip
    columns = (
        Column("output", "Outcome"), Column("input", "Input name"), Column("label", "Input"),
        Column("first", "By itself", "percent"), Column("first_lower", "95% from", "percent"),
        Column("first_upper", "to", "percent"),
        Column("total", "With interactions", "percent"),
        Column("total_lower", "95% from", "percent"), Column("total_upper", "to", "percent"),
    )  # fmt: skip
    notes = (
        "Share of the variance of the outcome that would go if the input were known (by itself), "
        "and that would stay if all others were known (with interactions). Inputs that are drawn "
        "together count as one. Estimates near 0 may come out below 0.",
    )
    title = "Whose uncertainty moves the answer"
    return Table("sobol", title, columns, tuple(rows), notes)


def _morris_table(
    context: Context, effects: Sequence[Morris], trajectories: int, members: Any
) -> Table:
    rows = []
    for one in effects:
        for i in np.argsort(-one.strength, kind="stable"):
            name = one.inputs[i]
            signed = [None if np.isnan(x) else float(x) for x in (one.direction[i], one.spread[i])]
            rows.append(
                (one.output, name, input_label(context, members[name]), float(one.strength[i]),
                 float(one.strength_error[i]), *signed)
            )  # fmt: skip
    columns = (
        Column("output", "Outcome"), Column("input", "Input name"), Column("label", "Input"),
        Column("strength", "Mean absolute change", "number"),
        Column("strength_error", "95% interval, either side", "number"),
        Column("direction", "Mean change", "number"), Column("spread", "Spread", "number"),
    )  # fmt: skip
    notes = (
        "Change of the outcome as one input moves over the central 95% of its distribution, from "
        f"{count(trajectories, 'starting point')}. A spread that is large beside the strength "
        "means that the effect bends or depends on other inputs.",
    )
    return Table("morris", "Which inputs matter at all", columns, tuple(rows), notes)


def _pawn_table(context: Context, distances: Sequence[Pawn]) -> Table:
    rows = []
    for one in distances:
        for i in np.argsort(-one.median, kind="stable"):
            name = one.inputs[i]
            label = name if name.startswith("(") else context.parameter_label(name)
            rows.append((one.output, name, label, float(one.median[i]), float(one.largest[i])))
    columns = (
        Column("output", "Outcome"), Column("input", "Input name"), Column("label", "Input"),
        Column("median", "Distance, median", "number"),
        Column("largest", "Distance, largest", "number"),
    )  # fmt: skip
    notes = (
        "Largest difference between the distribution function of the outcome and that of draws in "
        "which the input lies in one tenth of its range (PAWN), from 0 to 1. It includes what a "
        "correlated input tells about its partners. The row (chance) is an input without effect.",
    )
    title = "How much knowing one input changes the distribution of the answer"
    return Table("pawn", title, columns, tuple(rows), notes)


def _pawn_sentence(context: Context, one: Pawn, target: Target) -> list[str]:
    """Say which inputs change the distribution of net benefit by more than chance does."""
    chance = float(one.median[-1])
    order = [int(i) for i in np.argsort(-one.median[:-1], kind="stable")]
    who = [
        f"{context.parameter_label(one.inputs[i])} ({float(one.median[i]):.2f})"
        for i in order[:3]
        if float(one.median[i]) > 1.5 * chance
    ]
    at = f"{money(target.wtp, context.currency)} per {context.unit}"
    if not who:
        return [f"Knowing no single input would say much about net benefit at {at}."]
    return [
        f"What would say most about net benefit at {at} is knowing {listing(who)}; an input "
        f"without effect scores {chance:.2f} by chance."
    ]


def _quantities(indices: Sequence[Sobol], target: Target) -> list[Quantity]:
    found = []
    for one in indices:
        for i, name in enumerate(one.inputs):
            for quantity, value, error in (
                ("sobol_first", one.first[i], one.first_error[i]),
                ("sobol_total", one.total[i], one.total_error[i]),
            ):
                found.append(
                    Quantity(
                        quantity, float(value), target.option, target.comparator,
                        target.wtp if one.output == MAIN else None, f"{one.output}/{name}",
                        float(value - error), float(value + error), "share of variance",
                        "probabilistic",
                    )
                )  # fmt: skip
    return found


def _sentence(context: Context, one: Sobol, target: Target, members: Any) -> str:
    order = np.argsort(-one.first, kind="stable")[:3]
    who = [
        f"{input_label(context, members[one.inputs[i]])} ({percent(float(one.first[i]))})"
        for i in order
        if one.first[i] > 0.005
    ]
    what = (
        f"incremental net benefit of {context.label(target.option)} over "
        f"{context.label(target.comparator)} at {money(target.wtp, context.currency)} per "
        f"{context.unit}"
    )
    if not who:
        return f"No single input explains the uncertainty of the {what}."
    rest = max(0.0, one.interplay)
    return (
        f"The uncertainty of the {what} comes by itself from {listing(who)}; "
        f"{percent(rest)} comes from inputs acting together."
    )


def _warnings(indices: Sequence[Sobol]) -> list[str]:
    found = []
    main = indices[0]
    rough = float(max(main.first_error.max(), main.total_error.max()))
    if rough > ROUGH:
        found.append(
            f"Shares of variance are known to within {percent(rough)} only: a larger Sobol' design "
            "would sharpen them."
        )
    if main.lost:
        found.append(
            f"{main.lost:,} of {main.runs:,} rows of the Sobol' design were left out, because a "
            "value left its domain in them or in a row that belongs to them."
        )
    return found
