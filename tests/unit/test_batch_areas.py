"""The table of areas: names as paths, and distributions moved to another mean."""

from __future__ import annotations

import re

import pytest

from heco.batch.areas import _slugs, slug
from heco.batch.override import moved
from heco.errors import ScenarioError
from heco.scenario.checks.parameters import limits
from heco.scenario.load import load_text

SCENARIO = """
[parameters.x]
label = "x"
unit = "{unit}"
{line}
source = "assumption: invented"
[tree.start]
only = {{ p = 1, cost = "x" }}
[strategies]
a = {{ enters = "start" }}
"""


@pytest.mark.parametrize(
    ("name", "path"),
    [("Coastal West Sussex CCG, 2013", "coastal-west-sussex-ccg-2013"), ("../../etc", "etc"),
     ("CON", "area-con"), ("***", "area"), ("Ynys Môn", "ynys-mon"), ("a/b\\c", "a-b-c"),
     ("x" * 300, "x" * 60)],
)  # fmt: skip
def test_a_name_becomes_part_of_a_path(name, path):
    assert slug(name) == path


def test_names_that_look_alike_get_different_paths_in_any_order():
    one, other = _slugs(["A b", "a-b"]), _slugs(["a-b", "A b"])
    assert one[0] != one[1]
    assert one == other[::-1]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("gamma = {mean = 50, se = 5}", "GBP"),
        ("gamma = {mean = 50, assumed_cv = 0.2}", "GBP"),
        ("gamma = {events = 50, exposure = 10}", "rate per year"),
        ("gamma = {shape = 4, rate = 2}", "GBP"),
        ("gamma = {shape = 4, scale = 2}", "GBP"),
        ("lognormal = {median = 2, ci95 = [1, 4]}", "ratio"),
        ("lognormal = {mean = 2, se = 0.5}", "ratio"),
        ("lognormal = {meanlog = 0.5, sdlog = 0.3}", "ratio"),
        ("normal = {mean = 50, se = 5}", "GBP"),
        ("normal = {mean = 50, ci95 = [40, 60]}", "GBP"),
        ("uniform = {low = 1, high = 3}", "GBP"),
        ("triangular = {low = 1, mode = 2, high = 4}", "GBP"),
        ("pert = {low = 1, mode = 2, high = 4}", "GBP"),
        ("beta = {events = 20, n = 100}", "probability"),
        ("beta = {mean = 0.2, se = 0.05}", "probability"),
    ],
)
def test_a_mean_moves_and_the_coefficient_of_variation_stays(line, unit):
    before = load_text(SCENARIO.format(line=line, unit=unit))
    old = before.distributions["x"]
    aim = old.base * 1.1
    family = before.parameters["x"].family
    from heco.scenario.toml_writer import value

    after = load_text(
        SCENARIO.format(line=f"{family} = {value(moved(before, 'x', aim))}", unit=unit)
    )
    new = after.distributions["x"]
    assert new.base == pytest.approx(aim, rel=1e-9)
    assert new.sd / new.mean == pytest.approx(old.sd / old.mean, rel=1e-6)
    assert new.judgement == old.judgement


POSSIBLE = SCENARIO.replace("{line}", "fixed = 3\n{line}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("range = [1, 5]\npossible = [2, 9]", "[2, 9] is narrower than the range [1, 5]"),
        ("possible = [9, 2]", "the range [9, 2] must run from low to high"),
        ("range = [4, 5]\npossible = [4, 9]", "3 lies outside the range [4, 9]"),
    ],
)
def test_what_is_possible_must_hold_what_makes_sense(line, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        load_text(POSSIBLE.format(line=line, unit="GBP"))


def test_what_is_possible_counts_instead_of_the_range_but_is_not_where_questions_look():
    line = "range = [2, 4]\npossible = [0, 9]"
    parameter = load_text(POSSIBLE.format(line=line, unit="GBP")).parameters["x"]
    assert limits(parameter) == (0, 9)
    assert parameter.range == (2, 4)
    probability = load_text(POSSIBLE.replace("3", "0.3").format(
        line="possible = [-1, 2]", unit="probability")).parameters["x"]  # fmt: skip
    assert limits(probability) == (0, 1)
