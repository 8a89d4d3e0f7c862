"""What heco and the paper on knees print differ by no more than the paper's inputs are rounded."""

from __future__ import annotations

from pathlib import Path

import pytest

import heco

HERE = Path(__file__).parent

# Probabilities are printed to five decimals, the effect of computer assistance in per cent.
HALF_A_DIGIT = {"p_minor": 5e-6, "p_serious": 5e-6, "p_complex": 5e-6, "effect": 5e-3}


@pytest.fixture(scope="module")
def models():
    return {
        name: heco.compile(heco.load(HERE / f"{name}.toml")) for name in ("events", "as_printed")
    }


def found(models, strategy, what, shift):
    model = models["as_printed" if what in ("cost", "qaly") else "events"]
    draws = model.base()
    draws = draws.replace({name: draws.column(name) + value for name, value in shift.items()})
    outcomes = model.evaluate(draws)
    row = outcomes.index(strategy)
    if what in ("cost", "qaly"):
        return float(getattr(outcomes, what)[row, 0])
    return 100 * float(outcomes.spend_by[what][row, 0])


@pytest.mark.parametrize(
    ("strategy", "what", "printed", "half", "up", "down"),
    [
        ("conventional", "minor", 135.87, 5e-3, ["p_minor"], ["p_serious"]),
        ("assisted", "serious", 58.14, 5e-3, ["p_serious"], ["effect"]),
        ("assisted", "minor", 136.52, 5e-3, ["p_minor"], ["p_serious"]),
        ("assisted", "complex", 3.56, 5e-3, ["p_serious", "p_complex"], ["effect"]),
        ("conventional", "cost", 7791.2889, 5e-5, ["p_serious"], []),
        ("assisted", "cost", 7208.6714, 5e-5, [], ["effect"]),
        ("assisted", "qaly", 5.5412, 5e-5, ["effect"], []),
    ],
)
def test_the_paper_s_number_lies_within_the_rounding(
    models, strategy, what, printed, half, up, down
):
    away = {name: HALF_A_DIGIT[name] for name in up} | {name: -HALF_A_DIGIT[name] for name in down}
    back = {name: -value for name, value in away.items()}
    reached = [found(models, strategy, what, shift) for shift in (away, {}, back)]
    assert abs(reached[1] - printed) > half
    assert min(reached) - half <= printed <= max(reached) + half
