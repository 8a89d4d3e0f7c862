"""Simulated data of every kind: moments as they must be, and worth that grows to its ceiling."""

import numpy as np
import pytest

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.evsi import ceiling, evsi
from heco.analysis.voi.noise import LARGE, Noise
from heco.errors import ScenarioError
from heco.scenario.schema_study import Informed, Study

N = 4_000
RANDOM = np.random.default_rng(11)
P = RANDOM.beta(8, 12, N)
CONTROL = RANDOM.beta(30, 70, N)
RATE = RANDOM.gamma(16, 0.02, N)
RATIO = np.exp(RANDOM.normal(-0.4, 0.25, N))
SHARES = RANDOM.dirichlet([6, 3, 11], N).T
GAIN = RANDOM.normal(0.02, 0.03, N)

KINDS = {
    "binomial": (Informed(data="binomial"), [P], {}, P),
    "prevalence": (
        Informed(data="prevalence", sensitivity=0.8, specificity=0.9), [P],
        {"sensitivity": np.full(N, 0.8), "specificity": np.full(N, 0.9)}, P,
    ),
    "normal": (Informed(data="normal", sd=0.2), [GAIN], {}, GAIN),
    "utility": (Informed(data="utility", sd=0.2, share=0.5), [GAIN], {}, GAIN),
    "poisson": (Informed(data="poisson", years=2), [RATE], {}, RATE),
    "survival": (Informed(data="survival", years=3), [RATE], {}, RATE),
    "multinomial": (Informed(data="multinomial"), list(SHARES), {}, SHARES[0] - 0.5 * SHARES[1]),
    "or": (Informed(data="trial", measure="or", control=0.3), [RATIO], {"control": CONTROL}, RATIO),
    "rr": (Informed(data="trial", measure="rr", control=0.3), [RATIO], {"control": CONTROL}, RATIO),
    "rd": (
        Informed(data="trial", measure="rd", control=0.3), [GAIN], {"control": CONTROL}, GAIN,
    ),
    "probability": (Informed(data="trial"), [P], {}, P),
    "md": (Informed(data="trial", measure="md", sd=0.2), [GAIN], {}, GAIN),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data(kind):
    informed, theta, extra, matters = KINDS[kind]
    scaled = (matters - matters.mean()) / matters.std()
    zero = np.zeros(N)
    benefits = Benefits([zero, -1000 * scaled], [zero, zero], [1.0])
    data = [datum("here", informed, theta, extra)]
    made = simulate("s", data, (20, 200, 20_000), 1)
    top = ceiling(benefits, data)
    row = evsi(benefits, data, made, top)[0]
    values = [one.worth.value for one in row]
    assert values[0] <= values[1] + 3 * row[1].worth.error
    assert values[1] <= values[2] + 3 * row[2].worth.error
    assert values[2] == pytest.approx(top.worths[0].value, rel=0.06)
    for one in row:
        off = max(4 * one.worth.error, 0.08 * top.worths[0].value)
        assert one.gaussian == pytest.approx(one.worth.value, abs=off)


def test_survival_times_are_exponential_and_censored():
    rate = np.full(20_000, 0.3)
    arm = datum("here", Informed(data="survival", years=2), [rate], {}).arms[0]
    for people in (5, 400):  # few events one by one, many by their mean
        events, time = arm.sums([people], Noise(np.random.default_rng(1), len(rate)))[0]
        reach = 1 - np.exp(-0.6)
        assert events.mean() == pytest.approx(people * reach, rel=0.01)
        assert time.mean() == pytest.approx(people * reach / 0.3, rel=0.01)
        # The variance of min(T, 2) for T exponential.
        second = 2 * ((1 - np.exp(-0.6)) / 0.3**2 - 2 * np.exp(-0.6) / 0.3)
        assert time.var() == pytest.approx(people * (second - (reach / 0.3) ** 2), rel=0.05)


@pytest.mark.parametrize("people", [1, 30, 3_000])
def test_chance_is_even_and_has_the_right_shape(people):
    """Counts by quantiles: moments of a binomial and a Poisson, exactly or, if large, nearly."""
    p = np.full(20_000, 0.23)
    made = Noise(np.random.default_rng(2), len(p)).binomial(people, p)
    variance = people * 0.23 * 0.77
    assert (variance > LARGE) == (people == 3_000)
    assert made.mean() == pytest.approx(people * 0.23, abs=0.01 * np.sqrt(variance))
    assert made.var() == pytest.approx(variance, rel=0.01)
    skew = np.mean((made - people * 0.23) ** 3) / variance**1.5
    assert skew == pytest.approx((1 - 2 * 0.23) / np.sqrt(variance), abs=0.01)
    assert made.min() >= 0
    assert made.max() <= people
    assert np.array_equal(made, np.round(made))
    events = Noise(np.random.default_rng(2), len(p)).poisson(people * p)
    assert events.mean() == pytest.approx(people * 0.23, rel=0.01)
    assert events.var() == pytest.approx(people * 0.23, rel=0.015)


def test_chance_is_uncorrelated_with_what_it_must_not_follow():
    random = np.random.default_rng(3)
    truth, outcome = random.standard_normal((2, 500))
    noise = Noise(random, 500, [truth, outcome, truth * outcome])
    first, second = noise.normal(), noise.normal()
    for other in (truth, outcome, truth * outcome, second):
        assert first @ other == pytest.approx(0, abs=1e-9)
    assert first.mean() == pytest.approx(0, abs=1e-12)
    assert first.std() == pytest.approx(1)


def test_larger_studies_contain_the_smaller():
    data = [datum("here", Informed(data="binomial"), [P], {})]
    small, large = simulate("s", data, (50, 80), 4)
    assert not np.array_equal(simulate("s", data, (50,), 4, (), 1)[0].sums[0], small.sums[0])
    extra = large.sums[0] - small.sums[0]
    assert extra.min() >= 0
    assert extra.max() <= 30
    again = simulate("s", data, (50, 80), 4)
    assert np.array_equal(again[1].sums[0], large.sums[0])
    assert not np.array_equal(simulate("t", data, (50, 80), 4)[1].sums[0], large.sums[0])


def test_what_cannot_be_simulated_is_refused():
    with pytest.raises(ScenarioError, match="not a probability"):
        datum("here", Informed(data="binomial"), [P + 1], {})
    with pytest.raises(ScenarioError, match="not a rate"):
        datum("here", Informed(data="poisson"), [RATE - 1], {})
    for words in ({"data": "normal"}, {"data": "trial", "measure": "or"},
                  {"data": "binomial", "sd": 1.0}):  # fmt: skip
        with pytest.raises(ValueError, match=r"needs|no meaning"):
            Informed.model_validate(words)
    with pytest.raises(ValueError, match="must rise"):
        Study.model_validate({"n": [3, 2], "informs": {"p": {"data": "binomial"}}})
