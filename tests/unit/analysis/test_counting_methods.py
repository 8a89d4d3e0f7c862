import pytest
from small_models import table

from heco.analysis import run_scenario
from heco.scenario.load import load_text

COHORT = """
[decision]
comparator = "old"
wtp = [20_000]
[time]
cycle = "{cycle}"
horizon = "10 years"
cycle_counting = {counting}
discount = "none"
[parameters.r]
label = "Death"
unit = "rate per year"
fixed = 0.2
lever = true
source = "invented"
[parameters.c]
label = "Cost"
unit = "GBP"
fixed = 0
lever = true
source = "invented"
[states]
well = {{utility = 0.9, cost = "c"}}
dead = {{absorbing = true}}
[transitions.well]
dead = "prob(r)"
well = "rest"
[strategies.old]
starts = {{well = 1}}
[strategies.new]
starts = {{well = 1}}
set = {{r = 0.1, c = {price}}}
"""


def cohort(cycle="1 year", counting='"half-cycle"', price=1_000):
    return run_scenario(load_text(COHORT.format(cycle=cycle, counting=counting, price=price)))


def test_every_other_way_of_counting_is_run():
    result = cohort()
    rows = {row["counting"]: row for row in table(result, "cycle_counting")}
    assert set(rows) == {
        "half-cycle (as stated)", "life-table", "simpson", "start", "end",
    }  # fmt: skip
    assert rows["half-cycle (as stated)"]["change"] == 0.0


@pytest.mark.parametrize("method", ["start", "end", "life-table", "simpson"])
def test_a_row_is_what_a_scenario_with_that_method_says(method):
    rows = {row["counting"]: row["inmb"] for row in table(cohort(), "cycle_counting")}
    own = table(cohort(counting=f'"{method}"'), "cycle_counting")
    stated = next(row["inmb"] for row in own if row["counting"] == f"{method} (as stated)")
    assert rows[method] == pytest.approx(stated, rel=1e-12)


def test_a_sensitive_answer_is_a_warning():
    result = cohort(cycle="5 years", price=2_000)
    (warning,) = result["cycle_counting"].warnings
    assert warning.startswith("The answer is sensitive to the way of counting within a cycle")
    assert "simpson" in warning


def test_one_sided_counting_alone_is_no_warning():
    result = cohort(price=2_000)
    rows = {r["counting"]: r for r in table(result, "cycle_counting")}
    assert abs(rows["start"]["change"]) > 0.01
    assert result["cycle_counting"].warnings == ()


def test_another_best_option_is_named():
    # At this price net benefit is near zero, so that one side of the cycle decides.
    found = [cohort(price=price)["cycle_counting"].warnings for price in range(2_000, 20_000, 250)]
    said = "another option is the best if counted by “"
    assert any(said in line for lines in found for line in lines)


def test_short_cycles_agree_among_corrected_methods():
    rows = {r["counting"]: r for r in table(cohort(cycle="1 month"), "cycle_counting")}
    assert abs(rows["life-table"]["change"]) < 1e-3
    assert abs(rows["simpson"]["change"]) < 1e-3


def test_separate_ways_are_put_in_words():
    result = cohort(counting='{cost = "start", qaly = "half-cycle"}')
    stated = {r["counting"] for r in table(result, "cycle_counting")}
    assert "cost start, QALYs half-cycle, life years half-cycle (as stated)" in stated


def test_a_tree_alone_has_nothing_to_count():
    from small_models import run

    assert "cycle_counting" not in run({"old": ("0", "1"), "new": ("1", "1")})
