"""Who gains and who loses, by group.

Health that a strategy brings goes to those who take part and gain; the money comes from elsewhere
in the health service, where it would have brought health to others. Both are shared out over the
groups, and what is left is each group's net health benefit; the groups add up to the whole.

No group's health counts more than another's. Where lifetime health by group is given, Atkinson's
index says how much equality is worth under an aversion to inequality; that is exploratory, and no
rule of NICE.

Sources: Asaria et al. 2016, Medical Decision Making 36:8-19; Love-Koh et al. 2020,
PharmacoEconomics 38:395-407; Atkinson 1970, Journal of Economic Theory 2:244-263.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis import equity_tables
from heco.analysis.atkinson import ede
from heco.analysis.basis import Basis, bases
from heco.analysis.context import Context, increments
from heco.analysis.equity_words import headline
from heco.analysis.sharing import WHERE, disagreements, each_group, health, shares
from heco.errors import refuse
from heco.outcomes import Array
from heco.result import Quantity, Result
from heco.scenario.schema_money import Equity

NAME = "equity"
TITLE = "Who gains and who loses?"
#: People in whom effects are counted if the scenario does not say how many there are.
PEOPLE = 10_000


@dataclass(frozen=True)
class Distribution:
    """Health gained and lost by group, for one strategy, cost of a QALY, and sharing of losses.

    Parameters
    ----------
    option : str
        The strategy.
    wtp : float
        What a QALY costs elsewhere. [currency per QALY]
    sharing : str
        Empty, or ``gradient``.
    gained, lost : ndarray, shape (group, draw)
        Health gained, and health lost elsewhere. [QALYs]
    people, residents : ndarray, shape (group, draw)
        People by group who enter, and share of all who live in the area.
    """

    option: str
    wtp: float
    sharing: str
    gained: Array
    lost: Array
    people: Array
    residents: Array

    @property
    def net(self) -> Array:
        """Return net health benefit, shape (group, draw). [QALYs]."""
        return np.asarray(self.gained - self.lost)

    @property
    def narrowed(self) -> Array:
        """Return by how much the gap in health narrows, shape (draw,). [QALYs].

        Groups go from the worst to the best off. The gap is the slope of net health per resident
        over the rank in society, from its bottom to its top (slope index of inequality), for as
        many residents as an average group has.
        """
        return -slope(self.residents, self.net) / len(self.net)


def slope(share: Array, total: Array) -> Array:
    """Return the slope index of inequality, weighted by people, shape (draw,).

    Parameters
    ----------
    share, total : ndarray, shape (group, draw)
        Share of the people by group, from the worst to the best off, and what a group has in all.

    Returns
    -------
    ndarray, shape (draw,)
        What everybody would have at the top of society beyond what everybody would have at its
        bottom, on the straight line that fits best over the ranks.

    Examples
    --------
    >>> slope(np.full((5, 1), 0.2), np.array([[0.0], [1], [2], [3], [4]])).tolist()
    [25.0]
    """
    share, total = np.broadcast_arrays(share, total)
    rank = np.cumsum(share, axis=0) - share / 2
    each = np.divide(total, share, out=np.zeros(total.shape), where=share > 0)
    apart = rank - (share * rank).sum(axis=0)
    spread = (share * apart**2).sum(axis=0)
    rise = (share * apart * each).sum(axis=0)
    found = np.divide(rise, spread, out=np.zeros(rise.shape), where=spread > 0)
    return np.asarray(found)


def applies(context: Context) -> bool:
    """Return whether the author asks, and the model has health to share out."""
    asked = context.scenario.analysis.equity is not None
    return asked and bool(context.scenario.options) and not context.imported


def run(context: Context) -> Result:
    """Share out the health of every strategy.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``equity``, with the tables ``equity`` and ``equity_totals`` and, where lifetime health is
        given, ``equity_atkinson``.
    """
    settings = context.scenario.analysis.equity
    assert settings is not None
    ways = {basis.name: _distributions(context, settings, basis) for basis in bases(context)}
    base, draws = ways["deterministic"], ways.get("probabilistic")
    quantities = [
        quantity
        for basis in bases(context)
        for one in ways[basis.name]
        for quantity in _numbers(context, settings, basis, one)
    ]
    tables = [
        equity_tables.groups(context, settings, base, draws),
        equity_tables.totals(context, settings, base, draws),
    ]
    lifetime = health(context, settings)
    if lifetime is not None:
        rows = list(_atkinson(context, settings, base, lifetime))
        tables.append(equity_tables.atkinson(context, settings, rows))
        quantities += _ede_numbers(context, rows)
    warnings = list(disagreements(context, settings, each_group(context, settings)))
    if context.base.outcomes.population is None:
        warnings.append(f"{WHERE} Counted in {PEOPLE:,} people: no size is stated.")
    return Result(
        NAME, TITLE, tuple(headline(context, settings, base)), tuple(tables), tuple(quantities),
        tuple(warnings),
        settings={
            "health by group": "every group's health counts the same; losses elsewhere shared out "
            + equity_tables.sharing(settings, "")
        },
    )  # fmt: skip


def _thresholds(context: Context, settings: Equity) -> tuple[float, ...]:
    return context.wtp if settings.cost_per_qaly is None else (settings.cost_per_qaly,)


def _distributions(context: Context, settings: Equity, basis: Basis) -> list[Distribution]:
    parts = shares(context, settings, basis)
    size = basis.sample.outcomes.population
    people = np.full(basis.sample.n, float(PEOPLE)) if size is None else size
    found = []
    for option in context.scenario.options:
        cost, effect = increments(basis.sample, context.effect, option, context.scenario.comparator)
        for wtp in _thresholds(context, settings):
            for sharing, losses in parts.losses.items():
                found.append(
                    Distribution(
                        option, wtp, sharing, parts.gains[option] * (people * effect),
                        losses * (people * cost / wtp), parts.people * people,
                        parts.residents,
                    )
                )  # fmt: skip
    return found


def _numbers(
    context: Context, settings: Equity, basis: Basis, one: Distribution
) -> Iterator[Quantity]:
    about: dict[str, Any] = {
        "strategy": one.option, "comparator": context.scenario.comparator, "wtp": one.wtp,
        "unit": f"{context.unit}s",
    }  # fmt: skip
    end = f"/{one.sharing}" if one.sharing else ""
    parts = (("group_gain", one.gained), ("group_loss", one.lost), ("group_nhb", one.net))
    for name, values in parts:
        for k, group in enumerate(settings.groups):
            yield basis.quantity(name, values[k], subject=f"{group}{end}", **about)
    yield basis.quantity("nhb_all_groups", one.net.sum(axis=0), subject=one.sharing, **about)
    yield basis.quantity("gap_narrowed", one.narrowed, subject=one.sharing, **about)


def _atkinson(
    context: Context, settings: Equity, base: list[Distribution], health: Array
) -> Iterator[tuple[Any, ...]]:
    for one in base:
        people = one.people[:, 0]
        share = people / people.sum()
        after = health + np.divide(
            one.net[:, 0], people, out=np.zeros(len(people)), where=people > 0
        )
        if not ((health > 0).all() and (after > 0).all()):
            raise refuse("lifetime health must be above 0 in every group", f"{WHERE} groups")
        total = float(one.net[:, 0].sum())
        for aversion in settings.aversion:
            change = ede(after, share, aversion) - ede(health, share, aversion)
            # Without aversion the change is the mean itself, and no rounding is left of it.
            gain = change * float(people.sum()) if aversion else total
            yield (
                one.option, one.wtp, one.sharing, aversion, ede(health, share, aversion),
                ede(after, share, aversion), gain, total, gain - total,
            )  # fmt: skip


def _ede_numbers(context: Context, rows: list[tuple[Any, ...]]) -> Iterator[Quantity]:
    for option, wtp, sharing, aversion, _, _, gain, _, equity in rows:
        about: dict[str, Any] = {
            "strategy": option, "comparator": context.scenario.comparator, "wtp": wtp,
            "subject": f"{aversion:g}{f'/{sharing}' if sharing else ''}",
            "unit": f"{context.unit}s, exploratory",
        }  # fmt: skip
        yield Quantity("ede_gain", gain, **about)
        yield Quantity("equity_impact", equity, **about)
