"""The base case as a living spreadsheet: `heco run --excel`.

The model becomes formulas (`heco.workbook.language`) over named input cells: someone who lives in
Excel changes an input, and costs, QALYs and ratios follow. Before anything is written, a second
engine (`heco.workbook.engine`) computes the formulas from their text; if what they come to is not
what heco computed, there is no workbook.
"""

from heco.workbook.make import FILE, beside, book_of, make, ready

__all__ = ["FILE", "beside", "book_of", "make", "ready"]
