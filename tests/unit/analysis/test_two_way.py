"""Maps of two inputs, on models whose boundaries can be written down."""

import numpy as np
import pytest
from small_models import run, table, value

OPTIONS = {"old": ("0", "1"), "new": ("100 + c", "1 + 0.1 * u")}
PARAMETERS = {
    "c": "gamma = {mean = 500, se = 100}",
    "u": "beta = {mean = 0.5, se = 0.1}",
}
MAP = """
[analysis.two_way]
x = {parameter = "c", low = 0, high = 1_900}
y = {parameter = "u", low = 0, high = 1, steps = 9}
points = [
    {label = "Trial", x = 1_500, y = 0.9, y_low = 0.8, y_high = 0.95, source = "trial2020"},
    {label = "Cohort", x = 1_500, y = 0.5, source = "cohort2018"},
]
"""


@pytest.fixture(scope="module")
def result():
    return run(OPTIONS, PARAMETERS, rest=MAP)


def test_the_boundary_is_where_net_benefit_is_zero(result):
    # 20,000 * 0.1 u = 100 + c
    rows = table(result, "two_way_boundary")
    assert len(rows) > 30
    for row in rows:
        assert 2000 * row["y"] == pytest.approx(100 + row["x"], abs=0.01)
        assert row["line"] == "break-even"
    along = {row["along"] for row in rows}
    assert along == {"x", "y"}


def test_every_point_of_the_map_is_what_a_run_of_its_own_says(result):
    rows = table(result, "two_way")
    assert len(rows) == 42 * 9  # the base value of c is a column of its own; that of u is there
    for row in rows[::37]:
        inmb = 2000 * row["y"] - 100 - row["x"]
        assert row["inmb"] == pytest.approx(inmb, abs=1e-8)
        assert row["best"] == ("new" if inmb > 0 else "old")


def test_what_lies_on_the_map_is_judged_there(result):
    rows = {row["label"]: row for row in table(result, "two_way_points")}
    assert list(rows) == ["Base case", "Trial", "Cohort"]
    assert rows["Base case"]["inmb"] == pytest.approx(400)
    assert rows["Base case"]["x_low"] < 500 < rows["Base case"]["x_high"]
    assert (rows["Trial"]["worth_it"], rows["Cohort"]["worth_it"]) == (True, False)
    assert rows["Cohort"]["best"] == "old"


def test_the_sentence_names_the_line_at_the_ends_and_at_the_base_value(result):
    assert result["two_way"].headline == (
        "At £20,000 per QALY care new is worth its cost with the u above 0.05 where the c is 0; "
        "above 0.3 where the c is 500.",
    )
    assert value(result, "two_way_break_even", subject="u@c=500") == pytest.approx(0.3)


def test_a_map_asks_the_model_once_and_then_a_few_times_for_the_line(monkeypatch):
    from heco.model import Model

    sizes = []
    evaluate = Model.evaluate

    def counting(self, draws, **settings):
        sizes.append(draws.n)
        return evaluate(self, draws, **settings)

    monkeypatch.setattr(Model, "evaluate", counting)
    run(OPTIONS, PARAMETERS, rest=MAP)
    assert sizes[1] == 42 * 9
    assert len(sizes) <= 6


def test_the_willingness_to_pay_and_the_strategy_can_be_chosen():
    rest = MAP + 'wtp = 30_000\nstrategy = "new"\n'
    rest = rest.replace("points", "# points").replace("    {label", "#").replace("\n]\n", "\n")
    for row in table(run(OPTIONS, PARAMETERS, rest=rest), "two_way_boundary"):
        assert 3000 * row["y"] == pytest.approx(100 + row["x"], abs=0.01)


def test_with_three_strategies_switches_are_lines_of_their_own():
    options = {**OPTIONS, "third": ("400", "1 + 0.05 * u")}
    found = run(options, PARAMETERS, rest=MAP)
    lines = {"break-even": [], "switch": []}
    for row in table(found, "two_way_boundary"):
        lines[row["line"]].append(row)
    benefit = {
        "old": lambda x, y: 0.0,
        "new": lambda x, y: 2000 * y - 100 - x,
        "third": lambda x, y: 1000 * y - 400,
    }
    assert lines["switch"]
    for row in lines["switch"]:
        here = {name: gain(row["x"], row["y"]) for name, gain in benefit.items()}
        assert here[row["below"]] == pytest.approx(here[row["above"]], abs=0.011)
        assert here[row["below"]] == pytest.approx(max(here.values()), abs=0.011)


def test_points_outside_the_domain_are_gaps():
    rest = '[analysis.two_way]\nx = {parameter = "c", low = -4, high = 9}\n'
    rest += 'y = {parameter = "u", low = 0, high = 1}'
    found = run({"old": ("0", "1"), "new": ("sqrt(c)", "1 + u")},
                {"c": "fixed = 4", "u": "fixed = 0.5\nrange = [0, 1]"}, rest=rest)  # fmt: skip
    for row in table(found, "two_way"):
        assert (row["best"] == "") == (row["x"] < 0)
        assert (row["inmb"] is None) == (row["x"] < 0)


GAIN = """
[analysis]
required_gain = {per = {seen = "(cost > 0) * 0.5"}, utility = "u"}
[[analysis.two_way]]
x = {parameter = "c", low = 0, high = 1_900}
y = {gain = "seen"}
points = [{label = "Trial", x = 900, y = 0.15, source = "trial2020"}]
"""


def test_a_required_gain_is_solved_for_at_every_x():
    found = run(OPTIONS, PARAMETERS, rest=GAIN)
    rows = table(found, "two_way_gain")
    assert {row["wtp"] for row in rows} == {20_000, 30_000}
    for row in rows:
        assert row["required_gain"] == pytest.approx((100 + row["x"]) / row["wtp"] / 0.5)
    points = {(r["label"], r["wtp"]): r for r in table(found, "two_way_points")}
    assert points["Trial", 20_000]["worth_it"] is True  # 0.1 is needed, at 20,000
    assert points["Trial", 20_000]["inmb"] == pytest.approx(20_000 * 0.15 * 0.5 - 1000)
    own = points["Gain in this model", 20_000.0]
    assert (own["x"], own["y"]) == (500, pytest.approx(0.05 / 0.5))
    assert value(found, "two_way_required_gain", subject="seen@c=500", wtp=20_000.0) == (
        pytest.approx(0.06)
    )


def test_never_and_always_are_said():
    never = MAP.replace("low = 0, high = 1_900", "low = 2_100, high = 3_000")
    found = run(OPTIONS, {**PARAMETERS, "c": "fixed = 2_500\nrange = [0, 3_000]"}, rest=never)
    assert "never worth its cost" in found["two_way"].headline[0]
    assert all(np.array([row["inmb"] for row in table(found, "two_way")]) < 0)
