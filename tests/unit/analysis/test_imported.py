"""Draws of another program: the numbers that a model would have given, and no others."""

import pytest
from small_models import run, scenario, table, value

from heco.analysis.imported import About, run_imported
from heco.errors import ScenarioError
from heco.model import compile_model
from heco.psa_tables import ImportedPsa

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q"), "dear": ("2 * c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 400}",
    "q": "normal = {mean = 0.06, se = 0.03}",
}
REST = "[analysis]\npsa = {draws = 1_500, seed = 5}\nvoi = {}"
ABOUT = About("elsewhere", wtp=(30_000.0, 20_000.0))


@pytest.fixture(scope="module")
def draws():
    model = compile_model(scenario(OPTIONS, PARAMETERS, rest=REST))
    made = model.sample(1500, 5)
    outcomes = model.evaluate(made)
    inputs = {name: made.column(name) for name in made.names}
    return ImportedPsa(outcomes.strategies, outcomes.cost, outcomes.qaly, inputs, "heco")


@pytest.fixture(scope="module")
def result(draws):
    return run_imported(draws, ABOUT, {"draws.csv": "0" * 64})


def test_every_number_is_that_of_the_model(result):
    own = run(OPTIONS, PARAMETERS, rest=REST)
    compared = 0
    for q in result.quantities:
        if q.quantity == "two_way_break_even":
            continue
        twins = [
            other
            for other in own.quantities
            if other.basis == "probabilistic"
            and (other.quantity, other.strategy, other.comparator, other.wtp, other.subject)
            == (q.quantity, q.strategy, q.comparator, q.wtp, q.subject)
        ]
        if q.quantity in ("inputs", "assumptions", "judgements"):
            continue
        assert len(twins) == 1, q
        assert q.value == pytest.approx(twins[0].value) if q.value is not None else True
        compared += 1
    assert compared > 40


def test_nothing_is_called_deterministic(result):
    assert {q.basis for q in result.quantities} == {"probabilistic"}
    for name in ("incremental", "pairwise", "net_benefit"):
        assert {row["basis"] for row in table(result, name)} == {"probabilistic"}


def test_nothing_is_said_that_the_file_does_not_know(result):
    known = {q.quantity for q in result.quantities}
    assert not any("undiscounted" in name or "life_years" in name for name in known)
    assert "discount rates" not in result.conventions
    assert result.draws == 1500
    assert result.files == {"draws.csv": "0" * 64}
    (strategies,) = [t for t in result.tables if t.name == "strategies"]
    assert [row[2] for row in strategies.rows] == [None] * 3  # no base case


def test_the_question_is_about_the_best_of_the_others(result):
    assert result.scenario.option == "new"
    assert result.scenario.comparator == "old"
    assert result.scenario.decision.wtp == (20_000, 30_000)
    assert result["answer"].headline[0].startswith("At £20,000")


def test_inputs_are_listed_and_read_by_pawn(result, draws):
    rows = {row["parameter"]: row for row in table(result, "inputs")}
    assert rows["c"]["value"] == pytest.approx(draws.parameters["c"].mean())
    assert {row["input"] for row in table(result, "pawn")} == {"c", "q", "(chance)"}


def test_few_draws_and_no_inputs_make_no_pawn(draws):
    few = ImportedPsa(draws.strategies, draws.cost[:, :50], draws.effect[:, :50], {}, "heco")
    found = run_imported(few, ABOUT)
    assert "sensitivity" not in found
    assert "inputs" not in found
    assert value(found, "ceac", strategy="old", wtp=20_000, basis="probabilistic") is not None


def test_roles_can_be_chosen_and_must_exist(draws):
    found = run_imported(draws, About("x", reference="dear", option="old", wtp=(20_000.0,)))
    assert (found.scenario.comparator, found.scenario.option) == ("dear", "old")
    with pytest.raises(ScenarioError, match='no strategy "newer"'):
        run_imported(draws, About("x", reference="newer"))
    with pytest.raises(ScenarioError, match="compared with itself"):
        run_imported(draws, About("x", reference="new", option="new"))
    with pytest.raises(ScenarioError, match="more than 0"):
        run_imported(draws, About("x", wtp=(0.0,)))


def test_without_a_threshold_the_usual_list_is_shown_but_not_stated(draws):
    found = run_imported(draws, About("x"))
    assert found.scenario.decision.wtp == ()
    assert {row["wtp"] for row in table(found, "net_benefit")} == {15e3, 20e3, 25e3, 30e3, 35e3}
    assert "none is stated" in found.conventions["willingness to pay"]
    other = run_imported(draws, About("x", currency="CHF"))
    assert not any(t.name == "net_benefit" for t in other.tables)


def test_order_of_strategies_changes_nothing(draws):
    order = [2, 0, 1]
    turned = ImportedPsa(
        tuple(draws.strategies[i] for i in order), draws.cost[order], draws.effect[order],
        draws.parameters, "heco",
    )  # fmt: skip
    about = About("elsewhere", reference="old", wtp=(20_000.0,))
    one, other = run_imported(draws, about), run_imported(turned, about)
    for q in one.quantities:
        what = {"strategy": q.strategy, "comparator": q.comparator, "wtp": q.wtp}
        again = value(other, q.quantity, **what, subject=q.subject, basis=q.basis)
        assert again == (None if q.value is None else pytest.approx(q.value, rel=1e-12))
