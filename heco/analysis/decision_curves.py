"""What a wrong choice could cost, and which choice depends on what a QALY is worth.

The curves that decision makers read, over a range of willingness to pay: the probability that each
option is the most cost-effective (CEAC), the same of the option to choose (CEAF), what choosing an
option forgoes on average against perfect information (expected loss), its smallest value (EVPI:
what all further evidence together could be worth), and incremental net benefit with the range that
holds 95% of the draws. The arithmetic, and its sources, are in `heco.analysis.curves`.

`heco.analysis.psa` has the probabilities at the willingness to pay that the author states; their
losses are here.
"""

from __future__ import annotations

import math

import numpy as np

from heco.analysis.choices import Choice, choice_ranges, willingness
from heco.analysis.context import Context, increments
from heco.analysis.curves import Band, Curves, curves, inmb_band
from heco.analysis.wording import amount, inside, money
from heco.result import Column, Quantity, Result, Table

NAME = "decision_curves"
TITLE = "What could a wrong choice cost?"
#: A gain below this is said to be below it. [QALYs per person]
TINY = 0.0001
_Z = 1.959963984540054


def applies(context: Context) -> bool:
    """Return whether there are draws, options to choose between, and effects to weigh."""
    several = len(context.scenario.strategies) > 1
    return context.psa is not None and several and not context.cost_only


def run(context: Context) -> Result:
    """Work out all curves in one pass over the draws.

    Parameters
    ----------
    context : Context
        The run; it must have draws.

    Returns
    -------
    Result
        ``decision_curves``, with the tables ``ceac``, ``ceaf``, ``expected_loss``, ``evpi``,
        ``inmb_curve`` and ``frontier_points``. The `Curves`, the `Band` of each option by name and
        the `Choice` ranges are in `data` as ``curves``, ``bands`` and ``choices``.
    """
    assert context.psa is not None
    sample = context.psa
    outcomes = sample.outcomes
    cost, effect = outcomes.cost, outcomes.effect(context.effect)
    choices = choice_ranges(cost.mean(axis=1), effect.mean(axis=1))
    made = curves(cost, effect, willingness(context, choices))
    bands = {
        option: inmb_band(
            *increments(sample, context.effect, option, context.scenario.comparator), made.wtp
        )
        for option in context.scenario.options
    }
    people = None if outcomes.population is None else float(np.mean(outcomes.population))
    tables = (
        _ceac(context, made), _ceaf(context, made), _loss(context, made),
        _evpi(context, made, people), _inmb(context, bands), _frontier(context, choices),
    )  # fmt: skip
    return Result(
        NAME,
        TITLE,
        _sentences(context, made, people),
        tables,
        tuple(_quantities(context, made, people)),
        settings={
            "willingness to pay": f"{made.wtp[0]:,.0f} to {made.wtp[-1]:,.0f}, {len(made.wtp)} "
            "points",
            "draws": f"{made.draws:,}",
        },
        data={"curves": made, "bands": bands, "choices": choices, "people": people},
    )


def _at(made: Curves, wtp: float) -> int | None:
    """Return the place of a willingness to pay among those of the curves."""
    found = np.flatnonzero(made.wtp == wtp)
    return int(found[0]) if len(found) else None


def _wtp(context: Context) -> Column:
    return Column("wtp", f"Willingness to pay per {context.unit}", "money")


def _names(context: Context) -> list[tuple[str, str]]:
    assert context.psa is not None
    return [(name, context.label(name)) for name in context.psa.outcomes.strategies]


_WHO = (Column("strategy", "Name"), Column("label", "Strategy"))


def _ceac(context: Context, made: Curves) -> Table:
    rows = [
        (float(wtp), *who, float(made.ceac[i, k]))
        for k, wtp in enumerate(made.wtp)
        for i, who in enumerate(_names(context))
    ]
    columns = (
        _wtp(context), *_WHO, Column("probability", "Probability most cost-effective", "percent"),
    )  # fmt: skip
    notes = (
        "Share of draws in which the option has the highest net benefit of all; options that are "
        "exactly equal share a draw.",
    )
    return Table("ceac", "Probability most cost-effective", columns, tuple(rows), notes)


def _ceaf(context: Context, made: Curves) -> Table:
    names = _names(context)
    rows = [
        (float(wtp), *names[made.best[k]], float(made.ceaf[k]), float(made.nmb[made.best[k], k]))
        for k, wtp in enumerate(made.wtp)
    ]
    columns = (
        _wtp(context), *_WHO, Column("probability", "Probability most cost-effective", "percent"),
        Column("mean_nmb", "Mean net monetary benefit", "money"),
    )  # fmt: skip
    notes = ("The option with the highest mean net benefit, whatever its probability.",)
    return Table("ceaf", "The option to choose, and its probability", columns, tuple(rows), notes)


def _loss(context: Context, made: Curves) -> Table:
    rows = [
        (
            float(wtp), *who, float(made.loss[i, k]),
            float(made.loss[i, k] / wtp) if wtp > 0 else None, bool(made.best[k] == i),
        )
        for k, wtp in enumerate(made.wtp)
        for i, who in enumerate(_names(context))
    ]  # fmt: skip
    columns = (
        _wtp(context), *_WHO, Column("expected_loss", "Expected loss per person", "pence"),
        Column("expected_loss_health", f"the same in {context.unit}s", "qaly"),
        Column("best", "Highest mean net benefit", "flag"),
    )  # fmt: skip
    notes = (
        "What is forgone on average by choosing the option now, against choosing the best in each "
        "draw. The smallest of them is the value of perfect information.",
    )
    return Table("expected_loss", "What choosing an option forgoes", columns, tuple(rows), notes)


def _evpi(context: Context, made: Curves, people: float | None) -> Table:
    names = _names(context)
    independent = context.design == "random"
    rows = [
        (
            float(wtp), *names[made.best[k]], float(made.evpi[k]),
            float(made.evpi_error[k]) if independent else None,
            float(made.evpi[k] / wtp) if wtp > 0 else None,
            None if people is None else float(made.evpi[k] * people),
        )
        for k, wtp in enumerate(made.wtp)
    ]  # fmt: skip
    columns = (
        _wtp(context), *_WHO, Column("evpi", "Value of perfect information per person", "pence"),
        Column("error", "Monte Carlo error", "pence"),
        Column("evpi_health", f"the same in {context.unit}s", "qaly"),
        Column("evpi_population", f"for all who enter in one {_period(context)}", "money"),
    )  # fmt: skip
    notes = ["The strategy is the option to choose without further evidence."]
    if people is not None:
        notes.append(
            f"For all: times {people:,.0f}, the mean number of {context.scenario.population.label} "
            f"who enter in one {_period(context)}. A decision that holds for longer is worth more."
        )
    title = "What perfect information would be worth"
    return Table("evpi", title, columns, tuple(rows), tuple(notes))


def _period(context: Context) -> str:
    return str(context.scenario.population.per)


def _inmb(context: Context, bands: dict[str, Band]) -> Table:
    rows = [
        (
            float(wtp), option, context.label(option), context.scenario.comparator,
            float(band.mean[k]), float(band.lower[k]), float(band.upper[k]),
            float(band.error[k]) if context.design == "random" else None,
        )
        for option, band in bands.items()
        for k, wtp in enumerate(band.wtp)
    ]  # fmt: skip
    columns = (
        _wtp(context), *_WHO, Column("comparator", "Compared with"),
        Column("mean", "Incremental net monetary benefit", "pence"),
        Column("lower", "95% from", "pence"), Column("upper", "to", "pence"),
        Column("error", "Monte Carlo error", "pence"),
    )  # fmt: skip
    notes = ("The range holds 95% of the draws.",)
    title = "Incremental net benefit, by willingness to pay"
    return Table("inmb_curve", title, columns, tuple(rows), notes)


def _frontier(context: Context, choices: tuple[Choice, ...]) -> Table:
    names = _names(context)
    rows = [
        (one.low, one.high if math.isfinite(one.high) else None, *names[one.best])
        for one in choices
    ]
    columns = (
        Column("wtp", f"Willingness to pay per {context.unit}, from", "money"),
        Column("wtp_end", "to", "money"), *_WHO,
    )  # fmt: skip
    notes = ("By mean net benefit over the draws; exact, whatever the steps of the curves.",)
    title = "Which option to choose"
    return Table("frontier_points", title, columns, tuple(rows), notes)


def _quantities(context: Context, made: Curves, people: float | None) -> list[Quantity]:
    found = []
    each = f"{context.currency} per person"
    for wtp in context.wtp:
        k = _at(made, wtp)
        if k is None:  # the author's own range of the curves leaves it out
            continue
        for i, (name, _) in enumerate(_names(context)):
            loss = float(made.loss[i, k])
            found.append(
                Quantity("expected_loss", loss, name, wtp=wtp, unit=each, basis="probabilistic")
            )
        value, low, high = _evpi_limits(context, made, k)
        found.append(
            Quantity("evpi", value, wtp=wtp, lower=low, upper=high, unit=each,
                     basis="probabilistic")
        )  # fmt: skip
        # With the value of information asked for, that says for how many years the decision stands.
        if people is not None and context.scenario.analysis.voi is None:
            every = [None if v is None else v * people for v in (value, low, high)]
            unit = f"{context.currency} for all who enter in one {_period(context)}"
            found.append(
                Quantity("evpi_population", every[0], wtp=wtp, lower=every[1], upper=every[2],
                         unit=unit, basis="probabilistic")
            )  # fmt: skip
    return found


def _evpi_limits(
    context: Context, made: Curves, k: int
) -> tuple[float, float | None, float | None]:
    """Return EVPI with the 95% interval that finite simulation leaves; it is never below 0."""
    value = float(made.evpi[k])
    if context.design != "random":
        return value, None, None
    half = _Z * float(made.evpi_error[k])
    return value, max(0.0, value - half), value + half


def _sentences(context: Context, made: Curves, people: float | None) -> tuple[str, ...]:
    """Say what choosing now forgoes, at the first willingness to pay and in short at the others."""
    stated = [(wtp, k) for wtp in context.wtp if (k := _at(made, wtp)) is not None]
    if not stated:
        return ()
    names = [label for _, label in _names(context)]
    (first, k), *others = stated
    health = ""
    if first > 0:
        loss, error = float(made.evpi[k] / first), _error(context, made, k) / first
        health = f"under {TINY}" if loss < TINY else amount(loss, error=error)
    text = (
        f"At {money(first, context.currency)} per {context.unit}, choosing "
        f"{inside(names[made.best[k]])} now forgoes {_pounds(context, made, k)} per person on "
        + (f"average ({health} {context.unit}s)" if health else "average")
        + " against knowing everything"
    )
    for wtp, j in others:
        who = f" choosing {inside(names[made.best[j]])}," if made.best[j] != made.best[k] else ""
        text += f"; at {money(wtp, context.currency)},{who} {_pounds(context, made, j)}"
    text += ". No further evidence can be worth more"
    if people is not None:
        text += (
            f": at {money(first, context.currency)}, {_pounds(context, made, k, people)} for the "
            f"{people:,.0f} {context.scenario.population.label} who enter in one "
            f"{_period(context)}"
        )
    return (f"{text}.",)


def _error(context: Context, made: Curves, k: int) -> float:
    return float(made.evpi_error[k]) if context.design == "random" else 0.0


def _pounds(context: Context, made: Curves, k: int, people: float = 1.0) -> str:
    """Return EVPI in words; what few draws decide has an upper limit only."""
    value, error = float(made.evpi[k]) * people, _error(context, made, k) * people
    if 0 < value < max(2 * error, 0.005):
        return f"under {money(max(value + _Z * error, 0.01), context.currency)}"
    return money(value, context.currency, error=error)
