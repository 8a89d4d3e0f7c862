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
_OTHERS = "everybody else who is counted"


def _share(share: str, who: str) -> str:
    """Return a share of those who are counted, in words.

    >>> _share("29%", "cases found"), _share("100%", "cases found"), _share("100%", _OTHERS)
    ('29% of cases found', 'all cases found', 'everybody else who is counted')
    """
    if who == _OTHERS and share in ("0%", "100%"):
        return who if share == "100%" else who.replace("everybody", "nobody")
    words = {"100%": "all", "0%": "no"}.get(share, f"{share} of")
    return f"{words} {who}"


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
        told = told or ["They have much the same share of all who are counted"]
        yield ". ".join([start, *told]) + "."


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
    short = _short(parts, len(_order(context, one)))
    said = ", and ".join(_share(share, who) for share, who in short.items())
    return f"Under {inside(context.label(option))}, theirs are {said}" if said else ""


def _short(parts: dict[str, list[str]], every: int) -> dict[str, str]:
    """Return who has each share; the longest list in few words, if every count has its share."""
    longest = max(parts, key=lambda share: len(parts[share]), default="")
    if len(parts) < 2 or len(parts[longest]) < 4 or sum(map(len, parts.values())) < every:
        return {share: listing(names) for share, names in parts.items()}
    rest = {share: listing(names) for share, names in parts.items() if share != longest}
    return {**rest, longest: _OTHERS}


def _order(context: Context, one: Grouping) -> list[str]:
    """Return the counts: those that are measures, in the author's order, or else all."""
    names = dict.fromkeys(name for _, name in one.counted)
    measured = [name for name in context.scenario.measures if name in names]
    return measured or list(names)


def _counted(context: Context, name: str) -> str:
    measure = context.scenario.measures.get(name)
    return inside(measure.label if measure is not None else name.replace("_", " "))
