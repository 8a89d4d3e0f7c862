"""What could be learnt: inputs one by one, groups of them, and what each study observes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.analysis.context import Context
from heco.analysis.voi.data import Datum, datum
from heco.errors import refuse
from heco.outcomes import Array
from heco.scenario.schema_study import Study, Voi


@dataclass(frozen=True, eq=False)
class Subject:
    """Something that could be known.

    Parameters
    ----------
    name, label : str
        The input or the group, and its words.
    inputs : tuple of ndarray, shape (draw,)
        Its values; several for a group or a joint parameter.
    group : bool
        Whether the author made it a group.
    """

    name: str
    label: str
    inputs: tuple[Array, ...]
    group: bool = False


def subjects(context: Context, asked: Voi) -> list[Subject]:
    """Return every uncertain input, or those asked for, and the groups.

    Parameters
    ----------
    context : Context
        The run; it must have draws.
    asked : Voi
        The settings.

    Raises
    ------
    ScenarioError
        If an input that is asked for is not among the draws.
    """
    names = list(asked.parameters or _uncertain(context))
    found = [Subject(name, _label(context, name), columns(context, name)) for name in names]
    for group, members in asked.groups.items():
        inputs = tuple(x for name in members for x in columns(context, name))
        found.append(Subject(group, group.replace("_", " ").capitalize(), inputs, group=True))
    return found


def _uncertain(context: Context) -> list[str]:
    """Return the inputs that vary, in the order of the draws; joint ones by their common name."""
    assert context.psa is not None
    draws = context.psa.draws
    joint = {} if context.imported else context.scenario.parameters
    names: dict[str, None] = {}
    for name, values in zip(draws.names, draws.values, strict=True):
        whole = name.partition(".")[0]
        if np.ptp(values) > 0:
            names[whole if name not in joint and whole in joint else name] = None
    return list(names)


def _label(context: Context, name: str) -> str:
    return context.parameter_label(name)


def columns(context: Context, name: str) -> tuple[Array, ...]:
    """Return the values of an input in every draw; all components of a joint one but a redundant.

    Parameters
    ----------
    context : Context
        The run.
    name : str
        A parameter, drawn or derived, or a component.
    """
    assert context.psa is not None
    draws = context.psa.draws
    if name in draws.names:
        return (np.array(draws.column(name)),)
    parts = [column for column in draws.names if column.startswith(f"{name}.")]
    if parts:
        values = [np.array(draws.column(part)) for part in parts]
        if len(values) > 1 and np.allclose(np.sum(values, axis=0), 1.0, atol=1e-9):
            values = values[:-1]
        return tuple(values)
    if context.imported:
        raise refuse(f'there is no input "{name}" in the draws', "--group or --parameter")
    made = context.model.parameter_values(draws, [name])[name]
    if not np.isfinite(made).all():
        raise refuse(f'"{name}" has no value in some draws', "[analysis] voi")
    return (made,)


def study_data(context: Context, name: str, study: Study) -> list[Datum]:
    """Return what a study observes.

    Parameters
    ----------
    context : Context
        The run; it must have draws.
    name : str
        Of the study, for problems.
    study : Study
        As written.
    """
    assert context.psa is not None
    draws = context.psa.draws
    found = []
    for parameter, informed in study.informs.items():
        where = f"[study.{name}.informs] {parameter}"
        if informed.data == "multinomial":
            parts = [c for c in draws.names if c.startswith(f"{parameter}.")]
            theta: tuple[Array, ...] = tuple(np.array(draws.column(part)) for part in parts)
        else:
            theta = columns(context, parameter)
        formulas = {
            key: formula
            for key in ("sensitivity", "specificity", "control")
            if (formula := getattr(informed, key)) is not None
        }
        extra = context.model.formula_values(draws, formulas) if formulas else {}
        found.append(datum(where, informed, theta, extra))
    return found
