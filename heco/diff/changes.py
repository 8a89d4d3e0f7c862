"""What differs between two scenarios, in pieces that can be changed one by one.

A parameter that both have, the price year, each setting of [time], the cohort's size and the
willingness to pay are pieces of their own. All else that can move the answer (tree, states, moves,
strategies, parameters that only one of the two has, how the question is put) is one piece, the
structure, because half of it would be no model at all. Words (labels, sources, notes) move nothing
and are listed apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heco.scenario.places import NAMED, NESTED
from heco.scenario.scenario import Scenario
from heco.scenario.toml_writer import value

#: A section and a name in it.
Key = tuple[str, str]

STRUCTURE = "structure"
WTP = "wtp"
#: Keys of an entry that move no number.
_WORDS = {"label", "source", "note", "certainty", "range", "lever", "unit"}
#: Keys of sections that move no number, or are dealt with by themselves.
_QUIET = {
    "decision": {"title", "question", "population", "perspective", "wtp"},
    "population": {"label", "per"},
}
#: Sections that never move the answer to a question.
_IGNORED = {"published"}
#: What of [analysis] says how the question is put.
_ASKED = {"required_gain"}
_SETTINGS = {
    "cycle": "Length of a cycle", "horizon": "Horizon", "discount": "Discounting",
    "cycle_counting": "Counting within a cycle", "start_age": "Age at the start",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One piece that differs.

    Parameters
    ----------
    key : str
        Its name: a parameter, ``prices``, ``time.horizon``, ``population``, ``structure``, ``wtp``.
    label : str
        In words.
    entries : tuple of (str, str)
        The entries of the scenario that it replaces.
    what : str
        What about it differs: ``value``, ``distribution``, ``source``, ``prices``, ...
    before, after : str
        As written.
    sources : tuple of str
        Where it comes from, before and after; empty if the same.
    moves : bool
        Whether it can move the answer.
    """

    key: str
    label: str
    entries: tuple[Key, ...]
    what: str
    before: str
    after: str
    sources: tuple[str, ...] = ()
    moves: bool = True


def entries(scenario: Scenario) -> dict[Key, Any]:
    """Return every entry of a scenario as written, by section and name."""
    return {
        (section, name): entry
        for section, table in scenario.merged.items()
        if isinstance(table, Mapping)
        for name, entry in table.items()
    }


def changes(before: Scenario, after: Scenario) -> list[Change]:
    """Return what differs, parameters first, the structure last; willingness to pay is not here.

    Parameters
    ----------
    before, after : Scenario
        The two scenarios.
    """
    old, new = entries(before), entries(after)
    found: list[Change] = []
    structure: list[Key] = []
    for key in dict.fromkeys([*old, *new]):
        section, name = key
        if section in _IGNORED or name in _QUIET.get(section, ()):
            continue
        if section == "analysis" and name not in _ASKED:
            continue
        one, other = old.get(key), new.get(key)
        moved = _moves(section, one, other) or _files(before, after, one, other)
        if section == "parameters" and one is not None and other is not None:
            found += _parameter(before, after, name, one, other, moved)
        elif not moved or section == "prices":
            continue
        elif section == "time":
            found.append(_setting(key, _SETTINGS.get(name, f"[time] {name}"), one, other))
        elif key == ("population", "size"):
            found.append(_setting(key, "Number of people", one, other))
        else:
            structure.append(key)
    found += _prices(before, after)
    return [*found, *_structure(structure)]


def _moves(section: str, one: Any, other: Any) -> bool:
    """Return whether two entries differ in more than words."""
    return repr(_bare(section, one)) != repr(_bare(section, other))


def _bare(section: str, entry: Any) -> Any:
    """Return an entry without its words."""
    if section in NESTED and isinstance(entry, Mapping):
        return {name: _without(row) for name, row in sorted(entry.items())}
    if section in NAMED:
        return _without(entry)
    if section == "analysis" and isinstance(entry, Mapping):
        return {k: v for k, v in sorted(entry.items()) if k not in ("labels", "notes")}
    return entry


def _without(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    return {name: item for name, item in sorted(entry.items()) if name not in _WORDS}


def _files(before: Scenario, after: Scenario, one: Any, other: Any) -> bool:
    """Return whether an entry reads a file whose content differs."""
    hashes = [
        [scenario.files.get(inner.get("file", "")) for inner in _tables(entry)]
        for scenario, entry in ((before, one), (after, other))
    ]
    return hashes[0] != hashes[1]


def _tables(entry: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(entry, Mapping):
        yield from (entry[k] for k in ("table", "samples") if isinstance(entry.get(k), Mapping))


def _parameter(
    before: Scenario, after: Scenario, name: str, one: Any, other: Any, moved: bool
) -> Iterator[Change]:
    label = after.parameters[name].label
    kinds = before.parameters[name].kind, after.parameters[name].kind
    sources = str(one.get("source", "")).strip(), str(other.get("source", "")).strip()
    differ = sources if sources[0] != sources[1] else ()
    if moved:
        what = "value" if kinds == ("fixed", "fixed") else "formula" if "expr" in kinds else (
            "distribution" if kinds[0] != kinds[1] else "value or spread"
        )  # fmt: skip
        if one.get("price_year") != other.get("price_year"):
            what += ", price year"
        if differ:
            what += ", source"
        yield Change(
            name, label, (("parameters", name),), what, _said(one), _said(other), tuple(differ)
        )
    elif one != other:
        what = ", ".join(w for w in sorted(_WORDS) if one.get(w) != other.get(w))
        yield Change(
            name, label, (("parameters", name),), what, _said(one), _said(other), tuple(differ),
            moves=False,
        )  # fmt: skip


def _said(entry: Mapping[str, Any]) -> str:
    """Return what a parameter is, as written."""
    kept = {k: v for k, v in entry.items() if k not in _WORDS - {"range"} and k != "range"}
    return ", ".join(f"{name} = {value(item)}" for name, item in kept.items())


def _setting(key: Key, label: str, one: Any, other: Any) -> Change:
    name = "population" if key[0] == "population" else ".".join(key)
    said = [value(item) if item is not None else "not given" for item in (one, other)]
    return Change(name, label, (key,), "setting", said[0], said[1])


def _prices(before: Scenario, after: Scenario) -> Iterator[Change]:
    old, new = (entries(scenario) for scenario in (before, after))
    keys = [key for key in dict.fromkeys([*old, *new]) if key[0] == "prices"]
    file = old.get(("prices", "file")), new.get(("prices", "file"))
    hashes = before.files.get(str(file[0])), after.files.get(str(file[1]))
    if all(old.get(key) == new.get(key) for key in keys) and hashes[0] == hashes[1]:
        return
    said = _price_year(before), _price_year(after)
    yield Change("prices", "Price year of all costs", tuple(keys), "prices", said[0], said[1])


def _price_year(scenario: Scenario) -> str:
    """Return which year's prices a scenario counts in."""
    if scenario.prices is not None:
        return scenario.prices.year
    years = {p.price_year for p in scenario.parameters.values() if p.price_year}
    return ", ".join(sorted(years)) or "not stated"


def _structure(keys: list[Key]) -> Iterator[Change]:
    if not keys:
        return
    names = [".".join(key) for key in keys]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    said = ", ".join(names[:6]) + more
    yield Change(
        STRUCTURE, "Structure and question", tuple(keys), "structure",
        "as in the first", f"differs in {said}",
    )  # fmt: skip
