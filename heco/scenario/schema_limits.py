"""What a run may cost in memory and in time before it is refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heco.scenario.fields import Real, Record


class Limits(Record):
    """limits = {...}: how much a run may need, by an estimate made before the draws.

    The estimate counts operations and numbers, not what this machine can do, so that a scenario is
    refused everywhere or nowhere.
    """

    memory: Annotated[Real, Field(gt=0)] = 4_000
    """Most memory for draws and outcomes. [MB]"""
    minutes: Annotated[Real, Field(gt=0)] = 30
    """Longest time for the draws, on one core of an ordinary computer. [minutes]"""
