"""Who gains and who loses, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.context import Context
from heco.analysis.wording import MINUS, inside, listing, money
from heco.numbers import decimals_for, fixed
from heco.scenario.schema_money import Equity

if TYPE_CHECKING:
    from heco.analysis.equity import Distribution


def headline(context: Context, settings: Equity, base: Sequence[Distribution]) -> Iterator[str]:
    """Yield what the strategy of the question does to each group.

    Parameters
    ----------
    context : Context
        The run.
    settings : Equity
        The groups.
    base : sequence of Distribution
        The base case.
    """
    mine = [one for one in base if one.option == context.scenario.option]
    size = _sizes(mine)
    names = [group.label or name.replace("_", " ") for name, group in settings.groups.items()]
    for one in mine:
        if one.wtp != mine[0].wtp:
            continue  # the table has the others
        net = one.net[:, 0]
        total = float(net.sum())
        gains = [names[k] for k in range(len(names)) if net[k] > 0]
        loses = [names[k] for k in range(len(names)) if net[k] < 0]
        if one.sharing:
            start = "If what is lost elsewhere falls more on some, as the gradient says"
        else:
            start = (
                f"{context.label(one.option)}, against "
                f"{inside(context.label(context.scenario.comparator))}, at "
                f"{money(one.wtp, context.currency)} per {context.unit} elsewhere"
            )
        if len(gains) == len(names) or len(loses) == len(names):
            most, least = int(np.argmax(np.abs(net))), int(np.argmin(np.abs(net)))
            verb = "gains" if gains else "loses"
            what = (
                f"every group {verb}, from {size(net[least])} {context.unit}s "
                f"({inside(names[least])}) to {size(net[most])} ({inside(names[most])})"
            )
        else:
            groups = ((gains, "gain"), (loses, "lose"))
            said = [
                f"{listing(map(inside, some))} {verb}{'s' if len(some) == 1 else ''}"
                for some, verb in groups
                if some
            ]
            what = "; ".join(said) or "nobody gains or loses"
        sign = "+" if total > 0 else MINUS if total < 0 else ""
        whole = f"all groups together {sign}{size(total)} {context.unit}s"
        yield f"{start}: {what}; {whole}. {_gap(context, one, names, size)}"


def _gap(
    context: Context, one: Distribution, names: Sequence[str], size: Callable[[float], str]
) -> str:
    """Say whether the gap between the worst and the best off narrows."""
    change = float(one.narrowed[0])
    ends = f"The gap between {inside(names[0])} and {inside(names[-1])}"
    if abs(change) < 1e-9 * max(1.0, float(np.abs(one.net).max())):
        return f"{ends} stays as it is."
    verb = "narrows" if change > 0 else "widens"
    return f"{ends} {verb} by {size(change)} {context.unit}s."


def _sizes(found: Sequence[Distribution]) -> Callable[[float], str]:
    """Return how an amount without its sign is printed: all alike, one decimal as in the table."""
    largest = max((float(np.abs(one.net).max()) for one in found), default=0.0)
    decimals = decimals_for(largest, least=1, digits=2, most=6)
    return lambda value: fixed(abs(float(value)), decimals)
