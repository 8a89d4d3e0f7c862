"""Thirteen BCG trials (Colditz et al. 1994), as pooled by R's metafor 5.1 and by Stata.

``bcg_metafor.json`` holds metafor's output; closed forms agree to rounding, iterative results to
1e-8. Two kinds of number in it are not exact, and are compared with the accuracy they have:
intervals of tau2 (R's uniroot stops at 1.2e-4) and the filled REML model (Fisher scoring stops at
1e-5).
"""

from __future__ import annotations

import numpy as np
import pytest
from meta_bcg_trials import OUT, SETS, TESTS, agree, effects, tables
from numpy.testing import assert_allclose

from heco.evidence.meta import (
    egger,
    mantel_haenszel,
    peto,
    pool,
    stratified_tests,
)
from heco.evidence.meta.linear import fit, single
from heco.evidence.meta.tails import chi2_quantile


@pytest.mark.parametrize("measure", SETS)
def test_effect_sizes(measure: str) -> None:
    expected = OUT[f"escalc_{measure}"]
    assert_allclose(effects(measure).y, [row["yi"] for row in expected], rtol=1e-12, atol=1e-15)
    assert_allclose(effects(measure).v, [row["vi"] for row in expected], rtol=1e-12)


@pytest.mark.parametrize(
    ("measure", "name"), [(measure, name) for measure in SETS for name in OUT[SETS[measure]]]
)
def test_pooling(measure: str, name: str) -> None:
    expected = OUT[SETS[measure]][name]
    estimator, _, adjustment = name.partition("_")
    test = TESTS[adjustment]
    found = pool(
        effects(measure),
        "IV" if estimator == "FE" else estimator,
        test,
        prediction="z" if test == "wald" else "knapp-hartung",
    )
    agree(
        {
            "estimate": found.estimate,
            "se": found.se,
            "stat": found.statistic,
            "df": found.df,
            "p": found.p,
            "ci_lb": found.low,
            "ci_ub": found.high,
            "tau2": found.tau2,
            "se_tau2": found.tau2_se,
            "I2": found.i2,
            "H2": found.h2,
            "Q": found.q,
            "Q_p": found.q_p,
            "logLik_ML": found.log_likelihood,
            "weights_pct": found.weights,
        },
        expected,
    )
    if estimator == "FE":
        assert found.prediction is None
    elif test != "knapp-hartung-truncated":  # metafor widens that one by the Wald error
        assert found.prediction is not None
        agree({"pi_lb": found.prediction.low, "pi_ub": found.prediction.high}, expected)


@pytest.mark.parametrize("measure", SETS)
def test_interval_of_tau2(measure: str) -> None:
    found = pool(effects(measure))
    expected = np.array(OUT[SETS[measure]]["REML"]["tau2_ci"]["values"])
    # uniroot's tolerance: 1.22e-4, far more than its error here
    assert_allclose([found.tau2_low, found.tau2_high], expected[0, 1:], atol=3e-5)
    # ours is the root itself
    data = single(effects(measure).y, effects(measure).v)
    for tau2, p in ((found.tau2_low, 0.975), (found.tau2_high, 0.025)):
        assert_allclose(fit(data, np.array([tau2])).q_statistic, chi2_quantile(p, 12), rtol=1e-9)
    assert_allclose(found.i2_interval, expected[2, 1:], atol=0.01)


def test_prediction_on_k_minus_2_and_natural_scale() -> None:
    found = pool(effects(), test="wald")
    assert found.prediction is not None
    riley = OUT["reml_pi_riley_log"]
    assert_allclose([found.prediction.low, found.prediction.high], [riley["pi.lb"], riley["pi.ub"]])
    assert "k - 2" in found.prediction.words
    z = pool(effects(), test="wald", prediction="z")
    assert_allclose(
        [*z.natural, *(z.natural_prediction or ())], list(OUT["reml_exp"].values()), rtol=1e-9
    )


@pytest.mark.parametrize("measure", SETS)
def test_mantel_haenszel(measure: str) -> None:
    found = mantel_haenszel(tables(measure))
    expected = OUT["mantel_haenszel_peto"][f"MH_{measure}"]
    agree(
        {
            "estimate": found.estimate,
            "se": found.se,
            "z": found.statistic,
            "p": found.p,
            "ci_lb": found.low,
            "ci_ub": found.high,
            "Q": found.q,
            "Qp": found.q_p,
        },
        expected,
        rtol=1e-11,
    )


def test_stratified_tests() -> None:
    found = stratified_tests(tables("OR"))
    agree(
        {
            "CMH": found.cmh,
            "CMHp": found.cmh_p,
            "TA": found.tarone,
            "TAp": found.tarone_p,
        },
        OUT["mantel_haenszel_peto"]["MH_OR"],
        rtol=1e-11,
    )
    plain = stratified_tests(tables("OR"), continuity=False)
    agree(
        {"CMH": plain.cmh, "CMHp": plain.cmh_p},
        OUT["mantel_haenszel_peto"]["MH_OR_CMH_uncorrected"],
    )


def test_peto() -> None:
    found = peto(tables("OR"))
    agree(
        {
            "estimate": found.estimate,
            "se": found.se,
            "z": found.statistic,
            "p": found.p,
            "ci_lb": found.low,
            "ci_ub": found.high,
            "Q": found.q,
            "Qp": found.q_p,
        },
        OUT["mantel_haenszel_peto"]["Peto_OR"],
        rtol=1e-11,
    )


def printed(value: float, text: str) -> None:
    """A number as printed: within half of its last digit."""
    digits = len(text.partition(".")[2])
    assert abs(value - float(text)) <= 0.5000001 * 10**-digits, (value, text)


def test_numbers_of_stata_and_the_handbook_of_methods() -> None:
    """Values checked in Stata (metan, metareg, metabias) and printed in textbooks."""
    common = pool(effects(), "IV")
    for value, text in (
        (common.estimate, "-0.4303"), (common.se, "0.0405"), (common.q, "152.233"),
    ):  # fmt: skip
        printed(value, text)
    for estimator, tau2, estimate in (
        ("DL", "0.3088", "-0.7141"), ("PM", "0.3181", "-0.7150"), ("REML", "0.3132", "-0.7145"),
    ):  # fmt: skip
        found = pool(effects(), estimator)
        printed(found.tau2, tau2)
        printed(found.estimate, estimate)
    reml, adjusted = pool(effects(), test="wald"), pool(effects())
    printed(reml.se, "0.1798")
    printed(reml.i2, "92.22")
    printed(adjusted.se, "0.1808")
    printed(adjusted.low, "-1.1084")
    printed(adjusted.high, "-0.3206")
    z = pool(effects(), test="wald", prediction="z").prediction
    t = reml.prediction
    assert z is not None
    assert t is not None
    for value, text in (
        (z.low, "-1.8667"), (z.high, "0.4376"), (t.low, "-2.0084"), (t.high, "0.5793"),
    ):  # fmt: skip
        printed(value, text)
    odds = effects("OR")
    for value, text in (
        (mantel_haenszel(tables("RR")).estimate, "-0.4537"),
        (mantel_haenszel(tables("RR")).se, "0.03934"),
        (mantel_haenszel(tables("OR")).estimate, "-0.4734"),
        (mantel_haenszel(tables("OR")).se, "0.04101"),
        (mantel_haenszel(tables("RD")).estimate, "-0.00329"),
        (mantel_haenszel(tables("RD")).se, "0.000287"),
        (peto(tables("OR")).estimate, "-0.4744"),
        (peto(tables("OR")).se, "0.04066"),
        (pool(odds, "IV").estimate, "-0.4361"),
        (pool(odds, "DL").tau2, "0.3663"),
        (pool(odds, "DL").estimate, "-0.7474"),
        (pool(odds).tau2, "0.3378"),
        (pool(odds).estimate, "-0.7452"),
        (pool(odds).tau2_high, "1.1812"),
        (egger(effects()).bias, "-2.112"),
        (egger(effects()).se, "1.507"),
    ):
        printed(value, text)
    # .1301 as printed elsewhere; the root is .13015
    assert_allclose(pool(odds).tau2_low, 0.1301, atol=1e-4)
