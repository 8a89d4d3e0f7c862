"""Lookup tables: steps, lines, ends, mixtures; and CSV files with something wrong in them."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.errors import ScenarioError
from heco.evidence import csvfile
from heco.evidence.csvfile import read_csv
from heco.evidence.tables import Table

# National life tables, United Kingdom, 2010-2012 (Office for National Statistics, Open Government
# Licence v3.0): probability of death and survivors of 100,000 births.
LIFE = """age,qx_male,qx_female,lx_male,lx_female
0,0.004722,0.003785,100000,100000
1,0.000334,0.000291,99527.8,99621.5
2,0.000192,0.000134,99494.6,99592.5
3,0.000124,0.000120,99475.5,99579.1
4,0.000111,0.000086,99463.1,99567.1
"""


@pytest.fixture
def life(tmp_path):
    file = tmp_path / "life.csv"
    file.write_text(LIFE, encoding="utf-8")
    return Table.from_csv(file, "age", ["qx_male", "qx_female"], name="life.csv")


def problems(function, *arguments, **words):
    """Return the problems of a call that is refused."""
    with pytest.raises(ScenarioError) as caught:
        function(*arguments, **words)
    return caught.value.problems


def written(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "table.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return file


# --- looking up ----------------------------------------------------------------------------------


def test_a_step_table_holds_until_the_next_key(life):
    values, outside = life.lookup([[0, 0.999], [1, 2.5]], "qx_male")
    np.testing.assert_array_equal(values, [[0.004722, 0.004722], [0.000334, 0.000192]])
    assert not outside.any()
    assert outside.shape == (2, 2)


def test_ages_that_are_sums_of_cycles_find_their_row(life):
    for cycles in (12, 52, 365.25):
        age = sum([1 / cycles] * round(2 * cycles)) if cycles != 365.25 else 2 * cycles / 365.25
        assert life.at(age, "qx_male") == 0.000192
    # What a model reads just before the end of a cycle still belongs to that cycle.
    assert life.at(2 - 1e-9, "qx_male") == 0.000334


def test_the_last_row_is_as_wide_as_the_one_before(life):
    assert life.end == 5
    assert life.at(4.999, "qx_male") == 0.000111
    values, outside = life.lookup([-0.001, 4.5, 5.0, math.nan, math.inf], "qx_male")
    np.testing.assert_array_equal(outside, [True, False, True, True, True])
    np.testing.assert_array_equal(np.isnan(values), outside)


def test_beyond_the_ends_is_an_error_that_says_so(life):
    (problem,) = problems(life.at, [1, 5, 80.5], "qx_male")
    assert problem.what == "a value is wanted at age 5 and 1 more; the table runs from 0 to 5"
    assert problem.where == "life.csv"
    assert 'beyond = "last"' in problem.hint
    assert "at age -1;" in problems(life.at, -1, "qx_male")[0].what


def test_beyond_last_keeps_the_nearest_row(tmp_path):
    table = Table.from_csv(written(tmp_path, LIFE), "age", "qx_male", beyond="last")
    np.testing.assert_array_equal(table.at([-3, 4, 5, 110]), [0.004722, *[0.000111] * 3])
    assert table.outside([math.nan, math.inf, 7]).tolist() == [True, True, False]


def test_a_linear_table_draws_lines():
    words = {"by": "time", "keys": [0, 1, 3], "columns": {"u": [1.0, 0.5, 0.7]}}
    table = Table.from_arrays(**words, method="linear")
    np.testing.assert_allclose(table.at([0, 0.5, 1, 2, 3]), [1, 0.75, 0.5, 0.6, 0.7])
    assert table.outside([-0.1, 3.0, 3.1]).tolist() == [True, False, True]
    table = Table.from_arrays(**words, method="linear", beyond="last")
    np.testing.assert_allclose(table.at([-5, 9]), [1, 0.7])


def test_a_single_row():
    table = Table.from_arrays("time", [2], {"u": [0.5]})
    assert table.outside([1, 2, 2.1]).tolist() == [True, False, True]
    table = Table.from_arrays("time", [2], {"u": [0.5]}, beyond="last")
    assert table.at([1, 2, 3]).tolist() == [0.5] * 3


@settings(max_examples=50, deadline=None)
@given(
    keys=st.lists(st.integers(-1000, 1000), min_size=2, max_size=20, unique=True).map(sorted),
    at=st.floats(-1100, 1100),
)
def test_steps_agree_with_a_slow_search(keys, at):
    table = Table.from_arrays("x", keys, {"row": list(range(len(keys)))}, beyond="last")
    slow = max([i for i, key in enumerate(keys) if key <= at + 1e-12 * max(1, abs(at))], default=0)
    assert table.at(at) == slow


def test_a_column_must_be_named_if_there_are_several(life):
    (problem,) = problems(life.lookup, 1)
    assert problem.what == "say which column is wanted"
    assert problem.hint == "Allowed: qx_female, qx_male."
    (problem,) = problems(life.lookup, 1, "qx_mal")
    assert problem.hint == 'Did you mean "qx_male"?'


def test_tables_can_be_scaled_and_pickled(life):
    assert life.scaled(2.0).at(0, "qx_male") == 2 * 0.004722
    assert life.at(0, "qx_male") == 0.004722
    assert pickle.loads(pickle.dumps(life)).at(0, "qx_male") == 0.004722


# --- mixing --------------------------------------------------------------------------------------


def test_fixed_shares(life):
    mix = life.mixed({"qx_male": 0.25, "qx_female": 0.75}, column="qx")
    assert mix.at(0) == pytest.approx(0.25 * 0.004722 + 0.75 * 0.003785)
    assert list(mix.columns) == ["qx"]


def test_survivors_follow_the_official_survivors(life):
    share = {"qx_male": 0.513, "qx_female": 0.487}
    mix = life.mixed(share, weights="survivors")
    lx = np.array([[100000, 99527.8, 99494.6, 99475.5, 99463.1],
                   [100000, 99621.5, 99592.5, 99579.1, 99567.1]])  # fmt: skip
    people = np.array([[0.513], [0.487]]) * lx
    qx = np.stack([life.columns["qx_male"], life.columns["qx_female"]])
    official = (people * qx).sum(axis=0) / people.sum(axis=0)
    # qx is printed to 6 decimals and lx to 1 in 100,000: half a last digit for each of 4 years of
    # qx, and for lx itself.
    printed = 5 * 0.5e-6
    assert (np.abs(mix.at(np.arange(5)) - official) <= printed * np.abs(qx[0] - qx[1])).all()
    fixed = life.mixed(share).at(np.arange(1, 5))
    assert (np.abs(fixed - official[1:]) > printed * np.abs(qx[0] - qx[1])[1:]).all()
    # Survival of the mixed population is the mixture of the survivals.
    alive = np.cumprod(1 - mix.columns["mixed"])[:-1]
    np.testing.assert_allclose(alive, people.sum(axis=0)[1:] / 100000, rtol=0, atol=printed)


def test_survivors_from_a_start_in_mid_table():
    words = {"a": [0.9, 0.5, 0.2, 0.4], "b": [0.9, 0.0, 0.1, 0.3]}
    table = Table.from_arrays("age", [60, 61, 62, 63], words)
    mix = table.mixed({"a": 0.5, "b": 0.5}, "survivors", start=61)
    expected = [0.9, 0.25, (0.25 * 0.2 + 0.5 * 0.1) / 0.75, (0.2 * 0.4 + 0.45 * 0.3) / 0.65]
    np.testing.assert_allclose(mix.columns["mixed"], expected)
    half = table.mixed({"a": 0.5, "b": 0.5}, "survivors", start=61.5)
    alive = math.sqrt(0.5)
    assert half.at(62) == pytest.approx((alive * 0.2 + 0.1) / (alive + 1))


def test_survivors_when_everybody_has_died():
    table = Table.from_arrays("age", [0, 1, 2], {"a": [0.5, 1, 1], "b": [0, 1, 0.5]})
    mix = table.mixed({"a": 0.5, "b": 0.5}, "survivors")
    np.testing.assert_allclose(mix.columns["mixed"], [0.25, 1, (1 + 2 * 0.5) / 3])


@pytest.mark.parametrize(
    ("shares", "weights", "start", "what"),
    [
        ({"qx_male": 0.5, "qx_female": 0.4}, "fixed", None, "come to 0.9"),
        ({"qx_male": math.nan, "qx_female": 0.4}, "fixed", None, "a share of nan"),
        ({"qx_male": 1.5, "qx_female": -0.5}, "fixed", None, "a share of -0.5"),
        ({"qx_male": 0.5, "qx_f": 0.5}, "fixed", None, 'no column "qx_f"'),
        ({}, "fixed", None, "come to 0"),
        ({"qx_male": 1}, "survivor", None, 'no weights "survivor"'),
        ({"qx_male": 1}, "survivors", 7, "the start at age 7 is not in the table"),
    ],
)
def test_refused_mixtures(life, shares, weights, start, what):
    found = problems(life.mixed, shares, weights, start)
    assert any(what in problem.what for problem in found)
    assert {problem.where for problem in found} == {"life.csv"}


def test_survivors_need_yearly_probabilities():
    table = Table.from_arrays("age", [0, 5], {"a": [0.1, 1.2]})
    found = problems(table.mixed, {"a": 1}, "survivors")
    assert [problem.what for problem in found] == [
        "mixing by survivors needs one row for each year of age",
        "a holds values that are no probabilities of death",
    ]


# --- inline tables -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "columns", "what", "where"),
    [
        ([], {"u": []}, "the table is empty", "here"),
        ([0, 1], {"u": [1]}, "u needs 2 values, one for each time", "here"),
        ([0, 1], {"time": [1, 2]}, '"time" names the keys and a column', "here"),
        ([0, 1], {"u": [1, "x"]}, "'x' is not a number", "here, row 2, column u"),
        ([0, 1], {"u": [True, 1]}, "True is not a number", "here, row 1, column u"),
        ([0, math.inf], {"u": [1, 1]}, "inf is not a finite number", "here, row 2, column time"),
        ([0, 0], {"u": [1, 1]}, "time 0 is there twice", "here, row 2, column time"),
        ([1, 0], {"u": [1, 1]}, "time 0 comes after 1; sort the rows", "here, row 2, column time"),
        ([0, 1], {}, "the table has no column of values", "here"),
    ],
)
def test_refused_inline_tables(keys, columns, what, where):
    found = problems(Table.from_arrays, "time", keys, columns, name="here")
    assert (found[0].what, found[0].where) == (what, where)


def test_unknown_methods_are_refused_together():
    found = problems(Table.from_arrays, "time", [0], {"u": [1]}, "steps", "first")
    assert [problem.what for problem in found] == [
        'there is no method "steps"',
        'there is no beyond "first"',
    ]
    assert found[0].hint == 'Did you mean "step"?'


# --- CSV files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        LIFE,
        "\ufeff" + LIFE,
        LIFE.replace("\n", "\r\n"),
        "\ufeff" + LIFE.replace("\n", "\r\n"),
        "\n" + LIFE.replace("\n", "\n\n") + ",,,,\n",
        LIFE.replace(",", " , "),
        LIFE.replace("qx_male", '"qx_male"').replace("0.004722", '"0.004722"'),
        LIFE.rstrip("\n"),
    ],
    ids=["plain", "bom", "crlf", "bom and crlf", "blank lines", "spaces", "quotes", "no last line"],
)
def test_harmless_differences_are_tolerated(tmp_path, text):
    table = Table.from_csv(written(tmp_path, text), "age", "qx_male")
    np.testing.assert_array_equal(table.at([0, 4]), [0.004722, 0.000111])


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        (b"", "", "the file is empty", ""),
        (b"\n\n", "", "the file is empty", ""),
        (b"age,qx\n", "", "the file has a header but no rows", ""),
        (b"age,qy\n0,1\n", "", 'there is no column "qx"', "Allowed: age, qy."),
        (b"age,qx,qx\n0,1,2\n", "", 'two columns are called "qx"', ""),
        (b"age,,qx\n0,1,2\n", "", "column 2 has no name", ""),
        (b"age,qx\n0,1,2\n", "row 1", "3 cells under 2 column names", ""),
        (b"age,qx\n0\n", "row 1", "1 cells under 2 column names", ""),
        (b"age,qx\n0,\n", "row 1, column qx", "the cell is empty", ""),
        (b"age,qx\n0,x\n", "row 1, column qx", '"x" is not a number', ""),
        (b"age,qx\n0,nan\n", "row 1, column qx", '"nan" is not a number', ""),
        (b"age,qx\n0,-inf\n", "row 1, column qx", '"-inf" is not a number', ""),
        (b"age,qx\n0,1_0\n", "row 1, column qx", '"1_0" is not a number', ""),
        (b"age,qx\n0,12%\n", "row 1, column qx", '"12%" is not a number', "12% is 0.12"),
        (b'age,qx\n0,"1,5"\n', "row 1, column qx", '"1,5" is not a number', "with a point"),
        (b"age,qx\n0,1\n0,1\n", "row 2, column age", "age 0 is there twice", ""),
        (b"age,qx\n1,1\n0,1\n", "row 2, column age", "age 0 comes after 1; sort the rows", ""),
        (b"age,qx\n0,\xa3\n", "", "byte 0xa3 is not UTF-8 text (line 2, column 2)", "CSV UTF-8"),
        ("age,qx\n0,1\n".encode("utf-16"), "", "the file is UTF-16 text", "CSV UTF-8"),
        (b'age,qx\n0,"1\n', "", "the file is not CSV after line 1: unexpected end of data", ""),
    ],
)
def test_refused_files_say_row_and_column(tmp_path, text, where, what, hint):
    found = problems(Table.from_csv, written(tmp_path, text), "age", "qx", name="evidence/t.csv")
    assert len(found) == 1
    assert (found[0].file, found[0].where, found[0].what) == ("evidence/t.csv", where, what)
    assert hint in found[0].hint


def test_semicolons_are_recognised(tmp_path):
    found = problems(read_csv, written(tmp_path, "age;qx\n0;0,5\n"))
    assert found[-1].what == "columns must be separated by commas"


def test_files_that_are_not_there(tmp_path):
    (problem,) = problems(read_csv, tmp_path / "no.csv", "no.csv")
    assert (problem.file, problem.what) == ("no.csv", "there is no such file")
    (problem,) = problems(read_csv, tmp_path)
    assert problem.what.startswith("the file cannot be read")


def test_every_problem_of_a_file_is_reported_up_to_a_limit(tmp_path):
    text = "age,qx,qy\n" + "".join(f"{i},x,1\n" for i in range(30)) + "3,1,y\n"
    found = problems(Table.from_csv, written(tmp_path, text), "age", ["qx", "qy"])
    assert len(found) == csvfile.MOST_PROBLEMS + 1
    assert found[0].line == 2
    assert found[-1].what == "and 12 more problems"


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csvfile, "MOST_ROWS", 3)
    fine = written(tmp_path, "age,qx\n0,1\n1,1\n2,1\n")
    assert Table.from_csv(fine, "age", "qx").end == 3
    (problem,) = problems(read_csv, written(tmp_path, "age,qx\n0,1\n1,1\n2,1\n3,1\n"))
    assert problem.what == "the file has more than 3 rows"


def test_columns_that_are_not_wanted_may_hold_anything(tmp_path):
    table = Table.from_csv(written(tmp_path, "age,note,qx\n0,hello,1\n1,,2\n"), "age", "qx")
    assert list(table.columns) == ["qx"]
