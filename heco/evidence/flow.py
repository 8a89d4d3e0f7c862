"""How a review came to its studies: the counts of a PRISMA 2020 flow diagram, from a file.

The file has a row for each box: ``stage, label, n``. Boxes of the main column, top to bottom:
``identified, screened, sought, assessed, papers, included``; boxes at the side of the one above
them: ``removed, excluded, not_retrieved, excluded_full``. Reviews rarely print all of them; those
that are missing are not drawn, and nothing is made up.

References
----------
Page et al. (2021), BMJ 372:n71.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from heco.errors import did_you_mean
from heco.evidence.csvfile import read_csv

#: Boxes of the main column, top to bottom, and the box at the side of each.
MAIN = ("identified", "screened", "sought", "assessed", "papers", "included")
SIDE = {
    "removed": "identified",
    "excluded": "screened",
    "not_retrieved": "sought",
    "excluded_full": "assessed",
}

#: A number of records, with commas or without.
_COUNT = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3}")


@dataclass(frozen=True)
class Box:
    """One line of a box: what is counted, and how many."""

    stage: str
    label: str
    n: int


@dataclass(frozen=True)
class Flow:
    """The boxes of a diagram.

    Parameters
    ----------
    boxes : tuple of Box
        As written; a stage may have several.
    """

    boxes: tuple[Box, ...]

    @property
    def totals(self) -> dict[str, int]:
        """The count of each stage."""
        totals: dict[str, int] = {}
        for box in self.boxes:
            totals[box.stage] = totals.get(box.stage, 0) + box.n
        return totals

    @property
    def stages(self) -> list[str]:
        """The stages of the main column that are there, top to bottom."""
        return [stage for stage in MAIN if stage in self.totals]

    def of(self, stage: str) -> list[Box]:
        """Return the boxes of a stage."""
        return [box for box in self.boxes if box.stage == stage]

    def beside(self, stage: str) -> list[Box]:
        """Return the boxes at the side of a stage of the main column."""
        return [box for box in self.boxes if SIDE.get(box.stage) == stage]


def read_flow(path: str | Path, name: str = "") -> Flow:
    """Return the boxes of a file.

    Parameters
    ----------
    path : str or Path
        CSV with ``stage, label, n``.
    name : str
        What the author calls it; the path itself if empty.

    Raises
    ------
    ScenarioError
        With every problem: an unknown stage, a count that is none, more reports below than above.
    """
    sheet = read_csv(path, name, by_hand=True)
    sheet.require(["stage", "label", "n"])
    at = {column: sheet.columns.index(column) for column in ("stage", "label", "n")}
    boxes = []
    for row, cells in enumerate(sheet.rows):
        stage, label, text = (cells[at[column]] for column in ("stage", "label", "n"))
        if stage not in (*MAIN, *SIDE):
            hint = did_you_mean(stage, (*MAIN, *SIDE))
            sheet.problem(f'there is no stage "{stage}"', row, "stage", hint)
        if not _COUNT.fullmatch(text):
            sheet.problem(f'"{text}" is not a count', row, "n")
            continue
        boxes.append(Box(stage, label, int(text.replace(",", ""))))
    sheet.finish()
    flow = Flow(tuple(boxes))
    totals = flow.totals
    above = None
    for stage in flow.stages:
        if above is not None and totals[stage] > totals[above]:
            sheet.problem(f"{totals[stage]:,} {stage}, but {totals[above]:,} {above}")
        above = stage
    for side, stage in SIDE.items():
        if side in totals and stage in totals and totals[side] > totals[stage]:
            sheet.problem(f"{totals[side]:,} {side} of {totals[stage]:,} {stage}")
    sheet.finish()
    return flow
