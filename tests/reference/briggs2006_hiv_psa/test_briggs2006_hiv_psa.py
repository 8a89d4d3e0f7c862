"""The probabilistic HIV model of Briggs et al. 2006 against the draws in the book's workbook."""

import math
import tomllib
from pathlib import Path

import pytest

import heco
from heco.analysis.curves import curves

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))["expect"]
DRAWS = 20_000
MODEL = heco.compile(heco.load(HERE / "model.toml"))
OUTCOMES = MODEL.evaluate(MODEL.sample(DRAWS, 1))


def values(row):
    table = getattr(OUTCOMES, row["quantity"])
    found = table[OUTCOMES.index(row["strategy"])]
    return found - table[OUTCOMES.index(row["comparator"])] if "comparator" in row else found


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda row: "-".join(str(row.get(k, "")) for k in list(row)[:3])
)
def test_means_within_four_standard_errors(row):
    found, sd = values(row), float(row["sd"])
    error = sd * math.sqrt(1 / row["draws"] + 1 / DRAWS)
    assert found.mean() == pytest.approx(float(row["mean"]), abs=4 * error)


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda row: "-".join(str(row.get(k, "")) for k in list(row)[:3])
)
def test_standard_deviations(row):
    """Of a skewed cost the standard deviation of 1,000 draws is known to about 5%."""
    assert values(row).std(ddof=1) == pytest.approx(float(row["sd"]), rel=0.1)


def test_the_ratio_of_means():
    """£6,310 per life year in the workbook's 1,000 draws, whose standard error is about £110."""
    cost, gained = (
        values({"quantity": q, "strategy": "combination", "comparator": "mono"}).mean()
        for q in ("cost", "life_years")
    )
    assert cost / gained == pytest.approx(6310, abs=4 * 110)


def test_every_draw_is_in_its_domain():
    assert OUTCOMES.valid.all()


def test_at_thirty_thousand_the_combination_is_nearly_always_worth_it():
    made = curves(OUTCOMES.cost, OUTCOMES.life_years, [0.0, 6_310.0, 30_000.0])
    assert made.ceac[1, 0] == pytest.approx(0.0, abs=0.001)
    assert 0.4 < made.ceac[1, 1] < 0.65
    assert made.ceac[1, 2] > 0.99
