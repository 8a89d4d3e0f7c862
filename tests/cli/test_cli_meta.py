"""``heco meta``: the contract of files and exit codes, and what it says."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from heco.cli import cli
from heco.result import COLUMNS

ROOT = Path(__file__).parents[2]
BCG = ROOT / "scenarios" / "examples" / "bcg.csv"
TRIALS = ROOT / "scenarios" / "evidence" / "trials.csv"
REFERENCE = json.loads(
    (ROOT / "tests" / "reference" / "meta" / "bcg_metafor.json").read_text("utf-8")
)["outputs"]


def run(*words):
    return CliRunner().invoke(cli, ["meta", *map(str, words)])


def rows(folder):
    text = (folder / "results.csv").read_text("utf-8").splitlines()
    assert text[0] == ",".join(COLUMNS)
    return list(csv.DictReader(text))


def value(folder, quantity, subject):
    found = [r for r in rows(folder) if (r["quantity"], r["subject"]) == (quantity, subject)]
    assert len(found) == 1, (quantity, subject)
    return float(found[0]["value"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One run with everything asked."""
    folder = tmp_path_factory.mktemp("meta") / "out"
    result = run(
        BCG, "--measure", "OR", "--estimator", "all", "--by", "allocation", "--moderator",
        "latitude", "--bias", "--bayes", "0.5", "-o", folder,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder, result.stdout


@pytest.mark.parametrize("estimator", ["REML", "DL", "ML", "PM", "EB", "HS", "SJ", "HE"])
@pytest.mark.parametrize("test", ["wald", "knapp-hartung"])
def test_results_csv_holds_what_metafor_finds(whole, estimator, test):
    folder, _ = whole
    key = estimator if test == "wald" else f"{estimator}_KH"
    if key not in REFERENCE["pooled_logOR"]:
        pytest.skip(f"no {key} in the reference")
    expected = REFERENCE["pooled_logOR"][key]
    subject = f"OR/{estimator}/{test}"
    for quantity, name in (
        ("pooled_effect", "estimate"), ("pooled_se", "se"), ("tau2", "tau2"), ("i2", "I2"),
        ("q", "Q"),
    ):  # fmt: skip
        np.testing.assert_allclose(value(folder, quantity, subject), expected[name], rtol=1e-5)
    np.testing.assert_allclose(
        value(folder, "exp_pooled_effect", subject), np.exp(expected["estimate"]), rtol=1e-5
    )
    assert value(folder, "prediction_lower", subject) < value(folder, "prediction_upper", subject)


def test_a_folder_holds_tables_figures_and_their_fingerprints(whole):
    folder, _ = whole
    record = json.loads((folder / "run.json").read_text("utf-8"))
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert on_disk == {*record["files"], "run.json"}
    assert {"figures/forest.svg", "figures/funnel.png", "figures/bubble.svg"} <= on_disk
    assert {"tables/studies.csv", "tables/methods.csv", "tables/influence.csv"} <= on_disk
    assert record["inputs"].keys() == {"bcg.csv"}


def test_one_screen_of_eighty_columns_answers_a_reviewer(whole):
    _, said = whole
    assert max(map(len, said.splitlines()[:-1])) <= 80
    for words in (
        "Odds ratio: 0.47 (0.32 to 0.71) from 13 studies", "Q-profile", "prediction interval",
        "Higgins", "Test for subgroup differences", "latitude", "Leaving out one", "Harbord",
        "Peters", "Trim and fill", "Bayesian", "Mantel–Haenszel", "I² 92%",
    ):  # fmt: skip
        assert words in said, words


def test_the_plain_question_fits_one_screen(tmp_path):
    result = run(BCG, "--measure", "RR", "-o", tmp_path / "out")
    assert len(result.stdout.splitlines()) <= 40


def test_the_same_bytes_every_time(tmp_path):
    for name in ("one", "two"):
        assert run(BCG, "--measure", "RR", "--quiet", "-o", tmp_path / name).exit_code == 0
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert twin.read_bytes() == path.read_bytes(), path


def test_json_is_one_document_and_nothing_else(tmp_path):
    result = run(BCG, "--measure", "RR", "--json", "-o", tmp_path / "out")
    document = json.loads(result.stdout)
    assert document["headline"][0].startswith("Risk ratio: 0.49")
    assert "results.csv" in document["files"]


def test_an_effect_with_its_interval_on_either_scale_is_the_same(tmp_path):
    plain, logs = tmp_path / "plain.csv", tmp_path / "logs.csv"
    plain.write_text("study,effect,ci_low,ci_high\nA,0.5,0.25,1\nB,0.8,0.4,1.6\nC,0.3,0.1,0.9\n")
    lines = ["study,effect,se"]
    for name, effect, low, high in (
        ("A", 0.5, 0.25, 1),
        ("B", 0.8, 0.4, 1.6),
        ("C", 0.3, 0.1, 0.9),
    ):
        lines.append(f"{name},{np.log(effect)!r},{np.log(high / low) / 2 / 1.959963984540054!r}")
    logs.write_text("\n".join(line.replace("np.float64(", "").replace(")", "") for line in lines))
    run(plain, "--measure", "HR", "-o", tmp_path / "a")
    run(logs, "--measure", "HR", "--log", "-o", tmp_path / "b")
    subject = "HR/REML/knapp-hartung"
    np.testing.assert_allclose(
        value(tmp_path / "a", "pooled_effect", subject),
        value(tmp_path / "b", "pooled_effect", subject), rtol=1e-9,
    )  # fmt: skip


BAD = {
    "more events than people": ("A,25,20,3,20\nB,1,30,2,30", "25 events in 20 people"),
    "negative": ("A,-1,20,3,20\nB,1,30,2,30", "cannot be negative"),
    "words": ("A,x,20,3,20\nB,1,30,2,30", "not a number"),
    "another kind of text": ("A\x00,1,20,3,20\nB,1,30,2,30", "not text"),
    "nothing": ("A,,20,3,20\nB,,30,2,30", "no study that can be used"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_rows_are_refused_and_nothing_is_written(tmp_path, name):
    lines, said = BAD[name]
    path = tmp_path / "bad.csv"
    path.write_text(f"study,events_treat,n_treat,events_control,n_control\n{lines}\n")
    result = run(path, "--measure", "OR", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--measure", "ORR"), 'no measure "ORR"'),
        (("--measure", "OR", "--estimator", "REMl2"), "no estimator"),
        (("--measure", "OR", "--test", "student"), "--test"),
        (("--measure", "OR", "--prediction", "x"), "--prediction"),
        (("--measure", "OR", "--by", "colour"), 'no column "colour"'),
        (("--measure", "OR", "--by", "study", "--moderator", "altitude"), "altitude"),
        (("--measure", "OR", "--only", "allocation"), "="),
        (("--measure", "OR", "--only", "allocation=randm"), "random"),
        (("--measure", "MD"), "MD needs the columns"),
        ((), "--measure"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(tmp_path, words, said):
    result = run(BCG, *words, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_single_study_and_empty_cells_are_handled_and_said(tmp_path):
    path = tmp_path / "few.csv"
    head = "study,events_treat,n_treat,events_control,n_control\n"
    path.write_text(f"{head}A,3,20,8,20\n")
    result = run(path, "--measure", "OR", "-o", tmp_path / "one")
    assert result.exit_code == 0
    assert "one study" in " ".join(result.stdout.split()).lower()
    path.write_text(f"{head}A,0,20,3,20\nB,0,30,0,30\nC,5,50,9,50\nD,,40,3,40\n")
    result = run(path, "--measure", "OR", "--bias", "-o", tmp_path / "two")
    said = " ".join(result.stdout.split())
    assert "1/2 was added to every cell of 1 study" in said
    assert "leaves the odds ratio: B" in said
    assert "left out: D" in said
    assert "not tested (2 studies, 10 are needed)" in said


@pytest.mark.parametrize("measure", ["PLOGIT", "PLOG"])
def test_prevalence_is_pooled_from_single_arms(tmp_path, measure):
    path = tmp_path / "share.csv"
    path.write_text("study,events,n\nA,25,200\nB,0,30\nC,40,150\n")
    result = run(path, "--measure", measure, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "%" in result.stdout


def test_an_old_folder_is_replaced_and_a_stranger_s_is_not(tmp_path):
    folder = tmp_path / "out"
    for _ in range(2):
        assert run(BCG, "--measure", "RR", "--quiet", "-o", folder).exit_code == 0
    (folder / "mine.txt").write_text("keep me")
    result = run(BCG, "--measure", "RR", "--quiet", "-o", folder)
    assert result.exit_code == 2
    assert (folder / "mine.txt").exists()


def test_the_trials_of_the_case_say_that_they_are_a_selection(tmp_path):
    shutil.copy(TRIALS, tmp_path / "trials.csv")
    words = (tmp_path / "trials.csv", "--measure", "OR", "--only", "outcome=disorganised")
    result = run(*words, "--shared", "shared_control", "-o", tmp_path / "out")
    said = " ".join(result.stdout.split())
    assert "from 3 studies" in said
    assert "11 of 14 studies have no numbers here" in said
    assert "shared control arms" in said
    assert "Cassidy (COS-P Head Start)" in said
    # Counts that nobody saw must not come back.
    with TRIALS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["counts"].startswith("not seen"):
                assert not row["events_treat"]
                assert not row["events_control"]
    # Its four subgroup claims cannot be tested, and the program says so by itself.
    result = run(*words, "--moderator", "duration_months", "-o", tmp_path / "out")
    told = " ".join((result.stdout + result.stderr).split())
    assert "fewer than 10 for each" in told


def test_shared_arms_by_covariance_count_once(tmp_path):
    words = (TRIALS, "--measure", "OR", "--only", "outcome=disorganised", "--shared")
    found = {}
    for rule in ("combine", "split", "covariance"):
        folder = tmp_path / rule
        result = run(*words, "shared_control", "--shared-rule", rule, "-o", folder)
        assert result.exit_code == 0, result.output
        found[rule] = value(folder, "studies", "OR/REML/knapp-hartung")
    assert found == {"combine": 3, "split": 4, "covariance": 3}


def test_cumulative_ends_with_the_result(whole):
    folder, _ = whole
    with (folder / "tables" / "cumulative.csv").open(encoding="utf-8") as file:
        steps = list(csv.DictReader(file))
    assert [float(step["order"]) for step in steps] == sorted(float(s["order"]) for s in steps)
    last = value(folder, "pooled_effect", "OR/REML/knapp-hartung")
    assert float(steps[-1]["effect"]) == pytest.approx(last, rel=1e-9)


def test_left_out_studies_are_in_the_table_with_the_reason(tmp_path):
    path = tmp_path / "few.csv"
    head = "study,events_treat,n_treat,events_control,n_control\n"
    path.write_text(f"{head}A,3,20,8,20\nC,5,50,9,50\nD,,40,3,40\n")
    run(path, "--measure", "RR", "-o", tmp_path / "out")
    with (tmp_path / "out" / "tables" / "studies.csv").open(encoding="utf-8") as file:
        last = list(csv.DictReader(file))[-1]
    assert last["study"] == "D"
    assert last["note"] == "left out: not reported: events_treat"
    assert not last["effect_without"]


def test_accuracy_of_a_test_and_its_plot(tmp_path):
    path = tmp_path / "acc.csv"
    path.write_text(
        "study,tp,fn,fp,tn\nA,45,3,5,60\nB,20,4,6,30\nC,70,11,2,90\nD,33,3,9,44\nE,12,5,3,40\n"
    )
    result = run(path, "--measure", "acc", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Sensitivity 86.6%")
    found = {r["quantity"]: float(r["value"]) for r in rows(tmp_path / "out")}
    assert 0.7 < found["sensitivity"] < 0.95
    assert 0.5 < found["auc"] < 1
    assert (tmp_path / "out" / "figures" / "sroc.svg").exists()
    path.write_text("study,tp,fn,fp,tn\nA,7,0,11,37\n")
    result = run(path, "--measure", "ACC", "--json", "-o", tmp_path / "out")
    assert "one study" in " ".join(json.loads(result.stdout)["warnings"])


def test_judgements_of_bias_are_shown_and_weigh_nothing(tmp_path):
    path, plain = tmp_path / "rob.csv", tmp_path / "plain.csv"
    path.write_text(
        "study,effect,se,rob_randomisation,rob_measurement\n"
        "A,0.5,0.1,low,high\nB,0.7,0.2,some concerns,\nC,0.9,0.2,unclear,low\n"
    )
    plain.write_text("study,effect,se\nA,0.5,0.1\nB,0.7,0.2\nC,0.9,0.2\n")
    for one in (path, plain):
        assert run(one, "--measure", "HR", "-o", tmp_path / one.stem).exit_code == 0
    assert (tmp_path / "rob" / "figures" / "risk_of_bias.svg").exists()
    assert not (tmp_path / "plain" / "figures" / "risk_of_bias.svg").exists()
    same = [
        (folder / "results.csv").read_text() for folder in (tmp_path / "rob", tmp_path / "plain")
    ]
    assert same[0] == same[1]
    path.write_text(path.read_text().replace("unclear", "lwo"))
    result = run(path, "--measure", "HR", "-o", tmp_path / "bad")
    assert result.exit_code == 2
    assert "Did you mean" in result.stderr


def test_the_flow_of_a_review(tmp_path):
    flow = ROOT / "scenarios" / "evidence" / "prisma.csv"
    result = run(BCG, "--measure", "RR", "--prisma", flow, "-o", tmp_path / "out")
    assert result.exit_code == 0
    svg = (tmp_path / "out" / "figures" / "prisma.svg").read_text("utf-8")
    assert "From 10,167 records to 30 studies" in svg
    bad = tmp_path / "bad.csv"
    bad.write_text("stage,label,n\nidentified,Records,10\nscreened,Screened,12\nexluded,Out,x\n")
    result = run(BCG, "--measure", "RR", "--prisma", bad, "-o", tmp_path / "no")
    assert result.exit_code == 2
    assert "excluded" in result.stderr
    assert "not a count" in result.stderr


def test_judgements_from_a_file_of_their_own(tmp_path):
    rob, flow = tmp_path / "rob.csv", ROOT / "scenarios" / "evidence" / "prisma.csv"
    rob.write_text("Study,D1,D2,Overall\nA,Low,High,High\nB,Some concerns,Low,Some concerns\n")
    words = (BCG, "--measure", "RR", "--risk-of-bias", rob, "--prisma", flow, "--quiet", "-o")
    result = run(*words, tmp_path / "out")
    assert result.exit_code == 0, result.output
    svg = (tmp_path / "out" / "figures" / "risk_of_bias.svg").read_text("utf-8")
    assert "high overall in 1 of 2 studies" in svg
    record = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert record["inputs"].keys() == {"bcg.csv", "rob.csv", "prisma.csv"}
    rob.write_text("Study,D1\nA,Lwo\n")
    result = run(*words, tmp_path / "no")
    assert result.exit_code == 2
    assert "no judgement of A" in result.stderr
    assert not (tmp_path / "no").exists()


def test_the_bootstrap_gives_intervals_and_its_seed_decides(tmp_path):
    found = {}
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        result = run(
            BCG, "--measure", "RR", "--bootstrap", 1000, "--seed", seed, "-o", tmp_path / name
        )
        assert result.exit_code == 0, result.output
        said = " ".join(result.stdout.split())
        assert f"Bootstrap (1,000 samples of the studies, REML, seed {seed}): 95% interval" in said
        found[name] = {
            r["quantity"]: (float(r["value"]), r["lower"] and float(r["lower"]), r["upper"])
            for r in rows(tmp_path / name)
            if r["subject"] == "RR/REML/bootstrap"
        }
    assert found["one"] == found["two"] != found["three"]
    main = value(tmp_path / "one", "pooled_effect", "RR/REML/knapp-hartung")
    effect, low, high = found["one"]["pooled_effect"]
    assert effect == main
    # 1,000,000 samples give -1.064 to -0.367, and 0.086 to 0.443 for tau2.
    np.testing.assert_allclose([low, float(high)], [-1.064, -0.367], atol=0.04)
    assert found["one"]["tau2"][0] == pytest.approx(REFERENCE["pooled_logRR"]["REML"]["tau2"], 1e-6)
    np.testing.assert_allclose(found["one"]["tau2"][1], 0.086, atol=0.02)
    assert found["one"]["exp_pooled_effect"][0] == pytest.approx(np.exp(main))


def test_a_thousand_reml_fits_of_the_bootstrap_are_quick():
    from time import process_time

    from heco.evidence.meta import bootstrap, read_studies

    effects = read_studies(BCG, "RR").effects()
    bootstrap(effects, 10)
    start = process_time()
    bootstrap(effects, 1000)
    assert process_time() - start < 0.5


def test_a_row_of_not_a_number_is_missing_and_said(tmp_path):
    path = tmp_path / "nan.csv"
    path.write_text("study,effect,se\nA,0.5,0.1\nB,NaN,0.1\nC,0.4,nan\nD,0.7,0.2\n")
    result = run(path, "--measure", "MD", "-o", tmp_path / "out")
    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert "2 studies left out: B (not reported: effect); C (not reported: se)" in said


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_are_named(tmp_path, mark):
    path = tmp_path / "semi.csv"
    path.write_text("study,effect,se\nA,0.5,0.1\n".replace(",", mark))
    result = run(path, "--measure", "MD", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "separated by commas" in result.stderr


def test_standard_errors_of_ratios_are_said_to_be_of_ratios(tmp_path):
    path = tmp_path / "hr.csv"
    path.write_text("study,effect,se\nA,0.5,0.1\nB,0.7,0.2\nC,0.6,0.2\n")
    plain = run(path, "--measure", "HR", "-o", tmp_path / "a")
    assert "errors are taken to be of the ratios themselves" in " ".join(plain.stdout.split())
    logs = run(path, "--measure", "HR", "--log", "-o", tmp_path / "b")
    assert "of the ratios themselves" not in " ".join(logs.stdout.split())


def test_long_lists_of_names_are_cut(tmp_path):
    path = tmp_path / "many.csv"
    lines = "".join(f"Trial {i},0,{20 + i},3,{40 + i}\n" for i in range(60))
    path.write_text(f"study,events_treat,n_treat,events_control,n_control\n{lines}")
    result = run(path, "--measure", "OR", "-o", tmp_path / "out")
    assert "and 48 more" in " ".join(result.stdout.split())
    assert "and 20 more in tables/studies.csv" in result.stdout


@pytest.mark.parametrize("measure", ["RR", "RD", "OR"])
def test_all_methods_are_all_that_apply(tmp_path, measure):
    result = run(BCG, "--measure", measure, "--estimator", "all", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    subjects = {r["subject"] for r in rows(tmp_path / "out") if r["quantity"] == "pooled_effect"}
    assert f"{measure}/MH/wald" in subjects
    assert (f"{measure}/Peto/wald" in subjects) == (measure == "OR")
    assert ("Peto cannot pool" in " ".join(result.stdout.split())) == (measure != "OR")
    result = run(BCG, "--measure", "RR", "--estimator", "Peto", "-o", tmp_path / "no")
    assert result.exit_code == 2


def test_without_a_study_stands_beside_that_study_whatever_the_method(tmp_path):
    """A trial without events leaves a Mantel-Haenszel odds ratio and shifts nobody's line."""
    path = tmp_path / "mh.csv"
    head = "study,events_treat,n_treat,events_control,n_control\n"
    counts = {
        "Silent": (0, 30, 0, 30),
        "A": (5, 50, 9, 50),
        "B": (2, 40, 8, 40),
        "C": (7, 60, 9, 60),
    }
    path.write_text(head + "".join(f"{k},{','.join(map(str, v))}\n" for k, v in counts.items()))
    assert run(path, "--measure", "OR", "--estimator", "MH", "-o", tmp_path / "o").exit_code == 0
    for left in "ABC":
        rest = [counts[k] for k in "ABC" if k != left]
        r = sum(a * (m - c) / (n + m) for a, n, c, m in rest)
        s = sum((n - a) * c / (n + m) for a, n, c, m in rest)
        assert value(tmp_path / "o", "pooled_effect_without", left) == pytest.approx(np.log(r / s))


def test_errors_too_far_apart_to_be_added_are_refused(tmp_path):
    path = tmp_path / "far.csv"
    path.write_text("study,effect,se\nA,1,1e-9\nB,2,1e9\n")
    result = run(path, "--measure", "MD", "-o", tmp_path / "o")
    assert result.exit_code == 2
    assert "misprint" in result.stderr


def test_half_persons_of_a_test_s_tables_as_r_s_mada_adds_them(tmp_path):
    """AUDIT-C (Kriston et al. 2008): numbers of mada 0.5.11, see tests/reference/meta."""
    tp = [47, 126, 19, 36, 130, 84, 68, 752, 59, 142, 137, 57, 34, 152]
    fn = [9, 51, 10, 3, 19, 2, 0, 0, 5, 50, 24, 3, 1, 51]
    fp = [101, 272, 12, 78, 211, 68, 112, 3226, 55, 571, 107, 103, 21, 88]
    tn = [738, 1543, 192, 276, 959, 89, 423, 2977, 136, 2788, 358, 437, 56, 264]
    lines = [
        f"S{i},{','.join(map(str, row))}" for i, row in enumerate(zip(tp, fn, fp, tn, strict=True))
    ]
    path = tmp_path / "audit.csv"
    path.write_text("study,tp,fn,fp,tn\n" + "\n".join(lines) + "\n")
    run(path, "--measure", "ACC", "--half", "all", "-o", tmp_path / "all")
    found = {r["quantity"]: float(r["value"]) for r in rows(tmp_path / "all")}
    assert found["sensitivity"] == pytest.approx(0.8908781240983283, rel=1e-6)
    assert found["specificity"] == pytest.approx(1 - 0.2203391726653398, rel=1e-6)
    run(path, "--measure", "ACC", "-o", tmp_path / "zero")
    other = {r["quantity"]: float(r["value"]) for r in rows(tmp_path / "zero")}
    assert abs(other["sensitivity"] - found["sensitivity"]) < 0.01
