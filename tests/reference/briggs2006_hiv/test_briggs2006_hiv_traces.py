"""The HIV model year by year: where patients are at the end of each cycle.

traces.csv holds the counts that heemod 1.1.0 gives for the model of Briggs, Claxton & Sculpher
(2006), Example 2.5 (its vignette i_reproduction), to 12 significant digits. Totals can agree by
luck; forty rows of four states do not.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import heco

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def outcomes():
    model = heco.compile(heco.load(HERE / "model.toml"))
    return model.evaluate(model.base(), trace=True)


@pytest.mark.parametrize("strategy", ["monotherapy", "combination"])
def test_patients_are_where_heemod_has_them_in_every_cycle(outcomes, strategy):
    with (HERE / "traces.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["strategy"] == strategy]
    published = np.array([[float(row[state]) for state in outcomes.states] for row in rows])
    trace = outcomes.trace[outcomes.index(strategy), 1:, :, 0]
    assert [int(row["cycle"]) for row in rows] == list(range(1, 21))
    np.testing.assert_allclose(trace, published, rtol=1e-11)


def test_everybody_starts_with_a_moderate_count(outcomes):
    assert outcomes.states == ("moderate", "low", "aids", "dead")
    np.testing.assert_array_equal(outcomes.trace[:, 0, :, 0], [[1, 0, 0, 0]] * 2)
