"""How the answer settles: against sums that are made anew for every size."""

import numpy as np
import pytest
from small_models import run, scenario, table

from heco.model import compile_model

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q"), "twin": ("c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 400}",
    "q": "normal = {mean = 0.06, se = 0.03}",
}


def test_every_row_is_what_a_run_of_that_size_says():
    rest = "[analysis]\npsa = {draws = 1_000, seed = 3}"
    found = run(OPTIONS, PARAMETERS, rest=rest)
    draws = compile_model(scenario(OPTIONS, PARAMETERS, rest=rest)).sample(1000, 3)
    gain = 20_000 * draws.column("q") - draws.column("c")
    rows = [row for row in table(found, "convergence") if row["wtp"] == 20_000]
    assert rows[0]["draws"] == 100
    assert rows[-1]["draws"] == 1000
    for row in rows:
        lead = gain[: row["draws"]] - 0.0
        # The twin ties with the best, so its lead over the next best is nothing.
        assert row["lead"] == pytest.approx(0.0)
        assert row["error"] == 0.0
        share = np.mean(lead > 0) / 2
        assert row["probability"] == pytest.approx(share)
        assert row["probability_error"] == pytest.approx(
            np.sqrt(share * (1 - share) / row["draws"])
        )
        assert row["settled"] is None


def test_leads_have_running_errors():
    rest = "[analysis]\npsa = {draws = 500}"
    two = {name: OPTIONS[name] for name in ("old", "new")}
    found = run(two, PARAMETERS, rest=rest)
    draws = compile_model(scenario(two, PARAMETERS, rest=rest)).sample(500, 1)
    gain = 20_000 * draws.column("q") - draws.column("c")
    sign = 1 if gain.mean() > 0 else -1
    for row in (r for r in table(found, "convergence") if r["wtp"] == 20_000):
        part = sign * gain[: row["draws"]]
        assert row["lead"] == pytest.approx(part.mean())
        assert row["error"] == pytest.approx(part.std(ddof=1) / row["draws"] ** 0.5)


def test_precision_stops_and_says_so():
    rest = "[analysis.psa]\nprecision = {probability = 0.02, batch = 500, most = 50_000}"
    two = {name: OPTIONS[name] for name in ("old", "new")}
    found = run(two, PARAMETERS, rest=rest)
    rows = table(found, "convergence")
    last = [row for row in rows if row["draws"] == max(r["draws"] for r in rows)]
    assert all(row["settled"] for row in last)
    assert all(row["probability_error"] < 0.02 for row in last)
    assert found.draws == last[0]["draws"] < 50_000
    assert "until the decision was precise enough" in found["convergence"].headline[0]
    assert found["convergence"].warnings == ()
    # Stopping makes the draws of an ordinary run of that size.
    plain = run(two, PARAMETERS, rest=f"[analysis]\npsa = {{draws = {found.draws}}}")
    assert table(plain, "monte_carlo")[0]["lead"] == table(found, "monte_carlo")[0]["lead"]


def test_a_cap_that_comes_first_is_a_warning():
    rest = "[analysis.psa]\nprecision = {probability = 0.0001, batch = 500, most = 1_000}"
    two = {name: OPTIONS[name] for name in ("old", "new")}
    found = run(two, PARAMETERS, rest=rest)
    assert found.draws == 1_000
    assert (
        "do not make the decision as precise as was asked for" in (found["convergence"].warnings[0])
    )


def test_draws_on_the_command_line_take_the_place_of_precision():
    rest = "[analysis]\npsa = {precision = true}"
    two = {name: OPTIONS[name] for name in ("old", "new")}
    found = run(two, PARAMETERS, rest=rest, draws=300)
    assert found.draws == 300
    assert table(found, "convergence")[-1]["settled"] is None


def test_batches_of_a_design_that_fills_space_are_their_own_repetitions():
    rest = '[analysis.psa]\ndesign = "sobol"\nprecision = {probability = 0.02, batch = 256}'
    two = {name: OPTIONS[name] for name in ("old", "new")}
    found = run(two, PARAMETERS, rest=rest)
    assert found.draws % 256 == 0
    (monte_carlo,) = [t for t in found["psa"].tables if t.name == "monte_carlo"]
    assert "the spread of the batches" in monte_carlo.notes[0]


def test_a_single_design_cannot_be_looked_at_halfway():
    rest = '[analysis]\npsa = {draws = 256, design = "sobol"}'
    assert "convergence" not in run(OPTIONS, PARAMETERS, rest=rest)
