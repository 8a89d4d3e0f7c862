"""What checks say where they do not apply, cut short or stumble; and the single pieces of them."""

from __future__ import annotations

import dataclasses

import pytest
from verify_breakages import RATES, SCENARIO

import heco
from heco.report.sections.verification import tiny
from heco.verify import CHECKS, certificate, verify
from heco.verify import bench as benches
from heco.verify.check import FAIL, PASS, SKIP, STUMBLED, Check, Probe, Verdict, perform
from heco.verify.finding import ratios

BY_NAME = {check.name: check for check in CHECKS}


def verdict(text, name, draws=0):
    ((_, found),) = verify(heco.load_text(text), checks=[BY_NAME[name]], draws=draws).verdicts
    return found


TREE = """
[decision]
comparator = "a"
wtp = 20_000
[tree.start]
good = {p = 0.4, cost = 100, qaly = 1}
bad = {p = "rest", cost = 50, qaly = 0.2, at = "2 years"}
[tree.other]
good = {p = 0.5, cost = 200, qaly = 1}
bad = {p = "rest", qaly = 0.2, at = "2 years"}
[strategies]
a = {label = "A", enters = "start"}
b = {label = "B", enters = "other"}
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("V2", "tree alone"),
        ("V5", "tree alone"),
        ("V17", "no ratio of effect"),
        ("V18", "called uptake"),
        ("V19", "called sensitivity"),
        ("V25", "no parameter is uncertain"),
        ("V31", "no threshold"),
        ("V33", "not asked for"),
    ],
)
def test_what_does_not_occur_is_not_called_a_pass(name, reason):
    found = verdict(TREE, name)
    assert found.status == SKIP
    assert reason in found.reason


def test_totals_are_not_called_a_tree():
    text = '[strategies]\na = {label = "A", one_off = [{cost = 1, qaly = 1}]}\n'
    assert verdict(text, "V2").reason == "there are no states"


@pytest.mark.parametrize(
    "name", ["V1", "V7", "V9", "V11", "V12", "V13", "V15", "V16", "V34", "V35"]
)
def test_a_tree_alone_is_tried_as_far_as_it_goes(name):
    assert verdict(TREE, name).status == PASS


def test_one_strategy_is_compared_with_nothing():
    text = TREE.replace('comparator = "a"\n', "").replace('b = {label = "B", enters = "other"}', "")
    for name in ("V12", "V14", "V15", "V16", "V30"):
        assert verdict(text, name).reason == "there is one strategy only"
    assert verdict(text, "V11").status == PASS


def test_a_probability_of_a_cycle_cannot_be_halved():
    text = RATES.replace(', dead = {rate = 0.01}}', ', dead = 0.01}').replace(
        "ill = {rate = 0.03}", "ill = 0.03")  # fmt: skip
    assert "probability for this length of cycle" in verdict(text, "V21").reason


def test_the_exact_integral_is_met_where_rates_are_constant():
    found = verdict(SCENARIO, "V24")
    assert found.status == PASS
    assert 0.0 < found.size < 1e-4


def test_ratios_are_known_by_unit_and_by_use():
    text = RATES.replace('unit = "hazard ratio"', 'unit = ""')
    assert ratios(heco.load_text(RATES)) == ["hr"]
    assert ratios(heco.load_text(text)) == ["hr"]


def test_a_large_model_is_cut_short_and_says_so(monkeypatch):
    monkeypatch.setattr(benches, "LARGEST", 100)
    found = verify(heco.load_text(RATES), draws=0)
    assert found.failed == []
    assert found.cycles is not None
    assert found.cycles[0] < found.cycles[1] == 20
    said = certificate(found).headline[-1]
    assert said == f"The first {found.cycles[0]} of 20 cycles were looked at: the model is large."


def test_the_reference_is_cut_short_where_it_would_take_long(monkeypatch):
    monkeypatch.setattr(benches, "PATIENCE", 60)
    found = verdict(RATES, "V35")
    assert found.status == PASS
    assert "of 20 cycles" in found.reason


def test_a_check_that_stumbles_is_no_pass():
    def stumbles(bench):
        raise KeyError("oops")

    check = dataclasses.replace(BY_NAME["V1"], run=stumbles)
    found = perform(check, benches.Bench(heco.load_text(TREE), 0))
    assert found == Verdict(SKIP, reason=f"{STUMBLED} (KeyError: 'oops')")


def test_no_check_stumbles_on_the_examples():
    for text in (TREE, SCENARIO, RATES):
        for _, found in verify(heco.load_text(text), draws=200).verdicts:
            assert STUMBLED not in found.reason


def test_a_number_that_is_none_is_an_endless_misfit():
    probe = Probe()
    probe.near(float("nan"), 1.0, "here")
    found = probe.verdict()
    assert (found.status, found.size, found.where) == (FAIL, float("inf"), "here")


def test_an_endless_misfit_can_be_written_down(tmp_path):
    from heco.verify.certify import Certificate
    from heco.verify.publish import document, publish

    scenario = heco.load_text(TREE)
    endless = Verdict(FAIL, float("inf"), "here")
    check: Check = BY_NAME["V1"]
    found = Certificate(scenario, ((check, endless),), 0, 1)
    publish(found, tmp_path / "out")
    assert "without limit" in (tmp_path / "out" / "verification.html").read_text(encoding="utf-8")
    assert document(found)["checks"][0]["size"] is None


def test_nothing_to_compare_is_not_applicable():
    assert Probe().verdict() == Verdict(SKIP, reason="there was nothing to compare")


@pytest.mark.parametrize(
    ("value", "shown"), [(1.2e-15, "1 × 10⁻¹⁵"), (0.25, "0.25"), (4.0, "4"), (1e-4, "0.0001")]
)
def test_small_numbers_are_read_in_powers_of_ten(value, shown):
    assert tiny(value) == shown
