"""States and rows: everybody can be somewhere, and everybody can go on from there."""

from __future__ import annotations

import difflib

from heco.errors import did_you_mean
from heco.scenario.checks.rows import adds_to_one, constant
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings


def rows_belong_to_states(draft: Draft) -> Findings:
    """See that rows start in states and lead to states."""
    states = draft.known("states")
    for source, row in draft.transitions.items():
        if source not in states:
            hint = did_you_mean(source, states) if states else "Write [states.NAME] for each state."
            yield Finding(("transitions", source), f'there is no state "{source}"', hint)
        for target in row:
            if target not in states:
                what = f'there is no state "{target}" to go to'
                yield Finding(("transitions", source, target), what, did_you_mean(target, states))


def states_have_rows(draft: Draft) -> Findings:
    """See that a state has a row, or nobody leaves it; not both."""
    misspelt = [source for source in draft.transitions if source not in draft.known("states")]
    for name, state in draft.states.items():
        row = draft.transitions.get(name)
        if difflib.get_close_matches(name, misspelt, n=1, cutoff=0.6):
            continue  # its row was found under another name, and reported there
        if not state.absorbing and not row and draft.intact("transitions", name):
            yield Finding(
                ("states", name),
                "nothing says how people leave this state",
                f"Write [transitions.{name}], or absorbing = true if nobody leaves.",
            )
        leaving = [target for target in row or () if target != name]
        if state.absorbing and leaving:
            yield Finding(
                ("transitions", name, leaving[0]),
                f'"{name}" is absorbing, but its row leads to {", ".join(leaving)}',
                f"Remove the row, or absorbing from [states.{name}].",
            )


def rates_and_probabilities_apart(draft: Draft) -> Findings:
    """See that a row is given in probabilities or in rates; staying has no rate."""
    exponential = draft.time.exits == "matrix-exponential"
    for name, row in draft.transitions.items():
        place = ("transitions", name)
        rates = [target for target, move in row.items() if move.rate is not None]
        plain = [target for target, move in row.items() if move.p not in (None, "rest")]
        if name in rates:
            yield Finding(
                (*place, name, "rate"),
                "staying has no rate: people stay who do not leave",
                "Remove it." if exponential else f'Write {name} = "rest".',
            )
        if rates and plain:
            yield Finding(
                place,
                f"{', '.join(rates)} are given as rates, {', '.join(plain)} as probabilities",
                "Give the whole row as rates, or turn the rates into probabilities by hand.",
            )
        elif exponential and plain and not (plain == [name] and constant(row[name].p) == 1):  # type: ignore[arg-type]
            yield Finding(
                place,
                f'exits = "matrix-exponential" needs rates; {", ".join(plain)} are probabilities',
                "Write dead = {rate = ...}, or remove exits from [time].",
            )
        elif rates and not exponential and name not in rates and draft.intact(*place):
            yield from _someone_stays(draft, name)


def _someone_stays(draft: Draft, name: str) -> Findings:
    if not any(move.p == "rest" for move in draft.transitions[name].values()):
        yield Finding(
            ("transitions", name),
            "the rates say who leaves, nothing says where the others are",
            f'Write {name} = "rest".',
        )


def shares_add_to_one(draft: Draft) -> Findings:
    """See that the probabilities of a row share everybody among them."""
    for name, row in draft.transitions.items():
        shares = {target: move.p for target, move in row.items() if move.p is not None}
        whole = len(shares) == len(row) and draft.intact("transitions", name)
        yield from adds_to_one(shares, ("transitions", name), whole)


def rates_are_not_negative(draft: Draft) -> Findings:
    """See that a plain number that is a rate is not below zero."""
    for name, row in draft.transitions.items():
        for target, move in row.items():
            value = constant(move.rate) if move.rate is not None else None
            if value is not None and value < 0:
                place = ("transitions", name, target, "rate")
                yield Finding(place, f"{value:g} is not a rate: it must not be negative")


def utilities_are_shares(draft: Draft) -> Findings:
    """See that a utility that is a plain number is not above 1, unless that is wanted."""
    if draft.checks.utility_above_one == "report" or not draft.intact("time", "values"):
        return
    for name, state in draft.states.items():
        value = state.utility
        per = (value.per if value else None) or draft.time.values.removeprefix("per ")
        worth = constant(value.value) if value is not None and per == "year" else None
        if worth is not None and worth > 1:
            hint = (
                f"Write {worth / 100:.12g} for {worth:g}%."
                if worth > 2
                else ('Say [checks] utility_above_one = "report" if it is meant.')
            )
            what = f"a utility of {worth:g} is above 1, full health"
            yield Finding(("states", name, "utility"), what, hint)


def states_are_reached(draft: Draft) -> Findings:
    """See that somebody comes to every state (a warning)."""
    reached: set[str] = set()
    waiting = [branch.to for row in draft.tree.values() for branch in row.values()]
    for strategy in draft.strategies.values():
        starts = strategy.starts or ({} if strategy.enters else draft.population.starts)
        waiting += [
            name for name, share in starts.items() if share == "rest" or constant(share) != 0
        ]
    while waiting:
        name = waiting.pop()
        if name in draft.states and name not in reached:
            reached.add(name)
            waiting += draft.transitions.get(name, ())
    for name in draft.states:
        if name not in reached:
            yield Finding(("states", name), "nobody comes to this state", warning=True)


RULES = (
    rows_belong_to_states,
    states_have_rows,
    rates_and_probabilities_apart,
    shares_add_to_one,
    rates_are_not_negative,
    utilities_are_shares,
    states_are_reached,
)
