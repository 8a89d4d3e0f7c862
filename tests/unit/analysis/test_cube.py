"""The unit cube of uncertain inputs maps to the same values as ordinary draws."""

import numpy as np
import pytest
from small_models import scenario

from heco.analysis.cube import cube
from heco.evidence.correlations import Correlation
from heco.evidence.distributions import build
from heco.model import compile_model
from heco.sampling import DESIGNS, JointSamples, sample, uniforms
from heco.sampling.placing import columns, placed

FAMILIES = {
    "u_well": build("beta", {"mean": 0.8, "se": 0.05}),
    "c_visit": build("gamma", {"mean": 2000, "se": 400}),
    "rr": build("lognormal", {"median": 0.509, "ci95": [0.365, 0.71]}),
    "shares": build("dirichlet", {"counts": {"a": 12, "b": 3, "c": 85}}),
    "coef": build(
        "mvnormal", {"mean": {"y": -4, "x": 0.1}, "covariance": [[0.25, -0.02], [-0.02, 0.01]]}
    ),
}
JOINED = Correlation(("u_well", "c_visit"), [[1, -0.6], [-0.6, 1]])
POSTERIOR = JointSamples("posterior.csv", ("q_a", "q_b"), np.arange(40.0).reshape(20, 2))


@pytest.mark.parametrize("design", DESIGNS)
def test_at_the_same_places_the_values_of_sampling(design):
    names = [column for name, family in FAMILIES.items() for column in columns(name, family)]
    u = uniforms([*names, "posterior.csv"], 64, 7, design)
    made = placed(FAMILIES, u, [JOINED], [POSTERIOR])
    drawn = sample(FAMILIES, 64, 7, design, [JOINED], [POSTERIOR])
    assert made.names == drawn.names
    assert (made.values == drawn.values).all()


def test_the_corners_of_the_cube_are_finite():
    names = [column for name, family in FAMILIES.items() for column in columns(name, family)]
    corners = {name: np.array([0.0, 1.0]) for name in names}
    assert np.isfinite(placed(FAMILIES, corners).values).all()


INPUTS = {
    "z_cost": "gamma = {mean = 1000, se = 100}",
    "gain": "normal = {mean = 0.06, se = 0.02}",
    "a_cost": "gamma = {mean = 500, se = 100}",
    "p": "dirichlet = {counts = {yes = 3, no = 7}}",
    "known": "fixed = 3",
}
GROUP = '[correlations.costs]\nparameters = ["z_cost", "a_cost"]\nmatrix = [[1, 0.5], [0.5, 1]]'
OPTIONS = {"none": ("known", "0"), "new": ("z_cost + a_cost", "gain * p.yes")}


def test_what_is_drawn_together_is_one_input():
    made = cube(compile_model(scenario(OPTIONS, INPUTS, rest=GROUP)))
    assert made.sides == ("a_cost", "gain", "p.no", "p.yes", "z_cost")
    assert dict(made.inputs) == {
        "a_cost + z_cost": ("a_cost", "z_cost"),
        "gain": ("gain",),
        "p": ("p.yes", "p.no"),
    }
    assert made.groups() == ["a_cost + z_cost", "gain", "p", "p", "a_cost + z_cost"]
    # SALib numbers groups as it meets them.
    assert list(dict.fromkeys(made.groups())) == list(made.inputs)


def test_the_order_of_writing_changes_nothing():
    one = cube(compile_model(scenario(OPTIONS, INPUTS, rest=GROUP)))
    other = cube(compile_model(scenario(OPTIONS, dict(reversed(INPUTS.items())), rest=GROUP)))
    assert one.sides == other.sides
    assert list(one.inputs) == list(other.inputs)
    u = np.random.default_rng(1).random((5, 8))
    for name in one.draws(u).names:
        assert (one.draws(u).column(name) == other.draws(u).column(name)).all()


def test_files_of_joint_samples_are_one_side(tmp_path):
    (tmp_path / "posterior.csv").write_text("a,b\n1,10\n2,20\n3,30\n", encoding="utf-8")
    from small_models import words

    from heco.scenario.load import load_text

    text = words(
        {"none": ("0", "0"), "new": ("a + b", "0.1")},
        {
            "a": 'samples = {file = "posterior.csv", column = "a"}',
            "b": 'samples = {file = "posterior.csv", column = "b"}',
        },
    )
    model = compile_model(load_text(text, tmp_path))
    made = cube(model)
    assert dict(made.inputs) == {"a + b": ("posterior.csv",)}
    drawn = made.draws(np.array([[0.0, 0.5, 1.0]]))
    assert (drawn.column("b") == 10 * drawn.column("a")).all()
    assert drawn.column("a").tolist() == [1.0, 2.0, 3.0]
