"""What published figures imply: closed forms, several roots, and the first case."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from small_models import context_of, run, scenario, table

import heco
from heco.analysis import prepared, reconcile, run_scenario
from heco.analysis.implied import common, inside
from heco.analysis.reconcile import Limit
from heco.analysis.reconcile_words import span
from heco.analysis.roots import NotDefined
from heco.analysis.rowwise import rowwise
from heco.cli import cli

SCENARIOS = Path(__file__).parents[3] / "scenarios"
OPTIONS = {"old": ("100", "1"), "new": ("100 + 50 * x ^ 2", "1 + 0.01 * y")}
INPUTS = {
    "x": 'fixed = 0.5\nunit = "number"',
    "y": 'beta = {mean = 0.5, se = 0.1}\nunit = "number"',
}


def published(quantity="incremental_cost", printed="50", more=""):
    return (
        f'[published.one]\nquantity = "{quantity}"\nstrategy = "new"\ncomparator = "old"\n'
        f'printed = "{printed}"\nsource = "invented"\n{more}'
    )


def answered(rest):
    made = scenario(OPTIONS, INPUTS, rest=rest)
    known = run_scenario(made, draws=0).quantities
    known = [q for q in known if q.basis != "published"]
    return reconcile.run(prepared(made, 0, None, 1, lambda what: None), known)


FREE = "[analysis.reconcile]\nfree = {x = {low = -3, high = 3}, y = {low = 0, high = 1}}\n"


def joint(result, parameter="x", reading=""):
    names = [column.name for column in result.tables[1].columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.tables[1].rows]
    return [r for r in rows if r["parameter"] == parameter and r["reading"] == reading]


def test_every_root_is_found_as_a_range():
    """50 x^2 rounds to 50 between 49.5 and 50.5, on both sides of 0."""
    rows = joint(answered(published() + FREE))
    low, high = math.sqrt(0.99), math.sqrt(1.01)
    found = [(r["implied_low"], r["implied_high"]) for r in rows]
    assert found == [pytest.approx((-high, -low)), pytest.approx((low, high))]
    assert {r["status"] for r in rows} == {"implied"}


def test_the_range_comes_from_the_rounding():
    coarse = joint(answered(published(printed="5e1") + FREE))[1]
    fine = joint(answered(published(printed="50.00") + FREE))[1]
    assert coarse["implied_low"] == pytest.approx(math.sqrt(0.9))
    assert fine["implied_high"] == pytest.approx(math.sqrt(1.0001))


def test_an_input_that_moves_nothing_and_one_that_never_reaches():
    result = answered(published(printed="900") + FREE)
    assert [r["status"] for r in joint(result)] == ["no value makes all of them agree"]
    assert [r["status"] for r in joint(result, "y")] == ["moves no figure"]
    assert "no value between −3 and 3 makes the figure agree" in " ".join(result.headline)


def test_values_are_never_a_single_guess():
    result = answered(published() + FREE)
    assert result.quantities
    for quantity in result.quantities:
        assert quantity.value is None
        assert quantity.lower < quantity.upper
    assert "implied" in " ".join(result.headline)


def test_figures_must_agree_together():
    two = published() + published("incremental_qaly", "0.005").replace(".one", ".two")
    result = answered(two + FREE)
    assert [r["figures"] for r in joint(result)] == ["one", "one"]
    assert joint(result, "y")[0]["implied_low"] == pytest.approx(0.45)
    both = published() + published("icer", "10_000".replace("_", "")).replace(".one", ".two")
    assert joint(answered(both + FREE))[0]["status"] == "implied"


@pytest.mark.parametrize(
    ("most", "reach"),
    [("0.2", "out of reach"), ("1.2", "supported"), ("y * 1.9", "within the 95% limits only")],
)
def test_evidence_is_held_against_what_is_implied(most, reach):
    words = FREE.replace("low = -3", "low = 0")
    words += f'[analysis.reconcile.supported.x]\nlabel = "Trials"\nmost = "{most}"\n'
    assert joint(answered(published() + words))[0]["reach"] == reach


def test_least_and_most_close_in_on_both_sides():
    limit = Limit("", (0.2, 0.1, 0.3), (0.4, 0.3, 0.5))
    assert limit.reach(((0.0, 0.05),)) == "out of reach"
    assert limit.reach(((0.0, 0.15),)) == "within the 95% limits only"
    assert limit.reach(((0.0, 0.05), (0.3, 0.35))) == "supported"


def test_inside_takes_the_ends_of_the_range_and_gaps():
    x = np.linspace(0, 10, 101)
    assert inside(x, x, (0.0, 1.0), float) == (pytest.approx((0.0, 1.0)),)
    assert inside(x, x * 0, (0.0, 1.0), lambda v: 0.0) == ((0.0, 10.0),)

    def hole(value: float) -> float:
        if value < 4:
            raise NotDefined
        return value

    y = np.where(x < 4, np.nan, x)
    assert inside(x, y, (5.0, 0.5), hole) == (pytest.approx((4.5, 5.5)),)


def test_common_values():
    assert common([]) == ()
    assert common([((0.0, 1.0),), ((2.0, 3.0),)]) == ()


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.3839, 0.397, "0.384 to 0.397"), (12.0, 15.0, "12.0 to 15.0"), (-1.5, 1.5, "−1.50 to 1.50")],
)
def test_ranges_have_the_digits_that_tell_their_ends_apart(low, high, said):
    assert span(low, high).replace("-", "−") == said


@pytest.mark.parametrize("name", ["first", "targeted"])
def test_row_by_row_is_what_the_analyses_say(name):
    """Every number that a search can ask for is the number of results.csv."""
    made = heco.load(SCENARIOS / f"{name}.toml")
    only = ("required_gain", "base_case", "totals", "pathway", "budget")
    known = run_scenario(made, draws=0, only=only).quantities
    context = prepared(made, 0, None, 1, lambda what: None)
    asked = 0
    for quantity in known:
        if quantity.basis == "published" or quantity.value is None:
            continue
        found = rowwise(context, context.base, quantity)
        if found is not None:
            asked += 1
            assert found[0] == pytest.approx(quantity.value, rel=1e-9, abs=1e-12), quantity
    assert asked > 20


# ---- The first case ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_case():
    made = heco.load(SCENARIOS / "targeted.toml")
    only = ("required_gain", "base_case", "totals", "pathway", "budget")
    known = run_scenario(made, draws=0, only=only).quantities
    return reconcile.run(prepared(made, 0, None, 1, lambda what: None), known)


@pytest.mark.parametrize(
    ("reading", "low", "high"), [("", 0.384, 0.397), ("universal", 0.530, 0.548)]
)
def test_the_response_that_the_published_range_implies(first_case, reading, low, high):
    (row,) = joint(first_case, "p_response", reading)
    assert (round(row["implied_low"], 3), round(row["implied_high"], 3)) == (low, high)


def test_by_hand(first_case):
    """2,342 over 6,100 and 5,900: the windows of 0.30 and 0.20 at both thresholds."""
    (row,) = joint(first_case, "p_response")
    assert row["implied_low"] == pytest.approx(2342 / 6100, rel=1e-4)
    assert row["implied_high"] == pytest.approx(2342 / 5900, rel=1e-4)


def test_no_risk_difference_that_the_trials_support_reaches_either(first_case):
    for reading in ("", "universal"):
        (row,) = joint(first_case, "p_response", reading)
        most = (1 - math.sqrt(0.54)) / (1 + math.sqrt(0.54))
        assert row["supported_high"] == pytest.approx(most)
        assert row["supported_high95"] < row["implied_low"]
        assert row["reach"] == "out of reach"
    assert any("it reaches none of these values" in said for said in first_case.headline)


@pytest.mark.parametrize("parameter", ["births", "uptake", "p_poor"])
def test_the_budget_is_that_of_134_cases(first_case, parameter):
    (row,) = joint(first_case, parameter)
    assert row["cases_low"] == pytest.approx(134, abs=0.07)
    assert row["cases_high"] == pytest.approx(134, abs=0.07)


def test_what_agrees_and_what_does_not(first_case):
    assert first_case.headline[0] == "5 of 6 published figures agree to the printed digits."
    assert first_case.data["disagreeing"] == ("annual_cost",)


# ---- The command ---------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path, monkeypatch):
    from small_models import words

    def write(printed):
        text = words(OPTIONS, INPUTS, rest=published(printed=printed) + FREE)
        (tmp_path / "small.toml").write_text(text, encoding="utf-8")
        return "small.toml"

    monkeypatch.chdir(tmp_path)
    return write


def command(*arguments):
    return CliRunner().invoke(cli, ["reconcile", *arguments])


@pytest.mark.parametrize(("printed", "code"), [("14", 1), ("50", 1), ("12.5", 0)])
def test_strict_ends_with_1_where_something_disagrees(small, printed, code):
    path = small(printed)
    assert command(path, "--quiet").exit_code == 0
    strict = command(path, "--strict", "--quiet")
    assert (strict.exit_code, strict.output) == (code, "")


def test_it_says_what_is_implied_and_writes_a_report(small):
    result = command(small("50"))
    assert result.exit_code == 0, result.output
    assert "0 of 1 published figure agree" in result.stdout
    assert "implied" in result.stdout
    page = Path("outputs/small-reconcile/report.html").read_text(encoding="utf-8")
    assert '<section id="reconcile">' in page
    document = json.loads(command("small.toml", "--json").stdout)
    assert {q["quantity"] for q in document["results"][0]["quantities"]} == {"implied"}


def test_without_published_figures_there_is_nothing_to_reconcile(tmp_path):
    from small_models import words

    (tmp_path / "none.toml").write_text(words(OPTIONS, INPUTS))
    result = command(str(tmp_path / "none.toml"), "-o", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "no published figure" in result.stderr


def test_a_run_leaves_it_to_the_command():
    assert "reconcile" not in run(OPTIONS, INPUTS, rest=published() + FREE)
    assert context_of(scenario(OPTIONS, INPUTS)).scenario.analysis.reconcile is None
    assert table(run(OPTIONS, INPUTS, rest=published() + FREE), "published")
