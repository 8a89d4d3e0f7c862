"""Groups of people: each told by itself, and the mean taken of what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from heco.reference.pathway import Told
from heco.scenario.scenario import Scenario


def groups(scenario: Scenario, strategy: str, draw: Mapping[str, float]) -> Told:
    """Return what happens to everybody, from what happens in each group."""
    from heco.reference.cohort import Twin, tell

    about_all = Twin(scenario, strategy, draw)
    written = {name: group.share for name, group in scenario.groups.items()}
    moment = about_all.at_entry()
    known = {
        name: about_all.value(share, moment, about_all.outside)
        for name, share in written.items()
        if share != "rest"
    }
    mean = Told()
    for name in scenario.groups:
        share = known.get(name, 1.0 - sum(known.values()))
        add(mean, tell(scenario.of_group(name), strategy, draw), share)
    return mean


def add(mean: Told, told: Told, share: float) -> None:
    """Add what is told of a group to the mean."""
    for field in fields(Told):
        here, there = getattr(mean, field.name), getattr(told, field.name)
        if isinstance(there, dict):
            for key, value in there.items():
                here[key] += share * value
        elif isinstance(there, list):
            for number, row in enumerate(there):
                if number == len(here):
                    here.append(dict.fromkeys(row, 0.0))
                for state, people in row.items():
                    here[number][state] += share * people
        else:
            setattr(mean, field.name, here + share * there)
