"""Drawing until the decision is precise enough."""

import math

import numpy as np
import pytest
from small_models import scenario

from heco.analysis.batches import joined
from heco.analysis.curves import curves
from heco.analysis.precision import Rule, batch_seed, precise
from heco.model import compile_model

INPUTS = {
    "c_new": "normal = {mean = 1000, se = 100}",
    "gain": "normal = {mean = 0.06, se = 0.02}",
}


def model(gain=0.06):
    inputs = INPUTS | {"gain": f"normal = {{mean = {gain}, se = 0.02}}"}
    return compile_model(scenario({"none": ("0", "0"), "new": ("c_new", "gain")}, inputs))


def test_a_clear_decision_needs_few_draws():
    """INMB ~ N(1200, 412²) at 20,000: p = 0.998, its error 0.0013 after 1,000 draws."""
    made = precise(model(0.11), [20_000.0], seed=1)
    assert made.settled
    assert made.outcomes.n == 1_000
    assert len(made.trail) == 1


def test_a_toss_up_stops_when_the_difference_no_longer_matters():
    """INMB ~ N(0, 412²): p stays near 0.5, so its error rules: below 0.01 from 2,500 draws on.

    The lead is known to 0.0005 QALYs, 10 at 20,000, from 1,700 draws on.
    """
    made = precise(model(0.05), [20_000.0], seed=1)
    assert made.settled
    assert made.outcomes.n == 3_000
    last = made.trail[-1]
    assert last.ceac_error == pytest.approx(math.sqrt(0.25 / 3000), rel=0.01)
    assert last.error == pytest.approx(math.hypot(400, 100) / math.sqrt(3000), rel=0.06)
    assert [step.settled for step in made.trail] == [False, False, True]


def test_every_willingness_to_pay_must_be_settled():
    one = precise(model(0.05), [100_000.0], seed=1)
    both = precise(model(0.05), [20_000.0, 100_000.0], seed=1)
    assert one.outcomes.n < both.outcomes.n
    assert [step.wtp for step in both.trail[:2]] == [20_000.0, 100_000.0]


def test_the_cap_is_said():
    made = precise(model(0.05), [20_000.0], 1, rule=Rule(most=2_000, probability=1e-4))
    assert not made.settled
    assert made.outcomes.n == 2_000


@pytest.mark.parametrize("n", [1, 3, 5])
def test_random_draws_are_those_of_an_ordinary_run(n):
    rule = Rule(batch=200, most=200 * n, probability=0.0)
    made = precise(model(), [20_000.0], seed=9, rule=rule)
    plain = model().sample(200 * n, 9, "random")
    assert made.draws.names == plain.names
    assert (made.draws.values == plain.values).all()
    outcomes = model().evaluate(plain)
    assert (made.outcomes.cost == outcomes.cost).all()
    assert (made.outcomes.qaly == outcomes.qaly).all()
    assert made.outcomes.shares.keys() == outcomes.shares.keys()


@pytest.mark.parametrize("design", ["random", "lhs", "sobol"])
def test_a_longer_run_begins_with_a_shorter_one(design):
    size = 128
    short, long = (
        precise(model(), [20_000.0], 4, design, rule=Rule(size, size * k, probability=0.0))
        for k in (11, 13)
    )
    assert short.outcomes.n == 11 * size
    assert (long.draws.values[:, : 11 * size] == short.draws.values).all()
    assert long.trail[0].draws == short.trail[0].draws == size


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_space_filling_designs_make_ten_batches_and_know_their_mean_better(design):
    made = precise(model(), [20_000.0], 4, design, rule=Rule(batch=500))
    assert made.settled
    assert len(made.trail) == 10
    assert made.draws.design == design
    plain = math.hypot(400, 100) / math.sqrt(made.outcomes.n)
    assert 0 < made.trail[-1].error < plain / 5
    assert math.isinf(made.trail[0].error)  # one batch says nothing about its error


def test_batches_have_seeds_of_their_own():
    assert len({batch_seed(seed, k) for seed in range(5) for k in range(5)}) == 25
    assert batch_seed(1, 0) == batch_seed(1, 0)


def test_the_trail_is_about_the_pair_that_leads_in_the_end():
    made = precise(model(0.051), [20_000.0], seed=2, rule=Rule(batch=100, most=3_000))
    benefit = made.outcomes.net_monetary_benefit(20_000.0)
    best = int(benefit.mean(axis=1).argmax())
    for step in made.trail:
        so_far = benefit[:, : step.draws]
        assert step.inmb == pytest.approx((so_far[best] - so_far[1 - best]).mean())
        made_then = curves(made.outcomes.cost[:, : step.draws],
                           made.outcomes.qaly[:, : step.draws], [20_000.0])  # fmt: skip
        assert step.ceac == pytest.approx(made_then.ceac[best, 0])
    assert made.trail[-1].inmb >= 0


def test_draws_out_of_domain_are_counted_over_all_batches_and_used_in_none():
    inputs = {"p": "normal = {mean = 0.9, se = 0.05}", "c_new": "fixed = 10"}
    words = scenario({"none": ("0", "0"), "new": ("c_new", "0.1 * sqrt(1 - p)")}, inputs)
    made = precise(compile_model(words), [20_000.0], seed=1, rule=Rule(500, 2_000, probability=0))
    lost = int((~made.outcomes.valid).sum())
    assert 20 < lost < 80
    assert sum(place.draws for place in made.outcomes.out_of_domain) >= lost
    assert all(math.isfinite(step.inmb) for step in made.trail)


def test_joined_outcomes_are_those_of_one_evaluation():
    draws = model().sample(300, 1)
    whole = model().evaluate(draws)
    parts = [model().evaluate(draws.take(slice(k, k + 100))) for k in (0, 100, 200)]
    made = joined(parts)
    for name in ("cost", "qaly", "life_years", "entry", "valid"):
        assert np.array_equal(getattr(made, name), getattr(whole, name))
    assert {k: v.tolist() for k, v in made.cost_by.items()} == {
        k: v.tolist() for k, v in whole.cost_by.items()
    }


def test_nothing_to_decide_is_refused():
    with pytest.raises(ValueError, match="willingness"):
        precise(model(), [], seed=1)
