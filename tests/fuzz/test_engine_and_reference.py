"""500 random scenarios: the engine agrees with the scalar reference on every number it gives.

Sixty of them with every run of the tests, the others with the slow ones. A scenario that fails is
printed as a file that can be run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compared import disagreements, model_of, pairs, toml_of
from random_models import COUNTING, CYCLES, DISCOUNTING, TIMING, random_model

import heco.model.cohort
import heco.model.layout
import heco.model.tree
import heco.model.weights
from heco.evidence.tables import Table

#: Scenarios of every run, and all of them.
SOME, ALL = 60, 500


def agree(seeds: range) -> None:
    """Assert that engine and reference agree on some scenarios."""
    for seed in seeds:
        found = disagreements(model_of(seed), seed)
        shown = "\n".join(found[:10])
        assert not found, f"{len(found)} numbers differ for seed {seed}\n{shown}\n{toml_of(seed)}"


@pytest.mark.parametrize("first", range(0, SOME, 10))
def test_the_engine_agrees_with_the_reference(first):
    agree(range(first, first + 10))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SOME, ALL, 20))
def test_the_engine_agrees_with_the_reference_on_many(first):
    agree(range(first, first + 20))


# -- the scenarios are worth comparing -------------------------------------------------------------


def rows(data: dict[str, Any]) -> list[dict[str, Any]]:
    return list(data.get("transitions", {}).values())


def steps(data: dict[str, Any]) -> int:
    """Return how many chance nodes follow one another at most."""
    tree = data.get("tree", {})

    def depth(node: str) -> int:
        onward = [branch["to"] for branch in tree[node].values() if branch.get("to") in tree]
        return 1 + max(map(depth, onward), default=0)

    return max(map(depth, tree), default=0)


def shared(data: dict[str, Any]) -> bool:
    """Return whether several nodes lead to the same node."""
    tree = data.get("tree", {})
    leading = Counter(
        to for row in tree.values() for to in {branch.get("to") for branch in row.values()}
    )
    return any(count > 1 for to, count in leading.items() if to in tree)


def uses(*words: str) -> Callable[[dict[str, Any], str], bool]:
    return lambda data, text: any(re.search(rf"\b{word}\b", text) for word in words)


CONSTRUCTS: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "two states": lambda data, text: len(data.get("states", {})) == 2,
    "six states": lambda data, text: len(data.get("states", {})) == 6,
    "tree and cohort": lambda data, text: "tree" in data and "states" in data,
    "tree alone": lambda data, text: "tree" in data and "states" not in data,
    "cohort alone": lambda data, text: "tree" not in data and "states" in data,
    "neither": lambda data, text: "tree" not in data and "states" not in data,
    "a tree four deep": lambda data, text: steps(data) >= 4,
    "a shared node": lambda data, text: shared(data),
    "set on a branch": lambda data, text: any(
        "set" in branch for row in data.get("tree", {}).values() for branch in row.values()
    ),
    "four strategies": lambda data, text: len(data["strategies"]) == 4,
    "one strategy": lambda data, text: len(data["strategies"]) == 1,
    "levers": lambda data, text: any("set" in way for way in data["strategies"].values()),
    "a row of rates": lambda data, text: any('"rate"' in repr(row) or "'rate'" in repr(row)
                                             for row in rows(data)),
    "a row with a rest": lambda data, text: any("rest" in row.values() for row in rows(data)),
    "a row without a rest": lambda data, text: any(
        "rest" not in row.values() and "rate" not in repr(row) for row in rows(data)
    ),
    "everybody moves on": lambda data, text: any(len(row) == 1 for row in rows(data)),
    "matrix exponential": lambda data, text: "matrix-exponential" in text and "states" in data,
    "rates and probabilities": lambda data, text: (
        len({"'rate'" in repr(row) for row in rows(data)}) == 2
    ),
    "time": uses("time"), "age": uses("age"), "cycle": uses("cycle"),
    "state_time": uses("state_time"), "state_cycle": uses("state_cycle"),
    "by_age": uses("by_age"), "by_cycle": uses("by_cycle"), "by_stay": uses("by_stay"),
    "track": uses("track"), "prob": uses("prob"), "per_cycle": uses("per_cycle"),
    "curves": uses("surv_weibull", "surv_gompertz", "surv_gamma"), "where": uses("where"),
    "linear tables": uses("linear"), "beyond the last row": uses("beyond"), "at": uses(r"at\("),
    "one_off": uses("one_off"), "per cohort": uses("cohort"), "on_entry": uses("on_entry"),
    "not at the start": lambda data, text: '"at_start" = false' in text,
    "cost of a move": lambda data, text: any(
        isinstance(move, dict) and "cost" in move for row in rows(data) for move in row.values()
    ),
    "events counted": lambda data, text: any(
        isinstance(move, dict) and "count" in move for row in rows(data) for move in row.values()
    ),
    "paid in full": lambda data, text: '"timing" = "start"' in text,
    "per cycle and per year": lambda data, text: '"per" = "cycle"' in text,
    "joint parameters": uses("mix.one", "effect.one"), "correlations": uses("together"),
    "lifetime": uses("lifetime"), "rates of discount that change": uses("after"),
    "a size by formula": lambda data, text: isinstance(data["population"]["size"], str),
    **{f"counting {word}": lambda data, text, word=word: word in repr(data["time"].get(
        "cycle_counting")) for word in COUNTING},
    **{f"cycle {word}": lambda data, text, word=word: data["time"].get("cycle") == word
       for word in CYCLES},
    **{f"discounting {word}": lambda data, text, word=word: data["time"]["discounting"] == word
       for word in DISCOUNTING},
    **{f"timing {word}": lambda data, text, word=word: data["time"].get("discount_timing") == word
       for word in TIMING},
}  # fmt: skip


def found_in(seeds: range) -> Counter[str]:
    """Return in how many scenarios each construct occurs."""
    found: Counter[str] = Counter()
    for seed in seeds:
        data, text = random_model(seed), toml_of(seed)
        # Words in tables that every scenario has say nothing.
        text = "\n".join(line for line in text.splitlines() if not line.startswith('"by_')) + (
            "".join(re.findall('"linear"|"beyond"', text))
        )
        found.update(name for name, occurs in CONSTRUCTS.items() if occurs(data, text))
    return found


def test_every_construct_occurs_often():
    few, many = found_in(range(SOME)), found_in(range(ALL))
    assert {name: many[name] for name in CONSTRUCTS if many[name] < 12} == {}
    assert {name: few[name] for name in CONSTRUCTS if few[name] < 1} == {}


def test_the_numbers_are_not_trivial():
    kinds: dict[str, list[float]] = {}
    for seed in range(20):
        for kind, what, ours, _ in pairs(model_of(seed), seed):
            kinds.setdefault(what.rpartition(": ")[2] if kind == "valid" else kind, []).append(ours)
    for kind in ("cost", "qaly", "life_years", "people"):
        values = np.array(kinds[kind])
        assert len(values) > 500
        assert np.mean(values != 0) > 0.3, f"most numbers of {kind} are 0"
        assert len(np.unique(values)) > 300, f"the same numbers of {kind} again and again"


def test_the_same_seed_is_the_same_scenario():
    assert toml_of(7) == toml_of(7)
    assert len({toml_of(seed) for seed in range(50)}) == 50


# -- an error in the engine is found ---------------------------------------------------------------


def by(function: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a function whose answers are changed."""
    return lambda *args, **kwargs: change(function(*args, **kwargs))


def no_first_boundary(sides: Any) -> Any:
    start, end = sides[0].copy(), sides[1]
    start[..., 0] = 0
    return start, end


def turned(chances: Any) -> Any:
    """Return the probabilities of a row, each in the place of the one before."""
    first, *others = chances.values()
    return dict(zip(chances, [*others, first], strict=True))


PLANTED: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "the first boundary is left out": (heco.model.weights, "side_weights", no_first_boundary),
    "discounted a month late": (heco.model.weights, "date_factor", lambda old: old * 0.997),
    "an event is dated wrongly": (
        heco.model.weights, "cycle_dates", lambda old: old + 1e-6,
    ),
    "tables are read a little too high": (
        Table, "lookup", lambda old: (old[0] * (1 + 1e-7), old[1]),
    ),
    "branches change places": (
        heco.model.tree, "probabilities",
        turned,
    ),
    "moves change places": (
        heco.model.cohort, "row_chances",
        turned,
    ),
    "one tunnel too few": (
        heco.model.layout, "tunnels",
        lambda old: {state: max(1, tunnels - 1) for state, tunnels in old.items()},
    ),
    "nobody arrives at the start": (heco.model.cohort, "_entry_values", lambda old: old),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_found(name, monkeypatch):
    module, attribute, change = PLANTED[name]
    changed = by(getattr(module, attribute), change)
    if name == "nobody arrives at the start":
        changed = lambda *args: None  # noqa: E731
    monkeypatch.setattr(module, attribute, changed)
    heco.model.weights.all_weights.cache_clear()
    try:
        found = any(disagreements(model_of(seed), seed) for seed in range(20))
    finally:
        heco.model.weights.all_weights.cache_clear()
    assert found, "none of the first twenty scenarios notices"
