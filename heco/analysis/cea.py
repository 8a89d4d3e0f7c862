"""Whether each option is worth it: the base case.

Strategies are compared in a fully incremental table (`heco.analysis.frontier`)
and one by one with the comparator. A ratio is printed only where it means something: what a QALY
gained costs, or what is saved for a QALY lost; it is the mean difference in cost over the mean
difference in effect, never a mean or a percentile of ratios. Net monetary benefit (willingness
to pay x effect - cost) and net health benefit (effect - cost / willingness to pay) always have a
meaning, so they carry the uncertainty. Where there is a probabilistic analysis its means lead,
with the deterministic numbers beside them.
"""

from __future__ import annotations

from typing import Any

from heco.analysis.basis import Basis, bases, heading, per_person, shown_totals
from heco.analysis.context import Context, increments
from heco.analysis.frontier import (
    EQUIVALENT,
    FRONTIER,
    NO_EFFECT,
    Place,
    incremental,
    quadrant,
    ratio,
)
from heco.analysis.summaries import difference, difference_errors, summary
from heco.analysis.wording import compared, difference_sentence, listing
from heco.result import Column, Quantity, Result, Table

NAME = "base_case"
TITLE = "Is it worth it?"


def applies(context: Context) -> bool:
    """Return whether there is anything to compare."""
    return len(context.scenario.strategies) > 1 or bool(context.wtp)


def run(context: Context) -> Result:
    """Compare every strategy with the others and with the comparator.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``base_case``, with the tables ``incremental`` (unless the model has no effects),
        ``pairwise`` and ``net_benefit`` (where a willingness to pay is known).
    """
    tables: list[Table] = []
    quantities: list[Quantity] = []
    if len(context.scenario.strategies) > 1:
        parts = [_pairwise(context)]
        if not context.cost_only:
            parts.insert(0, _incremental(context))
        for table, more in parts:
            tables.append(table)
            # The step on the frontier may be the step from the comparator: one number, one row.
            known = {_key(quantity) for quantity in quantities}
            quantities += [quantity for quantity in more if _key(quantity) not in known]
    if context.wtp and not context.cost_only:  # without health every one is minus the cost
        table, more = _net_benefit(context)
        tables.append(table)
        quantities += more
    return Result(
        analysis=NAME,
        title=TITLE,
        headline=tuple(_sentence(context, option) for option in context.scenario.options),
        tables=tuple(tables),
        quantities=tuple(quantities),
        settings={"leading numbers": context.basis, "effect": context.unit},
    )


def _incremental(context: Context) -> tuple[Table, list[Quantity]]:
    unit = context.unit
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    for basis in bases(context):
        outcomes = basis.sample.outcomes
        costs, effects = outcomes.cost.mean(axis=1), outcomes.effect(context.effect).mean(axis=1)
        places = incremental(costs, effects)
        names = outcomes.strategies
        for i in sorted(range(len(names)), key=lambda i: (effects[i], costs[i])):
            place, name = places[i], names[i]
            before = "" if place.previous is None else names[place.previous]
            tiny = place.effect is not None and place.effect < NO_EFFECT
            icer = None if tiny else place.icer
            why = f"no meaningful difference in {unit}s" if tiny else _why(context, place, names)
            rows.append(
                (
                    basis.name, name, context.label(name), float(costs[i]), float(effects[i]),
                    before, place.cost, place.effect, icer, place.status, why,
                )
            )  # fmt: skip
            quantities.append(
                Quantity("dominance", None, name, unit=place.status, basis=basis.name)
            )
            if icer is not None:
                each = f"{context.currency} per {unit} gained"
                quantities.append(Quantity("icer", icer, name, before, unit=each, basis=basis.name))
    columns = (
        Column("basis", "Basis"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("cost", "Cost", "money"), Column("effect", heading(unit), "qaly"),
        Column("compared_with", "Compared with"),
        Column("incremental_cost", "Extra cost", "money"),
        Column("incremental_effect", f"Extra {unit}s", "qaly"),
        Column("icer", f"Cost per {unit} gained", "money"), Column("status", "Status"),
        Column("why", "Why"),
    )  # fmt: skip
    notes = (
        f"Sorted by {unit}s. Each option on the frontier is compared with the next less effective "
        "one on it. An option is dominated if another costs no more and gains no less, and "
        "extendedly dominated if a mixture of two others would do better.",
    )
    title = "All strategies, from the least to the most effective"
    return Table("incremental", title, columns, tuple(rows), notes), quantities


def _why(context: Context, place: Place, names: tuple[str, ...]) -> str:
    who = [context.label(names[i]) for i in place.by]
    if place.status == FRONTIER:
        return "on the line between its neighbours" if place.on_the_line else ""
    if len(who) == 2:
        return f"a mixture of {listing(who)} would do better"
    return f"same as {who[0]}" if place.status == EQUIVALENT else f"by {who[0]}"


def _pairwise(context: Context) -> tuple[Table, list[Quantity]]:
    comparator, unit, currency = context.scenario.comparator, context.unit, context.currency
    shown = {name for name, _, _ in shown_totals(context)}
    increments_shown = [
        (name, text, kind)
        for name, text, kind in (
            ("cost", "Extra cost", "money"),
            ("qaly", "Extra QALYs", "qaly"),
            ("life_years", "Extra life years", "qaly"),
        )
        if name in shown
    ]
    columns = [
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Compared with"), Column("basis", "Basis"),
    ]  # fmt: skip
    for name, text, kind in increments_shown:
        columns += [
            Column(f"incremental_{name}", text, kind),
            Column(f"incremental_{name}_lower", "95% from", kind),
            Column(f"incremental_{name}_upper", "to", kind),
        ]
    columns += [
        Column("cost_error", "Monte Carlo error of the cost", "pence"),
        Column("effect_error", "of the effect", "number"),
        Column("icer_error", "of the ratio", "pence"),
        Column("icer", f"Cost per {unit}", "money"), Column("quadrant", "Quadrant"),
        Column("reading", "Reading"),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    for option in context.scenario.options:
        for basis in bases(context):
            quantities += _undiscounted(context, basis, option, shown)
            row: list[Any] = [option, context.label(option), comparator, basis.name]
            for name, _, _ in increments_shown:
                values = _increment(basis, name, option, comparator)
                q = basis.quantity(
                    f"incremental_{name}", values, strategy=option, comparator=comparator,
                    unit=per_person(context, name),
                )  # fmt: skip
                quantities.append(q)
                row += [q.value, q.lower, q.upper]
            cost, effect = (
                float(_increment(basis, name, option, comparator).mean())
                for name in ("cost", context.effect)
            )
            icer = None if context.cost_only else ratio(cost, effect)
            where = "" if context.cost_only else quadrant(cost, effect)
            if icer is not None:
                words = f"per {unit} gained" if where == "NE" else f"saved per {unit} lost"
                quantities.append(
                    Quantity(
                        "icer", icer, option, comparator, unit=f"{currency} {words}",
                        basis=basis.name,
                    )
                )  # fmt: skip
            reading = "" if context.cost_only else compared(cost, effect, unit, currency)
            rows.append((*row, *_errors(context, basis, option), icer, where, reading))
    notes = []
    if any(row[-2] == "SW" for row in rows):
        notes.append(
            "Where an option costs and gains less, the ratio is what is saved for each unit lost: "
            "there a higher ratio is better, and the decision rule is the other way round."
        )
    if context.psa:
        notes.append("Ratios have no limits: percentiles of a ratio of differences mean nothing.")
    title = f"Each option compared with {context.label(comparator)}"
    return Table("pairwise", title, tuple(columns), tuple(rows), tuple(notes)), quantities


def _errors(context: Context, basis: Basis, option: str) -> tuple[float | None, ...]:
    """Return the Monte Carlo errors of the extra cost, the extra effect and their ratio."""
    if not basis.probabilistic:
        return (None, None, None)
    pair = increments(basis.sample, context.effect, option, context.scenario.comparator)
    return difference_errors(*pair)


def _undiscounted(context: Context, basis: Basis, option: str, shown: set[str]) -> list[Quantity]:
    """Return what the option adds before discounting."""
    outcomes, comparator = basis.sample.outcomes, context.scenario.comparator
    i, j = outcomes.index(option), outcomes.index(comparator)
    return [
        basis.quantity(
            f"incremental_{name}",
            difference(getattr(outcomes, name)[i], getattr(outcomes, name)[j]),
            strategy=option, comparator=comparator, unit=per_person(context, name),
        )
        for name in ("cost_undiscounted", "qaly_undiscounted", "life_years_undiscounted")
        if name in shown
    ]  # fmt: skip


def _increment(basis: Basis, name: str, option: str, comparator: str) -> Any:
    cost, effect = increments(basis.sample, "qaly" if name == "cost" else name, option, comparator)
    return cost if name == "cost" else effect


def _net_benefit(context: Context) -> tuple[Table, list[Quantity]]:
    comparator, currency, unit = context.scenario.comparator, context.currency, context.unit
    columns = (
        Column("wtp", f"Willingness to pay per {unit}", "money"), Column("basis", "Basis"),
        Column("strategy", "Name"), Column("label", "Strategy"),
        Column("nmb", "Net monetary benefit", "money"),
        Column("nhb", f"Net health benefit ({unit}s)", "qaly"),
        Column("comparator", "Compared with"),
        Column("inmb", "Incremental net monetary benefit", "pence"),
        Column("inmb_lower", "95% from", "pence"), Column("inmb_upper", "to", "pence"),
        Column("inmb_error", "Monte Carlo error", "pence"), Column("best", "Best", "flag"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    money = f"{currency} per person"
    for wtp in context.wtp:
        for basis in bases(context):
            benefit = basis.sample.outcomes.net_monetary_benefit(wtp, context.effect)
            top = float(benefit.mean(axis=1).max())
            for i, strategy in enumerate(basis.sample.outcomes.strategies):
                what: dict[str, Any] = {"strategy": strategy, "wtp": wtp}
                nmb = basis.quantity("nmb", benefit[i], unit=money, **what)
                quantities.append(nmb)
                nhb: float | None = None
                if wtp > 0:
                    q = basis.quantity("nhb", benefit[i] / wtp, unit=f"{unit}s per person", **what)
                    quantities.append(q)
                    nhb = q.value
                extra: list[Any] = ["", None, None, None, None]
                if strategy != comparator:
                    cost, effect = increments(basis.sample, context.effect, strategy, comparator)
                    s = summary(wtp * effect - cost)
                    q = basis.quantity("inmb", s, comparator=comparator, unit=money, **what)
                    quantities.append(q)
                    error = s.error if basis.probabilistic else None
                    extra = [comparator, q.value, q.lower, q.upper, error]
                best = float(benefit[i].mean()) >= top - 1e-9 * max(1.0, abs(top))
                label = context.label(strategy)
                rows.append((wtp, basis.name, strategy, label, nmb.value, nhb, *extra, best))
    title = "Net benefit at each willingness to pay"
    return Table("net_benefit", title, columns, tuple(rows)), quantities


def _sentence(context: Context, option: str) -> str:
    comparator = context.scenario.comparator
    cost, effect = increments(context.leading, context.effect, option, comparator)
    return difference_sentence(
        context.label(option), context.label(comparator), float(cost.mean()),
        None if context.cost_only else float(effect.mean()), context.unit, context.currency,
        difference_errors(cost, effect),
    )  # fmt: skip


def _key(quantity: Quantity) -> tuple[object, ...]:
    return (quantity.quantity, quantity.strategy, quantity.comparator, quantity.wtp, quantity.basis)
