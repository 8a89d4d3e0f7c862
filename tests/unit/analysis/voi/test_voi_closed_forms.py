"""Value of information against closed forms, and a slow twin that uses no regression."""

import math

import numpy as np
import pytest

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.enbs import Price, investment
from heco.analysis.voi.evpi import People, evpi
from heco.analysis.voi.evppi import Worth, evppi
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.scenario.schema_study import Informed

N = 10_000


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def below(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def unit_loss(mean, sd):
    """E max(0, X) - max(0, mean) for X ~ N(mean, sd)."""
    u = abs(mean) / sd
    return sd * (density(u) - u * below(-u))


def normal_scores(n, seed):
    """Standard normal values that are as even as can be, in random order."""
    from scipy.special import ndtri

    return np.random.default_rng(seed).permutation(ndtri((np.arange(n) + 0.5) / n))


def unrelated(x, seed):
    """Return normal noise that chance does not relate to x, nor to its powers up to the sixth.

    A smoother is there to follow such relations, so they would be the sample's error, not its own.
    """
    powers = np.linalg.qr(np.vander(x, 7))[0]
    noise = normal_scores(len(x), seed)
    noise -= powers @ (powers.T @ noise)
    return noise / noise.std()


def two(benefit, wtp=20_000.0, seed=0):
    zero = np.zeros_like(benefit)
    return Benefits([zero, -benefit], [zero, zero], [wtp], seed)


def test_two_option_normal_evpi():
    benefit = 500 + 2000 * normal_scores(1_000_000, 1)
    value, error = evpi([0 * benefit, -benefit], [0 * benefit] * 2, 20_000)
    assert unit_loss(500, 2000) == pytest.approx(572.69, abs=0.01)
    assert value == pytest.approx(572.69, abs=0.05)
    assert error == pytest.approx(0.9, abs=0.3)


@pytest.mark.parametrize("seed", range(4))
def test_linear_gaussian_evppi_within_one_per_cent(seed):
    x = normal_scores(N, seed)
    e = unrelated(x, 100 + seed)
    worth = evppi(two(300 + 1000 * x + 1000 * e), [x])[0]
    assert worth.value == pytest.approx(unit_loss(300, 1000), rel=0.01)
    assert worth.crossfit == pytest.approx(worth.value, rel=0.02)
    assert worth.distinct
    assert worth.doubts(N) == ()


def test_a_quadratic_is_not_a_line():
    x, e = normal_scores(N, 1), normal_scores(N, 2)
    worth = evppi(two(1000 * (x**2 - 1) + 1000 * e), [x])[0]
    assert worth.value == pytest.approx(483.94, abs=max(3 * worth.error, 10))


def test_a_pure_interaction_is_seen_by_pairs_and_groups():
    random = np.random.default_rng(3)
    x = np.stack([normal_scores(N, 10 + k) for k in range(8)])
    benefit = 1000 * x[0] * x[1]
    benefit -= benefit.mean()
    benefit += 300 * random.standard_normal(N)
    for members in ([0, 1], [0, 1, 2], [0, 1, 2, 3, 4], list(range(8))):
        worth = evppi(two(benefit), list(x[members]))[0]
        assert worth.value == pytest.approx(318.31, abs=3 * worth.error + 3), members
        assert worth.error < 12
    # By itself an input of the pair tells nothing: what is seen is chance.
    alone = evppi(two(benefit), [x[0]])[0]
    assert alone.value < alone.null + 4 * alone.error


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("noise", [0.0, 1000.0])
def test_linear_gaussian_evsi_within_one_per_cent(seed, noise):
    """Normal data on a normal prior: the posterior mean is normal with a known spread.

    Whatever the seed, with another input that the study says nothing of or without one. What is
    left to chance is only that the inputs themselves are a sample, here an even one; and of sizes
    so small that nearly all is noise (n = 10 against 25 for the prior), the choice of smoothing.
    """
    x = normal_scores(N, seed)
    e = unrelated(x, 100 + seed)
    benefits = two(300 + 1000 * x + noise * e, seed=seed)
    data = [datum("x", Informed(data="normal", sd=5.0), [x], {})]
    sizes = (10, 25, 100, 250, 1000)
    pairs = benefits.pairs.T
    made, *more = [simulate("s", data, sizes, seed, pairs, k) for k in range(COLLECTIONS)]
    for found in evsi(benefits, data, made, ceiling(benefits, data), more)[0]:
        truth = unit_loss(300, 1000 * math.sqrt(found.n / (found.n + 25)))
        assert found.worth.value == pytest.approx(truth, rel=0.01)
        assert found.worth.value == pytest.approx(truth, abs=found.worth.error)
        assert found.gaussian == pytest.approx(truth, rel=0.01)


def test_moment_matching_agrees_where_draws_can_stand_for_posteriors():
    x = normal_scores(N, 1)
    benefits = two(300 + 1000 * x)
    data = [datum("x", Informed(data="normal", sd=5.0), [x], {})]
    made = simulate("s", data, (25, 100), 7)
    for one in evsi(benefits, data, made, ceiling(benefits, data), matching=True)[0]:
        truth = unit_loss(300, 1000 * math.sqrt(one.n / (one.n + 25)))
        assert one.matched == pytest.approx(truth, rel=0.05)


def test_beta_binomial_evsi():
    """Choose at once or by the posterior mean of a beta prior: a finite sum."""
    a, b, n = 4, 6, 20
    p = np.random.default_rng(1).beta(a, b, 40_000)
    benefits = two(1000 * (p - 0.42))
    data = [datum("p", Informed(data="binomial"), [p], {})]
    made = simulate("s", data, (n,), 1)
    found = evsi(benefits, data, made, ceiling(benefits, data))[0][0]
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    total = 0.0
    for k in range(n + 1):
        weight = math.comb(n, k) * math.exp(
            math.lgamma(a + k) + math.lgamma(b + n - k) - math.lgamma(a + b + n) - log_beta
        )
        total += weight * max(0.0, 1000 * ((a + k) / (a + b + n) - 0.42))
    truth = total - max(0.0, 1000 * (a / (a + b) - 0.42))
    assert found.worth.value == pytest.approx(truth, abs=3 * found.worth.error + 0.3)


def test_draws_are_too_few_for_a_fit_only_if_unseen_draws_say_so_too():
    x = np.random.default_rng(1).standard_normal((8, 1_000))
    exact = evppi(two(1000 * x.sum(axis=0) + 500), list(x))[0]
    assert exact.dof * 50 > 1_000
    assert exact.doubts(1_000) == ()
    assert exact.value == pytest.approx(evpi(two(1000 * x.sum(axis=0) + 500).cost, 0 * x[:2], 1)[0])
    for crossfit, many in ((99.0, 0), (60.0, 1)):
        worth = Worth(1.0, 100.0, crossfit=crossfit, crossfit_error=9.0, dof=100.0)
        assert len(worth.doubts(1_000)) == many


@pytest.mark.slow
def test_nested_monte_carlo_is_the_slow_twin():
    """Three strategies, not linear, costs and effects: inner means by brute force."""

    def outcomes(x, y, z):
        effect = np.stack([0 * x, 0.05 * np.exp(0.5 * x) * y**2, 0.04 + 0.06 * np.tanh(x + z)])
        cost = np.stack([0 * x, 700 + 300 * z + 0 * x, 900 + 250 * y * x])
        return cost, effect

    random = np.random.default_rng(5)
    x, y, z = random.standard_normal((3, 20_000))
    cost, effect = outcomes(x, y, z)
    for wtp in (10_000.0, 20_000.0):
        benefits = Benefits(cost, effect, [wtp])
        for inputs, outer in (((x,), 0), ((x, y), 1)):
            found = evppi(benefits, list(inputs))[0]
            inner, many = 2_000, 2_000
            means = []
            for _ in range(many):
                xo, yo = random.standard_normal(2)
                xs = np.full(inner, xo)
                ys = np.full(inner, yo) if outer else random.standard_normal(inner)
                c, e = outcomes(xs, ys, random.standard_normal(inner))
                means.append((wtp * e - c).mean(axis=1))
            means = np.array(means)
            best = int(np.argmax(means.mean(axis=0)))
            extra = means.max(axis=1) - means[:, best]
            truth, error = extra.mean(), extra.std() / math.sqrt(many)
            assert found.value == pytest.approx(truth, abs=3 * math.hypot(error, found.error))


def test_population_counts():
    three = People(100, horizon=3, rate=0.1)
    assert three.count() == pytest.approx(100 + 90.909 + 82.645, abs=0.01)
    delta = math.log(1.035)
    expected = 1000 * (1 - math.exp(-10 * delta)) / delta
    assert People(1000, horizon=10, continuous=True).count() == pytest.approx(expected)
    assert People(100, prevalent=500, horizon=3, rate=0).count() == 800
    assert People(100, prevalent=500, horizon=3, rate=0).count(1) == 200
    assert People(100, horizon=3, rate=0).count(1.5) == pytest.approx(150)
    assert People(100, horizon=3, rate=0).count(5) == 0


def test_enbs_by_hand():
    people = People(1000, horizon=5, rate=0.0)
    price = Price(fixed=1000, per_person=10, years=2, affected=0.1, worse_arm=0.5, loss=3)
    made = investment([100, 200, 400], [1.0, 1.8, 2.0], [0.1] * 3, price, people)
    assert made.people == 3000
    waiting = 0.1 * 2000 * 3
    costs = [1000 + 10 * n + waiting + 0.5 * n * 3 for n in (100, 200, 400)]
    assert [p.cost for p in made.points] == pytest.approx(costs)
    assert [p.enbs for p in made.points] == pytest.approx(
        [3000 - costs[0], 5400 - costs[1], 6000 - costs[2]]
    )
    assert made.best.n == 200
    assert made.verdict == "go"
    assert made.near == (200,)
    assert made.needed == pytest.approx(costs[0])
    dear = investment([100], [1.0], [0.1], Price(fixed=1e6), people)
    assert dear.verdict == "stop"
    assert dear.near == ()
    assert dear.break_even == pytest.approx(1e6)
