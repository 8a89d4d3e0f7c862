"""The runner: what is asked, in which order, and what happens to draws without a meaning."""

import ast
import importlib
from pathlib import Path

import numpy as np
import pytest
from small_models import run, scenario, table, value, words

from heco.analysis import ANALYSES, run_scenario
from heco.analysis.context import keep
from heco.errors import ScenarioError
from heco.model import compile_model
from heco.result import COLUMNS

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 200}",
    "q": "normal = {mean = 0.1, se = 0.02}",
}
PSA = "[analysis]\npsa = {draws = 300, seed = 7}"


def test_the_answer_comes_first_and_the_inputs_last():
    result = run(OPTIONS, PARAMETERS, rest=PSA)
    names = [found.analysis for found in result.results]
    assert names[0] == "answer"
    assert names[-1] == "inputs"
    assert len(names) == len(set(names))
    assert result.results[0].headline


def test_every_analysis_says_what_it_is():
    assert len({module.NAME for module in ANALYSES}) == len(ANALYSES)
    for module in ANALYSES:
        assert module.__doc__
        assert module.TITLE


def test_no_analysis_looks_at_another():
    analyses = {module.__name__ for module in ANALYSES}
    analyses |= {"heco.analysis.answer", "heco.analysis.published"}
    for name in analyses:
        path = Path(importlib.import_module(name).__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in analyses - {name}, f"{name} imports {node.module}"


def test_one_evaluation_serves_all_that_can_share_it(monkeypatch):
    from heco.model import Model

    sizes = []
    evaluate = Model.evaluate

    def counting(self, draws, **settings):
        sizes.append(draws.n)
        return evaluate(self, draws, **settings)

    monkeypatch.setattr(Model, "evaluate", counting)
    run(OPTIONS, PARAMETERS, rest=PSA)
    assert sizes == [1, 300]


def test_arguments_override_the_scenario():
    made = scenario(OPTIONS, PARAMETERS, rest=PSA)
    result = run_scenario(made, draws=50, seed=0)
    assert (result.draws, result.seed) == (50, 0)
    direct = compile_model(made).sample(50, 0, "random").column("c").mean()
    found = value(result, "incremental_cost", strategy="new", basis="probabilistic")
    assert found == pytest.approx(direct)


def test_no_draws_at_all_can_be_asked_for():
    result = run(OPTIONS, PARAMETERS, rest=PSA, draws=0)
    assert result.draws == 0
    assert not [q for q in result.quantities if q.basis == "probabilistic"]


@pytest.mark.parametrize("draws", [1, -5])
def test_too_few_draws_are_refused(draws):
    with pytest.raises(ScenarioError, match="limits need at least 2"):
        run(OPTIONS, PARAMETERS, rest=PSA, draws=draws)


def test_progress_is_told_step_by_step():
    steps = []
    run_scenario(
        scenario(OPTIONS, PARAMETERS, rest=PSA),
        progress=lambda what, done, total: steps.append((what, done, total)),
    )
    assert steps[0] == ("base case", 0, steps[0][2])
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert steps[-1][1] == steps[-1][2]


def test_the_same_seed_gives_the_same_numbers():
    one = run(OPTIONS, PARAMETERS, rest=PSA)
    two = run(OPTIONS, PARAMETERS, rest=PSA)
    assert [q.row() for q in one.quantities] == [q.row() for q in two.quantities]
    three = run(OPTIONS, PARAMETERS, rest=PSA, seed=8)
    assert [q.row() for q in one.quantities] != [q.row() for q in three.quantities]


def test_rows_of_results_are_unique_and_plain():
    asked = (
        f"{PSA}\ntornado = {{}}\nthreshold = {{solve = {{parameter = 'c', high = 5000, low = 0}}}}"
    )
    result = run(OPTIONS, PARAMETERS, rest=asked)
    keys = [
        (q.quantity, q.strategy, q.comparator, q.wtp, q.subject, q.basis) for q in result.quantities
    ]
    assert len(keys) == len(set(keys))
    for q in result.quantities:
        row = dict(zip(COLUMNS, q.row(), strict=True))
        assert row["basis"] in ("deterministic", "probabilistic", "published")
        for name in ("value", "lower", "upper", "wtp"):
            assert row[name] is None or type(row[name]) is float, (q.quantity, name, row[name])


def test_cells_of_tables_are_plain_and_fit_their_columns():
    result = run(OPTIONS, PARAMETERS, rest=f"{PSA}\ntornado = {{}}")
    names = [t.name for t in result.tables]
    assert len(names) == len(set(names))
    for found in result.tables:
        for row in found.rows:
            assert len(row) == len(found.columns), found.name
            for cell in row:
                assert cell is None or type(cell) in (str, float, int, bool), (found.name, cell)


# ---- Draws out of their domain ----------------------------------------------------------------

TREE = """
[decision]
comparator = "old"
wtp = 20_000
[parameters.p]
label = "p"
unit = "probability"
{p}
source = "invented"
[tree.old_care]
all = {{p = 1, qaly = 1}}
[tree.new_care]
good = {{p = "p", qaly = 2}}
bad = {{p = "rest", qaly = 0, cost = 100}}
[strategies.old]
enters = "old_care"
[strategies.new]
enters = "new_care"
[analysis]
psa = {{draws = {draws}}}
"""


def domain(p, draws=2_000, **settings):
    from heco.scenario.load import load_text

    return run_scenario(load_text(TREE.format(p=p, draws=draws)), **settings)


# A lognormal probability has no upper bound: at this spread about one draw in 2,900 is above 1.
RARE = "lognormal = {mean = 0.3, se = 0.108}"


def test_a_few_are_left_out_everywhere_and_said():
    result = domain(RARE, 20_000)
    (warning,) = [w for w in result["answer"].warnings if "left out of every summary" in w]
    lost = int(warning.split(" ")[0].replace(",", ""))
    assert 0 < lost <= 20
    assert "of 20,000 draw" in warning
    assert "[tree.new_care]" in warning
    assert warning in result.warnings


def test_too_many_are_refused_with_the_parameters():
    with pytest.raises(ScenarioError) as caught:
        domain("lognormal = {mean = 0.5, se = 0.3}")
    problems = caught.value.problems
    assert "[tree.new_care]" in {place for p in problems for place in p.where.split(" good")}
    for problem in problems:
        assert problem.hint.startswith("It follows from p. At most 0.1% of draws")
        assert "of 2,000 draws" in problem.what


def test_a_base_case_out_of_its_domain_is_refused():
    options = {"old": ("0", "1"), "new": ("sqrt(x)", "1")}
    with pytest.raises(ScenarioError, match="in the base case"):
        run(options, {"x": "fixed = -1"})


def test_keeping_draws_keeps_every_array_alike():
    model = compile_model(scenario(OPTIONS, PARAMETERS, rest=PSA))
    outcomes = model.evaluate(model.sample(10, 1, "random"))
    rows = np.arange(10) % 2 == 0
    kept = keep(outcomes, rows)
    assert kept.n == 5
    assert np.array_equal(kept.cost, outcomes.cost[:, rows])
    assert np.array_equal(kept.cost_by["care"], outcomes.cost_by["care"][:, rows])
    assert kept.valid.shape == (5,)


# ---- Conventions ------------------------------------------------------------------------------


def test_conventions_are_in_words():
    said = run(OPTIONS, PARAMETERS, rest=PSA).conventions
    assert said["willingness to pay"] == "£20,000 and £30,000 per QALY"
    assert said["discount rates"].startswith("costs 0%, health effects 0% a year")
    assert said["time"] == "a decision tree without a clock"
    assert said["probabilistic analysis"].startswith("300 draws, seed 7, design random")
    assert all(isinstance(words, str) and words for words in said.values())


def test_rates_that_nothing_is_discounted_by_are_said_to_be_unused():
    said = run(OPTIONS, PARAMETERS, rest=PSA).conventions
    assert said["discount rates"].endswith("; not used, because everything falls at once")
    assert "dating of values" not in said


def test_a_preset_brings_its_dates():
    said = run(OPTIONS, PARAMETERS, decision='wtp = "nice-20-30"').conventions
    assert "nice-20-30: NICE standard range through March 2026" in said["willingness to pay"]


def test_no_stated_threshold_is_said_and_the_usual_list_is_shown():
    result = run(OPTIONS, PARAMETERS, decision="")
    assert result.conventions["willingness to pay"].startswith("none is stated; results are shown")
    assert sorted({q.wtp for q in result.quantities if q.quantity == "nmb"}) == [
        15_000, 20_000, 25_000, 30_000, 35_000
    ]  # fmt: skip


def test_no_list_is_guessed_for_another_currency():
    result = run(OPTIONS, PARAMETERS, decision='currency = "CAD"')
    assert not [q for q in result.quantities if q.quantity == "nmb"]
    assert "net_benefit" not in {t.name for t in result.tables}


def test_words_that_nobody_reads_as_toml_would_fail_here():
    assert words(OPTIONS, PARAMETERS).startswith("[decision]")
    assert table(run(OPTIONS, PARAMETERS), "strategies")
