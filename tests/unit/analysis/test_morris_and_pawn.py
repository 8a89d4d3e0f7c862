"""Elementary effects and PAWN: linear models, SALib as the slow twin, and correlated inputs."""

import numpy as np
import pytest
from small_models import scenario

from heco.analysis.gsa import Target
from heco.analysis.morris import RANGE, morris
from heco.analysis.pawn import CHANCE, pawn
from heco.errors import ScenarioError
from heco.model import compile_model

TARGET = Target("new", "none", 20_000.0)
OPTIONS = {"none": ("0", "0"), "new": ("c1 + 2 * c2", "gain")}
INPUTS = {
    "c1": "uniform = {low = 0, high = 100}",
    "c2": "uniform = {low = 0, high = 100}",
    "gain": "uniform = {low = 0, high = 0.01}",
    "idle": "uniform = {low = 0, high = 1}",
}


def model(options=OPTIONS, inputs=INPUTS, rest=""):
    return compile_model(scenario(options, inputs, rest=rest))


# ---- Elementary effects --------------------------------------------------------------------------


def test_in_a_linear_model_an_effect_is_the_slope_times_the_range():
    found = {one.output: one for one in morris(model(), TARGET, trajectories=10)}
    inmb = found["inmb"]
    assert inmb.inputs == ("c1", "c2", "gain", "idle")
    share = RANGE[1] - RANGE[0]
    exact = np.array([-100.0, -200.0, 200.0, 0.0]) * share
    assert inmb.direction == pytest.approx(exact, abs=1e-9)
    assert inmb.strength == pytest.approx(np.abs(exact), abs=1e-9)
    assert inmb.spread == pytest.approx(np.zeros(4), abs=1e-9)
    assert found["incremental_qaly"].strength == pytest.approx([0, 0, 0.01 * share, 0], abs=1e-12)
    assert inmb.runs == 10 * 5


def test_an_effect_that_depends_on_others_spreads():
    found = morris(model({"none": ("0", "0"), "new": ("c1 * c2", "0")}), TARGET, 40)[0]
    both = dict(zip(found.inputs, found.spread / np.maximum(found.strength, 1e-9), strict=True))
    assert both["c1"] > 0.3
    assert both["idle"] == 0


def test_inputs_of_several_sides_have_no_direction():
    inputs = INPUTS | {"gain": "dirichlet = {counts = {a = 3, b = 7}}"}
    found = morris(model({"none": ("0", "0"), "new": ("c1", "0.01 * gain.a")}, inputs), TARGET)[0]
    at = found.inputs.index("gain")
    assert np.isnan(found.direction[at])
    assert np.isnan(found.spread[at])
    assert found.strength[at] > 0


@pytest.mark.parametrize("seed", [0, 5])
def test_morris_is_repeatable(seed):
    one, other = (morris(model(), TARGET, 8, seed)[0] for _ in range(2))
    assert (one.strength == other.strength).all()
    assert (one.strength_error == other.strength_error).all()


# ---- PAWN ----------------------------------------------------------------------------------------


def test_pawn_is_salibs():
    from SALib.analyze import pawn as slow

    made = model()
    draws = made.sample(3000, 2)
    outcomes = made.evaluate(draws)
    found = pawn(draws, outcomes, TARGET)[0]
    names = [name for name in found.inputs if name != CHANCE]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    table = np.column_stack([draws.column(name) for name in names])
    twin = slow.analyze(problem, table, TARGET.outputs(outcomes)["inmb"], S=10)
    # SALib leaves the largest value of each input out of its last slice.
    assert found.median[:-1] == pytest.approx(twin["median"], abs=2e-3)
    assert found.largest[:-1] == pytest.approx(twin["maximum"], abs=4e-3)


def test_pawn_ranks_and_knows_chance():
    made = model()
    draws = made.sample(10_000, 2)
    found = pawn(draws, made.evaluate(draws), TARGET)[0]
    index = dict(zip(found.inputs, found.median, strict=True))
    assert min(index["c2"], index["gain"]) > index["c1"] > 3 * index[CHANCE]
    assert index["idle"] < 2 * index[CHANCE]


def test_a_correlated_input_that_does_nothing_tells_about_its_partner():
    """PAWN sees through partners; that is why it is shown beside Sobol' indices of the group."""
    rest = '[correlations.pair]\nparameters = ["c2", "idle"]\nmatrix = [[1, 0.9], [0.9, 1]]'
    made = model(rest=rest)
    draws = made.sample(5_000, 2)
    found = pawn(draws, made.evaluate(draws), TARGET)[0]
    index = dict(zip(found.inputs, found.median, strict=True))
    assert index["idle"] > 5 * index[CHANCE]


def test_an_output_that_is_constant_or_an_input_that_is():
    made = model({"none": ("0", "0"), "new": ("5", "0")}, INPUTS | {"fix": "fixed = 2"})
    draws = made.sample(1_000, 2).replace({"fix": 2.0})
    found = pawn(draws, made.evaluate(draws), TARGET)[0]
    assert "fix" not in found.inputs
    assert (found.largest == 0).all()


def test_too_few_draws_are_refused():
    made = model()
    draws = made.sample(500, 2)
    with pytest.raises(ScenarioError, match="too few for PAWN"):
        pawn(draws, made.evaluate(draws), TARGET)
