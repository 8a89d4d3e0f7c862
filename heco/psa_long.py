"""From sheets with a row per strategy and draw to arrays, linked by strategy and draw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from heco.errors import Problem, ScenarioError
from heco.evidence.csvfile import MOST_PROBLEMS, Sheet
from heco.outcomes import Array
from heco.psa_layouts import DIVISIONS, INDEX, Long, unpaired
from heco.psa_tables import ImportedPsa, Source, all_text, finish

Places = dict[tuple[str, str], list[int]]


def long_psa(sheets: Sequence[Sheet], layouts: Sequence[Long]) -> ImportedPsa:
    """Return the analysis that sheets with a row per strategy and draw hold.

    Parameters
    ----------
    sheets : sequence of Sheet
        One file with costs and effects, or one with each.
    layouts : sequence of Long
        What the columns of each are.

    Raises
    ------
    ScenarioError
        With every problem; a strategy without some draw is named, and so is a draw that is there
        twice.
    """
    cost: dict[str, dict[str, float]] = {}
    effect: dict[str, dict[str, float]] = {}
    problems: list[Problem] = []
    warnings: list[str] = []
    parameters: dict[str, Array] = {}
    for sheet, layout in zip(sheets, layouts, strict=True):
        if not layout.index:
            what = "draws cannot be linked: no column numbers them"
            hint = "Number the draws in a column called draw, sample or .index."
            raise ScenarioError([Problem(what, "header", hint, sheet.file)])
        places, more = _places(sheet, layout)
        problems += more
        for column, into in ((layout.cost, cost), (layout.effect, effect)):
            if column:
                values = sheet.numbers(column)
                for (strategy, draw), rows in places.items():
                    known = into.setdefault(strategy, {})
                    if draw in known:
                        what = f"draw {draw} of strategy {strategy} is in another file already"
                        sheet.problem(what, rows[0], column)
                    known[draw] = float(sum(values[i] for i in rows))
    draws = list(dict.fromkeys(draw for by in cost.values() for draw in by))
    file = ", ".join(Path(sheet.file).name for sheet in sheets)
    named = [{name: f"column {name}" for name in part} for part in (cost, effect)]
    faults = unpaired(named[0], named[1], layouts[0].layout)
    if not cost or not effect:
        what = f"there are no {'costs' if effect else 'effects'}"
        faults = [(what, "Give the file that holds them as well.")]
    problems += [Problem(what, "", hint, file) for what, hint in faults]
    if not faults:
        problems += _holes(cost, "cost", draws, file) + _holes(effect, "effect", draws, file)
    if len(draws) < 2 and not problems:
        problems.append(Problem("one draw is no probabilistic analysis", file=file))
    finish(sheets, problems)
    for sheet, layout in zip(sheets, layouts, strict=True):
        found, notes = _inputs(sheet, layout, list(cost), draws)
        parameters |= found
        warnings += notes
    finish(sheets)
    if layouts[0].layout == "heemod":
        warnings.append(
            "heemod reports totals of its cohort (1,000 people unless init says otherwise), not "
            "values per person: net benefit and the value of information are per cohort too."
        )
    return ImportedPsa(
        tuple(cost),
        np.array([[by[draw] for draw in draws] for by in cost.values()]),
        np.array([[effect[name][draw] for draw in draws] for name in cost]),
        parameters,
        layouts[0].layout,
        tuple(warnings),
    )


def _places(sheet: Sheet, layout: Long) -> tuple[Places, list[Problem]]:
    """Return the rows of each strategy and draw: one, or one per category of cost."""
    strategy, draw = sheet.texts(layout.strategy), sheet.texts(layout.index)
    divided = {
        column.lower(): sheet.texts(column) for column in layout.rest if column.lower() in DIVISIONS
    }
    problems = []
    for word in ("dr", "grp", "grp_id"):
        values = sorted(set(divided.get(word, ())))
        if len(values) > 1:
            what = f"{word} has several values: {', '.join(values[:5])}"
            hint = "Keep the rows of one discount rate and one group."
            problems.append(Problem(what, f"column {word}", hint, sheet.file))
    category = divided.get("category", [""] * len(sheet.rows))
    total = "total" in category
    places: Places = {}
    seen: dict[tuple[str, str, str], int] = {}
    for i, key in enumerate(zip(strategy, draw, category, strict=True)):
        if total and key[2] != "total":
            continue
        if key in seen and not problems:
            what = f"draw {key[1]} of strategy {key[0]} is in row {seen[key] + 1} already"
            sheet.problem(what, i, layout.index)
        seen.setdefault(key, i)
        places.setdefault(key[:2], []).append(i)
    return places, problems


def _holes(
    values: dict[str, dict[str, float]], kind: str, draws: Sequence[str], file: str
) -> list[Problem]:
    """Return the strategies that lack some draw which others have."""
    known = dict.fromkeys([*draws, *(draw for by in values.values() for draw in by)])
    found = []
    for name, by in values.items():
        missing = [draw for draw in known if draw not in by]
        if missing:
            shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
            share = f"{len(missing):,} of {len(known):,} draws"
            what = f"strategy {name} has no {kind} in {share}: {shown}"
            found.append(Problem(what, "", "Every strategy needs every draw.", file))
    return found[:MOST_PROBLEMS]


def _inputs(
    sheet: Sheet, layout: Long, strategies: Sequence[str], draws: Sequence[str]
) -> tuple[dict[str, Array], list[str]]:
    """Return the columns that hold the same number for every strategy of a draw.

    Others, such as the total of each kind of cost, are outcomes of a strategy and no inputs.
    """
    draw = sheet.texts(layout.index)
    order = {key: i for i, key in enumerate(draws)}
    at = np.array([order[key] for key in draw], dtype=np.intp)
    inputs: dict[str, Array] = {}
    left = []
    for column in layout.rest:
        if column.lower() in (*DIVISIONS, *INDEX):
            continue
        if all_text(Source(sheet, column)):
            left.append(column)
            continue
        values = sheet.numbers(column)
        by_draw = np.empty(len(draws))
        by_draw[at] = values
        if np.array_equal(by_draw[at], values):
            inputs[column] = by_draw
        else:
            left.append(column)
    if not left:
        return inputs, []
    return inputs, [
        f"Columns that differ between strategies or are text, not used: {', '.join(left)}."
    ]
