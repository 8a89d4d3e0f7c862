"""The sheet of checks: heco's own numbers beside those of the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from heco.workbook.book import Place, Sheet, letters, number_text
from heco.workbook.inputs import CHANGED, Inputs
from heco.workbook.results import Compared
from heco.workbook.strategy import Made

#: What sheet and heco may differ by, relative to heco's number.
TOLERANCE = "1E-6"
_FIRST = 6


def fill(sheet: Sheet, compared: Sequence[Compared], made: Sequence[Made], inputs: Inputs) -> Place:
    """Write heco's numbers beside the sheets', and what must come to 1; return the verdict."""
    sheet.text(0, 0, "Check", "title")
    sheet.text(
        1,
        0,
        "heco's numbers are those of the inputs as heco ran them. A difference is relative to "
        "heco's number, or to a millionth of the totals that it is a difference of.",
        "note",
    )
    column = letters(CHANGED)
    rows = f"${column}${min(inputs.rows) + 1}:${column}${max(inputs.rows) + 1}"
    changed = Place(inputs.sheet.name, 0, 0).text(sheet.name).rpartition("!")[0] + f"!{rows}"
    sheet.text(2, 0, "Inputs that were changed since heco ran")
    sheet.formula(2, 1, f'COUNTIF({changed},"changed")', "count", "strong")
    sheet.text(3, 0, "Verdict")
    sheet.widths.update({0: 62, 1: 20, 2: 20, 3: 20, 4: 26})
    sheet.row(_FIRST - 1, 0, ("Number", "heco", "This workbook", "Relative difference", "Verdict"),
              left=(0, 4))  # fmt: skip
    sheet.frozen, sheet.repeat = (_FIRST, 0), (_FIRST - 1, _FIRST - 1)
    row = _FIRST
    for one in compared:
        sheet.text(row, 0, one.label)
        sheet.number(row, 1, one.value, one.digits)
        sheet.formula(row, 2, one.place.text(sheet.name), one.digits)
        b, c = f"B{row + 1}", f"C{row + 1}"
        gap = f"ABS({c}-{b})/MAX(ABS({b}),{number_text(one.floor)})"
        sheet.formula(row, 3, f"IF(ISNUMBER({c}),{gap},1)", "tiny")
        judged = f'IF(D{row + 1}<={TOLERANCE},"agrees",IF($B$3>0,"inputs were changed","differs"))'
        sheet.formula(row, 4, judged, "text")
        row += 1
    for strategy in made:
        for words, place in strategy.ones:
            sheet.text(row, 0, f"{words} add to 1, {strategy.sheet.name}")
            sheet.number(row, 1, 1.0, "probability")
            sheet.formula(row, 2, place.text(sheet.name), "probability")
            sheet.formula(row, 3, f"ABS(C{row + 1}-B{row + 1})", "tiny")
            judged = f'IF(D{row + 1}<={TOLERANCE},"agrees","differs")'
            sheet.formula(row, 4, judged, "text")
            row += 1
    cells = f"$E${_FIRST + 1}:$E${row}"
    verdict = (
        f'IF(COUNTIF({cells},"differs")>0,"differs",IF($B$3>0,"inputs were changed","agrees"))'
    )
    sheet.bad += [(_FIRST, 4, row - 1, 4), (3, 1, 3, 1)]
    return sheet.formula(3, 1, verdict, "text", "strong")
