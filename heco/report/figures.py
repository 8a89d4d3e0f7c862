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
    densities,
    distribution,
    equity,
    evpi,
    evppi,
    expected_loss,
    flip,
    frontier,
    inmb_curve,
    pathway,
    plane,
    pooled,
    required_gain,
    sobol,
    spider,
    structure_states,
    structure_tree,
    studies,
    tornado,
    trace,
    two_way,
)
from heco.result import RunResult

#: A new figure is a file in ``charts`` and a line here.
CHARTS: tuple[Callable[[RunResult], Chart | None], ...] = (
    structure_tree.chart,
    structure_states.chart,
    *densities.CHARTS,
    required_gain.chart,
    pathway.chart,
    costs.chart,
    budget.chart,
    equity.bars,
    equity.plane,
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
#: Told what is being drawn, how many are done, and how many there are.
Progress = Callable[[str, int, int], None]


def charts(run: RunResult) -> list[Chart]:
    """Return the figures that this run has the numbers for."""
    made = [chart for make in CHARTS if (chart := make(run)) is not None]
    return made + pooled.charts(run)  # as many as there are inputs with studies behind them


def drawings(run: RunResult, progress: Progress | None = None) -> list[Drawing]:
    """Return the figures, drawn; `progress` is told before each."""
    wanted = charts(run)
    done = []
    for i, chart in enumerate(wanted):
        if progress is not None:
            progress(f"Drawing {chart.name.replace('_', ' ')}", i, len(wanted))
        done.append(render(chart))
    return done
