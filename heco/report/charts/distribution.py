"""How sure we are: net benefit over the draws, at each willingness to pay."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.result import RunResult

GOOD, BAD = style.BLUE, style.ORANGE
_BINS = 36
_MOST_PANELS = 3
_HEIGHT = 1.55

Array = NDArray[np.float64]


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None without draws, an option and a willingness to pay."""
    answer = reading.result(run, "psa")
    wtps = reading.wtps(run)[:_MOST_PANELS]
    option = reading.option(run)
    if answer is None or not wtps or option not in answer.data.get("strategies", ()):
        return None
    i = tuple(answer.data["strategies"]).index(option)
    cost = np.asarray(answer.data["incremental_cost"][i])
    effect = np.asarray(answer.data["incremental_effect"][i])
    benefits = {wtp: wtp * effect - cost for wtp in wtps}
    if max(float(np.ptp(values)) for values in benefits.values()) == 0:
        return None
    title = _title(run, option, benefits)
    edges = _edges(benefits)
    rows = [
        (option, wtp, float(a), float(b), int(count))
        for wtp, values in benefits.items()
        for a, b, count in zip(edges, edges[1:], np.histogram(values, edges)[0], strict=False)
    ]
    told = "; ".join(
        f"at {reading.at_wtp(run, wtp)} the mean is {_money(run, float(values.mean()))} and "
        f"{numbers.chance(float((values > 0).mean()))} of draws are above zero"
        for wtp, values in benefits.items()
    )
    beyond = _beyond(benefits, edges)
    return Chart(
        name="net_benefit",
        title=title,
        alt=f"Histograms of the net benefit of {reading.strategy(run, option)} against "
        f"{reading.strategy(run, reading.comparator(run))} per person over {cost.size:,} draws; "
        f"{told}.",
        table=reading.tidy("net_benefit", title, "strategy wtp from to draws", rows),
        draw=partial(_draw, run, benefits, edges, title),
        note="Net benefit: what the health gained is worth, less the extra cost. Right of zero "
        "the strategy is worth its cost."
        + (f" {beyond:,} of the furthest draws lie outside the picture." if beyond else ""),
    )


def _money(run: RunResult, value: float) -> str:
    return numbers.money(value, reading.currency(run))


def _title(run: RunResult, option: str, benefits: dict[float, Array]) -> str:
    said: dict[str, list[str]] = {}
    for wtp, values in benefits.items():
        said.setdefault(numbers.chance(float((values > 0).mean())), []).append(_money(run, wtp))
    names = [reading.strategy(run, name) for name in (option, reading.comparator(run))]
    chances = [f"{chance} at {numbers.listing(wtps)}" for chance, wtps in said.items()]
    return (
        f"Chance that {numbers.inside(names[0])} is worth more than it costs, against "
        f"{numbers.inside(names[1])}: {numbers.listing(chances)} per {reading.effect(run)}"
    )


def _edges(benefits: dict[float, Array]) -> Array:
    """Return bins for all panels, with zero at the edge of one so that colours tell the truth."""
    everything = np.concatenate(list(benefits.values()))
    low, high = np.quantile(everything, [0.002, 0.998])
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    bins = min(_BINS, max(12, int(1.2 * everything.size**0.4)))  # few draws, wide bins
    step = (high - low) / bins or 1.0
    return step * np.arange(np.floor(low / step), np.ceil(high / step) + 1)


def _beyond(benefits: dict[float, Array], edges: Array) -> int:
    return sum(int(((v < edges[0]) | (v > edges[-1])).sum()) for v in benefits.values())


def _draw(run: RunResult, benefits: dict[float, Array], edges: Array, title: str) -> Any:
    entries = [(BAD, "costs more than it is worth"), (GOOD, "worth more than it costs")]
    key = style.key_height([words for _, words in entries])
    left, gap = style.EDGE + 0.12, 0.3
    width = (style.WIDTH - 2 * left - gap * (len(benefits) - 1)) / len(benefits)
    head = key + 0.42
    page = style.Page(title, head + _HEIGHT + 0.52)
    page.key(0, entries)
    counts = {wtp: np.histogram(values, edges)[0] for wtp, values in benefits.items()}
    top = max(int(count.max()) for count in counts.values())
    for i, (wtp, values) in enumerate(benefits.items()):
        x = left + i * (width + gap)
        axes = page.axes(x, head, width, _HEIGHT)
        colours = [GOOD if middle > 0 else BAD for middle in (edges[:-1] + edges[1:]) / 2]
        axes.bar(
            edges[:-1], counts[wtp], width=np.diff(edges), align="edge", color=colours,
            linewidth=0,
        )  # fmt: skip
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(0, top * 1.05)
        axes.set_yticks([])
        style.quiet(axes, y=False)
        axes.axvline(0, color=style.INK, linewidth=1.2)
        mean = float(values.mean())
        axes.plot([mean], [0], "^", color=style.INK, markersize=7, clip_on=False, zorder=5)
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(lambda value, _: _money(run, value))
        words = f"at {reading.at_wtp(run, wtp)}"
        page.text(x, key + 0.04, words, size=style.SMALL, weight="bold")
        page.text(x, key + 0.2, f"mean {_money(run, mean)} ▲", size=style.SMALL, color=style.GREY)
    page.text(
        left, head + _HEIGHT + 0.3, "Net benefit per person; height: share of the draws",
        size=style.SMALL, color=style.GREY,
    )  # fmt: skip
    return page.figure
