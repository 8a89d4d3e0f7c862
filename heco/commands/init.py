"""``heco init``: a scenario to begin with."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click

from heco.errors import Problem, ScenarioError


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder to write it to (made if needed); this one if left out.",
)
def init(name: str, folder: Path) -> None:
    """Write NAME.toml, a small working scenario with a comment on every part.

    Nothing is ever overwritten.
    """
    stem = name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", stem):
        hint = "Use letters, digits, - and _; the folder goes to -o."
        raise ScenarioError([Problem(f'"{name}" cannot be the name of a scenario', "", hint)])
    text = files("heco.commands").joinpath("starter.toml").read_text(encoding="utf-8")
    path = folder / f"{stem}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        what = f'"{path}" exists already and is not overwritten'
        raise ScenarioError([Problem(what, "", "Choose another name.")]) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ScenarioError([Problem(f'"{path}" cannot be written: {reason}')]) from None
    click.secho(f"{path} is ready", fg="green", bold=True)
    click.echo(f"  heco check {path}\n  heco run {path}")
