"""Bring your own draws: the tables of a probabilistic analysis that another program made.

A file has a row per draw, or a row per strategy and draw (then draws are linked by their number).
`heco.psa_layouts` knows whose layout a header is. Several files may be one analysis: costs, effects
and parameters apart (SAVI), results apart from the inputs, or hesim's costs apart from its QALYs.
Anything that is not plainly right is refused with row and column; nothing is dropped, filled in or
matched by position without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from heco.errors import Problem, ScenarioError, refuse
from heco.evidence.csvfile import Sheet, read_csv
from heco.psa_layouts import (
    INDEX,
    NET,
    ROW_NAMES,
    Wide,
    index_column,
    long_layout,
    mapped_layout,
    parse_map,
    wide_layout,
)
from heco.psa_long import long_psa
from heco.psa_tables import ImportedPsa, Source, wide_psa

__all__ = ["ImportedPsa", "parse_map", "read", "read_sheet"]

#: What the name of a file says about what is in it, where costs and effects lie apart: as words, or
#: as the letters that R's packages use.
_ROLES = {
    "benefit": r"net.?benefit|(?<![a-z])nm?b(?![a-z])",
    "cost": r"cost|(?<![a-z])c(?![a-z])",
    "effect": r"effect|qaly|utilit|(?<![a-z])eff|(?<![a-z])e(?![a-z])",
    "parameters": r"param|input|theta|(?<![a-z])pars?(?![a-z])",
}
#: What the columns of such files may be called by number: costs1 and effects1 are strategy 1.
_NUMBERED = re.compile(r"(?:costs?|effects?|eff|qalys?|[ce])[._ ]?(\d+)", re.IGNORECASE)


def read(
    paths: str | Path | Sequence[str | Path], mapping: Mapping[str, str] | None = None
) -> ImportedPsa:
    """Read a probabilistic analysis.

    Parameters
    ----------
    paths : path or sequence of paths
        One file or several that belong together, .csv or .csv.gz.
    mapping : mapping of str to str, optional
        What the columns are, where the header does not say: see
        `heco.psa_layouts.mapped_layout`. ``@FILE`` means every column of one of the files.

    Returns
    -------
    ImportedPsa
        With at least two strategies and two draws.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    sheets = [read_sheet(path) for path in several]
    if mapping and any(value.startswith("@") for value in mapping.values()):
        return _savi(_pointed(sheets, mapping))
    if mapping is None:
        long = [long_layout(sheet.columns) for sheet in sheets]
        if sheets and all(long):
            return long_psa(sheets, [layout for layout in long if layout])
        apart = _apart(sheets)
        if apart:
            return _savi(apart)
        inputs = [sheet for sheet in sheets if _role(sheet) == "parameters"]
        outcomes = [sheet for sheet in sheets if _role(sheet) != "parameters"]
        wide = wide_layout(_header(outcomes)) if inputs else None
        if wide and not wide.strict:
            # A cost c.home among the inputs is no strategy, whatever it is called.
            numbers = {ROW_NAMES, index_column(inputs[0].columns)}
            names = {c: c for c in _header(inputs) if c not in numbers}
            wide = replace(wide, parameters={**wide.parameters, **names})
            return _wide(sheets, outcomes, wide)
    header = _header(sheets)
    known = mapped_layout(header, mapping) if mapping else wide_layout(header)
    if known is None:
        raise ScenarioError([_unknown(sheets)])
    return _wide(sheets, sheets, known)


def _header(sheets: Sequence[Sheet]) -> list[str]:
    return list(dict.fromkeys(column for sheet in sheets for column in sheet.columns))


def _wide(sheets: Sequence[Sheet], outcomes: Sequence[Sheet], wide: Wide) -> ImportedPsa:
    """Return the analysis whose costs and effects are in some of the files."""
    cost, effect = _sources(outcomes, wide.cost), _sources(outcomes, wide.effect)
    return _signed(wide_psa(sheets, cost, effect, _sources(sheets, wide.parameters), wide))


def _signed(made: ImportedPsa) -> ImportedPsa:
    """Return net benefit as what it is: costs the other way round, and no effects."""
    if made.layout != NET:
        return made
    return replace(made, cost=-made.cost, effect=np.zeros_like(made.cost))


def read_sheet(path: str | Path) -> Sheet:
    """Return a CSV file as text, packed or not; a first column without a name numbers the rows."""
    return read_csv(path, row_names=ROW_NAMES)


def _unknown(sheets: Sequence[Sheet]) -> Problem:
    columns = [column for sheet in sheets for column in sheet.columns]
    shown = ", ".join(columns[:8]) + (", ..." if len(columns) > 8 else "")
    return Problem(
        f"the columns do not say which are costs and which are effects: {shown}",
        "header",
        "Call them cost:NAME and qaly:NAME by strategy, or say which is which with --map.",
        ", ".join(sheet.file for sheet in sheets),
    )


def _sources(sheets: Sequence[Sheet], columns: Mapping[str, str]) -> dict[str, Source]:
    """Return the sheet in which each column is; a column must not be in two."""
    found: dict[str, Source] = {}
    problems = []
    for name, column in columns.items():
        holders = [sheet for sheet in sheets if column in sheet.columns]
        if len(holders) > 1:
            what = f'"{column}" is a column of {holders[0].file} and of {holders[1].file}'
            problems.append(Problem(what, "header", "Rename one of them, or leave it out."))
        found[name] = Source(holders[0], column)
    if problems:
        raise ScenarioError(problems)
    return found


def _role(sheet: Sheet) -> str:
    """Return what a file holds by its name, or nothing."""
    name = Path(sheet.file).name.lower()
    return next((role for role, word in _ROLES.items() if re.search(word, name)), "")


def _apart(sheets: Sequence[Sheet]) -> dict[str, Sheet]:
    """Return the files by what their names say is in them, if costs and effects lie apart."""
    parts: dict[str, Sheet] = {}
    outcomes = [sheet for sheet in sheets if _role(sheet) != "parameters"]
    if len(sheets) < 2 or any(wide_layout(sheet.columns) for sheet in outcomes):
        return {}
    for sheet in sheets:
        role = _role(sheet) or "parameters"
        if role in parts:
            what = f"{parts[role].file} is a file of {role} too, by its name"
            hint = 'Put "cost", "effect" and "param" into the names, or use --map cost=@FILE.'
            raise ScenarioError([Problem(what, "", hint, sheet.file)])
        parts[role] = sheet
    return parts if {"cost", "effect"} <= parts.keys() or "benefit" in parts else {}


def _pointed(sheets: Sequence[Sheet], mapping: Mapping[str, str]) -> dict[str, Sheet]:
    """Return the files by what the author says is in them: ``cost=@FILE``."""
    by_name = {Path(sheet.file).name: sheet for sheet in sheets}
    roles = {"nb": "benefit", "cost": "cost", "effect": "effect", "param": "parameters"}
    parts = {}
    for key, value in mapping.items():
        name = Path(value.removeprefix("@")).name
        if key not in roles or not value.startswith("@") or name not in by_name:
            hint = f"Files: {', '.join(by_name)}."
            raise refuse(f'"{value}" is none of the files', f"--map {key}", hint)
        parts[roles[key]] = by_name[name]
    if not ({"cost", "effect"} <= parts.keys() or "benefit" in parts):
        raise refuse("a map needs both cost and effect, or nb", "--map")
    left = [sheet for sheet in sheets if not any(sheet is part for part in parts.values())]
    if len(left) > 1 or (left and "parameters" in parts):
        raise refuse(f"nothing says what is in {left[-1].file}", "--map", "Write param=@FILE.")
    return parts | ({"parameters": left[0]} if left else {})


def _savi(parts: Mapping[str, Sheet]) -> ImportedPsa:
    """Return an analysis whose outcomes lie in files with a column per strategy."""
    found = {
        role: {
            column: Source(sheet, column) for column in sheet.columns if column.lower() not in INDEX
        }
        for role, sheet in parts.items()
    }
    inputs, sheets = found.get("parameters", {}), list(parts.values())
    if "benefit" in found:
        net = found["benefit"]
        return _signed(wide_psa(sheets, net, net, inputs, Wide(NET, {}, {})))
    cost, effect = found["cost"], found["effect"]
    if cost.keys() != effect.keys():
        short = _by_number(cost), _by_number(effect)
        if short[0] and short[0].keys() == short[1].keys():
            cost, effect = short
    return wide_psa(sheets, cost, effect, inputs, Wide("SAVI", {}, {}))


def _by_number(names: Mapping[str, Source]) -> dict[str, Source]:
    """Return ``costs1`` as ``1`` for every name, or nothing if a name is not like that."""
    matches = {name: _NUMBERED.fullmatch(name) for name in names}
    return {
        match.group(1): names[name]
        for name, match in matches.items()
        if match and all(matches.values())
    }
