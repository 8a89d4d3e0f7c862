"""What formulas speak of: known names, in places where they mean something."""

from __future__ import annotations

from collections.abc import Iterator

from heco.errors import did_you_mean
from heco.scenario.checks.names import OUTCOME_FAMILIES, OUTCOMES
from heco.scenario.draft import Draft
from heco.scenario.elsewhere import clock_words_of
from heco.scenario.expressions import BUILTINS, names, names_now, read_at
from heco.scenario.foreign import NAMES
from heco.scenario.places import Finding, Findings
from heco.scenario.uses import CLOCKS, Use, uses

#: The longest chain of parameters that are each derived from the next.
_LONGEST_CHAIN = 60


def known_names(draft: Draft) -> Findings:
    """See that names are parameters, words for time, or outcomes where these are known."""
    parameters = draft.parameter_names()
    for use in uses(draft):
        for name in sorted(use.names):
            if name in parameters or name in BUILTINS:
                continue
            if use.measure and is_outcome(name):
                continue
            if "." in name and draft.components.get(name.partition(".")[0], ()) is None:
                continue  # the components are not known because the distribution is broken
            yield _unknown(draft, use, name, parameters)


def is_outcome(name: str) -> bool:
    """Return whether a name has the shape of an outcome: ``qaly``, ``cost.drug``."""
    family, dot, _ = name.partition(".")
    return name in OUTCOMES or (bool(dot) and family in OUTCOME_FAMILIES)


def _unknown(draft: Draft, use: Use, name: str, parameters: set[str]) -> Finding:
    first, dot, _ = name.partition(".")
    if name in draft.components:
        parts = draft.components[name] or ()
        examples = " or ".join(f"{name}.{part}" for part in parts[:3])
        return Finding(
            use.place,
            f'"{name}" has several components; the formula must say which',
            f"Write {examples}." if examples else "Write NAME.COMPONENT.",
        )
    if dot and first in draft.components:
        parts = draft.components[first] or ()
        hint = did_you_mean(name, [f"{first}.{part}" for part in parts])
        return Finding(use.place, f'"{first}" has no component "{name[len(first) + 1 :]}"', hint)
    if dot and first in draft.known("parameters"):
        return Finding(use.place, f'"{first}" is a single number and has no components')
    if is_outcome(name) or first in OUTCOME_FAMILIES:
        return Finding(
            use.place,
            f'"{name}" is an outcome; outcomes are known only after the model has run',
            "Use it in [measures], [checks] same_across_strategies or required_gain.",
        )
    for section, what in (("states", "state"), ("tree", "chance node"), ("strategies", "strategy")):
        if name in draft.known(section):
            return Finding(use.place, f'"{name}" is a {what}; a formula needs parameters')
    allowed = set(parameters) | set(CLOCKS[use.context])
    if use.measure:
        allowed |= set(OUTCOMES)
    hint = NAMES.get(name) or did_you_mean(name, allowed)
    return Finding(use.place, f'there is no parameter "{name}"', hint)


def elsewhere_can_be_read(draft: Draft) -> Findings:
    """See that `at` reads what changes with one word for time, before the model has run."""
    for use in uses(draft):
        for name in read_at(use.formula):
            if use.measure or use.place[0] == "checks":
                yield Finding(
                    use.place,
                    f"at({name}, ...) is for formulas of the model, not over its outcomes",
                    "Give it a name: a parameter with expr = ..., and use that here.",
                )
            elif name in draft.parameters:
                yield from _read_elsewhere(draft, use, name)


def _read_elsewhere(draft: Draft, use: Use, name: str) -> Findings:
    words = clock_words_of(draft.parameters, name)
    if not words:
        what = f'at reads what changes with time or age, and "{name}" does not'
        hint = "Only a table, or a formula over time, age or cycle, can be read elsewhere."
        yield Finding(use.place, what, hint)
    elif len(words) > 1:
        what = f'"{name}" depends on {" and ".join(words)}; at cannot tell which is meant'
        yield Finding(use.place, what, "Read its parts one by one.")


def clock_words(draft: Draft) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return which words for time each parameter depends on, and through which parameters.

    Returns
    -------
    dict
        Parameter -> word -> the parameters on the way, itself first.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    users: dict[str, list[str]] = {}
    waiting: list[tuple[str, str, tuple[str, ...]]] = []
    for name, parameter in draft.parameters.items():
        if parameter.table is not None:
            waiting.append((name, parameter.table.by, (name,)))
        for used in names_now(parameter.expr) if parameter.expr is not None else ():
            users.setdefault(used, []).append(name)
            if used in BUILTINS:
                waiting.append((name, used, (name,)))
    while waiting:
        name, word, way = waiting.pop()
        if word in found.setdefault(name, {}):
            continue
        found[name][word] = way
        waiting += [(user, word, (user, *way)) for user in users.get(name, ())]
    return found


def _words(draft: Draft) -> Iterator[tuple[Use, str, tuple[str, ...]]]:
    """Yield every use of a word for time: the formula, the word, the parameters between them."""
    through = clock_words(draft)
    for use in uses(draft):
        if use.place[0] == "parameters":
            continue
        for name in sorted(names_now(use.formula)):
            if name in BUILTINS:
                yield use, name, ()
            for word, way in through.get(name, {}).items():
                yield use, word, way


_ONLY_THERE = {
    "state_time": "the time spent in a state",
    "state_cycle": "the cycles spent in a state",
    "cycle": "the number of the cycle",
}


def time_words_where_they_mean_something(draft: Draft) -> Findings:
    """See that time in state is asked for in rows and values of states only."""
    for use, word, way in _words(draft):
        if word in CLOCKS[use.context]:
            continue
        what = f"{word}, {_ONLY_THERE[word]}, means nothing here"
        if way:
            what += f"; the formula depends on it through {' -> '.join(way)}"
        places = "rows of [transitions] and the utility and cost of [states]"
        hint = f"It is known in {places}."
        if word == "cycle":
            hint = "Before the first cycle there is no cycle; time is 0 here."
        yield Finding(use.place, what, hint)


def age_has_a_start(draft: Draft) -> Findings:
    """See that whatever depends on age finds the age at the start."""
    if draft.time.start_age is not None or not draft.intact("time", "start_age"):
        return
    places = [
        (use.place, way)
        for use, word, way in _words(draft)
        if word == "age" and not (way and draft.parameters[way[-1]].table)
    ]
    if places:
        place, way = places[0]
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        through = f" through {' -> '.join(way)}" if way else ""
        yield Finding(
            place,
            f"this depends on age{through}{more}, but [time] does not give start_age",
            "Write start_age = ... under [time].",
        )


def cycle_length_is_known(draft: Draft) -> Findings:
    """See that whatever depends on the length of a cycle finds one."""
    if draft.time.cycle is not None or draft.cohort or not draft.intact("time", "cycle"):
        return
    for use, word, way in _words(draft):
        if word in ("cycle", "cycle_length") and word in CLOCKS[use.context]:
            through = f" (through {' -> '.join(way)})" if way else ""
            yield Finding(
                use.place,
                f"this depends on the length of a cycle{through}, but [time] has no cycle",
                'Write cycle = "1 year" under [time], or say the years: prob(r, 1).',
            )
            return


def no_circles(draft: Draft) -> Findings:
    """See that no derived parameter is defined by itself, however far around."""
    needs = {
        name: sorted(names(parameter.expr) & draft.parameters.keys())
        for name, parameter in draft.parameters.items()
        if parameter.expr is not None
    }
    depth: dict[str, int] = {}
    for start in needs:
        way: dict[str, None] = {}  # in the order of the way
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                way.popitem()
                depth[name] = 1 + max((depth.get(n, 0) for n in needs.get(name, ())), default=0)
                continue
            if name in way:
                circle = [*list(way)[list(way).index(name) :], name]
                yield Finding(
                    ("parameters", name, "expr"),
                    f"the formula goes round in a circle: {' -> '.join(circle)}",
                    "One of them must be a fact, or derived from something else.",
                )
                depth.update(dict.fromkeys(circle, 0))
                continue
            if name in depth:
                continue
            way[name] = None
            waiting.append((name, True))
            waiting += [(needed, False) for needed in needs.get(name, ())]
        if depth.get(start, 0) > _LONGEST_CHAIN:
            yield Finding(
                ("parameters", start, "expr"),
                f"this is derived through a chain of {depth[start]} parameters; "
                f"{_LONGEST_CHAIN} is the most",
            )
            return


def nothing_unused(draft: Draft) -> Findings:
    """See that every parameter has a part in some formula (a warning)."""
    used: set[str] = set()
    waiting = [name for use in uses(draft) if use.context != "derived" for name in use.names]
    while waiting:
        name = waiting.pop().partition(".")[0]
        parameter = draft.parameters.get(name)
        if name not in used and parameter is not None:
            used.add(name)
            waiting += names(parameter.expr) if parameter.expr is not None else ()
    for name in draft.parameters:
        if name not in used:
            yield Finding(("parameters", name), "no formula uses this parameter", warning=True)


RULES = (
    known_names,
    elsewhere_can_be_read,
    time_words_where_they_mean_something,
    age_has_a_start,
    cycle_length_is_known,
    no_circles,
    nothing_unused,
)
