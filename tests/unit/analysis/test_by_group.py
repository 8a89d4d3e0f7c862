"""Results by group: the table, the sentence, and the page."""

from __future__ import annotations

import heco
from heco.report import cheers
from heco.report.sections import by_group as section

TEXT = """
[decision]
title = "Screening"
comparator = "none"
wtp = 20_000
[time]
cycle = "1 year"
horizon = "10 years"
start_age = 60
[population]
starts = {alive = 1}
[groups.low]
label = "Low risk"
share = 0.75
note  = "three in four"
[groups.high]
label = "High risk"
share = "rest"
start_age = 70
set = {p = "p * 8"}
[parameters.p]
label = "Chance of death"
fixed = 0.01
source = "assumption: a test"
[parameters.rr]
label = "Relative risk"
fixed = 1
lever = true
source = "assumption: a test"
[states]
alive = {utility = 0.8}
dead = {absorbing = true}
[transitions.alive]
dead = "p * rr"
alive = "rest"
[strategies.none]
label = "No drug"
[strategies.drug]
label = "Drug"
set = {rr = 0.5}
one_off = [{cost = 9_000}]
"""


def test_the_answer_differs_and_the_page_says_so():
    run = heco.run(heco.load_text(TEXT), draws=0)
    assert section.applies(run)
    assert run["by_group"].headline == (
        "Drug is worth its cost at £20,000 per QALY for high risk, not for low risk.",
    )
    shown = section.context(run)
    cells = [[(cell.text, cell.below) for cell in row] for row in shown["table"].rows]
    assert [row[0] for row in cells] == [
        ("Low risk", "75% of people"), ("High risk", "25% of people")
    ]  # fmt: skip
    assert cells[0][1][0] == cells[1][1][0] == "£9,000"
    assert cells[0][-1][0].startswith("−£")
    assert not cells[1][-1][0].startswith("−")
    who = [[cell.text for cell in row] for row in shown["groups"].rows]
    assert who == [["Low risk", "75%", "", ""], ["High risk", "the rest", "70", "p is p × 8"]]
    assert "age at the start" in run.conventions
    assert "70 (High risk)" in run.conventions["age at the start"]


def test_without_groups_there_is_no_such_page():
    head, _, tail = TEXT.partition("[groups.low]")
    run = heco.run(heco.load_text(head + tail[tail.index("[parameters.p]") :]), draws=0)
    assert "by_group" not in run
    assert not section.applies(run)


def test_it_answers_the_item_on_heterogeneity():
    (item,) = [item for item in cheers.ITEMS if item.number == 18]
    run = heco.run(heco.load_text(TEXT), draws=0)
    assert item.held(run).sections == ("by_group",)
