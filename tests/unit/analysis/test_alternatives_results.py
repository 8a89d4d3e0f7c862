"""Alternatives as results: tabled beside the base case, with what changes."""

import pytest
from small_models import run, scenario, table, value

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 500, se = 100}",
    "q": "normal = {mean = 0.02, se = 0.005}",
}
ALTERNATIVES = """
[analysis]
psa = {draws = 200}
required_gain = {per = {seen = "(cost > 0) * 0.5"}, utility = "q"}
[analysis.alternatives.dear]
label = "Twice the price"
set = {c = "2 * c"}
note = "As the tariff of 2023 had it."
[analysis.alternatives.weak]
label = "Half the effect"
set = {q = 0.01}
source = "assumption: half"
psa = true
[analysis.alternatives.poor]
label = "At other thresholds"
decision = {wtp = [15_000, 25_000]}
"""


@pytest.fixture(scope="module")
def result():
    return run(OPTIONS, PARAMETERS, rest=ALTERNATIVES)


def rows(result, **what):
    return [
        row
        for row in table(result, "alternatives")
        if all(row[key] == value for key, value in what.items())
    ]


def test_the_base_case_comes_first_and_changes_nothing(result):
    first = table(result, "alternatives")[0]
    assert first["alternative"] == "base case"
    for row in rows(result, alternative="base case"):
        assert (row["change_cost"], row["change_effect"], row["change_inmb"]) == (0, 0, 0)
        assert row["changes_decision"] is False
    assert rows(result, alternative="base case", basis="deterministic")[0]["inmb"] == (
        pytest.approx(-100)
    )


def test_an_alternative_is_a_run_of_its_own(result):
    dear = rows(result, alternative="dear", wtp=30_000)[0]
    assert dear["incremental_cost"] == pytest.approx(1000)
    assert dear["inmb"] == pytest.approx(600 - 1000)
    assert dear["change_inmb"] == pytest.approx(-500)
    assert (dear["best"], dear["changes_decision"]) == ("old", True)
    assert dear["changed"] == "c = 2 * c"
    assert dear["note"] == "As the tariff of 2023 had it."


def test_only_what_asks_for_draws_is_run_with_them(result):
    bases = {
        name: {row["basis"] for row in rows(result, alternative=name)}
        for name in ("base case", "dear", "weak")
    }
    assert bases["dear"] == {"deterministic"}
    assert bases["weak"] == bases["base case"] == {"deterministic", "probabilistic"}
    here = rows(result, alternative="base case", basis="probabilistic")[0]
    weak = rows(result, alternative="weak", basis="probabilistic")[0]
    # The same draws of the cost; the effect is a number now.
    assert weak["incremental_cost"] == here["incremental_cost"]
    assert weak["incremental_effect"] == pytest.approx(0.01)
    assert weak["inmb_lower"] < weak["inmb"] < weak["inmb_upper"]


def test_other_thresholds_say_what_they_are_compared_with(result):
    low, high = rows(result, alternative="poor")
    assert (low["wtp"], low["base_wtp"]) == (15_000, 20_000)
    assert (high["wtp"], high["base_wtp"]) == (25_000, 30_000)
    assert low["inmb"] == pytest.approx(300 - 500)
    assert low["change_inmb"] == pytest.approx(-100)
    assert high["changes_decision"] is True  # no longer worth it


def test_required_gains_are_tabled_as_well(result):
    gains = {
        (row["alternative"], row["wtp"]): row
        for row in table(result, "alternatives_gain")
        if row["basis"] == "deterministic"
    }
    assert gains["base case", 20_000]["value"] == pytest.approx(500 / 20_000 / 0.5)
    assert gains["dear", 20_000]["value"] == pytest.approx(0.1)
    assert gains["dear", 20_000]["change"] == pytest.approx(0.05)
    assert gains["weak", 20_000]["modelled"] == pytest.approx(0.02)
    assert value(result, "alternative_inmb", subject="dear", wtp=20_000) == pytest.approx(-600)


def test_the_headline_says_what_turns_the_decision():
    found = run(OPTIONS, PARAMETERS, decision="wtp = [30_000]", rest=ALTERNATIVES)
    first, second = found["alternatives"].headline
    assert first.startswith("Of 3 other settings, 3 would change which strategy is the best at £30")
    assert "“Twice the price” (care old is the best)" in first
    assert second == (
        "What moves the net benefit of care new most is “Twice the price”: to −£400 per person."
    )


def test_what_breaks_in_an_alternative_names_it():
    from heco.errors import ScenarioError

    rest = "[analysis.alternatives.odd]\nlabel = 'Odd'\nset = {c = '-1'}\nsource = 's'\n"
    options = {"old": ("0", "1"), "new": ("sqrt(c)", "1 + q")}
    with pytest.raises(ScenarioError, match="in the alternative odd"):
        run(options, PARAMETERS, rest=rest)


def test_an_alternative_may_have_strategies_of_its_own(tmp_path):
    from small_models import words

    from heco.analysis import run_scenario
    from heco.scenario.load import load

    rest = "[analysis.alternatives.more]\nlabel = 'A third way'\nfile = 'more.toml'\n"
    (tmp_path / "base.toml").write_text(words(OPTIONS, PARAMETERS, rest=rest))
    (tmp_path / "more.toml").write_text(
        "[decision]\noption = 'new'\n[tree.third_care]\nall = {p = 1, cost = 10, qaly = 2}\n"
        "[strategies.third]\nenters = 'third_care'\n"
    )
    found = run_scenario(load(tmp_path / "base.toml"))
    (third,) = rows(found, strategy="third", wtp=20_000)
    assert third["change_inmb"] is None
    assert third["inmb"] == pytest.approx(20_000 - 10)
    assert third["best"] == "third"


def test_without_alternatives_nothing_is_asked():
    assert "alternatives" not in run(OPTIONS, PARAMETERS)
    assert scenario(OPTIONS, PARAMETERS).alternatives == {}
