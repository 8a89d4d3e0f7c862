"""The sentence that everybody reads: every kind of result has one, and its numbers are right."""

import pytest
from small_models import run

OLD = ("1000", "1")


def answer(new, decision="wtp = [20_000, 30_000]", parameters=None, rest="", **more):
    return run({"old": OLD, "new": new, **more}, parameters, decision, rest)["answer"].headline


def test_cost_effective_at_every_threshold():
    assert answer(("2000", "1.1"))[0] == (
        "At £20,000 and £30,000 per QALY, care new is cost-effective compared with care old. "
        "Care new costs £1,000 more per person than care old and gains 0.100 QALYs: "
        "£10,000 per QALY gained."
    )


def test_cost_effective_at_one_threshold_only():
    assert answer(("3500", "1.1"))[0].startswith(
        "At £30,000 per QALY, care new is cost-effective compared with care old, but not at "
        "£20,000."
    )


def test_not_cost_effective():
    assert answer(("6000", "1.1"))[0].startswith(
        "At £20,000 and £30,000 per QALY, care new is not cost-effective compared with care old."
    )


def test_dominated_and_dominating():
    assert answer(("2000", "0.9")) == (
        "Care new costs £1,000 more per person than care old and loses 0.100 QALYs: "
        "it is dominated by care old.",
        "No willingness to pay makes it worth its cost.",
    )
    assert answer(("500", "1.1"))[0] == (
        "Care new costs £500 less per person than care old and gains 0.100 QALYs: "
        "it dominates care old."
    )


def test_saving_money_at_the_cost_of_health():
    first = answer(("0", "0.96"))[0]
    assert first.startswith("At £20,000 per QALY, care new is cost-effective")
    assert "but not at £30,000" in first
    assert first.endswith("loses 0.040 QALYs: £25,000 saved per QALY lost.")


def test_no_difference_in_effect():
    assert "no meaningful difference in QALYs" in answer(("2000", "1"))[0]


def test_the_same_twice():
    assert answer(OLD) == ("Care new and Care old cost and gain the same.",)


def test_no_willingness_to_pay():
    first, second = answer(("2000", "1.1"), decision="")
    assert "£10,000 per QALY gained" in first
    assert second == "No willingness to pay is stated, so whether that is worth it is open."


def test_costs_alone():
    result = run({"old": ("1000", "0"), "new": ("700", "0")}, decision="")
    assert result["answer"].headline == (
        "Care new costs £300 less per person than care old.",
        "The model has no health effects, so only costs are compared.",
    )


def test_one_strategy():
    result = run({"only": ("1000", "2.5")})
    assert result["answer"].headline == (
        "Care only costs £1,000 and yields 2.500 QALYs per person; there is nothing to compare "
        "it with.",
    )


def test_three_strategies_say_which_is_the_best_of_all():
    found = answer(("3500", "1.1"), best=("4000", "1.3"))
    assert any("care best has the highest net benefit of all" in line for line in found)


def test_three_strategies_are_stepped_through():
    steps = answer(("1500", "1.1"), best=("4500", "1.3"), poor=("5000", "1.2"))[-1]
    assert steps == (
        "Step by step, each against the next less effective: from care old to care new at £5,000 "
        "per QALY gained and care best at £15,000; care poor is dominated."
    )
    mixed = answer(("3500", "1.1"), best=("4000", "1.3"))[-1]
    assert mixed.endswith(
        "from care old to care best at £10,000 per QALY gained; care new is extendedly dominated."
    )
    alone = answer(("900", "1.2"), poor=("5000", "0.9"))[-1]
    assert alone == "No strategy gains more than care new, and none costs less."


def test_two_strategies_have_no_steps():
    assert not any("Step by step" in line for line in answer(("3500", "1.1")))


def test_the_cheapest_of_three_is_named():
    costs = {"old": ("1000", "0"), "new": ("700", "0"), "best": ("600", "0")}
    found = run(costs, decision="")["answer"].headline
    assert found[-1] == "Of all 3, care best costs the least."


def test_what_dominates_is_worth_having_at_every_willingness_to_pay():
    assert "It is worth having at every willingness to pay." in answer(("500", "1.1"))


def test_with_draws_the_probability_is_said():
    found = answer(
        ("1000 + c", "1.1"),
        parameters={"c": "gamma = {mean = 1000, se = 500}"},
        rest="[analysis]\npsa = {draws = 1000}",
    )
    assert "the probability that it is the most cost-effective is 9" in found[1]


def test_required_gain_answers_in_one_sentence():
    rest = """
[analysis.required_gain]
per = {treated = "share.seen", benefit = "0.5 * share.seen"}
labels = {treated = "treated child", benefit = "child who benefits"}
notes = {benefit = "Half of them benefit."}
"""
    options = {"old": ("0", "1"), "new": ("2342", "1")}
    # The comparator sees people too, so count those who are treated.
    rest = rest.replace("share.seen", "(cost > 0)")
    headline = run(options, rest=rest)["answer"].headline
    assert headline == (
        "At £20,000 per QALY, care new is worth its cost if each treated child gains at least "
        "0.117 QALYs over life (0.078 at £30,000).",
        "Counted per child who benefits, the gain needed is 0.234 (0.156 at £30,000).",
        "Half of them benefit.",
    )


def test_a_saving_needs_no_gain():
    rest = '[analysis.required_gain]\nper = {person = "1 - (cost > 500)"}\n'
    (first, *_) = run({"old": ("1000", "1"), "new": ("400", "1")}, rest=rest)["answer"].headline
    assert first == (
        "At £20,000 per QALY, care new is worth its cost even if no person gains anything more."
    )


@pytest.mark.parametrize(
    ("decision", "title", "question"),
    [
        ('title = "T"\nquestion = "Q?"\nwtp = 20_000', "T", "Q?"),
        ('question = "Q?"\nwtp = 20_000', "Q?", "Q?"),
        ("wtp = 20_000", "scenario", "Would choosing care new over care old be worth its cost?"),
    ],
)
def test_every_run_has_a_title_and_a_question(decision, title, question):
    result = run({"old": OLD, "new": ("2000", "1.1")}, decision=decision)
    assert (result.title, result.question) == (title, question)
