"""Which inputs can be moved one at a time, from where to where, and what moves with them.

An input goes to the ends that the question names, to the 2.5 and 97.5 percentiles of its
distribution, or to the ends of its declared range. Parameters that are drawn together as a set are
not moved one by one. A parameter that is correlated with others takes them along: they go to the
median that they have when it is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.analysis.context import Context
from heco.analysis.facts import central_range, joint, partners
from heco.analysis.wording import listing, of_unit
from heco.scenario.schema_moves import MovedSet, OneWay

#: Standard-normal score of the 97.5 percentile.
Z = 1.959963984540054
PERCENTILES, DECLARED, GIVEN = "2.5 and 97.5 percentiles", "declared range", "as stated here"


@dataclass(frozen=True)
class Bar:
    """One input, or a set of them, and its two ends.

    Parameters
    ----------
    name, label, unit : str
        The parameter or the set; a set has no unit.
    ends : tuple of float, or None
        Its low and high value; None for a set. [own unit]
    moved : tuple of mapping of str to float
        All columns that are set at the low and at the high end.
    origin : str
        What the ends are.
    note : str
        What the reader should know.
    """

    name: str
    label: str
    unit: str
    ends: tuple[float, float] | None
    moved: tuple[dict[str, float], dict[str, float]]
    origin: str
    note: str = ""


#: Name, label and the reason why something is not moved.
LeftOut = tuple[str, str, str]


def bars(
    context: Context, asked: OneWay, sets: dict[str, MovedSet] | None = None
) -> tuple[list[Bar], list[LeftOut]]:
    """Return the inputs that can be moved, and why others cannot.

    Parameters
    ----------
    context : Context
        The run.
    asked : OneWay
        Which parameters, and which ends.
    sets : dict of str to MovedSet, optional
        Inputs that are moved together, and then not alone unless they are asked for by name.
    """
    made: list[Bar] = []
    left_out: list[LeftOut] = []
    together = {name for moved in (sets or {}).values() for name in moved.members}
    for name in context.scenario.parameters:
        if asked.parameters and name not in asked.parameters:
            continue
        ends, origin = _ends(context, name, asked)
        why = "" if ends else origin
        if not asked.parameters and name in together:
            why = "moved as part of a set"
        if why or ends is None:
            left_out.append((name, context.parameter_label(name), why))
        else:
            made.append(_bar(context, name, ends, origin))
    made += [_set(context, name, moved) for name, moved in (sets or {}).items()]
    return made, left_out


def _ends(context: Context, name: str, asked: OneWay) -> tuple[tuple[float, float] | None, str]:
    """Return the ends of a parameter and what they are; or None, and why it has none."""
    scenario = context.scenario
    parameter = scenario.parameters[name]
    files = [p.samples.file for p in scenario.parameters.values() if p.samples is not None]
    if joint(scenario, name):
        return None, "drawn together as a set"
    if parameter.table is not None:
        return None, "a table"
    if name in asked.ranges:
        return asked.ranges[name], GIVEN
    if parameter.samples is not None and files.count(parameter.samples.file) > 1:
        return None, "one of a set of joint samples"
    if parameter.kind not in ("fixed", "expr"):
        return central_range(context, name), PERCENTILES
    if parameter.range is not None:
        return parameter.range, DECLARED
    return None, "no range is declared" if parameter.kind == "fixed" else "follows from others"


def _bar(context: Context, name: str, ends: tuple[float, float], origin: str) -> Bar:
    """Return a bar; what is correlated with the parameter goes along."""
    label, unit = context.parameter_label(name), context.scenario.parameters[name].unit
    along = partners(context.scenario, name)
    low, high = ({name: end} for end in ends)
    note = ""
    if along and origin == PERCENTILES:
        for end, z in ((low, -Z), (high, Z)):
            end |= {other: quantile(context, other, r * z) for other, r in along.items()}
        note = f"moves with {listing(along)}"
    elif along:
        note = f"moved without {listing(along)}, with which it is correlated"
    return Bar(name, label, unit, ends, (low, high), origin, note)


def quantile(context: Context, name: str, z: float) -> float:
    """Return the quantile of a parameter at a standard-normal score."""
    from scipy.special import ndtr

    return float(context.scenario.distributions[name].ppf(np.array([ndtr(z)]))[0])


def _set(context: Context, name: str, moved: MovedSet) -> Bar:
    """Return the bar of a set."""
    if moved.parameters:
        ends = {member: _member(context, member) for member in moved.parameters}
        low, high = ({member: pair[k] for member, pair in ends.items()} for k in (0, 1))
        origin = "each at its own ends"
    else:
        low, high, origin = dict(moved.low), dict(moved.high), GIVEN
    said = [
        f"{context.parameter_label(member)} {_said(context, member, low[member])} to "
        f"{_said(context, member, high[member])}"
        for member in low
    ]
    label = moved.label or name.replace("_", " ")
    return Bar(name, label, "", None, (low, high), origin, f"together: {listing(said)}")


def _member(context: Context, name: str) -> tuple[float, float]:
    parameter = context.scenario.parameters[name]
    ends = None if parameter.kind in ("fixed", "expr") else central_range(context, name)
    ends = ends or parameter.range
    assert ends is not None, f"{name} has no ends, and was checked to have some"
    return ends


def _said(context: Context, name: str, value: float) -> str:
    unit = context.scenario.parameters[name.partition(".")[0]].unit
    return of_unit(value, unit, context.currency)
