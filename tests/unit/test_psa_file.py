"""Other programs' probabilistic analyses: what they write is read, what is wrong is said."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.errors import ScenarioError
from heco.psa_file import parse_map, read

COST = {"usual": [100.0, 110.0, 120.0], "new": [200.0, 190.0, 210.0]}
EFFECT = {"usual": [1.0, 1.1, 1.2], "new": [1.5, 1.4, 1.6]}
INPUT = [0.3, 0.4, 0.5]


def write(folder, name, columns, end="\n", before=""):
    header = ",".join(columns)
    rows = [",".join(str(cell) for cell in row) for row in zip(*columns.values(), strict=True)]
    text = before + end.join([header, *rows]) + end
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_bytes(text.encode())
    return path


def check(made, layout, parameters=("p_cure",), strategies=("usual", "new")):
    assert made.layout == layout
    assert made.strategies == strategies
    for i, name in enumerate(("usual", "new")):
        assert made.cost[i].tolist() == COST[name]
        assert made.effect[i].tolist() == EFFECT[name]
    assert tuple(made.parameters) == parameters
    for values in made.parameters.values():
        assert values.tolist() == INPUT


def refused(path, *, mapping=None):
    with pytest.raises(ScenarioError) as caught:
        read(path, mapping)
    return str(caught.value)


# ---- Layouts of one file -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "cost", "effect", "parameter"),
    [
        ("heco", "cost:{}", "qaly:{}", "param:p_cure"),
        ("BCEA", "c.{}", "e.{}", "p_cure"),
        ("BCEA", "c_{}", "e_{}", "p_cure"),
        ("dampack", "cost_{}", "effectiveness_{}", "p_cure"),
        ("dampack", "cost_{}", "qaly_{}", "p_cure"),
        ("dampack", "Cost_{}", "QALY_{}", "p_cure"),
        ("dampack", "Costs.{}", "QALYs.{}", "p_cure"),
        ("dampack", "{}_Cost", "{}_Eff", "p_cure"),
        ("dampack", "{}_costs", "{}_effects", "p_cure"),
        ("heemod", ".cost_{}", ".effect_{}", "p_cure"),
    ],
)
def test_wide_layouts(tmp_path, layout, cost, effect, parameter):
    columns = {}
    for name in COST:  # interleaved, effects first, as BCEA writes them
        columns[effect.format(name)] = EFFECT[name]
        columns[cost.format(name)] = COST[name]
    check(read(write(tmp_path, "psa.csv", columns | {parameter: INPUT})), layout)


@pytest.mark.parametrize(
    ("cost", "effect"), [("cost{}", "eff{}"), ("c{}", "e{}"), ("costs{}", "effects{}")]
)
def test_numbered_strategies(tmp_path, cost, effect):
    columns = {effect.format(2): EFFECT["new"], cost.format(1): COST["usual"]}
    columns |= {cost.format(2): COST["new"], effect.format(1): EFFECT["usual"], "p_cure": INPUT}
    check(read(write(tmp_path, "psa.csv", columns)), "BCEA", strategies=("1", "2"))


def wide(**more):
    columns = {f"cost_{name}": values for name, values in COST.items()}
    columns |= {f"qaly_{name}": values for name, values in EFFECT.items()}
    return columns | more


def test_parameters_that_look_like_other_layouts_stay_parameters(tmp_path):
    """Costs of states are called c_ by everybody; cost_ is the better pairing here."""
    made = read(write(tmp_path, "psa.csv", wide(c_well=INPUT, e_other=INPUT)))
    check(made, "dampack", ("c_well", "e_other"))


@pytest.mark.parametrize("index", ["draw", "Iteration", "sim", "sample", ""])
def test_numbers_of_draws_are_no_parameters(tmp_path, index):
    columns = {index: [1, 2, 3]} | wide(p_cure=INPUT)
    check(read(write(tmp_path, "psa.csv", columns)), "dampack")


@pytest.mark.parametrize(
    ("name", "end", "before"),
    [("psa.csv", "\r\n", "\ufeff"), ("psa.csv.gz", "\n", ""), ("psa.csv", "\n\n", "")],
)
def test_windows_packed_and_blank_lines(tmp_path, name, end, before):
    check(read(write(tmp_path, name, wide(p_cure=INPUT), end, before)), "dampack")


def test_labels_are_set_aside_with_a_word(tmp_path):
    made = read(write(tmp_path, "psa.csv", wide(p_cure=INPUT, scenario=["a", "b", "b"])))
    check(made, "dampack")
    assert "scenario" in made.warnings[0]


def test_in_the_layout_of_heco_only_what_is_called_so_is_a_parameter(tmp_path):
    columns = {f"cost:{name}": values for name, values in COST.items()}
    columns |= {f"qaly:{name}": values for name, values in EFFECT.items()}
    made = read(write(tmp_path, "psa.csv", columns | {"param:p_cure": INPUT, "seed": [7, 8, 9]}))
    check(made, "heco")
    assert "seed" in made.warnings[0]


# ---- Rows by strategy ----------------------------------------------------------------------------


def long(strategy, index, cost, effect, **more):
    names = [name for name in COST for _ in range(3)]
    columns = {
        strategy: names,
        index: [1, 2, 3] * 2,
        cost: COST["usual"] + COST["new"],
        effect: EFFECT["usual"] + EFFECT["new"],
    }
    return columns | {name: values * 2 for name, values in more.items()}


def test_heemod(tmp_path):
    """Its table holds state values (cost, ly) beside .cost and .effect, and parameters."""
    columns = {"cost": COST["usual"] + COST["new"], "ly": EFFECT["usual"] + EFFECT["new"]}
    columns |= long(".strategy_names", ".index", ".cost", ".effect", p_cure=INPUT)
    made = read(write(tmp_path, "psa.csv", columns))
    check(made, "heemod")
    assert "cost, ly" in made.warnings[0]
    assert "totals of its cohort" in made.warnings[1]


@pytest.mark.parametrize("strategy", ["strategy_id", "strategy"])
def test_hesim(tmp_path, strategy):
    check(read(write(tmp_path, "ce.csv", long(strategy, "sample", "costs", "qalys", p_cure=INPUT))),
          "hesim")  # fmt: skip


def test_hesim_in_two_files_with_categories(tmp_path):
    drug = {name: [value / 4 for value in values] for name, values in COST.items()}
    rest = {name: [value * 3 / 4 for value in values] for name, values in COST.items()}
    costs = {"category": [], "dr": [], "sample": [], "strategy_id": [], "costs": []}
    for category, part in (("drug", drug), ("rest", rest), ("total", COST)):
        for name, values in part.items():
            costs["category"] += [category] * 3
            costs["dr"] += [0.03] * 3
            costs["sample"] += [1, 2, 3]
            costs["strategy_id"] += [name] * 3
            costs["costs"] += values
    qalys = {"dr": [0.03] * 6} | long("strategy_id", "sample", "x", "qalys")
    del qalys["x"]
    paths = [write(tmp_path, "costs.csv", costs), write(tmp_path, "qalys.csv", qalys)]
    check(read(paths), "hesim", ())
    no_total = {name: values[:12] for name, values in costs.items()}
    paths[0] = write(tmp_path, "costs.csv", no_total)
    check(read(paths), "hesim", ())  # categories add up


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_rows_are_linked_by_number_not_by_place(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("long")
    columns = long("strategy", "draw", "cost", "qaly", p_cure=INPUT)
    mixed = {name: [values[i] for i in order] for name, values in columns.items()}
    made = read(write(folder, "psa.csv", mixed))
    at = made.strategies.index("new")
    key = [int(columns["draw"][i]) for i in order]
    draws = list(
        dict.fromkeys(key[k] for k in range(6) if mixed["strategy"][k] == made.strategies[0])
    )
    draws += [d for d in dict.fromkeys(key) if d not in draws]
    assert made.cost[at].tolist() == [COST["new"][d - 1] for d in draws]
    assert made.effect[1 - at].tolist() == [EFFECT["usual"][d - 1] for d in draws]
    assert made.parameters["p_cure"].tolist() == [INPUT[d - 1] for d in draws]


# ---- Several files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "cost", "effect"),
    [
        (("costs.csv", "effects.csv", "parameters.csv"), "{}", "{}"),
        (("cost.csv", "effect.csv", "param.csv"), "{}", "{}"),
        (("a_costs_3d.csv", "a_QALYs_3d.csv", "a_inputs.csv"), "{}", "{}"),
    ],
)
def test_savi(tmp_path, names, cost, effect):
    costs = {cost.format(name): COST[name] for name in COST}
    effects = {effect.format(name): EFFECT[name] for name in reversed(EFFECT)}
    paths = [
        write(tmp_path, names[0], costs),
        write(tmp_path, names[1], effects),
        write(tmp_path, names[2], {"p_cure": INPUT}),
    ]
    made = read(paths)
    check(made, "SAVI")
    assert "row 1 was taken with row 1" in made.warnings[0]
    check(read(list(reversed(paths))), "SAVI")


def test_savi_as_its_own_examples_call_the_columns(tmp_path):
    paths = [
        write(tmp_path, "costs.csv", {"costs1": COST["usual"], "costs2": COST["new"]}),
        write(tmp_path, "effects.csv", {"effects2": EFFECT["new"], "effects1": EFFECT["usual"]}),
    ]
    check(read(paths), "SAVI", (), ("1", "2"))


def test_differences_alone_are_no_two_strategies(tmp_path):
    paths = [
        write(tmp_path, "costs1.csv", {"inc.costs": COST["usual"]}),
        write(tmp_path, "effects1.csv", {"inc.effects": EFFECT["usual"]}),
    ]
    assert '"inc.costs" has the cost inc.costs, but no effect' in refused(paths)


def test_results_and_inputs_apart(tmp_path):
    paths = [write(tmp_path, "inputs.csv", {"p_cure": INPUT}), write(tmp_path, "out.csv", wide())]
    check(read(paths), "dampack")


def test_files_with_numbers_of_draws_are_linked_by_them(tmp_path):
    backwards = {"draw": [3, 2, 1], "p_cure": INPUT[::-1]}
    paths = [
        write(tmp_path, "out.csv", {"draw": [1, 2, 3]} | wide()),
        write(tmp_path, "inputs.csv", backwards),
    ]
    made = read(paths)
    check(made, "dampack")
    assert made.warnings == ()
    write(tmp_path, "inputs.csv", {"draw": [4, 2, 1], "p_cure": INPUT})
    assert "draw 3" in refused(paths)


# ---- Maps ----------------------------------------------------------------------------------------

ODD = {
    "tc usual": COST["usual"],
    "tc new": COST["new"],
    "Q1": EFFECT["usual"],
    "Q2": EFFECT["new"],
    "p_cure": INPUT,
}


@pytest.mark.parametrize(
    "items",
    [
        ["cost=tc (.+)", "effect=usual:Q1,new:Q2"],
        ["cost=usual:tc usual, new:tc new", "qaly=new:Q2,usual:Q1", "param=p_cure"],
        ["cost=tc (.+)", "effect=usual:Q1,new:Q2", "param=(p_.+)"],
    ],
)
def test_maps(tmp_path, items):
    check(read(write(tmp_path, "psa.csv", ODD), parse_map(items)), "mapped")


def test_parameters_can_be_renamed(tmp_path):
    items = ["cost=tc (.+)", "effect=usual:Q1,new:Q2", "param=cure:p_cure"]
    made = read(write(tmp_path, "psa.csv", ODD), parse_map(items))
    check(made, "mapped", ("cure",))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["cost=tc (.+)"], "needs both cost and effect"),
        (["cost=tc (.+)", "effect=Q1,Q2"], '"Q1" names no strategy'),
        (["cost=tc (.+)", "effect=usual:Q1,new:q_2"], 'there is no column "q_2"'),
        (["cost=tc .+()", "effect=usual:Q1,new:Q2"], "both speak of"),
        (["cost=(tc) (.+)", "effect=usual:Q1,new:Q2"], "2 groups"),
        (["cost=tc (.+", "effect=usual:Q1,new:Q2"], "no regular expression"),
        (["cost=zz (.+)", "effect=usual:Q1,new:Q2"], 'no column matches "zz (.+)"'),
        (["cost=tc (.+)", "effect=usual:Q1,old:Q2"], '"new" has the cost tc new, but no effect'),
        (["cost=tc (.+)", "effect=usual:Q1,new:Q2", "colour=(.+)"], '"colour" cannot be mapped'),
        (["cost"], '"cost" is no map'),
    ],
)
def test_maps_that_cannot_be_used(tmp_path, items, said):
    path = write(tmp_path, "psa.csv", ODD)
    with pytest.raises(ScenarioError) as caught:
        read(path, parse_map(items))
    assert said in str(caught.value)


# ---- What is wrong is said -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"qaly_new": None}, 'strategy "new" has the cost cost_new, but no effect'),
        ({"qaly_new": None, "qaly_nwe": EFFECT["new"]}, 'Did you mean "nwe"?'),
        ({"cost_new": [1, "NA", 3]}, 'row 2, column cost_new\n  "NA" is not a number'),
        ({"cost_new": [1, "", 3]}, "row 2, column cost_new\n  the cell is empty"),
        ({"qaly_usual": [1, 2, "nan"]}, 'row 3, column qaly_usual\n  "nan" is not a number'),
        ({"qaly_usual": [1, 2, "inf"]}, "row 3, column qaly_usual"),
        ({"p_cure": [0.1, "12%", 0.3]}, "12% is 0.12"),
        ({"draw": [1, 2, 2]}, "row 3, column draw\n  draw 2 is in row 2 already"),
        ({"qaly_new": None, "cost_new": None}, '"usual" is the only strategy'),
        ({"cost_new": [1, "x", 3], "qaly_new": [1, 2, "y"]}, "row 3, column qaly_new"),
    ],
)
def test_mistakes(tmp_path, change, said):
    columns = {name: values for name, values in (wide() | change).items() if values is not None}
    message = refused(write(tmp_path, "psa.csv", columns))
    assert said in message
    assert "psa.csv" in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cost_a,cost_a,qaly_a\n1,2,3\n4,5,6\n", 'two columns are called "cost_a"'),
        (b"a,b\n1,2\n3,4\n", "do not say which are costs"),
        (b"cost_a,qaly_a\n1\n", "1 cells under 2 column names"),
        (b"cost_a;qaly_a\n1;2\n", "separated by commas"),
        (b"cost_a,qaly_\xe9\n1,2\n", "byte 0xe9 is not UTF-8 text (line 1, column 2)"),
        (b"cost_a,qaly_a\n1,2\n1,\xff\n", "line 3, column 2"),
        ("cost_a,qaly_a\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"", "empty"),
        (b"cost_a,qaly_a\n", "no rows"),
        (b'cost_a,"qaly_a\n1,2\n', "not CSV"),
        (b"cost_a,,qaly_a\n1,2,3\n", "column 2 has no name"),
        (b"cost_a,cost_b,qaly_a,qaly_b\n1,2,3,4\n", "one draw is no"),
        (b"cost_a,Cost_a,qaly_a\n1,2,3\n1,2,3\n", "both speak of a"),
    ],
)
def test_files_that_are_no_tables(tmp_path, content, said):
    path = tmp_path / "psa.csv"
    path.write_bytes(content)
    assert said in refused(path)


def test_files_that_are_not_there_or_not_packed(tmp_path):
    assert "no such file" in refused(tmp_path / "none.csv")
    (tmp_path / "psa.csv.gz").write_bytes(b"cost_a,qaly_a\n1,2\n")
    assert "cannot be unpacked" in refused(tmp_path / "psa.csv.gz")
    packed = gzip.compress(b"cost_a,qaly_a\n" * 1000)
    (tmp_path / "psa.csv.gz").write_bytes(packed[: len(packed) // 2])
    assert "cannot be unpacked" in refused(tmp_path / "psa.csv.gz")


def test_missing_and_repeated_draws_of_a_strategy_are_named(tmp_path):
    columns = long("strategy", "draw", "cost", "qaly")
    short = {name: values[:5] for name, values in columns.items()}
    assert "strategy new has no cost in 1 of 3 draws: 3" in refused(write(tmp_path, "a.csv", short))
    columns["draw"][4] = 1
    message = refused(write(tmp_path, "b.csv", columns))
    assert "draw 1 of strategy new is in row 4 already" in message
    unnumbered = {name: v for name, v in long("strategy", "draw", "cost", "qaly").items()
                  if name != "draw"}  # fmt: skip
    assert "no column numbers them" in refused(write(tmp_path, "c.csv", unnumbered))


def test_groups_and_rates_must_be_chosen(tmp_path):
    columns = long("strategy_id", "sample", "costs", "qalys") | {"dr": [0.0] * 3 + [0.03] * 3}
    assert "dr has several values: 0.0, 0.03" in refused(write(tmp_path, "a.csv", columns))


def test_two_long_files_with_the_same_draws_are_not_added_up(tmp_path):
    columns = long("strategy", "draw", "cost", "qaly")
    paths = [write(tmp_path, "a.csv", columns), write(tmp_path, "b.csv", columns)]
    assert "is in another file already" in refused(paths)


def test_files_of_different_lengths_and_with_the_same_columns(tmp_path):
    out = write(tmp_path, "out.csv", wide())
    short = write(tmp_path, "inputs.csv", {"p_cure": INPUT[:2]})
    assert "2 draws, but 3 in" in refused([out, short])
    again = write(tmp_path, "more.csv", wide())
    assert "is a column of" in refused([out, again])


def test_every_problem_is_listed_at_once(tmp_path):
    columns = wide(p_cure=["a", 0.2, "b"]) | {"cost_new": ["x", 2, 3]}
    message = refused(write(tmp_path, "psa.csv", columns))
    assert message.count("is not a number") == 3


def test_digits_survive(tmp_path):
    rng = np.random.default_rng(1)
    columns = {f"cost:{name}": rng.normal(size=20).tolist() for name in "ab"}
    columns |= {f"qaly:{name}": rng.normal(size=20).tolist() for name in "ab"}
    made = read(write(tmp_path, "psa.csv", columns))
    assert made.cost.tolist() == [columns["cost:a"], columns["cost:b"]]


# ---- Net benefit, and whole files pointed at ----------------------------------------------------


@pytest.mark.parametrize("name", ["nb:{}", "nmb_{}", "NB.{}"])
def test_net_benefit_by_its_columns(tmp_path, name):
    columns = {name.format(k): v for k, v in COST.items()} | {"p_cure": INPUT}
    made = read(write(tmp_path, "psa.csv", columns))
    assert made.layout == "net benefit"
    assert set(made.strategies) == set(COST)
    for k, strategy in enumerate(made.strategies):
        assert (-made.cost[k]).tolist() == COST[strategy]
    assert not made.effect.any()
    assert list(made.parameters) == ["p_cure"]


def test_letters_that_r_packages_use_say_what_a_file_holds(tmp_path):
    paths = [
        write(tmp_path, "chemo_e.csv", EFFECT),
        write(tmp_path, "chemo_c.csv", COST),
        write(tmp_path, "chemo_pars.csv", {"p_cure": INPUT}),
    ]
    check(read(paths), "SAVI")
    net = [write(tmp_path, "chemo_nb.csv", COST), paths[2]]
    assert read(net).layout == "net benefit"


def test_a_cost_among_the_inputs_is_no_strategy(tmp_path):
    """Inputs called c.home and e.home would pair like strategies of BCEA."""
    both = {f"c.{k}": v for k, v in COST.items()} | {f"e.{k}": v for k, v in EFFECT.items()}
    inputs = {"c.home": INPUT, "e.home": INPUT}
    paths = [write(tmp_path, "out.csv", both), write(tmp_path, "pars.csv", inputs)]
    made = read(paths)
    assert set(made.strategies) == set(COST)
    assert set(made.parameters) == {"c.home", "e.home"}


def test_whole_files_are_pointed_at(tmp_path):
    paths = [write(tmp_path, "a.csv", COST), write(tmp_path, "b.csv", EFFECT)]
    paths.append(write(tmp_path, "d.csv", {"p_cure": INPUT}))
    check(read(paths, {"cost": "@a.csv", "effect": "@b.csv", "param": "@d.csv"}), "SAVI")
    check(read(paths, {"cost": "@a.csv", "effect": "@b.csv"}), "SAVI")
    for mapping, said in (
        ({"cost": "@z.csv", "effect": "@b.csv"}, "none of the files"),
        ({"cost": "@a.csv"}, "needs both cost and effect"),
        ({"cost": "@a.csv", "effect": "b:Q"}, "none of the files"),
    ):
        with pytest.raises(ScenarioError, match=said):
            read(paths, mapping)
