"""Budget, published figures, groups: what they name exists, and shares are shares of a whole."""

from __future__ import annotations

from heco.errors import did_you_mean
from heco.scenario.checks.outcomes import categories, counted_in_the_cohort
from heco.scenario.checks.questions import known, single_number
from heco.scenario.draft import Draft
from heco.scenario.expressions import Number
from heco.scenario.places import Finding, Findings

_BUDGET = ("analysis", "budget")


def budgets_have_people(draft: Draft) -> Findings:
    """See that a budget knows how many people enter in a year."""
    budget = draft.analysis.budget
    if budget is None or budget.people is not None:
        return
    population = draft.population
    if population.size is None:
        if draft.intact("population", "size"):
            what = "nothing says how many people enter in a year"
            yield Finding(_BUDGET, what, "Write people = ..., or [population] size = ...")
    elif population.per != "year":
        yield Finding(
            _BUDGET,
            f'[population] size is per "{population.per}", and a budget needs people per year',
            "Write people = ... in the budget.",
        )


def budgets_name_categories(draft: Draft) -> Findings:
    """See that payers and cash are about categories of cost."""
    budget = draft.analysis.budget
    if budget is None:
        return
    spent = categories(draft)
    if not all(map(draft.intact, ("tree", "states", "transitions", "strategies"))):
        return
    places = [(("payers", name), name) for name in budget.payers]
    places += [(("cash", str(number)), name) for number, name in enumerate(budget.cash)]
    for at, name in places:
        if name not in spent:
            what = f'no cost has the category "{name}"'
            yield Finding((*_BUDGET, *at), what, did_you_mean(name, spent))


def budgets_have_years(draft: Draft) -> Findings:
    """See that uptake and programme costs fall within the years of the budget."""
    budget = draft.analysis.budget
    if budget is None:
        return
    for key in ("uptake", "uptake_low", "uptake_high"):
        given = getattr(budget, key)
        if len(given) > budget.years:
            what = f"there are {len(given)} values for {budget.years} years"
            yield Finding((*_BUDGET, key), what)
        if key == "uptake" and not given:
            yield Finding((*_BUDGET, key), "uptake is an empty list", "Write uptake = [1].")
    for key in ("set_up", "recurrent"):
        for name, cost in getattr(budget, key).items():
            place = (*_BUDGET, key, name)
            if cost.year > budget.years:
                what = f"year {cost.year} is after the {budget.years} years of the budget"
                yield Finding((*place, "year"), what)
            for number, strategy in enumerate(cost.strategies):
                where = (*place, "strategies", str(number))
                yield from known(where, "strategy", strategy, draft.known("strategies"))


def uptakes_are_in_order(draft: Draft) -> Findings:
    """See that low uptake is nowhere above, and high uptake nowhere below, what is expected."""
    budget = draft.analysis.budget
    if budget is None or not budget.uptake:
        return
    for key, sign in (("uptake_low", 1.0), ("uptake_high", -1.0)):
        other = getattr(budget, key)
        for year in range(budget.years if other else 0):
            expected = budget.uptake[min(year, len(budget.uptake) - 1)]
            here = other[min(year, len(other) - 1)]
            if sign * (here - expected) > 0:
                side = "above" if sign > 0 else "below"
                what = f"in year {year + 1}, {here:g} is {side} the expected {expected:g}"
                yield Finding((*_BUDGET, key), what)
                break


def staff_work_for_somebody(draft: Draft) -> Findings:
    """See that staff work for people who are counted on the tree."""
    budget = draft.analysis.budget
    if budget is None or not draft.intact("tree"):
        return
    counted = {name for row in draft.tree.values() for b in row.values() for name in b.count}
    later = counted_in_the_cohort(draft)
    for role, staff in budget.staff.items():
        if staff.per in counted & later:
            what = f'"{staff.per}" is counted on the tree and in the cohort, over the years'
            hint = "Hours are for people counted on the tree: count them by a name of their own."
            yield Finding((*_BUDGET, "staff", role, "per"), what, hint)
        if staff.per not in counted:
            hint = did_you_mean(staff.per, counted)
            hint = hint or f'Write count = "{staff.per}" on the branches that count.'
            if staff.per in later:
                hint = "It is counted in the cohort, over the years; hours are for the tree."
            what = f'nobody is counted as "{staff.per}"'
            yield Finding((*_BUDGET, "staff", role, "per"), what, hint)
        if isinstance(staff.productive_hours, Number) and staff.productive_hours.value <= 0:
            what = f"{staff.productive_hours.value:g} hours in a year get nothing done"
            yield Finding((*_BUDGET, "staff", role, "productive_hours"), what)


def budgets_have_one_price_year(draft: Draft) -> Findings:
    """See that a budget claims no other price year than that of its prices."""
    budget = draft.analysis.budget
    if budget is None or not budget.price_year:
        return
    there = (
        {draft.prices.year} if draft.prices else {p.price_year for p in draft.parameters.values()}
    )
    there -= {""}
    if len(there) == 1 and budget.price_year not in there:
        yield Finding(
            (*_BUDGET, "price_year"),
            f'the amounts are in prices of {there.pop()}, not of "{budget.price_year}"',
            "Leave price_year out, or restate costs with [prices].",
        )


def groups_make_a_whole(draft: Draft) -> Findings:
    """See that there are groups to compare, and that each says what all of them must say."""
    equity = draft.analysis.equity
    if equity is None:
        return
    place = ("analysis", "equity")
    if len(equity.groups) < 2:
        yield Finding((*place, "groups"), "there must be two groups or more to compare")
        return
    for key in ("residents", "opportunity", "gradient", "health"):
        without = [name for name, g in equity.groups.items() if getattr(g, key) is None]
        if without and len(without) < len(equity.groups):
            what = f"{key} is given for some groups and not for others"
            yield Finding((*place, "groups", without[0]), what)
    for key in ("share", "residents", "opportunity", "gradient"):
        values = [getattr(g, key) for g in equity.groups.values()]
        plain = [v.value for v in values if isinstance(v, Number)]
        if len(plain) == len(values) and abs(sum(plain) - 1) > 1e-9:
            what = f"{key} adds up to {sum(plain):g} over the groups, and must add up to 1"
            yield Finding((*place, "groups"), what)
    if equity.cost_per_qaly is None and not draft.decision.wtp:
        what = "nothing says what a QALY costs elsewhere"
        yield Finding(place, what, "Write cost_per_qaly = ..., or [decision] wtp = ...")
    elif equity.cost_per_qaly == 0:
        yield Finding((*place, "cost_per_qaly"), "a QALY that costs nothing buys everything")


def groups_set_parameters(draft: Draft) -> Findings:
    """See that what differs in a group is a parameter, and that all groups say it."""
    equity = draft.analysis.equity
    if equity is None:
        return
    there = draft.known("parameters")
    asked = [
        name
        for name in dict.fromkeys(name for group in equity.groups.values() for name in group.set)
        if name in there
    ]
    for key, group in equity.groups.items():
        place = ("analysis", "equity", "groups", key)
        for name in group.set:
            here = (*place, "set", name)
            yield from known(here, "parameter", name, there)
            if name in draft.components:
                what = f'"{name}" has several components and cannot be set'
                yield Finding(here, what, "Set a parameter that is derived from it by expr.")
        for name in asked:
            if name not in group.set:
                what = f'"{name}" is set in some groups and not in this one'
                yield Finding(place, what, f'Write set = {{{name} = "{name}"}} if it is as usual.')


def published_can_be_reconciled(draft: Draft) -> Findings:
    """See that free inputs can be moved, and that readings are of published figures."""
    asked = draft.analysis.reconcile
    if asked is None:
        return
    place = ("analysis", "reconcile")
    for name, free in asked.free.items():
        yield from single_number(draft, name, free.low, free.high, (*place, "free", name))
    for number, name in enumerate(asked.show):
        yield from known((*place, "show", str(number)), "measure", name, draft.known("measures"))
    for name in asked.supported:
        yield from known((*place, "supported", name), "free input", name, asked.free)
    for key, reading in asked.readings.items():
        here = (*place, "readings", key)
        names = draft.known("strategies")
        yield from known((*here, "strategy"), "strategy", reading.strategy, names)
        # Where all published figures were dropped, there is nothing to reconcile and nothing wrong.
        for number, figure in enumerate(reading.figures if draft.known("published") else ()):
            where = (*here, "figures", str(number))
            yield from known(where, "published figure", figure, draft.known("published"))


RULES = (
    budgets_have_people,
    budgets_name_categories,
    budgets_have_years,
    uptakes_are_in_order,
    staff_work_for_somebody,
    budgets_have_one_price_year,
    groups_make_a_whole,
    groups_set_parameters,
    published_can_be_reconciled,
)
