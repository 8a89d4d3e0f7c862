"""Probabilistic thresholds: closed forms where net benefit is linear, bisection where it is not."""

import math

import numpy as np
import pytest
from small_models import scenario

from heco.analysis.assurance import assurance
from heco.analysis.gsa import Target
from heco.model import compile_model

TARGET = Target("new", "none", 20_000.0)
INPUTS = {
    "price": "fixed = 500",
    "c": "normal = {mean = 1000, se = 100}",
    "gain": "normal = {mean = 0.1, se = 0.02}",
}
Z80, Z90 = 0.8416212, 1.2815516


def solve(options, inputs, parameter, low, high, n=20_000, **settings):
    model = compile_model(scenario(options, inputs))
    draws = model.sample(n, 1)
    return assurance(model, draws, parameter, low, high, TARGET, **settings)


def by_share(made):
    return {one.share: one for one in made.crossings}


def test_a_price_in_a_linear_model():
    """Break-even price = 20,000 gain - c ~ N(1000, 412²): its quantiles are the answers."""
    made = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 0, 3000)
    found, sd = by_share(made), math.hypot(400, 100)
    assert made.method == "closed form"
    error = sd / math.sqrt(20_000)
    assert found[None].x == pytest.approx(1000, abs=4 * error)
    for share, exact in ((0.5, 1000), (0.8, 1000 - Z80 * sd), (0.9, 1000 - Z90 * sd)):
        assert found[share].x == pytest.approx(exact, abs=8 * error)
        assert found[share].worth_it == "below"
        assert found[share].lower < found[share].x < found[share].upper
    assert found[None].upper - found[None].lower == pytest.approx(2 * 1.96 * error, rel=0.15)
    density = math.exp(-(Z90**2) / 2) / math.sqrt(2 * math.pi) / sd
    spread = math.sqrt(0.9 * 0.1 / 20_000) / density
    assert found[0.9].upper - found[0.9].lower == pytest.approx(2 * 1.96 * spread, rel=0.2)


def test_the_probability_answers_are_order_statistics_of_the_break_evens():
    made = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 0, 3000, 1000)
    model = compile_model(scenario({"none": ("0", "0"), "new": ("c", "gain")}, INPUTS))
    draws = model.sample(1000, 1)
    own = np.sort(20_000 * draws.column("gain") - draws.column("c"))
    assert by_share(made)[0.8].x == pytest.approx(own[200], rel=1e-9)
    assert by_share(made)[None].x == pytest.approx(own.mean(), rel=1e-9)


def test_an_effect_is_worth_it_above():
    made = solve({"none": ("0", "0"), "new": ("c", "price / 10000")}, INPUTS, "price", 0, 3000)
    found = by_share(made)
    assert found[None].worth_it == "above"
    assert found[None].x == pytest.approx(500, abs=2)
    assert found[0.9].x == pytest.approx(500 + Z90 * 50, abs=3)


def test_mean_and_even_chance_differ_under_skew():
    """Break-even = lognormal cost: mean exp(μ + σ²/2), median exp(μ)."""
    inputs = INPUTS | {"c": "lognormal = {median = 1000, se_log = 0.8}"}
    made = solve({"none": ("0", "0"), "new": ("c", "price / 20000")}, inputs, "price", 0, 20_000)
    found = by_share(made)
    assert found[0.5].x == pytest.approx(1000, rel=0.03)
    assert found[None].x == pytest.approx(1000 * math.exp(0.32), rel=0.03)
    assert found[0.9].x == pytest.approx(1000 * math.exp(0.8 * Z90), rel=0.04)


def test_bisection_finds_what_the_closed_form_would():
    """price² is no straight line; its root is."""
    straight = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 0, 3000,
                     4000)  # fmt: skip
    bent = solve({"none": ("0", "0"), "new": ("price^2 + c", "gain")}, INPUTS, "price", 0, 60, 4000)
    assert bent.method == "bisection"
    for one, other in zip(straight.crossings, bent.crossings, strict=True):
        assert other.x**2 == pytest.approx(one.x, rel=1e-5)
        assert other.lower**2 == pytest.approx(one.lower, rel=0.01)
        assert other.upper**2 == pytest.approx(one.upper, rel=0.01)


def test_a_parameter_with_its_own_distribution_is_held_at_one_value():
    made = solve({"none": ("0", "0"), "new": ("c", "gain")}, INPUTS, "c", 0, 4000)
    assert by_share(made)[0.8].x == pytest.approx(2000 - Z80 * 400, abs=25)


def test_a_derived_parameter_can_be_solved_for():
    inputs = INPUTS | {"total": 'expr = "price + c"'}
    made = solve({"none": ("0", "0"), "new": ("total", "gain")}, inputs, "total", 0, 4000)
    assert by_share(made)[None].x == pytest.approx(2000, abs=12)


def test_always_and_never():
    made = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 0, 10)
    found = by_share(made)
    assert (found[0.9].x, found[0.9].worth_it) == (None, "always")
    made = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 5000, 6000)
    assert {one.worth_it for one in made.crossings} == {"never"}
    assert all(one.lower is None for one in made.crossings)


def test_an_answer_that_changes_back_is_given_twice():
    """Worth it between: net benefit is 400 less the squared distance from 50."""
    words = {"none": ("0", "0"), "new": ("(price - 50)^2 + c - 600", "gain / 10")}
    made = solve(
        words, INPUTS | {"gain": "normal = {mean = 0.4, se = 0.001}"}, "price", 0, 100, 500
    )
    mean = [one for one in made.crossings if one.share is None]
    assert [one.worth_it for one in mean] == ["above", "below"]
    assert [one.x for one in mean] == pytest.approx([30, 70], abs=0.5)


def test_slopes_of_both_signs():
    """In some draws more is better, in others less: P = Φ(slope mean / sd) of each value."""
    inputs = INPUTS | {"slope": "normal = {mean = 1, se = 2}", "c": "fixed = 10"}
    made = solve({"none": ("0", "0"), "new": ("c - slope * price", "0")}, inputs, "price", 0, 100,
                 shares=(0.5, 0.6))  # fmt: skip
    found = by_share(made)
    # P(slope > 10 / price) = 0.5 at price = 10; 0.6 needs slope > 1 - 0.2533 * 2.
    assert found[0.5].x == pytest.approx(10, rel=0.05)
    assert found[0.6].x == pytest.approx(10 / (1 - 0.2533471 * 2), rel=0.05)
    assert found[0.6].worth_it == "above"


def test_where_the_model_has_no_answer():
    inputs = INPUTS | {"price": "fixed = 0.5"}
    words = {"none": ("0", "0"), "new": ("c", "gain * sqrt(1 - price)")}
    made = solve(words, inputs, "price", 0, 2, 2000)
    assert by_share(made)[None].x == pytest.approx(0.75, abs=0.02)
    assert np.isnan(made.mean[-1])
    assert np.isfinite(made.mean[0])


def test_the_curves_are_those_of_the_values_asked():
    made = solve({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS, "price", 0, 3000, 2000)
    model = compile_model(scenario({"none": ("0", "0"), "new": ("price + c", "gain")}, INPUTS))
    draws = model.sample(2000, 1).replace({"price": made.x[7]})
    inmb = TARGET.outputs(model.evaluate(draws))["inmb"]
    assert made.mean[7] == pytest.approx(inmb.mean())
    assert made.probability[7] == pytest.approx(np.mean(inmb > 0), abs=1e-3)


def test_same_seed_same_interval():
    words = {"none": ("0", "0"), "new": ("price + c", "gain")}
    one, other = (solve(words, INPUTS, "price", 0, 3000, 500, seed=4) for _ in range(2))
    assert one.crossings == other.crossings


def test_an_empty_range_is_refused():
    with pytest.raises(ValueError, match="empty"):
        solve({"none": ("0", "0"), "new": ("price", "gain")}, INPUTS, "price", 5, 5)
