"""Every modelling error can be made, is claimed by a test, and is caught by all that claim it."""

from __future__ import annotations

import harness
import pytest

OPERATORS = harness.operators()
CLAIMS = harness.claims()


def test_every_class_of_error_is_claimed_and_every_claim_is_of_a_class():
    assert set(CLAIMS) == set(OPERATORS)
    assert len(OPERATORS) >= 31


@pytest.mark.parametrize("name", OPERATORS)
def test_the_text_to_change_is_there_once(name):
    operator = OPERATORS[name]
    text = (harness.ROOT / operator.file).read_text(encoding="utf-8")
    assert text.count(operator.old) == 1
    assert operator.new != operator.old


def test_the_table_of_the_docs_names_every_error_and_who_catches_it():
    page = harness.PAGE.read_text(encoding="utf-8")
    caught = [
        harness.Outcome(operator, tuple(CLAIMS[name]), tuple(CLAIMS[name]), "")
        for name, operator in OPERATORS.items()
    ]
    assert page == harness.page(caught)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATORS)
def test_the_error_is_caught(name):
    outcome = harness.attempt(OPERATORS[name], CLAIMS[name])
    assert outcome.killed, outcome.said


def test_an_error_that_nobody_catches_is_reported():
    harmless = harness.Operator(
        "harmless", "nothing", "heco/version.py", "__version__ =", "__version__ = "
    )
    outcome = harness.attempt(harmless, CLAIMS["maximum-inside"])
    assert not outcome.killed
    assert "**not caught**" in harness.page([outcome])
