"""Parameters that are pooled from studies: read, drawn, explained, and their other choices."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

import heco
from heco.analysis import run_scenario
from heco.errors import ScenarioError
from heco.evidence.meta import pool, read_studies
from heco.model import compile_model
from heco.report.chart import render
from heco.report.charts import pooled
from heco.report.sections import studies as section
from heco.scenario.load import load_text

ROOT = Path(__file__).parents[3]
BCG = ROOT / "scenarios" / "examples" / "bcg.csv"
ACCURACY = "study,tp,fn,fp,tn\nA,45,3,5,60\nB,20,4,6,30\nC,70,11,2,90\nD,33,3,9,44\nE,12,5,3,40\n"
SCENARIO = """
[decision]
title = "A vaccine"
wtp = [20_000]
comparator = "none"
option = "vaccine"

[parameters.vaccine_or]
label = "Odds ratio of tuberculosis"
unit = "odds ratio"
pooled = {studies = "bcg.csv", measure = "OR", MORE}
source = "13 trials"

[parameters.test]
label = "Test"
unit = "probability"
accuracy = {studies = "accuracy.csv", draws = "mean"}
source = "5 studies"

[parameters.risk]
label = "Risk"
unit = "probability"
beta = {events = 20, n = 100}
source = "a cohort"

[parameters.given]
label = "Vaccine is given"
unit = "probability"
fixed = 0
lever = true
source = "set by each strategy"

[tree.start]
ill = {p = "(1 - given) * risk + given * apply_or(risk, vaccine_or)", to = "found", count = "ill"}
well = {p = "rest"}

[tree.found]
yes = {p = "test.sensitivity", cost = 3000, qaly = -0.1}
no = {p = "rest", cost = 9000, qaly = -0.4}

[strategies.none]
enters = "start"

[strategies.vaccine]
enters = "start"
set = {given = 1}

[analysis]
psa = {draws = 2_000, seed = 7}
"""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(BCG, tmp_path / "bcg.csv")
    (tmp_path / "accuracy.csv").write_text(ACCURACY)
    return tmp_path


def scenario(folder, more='draws = "predictive"'):
    return load_text(SCENARIO.replace("MORE", more), folder)


def test_the_value_is_natural_and_the_draws_are_those_of_a_new_setting(folder):
    found = pool(read_studies(BCG, "OR").effects())
    loaded = scenario(folder)
    assert loaded.parameters["vaccine_or"].kind == "pooled"
    made = loaded.distributions["vaccine_or"]
    assert made.base == pytest.approx(np.exp(found.estimate), rel=1e-12)
    draws = np.log(compile_model(loaded).sample(20_000, 1, "sobol").column("vaccine_or"))
    assert draws.mean() == pytest.approx(found.estimate, abs=0.005)
    assert draws.std() == pytest.approx(np.hypot(found.se, found.tau), rel=0.01)
    average = scenario(folder, 'draws = "mean"').distributions["vaccine_or"]
    assert np.log(average.interval()[1] / average.base) == pytest.approx(1.96 * found.se, rel=1e-3)


def test_what_is_drawn_is_said_in_the_inputs_and_the_file_is_fingerprinted(folder):
    loaded = scenario(folder)
    said = loaded.distributions["vaccine_or"].describe()
    assert "the effect in a new setting" in said
    assert "REML, 13 studies, bcg.csv" in said
    assert str(folder) not in said
    assert set(loaded.files) == {"bcg.csv", "accuracy.csv"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('estimator = "REML"', "draws"),
        ('draws = "average"', "predictive"),
        ('draws = "shrunken"', "shrunken:STUDY"),
        ('draws = "shrunken:Nobody"', "Nobody"),
        ('draws = "mean", estimator = "REMl"', "REML"),
        ('draws = "predictive", estimator = "IV"', "common"),
        ('draws = "mean", law = "t", test = "wald"', "Knapp-Hartung"),
        ('draws = "mean", only = {allocation = "randm"}', "random"),
        ('draws = "mean", shared_by = "arm"', "arm"),
        ('draws = "mean", colour = "red"', "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(folder, more, words):
    with pytest.raises(ScenarioError) as refused:
        scenario(folder, more)
    said = str(refused.value)
    assert words in said
    assert "vaccine_or" in said or "bcg.csv" in said


def test_bad_rows_name_file_and_row(folder):
    (folder / "bcg.csv").write_text(
        "study,events_treat,n_treat,events_control,n_control\nA,9,5,1,5\nB,1,5,1,5\n"
    )
    with pytest.raises(ScenarioError, match="9 events in 5 people"):
        scenario(folder)


def test_files_outside_the_folder_stay_closed(folder):
    inner = folder / "inner"
    inner.mkdir()
    with pytest.raises(ScenarioError, match="outside"):
        load_text(
            SCENARIO.replace("MORE", 'draws = "mean"').replace('"bcg.csv"', '"../bcg.csv"'), inner
        )


@pytest.mark.parametrize(
    "more",
    ['draws = "mean", prior = 0.5', 'draws = "predictive", prior = 0.5',
     'draws = "shrunken:TPT Madras 1980"', 'draws = "mean", estimator = "MH"',
     'draws = "mean", estimator = "Peto"', 'draws = "mean", law = "t"',
     'draws = "mean", only = {allocation = "random"}'],
)  # fmt: skip
def test_every_way_to_pool_gives_a_distribution(folder, more):
    made = scenario(folder, more).distributions["vaccine_or"]
    low, high = made.interval()
    assert 0 < low < made.base < high


def test_sensitivity_and_specificity_are_drawn_together(folder):
    loaded = scenario(folder)
    pair = loaded.distributions["test"]
    assert pair.components == ("sensitivity", "specificity")
    draws = compile_model(loaded).sample(20_000, 3, "sobol")
    first, second = (draws.column(f"test.{part}") for part in pair.components)
    assert first.mean() == pytest.approx(pair.mean["sensitivity"], abs=2e-3)
    assert second.std() == pytest.approx(pair.sd["specificity"], rel=0.03)
    logits = np.log([first / (1 - first), second / (1 - second)])
    np.testing.assert_allclose(np.cov(logits), pair.covariance, rtol=0.05, atol=2e-3)


REVIEW = """
[review]
prisma = "flow.csv"
risk_of_bias = "rob.csv"
certainty = "grade.csv"
"""
GRADE = (
    "outcome,source,parameter,control_risk,risk_of_bias,inconsistency,indirectness,imprecision,"
    "publication_bias\nTuberculosis,a panel,vaccine_or,0.02,serious,very serious,not serious,"
    "not serious,undetected\n"
)


@pytest.fixture
def reviewed(folder):
    (folder / "flow.csv").write_text("stage,label,n\nidentified,Records,90\nincluded,Studies,13\n")
    (folder / "rob.csv").write_text("Study,D1,D2,Overall\nA,Low,High,High\nB,Low,Low,Low\n")
    (folder / "grade.csv").write_text(GRADE)
    return folder


def review(folder):
    return load_text(SCENARIO.replace("MORE", 'draws = "predictive"') + REVIEW, folder)


def test_the_report_shows_the_studies_behind_the_inputs(reviewed):
    run = run_scenario(review(reviewed), draws=0)
    drawn = {chart.name: chart for chart in pooled.charts(run)}
    assert list(drawn) == ["prisma", "forest_vaccine_or", "sroc_test", "risk_of_bias"]
    assert drawn["forest_vaccine_or"].title == (
        "Odds ratio of tuberculosis: 0.47 (0.32 to 0.71) from 13 studies"
    )
    assert drawn["sroc_test"].title.startswith("Test: sensitivity 86.6%")
    assert drawn["risk_of_bias"].title == "Risk of bias: high overall in 1 of 2 studies"
    for chart in drawn.values():
        assert len(render(chart).png) > 5_000
    # The same forest plot as `heco meta` draws, line by line.
    found = run["synthesis"].data["forests"]["vaccine_or"].distribution.forest
    mine = pool(read_studies(BCG, "OR").effects())
    assert found.main.estimate == mine.estimate
    assert sum(line.kind == "study" for line in found.lines) == 13
    assert "92% of their variation is beyond chance" in run["synthesis"].headline[0]
    shown = section.context(run)
    assert shown["forests"] == ["forest_vaccine_or", "sroc_test"]
    assert shown["lights"] == ["risk_of_bias"]


def test_a_summary_of_findings_with_absolute_effects(reviewed):
    run = run_scenario(review(reviewed), draws=0)
    (row,) = run["synthesis"].tables[-1].to_pandas().to_dict("records")
    found = pool(read_studies(BCG, "OR").effects()).natural
    odds = np.array(found) * 0.02 / 0.98
    np.testing.assert_allclose(
        [row["treated_risk"], row["treated_lower"], row["treated_upper"]], odds / (1 + odds)
    )
    assert (row["certainty"], row["studies"]) == ("very low", 13)
    assert row["reasons"] == "serious risk of bias; very serious inconsistency"
    view = section.context(run)["findings"]
    assert [cell.text for cell in view.rows[0]][-1] == "⊕○○○ very low"


def test_judgements_weigh_nothing(reviewed):
    with_review = run_scenario(review(reviewed), draws=200)
    without = run_scenario(scenario(reviewed), draws=200)
    assert [q for q in with_review.quantities if q.quantity == "inmb"] == [
        q for q in without.quantities if q.quantity == "inmb"
    ]


def test_judgements_beside_the_studies_are_drawn_too(folder):
    text = (folder / "bcg.csv").read_text()
    lines = [f"{line},{'rob_blinding' if i == 0 else 'high'}"
             for i, line in enumerate(text.splitlines())]  # fmt: skip
    (folder / "bcg.csv").write_text("\n".join(lines))
    run = run_scenario(scenario(folder), draws=0)
    assert pooled.names(run, "risk_of_bias") == ["risk_of_bias_vaccine_or"]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("rob.csv", "Study,D1\nA,Lwo\n", "no judgement of A"),
        ("grade.csv", GRADE.replace("very serious", "awful"), "no judgement"),
        ("grade.csv", GRADE.replace("vaccine_or", "vacine_or"), "vaccine_or"),
        ("flow.csv", "stage,label,n\nincluded,Studies,many\n", "not a count"),
    ],
)
def test_what_is_wrong_with_a_review_is_said_with_its_file(reviewed, file, text, said):
    (reviewed / file).write_text(text)
    with pytest.raises(ScenarioError) as refused:
        review(reviewed)
    assert said in str(refused.value)
    assert file in str(refused.value) or "[review]" in str(refused.value)


def test_trials_that_only_an_alternative_pools_are_shown_as_its_own():
    run = run_scenario(heco.load(ROOT / "scenarios" / "evidence-based.toml"), draws=0,
                       only=["synthesis"])  # fmt: skip
    (chart,) = [c for c in pooled.charts(run) if c.name.startswith("forest")]
    assert "Only in the alternative" in chart.title
    assert "11 more studies report no numbers" in run["synthesis"].headline[0]
    assert pooled.charts(run)[0].title == "From 10,167 records to 30 studies"


def _drawn(run):
    """Return net benefit over the draws of a run."""
    return next(
        q
        for q in run.quantities
        if (q.quantity, q.strategy, q.basis, q.subject) == ("inmb", "vaccine", "probabilistic", "")
    )


def test_the_choice_is_shown_with_what_it_does(folder):
    run = run_scenario(scenario(folder))
    result = run["pooling_choice"]
    rows = result.tables[0].to_pandas()
    mine = rows[(rows["parameter"] == "vaccine_or")].set_index("choice")
    assert list(mine.index) == ["mean", "predictive"]
    assert mine.loc["predictive", "used"]
    assert not mine.loc["mean", "used"]
    # The same point, another spread; the row in use repeats the run itself.
    assert mine.loc["mean", "inmb"] == mine.loc["predictive", "inmb"]
    width = mine["inmb_upper"] - mine["inmb_lower"]
    assert width["predictive"] > 1.3 * width["mean"]
    assert mine.loc["predictive", "inmb_mean"] == pytest.approx(_drawn(run).value, rel=1e-12)
    assert "instead of" in " ".join(result.headline)
    shown = section.context(run)
    assert section.applies(run)
    assert len(shown["choices"].rows) == 4


def test_another_choice_gives_what_a_run_with_that_choice_gives(folder):
    """The slow way: write the other word into the file, and run again."""
    here = run_scenario(scenario(folder))["pooling_choice"]
    other = _drawn(run_scenario(scenario(folder, 'draws = "mean"')))
    rows = here.tables[0].to_pandas()
    row = rows[(rows["parameter"] == "vaccine_or") & (rows["choice"] == "mean")].iloc[0]
    assert row["inmb_mean"] == pytest.approx(other.value, rel=1e-9)
    assert row["inmb_lower"] == pytest.approx(other.lower, rel=1e-9)


def test_without_a_pooled_parameter_nothing_is_said():
    run = run_scenario(heco.load(ROOT / "scenarios" / "first.toml"))
    assert "pooling_choice" not in run
    assert not section.applies(run)


def test_the_shipped_cases():
    """Required gain at the response of trials; the published cost inside the built-up range."""
    run = run_scenario(heco.load(ROOT / "scenarios" / "evidence-based.toml"), draws=1_000)
    found = [
        q
        for q in run["required_gain"].find("required_qaly_per_benefit", strategy="targeted")
        if q.wtp == 20_000 and q.basis == "deterministic" and not q.subject
    ]
    assert found[0].value == pytest.approx(0.766, abs=0.001)  # 2,342 / 20,000 / 0.153
    assert "counts_found" in run.scenario.alternatives
    # A new place is less sure than the average: the published 0.30 lies inside, ten times more too.
    ends = {
        q.strategy: (q.lower, q.upper)
        for q in run["required_gain"].find("required_qaly_per_benefit", strategy="targeted")
        if q.wtp == 20_000 and q.basis == "probabilistic" and not q.subject
    }["targeted"]
    assert ends[0] < 0.30
    assert ends[1] > 3
    run = run_scenario(heco.load(ROOT / "scenarios" / "microcosting.toml"), draws=1_000)
    (cost,) = [
        q
        for q in run.quantities
        if (q.quantity, q.strategy, q.basis)
        == ("treatment_cost_per_case", "targeted", "probabilistic")
    ]
    assert cost.lower < 2_265 < cost.upper


def test_unit_costs_of_the_micro_costing_are_cited():
    words = heco.load(ROOT / "scenarios" / "microcosting.toml")
    for name, value in (("visitor", 68), ("therapist", 72), ("supervisor", 96)):
        parameter = words.parameters[f"c_hour_{name}"]
        assert parameter.fixed == value
        assert "PSSRU" in parameter.source
        assert words.price_factors[f"c_hour_{name}"] == pytest.approx(1 / 1.3212, rel=1e-4)


def test_every_row_of_the_trials_has_a_citation():
    with (ROOT / "scenarios" / "evidence" / "trials.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["citation"], row["study"]
            assert row["counts"], row["study"]
