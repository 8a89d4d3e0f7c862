"""The nearest change of decision: linear models with normal inputs have a closed form."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import scenario

from heco.analysis.cube import cube
from heco.analysis.flip import FARTHEST, base_scores, flips
from heco.model import compile_model

OPTIONS = {"none": ("0", "0"), "new": ("c1 + 2 * c2", "gain")}


def normals(c1=1000.0, c2=500.0, gain=0.15, se=(100.0, 150.0, 0.02)):
    return {
        "c1": f"normal = {{mean = {c1}, se = {se[0]}}}",
        "c2": f"normal = {{mean = {c2}, se = {se[1]}}}",
        "gain": f"normal = {{mean = {gain}, se = {se[2]}}}",
    }


def model(options, inputs, rest=""):
    return compile_model(scenario(options, inputs, rest=rest))


@settings(max_examples=12, deadline=None)
@given(st.floats(600, 1400), st.floats(0.06, 0.16), st.floats(0.01, 0.05))
def test_linear_with_normal_inputs(c1, gain, se):
    """The distance is |m| / s, and every input moves by m slope se / s²."""
    made = model(OPTIONS, normals(c1=c1, gain=gain, se=(100.0, 150.0, se)))
    mean = 20_000 * gain - c1 - 1000
    slopes = np.array([-100.0, -300.0, 20_000 * se])
    sd = float(np.linalg.norm(slopes))
    best, found = flips(made, 20_000.0)
    assert best == ("new" if mean > 0 else "none")
    if abs(mean) < 1e-6:
        return
    (one,) = found
    assert one.distance == pytest.approx(abs(mean) / sd, rel=1e-5, abs=1e-8)
    exact = -mean * slopes / sd**2
    scores = [one.scores[name] for name in ("c1", "c2", "gain")]
    assert scores == pytest.approx(exact, rel=1e-2, abs=1e-3)
    assert one.inmb == pytest.approx(-abs(mean))
    assert 0 < one.inmb_there < 1e-2
    there = 20_000 * one.values["gain"][1] - one.values["c1"][1] - 2 * one.values["c2"][1]
    assert there == pytest.approx(0, abs=0.02)


def test_a_multivariate_normal_counts_its_covariance():
    inputs = {
        "c": "mvnormal = {mean = {a = 1000, b = 500}, covariance = [[10000, 7500], [7500, 22500]]}",
        "gain": "normal = {mean = 0.15, se = 0.02}",
    }
    _, (one,) = flips(model({"none": ("0", "0"), "new": ("c.a + 2 * c.b", "gain")}, inputs), 2e4)
    sd = math.sqrt(100**2 + 4 * 150**2 + 4 * 7500 + 400**2)
    assert one.distance == pytest.approx(1000 / sd, rel=1e-5)
    assert set(one.scores) == {"c", "gain"}
    assert math.hypot(*one.scores.values()) == pytest.approx(one.distance)


def test_correlated_parameters_move_together():
    rest = (
        '[correlations.costs]\nparameters = ["c1", "c2"]\nmatrix = [[1, 0.6], [0.6, 1]]\n'
        'measure = "latent"'
    )
    _, (one,) = flips(model(OPTIONS, normals(), rest), 20_000.0)
    sd = math.sqrt(100**2 + 300**2 + 2 * 0.6 * 100 * 300 + 400**2)
    assert one.distance == pytest.approx(1000 / sd, rel=1e-5)


def test_lognormal_at_its_median_has_a_closed_form():
    """Cost = 1000 exp(0.5 z), worth 1500: z = ln(1.5) / 0.5."""
    inputs = {"c": "lognormal = {median = 1000, se_log = 0.5}"}
    made = model({"none": ("0", "0"), "new": ("c", "0.075")}, inputs)
    _, (one,) = flips(made, 20_000.0)
    start = base_scores(made, cube(made))["c"]
    assert one.distance == pytest.approx(math.log(1.5) / 0.5 - start, rel=1e-5)
    assert one.values["c"][1] == pytest.approx(1500, rel=1e-6)


def test_the_nearest_of_two_ways():
    """INMB = 1000 - (x - 1)² 500: the decision changes at 1 ± √2, nearer upwards from 1.5."""
    inputs = {"x": "normal = {mean = 1.5, se = 1}"}
    made = model({"none": ("0", "0"), "new": ("500 * (x - 1)^2", "0.05")}, inputs)
    _, (one,) = flips(made, 20_000.0)
    assert one.distance == pytest.approx(1 + math.sqrt(2) - 1.5, rel=1e-5)


def test_a_jump_is_found_by_draws_where_gradients_see_nothing():
    inputs = {"x": "normal = {mean = 0, se = 1}", "y": "normal = {mean = 0, se = 1}"}
    made = model({"none": ("0", "0"), "new": ("where(x > 1.7, 3000, 100)", "0.05")}, inputs)
    best, (one,) = flips(made, 20_000.0)
    assert best == "new"
    assert one.distance == pytest.approx(1.7, rel=0.15)
    assert one.distance >= 1.7


def test_more_than_two_strategies_nearest_rival_first():
    options = OPTIONS | {"third": ("500 + c1", "0.9 * gain")}
    made = model(options, normals())
    benefit = made.evaluate(made.base()).net_monetary_benefit(20_000.0)[:, 0]
    best, found = flips(made, 20_000.0)
    assert best == made.strategies[int(benefit.argmax())]
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert {one.rival for one in found} <= set(made.strategies) - {best}


def test_the_order_of_writing_changes_nothing():
    one = flips(model(OPTIONS, normals()), 20_000.0)[1][0]
    other = flips(model(dict(reversed(OPTIONS.items())), dict(reversed(normals().items()))),
                  20_000.0)[1][0]  # fmt: skip
    assert other.distance == pytest.approx(one.distance, rel=1e-9)
    assert (other.best, other.rival) == (one.best, one.rival)


def test_nothing_within_reach_is_said_by_an_empty_answer():
    best, found = flips(model(OPTIONS, normals(gain=2.0)), 20_000.0)
    assert best == "new"
    assert found == ()
    certain = {name: "fixed = 0.001" for name in normals()}
    assert flips(model(OPTIONS, certain), 20_000.0)[1] == ()
    assert FARTHEST == 6


def test_outside_the_domain_nothing_is_decided():
    """The root is defined up to p = 1 only; the decision changes at p = 0.75."""
    inputs = {"p": "normal = {mean = 0.5, se = 0.1}"}
    made = model({"none": ("0", "0"), "new": ("1000", "0.1 * sqrt(1 - p)")}, inputs)
    _, (one,) = flips(made, 20_000.0)
    assert one.values["p"][1] == pytest.approx(0.75, rel=1e-6)
    assert one.distance == pytest.approx(2.5, rel=1e-5)


def test_base_scores_give_base_values():
    inputs = {
        "u": "beta = {mean = 0.9, se = 0.05}",
        "c": "gamma = {mean = 1000, se = 900}",
        "rr": "lognormal = {median = 0.6, ci95 = [0.4, 0.9]}",
        "p": "dirichlet = {counts = {a = 1, b = 9, c = 30}}",
        "d": "gamma = {mean = 10, se = 5}",
    }
    rest = '[correlations.pair]\nparameters = ["c", "d"]\nmatrix = [[1, 0.7], [0.7, 1]]'
    made = model({"none": ("0", "0"), "new": ("c + d", "u * rr * p.a")}, inputs, rest)
    from scipy.special import ndtr

    space = cube(made)
    scores = base_scores(made, space)
    drawn = space.draws(ndtr(np.array([[scores[side]] for side in space.sides])))
    base = made.base()
    for name in drawn.names:
        assert drawn.column(name)[0] == pytest.approx(base.column(name)[0], rel=1e-9)
    assert scores["rr"] == 0.0


def test_files_of_joint_samples_stay_where_they_are(tmp_path):
    from small_models import words

    from heco.scenario.load import load_text

    (tmp_path / "posterior.csv").write_text("a,b\n100,10\n200,20\n300,30\n", encoding="utf-8")
    text = words(
        {"none": ("0", "0"), "new": ("a + c", "0.1")},
        {
            "a": 'samples = {file = "posterior.csv", column = "a"}',
            "c": "normal = {mean = 1000, se = 400}",
        },
    )
    made = compile_model(load_text(text, tmp_path))
    _, (one,) = flips(made, 20_000.0)
    assert one.distance == pytest.approx(2.0, rel=1e-6)
    assert one.values["a"] == (200.0, 200.0)
    assert list(one.scores) == ["c"]
