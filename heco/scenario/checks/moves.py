"""Questions that move inputs: tornado, spider, maps. What they move exists and has room to move."""

from __future__ import annotations

from collections.abc import Iterator

from heco.scenario.checks.parameters import limits
from heco.scenario.checks.questions import known, single_number
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_moves import Axis, MovedSet, OneWay, Point
from heco.scenario.schema_parameters import Parameter
from heco.scenario.toml_positions import Place


def _one_ways(draft: Draft) -> Iterator[tuple[Place, OneWay]]:
    for name in ("tornado", "spider"):
        asked = getattr(draft.analysis, name)
        if asked is not None:
            yield ("analysis", name), asked


def _compared(draft: Draft, strategy: str, place: Place) -> Findings:
    """Yield what is wrong with a strategy that is to be compared with the comparator."""
    if strategy:
        yield from known(place, "strategy", strategy, draft.known("strategies"))
        if strategy == draft.decision.comparator:
            yield Finding(place, f'"{strategy}" is the comparator; it cannot be compared')


def _gain(draft: Draft, key: str, place: Place) -> Findings:
    """Yield what is wrong with a required gain that is to be measured."""
    gain = draft.analysis.required_gain
    if gain is not None:
        if key:
            yield from known(place, "way of counting called", key, gain.per)
    elif draft.intact("analysis", "required_gain"):
        hint = 'Write required_gain = {per = {treated = "share.treated"}} under [analysis].'
        yield Finding(place, "there is no required gain to measure", hint)


def moved_one_by_one(draft: Draft) -> Findings:
    """See that a tornado or spider moves parameters that have somewhere to move to."""
    for place, asked in _one_ways(draft):
        yield from _compared(draft, asked.strategy, (*place, "strategy"))
        if asked.outcome == "required_gain":
            yield from _gain(draft, asked.per, (*place, "per" if asked.per else "outcome"))
        elif asked.per:
            what = f'per is about the outcome "required_gain", not "{asked.outcome}"'
            yield Finding((*place, "per"), what)
        for number, name in enumerate(asked.parameters):
            yield from _movable(draft, name, asked, (*place, "parameters", str(number)))
        for name, ends in asked.ranges.items():
            yield from _range(draft, name, ends, (*place, "ranges", name))


def _movable(draft: Draft, name: str, asked: OneWay, here: Place) -> Findings:
    if name not in draft.known("parameters"):
        yield from known(here, "parameter", name, draft.known("parameters"))
        return
    parameter = draft.parameters.get(name)
    if name in draft.components:
        what = f'"{name}" has several components that depend on each other'
        yield Finding(here, what, "This moves single numbers; a tornado can also move sets.")
    elif parameter is not None and name not in asked.ranges and not _has_room(parameter):
        yield Finding(
            here,
            f'"{name}" has neither a distribution nor a range to move in',
            f"Write range = [low, high] under [parameters.{name}], or give it here under ranges.",
        )


def _has_room(parameter: Parameter) -> bool:
    """Return whether a parameter has ends to go to."""
    return bool(parameter.uncertain or parameter.range)


def _range(draft: Draft, name: str, ends: tuple[float, float], here: Place) -> Findings:
    low, high = ends
    wrong = list(single_number(draft, name, low, high, here))
    yield from wrong
    if not wrong and name in draft.parameters:
        least, most = limits(draft.parameters[name])
        for end in ends:
            if not least <= end <= most:
                yield Finding(here, f"{end:g} lies outside of what can be, {least:g} to {most:g}")


def sets_move_together(draft: Draft) -> Findings:
    """See that sets of a tornado are of parameters that can be set together."""
    tornado = draft.analysis.tornado
    for name, moved in tornado.sets.items() if tornado else ():
        place = ("analysis", "tornado", "sets", name)
        if name in draft.known("parameters"):
            yield Finding(place, f'"{name}" is the name of a parameter too', "Rename the set.")
        yield from _members(draft, moved, place)
        yield from _whole_sets(draft, moved, place)


def _members(draft: Draft, moved: MovedSet, place: Place) -> Findings:
    for number, name in enumerate(moved.members):
        here = (*place, "parameters", str(number)) if moved.parameters else (*place, "low", name)
        parameter = draft.parameters.get(name)
        if name in draft.components:
            what = f'"{name}" has several components; say which one is meant'
            yield Finding(here, what, _components(draft, name))
        elif name not in draft.parameter_names():
            yield from known(here, "parameter", name, draft.parameter_names())
        elif moved.parameters and "." in name:
            what = f'"{name}" is drawn together with others, so it cannot go to an end alone'
            yield Finding(here, what, "Give the values of all of them: low = {...}, high = {...}.")
        elif parameter is not None and parameter.table is not None:
            yield Finding(here, f'"{name}" is looked up in a table, so it cannot be set')
        elif moved.parameters and parameter is not None and not _has_room(parameter):
            what = f'"{name}" has neither a distribution nor a range to move in'
            yield Finding(here, what, "Give the values: low = {...}, high = {...}.")
        elif parameter is not None:
            yield from _possible(parameter, moved, name, place)


def _possible(parameter: Parameter, moved: MovedSet, name: str, place: Place) -> Findings:
    least, most = limits(parameter)
    for key, values in (("low", moved.low), ("high", moved.high)):
        if name in values and not least <= values[name] <= most:
            what = f"{values[name]:g} lies outside of what can be, {least:g} to {most:g}"
            yield Finding((*place, key, name), what)


def _components(draft: Draft, name: str) -> str:
    parts = draft.components.get(name) or ()
    return f"Write {', '.join(f'{chr(34)}{name}.{part}{chr(34)}' for part in parts)}."


def _whole_sets(draft: Draft, moved: MovedSet, place: Place) -> Findings:
    """See that shares that add up to 1 still do when some of them are set."""
    wholes = dict.fromkeys(name.partition(".")[0] for name in moved.low if "." in name)
    for whole in wholes:
        parameter, parts = draft.parameters.get(whole), draft.components.get(whole)
        if parameter is None or parts is None or parameter.family != "dirichlet":
            continue
        for key in ("low", "high"):
            values = getattr(moved, key)
            missing = [part for part in parts if f"{whole}.{part}" not in values]
            if missing:
                what = f'"{whole}" is shared out among all its parts; {missing[0]} is missing'
                yield Finding((*place, key), what, _components(draft, whole))
                continue
            total = sum(values[f"{whole}.{part}"] for part in parts)
            if abs(total - 1) > 1e-9:
                yield Finding((*place, key), f'the parts of "{whole}" come to {total:g}, not to 1')


def maps_have_two_sides(draft: Draft) -> Findings:
    """See that a map has two different sides, each with somewhere to begin and to end."""
    listed = isinstance(draft.merged.section("analysis").get("two_way"), list)
    for number, asked in enumerate(draft.analysis.two_way):
        place = ("analysis", "two_way", *([str(number)] if listed else []))
        yield from _compared(draft, asked.strategy, (*place, "strategy"))
        if asked.x.gain:
            what = "a required gain is solved for at every x, so it can only be y"
            yield Finding((*place, "x", "gain"), what)
        elif asked.x.parameter == asked.y.parameter:
            what = f'"{asked.x.parameter}" is on both sides of the map'
            yield Finding((*place, "y"), what, "Choose another parameter for y.")
        for key, side in (("x", asked.x), ("y", asked.y)):
            yield from _side(draft, side, (*place, key))
        for position, point in enumerate(asked.points):
            yield from _point(point, (*place, "points", str(position)))


def _side(draft: Draft, side: Axis, place: Place) -> Findings:
    if side.parameter:
        yield from single_number(draft, side.parameter, side.low, side.high, place)
        return
    yield from _gain(draft, side.gain, (*place, "gain"))
    if side.low is not None and side.high is not None and side.low >= side.high:
        what = f"there is nothing between low ({side.low:g}) and high ({side.high:g})"
        yield Finding(place, what)


def _point(point: Point, place: Place) -> Findings:
    for key in ("x", "y"):
        low, value, high = (getattr(point, f"{key}{end}") for end in ("_low", "", "_high"))
        if (low is not None and low > value) or (high is not None and high < value):
            yield Finding(place, f"{key} = {value:g} lies outside of its own interval")


RULES = (moved_one_by_one, sets_move_together, maps_have_two_sides)
