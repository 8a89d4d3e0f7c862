"""The figures of a report, in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Callable

from heco.report.chart import Chart, Drawing, render
from heco.report.charts import (
    alternatives,
    assurance,
    budget,
    ceac,
    convergence,
    costs,
    distribution,
    evpi,
    evppi,
    expected_loss,
    flip,
    frontier,
    inmb_curve,
    pathway,
    plane,
    required_gain,
    sobol,
    spider,
    studies,
    tornado,
    trace,
    two_way,
)
from heco.result import RunResult

#: A new figure is a file in ``charts`` and a line here.
CHARTS: tuple[Callable[[RunResult], Chart | None], ...] = (
    required_gain.chart,
    pathway.chart,
    costs.chart,
    budget.chart,
    trace.chart,
    tornado.chart,
    spider.chart,
    *two_way.CHARTS,
    alternatives.chart,
    distribution.chart,
    frontier.chart,
    ceac.chart,
    inmb_curve.chart,
    plane.chart,
    expected_loss.chart,
    convergence.chart,
    assurance.chart,
    flip.chart,
    sobol.chart,
    evpi.chart,
    evppi.chart,
    studies.evsi,
    studies.enbs,
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
