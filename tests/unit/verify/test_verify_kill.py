"""Where does a check truly test? In every mistake of the list one check must see it.

A check that cannot fail is worthless: each of V1 to V35 has a mistake of its own here, and none
fails where nothing is broken.
"""

from __future__ import annotations

import pytest
from verify_breakages import KILLS, RATES, SCENARIO

import heco
from heco.model.weights import all_weights
from heco.verify import CHECKS, verify

BY_NAME = {check.name: check for check in CHECKS}


@pytest.fixture
def patch(monkeypatch):
    # Weights are remembered between models: neither may a broken engine find sound ones, nor leave
    # its own behind.
    monkeypatch.callbacks = [all_weights.cache_clear]
    all_weights.cache_clear()
    yield monkeypatch
    for undo in monkeypatch.callbacks:
        undo()


@pytest.mark.parametrize("text", [SCENARIO, RATES], ids=["exponential", "competing"])
def test_nothing_fails_where_nothing_is_broken(text):
    certificate = verify(heco.load_text(text), draws=500)
    assert [(check.name, verdict) for check, verdict in certificate.failed] == []


def test_every_check_is_tried_on_one_of_the_two():
    tried = set()
    for text in (SCENARIO, RATES):
        verdicts = verify(heco.load_text(text), draws=500).verdicts
        tried |= {check.name for check, verdict in verdicts if verdict.status == "pass"}
    assert tried == set(BY_NAME)


@pytest.mark.parametrize("broken", KILLS, ids=lambda broken: broken.__name__)
def test_a_mistake_is_found_by_the_check_that_claims_it(broken, patch):
    name, text = KILLS[broken]
    scenario = heco.load_text(text)
    broken(patch)
    (found,) = verify(scenario, checks=[BY_NAME[name]], draws=500).verdicts
    assert found[1].status == "fail", found[1]
    assert found[1].size is not None
    assert found[1].where


def test_every_check_has_a_mistake_that_it_finds():
    assert {name for name, _ in KILLS.values()} == set(BY_NAME)
