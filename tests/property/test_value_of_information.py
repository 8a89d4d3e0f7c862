"""What must hold of the value of information, whatever the decision."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.evpi import evpi
from heco.analysis.voi.evppi import evppi
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.scenario.schema_study import Informed

N = 2_000
SIZES = (5, 20, 80, 320, 5_000)
SETTINGS = settings(max_examples=12, deadline=None, derandomize=True)


@st.composite
def decisions(draw):
    """A few strategies whose costs and effects depend on three inputs, not linearly."""
    seed = draw(st.integers(0, 10_000))
    strategies = draw(st.integers(2, 4))
    random = np.random.default_rng(seed)
    p = random.beta(4, 8, N)
    x = random.standard_normal(N)
    y = random.gamma(4, 0.25, N)
    a, b, c, d = random.normal(0, 1, (4, strategies, 1))
    effect = 0.05 * (a * (p - 0.3) + b * x * p + c * (y - 1))
    cost = 300 * d + 200 * a * y + 100 * random.standard_normal((strategies, N))
    return Benefits(cost, effect, [20_000.0], seed), p, x, y


@SETTINGS
@given(decisions())
def test_the_order_of_values(made):
    benefits, p, x, y = made
    perfect, error = evpi(benefits.cost, benefits.effect, 20_000)
    single = evppi(benefits, [p])[0]
    pair = evppi(benefits, [p, x])[0]
    group = evppi(benefits, [p, x, y])[0]
    for smaller, larger in ((single, pair), (pair, group)):
        slack = 2 * np.hypot(smaller.error, larger.error)
        assert 0 <= smaller.value <= larger.value + slack
    assert group.value <= perfect + 2 * np.hypot(group.error, error)


@SETTINGS
@given(decisions())
def test_constants_and_strangers_tell_nothing(made):
    benefits, p, _, _ = made
    assert evppi(benefits, [np.full(N, 3.0)])[0].value == 0
    assert evppi(benefits, [])[0].value == 0
    stranger = np.random.default_rng(benefits.seed + 77).standard_normal(N)
    nothing = evppi(benefits, [stranger])[0]
    assert nothing.value <= nothing.null + 4 * max(nothing.null_sd, nothing.error)
    # A constant beside an input, or the input twice, changes nothing.
    once = evppi(benefits, [p])[0]
    assert evppi(benefits, [p, np.zeros(N), p])[0].value == once.value


@SETTINGS
@given(decisions())
def test_studies_tell_more_the_larger_they_are_and_never_more_than_all(made):
    benefits, p, x, _ = made
    data = [
        datum("p", Informed(data="binomial"), [p], {}),
        datum("x", Informed(data="normal", sd=4.0), [x], {}),
    ]
    top = ceiling(benefits, data)
    made, *more = [simulate("s", data, SIZES, 3, benefits.pairs.T, k) for k in range(COLLECTIONS)]
    row = evsi(benefits, data, made, top, more)[0]
    # Every pair of sizes, not neighbours only: small falls must not add up to a large one.
    for small, large in combinations(row, 2):
        assert small.worth.value <= large.worth.value + 1.5 * max(
            small.worth.error, large.worth.error
        )
    most = top.worths[0]
    perfect, error = evpi(benefits.cost, benefits.effect, 20_000)
    assert most.value <= perfect + 2 * np.hypot(most.error, error)
    for one in row:
        assert one.worth.value >= 0
        assert one.worth.value <= most.value + 2 * np.hypot(one.worth.error, most.error)
    assert row[-1].gaussian <= most.value * 1.02 + 1e-6
