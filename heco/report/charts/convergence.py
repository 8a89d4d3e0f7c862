"""Whether enough draws were made: the lead of the best option and its probability, as they grew."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 1.7
_COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE)
_Z = 1.96
#: A larger chance that more draws would change the order leaves it open.
_DOUBT = 0.005


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None unless the draws can be looked at as they were made."""
    rows = reading.rows(run, "convergence")
    if len({r["draws"] for r in rows}) < 2:
        return None
    rows.sort(key=lambda r: (r["wtp"], r["draws"]))
    title = _title(run, rows)
    keys = ("draws", "wtp", "lead", "error", "probability", "probability_error")
    told = [
        f"at {reading.at_wtp(run, r['wtp'])} a lead of {_money(run, r['lead'])}, give or take "
        f"{_money(run, _Z * r['error'])}, and a probability of {numbers.chance(r['probability'])}"
        for r in _last(rows)
    ]
    return Chart(
        name="convergence",
        title=title,
        alt="Lines of the lead of the best strategy over the next, and of its probability of "
        f"being the most cost-effective, as draws were added. At the end {numbers.listing(told)}.",
        table=reading.tidy(
            "convergence", title, " ".join(keys), [tuple(r[key] for key in keys) for r in rows]
        ),
        draw=partial(_draw, run, rows, title),
        note="Lead: mean net benefit of the strategy that is best in the end over the next. Bands: "
        "what simulating finitely often leaves open (95%).",
    )


def _last(rows: list[Record]) -> list[Record]:
    """Return what was known at the end, by willingness to pay."""
    return list({r["wtp"]: r for r in rows}.values())


def _money(run: RunResult, value: float) -> str:
    return numbers.money(value, reading.currency(run))


def _title(run: RunResult, rows: list[Record]) -> str:
    last = _last(rows)
    n = f"{int(last[0]['draws']):,} draws"
    # Where the author asked for no precision, the order of the two best strategies is what counts.
    unsettled = [
        _money(run, r["wtp"])
        for r in last
        if not (r["artefact"] < _DOUBT if r["settled"] is None else r["settled"])
    ]
    if unsettled:
        short = "do not settle which strategy is the best"
        if any(r["settled"] is not None for r in last):
            short = "are not as many as the precision asked for needs"
        return f"{n} {short} at {numbers.listing(unsettled)} per {reading.effect(run)}"
    worst = max(last, key=lambda r: r["artefact"])
    return (
        f"{n} are enough: the chance that more would swap the two best strategies is "
        f"{_chance(worst['artefact'])}"
    )


def _chance(value: float) -> str:
    return "under 0.1%" if value < 0.001 else numbers.percent(value)


def _draw(run: RunResult, rows: list[Record], title: str) -> Any:
    wtps = sorted({float(r["wtp"]) for r in rows})
    entries = [
        (colour, f"at {reading.at_wtp(run, wtp)}")
        for colour, wtp in zip(_COLOURS, wtps, strict=False)
    ]
    key = style.key_height([words for _, words in entries])
    left, gap = 0.6, 0.6
    width = (style.WIDTH - left - 0.25 - gap) / 2
    page = style.Page(title, key + 0.3 + _HEIGHT + 0.5)
    page.key(0, entries)
    quiet = {"size": style.SMALL, "color": style.GREY}
    panels = (
        ("lead", "error", "Lead, net benefit per person"),
        ("probability", "probability_error", "Probability most cost-effective"),
    )
    for i, (name, error, words) in enumerate(panels):
        x = left + i * (width + gap)
        page.text(x - 0.5, key + 0.04, words, **quiet)
        axes = page.axes(x, key + 0.3, width, _HEIGHT)
        axes.grid(axis="y")
        style.quiet(axes, y=False)
        axes.set_xlim(0, rows[-1]["draws"])
        seen: list[float] = []
        for colour, wtp in zip(_COLOURS, wtps, strict=False):
            mine = [r for r in reading.where(rows, wtp=wtp) if r[error] is not None]
            at = [r["draws"] for r in mine]
            value = [float(r[name]) for r in mine]
            half = [_Z * float(r[error]) for r in mine]
            low = [v - h for v, h in zip(value, half, strict=True)]
            high = [v + h for v, h in zip(value, half, strict=True)]
            axes.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(at, value, color=colour)
            # The first few draws may go where they like; the picture is of what comes after.
            late = [k for k, n in enumerate(at) if n >= 0.1 * rows[-1]["draws"]]
            seen += [end[k] for end in (low, high) for k in late]
        if seen and max(seen) > min(seen):
            room = 0.06 * (max(seen) - min(seen))
            ends = min(seen) - room, max(seen) + room
            axes.set_ylim(ends if name == "lead" else (max(ends[0], 0.0), min(ends[1], 1.0)))
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(lambda value, _: numbers.fixed(value))
        if name == "lead":
            if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
                axes.axhline(0, color=style.INK, linewidth=1.1)
            labels.money_axis(axes.yaxis, run)
        else:
            axes.locator_params(axis="y", nbins=5)
            axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(round(value, 6)))
        page.text(x, key + 0.3 + _HEIGHT + 0.28, "Draws", **quiet)
    return page.figure
