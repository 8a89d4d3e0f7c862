"""The same decision under other settings: words laid over words, and checked like the rest.

An alternative names what is otherwise: parameters that take another value, whole entries, keys of
[decision], [time] and [population], or a file whose entries take the place of the scenario's. Each
is assembled and checked as a scenario of its own, so what is wrong with it is found before anything
is computed, at the line on which it was written.

`set` differs from `parameters`: it changes a value wherever it is used and leaves the parameter,
its draws and its source as they are, so that all draws are those of the base case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from heco.errors import Problem
from heco.scenario.assemble import assemble
from heco.scenario.checks import check
from heco.scenario.checks.alternatives import SECTIONS
from heco.scenario.draft import Draft
from heco.scenario.facts import Facts
from heco.scenario.merge import Merger
from heco.scenario.merged import Entry, Key, Merged
from heco.scenario.places import Finding, Source
from heco.scenario.schema_analysis import Alternative
from heco.scenario.toml_positions import Place, Position

#: Where alternatives stand.
PLACE = ("analysis", "alternatives")
#: Questions that are asked of alternatives as well.
ASKED = ("required_gain", "psa")


def alternatives(
    draft: Draft, merger: Merger, known: Sequence[Problem]
) -> tuple[dict[str, Draft], list[Problem]]:
    """Return each alternative of a scenario as a draft, and what is wrong with them.

    Parameters
    ----------
    draft : Draft
        The scenario.
    merger : Merger
        What read it; alternatives may name further files.
    known : sequence of Problem
        What is wrong with the scenario itself, and is not said again.

    Returns
    -------
    drafts : dict of str to Draft
        By name, in the author's order.
    problems : list of Problem
        What is wrong with them beyond what is known.
    """
    drafts: dict[str, Draft] = {}
    problems: list[Problem] = []
    for name, words in draft.analysis.alternatives.items():
        place = (*PLACE, name)
        source = draft.merged.source(place)
        own = Source(source.label, source.folder, _moved(source.positions, place))
        before = len(merger.problems)
        merged = _laid_over(draft.merged, merger, words, place, own)
        problems += merger.problems[before:]
        if merged is None or not merged.complete:
            continue
        made = assemble(merged)
        made.alternative, made.overrides = name, dict(words.set)
        Facts(made, merger.shelf).gather()
        found = list(made.problems)
        for finding in [*made.findings, *check(made)]:
            if finding.warning:
                continue
            problem = _said(draft.merged, merged, own, place, finding)
            if problem is None:
                found.append(merged.problem(finding))
            else:
                problems.append(problem)
        problems += [
            replace(problem, where=f"{problem.where} in the alternative {name}".strip())
            for problem in found
            if problem not in known
        ]
        drafts[name] = made
    return drafts, problems


def _laid_over(
    merged: Merged, merger: Merger, words: Alternative, place: Place, own: Source
) -> Merged | None:
    """Return the words of a scenario with those of an alternative laid over them."""
    made = merger.over(merged, words.file, (*place, "file")) if words.file else merged
    if made is None:
        return None
    entries: dict[Key, Entry] = dict(made.entries)
    for section in SECTIONS:
        for key, value in getattr(words, section).items():
            entries[section, key] = Entry(merger.relocated(own, section, key, value), own)
    kept = {
        key: entry
        for key, entry in entries.items()
        if key[0] != "published" and (key[0] != "analysis" or key[1] in ASKED)
    }
    return Merged(merged.root, kept, made.complete)


def _moved(positions: Mapping[Place, Position], place: Place) -> dict[Place, Position]:
    """Return where the parts of an alternative stand, as if they stood in their sections."""
    size = len(place)
    return {
        at[size:]: position
        for at, position in positions.items()
        if at[:size] == place and len(at) > size
    }


def _said(
    base: Merged, merged: Merged, own: Source, place: Place, finding: Finding
) -> Problem | None:
    """Return a finding about what the alternative itself says, where it says it; else None."""
    if finding.place[:3] == place:
        return base.problem(finding)
    entry = merged.entries.get((finding.place[0], finding.place[1])) if finding.place[1:] else None
    if entry is None or entry.source is not own:
        return None
    return base.problem(replace(finding, place=(*place, *finding.place)))
