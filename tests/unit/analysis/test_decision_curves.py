"""The curves as a result: closed forms, what must always hold, and where the numbers stand."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from small_models import context_of, run, scenario, table

from heco.analysis import decision_curves
from heco.analysis.choices import choice_ranges, round_step, willingness
from heco.analysis.curves import curves
from heco.analysis.frontier import FRONTIER, incremental
from heco.analysis.wording import inside

#: Net benefit of b over a is 1,000 - c at 20,000 per QALY: N(500, 2,000²).
NORMAL = {"a": ("0", "1"), "b": ("c", "1.05")}
PRICE = {"c": 'unit = "GBP"\nnormal = {mean = 500, se = 2000}'}
#: Three options, uncertain both ways.
THREE = {"a": ("100", "1"), "b": ("100 + c", "1 + e"), "d": ("100 + 3 * c", "1 + 2 * e")}
BOTH = {
    "c": 'unit = "GBP"\ngamma = {mean = 900, se = 300}',
    "e": 'unit = "QALY"\nnormal = {mean = 0.06, se = 0.03}',
}


def phi(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


@pytest.fixture(scope="module")
def three():
    return run(THREE, BOTH, rest="[analysis]\npsa = {draws = 4000}")


def test_perfect_information_on_a_normal_option_is_worth_what_the_textbook_says():
    """EVPI = s φ(m/s) - |m| Φ(-|m|/s) = 572.69 (methods: options worth 0 and N(500, 2000²))."""
    made = decision_curves.run(context_of(scenario(NORMAL, PRICE), draws=60_000))
    evpi = made.find("evpi", wtp=20_000.0)[0]
    exact = 2000 * phi(0.25) - 500 * cdf(-0.25)
    assert exact == pytest.approx(572.69, abs=0.005)
    error = (evpi.upper - evpi.lower) / 2 / 1.96
    assert evpi.value == pytest.approx(exact, abs=4 * error)
    assert error < 6
    losses = {q.strategy: q.value for q in made.find("expected_loss", wtp=20_000.0)}
    assert losses["b"] == evpi.value
    assert losses["a"] == pytest.approx(exact + 500, abs=40)


def test_the_smallest_loss_is_the_value_of_perfect_information(three):
    losses, perfect = (table(three["decision_curves"], name) for name in ("expected_loss", "evpi"))
    for r in perfect:
        mine = [one for one in losses if one["wtp"] == r["wtp"]]
        lowest = min(mine, key=lambda one: one["expected_loss"])
        assert r["evpi"] == lowest["expected_loss"] >= 0
        assert lowest["best"]
        assert lowest["strategy"] == r["strategy"]
        assert [one["best"] for one in mine].count(True) == 1


def test_probabilities_sum_to_one_and_the_frontier_takes_them_up(three):
    rows, frontier = (table(three["decision_curves"], name) for name in ("ceac", "ceaf"))
    for r in frontier:
        mine = {one["strategy"]: one["probability"] for one in rows if one["wtp"] == r["wtp"]}
        assert sum(mine.values()) == pytest.approx(1, abs=1e-12)
        assert r["probability"] == mine[r["strategy"]]


def test_the_tables_are_what_the_curves_say():
    context = context_of(scenario(THREE, BOTH), draws=3_000)
    made = decision_curves.run(context)
    outcomes = context.psa.outcomes
    wtp = sorted({r["wtp"] for r in table(made, "ceac")})
    exact = curves(outcomes.cost, outcomes.qaly, wtp)
    for name, column, values in (
        ("ceac", "probability", exact.ceac),
        ("expected_loss", "expected_loss", exact.loss),
    ):
        got = np.array([r[column] for r in table(made, name)]).reshape(len(wtp), 3)
        assert got == pytest.approx(values.T)
    rows = [r for r in table(made, "inmb_curve") if r["strategy"] == "b" and r["wtp"] == 30_000]
    gain = 30_000 * (outcomes.qaly[1] - outcomes.qaly[0]) - outcomes.cost[1] + outcomes.cost[0]
    assert rows[0]["mean"] == pytest.approx(gain.mean())
    assert rows[0]["lower"] == pytest.approx(np.quantile(gain, 0.025))
    assert rows[0]["upper"] == pytest.approx(np.quantile(gain, 0.975))
    assert rows[0]["error"] == pytest.approx(gain.std(ddof=1) / math.sqrt(len(gain)))


def test_one_number_has_one_place(three):
    """What the probabilistic analysis says already is not said again."""
    names = {q.quantity for q in three["decision_curves"].quantities}
    assert names == {"expected_loss", "evpi"}
    for q in three["psa"].find("ceac"):
        [again] = [
            r["probability"]
            for r in table(three["decision_curves"], "ceac")
            if r["wtp"] == q.wtp and r["strategy"] == q.strategy
        ]
        assert again == q.value
    keys = [(q.quantity, q.strategy, q.wtp, q.subject, q.basis) for q in three.quantities]
    mine = [key for key in keys if key[0] in names]
    assert len(mine) == len(set(mine))
    assert {key[4] for key in mine} == {"probabilistic"}


def test_the_whole_population_is_worth_as_many_times_more():
    made = run(NORMAL, PRICE, rest='[population]\nsize = 4_000\nlabel = "patients"\n[analysis]\n'
               "psa = {draws = 500}")["decision_curves"]  # fmt: skip
    one, all_of_them = (made.find(name, wtp=20_000.0)[0] for name in ("evpi", "evpi_population"))
    for part in ("value", "lower", "upper"):
        assert getattr(all_of_them, part) == pytest.approx(4_000 * getattr(one, part))
    assert "one year" in all_of_them.unit
    assert "4,000 patients who enter in one year" in made.headline[0]


def test_the_headline_is_computed(three):
    made = three["decision_curves"]
    perfect = {r["wtp"]: r for r in table(made, "evpi")}
    best = perfect[20_000.0]["label"]
    assert made.headline[0].startswith(
        f"At £20,000 per QALY, choosing {inside(best)} now forgoes £"
    )
    assert "; at £30,000, £" in made.headline[0]


def test_what_few_draws_decide_has_only_an_upper_limit():
    """One draw of a hundred turns the order: its loss is as unsure as it is large."""
    made = run(
        {"a": ("0", "1"), "b": ("5000 * (1 - rare)", "1 + 0.2 * rare")},
        {"rare": 'unit = "probability"\nbeta = {alpha = 0.05, beta = 1.5}'},
        "wtp = [20_000]", "[analysis]\npsa = {draws = 60, seed = 3}",
    )["decision_curves"]  # fmt: skip
    [r] = [r for r in table(made, "evpi") if r["wtp"] == 20_000]
    if 0 < r["evpi"] < 2 * r["error"]:
        assert "under £" in made.headline[0]
    assert made.find("evpi")[0].lower >= 0


# ---- Which option to choose where -------------------------------------------------------------


def test_the_ranges_end_at_the_ratios_of_the_frontier():
    rng = np.random.default_rng(4)
    for _ in range(50):
        cost, effect = rng.uniform(0, 9_000, 5), rng.uniform(0, 2, 5)
        ranges = choice_ranges(cost, effect)
        places = incremental(cost, effect)
        line = sorted(
            (i for i in range(5) if places[i].status == FRONTIER), key=lambda i: effect[i]
        )
        assert [one.best for one in ranges] == line
        assert [one.low for one in ranges][1:] == pytest.approx([places[i].icer for i in line[1:]])
        assert ranges[0].low == 0
        assert ranges[-1].high == math.inf
        for one in ranges:
            middle = one.low + 1 if one.high == math.inf else (one.low + one.high) / 2
            assert np.argmax(middle * effect - cost) == one.best


def test_of_equally_cheap_options_the_more_effective_is_chosen_from_the_start():
    ranges = choice_ranges(np.array([5.0, 5.0]), np.array([1.0, 2.0]))
    assert [(one.low, one.best) for one in ranges] == [(0.0, 1)]


def test_the_ranges_are_tabled(three):
    rows = table(three["decision_curves"], "frontier_points")
    assert rows[0]["wtp"] == 0
    assert rows[-1]["wtp_end"] is None
    for one, after in pairwise(rows):
        assert one["wtp_end"] == after["wtp"]
        icer = three["base_case"].find("icer", strategy=after["strategy"], basis="probabilistic")
        assert after["wtp"] in [pytest.approx(q.value) for q in icer]


# ---- Over which willingness to pay --------------------------------------------------------------


def test_the_curves_go_to_sixty_thousand_or_twice_the_highest():
    made = scenario(NORMAL, PRICE)
    usual = willingness(context_of(made, wtp=(20_000.0, 30_000.0)))
    assert (usual[0], usual[-1], len(usual)) == (0, 60_000, 121)
    high = willingness(context_of(made, wtp=(33_333.0, 100_000.0)))
    assert (high[0], high[-1]) == (0, 200_000)
    assert 33_333 in high
    assert np.all(np.diff(high) > 0)


def test_without_a_stated_price_the_curves_pass_where_the_choice_changes():
    made = scenario({"a": ("0", "1"), "b": ("90_000", "2")}, {}, 'currency = "CHF"')
    ranges = choice_ranges(np.array([0.0, 90_000]), np.array([1.0, 2.0]))
    assert willingness(context_of(made, wtp=()), ranges)[-1] == 180_000


def test_an_author_may_say_where_the_curves_begin_and_end():
    made = run(NORMAL, PRICE, rest="[analysis]\npsa = {draws = 50, curve = [25_000, 45_000]}")
    wtp = [r["wtp"] for r in table(made["decision_curves"], "evpi")]
    assert (wtp[0], wtp[-1]) == (25_000, 45_000)
    # A stated willingness to pay that lies outside has no loss; the probabilities are elsewhere.
    assert {q.wtp for q in made["decision_curves"].quantities} == {30_000.0}


@pytest.mark.parametrize(
    ("least", "step"), [(0.01, 0.01), (0.011, 0.02), (500, 500), (583.3, 1000), (2100, 2500),
                        (3000, 5000), (6000, 10_000)]
)  # fmt: skip
def test_steps_are_round(least, step):
    assert round_step(least) == pytest.approx(step)


# ---- When there is nothing to say ---------------------------------------------------------------


def test_without_draws_options_or_effects_there_are_no_curves():
    assert "decision_curves" not in run(THREE, BOTH)
    assert "decision_curves" not in run({"a": ("c", "1")}, {"c": PRICE["c"]}, draws=20)
    assert "decision_curves" not in run({"a": ("c", "0"), "b": ("2 * c", "0")}, PRICE, draws=20)


def test_the_order_of_strategies_changes_nothing(three):
    turned = run(
        {"a": THREE["a"], "d": THREE["d"], "b": THREE["b"]}, BOTH,
        rest="[analysis]\npsa = {draws = 4000}",
    )  # fmt: skip
    for q in three["decision_curves"].quantities:
        [same] = turned["decision_curves"].find(q.quantity, strategy=q.strategy, wtp=q.wtp)
        assert same.value == pytest.approx(q.value, rel=1e-12)
