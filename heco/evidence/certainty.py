"""How far a body of evidence can be trusted: GRADE, outcome by outcome, from a file.

Trials start at high certainty, observational studies at low. Each of five domains may take one
level ("serious") or two ("very serious") away; a large effect, a dose response, or confounding
that would have hidden the effect may give some back. The domains are judgements of people and are
taken as they are; the certainty is what they come to, and a file that says another is questioned.

References
----------
Guyatt et al. (2008), BMJ 336:924-926; GRADE Handbook, Schünemann et al. (2013).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from heco.errors import did_you_mean
from heco.evidence.csvfile import Sheet, read_csv

#: From the worst to the best.
LEVELS = ("very low", "low", "moderate", "high")
#: Domains that take levels away, each a column.
DOMAINS = (
    "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias",
)  # fmt: skip
#: Columns that give levels back.
UPGRADES = ("large_effect", "dose_response", "confounding")
_DOWN = {
    "": 0, "not serious": 0, "undetected": 0, "no": 0, "serious": -1, "suspected": -1,
    "strongly suspected": -1, "very serious": -2, "extremely serious": -3,
}  # fmt: skip
_UP = {"": 0, "no": 0, "none": 0, "yes": 1, "large": 1, "very large": 2}
_DESIGNS = {"": 3, "trials": 3, "rct": 3, "randomised": 3, "observational": 1}


@dataclass(frozen=True)
class Certainty:
    """One line of a summary of findings.

    Parameters
    ----------
    outcome : str
        What was measured.
    level : str
        One of `LEVELS`.
    reasons : tuple of str
        The domains that took a level away, or gave one back, in words.
    parameter : str
        The input of the model that it is about; empty for none.
    effect : str
        The effect as published, in words, where no input holds it.
    control_risk : float or None
        Risk without treatment, for absolute effects. [probability]
    studies, participants : int or None
        How many; None if not said.
    source, note : str
        Who judged, and what a reader should know.
    """

    outcome: str
    level: str
    reasons: tuple[str, ...]
    parameter: str = ""
    effect: str = ""
    control_risk: float | None = None
    studies: int | None = None
    participants: int | None = None
    source: str = ""
    note: str = ""

    @property
    def marks(self) -> str:
        """The level as four circles."""
        full = LEVELS.index(self.level) + 1
        return "⊕" * full + "○" * (4 - full)


def read_certainty(path: str | Path, name: str = "") -> tuple[Certainty, ...]:
    """Return the lines of a summary of findings.

    Parameters
    ----------
    path : str or Path
        CSV with ``outcome``, ``source``, the five domains, and, where they apply, ``design``
        (trials or observational), ``large_effect``, ``dose_response``, ``confounding``,
        ``certainty``, ``parameter``, ``effect``, ``control_risk``, ``studies``, ``participants``,
        ``note``.
    name : str
        What the author calls it; the path itself if empty.

    Raises
    ------
    ScenarioError
        With every problem, by row and column; a certainty that the domains do not come to is one.
    """
    sheet = read_csv(path, name, by_hand=True)
    sheet.require(["outcome", "source", *DOMAINS])
    found = tuple(_line(sheet, row) for row in range(len(sheet.rows)))
    sheet.finish()
    return found


def _line(sheet: Sheet, row: int) -> Certainty:
    cells = dict(zip(sheet.columns, sheet.rows[row], strict=True))
    for column in ("outcome", "source"):
        if not cells[column]:
            sheet.problem("the cell is empty", row, column)
    level = _of(sheet, row, "design", cells, _DESIGNS)
    reasons = []
    for column in DOMAINS:
        step = _of(sheet, row, column, cells, _DOWN)
        level += step
        if step:
            reasons.append(f"{cells[column].lower()} {column.replace('_', ' ')}")
    for column in UPGRADES:
        step = _of(sheet, row, column, cells, _UP)
        level += step
        if step:
            reasons.append(f"raised for {column.replace('_', ' ')}")
    comes = LEVELS[min(max(level, 0), 3)]
    said = cells.get("certainty", "").lower()
    if said and said not in LEVELS:
        sheet.problem(
            f'"{said}" is no certainty', row, "certainty", did_you_mean(said, LEVELS)
        )  # fmt: skip
    elif said and said != comes:
        sheet.problem(
            f'the domains come to "{comes}", not to "{said}"', row, "certainty",
            "Leave the cell empty, or look at the domains.",
        )  # fmt: skip
    risk = _number(sheet, row, "control_risk", cells)
    if risk is not None and not 0 < risk < 1:
        sheet.problem(f"{risk:g} is no probability", row, "control_risk")
    return Certainty(
        cells["outcome"], comes, tuple(reasons), cells.get("parameter", ""),
        cells.get("effect", ""), risk, _count(sheet, row, "studies", cells),
        _count(sheet, row, "participants", cells), cells["source"], cells.get("note", ""),
    )  # fmt: skip


def _of(sheet: Sheet, row: int, column: str, cells: dict[str, str], steps: dict[str, int]) -> int:
    word = " ".join(cells.get(column, "").lower().split())
    if word not in steps:
        hint = did_you_mean(word, [known for known in steps if known])
        sheet.problem(f'"{cells[column]}" is no judgement', row, column, hint)
    return steps.get(word, 0)


def _number(sheet: Sheet, row: int, column: str, cells: dict[str, str]) -> float | None:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        sheet.problem(f'"{text}" is not a number', row, column)
        return None
    return value


def _count(sheet: Sheet, row: int, column: str, cells: dict[str, str]) -> int | None:
    value = _number(sheet, row, column, cells)
    if value is not None and (value < 0 or value != int(value)):
        sheet.problem(f"{value:g} is not a count", row, column)
        return None
    return None if value is None else int(value)
