"""What a reader should know about the rows of a file of studies."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from heco.evidence.csvfile import Sheet
from heco.evidence.meta import shared as arms
from heco.evidence.meta.cells import not_whole
from heco.evidence.meta.effect_sizes import off_centre
from heco.evidence.meta.effects import listed
from heco.evidence.meta.measures import WITH_CI, WITH_SE
from heco.evidence.meta.studies import Studies


def noted(sheet: Sheet, used: list[int], studies: Studies) -> Studies:
    """Return the studies with what a reader should know about the rows.

    Parameters
    ----------
    sheet : Sheet
        The file.
    used : list of int
        Its rows that became studies, counted from 0.
    studies : Studies
        Those studies.

    Returns
    -------
    Studies
        The same, with notes and warnings.
    """
    notes, warnings = [], []
    if studies.excluded:
        left = listed((f"{name} ({why})" for name, why in studies.excluded.items()), "; ")
        count = len(studies.excluded)
        notes.append(f"{count} {'study' if count == 1 else 'studies'} left out: {left}")
    if len(set(studies.form)) > 1:
        counts = Counter(studies.form)
        ways = ", ".join(f"{n} from {' and '.join(form)}" for form, n in counts.items())
        notes.append(f"effects: {ways}")
    odd = [
        f"{studies.study[i]} ({', '.join(columns)})"
        for i in range(studies.k)
        if (columns := not_whole({c: float(v[i]) for c, v in studies.numbers.items()}))
    ]
    if odd:
        warnings.append(f"counts that are no whole numbers: {listed(odd)}")
    if WITH_SE in studies.form and studies.measure.scale != "natural" and not studies.log:
        whose = "ratios" if studies.measure.scale == "log" else "proportions"
        notes.append(
            f"standard errors are taken to be of the {whose} themselves; if they are of "
            "logarithms, give logarithms as effects too, and say so (--log)"
        )
    warnings += _uneven_intervals(studies)
    at = sheet.columns.index("study")
    again = [sheet.rows[row][at] for row in used]
    if "year" in sheet.columns:
        year = sheet.columns.index("year")
        again = [f"{sheet.rows[row][at]} {sheet.rows[row][year]}" for row in used]
    twice = [text for text, n in Counter(again).items() if n > 1]
    if twice:
        warnings.append(
            f"in several rows: {listed(twice)}; if they are the same people (another outcome, "
            "another arm), keep one of them"
        )
    return replace(studies, notes=tuple(notes), warnings=tuple(warnings))


def _uneven_intervals(studies: Studies) -> list[str]:
    """Return a warning for published intervals that do not lie evenly about their estimates."""
    rows = [i for i, form in enumerate(studies.form) if form == WITH_CI]
    if not rows:
        return []
    part = studies.effects_of(WITH_CI, np.array(rows))
    low, high = (studies.numbers[column][rows] for column in WITH_CI[1:])
    if not studies.log:
        low, high = studies.measure.pooling(low), studies.measure.pooling(high)
    off = off_centre(part, low, high)
    if not off:
        return []
    names = listed(part.study[i] for i in off)
    return [f"intervals that do not lie evenly about the estimate (a misprint?): {names}"]


def with_suspicion(studies: Studies) -> Studies:
    """Return the studies with a warning of rows that report exactly the same control arm."""
    found = [
        " and ".join(studies.study[i] for i in rows)
        for rows in arms.suspected(studies.form, studies.numbers)
    ]
    if not found:
        return studies
    warning = (
        f"the same control arm in {listed(found, '; ')}: if it is the same people, they are "
        "counted more than once; name the shared arm in a column and give that column"
    )
    return replace(studies, warnings=(*studies.warnings, warning))
