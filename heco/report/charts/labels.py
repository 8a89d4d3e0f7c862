"""Words that stand where the reader looks, and never on top of each other.

Lines are named at their right ends, points beside them; colours and dashes of strategies are the
same in every figure of a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from heco.report import numbers, reading, style
from heco.result import RunResult

#: Colours that lines can be told apart by on white, and dashes for those who see no colours.
COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
DASHES: tuple[Any, ...] = (
    "solid", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 3)),
)  # fmt: skip
#: Room for the names of lines. [inches]
MARGIN = 1.45
_LINE = 0.15


@dataclass(frozen=True)
class Look:
    """How one strategy is drawn."""

    colour: str
    dash: Any


def looks(run: RunResult) -> dict[str, Look]:
    """Return how each strategy is drawn; the comparator is grey, the others take the colours."""
    options = [name for name in reading.strategies(run) if name != reading.comparator(run)]
    found = {
        name: Look(COLOURS[i % len(COLOURS)], DASHES[(i // 2) % len(DASHES) if i > 5 else i])
        for i, name in enumerate(options)
    }
    return {
        name: found.get(name, Look(style.GREY, (0, (4, 1.6, 1, 1.6))))
        for name in reading.strategies(run)
    }


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Return middles of labels, as near to where they are wanted as they go without collision.

    Parameters
    ----------
    wanted, heights : sequence of float
        Where each label wants its middle, and how high it is.
    low, high : float
        The room there is.

    Examples
    --------
    >>> spread([5.0, 5.0], [2.0, 2.0], 0.0, 10.0)
    [4.0, 6.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    # Groups of labels that touch share their misfortune: each is centred on what its members want.
    groups: list[tuple[list[int], float, float]] = []
    for i in order:
        group, size = [i], heights[i]
        middle = _clamp(wanted[i], size, low, high)
        while groups and groups[-1][1] + groups[-1][2] / 2 > middle - size / 2 + 1e-12:
            before, _, its = groups.pop()
            group, size = before + group, its + size
            below, centres = 0.0, []
            for j in group:
                centres.append(wanted[j] - (below + heights[j] / 2))
                below += heights[j]
            middle = _clamp(sum(centres) / len(centres) + size / 2, size, low, high)
        groups.append((group, middle, size))
    found = [0.0] * len(wanted)
    for group, middle, size in groups:
        edge = middle - size / 2
        for j in group:
            found[j] = edge + heights[j] / 2
            edge += heights[j]
    return found


def _clamp(middle: float, size: float, low: float, high: float) -> float:
    return min(max(middle, low + size / 2), max(high - size / 2, low + size / 2))


@dataclass(frozen=True)
class Name:
    """The name of a line: what it says, where the line ends, and its colour."""

    text: str
    y: float
    colour: str


def name_lines(axes: Any, height: float, names: Sequence[Name], room: float = MARGIN) -> None:
    """Write the names of lines to the right of the axes, joined to the ends of their lines.

    Parameters
    ----------
    axes : matplotlib axes
        With its limits set; a line that ends beyond them is named at the edge, with an arrow.
    height : float
        Of the axes. [inches]
    names : sequence of Name
        The lines.
    room : float
        To the right of the axes. [inches]
    """
    low, high = axes.get_ylim()
    inch = (high - low) / height
    texts, sizes = [], []
    for name in names:
        arrow = "↑ " if name.y > high else "↓ " if name.y < low else ""
        texts.append(style.wrap(arrow + name.text, room - 0.32, style.SMALL, lines=3))
        sizes.append((_LINE * (texts[-1].count("\n") + 1) + 0.05) * inch)
    ends = [min(max(name.y, low), high) for name in names]
    # Letters may reach a little above the axes; below them are the numbers of the axis.
    places = spread(ends, sizes, low - 0.02 * inch, high + 0.12 * inch)
    across = axes.get_yaxis_transform()
    beside = 1 + 0.2 / (axes.get_position().width * style.WIDTH)
    for name, text, end, place in zip(names, texts, ends, places, strict=True):
        leader = {
            "arrowstyle": "-", "color": name.colour, "linewidth": 1.0, "shrinkA": 1, "shrinkB": 0,
            "relpos": (0.0, 0.5),
        }  # fmt: skip
        gone = end != name.y  # beyond the picture: nothing there to be joined to
        axes.annotate(
            text, (1.0, end), xycoords=across, xytext=(beside, place), textcoords=across,
            ha="left", va="center", size=style.SMALL, color=style.INK, linespacing=1.15,
            annotation_clip=False, zorder=6, arrowprops=None if gone else leader,
        )  # fmt: skip
        if gone:
            stroke = 1 + 0.35 * (beside - 1), 1 + 0.85 * (beside - 1)
            axes.plot(
                stroke, [place] * 2, color=name.colour, linewidth=1.9, transform=across,
                clip_on=False,
            )  # fmt: skip


def thresholds(axes: Any, run: RunResult, shown: Sequence[float], most: int = 3) -> None:
    """Draw stated willingness to pay as faint upright lines, named above the axes."""
    low, high = axes.get_xlim()
    inside = [wtp for wtp in shown if low <= wtp <= high]
    for wtp in inside:
        axes.axvline(wtp, color=style.GREY, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
    named = inside if len(inside) <= most else [inside[0], inside[-1]]
    inch = (high - low) / (axes.get_position().width * style.WIDTH)
    words = [short_money(run, wtp) for wtp in named]
    sizes = [(style.text_width(text, style.SMALL) + 0.06) * inch for text in words]
    places = spread(named, sizes, low - 0.1 * inch, high + 0.1 * inch)
    for text, place in zip(words, places, strict=True):
        axes.annotate(
            text, (place, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", size=style.SMALL,
            color=style.GREY, annotation_clip=False,
        )  # fmt: skip


def money_axis(axis: Any, run: RunResult, bins: int = 5, prune: str | None = None) -> None:
    """Print an axis as money: thousands where they are round, at most so many of them."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10], prune=prune))

    def show(value: float, _: object) -> str:
        return short_money(run, value, max(map(abs, axis.get_view_interval())))

    axis.set_major_formatter(show)


def short_money(run: RunResult, value: float, largest: float = 0.0) -> str:
    """Return an amount as short as an axis needs it: £20k, −£1.5m, £0.50.

    Parameters
    ----------
    largest : float
        The largest amount on the same axis, so that all are written alike.
    """
    value = round(value, 9)
    size = abs(value)
    largest = max(largest, size)
    for unit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size and largest >= (10 * unit if letter == "k" else unit) and size >= unit / 20:
            digits = f"{size / unit:,.2f}".rstrip("0").rstrip(".")
            text = numbers.money(1, reading.currency(run)).replace("1", digits) + letter
            return f"{numbers.MINUS if value < 0 else ''}{text}"
    decimals = 0 if size == round(size) else 2
    return numbers.money(value, reading.currency(run), decimals)


def points_apart(
    width: float,
    height: float,
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[tuple[float, float, str]]:
    """Return where labels of points stand: their left edge or right edge, middle, and which.

    Parameters
    ----------
    width, height : float
        Room, from (0, 0) at the lower left. [inches]
    points, sizes : sequence of pairs
        Where each point is, and width and height of its label. [inches]
    taken : sequence of (left, low, right, high)
        Room that is not free. [inches]

    Returns
    -------
    list of (x, y, alignment)
        The alignment is ``left`` or ``right``; y is the middle. [inches]
    """  # fmt: skip
    boxes = [(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in points]
    boxes += list(taken)
    found = []
    for i, ((x, y), (w, h)) in enumerate(zip(points, sizes, strict=True)):
        best: tuple[float, tuple[float, float, float, float], tuple[float, float, str]] | None
        best = None
        for rank, (dx, dy) in enumerate(_PLACES):
            side = "left" if dx > 0 else "right"
            left = x + dx if dx > 0 else x + dx - w
            middle = y + dy
            box = (left, middle - h / 2, left + w, middle + h / 2)
            outside = max(0, -box[0]) + max(0, box[2] - width)
            outside += max(0, -box[1]) + max(0, box[3] - height)
            hit = sum(_overlap(box, other) for j, other in enumerate(boxes) if j != i)
            cost = 40 * hit + 20 * outside + 0.002 * rank
            if best is None or cost < best[0]:
                best = (cost, box, (x + dx, middle, side))
        assert best is not None
        boxes.append(best[1])
        found.append(best[2])
    return found


_PLACES = tuple(
    (sign * dx, dy)
    for dx, dy in ((0.1, 0.0), (0.08, 0.13), (0.08, -0.13), (0.08, 0.26), (0.08, -0.26),
                   (0.2, 0.4), (0.2, -0.4), (0.3, 0.55), (0.3, -0.55))
    for sign in (1, -1)
)  # fmt: skip


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
