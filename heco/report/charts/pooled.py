"""Figures of the studies behind the inputs: forest plots, accuracy, risk of bias, their search."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.chart import Chart
from heco.report.synthesis import flow, forest, lights, sroc
from heco.report.synthesis.words import headline
from heco.result import RunResult

NAME = "synthesis"


def names(run: RunResult, kind: str) -> list[str]:
    """Return the names of the figures of one kind.

    Parameters
    ----------
    run : RunResult
        What was computed.
    kind : str
        ``forest``, ``sroc`` or ``risk_of_bias``.
    """
    found = reading.result(run, NAME)
    if found is None:
        return []
    key = {"forest": "forests", "sroc": "tests", "risk_of_bias": "judged"}[kind]
    made = [f"{kind}_{name}" for name in found.data[key]]
    if kind == "risk_of_bias" and found.data["reviewed"] is not None:
        made.insert(0, kind)
    return made


def charts(run: RunResult) -> list[Chart]:
    """Return one figure for each input with studies behind it, and those of their review."""
    found = reading.result(run, NAME)
    if found is None:
        return []
    made = [flow.chart(found.data["flow"])] if found.data["flow"] is not None else []
    for name, one in found.data["forests"].items():
        plot = one.distribution.forest
        title = f"{one.label}: {_ends(headline(plot.effects, plot.main))}"
        made.append(forest.chart(plot, f"forest_{name}", _only(title, one.where), compact=True))
    for name, one in found.data["tests"].items():
        tables, accuracy = one.distribution.studies
        title = f"{one.label}: {numbers.inside(sroc.headline(accuracy))}"
        made.append(sroc.chart(tables, accuracy, f"sroc_{name}", _only(title, one.where)))
    if found.data["reviewed"] is not None:
        made.append(lights.chart(found.data["reviewed"]))
    for name, one in found.data["judged"].items():
        what = f"the studies behind {numbers.inside(one.label)}"
        made.append(lights.chart(one.distribution.judged, f"risk_of_bias_{name}", what))
    return made


def _ends(words: str) -> str:
    """Return a headline without the name of its measure."""
    return words.partition(": ")[2]


def _only(title: str, where: str) -> str:
    return f"{title}. Only in the alternative: {numbers.inside(where)}" if where else title
