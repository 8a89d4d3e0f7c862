"""Whatever is done to a scenario, it is read, or refused with a `ScenarioError`; never a bug."""

import contextlib
import copy
import datetime
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heco.errors import ScenarioError
from heco.scenario.load import load_text
from heco.scenario.toml_writer import key, value

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "tests/data/rich.toml", *sorted((ROOT / "scenarios").glob("*.toml"))]

WRONG = st.sampled_from(
    [
        0, -1, 7, 10**30, 0.5, -0.25, 1e308, float("nan"), float("inf"), True, False, "", "x",
        "rest", "p * 2", "p +", "1 year", "lifetime", "20 cycles", "../x.csv", "\0", "é" * 300,
        [], [1], ["a", "b"], [[1, 2], [3]], {}, {"a": 1}, {"value": "x"}, {"p": "rest"},
        {"mean": 1, "se": 2}, datetime.date(2024, 2, 29), [{}], {"": ""}, {"a": {"b": {"c": []}}},
    ]
)  # fmt: skip


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


def mangle(document, data):
    """Do one thing that a tired person might do."""
    path = data.draw(st.sampled_from(list(places(document))))
    table, last = parent(document, path), path[-1]
    what = data.draw(st.sampled_from(["delete", "replace", "swap", "rename", "copy"]))
    if what == "delete":
        del table[last]
    elif what == "replace":
        table[last] = copy.deepcopy(data.draw(WRONG))
    elif what == "rename" and isinstance(table, dict):
        table[data.draw(st.text(max_size=8)).replace("\n", "")] = table.pop(last)
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
    with contextlib.suppress(ScenarioError):
        load_text(dump(document), path.parent)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cut=st.integers(0, 10_000), junk=st.text(max_size=5))
def test_a_torn_file_is_read_or_refused(cut, junk):
    text = (ROOT / "tests/data/rich.toml").read_text(encoding="utf-8")
    at = cut % len(text)
    with contextlib.suppress(ScenarioError):
        load_text(text[:at] + junk + text[at + len(junk) :], ROOT / "tests/data")
