"""``heco show``: the whole scenario in one file."""

from __future__ import annotations

from pathlib import Path

import click

from heco.scenario.load import load
from heco.scenario.toml_writer import write_scenario


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--allow-outside", is_flag=True, help="Let it read files outside its folder.")
def show(file: Path, allow_outside: bool) -> None:
    """Print a scenario with everything that it extends, as one TOML file.

    Beside each entry stands the file and line that it came from. Saved in the folder of FILE, the
    output is an equal scenario.
    """
    click.echo(write_scenario(load(file, allow_outside=allow_outside)), nl=False)
