"""The answer after some of the changes: scenarios in between, each loaded and checked whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from heco.analysis import run_scenario
from heco.diff.changes import Change, Key, entries
from heco.errors import ScenarioError, refuse
from heco.result import Quantity
from heco.scenario.load import load_text
from heco.scenario.scenario import Scenario
from heco.scenario.schema_analysis import Analysis
from heco.scenario.toml_writer import write_scenario

#: Of [analysis], what is asked of every scenario in between: the base case and nothing else.
_KEPT = ("analysis", "required_gain")


@dataclass
class Between:
    """Scenarios between two, and what each of them answers.

    Parameters
    ----------
    before, after : Scenario
        The two, loaded from files.
    wtp : tuple of float
        Every willingness to pay that is asked about.
    """

    before: Scenario
    after: Scenario
    wtp: tuple[float, ...]
    _root: Path = field(init=False)
    _old: dict[Key, Any] = field(init=False)
    _new: dict[Key, Any] = field(init=False)
    _known: dict[frozenset[Key], list[Quantity] | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        homes = [_home(scenario) for scenario in (self.before, self.after)]
        self._root = Path(os.path.commonpath(homes))
        self._old = _relocated(self.before, homes[0], self._root)
        self._new = _relocated(self.after, homes[1], self._root)

    def answers(self, made: Iterable[Change]) -> list[Quantity] | None:
        """Return the base case after some changes; None if there is no such model.

        Parameters
        ----------
        made : iterable of Change
            The changes that have been made; the first scenario has none of them.
        """
        keys = frozenset(key for change in made for key in change.entries)
        if keys not in self._known:
            try:
                run = run_scenario(self._scenario(keys), draws=0)
                self._known[keys] = run.quantities
            except ScenarioError:
                self._known[keys] = None
        return self._known[keys]

    def _scenario(self, keys: frozenset[Key]) -> Scenario:
        merged: dict[str, dict[str, object]] = {}
        for key in dict.fromkeys([*self._old, *self._new]):
            side = self._new if key in keys else self._old
            if key in side and key[0] != "published" and (key[0] != "analysis" or key == _KEPT):
                merged.setdefault(key[0], {})[key[1]] = side[key]
        if self.wtp:
            merged.setdefault("decision", {})["wtp"] = list(self.wtp)
        words = replace(self.before, merged=merged, origins={})
        return load_text(write_scenario(words), self._root, self.before.name)


def base_only(scenario: Scenario) -> Scenario:
    """Return a scenario that asks for its base case and the required gain, and for nothing else."""
    asked = Analysis(required_gain=scenario.analysis.required_gain)
    return replace(scenario, analysis=asked, alternatives={}, published={})


def _home(scenario: Scenario) -> Path:
    if scenario.path is None:
        raise refuse("only scenarios in files can be compared")
    return scenario.path.parent


def _relocated(scenario: Scenario, home: Path, root: Path) -> dict[Key, Any]:
    """Return the entries of a scenario with file names relative to `root`."""
    lead = PurePosixPath(home.relative_to(root).as_posix())
    found = entries(scenario)
    if not lead.parts:
        return found
    for key, entry in found.items():
        if key == ("prices", "file"):
            found[key] = str(lead / entry)
        elif key[0] == "parameters" and isinstance(entry, Mapping):
            moved = {
                kind: {**entry[kind], "file": str(lead / entry[kind]["file"])}
                for kind in ("table", "samples")
                if isinstance(entry.get(kind), Mapping) and entry[kind].get("file")
            }
            found[key] = {**entry, **moved}
    return found
