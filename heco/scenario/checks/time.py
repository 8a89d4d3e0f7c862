"""The clock: a horizon of whole cycles, ages in order, dates inside the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from heco.scenario.draft import Draft
from heco.scenario.durations import Duration
from heco.scenario.places import Finding, Findings
from heco.scenario.toml_positions import Place

#: More cycles than this are a slip of the unit. [cycles]
_MOST_CYCLES = 50_000


def states_need_a_clock(draft: Draft) -> Findings:
    """See that a model with states has a cycle and a horizon."""
    if not draft.cohort:
        return
    for key, example in (("cycle", '"1 year"'), ("horizon", '"20 years" or "lifetime"')):
        if getattr(draft.time, key) is None and draft.intact("time", key):
            yield Finding(
                ("time", key),
                f"{key} is missing; a model with states needs it",
                f"Write {key} = {example} under [time].",
            )


def cycle_is_a_length(draft: Draft) -> Findings:
    """See that the length of a cycle is not itself counted in cycles."""
    cycle = draft.time.cycle
    if cycle is not None and cycle.cycles:
        yield Finding(
            ("time", "cycle"), f'"{cycle.text}" does not say how long a cycle is',
            'Write cycle = "1 year", "1 month", "1/52 year".',
        )  # fmt: skip
    if cycle is not None and cycle.years == 0:
        yield Finding(("time", "cycle"), "a cycle must be longer than nothing")


def _usable_cycle(draft: Draft) -> Duration | None:
    cycle = draft.time.cycle
    return None if cycle is None or cycle.cycles or cycle.years == 0 else cycle


def lifetime_has_ages(draft: Draft) -> Findings:
    """See that a lifetime runs from the age at the start to the age at the end."""
    time = draft.time
    if time.horizon != "lifetime":
        return
    if time.start_age is None:
        if draft.intact("time", "start_age"):
            yield Finding(
                ("time", "horizon"),
                'a "lifetime" runs from start_age to end_age, but start_age is missing',
                "Write start_age = ... under [time].",
            )
    elif time.start_age >= time.end_age and draft.intact("time", "end_age"):
        yield Finding(
            ("time", "start_age"),
            f"start_age ({time.start_age:g}) is not below end_age ({time.end_age:g}), "
            "so there is no lifetime to follow",
        )


def horizon_is_whole_cycles(draft: Draft) -> Findings:
    """See that the horizon ends when a cycle ends."""
    cycle, horizon = _usable_cycle(draft), draft.time.horizon
    if cycle is None or horizon is None or not draft.cohort:
        return
    count = horizon_years(draft)
    if count is None:
        return
    count /= cycle.years
    if count > _MOST_CYCLES:
        yield Finding(
            ("time", "horizon"),
            f"the horizon has {float(count):,.0f} cycles; {_MOST_CYCLES:,} is the most",
            "Is the unit of the cycle the right one?",
        )
    elif count == 0:
        yield Finding(("time", "horizon"), "the horizon must be longer than nothing")
    elif isinstance(horizon, Duration) and count.denominator != 1:
        near = max(1, round(count))
        yield Finding(
            ("time", "horizon"),
            f'"{horizon.text}" is {float(count):.6g} cycles of "{cycle.text}"; '
            "it must be a whole number of cycles",
            f'Write horizon = "{near} cycles"; a year of 52 weeks has cycles of "1/52 year".',
        )


def horizon_years(draft: Draft) -> Fraction | None:
    """Return the horizon in years, if it is known."""
    time, cycle = draft.time, _usable_cycle(draft)
    if isinstance(time.horizon, Duration):
        if time.horizon.cycles and cycle is None:
            return None
        return time.horizon.in_years(cycle) if cycle else time.horizon.years
    if time.horizon == "lifetime" and time.start_age is not None:
        span = Fraction(time.end_age) - Fraction(time.start_age)
        return span if span > 0 else None
    return None


def dates_lie_within(draft: Draft) -> Findings:
    """See that whatever is dated falls within the horizon; dates in cycles need a cycle."""
    cycle = _usable_cycle(draft)
    end = horizon_years(draft) if draft.cohort else None
    for place, at in _dates(draft):
        if at.cycles and cycle is None:
            if draft.intact("time", "cycle"):
                yield Finding(place, f'"{at.text}" counts cycles, but [time] has no cycle')
            continue
        years = at.in_years(cycle) if cycle else at.years
        if end is not None and years > end:
            yield Finding(
                place,
                f'"{at.text}" is after the end of the horizon ({float(end):g} years)',
                "What falls after the horizon is not counted: remove it, or follow longer.",
            )


def _dates(draft: Draft) -> Iterator[tuple[Place, Duration]]:
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            if branch.at is not None:
                yield ("tree", node, key, "at"), branch.at
    for name, strategy in draft.strategies.items():
        for number, one_off in enumerate(strategy.one_off):
            if one_off.at is not None:
                yield ("strategies", name, "one_off", str(number), "at"), one_off.at


def dated_where_counted(draft: Draft) -> Findings:
    """See that a timing of discounting goes with counting methods that leave a choice."""
    time = draft.time
    if time.discount_timing == "auto" or not draft.cohort:
        return
    counting = time.cycle_counting
    methods = {counting.cost, counting.qaly, counting.life_years or counting.qaly}
    fixed = sorted(methods & {"half-cycle", "simpson"})
    if fixed:
        yield Finding(
            ("time", "discount_timing"),
            f'"{time.discount_timing}" does not go with {" and ".join(fixed)} counting, which '
            "discounts each boundary of a cycle at its own time",
            'Remove discount_timing, or count by "start", "end" or "life-table".',
        )


def rates_are_shares(draft: Draft) -> Findings:
    """See that a yearly discount rate is a share such as 0.035, not a percentage."""
    if not draft.intact("time", "discount"):
        return
    for outcome in ("cost", "qaly"):
        rate = draft.time.discount.highest(outcome)
        if 1 < rate <= 100:
            what = f"a discount rate of {rate:g} is {100 * rate:g}% a year"
            yield Finding(("time", "discount"), what, f"Write {rate / 100:g} for {rate:g}%.")
            return


def ages_are_in_order(draft: Draft) -> Findings:
    """See that ages are in order even where the horizon does not use them."""
    time = draft.time
    written = "end_age" in draft.merged.section("time")
    if time.horizon == "lifetime" or time.start_age is None or not written:
        return
    if time.end_age <= time.start_age and draft.intact("time", "end_age"):
        what = f"end_age ({time.end_age:g}) is not above start_age ({time.start_age:g})"
        yield Finding(("time", "end_age"), what)


RULES = (
    states_need_a_clock,
    cycle_is_a_length,
    lifetime_has_ages,
    horizon_is_whole_cycles,
    dates_lie_within,
    dated_where_counted,
    rates_are_shares,
    ages_are_in_order,
)
