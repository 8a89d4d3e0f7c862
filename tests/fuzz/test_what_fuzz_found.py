"""Every bug that the fuzz tests have found, by itself."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from model_building import as_text, base, build, filled
from scipy.stats import norm

import heco
from heco.cli import cli
from heco.evidence.flow import read_flow
from heco.evidence.judgements import read_judgements
from heco.evidence.meta.reading import read_studies
from heco.evidence.ratios import apply_hr, apply_smr
from heco.evidence.survival import generalised_gamma
from heco.reference import curves
from heco.reference.formulas import worth
from heco.scenario.durations import DurationError, parse_duration
from heco.scenario.expressions import parse
from heco.scenario.foreign import number_in


def problems(data):
    with pytest.raises(heco.ScenarioError) as caught:
        heco.load_text(as_text(filled(data)))
    return [str(problem) for problem in caught.value.problems]


def test_a_hazard_ratio_of_0_prevents_even_what_was_certain():
    # 1 - (1 - p) ^ hr with 0 ^ 0 = 1; it used to be 0 times infinity, and the draw was lost.
    np.testing.assert_array_equal(apply_hr([1.0, 1.0, 0.3], [0.0, 2.0, 0.0]), [0.0, 1.0, 0.0])
    assert apply_smr(1.0, 0.0) == 0.0
    assert np.isnan(apply_hr(np.nan, 0.0))
    states = {"well": {"utility": 1}, "dead": {"absorbing": True}}
    model = build({
        "time": {"cycle": "1 year", "horizon": "3 cycles"},
        "population": {"starts": {"well": 1}},
        "states": states,
        "transitions": {"well": {"dead": "apply_hr(1 / cycle, 0)", "well": "rest"}},
    })  # fmt: skip
    assert base(model).valid.all()
    assert base(model).life_years[0, 0] > 2.5
    for p, ratio in ((1.0, 0.0), (1.0, 1e-9), (1e-14, 3.0)):
        told = worth(parse(f"apply_hr({p!r}, {ratio!r})"), lambda name: 0.0)
        assert told == pytest.approx(float(apply_hr(p, ratio)), rel=1e-12)


@pytest.mark.parametrize(
    "q", [1e-17, 0.1 + 0.2 - 0.3, -1e-15, 1e-12, 1e-9, -1e-7, 4e-5, 9.9e-4, 1.01e-3]
)
@pytest.mark.parametrize("t", [0.01, 0.4, 1.5, 20.0])
def test_a_generalised_gamma_near_the_lognormal_is_near_the_lognormal(q, t):
    # q = 5.6e-17 (what is left of 0.1 + 0.2 - 0.3) used to give 0.5 at every time.
    limit = norm.sf((np.log(t) - 0.4) / 0.9)
    found = float(generalised_gamma(t, 0.4, 0.9, q))
    assert found == pytest.approx(limit, abs=abs(q) + 1e-14)
    assert limit < 1 - 1e-8 or found < 1, "the tail is not lost"
    assert found == pytest.approx(curves.generalised_gamma(t, 0.4, 0.9, q), abs=1e-10)
    # What q changes, to first order: minus q times the density times (w^2 + 2) / 6.
    w = (np.log(t) - 0.4) / 0.9
    if abs(q) > 1e-7:
        slope = -norm.pdf(w) * (w**2 + 2) / 6
        assert (found - limit) / q == pytest.approx(slope, rel=0.01, abs=1e-3)


def test_a_generalised_gamma_joins_up_where_its_computation_changes():
    below, above = generalised_gamma(1.5, 0.4, 0.9, np.array([9.99999e-4, 1.000001e-3]))
    assert below == pytest.approx(above + 2e-9 * 0.133, abs=1e-11)
    assert list(generalised_gamma(0.0, 0.4, 0.9, np.array([0.0, 1e-9, 0.5]))) == [1.0] * 3


@pytest.mark.parametrize("text", ["9" * 400 + " years", "9" * 5_000 + " years",
                                  "1/" + "9" * 5_000 + " year", "99999999999 years"])  # fmt: skip
def test_a_duration_beyond_reason_is_refused_in_words(text):
    with pytest.raises(DurationError, match=r"too long for|longer than anything"):
        parse_duration(text)
    for key in ("cycle", "horizon"):
        time = {"cycle": "1 year", "horizon": "3 cycles", key: text}
        (problem,) = problems({
            "time": time, "population": {"starts": {"a": 1}}, "states": {"a": {"utility": 1}},
            "transitions": {"a": {"a": "rest"}},
        })  # fmt: skip
        assert f"[time] {key}" in problem
        assert "digits" not in problem


@pytest.mark.parametrize("value", [10**400, float("inf"), 5, 0.5])
def test_a_duration_without_a_unit_is_refused_in_words(value):
    with pytest.raises(DurationError, match="a unit is missing"):
        parse_duration(value)


def test_a_number_beyond_reason_is_refused():
    # Its square overflowed, and a warning of numpy stood between the results.
    for value in (1e300, -1e61, "1e300"):
        said = problems({"strategies": {"a": {"one_off": [{"cost": value}]}}})
        assert "is no plausible size for anything" in said[0]


def test_a_number_with_too_many_digits_is_refused_in_words_of_ours():
    with pytest.raises(heco.ScenarioError) as caught:
        heco.load_text("[time]\nstart_age = 1\nend_age = " + "9" * 5_000 + "\n")
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert "sys." not in str(problem)


def test_infinity_is_no_number_to_write_instead():
    assert number_in("inf") == number_in("nan") == number_in("1e999") == ""
    assert number_in("35%") == "0.35"


def test_a_digit_of_another_kind_is_no_count(tmp_path):
    path = tmp_path / "flow.csv"
    for cell in ("²", "9" * 5_000, "1,00"):
        path.write_text(f'stage,label,n\nidentified,Records,"{cell}"\n', encoding="utf-8")
        with pytest.raises(heco.ScenarioError, match="is not a count") as caught:
            read_flow(path)
        assert caught.value.problems[0].line == 2
    path.write_text('stage,label,n\nidentified,Records,"12,345"\n', encoding="utf-8")
    assert read_flow(path).boxes[0].n == 12_345


def test_a_judgement_that_is_none_is_named_by_row_and_column(tmp_path):
    path = tmp_path / "rob.csv"
    path.write_text("study,blinding\nOne,low\nTwo,hihg\n", encoding="utf-8")
    with pytest.raises(heco.ScenarioError) as caught:
        read_judgements(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.where) == (3, "row 2, column blinding")
    assert problem.hint == 'Did you mean "high"?'


def test_an_empty_name_for_a_column_is_no_column(tmp_path):
    path = tmp_path / "trials.csv"
    columns = "study,events_treat,n_treat,events_control,n_control"
    path.write_text(f"{columns}\nA,3,20,5,21\nB,4,30,9,31\n", encoding="utf-8")
    with pytest.raises(heco.ScenarioError, match='there is no column ""'):
        read_studies(path, "OR", shared_by="")


ONCE = {"a": {"one_off": [{"cost": 1}]}, "b": {"one_off": [{"cost": 2, "qaly": 1}]}}
SOUND = as_text(filled({"strategies": ONCE}))


@pytest.mark.parametrize(
    "options",
    [
        ("voi", "--wtp"), ("voi", "--people"), ("voi", "--prevalent"), ("voi", "--horizon"),
        ("voi", "--discount"), ("tornado", "--wtp"), ("threshold", "--low"),
        ("threshold", "--high"),
        ("threshold", "--wtp"), ("psa", "--wtp"), ("sensitivity", "--wtp"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_nan_is_no_number_on_the_command_line(options, value, tmp_path, monkeypatch):
    # "nan" is neither below nor above a bound, so it used to be taken.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "given.toml").write_text(SOUND, encoding="utf-8")
    command, option = options
    result = CliRunner().invoke(cli, [command, "given.toml", option, value])
    assert result.exit_code == 2
    assert "number" in result.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "given.toml"]


@pytest.mark.parametrize("where", ["loop", "loop/below", "x" * 300])
def test_an_impossible_folder_is_refused_before_the_work(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "given.toml").write_text(SOUND, encoding="utf-8")
    result = CliRunner().invoke(cli, ["run", "given.toml", "-o", where])
    assert result.exit_code == 2, result.exc_info
    assert "folder" in result.stderr


COUNTS = "study,events_treat,n_treat,events_control,n_control,year\n"


def test_a_method_that_leads_is_not_left_out_of_all(tmp_path, monkeypatch):
    # --estimator Peto,all where there are no counts: all that can be done, but its first cannot.
    monkeypatch.chdir(tmp_path)
    Path("given.csv").write_text("study,effect,se\nA,0.5,0.1\nB,0.4,0.1\n", encoding="utf-8")
    asked = ["meta", "given.csv", "--measure", "GEN", "--estimator", "Peto,all"]
    result = CliRunner().invoke(cli, asked)
    assert result.exit_code == 2, result.exc_info
    assert "counts" in result.stderr


def test_a_year_in_other_digits_orders_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "A,3,20,5,21,²\nB,4,30,9,31,1999\n"
    Path("given.csv").write_text(COUNTS + rows, encoding="utf-8")
    result = CliRunner().invoke(cli, ["meta", "given.csv", "--measure", "OR", "--quiet"])
    assert result.exit_code == 0, result.exc_info


def test_a_standard_error_of_nothing_is_refused(tmp_path):
    path = tmp_path / "given.csv"
    path.write_text("study,effect,se\nA,0.5,1e-300\nB,0.5,1e-300\n", encoding="utf-8")
    with pytest.raises(heco.ScenarioError, match="no plausible size") as caught:
        read_studies(path, "GEN")
    assert caught.value.problems[0].line == 2


DRAWN = {
    "decision": {"comparator": "a", "wtp": [20_000]},
    "parameters": {"c": {"gamma": {"mean": 10, "se": 1}}},
    "strategies": {"a": {"one_off": [{"cost": "c"}]}, "b": {"one_off": [{"qaly": 0.1}]}},
    "analysis": {"psa": {"draws": 200}, "voi": True},
}


@pytest.mark.parametrize("draws", ["2", "9"])
def test_too_few_draws_for_the_value_of_information_are_refused(draws, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("given.toml").write_text(as_text(filled(copy.deepcopy(DRAWN))), encoding="utf-8")
    result = CliRunner().invoke(cli, ["run", "given.toml", "--draws", draws])
    assert result.exit_code == 2, result.exc_info
    assert f"needs at least 10 draws; there are {draws}" in result.stderr
    lines = ["cost:a,qaly:a,cost:b,qaly:b,param:p", *["1,2,3,4,5"] * int(draws)]
    Path("given.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["voi", "given.csv", "--wtp", "20000"])
    assert result.exit_code == 2, result.exc_info
    assert "needs at least 10 draws" in result.stderr


def test_a_gallery_of_one_strategy_asks_for_no_precision():
    from heco.commands.gallery import every_question

    data = copy.deepcopy(DRAWN) | {"strategies": {"a": DRAWN["strategies"]["a"]}}
    del data["decision"], data["analysis"]["voi"]
    scenario = every_question(heco.load_text(as_text(filled(data))))
    assert scenario.analysis.psa is not None
    assert scenario.analysis.psa.precision is None


def test_draws_beyond_reason_are_refused(tmp_path):
    from heco import psa_file

    path = tmp_path / "given.csv"
    path.write_text("cost:a,qaly:a,cost:b,qaly:b\n1,2,3,4\n1e150,2,3,4\n", encoding="utf-8")
    with pytest.raises(heco.ScenarioError, match="no plausible size") as caught:
        psa_file.read(path)
    assert (caught.value.problems[0].line, caught.value.problems[0].where) == (
        3, "row 2, column cost:a",
    )  # fmt: skip
