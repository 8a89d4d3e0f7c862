"""One way to settle what is not settled by evidence: the base case, or an alternative, as run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from heco.analysis.basis import Basis, bases
from heco.analysis.context import Context, Sample, increments
from heco.analysis.readings import Reading, all_readings, without
from heco.model import compile_model
from heco.scenario.expressions import Number, to_text
from heco.scenario.schema_analysis import Alternative
from heco.scenario.wording import shown


@dataclass(frozen=True)
class Setting:
    """The base case, or an alternative, as it was run.

    Parameters
    ----------
    name, label : str
        What it is called.
    context : Context
        Its own run.
    words : Alternative or None
        What its author wrote; None for the base case.
    """

    name: str
    label: str
    context: Context
    words: Alternative | None = None

    @cached_property
    def bases(self) -> Mapping[str, Basis]:
        """Return the ways to read it, by name."""
        return {basis.name: basis for basis in bases(self.context)}

    @cached_property
    def readings(self) -> Mapping[tuple[str, str, str], Reading]:
        """Return the required gains that are asked for, by option, key and reading."""
        gain = self.context.scenario.analysis.required_gain
        assert gain is not None
        found = all_readings(self.context, _without(self.context, gain.utility))
        return {(reading.option, reading.key, reading.name): reading for reading in found}

    def pair(self, basis: str, option: str) -> tuple[Any, Any] | None:
        """Return extra cost and effect of an option by draw; None if there is no such thing."""
        scenario = self.context.scenario
        if basis not in self.bases or option not in scenario.options:
            return None
        sample = self.bases[basis].sample
        return increments(sample, self.context.effect, option, scenario.comparator)

    def best(self, basis: str, wtp: float) -> str:
        """Return the strategy with the highest net benefit on average."""
        outcomes = self.bases[basis].sample.outcomes
        benefit = outcomes.net_monetary_benefit(wtp, self.context.effect).mean(axis=1)
        return outcomes.strategies[int(np.argmax(benefit))]

    def counterpart(self, wtp: float, other: Setting) -> float:
        """Return our willingness to pay that is compared with one of another setting."""
        if wtp in self.context.wtp:
            return wtp
        both = self.context.wtp, other.context.wtp
        return both[0][both[1].index(wtp)] if len(both[0]) == len(both[1]) else both[0][0]

    @property
    def changed(self) -> str:
        """Return what it sets otherwise, as its author wrote it."""
        words = self.words
        if words is None:
            return ""
        said = [f"{key} = {to_text(formula)}" for key, formula in words.set.items()]
        for section in ("time", "decision", "population"):
            said += [f"{key} = {shown(value)}" for key, value in getattr(words, section).items()]
        said += [f"another entry for {key}" for key in words.parameters]
        return "; ".join([*said, *([words.file] if words.file else [])])


def _without(context: Context, utility: str) -> dict[str, Sample]:
    """Return the runs in which a utility parameter is 0, also if the setting says what it is."""
    if not utility:
        return {}
    overrides = context.scenario.overrides
    if utility not in overrides:
        return without(context, utility, "[analysis.alternatives]")
    changed = replace(context.scenario, overrides={**overrides, utility: Number(0.0)})
    model = compile_model(changed)
    return {
        basis.name: Sample(basis.sample.draws, model.evaluate(basis.sample.draws))
        for basis in bases(context)
    }
