"""Every command with files and values that make no sense: exit code 2, in words, no traceback.

The commands and their options are read off the command line itself, so that a new one is tried as
soon as it is listed.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path
from random import Random

import click
import pytest
from click.testing import CliRunner

from heco.cli import COMMANDS, cli

ROOT = Path(__file__).parents[2]
PYTHON = re.compile(
    r"Traceback|object at 0x|<class|\w+Error\b|NoneType|Errno|\bNone\b|numpy|pydantic"
)
#: A decision that is computed at once.
TINY = """
[decision]
comparator = "a"
wtp = [20_000]
[parameters.c]
label = "Cost"
unit = "GBP"
gamma = {mean = 100, se = 10}
source = "assumption: for a test"
[parameters.q]
label = "Gain"
unit = "QALY"
normal = {mean = 0.01, se = 0.002}
source = "assumption: for a test"
[strategies]
a = {one_off = [{cost = 0}]}
b = {one_off = [{cost = "c", qaly = "q"}]}
[analysis]
psa = {draws = 200}
"""
FILES = {
    ".toml": TINY,
    ".csv": "study,events_treat,n_treat,events_control,n_control\nA,3,20,5,21\nB,4,30,9,31\n",
}
#: Sound values of options that a command must be given.
REQUIRED = {"--measure": "OR"}


def parameters(name: str, kind: type) -> list[click.Parameter]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return [parameter for parameter in command.params if isinstance(parameter, kind)]


def wants(parameter: click.Parameter) -> str:
    """Return the ending of the files that an argument is; nothing if it is no file."""
    if not isinstance(parameter.type, click.Path):
        return ""
    name = parameter.human_readable_name.lower()
    return ".csv" if name.endswith(".csv") or name == "areas" else ".toml"


def words(name: str, folder: Path, at: int | None = None, other: str = "") -> list[str]:
    """Return the arguments of a command, sound ones but for the one at a position."""
    found = []
    for k, argument in enumerate(parameters(name, click.Argument)):
        ending = wants(argument)
        if k == at:
            found.append(other)
        elif ending:
            sound = folder / f"sound{k}{ending}"
            sound.write_text(FILES[ending], encoding="utf-8")
            found.append(str(sound))
        elif argument.required:
            found.append("words")
    for option in parameters(name, click.Option):
        if option.required:
            found += [option.opts[-1], REQUIRED[option.opts[-1]]]
    return found


def call(*args: str, code: int | None = 2) -> str:
    """Call a command; assert that it ends in words, and return them."""
    result = CliRunner().invoke(cli, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), (
        args, result.exc_info,
    )  # fmt: skip
    assert result.exit_code in ((0, 1, 2) if code is None else (code,)), (args, result.output)
    assert not PYTHON.search(result.stderr), (args, result.stderr)
    if result.exit_code == 2:
        assert result.stderr.strip(), args
        assert len(result.stderr) < 20_000
        assert "--json" in args or result.stdout == "", (args, result.stdout)
    if "--json" in args and result.stdout:
        json.loads(result.stdout)
    return result.stderr


COMMANDS_WITH_FILES = [
    (name, k)
    for name in COMMANDS
    for k, argument in enumerate(parameters(name, click.Argument))
    if wants(argument)
]
each_file = pytest.mark.parametrize(("name", "at"), COMMANDS_WITH_FILES, ids=lambda part: str(part))


def test_all_commands_that_read_files_are_tried():
    named = {name for name, _ in COMMANDS_WITH_FILES}
    assert named == set(COMMANDS) - {"init", "schema"}


def bad_file(kind: str, folder: Path, ending: str) -> Path:
    """Return a path to something that no command can read."""
    path = folder / f"given{ending}"
    if kind == "folder":
        path.mkdir()
    elif kind == "circle":
        path.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "in a file":
        path.write_text("", encoding="utf-8")
        return path / f"below{ending}"
    elif kind == "endless name":
        return folder / ("x" * 300 + ending)
    elif kind != "missing":
        path.write_bytes(
            {
                "empty": b"",
                "blank": b"\n \n\t\n",
                "binary": bytes(range(256)) * 40,
                "noise": Random(1).randbytes(5_000),
                "utf-16": FILES[ending].encode("utf-16"),
                "latin-1": (FILES[ending] + '# "é"\n').encode("latin-1"),
                "a page": b"<!doctype html><html></html>",
                "deep": b"a = " + b"[" * 100_000,
                "one line": b"x" * 3_000_000,
                "too many digits": b"[time]\nstart_age = " + b"9" * 5_000 + b"\n",
                "json": b'{"decision": {}}',
            }[kind]
        )
    return path


#: Kinds that are no files, so that there is nothing to pack.
PLACES = ("missing", "folder", "circle", "in a file", "endless name")
KINDS = (
    "missing", "folder", "circle", "in a file", "endless name", "empty", "blank", "binary",
    "noise", "utf-16", "latin-1", "a page", "deep", "one line", "too many digits", "json",
)  # fmt: skip


@each_file
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["", "json"])
def test_a_file_that_cannot_be_read(name, at, kind, flags, tmp_path, monkeypatch):
    known = {option for parameter in parameters(name, click.Option) for option in parameter.opts}
    if not set(flags) <= known:
        return
    monkeypatch.chdir(tmp_path)
    ending = wants(parameters(name, click.Argument)[at])
    path = bad_file(kind, tmp_path, ending)
    before = {file.name for file in tmp_path.iterdir()}
    said = call(name, *words(name, tmp_path, at, str(path)), *flags)
    assert path.name[:40] in said or "given" in said, said
    written = {file.name for file in tmp_path.iterdir()} - before
    assert not {file for file in written if not file.startswith("sound")}, "half-written"


@pytest.mark.parametrize("name", ["psa", "voi", "sensitivity"])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
@pytest.mark.parametrize("kind", KINDS)
def test_draws_that_cannot_be_read(name, ending, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = bad_file(kind, tmp_path, ".csv")
    if ending == ".csv.gz" and kind not in PLACES:
        packed = path.with_suffix(".csv.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    assert path.name[:40] in call(name, str(path))
    assert path.name[:40] in call(name, str(path), "--json")


@each_file
def test_a_pipe_is_not_waited_for(name, at, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = bad_file("pipe", tmp_path, wants(parameters(name, click.Argument)[at]))
    if path.suffix == ".toml":
        call(name, *words(name, tmp_path, at, str(path)))


#: Values that make no sense, by what an option is.
SENSELESS = {
    "number": ["", "x", "nan", "1e", "--", "1,5", "£5", "é", "0x10", "1 2"],
    "whole number": ["", "x", "-1", "nan", "1.5", "1e3", "9" * 5_000, "²", "٣x"],
    "choice": ["", "x", "LHS "],
}


def kind_of(option: click.Option) -> str:
    if option.is_flag or option.nargs != 1:
        return ""
    if isinstance(option.type, click.types.IntParamType | click.IntRange):
        return "whole number"
    if isinstance(option.type, click.types.FloatParamType | click.FloatRange):
        return "number"
    return "choice" if isinstance(option.type, click.Choice) else ""


OPTIONS = [
    (name, option.opts[-1], kind_of(option))
    for name in COMMANDS
    for option in parameters(name, click.Option)
    if kind_of(option)
]


@pytest.mark.parametrize(("name", "option", "kind"), OPTIONS, ids=str)
def test_values_that_make_no_sense(name, option, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for value in SENSELESS[kind]:
        said = call(name, *words(name, tmp_path), option, value)
        assert option in said or "Usage" in said or "problem" in said, said


TEXTS = [
    (name, option.opts[-1])
    for name in COMMANDS
    for option in parameters(name, click.Option)
    if not option.is_flag and option.nargs == 1 and not kind_of(option)
]


@pytest.mark.parametrize(("name", "option"), TEXTS, ids=str)
def test_texts_of_any_kind(name, option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sound = words(name, tmp_path)
    if option in ("-o", "--output"):
        (tmp_path / "file").write_text("not ours", encoding="utf-8")
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.txt").write_text("not ours", encoding="utf-8")
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        where = ["file", "file/below", "full", "loop", "loop/below", "/proc/nothing", "x" * 300]
        where += ["/dev/null", "/dev/null/x"]
        if name == "init":
            where.remove("full")
        for value in where:
            call(name, *sound, option, value)
        assert (tmp_path / "file").read_text(encoding="utf-8") == "not ours"
        assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"] or (
            name == "init"
        )
        return
    out = ("-o", str(tmp_path / "out")) if name not in ("check", "show", "explain") else ()
    if option == "--currency":  # every text is a currency: whole reports are written
        call(name, *sound, option, "<é&\u202e$", *out, code=None)
        return
    for value in ("", " ", "=", "x=", "=x", "a=b=c", "(", "x" * 3_000, "é\u202e", "1e999", "nan"):
        call(name, *sound, option, value, *out, code=None)


@pytest.mark.parametrize("name", COMMANDS)
def test_words_too_many_and_too_few(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if any(argument.required for argument in parameters(name, click.Argument)):
        call(name)
    call(name, *words(name, tmp_path), "--no-such-option")
    call(name, "--" + "x" * 500)


@pytest.mark.parametrize("word", ["", " ", "rum", "RUN", "-", "--", "é", "x" * 500, "../run"])
def test_words_that_are_no_command(word):
    call(word)
