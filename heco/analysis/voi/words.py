"""Value of information in sentences, computed from the numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heco.analysis.context import Context
from heco.analysis.wording import SYMBOLS, count, inside, listing, money
from heco.scenario.schema_study import Voi

if TYPE_CHECKING:
    from heco.analysis.voi.answer import Found, Studied
    from heco.analysis.voi.evppi import Worth

_Z = 1.96
#: Inputs that are named in a sentence, and the share of EVPI that is worth a name.
_NAMED, _SHARE = 3, 0.05


def headline(context: Context, found: Found) -> tuple[str, ...]:
    """Return what to find out first, and whether a study of it pays.

    Parameters
    ----------
    context : Context
        The run.
    found : Found
        What was worked out.
    """
    said = [_perfect(context, found)]
    if found.worths:
        said.append(_inputs(context, found))
    if found.studies:
        said += _studies(context, found)
    return tuple(said)


def pounds(context: Context, value: float, error: float, scale: float = 1.0) -> str:
    """Return a value with the digits that it supports; what is nearly nothing as a limit."""
    value, error = scale * value, scale * error
    if value < max(2 * error, 0.005):
        return f"under {money(_up(value + _Z * error), context.currency)}"
    if 1 <= value < 10 and scale == 1:  # pounds and pence, as in figures and tables
        return f"{SYMBOLS.get(context.currency, f'{context.currency} ')}{value:.2f}"
    return money(value, context.currency, error=error)


def _up(value: float) -> float:
    """Return a limit with two digits, never below it; a penny at least.

    >>> _up(0.003), _up(9.912), _up(139_220_809)
    (0.01, 10.0, 140000000.0)
    """
    if value <= 0.01:
        return 0.01
    step = 10.0 ** max(math.floor(math.log10(value)) - 1, -2)
    return step * math.ceil(value / step - 1e-9)


def _perfect(context: Context, found: Found) -> str:
    wtp, best = found.wtp[0], found.best[0]
    value, error = found.perfect[wtp]
    text = (
        f"At {money(wtp, context.currency)} per {context.unit} the option to choose now is "
        f"{inside(context.label(best))}; knowing everything before choosing would be worth "
        f"{pounds(context, value, error)} per person"
    )
    if found.people is not None:
        people = found.people.count()
        everybody = pounds(context, value, error, people)
        text += (
            f", {everybody} for the {people:,.0f} {context.scenario.population.label} "
            f"(discounted) who are decided for in {found.people.horizon:g} years"
        )
    more = [
        f"{pounds(context, *found.perfect[w])} at {money(w, context.currency)}"
        for w in found.wtp[1:]
    ]
    return f"{text} ({listing(more)})." if more else f"{text}."


def _share(worth: Worth, ceiling: float) -> str:
    return f"{min(100 * worth.value / ceiling, 100):.0f}%"


def _inputs(context: Context, found: Found) -> str:
    wtp = found.wtp[0]
    ceiling = found.perfect[wtp][0]
    single = {name: w[0] for name, w in found.worths.items() if not found.subjects[name].group}
    groups = {name: w[0] for name, w in found.worths.items() if found.subjects[name].group}
    ranked = sorted(
        (name for name, w in single.items() if w.distinct and w.value >= _SHARE * ceiling),
        key=lambda name: -single[name].value,
    )
    said = []
    if ranked:
        first, *others = ranked[:_NAMED]
        text = (
            f"Most of it hangs on {_quoted(found, first)}: knowing that alone is worth "
            f"{pounds(context, single[first].value, single[first].error)} per person, "
            f"{_share(single[first], ceiling)} of knowing everything"
        )
        if single[first].value < 0.5 * ceiling:
            text = text.replace("Most of it hangs on", "The most telling input is")
        if others:
            rest = [f"{_quoted(found, n)} ({_share(single[n], ceiling)})" for n in others]
            text += f"; then {listing(rest)}"
        said.append(f"{text}.")
    elif single and ceiling > 0:
        said.append("No input by itself would change the choice enough to matter.")
    together = [name for name, w in groups.items() if w.distinct and ceiling > 0]
    if together:
        parts = [f"{_quoted(found, n)} {_share(groups[n], ceiling)}" for n in together]
        said.append(f"Learnt together: {listing(parts)}.")
    return " ".join(said) or "Nothing that could be found out would change the choice."


def _quoted(found: Found, name: str) -> str:
    return f"“{found.subjects[name].label}”"


def _studies(context: Context, found: Found) -> list[str]:
    if not found.studies[0].investments:
        one = found.studies[0]
        worths = one.worths[0]
        low, high = worths[0], worths[-1]
        return [
            f"{one.label} of {low.n:,} to {high.n:,} participants is worth "
            f"{pounds(context, low.worth.value, low.worth.error)} to "
            f"{pounds(context, high.worth.value, high.worth.error)} per person. Whether it pays "
            "depends on how many people are decided for, which is not stated."
        ]
    ranked = sorted(found.studies, key=lambda s: -s.investments[0].best.enbs)
    here = [_study(context, found, s) for s in ranked]
    elsewhere = [_elsewhere(context, found, k) for k in range(1, len(found.wtp))]
    verdicts = {tuple(one.verdict for one in s.investments) for s in found.studies}
    turns = any(len(set(each)) > 1 for each in verdicts)
    # That a study pays at one value of a QALY and not at another comes before why.
    return [*elsewhere, *here] if turns else [*here, *elsewhere]


def _elsewhere(context: Context, found: Found, k: int) -> str:
    """Say which studies pay at another willingness to pay."""
    told = []
    for studied in found.studies:
        made = studied.investments[k]
        text = f"{inside(studied.label)}: {made.verdict}"
        if made.verdict == "go":
            best = made.best
            text += (
                f" ({best.n:,} participants, worth "
                f"{money(best.enbs, context.currency, error=best.error)} more than they cost)"
            )
        told.append(text)
    return f"At {money(found.wtp[k], context.currency)}: {'; '.join(told)}."


def _study(context: Context, found: Found, studied: Studied) -> str:
    made = studied.investments[0]
    best, cost = made.best, money(made.best.cost, context.currency)
    at = money(found.wtp[0], context.currency)
    if made.verdict == "stop":
        top = studied.ceiling[0]
        most = top.value * made.people
        why = (
            "even without end it could tell no more than is worth "
            f"{pounds(context, top.value, top.error, made.people)}, and "
            f"the smallest costs {money(made.needed, context.currency)}"
            if most < made.needed
            else "no size tried tells enough for its cost"
        )
        return f"{studied.label}: stop, at {at}; {why}."
    size = f"{best.n:,} participants"
    if made.verdict == "go":
        near = made.near
        edge = ""
        if len(near) > 1:
            edge = f"; {near[0]:,} to {near[-1]:,} are within 5% of that"
        if best.n == studied.study.n[-1]:
            edge += "; the largest size tried, so a larger one may be better still"
        return (
            f"{studied.label}: go, at {at}. The best size tried is {size}, worth "
            f"{money(best.enbs, context.currency, error=best.error)} more than its {cost}{edge}. "
            f"It pays from {made.break_even:,.0f} people decided for, of {made.people:,.0f}."
        )
    return (
        f"{studied.label}: uncertain, at {at}. At {size} it is worth "
        f"{money(best.worth, context.currency, error=best.error)} (standard error "
        f"{money(best.error, context.currency, error=0.2 * best.error)}) for {cost}; more draws, "
        "or a pilot, would tell."
    )


def warnings(context: Context, found: Found, asked: Voi) -> tuple[str, ...]:
    """Return what the reader must know before using the numbers."""
    said = list(context.warnings)
    wtp = found.wtp[0]
    ceiling, error = found.perfect[wtp]
    for name, worths in found.worths.items():
        doubts = [*worths[0].doubts(found.n)]
        over = worths[0].value - ceiling
        if over > 2 * (error**2 + worths[0].error ** 2) ** 0.5:
            doubts.append("the estimate is above the value of knowing everything")
        if doubts and worths[0].value > 0.01 * ceiling:
            said.append(f"Value of knowing {_quoted(found, name)}: {'; '.join(doubts)}.")
    said += [text for studied in found.studies for text in _doubtful(context, studied)]
    if found.people is not None and asked.population is None:
        said.append(
            f"Nobody says for how long the decision stands; {found.people.horizon:g} years are "
            "assumed ([analysis] voi, population = {horizon = ...})."
        )
    if context.design not in ("random", "imported"):
        said.append("Standard errors take the draws as independent, which this design's are not.")
    return tuple(said)


def _doubtful(context: Context, studied: Studied) -> list[str]:
    """Return what speaks against the worth of a study, each sentence with its sizes."""
    top = studied.ceiling[0]
    above, far = [], []
    for one in studied.worths[0]:
        slack = 2 * (top.error**2 + one.worth.error**2) ** 0.5
        if one.worth.value > top.value + slack:
            above.append(f"{one.n:,}")
        if abs(one.gaussian - one.worth.value) > max(slack, 0.1 * top.value):
            far.append(one)
    said = []
    if above:
        said.append(
            f"{studied.label} at {listing(above)}: worth more than its ceiling, so the estimate "
            "is too high."
        )
    if far:
        worst = max(far, key=lambda one: abs(one.gaussian - one.worth.value))
        sizes = listing([f"{one.n:,}" for one in far])
        said.append(
            f"{studied.label} at {sizes}: the Gaussian approximation differs; at {worst.n:,} it "
            f"says {money(worst.gaussian, context.currency)} per person where regression says "
            f"{money(worst.worth.value, context.currency)}."
        )
    return said


def settings(context: Context, found: Found, asked: Voi) -> dict[str, str]:
    """Return what was in force, in words."""
    made = {
        "draws": count(found.n, "draw"),
        "regression": "incremental net benefit at each willingness to pay, smoothing by GCV",
        "standard errors": "500 draws of the coefficients, and the sampling of the inputs",
    }
    if found.studies:
        made["studies"] = (
            "data simulated for every draw, evenly; the mean of 3 collections; no curve through "
            "the sizes"
        )
    people = found.people
    if people is not None:
        how = "continuously" if people.continuous else "at the start of each year"
        made["population"] = (
            f"{people.per_year:,.0f} a year {how} for {people.horizon:g} years"
            + (f", and {people.prevalent:,.0f} at once" if people.prevalent else "")
            + f", discounted at {100 * people.rate:g}%: {people.count():,.0f}"
        )
        if asked.population is not None and asked.population.source:
            made["source of the population"] = asked.population.source
    return made
