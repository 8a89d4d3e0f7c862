"""What the words say where a number changes its sign, or where there is none to say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import heco
from heco.report import glance, reading
from heco.report.sections import must_be_true, risks

sys.path.append(str(Path(__file__).parents[1] / "analysis"))
from small_models import run

SCENARIOS = Path(__file__).parents[3] / "scenarios"
COSTS = {"price": 'gamma = {mean = 100, se = 20}\nunit = "GBP"'}
GAIN = """
[analysis]
psa = {draws = 200}
tornado = {}
[analysis.required_gain]
per = {person = "share.seen * (cost != 0)"}
"""


def test_without_an_uncertain_input_no_probability_is_claimed():
    options = {"old": ("1000", "1"), "new": ("2000", "1.1")}
    found = run(options, rest="[analysis]\npsa = {draws = 100}\n")
    assert "psa" not in found
    assert found.draws == 0
    assert any("No input is given any uncertainty" in text for text in found.warnings)
    said = " ".join([*found["answer"].headline, *found["deciding"].headline])
    assert "probability" not in said
    assert "no evidence would change it" not in said
    assert "without draws, whether to find out more first cannot be said" in said


@pytest.fixture(scope="module")
def saving():
    """A strategy that saves money, so that nobody needs to gain anything for it."""
    return run({"old": ("0", "1"), "new": ("-price", "1.1")}, COSTS, rest=GAIN)


def test_what_saves_money_needs_no_gain(saving):
    first = saving["answer"].headline[0]
    assert first.endswith("care new is worth its cost even if no person gains anything more.")
    assert {tile.label: tile.value for tile in glance.tiles(saving)}[
        "QALYs that each person must gain"
    ] == "none"
    view = must_be_true.context(saving)
    assert "no gain at £20,000 per QALY" in view["sentences"][0]
    assert any(note.startswith("Below zero") for note in view["by_cost"].notes)


def test_an_input_that_never_turns_a_good_choice_is_not_said_to_rule_it_out(saving):
    (row,) = risks.context(saving)["drivers"].rows
    assert row[-1].text.startswith("at any value from £")


def test_a_turning_point_has_its_side():
    dear = {"old": ("0", "1"), "new": ("price", "1.005")}
    found = run(dear, COSTS, rest="[analysis]\ntornado = {}\n")
    (row,) = risks.context(found)["drivers"].rows
    assert row[-1].text.startswith("below £100")


def test_the_first_page_has_the_digits_of_its_first_sentence():
    found = heco.run(heco.load(SCENARIOS / "first.toml"), draws=200)
    sentence = reading.answer(found)
    tiles = {tile.label: tile for tile in glance.tiles(found)}
    assert f"{tiles['Cost per QALY gained'].value} per QALY gained" in sentence
    assert f"costs {tiles['Extra cost per person'].value} more" in sentence
    assert f"gains {tiles['Extra QALYs per person'].value} QALYs" in sentence
