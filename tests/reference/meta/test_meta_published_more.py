"""Published analyses of small-study effects, shared arms, Bayesian models and test accuracy.

Numbers as printed; see test_meta_published.py.
"""

from __future__ import annotations

import numpy as np
from meta_published_data import (
    AUDIT_C,
    MAGNESIUM,
    MULTIPLE_ARMS,
    SCHOOLS,
    SMALL_STUDIES,
    agree,
    counts,
    given,
)
from numpy.testing import assert_allclose

from heco.evidence.meta import (
    MEASURES,
    AccuracyTables,
    Tables,
    bayesian,
    egger,
    from_counts,
    harbord,
    peters,
    pool,
    pool_accuracy,
)
from heco.evidence.meta.accuracy import Accuracy
from heco.evidence.meta.shared import covariance


def test_magnesium_egger_2001() -> None:
    """Metafor's manual, regtest: fifteen trials without ISIS-4."""
    effects = from_counts(counts(MAGNESIUM, "OR")).take(range(15))
    found = pool(effects, test="wald")
    agree([found.tau2, found.tau2_se, found.i2, found.q, found.q_p, found.estimate, found.se],
          "0.1911", "0.2106", "38.19", "20.9184", "0.1037", "-0.8745", "0.2080")  # fmt: skip
    classical = egger(effects)
    agree([classical.statistic, classical.p, classical.limit, classical.limit_low,
           classical.limit_high], "-3.1783", "0.0073", "-0.1512", "-0.5130", "0.2106")  # fmt: skip
    assert "Harbord" in classical.warnings[0]
    mixed = egger(effects, model="mixed")
    agree([mixed.statistic, mixed.p, mixed.limit, mixed.limit_low, mixed.limit_high],
          "-2.8062", "0.0050", "-0.1639", "-0.5681", "0.2402")  # fmt: skip


def test_harbord_and_peters() -> None:
    """R's meta 8.5.0, metabias."""
    tables = counts(SMALL_STUDIES, "OR")
    score = harbord(tables)
    assert_allclose(
        [score.bias, score.se, score.statistic, score.p, score.limit],
        [-0.63420980739069088, 1.1312369085805871, -0.56063394199758021, 0.58738743443011354,
         0.11204544678315458],
        rtol=1e-11,
    )  # fmt: skip
    size = peters(tables)
    assert_allclose(
        [size.bias, size.se, size.statistic, size.p, size.limit],
        [-166.01752732844952, 107.49182254701471, -1.5444665779653786, 0.15350801132981251,
         0.77965187369774214],
        rtol=1e-11,
    )  # fmt: skip


def test_shared_control_arms_gleser_olkin_2009() -> None:
    """Gleser & Olkin (2009), pp. 360-363: effects by treatment, by generalised least squares."""
    trial, treatment, x1, n1, x2, n2 = MULTIPLE_ARMS.T
    numbers = {"events_treat": x1, "n_treat": n1, "events_control": x2, "n_control": n2}
    design = np.stack([treatment == t for t in (1, 2, 3)], axis=1).astype(float)
    for measure, sign, printed, spread in (
        ("RD", -1, ("0.0200", "0.0043", "0.0211"), ("0.000024612", "0.000028538", "0.000069806")),
        ("OR", -1, ("0.5099", "0.0044", "0.4301"), ("0.01412", "0.01178", "0.02703")),
        ("RR", -1, ("0.4875", "0.0006", "0.4047"), ("0.01287", "0.01037", "0.02416")),
    ):
        names = tuple(f"row {i}" for i in range(6))
        effects = from_counts(Tables(MEASURES[measure], names, x1, n1 - x1, x2, n2 - x2))
        inverse = np.zeros((6, 6))
        for number in (1, 2, 3):
            rows = np.flatnonzero(trial == number)
            block = covariance(effects.measure, effects.take(rows), numbers, list(rows))
            inverse[np.ix_(rows, rows)] = np.linalg.inv(block)
        matrix = np.linalg.inv(design.T @ inverse @ design)
        agree(sign * matrix @ design.T @ inverse @ effects.y, *printed)
        agree(np.diag(matrix), *spread)


def test_eight_schools_bayesmeta() -> None:
    """R's bayesmeta, vignette: half-Cauchy(25) prior of tau, normal(0, 50) of the mean.

    The posterior of tau is exact there; that of the mean is approximated on a grid (delta 0.01),
    hence its tolerance.
    """
    effects = given(SCHOOLS[0], np.square(SCHOOLS[1]), names=tuple("ABCDEFGH"))
    found = bayesian(effects, 25, prior="half-cauchy", mu_prior=(0, 50))
    tau = found.tau
    assert_allclose(
        [tau.median, tau.mean, tau.sd, tau.low, tau.high],
        [4.758539, 5.884511, 4.869904, 0.2199559, 18.0531718],
        rtol=2e-7,
    )
    mu = found.mu
    assert_allclose([mu.median, mu.mean, mu.sd], [7.962961, 7.985729, 4.995762], rtol=1e-4)
    assert_allclose(found.mean_effect.ppf(np.array([0.95])), 16.11009, rtol=1e-4)
    assert_allclose(1 - found.mean_effect.cdf(np.array([0.0])), 0.9487521, rtol=1e-4)
    own = [found.summary(found.study_effect(name)) for name in "AGH"]
    assert_allclose([one.median for one in own], [10.093581, 9.786985, 8.266594], rtol=2e-3)
    assert_allclose([one.mean for one in own], [11.095255, 10.336032, 8.474644], rtol=1e-3)
    assert_allclose([one.sd for one in own], [7.901084, 6.631039, 7.456906], rtol=1e-3)


def audit() -> Accuracy:
    names = tuple(f"study {i}" for i in range(14))
    return pool_accuracy(AccuracyTables(names, *AUDIT_C), half="all")


def test_audit_c_kriston_2008() -> None:
    """R's mada 0.5.11, reitsma(AuditC): false positive rates instead of specificities.

    As stored in the public repository omicverse/socialverse, external/pymada/tests/reference.json.
    """
    found = audit()
    flip = np.diag([1.0, -1.0])
    assert_allclose(flip @ found.mu, [2.09974224746266, -1.263690935268621], rtol=1e-6)
    assert_allclose(
        flip @ found.covariance @ flip,
        [[0.1141433030038295, 0.0458582779159926], [0.0458582779159926, 0.03039143934450641]],
        rtol=2e-6,
    )
    assert_allclose(
        flip @ found.spread @ flip,
        [[1.379582891588938, 0.6402942276397282], [0.6402942276397282, 0.4072081556331597]],
        rtol=2e-6,
    )
    assert_allclose(found.sensitivity[0], 0.8908781240983283, rtol=1e-6)
    assert_allclose(found.specificity[0], 1 - 0.2203391726653398, rtol=1e-6)


def test_curve_of_audit_c() -> None:
    """R's mada: parameters of Rutter & Gatsonis, and its sum for the area under the curve."""
    curve = audit().curve
    assert curve is not None
    assert_allclose(
        [curve.threshold, curve.accuracy, curve.shape, curve.threshold_variance,
         curve.accuracy_variance],
        [-0.08337925487498699, 3.262132642712515, -0.6101059931937872, 0.6949061713578351,
         0.2184477748724274],
        rtol=5e-6,
    )  # fmt: skip
    grid = np.arange(1, 100) / 100
    heights = curve.sensitivity(grid)
    # mada divides by 99 points where there are 98 steps
    assert_allclose((heights.sum() - (heights[0] + heights[-1]) / 2) / 99, 0.8866793478473788,
                    rtol=1e-6)  # fmt: skip
    assert 0.88 < curve.area < 0.89
