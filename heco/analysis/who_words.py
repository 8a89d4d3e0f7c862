"""Who is reached and who is missed, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from heco.analysis.context import Context
from heco.analysis.wording import inside, listing, percent

if TYPE_CHECKING:
    from heco.analysis.who import Grouping

#: A share that is this far from the share of the people is worth a sentence.
FAR = 0.02


def headline(context: Context, found: Sequence[Grouping]) -> Iterator[str]:
    """Yield, for each way to group people, how the first group fares under each option.

    Parameters
    ----------
    context : Context
        The run.
    found : sequence of Grouping
        Groups, with how many of each are counted.
    """
    who = context.scenario.population.label
    for one in found:
        group = next(iter(one.groups.values()))
        start = f"{group[:1].upper()}{group[1:]}: {percent(float(one.share[0]))} of all {who}"
        told = [said for option in _options(context) if (said := _fares(context, one, option))]
        yield ". ".join([start, *(told or ["It is much the same of all who are counted"])]) + "."


def _options(context: Context) -> list[str]:
    """Return the options, that of the question first."""
    first = context.scenario.option
    return [first, *(name for name in context.scenario.options if name != first)]


def _fares(context: Context, one: Grouping, option: str) -> str:
    """Return what share of those counted is in the first group, where it stands out."""
    parts: dict[str, list[str]] = {}
    for name in _order(context, one):
        values = one.counted[option, name]
        total = float(values.sum())
        mine = float(values[0]) / total if total > 0 else float(one.share[0])
        if abs(mine - float(one.share[0])) >= FAR:
            parts.setdefault(percent(mine), []).append(_counted(context, name))
    said = [f"{share} of {listing(names)}" for share, names in _short(parts, one).items()]
    return f"Under {inside(context.label(option))}: {'; '.join(said)}" if said else ""


def _short(parts: dict[str, list[str]], one: Grouping) -> dict[str, list[str]]:
    """Return the shares with the longest list in two words, if every count has its share."""
    every = {name for _, name in one.counted}
    longest = max(parts, key=lambda share: len(parts[share]), default="")
    if len(parts) < 2 or len(parts[longest]) < 4 or sum(map(len, parts.values())) < len(every):
        return parts
    rest = {share: names for share, names in parts.items() if share != longest}
    return {**rest, longest: ["all others who are counted"]}


def _order(context: Context, one: Grouping) -> list[str]:
    """Return the counts, first those that are measures, in the author's order."""
    names = dict.fromkeys(name for _, name in one.counted)
    measures = list(context.scenario.measures)
    return sorted(names, key=lambda n: measures.index(n) if n in measures else len(measures))


def _counted(context: Context, name: str) -> str:
    measure = context.scenario.measures.get(name)
    return inside(measure.label if measure is not None else name.replace("_", " "))
