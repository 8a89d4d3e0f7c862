"""An area as a scenario file of its own: the scenario, with some parameters said anew.

A fixed value takes the place of whatever the parameter was, its uncertainty included: somebody
counted it. A mean moves the distribution and keeps its family and its coefficient of variation
(standard deviation over mean), so that a dearer place is as unsure of its prices, in per cent, as
the scenario is of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.model.clock import mentions
from heco.scenario.scenario import Scenario
from heco.scenario.schema_parameters import OTHER_KINDS
from heco.scenario.syntax import names
from heco.scenario.toml_writer import key, value

#: Arguments that grow with the mean, family by family; what is not named stays. A beta is written
#: anew from mean and standard error, because a share cannot simply be multiplied.
_SCALED = {
    "gamma": {"mean", "se", "sd", "scale"},
    "lognormal": {"mean", "se", "median", "ci95"},
    "normal": {"mean", "se", "sd", "ci95"},
    "uniform": {"low", "high"},
    "triangular": {"low", "mode", "high"},
    "pert": {"low", "mode", "high"},
}
#: Questions that every area answers. The others ask the model many more times, and an area answers
#: them only if it is asked to.
QUESTIONS = ("required_gain", "psa", "budget")


@dataclass(frozen=True)
class Override:
    """What a parameter is in one area.

    Parameters
    ----------
    value : float
        In the parameter's own unit and price year.
    mean : bool
        Whether it moves the distribution instead of taking its place.
    source : str
        Where it comes from; empty if nobody says.
    """

    value: float
    mean: bool = False
    source: str = ""


def refused(scenario: Scenario, name: str, mean: bool) -> Iterator[tuple[str, str]]:
    """Yield why a parameter cannot be given by area, with what to try."""
    parameter = scenario.parameters[name]
    setters = [s for s, strategy in scenario.strategies.items() if name in strategy.set]
    if setters:
        yield (
            f'"{name}" is set by the strategies ({", ".join(setters)}), so no area can set it',
            "Give the parameters that the strategies take it from.",
        )
    family = scenario.distributions.get(name)
    if family is not None and family.components:
        yield (
            f'"{name}" has several components ({", ".join(family.components)})',
            "Write a scenario file for each area that extends this one.",
        )
    elif mean and parameter.family not in (*_SCALED, "beta"):
        yield (
            f'"{name}" has no distribution that could be moved: it is {_kind(parameter.kind)}',
            f'Call the column "{name}": a fixed value.',
        )


def _kind(kind: str) -> str:
    return {"expr": "derived by a formula", "samples": "read from samples"}.get(kind, kind)


def scenario_text(
    scenario: Scenario,
    title: str,
    values: Mapping[str, Override],
    *,
    note: str = "",
    table: str = "",
    full: bool = False,
) -> str:
    """Return an area as the text of a scenario file that stands beside the scenario's own.

    Parameters
    ----------
    scenario : Scenario
        Loaded from a file.
    title : str
        Name of the area.
    values : mapping of str to Override
        What is otherwise there.
    note : str
        What the reader should know about the area.
    table : str
        Name of the table that the values are from.
    full : bool
        Whether to keep the questions that take many more runs of the model.
    """
    assert scenario.path is not None
    asked = scenario.merged.get("analysis", {})
    assert isinstance(asked, Mapping)
    # Published figures are about the place that they were published for.
    drop = ["published"] if scenario.published else []
    gone = [] if full else [name for name in asked if name not in QUESTIONS]
    budget, people = _budget(scenario, values, gone)
    drop += [*(f"analysis.{name}" for name in gone), *(f"parameters.{name}" for name in people)]
    lines = [f"extends = {value(scenario.path.name)}"]
    lines += [f"drop = {value(drop)}"] if drop else []
    decision = scenario.decision
    lines += ["", "[decision]"]
    lines.append(f"title = {value(f'{decision.title}: {title}' if decision.title else title)}")
    lines.append(f"place = {value(f'{title} ({note})' if note else title)}")
    lines += budget
    for name, override in values.items():
        lines += ["", f"[parameters.{key(name)}]"]
        entry = _entry(scenario, name, override, title, table)
        lines += [f"{key(word)} = {value(item)}" for word, item in entry.items()]
    return "\n".join(lines) + "\n"


def _budget(
    scenario: Scenario, values: Mapping[str, Override], gone: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Leave the people who live in the area out of its budget, if they are those of another place.

    Amounts per 100,000 of them would be neither the one place's nor the other's. Parameters that
    nothing else mentions, the questions that are gone apart, are returned to be dropped as well.
    """
    asked = scenario.analysis.budget
    if asked is None or asked.area is None or mentions(scenario, [asked.area], set(values)):
        return [], []
    merged = {name: dict(entry) for name, entry in scenario.merged.items()
              if isinstance(entry, Mapping)}  # fmt: skip
    kept = {word: item for word, item in merged["analysis"]["budget"].items() if word != "area"}
    merged["analysis"]["budget"] = kept
    for name in gone:
        del merged["analysis"][name]
    merged.pop("published", None)
    words = set(_words(merged))
    people = sorted(names(asked.area) & set(scenario.parameters) - words)
    lines = [f"{key(word)} = {value(item)}" for word, item in kept.items()]
    return ["", "[analysis.budget]", *lines], people


def _words(entry: object, place: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every word that could be the name of a parameter, but for its own heading."""
    if isinstance(entry, Mapping):
        for name, inner in entry.items():
            if place != ("parameters",):
                yield str(name)
            yield from _words(inner, (*place, str(name)))
    elif isinstance(entry, str):
        yield from re.findall(r"\w+", entry)
    elif isinstance(entry, list | tuple):
        for inner in entry:
            yield from _words(inner, place)


def _entry(
    scenario: Scenario, name: str, override: Override, title: str, table: str
) -> dict[str, Any]:
    """Return a parameter as an area's file says it."""
    merged = scenario.merged["parameters"]
    assert isinstance(merged, Mapping)
    parameter = scenario.parameters[name]
    written = dict(merged[name])
    for word in (*OTHER_KINDS, parameter.family):
        written.pop(word, None)
    entry: dict[str, Any] = {word: written[word] for word in ("label", "unit") if word in written}
    if override.mean:
        entry[parameter.family] = moved(scenario, name, override.value)
    else:
        entry["fixed"] = override.value
    entry |= {word: item for word, item in written.items() if word not in (*entry, "source")}
    if parameter.range and not parameter.range[0] <= override.value <= parameter.range[1]:
        del entry["range"]  # made for another place; what is possible at all still holds
    where = f"{table}, {title}" if table else title
    entry["source"] = override.source or f"assumption: no source is given in {where}"
    kept = f"{written['note'].rstrip()} " if isinstance(written.get("note"), str) else ""
    what = "Mean" if override.mean else "Value"
    entry["note"] = f"{kept}{what} of {where}, instead of the scenario's."
    return entry


def moved(scenario: Scenario, name: str, mean: float) -> dict[str, Any]:
    """Return the arguments of a distribution moved to another mean, its CV kept.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    name : str
        The parameter; it has a scalar distribution.
    mean : float
        What takes the place of its deterministic value (of the median, for a lognormal that is
        given by its median). [own unit and price year]
    """
    parameter, distribution = scenario.parameters[name], scenario.distributions[name]
    factor = scenario.price_factors.get(name, 1.0)
    assert not isinstance(distribution.base, Mapping)
    base = float(distribution.base) / factor
    written = dict(parameter.arguments)
    if parameter.family == "beta":
        assert not isinstance(distribution.sd, Mapping)
        ends: dict[str, Any] = {end: written[end] for end in ("low", "high") if end in written}
        error = float(distribution.sd) / factor * abs(mean / base)
        return {"mean": mean, "se": error, **ends}
    ratio = mean / base
    made = {
        word: _times(item, ratio) if word in _SCALED[parameter.family] else item
        for word, item in written.items()
    }
    if parameter.family == "gamma":
        for word in {"rate", "exposure"} & set(written):
            made[word] = written[word] / ratio
    if "meanlog" in written:
        made["meanlog"] = float(written["meanlog"] + np.log(ratio))
    if "mean" in written:
        made["mean"] = mean  # not a rounding error away from what was asked for
    return made


def _times(item: Any, ratio: float) -> Any:
    return [part * ratio for part in item] if isinstance(item, list | tuple) else item * ratio
