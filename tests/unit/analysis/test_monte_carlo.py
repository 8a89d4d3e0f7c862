"""How far simulated numbers can be trusted, and the digits they may be printed with."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import scenario

from heco.analysis.monte_carlo import (
    artefact,
    digits,
    printed,
    probability_error,
    ranking,
    replicates,
)
from heco.model import compile_model


def test_the_chance_that_a_lead_is_an_artefact():
    """Twice the error: Φ(-2) = 2.28%."""
    assert artefact(10.0, 5.0) == pytest.approx(0.0227501, abs=1e-6)
    assert artefact(-10.0, 5.0) == artefact(10.0, 5.0)
    assert artefact(0.0, 5.0) == 0.5
    assert artefact(1.0, 0.0) == 0.0
    assert artefact(0.0, 0.0) == 0.5


def test_ranking_by_the_paired_difference():
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 1e6, 10_000)  # what all options have in common is no reason for doubt
    benefit = np.stack([shared, shared + 3 + rng.normal(0, 1, 10_000), shared + 3])
    found = ranking(benefit)
    assert {found.best, found.next} == {1, 2}
    assert found.error == pytest.approx(0.01, rel=0.05)
    assert found.artefact == pytest.approx(artefact(found.lead, found.error))


def test_ranking_finds_the_right_order_as_often_as_it_says():
    """Of 2,000 studies of 100 draws about Φ(-1) put two options in the wrong order."""
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(2000):
        benefit = np.stack([np.zeros(100), rng.normal(0.1, 1.0, 100)])
        wrong += ranking(benefit).best == 0
    share = 0.5 * math.erfc(1 / math.sqrt(2))
    assert wrong / 2000 == pytest.approx(share, abs=4 * probability_error(share, 2000))


def test_equal_options_are_not_ranked():
    found = ranking(np.ones((2, 50)))
    assert (found.lead, found.error, found.artefact) == (0.0, 0.0, 0.5)


# ---- Digits --------------------------------------------------------------------------------------


@given(st.floats(1e-9, 1e9), st.floats(1e-9, 1e6))
def test_the_last_digit_stands_and_the_next_would_not(value, error):
    """1.96 errors are less than half a unit of the last digit printed."""
    decimals = digits(value, error)
    assert 1.96 * error < 0.5 * 10.0**-decimals * (1 + 1e-9)
    most = 14 - math.floor(math.log10(value))
    if decimals < most:
        assert 1.959963 * error * (1 + 1e-9) >= 0.5 * 10.0 ** -(decimals + 1)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (20_534.77, 130.0, "21,000"),
        (20_534.77, 12.0, "20,500"),
        (20_534.77, 0.02, "20,534.8"),
        (0.117112, 0.0002, "0.117"),
        (-1312.4, 2.0, "−1,310"),
        (4.0, 30.0, "0"),
        (0.25, 0.0, "0.25000000000000"),
    ],
)
def test_printed(value, error, text):
    assert printed(value, error).startswith(text)


# ---- Replicates ----------------------------------------------------------------------------------

MODEL = {
    "none": ("0", "0"),
    "new": ("c_new", "gain"),
}
INPUTS = {
    "c_new": "normal = {mean = 1000, se = 100}",
    "gain": "normal = {mean = 0.06, se = 0.02}",
}


def outcomes_of(design, n):
    model = compile_model(scenario(MODEL, INPUTS))
    return lambda seed: model.evaluate(model.sample(n, seed, design))


def test_replicates_of_independent_draws_show_the_textbook_error():
    found = replicates(outcomes_of("random", 500), range(40), 20_000.0)
    sd = math.hypot(20_000 * 0.02, 100)
    assert found.lead == pytest.approx(200, abs=4 * sd / math.sqrt(500 * 40))
    assert found.lead_error == pytest.approx(sd / math.sqrt(500), rel=0.35)
    p = found.ceac.mean(axis=0)[1]
    assert found.ceac_error[1] == pytest.approx(probability_error(p, 500), rel=0.35)
    assert found.nmb_error[0] == 0
    assert found.evpi_error > 0
    assert (found.runs, found.draws) == (40, 500)


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_space_filling_designs_are_better_than_their_draws_pretend(design):
    """The mean of a linear model from a hypercube is nearly exact, whatever s / sqrt(n) says."""
    found = replicates(outcomes_of(design, 512), range(12), 20_000.0)
    assert found.lead_error < 0.1 * math.hypot(20_000 * 0.02, 100) / math.sqrt(512)
    assert found.artefact < 1e-6


def test_fewer_than_ten_seeds_are_refused():
    with pytest.raises(ValueError, match="needs 10"):
        replicates(outcomes_of("lhs", 16), [1] * 20, 20_000.0)


def test_draws_outside_their_domain_are_left_out():
    def run(seed):
        made = outcomes_of("random", 50)(seed)
        cost, valid = made.cost.copy(), np.ones(50, dtype=bool)
        cost[1, 7], valid[7] = np.nan, False
        return replace(made, cost=cost, valid=valid)

    assert np.isfinite(replicates(run, range(10), 20_000.0).lead)
