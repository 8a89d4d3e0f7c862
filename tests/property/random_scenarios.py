"""Small random scenarios: states, rows, a tree or none, levers, and conventions of every kind.

`scenarios()` draws a scenario as the dictionary that TOML would give, together with draws of its
parameters that keep every probability in its domain.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

COUNTING = ["start", "end", "half-cycle", "life-table", "simpson"]
CYCLES = {"1 year": 1.0, "6 months": 0.5, "1 month": 1 / 12, "1/3 year": 1 / 3}
DISCOUNTING = ["continuous-index", "annual-step", "first-year-free", "exponential"]

#: Factors between 0 and 1 that depend on parameters and on time; `{}` is a number from 1 to 3.
STEADY = ["1", "share_a", "share_a * share_b", "where(on > 0, share_b, 1)", "derived"]
TIMED = [
    "where(time < {}, share_a, 1)",
    "exp(-share_b * time)",
    "1 / (1 + time)",
    "where(age >= 60 + {}, 0.5, share_b)",
    "1 / cycle",
    "looked_up",
    "timed",
]
IN_STATE = [
    "where(state_time < {}, share_a, 0.5)",
    "1 / state_cycle",
    "exp(-state_time)",
    "where(state_cycle == {}, 1, share_b)",
]

fractions = st.integers(1, 19).map(lambda k: k / 20)


@st.composite
def factors(draw: Any, in_state: bool = True) -> str:
    """Draw a formula that stays between 0 and 1."""
    pool = STEADY + TIMED + (IN_STATE if in_state else [])
    return draw(st.sampled_from(pool)).format(draw(st.integers(1, 3)))


@st.composite
def conventions(draw: Any, exponential: bool) -> dict[str, Any]:
    """Draw [time]."""
    counting = {name: draw(st.sampled_from(COUNTING)) for name in ("cost", "qaly", "life_years")}
    if draw(st.booleans()):
        counting = dict.fromkeys(counting, counting["cost"])
    time: dict[str, Any] = {
        "cycle": draw(st.sampled_from(list(CYCLES))),
        "horizon": f"{draw(st.integers(1, 7))} cycles",
        "start_age": 60,
        "cycle_counting": counting,
        "discount": {"cost": draw(st.sampled_from([0, 0.035, 0.2])), "qaly": draw(fractions)},
        "discounting": draw(st.sampled_from(DISCOUNTING)),
        "values": draw(st.sampled_from(["per year", "per cycle"])),
    }
    if not set(counting.values()) & {"half-cycle", "simpson"}:
        words = ["auto", "cycle-start", "cycle-mid", "cycle-end"]
        time["discount_timing"] = draw(st.sampled_from(words))
    if exponential:
        time["exits"] = "matrix-exponential"
    return time


@st.composite
def parameters(draw: Any) -> dict[str, Any]:
    """Draw [parameters]: numbers, levers, formulas, a table."""
    table = [[k, draw(fractions)] for k in range(8)]
    return {
        "share_a": {"fixed": draw(fractions)},
        "share_b": {"fixed": draw(fractions), "lever": True},
        "on": {"fixed": draw(st.sampled_from([0, 1])), "lever": True},
        "money": {"fixed": draw(st.integers(1, 500))},
        "derived": {"expr": "where(on > 0, share_a, share_a * share_b)"},
        # What a branch sets holds in the tree alone, so the cohort may not use it.
        "share_tree": {"expr": "share_b"},
        "derived_tree": {"expr": "where(on > 0, share_a, share_a * share_tree)"},
        "timed": {"expr": "where(time < 1, derived, share_b)"},
        "looked_up": {"table": {"by": "time", "values": table}},
    }


@st.composite
def states(draw: Any, names: list[str], exponential: bool) -> dict[str, Any]:
    """Draw [states]; the last may be death."""
    found: dict[str, Any] = {}
    for name in names:
        state: dict[str, Any] = {}
        if draw(st.booleans()):
            state["utility"] = draw(factors(not exponential))
        if draw(st.booleans()):
            cost = f"money * {draw(factors(not exponential))}"
            value: dict[str, Any] = {"value": cost}
            if draw(st.booleans()):
                value["per"] = draw(st.sampled_from(["year", "cycle"]))
            if draw(st.booleans()):
                value["timing"] = "start"
            state["cost"] = {"care": value} if draw(st.booleans()) else value
        if draw(st.integers(0, 3)) == 0:
            entry = {"cost": {"arrival": "2 * money"}, "qaly": "-share_a / 10"}
            state["on_entry"] = {**entry, "at_start": draw(st.booleans())}
        if not exponential and draw(st.integers(0, 3)) == 0:
            state["track"] = f"{draw(st.integers(1, 4))} cycles"
        found[name] = state
    return found


@st.composite
def rows(draw: Any, names: list[str], exponential: bool) -> dict[str, Any]:
    """Draw [transitions]: sparse rows, with the rest or with rates; the last state absorbs."""
    found: dict[str, Any] = {}
    for name in names[:-1]:
        others = [other for other in names if other != name]
        targets = draw(st.lists(st.sampled_from(others), unique=True, min_size=1))
        as_rates = exponential or draw(st.booleans())
        row: dict[str, Any] = {} if exponential else {name: "rest"}
        for target in targets:
            size = draw(fractions) / len(targets)
            formula = f"{size} * {draw(factors(not exponential))}"
            move: dict[str, Any] = {"rate": formula} if as_rates else {"p": formula}
            if draw(st.integers(0, 3)) == 0:
                move["cost"] = "money / 2"
                move["qaly"] = "-0.01 * share_a"
            found_at = draw(st.integers(0, len(row)))
            items = list(row.items())
            row = dict([*items[:found_at], (target, move), *items[found_at:]])
        found[name] = row
    return found


@st.composite
def trees(draw: Any, names: list[str]) -> dict[str, Any]:
    """Draw [tree]: a first node whose branches set, count and pay, and a second that they share."""
    ends = st.sampled_from(names)
    return {
        "first": {
            "high": {
                "p": "share_a",
                "set": {"share_tree": "share_tree / 2"},
                "cost": {"test": "money"},
                "to": "second",
                "count": ["seen"],
            },
            "low": {"p": "(1 - share_a) / 2", "to": draw(ends), "qaly": "-0.01", "at": "1 cycle"},
            "none": {"p": "rest", "to": "second", "cost": "money / 3"},
        },
        "second": {
            "yes": {"p": "derived_tree", "to": draw(ends), "count": ["seen", "yes"]},
            "no": {"p": "rest", "to": draw(ends), "cost": {"test": "money * share_tree"}},
        },
    }


@st.composite
def scenarios(
    draw: Any, exponential: bool | None = None
) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Draw a scenario and draws of its parameters."""
    names = [f"s{k}" for k in range(draw(st.integers(2, 5)))]
    if exponential is None:
        exponential = draw(st.integers(0, 4)) == 0
    data: dict[str, Any] = {
        "decision": {},
        "time": draw(conventions(exponential)),
        "population": {"size": 100, "starts": {names[0]: 0.7, names[1]: "rest"}},
        "parameters": draw(parameters()),
        "states": draw(states(names, exponential)),
        "transitions": draw(rows(names, exponential)),
    }
    data["states"][names[-1]].pop("track", None)
    data["states"][names[-1]]["absorbing"] = True
    if in_tree := draw(st.booleans()):
        data["tree"] = draw(trees(names))
    data["strategies"] = {}
    for k in range(draw(st.integers(1, 3))):
        strategy: dict[str, Any] = {"enters": "first"} if in_tree else {}
        if draw(st.booleans()):
            strategy["set"] = {"on": draw(st.sampled_from([0, 1])), "share_b": "share_b * 0.9"}
        if draw(st.booleans()):
            one_off = {"cost": "money", "at": "1 cycle", "per": draw(st.sampled_from(["person", "cohort"]))}  # noqa: E501  # fmt: skip
            strategy["one_off"] = [one_off, {"qaly": -0.002}]
        data["strategies"][f"strategy_{k}"] = strategy
    draws = [
        {
            "share_a": draw(fractions),
            "share_b": draw(fractions),
            "money": float(draw(st.integers(0, 900))),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    return data, draws
