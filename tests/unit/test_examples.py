"""The examples that are shipped beside the case run, and one of them is done again by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import heco

EXAMPLES = Path(__file__).parents[2] / "scenarios" / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_runs(path):
    result = heco.run(path, draws=20)
    assert result["answer"].headline
    assert not result.scenario.warnings


@pytest.mark.parametrize("treated", [0, 1])
def test_partitioned_survival_is_the_area_under_its_curves(treated):
    model = heco.compile(EXAMPLES / "partitioned-survival.toml")
    found = model.evaluate(model.base()).qaly[treated, 0]
    t = np.arange(181) / 12
    alive = np.exp(-((t / 1.6) ** 1.2)) ** (0.72 if treated else 1)
    stable = np.minimum(alive, np.exp(-((t / 0.7) ** 1.1)) ** (0.55 if treated else 1))
    now = (0.78 * stable + 0.62 * (alive - stable)) * 1.015**-t
    by_hand = ((now[1:] + now[:-1]) / 2).sum() / 12
    assert found == pytest.approx(by_hand, rel=1e-12)
