import numpy as np
import pytest
from small_models import run, scenario, table

from heco.model import compile_model

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q"), "twin": ("c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 400}",
    "q": "normal = {mean = 0.05, se = 0.03}",
}
REST = "[analysis]\npsa = {draws = 2000, seed = 5}"


@pytest.fixture(scope="module")
def result():
    return run(OPTIONS, PARAMETERS, rest=REST)


@pytest.fixture(scope="module")
def benefit():
    draws = compile_model(scenario(OPTIONS, PARAMETERS, rest=REST)).sample(2000, 5, "random")
    gain = 20_000 * draws.column("q") - draws.column("c")
    return np.stack([np.zeros(2000), gain, gain]) + 20_000


def test_probabilities_are_shares_of_draws_with_ties_split(result, benefit):
    shares = {
        q.strategy: q.value for q in result.quantities if q.quantity == "ceac" and q.wtp == 20_000
    }
    wins = np.mean(benefit[1] > benefit[0])
    assert shares == pytest.approx({"old": 1 - wins, "new": wins / 2, "twin": wins / 2})
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_frontier_belongs_to_the_highest_mean(result, benefit):
    (ceaf,) = [q for q in result.quantities if q.quantity == "ceaf" and q.wtp == 20_000]
    best = int(np.argmax(benefit.mean(axis=1)))
    assert ceaf.strategy == list(OPTIONS)[best]


def test_the_error_of_a_probability_is_binomial(result):
    for row in table(result, "probability_cost_effective"):
        p = row["probability"]
        assert row["error"] == pytest.approx((p * (1 - p) / 2000) ** 0.5)


def test_the_lead_has_its_monte_carlo_error():
    found = run({"old": ("0", "1"), "new": ("c", "1 + q")}, PARAMETERS, rest=REST)
    row = table(found, "monte_carlo")[0]
    draws = compile_model(scenario(OPTIONS, PARAMETERS, rest=REST)).sample(2000, 5, "random")
    gain = 20_000 * draws.column("q") - draws.column("c")
    assert abs(row["lead"]) == pytest.approx(abs(gain.mean()))
    assert row["error"] == pytest.approx(gain.std(ddof=1) / 2000**0.5)


def test_an_unsettled_ranking_is_a_warning():
    found = run({"old": ("0", "1"), "new": ("c", "1 + q")}, PARAMETERS, rest=REST)
    artefact = table(found, "monte_carlo")[0]["artefact"]
    assert (artefact > 0.005) == bool(found["psa"].warnings)


def test_quadrants_add_up(result):
    for row in table(result, "quadrants"):
        total = sum(row[key] for key in ("ne", "se", "sw", "nw", "same"))
        assert total == pytest.approx(1.0)


def test_draws_are_kept_for_the_plane(result):
    data = result["psa"].data
    assert data["incremental_cost"].shape == (2, 2000)
    assert data["strategies"] == ("new", "twin")


def test_other_designs_take_their_error_from_runs_with_other_seeds():
    rest = '[analysis]\npsa = {draws = 64, design = "lhs", replicates = 12}'
    found = run({"old": ("0", "1"), "new": ("c", "1 + q")}, PARAMETERS, rest=rest)
    (monte_carlo,) = [t for t in found["psa"].tables if t.name == "monte_carlo"]
    assert "12 runs with other seeds" in monte_carlo.notes[0]
    rest = "[analysis]\npsa = {draws = 64}"
    random = run({"old": ("0", "1"), "new": ("c", "1 + q")}, PARAMETERS, rest=rest)
    for better, plain in zip(
        table(found, "monte_carlo"), table(random, "monte_carlo"), strict=True
    ):
        assert 0 < better["error"] < 0.5 * plain["error"]  # a hypercube in two dimensions


def test_numbers_are_printed_to_the_digits_that_the_error_supports():
    found = run({"old": ("0", "1"), "new": ("c", "1 + q")}, PARAMETERS, rest=REST)
    for row in table(found, "probability_cost_effective"):
        assert row["printed"].endswith("0%")  # 2,000 draws know a probability to 1.1%


def test_what_no_draw_speaks_against_is_not_printed_as_certain():
    result = run(
        {"old": ("1000", "1"), "new": ("1100 + c", "1.1")},
        {"c": "gamma = {mean = 100, se = 10}"},
        rest="[analysis]\npsa = {draws = 200}",
    )
    rows = table(result, "probability_cost_effective")
    assert {row["printed"] for row in rows} == {"over 99%", "under 1%"}


def test_without_health_effects_nothing_is_said_of_willingness_to_pay():
    result = run(
        {"old": ("1000", "0"), "new": ("800 + c", "0")},
        {"c": "gamma = {mean = 100, se = 60}"},
        decision="",
        rest="[analysis]\npsa = {draws = 500}",
    )
    assert result["psa"].headline == ()
    assert not [one for one in result["psa"].tables if one.name == "probability_cost_effective"]
    sure = result["answer"].headline[-1]
    assert sure.startswith("The probability that care new costs less is 9")
