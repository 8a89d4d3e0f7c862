"""CEAC, CEAF, expected loss and EVPI: closed forms, a slow twin, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from heco.analysis.curves import Switch, curves, grid, inmb_band, switch_points
from heco.analysis.frontier import FRONTIER, incremental


def phi(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def even_normals(n):
    """Return n quantiles of a standard normal: a sample without Monte Carlo error."""
    from scipy.special import ndtri

    return ndtri((np.arange(n) + 0.5) / n)


# ---- Closed forms -----------------------------------------------------------------------------


def test_evpi_of_one_normal_option_against_nothing():
    """Options worth 0 and N(500, 2000²): EVPI = s φ(m/s) - |m| Φ(-|m|/s) = 572.69."""
    effect = np.stack([np.zeros(200_000), even_normals(200_000)])
    cost = np.stack([np.zeros(200_000), np.full(200_000, -500.0)])
    made = curves(cost, effect, [2000.0])
    exact = 2000 * phi(0.25) - 500 * cdf(-0.25)
    assert exact == pytest.approx(572.69, abs=0.005)
    assert made.evpi[0] == pytest.approx(exact, rel=1e-4)
    assert made.ceac[:, 0] == pytest.approx([cdf(-0.25), cdf(0.25)], abs=1e-5)
    assert made.ceaf[0] == made.ceac[1, 0]
    assert made.loss[:, 0] == pytest.approx([exact + 500, exact], rel=1e-4)


def test_the_frontier_of_acceptability_is_not_its_upper_edge():
    """A skewed option can be best on average and yet best in few draws."""
    cost = np.zeros((2, 100))
    effect = np.zeros((2, 100))
    effect[1, :20], effect[1, 20:] = 10.0, -1.0
    made = curves(cost, effect, [1000.0])
    assert made.best[0] == 1
    assert made.ceac[:, 0].tolist() == [0.8, 0.2]
    assert made.ceaf[0] == 0.2


def test_the_error_of_evpi_is_the_error_of_a_mean():
    rng = np.random.default_rng(5)
    cost = rng.normal(1000, 300, (3, 4000))
    effect = rng.normal(1, 0.05, (3, 4000))
    made = curves(cost, effect, [20_000.0])
    benefit = 20_000 * effect - cost
    loss = benefit.max(axis=0) - benefit[benefit.mean(axis=1).argmax()]
    assert made.evpi_error[0] == pytest.approx(loss.std(ddof=1) / math.sqrt(4000), rel=1e-9)


# ---- Ties ---------------------------------------------------------------------------------------


def test_exact_ties_share_the_draw():
    cost = [[0.0, 5.0], [0.0, 5.0], [0.0, 9.0]]
    effect = [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    made = curves(cost, effect, [100.0])
    third = 1 / 3
    assert made.ceac[:, 0] == pytest.approx([(third + 0.5) / 2, (third + 0.5) / 2, third / 2])
    assert made.evpi[0] == 0


def test_what_differs_by_rounding_only_is_a_tie_and_what_differs_by_more_is_not():
    cost = np.array([[100.0, 100.0], [100.0 * (1 + 4e-16), 100.0 * (1 - 4e-16)]])
    effect = np.ones((2, 2))
    assert curves(cost, effect, [0, 1e4]).ceac.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    cost[1] = 100.0 * (1 - 1e-11)
    assert curves(cost, effect, [0, 1e4]).ceac.tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_a_tie_in_cost_alone_is_decided_by_effect():
    made = curves([[7.0, 7.0], [7.0, 7.0]], [[0.0, 1.0], [0.5, 0.5]], [0.0, 1.0])
    assert made.ceac.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert made.loss[:, 1].tolist() == [0.25, 0.25]


# ---- A slow twin --------------------------------------------------------------------------------


def twin(cost, effect, thresholds):
    """Draw by draw, as the definitions say."""
    strategies, draws = len(cost), len(cost[0])
    ceac, loss, best = [], [], []
    for wtp in thresholds:
        wins, lost = [0.0] * strategies, [0.0] * strategies
        means = [
            sum(wtp * effect[j][d] - cost[j][d] for d in range(draws)) / draws
            for j in range(strategies)
        ]
        for d in range(draws):
            benefit = [wtp * effect[j][d] - cost[j][d] for j in range(strategies)]
            winners = [j for j in range(strategies) if benefit[j] == max(benefit)]
            for j in winners:
                wins[j] += 1 / len(winners)
            for j in range(strategies):
                lost[j] += max(benefit) - benefit[j]
        ceac.append([w / draws for w in wins])
        loss.append([one / draws for one in lost])
        best.append(means.index(max(means)))
    return np.array(ceac).T, np.array(loss).T, best


@st.composite
def draws_of_options(draw):
    """Whole numbers, so that ties are common and sums are exact."""
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 30)))
    costs = draw(hnp.arrays(float, shape, elements=st.integers(-5, 5)))
    effects = draw(hnp.arrays(float, shape, elements=st.integers(-3, 3)))
    thresholds = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5))
    return costs, effects, np.array(thresholds, dtype=float)


@given(draws_of_options())
def test_agrees_with_the_slow_twin(case):
    cost, effect, thresholds = case
    made = curves(cost, effect, thresholds)
    ceac, loss, best = twin(cost.tolist(), effect.tolist(), thresholds.tolist())
    assert made.ceac == pytest.approx(ceac)
    assert made.loss == pytest.approx(loss, abs=1e-12)
    assert made.best.tolist() == best


@given(draws_of_options())
def test_what_must_always_hold(case):
    cost, effect, thresholds = case
    made = curves(cost, effect, thresholds)
    assert made.ceac.sum(axis=0) == pytest.approx(np.ones(len(thresholds)))
    assert (made.loss >= 0).all()  # exactly: nothing is lost by rounding
    places = np.arange(len(thresholds))
    assert (made.loss[made.best, places] == made.evpi).all()
    assert made.nmb[made.best, places] == pytest.approx(made.nmb.max(axis=0))
    order = np.random.default_rng(1).permutation(len(cost))
    other = curves(cost[order], effect[order], thresholds)
    assert (other.ceac == made.ceac[order]).all()
    assert (other.loss == made.loss[order]).all()
    shuffle = np.random.default_rng(2).permutation(cost.shape[1])
    again = curves(cost[:, shuffle], effect[:, shuffle], thresholds)
    assert again.ceac == pytest.approx(made.ceac)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    cost, effect = rng.normal(size=(3, 1000)), rng.normal(size=(3, 1000))
    whole = curves(cost, effect, grid(0, 5, 11))
    monkeypatch.setattr("heco.analysis.curves.BLOCK", 3 * 64)
    parts = curves(cost, effect, grid(0, 5, 11))
    assert (parts.ceac == whole.ceac).all()
    assert parts.loss == pytest.approx(whole.loss, rel=1e-12)
    assert parts.evpi_error == pytest.approx(whole.evpi_error, rel=1e-9)


def test_at_nothing_the_cheapest_and_at_the_end_the_most_effective():
    rng = np.random.default_rng(4)
    cost, effect = rng.normal(1e4, 3e3, (3, 500)), rng.normal(5, 1, (3, 500))
    made = curves(cost, effect, [0.0, 1e12])
    for j in range(3):
        assert made.ceac[j, 0] == np.mean(cost.argmin(axis=0) == j)
        assert made.ceac[j, 1] == np.mean(effect.argmax(axis=0) == j)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="finite"):
        curves([[1.0, math.nan]], [[0.0, 0.0]], [0.0])
    with pytest.raises(ValueError, match="shape"):
        curves([[1.0, 2.0]], [[0.0]], [0.0])
    with pytest.raises(ValueError, match="willingness"):
        curves([[1.0]], [[0.0]], [math.inf])
    with pytest.raises(ValueError, match="grid"):
        grid(10, 10)


# ---- Incremental net benefit over willingness to pay ---------------------------------------------


@given(st.integers(2, 200), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_the_band_is_numpys_quantiles(n, level):
    rng = np.random.default_rng(n)
    cost, effect = rng.normal(100, 50, n), rng.normal(0.01, 0.02, n)
    thresholds = np.array([0.0, 5_000.0, 20_000.0])
    band = inmb_band(cost, effect, thresholds, level)
    inmb = thresholds[:, None] * effect - cost
    tails = np.quantile(inmb, [(1 - level) / 2, (1 + level) / 2], axis=1)
    assert band.lower == pytest.approx(tails[0], rel=1e-12)
    assert band.upper == pytest.approx(tails[1], rel=1e-12)
    assert band.mean == pytest.approx(inmb.mean(axis=1), rel=1e-9, abs=1e-9)
    assert band.error == pytest.approx(inmb.std(axis=1, ddof=1) / math.sqrt(n), rel=1e-9)


def test_the_band_of_a_normal_difference():
    z = even_normals(100_000)
    band = inmb_band(300 + 40 * z, 0.05 + 0.01 * z, [10_000.0])
    mean, sd = 10_000 * 0.05 - 300, 10_000 * 0.01 - 40
    assert band.mean[0] == pytest.approx(mean)
    assert [band.lower[0], band.upper[0]] == pytest.approx(
        [mean - 1.959964 * sd, mean + 1.959964 * sd], rel=1e-4
    )


# ---- Where the best option changes ---------------------------------------------------------------


def test_switch_points_are_the_ratios_of_the_frontier():
    cost, effect = [0.0, 1000.0, 1500.0, 5000.0, 900.0], [1.0, 1.5, 1.4, 2.5, 1.2]
    places = incremental(cost, effect)
    ratios = sorted(place.icer for place in places if place.icer is not None)
    found = switch_points(cost, effect)
    assert [switch.wtp for switch in found] == pytest.approx(ratios)
    assert [(switch.before, switch.after) for switch in found] == [(0, 1), (1, 3)]
    assert switch_points(cost, effect, low=2500.0) == (Switch(found[1].wtp, 1, 3),)
    assert switch_points(cost, effect, high=3000.0) == found[:1]


@st.composite
def mean_values(draw):
    n = draw(st.integers(1, 6))
    whole = st.lists(st.integers(0, 40), min_size=n, max_size=n)
    return np.array(draw(whole), dtype=float), np.array(draw(whole), dtype=float) / 8


@given(mean_values())
def test_the_switches_trace_the_upper_envelope(means):
    cost, effect = means
    found = switch_points(cost, effect)
    ends = [0.0, *(switch.wtp for switch in found)]
    ends.append(ends[-1] + 1.0)
    leaders = [switch.before for switch in found] + ([found[-1].after] if found else [])
    for low, high, leader in zip(ends[:-1], ends[1:], leaders, strict=False):
        middle = (low + high) / 2
        benefit = middle * effect - cost
        assert benefit[leader] == pytest.approx(benefit.max(), abs=1e-9)
    # At a willingness to pay of 0 or more the same options are on the frontier.
    places = incremental(cost, effect)
    on = {i for i, place in enumerate(places) if place.status == FRONTIER and not place.on_the_line}
    for switch in found:
        if switch.wtp > 0:
            same = (cost == cost[switch.after]) & (effect == effect[switch.after])
            assert on & set(np.flatnonzero(same))


def test_curves_meet_at_the_switch_points():
    rng = np.random.default_rng(8)
    cost = np.array([[0.0], [2000.0], [9000.0]]) + rng.normal(0, 500, (3, 2000))
    effect = np.array([[1.0], [1.2], [1.5]]) + rng.normal(0, 0.1, (3, 2000))
    for switch in switch_points(cost.mean(axis=1), effect.mean(axis=1)):
        nmb = curves(cost, effect, [switch.wtp]).nmb[:, 0]
        assert nmb[switch.before] == pytest.approx(nmb[switch.after], abs=1e-6)
