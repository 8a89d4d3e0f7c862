"""What must be gained: closed forms of extra cost over willingness to pay over people."""

import numpy as np
import pytest
from small_models import run, table, value

from heco.analysis.required import curve_grid
from heco.errors import ScenarioError

# Of 100 people screened 8 are treated; screening costs 20, treatment 1,000; a false alarm costs
# 0.001 QALYs to 10 in 100. A treated person gains u a year for 5 years.
OPTIONS = {
    "none": ("0", "10"),
    "screen": ("20 + 0.08 * c", "10 - 0.1 * 0.001 + 0.08 * 5 * u"),
}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 100}",
    "u": 'unit = "utility per year"\nbeta = {mean = 0.01, se = 0.002}',
    "response": 'unit = "probability"\nbeta = {mean = 0.4, se = 0.05}',
}
ASK = """
[analysis.required_gain]
per = {treated = "0.08 * share.seen * (cost > 0)", benefit = "0.08 * response * (cost > 0)"}
labels = {treated = "treated child"}
alternatives = {trials = {benefit = "0.08 * 0.15 * (cost > 0)"}}
notes = {trials = "From trials."}
"""
WITH_UTILITY = f'{ASK}utility = "u"\n'
COST = 100.0


def test_without_a_utility_other_effects_are_nothing_and_this_is_said():
    result = run(OPTIONS, PARAMETERS, rest=ASK)
    for wtp in (20_000, 30_000):
        needed = value(result, "required_qaly_per_treated", strategy="screen", wtp=wtp)
        assert needed == pytest.approx(COST / wtp / 0.08, rel=1e-12)
    said = result["required_gain"].settings["other health effects of the option"]
    assert said == "taken to be 0, because no utility parameter is named"


def test_harms_of_the_option_are_added_to_what_must_be_gained():
    result = run(OPTIONS, PARAMETERS, rest=WITH_UTILITY)
    for wtp in (20_000, 30_000):
        needed = value(result, "required_qaly_per_treated", strategy="screen", wtp=wtp)
        assert needed == pytest.approx((COST / wtp + 0.0001) / 0.08, rel=1e-9)


def test_every_way_of_counting_and_every_reading_is_there():
    result = run(OPTIONS, PARAMETERS, rest=ASK)
    main = value(result, "required_qaly_per_benefit", strategy="screen", wtp=20_000, subject="")
    other = value(
        result, "required_qaly_per_benefit", strategy="screen", wtp=20_000, subject="trials"
    )
    assert main == pytest.approx(COST / 20_000 / 0.032, rel=1e-12)
    assert other == pytest.approx(COST / 20_000 / 0.012, rel=1e-12)
    rows = [row for row in table(result, "required_gain") if row["reading"] == "trials"]
    assert {row["note"] for row in rows} == {"From trials."}


def test_what_the_model_itself_gains_stands_beside():
    result = run(OPTIONS, PARAMETERS, rest=WITH_UTILITY)
    assert value(result, "modelled_qaly_per_treated", strategy="screen") == pytest.approx(0.05)
    assert value(result, "extra_cost_per_treated", strategy="screen") == pytest.approx(1250)


def test_the_answer_says_whether_that_is_enough():
    def second(gain):
        parameters = dict(PARAMETERS, u=f"fixed = {gain}")
        return run(OPTIONS, parameters, rest=WITH_UTILITY)["answer"].headline[1]

    assert (
        second(0.01) == "In this model each treated child gains 0.050 QALYs, which is enough "
        "at £30,000 but not at £20,000."
    )
    assert second(0.001).endswith("gains 0.0050 QALYs, which is not enough.")
    assert second(0.02).endswith("gains 0.100 QALYs, which is enough.")


def test_the_yearly_utility_that_would_be_enough_makes_net_benefit_zero():
    result = run(OPTIONS, PARAMETERS, rest=WITH_UTILITY)
    for wtp in (20_000, 30_000):
        needed = value(result, "required_utility_per_year", strategy="screen", wtp=wtp)
        assert needed == pytest.approx((COST / wtp + 0.0001) / 0.4, rel=1e-9)
    row = table(result, "required_utility")[0]
    assert row["method"] == "closed form"
    assert row["distance"] == pytest.approx(row["value"] / 0.01 - 1)
    assert row["distance_se"] == pytest.approx((row["value"] - 0.01) / 0.002)


def test_a_curved_model_is_searched():
    curved = {"none": ("0", "10"), "screen": ("100", "10 + u ^ 2")}
    ask = '[analysis.required_gain]\nper = {person = "share.seen"}\nutility = "u"\n'
    parameters = {"u": "fixed = 0.01\nrange = [0, 1]"}
    result = run(curved, parameters, rest=ask)
    row = table(result, "required_utility")[0]
    assert row["method"] == "Brent"
    assert row["value"] == pytest.approx((100 / 20_000) ** 0.5, rel=1e-9)


def test_limits_over_draws_match_a_loop():
    rest = f"{WITH_UTILITY}\n[analysis.psa]\ndraws = 500\nseed = 3"
    result = run(OPTIONS, PARAMETERS, rest=rest)
    from small_models import scenario

    from heco.model import compile_model

    model = compile_model(scenario(OPTIONS, PARAMETERS, rest=rest))
    draws = model.sample(500, 3, "random")
    cost, response = draws.column("c"), draws.column("response")
    gains = [(20 + 0.08 * c) / 20_000 + 0.0001 for c in cost]
    each = [g / (0.08 * r) for g, r in zip(gains, response, strict=True)]
    (found,) = [
        q
        for q in result.quantities
        if q.quantity == "required_qaly_per_benefit"
        and (q.wtp, q.basis, q.subject) == (20_000, "probabilistic", "")
    ]
    assert found.value == pytest.approx(np.mean(gains) / (0.08 * np.mean(response)), rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx(np.quantile(each, [0.025, 0.975]), rel=1e-9)
    (utility,) = [
        q
        for q in result.quantities
        if q.quantity == "required_utility_per_year"
        and (q.wtp, q.basis) == (20_000, "probabilistic")
    ]
    assert utility.value == pytest.approx(np.mean(gains) / 0.4, rel=1e-9)
    assert utility.lower == pytest.approx(np.quantile(np.array(gains) / 0.4, 0.025), rel=1e-9)


def test_where_nobody_is_counted_the_gain_is_undefined_without_noise():
    ask = '[analysis.required_gain]\nper = {ghost = "0 * share.seen"}\n'
    result = run(OPTIONS, PARAMETERS, rest=ask)
    assert value(result, "required_qaly_per_ghost", strategy="screen", wtp=20_000) is None
    assert table(result, "required_gain")[0]["note"] == "undefined: nobody is counted"
    assert not result["required_gain"].warnings
    assert "Nobody is counted as ghost" in result["answer"].headline[0]


def test_draws_in_which_nobody_is_counted_are_said():
    parameters = {"x": "uniform = {low = -1, high = 3}"}
    options = {"none": ("0", "1"), "screen": ("100", "1")}
    ask = (
        "[analysis]\npsa = {draws = 1000}\n[analysis.required_gain]\n"
        'per = {person = "max(0, x) * (cost > 0)"}\n'
    )
    result = run(options, parameters, rest=ask)
    (warning,) = result["required_gain"].warnings
    assert warning.startswith("In 2")
    assert "nobody is counted as “person” under care screen" in warning


def test_the_curve_falls_with_willingness_to_pay_and_meets_the_table():
    result = run(OPTIONS, PARAMETERS, rest=WITH_UTILITY)
    rows = [
        row
        for row in table(result, "required_gain_curve")
        if row["per"] == "treated" and row["reading"] == ""
    ]
    assert len(rows) == 56
    assert [rows[0]["wtp"], rows[-1]["wtp"]] == [5_000, 60_000]
    values = [row["value"] for row in rows]
    assert values == sorted(values, reverse=True)
    there = next(row["value"] for row in rows if row["wtp"] == 20_000)
    assert there == value(result, "required_qaly_per_treated", strategy="screen", wtp=20_000)


def test_twice_the_cost_needs_twice_the_gain_but_for_harms():
    result = run(OPTIONS, PARAMETERS, rest=ASK)
    rows = {
        row["multiple"]: row["value"]
        for row in table(result, "required_gain_by_cost")
        if (row["per"], row["wtp"], row["reading"]) == ("treated", 20_000, "")
    }
    assert rows[2.0] == pytest.approx(2 * rows[1.0])
    assert rows[0.5] == pytest.approx(rows[1.0] / 2)


def test_other_currencies_have_their_own_curve():
    assert curve_grid((275_000.0,))[-1] == 550_000
    assert list(curve_grid((20_000.0, 30_000.0))[[0, -1]]) == [5_000, 60_000]


def test_a_utility_that_cannot_be_zero_is_refused():
    parameters = dict(PARAMETERS, u="beta = {mean = 0.01, se = 0.002}\nrange = [0.001, 1]")
    with pytest.raises(ScenarioError, match="with u = 0 the model leaves its domain"):
        run(OPTIONS, parameters, rest=WITH_UTILITY)


def test_without_any_willingness_to_pay_nothing_can_be_required():
    with pytest.raises(ScenarioError, match="wtp"):
        run(OPTIONS, PARAMETERS, decision='currency = "EUR"', rest=ASK)
