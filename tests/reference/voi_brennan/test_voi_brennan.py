"""The published case study of 19 correlated inputs, against conditional means that are formulas.

Brennan, Kharroubi, O'Hagan & Chilcott 2007, Medical Decision Making 27:448, as used by Strong &
Oakley 2013 (33:755), by Strong, Oakley & Brennan 2014 (34:311) and as SAVI's example: two
treatments, lambda 10,000, net benefits that are sums of products of normal inputs, of which X5, X7,
X14 and X16 are correlated by 0.6 in pairs. So what is expected given some inputs is a polynomial of
them, and EVPPI is the mean of its maximum, here over 400,000 values: no regression is in it.
"""

import math
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.evpi import evpi
from heco.analysis.voi.evppi import evppi
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.scenario.schema_study import Informed

#: Means and standard deviations of X1 to X19.
MEAN = np.array([1000, 0.1, 5.2, 400, 0.7, 0.3, 3.0, 0.25, -0.1, 0.5,
                 1500, 0.08, 6.1, 0.8, 0.3, 3.0, 0.2, -0.1, 0.5])  # fmt: skip
SD = np.array([1, 0.02, 1, 200, 0.1, 0.1, 0.5, 0.1, 0.02, 0.2,
               1, 0.02, 1, 0.1, 0.05, 1, 0.05, 0.02, 0.2])  # fmt: skip
CORRELATED, RHO, WTP = (5, 7, 14, 16), 0.6, 10_000.0
#: Products that make up effect (+) and cost (-) of each treatment; X4 is in both.
EFFECTS = (((5, 6, 7), (8, 9, 10)), ((14, 15, 16), (17, 18, 19)))
COSTS = (((1,), (2, 3, 4)), ((11,), (12, 13, 4)))


@cache
def covariance():
    made = np.diag(SD**2)
    for i, j in combinations(CORRELATED, 2):
        made[i - 1, j - 1] = made[j - 1, i - 1] = RHO * SD[i - 1] * SD[j - 1]
    return made


def inputs(n, seed):
    return np.random.default_rng(seed).multivariate_normal(MEAN, covariance(), n).T


def outcomes(x):
    """Return cost and effect, each shape (strategy, draw)."""
    made = [
        np.stack([sum(np.prod([x[i - 1] for i in term], axis=0) for term in terms) for terms in of])
        for of in (COSTS, EFFECTS)
    ]
    return made[0], made[1]


def expected(known, values):
    """Return incremental net benefit given some inputs, shape (value,).

    Of a product of at most three normal variables: E(abc) = E(a)E(b)E(c) + cov(a,b)E(c) + ..., with
    conditional means and covariances.
    """
    at = [i - 1 for i in known]
    every = covariance()
    slope = every[:, at] @ np.linalg.inv(every[np.ix_(at, at)])
    mean = MEAN[:, None] + slope @ (values - MEAN[at][:, None])
    left = every - slope @ every[at]

    def product(term):
        places = [i - 1 for i in term]
        made = np.prod([mean[i] for i in places], axis=0)
        for i, j in combinations(places, 2):
            others = [k for k in places if k not in (i, j)]
            made = made + left[i, j] * np.prod([mean[k] for k in others], axis=0)
        return made

    benefit = [
        WTP * sum(product(t) for t in effects) - sum(product(t) for t in costs)
        for effects, costs in zip(EFFECTS, COSTS, strict=True)
    ]
    return benefit[1] - benefit[0]


def truth(known):
    """Return EVPPI and its standard error, from 400,000 values of what is known."""
    at = [i - 1 for i in known]
    values = np.random.default_rng(99).multivariate_normal(
        MEAN[at], covariance()[np.ix_(at, at)], 400_000
    )
    made = expected(known, values.T)
    extra = np.maximum(made, 0) - (made if made.mean() > 0 else 0)
    return extra.mean(), extra.std() / math.sqrt(len(extra))


def test_baseline_net_benefits_are_those_published():
    """5057.00 and 5584.80: Strong & Oakley 2013."""
    cost, effect = outcomes(inputs(250_000, 1))
    assert (WTP * effect - cost).mean(axis=1) == pytest.approx([5057.0, 5584.8], abs=25)
    assert expected((1,), MEAN[[0]][:, None])[0] == pytest.approx(5584.8 - 5057.0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "known", [(5,), (6,), (14,), (16,), (17,), (5, 14), (7, 16), (5, 6, 14, 15), (5, 7, 14, 16),
              (2, 3, 5, 6, 7, 9, 14, 15, 16)]
)  # fmt: skip
def test_evppi_of_ten_thousand_draws(known, seed):
    x = inputs(10_000, seed)
    found = evppi(Benefits(*outcomes(x), [WTP]), [x[i - 1] for i in known])[0]
    exact, error = truth(known)
    assert abs(found.value - exact) <= max(0.03 * exact, 2 * math.hypot(found.error, error))
    assert found.value <= evpi(*outcomes(x), WTP)[0] + 2 * found.error


@pytest.mark.slow
def test_errors_are_as_large_as_they_say():
    """Of 40 sets of 1,000 draws about 95% are within two standard errors of the truth."""
    for known in ((5,), (5, 14), (5, 6, 14, 15)):
        exact, _ = truth(known)
        off = []
        for seed in range(40):
            x = inputs(1_000, 100 + seed)
            found = evppi(Benefits(*outcomes(x), [WTP]), [x[i - 1] for i in known], checks=False)[0]
            off.append((found.value - exact) / found.error)
        assert np.mean(np.abs(off) < 2) >= 0.85
        assert np.mean(off) == pytest.approx(0, abs=0.6)


def test_evsi_of_correlated_inputs():
    """A study of X5, X7, X14 and X16: normal data, so posterior means are normal and known."""
    x = inputs(10_000, 3)
    benefits = Benefits(*outcomes(x), [WTP])
    known, spread, n = (5, 7, 14, 16), (0.5, 2.5, 0.5, 5.0), 40
    data = [
        datum(f"x{i}", Informed(data="normal", sd=sd), [x[i - 1]], {})
        for i, sd in zip(known, spread, strict=True)
    ]
    made, *more = [simulate("s", data, (n,), 1, benefits.pairs.T, k) for k in range(COLLECTIONS)]
    found = evsi(benefits, data, made, ceiling(benefits, data), more)[0][0]
    at = [i - 1 for i in known]
    prior = covariance()[np.ix_(at, at)]
    after = prior @ np.linalg.inv(prior + np.diag(np.square(spread)) / n) @ prior
    means = np.random.default_rng(4).multivariate_normal(MEAN[at], after, 400_000).T
    # E(ab) over the posterior is the product of means and the covariance that is left.
    left = prior - after
    rest = expected(known, means) + WTP * (
        -MEAN[5] * left[0, 1] + MEAN[14] * left[2, 3]
    )  # X6 and X15 stay as they were
    extra = np.maximum(rest, 0) - max(rest.mean(), 0)
    exact = extra.mean()
    assert abs(found.worth.value - exact) <= max(0.03 * exact, 2 * found.worth.error)
    assert abs(found.gaussian - exact) <= max(0.05 * exact, 2 * found.worth.error)
