"""The model of genotyping gives what its authors' program gives, transcribed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import heco

HERE = Path(__file__).parent
MODEL = heco.load(HERE / "model.toml")
CYCLES = np.arange(1, 35)


def inputs(name):
    model = heco.compile(MODEL)
    return float(model.base().column(name)[0])


def one_drug(risk, disabled, yearly, event, utility):
    """Cost and QALYs of one of the program's runs of heemod, per person, with what it adds."""
    inflation = inputs("inflation")
    table = MODEL.parameters["p_other"].table.values
    trace = [np.array([1.0, 0, 0, 0, 0])]
    for cycle, (_, other) in zip(CYCLES, table, strict=True):
        vascular = 0.00212 * np.exp(0.0520 * cycle) * 0.0686 * np.array([0.791, 1.931, 4.398])
        matrix = np.eye(5)
        matrix[0, 1], matrix[1, 2] = risk, 0.07323
        matrix[:3, 3], matrix[:3, 4] = vascular, other
        for row in range(3):
            matrix[row, row] = 2 - matrix[row].sum()
        trace.append(trace[-1] @ matrix)
    trace = np.array(trace)
    counts = (trace[:-1] + trace[1:]) / 2
    at_start, at_end = 1.035 ** (1.0 - CYCLES), 1.035 ** (-1.0 * CYCLES)
    cost = (counts[:, :3].sum(axis=1) * yearly * at_start).sum()
    cost += ((counts[:, 0] + counts[:, 1]) * risk * event * at_end).sum()
    died = np.diff(counts[:, 3:], axis=0) @ (np.array([8767.69, 2225]) * inflation)
    cost += (died * at_end[:33]).sum()
    lived = counts[:, 0] * utility + (counts[:, 1] + counts[:, 2]) * (utility - 0.174)
    return np.array([cost, (lived * at_start).sum()])


def program(aspirin):
    inflation = inputs("inflation")

    def care(disabled, adverse, drug):
        return (1686.04 * (1 - disabled) + 5175.44 * disabled + adverse) * inflation + drug

    def event(disabled):
        return (6409.94 * (1 - disabled) + 13647.38 * disabled) * inflation

    def utility(minor, major, heart):
        return 0.61 - 0.0033 * minor - 0.1426 * major - 0.0163 * heart

    on_clop = (0.437, care(0.437, 20.10, 17.34), event(0.437), utility(0.0093, 0.0041, 0.0075))
    on_mrd = (0.451, care(0.451, 26.18, 80), event(0.451), utility(0.0087, 0.0046, 0.0063))
    on_asa = (0.451, care(0.451, 22.08, aspirin), event(0.451), utility(0.0093, 0.0054, 0.0063))
    guided, clop = one_drug(0.702 * 0.03971, *on_clop), one_drug(0.03971, *on_clop)
    other = 0.836 * one_drug(0.03971, *on_mrd) + 0.164 * one_drug(0.04201, *on_asa)
    tested = 0.738 * (0.894 * guided + 0.106 * other) + 0.262 * other
    return tested + np.array([60, 0]), 0.894 * clop + 0.106 * other


@pytest.mark.parametrize(("name", "aspirin"), [("model", 22), ("cheap_aspirin", 9.52)])
def test_model_is_the_program(name, aspirin):
    model = heco.compile(heco.load(HERE / f"{name}.toml"))
    found = model.evaluate(model.base())
    for strategy, (cost, qaly) in zip(("test", "no_test"), program(aspirin), strict=True):
        row = found.index(strategy)
        assert found.cost[row, 0] == pytest.approx(cost, rel=1e-12)
        assert found.qaly[row, 0] == pytest.approx(qaly, rel=1e-12)


def test_program_as_it_stands_charges_the_test_twice():
    tested, not_tested = program(9.52)
    assert round(tested[0] - not_tested[0]) == -518
    assert round(tested[0] + 60 - not_tested[0]) == -458
