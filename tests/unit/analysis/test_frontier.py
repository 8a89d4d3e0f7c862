"""The frontier: published tables, and a slow twin that knows nothing of hulls."""

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heco.analysis.frontier import (
    DOMINATED,
    EQUIVALENT,
    EXTENDED,
    FRONTIER,
    incremental,
    quadrant,
    ratio,
)

# ---- Published tables -------------------------------------------------------------------------


def places(table):
    """Return name -> place for rows of (name, cost, effect)."""
    names, costs, effects = zip(*table, strict=True)
    return dict(zip(names, incremental(costs, effects), strict=True))


def test_colorectal_screening_jama_network_open_2023_table_2():
    """Two dominated, one extendedly dominated: PMC10654798 (JAMA Netw Open 2023), Table 2.

    Costs are printed in dollars, life years to three decimals, so a printed ratio is met within
    what that rounding allows.
    """
    found = places(
        [
            ("natural history", 6284, 35.574),
            ("FIT", 8223, 35.624),
            ("colonoscopy", 9037, 35.672),
            ("stool DNA", 11583, 35.641),
            ("colonoscopy-LB", 12006, 35.680),
            ("LB", 15562, 35.581),
        ]
    )
    assert [place.status for place in found.values()] == [
        FRONTIER, EXTENDED, FRONTIER, DOMINATED, FRONTIER, DOMINATED
    ]  # fmt: skip
    for name, cost, effect, printed in (
        ("colonoscopy", 2753, 0.098, 28_071),
        ("colonoscopy-LB", 2969, 0.008, 377_538),
    ):
        low, high = (cost - 1) / (effect + 0.001), (cost + 1) / (effect - 0.001)
        assert low <= printed <= high
        assert low <= found[name].icer <= high
    assert found["FIT"].by == (0, 2)
    assert found["stool DNA"].by == (2,)


def test_hiv_screening_paltiel_2005_as_in_dampack_basic_cea():
    """One dominated: HIV screening (Paltiel et al. 2005, NEJM 352:586).

    Inputs as in the vignette basic_cea of the R package dampack: QALYs in months / 12.
    """
    found = places(
        [
            ("status quo", 26000, 277.25 / 12),
            ("one time", 27000, 277.57 / 12),
            ("5yr", 28020, 277.78 / 12),
            ("3yr", 28440, 277.83 / 12),
            ("annual", 29440, 277.76 / 12),
        ]
    )
    assert found["annual"].status == DOMINATED
    assert [round(found[name].icer) for name in ("one time", "5yr", "3yr")] == [
        37_500, 58_286, 100_800
    ]  # fmt: skip


def test_va_herc_teaching_example_as_in_dampack_test_calculate_icers():
    """One of each: Health Economics Resource Center (US Veterans Affairs), Cost-Effectiveness
    Analysis page; numbers and statuses as in dampack's test_calculate_icers.R.
    """
    found = places(
        [
            ("E", 55000, 5), ("D", 35000, 4), ("C", 25000, 3), ("B", 10000, 2),
            ("A", 12000, 1.5), ("usual care", 5000, 1),
        ]
    )  # fmt: skip
    assert {name: place.status for name, place in found.items()} == {
        "E": FRONTIER, "D": FRONTIER, "C": EXTENDED, "B": FRONTIER, "A": DOMINATED,
        "usual care": FRONTIER,
    }  # fmt: skip
    assert [found[name].icer for name in "BDE"] == [5_000, 12_500, 20_000]
    assert [found[name].cost for name in "BDE"] == [5_000, 25_000, 20_000]


def test_radiotherapy_ward_2020_table_1():
    """One dominated: JNCI Cancer Spectr 2020;4:pkaa004, Table 1 (printed 529 365.8 per QALY)."""
    found = places(
        [("none", 1695.865, 8.570992), ("test", 12224.17, 8.583273), ("all", 12118.17, 8.590681)]
    )
    assert found["test"].status == DOMINATED
    assert found["test"].by == (2,)
    low, high = 10_422.30 / 0.0196895, 10_422.32 / 0.0196875
    assert low - 50 <= found["all"].icer <= high + 50
    assert found["all"].icer == pytest.approx(529_365.8, rel=1e-4)


def test_bowel_cancer_screening_in_australia_2005_table_7():
    """All on the frontier: Aust New Zealand Health Policy 2005;2:10, Table 7, printed ratios."""
    found = places(
        [
            ("existing", 0, 0),
            ("FOBT2", 140_117_791, 3_551),
            ("DCBE5", 248_112_291, 6_023),
            ("DCBE3", 304_301_903, 6_720),
            ("FOBT1+DCBE5", 370_181_240, 7_076),
            ("FOBT1+DCBE3", 422_777_702, 7_299),
        ]
    )
    assert all(place.status == FRONTIER for place in found.values())
    printed = {
        "FOBT2": 39_459, "DCBE5": 43_687, "DCBE3": 80_616, "FOBT1+DCBE5": 185_054,
        "FOBT1+DCBE3": 235_859,
    }  # fmt: skip
    for name, icer in printed.items():
        # Life years gained are printed whole, so the last steps are known to one part in 200.
        assert found[name].icer == pytest.approx(icer, rel=0.6 / found[name].effect)


# ---- Rules, one by one ------------------------------------------------------------------------


def test_identical_options_share_a_place():
    first, twin, other = incremental([100, 100, 300], [1, 1, 2])
    assert (first.status, twin.status, twin.by) == (FRONTIER, EQUIVALENT, (0,))
    assert other.previous == 0


def test_the_twin_of_a_dominated_option_is_dominated():
    a, b, c = incremental([100, 100, 50], [1, 1, 2])
    assert [a.status, b.status, c.status] == [DOMINATED, DOMINATED, FRONTIER]


def test_equal_cost_and_less_effect_is_dominated():
    assert [p.status for p in incremental([100, 100], [1, 2])] == [DOMINATED, FRONTIER]


def test_equal_effect_and_more_cost_is_dominated():
    assert [p.status for p in incremental([100, 101], [1, 1])] == [FRONTIER, DOMINATED]


def test_an_option_on_the_line_stays_and_is_flagged():
    found = incremental([0, 10, 20], [0, 1, 2])
    assert [p.status for p in found] == [FRONTIER] * 3
    assert [p.on_the_line for p in found] == [False, True, False]


def test_one_option_alone_is_the_frontier():
    (only,) = incremental([5], [1])
    assert (only.status, only.icer) == (FRONTIER, None)


def test_cheaper_options_may_be_negative_costs():
    found = incremental([-50, 0, 100], [0.5, 0.4, 1.0])
    assert [p.status for p in found] == [FRONTIER, DOMINATED, FRONTIER]


@pytest.mark.parametrize("bad", [([1, 2], [1]), ([float("nan")], [1]), ([1], [float("inf")])])
def test_what_is_no_table_is_refused(bad):
    with pytest.raises(ValueError, match="costs and effects"):
        incremental(*bad)


@pytest.mark.parametrize(
    ("cost", "effect", "where", "each"),
    [
        (1000, 0.1, "NE", 10_000),
        (-1000, 0.1, "SE", None),
        (0, 0.1, "SE", None),
        (1000, -0.1, "NW", None),
        (0, -0.1, "NW", None),
        (-1000, -0.1, "SW", 10_000),
        (1000, 1e-7, "same effect", None),
        (-1000, -1e-7, "same effect", None),
        (0, 0, "same effect", None),
    ],
)
def test_a_ratio_only_where_it_means_something(cost, effect, where, each):
    assert quadrant(cost, effect) == where
    found = ratio(cost, effect)
    assert found is None if each is None else found == pytest.approx(each)


# ---- The slow twin ----------------------------------------------------------------------------


def best_somewhere(costs, effects):
    """Return the options that maximise net benefit at some willingness to pay above 0.

    Every willingness to pay at which the best option can change is the ratio of some pair; exact
    fractions, so there are no tolerances. Nothing is known here of dominance or hulls.
    """
    n = len(costs)
    prices = {Fraction(0)}
    for i, j in combinations(range(n), 2):
        if effects[i] != effects[j]:
            price = Fraction(costs[i] - costs[j], effects[i] - effects[j])
            if price > 0:
                prices.add(price)
    prices = sorted(prices)
    between = [(a + b) / 2 for a, b in pairwise(prices)] + [prices[-1] + 1]
    best = set()
    for price in [*prices[1:], *between]:
        benefit = [price * e - c for c, e in zip(costs, effects, strict=True)]
        best |= {i for i in range(n) if benefit[i] == max(benefit)}
    return best


options = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=1, max_size=9)


@given(options)
@example([(0, 0), (1, 1), (2, 2), (3, 3)])
@example([(0, 0), (0, 0), (5, 1), (5, 1)])
@example([(3, 0), (2, 1), (1, 2)])
def test_the_frontier_is_where_net_benefit_is_highest(table):
    costs, effects = zip(*table, strict=True)
    found = incremental(costs, effects)
    on = {i for i, place in enumerate(found) if place.status in (FRONTIER, EQUIVALENT)}
    assert on == best_somewhere(costs, effects)


@given(options)
def test_ratios_on_the_frontier_never_fall(table):
    costs, effects = zip(*table, strict=True)
    found = incremental(costs, effects)
    ladder = sorted(
        (effects[i], place.icer) for i, place in enumerate(found) if place.icer is not None
    )
    ratios = [icer for _, icer in ladder]
    assert all(a <= b * (1 + 1e-9) for a, b in pairwise(ratios))
    assert all(icer > 0 for icer in ratios)


@given(options)
def test_dominated_means_that_another_is_no_dearer_and_no_worse(table):
    costs, effects = zip(*table, strict=True)
    for i, place in enumerate(incremental(costs, effects)):
        beaten = any(
            costs[j] <= costs[i] and effects[j] >= effects[i]
            and (costs[j] < costs[i] or effects[j] > effects[i])
            for j in range(len(costs))
        )  # fmt: skip
        assert (place.status == DOMINATED) == beaten
        if beaten:
            (by,) = place.by
            assert costs[by] <= costs[i]
            assert effects[by] >= effects[i]


@given(options, st.randoms(use_true_random=False))
def test_order_changes_nothing_but_who_is_named_first(table, random):
    shuffled = list(range(len(table)))
    random.shuffle(shuffled)
    one = incremental(*zip(*table, strict=True))
    two = incremental(*zip(*(table[i] for i in shuffled), strict=True))
    same = {FRONTIER: FRONTIER, EQUIVALENT: FRONTIER}
    for position, i in enumerate(shuffled):
        assert same.get(one[i].status, one[i].status) == same.get(
            two[position].status, two[position].status
        )


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 50)), min_size=1, max_size=12),
)
def test_real_numbers_pass_the_cross_check(table):
    found = incremental(*zip(*table, strict=True))
    assert any(place.status == FRONTIER for place in found)


def test_scale_does_not_matter():
    costs, effects = np.array([10.0, 20, 40, 35]), np.array([1.0, 1.2, 1.4, 1.1])
    plain = [p.status for p in incremental(costs, effects)]
    assert plain == [p.status for p in incremental(costs * 1e6, effects / 100)]
