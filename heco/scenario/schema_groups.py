"""The record of [groups.*]: groups of people for whom the model is run by itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heco.scenario.fields import Formula, Real, Record, Share


class Subgroup(Record):
    """[groups.NAME] One group of people, such as women, or those who are 70.

    Where there are groups, the model is run for each of them, with what it sets and from its age
    on, and everything that is reported is the mean over the groups, weighted by their shares, draw
    by draw. Results by group are shown beside. Unlike a branch of the tree, a group is remembered
    in the cohort: its people have its risks, costs and utilities all their lives.
    """

    label: str = ""
    """The group in words."""
    share: Share
    """Its share of the people, or "rest"; the shares add up to 1."""
    start_age: Annotated[Real, Field(ge=0)] | None = None
    """Age of the group when the model starts; left out, [time] start_age. [years]"""
    set: dict[str, Formula] = {}
    """Parameters that have another value in the group; the formula sees the value outside, and
    everything derived from them follows."""
    note: str = ""
    """What the reader should know."""
