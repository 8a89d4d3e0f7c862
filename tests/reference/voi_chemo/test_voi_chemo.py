"""The R package voi's own numbers, from its own draws.

R's random numbers are made again from the seed, so heco works on the very draws that voi's
documentation and tests print results for, and what needs no regression must agree to all digits.
EVPPI and EVSI rest on different smoothers (voi: mgcv's gam), so they must agree within 3% or two
standard errors. Sources: chjackson/voi at commit 071e702, tests/testthat/test_evpi.R, test_evppi.R
and test_evsi.R; its vignette voi.html of version 1.0.
"""

import csv
import math

import numpy as np
import pytest
from chemo_draws import WTP, draws
from click.testing import CliRunner
from r_stream import Stream

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import datum, simulate
from heco.analysis.voi.evpi import evpi
from heco.analysis.voi.evppi import evppi, sorted_blocks
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.cli import cli
from heco.scenario.schema_study import Informed

COST, EFFECT, INPUTS = draws()
NAMES = ("SoC", "Novel")
P1, P2, LOGOR = "p_side_effects_t1", "p_side_effects_t2", "logor_side_effects"


def agrees(found, published, error):
    """Return whether a number is within 3% of another, or within two standard errors."""
    return abs(found - published) <= max(0.03 * published, 2 * error)


# ---- The vignette's example: p1 ~ N(1, 1), p2 ~ N(0, 2), net benefit k p1 - p2 -------------------

_R = Stream(1)
GAIN, PRICE = _R.normal(10_000, 1, 1), _R.normal(10_000, 0, 2)
SIMPLE = Benefits([0 * PRICE, PRICE], [0 * GAIN, GAIN], [1.0, 2.0, 3.0])


def test_these_are_the_draws_of_r():
    assert Stream(1).normal(3) == pytest.approx([-0.6264538, 0.1836433, -0.8356286], abs=1e-7)
    assert Stream(42).uniform() == pytest.approx(0.914806, abs=1e-6)


def test_evpi_of_the_vignette():
    for wtp, printed in ((1, 0.47598851), (2, 0.40280031), (3, 0.41742073)):
        assert evpi(SIMPLE.cost, SIMPLE.effect, wtp)[0] == pytest.approx(printed, abs=5e-9)


@pytest.mark.parametrize(
    ("inputs", "printed"),
    [
        ([GAIN], (0.08210074, 0.17052564, 0.25895085)),
        ([PRICE], (0.39029827,)),
        ([GAIN, PRICE], (0.47598851, 0.40280031, 0.41742073)),
    ],
)
def test_evppi_of_the_vignette(inputs, printed):
    for found, value in zip(evppi(SIMPLE, inputs), printed, strict=False):
        assert found.value == pytest.approx(value, rel=0.01)
    if len(inputs) == 1 and len(printed) == 3:  # printed with B = 100: 0.007093807
        assert evppi(SIMPLE, inputs)[0].error == pytest.approx(0.0071, rel=0.2)


def test_evsi_of_the_vignette():
    data = [datum("p1", Informed(data="normal", sd=1.0), [GAIN], {})]
    made, *more = [
        simulate("s", data, (10, 100, 1000), 1, SIMPLE.pairs.T, k) for k in range(COLLECTIONS)
    ]
    found = evsi(SIMPLE, data, made, ceiling(SIMPLE, data), more)[0]
    for one, printed in zip(found, (0.07440250, 0.08106261, 0.08189925), strict=True):
        assert agrees(one.worth.value, printed, one.worth.error)
        assert one.worth.value == pytest.approx(printed, rel=0.03)
        # Exactly: incremental net benefit is N(1, n / (n + 1)) when the study has reported.
        sd = math.sqrt(one.n / (one.n + 1))
        exact = sd * math.exp(-0.5 / sd**2) / math.sqrt(2 * math.pi)
        exact -= 0.5 * math.erfc(1 / sd / math.sqrt(2))
        assert one.worth.value == pytest.approx(exact, abs=2 * one.worth.error)


# ---- The chemotherapy model ----------------------------------------------------------------------


def test_evpi_to_all_digits():
    printed = (
        550.146022178757, 1535.81127362873, 968.76194762066, 759.004292830592, 667.890283294953,
    )  # fmt: skip
    for wtp, value in zip(WTP, printed, strict=True):
        assert evpi(COST, EFFECT, wtp)[0] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("wtp", "blocks", "printed"),
    [(20_000, 40, 903.9753), (30_000, 20, 490.7624), (30_000, 40, 510.7626)],
)
def test_sorted_blocks_to_all_digits(wtp, blocks, printed):
    inmb = Benefits(COST, EFFECT, [wtp]).inmb(wtp)
    assert sorted_blocks(INPUTS[P2], inmb, blocks) == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize(
    ("names", "printed", "others"),
    [
        ((P2,), 906.03435498153, (908.807536016562, 915.8293, 905.3424)),
        ((P2, LOGOR), 1299.53526, (1316.764, 1310.356)),
    ],
)
def test_evppi(names, printed, others):
    """By gam; the others by another spline, MARS, and Sadatsafavi's method."""
    found = evppi(Benefits(COST, EFFECT, [20_000.0]), [INPUTS[name] for name in names])[0]
    assert found.value == pytest.approx(printed, rel=0.01)
    for value in others:
        assert found.value == pytest.approx(value, rel=0.02)
    assert found.doubts(10_000) == ()
    if len(names) == 1:  # of the coefficients alone, from 10 draws of them: 16.0 and 20.4
        assert 14 < found.coefficient < 23


def test_evsi_of_a_trial():
    """100 people in each of two arms, voi by regression and by importance sampling."""
    benefits = Benefits(COST, EFFECT, [20_000.0])
    data = [datum(name, Informed(data="binomial"), [INPUTS[name]], {}) for name in (P1, P2)]
    made, *more = [simulate("t", data, (100,), 1, benefits.pairs.T, k) for k in range(COLLECTIONS)]
    found = evsi(benefits, data, made, ceiling(benefits, data), more, matching=True)[0][0]
    for printed in (777.1786, 789.1255):
        assert agrees(found.worth.value, printed, found.worth.error)
    assert agrees(found.gaussian, 777.1786, found.worth.error)
    assert agrees(found.matched, 777.1786, found.worth.error)


# ---- As files, in every layout that such draws come in -------------------------------------------


def save(path, columns, rows=10_000, names=False):
    """Write columns as R's write.csv does, if asked with row names."""
    table = np.column_stack([values[:rows] for values in columns.values()])
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(([""] if names else []) + list(columns))
        for number, row in enumerate(table.tolist(), start=1):
            writer.writerow(([number] if names else []) + row)
    return str(path)


def by_name(values):
    return dict(zip(NAMES, values, strict=True))


def files(folder, layout):
    """Return the arguments that make `heco voi` read the draws in a layout."""
    cost, effect = by_name(COST), by_name(EFFECT)
    net = by_name(20_000 * EFFECT - COST)
    # R's packages write data frames and matrices; any of their columns may look like another's.
    inputs = {name: INPUTS[name] for name in (P1, P2, LOGOR, "c_hospital", "u_home_care")}
    if layout == "BCEA":  # data.frame(e = m$e, c = m$c), inputs beside it
        both = {f"e.{k}": v for k, v in effect.items()} | {f"c.{k}": v for k, v in cost.items()}
        inputs |= {"c.home": INPUTS["c_home_care"], "e.home": INPUTS["u_home_care"]}
        return [save(folder / "results.csv", both, names=True),
                save(folder / "pars.csv", inputs, names=True)]  # fmt: skip
    if layout == "voi":  # chemo_cea$c, chemo_cea$e and chemo_pars
        return [save(folder / "chemo_cea_c.csv", cost, names=True),
                save(folder / "chemo_cea_e.csv", effect, names=True),
                save(folder / "chemo_pars.csv", inputs, names=True)]  # fmt: skip
    if layout == "net benefit":
        return [save(folder / "chemo_nb.csv", net), save(folder / "chemo_pars.csv", inputs)]
    if layout == "SAVI":
        return [save(folder / "Costs.csv", {f"costs{k}": v for k, v in enumerate(COST, 1)}),
                save(folder / "Effects.csv", {f"effects{k}": v for k, v in enumerate(EFFECT, 1)}),
                save(folder / "parameters.csv", inputs)]  # fmt: skip
    if layout == "dampack":  # psa$cost, psa$effectiveness and psa$parameters of make_psa_obj
        return [save(folder / "cost.csv", cost), save(folder / "effectiveness.csv", effect),
                save(folder / "parameters.csv", inputs)]  # fmt: skip
    if layout == "mapped":
        both = {f"tc {k}": v for k, v in cost.items()} | {f"tq {k}": v for k, v in effect.items()}
        return [save(folder / "psa.csv", both | inputs), "--map", "cost=tc (.+)", "--map",
                "effect=tq (.+)", "--map", f"param={P1},{P2},{LOGOR}"]  # fmt: skip
    return [save(folder / "one.csv", cost), save(folder / "two.csv", effect),
            save(folder / "three.csv", inputs), "--map", "cost=@one.csv", "--map",
            "effect=@two.csv", "--map", "param=@three.csv"]  # fmt: skip


@pytest.mark.parametrize(
    "layout", ["BCEA", "voi", "net benefit", "SAVI", "dampack", "mapped", "pointed"]
)
def test_heco_voi_reads_every_layout(tmp_path, layout):
    out = tmp_path / "out"
    done = CliRunner().invoke(
        cli,
        ["voi", *files(tmp_path, layout), "-o", str(out), "--wtp", "20000", "--parameter", P2,
         "--group", f"trial={P2},{LOGOR}", "--currency", "GBP", "--quiet"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    with (out / "results.csv").open(encoding="utf-8") as stream:
        value = {(row["quantity"], row["subject"]): row for row in csv.DictReader(stream)}
    assert float(value["evpi", ""]["value"]) == pytest.approx(1535.81127362873, rel=1e-9)
    for subject, printed in ((P2, 906.03435498153), ("trial", 1299.53526)):
        row = value["evppi", subject]
        assert float(row["value"]) == pytest.approx(printed, rel=0.01)
        assert float(row["lower"]) < printed < float(row["upper"])


def test_net_benefits_need_their_willingness_to_pay(tmp_path):
    given = files(tmp_path, "net benefit")
    for wtp in ([], ["--wtp", "20000", "--wtp", "30000"]):
        done = CliRunner().invoke(cli, ["voi", *given, "-o", str(tmp_path / "out"), *wtp])
        assert done.exit_code == 2
        assert "net benefits" in done.stderr
    done = CliRunner().invoke(cli, ["psa", *given, "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "costs and effects are needed" in done.stderr
    assert not (tmp_path / "out").exists()
