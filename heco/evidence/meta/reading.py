"""Reading studies from a CSV file: what is there, what is missing, what cannot be.

One row per study. Which columns are needed follows from the measure; any other column can define
subgroups or be a moderator. A row in which something is *missing* is left out and named; a row in
which something is *impossible* (more events than people) is refused with its row and column.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.csvfile import Sheet, read_csv
from heco.evidence.meta import remarks
from heco.evidence.meta import shared as arms
from heco.evidence.meta.cells import check_row
from heco.evidence.meta.covariates import MISSING
from heco.evidence.meta.measures import FloatArray, Measure, measure_named
from heco.evidence.meta.studies import Studies

Form = tuple[str, ...]


def read_studies(
    path: str | Path,
    measure: str,
    *,
    log: bool = False,
    only: Mapping[str, str] | None = None,
    shared_by: str | None = None,
    shared: str = "combine",
    name: str = "",
) -> Studies:
    """Read studies from a CSV file.

    Parameters
    ----------
    path : str or Path
        The file: one row per study, a column ``study``, and the columns of the measure, or
        ``effect`` with ``se`` or with ``ci_low`` and ``ci_high``.
    measure : str
        A key of ``MEASURES``, for example ``OR``.
    log : bool
        Whether published ratios are logarithms already.
    only : mapping of str to str or None
        Keep the rows in which each of these columns holds this word.
    shared_by : str or None
        A column that names the control arm that several rows share; empty where none is shared.
    shared : str
        ``combine``, ``split`` or ``covariance``: what to do with them.
    name : str
        What the author calls the file; the path itself if empty.

    Returns
    -------
    Studies
        At least one; `excluded`, `notes` and `warnings` say what happened to the rest.

    Raises
    ------
    ScenarioError
        With every problem in the file, by row and column.
    """
    wanted = measure_named(measure)
    if shared not in arms.RULES:
        raise refuse(
            f'there is no rule "{shared}"', "shared", did_you_mean(str(shared), arms.RULES)
        )
    sheet = read_csv(path, name, by_hand=True)
    sheet.require(["study", *(only or {}), *([] if shared_by is None else [shared_by])])
    rows = _selected(sheet, only or {})
    _refuse_mixed(sheet, rows, wanted)
    forms = _forms(sheet, wanted)
    used: list[int] = []
    form: list[Form] = []
    values: list[dict[str, float]] = []
    lacking: dict[int, str] = {}
    for row in rows:
        own, got, why = _row(sheet, row, forms)
        if why:
            lacking[row] = why
            continue
        check_row(sheet, row, got, wanted, log)
        used.append(row)
        form.append(own)
        values.append(got)
    names = _names(sheet, rows)
    if not used and not sheet.problems:
        hint = "; ".join(f"{names[row]}: {why}" for row, why in list(lacking.items())[:5])
        sheet.problem("there is no study that can be used", hint=hint)
    sheet.finish()
    studies = Studies(
        measure=wanted,
        study=tuple(names[row] for row in used),
        form=tuple(form),
        numbers=_columns(forms, values),
        columns={
            column: tuple(sheet.rows[row][i] for row in used)
            for i, column in enumerate(sheet.columns)
        },
        log=log,
        excluded={names[row]: why for row, why in lacking.items()},
    )
    studies = remarks.noted(sheet, used, studies)
    if shared_by is None:
        return remarks.with_suspicion(studies)
    return _share(sheet, used, studies, shared_by, shared)


def _selected(sheet: Sheet, only: Mapping[str, str]) -> list[int]:
    """Return the rows that hold the words that are asked for."""
    places = {sheet.columns.index(column): str(word) for column, word in only.items()}
    rows = [
        i
        for i, cells in enumerate(sheet.rows)
        if all(cells[at] == word for at, word in places.items())
    ]
    if not rows:
        for at, word in places.items():
            there = {cells[at] for cells in sheet.rows}
            if word not in there:
                column = sheet.columns[at]
                hint = did_you_mean(word, there)
                sheet.problem(f'no row has "{word}"', column=column, hint=hint)
        if not sheet.problems:
            sheet.problem("no row has all of " + ", ".join(f"{c} = {w}" for c, w in only.items()))
        sheet.finish()
    return rows


def _refuse_mixed(sheet: Sheet, rows: list[int], measure: Measure) -> None:
    """Note rows whose own column says that they measure something else."""
    if "measure" not in sheet.columns:
        return
    at = sheet.columns.index("measure")
    for row in rows:
        cell = sheet.rows[row][at]
        if cell not in MISSING and cell.upper() != measure.key:
            sheet.problem(
                f'the row measures "{cell}", and {measure.key} is pooled',
                row,
                "measure",
                "Different measures cannot be pooled; choose rows with only.",
            )


def _forms(sheet: Sheet, measure: Measure) -> list[Form]:
    """Return the ways in which this file can give an effect."""
    forms = [form for form in measure.forms if set(form) <= set(sheet.columns)]
    if not forms:
        ways = " or ".join(", ".join(form) for form in measure.forms)
        lacking = [column for column in measure.forms[0] if column not in sheet.columns]
        near = [did_you_mean(column, sheet.columns) for column in lacking]
        hint = " ".join(dict.fromkeys(text for text in near if text.startswith("Did")))
        sheet.problem(f"{measure.key} needs the columns {ways}", hint=hint)
        sheet.finish()
    return forms


def _row(sheet: Sheet, row: int, forms: list[Form]) -> tuple[Form, dict[str, float], str]:
    """Return the form and the numbers of one row, or what it lacks."""
    cells = dict(zip(sheet.columns, sheet.rows[row], strict=True))
    got: dict[str, float] = {}
    for column in dict.fromkeys(column for form in forms for column in form):
        text = cells[column]
        if text in MISSING:
            continue
        try:
            got[column] = float(text) if "_" not in text else math.nan
        except ValueError:
            got[column] = math.nan
        if not math.isfinite(got[column]):
            hint = "Leave the cell empty if the number is not reported."
            sheet.problem(f'"{text}" is not a number', row, column, hint)
    for form in forms:
        if set(form) <= set(got):
            return form, {column: got[column] for column in form}, ""
    lacking = [column for column in forms[0] if column not in got]
    return forms[0], {}, f"not reported: {', '.join(lacking)}"


def _names(sheet: Sheet, rows: list[int]) -> dict[int, str]:
    """Return a name for each row, with the year or the row added where two are the same."""
    at = sheet.columns.index("study")
    names = {row: sheet.rows[row][at] for row in rows}
    for row, text in names.items():
        if not text:
            sheet.problem("the study has no name", row, "study")
    if "year" in sheet.columns:
        year = sheet.columns.index("year")
        counts = Counter(names.values())
        names = {
            row: f"{text} {sheet.rows[row][year]}".strip() if counts[text] > 1 else text
            for row, text in names.items()
        }
    counts = Counter(names.values())
    return {
        row: f"{text} (row {row + 1})" if counts[text] > 1 else text for row, text in names.items()
    }


def _columns(forms: list[Form], values: list[dict[str, float]]) -> dict[str, FloatArray]:
    columns = dict.fromkeys(column for form in forms for column in form)
    return {
        column: np.array([value.get(column, math.nan) for value in values]) for column in columns
    }


def _share(sheet: Sheet, used: list[int], studies: Studies, column: str, rule: str) -> Studies:
    """Return the studies with shared control arms dealt with."""
    labels = studies.columns[column]
    groups = arms.clusters(labels)
    for members in groups:
        forms = {studies.form[i] for i in members}
        form = studies.form[members[0]]
        if len(forms) > 1 or form not in arms.CONTROL:
            sheet.problem(
                "comparisons that share a control arm need counts or means of every arm",
                used[members[0]],
                column,
                "Or keep only one of them.",
            )
            continue
        for i in members[1:]:
            for part in arms.CONTROL[form]:
                here, there = studies.numbers[part][i], studies.numbers[part][members[0]]
                if here != there:
                    what = (
                        f"{here:g}, but {there:g} in {studies.study[members[0]]}, which shares "
                        "its control arm"
                    )
                    sheet.problem(what, used[i], part)
    sheet.finish()
    if not groups:
        return studies
    named = "; ".join(" and ".join(studies.study[i] for i in members) for members in groups)
    notes = (*studies.notes, f"shared control arms ({named}): {arms.RULES[rule]}")
    if rule == "covariance":
        return replace(studies, notes=notes, clusters=groups)
    return replace(studies.shared(groups, rule, labels), notes=notes)
