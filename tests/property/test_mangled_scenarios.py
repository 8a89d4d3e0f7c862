"""Whatever is done to a scenario, it is computed, or refused with a `ScenarioError`; never a bug.

What is refused is refused in words, with at least one place to look at.
"""

import copy
import datetime
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heco
from heco.errors import ScenarioError
from heco.scenario.load import load_text
from heco.scenario.toml_writer import key, value

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "tests/data/rich.toml", *sorted((ROOT / "scenarios").glob("*.toml"))]

WRONG = st.sampled_from(
    [
        0, -1, 7, 10**30, -(10**400), 0.5, -0.25, 1e308, 5e-324, float("nan"), float("inf"), True,
        False, "", " ", "x", "rest", "p * 2", "p +", "where(1, 2", "(" * 300, "1" + "+1" * 900,
        "1 / 0", "exp(800)", "1 year", "lifetime", "20 cycles", "0 years", "1/0 year",
        "9" * 400 + " years", "9" * 5_000 + " years", "1/" + "9" * 5_000 + " year", "../x.csv",
        "/etc/passwd", ".", "..", "\0", "é" * 300, "\u202e", "x" * 100_000, "<b>&'", "{{ x }}",
        [], [1], ["a", "b"], [[1, 2], [3]], [[]], ["x"] * 2_000, {}, {"a": 1}, {"value": "x"},
        {"p": "rest"}, {"mean": 1, "se": 2}, {"mean": 0.5, "se": 1e-320}, {"file": "x.csv"},
        datetime.date(2024, 2, 29), datetime.time(1, 2), [{}], {"": ""},
        {"a": {"b": {"c": []}}}, {f"k{i}": i for i in range(300)},
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["", "x", "é", "a b", "a.b", "1x", "time", "rest", "mean", "__class__", "\u202e", "k" * 3_000]
)
#: What no sentence of ours may hold.
PYTHON = re.compile(
    r"Traceback|object at 0x|<class|\b\w+Error\b|\bNone\b|NoneType|numpy|np\.\w|pydantic|\bdict\b"
    r"|\bstr\b|Fraction\(|Decimal\(|datetime\."
)


def refused(error):
    """Assert that what is said is said in words, and that there is a place to look at."""
    assert error.problems
    assert any(problem.where or problem.line for problem in error.problems), error
    for problem in error.problems:
        assert not PYTHON.search(str(problem)), problem
        assert max(map(len, str(problem).splitlines())) < 1_100


def computed(scenario):
    """Compute a scenario that was accepted: that may find more, but nothing else may happen."""
    model = heco.compile(scenario)
    model.evaluate(model.base())
    model.evaluate(model.sample(4, 1))


def dump(document):
    """Write a document as people do: headers for sections, the rest inline."""
    lines = [f"{key(k)} = {value(v)}" for k, v in document.items() if not isinstance(v, dict)]
    for section, table in document.items():
        if isinstance(table, dict):
            lines.append(f"[{key(section)}]")
            lines += [f"{key(k)} = {value(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def places(item, path=()):
    """Every path to a key or an element."""
    if isinstance(item, dict):
        for k, v in item.items():
            yield (*path, k)
            yield from places(v, (*path, k))
    elif isinstance(item, list):
        for i, v in enumerate(item):
            yield (*path, i)
            yield from places(v, (*path, i))


def parent(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def retyped(value):
    """Return a value as something else that looks like it."""
    if isinstance(value, list):
        return {f"k{i}": item for i, item in enumerate(value)}
    if isinstance(value, dict):
        return list(value.values())
    return [value] if isinstance(value, str) else str(value)


def mangle(document, data):
    """Do one thing that a tired person might do."""
    path = data.draw(st.sampled_from(list(places(document))))
    table, last = parent(document, path), path[-1]
    what = data.draw(
        st.sampled_from(["delete", "replace", "swap", "rename", "copy", "scale", "retype", "twice"])
    )
    if what == "delete":
        del table[last]
    elif what == "replace":
        table[last] = copy.deepcopy(data.draw(WRONG))
    elif what == "rename" and isinstance(table, dict):
        name = data.draw(st.one_of(NAMES, st.text(max_size=8))).replace("\n", "")
        table[name] = table.pop(last)
    elif what == "twice" and isinstance(table, dict):
        table[f"{last}_2"] = copy.deepcopy(table[last])
    elif what == "scale" and isinstance(table[last], int | float):
        table[last] *= data.draw(st.sampled_from([-1, 0, 1e-9, 100, 1e9, 1e200]))
    elif what == "retype":
        table[last] = retyped(table[last])
    else:
        other = data.draw(st.sampled_from(list(places(document))))
        there, end = parent(document, other), other[-1]
        if what == "copy":
            there[end] = copy.deepcopy(table[last])
        elif path[: len(other)] != other and other[: len(path)] != path:
            table[last], there[end] = there[end], table[last]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(data=st.data())
def test_a_mangled_scenario_is_read_or_refused(path, data):
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        mangle(document, data)
    try:
        computed(load_text(dump(document), path.parent))
    except ScenarioError as error:
        refused(error)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cut=st.integers(0, 10_000), junk=st.text(max_size=5))
def test_a_torn_file_is_read_or_refused(cut, junk):
    text = (ROOT / "tests/data/rich.toml").read_text(encoding="utf-8")
    at = cut % len(text)
    try:
        computed(load_text(text[:at] + junk + text[at + len(junk) :], ROOT / "tests/data"))
    except ScenarioError as error:
        refused(error)
