"""``heco.run`` and ``heco.compile`` take a scenario, or the path of one."""

from pathlib import Path

import numpy as np

import heco

FILE = Path(__file__).parents[1] / "reference" / "heemod_introduction" / "model.toml"


def test_a_path_will_do():
    by_path, by_text = heco.run(FILE), heco.run(str(FILE), draws=0)
    loaded = heco.run(heco.load(FILE))
    assert by_path.results[0].headline == by_text.results[0].headline
    assert by_path.results[0].headline == loaded.results[0].headline


def test_a_model_of_a_path():
    model = heco.compile(FILE)
    assert np.isclose(model.evaluate(model.base()).cost[0, 0], 9317.536, atol=5e-4)
