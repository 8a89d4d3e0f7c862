"""``heco schema``: what editors need to complete and to underline."""

from __future__ import annotations

import json

import click

from heco.scenario.json_schema import document_schema


@click.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of scenario files.

    Save it, and begin a scenario with "#:schema heco.schema.json": editors that know TOML will
    then complete keys and explain them.
    """
    click.echo(json.dumps(document_schema(), indent=2, ensure_ascii=False))
