"""Models without effects, without a clock, of totals alone, or of one strategy read well too."""

from __future__ import annotations

import io

import pytest

import heco
from heco.report.sections import decision, words
from heco.report.terminal import console, show

TOTALS = """
[decision]
comparator = "none"
option = "once"
currency = "USD"
wtp = [50_000]
[strategies]
none = {label = "No test", one_off = [{cost = 100, qaly = 10}]}
once = {label = "One test", one_off = [{cost = 1_100, qaly = 10.1}]}
often = {label = "Many tests", one_off = [{cost = 9_000, qaly = 10.05}]}
"""
COSTS = """
[decision]
comparator = "plain"
[tree.plain]
infected = {p = 0.1, cost = 3_000}
well = {p = "rest"}
[tree.coated]
infected = {p = 0.06, cost = 3_000}
well = {p = "rest", cost = 2}
[strategies]
plain = {label = "Plain sutures", enters = "plain"}
coated = {label = "Antimicrobial sutures", enters = "coated"}
"""
ALONE = """
[time]
cycle = "1 year"
horizon = "5 years"
[population]
starts = {well = 1}
[states]
well = {utility = 0.8, cost = 100}
dead = {absorbing = true}
[transitions]
well = {dead = 0.1, well = "rest"}
[strategies]
only = {label = "Usual care"}
"""


@pytest.fixture(scope="module")
def runs():
    texts = {"totals": TOTALS, "costs": COSTS, "alone": ALONE}
    return {name: heco.run(heco.load_text(text)) for name, text in texts.items()}


def facts(run):
    return dict(decision.facts(run))


def meanings(run):
    return [word for word, _ in words.context(run)["words"]]


def test_totals_are_no_tree_and_no_draws_of_another_program(runs):
    said = facts(runs["totals"])
    assert said["Kind of study"].endswith("from the totals of each strategy")
    assert said["Time"] == "Totals, without a clock"
    assert "not used" in said["Discount rates"]


def test_costs_alone_speak_of_no_health(runs):
    said = facts(runs["costs"])
    assert said["Outcome"] == "Costs alone: the model has no health effects"
    question = "Would choosing antimicrobial sutures over plain sutures cost less?"
    assert said["Question"] == question
    assert "Willingness to pay" not in said
    assert meanings(runs["costs"]) == ["Base case"]


def test_one_strategy_is_no_comparator(runs):
    said = facts(runs["alone"])
    assert said["Question"] == "What would usual care cost and gain?"
    roles = decision.context(runs["alone"])["strategies"].rows
    assert "comparator" not in str(roles)
    assert "comparator" in str(decision.context(runs["costs"])["strategies"].rows)
    assert runs["alone"].conventions["willingness to pay"] == "none is stated"


def test_a_long_word_of_a_label_stays_whole(runs):
    stream = io.StringIO()
    show(runs["costs"], console(stream, width=80))
    assert "Antimicrobial" in stream.getvalue()
    assert "Antimicrobia\n" not in stream.getvalue()
