"""``heco diff``: what changed, what each change did, and what is written."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heco.cli import cli

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"

MODEL = """
[decision]
title = "A small decision"
comparator = "a"
wtp = [20_000]
[parameters.c]
label = "Cost of the test"
unit = "GBP"
fixed = {c}
source = "assumption: invented"
[parameters.q]
label = "QALYs gained"
unit = "QALY"
fixed = {q}
source = "{source}"
[parameters.on]
label = "b is done"
fixed = 0
lever = true
source = "set by strategies"
[tree.start]
only = {{ p = 1, cost = "c * on", qaly = "q * on" }}
[strategies]
a = {{ enters = "start" }}
b = {{ enters = "start", set = {{ on = 1 }} }}
"""


def write(path, c=100, q=0.01, source="assumption: invented", more=""):
    path.write_text(MODEL.format(c=c, q=q, source=source) + more)
    return path


def heco(*words):
    return CliRunner().invoke(cli, ["diff", *map(str, words)])


def rows(folder, **where):
    with (Path(folder) / "results.csv").open() as file:
        found = list(csv.DictReader(file))
    return [r for r in found if all(r[k] == v for k, v in where.items())]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_net_benefit_is_shared_out_and_adds_up(tmp_path):
    one, other = write(tmp_path / "one.toml"), write(tmp_path / "two.toml", c=150, q=0.02)
    result = heco(one, other)
    assert result.exit_code == 0, result.output
    assert "From one to two" in result.stdout
    effects = {r["subject"]: float(r["value"]) for r in rows("outputs/one-to-two")}
    assert effects["before"] == pytest.approx(20_000 * 0.01 - 100)
    assert effects["after"] == pytest.approx(20_000 * 0.02 - 150)
    assert effects["c"] == pytest.approx(-50)
    assert effects["q"] == pytest.approx(200)
    assert effects["c"] + effects["q"] == pytest.approx(effects["all"], abs=1e-9)


def test_without_a_willingness_to_pay_costs_and_health_are_shared_out(tmp_path):
    files = [write(tmp_path / "one.toml"), write(tmp_path / "two.toml", c=150, q=0.03)]
    for file in files:
        file.write_text(file.read_text().replace("wtp = [20_000]\n", ""))
    assert heco(*files, "-o", tmp_path / "out").exit_code == 0
    (cost,) = rows(tmp_path / "out", quantity="change_in_incremental_cost", subject="c")
    (gain,) = rows(tmp_path / "out", quantity="change_in_incremental_qaly", subject="q")
    assert float(cost["value"]) == pytest.approx(50)
    assert float(gain["value"]) == pytest.approx(0.02)
    refused = heco(*files, "--quantity", "inmb", "-o", tmp_path / "more")
    assert refused.exit_code == 2


def test_costs_alone_need_no_willingness_to_pay(tmp_path):
    files = [write(tmp_path / "one.toml", q=0), write(tmp_path / "two.toml", c=150, q=0)]
    assert heco(*files, "-o", tmp_path / "out").exit_code == 0
    (cost,) = rows(tmp_path / "out", quantity="change_in_incremental_cost", subject="all")
    assert float(cost["value"]) == pytest.approx(50)


def test_a_threshold_that_changes_is_a_change(tmp_path):
    one, other = write(tmp_path / "one.toml"), write(tmp_path / "two.toml", q=0.02)
    assert heco(one, other, "--wtp", "20000:30000", "-o", "d").exit_code == 0
    effects = {r["subject"]: float(r["value"]) for r in rows("d")}
    # inmb = W q - c, so the effects of W and q have the closed form of a product.
    assert effects["q"] == pytest.approx(0.01 * (20_000 + 30_000) / 2)
    assert effects["wtp"] == pytest.approx(10_000 * (0.01 + 0.02) / 2)


def test_words_move_nothing(tmp_path):
    one = write(tmp_path / "one.toml")
    other = write(tmp_path / "two.toml", source="Smith 2020")
    result = heco(one, other, "--json", "-o", "d")
    document = json.loads(result.stdout)
    (change,) = document["changes"]
    assert (change["name"], change["moves"], change["what"]) == ("q", False, "source")
    assert change["sources"] == ["assumption: invented", "Smith 2020"]
    effects = {r["subject"]: float(r["value"]) for r in rows("d")}
    assert effects["all"] == 0.0
    assert "q" not in effects


def test_the_same_file_twice_differs_in_nothing(tmp_path):
    one = write(tmp_path / "one.toml")
    result = heco(one, one, "-o", "d")
    assert result.exit_code == 0, result.output
    assert "The inputs are the same." in result.stdout


def test_changes_of_structure_are_one_change(tmp_path):
    one = write(tmp_path / "one.toml")
    text = write(tmp_path / "two.toml", c=120).read_text()
    text = text.replace('cost = "c * on"', 'cost = "(c + extra) * on"')
    text += (
        '[parameters.extra]\nlabel = "More"\nunit = "GBP"\nfixed = 7\n'
        'source = "assumption: invented"\n'
    )
    (tmp_path / "two.toml").write_text(text)
    assert heco(one, tmp_path / "two.toml", "-o", "d").exit_code == 0
    effects = {r["subject"]: float(r["value"]) for r in rows("d")}
    assert effects["c"] == pytest.approx(-20)
    assert effects["structure"] == pytest.approx(-7)


def test_changes_that_only_work_together_are_counted_as_one(tmp_path):
    shares = (
        '[parameters.p1]\nlabel = "First share"\nunit = "probability"\nfixed = {}\n'
        'source = "assumption: invented"\n'
        '[parameters.p2]\nlabel = "Second share"\nunit = "probability"\nfixed = {}\n'
        'source = "assumption: invented"\n'
    )
    for name, one, other in (("one", 0.3, 0.6), ("two", 0.7, 0.2)):
        text = write(tmp_path / f"{name}.toml", c=100 if name == "one" else 90).read_text()
        text = text.replace(
            'only = { p = 1, cost = "c * on", qaly = "q * on" }',
            'x = { p = "p1", cost = "c * on", qaly = "q * on" }\n'
            'y = { p = "p2", cost = "2 * c * on" }\nz = { p = "rest" }',
        )
        (tmp_path / f"{name}.toml").write_text(text + shares.format(one, other))
    result = heco(tmp_path / "one.toml", tmp_path / "two.toml", "-o", "d", "--json")
    assert result.exit_code == 0, result.output
    (note,) = json.loads(result.stdout)["warnings"]
    effects = {r["subject"]: float(r["value"]) for r in rows("d")}
    assert set(effects) == {"before", "after", "all", "c", "structure"}, note
    assert effects["c"] + effects["structure"] == pytest.approx(effects["all"], abs=1e-9)


def test_an_unknown_quantity_is_refused_with_a_guess(tmp_path):
    one, other = write(tmp_path / "one.toml"), write(tmp_path / "two.toml", c=150)
    result = heco(one, other, "--quantity", "inm")
    assert result.exit_code == 2
    assert 'Did you mean "inmb"?' in result.stderr
    assert not Path("outputs").exists()


def test_problems_of_both_files_are_listed(tmp_path):
    one = write(tmp_path / "one.toml", c='"x"')
    other = write(tmp_path / "two.toml", q='"y"')
    result = heco(one, other)
    assert result.exit_code == 2
    assert "one.toml" in result.stderr
    assert "two.toml" in result.stderr


@pytest.mark.parametrize("wtp", ["x", "1:2:3", "-5", "0"])
def test_a_wtp_that_is_none_is_refused(tmp_path, wtp):
    one = write(tmp_path / "one.toml")
    assert heco(one, one, f"--wtp={wtp}").exit_code == 2


def test_files_in_different_folders_are_compared_with_their_evidence(tmp_path):
    for name, value in (("x", 100), ("y", 130)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_text(f"time,v\n0,{value}\n")
        text = write(tmp_path / name / f"{name}.toml").read_text()
        text = text.replace("fixed = 100", 'table = {by = "time", file = "t.csv", column = "v"}')
        (tmp_path / name / f"{name}.toml").write_text(text)
    result = heco(tmp_path / "x/x.toml", tmp_path / "y/y.toml", "-o", "d")
    assert result.exit_code == 0, result.output
    effects = {r["subject"]: float(r["value"]) for r in rows("d")}
    assert effects["c"] == pytest.approx(-30)


def test_2013_prices_and_thresholds_against_2024_25(tmp_path):
    words = (SCENARIOS / "targeted.toml", SCENARIOS / "targeted-2025.toml",
             "--wtp", "20000:25000")  # fmt: skip
    assert heco(*words, "-o", "d").exit_code == 0
    found = rows("d", quantity="change_in_required_qaly_per_treated")
    effects = {r["subject"]: float(r["value"]) for r in found}
    before = float(rows("d", quantity="required_qaly_per_treated", subject="before")[0]["value"])
    after = float(rows("d", quantity="required_qaly_per_treated", subject="after")[0]["value"])
    assert set(effects) == {"all", "prices", "wtp"}
    assert effects["prices"] + effects["wtp"] == pytest.approx(after - before, abs=1e-12)
    k = after * 25_000 / (before * 20_000)  # the index ratio
    assert k == pytest.approx(1.3212, abs=1e-4)
    assert effects["prices"] == pytest.approx(before * (k - 1) * (1 + 20 / 25) / 2)
    record = json.loads(Path("d/run.json").read_text())
    for name, known in record["files"].items():
        assert hashlib.sha256((Path("d") / name).read_bytes()).hexdigest() == known
    again = Path("d/report.html").read_bytes()
    assert heco(*words, "-o", "d").exit_code == 0
    assert Path("d/report.html").read_bytes() == again


CHANGED = """
[strategies.c]
enters = "start"
set = {on = 1}
"""


@pytest.mark.parametrize(
    ("key", "one", "other", "said"),
    [
        ("currency", "GBP", "EUR", "one counts in GBP, two in EUR"),
        ("option", "b", "c", 'one asks about "b", two asks about "c"'),
        ("comparator", "a", "c", 'one compares with "a", two compares with "c"'),
        ("effect", "qaly", "life_years", 'one counts effects in "qaly", two'),
    ],
)
def test_answers_about_different_things_are_refused(tmp_path, key, one, other, said):
    files = tmp_path / "one.toml", tmp_path / "two.toml"
    for path, word in zip(files, (one, other), strict=True):
        head = {"currency": "GBP", "option": "b", "comparator": "a", "effect": "qaly", key: word}
        given = "".join(f'{k} = "{v}"\n' for k, v in head.items())
        text = write(path, more=CHANGED).read_text().replace('comparator = "a"\n', given)
        path.write_text(text.replace('unit = "GBP"', f'unit = "{head["currency"]}"'))
    result = heco(*files)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert f"[decision] {key}" in result.stderr
    assert "1 problem; nothing was computed." in result.stderr
    assert not Path("outputs").exists()


def test_everything_that_keeps_two_scenarios_apart_is_listed_at_once(tmp_path):
    one, other = write(tmp_path / "one.toml", more=CHANGED), tmp_path / "two.toml"
    text = one.read_text().replace('comparator = "a"', 'comparator = "b"\noption = "c"')
    other.write_text(text.replace("wtp", 'currency = "EUR"\nwtp').replace("GBP", "EUR"))
    one.write_text(one.read_text().replace('comparator = "a"', 'comparator = "a"\noption = "b"'))
    result = heco(one, other)
    assert "3 problems; nothing was computed." in result.stderr
    for words in ("counts in GBP", "asks about", "compares with"):
        assert words in result.stderr


def test_scenarios_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for folder, word in (("x", "qaly"), ("y", "life_years")):
        (tmp_path / folder).mkdir()
        path = write(tmp_path / folder / "same.toml")
        path.write_text(path.read_text().replace("wtp", f'effect = "{word}"\nwtp'))
    result = heco("x/same.toml", "y/same.toml")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "x/same.toml counts effects in" in said
    assert "y/same.toml counts effects in" in said


def test_a_scenario_with_one_strategy_has_no_answer_to_compare(tmp_path):
    one, other = write(tmp_path / "one.toml"), write(tmp_path / "two.toml")
    other.write_text(other.read_text().split("b = {")[0])
    result = heco(one, other)
    assert result.exit_code == 2
    assert "two has one strategy only" in result.stderr
