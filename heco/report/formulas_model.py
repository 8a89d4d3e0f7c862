"""The formulas of the model that are in force: the tree, the cohort, counting and discounting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from heco.report import numbers
from heco.report.typeset import Formula
from heco.result import RunResult

BRIGGS = "Briggs, Claxton & Sculpher 2006, Decision Modelling for Health Economic Evaluation"
DRUMMOND = (
    "Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes, 4th ed."
)
_COUNTED = {
    "start": ("a_c = D((c − 1)~L), b_c = 0", "counted at the start of each cycle"),
    "end": ("a_c = 0, b_c = D(c~L)", "counted at the end of each cycle"),
    "half-cycle": (
        "a_c = D((c − 1)~L) / 2, b_c = D(c~L) / 2",
        "half-cycle correction: the trapezoid, each side discounted at its own time",
    ),
    "life-table": (
        "a_c = b_c = D((c − 1/2)~L) / 2",
        "life-table method: the mean of both sides, discounted at mid-cycle",
    ),
    "simpson": (
        "a_c = w_{c−1} D((c − 1)~L), b_c = w_c D(c~L)",
        "Simpson's rule: w are its weights of the boundaries, shared between the cycles on both "
        "sides; the 3/8 rule on the last three cycles if their number is odd",
    ),
}
_DISCOUNTED = {
    "continuous-index": ("D(t) = (1 + r)^{−t}", "t in years, fractions included"),
    "annual-step": ("D(t) = (1 + r)^{−floor(t)}", "t in years; floor: whole years completed"),
    "first-year-free": (
        "D(t) = (1 + r)^{−floor(t)}",
        "t in years; floor: whole years completed, so that the first year is free",
    ),
    "exponential": ("D(t) = exp(−r t)", "t in years"),
}
_DATED = {
    "cycle-start": "D((c − 1)~L)",
    "cycle-mid": "D((c − 1/2)~L)",
    "cycle-end": "D(c~L)",
}


def formulas(run: RunResult) -> Iterator[Formula]:
    """Yield the formulas by which this model computes costs and effects."""
    scenario = run.scenario
    if scenario.tree:
        yield _tree()
    if scenario.states:
        yield _moves(scenario)
        yield from _counting(scenario)
        yield from _events(scenario)
    if scenario.tree or scenario.states:
        yield from _discounting(scenario)
    if scenario.price_factors:
        yield Formula(
            "Conversion to the price year",
            ("c = c_0 I_1 / I_0",),
            (
                ("c_0", "cost in the prices of its source"),
                ("I_0, I_1", f"index of that year and of {scenario.prices.year}: "
                 f"{scenario.prices.series}"),
            ),
        )  # fmt: skip


def _tree() -> Formula:
    return Formula(
        "Rolling back the decision tree",
        (
            "π(path) = Π_{b on path} p_b,   p_{rest} = 1 − Σ_{others} p_b",
            "C = Σ_b π(path to b) D(t_b) c_b,   E = Σ_b π(path to b) D(t_b) q_b",
            "entry_s = Σ_{paths to s} π(path),   share_k = Σ_{branches counted as k} π(path to b)",
        ),
        (
            ("p_b", "probability of a branch, as its own path sets the inputs"),
            ("c_b, q_b, t_b", "cost and QALYs of taking the branch, and when they fall"),
            ("s, k", "a state in which paths end; a name under which people are counted"),
        ),
        f"{BRIGGS}, ch. 2",
    )


def _moves(scenario: Any) -> Formula:
    lines = ["n_c = n_{c−1} P_c,   Σ_j p_{i~j} = 1,   p_{rest} = 1 − Σ_{others} p_{i~j}"]
    where = [
        ("n_c", "shares of the cohort in the states at the end of cycle c, a row"),
        ("P_c", "probabilities of moving in cycle c, from row i to column j"),
    ]
    if any(move.rate is not None for row in scenario.transitions.values() for move in row.values()):
        where.append(("r_{i~j}, L", "yearly rate of moving; length of a cycle in years"))
        if scenario.time.exits == "competing":
            lines.append("p_{i~j} = (r_{i~j} / r_i) (1 − exp(−r_i L)),   r_i = Σ_j r_{i~j}")
        else:
            lines.append("P = exp(Q L),   Q the matrix of the r_{i~j} with rows that add up to 0")
    return Formula("Following the cohort", tuple(lines), tuple(where), f"{BRIGGS}, ch. 2")


def _counting(scenario: Any) -> Iterator[Formula]:
    ways = scenario.time.cycle_counting
    each = {"costs": ways.cost, "QALYs": ways.qaly, "life years": ways.life_years or ways.qaly}
    lines = ["V = L Σ_c Σ_s (a_c n_{c−1,s} v_{s} + b_c n_{c,s} v^{*}_{s})"]
    where = [
        ("V", "discounted cost, QALYs or life years of time in the states"),
        ("v_s, v^{*}_s", "value of a year in state s, at the start and just before the end of the "
         "cycle"),
        ("c, L", "number of the cycle from 1; its length in years"),
    ]  # fmt: skip
    for way in dict.fromkeys(each.values()):
        line, words = _COUNTED[way]
        dated = scenario.time.discount_timing
        if dated in _DATED and way not in ("half-cycle", "simpson"):
            share = {"start": "a_c = {}, b_c = 0", "end": "a_c = 0, b_c = {}"}.get(
                way, "a_c = b_c = {} / 2"
            )
            line = share.format(_DATED[dated])
        lines.append(line)
        whose = [name for name, other in each.items() if other == way]
        who = "" if len(whose) == len(each) else f"{numbers.listing(whose)}: "
        where.append(("a_c, b_c", f"{who}{words}"))
    source = f"{BRIGGS}, ch. 2; Naimark et al. 2013, Medical Decision Making 33:961"
    where += _amounts(scenario)
    if "simpson" in each.values():
        source += "; Elbasha & Chhatwal 2016, Medical Decision Making 36:115"
    yield Formula("Counting within cycles", tuple(lines), tuple(where), source)


def _amounts(scenario: Any) -> list[tuple[str, str]]:
    """Return what is otherwise where an amount is not per year, or is paid at the start."""
    every = [
        value
        for state in scenario.states.values()
        for value in (state.utility, *state.cost.values())
        if value is not None
    ]
    said = []
    if any((value.per or scenario.time.values).endswith("cycle") for value in every):
        said.append(("v_s L", "for an amount that is per cycle, the amount itself"))
    if any(value.timing == "start" for value in every):
        said.append(("a_c, b_c", "for what is paid at the start of a cycle: D((c − 1)L) and 0"))
    return said


def _events(scenario: Any) -> Iterator[Formula]:
    """Yield what moves, arrivals and one-offs cost, where the scenario has any."""
    moves = [move for row in scenario.transitions.values() for move in row.values()]
    entries = [state.on_entry for state in scenario.states.values() if state.on_entry is not None]
    if any(event.cost or event.qaly is not None for event in (*moves, *entries)):
        ways = scenario.time.cycle_counting
        timing = scenario.time.discount_timing.removeprefix("cycle-")
        if timing == "auto":
            timing = ways.cost if ways.cost in ("start", "end") else "mid"
        when = {"start": "the start", "mid": "the middle", "end": "the end"}[timing]
        yield Formula(
            "What happens on the way between states",
            ("V = Σ_c D(t_c) Σ_i Σ_j n_{c−1,i} p_{i~j} c_{i~j}",),
            (
                ("c_{i~j}", "cost, or QALYs, of each move from i to j, or of each arrival in j"),
                ("t_c", f"{when} of cycle c; those who start in a state arrive at time 0"),
            ),
        )
    if any(strategy.one_off for strategy in scenario.strategies.values()):
        yield Formula(
            "What falls once",
            ("V = D(t) c",),
            (("c, t", "the amount per person, and its date from the start"),),
        )


def _discounting(scenario: Any) -> Iterator[Formula]:
    rates = scenario.time.discount
    if not rates.highest("cost") and not rates.highest("qaly"):
        yield Formula("No discounting", ("D(t) = 1",), (), "")
        return
    line, when = _DISCOUNTED[scenario.time.discounting]
    rate = f"{rates.words('cost')} for costs, {rates.words('qaly')} for health effects"
    if rates.changes:
        rate += "; D is the product over the periods up to t, each with its rate"
    yield Formula(
        "Discounting",
        (line,),
        (("r", f"yearly rate: {rate}"), ("t", f"time from the decision: {when}")),
        f"{DRUMMOND}, ch. 4",
    )
