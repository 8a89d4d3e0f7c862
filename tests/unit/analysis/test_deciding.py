"""Four courses: the rule on every branch, losses in closed form, and what is said when.

With a cost that is anything from 0 to 2,000 and an effect of 0.06 QALYs, net benefit at 20,000 is
1,200 less the cost. The chance that it is above zero is 0.6, the mean is 200, adopting loses
800^2 / 4,000 = 160 on average and waiting 1,200^2 / 4,000 = 360.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from small_models import run, table

from heco.analysis import deciding, deciding_words, run_scenario
from heco.analysis.deciding_rules import (
    ADOPT,
    ANOTHER,
    CANNOT,
    COURSES,
    MAY,
    PAYS,
    PILOT,
    REVIEW,
    UNKNOWN,
    WAIT,
    Facts,
    Worth,
    course,
)
from heco.scenario.load import load

SCENARIOS = Path(__file__).parents[3] / "scenarios"
GO, STOP, OPEN = (Worth("A trial", v, e, 10.0, 200) for v, e in
                  (("go", 5_000.0), ("stop", -5_000.0), ("uncertain", 5.0)))  # fmt: skip
PRICE = 'unit = "GBP"\nuniform = {low = 0, high = 2_000}'
KNOWN = 'unit = "GBP"\nfixed = 1_000'
OPTIONS = {"old": ("0", "0"), "new": ("c", "0.06")}
DRAWS = '[analysis]\npsa = {draws = 4_096, design = "sobol"}'
PEOPLE = '[population]\nlabel = "patients"\nsize = 500\n'


def facts(best="new", benefit=100.0, **more):
    return Facts(20_000.0, "new", "old", best, benefit, **more)


@pytest.mark.parametrize(
    ("fact", "evidence", "pointed"),
    [
        (facts(evpi=0.0), CANNOT, ADOPT),
        (facts(evpi=3.0, evpi_error=2.0), CANNOT, ADOPT),
        (facts(), UNKNOWN, ADOPT),
        (facts(evpi=5.0), MAY, REVIEW),
        (facts(evpi=5.0, studies=(STOP,)), MAY, REVIEW),
        (facts(evpi=5.0, studies=(OPEN,)), MAY, REVIEW),
        (facts(evpi=5.0, studies=(STOP, GO)), PAYS, REVIEW),
        (facts(evpi=5.0, people=10, set_up=1_001), MAY, REVIEW),
        (facts(evpi=5.0, people=10, set_up=1_001, studies=(GO,)), PAYS, PILOT),
        (facts(evpi=5.0, people=10, set_up=999, studies=(GO,)), PAYS, REVIEW),
        (facts(evpi=5.0, set_up=10**9, studies=(GO,)), PAYS, REVIEW),  # nobody says for how many
        (facts("old", -100.0, evpi=0.0), CANNOT, WAIT),
        (facts("old", -100.0), UNKNOWN, WAIT),
        (facts("old", -100.0, evpi=5.0), MAY, WAIT),
        (facts("old", -100.0, evpi=5.0, studies=(STOP,)), MAY, WAIT),
        (facts("old", -100.0, evpi=5.0, studies=(GO,)), PAYS, PILOT),
        (facts("third", 100.0, evpi=5.0, studies=(GO,)), PAYS, ANOTHER),
        (facts("third", -100.0), UNKNOWN, ANOTHER),
    ],
)
def test_the_rule_on_every_branch(fact, evidence, pointed):
    assert fact.evidence == evidence
    assert course(fact) == pointed


def test_the_rule_has_an_answer_for_every_combination():
    for best, evpi, studies, set_up in product(
        ("new", "old", "third"), (None, 0.0, 5.0), ((), (GO,), (STOP,)), (None, 0.0, 1e9)
    ):
        fact = facts(best, evpi=evpi, studies=studies, set_up=set_up, people=10)
        assert course(fact) in (*COURSES, ANOTHER)


def test_of_several_studies_the_one_that_is_worth_most_is_named():
    assert facts(studies=(STOP, GO, OPEN)).study is GO
    assert facts().study is None


@pytest.fixture(scope="module")
def unsure():
    return run(OPTIONS, {"c": PRICE}, "wtp = [20_000]", PEOPLE + DRAWS)


def test_losses_are_those_of_the_closed_form(unsure):
    rows = {r["course"]: r for r in table(unsure["deciding"], "deciding")}
    assert rows["adopt"]["loss"] == pytest.approx(160, rel=0.002)
    assert rows["wait"]["loss"] == pytest.approx(360, rel=0.002)
    for r in rows.values():
        assert r["loss_all"] == pytest.approx(500 * r["loss"])
        assert r["loss_health"] == pytest.approx(r["loss_all"] / 20_000)
    fact = unsure["deciding"].data["facts"][20_000.0]
    assert fact.probability["new"] == pytest.approx(0.6, abs=0.001)
    assert fact.benefit == pytest.approx(200, rel=0.01)
    assert [c for c, r in rows.items() if r["points"]] == ["review"]


def test_losses_and_the_value_of_information_have_one_place(unsure):
    rows = {r["course"]: r for r in table(unsure["deciding"], "deciding")}
    lost = {r["strategy"]: r for r in table(unsure["decision_curves"], "expected_loss")
            if r["wtp"] == 20_000}  # fmt: skip
    assert rows["adopt"]["loss"] == lost["new"]["expected_loss"]
    assert rows["wait"]["loss"] == lost["old"]["expected_loss"]
    found = {q.subject: q for q in unsure["deciding"].find("course_loss")}
    assert found["adopt"].value == rows["adopt"]["loss_all"]
    assert found["wait"].value == rows["wait"]["loss_all"]
    assert found["adopt"].unit == "GBP for all who enter in one year"
    evpi = unsure["decision_curves"].find("evpi_population", wtp=20_000.0)[0]
    assert unsure["deciding"].data["facts"][20_000.0].evpi * 500 == evpi.value


def test_what_would_have_to_be_seen_makes_net_benefit_zero(unsure):
    rows = {r["source"]: r for r in table(unsure["deciding"], "deciding_needs")}
    assert rows["price"]["needed"] == pytest.approx(1_200)
    assert rows["price"]["side"] == "at most"
    assert rows["price"]["now"] == pytest.approx(1_000, rel=0.001)
    assert rows["effect"]["needed"] == pytest.approx(0.05, rel=0.001)
    assert rows["effect"]["side"] == "at least"
    assert rows["effect"]["now"] == pytest.approx(0.06)


def test_a_threshold_is_among_what_would_have_to_be_seen():
    rest = '[analysis]\nthreshold = {solve = [{parameter = "c", low = 0, high = 2_000}]}'
    found = run(OPTIONS, {"c": PRICE}, "wtp = [20_000]", rest)
    rows = {r["source"]: r for r in table(found["deciding"], "deciding_needs")}
    solved = table(found["threshold"], "threshold")[0]
    assert rows["threshold"]["needed"] == solved["value"] == pytest.approx(1_200)
    assert rows["threshold"]["side"] == "at most"
    assert rows["threshold"]["parameter"] == "c"


def test_the_required_gain_takes_the_place_of_the_effect_per_person():
    only = {"required_gain", "deciding"}
    found = run_scenario(load(SCENARIOS / "targeted.toml"), draws=0, only=only)
    rows = {r["source"]: r for r in table(found["deciding"], "deciding_needs")
            if r["wtp"] == 20_000}  # fmt: skip
    gain = table(found["required_gain"], "required_gain")[0]
    assert rows["required_gain"]["needed"] == gain["value"]
    assert rows["required_gain"]["now"] == gain["modelled"]
    assert rows["required_gain"]["what"] == "QALYs gained by each treated child"
    assert "effect" not in rows, "one gain is asked for, not two"


def test_the_tornado_stands_in_where_no_threshold_was_solved_for():
    found = run(OPTIONS, {"c": PRICE}, "wtp = [20_000]", '[analysis]\ntornado = {outcome = "inmb"}')
    rows = {r["source"]: r for r in table(found["deciding"], "deciding_needs")}
    assert rows["tornado"]["needed"] == pytest.approx(1_200)
    assert rows["tornado"]["side"] == "at most"


def test_without_draws_what_rests_on_them_is_said_not_to_be_computed():
    found = run(OPTIONS, {"c": KNOWN}, "wtp = [10_000, 20_000]")
    made = found["deciding"]
    assert made.tables[0].notes == (deciding.NO_DRAWS,)
    assert all(r["loss"] is None and r["loss_words"] == "" for r in table(made, "deciding"))
    first, second = made.headline
    assert "At £10,000 per QALY the numbers point to waiting" in first
    assert "At £20,000 per QALY the numbers point to adopting it" in second
    assert "without draws, whether to find out more first cannot be said" in first
    assert not made.find("course_loss")


def test_thresholds_share_a_sentence_only_if_every_word_holds_at_each(unsure):
    fact, context = unsure["deciding"].data["facts"][20_000.0], _context(unsure)
    known = replace(fact, evpi=0.0, evpi_error=None)
    (both,) = deciding_words.headline(context, [known, replace(known, wtp=30_000.0)])
    assert "At £20,000 and £30,000 per QALY" in both
    surer = replace(known, wtp=30_000.0, probability={"new": 0.9, "old": 0.1})
    first, second = deciding_words.headline(context, [known, surer])
    assert "(chance that it is: 60%)" in first
    assert "(chance that it is: 90%)" in second


def test_a_third_strategy_that_is_better_is_named():
    options = {**OPTIONS, "best": ("c", "0.08")}
    found = run(options, {"c": KNOWN}, "wtp = [20_000]")
    assert "another strategy: care best has the highest net benefit of all" in (
        found["deciding"].headline[0].lower()
    )
    rows = {r["course"]: r for r in table(found["deciding"], "deciding")}
    assert not any(r["points"] for r in rows.values())
    assert "better than care best" in rows["adopt"]["right_if"].lower()
    assert found["deciding"].find("course_pointed_to", subject="another")[0].value == 1


def test_equal_net_benefit_is_no_reason_to_change():
    found = run({"old": ("0", "0"), "new": ("c", "0.05")}, {"c": KNOWN}, "wtp = [20_000]")
    assert found["deciding"].data["facts"][20_000.0].best == "old"


@pytest.mark.parametrize(
    ("options", "decision"),
    [
        ({"old": ("0", "0")}, "wtp = [20_000]"),
        ({"old": ("0", "0"), "new": ("c", "0")}, "wtp = [20_000]"),
        (OPTIONS, ""),
    ],
)
def test_without_a_choice_health_or_a_stated_threshold_nothing_is_set_out(options, decision):
    assert "deciding" not in run(options, {"c": KNOWN}, decision)


def test_set_up_money_is_that_of_the_budget():
    rest = (
        f"{PEOPLE}[analysis.budget]\nyears = 3\nuptake = [1]\n"
        '[analysis.budget.set_up.training]\ncost = 300_000\nstrategies = ["new"]\n'
        "[analysis]\npsa = {draws = 200}\n"
    )
    found = run(OPTIONS, {"c": PRICE}, "wtp = [20_000]", rest)
    total = table(found["budget"], "budget_summary")[0]["set_up"]
    fact = found["deciding"].data["facts"][20_000.0]
    assert fact.set_up == total > 0
    assert fact.set_up_matters == (total > 500 * fact.benefit)
    rows = {r["course"]: r for r in table(found["deciding"], "deciding")}
    for name in ("adopt", "review", "pilot"):
        assert "£300,000 of set-up" in rows[name]["against"]
    assert "£300,000 of set-up is not spent" in rows["wait"]["speaks_for"]


def test_a_study_that_pays_is_named_with_what_it_brings(unsure):
    from heco.analysis.context import Context

    fact = unsure["deciding"].data["facts"][20_000.0]
    context = _context(unsure)
    assert isinstance(context, Context)
    paid = replace(fact, best="old", benefit=-200.0, studies=(GO,), everybody=1e4, horizon=10.0)
    (said,) = deciding_words.headline(context, [paid])
    assert "point to a pilot" in said
    assert "the study “A trial” with 200 participants is worth £5,000 more than it costs" in said
    made = deciding_words.courses(context, paid, [])
    assert "£5,000 more" in made["pilot"].speaks_for
    assert "for all who are decided for in 10 years" in made["review"].speaks_for
    unpaid = replace(paid, studies=(STOP,))
    assert "£5,000 less" in deciding_words.courses(context, unpaid, [])["pilot"].against


def _context(found):
    from small_models import context_of

    return context_of(found.scenario, draws=16, wtp=(20_000.0,))


def test_two_runs_say_the_same(unsure):
    again = run(OPTIONS, {"c": PRICE}, "wtp = [20_000]", PEOPLE + DRAWS)
    assert again["deciding"].tables == unsure["deciding"].tables
    assert again["deciding"].headline == unsure["deciding"].headline
