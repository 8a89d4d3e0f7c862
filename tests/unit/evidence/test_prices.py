"""Price years: a ratio of two index levels, and never a guess."""

import math

import pytest

from heco.errors import ScenarioError
from heco.evidence.prices import factor, read_prices, series

INDEX = {"2019/20": 100.0, "2020/21": 103.0, "2021/22": 106.09}


def problems(function, *arguments, **words):
    """Return the problems of a call that is refused."""
    with pytest.raises(ScenarioError) as caught:
        function(*arguments, **words)
    return caught.value.problems


def test_factor_is_a_ratio():
    assert factor(INDEX, "2019/20", "2021/22") == pytest.approx(1.0609)
    assert factor(INDEX, "2021/22", "2019/20") == pytest.approx(1 / 1.0609)
    assert factor(INDEX, "2020/21", "2020/21") == 1
    assert factor({"2019": 50, "2020": 51}, 2019, 2020) == pytest.approx(1.02)


def test_factors_chain():
    step = factor(INDEX, "2019/20", "2020/21") * factor(INDEX, "2020/21", "2021/22")
    assert step == pytest.approx(factor(INDEX, "2019/20", "2021/22"))


def test_missing_years_are_named_together():
    found = problems(factor, INDEX, "2019/2", "1066", "nhscii", "[prices]")
    assert [problem.what for problem in found] == [
        "nhscii has no year 2019/2",
        "nhscii has no year 1066",
    ]
    assert found[0].hint == 'Did you mean "2019/20"? It runs from 2019/20 to 2021/22.'
    assert found[1].hint == "Allowed: 2019/20, 2020/21, 2021/22."
    assert found[0].where == "[prices]"
    many = {str(year): 1.0 for year in range(1990, 2025)}
    assert problems(factor, many, "1066", "2000")[0].hint == "It runs from 1990 to 2024."
    assert problems(factor, {}, "1066", "1066")[0].hint == ""


@pytest.mark.parametrize("level", [0.0, -1.0, math.nan, math.inf])
def test_levels_must_be_positive(level):
    (problem,) = problems(factor, {"a": 1.0, "b": level}, "a", "b")
    assert "a price index is more than 0" in problem.what


def test_reading_a_file(tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text(
        "series,year,index,source\nnhscii,2019/20,100,x\nnhscii,2020/21,103.1,\ngdp,2019,1e2,\n",
        encoding="utf-8",
    )
    indices = read_prices(file)
    assert indices == {"nhscii": {"2019/20": 100.0, "2020/21": 103.1}, "gdp": {"2019": 100.0}}
    assert factor(series(indices, "nhscii"), "2019/20", "2020/21") == pytest.approx(1.031)


def test_every_problem_of_a_file_is_reported(tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text(
        "series,year,index\na,2019,100\na,2019,101\na,2020,-3\na,2021,x\n,2022,1\na,,1\n",
        encoding="utf-8",
    )
    found = problems(read_prices, file, "evidence/prices.csv")
    assert {(problem.where, problem.what) for problem in found} == {
        ("row 2, column year", "a has 2019 twice"),
        ("row 3, column index", "-3 is not a price index: it must be more than 0"),
        ("row 4, column index", '"x" is not a number'),
        ("row 5, column series", "the cell is empty"),
        ("row 6, column year", "the cell is empty"),
    }
    assert {problem.file for problem in found} == {"evidence/prices.csv"}
    assert min(problem.line for problem in found) == 3


def test_missing_columns(tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("serie,year\na,2019\n", encoding="utf-8")
    found = problems(read_prices, file)
    assert [problem.what for problem in found] == [
        'there is no column "series"',
        'there is no column "index"',
    ]
    assert found[0].hint == 'Did you mean "serie"?'


def test_unknown_series():
    (problem,) = problems(series, {"nhscii": {}, "gdp": {}}, "nhsci", "[prices] series", "p.csv")
    assert problem.what == 'there is no price index "nhsci"'
    assert problem.hint == 'Did you mean "nhscii"?'
    assert (problem.where, problem.file) == ("[prices] series", "p.csv")
