"""Global sensitivity, decision flips and assured thresholds as results: sentences and tables."""

import pytest
from small_models import context_of, scenario

from heco.analysis import assured_threshold, decision_flip, global_sensitivity
from heco.errors import ScenarioError
from heco.scenario.schema_analysis import Assurance, Nearest, Sensitivity

OPTIONS = {"none": ("0", "0"), "new": ("price + c", "gain + 0.001 * p.yes")}
INPUTS = {
    "price": "fixed = 500",
    "c": "normal = {mean = 1000, se = 100}",
    "gain": "normal = {mean = 0.1, se = 0.02}",
    "p": "dirichlet = {counts = {yes = 3, no = 7}}",
}


def context(draws=2_000, wtp=(20_000.0,), **changes):
    return context_of(scenario(OPTIONS, INPUTS | changes), draws, wtp)


def rows(result, name):
    table = next(table for table in result.tables if table.name == name)
    names = [column.name for column in table.columns]
    assert all(len(row) == len(names) for row in table.rows)
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def test_global_sensitivity_tells_and_tables():
    result = global_sensitivity.run(
        context(), Sensitivity(method=("sobol", "morris", "pawn"), draws=512, trajectories=10)
    )
    main = [row for row in rows(result, "sobol") if row["output"] == "inmb"]
    assert [row["input"] for row in main] == ["gain", "c", "p"]
    assert main[0]["label"] == "The gain"
    assert main[0]["first_lower"] < main[0]["first"] < main[0]["first_upper"]
    assert {row["output"] for row in rows(result, "morris")} == {
        "inmb", "incremental_cost", "incremental_qaly"}  # fmt: skip
    parts = {row["input"] for row in rows(result, "pawn")}
    assert parts == {"c", "gain", "p.yes", "p.no", "(chance)"}
    assert "The gain (94%)" in result.headline[0]
    assert "at £20,000 per QALY" in result.headline[0]
    found = result.find("sobol_total", subject="inmb/gain")
    assert found[0].value == pytest.approx(16 / 17, abs=0.02)
    assert found[0].basis == "probabilistic"
    assert result.settings["Sobol' design"] == "n = 512, 2,560 rows"


def test_a_rough_design_is_warned_about():
    result = global_sensitivity.run(context(0), Sensitivity(draws=64))
    assert "larger Sobol' design" in result.warnings[0]


def test_a_flip_is_a_sentence():
    result = decision_flip.run(context(0))
    sentence = result.headline[0]
    assert sentence.startswith("At £20,000 per QALY, care new is best in the base case;")
    assert "makes care none the best is 1.2 standard errors away" in sentence
    assert "chiefly “The gain” from 0.1 to " in sentence
    (row,) = rows(result, "flip")
    assert row["distance"] == pytest.approx(1.23, abs=0.01)
    shares = {row["parameter"]: row["share"] for row in rows(result, "flip_inputs")}
    assert shares["gain"] + shares["c"] + shares["p.yes"] == pytest.approx(1, abs=1e-6)
    assert result.find("flip_distance")[0].strategy == "none"


def test_no_flip_is_a_sentence_too():
    result = decision_flip.run(context(0, gain="normal = {mean = 9, se = 0.01}"))
    assert "no joint change" in result.headline[0]
    assert rows(result, "flip") == []


def test_assured_thresholds_tell_and_table():
    asked = Assurance(solve=({"parameter": "price", "low": 0, "high": 3000},))
    result = assured_threshold.run(context(), asked)
    found = {row["probability"]: row for row in rows(result, "assurance")}
    assert found[None]["value"] == pytest.approx(1000, abs=50)
    assert found[0.9]["value"] < found[0.8]["value"] < found[0.5]["value"]
    assert found[0.9]["worth_it"] == "below"
    assert "The price: at £20,000 per QALY, care new is worth its cost below" in result.headline[0]
    assert "with 90% probability" in result.headline[0]
    assert result.find("assured_threshold", subject="price@0.8")[0].basis == "probabilistic"


def test_a_required_gain_is_answered_in_the_same_way():
    """Each of the 20% treated must gain (500 + c) / (20,000 * 0.2): c is N(1000, 100²)."""
    inputs = INPUTS | {"n_treated": "fixed = 0\nlever = true"}
    rest = """
        [strategies.new.set]
        n_treated = 0.2
        [analysis]
        psa = {}
        required_gain = {per = {treated = "n_treated"}, labels = {treated = "child"}}
        assurance = {probability = [0.5, 0.9], wtp = 20_000}
    """
    made = context_of(scenario({"none": ("0", "0"), "new": ("price + c", "0")}, inputs, rest=rest),
                      4_000, (20_000.0, 30_000.0))  # fmt: skip
    assert assured_threshold.applies(made)
    result = assured_threshold.run(made)
    found = {row["probability"]: row for row in rows(result, "assurance")}
    assert {row["wtp"] for row in rows(result, "assurance")} == {20_000.0}
    assert found[None]["value"] == pytest.approx(1500 / 4000, abs=0.002)
    assert found[0.9]["value"] == pytest.approx((1500 + 1.2816 * 100) / 4000, abs=0.002)
    assert found[0.9]["worth_it"] == "above"
    assert found[0.5]["unit"] == "QALYs per child"
    assert result.headline[0].startswith("Gain per child: at £20,000 per QALY")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (global_sensitivity, 'sensitivity = {method = ["sobol", "pawn"], draws = 128}'),
        (decision_flip, "flip = {}"),
        (assured_threshold, 'assurance = {solve = {parameter = "price", low = 0, high = 3000}}'),
    ],
)
def test_they_read_the_scenario(module, words):
    made = context_of(
        scenario(OPTIONS, INPUTS, rest=f"[analysis]\npsa = {{}}\n{words}"), 1_000, (20_000.0,)
    )
    assert module.applies(made)
    assert not module.applies(context(0))
    result = module.run(made)
    assert result.analysis == module.NAME
    assert result.headline
    assert all(table.rows for table in result.tables)


def test_without_draws_or_willingness_to_pay_they_refuse():
    with pytest.raises(ScenarioError, match="needs draws"):
        assured_threshold.run(context(0), Assurance())
    with pytest.raises(ScenarioError, match="pawn needs draws"):
        global_sensitivity.run(context(0), Sensitivity(method=("pawn",)))
    for module in (global_sensitivity, decision_flip, assured_threshold):
        with pytest.raises(ScenarioError, match="willingness to pay"):
            module.run(context(wtp=()))


def test_a_flip_at_one_willingness_to_pay():
    result = decision_flip.run(context(0), Nearest(wtp=15_000))
    assert [row["wtp"] for row in rows(result, "flip")] == [15_000]
