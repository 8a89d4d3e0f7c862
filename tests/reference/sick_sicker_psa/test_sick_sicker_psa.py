"""dampack's own results on its Sick-Sicker draws, from the same draws read from file.

Alarid-Escudero et al. 2023, Medical Decision Making 43:3: 1,000 draws, four strategies.

dampack finds the best strategy of a draw with R's `max.col`, which takes strategies within 1e-5 of
the largest net benefit as equal and picks one of them at random. So where a draw holds such a near
tie its probabilities may be off by that draw, and its EVPI and expected losses low by the gap; this
is worked out here draw by draw. At thresholds without near ties everything is met to all digits.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from heco.analysis.curves import curves, switch_points
from heco.analysis.frontier import incremental
from heco.psa_file import read

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
PSA = read([HERE / "psa_outputs.csv.gz", HERE / "psa_inputs.csv.gz"])
WTP = sorted({row["WTP"] for row in EXPECTED["ceac"]})
CURVES = curves(PSA.cost, PSA.effect, WTP)


def table(name, column):
    """Return the expected numbers, shape (strategy, threshold)."""
    found = {(row["Strategy"], row["WTP"]): row[column] for row in EXPECTED[name]}
    return np.array([[found[name, wtp] for wtp in WTP] for name in PSA.strategies])


def test_the_files_are_read_by_name():
    assert PSA.strategies == ("SoC", "A", "B", "AB")
    assert PSA.n == EXPECTED["draws"]
    assert len(PSA.parameters) == 18
    assert PSA.parameters["r_HD"].mean() == pytest.approx(0.002, rel=0.05)
    assert PSA.layout == "dampack"


def test_means_and_standard_deviations():
    for row in EXPECTED["means"]:
        i = PSA.strategies.index(row["Strategy"])
        found = [PSA.cost[i].mean(), PSA.effect[i].mean()]
        found += [PSA.cost[i].std(ddof=1), PSA.effect[i].std(ddof=1)]
        exact = [row[key] for key in ("meanCost", "meanEffect", "sdCost", "sdEffect")]
        assert found == pytest.approx(exact, rel=1e-12)


def test_icers():
    places = incremental(PSA.cost.mean(axis=1), PSA.effect.mean(axis=1))
    for row in EXPECTED["icers"]:
        place = places[PSA.strategies.index(row["Strategy"])]
        assert place.status == {"ND": "frontier", "D": "dominated"}[row["Status"]]
        if row["ICER"] is not None:
            assert place.icer == pytest.approx(row["ICER"], rel=1e-10)


def near_ties():
    """Return which strategies `max.col` may pick, shape (threshold, strategy, draw), and gaps."""
    benefit = np.array(WTP)[:, None, None] * PSA.effect - PSA.cost
    top = benefit.max(axis=1, keepdims=True)
    near = benefit >= top - 1e-5 * np.abs(benefit).max(axis=1, keepdims=True)
    return near, np.where(near, top - benefit, 0.0).max(axis=1).mean(axis=1)


NEAR, GAP = near_ties()
CLEAR = (NEAR.sum(axis=1) == 1).all(axis=1)


def test_two_thirds_of_the_thresholds_have_no_near_ties():
    assert CLEAR.sum() == 28


def test_ceac():
    exact = table("ceac", "Proportion")
    assert CURVES.ceac[:, CLEAR] == pytest.approx(exact[:, CLEAR], abs=1e-12)
    alone = (NEAR & (NEAR.sum(axis=1, keepdims=True) == 1)).mean(axis=2).T
    for found in (exact, CURVES.ceac):
        assert (alone - 1e-12 <= found).all()
        assert (found <= NEAR.mean(axis=2).T + 1e-12).all()
    assert CURVES.ceac == pytest.approx(exact, abs=0.0011)


def test_ceaf():
    """dampack marks the strategy with the highest mean net benefit as on the frontier."""
    on = table("ceac", "On_Frontier").astype(bool)
    assert (on.sum(axis=0) == 1).all()
    assert (on.argmax(axis=0) == CURVES.best).all()
    exact = table("ceac", "Proportion").T[on.T]
    assert CURVES.ceaf[CLEAR] == pytest.approx(exact[CLEAR], abs=1e-12)
    assert CURVES.ceaf == pytest.approx(exact, abs=0.0011)


def test_expected_loss():
    exact = table("exp_loss", "Expected_Loss")
    assert CURVES.loss[:, CLEAR] == pytest.approx(exact[:, CLEAR], rel=1e-9, abs=1e-7)
    assert (exact <= CURVES.loss + 1e-7).all()  # picking not quite the best can only lose
    assert (exact >= CURVES.loss - GAP - 1e-7).all()
    assert CURVES.loss == pytest.approx(exact, rel=5e-5, abs=1e-6)


def test_evpi():
    rows = {row["WTP"]: row["EVPI"] for row in EXPECTED["evpi"]}
    exact = np.array([rows[wtp] for wtp in WTP])
    assert CURVES.evpi[CLEAR] == pytest.approx(exact[CLEAR], rel=1e-9, abs=1e-7)
    assert (exact <= CURVES.evpi + 1e-7).all()
    assert (exact >= CURVES.evpi - GAP - 1e-7).all()
    # In units of net benefit, which is where the tolerance of max.col is: 1e-6 and better.
    assert (np.abs(CURVES.evpi - exact) <= 1e-6 * np.abs(CURVES.nmb).max(axis=0)).all()


def test_the_best_strategy_changes_at_the_icers():
    found = switch_points(PSA.cost.mean(axis=1), PSA.effect.mean(axis=1))
    names = [(PSA.strategies[s.before], PSA.strategies[s.after]) for s in found]
    assert names == [("SoC", "B"), ("B", "AB")]
    icers = [row["ICER"] for row in EXPECTED["icers"] if row["ICER"] is not None]
    assert [switch.wtp for switch in found] == pytest.approx(icers, rel=1e-10)
