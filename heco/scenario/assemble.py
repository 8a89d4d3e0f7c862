"""From tables as written to records, entry by entry, every mistake noted."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from heco.evidence.distributions import FAMILIES
from heco.scenario import render
from heco.scenario.draft import Draft
from heco.scenario.fields import Record
from heco.scenario.foreign import key_hint
from heco.scenario.merged import Merged
from heco.scenario.places import NAMED, NESTED, SECTIONS
from heco.scenario.schema import Checks, Decision, Population, Prices, Published, Time
from heco.scenario.schema_analysis import Analysis
from heco.scenario.schema_groups import Subgroup
from heco.scenario.schema_parameters import OTHER_KINDS, Correlation, Parameter
from heco.scenario.schema_reporting import Reporting
from heco.scenario.schema_structure import Branch, Measure, Move, State, Strategy
from heco.scenario.schema_studies import Review
from heco.scenario.schema_study import Study
from heco.scenario.toml_positions import Place
from heco.scenario.wording import kind_of

R = TypeVar("R", bound=Record)

#: What each section is made of.
RECORDS: Mapping[str, type[Record]] = {
    "decision": Decision,
    "time": Time,
    "population": Population,
    "prices": Prices,
    "parameters": Parameter,
    "correlations": Correlation,
    "tree": Branch,
    "states": State,
    "transitions": Move,
    "strategies": Strategy,
    "checks": Checks,
    "measures": Measure,
    "published": Published,
    "study": Study,
    "groups": Subgroup,
    "analysis": Analysis,
    "reporting": Reporting,
    "review": Review,
}

#: Every key that says where a parameter's value comes from.
KINDS = (*OTHER_KINDS, *FAMILIES)

_ONE_KIND = (
    f"Write exactly one of {', '.join(OTHER_KINDS)} or a distribution ({', '.join(FAMILIES)})."
)


def assemble(merged: Merged) -> Draft:
    """Return the records of a merged scenario, with what is wrong with each."""
    draft = Draft(merged)
    for section in SECTIONS:
        draft.names[section] = dict.fromkeys(merged.section(section))
    draft.decision = _settings(draft, "decision", Decision) or Decision()
    draft.time = _settings(draft, "time", Time) or Time()
    draft.population = _settings(draft, "population", Population) or Population()
    draft.prices = _settings(draft, "prices", Prices) if merged.section("prices") else None
    draft.checks = _settings(draft, "checks", Checks) or Checks()
    draft.analysis = _settings(draft, "analysis", Analysis) or Analysis()
    draft.reporting = _settings(draft, "reporting", Reporting) or Reporting()
    draft.review = _settings(draft, "review", Review) or Review()
    for section in NAMED:
        for name, value in merged.section(section).items():
            _named(draft, section, name, value)
    for section in NESTED:
        for name, value in merged.section(section).items():
            _nested(draft, section, name, value)
    return draft


def _named(draft: Draft, section: str, name: str, value: object) -> None:
    place = (section, name)
    if not isinstance(value, dict):
        hint = f"Write [{section}.{name}] and its keys below."
        if section == "parameters":
            hint = f"Write [{section}.{name}] with label, source and, say, fixed = {value}."
        draft.find(place, f"got {kind_of(value)}; a table is needed", hint)
        draft.broken.add(place)
        return
    record: Record | None
    if section == "parameters":
        record = _parameter(draft, place, value)
    else:
        record = read(draft, RECORDS[section], value, place)
    if record is not None:
        getattr(draft, section)[name] = record


def _nested(draft: Draft, section: str, name: str, value: object) -> None:
    place = (section, name)
    entries = cast("dict[str, dict[str, Record]]", getattr(draft, section))
    entries[name] = {}
    if not isinstance(value, dict):
        inside = "BRANCH = {p = ..., to = ...}" if section == "tree" else "DESTINATION = ..."
        hint = f"Write [{section}.{name}] and below it {inside}."
        draft.find(place, f"got {kind_of(value)}; a table is needed", hint)
        draft.broken.add(place)
        return
    for key, inner in value.items():
        if section == "tree" and not isinstance(inner, dict):
            draft.find(
                (*place, key),
                f"got {kind_of(inner)}; a table is needed",
                f"Every key of a chance node is a branch: {key} = {{p = ..., to = ...}}.",
            )
            draft.broken.add((*place, key))
            continue
        record = read(draft, RECORDS[section], inner, (*place, key))
        if record is not None:
            entries[name][key] = record


def read(
    draft: Draft, record: type[R], value: object, place: Place, allowed: tuple[str, ...] = ()
) -> R | None:
    """Return the record that a value makes, or None; note what is wrong."""
    filled = []
    if isinstance(value, dict) and record is not Parameter:  # whose are filled in by now
        filled = render.filled_in(record, value, place)
    try:
        made = record.model_validate(value)
    except ValidationError as error:
        draft.findings += filled + render.findings(error, record, value, place, allowed)
    except RecursionError:
        draft.find(place, "this is nested too deep to be read")
    else:
        draft.findings += filled
        if not filled:
            return made
    draft.broken.add(place)
    return None


def _settings(draft: Draft, section: str, record: type[R]) -> R | None:
    """Return a section of settings; keys that cannot be read are left out and marked as broken."""
    value = draft.merged.section(section)
    found = render.filled_in(record, value, (section,))
    wrong = {finding.place[1] for finding in found}
    made: R | None = None
    try:
        made = record.model_validate({k: item for k, item in value.items() if k not in wrong})
    except ValidationError as error:
        found += render.findings(error, record, value, (section,))
        wrong |= {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
        # What is left still says who the comparator is, and whether there is a horizon.
        with contextlib.suppress(ValidationError):
            made = record.model_validate({k: item for k, item in value.items() if k not in wrong})
    draft.findings += found
    draft.broken |= {(section, key) for key in wrong}
    return made


def _parameter(draft: Draft, place: Place, value: Mapping[str, Any]) -> Parameter | None:
    before = len(draft.findings)
    families = [key for key in value if key in FAMILIES]
    kinds = [key for key in value if key in KINDS]
    plain = {key: item for key, item in value.items() if key not in FAMILIES}
    if len(kinds) > 1:
        draft.find(
            place,
            f"{' and '.join(kinds)} are given; a parameter has one value",
            "Keep one of them.",
        )
    if not kinds and not _misspelt_kind(plain):
        draft.find(place, "no value is given", _ONE_KIND)
    if "arguments" in plain or "family" in plain:
        draft.findings += render.filled_in(Parameter, plain, place)
        plain = {key: item for key, item in plain.items() if key not in ("family", "arguments")}
    if len(families) == 1:
        arguments = value[families[0]]
        plain["family"] = families[0]
        if isinstance(arguments, dict):
            plain["arguments"] = arguments
        else:
            draft.find(
                (*place, families[0]),
                f"got {kind_of(arguments)}; a table of arguments is needed",
                f"Write {families[0]} = {FAMILIES[families[0]].forms[0]}.",
            )
    record = read(draft, Parameter, plain, place, KINDS)
    if len(draft.findings) > before or record is None:
        draft.broken.add(place)
        return None
    return record


def _misspelt_kind(value: Mapping[str, object]) -> bool:
    """Return whether some unknown key was meant to say the value ("gama")."""
    import difflib

    unknown = [key for key in value if key not in Parameter.model_fields]
    return any(
        key_hint("Parameter", key) or difflib.get_close_matches(key, KINDS, n=1, cutoff=0.6)
        for key in unknown
    )
