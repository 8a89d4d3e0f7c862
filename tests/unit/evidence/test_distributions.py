"""Every family passes one battery; then the numbers of the literature, then every refusal."""

import contextlib
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.evidence.distributions import (
    FAMILIES,
    Z975,
    ArgumentsError,
    Beta,
    Dirichlet,
    Gamma,
    Joint,
    Lognormal,
    MvNormal,
    Normal,
    Pert,
    Scalar,
    build,
    json_schema,
)
from heco.evidence.distributions.arguments import listed, rounded, shown
from heco.evidence.distributions.quantiles import NEARLY_NORMAL, beta_ppf, gamma_ppf

INF = math.inf

#: Every form of every single-quantity family, with an independent scipy twin and the support.
SCALARS = {
    "beta mean se": ("beta", {"mean": 0.8, "se": 0.05}, scipy.stats.beta(50.4, 12.6), (0, 1)),
    "beta events n": ("beta", {"events": 412, "n": 980}, scipy.stats.beta(412, 568), (0, 1)),
    "beta prior": (
        "beta", {"events": 0, "n": 20, "prior": [0.5, 0.5]}, scipy.stats.beta(0.5, 20.5), (0, 1),
    ),
    "beta alpha beta": ("beta", {"alpha": 2, "beta": 3.5}, scipy.stats.beta(2, 3.5), (0, 1)),
    "beta sd n": (
        "beta", {"mean": 0.8, "sd": 0.5, "n": 100}, scipy.stats.beta(50.4, 12.6), (0, 1),
    ),
    "beta utility": (
        "beta",
        {"mean": 0.5, "se": 0.1, "low": -0.5, "high": 1},
        scipy.stats.beta(49 * 2 / 3, 49 / 3, loc=-0.5, scale=1.5),
        (-0.5, 1),
    ),
    "beta U": ("beta", {"alpha": 0.4, "beta": 0.3}, scipy.stats.beta(0.4, 0.3), (0, 1)),
    "gamma mean se": (
        "gamma", {"mean": 2000, "se": 400}, scipy.stats.gamma(25, scale=80), (0, INF),
    ),
    "gamma scale": ("gamma", {"shape": 25, "scale": 80}, scipy.stats.gamma(25, scale=80), (0, INF)),
    "gamma rate": (
        "gamma", {"shape": 2, "rate": 0.25}, scipy.stats.gamma(2, scale=4), (0, INF),
    ),
    "gamma events": (
        "gamma", {"events": 12, "exposure": 480}, scipy.stats.gamma(12, scale=1 / 480), (0, INF),
    ),
    "gamma assumed": (
        "gamma", {"mean": 2265, "assumed_cv": 0.2}, scipy.stats.gamma(25, scale=90.6), (0, INF),
    ),
    "gamma sd n": (
        "gamma", {"mean": 2000, "sd": 4000, "n": 100}, scipy.stats.gamma(25, scale=80), (0, INF),
    ),
    "gamma small": (
        "gamma", {"shape": 0.5, "rate": 10}, scipy.stats.gamma(0.5, scale=0.1), (0, INF),
    ),
    "lognormal ci95": (
        "lognormal",
        {"median": 0.509, "ci95": [0.365, 0.71]},
        scipy.stats.lognorm(math.log(0.71 / 0.365) / 3.919927969080108, scale=0.509),
        (0, INF),
    ),
    "lognormal mean se": (
        "lognormal",
        {"mean": 100, "se": 50},
        scipy.stats.lognorm(math.sqrt(math.log(1.25)), scale=100 / math.sqrt(1.25)),
        (0, INF),
    ),
    "lognormal logs": (
        "lognormal", {"meanlog": -0.7, "sdlog": 0.2},
        scipy.stats.lognorm(0.2, scale=math.exp(-0.7)), (0, INF),
    ),
    "lognormal se_log": (
        "lognormal", {"median": 0.54, "se_log": 0.17, "centre": "mean"},
        scipy.stats.lognorm(0.17, scale=0.54), (0, INF),
    ),
    "normal mean se": (
        "normal", {"mean": -0.3, "se": 0.1}, scipy.stats.norm(-0.3, 0.1), (-INF, INF),
    ),
    "normal ci95": (
        "normal", {"mean": 2, "ci95": [2 - 1.959963984540054, 2 + 1.959963984540054]},
        scipy.stats.norm(2, 1), (-INF, INF),
    ),
    "normal sd n": (
        "normal", {"mean": 7, "sd": 30, "n": 225}, scipy.stats.norm(7, 2), (-INF, INF),
    ),
    "normal assumed": (
        "normal", {"mean": -7, "assumed_cv": 0.2}, scipy.stats.norm(-7, 1.4), (-INF, INF),
    ),
    "uniform": ("uniform", {"low": -1, "high": 3}, scipy.stats.uniform(-1, 4), (-1, 3)),
    "triangular": (
        "triangular", {"low": 1, "mode": 2, "high": 5}, scipy.stats.triang(0.25, 1, 4), (1, 5),
    ),
    "triangular left": (
        "triangular", {"low": 1, "mode": 1, "high": 5}, scipy.stats.triang(0, 1, 4), (1, 5),
    ),
    "triangular right": (
        "triangular", {"low": 1, "mode": 5, "high": 5}, scipy.stats.triang(1, 1, 4), (1, 5),
    ),
    "pert": ("pert", {"low": 0, "mode": 1, "high": 4}, scipy.stats.beta(2, 4, 0, 4), (0, 4)),
}  # fmt: skip

#: Every form of every joint family.
JOINTS = {
    "dirichlet": ("dirichlet", {"counts": {"well": 1251, "ill": 350, "worse": 116, "dead": 17}}),
    "dirichlet prior": ("dirichlet", {"counts": {"a": 0, "b": 3, "c": 9}, "prior": 0.5}),
    "dirichlet prior by name": (
        "dirichlet",
        {"counts": {"a": 0, "b": 3, "c": 9}, "prior": {"a": 1}},
    ),
    "mvnormal covariance": (
        "mvnormal",
        {"mean": {"cons": -4.0, "age": 0.02}, "covariance": [[0.25, -0.003], [-0.003, 0.0001]]},
    ),
    "mvnormal correlation": (
        "mvnormal",
        {
            "mean": {"z": 1.0, "a": 0.0, "m": -1},
            "se": {"a": 2.0, "z": 0.5, "m": 1},
            "correlation": [[1, 0.3, -0.2], [0.3, 1, 0.5], [-0.2, 0.5, 1]],
        },
    ),
}

scalars = pytest.mark.parametrize(
    ("key", "arguments", "twin", "support"), list(SCALARS.values()), ids=list(SCALARS)
)
joints = pytest.mark.parametrize(("key", "arguments"), list(JOINTS.values()), ids=list(JOINTS))


def refused(key, arguments):
    """Return the problems of arguments that make no distribution, as (path, sentence, hint)."""
    with pytest.raises(ArgumentsError) as caught:
        build(key, arguments)
    return caught.value.problems


def only(key, arguments):
    """Return the single problem of some arguments."""
    problems = refused(key, arguments)
    assert len(problems) == 1, problems
    return problems[0]


# --- the battery ---------------------------------------------------------------------------------


def test_the_battery_knows_every_family_and_form():
    for key, family in FAMILIES.items():
        used = [set(a) for k, a, *_ in [*SCALARS.values(), *JOINTS.values()] if k == key]
        for form in family.forms:
            assert any(set(form.required) <= given <= form.keys for given in used), (key, form)


@scalars
def test_quantiles_agree_with_scipy(key, arguments, twin, support):
    u = np.array([1e-6, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999, 1 - 1e-6])
    np.testing.assert_allclose(build(key, arguments).ppf(u), twin.ppf(u), rtol=1e-9, atol=1e-12)


@scalars
def test_quantiles_never_fall_and_stay_in_the_support(key, arguments, twin, support):
    distribution = build(key, arguments)
    x = distribution.ppf(
        np.concatenate([[2.0**-54], np.linspace(0.0005, 0.9995, 999), [1 - 2.0**-53]])
    )
    assert np.isfinite(x).all()
    assert (np.diff(x) >= 0).all()
    assert (distribution.low, distribution.high) == support
    assert x[0] >= distribution.low
    assert x[-1] <= distribution.high


@scalars
def test_mean_sd_and_median_agree_with_the_quantiles(key, arguments, twin, support):
    distribution = build(key, arguments)
    assert isinstance(distribution, Scalar)
    assert distribution.components == ()
    assert distribution.mean == pytest.approx(twin.mean(), rel=1e-12)
    assert distribution.sd == pytest.approx(twin.std(), rel=1e-12)
    assert distribution.median == pytest.approx(twin.median(), rel=1e-9)
    grid = distribution.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert grid.mean() == pytest.approx(distribution.mean, rel=2e-4, abs=1e-4 * distribution.sd)
    assert grid.std() == pytest.approx(distribution.sd, rel=2e-3)
    low, high = distribution.interval()
    assert (low, high) == pytest.approx(twin.interval(0.95), rel=1e-8)


@scalars
def test_base_is_the_mean_unless_a_ratio_was_given_by_its_median(key, arguments, twin, support):
    distribution = build(key, arguments)
    ratio = key == "lognormal" and "median" in arguments and "centre" not in arguments
    assert distribution.base == (arguments["median"] if ratio else pytest.approx(twin.mean()))


@scalars
def test_density_agrees_with_scipy_and_is_0_outside(key, arguments, twin, support):
    distribution = build(key, arguments)
    x = twin.ppf(np.array([0.01, 0.3, 0.5, 0.9, 0.99]))
    np.testing.assert_allclose(distribution.pdf(x), twin.pdf(x), rtol=1e-8)
    outside = np.array(
        [end + side for end, side in zip(support, (-1, 1), strict=True) if abs(end) < INF]
    )
    np.testing.assert_array_equal(distribution.pdf(outside), np.zeros(len(outside)))


@scalars
def test_scaled_multiplies_everything(key, arguments, twin, support):
    distribution = build(key, arguments)
    scaled = distribution.scaled(1.25)
    u = np.array([0.01, 0.5, 0.99])
    assert type(scaled) is type(distribution)
    np.testing.assert_allclose(scaled.ppf(u), 1.25 * distribution.ppf(u), rtol=1e-12)
    for said in ("mean", "sd", "base", "median", "low", "high"):
        assert getattr(scaled, said) == pytest.approx(1.25 * getattr(distribution, said), rel=1e-9)
    assert scaled.arguments == arguments
    assert scaled.judgement == distribution.judgement
    assert scaled.factor == 1.25
    assert scaled.scaled(2).factor == 2.5
    assert scaled.describe().endswith(", after × 1.25")
    assert distribution.scaled(1.0) is distribution


@scalars
def test_everything_survives_a_pickle_and_keeps_its_arguments(key, arguments, twin, support):
    distribution = build(key, arguments)
    again = pickle.loads(pickle.dumps(distribution))
    assert again == distribution
    assert again.arguments == arguments == distribution.arguments
    assert hash(again) == hash(distribution)


@joints
def test_joint_families_keep_mean_and_sd(key, arguments):
    distribution = build(key, arguments)
    assert isinstance(distribution, Joint)
    n = 40_000
    u = np.random.default_rng(1).random((len(distribution.components), n))
    x = distribution.ppf(u)
    assert x.shape == u.shape
    assert distribution.base == distribution.mean
    assert tuple(distribution.base) == tuple(distribution.sd) == distribution.components
    for row, name in zip(x, distribution.components, strict=True):
        sd = distribution.sd[name]
        assert row.mean() == pytest.approx(distribution.mean[name], abs=4 * sd / math.sqrt(n))
        kurtosis = scipy.stats.kurtosis(row)
        assert row.std() == pytest.approx(sd, rel=4 * math.sqrt((kurtosis + 2) / n) / 2)
        assert row.min() >= distribution.low
        assert row.max() <= distribution.high
    assert pickle.loads(pickle.dumps(distribution)) == distribution


@pytest.mark.parametrize("key", list(FAMILIES))
def test_every_word_is_documented(key):
    family = FAMILIES[key]
    words = {word for form in family.forms for word in form.keys}
    assert words == set(family.vocabulary)
    assert all(argument.doc for argument in family.vocabulary.values())
    assert all(form.doc for form in family.forms)
    assert family.__doc__
    schema = json_schema(key)
    assert len(schema["oneOf"]) == len(family.forms)
    for form, alternative in zip(family.forms, schema["oneOf"], strict=True):
        assert alternative["required"] == list(form.required)
        assert set(alternative["properties"]) == form.keys


def test_importing_distributions_does_not_import_scipy():
    code = "import sys, heco.evidence.distributions, heco.sampling; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- numbers from the literature -----------------------------------------------------------------


def test_beta_from_mean_and_se():
    beta = build("beta", {"mean": 0.8, "se": 0.05})
    assert (beta.alpha, beta.beta) == pytest.approx((50.4, 12.6))
    assert beta.describe() == "Beta(50.4, 12.6)"


def test_gamma_from_mean_and_se():
    gamma = build("gamma", {"mean": 2000, "se": 400})
    assert (gamma.shape, gamma.scale) == pytest.approx((25, 80))
    assert gamma.describe() == "Gamma(shape 25, scale 80)"


def test_relative_risk_of_the_hiv_model():
    # Chancellor 1997; Briggs 2006, example 2.5: RR 0.509 (0.365 to 0.710).
    rr = build("lognormal", {"median": 0.509, "ci95": [0.365, 0.71]})
    sigma = (math.log(0.71) - math.log(0.365)) / (2 * Z975)
    assert rr.base == rr.median == pytest.approx(0.509)
    assert rr.mean == pytest.approx(0.509 * math.exp(sigma**2 / 2))
    assert rr.interval() == pytest.approx((0.365, 0.71), rel=2e-3)


def test_centre_moves_the_base_case_and_no_draw():
    words = {"median": 0.54, "ci95": [0.39, 0.77]}
    median = build("lognormal", words)
    mean = build("lognormal", {**words, "centre": "mean"})
    u = np.linspace(0.01, 0.99, 99)
    np.testing.assert_array_equal(median.ppf(u), mean.ppf(u))
    assert median.base == pytest.approx(0.54)
    assert mean.base == mean.mean == median.mean > 0.54


def test_pert_parameters():
    pert = build("pert", {"low": 2, "mode": 3, "high": 6})
    assert isinstance(pert, Pert)
    assert (pert.alpha, pert.beta) == (2, 4)
    assert pert.mean == pytest.approx((2 + 4 * 3 + 6) / 6)
    assert pert.describe() == "PERT(2 to 6, mode 3)"


def test_normal_quantile_is_not_rounded():
    assert scipy.special.ndtri(0.975) == Z975


def test_dirichlet_marginals_are_beta():
    dirichlet = build("dirichlet", {"counts": {"a": 12, "b": 3, "c": 85}})
    n = 40_000
    x = dirichlet.ppf(np.random.default_rng(7).random((3, n)))
    np.testing.assert_allclose(x.sum(axis=0), 1, atol=1e-15)
    for row, alpha in zip(x, dirichlet.alpha, strict=True):
        twin = scipy.stats.beta(alpha, 100 - alpha)
        assert scipy.stats.kstest(row, twin.cdf).pvalue > 1e-4
        assert row.mean() == pytest.approx(twin.mean(), abs=4 * twin.std() / math.sqrt(n))
        spread = math.sqrt((twin.stats("k") + 2) / n) / 2
        assert row.std() == pytest.approx(twin.std(), rel=4 * float(spread))
    seen = np.corrcoef(x)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        a, b = dirichlet.alpha[i], dirichlet.alpha[j]
        known = -math.sqrt(a * b / ((100 - a) * (100 - b)))
        assert seen[i, j] < 0
        assert seen[i, j] == pytest.approx(known, abs=4 * (1 - known**2) / math.sqrt(n))


def test_dirichlet_with_tiny_counts_still_sums_to_1():
    dirichlet = build("dirichlet", {"counts": {"a": 0, "b": 0}, "prior": 0.001})
    x = dirichlet.ppf(np.random.default_rng(3).random((2, 5_000)))
    assert np.isfinite(x).all()
    np.testing.assert_allclose(x.sum(axis=0), 1)
    assert x[0].mean() == pytest.approx(0.5, abs=0.03)


def test_mvnormal_has_its_covariance_in_any_order_of_names():
    covariance = np.array([[0.25, -0.08, 0.01], [-0.08, 0.09, 0.0], [0.01, 0.0, 0.04]])
    names = ["z", "b", "m"]
    one = build("mvnormal", {"mean": dict.fromkeys(names, 0.0), "covariance": covariance.tolist()})
    order = [2, 0, 1]
    other = build(
        "mvnormal",
        {
            "mean": dict.fromkeys((names[i] for i in order), 0.0),
            "covariance": covariance[np.ix_(order, order)].tolist(),
        },
    )
    n = 40_000
    u = np.random.default_rng(5).random((3, n))
    x = one.ppf(u)
    np.testing.assert_array_equal(x[order], other.ppf(u[order]))
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(
        np.cov(x) / np.outer(sd, sd), covariance / np.outer(sd, sd), atol=6 / math.sqrt(n)
    )


# --- judgement and warnings ----------------------------------------------------------------------


def test_judgement_is_labelled():
    judged = {name for name, (key, a, *_) in SCALARS.items() if build(key, a).judgement}
    assert judged == {
        "gamma assumed", "normal assumed", "uniform", "triangular", "triangular left",
        "triangular right", "pert",
    }  # fmt: skip


def test_assumed_cv_is_said_in_the_warnings():
    (warning,) = build("gamma", {"mean": 2265, "assumed_cv": 0.2}).warnings
    assert warning == "the standard error is assumed to be 20% of the mean, not estimated"


@pytest.mark.parametrize(
    ("alpha", "beta", "warning"),
    [
        (0.5, 0.5, "alpha and beta < 1: U-shaped"),
        (0.5, 9, "alpha < 1: J-shaped"),
        (9, 0.5, "beta < 1: J-shaped"),
    ],
)
def test_shapes_below_1_are_warned_about(alpha, beta, warning):
    (said,) = build("beta", {"alpha": alpha, "beta": beta}).warnings
    assert said.startswith(warning)


def test_other_warnings():
    assert build("beta", {"alpha": 1, "beta": 1}).warnings == ()
    assert "shape < 1 (0.5)" in build("gamma", {"mean": 1, "se": math.sqrt(2)}).warnings[0]
    assert "alpha < 1 for b" in build("dirichlet", {"counts": {"a": 3, "b": 0.2}}).warnings[0]
    (said,) = build("beta", {"events": 4.5, "n": 20}).warnings
    assert said == "4.5 of 20 are not whole numbers: taken as effective counts"
    lopsided = {"median": 0.6, "ci95": [0.3, 0.8], "asymmetric": True}
    assert "not symmetric on the log scale" in build("lognormal", lopsided).warnings[0]
    lopsided = {"mean": 1.6, "ci95": [1, 2], "asymmetric": True}
    assert "not symmetric" in build("normal", lopsided).warnings[0]


def test_an_asymmetric_interval_keeps_estimate_and_width():
    words = {"median": 0.6, "ci95": [0.3, 0.8], "asymmetric": True}
    distribution = build("lognormal", words)
    assert distribution.median == pytest.approx(0.6)
    low, high = distribution.interval()
    assert high / low == pytest.approx(0.8 / 0.3)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "arguments", "path", "what", "hint"),
    [
        # the family and its words
        ("gama", {}, "", 'there is no distribution "gama"', 'Did you mean "gamma"?'),
        ("beta", [1, 2], "", "[1, 2] is not a table of arguments", "{mean, se}"),
        ("beta", {}, "", "nothing is given", "{events, n}"),
        ("beta", {"mean": 0.8, "see": 0.1}, "see", 'no argument "see"', 'Did you mean "se"?'),
        ("beta", {"mean": 0.8, "ci95": [0.7, 0.9]}, "ci95", "beta has no argument", "Give se"),
        ("lognormal", {"mean": 2, "sd": 1}, "sd", "lognormal has no argument", "se = sd/sqrt(n)"),
        ("uniform", {"low": 0, "high": 1, "xyzzy": 2}, "xyzzy", "no argument", "high, low"),
        # forms
        ("beta", {"mean": 0.8}, "se", "se is missing", "{mean, se}"),
        ("beta", {"n": 10}, "events", "events is missing", "{events, n}"),
        ("gamma", {"shape": 2}, "scale", "scale is missing", "{shape, rate}"),
        ("gamma", {"shape": 2, "scale": 1, "rate": 1}, "rate", "rate = 1/scale", "Keep one"),
        ("gamma", {"mean": 1, "rate": 2}, "", "mean and rate do not go together", "Write one of"),
        ("gamma", {"mean": 1, "se": 2, "rate": 2}, "rate", "does not go with mean and se", "one"),
        ("normal", {"mean": 1, "se": 0.1, "ci95": [0.8, 1.2]}, "ci95", "may disagree", "Keep one"),
        ("beta", {"mean": 0.5, "se": 0.1, "prior": [1, 1]}, "prior", "does not go with", "one of"),
        ("beta", {"mean": 0.5, "sd": 0.1}, "sd", "spread between people", "se = sd/sqrt(n)"),
        ("normal", {"mean": 0.5, "sd": 0.1}, "sd", "spread between people", "give n or se"),
        ("lognormal", {"median": 1, "se": 0.1}, "se", "error of a mean", "se_log"),
        ("lognormal", {"mean": 1, "ci95": [0.5, 2]}, "ci95", "evenly about the median", "median"),
        ("lognormal", {"mean": 1, "se_log": 1}, "se_log", "goes with the median", "call it median"),
        ("lognormal", {"mean": 1, "se": 1, "centre": "mean"}, "centre", "no choice", "Leave"),
        ("mvnormal", {"mean": {"a": 1, "b": 2}, "se": {"a": 1, "b": 1}}, "correlation",
         "correlation is missing", "{mean, covariance}"),
        ("mvnormal", {"mean": {"a": 1, "b": 2}, "covariance": [[1, 0], [0, 1]],
                      "se": {"a": 1, "b": 1}}, "se", "already holds", "alone"),
        # types and sizes
        ("beta", {"mean": True, "se": 0.1}, "mean", "true is not a number", ""),
        ("beta", {"mean": "0.8", "se": 0.1}, "mean", '"0.8" is not a number', "Write 0.8 without"),
        ("beta", {"mean": "high", "se": 0.1}, "mean", '"high" is not a number', ""),
        ("beta", {"mean": None, "se": 0.1}, "mean", "None is not a number", ""),
        ("gamma", {"mean": math.nan, "se": 1}, "mean", "nan is not a finite number", ""),
        ("gamma", {"mean": 1, "se": math.inf}, "se", "inf is not a finite number", ""),
        ("gamma", {"mean": 10**400, "se": 1}, "mean", "is not a finite number", ""),
        ("gamma", {"mean": 1e61, "se": 1}, "mean", "no plausible size", ""),
        ("gamma", {"mean": 1, "se": 1e-61}, "se", "no plausible size", ""),
        ("gamma", {"mean": 1, "se": 0}, "se", "more than 0", "fixed"),
        ("gamma", {"mean": 1, "se": -1}, "se", "-1 is outside what is allowed: more than 0", ""),
        ("gamma", {"mean": 0, "se": 1}, "mean", "more than 0", "normal"),
        ("normal", {"mean": 1, "ci95": 0.2}, "ci95", "not a pair", "[low, high]"),
        ("normal", {"mean": 1, "ci95": [0.2]}, "ci95", "not a pair", "[low, high]"),
        ("normal", {"mean": 1, "ci95": [0.2, "1"]}, "ci95[1]", '"1" is not a number', "without"),
        ("normal", {"mean": 1, "ci95": [2, 0]}, "ci95", "from low to high", ""),
        ("beta", {"events": 1, "n": 2, "prior": [0, 1]}, "prior[0]", "more than 0", ""),
        ("lognormal", {"median": 1, "ci95": [0, 2]}, "ci95[0]", "more than 0", ""),
        ("lognormal", {"median": 1, "ci95": [0.5, 2], "asymmetric": 1}, "asymmetric", "true", ""),
        ("lognormal", {"median": 1, "se_log": 0.2, "centre": "mode"}, "centre", "not a choice", ""),
        ("lognormal", {"median": 1, "se_log": 0.2, "centre": 1}, "centre", "1 is not a choice",
         "mean, median"),
        ("lognormal", {"median": 1, "se_log": 11}, "se_log", "10 or less", ""),
        ("lognormal", {"meanlog": 2000, "sdlog": 1}, "meanlog", "138 or less", "natural logarithm"),
        # beta
        ("beta", {"events": 0, "n": 10}, "prior", "0 events of 10 leave no uncertainty", "[0.5, 0"),
        ("beta", {"events": 10, "n": 10}, "prior", "10 events of 10 leave", "Jeffreys"),
        ("beta", {"events": 11, "n": 10}, "events", "11 events cannot happen to 10 people", ""),
        ("beta", {"events": -1, "n": 10}, "events", "0 or more", ""),
        ("beta", {"mean": 0.8, "se": 0.4}, "se", "it must be less than 0.4", "standard deviation"),
        ("beta", {"mean": 0.8, "sd": 4, "n": 100}, "sd", "too large", ""),
        ("beta", {"mean": 1, "se": 0.1}, "mean", "between the limits 0 and 1", "low = "),
        ("beta", {"mean": -0.1, "se": 0.1, "low": 0.5}, "mean", "limits 0.5 and 1", ""),
        ("beta", {"alpha": 1, "beta": 1, "low": 2}, "high", "low (2) must be less than high", ""),
        # gamma
        ("gamma", {"events": 0, "exposure": 12.5}, "events", "0 events leave no uncertainty",
         "{shape = 0.5, rate = 12.5}"),
        # lognormal
        ("lognormal", {"median": 0.8, "ci95": [0.3, 0.71]}, "median", "outside its interval", ""),
        ("lognormal", {"median": 0.6, "ci95": [0.3, 0.8]}, "ci95", "its middle is 0.4899",
         "asymmetric = true"),
        ("lognormal", {"median": 1, "ci95": [1e-20, 1e20]}, "ci95", "too wide", ""),
        ("lognormal", {"mean": 1, "se": 1e30}, "se", "too large", ""),
        # normal
        ("normal", {"mean": 0.8, "ci95": [0.3, 0.71]}, "mean", "outside its interval", ""),
        ("normal", {"mean": 0.6, "ci95": [0.3, 0.8]}, "ci95", "its middle is 0.55", "lognormal"),
        ("normal", {"mean": 0, "assumed_cv": 0.2}, "assumed_cv", "no spread", "Give se"),
        ("normal", {"mean": 0.1, "se": 0.05, "low": 0, "high": 1}, "low", "limit 0", "Use beta."),
        ("normal", {"mean": 0.9, "se": 0.05, "low": 0, "high": 1}, "high", "limit 1", "Use beta."),
        ("normal", {"mean": 0.9, "se": 0.05, "low": -1, "high": 1}, "high", "limit 1",
         "low = -1, high = 1"),
        ("normal", {"mean": 100, "se": 40, "low": 0}, "low", "limit 0", "Use gamma"),
        ("normal", {"mean": 1, "se": 40, "high": 2}, "high", "limit 2", "distance from 2"),
        ("normal", {"mean": 1, "se": 0.1, "low": 2, "high": 1}, "high", "less than high", ""),
        # judgement
        ("uniform", {"low": 1, "high": 1}, "high", "low (1) must be less than high (1)", ""),
        ("pert", {"low": 1, "mode": 3, "high": 2}, "mode", "between low (1) and high (2)", ""),
        ("triangular", {"low": 1, "mode": 0.5, "high": 2}, "mode", "between low (1)", ""),
        # dirichlet
        ("dirichlet", {"counts": {}}, "counts", "not a table", ""),
        ("dirichlet", {"counts": [1, 2]}, "counts", "[1, 2] is not a table", ""),
        ("dirichlet", {"counts": {"a": 3}}, "counts", "one outcome alone", "every possible"),
        ("dirichlet", {"counts": {"a": 3, "b": 0}}, "counts.b", "needs a prior", "leave it out"),
        ("dirichlet", {"counts": {"a": 3, "b c": 1}}, "counts.b c", "as a name", "letters"),
        ("dirichlet", {"counts": {"well": 3, "b": 1}, "prior": {"wel": 1}}, "prior.wel",
         "not among the counts", 'Did you mean "well"?'),
        ("dirichlet", {"counts": {"a": 3, "b": 1}, "prior": -1}, "prior", "0 or more", ""),
        ("dirichlet", {"counts": {"a": 3, "b": 0}, "prior": {"a": 1}}, "counts.b", "prior", ""),
        # mvnormal
        ("mvnormal", {"mean": {"a": 1}, "covariance": [[1]]}, "mean", "one coefficient", "normal"),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1, 0]]}, "covariance",
         "not a square matrix", "as many rows"),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": "x"}, "covariance", "square", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1]]}, "covariance",
         "1 rows for 2 coefficients", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1, "x"], [0, 1]]},
         "covariance[0][1]", '"x" is not a number', ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1, 0], [0, -2]]},
         "covariance[1][1]", "a variance of -2 is impossible", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1, 0.5], [0.4, 1]]}, "covariance",
         "not symmetric at [0][1]", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "covariance": [[1, 2], [2, 4]]}, "covariance",
         "smallest eigenvalue is", "repair = true"),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "se": {"a": 1, "b": 1},
                      "correlation": [[1, 0.5], [0.5, 0.9]]}, "correlation", "[1][1] is 0.9", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "se": {"a": 1, "b": 1},
                      "correlation": [[1, 1.5], [1.5, 1]]}, "correlation", "beyond -1 or 1", ""),
        ("mvnormal", {"mean": {"a": 1, "b": 1}, "se": {"a": 1},
                      "correlation": [[1, 0.5], [0.5, 1]]}, "se.b", "of b is missing", ""),
        ("mvnormal", {"mean": {"aa": 1, "b": 1}, "se": {"aa": 1, "b": 1, "ab": 2},
                      "correlation": [[1, 0.5], [0.5, 1]]}, "se.ab", "not in mean", "Did you mean"),
    ],
)  # fmt: skip
def test_refusals_say_where_what_and_what_to_try(key, arguments, path, what, hint):
    problem = only(key, arguments)
    assert problem.path == path
    assert what in problem.what
    assert hint in problem.hint


def test_every_problem_is_reported_at_once():
    problems = refused(
        "beta", {"mean": "x", "se": -1, "events": math.nan, "prior": [1], "lo": 0, "high": True}
    )
    assert {problem.path for problem in problems} == {
        "mean", "se", "events", "prior", "lo", "high",
    }  # fmt: skip
    problems = refused("dirichlet", {"counts": {"a": -1, "b": "x", "c": 0}, "prior": {"d": 1}})
    assert [problem.path for problem in problems] == ["counts.a", "counts.b", "prior.d"]
    problems = refused(
        "mvnormal", {"mean": {"a": 1, "b": "x"}, "se": {"a": 0}, "correlation": [[1, 0], [0, 1]]}
    )
    assert [problem.path for problem in problems] == ["mean.b", "se.a", "se.b"]
    problems = refused("pert", {"mode": 1})
    assert [problem.path for problem in problems] == ["low", "high"]


def test_problems_can_be_placed_in_a_file():
    with pytest.raises(ArgumentsError) as caught:
        build("beta", {"mean": 2, "se": "x"})
    first, second = caught.value.located("[parameters.p_attend] beta", "targeted.toml", 12)
    assert second.where == "[parameters.p_attend] beta.mean"
    assert first.where == "[parameters.p_attend] beta.se"
    assert (first.file, first.line) == ("targeted.toml", 12)
    assert "se" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
    with pytest.raises(ArgumentsError) as caught:
        build("beta", {})
    assert caught.value.located("[parameters.x] beta")[0].where == "[parameters.x] beta"


def test_numbers_from_numpy_are_numbers():
    assert build("beta", {"events": np.int64(4), "n": np.float64(10)}).describe() == "Beta(4, 6)"
    normal = build("normal", {"mean": 1.0, "ci95": np.array([0.0, 2.0])})
    assert normal.sd == pytest.approx(1 / Z975)


def test_a_normal_can_be_asked_about_limits_it_was_not_told():
    normal = build("normal", {"mean": 0.95, "se": 0.03})
    assert isinstance(normal, Normal)
    assert normal.near_limit() is None
    assert normal.near_limit(0, 2) is None
    what, hint = normal.near_limit(0, 1)
    assert "limit 1" in what
    assert hint == "Use beta."


def test_repair_of_an_impossible_correlation_is_reported():
    words = {
        "mean": {"a": 0, "b": 0, "c": 0},
        "se": {"a": 1, "b": 2, "c": 3},
        "correlation": [[1, 1, 0], [1, 1, 1], [0, 1, 1]],
    }
    assert "smallest eigenvalue is -0.414" in only("mvnormal", words).what
    repaired = build("mvnormal", {**words, "repair": True})
    assert repaired.warnings == ("the correlation matrix was repaired; largest change 0.2393",)
    assert repaired.sd == pytest.approx({"a": 1, "b": 2, "c": 3})


def test_scaling_what_cannot_be_scaled():
    with pytest.raises(ArgumentsError, match="cannot be multiplied"):
        build("dirichlet", {"counts": {"a": 1, "b": 2}}).scaled(1.1)
    for factor in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="cannot be scaled"):
            build("gamma", {"mean": 1, "se": 1}).scaled(factor)


def test_scaling_coefficients():
    normal = build("mvnormal", {"mean": {"a": 1, "b": -2}, "covariance": [[4, 1], [1, 9]]})
    scaled = normal.scaled(2)
    u = np.random.default_rng(1).random((2, 50))
    np.testing.assert_allclose(scaled.ppf(u), 2 * normal.ppf(u))
    assert scaled.mean == {"a": 2, "b": -4}
    assert scaled.sd == {"a": 4, "b": 6}


def test_descriptions():
    said = [build(key, arguments).describe() for key, arguments, *_ in SCALARS.values()]
    assert len(set(said)) >= len(said) - 4  # some forms say the same thing
    assert "Beta(32.67, 16.33) on [-0.5, 1]" in said
    assert "Lognormal(median 0.509, sd of log 0.1697)" in said
    assert "Normal(-0.3, se 0.1)" in said
    assert "Uniform(-1 to 3)" in said
    assert "Triangular(1 to 5, mode 2)" in said
    assert build(*JOINTS["dirichlet prior"]).describe() == "Dirichlet(a 0.5, b 3.5, c 9.5)"
    assert (
        build(*JOINTS["mvnormal covariance"]).describe()
        == "Multivariate normal(cons -4 (se 0.5), age 0.02 (se 0.01))"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1251, "1251"), (0.16973, "0.1697"), (50.4, "50.4"), (12345.678, "12346"),
     (1e-9, "1e-09"), (-0.5, "-0.5"), (1e20, "1e+20"), (math.inf, "infinity"),
     (-math.inf, "-infinity"), (math.nan, "undefined"), (0.00012345, "0.0001234")],
)  # fmt: skip
def test_numbers_are_printed_to_four_digits(value, text):
    assert rounded(value) == text


def test_long_values_are_cut_short():
    assert len(shown("x" * 500)) == 60
    assert shown(2.0) == "2"


def test_words_are_listed_as_in_a_sentence():
    assert listed([]) == ""
    assert listed(["se"]) == "se"
    assert listed(["se", "sd", "ci95"]) == "se, sd and ci95"


# --- properties ----------------------------------------------------------------------------------

shares = st.floats(0.001, 0.999)
sizes = st.floats(1e-3, 1e6)


@settings(max_examples=50, deadline=None)
@given(
    mean=shares,
    part=st.floats(0.001, 0.99),
    low=st.sampled_from([-2.0, -0.594, 0.0]),
    width=st.floats(0.1, 5),
)
def test_beta_gives_back_mean_and_se(mean, part, low, width):
    se = part * math.sqrt(mean * (1 - mean))
    words = {"mean": low + width * mean, "se": width * se, "low": low, "high": low + width}
    beta = build("beta", words)
    assert isinstance(beta, Beta)
    assert beta.mean == pytest.approx(words["mean"], rel=1e-9, abs=1e-9)
    assert beta.sd == pytest.approx(words["se"], rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(mean=sizes, cv=st.floats(1e-3, 3))
def test_gamma_and_lognormal_give_back_mean_and_se(mean, cv):
    for key, family in (("gamma", Gamma), ("lognormal", Lognormal)):
        made = build(key, {"mean": mean, "se": cv * mean})
        assert isinstance(made, family)
        assert (made.mean, made.sd) == pytest.approx((mean, cv * mean), rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(median=sizes, sigma=st.floats(0.01, 2))
def test_lognormal_gives_back_its_interval(median, sigma):
    ends = [median * math.exp(side * Z975 * sigma) for side in (-1, 1)]
    made = build("lognormal", {"median": median, "ci95": ends})
    assert made.interval() == pytest.approx(tuple(ends), rel=1e-9)
    assert made.base == pytest.approx(median)


@settings(max_examples=50, deadline=None)
@given(
    counts=st.lists(st.floats(0.01, 1e8), min_size=2, max_size=6),
    seed=st.integers(0, 2**32),
)
def test_dirichlet_draws_are_shares(counts, seed):
    made = build("dirichlet", {"counts": {f"s{i}": count for i, count in enumerate(counts)}})
    assert isinstance(made, Dirichlet)
    x = made.ppf(np.random.default_rng(seed).random((len(counts), 200)))
    assert ((x >= 0) & (x <= 1)).all()
    np.testing.assert_allclose(x.sum(axis=0), 1, rtol=1e-12)
    assert math.fsum(made.mean.values()) == pytest.approx(1)


@settings(max_examples=50, deadline=None)
@given(arguments=st.dictionaries(
    st.sampled_from(["mean", "se", "sd", "n", "ci95", "events", "alpha", "beta", "low", "high",
                     "median", "mode", "counts", "covariance", "meen", "prior", "shape"]),
    st.one_of(st.booleans(), st.text(max_size=3), st.floats(), st.integers(), st.none(),
              st.lists(st.floats(), max_size=3), st.dictionaries(st.text(max_size=2), st.floats())),
))  # fmt: skip
def test_nonsense_is_refused_and_nothing_else_happens(arguments):
    for key in FAMILIES:
        with contextlib.suppress(ArgumentsError):
            made = build(key, arguments)
            base = made.base.values() if isinstance(made.base, dict) else [made.base]
            assert all(math.isfinite(value) for value in base)


@pytest.mark.parametrize("shape", [1.001e6, 1e8, 1e12])
def test_nearly_normal_gammas_invert_their_distribution_function(shape):
    u = np.array([1e-9, 1e-3, 0.025, 0.3, 0.5, 0.7, 0.975, 1 - 1e-9])
    x = gamma_ppf(shape, u)
    z = (x - shape) / math.sqrt(shape)
    assert shape > NEARLY_NORMAL
    # Below u = 0.01 scipy's own distribution function is wrong for shapes as large as these.
    np.testing.assert_allclose(scipy.special.gammainc(shape, x)[2:], u[2:], rtol=2e-4)
    # Wilson & Hilferty (1931): an approximation of another kind.
    other = shape * (1 - 1 / (9 * shape) + scipy.special.ndtri(u) / (3 * math.sqrt(shape))) ** 3
    np.testing.assert_allclose(z, (other - shape) / math.sqrt(shape), atol=5e-4)


@pytest.mark.parametrize(("alpha", "beta"), [(8e6, 2e6), (2e6, 9e7), (1.1e6, 1.1e6)])
def test_nearly_normal_betas_agree_with_scipy(alpha, beta):
    u = np.array([1e-6, 0.025, 0.3, 0.5, 0.7, 0.975, 1 - 1e-6])
    twin = scipy.stats.beta(alpha, beta)
    np.testing.assert_allclose(
        beta_ppf(alpha, beta, u), twin.ppf(u), atol=1e-6 * twin.std(), rtol=0
    )


@pytest.mark.parametrize("se", [1e-3, 1e-6, 1e-9, 1e-15, 1e-40])
def test_draws_close_in_on_the_mean_as_se_goes_to_0(se):
    u = np.linspace(0.001, 0.999, 201)
    for key in ("beta", "gamma", "lognormal", "normal"):
        x = build(key, {"mean": 0.4, "se": se}).ppf(u)
        np.testing.assert_allclose(x, 0.4, rtol=0, atol=5 * se + 1e-15)


def test_mvnormal_is_exported():
    assert FAMILIES["mvnormal"] is MvNormal
