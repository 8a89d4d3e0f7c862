"""The decision problem: who, whose costs, what is compared, for how long, at which values."""

from __future__ import annotations

from typing import Any

from heco.report import formula, numbers, reading, structure
from heco.report.reading import Record
from heco.report.view import Field, View, text, view
from heco.result import RunResult

NAME = "decision"
#: Conventions that belong to the decision problem, and what a reviewer calls them.
_CLOCK = (
    ("horizon", "Time horizon"),
    ("cycle", "Cycle length"),
    ("time", "Time"),
    ("discount rates", "Discount rates"),
    ("currency and price year", "Currency and price year"),
)
#: What a reviewer looks for; its absence is said.
_EXPECTED = ("Population", "Setting and location", "Perspective")
_UNSAID = "Not stated"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "The decision problem"


def applies(run: RunResult) -> bool:
    """Return True: every run has one."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return the problem as facts, and what each strategy is."""
    return {"facts": facts(run), "strategies": _strategies(run)}


def kind(run: RunResult) -> str:
    """Return what kind of economic evaluation this is, by what it compares and how."""
    healthy = any(q.value for q in reading.find(run, "qaly"))
    alive = any(q.value for q in reading.find(run, "life_years"))
    if len(reading.strategies(run)) < 2:
        what = "costs and outcomes of one strategy"
    elif reading.effect(run) == "QALY" and healthy:
        what = "cost-utility analysis (cost per QALY)"
    elif alive and reading.effect(run) != "QALY":
        what = "cost-effectiveness analysis (cost per life year)"
    else:
        what = "comparison of costs"
    modelled = bool(run.scenario.tree or run.scenario.states)
    study = "Model-based economic evaluation" if modelled else "Economic evaluation"
    return f"{study}: {what}, {'by' if modelled else 'from'} {model(run)}"


def model(run: RunResult) -> str:
    """Return what kind of model it is, in words."""
    scenario = run.scenario
    if not scenario.states:
        if scenario.tree:
            return "a decision tree"
        totals = any(strategy.one_off for strategy in scenario.strategies.values())
        return "the totals of each strategy" if totals else "draws that another program made"
    cohort = f"a cohort model of {len(scenario.states)} states"
    return f"a decision tree followed by {cohort}" if scenario.tree else cohort


def facts(run: RunResult) -> list[tuple[str, str]]:
    """Return the parts of the problem that are stated, each with its words."""
    decision, said = run.scenario.decision, run.conventions
    where = decision.place, run.scenario.reporting.setting
    stated = [
        ("Question", reading.question(run)),
        ("Kind of study", kind(run)),
        ("Population", decision.population),
        ("People who enter the model", _people(run)),
        ("Age at the start", _age(run)),
        ("Setting and location", "; ".join(filter(None, where))),
        ("Perspective", decision.perspective),
        *((words, said.get(name, "")) for name, words in _CLOCK),
        ("Outcome", _outcome(run)),
    ]
    if reading.wtps(run) and len(reading.strategies(run)) > 1:
        stated.append(("Willingness to pay", said.get("willingness to pay", "")))
    return [
        (name, reading.capital(words) if words else _UNSAID)
        for name, words in stated
        if words or name in _EXPECTED
    ]


def _age(run: RunResult) -> str:
    age = run.scenario.age
    if age is None and run.scenario.groups:
        return run.conventions.get("age at the start", "")
    return "" if age is None else f"{numbers.number(age)} year{'' if age == 1 else 's'}"


def _people(run: RunResult) -> str:
    people = run.scenario.population
    if people.size is None:
        return ""
    size = formula.constant(people.size)
    if size is None:
        found = [r for r in reading.rows(run, "inputs") if r["parameter"] == _name(people.size)]
        size = found[0]["value"] if found else None
    words = f"{people.label} per {people.per}"
    return f"{numbers.count(size)} {words}" if size is not None else words


def _name(expr: Any) -> str:
    return str(getattr(expr, "id", ""))


def _outcome(run: RunResult) -> str:
    word = "qaly" if reading.effect(run) == "QALY" else "life_years"
    if not any(q.value for q in reading.find(run, word)):
        return "costs alone: the model has no health effects"
    if reading.effect(run) == "QALY":
        return "quality-adjusted life years (QALYs); life years beside them where people can die"
    return "life years"


def _strategies(run: RunResult) -> View:
    rows: list[Record] = []
    modelled = bool(run.scenario.tree or run.scenario.states)
    idle = "nothing but what the model says of everybody" if modelled else ""
    for name in reading.strategies(run):
        strategy = run.scenario.strategies[name]
        alone = len(reading.strategies(run)) < 2
        role = "comparator" if name == reading.comparator(run) and not alone else ""
        role = "the option in question" if name == reading.option(run) else role
        rows.append(
            {
                "label": reading.strategy(run, name),
                "role": role,
                "does": does(run, strategy) or idle,
                "starts": begins(run, strategy),
            }
        )
    fields = [
        Field("Strategy", lambda r: str(r["label"]), below=lambda r: str(r["role"])),
        text("What it sets", "does"),
        text("Where people begin", "starts"),
    ]
    notes = ("A strategy may set only what is a decision; who is ill is the same under all.",)
    levers = any(p.lever for p in run.scenario.parameters.values())
    return view("What is compared", rows, fields, notes if levers else ())


def does(run: RunResult, strategy: Any) -> str:
    """Return what a strategy sets, in words."""
    said = [
        f"{reading.parameter(run, name)}: {_set_to(run, name, value)}"
        for name, value in strategy.set.items()
    ]
    for once in strategy.one_off:
        when = f" after {once.at.text}" if once.at is not None else " at the start"
        who = "" if once.per == "person" else " for the whole cohort"
        said.append(f"a cost or effect that falls once{when}{who}")
    return "; ".join(said)


def _set_to(run: RunResult, name: str, value: Any) -> str:
    plain = formula.constant(value)
    if plain is None:
        return formula.in_words(run, value)
    return numbers.input_value(plain, reading.unit(run, name), reading.currency(run))


def begins(run: RunResult, strategy: Any) -> str:
    """Return where people begin under a strategy: at a chance node or in states."""
    if strategy.enters:
        return f"chance node “{structure.plain(strategy.enters)}”"
    starts = strategy.starts or run.scenario.population.starts
    said = []
    for name, share in starts.items():
        value = None if isinstance(share, str) else formula.constant(share)
        words = formula.written(share) if value is None else numbers.percent(value)
        said.append(
            structure.state(run, name) if value == 1 else f"{structure.state(run, name)}: {words}"
        )
    return "; ".join(said)
