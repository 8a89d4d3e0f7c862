"""V34: the workbook, computed from the text of its formulas, against the engine."""

from __future__ import annotations

import importlib.util

from heco.verify.bench import Bench
from heco.verify.check import Check, NotApplicable, Probe, Verdict

_TOTALS = ("cost", "qaly", "life_years")
#: What a spreadsheet's functions may differ by.
_SHEET = 1e-6


def _workbook(bench: Bench) -> Verdict:
    if importlib.util.find_spec("xlsxwriter") is None:
        raise NotApplicable("XlsxWriter, which writes workbooks, is not installed (extra: excel)")
    from heco.workbook import book_of
    from heco.workbook.reader import read
    from heco.workbook.write import to_bytes

    probe = Probe(_SHEET)
    book = book_of(bench.scenario)
    # What is read back is what people get: only values and formulas, none of heco's results.
    engine = read(to_bytes(book, bench.scenario.decision.currency, bench.scenario.name))
    rows = range(1 if book.frozen else bench.rows.n)
    for row in rows:
        inputs = {
            book.columns[name]: float(values[row])
            for name, values in zip(bench.rows.names, bench.rows.values, strict=True)
            if name in book.columns
        }
        changed = engine.changed(inputs)
        for (strategy, total), place in book.totals.items():
            if total not in _TOTALS:
                continue
            expected = getattr(bench.base, total)[bench.base.index(strategy), row]
            found = changed.value(place.sheet, place.row, place.column)
            got = found if isinstance(found, float) else float("nan")
            where = f"{strategy}, {total}, " + (f"draw {row}" if row else "base case")
            probe.near(got, expected, where)
    for words in book.frozen:
        probe.say(f"not in formulas: {words}")
    return probe.verdict()


CHECKS = (
    Check("V34", "decision", "A workbook, computed from its formulas alone, gives the same",
          "a formula that differs from the engine", _SHEET, _workbook),
)  # fmt: skip
