"""The budget: identities that hold to the penny, and numbers that can be done by hand."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from small_models import table, value

import heco
from heco.analysis import run_scenario
from heco.analysis.spending import break_even, open_cohort
from heco.analysis.staffing import waiting_list
from heco.errors import ScenarioError
from heco.scenario.load import load_text

SCENARIOS = Path(__file__).parents[3] / "scenarios"
PENNY = 0.005

#: A clinic that costs at once and saves beds later; numbers of people and costs are uncertain.
CLINIC = """
[decision]
comparator = "usual"
wtp = [20_000]
[time]
cycle = "6 months"
horizon = "10 years"
start_age = 40
[population]
label = "patients"
size = "n"
[parameters.n]
label = "New patients a year"
gamma = {mean = 400, se = 20}
source = "invented"
[parameters.r]
label = "Relapse"
unit = "rate per year"
gamma = {mean = 0.4, se = 0.05}
source = "invented"
[parameters.rr]
label = "Ratio of relapse"
fixed = 1
lever = true
source = "set by strategies"
[parameters.c_clinic]
label = "Clinic"
fixed = 0
lever = true
source = "set by strategies"
[tree.start]
new = {p = 0.8, count = "treated", cost = {clinic = "c_clinic"}, to = "well"}
old = {p = "rest", to = "ill"}
[states]
well = {utility = 0.8, cost = {visits = 100}}
ill = {utility = 0.6, cost = {beds = 900, school = 300}}
[transitions]
well = {ill = "prob(r * rr)", well = "rest"}
ill = {ill = "rest"}
[strategies]
usual = {label = "Usual care", enters = "start"}
clinic = {label = "New clinic", enters = "start", set = {rr = 0.5, c_clinic = 700}}
"""


def answered(budget: str, draws: int = 0, words: str = CLINIC):
    text = words + ("[analysis]\npsa = {}\n" if draws else "") + f"[analysis.budget]\n{budget}"
    return heco.run(load_text(text), draws=draws)


def net(result, option="clinic", basis="deterministic", quantity="budget_net"):
    found = [
        (int(q.subject), q.value)
        for q in result.quantities
        if (q.quantity, q.strategy, q.basis) == (quantity, option, basis)
    ]
    return [number for _, number in sorted(found)]


@pytest.mark.parametrize("basis", ["deterministic", "probabilistic"])
def test_one_cohort_over_all_years_is_the_undiscounted_cost_of_everybody_in_it(basis):
    result = answered("years = 10\npeople = 0\nprevalent = 1_000", draws=40)
    each = value(result, "incremental_cost_undiscounted", strategy="clinic", basis=basis)
    assert abs(sum(net(result, basis=basis)) - 1_000 * each) < PENNY
    assert abs(net(result, basis=basis, quantity="budget_cumulative")[-1] - 1_000 * each) < PENNY


def test_years_after_the_horizon_cost_nothing():
    result = answered("years = 14\npeople = 0\nprevalent = 1_000")
    assert net(result)[10:] == [0.0] * 4


def test_cohorts_that_keep_coming_add_up_by_hand():
    """Year y holds the first year of this cohort, the second of the one before, and so on."""
    one = net(answered("people = 0\nprevalent = 1"))
    ramp = [0.3, 0.6, 0.9, 0.9, 0.9]
    many = net(answered("people = 400\nprevalent = 1_000\nuptake = [0.3, 0.6, 0.9]"))
    entrants = [1_400, 400, 400, 400, 400]
    by_hand = [
        sum(entrants[s] * ramp[s] * one[y - s] for s in range(y + 1)) for y in range(5)
    ]  # fmt: skip
    np.testing.assert_allclose(many, by_hand, rtol=1e-11)


def test_no_uptake_changes_nothing():
    assert net(answered("uptake = [0]")) == pytest.approx([0.0] * 5, abs=1e-9)


EVERYTHING = """
prevalent = 1_000
uptake = [0.3, 0.6, 0.9]
uptake_low = [0.1, 0.3, 0.5]
uptake_high = [0.5, 0.8, 1]
payer = "Nobody knows"
payers = {clinic = "NHS", beds = "NHS", school = "Education"}
cash = ["clinic", "school"]
area = 250_000
[analysis.budget.set_up]
rooms = {cost = 50_000, payer = "NHS"}
training = {cost = "10 * n", year = 2, cash = false}
[analysis.budget.recurrent]
manager = {label = "Manager", cost = 30_000, year = 2, payer = "Local authority"}
[analysis.budget.staff]
nurse = {per = "treated", hours = 6, productive_hours = 1_300, capacity = 1.5}
"""


@pytest.fixture(scope="module")
def everything():
    return answered(EVERYTHING, draws=60)


@pytest.fixture(scope="module")
def lines(everything):
    return table(everything, "budget_lines")


@pytest.mark.parametrize("year", [1, 2, 3, 4, 5])
def test_totals_are_the_sums_of_their_parts(everything, lines, year):
    here = [r for r in lines if r["year"] == year]
    total = net(everything)[year - 1]
    assert abs(sum(r["net"] for r in here) - total) < PENNY
    payers = [r["net"] for r in table(everything, "budget_payers") if r["year"] == year]
    assert abs(sum(payers) - total) < PENNY
    for money in ("cash", "capacity"):
        mine = next(
            r for r in table(everything, "budget") if (r["money"], r["year"]) == (money, year)
        )
        assert abs(sum(r["net"] for r in here if r["money"] == money) - mine["net"]) < PENNY
        assert abs(mine["with_option"] - mine["without"] - mine["net"]) < PENNY
        assert mine["per_100000"] == pytest.approx(mine["net"] * 100_000 / 250_000)
    both = (
        value(everything, "budget_with", subject=str(year)),
        value(everything, "budget_without", subject=str(year)),
    )
    assert abs(both[0] - both[1] - total) < PENNY


def test_so_far_is_the_sum_of_the_years(everything):
    for money in ("cash", "capacity"):
        rows = [r for r in table(everything, "budget") if r["money"] == money]
        np.testing.assert_allclose(
            [r["cumulative"] for r in rows], np.cumsum([r["net"] for r in rows]), rtol=1e-12
        )
        found = next(r for r in table(everything, "budget_summary") if r["money"] == money)
        assert abs(found["total"] - rows[-1]["cumulative"]) < PENNY
        split = found["set_up"] + found["recurrent"] + found["people_cost"]
        assert abs(split - found["total"]) < PENNY
        for end in ("low", "high"):
            assert found[f"{end}_uptake"] == pytest.approx(sum(r[f"{end}_uptake"] for r in rows))


def test_programme_costs_fall_in_their_years_and_on_their_payers(lines):
    def amounts(name):
        return [r["net"] for r in lines if r["line"] == name]

    assert amounts("rooms") == [50_000, 0, 0, 0, 0]
    assert amounts("training") == pytest.approx([0, 4_000, 0, 0, 0])
    assert amounts("manager") == [0, 30_000, 30_000, 30_000, 30_000]
    who = {r["line"]: (r["payer"], r["money"], r["kind"]) for r in lines}
    assert who["manager"] == ("Local authority", "cash", "recurrent")
    assert who["training"] == ("Nobody knows", "capacity", "set-up")
    assert who["visits"] == ("Nobody knows", "capacity", "people")


def test_cash_and_capacity_are_said_apart(everything):
    said = everything["budget"].headline
    cash = sum(r["net"] for r in table(everything, "budget") if r["money"] == "cash")
    assert f"£{cash:,.0f} more over 5 years" in said[0]
    assert "no money in hand" in said[1]
    assert not any(f"£{sum(net(everything)):,.0f}" in sentence for sentence in said)


def test_the_band_holds_eight_in_ten_draws():
    """One uncertain number of people: the band is its 10th and 90th percentile."""
    result = answered("payer = 'NHS'", draws=400)
    sizes = heco.compile(load_text(CLINIC)).sample(400, 1).column("n")
    model = heco.compile(load_text(CLINIC))
    draws = model.sample(400, 1)
    cost = model.evaluate(draws, yearly=True).yearly_cost[:, 0]
    low, high = np.quantile((cost[1] - cost[0]) * sizes, (0.1, 0.9))
    row = table(result, "budget")[0]
    assert (row["lower80"], row["upper80"]) == (pytest.approx(low), pytest.approx(high))


def test_staff_and_the_waiting_list(everything):
    rows = table(everything, "budget_staff")
    need = 0.8 * 400 * 6 / 1_300
    assert rows[0]["wte"] == pytest.approx(0.8 * 1_400 * 6 / 1_300)
    assert [r["wte"] for r in rows[1:]] == pytest.approx([need] * 4)
    seen = 1.5 * 1_300 / 6
    waiting, by_hand = 0.0, []
    for people in (1_120, 320, 320, 320, 320):
        waiting = max(0.0, waiting + people - seen)
        by_hand.append(waiting)
    assert [r["waiting"] for r in rows] == pytest.approx(by_hand)
    assert value(everything, "wte", subject="nurse@1") == rows[0]["wte"]
    assert value(everything, "wte_extra", subject="nurse@1") == pytest.approx(0, abs=1e-12)
    assert any("waiting list" in warning for warning in everything.warnings)


def test_a_year_without_newcomers_still_works_off_the_list():
    people = np.array([[100.0], [0.0], [0.0]])
    waiting = waiting_list(people, people / 20, np.array([4.0]))
    assert waiting.ravel().tolist() == [20.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("cumulative", "year"),
    [
        ([5, 3, -1], 3), ([5, -1, 2], None), ([-1, -2, -3], 1), ([0, 0, 0], 1), ([5, 6, 7], None),
        ([5, 0, 0], 2),
    ],
)  # fmt: skip
def test_break_even_is_the_year_from_which_it_stays_paid_back(cumulative, year):
    assert break_even(np.array(cumulative, dtype=float)) == year


def test_open_cohort_by_hand():
    entrants = np.array([[10.0], [20.0], [30.0]])
    cost = np.array([[5.0], [1.0], [100.0]])
    assert open_cohort(entrants, cost).ravel().tolist() == [50.0, 110.0, 1_170.0]


def test_money_is_never_discounted():
    other = answered("payer = 'x'", words=CLINIC.replace("[time]", '[time]\ndiscount = "none"'))
    assert net(answered("payer = 'x'")) == net(other)


def test_a_one_off_for_the_whole_cohort_is_warned_about():
    words = CLINIC.replace(
        "c_clinic = 700}}", "c_clinic = 700}, one_off = [{cost = 9_000, per = 'cohort'}]}"
    )
    assert any("one-off" in w for w in answered("", words=words)["budget"].warnings)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("people = '-n'", "people"),
        ("area = 'log(n - 399)' ", ""),
        ("prevalent = '-1'", "prevalent"),
    ],
)
def test_people_are_never_fewer_than_none(setting, said):
    if said:
        with pytest.raises(ScenarioError, match=said):
            answered(setting)
    else:
        assert value(answered(setting), "budget_net", subject="1") is not None


# ---- The published budget ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def targeted():
    only = ("budget", "pathway", "totals")
    return run_scenario(heco.load(SCENARIOS / "targeted.toml"), draws=0, only=only)


def test_the_steady_state_is_the_published_budget(targeted):
    """£313,860 is 134 cases; this reconstruction finds 133.7, and nothing else differs."""
    years = net(targeted, "targeted")
    assert years == pytest.approx([years[0]] * 5)
    assert years[-1] == pytest.approx(value(targeted, "annual_cost", strategy="targeted"))
    cases = value(targeted, "cases", strategy="targeted")
    assert abs(years[-1] * 134 / cases - 313_860) < 134 * 0.5 + 0.5
    assert abs(years[-1] / 313_860 - 1) < 0.0025


def test_every_cost_of_it_falls_on_the_nhs(targeted):
    rows = [r for r in table(targeted, "budget_payers") if r["strategy"] == "targeted"]
    assert {r["payer"] for r in rows} == {"NHS"}
    assert math.isclose(rows[-1]["cumulative"], sum(net(targeted, "targeted")))


def test_the_report_and_the_files_say_the_same(everything, tmp_path):
    from heco.report.publish import publish

    publish(everything, tmp_path / "out")
    with (tmp_path / "out/tables/budget.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cash = [r for r in rows if r["money"] == "cash"]
    page = (tmp_path / "out/technical.html").read_text(encoding="utf-8")
    assert '<section id="budget">' in page
    for row in cash:
        assert f"£{float(row['net']):,.0f}" in page
        assert f"£{float(row['cumulative']):,.0f}" in page
    assert "figure-budget" in page


def test_an_authors_words_stay_words(tmp_path):
    """HTML, formulas and templates in names of payers, lines and roles are text on every page."""
    from heco.report.publish import publish

    nasty = "<script>alert(1)</script> $x_1$ {{ 7 * 7 }}"
    budget = f"""payer = '{nasty}'
cash = ["clinic"]
note = '{nasty}'
[analysis.budget.set_up]
rooms = {{label = '{nasty} b', cost = 1, payer = '{nasty} c'}}
[analysis.budget.staff]
nurse = {{label = '{nasty} d', per = "treated", hours = 1, productive_hours = 1_000}}
"""
    publish(answered(budget), tmp_path / "out")
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page
    picture = (tmp_path / "out/figures/budget.svg").read_text(encoding="utf-8")
    assert "<script" not in picture


def test_cycles_longer_than_a_year_are_warned_about():
    words = CLINIC.replace('cycle = "6 months"', 'cycle = "2 years"')
    assert any("cycle" in w for w in answered("", words=words)["budget"].warnings)
    assert not any("cycle" in w for w in answered("")["budget"].warnings)


def test_categories_of_a_year_add_up_to_its_cost():
    model = heco.compile(load_text(CLINIC))
    outcomes = model.evaluate(model.sample(7, 1), yearly=True)
    together = sum(outcomes.yearly_cost_by.values())
    np.testing.assert_allclose(together, outcomes.yearly_cost, rtol=1e-14)
    for name, cost in outcomes.yearly_cost_by.items():
        np.testing.assert_allclose(cost.sum(axis=1), outcomes.spend_by[name], rtol=1e-12)
    assert model.evaluate(model.base()).yearly_cost_by == {}


# ---- Staff and payers of the case ---------------------------------------------------------------


def case(name, draws=0):
    return run_scenario(heco.load(SCENARIOS / name), draws=draws, only=["budget", "inputs"])


def test_staff_of_the_case_are_what_the_published_costs_pay_for():
    """Hours are cost over the cost of an hour, so staff x hours x price gives the money back."""
    found = case("universal.toml")
    inputs = {r["parameter"]: r["value"] for r in table(found, "inputs")}
    lines = table(found, "budget_lines")
    for role, category in (("screening", "identification"), ("parenting", "intervention")):
        for strategy in ("targeted", "universal"):
            wte = value(found, "wte", strategy=strategy, subject=f"{role}@1")
            money = next(
                r["net"] for r in lines
                if (r["strategy"], r["line"], r["year"]) == (strategy, category, 1)
            )  # fmt: skip
            paid = wte * inputs["hours_full_time"] * inputs["c_hour_staff"]
            assert paid == pytest.approx(money, rel=1e-9)


def test_waiting_list_of_the_case_by_hand():
    found = case("universal.toml")
    rows = [
        r for r in table(found, "budget_staff")
        if (r["strategy"], r["role"]) == ("universal", "parenting")
    ]  # fmt: skip
    each = rows[0]["wte"] / rows[0]["people"]
    seen = rows[0]["capacity"] / each
    for r in rows:
        assert r["waiting"] == pytest.approx(r["year"] * (r["people"] - seen), rel=1e-9)
        assert r["short"] == pytest.approx(r["wte"] - 4, rel=1e-9)
    assert any(
        "children still wait at the end of year 5" in said for said in found["budget"].headline
    )
    assert any("waiting list" in warning for warning in found["budget"].warnings)


def test_nobody_waits_in_the_targeted_case_but_in_some_draws():
    found = case("targeted.toml", draws=200)
    said = next(s for s in found["budget"].headline if s.startswith("Parenting help"))
    assert "nobody waits in the base case, and children do in" in said
    assert "8 in 10 draws" in said
    assert not [w for w in found["budget"].warnings if "waiting list" in w]


def test_cash_and_capacity_of_the_case_have_different_payers():
    found = case("microcosting.toml")
    rows = [r for r in table(found, "budget_payers") if r["strategy"] == "targeted"]
    assert {(r["payer"], r["money"]) for r in rows} == {
        ("NHS", "cash"), ("Local authority", "capacity"),
    }  # fmt: skip
    years = [r for r in table(found, "budget") if r["strategy"] == "targeted"]
    for money in ("cash", "capacity"):
        by_payer = [r["net"] for r in rows if r["money"] == money]
        assert by_payer == pytest.approx([r["net"] for r in years if r["money"] == money])


def test_the_smallest_payers_of_the_figure_keep_cash_and_capacity_apart():
    from heco.report.charts.budget import _payers

    names = [f"payer {k}" for k in range(9)]
    costs = ", ".join(f"c{k} = {100 - k}" for k in range(9))
    words = CLINIC.replace("{visits = 100}", f"{{{costs}}}")
    payers = ", ".join(f'c{k} = "{name}"' for k, name in enumerate(names))
    cash = ", ".join(f'"c{k}"' for k in range(0, 9, 2))
    found = answered(f"payers = {{{payers}}}\ncash = [{cash}]\n", words=words)
    shown = _payers(found)
    assert {"others, cash", "others, capacity"} <= set(shown)
    rows = [r for r in table(found, "budget_payers") if r["strategy"] == "clinic"]
    for money in ("cash", "capacity"):
        whole = sum(r["net"] for r in rows if r["money"] == money)
        assert sum(sum(v) for k, v in shown.items() if k.endswith(f", {money}")) == (
            pytest.approx(whole)
        )
