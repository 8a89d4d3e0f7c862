"""The commands about words: check, show, schema, init; and how the command line behaves."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from heco import __version__
from heco.cli import COMMANDS, cli
from heco.commands.check import summary
from heco.scenario.load import load

ROOT = Path(__file__).parents[2]
RICH = ROOT / "tests/data/rich.toml"
SHIPPED = [RICH, ROOT / "heco/commands/starter.toml", *sorted((ROOT / "scenarios").glob("*.toml"))]
BAD = Path(__file__).parent / "bad"


def heco(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


def process(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "heco", *map(str, words)],
        capture_output=True, text=True, check=False, encoding="utf-8", **options,
    )  # fmt: skip


def test_check_says_what_is_in_the_scenario():
    result = heco("check", RICH)
    assert result.exit_code == 0
    assert result.stderr == ""
    first, *lines = result.stdout.splitlines()
    assert first == f"{RICH} is in order"
    assert "  strategies   usual_care (comparator), test_all (option), targeted" in lines
    assert "  tree         4 chance nodes" in lines
    assert "  cohort       5 states, horizon lifetime, cycles of 1 year" in lines
    assert "  assumptions  5 of the parameters" in lines
    assert "  questions    required_gain, threshold, psa, tornado" in lines


def test_check_strict_minds_warnings(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text("[strategies.a]\none_off = [{cost = 1}]\n[tree.lost]\na = {p = 1}\n")
    assert heco("check", path).exit_code == 0
    assert (
        "1 warning\n    [tree.lost] nobody comes to this chance node" in heco("check", path).stdout
    )
    assert heco("check", "--strict", path).exit_code == 1
    assert heco("check", "--strict", RICH).exit_code == 0


def test_check_json():
    result = heco("check", "--json", RICH)
    said = json.loads(result.stdout)
    assert said == summary(load(RICH))
    assert said["in_order"] is True
    assert said["parameters"]["all"] == 21
    result = heco("check", "--json", BAD / "source_missing.toml")
    assert result.exit_code == 2
    problem = json.loads(result.stdout)["problems"][0]
    assert problem["where"] == "[parameters.p]"
    assert problem["line"] == 5
    assert "source is missing" in result.stderr


@pytest.mark.parametrize("command", ["check", "show"])
def test_outside_files_need_permission(command, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "base.toml").write_text("[strategies.a]\none_off = [{cost = 1}]\n")
    path = tmp_path / "in" / "child.toml"
    path.write_text('extends = "../base.toml"\n')
    assert heco(command, path).exit_code == 2
    assert heco(command, path, "--allow-outside").exit_code == 0


def test_show_prints_toml_with_origins():
    result = heco("show", RICH)
    assert result.exit_code == 0
    assert tomllib.loads(result.stdout) == load(RICH).merged
    assert f"[parameters.prevalence]  # {RICH}:42" in result.stdout


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_what_we_ship(path):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(heco("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_the_schema_refuses_misspellings():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(heco("schema").stdout))
    for name in ("key_misspelt", "section_misspelt", "argument_misspelt", "family_misspelt",
                 "parameter_two_values", "number_in_quotes", "choice_misspelt",
                 "filled_in_by_heco", "branch_is_text", "measure_value_and_ratio"):  # fmt: skip
        document = tomllib.loads((BAD / f"{name}.toml").read_text(encoding="utf-8"))
        assert not validator.is_valid(document), name


def test_the_schema_explains_every_key():
    schema = json.loads(heco("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "null" not in json.dumps(schema)
    for name, record in schema["$defs"].items():
        for key, described in record.get("properties", {}).items():
            assert described.get("description"), f"{name}.{key}"


def test_init_writes_a_scenario_that_works(tmp_path):
    result = heco("init", "reminders", "-o", tmp_path / "new")
    path = tmp_path / "new" / "reminders.toml"
    assert result.exit_code == 0
    assert f"heco check {path}" in result.stdout
    assert heco("check", "--strict", path).exit_code == 0
    before = path.read_bytes()
    again = heco("init", "reminders.toml", "-o", tmp_path / "new")
    assert again.exit_code == 2
    assert "exists already and is not overwritten" in again.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b"])
def test_init_refuses_names_that_are_paths(name, tmp_path):
    result = heco("init", "-o", tmp_path, "--", name)
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_every_command_is_listed_and_found():
    result = heco("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.stdout
    for name in ("check", "show", "schema", "init"):
        assert heco(name, "--help").exit_code == 0


def test_version():
    assert heco("--version").stdout == f"heco {__version__}\n"


def test_mistyped_commands_and_options():
    result = heco("chekc")
    assert result.exit_code == 2
    assert 'There is no command "chekc". Did you mean "check"?' in result.stderr
    assert heco("check").exit_code == 2
    assert heco("check", RICH, "--strit").exit_code == 2


def test_bugs_are_not_hidden(monkeypatch):
    @click.command()
    def broken():
        raise ZeroDivisionError

    monkeypatch.setitem(COMMANDS, "broken", (f"{__name__}:broken", "Break."))
    monkeypatch.setattr(sys.modules[__name__], "broken", broken, raising=False)
    result = heco("broken")
    assert isinstance(result.exception, ZeroDivisionError)


def test_interrupted(monkeypatch):
    @click.command()
    def endless():
        raise KeyboardInterrupt

    monkeypatch.setitem(COMMANDS, "endless", (f"{__name__}:endless", "Wait."))
    monkeypatch.setattr(sys.modules[__name__], "endless", endless, raising=False)
    assert heco("endless").exit_code == 130


def test_the_module_is_the_command():
    result = process("check", RICH)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout  # no colours outside a terminal
    result = process("check", BAD / "many_problems.toml")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "5 problems; nothing was computed." in result.stderr


def test_colours_for_people(monkeypatch):
    def colours(**options):
        result = CliRunner().invoke(cli, ["check", str(BAD / "source_missing.toml")], **options)
        return "\x1b[" in result.stderr

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colours(color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(color=True)


def test_a_closed_pipe_is_no_error():
    command = f'"{sys.executable}" -m heco schema | head -c 10; exit ${{PIPESTATUS[0]}}'
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert result.stderr == ""


def test_help_and_check_import_nothing_heavy():
    code = "import sys, runpy; sys.argv = ['heco', *{words}]\ntry: runpy.run_module('heco')\n"
    code += "except SystemExit: pass\nprint(sorted({{'numpy', 'scipy', 'pandas', 'matplotlib', "
    code += "'rich', 'pydantic', 'jinja2', 'SALib'}} & sys.modules.keys()), file=sys.stderr)"
    for words, allowed in ((["--help"], []), (["check", str(RICH)], ["numpy", "pydantic"])):
        script = code.format(words=words)
        script = script.replace(
            "runpy.run_module('heco')", "runpy.run_module('heco', run_name='__main__')"
        )
        result = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert result.stderr.strip() == str(allowed)
