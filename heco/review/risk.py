"""Risk of bias, where the file of studies has columns that begin ``rob_``."""

from __future__ import annotations

from heco.evidence.judgements import PREFIX, Judgements, judgements
from heco.report.chart import Chart
from heco.report.synthesis import lights
from heco.review.answers import Review


def judged(found: Review) -> Judgements | None:
    """Return the judgements of the studies that are pooled; None without any.

    Raises
    ------
    ScenarioError
        If a judgement is not one of the words.
    """
    columns = [column for column in found.studies.columns if column.startswith(PREFIX)]
    if not columns:
        return None
    return judgements(
        found.effects.study, {c: found.studies.column(c, found.effects) for c in columns}
    )


def chart(found: Review) -> Chart | None:
    """Return the traffic lights of the studies that are pooled; None without any judgement."""
    words = judged(found)
    return None if words is None else lights.chart(words)
