"""Thirteen BCG trials (Colditz et al. 1994): moderators, influence and bias, as metafor has them.

What is exact in the reference and what is not: see test_meta_bcg.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from meta_bcg_trials import OUT, ROWS, agree, column, effects, tables
from numpy.testing import assert_allclose

from heco.evidence.meta import (
    Effects,
    begg,
    by_subgroup,
    cumulative,
    draw_from,
    egger,
    influence_diagnostics,
    leave_one_out,
    mantel_haenszel,
    peto,
    pool,
    regress,
    trim_and_fill,
)


def test_leave_one_out_of_mantel_haenszel_and_peto() -> None:
    """Metafor: tests/testthat/test_misc_influence.r."""
    mh = leave_one_out(tables("RR"), mantel_haenszel)[0]
    assert_allclose(
        [mh.estimate, mh.se, mh.q, mh.i2, mh.h2],
        [-0.451379469928476, 0.0394350331703394, 151.915260738878, 92.7591211399706,
         13.8104782489889],
    )  # fmt: skip
    one_step = leave_one_out(tables("OR"), peto)[0]
    assert_allclose(
        [one_step.estimate, one_step.se, one_step.q, one_step.i2],
        [-0.472177269248539, 0.0407784291562603, 167.200450619361, 93.4210703623987],
    )


REGRESSIONS = {
    "metareg_ablat_REML": (("ablat",), "REML", "wald"),
    "metareg_ablat_REML_KH": (("ablat",), "REML", "knapp-hartung"),
    "metareg_ablat_DL": (("ablat",), "DL", "wald"),
    "metareg_ablat_FE": (("ablat",), "IV", "wald"),
    "metareg_ablat_year_REML": (("ablat", "year"), "REML", "wald"),
    "subgroup_alloc_common_tau2": (("alloc",), "REML", "wald"),
}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_meta_regression(name: str) -> None:
    moderators, estimator, test = REGRESSIONS[name]
    found = regress(effects(), {m: [row[m] for row in ROWS] for m in moderators}, estimator, test)
    parts = found.coefficients
    agree(
        {
            "beta": [part.estimate for part in parts],
            "se": [part.se for part in parts],
            "stat": [part.statistic for part in parts],
            "p": [part.p for part in parts],
            "ci_lb": [part.low for part in parts],
            "ci_ub": [part.high for part in parts],
            "vcov": found.covariance,
            "tau2": found.tau2,
            "I2": found.i2,
            "H2": found.h2,
            "R2": found.r2,
            "QE": found.q,
            "QEp": found.q_p,
            "QM": found.model,
            "QMp": found.model_p,
        },
        OUT[name],
    )


def test_prediction_of_a_regression() -> None:
    found = regress(effects(), {"ablat": column("ablat")}, test="wald")
    latitudes = (0.0, 33.46154, 60.0)  # the middle one is the mean, to seven digits
    expected = OUT["metareg_ablat_predict_RR_at_0_33.46_60"]
    for latitude, row in zip(latitudes, expected, strict=True):
        at = found.at({"ablat": latitude})
        values = [at.estimate, at.low, at.high, at.prediction.low, at.prediction.high]
        assert_allclose(np.exp(values), list(row.values()), rtol=1e-8)


def test_subgroups() -> None:
    alloc = [row["alloc"] for row in ROWS]
    separate = by_subgroup(effects(), alloc, test="wald", prediction="z")
    for name, expected in OUT["subgroup_alloc_separate_REML"].items():
        group = separate.groups[name]
        agree(
            {
                "estimate": group.estimate,
                "se": group.se,
                "p": group.p,
                "tau2": group.tau2,
                "I2": group.i2,
                "Q": group.q,
                "Q_p": group.q_p,
                "weights_pct": group.weights,
            },
            expected,
        )
        if group.prediction is not None:  # two studies have none, whatever the rule
            agree({"pi_lb": group.prediction.low, "pi_ub": group.prediction.high}, expected)
    pooled = by_subgroup(effects(), alloc, test="wald", tau2="pooled")
    expected = OUT["subgroup_alloc_common_tau2"]
    assert_allclose([pooled.q, pooled.p], [expected["QM"], expected["QMp"]], rtol=1e-8)
    assert pooled.df == 2


def test_leave_one_out_and_cumulative() -> None:
    def wald(part: Effects) -> Any:
        return pool(part, test="wald")

    bias = OUT["bias_and_sensitivity_logRR"]
    for found, expected in (
        (leave_one_out(effects(), wald), bias["leave1out_REML"]),
        (cumulative(effects(), wald), bias["cumulative_REML"]),
    ):
        for one, row in zip(found, expected, strict=True):
            agree(
                {
                    "estimate": one.estimate,
                    "se": one.se,
                    "zval": one.statistic,
                    "pval": one.p,
                    "ci.lb": one.low,
                    "ci.ub": one.high,
                    "Q": one.q,
                    "Qp": one.q_p,
                    "tau2": one.tau2,
                    "I2": one.i2,
                    "H2": one.h2,
                },
                row,
            )


def test_influence() -> None:
    found, expected = (
        influence_diagnostics(effects()),
        OUT["bias_and_sensitivity_logRR"]["influence_REML"],
    )
    agree(
        {
            "rstudent": found.residual,
            "dffits": found.dffits,
            "cook": found.cook,
            "cov_r": found.covariance_ratio,
            "hat": found.hat,
        },
        expected,
    )
    # metafor: tests/testthat/test_misc_influence.r
    assert_allclose(found.dfbeta[0], -0.0402659025974144, rtol=1e-6)
    assert not found.influential.any()


def test_egger_and_begg() -> None:
    bias = OUT["bias_and_sensitivity_logRR"]
    found = {
        "egger_lm": egger(effects()),
        "egger_rma_reml": egger(effects(), model="mixed"),
        "egger_rma_vi": egger(effects(), model="mixed", predictor="variance"),
    }
    for name, test in found.items():
        agree(
            {
                "stat": test.statistic,
                "p": test.p,
                "limit_est": test.limit,
                "limit_lb": test.limit_low,
                "limit_ub": test.limit_high,
                "slope": [test.limit, test.bias],
            },
            bias[name],
        )
    rank = begg(effects())
    agree({"tau": rank.bias, "p": rank.p}, bias["begg_rank"])


@pytest.mark.parametrize(
    ("name", "estimator", "rank", "rtol"),
    [
        ("trimfill_REML_L0", "REML", "L0", 2e-6),
        ("trimfill_REML_R0", "REML", "R0", 1e-9),
        ("trimfill_DL_L0", "DL", "L0", 1e-9),
        ("trimfill_FE_L0", "IV", "L0", 1e-9),
    ],
)
def test_trim_and_fill(name: str, estimator: str, rank: str, rtol: float) -> None:
    found, expected = (
        trim_and_fill(effects(), estimator, rank=rank),
        dict(OUT["bias_and_sensitivity_logRR"][name]),
    )
    assert (found.side, found.missing) == (expected["side"], expected["k0"])
    filled = found.filled.take(range(13, found.filled.k))
    agree(
        {
            "se_k0": found.missing_se,
            "estimate": found.pooled.estimate,
            "se": found.pooled.se,
            "ci_lb": found.pooled.low,
            "ci_ub": found.pooled.high,
            "tau2": found.pooled.tau2,
            "filled_yi": filled.y,
            "filled_vi": filled.v,
        },
        expected,
        rtol=rtol,
    )


def test_shrunken_effects() -> None:
    pooled = pool(effects(), test="wald")
    for name, row in zip(
        effects().study, OUT["bias_and_sensitivity_logRR"]["blup_REML"], strict=True
    ):
        drawn = draw_from(pooled, f"shrunken:{name}", effects())
        assert_allclose(math.log(drawn.base), row["pred"], rtol=1e-8)
        assert_allclose(drawn.mixture.sd, row["se"], rtol=1e-8)
        assert_allclose(np.log(drawn.interval()), [row["pi.lb"], row["pi.ub"]], rtol=1e-8)
