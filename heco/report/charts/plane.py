"""Where the draws lie: extra cost and extra health of each option against the comparator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.result import RunResult

_MOST_PANELS = 3
#: Points drawn at most in all panels together; more draws than `_CROWD` get contours too.
_POINTS, _CROWD = 900, 2_000
#: Shares of the draws that the contours hold.
_HELD = (0.5, 0.95)
#: A quarter with fewer draws has no label.
_LEAST = 0.005
_BINS = 50
_QUADRANTS = {"NE": (1, 1), "SE": (1, -1), "SW": (-1, -1), "NW": (-1, 1)}

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Cloud:
    """The draws of one option: extra cost and extra effect, and their share in each quadrant."""

    label: str
    colour: str
    cost: Array
    effect: Array
    shares: dict[str, float]

    def worth_it(self, wtp: float) -> float:
        """Return the share of draws that are worth their cost; exactly even counts half."""
        inmb = wtp * self.effect - self.cost
        return float(np.mean(inmb > 0) + 0.5 * np.mean(inmb == 0))


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None without draws or without any health effect."""
    clouds = _clouds(run)
    if not clouds:
        return None
    title = _title(run, next(iter(clouds.values())))
    other = numbers.inside(reading.strategy(run, reading.comparator(run)))
    per = _POINTS // len(clouds)
    rows = [
        (name, float(e), float(c))
        for name, cloud in clouds.items()
        for e, c in zip(cloud.effect[:per], cloud.cost[:per], strict=True)
    ]
    n = next(iter(clouds.values())).cost.size
    shown = f"{per:,} of the {n:,} draws" if n > per else "the draws"
    crowded = " The contours hold 50% and 95% of all draws." if n > _CROWD else ""
    return Chart(
        name="plane",
        title=title,
        alt=f"Cost-effectiveness plane: extra {reading.effects(run)} to the right, extra cost "
        f"upwards, against {other}, per person. "
        + " ".join(_said(run, c) for c in clouds.values()),
        table=reading.tidy(
            "plane", title, f"strategy incremental_{_word(run)} incremental_cost", rows
        ),
        draw=partial(_draw, run, clouds, per, title),
        note=f"Each dot is a draw ({shown}); the diamond is their mean.{crowded} Below a sloping "
        "line the strategy is worth its cost at that price. Per cents: share of all draws in that "
        "quarter, where there are any to speak of.",
    )


def _word(run: RunResult) -> str:
    return "life_years" if reading.effects(run) == "life years" else "qaly"


def _clouds(run: RunResult) -> dict[str, _Cloud]:
    answer = reading.result(run, "psa")
    rows = {str(r["strategy"]): r for r in reading.rows(run, "quadrants")}
    if answer is None or not rows:
        return {}
    there = list(answer.data["strategies"])
    names = reading.leading(run, there, _MOST_PANELS)
    names.sort(key=lambda name: name != reading.option(run))
    looks = labels.looks(run)
    clouds = {}
    for name in names:
        i = there.index(name)
        clouds[name] = _Cloud(
            reading.strategy(run, name), looks[name].colour,
            np.asarray(answer.data["incremental_cost"][i]),
            np.asarray(answer.data["incremental_effect"][i]),
            {key.upper(): float(rows[name][key]) for key in ("ne", "se", "sw", "nw")},
        )  # fmt: skip
    return clouds


def _title(run: RunResult, cloud: _Cloud) -> str:
    """Say where most draws lie, and at which share the option is worth its cost."""
    dearer = cloud.shares["NE"] + cloud.shares["NW"]
    gains = cloud.shares["NE"] + cloud.shares["SE"]
    loses = cloud.shares["NW"] + cloud.shares["SW"]
    name = reading.capital(cloud.label)
    costs = f"costs more in {numbers.chance(dearer)}"
    if dearer < 0.5:
        costs = f"costs less in {numbers.chance(1 - dearer)}"
    health = f"gains {reading.effects(run)} in {numbers.chance(gains)}"
    if loses > gains:
        health = f"loses {reading.effects(run)} in {numbers.chance(loses)}"
    text = f"{name} {costs} of the draws and {health}"
    wtps = reading.wtps(run)
    if wtps:
        text += (
            f"; it is worth its cost in {numbers.chance(cloud.worth_it(wtps[0]))} at "
            f"{reading.at_wtp(run, wtps[0])}"
        )
    return text


def _said(run: RunResult, cloud: _Cloud) -> str:
    words = {
        "NE": "cost more and gain more", "SE": "cost less and gain more",
        "SW": "cost less and gain less", "NW": "cost more and gain less",
    }  # fmt: skip
    parts = [
        f"{numbers.chance(share)} {words[key]}" for key, share in cloud.shares.items() if share
    ]
    worth = [
        f"{numbers.chance(cloud.worth_it(wtp))} are worth it at {reading.at_wtp(run, wtp)}"
        for wtp in reading.wtps(run)
    ]
    return (
        f"{cloud.label}: mean {numbers.money(float(cloud.cost.mean()), reading.currency(run))} "
        f"and {numbers.qaly(float(cloud.effect.mean()))} {reading.effects(run)}; of the draws "
        f"{numbers.listing([*parts, *worth])}."
    )


def _draw(run: RunResult, clouds: dict[str, _Cloud], per: int, title: str) -> Any:
    several = len(clouds) > 1
    left, gap = 0.66, 0.2
    width = (style.WIDTH - left - 0.2 - gap * (len(clouds) - 1)) / len(clouds)
    height = 3.0 if not several else 2.5
    names = [style.wrap(cloud.label, width, style.SMALL, True, 3) for cloud in clouds.values()]
    lines = max(name.count("\n") + 1 for name in names) if several else 0
    head = 0.26 + 0.16 * lines + (0.04 if several else 0)
    page = style.Page(title, head + height + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, 0.0, "Extra cost per person", **quiet)
    x_range, y_range = _limits(clouds, "effect"), _limits(clouds, "cost")
    for i, (cloud, name) in enumerate(zip(clouds.values(), names, strict=True)):
        x = left + i * (width + gap)
        if several:
            page.text(x, 0.24, name, size=style.SMALL, weight="bold", linespacing=1.15)
        axes = page.axes(x, head, width, height)
        axes.set_xlim(*x_range)
        axes.set_ylim(*y_range)
        style.quiet(axes, x=False, y=False)
        axes.grid()
        axes.axhline(0, color=style.INK, linewidth=1.0, zorder=3)
        axes.axvline(0, color=style.INK, linewidth=1.0, zorder=3)
        labels.money_axis(axes.yaxis, run)
        axes.locator_params(axis="x", nbins=3 if several else 6, prune="upper" if several else None)
        axes.xaxis.set_major_formatter(lambda value, _: numbers.number(round(value, 9)))
        if i:
            axes.tick_params(labelleft=False)
        _dots(axes, cloud, per)
        _contours(axes, cloud)
        axes.plot(
            [cloud.effect.mean()], [cloud.cost.mean()], "D", color=style.PAPER, markersize=6.5,
            markeredgecolor=style.INK, markeredgewidth=1.4, zorder=6,
        )  # fmt: skip
        _worth(axes, run, width)
        _shares(axes, cloud)
    words = f"Extra {reading.effects(run)} per person"
    page.text(left, head + height + 0.3, words, **quiet)
    return page.figure


def _limits(clouds: dict[str, _Cloud], which: str) -> tuple[float, float]:
    """Return limits that hold nearly all draws, and the origin with some room around it."""
    values = [getattr(cloud, which) for cloud in clouds.values()]
    low = min(0.0, *(float(np.quantile(v, 0.002)) for v in values))
    high = max(0.0, *(float(np.quantile(v, 0.998)) for v in values))
    room = 0.1 * (high - low) or 1.0
    return low - room, high + room


def _dots(axes: Any, cloud: _Cloud, per: int) -> None:
    """Draw points as one path of strokes too short to see but for their round ends.

    A marker of its own for each would make the file five times as large.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, y = cloud.effect[:per], cloud.cost[:per]
    nudge = 1e-4 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    dots = np.stack([np.stack([x, y], axis=1), np.stack([x + nudge, y], axis=1)], axis=1)
    corners, codes = dots.reshape(-1, 2), np.tile([Path.MOVETO, Path.LINETO], len(x))
    # Straight strokes this short would be simplified away; a path with a curve in it is left alone.
    codes = np.append(codes, [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    path = Path(np.concatenate([corners, corners[-1:].repeat(3, axis=0)]), codes)
    axes.add_patch(
        PathPatch(
            path, facecolor="none", edgecolor=cloud.colour, linewidth=1.9, capstyle="round",
            alpha=0.5, zorder=2,
        )
    )  # fmt: skip


def _contours(axes: Any, cloud: _Cloud) -> None:
    """Draw the smallest regions that hold half, and nearly all, of the draws."""
    if cloud.cost.size <= _CROWD or not np.ptp(cloud.cost) or not np.ptp(cloud.effect):
        return
    counts, x, y = np.histogram2d(
        cloud.effect, cloud.cost, bins=_BINS,
        range=[_wide(cloud.effect), _wide(cloud.cost)],
    )  # fmt: skip
    smooth = _smooth(_smooth(counts).T).T
    ranked = np.sort(smooth.ravel())[::-1]
    held = np.cumsum(ranked) / ranked.sum()
    levels = sorted({float(ranked[np.searchsorted(held, share)]) for share in _HELD})
    axes.contour(
        (x[:-1] + x[1:]) / 2, (y[:-1] + y[1:]) / 2, smooth.T, levels, colors=style.INK,
        linewidths=1.0, zorder=4,
    )  # fmt: skip


def _wide(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, [0.001, 0.999])
    room = 0.15 * float(high - low) or 1.0
    return float(low) - room, float(high) + room


def _smooth(counts: Array) -> Array:
    """Return counts smoothed along the first axis by a bell of one and a half bins."""
    bell = np.exp(-0.5 * (np.arange(-5, 6) / 1.4) ** 2)
    return np.apply_along_axis(np.convolve, 0, counts, bell / bell.sum(), mode="same")


def _worth(axes: Any, run: RunResult, width: float) -> None:
    """Draw willingness to pay as lines through the origin, named where they leave the picture."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    wtps = reading.wtps(run)
    ends = []
    for wtp in wtps if len(wtps) <= 2 else (wtps[0], wtps[-1]):
        x = min(x1, y1 / wtp) if wtp > 0 else x1
        start = max(x0, y0 / wtp) if wtp > 0 else x0
        axes.plot(
            [start, x], [wtp * start, wtp * x], color=style.GREY, linewidth=1.1,
            linestyle=(0, (4, 2)), zorder=3,
        )  # fmt: skip
        ends.append((wtp, x))
    for wtp, x in ends:
        # Beside the line, not on it: above if it leaves to the right, to its left if at the top;
        # further down if it leaves through the corner, where the share of the quarter stands.
        top = x < x1
        corner = (x1 - x) / (x1 - x0) * width < 0.8 and (wtp * x - y0) > 0.8 * (y1 - y0)
        at = 0.72 * x if corner else x
        axes.annotate(
            labels.short_money(run, wtp), (at, wtp * at), xytext=(-3, -3 if top else 2),
            textcoords="offset points", ha="right", va="top" if top and not corner else "bottom",
            size=style.SMALL, color=style.GREY, zorder=7,
            bbox={"facecolor": style.PAPER, "alpha": 0.8, "linewidth": 0, "pad": 0.4},
        )  # fmt: skip


def _shares(axes: Any, cloud: _Cloud) -> None:
    """Write the share of the draws into the corner of each quarter that has more than a few."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    for key, (right, up) in _QUADRANTS.items():
        share = cloud.shares[key]
        if share < _LEAST:
            continue
        x, y = (x1 if right > 0 else x0), (y1 if up > 0 else y0)
        axes.annotate(
            numbers.chance(share), (x, y), xytext=(-4 * right, -4 * up),
            textcoords="offset points", ha="right" if right > 0 else "left",
            va="top" if up > 0 else "bottom", size=style.SMALL, weight="bold", zorder=8,
            bbox={"facecolor": style.PAPER, "alpha": 0.8, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip
