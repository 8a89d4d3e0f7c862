import pytest
from small_models import run, table, value

PARAMETERS = {
    "a": 'unit = "GBP"\ngamma = {mean = 1000, se = 200}\nlever = true\ncertainty = "low"',
    "guess": "uniform = {low = 1, high = 3}",
    "twice": 'expr = "2 * a"',
    "grows": 'expr = "a * (1 + time)"',
    "mix": "dirichlet = {counts = {x = 30, y = 70}}",
    "fix": "fixed = 3\nrange = [1, 5]",
    "rr": "lognormal = {median = 0.7, ci95 = [0.5, 0.98]}",
}


@pytest.fixture(scope="module")
def result():
    return run(
        {"old": ("0", "1"), "new": ("a + guess + mix.x + rr", "1.1")},
        PARAMETERS,
        rest="[analysis]\npsa = {draws = 2000}",
    )


@pytest.fixture(scope="module")
def rows(result):
    return {row["parameter"]: row for row in table(result, "inputs")}


def test_every_parameter_and_every_component_has_a_row(rows):
    assert list(rows) == ["a", "guess", "twice", "grows", "mix.x", "mix.y", "fix", "rr"]


def test_value_mean_and_range(rows):
    assert (rows["a"]["value"], rows["a"]["mean"]) == (1000, pytest.approx(1000))
    assert (rows["guess"]["lower"], rows["guess"]["upper"]) == pytest.approx((1.05, 2.95))
    assert rows["mix.x"]["value"] == pytest.approx(0.3)
    assert rows["mix.x"]["lower"] == pytest.approx(0.215, abs=0.01)
    assert rows["rr"]["value"] == pytest.approx(0.7)
    assert rows["rr"]["mean"] > 0.7
    assert rows["fix"]["mean"] is None
    assert (rows["fix"]["range_low"], rows["fix"]["range_high"]) == (1, 5)


def test_derived_values_take_theirs_from_the_draws(rows):
    assert rows["twice"]["value"] == 2000
    assert rows["twice"]["mean"] == pytest.approx(2000, rel=0.02)
    assert rows["twice"]["lower"] == pytest.approx(2 * rows["a"]["lower"], rel=0.05)


def test_what_changes_with_time_has_no_single_value(rows):
    assert rows["grows"]["value"] is None
    assert rows["grows"]["distribution"].startswith("varies with time: = a * (1 + time)")


def test_flags_and_words(rows):
    assert (rows["guess"]["judgement"], rows["a"]["judgement"]) == (True, False)
    assert rows["a"]["lever"] is True
    assert rows["a"]["certainty"] == "low"
    assert rows["a"]["distribution"] == "Gamma(shape 25, scale 40)"
    assert rows["twice"]["distribution"] == "= 2 * a"
    assert rows["fix"]["distribution"] == "fixed"


def test_assumptions_are_counted():
    parameters = {
        "a": "fixed = 1",
        "b": 'expr = "2 * a"',
        "c": "uniform = {low = 1, high = 3}",
    }
    text = {"old": ("0", "1"), "new": ("a + b + c", "1")}
    from small_models import words

    from heco.analysis import run_scenario
    from heco.scenario.load import load_text

    written = words(text, parameters).replace('source = "invented"', 'source = "assumption: x"', 1)
    result = run_scenario(load_text(written))
    assert value(result, "assumptions") == 1
    assert value(result, "inputs") == 2
    assert value(result, "judgements") == 1
    assert result["inputs"].headline == (
        "2 inputs, of which 1 is an assumption and 1 rests on judgement; 1 value derived from "
        "them.",
    )


def test_converted_costs_show_what_was_written(tmp_path):
    (tmp_path / "index.csv").write_text("series,year,index\ncpi,2013,100\ncpi,2020,125\n")
    from small_models import words

    from heco.analysis import run_scenario
    from heco.scenario.load import load_text

    parameters = {
        "a": 'unit = "GBP"\nprice_year = "2013"\nfixed = 400',
        "b": 'unit = "GBP"\nprice_year = "2013"\ngamma = {mean = 800, se = 80}',
    }
    prices = '[prices]\nyear = "2020"\nfile = "index.csv"\nseries = "cpi"'
    text = words({"old": ("0", "1"), "new": ("a + b", "1")}, parameters, rest=prices)
    rows = {
        row["parameter"]: row for row in table(run_scenario(load_text(text, tmp_path)), "inputs")
    }
    assert (rows["a"]["value"], rows["a"]["price_factor"], rows["a"]["original"]) == (
        500,
        1.25,
        400,
    )
    assert rows["b"]["original"] == pytest.approx(800)
    assert rows["a"]["price_year"] == "2013"
