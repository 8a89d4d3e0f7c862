"""The page about moving inputs: every example on it is a scenario that is in order."""

import re
from pathlib import Path

import pytest

from heco.scenario.load import load

PAGE = Path(__file__).parents[3] / "docs" / "uncertainty.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def parameter(name, words):
    return f'[parameters.{name}]\nlabel = "The {name}"\nsource = "invented"\n{words}\n'


BASE = (
    '[decision]\ncomparator = "old"\nwtp = 20_000\n'
    '[time]\ncycle = "1 year"\nhorizon = "20 years"\n'
    + "".join(
        parameter(name, 'unit = "probability"\nbeta = {events = 8, n = 10}')
        for name in ("uptake", "sensitivity", "specificity", "p_response", "response_trials")
    )
    + parameter("c_test", 'unit = "GBP"\ngamma = {mean = 40, se = 8}\nrange = [0, 500]')
    + parameter("u_gain", "fixed = 0.02")
    + """
[tree.test]
found = {p = "uptake * sensitivity * specificity", cost = "c_test", count = "treated", to = "well"}
missed = {p = "rest", to = "ill"}
[tree.nothing]
all = {p = 1, to = "ill"}
[states]
well = {utility = "0.8 + u_gain * p_response * response_trials"}
ill = {utility = 0.8}
[transitions]
well = {ill = 0.1, well = "rest"}
ill = {well = 0.1, ill = "rest"}
[strategies]
old = {enters = "nothing"}
new = {enters = "test"}
"""
)
GAIN = '[analysis.required_gain]\nper = {treated = "share.treated"}\nutility = "u_gain"\n'


def test_there_are_examples():
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_in_order(example, tmp_path):
    psa = "" if "psa = {" in example else "[analysis.psa]\ndraws = 100\n"
    (tmp_path / "three-states.toml").write_text(
        "[states.between]\nutility = 0.7\nabsorbing = true\n"
    )
    path = tmp_path / "page.toml"
    path.write_text(BASE + (example + GAIN if psa else example) + psa)
    asked = load(path).analysis
    words = re.findall(r"^\[+analysis\.(\w+)|^(\w+) *= \{", example, re.MULTILINE)
    names = {one or other for one, other in words} & set(type(asked).model_fields)
    assert names
    assert all(getattr(asked, name) for name in names)
