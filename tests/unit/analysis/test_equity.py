"""Who gains and who loses: shares of a whole that stays the whole."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import run, table, value

from heco.analysis import run_scenario
from heco.analysis.atkinson import ede
from heco.analysis.equity import slope
from heco.errors import ScenarioError
from heco.scenario.load import load, load_text

OPTIONS = {"old": ("100", "1"), "new": ("c", "1 + q")}
INPUTS = {
    "c": 'gamma = {mean = 300, se = 30}\nunit = "GBP"',
    "q": 'beta = {mean = 0.03, se = 0.005}\nunit = "QALY"',
}
FIFTHS = (62.0, 65.0, 68.0, 70.0, 73.0)
GROUPS = "".join(
    f"g{k} = {{label = 'Fifth {k}', share = 0.2, uptake = {uptake}, effect = {effect}, "
    f"opportunity = {loss}, gradient = {steep}, health = {health}}}\n"
    for k, (uptake, effect, loss, steep, health) in enumerate(
        zip(
            (0.5, 0.6, 0.7, 0.8, 0.9), (1.5, 1.2, 1, 1, 0.8), (0.2,) * 5,
            (0.3, 0.25, 0.2, 0.15, 0.1), FIFTHS, strict=True,
        ), start=1,
    )
)  # fmt: skip
SIZE = "[population]\nsize = 5_000\n"


def answered(groups=GROUPS, rest="", draws=0, size=SIZE):
    words = f"{size}[analysis]\npsa = {{}}\n" if draws else size
    words += f"[analysis.equity]\n{rest}\n[analysis.equity.groups]\n{groups}"
    return run(OPTIONS, INPUTS, rest=words, draws=draws)


@pytest.fixture(scope="module")
def result():
    return answered(draws=50)


@pytest.mark.parametrize("basis", ["deterministic", "probabilistic"])
@pytest.mark.parametrize("wtp", [20_000.0, 30_000.0])
@pytest.mark.parametrize("sharing", ["", "gradient"])
def test_groups_add_up_to_net_health_benefit(result, basis, wtp, sharing):
    end = f"/{sharing}" if sharing else ""
    parts = [
        q.value
        for q in result["equity"].find("group_nhb", wtp=wtp, basis=basis)
        if q.subject.partition("/")[1:] == (("/", sharing) if end else ("", ""))
    ]
    what = {"strategy": "new", "wtp": wtp, "basis": basis}
    whole = 5_000 * value(result, "inmb", comparator="old", **what) / wtp
    assert len(parts) == 5
    assert sum(parts) == pytest.approx(whole, rel=1e-12)
    assert value(result, "nhb_all_groups", subject=sharing, **what) == pytest.approx(whole)


def test_shares_by_hand(result):
    rows = [
        r for r in table(result, "equity")
        if (r["wtp"], r["sharing"]) == (20_000.0, "under the gradient")
    ]  # fmt: skip
    weights = np.array([0.5 * 1.5, 0.6 * 1.2, 0.7, 0.8, 0.9 * 0.8])
    gained = 5_000 * 0.03 * weights / weights.sum()
    lost = 5_000 * 200 / 20_000 * np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    np.testing.assert_allclose([r["gained"] for r in rows[:5]], gained)
    np.testing.assert_allclose([r["lost"] for r in rows[:5]], lost)
    np.testing.assert_allclose([r["net"] for r in rows[:5]], gained - lost)
    for column in ("people", "gained", "lost", "net", "share_of_loss"):
        assert rows[5][column] == pytest.approx(sum(r[column] for r in rows[:5]))


def test_the_same_for_all_unless_evidence_says_otherwise():
    made = answered("a = {share = 0.25}\nb = {share = 0.75}\n")
    rows = table(made, "equity")
    for column in ("gained", "lost", "net"):
        assert rows[1][column] == pytest.approx(3 * rows[0][column])
    assert "equity_atkinson" not in [t.name for t in made.tables]


def test_only_ratios_of_uptake_matter():
    half = answered("a = {share = 0.5, uptake = 0.2}\nb = {share = 0.5, uptake = 0.4}\n")
    whole = answered("a = {share = 0.5, uptake = 1}\nb = {share = 0.5, uptake = 2}\n")
    for one, other in zip(table(half, "equity"), table(whole, "equity"), strict=True):
        assert one["net"] == pytest.approx(other["net"])


@pytest.mark.parametrize(("aversion", "published"), [(0, 67.6), (1, 67.4912), (10.95, 66.4210)])
def test_equally_distributed_equivalent(aversion, published):
    assert ede(np.array(FIFTHS), np.full(5, 0.2), aversion) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("aversion", [0.0, 0.5, 1.0, 3.0, 10.95, 500.0])
def test_equal_health_is_worth_itself_and_unequal_health_less(aversion):
    fifths = np.full(5, 0.2)
    assert ede(np.full(5, 70.0), fifths, aversion) == pytest.approx(70.0)
    found = ede(np.array(FIFTHS), fifths, aversion)
    assert min(FIFTHS) - 1e-9 <= found <= np.mean(FIFTHS) + 1e-12


def test_aversion_of_1_is_the_limit():
    health, share = np.array(FIFTHS), np.array([0.1, 0.2, 0.3, 0.3, 0.1])
    near = [ede(health, share, 1 + step) for step in (-1e-6, 1e-6)]
    assert ede(health, share, 1) == pytest.approx(np.mean(near), abs=1e-7)


def test_without_aversion_equality_is_worth_nothing(result):
    for row in table(result, "equity_atkinson"):
        assert row["ede_gain"] == pytest.approx(row["net"] + row["equity"])
        if row["aversion"] == 0:
            assert row["equity"] == pytest.approx(0, abs=1e-6)
    by_hand = next(
        r for r in table(result, "equity_atkinson")
        if (r["aversion"], r["wtp"], r["sharing"]) == (1.0, 20_000.0, "equally")
    )  # fmt: skip
    net = [r["net"] for r in table(result, "equity")[:5]]
    after = math.exp(sum(0.2 * math.log(h + x / 1_000) for h, x in zip(FIFTHS, net, strict=True)))
    before = math.exp(sum(0.2 * math.log(h) for h in FIFTHS))
    assert by_hand["ede_gain"] == pytest.approx(5_000 * (after - before), rel=1e-6)


def test_what_is_exploratory_is_called_so(result, tmp_path):
    from heco.report.publish import publish

    found = next(t for t in result.tables if t.name == "equity_atkinson")
    assert any("no rule of NICE" in note for note in found.notes)
    units = {q.unit for q in result["equity"].quantities if q.quantity == "ede_gain"}
    assert units == {"QALYs, exploratory"}
    publish(result, tmp_path / "out")
    page = (tmp_path / "out/technical.html").read_text(encoding="utf-8")
    assert "Exploratory: what more equal health would be worth" in page


def test_plain_words(result):
    said = result["equity"].headline
    assert said[0].startswith("Care new, against care old, at £20,000 per QALY elsewhere: ")
    assert "gain" in said[0]
    assert "gradient" in said[1]


def test_a_cohort_of_no_stated_size_is_warned_about():
    made = answered("a = {share = 0.5}\nb = {share = 0.5}\n", size="")
    assert any("10,000 people" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("a = {share = 'q * 10'}\nb = {share = 0.5}\n", "must add up to 1"),
        ("a = {share = 0.5, uptake = 0}\nb = {share = 0.5, uptake = 0}\n", "no group takes part"),
        ("a = {share = 0.5, effect = '-1'}\nb = {share = 0.5}\n", "0 or more"),
        ("a = {share = 0.5, health = 0}\nb = {share = 0.5, health = 60}\n", "above 0"),
    ],
)
def test_shares_are_shares_of_a_whole(groups, said):
    with pytest.raises(ScenarioError, match=said):
        answered(groups)


SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def case():
    return run_scenario(load(SCENARIOS / "targeted.toml"), draws=200)


@pytest.mark.parametrize("basis", ["deterministic", "probabilistic"])
@pytest.mark.parametrize("option", ["targeted", "universal"])
@pytest.mark.parametrize("wtp", [20_000.0, 30_000.0])
@pytest.mark.parametrize("sharing", ["", "/gradient"])
def test_fifths_of_the_case_add_up_to_net_health_benefit(case, basis, option, wtp, sharing):
    parts = [
        q.value
        for q in case["equity"].find("group_nhb", strategy=option, wtp=wtp, basis=basis)
        if q.subject.endswith(sharing) and ("/" in q.subject) == bool(sharing)
    ]
    what = {"strategy": option, "comparator": "no_screening", "wtp": wtp, "basis": basis}
    whole = 3_290 * value(case, "inmb", **what) / wtp  # births are fixed
    assert len(parts) == 5
    assert math.isclose(sum(parts), whole, rel_tol=1e-9)


def test_fifths_of_the_case_by_hand(case):
    """Targeted help goes where poor families are, universal help where cases are."""
    births = np.array([257_252, 212_623, 196_925, 189_948, 192_819]) / 1_049_567
    steps = np.array([5, 4, 3, 2, 1])
    poor = 0.17 * steps / (births * steps).sum()
    case_poor, case_other = (
        next(r["value"] for r in table(case, "inputs") if r["parameter"] == name)
        for name in ("prevalence_poor", "prevalence_other")
    )
    reached = {
        "targeted": poor * case_poor,
        "universal": poor * case_poor + (1 - poor) * case_other,
    }
    for option, per_child in reached.items():
        rows = [
            r for r in table(case, "equity")
            if (r["strategy"], r["wtp"], r["sharing"]) == (option, 20_000.0, "equally")
        ]  # fmt: skip
        *groups, whole = rows
        expected = births * per_child / (births * per_child).sum() * whole["gained"]
        np.testing.assert_allclose([r["gained"] for r in groups], expected, rtol=1e-9)
        np.testing.assert_allclose([r["lost"] for r in groups], whole["lost"] / 5, rtol=1e-9)


def test_what_the_groups_of_the_case_set_agrees_with_the_model(case):
    assert not case["equity"].warnings
    assert not case["who"].warnings


def test_shares_that_are_not_those_of_the_model_are_warned_about():
    words = (SCENARIOS / "targeted.toml").read_text(encoding="utf-8")
    words += '\n[analysis.equity.groups.most]\nlabel = "All"\nshare = 0.5\nset = {p_poor = 0.25}\n'
    words += "[analysis.equity.groups.least]\nshare = 0.5\nset = {p_poor = 0.09}\n"
    made = run_scenario(load_text(words, SCENARIOS), draws=0)
    said = " ".join(made["equity"].warnings)
    assert "do not share out the health" in said
    other = words.replace("p_poor = 0.25", "p_poor = 0.3")
    said = " ".join(run_scenario(load_text(other, SCENARIOS), draws=0)["equity"].warnings)
    assert "does not add up to everybody" in said


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("set = {p_por = 0.2}", 'Did you mean "p_poor"?'),
        ("set = {p_poor = 0.2}", "set in some groups and not in this one"),
        ("residents = 0.7", "residents"),
    ],
)
def test_groups_that_say_what_cannot_be(extra, said):
    words = (SCENARIOS / "targeted.toml").read_text(encoding="utf-8")
    words += f"\n[analysis.equity.groups]\na = {{share = 0.5, {extra}}}\nb = {{share = 0.5}}\n"
    with pytest.raises(ScenarioError) as refused:
        load_text(words, SCENARIOS)
    assert said in str(refused.value)


@given(
    st.lists(
        st.tuples(st.floats(0.05, 1), st.floats(-100, 100)), min_size=2, max_size=8,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_slope_is_a_weighted_regression_on_rank(groups):
    weights, total = (np.array(column) for column in zip(*groups, strict=True))
    share = weights / weights.sum()
    rank = np.cumsum(share) - share / 2
    by_numpy = np.polyfit(rank, total / share, 1, w=np.sqrt(share))[0]
    found = slope(share[:, None], total[:, None])[0]
    assert found == pytest.approx(by_numpy, rel=1e-6, abs=1e-6)


def test_equal_health_leaves_the_gap_as_it_is():
    share = np.array([[0.1], [0.4], [0.5]])
    assert slope(share, 7 * share)[0] == pytest.approx(0, abs=1e-12)


def test_the_gap_of_the_case(case):
    for row in table(case, "equity_totals"):
        groups = [
            r["net"] for r in table(case, "equity")
            if r["group"] and (r["strategy"], r["wtp"], r["sharing"])
            == (row["strategy"], row["wtp"], row["sharing"])
        ]  # fmt: skip
        ranks = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        line = np.polyfit(ranks, 5 * np.array(groups), 1)[0]
        assert row["narrowed"] == pytest.approx(-line / 5, rel=1e-9)
        assert row["net"] == pytest.approx(sum(groups), rel=1e-9)
    # Losses shared equally leave the gap to who gains; help for poor families narrows it.
    plain = [r["narrowed"] for r in table(case, "equity_totals") if r["sharing"] == "equally"]
    assert min(plain) > 0


def test_figures_of_the_case_draw(case):
    from heco.report.chart import render
    from heco.report.charts import equity

    for make in (equity.bars, equity.plane):
        chart = make(case)
        assert chart is not None
        assert render(chart).png.startswith(b"\x89PNG")
    assert "narrows the gap" in equity.plane(case).title
    assert "every group loses more health than it gains" in equity.bars(case).title


def test_no_figures_without_groups():
    from heco.report.charts import equity

    made = run(OPTIONS, INPUTS)
    assert equity.bars(made) is None
    assert equity.plane(made) is None
