"""Every kind of study against what it is exactly worth.

Net benefit is linear in a parameter whose prior is conjugate to the data, so the posterior mean is
a formula and what a study is worth is a sum over what it may find (preposterior analysis: Raiffa &
Schlaifer 1961; Ades, Lu & Claxton 2004, Medical Decision Making 24:207). Where no conjugate prior
exists, prior draws weighted by the exact likelihood of each data set take its place (Menzies 2016,
Medical Decision Making 36:308), which shares nothing with the regression that is tested.
"""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.scenario.schema_study import Informed

N = 10_000
ALL = np.ones(N)


def uniforms(seed):
    """Return even numbers between 0 and 1 in random order."""
    return np.random.default_rng(seed).permutation((np.arange(N) + 0.5) / N)


def worth(informed, theta, matters, n, *, extra=None, matching=False):
    """Return what a study is worth if choosing turns on the sign of `matters`."""
    zero = np.zeros(N)
    benefits = Benefits([zero, -matters], [zero, zero], [1.0])
    data = [datum("here", informed, theta, extra or {})]
    made, *more = [
        simulate("s", data, (n,), 3, benefits.pairs.T, number) for number in range(COLLECTIONS)
    ]
    top = ceiling(benefits, data)
    return evsi(benefits, data, made, top, more, matching=matching)[0][0], top.worths[0]


def gained(weights, means):
    """Return the gain from choosing by posterior means that come with these weights."""
    weights = np.asarray(weights) / np.sum(weights)
    return weights @ np.maximum(means, 0.0) - max(weights @ np.asarray(means), 0.0)


def close(found, truth, off=3.0, most=0.05):
    """Return whether an estimate is within its error of the truth, and within 5% in any case."""
    assert found.worth.value == pytest.approx(truth, abs=off * found.worth.error)
    assert found.worth.value == pytest.approx(truth, rel=most)


# ---- One number is estimated ---------------------------------------------------------------------


def beta_binomial(a, b, n, threshold, scale=1000.0):
    counts = np.arange(n + 1)
    weights = stats.betabinom.pmf(counts, n, a, b)
    return gained(weights, scale * ((a + counts) / (a + b + n) - threshold))


@pytest.mark.parametrize(("a", "b", "n", "threshold"), [(4, 6, 20, 0.42), (20, 80, 100, 0.19)])
def test_binomial(a, b, n, threshold):
    p = stats.beta.ppf(uniforms(1), a, b)
    found, top = worth(Informed(data="binomial"), [p], 1000 * (p - threshold), n, matching=True)
    truth = beta_binomial(a, b, n, threshold)
    close(found, truth)
    # The other two estimates rest on a normal shape, which a beta has nearly.
    assert found.gaussian == pytest.approx(truth, abs=0.03 * top.value)
    assert found.matched == pytest.approx(truth, abs=0.05 * top.value)


def test_binomial_with_a_share_of_participants():
    p = stats.beta.ppf(uniforms(1), 4, 6)
    found, _ = worth(Informed(data="binomial", share=0.25), [p], 1000 * (p - 0.42), 80)
    close(found, beta_binomial(4, 6, 20, 0.42))


def test_prevalence_by_an_imperfect_test():
    a, b, n, sensitivity, specificity = 6, 14, 60, 0.85, 0.9
    p = stats.beta.ppf(uniforms(2), a, b)
    found, _ = worth(
        Informed(data="prevalence", sensitivity=sensitivity, specificity=specificity), [p],
        1000 * (p - 0.28), n, extra={"sensitivity": sensitivity * ALL,
                                     "specificity": specificity * ALL},
    )  # fmt: skip
    grid = (np.arange(4_000) + 0.5) / 4_000
    prior = stats.beta.pdf(grid, a, b)
    seen = grid * sensitivity + (1 - grid) * (1 - specificity)
    joint = stats.binom.pmf(np.arange(n + 1)[:, None], n, seen) * prior
    close(found, gained(joint.sum(axis=1), 1000 * (joint @ (grid - 0.28) / joint.sum(axis=1))))


@pytest.mark.parametrize(("kind", "share"), [("normal", 1.0), ("utility", 0.5)])
def test_means(kind, share):
    mean, sd, spread, n = 0.02, 0.05, 0.4, 80
    x = mean + sd * ndtri(uniforms(3))
    found, _ = worth(Informed(data=kind, sd=spread, share=share), [x], 1000 * x, n)
    kept = 1000 * sd * math.sqrt(share * n / (share * n + spread**2 / sd**2))
    u = 1000 * mean / kept
    truth = kept * (stats.norm.pdf(u) - u * stats.norm.sf(u))
    close(found, truth, most=0.01)
    assert found.gaussian == pytest.approx(truth, rel=0.01)


def test_poisson():
    shape, rate, years, n = 9.0, 30.0, 2.0, 15
    x = stats.gamma.ppf(uniforms(4), shape, scale=1 / rate)
    found, top = worth(Informed(data="poisson", years=years), [x], 1000 * (x - 0.28), n)
    counts = np.arange(200)
    seen = n * years
    weights = stats.nbinom.pmf(counts, shape, rate / (rate + seen))
    truth = gained(weights, 1000 * ((shape + counts) / (rate + seen) - 0.28))
    close(found, truth)
    assert found.gaussian == pytest.approx(truth, abs=0.03 * top.value)


def test_survival():
    """Events and time at risk are sufficient: the posterior of a gamma prior is known."""
    shape, rate, years, n = 9.0, 30.0, 3.0, 40
    x = stats.gamma.ppf(uniforms(5), shape, scale=1 / rate)
    found, top = worth(Informed(data="survival", years=years), [x], 1000 * (x - 0.28), n)
    random = np.random.default_rng(6)
    times = random.standard_exponential((100_000, n)) / random.gamma(
        shape, 1 / rate, (100_000, 1)
    )  # person by person
    events = (times < years).sum(axis=1)
    means = (shape + events) / (rate + np.minimum(times, years).sum(axis=1))
    truth = gained(np.ones(len(means)), 1000 * (means - 0.28))
    close(found, truth)
    assert found.gaussian == pytest.approx(truth, abs=0.05 * top.value)


def test_multinomial():
    prior, n, benefits = np.array([6.0, 3.0, 11.0]), 30, np.array([900.0, -700.0, -150.0])
    shares = np.random.default_rng(7).dirichlet(prior, N)
    found, top = worth(Informed(data="multinomial"), list(shares.T), shares @ benefits, n)
    random = np.random.default_rng(8)
    counts = random.multinomial(n, random.dirichlet(prior, 400_000))
    means = (prior + counts) @ benefits / (prior.sum() + n)
    close(found, gained(np.ones(len(means)), means), most=0.08)
    assert found.worth.value <= top.value + 2 * top.error


# ---- Trials of two arms --------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["probability", "rd", "rr", "or"])
def test_trials_against_a_known_control(measure):
    """The control arm has nothing to tell, so the treated arm is a beta-binomial."""
    a, b, n, control, allocation = 8, 12, 60, 0.3, 2 / 3
    risk = stats.beta.ppf(uniforms(9), a, b)
    parameter = {
        "probability": risk, "rd": risk - control, "rr": risk / control,
        "or": risk / (1 - risk) / (control / (1 - control)),
    }[measure]  # fmt: skip
    informed = Informed(data="trial", measure=measure, control=control, allocation=allocation)
    found, _ = worth(
        informed, [parameter], 1000 * (risk - 0.38), n, extra={"control": control * ALL}
    )
    exact = beta_binomial(a, b, 40, 0.38)
    if measure == "probability":
        close(found, exact)
    else:  # the difference from a control arm of 20 tells less than the treated arm by itself
        assert 0.5 * exact < found.worth.value < exact + 3 * found.worth.error


def test_a_difference_in_means():
    mean, sd, spread, n, treated = 0.02, 0.05, 0.4, 200, 0.25
    x = mean + sd * ndtri(uniforms(3))
    found, _ = worth(
        Informed(data="trial", measure="md", sd=spread, allocation=treated), [x], 1000 * x, n
    )
    variance = spread**2 * (1 / (n * treated) + 1 / (n * (1 - treated)))
    kept = 1000 * sd**2 / math.sqrt(sd**2 + variance)
    u = 1000 * mean / kept
    close(found, kept * (stats.norm.pdf(u) - u * stats.norm.sf(u)), most=0.01)


@pytest.mark.parametrize("measure", ["rd", "rr", "or"])
def test_trials_where_both_arms_are_uncertain(measure):
    n = 120
    control = stats.beta.ppf(uniforms(10), 12, 28)
    parameter = {
        "rd": 0.1 + 0.08 * ndtri(uniforms(11)),
        "rr": np.exp(0.3 + 0.25 * ndtri(uniforms(11))),
        "or": np.exp(0.4 + 0.35 * ndtri(uniforms(11))),
    }[measure]
    odds = parameter * control / (1 - control)
    risk = {"rd": control + parameter, "rr": control * parameter, "or": odds / (1 + odds)}[measure]
    risk = np.clip(risk, 0.001, 0.999)
    if measure in ("rd", "rr"):
        parameter = risk - control if measure == "rd" else risk / control
    matters = 1000 * (risk - control - 0.09)
    informed = Informed(data="trial", measure=measure, control=0.3)
    found, top = worth(informed, [parameter], matters, n, extra={"control": control})
    half = np.arange(n // 2 + 1)
    treated = stats.binom.pmf(half[:, None], n // 2, risk)
    usual = stats.binom.pmf(half[:, None], n // 2, control)
    weights = treated @ usual.T  # every pair of counts, summed over the draws
    means = (treated * matters) @ usual.T / np.maximum(weights, 1e-300)
    truth = gained(weights.ravel(), means.ravel())
    close(found, truth)
    assert found.gaussian == pytest.approx(truth, abs=0.08 * top.value)


# ---- Not linear, three strategies ----------------------------------------------------------------


def bent(x, y, z):
    """Return the net benefit of three strategies, of which two bend and act together."""
    return np.stack(
        [
            0 * (x + y + z),
            1000 * np.tanh(x) * y + 300 * x - 100 - 300 * z,
            800 * np.tanh(x + z) - 100 - 250 * y * x + 200 * np.tanh(y),
        ]
    )


def long_tailed(x, y, z):
    """Return the net benefit of three strategies, of which one has a long tail."""
    return np.stack(
        [
            0 * (x + y + z),
            1000 * np.exp(0.5 * x) * y**2 - 900 - 300 * z,
            800 + 1200 * np.tanh(x + z) - 900 - 250 * y * x,
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 16, 64])
@pytest.mark.parametrize("outcomes", [bent, long_tailed])
def test_the_slow_twin_of_a_study_of_two_inputs(outcomes, n):
    """Posteriors are normal, so inner means are Gauss-Hermite sums: no draws, no regression."""
    spread = (2.0, 3.0)
    x, y, z = (ndtri(uniforms(seed)) for seed in (21, 22, 23))
    made = outcomes(x, y, z)
    benefits = Benefits(-made, 0 * made, [1.0])
    data = [
        datum(name, Informed(data="normal", sd=sd), [values], {})
        for name, sd, values in zip("xy", spread, (x, y), strict=True)
    ]
    sets = [simulate("s", data, (n,), 3, benefits.pairs.T, k) for k in range(COLLECTIONS)]
    top = ceiling(benefits, data)
    found = evsi(benefits, data, sets[0], top, sets[1:], matching=True)[0][0]
    points, weights = np.polynomial.hermite_e.hermegauss(16)
    weights = weights / weights.sum()
    kept = [n / (n + sd**2) for sd in spread]
    random = np.random.default_rng(24)
    means = []
    for block in random.standard_normal((40, 2, 100)):
        at, over = [], []
        for values, share in zip(block, kept, strict=True):
            at.append(math.sqrt(share) * values)  # posterior means
            over.append(math.sqrt(1 - share))
        inner = outcomes(
            at[0][:, None, None, None] + over[0] * points[:, None, None],
            at[1][:, None, None, None] + over[1] * points[:, None],
            points,
        )
        means.append(np.einsum("sbijk,i,j,k->sb", inner, weights, weights, weights))
    every = np.concatenate(means, axis=1)
    best = int(np.argmax(every.mean(axis=1)))
    extra = every.max(axis=0) - every[best]
    truth, error = extra.mean(), extra.std() / math.sqrt(len(extra))
    assert found.worth.value == pytest.approx(truth, abs=3 * math.hypot(error, found.worth.error))
    # Neither keeps the shape of the posterior means exactly where net benefit bends.
    assert found.gaussian == pytest.approx(truth, abs=0.12 * top.worths[0].value)
    assert found.matched == pytest.approx(truth, abs=0.12 * top.worths[0].value)


def test_moment_matching_of_studies_too_large_for_the_draws():
    """Few of 500 draws fit the data of many people: what is left is read from smaller studies."""
    sd, spread, draws = 0.05, 0.4, 500
    x = 0.02 + sd * ndtri(np.random.default_rng(1).permutation((np.arange(draws) + 0.5) / draws))
    zero = np.zeros(draws)
    benefits = Benefits([zero, -1000 * x], [zero, zero], [1.0])
    data = [datum("here", Informed(data="normal", sd=spread), [x], {})]
    sizes = (50, 500, 5_000, 500_000)
    made = simulate("s", data, sizes, 3, benefits.pairs.T)
    top = ceiling(benefits, data)
    for one in evsi(benefits, data, made, top, matching=True)[0]:
        kept = 1000 * sd * math.sqrt(one.n / (one.n + spread**2 / sd**2))
        truth = kept * (stats.norm.pdf(20 / kept) - 20 / kept * stats.norm.sf(20 / kept))
        assert one.matched == pytest.approx(truth, abs=0.05 * top.worths[0].value)
