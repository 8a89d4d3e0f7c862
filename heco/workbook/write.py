"""The file: cells in memory become a workbook, the same bytes every time."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from typing import Any

from heco.analysis.wording import SYMBOLS
from heco.errors import refuse
from heco.workbook.book import Book, Cell, Place, Sheet, letters, quoted
from heco.workbook.functions import Fault

#: The earliest date of a zip file: no clock may change the bytes.
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LINE = "#BFBFBF"
#: Height of a line [points], and width of a column of which nothing is said [characters].
_LINE_HEIGHT, _WIDTH = 15.5, 8.4
#: Most that is printed side by side on a page. [characters]
_PAGE = 270.0
#: Look of a cell -> how it is drawn.
_LOOKS: dict[str, dict[str, Any]] = {
    "input": {"bg_color": "#FFF2CC", "font_color": "#1F3F8F", "border": 1, "border_color": _LINE,
              "valign": "top"},
    "live": {"align": "right", "valign": "top"},
    "plain": {"font_color": "#404040", "align": "right", "valign": "top"},
    "heco": {"bg_color": "#EDEDED", "font_color": "#404040", "align": "right",
             "valign": "top"},
    "word": {"indent": 1, "align": "left", "text_wrap": True, "valign": "top"},
    "strong": {"bold": True, "valign": "top"},
    "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1,
             "bg_color": "#DCE6F1"},
    "beside": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "indent": 1,
               "align": "left",
               "bg_color": "#DCE6F1"},
    "over": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "align": "right",
             "bg_color": "#DCE6F1"},
    "title": {"bold": True, "font_size": 15},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3864"},
    "note": {"italic": True, "font_color": "#595959"},
    "text": {"valign": "top"},
    "wrap": {"text_wrap": True, "valign": "top"},
}  # fmt: skip


def ready() -> None:
    """Refuse if the library that writes workbooks is not installed.

    Raises
    ------
    ScenarioError
        With what to install.
    """
    try:
        import xlsxwriter  # noqa: F401
    except ImportError as error:
        raise refuse(
            "--excel needs the extra: excel (XlsxWriter), which is not installed",
            hint='pip install "heco-model[excel]"',
        ) from error


def to_bytes(book: Book, currency: str, title: str) -> bytes:
    """Return a workbook as the bytes of a file."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    workbook = xlsxwriter.Workbook(target, options)
    workbook.set_properties({"title": title, "created": _NO_DATE, "author": "heco"})
    workbook.set_calc_mode("auto")
    formats = _Formats(workbook, currency)
    for sheet in book.sheets:
        _sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    for name, place in book.names.items():
        workbook.define_name(name, f"={_absolute(place)}")
    workbook.close()
    return target.getvalue()


def _absolute(place: Place | tuple[Place, Place]) -> str:
    first, last = place if isinstance(place, tuple) else (place, None)
    text = f"{quoted(first.sheet)}!${letters(first.column)}${first.row + 1}"
    return text if last is None else f"{text}:${letters(last.column)}${last.row + 1}"


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Any, currency: str) -> None:
        self.workbook = workbook
        sign = SYMBOLS.get(currency, f"{currency} ")
        whole, pence = f'"{sign}"#,##0', f'"{sign}"#,##0.00'
        self.digits = {
            "number": "General", "short": "0.0000", "fine": "0.00000", "money": f"{pence};-{pence}",
            "whole": f"{whole};-{whole}",
            "probability": "0.0000",
            "percent": "0.0%", "qaly": "0.0000", "count": "0", "years": "0.00",
            "weight": "0.00000", "rate": "0.000000", "tiny": "0.0E+00", "text": "General",
        }  # fmt: skip
        self.known: dict[tuple[str, str], Any] = {}

    def of(self, cell: Cell) -> Any:
        """Return the format of a cell."""
        key = (cell.look, cell.digits + ("=" if cell.formula else ""))
        if key not in self.known:
            drawn = {"font_name": "Calibri", "font_size": 11, **_LOOKS[cell.look]}
            if cell.digits == "text" and cell.look == "live":
                drawn |= {"align": "left", "indent": 1}
            if cell.look == "strong" and cell.formula:
                drawn |= {"align": "right", "text_wrap": True}
            drawn["num_format"] = self.digits[cell.digits]
            self.known[key] = self.workbook.add_format(drawn)
        return self.known[key]

    @property
    def bad(self) -> Any:
        """Return the format of what differs."""
        if ("bad", "") not in self.known:
            drawn = {"bg_color": "#C00000", "font_color": "#FFFFFF", "bold": True}
            self.known["bad", ""] = self.workbook.add_format(drawn)
        return self.known["bad", ""]


def _heights(sheet: Sheet) -> dict[int, float]:
    """Return the height of every row with text that runs over lines; not every program finds it."""
    found: dict[int, float] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.look == "section":
            found[row] = max(found.get(row, 0.0), 18.0)
        if not isinstance(cell.value, str) or not _LOOKS[cell.look].get("text_wrap"):
            continue
        room = max(4.0, 1.1 * sheet.widths.get(column, _WIDTH) - 1.0)
        lines, left = 1, room
        for word in cell.value.split():
            left -= len(word) + 1
            if left < -1:
                lines, left = lines + 1, room - len(word)
        if lines > 1:
            found[row] = max(found.get(row, 0.0), _LINE_HEIGHT * lines)
    return found


def _pages(sheet: Sheet) -> int:
    """Return how many pages side by side a sheet is printed on, so that it can be read."""
    across = sum(sheet.widths.get(column, _WIDTH) for column in range(sheet.size[1]))
    return max(1, math.ceil(across / _PAGE))


def _sheet(made: Any, sheet: Sheet, formats: _Formats) -> None:
    for column, width in sorted(sheet.widths.items()):
        made.set_column(column, column, width)
    for row, height in sorted(_heights(sheet).items()):
        made.set_row(row, height)
    for (row, column), cell in sorted(sheet.cells.items()):
        style = formats.of(cell)
        if cell.formula:
            value = cell.value
            if isinstance(value, Fault):
                value = str(value)
            made.write_formula(
                row, column, f"={cell.formula}", style, "" if value is None else value
            )
        elif isinstance(cell.value, float):
            made.write_number(row, column, cell.value, style)
        else:
            made.write_string(row, column, str(cell.value or ""), style)
    for (row, column), (low, high) in sheet.limits.items():
        made.data_validation(
            row, column, row, column,
            {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high,
             "error_type": "warning", "error_title": "Out of range",
             "error_message": f"heco accepts {low:g} to {high:g} here."},
        )  # fmt: skip
    for top, left, bottom, right in sheet.bad:
        made.conditional_format(
            top, left, bottom, right,
            {"type": "cell", "criteria": "==", "value": '"differs"', "format": formats.bad},
        )  # fmt: skip
    if sheet.frozen != (0, 0):
        made.freeze_panes(*sheet.frozen)
    made.set_landscape()
    made.set_paper(9)  # A4
    made.fit_to_pages(_pages(sheet), 0)
    made.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    made.set_footer("&L&A&RPage &P of &N")
    made.hide_gridlines(2)
    if sheet.repeat is not None:
        made.repeat_rows(*sheet.repeat)
    if sheet.frozen[1]:
        made.repeat_columns(0, sheet.frozen[1] - 1)
