"""At which values of a parameter the decision changes.

One parameter is moved over its range while all others keep their base values. Incremental net
monetary benefit is asked at 201 points; every change of sign is a threshold. Where it is a
straight line in the parameter the threshold has a closed form, proved by running the model
again; otherwise Brent's method closes in until net benefit is within 0.01 of zero, on all
thresholds at the same time. If there is no change of sign, the option is worth its cost "always"
or "never" over the range, and the values at both ends are said. With more than two strategies the
decision changes where another strategy becomes the best of all: these switches are listed as
well, with the strategies on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis.context import Context, needs_wtp
from heco.analysis.facts import base_value, joint, mean_sd
from heco.analysis.roots import Root
from heco.analysis.search import Scan, search_range, solve
from heco.analysis.switches import Switch, switches
from heco.analysis.together import Inquiry, answered, crossings
from heco.analysis.wording import inside, listing, money, of_unit
from heco.errors import Problem, ScenarioError, did_you_mean
from heco.result import Column, Quantity, Result, Table

NAME = "threshold"
TITLE = "At which values does the decision change?"
WHERE = "[analysis] threshold"

#: What is said of a parameter without threshold.
ALWAYS, NEVER, EQUAL = "always", "never", "equal"


def applies(context: Context) -> bool:
    """Return whether the author asks, and there are two strategies to decide between."""
    return context.scenario.analysis.threshold is not None and bool(context.scenario.options)


def run(context: Context) -> Result:
    """Solve for every parameter that is asked for.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``threshold``, with the tables ``threshold`` and, for more than two strategies,
        ``threshold_switch``; the scans are in `data`, as ``PARAMETER.x`` and
        ``PARAMETER.inmb.STRATEGY.WTP``.
    """
    needs_wtp(context, WHERE)
    settings = context.scenario.analysis.threshold
    assert settings is not None
    _refuse_unsolvable(context, [item.parameter for item in settings.solve])
    rows: list[tuple[Any, ...]] = []
    switched: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    data: dict[str, Any] = {}
    headline = []
    ranges = [search_range(context, i.parameter, i.low, i.high) for i in settings.solve]
    asked = zip(settings.solve, ranges, strict=True)
    scans = [solve(context, item.parameter, low, high) for item, (low, high, _) in asked]
    known = _searched(context, scans)
    for k, (scan, (_, _, note)) in enumerate(zip(scans, ranges, strict=True)):
        data[f"{scan.parameter}.x"] = scan.x
        for option in context.scenario.options:
            found = []
            for wtp in context.wtp:
                data[f"{scan.parameter}.inmb.{option}.{wtp:g}"] = scan.benefit(
                    option, context.scenario.comparator, wtp
                )
                more, numbers, words = _pair(
                    context, scan, option, wtp, note, known.crossings[k, option, wtp]
                )
                rows += more
                quantities += numbers
                found.append((wtp, words))
            if option == context.scenario.option:
                headline.append(_sentence(context, scan, found))
        for wtp in context.wtp:
            if (k, wtp) in known.switches:
                more, numbers = _switches(context, scan, wtp, known.switches[k, wtp])
                switched += more
                quantities += numbers
    tables = [_table(context, rows)]
    if switched:
        tables.append(_switch_table(context, switched))
    return Result(
        NAME, TITLE, tuple(headline), tuple(tables), tuple(quantities), data=data,
        settings={"method": "deterministic: all other parameters at their base values"},
    )  # fmt: skip


def _refuse_unsolvable(context: Context, names: list[str]) -> None:
    problems = []
    for name in names:
        scenario = context.scenario
        if name not in scenario.parameters:
            hint = did_you_mean(name, scenario.parameters)
            problems.append(Problem(f'no parameter is called "{name}"', WHERE, hint))
        elif joint(scenario, name):
            what = f"{name} is a set of quantities that belong together"
            problems.append(Problem(what, WHERE, "Solve for a parameter with a single value."))
        elif scenario.parameters[name].table is not None:
            what = f"{name} is a table, not a single value"
            hint = "Multiply it by a parameter that is 1, and solve for that."
            problems.append(Problem(what, WHERE, hint))
    if problems:
        raise ScenarioError(problems)


@dataclass
class _Searched:
    """What all searches found: roots by scan, option and wtp; switches by scan and wtp."""

    crossings: dict[tuple[int, str, float], tuple[Root, ...]]
    switches: dict[tuple[int, float], list[Switch]]


def _searched(context: Context, scans: Sequence[Scan]) -> _Searched:
    """Search along all parameters at the same time."""
    comparator, options = context.scenario.comparator, context.scenario.options
    pairs = [(k, o, wtp) for k in range(len(scans)) for o in options for wtp in context.wtp]
    # Of two strategies one becomes the best where the other stops being it: a threshold.
    bests = [(k, wtp) for k in range(len(scans)) for wtp in context.wtp if len(options) > 1]
    inquiries: list[tuple[Scan, Inquiry[Any]]] = [
        *((scans[k], crossings(scans[k], option, comparator, wtp)) for k, option, wtp in pairs),
        *((scans[k], switches(scans[k], wtp)) for k, wtp in bests),
    ]
    found = answered(inquiries)
    here = len(pairs)
    return _Searched(
        dict(zip(pairs, found[:here], strict=True)), dict(zip(bests, found[here:], strict=True))
    )


def _pair(
    context: Context, scan: Scan, option: str, wtp: float, note: str, found: tuple[Root, ...]
) -> tuple[list[tuple[Any, ...]], list[Quantity], str]:
    """Return rows, quantities and words for one option against the comparator."""
    comparator, name = context.scenario.comparator, scan.parameter
    base, (_, sd) = base_value(context, name), mean_sd(context.scenario, name)
    values = scan.benefit(option, comparator, wtp)
    known = values[np.isfinite(values)]
    ends = (float(known[0]), float(known[-1])) if len(known) else (None, None)
    unit = context.scenario.parameters[name].unit
    missing = int(np.count_nonzero(~np.isfinite(values)))
    notes = [note] if note else []
    if missing:
        notes.append(f"the model has no answer at {missing} of {len(values)} points")
    if len(known) > 1 and np.ptp(known) <= 1e-12 * np.max(np.abs(known)):
        notes.append("moving it changes nothing")
    elif len(known) > 1:
        flat = 1e-12 * float(np.max(np.abs(known)))
        for end, where in ((known[0], "low"), (known[-1], "high")):
            if abs(end) <= flat:
                notes.append(f"net benefit is 0 at the {where} end")
    front = (
        name, context.parameter_label(name), unit, option, context.label(option), comparator, wtp,
        base, float(scan.x[0]), float(scan.x[-1]),
    )  # fmt: skip
    what: dict[str, Any] = {
        "strategy": option, "comparator": comparator, "wtp": wtp, "subject": name,
    }  # fmt: skip
    if not found:
        status = _without_threshold(known)
        row = (*front, None, status, "", None, None, *ends, None, "scan", "; ".join(notes))
        words = status or "nowhere defined"
        return [row], [Quantity("threshold", None, unit=status, **what)], words
    rows, quantities = [], []
    for root in found:
        distance = (root.x - base) / abs(base) if base else None
        errors = (root.x - base) / sd if base is not None and sd else None
        status = "threshold" if root.kind == "crossing" else root.kind
        rows.append(
            (
                *front, root.x, status, "above" if root.rising else "below", distance, errors,
                *ends, None if np.isnan(root.value) else root.value, root.method,
                "; ".join([*notes, *_about(root)]),
            )
        )  # fmt: skip
        if root.kind != "gap":
            quantities.append(Quantity("threshold", root.x, unit=unit, **what))
    return rows, quantities, _regions(found, unit, context.currency)


def _without_threshold(known: Any) -> str:
    """Return what to say where net benefit has one sign over the whole range."""
    if len(known) == 0:
        return ""
    largest = float(known[np.argmax(np.abs(known))])
    if largest == 0:
        return EQUAL
    return ALWAYS if largest > 0 else NEVER


def _about(root: Root) -> list[str]:
    if root.kind == "jump":
        return ["the sign changes in a jump: there is no value at which net benefit is zero"]
    if root.kind == "gap":
        return ["the sign changes where the model has no answer; the value is only a middle"]
    return []


def _regions(found: tuple[Root, ...], unit: str, currency: str) -> str:
    """Say in which region the option is worth its cost."""
    at = [of_unit(root.x, unit, currency) for root in found]
    parts = [] if found[0].rising else [f"below {at[0]}"]
    for k in range(len(found) - 1):
        if found[k].rising:
            parts.append(f"between {at[k]} and {at[k + 1]}")
    if found[-1].rising:
        parts.append(f"above {at[-1]}")
    return listing(parts)


def _sentence(context: Context, scan: Scan, found: list[tuple[float, str]]) -> str:
    """Say at which values of one parameter the option of the question is worth its cost."""
    unit = context.scenario.parameters[scan.parameter].unit
    low, high = (of_unit(float(x), unit, context.currency) for x in scan.x[[0, -1]])
    option = inside(context.label(context.scenario.option))
    start = f"{context.parameter_label(scan.parameter)}: {option} is"
    every = {words for _, words in found}
    if every & {ALWAYS, NEVER, EQUAL, ""}:
        told = {EQUAL: "worth exactly its cost", "": "of unknown worth"}
        clauses = [(wtp, told.get(words, f"{words} worth its cost")) for wtp, words in found]
        end = f" between {low} and {high}"
    else:
        clauses, end = list(found), ""
        start += " worth its cost"
    if len(found) > 1 and len(every) == 1:
        any_or_every = "any" if every == {NEVER} else "every"
        return f"{start} {clauses[0][1]}{end}, at {any_or_every} willingness to pay shown."
    said = [f"{clause} at {money(wtp, context.currency)}" for wtp, clause in clauses]
    said[0] += f" per {context.unit}"
    return f"{start} {listing(said)}{end and f' (looked at{end})'}."


def _switches(
    context: Context, scan: Scan, wtp: float, found: Sequence[Switch]
) -> tuple[list[tuple[Any, ...]], list[Quantity]]:
    """Return the values at which another strategy becomes the best of all, as rows."""
    rows, quantities = [], []
    name = scan.parameter
    unit = context.scenario.parameters[name].unit
    for x, below, above in found:
        labels = context.label(below), context.label(above)
        rows.append(
            (name, context.parameter_label(name), wtp, x, below, labels[0], above, labels[1])
        )
        quantities.append(Quantity("switch_point", x, above, below, wtp, name, unit=unit))
    return rows, quantities


def _table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    unit = context.unit
    columns = (
        Column("parameter", "Parameter name"), Column("parameter_label", "Parameter"),
        Column("unit", "Unit"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Compared with"),
        Column("wtp", f"Willingness to pay per {unit}", "money"),
        Column("base", "As it is", "number"), Column("low", "Looked from", "number"),
        Column("high", "to", "number"), Column("value", "Threshold", "number"),
        Column("status", "Status"), Column("worth_it", "Worth its cost"),
        Column("distance", "Change needed", "percent"),
        Column("distance_se", "in standard errors", "number"),
        Column("inmb_low", "Net benefit at the low end", "pence"),
        Column("inmb_high", "at the high end", "pence"),
        Column("inmb_there", "at the threshold", "pence"), Column("method", "Found by"),
        Column("note", "Note"),
    )  # fmt: skip
    notes = (
        '"always" and "never" mean over the range looked at. Net benefit is incremental net '
        "monetary benefit per person. All other parameters keep their base values.",
    )
    return Table("threshold", "Thresholds", columns, tuple(rows), notes)


def _switch_table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("parameter", "Parameter name"), Column("parameter_label", "Parameter"),
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("value", "Switch at", "number"), Column("below", "Name below"),
        Column("below_label", "Best below"), Column("above", "Name above"),
        Column("above_label", "Best above"),
    )  # fmt: skip
    title = "Where another strategy becomes the best of all"
    return Table("threshold_switch", title, columns, tuple(rows))
