"""Who is where, cycle by cycle and tunnel by tunnel, as the R package twig prints it.

The trace of twig 0.0.1.0, vignette M2 (hjalal/twig,
docs/articles/M2_twig_advanced_markov_tutorial.html): healthy, sick for one to five cycles, sicker,
dead, at the start of each of five cycles. heco's own trace adds the tunnels up; tunnel by tunnel,
those who have been sick for n cycles are counted as a value that only they have.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import heco

HERE = Path(__file__).parent
TEXT = (HERE / "model.toml").read_text(encoding="utf-8")

PRINTED = {
    "soc": [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [0.8598357, 0.1391509, 0, 0, 0, 0, 0, 0.001013486],
        [0.7939162, 0.1196487, 0.07578761, 0, 0, 0, 0.008359086, 0.002288444],
        [0.7592510, 0.1104679, 0.06515199, 0.04063795, 0, 0, 0.020638371, 0.003852790],
        [0.7375972, 0.1056427, 0.06014976, 0.03493326, 0.02164591, 0, 0.034426300, 0.005604840],
    ],
    "b": [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [0.8598357, 0.1391509, 0, 0, 0, 0, 0, 0.001013486],
        [0.7939162, 0.1196487, 0.07906904, 0, 0, 0, 0.005077653, 0.002288444],
        [0.7605380, 0.1104679, 0.06797292, 0.04451414, 0, 0, 0.012678655, 0.003828382],
        [0.7413303, 0.1058218, 0.06275411, 0.03826531, 0.02496218, 0, 0.021348758, 0.005517580],
    ],
}


@pytest.fixture(scope="module")
def outcomes():
    model = heco.compile(heco.load(HERE / "model.toml"))
    return model.evaluate(model.base(), trace=True)


@pytest.mark.parametrize("strategy", PRINTED)
def test_people_are_where_twig_has_them(outcomes, strategy):
    rows = np.array(PRINTED[strategy])
    printed = np.c_[rows[:, 0], rows[:, 1:6].sum(axis=1), rows[:, 6], rows[:, 7]]
    order = [outcomes.states.index(name) for name in ("healthy", "sick", "sicker", "dead")]
    trace = outcomes.trace[outcomes.index(strategy)][:5, order, 0]
    np.testing.assert_allclose(trace, printed, atol=1e-7)


@pytest.mark.parametrize("tunnel", [1, 2, 3, 4])
@pytest.mark.parametrize("strategy", PRINTED)
def test_people_have_been_sick_as_long_as_twig_has_them(strategy, tunnel):
    counting = f'utility = "where(state_cycle == {tunnel} and cycle == {{cycle}}, 1, 0)"'
    was = 'utility = "where(on_a, u_sick_a, u_sick)"'
    for cycle, row in enumerate(PRINTED[strategy], start=1):
        text = TEXT.replace(was, counting.format(cycle=cycle))
        text = text.replace("utility = 1,", "utility = 0, alive = true,").replace(
            "utility = 0.5", "utility = 0"
        )
        text = text.replace(', qaly = "-q_onset"', "")
        model = heco.compile(heco.load_text(text))
        found = model.evaluate(model.base())
        assert found.qaly[found.index(strategy), 0] == pytest.approx(row[tunnel], abs=5.1e-8)


def test_the_printed_cost_has_the_dead_die_again(outcomes):
    dead = outcomes.trace[:, :5, outcomes.states.index("dead"), 0].sum(axis=1)
    printed = np.array([12963.21, 23002.89, 23498.72, 33479.50])
    # What remains is the row of the life table: below a dollar.
    assert np.abs(outcomes.cost[:, 0] + 2_000 * dead - printed).max() < 1
