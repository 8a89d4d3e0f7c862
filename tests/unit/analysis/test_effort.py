"""Runs that would need too much are refused before they begin, with the keys to change."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

import heco
from heco.analysis import run_scenario
from heco.analysis.context import base_sample, psa_sample
from heco.analysis.effort import COPIES, effort

FIRST = Path(__file__).parents[3] / "scenarios" / "first.toml"


def _first(**otherwise):
    text = FIRST.read_text(encoding="utf-8")
    for old, new in otherwise.values():
        assert old in text
        text = text.replace(old, new)
    return heco.load_text(text, name="first")


CYCLE = ('"1 month"', '"1 day"')
LONG = ('"10 years"', '"49000 days"')
MANY = ("1_000}", "1_000_000}")


def _problems(scenario):
    with pytest.raises(heco.ScenarioError) as caught:
        run_scenario(scenario)
    return {problem.where: problem for problem in caught.value.problems}


def test_three_zeros_too_many_are_refused_at_once():
    found = _problems(_first(a=CYCLE, b=LONG, c=MANY))
    problem = found["[analysis.limits] minutes"]
    assert "1,000,000 rows of 49,000 cycles" in problem.what
    assert "30 is the most" in problem.what
    assert "longer cycles" in problem.hint


def test_memory_and_time_are_refused_together():
    small = ("draws = 1_000}", "draws = 100_000}\nlimits = {memory = 1, minutes = 0.0001}")
    found = _problems(_first(a=small))
    assert set(found) == {"[analysis.limits] memory", "[analysis.limits] minutes"}


def test_tunnels_count_one_by_one():
    tunnels = ("per_cycle(0.50)", "per_cycle(min(0.5, 0.1 + 0.01 * state_time))")
    tracked = ("cost = 2_000}", 'cost = 2_000, track = "5000 days"}')
    room = ('"10 years"', '"49000 days"\nmax_tunnel = 5_000')
    less = ("draws = 1_000}", "draws = 1_000}\nlimits = {minutes = 1}")
    found = _problems(_first(a=CYCLE, b=room, c=tunnels, d=tracked, e=less))
    assert "the base case of 49,000 cycles and 5,001 states (tunnels counted one by one)" in (
        found["[analysis.limits] minutes"].what
    )


def test_a_higher_limit_lets_it_through():
    more = ("draws = 1_000}", "draws = 2_000}\nlimits = {memory = 0.2, minutes = 1}")
    assert "[analysis.limits] memory" in _problems(_first(a=more))
    more = ("draws = 1_000}", "draws = 2_000}\nlimits = {memory = 20, minutes = 1}")
    assert run_scenario(_first(a=more)).draws == 2_000


@pytest.mark.parametrize("name", ["first", "targeted", "universal"])
def test_the_estimate_covers_what_is_held(name):
    """Against the memory that Python itself counts for draws and outcomes."""
    model = heco.compile(heco.load(FIRST.parent / f"{name}.toml"))
    base = base_sample(model)
    psa_sample(model, 30_000, 1, "random", 1)  # what is made once is not part of it
    held = []
    for n in (10_000, 30_000):
        tracemalloc.start()
        sample, _ = psa_sample(model, n, 1, "random", 1)
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert sample.n > 0.99 * n
    estimate = effort(model, base.draws, base.outcomes, 20_000).memory
    truly = (held[1] - held[0]) / 1e6
    assert truly < estimate < 2 * COPIES * truly, "what is held, and room for the analyses"


def test_designs_and_alternatives_are_part_of_the_estimate():
    plain = heco.compile(_first())
    base = base_sample(plain)
    shares = ("draws = 1_000}", "draws = 1_000}\nsensitivity = {draws = 64}")
    again = (
        "draws = 1_000}",
        'draws = 1_000}\n[analysis.alternatives.x]\nlabel = "x"\npsa = true\n'
        'time = {horizon = "20 years"}',
    )
    assert effort(plain, base.draws, base.outcomes, 1_000).rows == 1_000
    uncertain = len(plain.scenario.distributions)
    for change, more in ((shares, 64 * (uncertain + 2)), (again, 1_000)):
        model = heco.compile(_first(a=change))
        base = base_sample(model)
        assert effort(model, base.draws, base.outcomes, 1_000).rows == 1_000 + more


def test_the_shipped_scenarios_need_little():
    for path in sorted(FIRST.parent.glob("*.toml")):
        if path.name == "attachment-base.toml":
            continue
        model = heco.compile(heco.load(path))
        base = base_sample(model)
        needs = effort(model, base.draws, base.outcomes, 10_000)
        assert needs.memory < 200
        assert needs.minutes < 0.5
