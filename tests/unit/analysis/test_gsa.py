"""Sobol' indices: Ishigami's function and linear models with closed forms, in heco's own words."""

import math

import numpy as np
import pytest
from small_models import scenario

from heco.analysis.gsa import Target, sobol
from heco.errors import ScenarioError
from heco.model import compile_model

TARGET = Target("new", "none", 20_000.0)


def model(options, inputs, rest=""):
    return compile_model(scenario(options, inputs, rest=rest))


# ---- Ishigami & Homma 1990 -----------------------------------------------------------------------

A, B = 7.0, 0.1
V1 = 0.5 * (1 + B * math.pi**4 / 5) ** 2
V2 = A**2 / 8
V13 = B**2 * math.pi**8 * (1 / 18 - 1 / 50)
V = V1 + V2 + V13
FIRST = [V1 / V, V2 / V, 0.0]
TOTAL = [(V1 + V13) / V, V2 / V, V13 / V]


def sine(x):
    """Return the sine as a formula: its series to x^17, good to 1e-5 between -pi and pi."""
    nested = "1"
    for k in range(16, 0, -2):
        nested = f"(1 - {x}^2 / {k * (k + 1)} * {nested})"
    return f"{x} * {nested}"


def ishigami():
    side = f"uniform = {{low = {-math.pi!r}, high = {math.pi!r}}}"
    inputs = {
        "x1": side,
        "x2": side,
        "x3": side,
        "s1": f'expr = "{sine("x1")}"',
        "s2": f'expr = "{sine("x2")}"',
        "f": f'expr = "s1 + {A} * s2^2 + {B} * x3^4 * s1"',
    }
    return model({"none": ("0", "0"), "new": ("1000 + f", "0")}, inputs)


def test_the_series_is_the_sine():
    made = ishigami()
    x = np.linspace(-math.pi, math.pi, 101)
    draws = made.base(101).replace({"x1": x, "x2": x, "x3": x})
    values = made.parameter_values(draws, ["s1", "f"])
    assert values["s1"] == pytest.approx(np.sin(x), abs=1e-4)
    exact = np.sin(x) + A * np.sin(x) ** 2 + B * x**4 * np.sin(x)
    assert values["f"] == pytest.approx(exact, abs=2e-3)


def test_ishigami_in_hecos_expressions():
    """S1 = 0.3139, 0.4424, 0; ST = 0.5576, 0.4424, 0.2437 (a = 7, b = 0.1)."""
    assert pytest.approx([0.3139, 0.4424, 0.0], abs=5e-5) == FIRST
    found = {one.output: one for one in sobol(ishigami(), TARGET, n=4096, seed=3)}
    for output in ("inmb", "incremental_cost"):
        one = found[output]
        assert one.inputs == ("x1", "x2", "x3")
        assert one.first == pytest.approx(FIRST, abs=0.02)
        assert one.total == pytest.approx(TOTAL, abs=0.02)
        assert (np.abs(one.first - FIRST) < 1.5 * one.first_error + 1e-3).all()
        assert (np.abs(one.total - TOTAL) < 1.5 * one.total_error + 1e-3).all()
        assert one.sd == pytest.approx(math.sqrt(V), rel=0.02)
        assert one.interplay == pytest.approx(V13 / V, abs=0.03)
    flat = found["incremental_qaly"]
    assert flat.first.tolist() == flat.total.tolist() == [0.0, 0.0, 0.0]
    assert flat.sd == 0


# ---- Linear models with normal inputs ------------------------------------------------------------

OPTIONS = {"none": ("0", "0"), "new": ("c1 + 2 * c2", "gain")}
INPUTS = {
    "c1": "normal = {mean = 1000, se = 100}",
    "c2": "normal = {mean = 500, se = 150}",
    "gain": "normal = {mean = 0.1, se = 0.02}",
}


def test_a_linear_model_shares_its_variance_out_by_squares():
    """INMB = 20,000 gain - c1 - 2 c2: variances 400², 100², 300² of 260,000."""
    found = sobol(model(OPTIONS, INPUTS), TARGET, n=2048)
    inmb, cost, effect = found
    exact = np.array([100.0**2, 300.0**2, 400.0**2])
    assert inmb.inputs == ("c1", "c2", "gain")
    assert inmb.first == pytest.approx(exact / exact.sum(), abs=0.01)
    assert inmb.total == pytest.approx(exact / exact.sum(), abs=0.01)
    assert cost.total == pytest.approx([0.1, 0.9, 0.0], abs=0.01)
    assert effect.total == pytest.approx([0.0, 0.0, 1.0], abs=0.01)
    assert effect.output == "incremental_qaly"
    assert inmb.runs == 2048 * 5
    assert inmb.lost == 0


def test_members_of_a_joint_distribution_are_one_input():
    """A multivariate normal (sd 100 and 150, r = 0.5): its share holds the covariance."""
    joint = {
        "c": "mvnormal = {mean = {a = 1000, b = 500}, covariance = [[10000, 7500], [7500, 22500]]}",
        "gain": INPUTS["gain"],
    }
    found = sobol(model({"none": ("0", "0"), "new": ("c.a + 2 * c.b", "gain")}, joint), TARGET,
                  n=2048)[0]  # fmt: skip
    together = 100**2 + 4 * 150**2 + 2 * 2 * 7500
    assert found.inputs == ("c", "gain")
    share = together / (together + 400**2)
    assert found.first == pytest.approx([share, 1 - share], abs=0.01)


def test_correlated_parameters_are_one_input():
    latent = (
        '[correlations.costs]\nparameters = ["c1", "c2"]\nmatrix = [[1, 0.5], [0.5, 1]]\n'
        'measure = "latent"'
    )
    found = sobol(model(OPTIONS, INPUTS, latent), TARGET, n=2048)[0]
    together = 100**2 + 300**2 + 2 * 0.5 * 100 * 300
    assert found.inputs == ("c1 + c2", "gain")
    assert found.first[0] == pytest.approx(together / (together + 400**2), abs=0.01)


def test_a_product_is_all_interplay():
    """INMB = x y with means 0: nothing by itself, everything together."""
    inputs = {name: "normal = {mean = 0, se = 1}" for name in ("x", "y")}
    found = sobol(model({"none": ("0", "0"), "new": ("x * y", "0")}, inputs), TARGET, n=4096)[0]
    assert found.first == pytest.approx([0, 0], abs=0.05)
    assert found.total == pytest.approx([1, 1], abs=0.06)
    assert found.interplay == pytest.approx(1, abs=0.07)


# ---- What must hold ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_same_seed_same_numbers_whatever_happened_before(seed):
    one = sobol(model(OPTIONS, INPUTS), TARGET, n=64, seed=seed)
    np.random.seed(3)  # noqa: NPY002 - SALib may look at the global generator; we must not
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    other = sobol(model(OPTIONS, dict(reversed(INPUTS.items()))), TARGET, n=64, seed=seed)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    for a, b in zip(one, other, strict=True):
        assert a.inputs == b.inputs
        for name in ("first", "first_error", "total", "total_error"):
            assert (getattr(a, name) == getattr(b, name)).all()


def test_rows_out_of_domain_take_their_companions_with_them():
    inputs = {"p": "normal = {mean = 0.9, se = 0.028}", "c1": INPUTS["c1"]}
    words = {"none": ("0", "0"), "new": ("c1", "0.1 * sqrt(1 - p)")}
    found = sobol(model(words, inputs), TARGET, n=4096)[0]
    assert found.lost > 0
    assert found.lost % 4 == 0
    assert np.isfinite(found.total).all()
    inputs["p"] = "normal = {mean = 0.9, se = 0.05}"
    with pytest.raises(ScenarioError, match=r"rows leave their domain"):
        sobol(model(words, inputs), TARGET, n=4096)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ScenarioError, match="not a power of 2"):
        sobol(model(OPTIONS, INPUTS), TARGET, n=1000)
    certain = {name: "fixed = 1" for name in INPUTS}
    with pytest.raises(ScenarioError, match="nothing is uncertain"):
        sobol(model(OPTIONS, certain), TARGET)
