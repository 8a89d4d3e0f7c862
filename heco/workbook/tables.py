"""The sheet of look-up tables: keys and values, named, so that formulas can read them."""

from __future__ import annotations

from heco.scenario.scenario import Scenario
from heco.workbook.book import Book, Sheet
from heco.workbook.inputs import digits_of

_TOP = 4


def fill(book: Book, sheet: Sheet, scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Write every table, and return the names of the ranges of its keys and of its values."""
    sheet.text(0, 0, "Tables", "title")
    sheet.text(
        1, 0, "Values that change with age or time. Yellow values may be changed; the ages or "
        "times at which they begin stay.", "note",
    )  # fmt: skip
    sheet.frozen, sheet.repeat = (_TOP, 0), (_TOP - 1, _TOP - 1)
    names: dict[str, tuple[str, str]] = {}
    column = 0
    for name, table in scenario.tables.items():
        parameter = scenario.parameters[name]
        rule = "straight lines between" if table.method == "linear" else "from this row on"
        sheet.text(_TOP - 2, column, f"{parameter.label} ({rule})", "strong")
        by = parameter.table.by if parameter.table else table.by
        unit = parameter.unit or "value"
        sheet.row(_TOP - 1, column, (by.replace("_", " "), unit))
        digits = digits_of(parameter.unit, scenario.decision.currency)
        (values,) = table.columns.values()
        for row, (key, value) in enumerate(zip(table.keys, values, strict=True), _TOP):
            sheet.number(row, column, float(key), "number", "plain")
            sheet.number(row, column + 1, float(value), "rate" if digits != "money" else digits,
                         "input")  # fmt: skip
        last = _TOP + len(values) - 1
        names[name] = (
            book.name(f"{name}_by", sheet.place(_TOP, column), sheet.place(last, column)),
            book.name(f"{name}_value", sheet.place(_TOP, column + 1),
                      sheet.place(last, column + 1)),
        )  # fmt: skip
        sheet.widths.update({column: 14, column + 1: 18, column + 2: 6})
        column += 3
    return names
