"""Headers: whatever the strategies are called and however the columns are ordered."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.errors import ScenarioError
from heco.psa_file import read
from heco.psa_layouts import (
    index_column,
    long_layout,
    mapped_layout,
    parse_map,
    unpaired,
    wide_layout,
)

NAMES = st.lists(
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool),
    min_size=2,
    max_size=5,
    unique=True,
)


@given(NAMES, st.randoms())
def test_any_names_in_any_order(names, random):
    columns = [f"{kind}:{name}" for name in names for kind in ("cost", "qaly")] + ["param:x"]
    random.shuffle(columns)
    found = wide_layout(columns)
    assert found.layout == "heco"
    assert found.cost == {name: f"cost:{name}" for name in names}
    assert found.effect == {name: f"qaly:{name}" for name in names}
    assert found.parameters == {"x": "param:x"}
    assert unpaired(found.cost, found.effect, "heco") == []


@settings(max_examples=25, deadline=None)
@given(NAMES)
def test_names_with_commas_and_quotes_survive_the_file(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("names") / "psa.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([f"{kind}:{name}" for name in names for kind in ("cost", "qaly")])
        for row in range(3):
            writer.writerow([row * 100 + k for k in range(2 * len(names))])
    made = read(path)
    assert made.strategies == tuple(names)
    for i in range(len(names)):
        assert made.cost[i].tolist() == [2 * i, 100 + 2 * i, 200 + 2 * i]
        assert made.effect[i].tolist() == [2 * i + 1, 101 + 2 * i, 201 + 2 * i]


@pytest.mark.parametrize(
    ("header", "layout", "strategies"),
    [
        # giabaio/BCEA, data-raw/smoking_results.R: data.frame(e = m$e, c = m$c), interleaved.
        (["e.No.intervention", "c.No.intervention", "e.Self.help", "c.Self.help"], "BCEA",
         {"No.intervention", "Self.help"}),
        # feralaes/dampack, R/data-psa.R.
        (["Iteration", "Chemo_Cost", "Chemo_Eff", "Radio_Cost", "Radio_Eff", "Surg_Cost",
          "Surg_Eff", "pFailChemo", "cChemo"], "dampack", {"Chemo", "Radio", "Surg"}),
        # The Sick-Sicker outputs.
        (["cost_SoC", "cost_A", "qaly_SoC", "qaly_A", "c_H", "u_H"], "dampack", {"SoC", "A"}),
    ],
)  # fmt: skip
def test_headers_seen_in_the_wild(header, layout, strategies):
    found = wide_layout(header)
    assert found.layout == layout
    assert set(found.cost) == set(found.effect) == strategies


def test_long_headers_seen_in_the_wild():
    heemod = long_layout(
        ["cost", "ly", "age_init", ".strategy_names", ".index", ".cost", ".effect"]
    )
    assert (heemod.layout, heemod.cost, heemod.effect) == ("heemod", ".cost", ".effect")
    assert heemod.rest == ("cost", "ly", "age_init")
    costs = long_layout(["category", "dr", "sample", "strategy_id", "grp_id", "costs"])
    assert (costs.layout, costs.cost, costs.effect) == ("hesim", "costs", "")
    assert long_layout(["sample", "strategy", "grp", "cost", "qalys"]).layout == "hesim"
    assert long_layout(["cost_a", "qaly_a"]) is None


def test_a_column_that_numbers_draws_beats_row_names():
    assert index_column(["(row names)", "Draw", "x"]) == "Draw"
    assert index_column(["(row names)", "x"]) == "(row names)"
    assert index_column(["x"]) == ""


def test_a_strategy_that_is_misspelt_once_is_suggested():
    found = unpaired({"soc": "cost_soc", "a": "cost_a"}, {"SoC": "qaly_SoC", "a": "qaly_a"}, "x")
    assert [what for what, _ in found] == [
        'strategy "soc" has the cost cost_soc, but no effect (read as x)',
        'strategy "SoC" has the effect qaly_SoC, but no cost (read as x)',
    ]
    found = unpaired({"usual": "c_usual", "H": "c_H"}, {"usual": "e_usual"}, "BCEA")
    assert found[0][1] == "If c_H is an input, say which columns are what with --map."


def test_a_map_of_columns_whose_names_hold_brackets():
    header = ["cost (GBP) a", "cost (GBP) b", "q_a", "q_b"]
    found = mapped_layout(header, parse_map(["cost=a:cost (GBP) a,b:cost (GBP) b", "qaly=q_(.)"]))
    assert found.cost == {"a": "cost (GBP) a", "b": "cost (GBP) b"}
    with pytest.raises(ScenarioError, match="is there twice"):
        mapped_layout(header, {"cost": "a:q_a,a:q_b", "effect": "q_(.)"})
