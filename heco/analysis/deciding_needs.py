"""What would have to be seen: the values at which the answer turns, from all that was solved.

They are the stop and go values of a review or a pilot. Each stands where it was solved for: the
required gain, the thresholds, the tornado. Where nothing was solved for, the price and the effect
at which net benefit is zero are what must be seen; both follow from the means alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from heco.analysis.context import Context, increments
from heco.analysis.deciding_rules import Facts
from heco.result import Result

AT_LEAST, AT_MOST = "at least", "at most"
#: Thresholds of single inputs that are named, nearest first.
_MOST = 3


@dataclass(frozen=True)
class Need:
    """A value at which the option is just worth its cost.

    Parameters
    ----------
    what : str
        What it is the value of, in words.
    side : str
        ``at least`` or ``at most``: on which side the option is worth its cost.
    needed : float
        The value.
    now : float or None
        What this run has instead.
    unit : str
        Of both.
    source : str
        The analysis that solved for it.
    parameter : str
        The input, if it is one.
    """

    what: str
    side: str
    needed: float
    now: float | None
    unit: str
    source: str
    parameter: str = ""


def needs(context: Context, facts: Facts, by_name: Mapping[str, Result]) -> list[Need]:
    """Return what would have to be seen, the most telling first.

    Parameters
    ----------
    context : Context
        The run.
    facts : Facts
        What is known at one willingness to pay.
    by_name : mapping of str to Result
        What was worked out, by analysis.
    """
    found = _gain(context, facts, by_name)
    means = _means(context, facts)
    found += [need for need in means if need.source == "price" or not found]
    return found + (_thresholds(facts, by_name) or _flips(facts, by_name))


def _rows(result: Result | None, table: str, **what: object) -> list[dict[str, Any]]:
    if result is None:
        return []
    for one in result.tables:
        if one.name == table:
            names = [column.name for column in one.columns]
            found = [dict(zip(names, row, strict=True)) for row in one.rows]
            return [r for r in found if all(r[key] == value for key, value in what.items())]
    return []


def _gain(context: Context, facts: Facts, by_name: Mapping[str, Result]) -> list[Need]:
    rows = _rows(
        by_name.get("required_gain"), "required_gain", strategy=facts.option, wtp=facts.wtp,
        reading="",
    )  # fmt: skip
    told = [r for r in rows if r["value"] is not None and r["value"] > 0][:1]
    return [
        Need(
            f"{context.unit}s gained by each {r['per_label']}", AT_LEAST, float(r["value"]),
            r["modelled"], context.unit, "required_gain",
        )
        for r in told
    ]  # fmt: skip


def _means(context: Context, facts: Facts) -> list[Need]:
    """Return the extra cost and the extra effect at which mean net benefit is zero."""
    cost, effect = increments(context.leading, context.effect, facts.option, facts.comparator)
    c, e = float(cost.mean()), float(effect.mean())
    found = []
    if c > 0 and facts.wtp > 0:
        found.append(
            Need(
                f"{context.unit}s gained per person", AT_LEAST, c / facts.wtp, e, context.unit,
                "effect",
            )
        )  # fmt: skip
    if e > 0:
        found.append(
            Need(
                "extra cost per person", AT_MOST, facts.wtp * e, c, context.currency, "price",
            )
        )  # fmt: skip
    return found


def _thresholds(facts: Facts, by_name: Mapping[str, Result]) -> list[Need]:
    """Return the inputs that have one threshold, those nearest to their value first."""
    rows = [
        r
        for r in _rows(
            by_name.get("threshold"), "threshold", strategy=facts.option, wtp=facts.wtp,
            comparator=facts.comparator,
        )
        if r["value"] is not None and r["status"] == "threshold"
    ]  # fmt: skip
    several = [r["parameter"] for r in rows]
    rows = [r for r in rows if several.count(r["parameter"]) == 1]
    rows.sort(key=lambda r: float("inf") if r["distance"] is None else abs(r["distance"]))
    return [
        Need(
            str(r["parameter_label"]), AT_LEAST if r["worth_it"] == "above" else AT_MOST,
            float(r["value"]), r["base"], str(r["unit"]), "threshold", str(r["parameter"]),
        )
        for r in rows[:_MOST]
    ]  # fmt: skip


def _flips(facts: Facts, by_name: Mapping[str, Result]) -> list[Need]:
    """Return the inputs that flip the decision within their range, if that was asked at this."""
    result = by_name.get("tornado")
    if result is None or result.data.get("outcome") != "inmb":
        return []
    if not result.find("tornado_width", strategy=facts.option, wtp=facts.wtp):
        return []
    rows = [r for r in _rows(result, "tornado") if r["flip_value"] is not None]
    return [
        Need(
            str(r["label"]), AT_LEAST if r["at_high"] > r["at_low"] else AT_MOST,
            float(r["flip_value"]), None, str(r["unit"]), "tornado", str(r["parameter"]),
        )
        for r in rows[:_MOST]
    ]  # fmt: skip
