"""What the numbers of one study must be like, form by form."""

from __future__ import annotations

import math
from collections.abc import Mapping

from heco.evidence.csvfile import Sheet
from heco.evidence.meta.measures import Measure

#: Numbers beyond this are slips, and so are those as small; squares of them cannot be computed.
FARTHEST = 1e60
#: Pairs of columns of which the first cannot be larger than the second.
_SHARES = (("events_treat", "n_treat"), ("events_control", "n_control"), ("events", "n"))
_POSITIVE = (
    "n_treat", "n_control", "n", "sd_treat", "sd_control", "exposure", "exposure_treat",
    "exposure_control", "se",
)  # fmt: skip
_WHOLE = ("events_treat", "events_control", "events", "n_treat", "n_control", "n")


def check_row(
    sheet: Sheet, row: int, values: Mapping[str, float], measure: Measure, log: bool
) -> None:
    """Note what is impossible about the numbers of one row.

    Parameters
    ----------
    sheet : Sheet
        Where problems are noted.
    row : int
        Row, counted from 0.
    values : mapping of str to float
        The numbers by column; all are there.
    measure : Measure
        What is pooled.
    log : bool
        Whether published effects are on the pooling scale.
    """
    for column, value in values.items():
        if value != 0 and not 1 / FARTHEST <= abs(value) <= FARTHEST:
            sheet.problem(f"{value:g} is no plausible size for anything", row, column)
        elif column.startswith("events") and value < 0:
            sheet.problem(f"{value:g} events: a count cannot be negative", row, column)
        elif column in _POSITIVE and value <= 0:
            sheet.problem(f"{value:g} is not possible: it must be more than 0", row, column)
    for events, n in _SHARES:
        if events in values and n in values and values[events] > values[n] > 0:
            what = f"{values[events]:g} events in {values[n]:g} people"
            hint = "Count people with the event, not events." if events != "events" else ""
            sheet.problem(what, row, events, hint)
    if "effect" in values:
        _check_effect(sheet, row, values, measure, log)
    if measure.key == "SMD" and {"n_treat", "n_control"} <= set(values):
        people = values["n_treat"] + values["n_control"]
        if 0 < people < 4:
            sheet.problem(f"{people:g} people are too few for a standardised difference", row)


def not_whole(values: Mapping[str, float]) -> list[str]:
    """Return the columns of counts that hold no whole number."""
    return [
        column
        for column, value in values.items()
        if column in _WHOLE and math.isfinite(value) and value != round(value)
    ]


def _check_effect(
    sheet: Sheet, row: int, values: Mapping[str, float], measure: Measure, log: bool
) -> None:
    low, high = (-math.inf, math.inf) if log else measure.limits
    outside = False
    for column in ("effect", "ci_low", "ci_high"):
        if column in values and not low < values[column] < high:
            outside = True
            limits = f"more than {low:g}" + (f" and less than {high:g}" if high < math.inf else "")
            sheet.problem(
                f"{values[column]:g} is not possible for {measure.key}: it must be {limits}",
                row,
                column,
                "If the values are logarithms already, say so (log).",
            )
    if "ci_low" not in values or outside:
        return
    if values["ci_low"] >= values["ci_high"]:
        sheet.problem("the interval's upper limit is not above its lower one", row, "ci_high")
    elif not values["ci_low"] <= values["effect"] <= values["ci_high"]:
        what = (
            f"{values['effect']:g} lies outside its interval "
            f"[{values['ci_low']:g}, {values['ci_high']:g}]"
        )
        sheet.problem(what, row, "effect", "Look for a misprint.")
