"""A scenario from its files: read, merge, assemble, gather the facts, check; then raise once.

``load("scenarios/base.toml")`` either returns a `Scenario` that is whole, or raises one
`ScenarioError` that lists every problem found, each with its file, line and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from heco.errors import Problem, ScenarioError
from heco.scenario.alternatives import alternatives
from heco.scenario.assemble import assemble
from heco.scenario.checks import check
from heco.scenario.draft import Draft
from heco.scenario.facts import Facts
from heco.scenario.files import RefusedFile, Shelf
from heco.scenario.merge import Merger
from heco.scenario.merged import Entry, Merged
from heco.scenario.places import SECTIONS, Source
from heco.scenario.scenario import Origin, Scenario

#: Section of settings -> key -> value, as a command line asks for it.
Asked = Mapping[str, Mapping[str, object]]


def load(
    path: str | Path,
    *,
    allow_outside: bool = False,
    ask: Asked | None = None,
) -> Scenario:
    """Return the scenario in a file.

    Parameters
    ----------
    path : str or Path
        The file; it may extend others and name files of evidence.
    allow_outside : bool
        Whether it may read files outside its own folder.
    ask : mapping, optional
        What is asked besides, or otherwise: section of settings -> key -> value. A table is laid
        over the one in the file key by key; None takes a key away. All is checked like the rest.

    Raises
    ------
    ScenarioError
        With every problem, if the scenario cannot be used.
    """
    name = str(path)
    try:
        resolved = Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ScenarioError([Problem(f'"{name}" cannot be opened: {error}')]) from None
    shelf = Shelf(resolved.parent, allow_outside)
    merger = Merger(shelf)
    try:
        shelf.find(str(resolved.name), resolved.parent)
    except RefusedFile as refused:
        raise ScenarioError([Problem(refused.what, "", refused.hint, name)]) from None
    merged = _asked(merger.read_file(resolved, name), ask or {})
    return _finish(merger, merged, shelf, Path(path).stem, resolved)


def load_text(text: str, folder: str | Path | None = None, name: str = "scenario") -> Scenario:
    """Return the scenario in a text.

    Parameters
    ----------
    text : str
        TOML.
    folder : str, Path or None
        Where the files that it names are; without one it may name none.
    name : str
        What the scenario is called.

    Raises
    ------
    ScenarioError
        With every problem, if the scenario cannot be used.
    """
    shelf = Shelf(Path(folder) if folder is not None else None)
    merger = Merger(shelf)
    merged = merger.read_text(text)
    return _finish(merger, merged, shelf, name, None)


def _asked(merged: Merged, ask: Asked) -> Merged:
    """Return a scenario in which more is asked, or something is asked otherwise."""
    if not ask:
        return merged
    entries, said = dict(merged.entries), Source("the command line")
    for section, settings in ask.items():
        for key, value in settings.items():
            old = entries.get((section, key))
            if isinstance(value, Mapping) and old is not None and isinstance(old.value, Mapping):
                both = {**old.value, **value}
                value = {word: item for word, item in both.items() if item is not None}
            elif isinstance(value, Mapping):
                value = {word: item for word, item in value.items() if item is not None}
            entries[section, key] = Entry(value, said)
    return replace(merged, entries=entries)


def _finish(merger: Merger, merged: Merged, shelf: Shelf, name: str, path: Path | None) -> Scenario:
    draft = assemble(merged)
    Facts(draft, shelf).gather()
    found = list(draft.findings)
    if merged.complete:
        found += check(draft)
    problems = merger.problems + draft.problems
    problems += [merged.problem(finding) for finding in found if not finding.warning]
    others, more = alternatives(draft, merger, problems) if merged.complete else ({}, [])
    if problems or more:
        raise ScenarioError(sorted([*problems, *more], key=_reading_order))
    warnings = [merged.problem(finding) for finding in found if finding.warning]
    for parameter, distribution in draft.distributions.items():
        warnings += [
            Problem(warning, f"[parameters.{parameter}]") for warning in distribution.warnings
        ]
    made = {other: _scenario(there, shelf, other, path, []) for other, there in others.items()}
    return _scenario(draft, shelf, name, path, [_sentence(warning) for warning in warnings], made)


def _reading_order(problem: Problem) -> tuple[str, int]:
    """Sort by file and line, as somebody who mends them will go through them."""
    return problem.file, problem.line or 0


def _sentence(warning: Problem) -> str:
    """Return a warning as one line."""
    return f"{warning.where} {warning.what}".strip() + (f". {warning.hint}" if warning.hint else "")


def _origins(merged: Merged) -> dict[str, Origin]:
    """Return where everything was written, by its dotted place."""
    origins: dict[str, Origin] = {}
    sources = dict.fromkeys([merged.root, *(entry.source for entry in merged.entries.values())])
    for source in sources:
        for place, position in source.positions.items():
            entry = merged.entries.get((place[0], place[1])) if len(place) > 1 else None
            if entry is not None and entry.source is source:
                origins[".".join(place)] = Origin(source.label, position.line)
            elif len(place) == 1 and place[0] in SECTIONS:
                origins.setdefault(place[0], Origin(source.label, position.line))
    for key, entry in merged.entries.items():
        origins.setdefault(".".join(key), Origin(entry.source.label))
    return origins


def _scenario(
    draft: Draft,
    shelf: Shelf,
    name: str,
    path: Path | None,
    warnings: list[str],
    others: Mapping[str, Scenario] | None = None,
) -> Scenario:
    return Scenario(
        name=name,
        path=path,
        decision=draft.decision,
        time=draft.time,
        population=draft.population,
        prices=draft.prices,
        parameters=draft.parameters,
        correlations=draft.correlations,
        tree=draft.tree,
        states=draft.states,
        transitions=draft.transitions,
        strategies=draft.strategies,
        checks=draft.checks,
        measures=draft.measures,
        published=draft.published,
        study=draft.study,
        groups=draft.groups,
        analysis=draft.analysis,
        reporting=draft.reporting,
        review=draft.review,
        reviewed=draft.reviewed,
        distributions=draft.distributions,
        tables=draft.tables,
        samples=draft.samples,
        price_factors=draft.price_factors,
        origins=_origins(draft.merged),
        files=dict(sorted(shelf.hashes.items())),
        warnings=tuple(dict.fromkeys(warnings)),
        merged=draft.merged.as_tables(),
        overrides=draft.overrides,
        alternatives=others or {},
    )
