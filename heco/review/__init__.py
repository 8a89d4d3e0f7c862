"""Step 1 of 6, for readers: a review of studies as one screen, tables, and figures.

    Studies -> Review -> screen, results.csv, tables, forest plot, funnel plot

`asked` holds what the reader wants to know and `answers` finds it out, with `heco.evidence.meta`;
`rows` turns the answers into quantities and tables, `screen` and `sentences` into what is printed,
and `publish` into a folder of files. Figures that the report of a scenario shows as well are drawn
by `heco.report.synthesis`. Nothing here computes a statistic of its own.
"""

from __future__ import annotations

from heco.review.answers import Review, review
from heco.review.asked import Asked
from heco.review.publish import publish

__all__ = ["Asked", "Review", "publish", "review"]
