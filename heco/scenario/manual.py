"""The manual of the language: ``python -m heco.scenario.manual > docs/language.md``.

Everything after the introduction is written from the records' docstrings, the distribution
families, the functions and the rules, which are what a file is read by.
"""

from __future__ import annotations

import re
import sys
import typing
from collections.abc import Iterator
from typing import Any

from heco.evidence.distributions import FAMILIES
from heco.scenario.assemble import RECORDS
from heco.scenario.checks import RULES
from heco.scenario.fields import Record
from heco.scenario.functions import manual as functions
from heco.scenario.introduction import INTRODUCTION
from heco.scenario.places import SECTIONS
from heco.scenario.presets import DISCOUNT_PRESETS, WTP_PRESETS
from heco.scenario.render import FILLED_IN
from heco.scenario.type_words import default_words, type_words


def manual() -> str:
    """Return the whole manual as Markdown."""
    parts = [INTRODUCTION, _parameters(), _formulas(), _sections(), _merging(), _rules()]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _table(header: tuple[str, ...], rows: typing.Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _keys(record: type[Record]) -> str:
    hints = typing.get_type_hints(record, include_extras=True)
    rows = [
        (
            f"`{key}`",
            type_words(hints[key]),
            default_words(field.default),
            _one_line(field.description),
        )
        for key, field in record.model_fields.items()
        if key not in FILLED_IN.get(record.__name__, ())
    ]
    return _table(("key", "is", "default", "meaning"), rows)


def _inner(record: type[Record], seen: set[type[Record]]) -> Iterator[type[Record]]:
    """Yield the records inside a record that were not described yet."""
    for field in record.model_fields.values():
        for inside in _records(field.annotation):
            if inside not in seen:
                seen.add(inside)
                yield inside
                yield from _inner(inside, seen)


def _records(annotation: Any) -> list[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _records(part)]


def _sections() -> str:
    """Describe every section and key."""
    lines = ["# Sections and keys", ""]
    seen: set[type[Record]] = set(RECORDS.values())
    for section in SECTIONS:
        record = RECORDS[section]
        title, text = _title(record)
        lines += [f"## {title}", "", text, "", _keys(record)]
        if section == "parameters":
            lines += ["A distribution is a key as well: see [Distributions](#distributions).", ""]
        for inner in _inner(record, seen):
            title, text = _title(inner)
            lines += [f"### {title}", "", text, "", _keys(inner)]
        if section == "decision":
            lines += [_presets("Presets of `wtp`", WTP_PRESETS)]
        if section == "time":
            lines += [_presets("Presets of `discount`", DISCOUNT_PRESETS)]
    return "\n".join(lines)


_TITLES = {
    "Value": "Values of a state",
    "OnEntry": "`on_entry = {...}`",
    "OneOff": "`one_off = [{...}]`",
    "CountingBy": "`cycle_counting = {...}`",
    "Discount": "`discount = {...}`",
    "LaterRate": "`cost = [{rate = ...}, {rate = ..., after = ...}]`, `qaly = [...]`",
    "Solve": "`solve = [{...}]`",
    "MovedSet": "`sets = {NAME = {...}}`",
    "Axis": "`x = {...}`, `y = {...}`",
    "Point": "`points = [{...}]`",
    "TwoWay": "`two_way = [{...}]`",
    "ProgrammeCost": "`set_up = {NAME = {...}}`, `recurrent = {NAME = {...}}`",
    "Staff": "`staff = {ROLE = {...}}`",
    "Group": "`groups = {NAME = {...}}`",
    "Sex": "`sexes = {NAME = {...}}`",
    "Implied": "`free = {PARAMETER = {...}}`",
    "ReadAs": "`readings = {NAME = {...}}`",
    "Support": "`supported = {PARAMETER = {...}}`",
    "VoiPopulation": "`population = {...}`",
}
_HEADED = re.compile(r"(?:(\[[a-z.A-Z]+\](?: [A-Z]+(?=:))?)|(\w+ = \{\.\.\.\})):? (.*)", re.DOTALL)


def _title(record: type[Record]) -> tuple[str, str]:
    """Return the heading of a record and what it says, from its docstring."""
    doc = "\n\n".join(
        " ".join(part.split()) for part in (record.__doc__ or "").strip().split("\n\n")
    )
    headed = _HEADED.match(doc)
    if headed is None:
        return _TITLES[record.__name__], doc
    section, table, text = headed.groups()
    return section or f"`{table}`", text[:1].upper() + text[1:]


def _presets(title: str, presets: typing.Mapping[str, Any]) -> str:
    rows = [(f'`"{name}"`', _one_line(preset.says)) for name, preset in presets.items()]
    return f"### {title}\n\n" + _table(("preset", "is"), rows)


def _parameters() -> str:
    """Describe the distribution families, their forms and arguments."""
    lines = [
        "# Distributions",
        "",
        "A fact that is uncertain has exactly one of these keys. Give the standard error `se` of "
        "the mean, never the standard deviation `sd` between people alone. Arguments of different "
        "forms are not mixed. The deterministic value is the mean, except for a `lognormal` from "
        'a median, whose value is the median (unless `centre = "mean"`).',
        "",
    ]
    for key, family in FAMILIES.items():
        doc = (family.__doc__ or "").strip().splitlines()[0]
        lines += [f"## {key}", "", doc, ""]
        forms = []
        for form in family.forms:
            optional = f" and, if wanted, {', '.join(form.optional)}" if form.optional else ""
            forms.append((f"`{key} = {form}`", f"{form.doc.rstrip('.')}{optional}."))
        lines.append(_table(("write", "for"), forms))
        words = [(f"`{name}`", _one_line(word.doc)) for name, word in family.vocabulary.items()]
        lines.append(_table(("argument", "meaning"), words))
    lines += [
        "`dirichlet` and `mvnormal` stand for several quantities that are drawn together. Formulas "
        "say which one they mean: `outcome.dies`.",
        "",
    ]
    return "\n".join(lines)


def _formulas() -> str:
    """Describe formulas: signs, names, words for time, functions."""
    names = [
        ("`time`", "years since the decision", "everywhere; 0 in the tree"),
        ("`age`", "age of the cohort in years", "everywhere, if `start_age` is given"),
        ("`cycle_length`", "length of a cycle in years", "everywhere, if there is a cycle"),
        ("`cycle`", "number of the cycle: 1, 2, ...", "rows, states, `holds`"),
        ("`state_time`", "years since coming into the state", "rows and values of states"),
        ("`state_cycle`", "cycles in the state, this one included", "rows and values of states"),
    ]
    lines = [
        "# Formulas",
        "",
        "A formula is a number or a text over parameters, components of joint parameters "
        "(`outcome.dies`) and the words below. From loosest to tightest the signs are `or`, "
        "`and`, `not`, `< <= > >= == !=`, `+ -`, `* /`, a minus in front, and `^`. Comparisons "
        "give 1 or 0 and do not chain. Formulas compute numbers and can do nothing else. Each "
        "function watches over its domain: a draw in which a probability leaves [0, 1] is "
        "counted and left out in all strategies alike, never clipped; more than 0.1% of draws "
        "is an error.",
        "",
        _table(("word", "is", "known in"), names),
        "A parameter derived by `expr` may use them all, and can then stand only where they are "
        "known. The word `rest` is no formula: it stands alone.",
        "",
        _table(("function", "meaning"), ((f"`{s}`", _one_line(doc)) for s, doc in functions())),
        "Formulas of `[measures]`, `[checks] same_across_strategies` and `required_gain` also "
        "know outcomes: see [measures](#measuresname). Costs without a category are in the "
        "category `pathway` (tree), `states`, `arrivals` (on entry), `moves` or `one_off`.",
        "",
    ]
    return "\n".join(lines)


def _merging() -> str:
    return """\
# Building on other files

`extends = "base.toml"`, or a list of files, at the top of a file, before the first section.

- Sections merge by name. The named entry is the unit of replacement: a parameter, a state, a
  strategy, a measure, a published figure, a correlation, a whole chance node of the tree, a whole
  row of the transitions. A file that names one says all of it.
- `[decision]`, `[time]`, `[population]`, `[prices]`, `[checks]` and `[analysis]` merge key by key.
- Inherited entries keep their order; new ones follow.
- Two parents that say different things about one entry are an error, unless the child names it.
  Where one parent has replaced the very entry that the other inherits, the replacement stands.
- `drop = ["strategies.universal", "analysis.psa"]` removes inherited entries;
  `drop = ["published"]` removes all entries of a section.
- File names are relative to the file in which they stand. Files outside the folder of the
  scenario are not read, unless `--allow-outside` says so.
"""


def _rules() -> str:
    """List what is checked, from the rules' own docstrings."""
    lines = ["# What is checked", "", "Beside the shape of every entry, `heco check` sees", ""]
    for rule in RULES:
        said = (rule.__doc__ or "").strip().splitlines()[0].removeprefix("See ")
        lines.append(f"- {said}")
    lines += ["", "Whatever is only a warning does not keep a scenario from being computed.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(manual())
