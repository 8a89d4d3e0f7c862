"""Severity: published norms, shortfalls by hand, the boundaries of the weights, and bad input."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from small_models import table, value

import heco
from heco.analysis.norms import Norm, expected, lived
from heco.analysis.severity import weight
from heco.errors import ScenarioError
from heco.scenario.load import load_text

HERE = Path(__file__).parent
#: Quality of life and deaths by age and sex, ages 80 to 100: Health Survey for England 2017 and
#: 2018 (van Hout mapping), ONS National Life Tables for England 2017 to 2019, as published with
#: the calculator of Schneider et al. 2021 (github.com/bitowaqr/shortfall, ref_df.csv).
TABLES = "norms_england_80.csv"
#: QALYs that people of each age can expect, at 0%, 1.5% and 3.5%: McNamara et al. 2023, Value in
#: Health 26:163-169, table of norms (the same repository, Qx_cw_df.csv). Two decimals.
PUBLISHED = "norms_england_published.csv"


def rows(name):
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize(("key", "rate"), [("0", 0.0), ("15", 0.015), ("35", 0.035)])
def test_published_norms_for_england(sex, key, rate):
    for published in rows(PUBLISHED):
        ages = [r for r in rows(TABLES) if int(r["age"]) >= int(published["age"])]
        death = np.array([float(r[f"q_{sex}"]) for r in ages])
        norm = Norm(
            1.0, np.array([float(r["age"]) for r in ages]),
            np.concatenate([[1.0], np.cumprod(1 - death)]),
            np.array([float(r[f"u_{sex}"]) for r in ages]),
        )  # fmt: skip
        found = expected(norm, rate, 0.0)
        assert found == pytest.approx(float(published[f"{sex}_{key}"]), abs=0.005)


def test_years_lived():
    assert lived(np.array([1.0, 1.0, 0.5, 0.0])).tolist() == [1.0, 0.75, 0.25]


@pytest.mark.parametrize(
    ("absolute", "proportional", "factor"),
    [
        (0, 0, 1), (11.999999, 0.5, 1), (12, 0.5, 1.2), (17.999999, 0.5, 1.2), (18, 0.5, 1.7),
        (1, 0.8499999, 1), (1, 0.85, 1.2), (1, 0.9499999, 1.2), (1, 0.95, 1.7),
        (12, 0.95, 1.7), (18, 0.85, 1.7), (-3, -0.2, 1),
        (0.1 + 0.2 + 11.7, 0.1, 1.2), (5, 0.35 + 0.5, 1.2),  # as computers add them up
    ],
)  # fmt: skip
def test_boundaries_of_the_weights(absolute, proportional, factor):
    assert weight(absolute, proportional) == factor


MODEL = """
[decision]
comparator = "usual"
wtp = [20_000, 30_000]
[time]
start_age = {start}
discount = {{cost = 0.035, qaly = 0.035}}
[parameters.q_general]
label = "Death, general population"
unit = "probability"
source = "invented"
table = {{by = "age", values = [[0, 0.0], [60, 0.1], [90, 0.1]]}}
[parameters.u]
label = "Utility while ill"
unit = "utility"
{u}
source = "invented"
[tree.all]
ill = {{p = 1, qaly = "u", count = "ill"}}
[tree.treated]
better = {{p = 1, qaly = "u + 0.5", cost = 10_000, count = "ill"}}
[strategies]
usual = {{label = "Usual care", enters = "all"}}
drug = {{label = "New drug", enters = "treated"}}
[analysis]
psa = {{draws = 200, seed = 1}}
[analysis.severity]
dated = "invented"
last_age = {last}
{more}
[analysis.severity.sexes]
{sexes}
"""
ONE = 'all = {share = 1, death = "q_general", utility = 1}'


def answered(
    u="fixed = 0.1", sexes=ONE, start=60, last=79, more="", draws=0, folder=None, words=MODEL
):
    text = words.format(u=u, sexes=sexes, start=start, last=last, more=more)
    return heco.run(load_text(text, folder), draws=draws)


def general(rate=0.035, when=0.5, years=20, q=0.1):
    """Work the general population out year by year, the slow way."""
    alive, total = 1.0, 0.0
    for year in range(years):
        after = alive * (1 - q)
        total += (alive + after) / 2 / (1 + rate) ** (year + when)
        alive = after
    return total


def test_shortfall_by_hand():
    found = answered()
    norm = general()
    assert value(found, "qalys_general") == pytest.approx(norm, rel=1e-12)
    assert value(found, "shortfall_absolute") == pytest.approx(norm - 0.1, rel=1e-12)
    assert value(found, "shortfall_proportional") == pytest.approx(1 - 0.1 / norm, rel=1e-12)
    assert value(found, "severity_weight") == 1.7  # less than 5% is left
    row = table(found, "severity_results")[0]
    assert (row["qaly"], row["weighted"]) == pytest.approx((0.5, 0.85))
    assert (row["icer"], row["icer_weighted"]) == pytest.approx((20_000, 10_000 / 0.85))
    assert (row["inmb"], row["inmb_weighted"]) == pytest.approx((0.0, 20_000 * 0.85 - 10_000))


def test_unweighted_results_are_those_of_the_base_case():
    found = answered(u="beta = {mean = 0.1, se = 0.02}", draws=200)
    for row in table(found, "severity_results"):
        what = {"strategy": "drug", "comparator": "usual", "basis": row["basis"]}
        assert row["inmb"] == value(found, "inmb", wtp=row["wtp"], **what)
        assert row["qaly"] == value(found, "incremental_qaly", **what)
        weighted = value(found, "inmb_weighted", wtp=row["wtp"], **what)
        assert row["inmb_weighted"] == pytest.approx(weighted)
        assert row["weighted"] == pytest.approx(row["weight"] * row["qaly"])


def test_weight_of_1_changes_nothing():
    found = answered(u="fixed = 0.9", last=61)
    assert value(found, "severity_weight") == 1.0
    for row in table(found, "severity_results"):
        assert (row["weighted"], row["inmb_weighted"]) == (row["qaly"], row["inmb"])


@pytest.mark.parametrize("name", ["start-of-year", "mid-year"])
def test_both_conventions_of_discounting(name):
    found = answered(more=f'discounting = "{name}"')
    when = {"start-of-year": 0.0, "mid-year": 0.5}[name]
    assert value(found, "qalys_general") == pytest.approx(general(when=when), rel=1e-12)


def test_a_weight_that_hangs_on_the_convention_is_warned_about():
    low, high = general(), general(when=0.0)
    between = (0.05 * low + 0.05 * high) / 2  # 95% lost by one convention and not by the other
    found = answered(u=f"fixed = {between!r}")
    assert any("hangs on a convention" in warning for warning in found["severity"].warnings)
    assert not answered(u="fixed = 0.001")["severity"].warnings[:-1]


def test_no_discounting_and_nobody_dies_is_years_times_utility():
    sexes = "a = {share = 1, death = 0, utility = 0.8}"
    words = MODEL.replace("qaly = 0.035", "qaly = 0")
    found = answered(sexes=sexes, last=79, more="rate = 0", words=words)
    assert value(found, "qalys_general") == pytest.approx(20 * 0.8, rel=1e-12)


def test_sexes_are_mixed_by_their_shares_at_the_start():
    sexes = (
        "f = {share = 0.25, death = 0.05, utility = 1}\n"
        "m = {share = 0.75, death = 0.2, utility = 1}"
    )
    found = answered(sexes=sexes)
    by_hand = 0.25 * general(q=0.05) + 0.75 * general(q=0.2)
    assert value(found, "qalys_general") == pytest.approx(by_hand, rel=1e-12)


def test_utility_can_follow_age():
    sexes = 'a = {share = 1, death = 0, utility = "1 - age / 200"}'
    found = answered(sexes=sexes, start=60, last=61)
    by_hand = 0.7 / 1.035**0.5 + (1 - 61 / 200) / 1.035**1.5
    assert value(found, "qalys_general") == pytest.approx(by_hand, rel=1e-12)


def test_tables_from_files_give_the_published_norm(tmp_path):
    (tmp_path / TABLES).write_text((HERE / TABLES).read_text(encoding="utf-8"), encoding="utf-8")
    entries = "".join(
        f"[parameters.{key}]\nlabel = '{key}'\nunit = '{unit}'\nsource = 'ONS; HSE'\n"
        f"table = {{by = 'age', file = '{TABLES}', column = '{key}'}}\n"
        for key, unit in (
            ("q_female", "probability"), ("q_male", "probability"), ("u_female", "utility"),
            ("u_male", "utility"),
        )
    )  # fmt: skip
    sexes = (
        'female = {share = 0.5, death = "q_female", utility = "u_female"}\n'
        'male = {share = 0.5, death = "q_male", utility = "u_male"}'
    )
    entries = entries.replace("{", "{{").replace("}", "}}")
    words = MODEL.replace("[tree.all]", f"{entries}[tree.all]")
    found = answered(
        sexes=sexes, start=80, last=100, more='discounting = "start-of-year"', folder=tmp_path,
        words=words,
    )  # fmt: skip
    assert value(found, "qalys_general") == pytest.approx((5.61 + 5.31) / 2, abs=0.005)
    assert TABLES in found.files


def test_alive_counts_give_the_same_as_deaths():
    ages = list(range(60, 80))
    alive = [100_000 * 0.9 ** (age - 60) for age in ages]
    values = [[age, number] for age, number in zip(ages, alive, strict=True)]
    entry = (
        "[parameters.l]\nlabel = 'Alive'\nunit = 'people'\nsource = 'invented'\n"
        f"table = {{{{by = 'age', values = {values}}}}}\n"
    )
    words = MODEL.replace("[tree.all]", entry + "[tree.all]")
    found = answered(sexes='a = {share = 1, alive = "l", utility = 1}', words=words)
    # Those alive at the last birthday are taken to be dead by the next.
    last = 0.9**20 / 2 / 1.035**19.5
    assert value(found, "qalys_general") == pytest.approx(general() - last, rel=1e-9)


def test_qalys_can_be_stated_where_not_everybody_is_ill():
    found = answered(more='qalys = "u * 2"')
    assert value(found, "qalys_condition") == pytest.approx(0.2)


def test_draws_that_ask_for_each_weight_add_up():
    found = answered(u="beta = {mean = 0.3, se = 0.1}", draws=200)
    row = next(r for r in table(found, "severity") if r["basis"] == "probabilistic")
    assert row["draws_1.7"] + row["draws_1.2"] <= 1
    assert row["draws_1.7"] > 0


def test_it_is_off_unless_asked_for_and_says_where_it_holds(tmp_path):
    from heco.report.publish import publish

    found = answered()
    assert any("medicines only" in sentence for sentence in found["severity"].headline)
    publish(found, tmp_path / "out")
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "not in public health programmes" in page
    off = MODEL[: MODEL.index("[analysis.severity]")]
    made = heco.run(load_text(off.format(u="fixed = 0.1", start=60)), draws=0)
    assert "severity" not in made


BAD = {
    "no date": (MODEL.replace('dated = "invented"\n', ""), {}, "dated"),
    "missing ages": (MODEL, {"last": 130}, "needs the table"),
    "no sexes": (MODEL, {"sexes": ""}, "nobody is in the general population"),
    "shares": (MODEL, {"sexes": 'a = {share = 0.4, death = 0, utility = 1}'}, "must add up to 1"),
    "both": (
        MODEL, {"sexes": 'a = {share = 1, death = 0, alive = 1, utility = 1}'}, "alive or death",
    ),
    "unknown name": (
        MODEL, {"sexes": 'a = {share = 1, death = "q_generl", utility = 1}'}, "q_general",
    ),
    "utility above 1": (
        MODEL, {"sexes": "a = {share = 1, death = 0, utility = 1.2}"}, "at most 1",
    ),
    "probability above 1": (
        MODEL, {"sexes": "a = {share = 1, death = 1.2, utility = 1}"}, "must lie in [0, 1]",
    ),
    "alive grows": (
        MODEL, {"sexes": 'a = {share = 1, alive = "age", utility = 1}'}, "never grow with age",
    ),
    "other rate": (MODEL, {"more": "rate = 0.015"}, "Use one rate for both"),
    "half a year": (MODEL, {"start": 60.5}, "years of age are whole"),
    "last before first": (MODEL, {"last": 50}, "before the first"),
    "no such strategy": (MODEL, {"more": 'strategy = "usul"'}, "usual"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=list(BAD))
def test_bad_input_is_refused_in_words(case):
    words, settings, said = BAD[case]
    with pytest.raises(ScenarioError) as refused:
        answered(words=words, **settings)
    assert said in str(refused.value)


def test_a_file_without_the_column_is_refused(tmp_path):
    (tmp_path / "q.csv").write_text("age,qx\n60,0.1\n61,0.1\n", encoding="utf-8")
    words = MODEL.replace(
        'table = {{by = "age", values = [[0, 0.0], [60, 0.1], [90, 0.1]]}}',
        'table = {{by = "age", file = "q.csv", column = "deaths"}}',
    )
    with pytest.raises(ScenarioError, match='there is no column "deaths"'):
        answered(words=words, folder=tmp_path)


def test_several_problems_of_the_tables_are_said_at_once():
    sexes = (
        'f = {share = 0.5, death = "q_general", utility = 2}\n'
        "m = {share = 0.5, death = 3, utility = 1}"
    )
    with pytest.raises(ScenarioError) as refused:
        answered(sexes=sexes, last=120)
    assert len(refused.value.problems) == 3
