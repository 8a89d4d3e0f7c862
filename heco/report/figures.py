"""The figures of a report, in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Callable

from heco.report.chart import Chart, Drawing, render
from heco.report.charts import costs, distribution, pathway, required_gain, tornado, trace
from heco.result import RunResult

#: A new figure is a file in ``charts`` and a line here.
CHARTS: tuple[Callable[[RunResult], Chart | None], ...] = (
    required_gain.chart,
    pathway.chart,
    costs.chart,
    trace.chart,
    tornado.chart,
    distribution.chart,
)


def charts(run: RunResult) -> list[Chart]:
    """Return the figures that this run has the numbers for."""
    return [chart for make in CHARTS if (chart := make(run)) is not None]


def drawings(
    run: RunResult, progress: Callable[[str, int, int], None] | None = None
) -> list[Drawing]:
    """Return the figures, drawn; `progress` is told before each."""
    wanted = charts(run)
    done = []
    for i, chart in enumerate(wanted):
        if progress is not None:
            progress(f"Drawing {chart.name.replace('_', ' ')}", i, len(wanted))
        done.append(render(chart))
    return done
