"""Scenarios that somebody wrote to break heco: refused at once, in words, nothing read outside.

Through `heco check` and `heco run`, as people meet them.
"""

from __future__ import annotations

import copy
import os
import re
import time
import tomllib
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from model_building import as_text

import heco
from heco.cli import cli
from heco.errors import Problem, did_you_mean

ROOT = Path(__file__).parents[2]
PYTHON = re.compile(r"Traceback|object at 0x|<class|\b\w+Error\b|NoneType|numpy|pydantic|sys\.set")
BASE = """
[decision]
comparator = "a"
wtp = [20_000]
[time]
cycle = "1 year"
horizon = "3 cycles"
start_age = 60
[parameters.c]
label = "Cost"
gamma = {mean = 100, se = 10}
source = "assumption: for a test"
[states]
well = {utility = 0.9}
dead = {absorbing = true}
[transitions]
well = {dead = 0.1, well = "rest"}
[population]
starts = {well = 1}
[strategies]
a = {}
b = {one_off = [{cost = "c", qaly = 0.1}]}
[analysis]
psa = {draws = 64}
"""


def invoked(*args: str, code: int | None = 2) -> str:
    """Call heco; assert that it ends in words."""
    result = CliRunner().invoke(cli, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in ((0, 1, 2) if code is None else (code,)), result.output[:2_000]
    assert not PYTHON.search(result.stderr), result.stderr[:2_000]
    assert len(result.stderr) < 60_000
    if result.exit_code == 2:
        assert result.stderr.rstrip().endswith("nothing was computed.")
        assert result.stdout == ""
    return result.stderr


def refused(path: Path, *said: str, line: int | None = None) -> None:
    """Assert that a scenario is refused by both commands, quickly and naming file and line."""
    began = time.monotonic()
    for command in ("check", "run"):
        stderr = invoked(command, str(path))
        for words in said:
            assert words in stderr, stderr[:2_000]
        assert f"{path.name}:{line}" in stderr or line is None, stderr[:2_000]
    assert time.monotonic() - began < 30
    assert {found.name for found in path.parent.iterdir()} == KEPT[path.parent]


KEPT: dict[Path, set[str]] = {}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a scenario's neighbours, beside one that is none of its business."""
    outside, here = tmp_path / "outside", tmp_path / "here"
    outside.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    (outside / "secret.csv").write_text("time,qx\n0,0.1\n1,0.2\n2,0.2\n", encoding="utf-8")
    (outside / "base.toml").write_text(BASE, encoding="utf-8")
    (here / "below").mkdir()
    (here / "link.csv").symlink_to(outside / "secret.csv")
    (here / "linked").symlink_to(outside)
    (here / "circle.csv").symlink_to(here / "circle.csv")
    (here / "binary.csv").write_bytes(bytes(range(256)))
    os.mkfifo(here / "pipe.csv")
    return here


def written(folder: Path, text: str | bytes, name: str = "given.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    KEPT[folder] = {found.name for found in folder.iterdir()}
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside/secret.csv", "lies outside the folder of the scenario"),
        ("below/../../outside/secret.csv", "lies outside the folder of the scenario"),
        ("{outside}/secret.csv", "is an absolute path"),
        ("/etc/passwd", "is an absolute path"),
        ("/dev/zero", "is an absolute path"),
        ("link.csv", "lies outside the folder of the scenario"),
        ("linked/secret.csv", "lies outside the folder of the scenario"),
        ("circle.csv", "cannot be opened"),
        ("below", "is a folder; a file is needed"),
        (".", "is a folder; a file is needed"),
        ("pipe.csv", "is not a file"),
        ("none.csv", "there is no file"),
        ("~/x.csv", "there is no file"),
        ("https://example.org/x.csv", "there is no file"),
        ("binary.csv", "the file is not text"),
        ("x" * 400, "cannot be read"),
        ("a\\u0000b", "is not the name of a file"),
        ("a\\nb.csv", "there is no file"),
        (" ", "is not the name of a file"),
    ],
)
def test_files_of_evidence_stay_in_the_folder(folder, name, said):
    name = name.replace("{outside}", str(folder.parent / "outside"))
    table = f'table = {{file = "{name}", by = "time", column = "qx"}}'
    extra = f'\n[parameters.t]\nlabel = "x"\nsource = "x"\n{table}\n'
    refused(written(folder, BASE + extra), said)


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ('"given.toml"', "the files extend each other in a circle"),
        ('"../outside/base.toml"', "lies outside the folder of the scenario"),
        ('"linked/base.toml"', "lies outside the folder of the scenario"),
        ('"/etc/passwd"', "is an absolute path"),
        ('"below"', "is a folder; a file is needed"),
        ('"none.toml"', "there is no file"),
        ('"pipe.csv"', "is not a file"),
        ('"binary.csv"', "is not UTF-8 text"),
        ('["other.toml", "other.toml", "given.toml"]', "in a circle"),
        ('"chain0.toml"', "the end of a chain of 20 files"),
        ("7", "extends"),
        ("[[]]", "extends"),
        ("{}", "extends"),
        ('""', "is not the name of a file"),
    ],
)
def test_files_to_build_on_stay_in_the_folder(folder, extends, said):
    written(folder, BASE, "other.toml")
    for k in range(30):
        written(folder, f'extends = "chain{k + 1}.toml"\n', f"chain{k}.toml")
    refused(written(folder, f"extends = {extends}\n{BASE}"), said)


def test_two_files_that_extend_each_other(folder):
    written(folder, f'extends = "given.toml"\n{BASE}', "other.toml")
    refused(written(folder, f'extends = "other.toml"\n{BASE}'), "in a circle: ", "other.toml")


def derived(n: int, formula: str) -> str:
    return "".join(
        f'\n[parameters.z{k}]\nlabel = "x"\nexpr = "{formula.format(k + 1)}"\n' for k in range(n)
    )


AGAIN = '\n[parameters.z3]\nlabel = "x"\nexpr = "z0"\n'
LAST = '\n[parameters.z{}]\nlabel = "x"\nfixed = 1\nsource = "x"\n'
HOSTILE = {
    "lists in lists": ("a = " + "[" * 100_000 + "]" * 100_000, "nested more than 40 deep", 1),
    "tables in tables": ("a = " + "{a = " * 50_000 + "1" + "}" * 50_000, "nested more than", 1),
    "a dotted key": (".".join(["a"] * 100_000) + " = 1", "nested more than 40 deep", 1),
    "headers that deepen": (
        "".join(f"[{'.'.join(['a'] * k)}]\n" for k in range(1, 60)), "nested more than", 41,
    ),
    "50 MB": (b"#" * 50_000_000, "5 MB is the most", None),
    "100,000 tables of a section": ("[[states]]\n" * 100_000, '"states" must be a table', 1),
    "digits without end": (f"{BASE}\n[x]\na = {'9' * 5_000}\n", "a number has too many digits", 27),
    "a number beyond floating point": (BASE.replace("0.9}", "1e999}"), "finite", 14),
    "a number beyond reason": (BASE.replace("0.9}", "1e300}"), "no plausible size", 14),
    "a duration beyond reason": (
        BASE.replace('"1 year"', f'"{"9" * 400} years"'), "too long for a duration", 6,
    ),
    "a duration with endless digits": (
        BASE.replace('"1 year"', f'"{"9" * 5_000} years"'), "too long for a duration", 6,
    ),
    "a duration that nothing lasts": (
        BASE.replace('"3 cycles"', '"99999999999 years"'), "longer than anything lasts", 7,
    ),
    "more cycles than anybody waits for": (
        BASE.replace('"3 cycles"', '"900000000 cycles"'), "[time] horizon", 7,
    ),
    "names without end": (f"{'k' * 200_000} = 1\n{'k' * 200_001} = 1\n{BASE}", "kkk ... kkk", 1),
    "a parameter by way of itself": (f"{BASE}{derived(1, 'z0')}", "in a circle: z0 -> z0", 28),
    "parameters in a circle": (
        f"{BASE}{derived(3, 'z{}')}{AGAIN}",
        "in a circle: z0 -> z1 -> z2 -> z3 -> z0", None,
    ),
    "a chain of parameters": (
        f"{BASE}{derived(3_000, 'z{} + 1')}{LAST.format(3_000)}", "a chain of 3001 parameters",
        None,
    ),
    "parameters that double": (
        f"{BASE}{derived(61, 'z{0} + z{0}')}{LAST.format(61)}", "a chain of 62 parameters", None,
    ),
    "a formula without end": (BASE.replace("0.9}", f'"{"1+" * 50_000}1"}}'), "at most 2,000", 14),
    "brackets without end": (BASE.replace("0.9}", f'"{"(" * 1_500}"}}'), "nested", 14),
    "the wrong alphabet": (BASE.replace("0.9}", '"０.９"}'), "is not a sign of this language", 14),
    "UTF-16": (BASE.encode("utf-16"), "is not UTF-8 text", 1),
    "latin-1": (BASE.encode() + b"# \xe9\n", "is not UTF-8 text", 25),
    "a NUL": (BASE + "# \0\n", "not valid TOML", 25),
    "half a surrogate": ('a = "\\ud800"\n', "not valid TOML", 1),
    "no day": ("[time]\nstart_age = 2024-02-30\n", "not valid TOML", 2),
    "nothing": ("", "there are no strategies", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said", "line"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused(folder, text, said, line):
    refused(written(folder, text), said, line=line)


def test_a_sound_one_is_not_refused(folder):
    invoked("check", str(written(folder, BASE)), code=0)


#: Small slips, most of which leave a scenario that can be computed.
TEXTS = (
    "",
    "x",
    "<b>&\"'",
    "é\u2028",
    "0",
    "1",
    "-1",
    "rest",
    "time",
    "1 year",
    "{{ x }}",
    "$_^%#",
)
NUMBERS = (0, 1, -1, 0.5, 2, 1e6, 1e-12, 0.999999, 1e59)


def slip(document: dict, random: Random) -> None:
    """Change one value of a document."""
    places = []

    def visit(table: dict | list) -> None:
        for key, value in table.items() if isinstance(table, dict) else enumerate(table):
            places.append((table, key))
            if isinstance(value, dict | list):
                visit(value)

    visit(document)
    table, key = random.choice(places)
    value = table[key]
    if isinstance(value, bool):
        table[key] = not value
    elif isinstance(value, int | float):
        table[key] = random.choice([*NUMBERS, -value, 2 * value, 100 * value])
    elif isinstance(value, str):
        table[key] = random.choice([*TEXTS, f"{value} * 0", f"{value} + 0"])
    elif isinstance(value, list):
        table[key] = random.choice([value[:1], value[::-1], value + copy.deepcopy(value)])
    else:
        del table[key]


def slipped(path: Path, seed: int) -> str:
    random, document = Random(f"{path.parent.name} {seed}"), tomllib.loads(path.read_text("utf-8"))
    for _ in range(random.randint(1, 2)):
        slip(document, random)
    if isinstance(document.get("analysis"), dict) and isinstance(
        document["analysis"].get("psa"), dict
    ):
        document["analysis"]["psa"] = {"draws": 64}
    plain = {key: value for key, value in document.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in document.items() if key not in plain}
    head = "".join(f"{line}\n" for line in as_text({"": plain}).splitlines()[1:])
    return head + as_text(tables)


MODELS = sorted((ROOT / "tests/reference").glob("*/model.toml"))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_slips_in_published_models_are_checked_in_words(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    for seed in range(12):
        text = slipped(path, seed)
        try:
            scenario = heco.load_text(text, path.parent)
            model = heco.compile(scenario)
            model.evaluate(model.base())
            model.evaluate(model.sample(4, 1))
        except heco.ScenarioError as error:
            assert not PYTHON.search(str(error)), f"{error}\n{text}"  # noqa: PT017


@pytest.mark.slow
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_slips_in_published_models_are_run_or_refused(path):
    from heco.analysis import run_scenario
    from heco.verify.certify import quick

    for seed in range(100, 106):
        text = slipped(path, seed)
        try:
            scenario = heco.load_text(text, path.parent)
            quick(scenario)
            run_scenario(scenario, draws=64)
        except heco.ScenarioError as error:
            assert not PYTHON.search(str(error)), f"{error}\n{text}"  # noqa: PT017


def test_slips_are_run_through_the_command_line(folder):
    """Whatever comes of it: a report, a check that failed, or problems; and nothing by halves."""
    done = 0
    for seed in range(25):
        path = written(folder, slipped(written(folder, BASE), seed), f"slip{seed}.toml")
        invoked("check", str(path), code=None)
        if seed < 8:
            invoked("run", str(path), "--quiet", "-o", f"out{seed}", code=None)
            done += (folder / f"out{seed}").is_dir()
    assert done >= 2
    assert not [found for found in folder.iterdir() if found.name.startswith(".")]


def test_long_lines_are_cut_and_long_names_not_compared():
    problem = Problem("x" * 10_000, "y" * 10_000, "z" * 10_000, "f", 1)
    assert max(map(len, str(problem).splitlines())) < 1_010
    began = time.monotonic()
    did_you_mean("k" * 200_000, ["k" * 200_001, "key"])
    did_you_mean("key", [f"name{k}" for k in range(300_000)])
    assert time.monotonic() - began < 5
    assert did_you_mean("uptke", ["uptake"]) == 'Did you mean "uptake"?'
