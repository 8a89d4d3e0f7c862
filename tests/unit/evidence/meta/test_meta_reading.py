"""Reading studies: every mistake is named by row and column, every omission is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import (
    bayesian,
    by_subgroup,
    mantel_haenszel,
    pool,
    read_studies,
    regress,
)

COUNTS = "study,events_treat,n_treat,events_control,n_control"


@pytest.fixture
def written(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str) -> Path:
        path = tmp_path / "trials.csv"
        path.write_text(text.strip() + "\n", encoding="utf-8")
        return path

    return write


def problems(caught: pytest.ExceptionInfo[ScenarioError]) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in caught.value.problems]


def test_counts(written) -> None:  # type: ignore[no-untyped-def]
    studies = read_studies(written(f"{COUNTS},year\nA,3,20,6,22,1999\nB,5,50,9,48,2004"), "OR")
    assert studies.study == ("A", "B")
    assert studies.k == 2
    assert_allclose(studies.tables().b, [17, 45])
    assert_allclose(studies.effects().y[0], np.log(3 * 16 / (17 * 6)))
    assert studies.column("year") == ("1999", "2004")
    assert not studies.notes
    assert not studies.warnings


def test_every_problem_at_once(written) -> None:  # type: ignore[no-untyped-def]
    text = f"""{COUNTS}
A,30,20,6,22
B,-1,50,9,48
C,x,50,9,48
D,2,0,1,10
,3,20,6,22"""
    with pytest.raises(ScenarioError) as caught:
        read_studies(written(text), "OR", name="trials.csv")
    found = problems(caught)
    assert ("row 1, column events_treat", "30 events in 20 people") in found
    assert any(w == "row 2, column events_treat" and "negative" in t for w, t in found)
    assert ("row 3, column events_treat", '"x" is not a number') in found
    assert any(w == "row 4, column n_treat" and "more than 0" in t for w, t in found)
    assert ("row 5, column study", "the study has no name") in found
    assert {problem.file for problem in caught.value.problems} == {"trials.csv"}
    assert caught.value.problems[0].line == 2


def test_a_missing_arm_is_left_out_and_named(written) -> None:  # type: ignore[no-untyped-def]
    text = f"""{COUNTS}
A,3,20,6,22
B,5,50,,48
C,,,,
D,2,30,NA,n/a"""
    studies = read_studies(written(text), "OR")
    assert studies.study == ("A",)
    assert studies.excluded["B"] == "not reported: events_control"
    assert list(studies.excluded) == ["B", "C", "D"]
    assert "3 studies left out" in studies.notes[0]
    assert "3 studies left out" in pool(studies.effects()).notes[0]
    with pytest.raises(ScenarioError, match="no study that can be used"):
        read_studies(written(f"{COUNTS}\nC,,,,"), "OR")


def test_mixed_measures_are_refused(written) -> None:  # type: ignore[no-untyped-def]
    text = f"{COUNTS},measure\nA,3,20,6,22,OR\nB,5,50,9,48,RR"
    with pytest.raises(ScenarioError) as caught:
        read_studies(written(text), "OR")
    where, what = problems(caught)[0]
    assert where == "row 2, column measure"
    assert "RR" in what
    assert read_studies(written(text), "OR", only={"measure": "OR"}).k == 1


def test_wrong_columns_are_suggested(written) -> None:  # type: ignore[no-untyped-def]
    text = "study,events_treat,n_treat,event_control,n_control\nA,1,2,3,4"
    with pytest.raises(ScenarioError, match='Did you mean "event_control"'):
        read_studies(written(text), "OR")
    with pytest.raises(ScenarioError, match='no column "study"'):
        read_studies(written("name,effect,se\nA,1,2"), "MD")
    with pytest.raises(ScenarioError, match="HR needs the columns effect, ci_low"):
        read_studies(written(f"{COUNTS}\nA,1,2,3,4"), "HR")
    with pytest.raises(ScenarioError, match="no measure"):
        read_studies(written(f"{COUNTS}\nA,1,2,3,4"), "odds")


def test_only_the_rows_asked_for(written) -> None:  # type: ignore[no-untyped-def]
    text = f"{COUNTS},outcome\nA,3,20,6,22,secure\nA,5,20,9,22,disorganised\nB,1,9,2,9,secure"
    assert read_studies(written(text), "OR", only={"outcome": "secure"}).study == ("A", "B")
    both = read_studies(written(text), "OR")
    assert both.study == ("A (row 1)", "A (row 2)", "B")
    assert any("several rows: A" in warning for warning in both.warnings)
    with pytest.raises(ScenarioError, match='Did you mean "secure"'):
        read_studies(written(text), "OR", only={"outcome": "secur"})
    with pytest.raises(ScenarioError, match="no row has all of"):
        read_studies(written(text), "OR", only={"outcome": "disorganised", "study": "B"})


def test_names_are_told_apart_by_year(written) -> None:  # type: ignore[no-untyped-def]
    text = f"{COUNTS},year\nRosenthal,3,20,6,22,1960\nRosenthal,5,20,9,22,1961"
    studies = read_studies(written(text), "OR")
    assert studies.study == ("Rosenthal 1960", "Rosenthal 1961")
    assert not studies.warnings


def test_published_effects(written) -> None:  # type: ignore[no-untyped-def]
    text = "study,effect,ci_low,ci_high\nA,0.5,0.25,1\nB,0.8,0.4,1.6"
    effects = read_studies(written(text), "OR").effects()
    assert_allclose(effects.y, np.log([0.5, 0.8]))
    assert_allclose(effects.se, np.log(4) / (2 * 1.959963984540054))
    logs = read_studies(written("study,effect,se\nA,-0.69,0.3"), "OR", log=True).effects()
    assert_allclose([logs.y[0], logs.se[0]], [-0.69, 0.3])
    with pytest.raises(
        ScenarioError, match=r"-0\.69 is not possible for OR: it must be more than 0"
    ):
        read_studies(written("study,effect,se\nA,-0.69,0.3"), "OR")
    uneven = read_studies(written("study,effect,ci_low,ci_high\nA,0.9,0.25,1"), "OR")
    assert "misprint" in uneven.warnings[0]
    for row, what in (
        ("A,0.5,0.6,0.9", "outside its interval"),
        ("A,0.5,0.9,0.4", "upper limit is not above"),
        ("A,0.5,0,0.9", "more than 0"),
    ):
        with pytest.raises(ScenarioError, match=what):
            read_studies(written(f"study,effect,ci_low,ci_high\n{row}"), "OR")
    with pytest.raises(ScenarioError, match="more than 0"):
        read_studies(written("study,effect,se\nA,1.5,0"), "MD")
    with pytest.raises(ScenarioError, match="less than 1"):
        read_studies(written("study,effect,se\nA,12,1"), "PLOGIT")


def test_rows_may_report_in_different_forms(written) -> None:  # type: ignore[no-untyped-def]
    text = f"{COUNTS},effect,ci_low,ci_high\nA,3,20,6,22,,,\nB,,,,,0.5,0.25,1\nC,4,30,9,31,,,"
    studies = read_studies(written(text), "OR")
    effects = studies.effects()
    assert effects.study == ("A", "B", "C")
    assert list(effects.index) == [0, 1, 2]
    assert_allclose(effects.y[1], np.log(0.5))
    assert any("2 from events_treat" in note for note in studies.notes)
    with pytest.raises(ScenarioError, match="no 2x2 counts of B"):
        studies.tables()


def test_means_shares_and_rates(written) -> None:  # type: ignore[no-untyped-def]
    header = "study,mean_treat,sd_treat,n_treat,mean_control,sd_control,n_control"
    means = written(f"{header}\nA,10,3,25,8,5,30\nB,9,3,25,8,4,30")
    assert_allclose(read_studies(means, "MD").effects().y, [2, 1])
    assert read_studies(means, "SMD").effects().k == 2
    with pytest.raises(ScenarioError, match="no 2x2 counts of any study"):
        read_studies(means, "MD").tables()
    with pytest.raises(ScenarioError, match="sd_treat"):
        read_studies(written(f"{header}\nA,10,0,25,8,5,30"), "MD")
    with pytest.raises(ScenarioError, match="too few"):
        read_studies(written(f"{header}\nA,10,1,1,8,5,2"), "SMD")
    share = read_studies(written("study,events,n\nA,12,40\nB,30,90"), "PLOGIT").effects()
    assert_allclose(share.measure.natural(share.y), [0.3, 1 / 3])
    rate = read_studies(written("study,events,exposure\nA,12,400"), "RATE").effects()
    assert_allclose(np.exp(rate.y), 0.03)
    ratio = "study,events_treat,exposure_treat,events_control,exposure_control\nA,6,100,9,90"
    assert_allclose(np.exp(read_studies(written(ratio), "IRR").effects().y), 0.6)


def test_half_persons_are_pointed_out(written) -> None:  # type: ignore[no-untyped-def]
    studies = read_studies(written(f"{COUNTS}\nA,3,20,6.5,22"), "OR")
    assert "no whole numbers: A (events_control)" in studies.warnings[0]


def test_columns_follow_the_studies_that_stay(written) -> None:  # type: ignore[no-untyped-def]
    text = f"""{COUNTS},kind,dose
A,3,20,6,22,x,1
B,0,20,0,22,y,2
C,5,20,9,22,y,3
D,5,21,9,23,x,4
E,4,21,9,23,y,5"""
    studies = read_studies(written(text), "OR")
    effects = studies.effects()
    assert effects.study == ("A", "C", "D", "E")
    assert studies.column("kind", effects) == ("x", "y", "x", "y")
    groups = by_subgroup(effects, studies.column("kind", effects))
    assert [group.k for group in groups.groups.values()] == [2, 2]
    line = regress(effects, {"dose": studies.column("dose", effects)})
    assert line.k == 4
    with pytest.raises(ScenarioError, match='Did you mean "dose"'):
        studies.column("doses")
    assert mantel_haenszel(studies.tables()).k == 5
    assert bayesian(effects).mu.sd > 0


def test_shared_control_arms_are_suspected(written) -> None:  # type: ignore[no-untyped-def]
    text = f"{COUNTS}\nA high,9,28,42,54\nA low,10,22,42,54\nB,3,20,6,22"
    studies = read_studies(written(text), "OR")
    assert "the same control arm in A high and A low" in studies.warnings[0]


SHARED = f"""{COUNTS},arm,dose
A high,9,28,42,54,A,9
A low,10,22,42,54,A,5
B,3,20,6,22,,5
C,4,31,8,30,C,2"""


def test_combining_is_the_default_and_is_said(written) -> None:  # type: ignore[no-untyped-def]
    studies = read_studies(written(SHARED), "OR", shared_by="arm")
    assert studies.study == ("A", "B", "C")
    tables = studies.tables()
    assert (tables.a[0], tables.n1[0], tables.c[0], tables.n2[0]) == (19, 50, 42, 54)
    assert "added up to one comparison" in studies.notes[0]
    assert studies.column("dose") == ("", "5", "2")  # it differed between the arms
    assert not studies.warnings
    alone = SHARED.replace(",A,5", ",,5")
    assert read_studies(written(alone), "OR", shared_by="arm").k == 4


def test_splitting_shares_people_out(written) -> None:  # type: ignore[no-untyped-def]
    studies = read_studies(written(SHARED), "OR", shared_by="arm", shared="split")
    tables = studies.tables()
    assert_allclose(tables.n2, [27, 27, 22, 30])
    assert_allclose(tables.c, [21, 21, 6, 8])
    assert studies.column("dose") == ("9", "5", "5", "2")
    assert "stay correlated" in studies.notes[0]


def test_covariance_is_generalised_least_squares(written) -> None:  # type: ignore[no-untyped-def]
    studies = read_studies(written(SHARED), "OR", shared_by="arm", shared="covariance")
    effects = studies.effects()
    assert effects.study == ("A high + A low", "B", "C")
    assert studies.column("arm", effects) == ("A", "", "C")
    plain = read_studies(written(SHARED), "OR").effects()
    matrix = np.diag(plain.v)
    matrix[0, 1] = matrix[1, 0] = 1 / 42 + 1 / 12
    inverse = np.linalg.inv(matrix)
    found = pool(effects, "IV")
    assert_allclose(found.estimate, inverse.sum(axis=0) @ plain.y / inverse.sum())
    assert_allclose(found.se, inverse.sum() ** -0.5)
    assert found.se > pool(plain, "IV").se  # counting people twice looks more certain than it is
    with pytest.raises(ScenarioError, match="combine"):
        studies.tables()


def test_means_that_share_a_control(written) -> None:  # type: ignore[no-untyped-def]
    header = "study,mean_treat,sd_treat,n_treat,mean_control,sd_control,n_control,arm"
    text = f"{header}\nA1,10,3,25,8,5,30,A\nA2,9,4,20,8,5,30,A"
    combined = read_studies(written(text), "MD", shared_by="arm")
    # two people groups as one: Cochrane Handbook, table 6.5.a
    mean = (25 * 10 + 20 * 9) / 45
    sd = np.sqrt((24 * 9 + 19 * 16 + 25 * 20 / 45 * (10 - 9) ** 2) / 44)
    assert_allclose(
        [combined.numbers[c][0] for c in ("mean_treat", "sd_treat", "n_treat")], [mean, sd, 45]
    )
    for measure, common in (("MD", 25 / 30), ("SMD", None)):
        averaged = read_studies(written(text), measure, shared_by="arm", shared="covariance")
        plain = read_studies(written(text), measure).effects()
        if common is None:
            common = 1 / 30 + plain.y[0] * plain.y[1] / (2 * 75)
        inverse = np.linalg.inv([[plain.v[0], common], [common, plain.v[1]]])
        assert_allclose(averaged.effects().v, 1 / inverse.sum())


@pytest.mark.parametrize(
    ("text", "rule", "what"),
    [
        (SHARED.replace("A low,10,22,42,54", "A low,10,22,41,54"), "combine", "41, but 42"),
        ("study,effect,se,arm\nA1,1.5,0.5,A\nA2,1.2,0.4,A", "combine", "counts or means"),
        (SHARED, "average", "no rule"),
        (SHARED.replace("A low,10,22", "A low,0,22"), "covariance", "combine"),
    ],
)
def test_shared_arms_that_cannot_be(written, text: str, rule: str, what: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ScenarioError, match=what):
        read_studies(written(text), "OR", shared_by="arm", shared=rule).effects()
