"""What the answer would be under other settings: scenario analysis.

Other discount rates, horizons, sources, or another structure: each alternative is a scenario of its
own (`heco.scenario.alternatives`), compiled and run like the base case, and tabled beside it. Where
an alternative is also run with draws, these are the draws of the base case, parameter by parameter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heco.analysis.alternative_tables import gain_quantities, gain_table, quantities, table
from heco.analysis.context import Context, base_sample, psa_sample
from heco.analysis.setting import Setting
from heco.analysis.summaries import summary
from heco.analysis.wording import count, inside, listing, money
from heco.errors import ScenarioError
from heco.model import compile_model
from heco.result import Result
from heco.scenario.schema_analysis import Alternative

NAME = "alternatives"
TITLE = "What would the answer be under other settings?"
#: What the base case is called among the alternatives.
BASE = "base case"


def applies(context: Context) -> bool:
    """Return whether the author names alternatives, and there is an option to judge."""
    return bool(context.scenario.alternatives) and bool(context.scenario.options)


def run(context: Context) -> Result:
    """Run every alternative.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``alternatives``, with the tables ``alternatives`` and, where a required gain is asked for,
        ``alternatives_gain``; the base case comes first in both.
    """
    words = context.scenario.analysis.alternatives
    drawn = any(item.psa for item in words.values())
    base = Setting(BASE, "Base case", context if drawn else replace(context, psa=None))
    others = [_run(context, name, words[name]) for name in context.scenario.alternatives]
    rows = [row for setting in (base, *others) for row in _rows(base, setting)]
    numbers = [q for setting in others for q in quantities(setting)]
    tables = [table(context, rows)]
    if context.scenario.analysis.required_gain is not None and context.wtp:
        gains = [row for setting in (base, *others) for row in _gains(base, setting)]
        tables.append(gain_table(context, gains))
        numbers += [q for setting in others for q in gain_quantities(setting)]
    return Result(
        NAME, TITLE, tuple(_headline(base, others)), tuple(tables), tuple(numbers),
        settings={setting.label: setting.changed for setting in others},
    )  # fmt: skip


def _run(context: Context, name: str, words: Alternative) -> Setting:
    """Return an alternative as it was run.

    Raises
    ------
    ScenarioError
        If it leaves its domain, or breaks what must hold; it names the alternative.
    """
    scenario = context.scenario.alternatives[name]
    try:
        model = compile_model(scenario)
        made = replace(
            context, model=model, scenario=scenario, base=base_sample(model), psa=None,
            wtp=tuple(dict.fromkeys(scenario.decision.wtp)) or context.wtp, warnings=(),
        )  # fmt: skip
        if words.psa and context.psa is not None:
            sample, warnings = psa_sample(model, context.requested, context.seed, context.design)
            made = replace(made, psa=sample, warnings=warnings)
    except ScenarioError as error:
        raise ScenarioError(
            replace(problem, where=f"{problem.where} in the alternative {name}".strip())
            for problem in error.problems
        ) from None
    return Setting(name, words.label, made, words)


def _rows(base: Setting, here: Setting) -> list[tuple[Any, ...]]:
    """Return what every option comes to, with the changes from the base case."""
    context = here.context
    rows: list[tuple[Any, ...]] = []
    for basis in here.bases:
        for option in context.scenario.options:
            pair, was = here.pair(basis, option), base.pair(basis, option)
            assert pair is not None
            cost, effect = (float(part.mean()) for part in pair)
            before = None if was is None else [float(part.mean()) for part in was]
            front = (
                here.name, here.label, option, context.label(option), context.scenario.comparator,
                basis, cost, effect, None if before is None else cost - before[0],
                None if before is None else effect - before[1],
            )  # fmt: skip
            about = (here.words.source, here.words.note) if here.words else ("", "")
            back = (here.changed, *about)
            for wtp in context.wtp:
                then = base.counterpart(wtp, here)
                made = summary(wtp * pair[1] - pair[0])
                best = here.best(basis, wtp)
                compared = basis in base.bases
                inmb = None if was is None else float((then * was[1] - was[0]).mean())
                rows.append(
                    (
                        *front, wtp, made.mean,
                        *((made.lower, made.upper) if basis == "probabilistic" else (None, None)),
                        None if inmb is None else made.mean - inmb,
                        best, context.label(best),
                        base.best(basis, then) != best if compared else None, then, *back,
                    )
                )  # fmt: skip
            if not context.wtp:
                rows.append((*front, *[None] * 5, "", "", None, None, *back))
    return rows


def _gains(base: Setting, here: Setting) -> list[tuple[Any, ...]]:
    """Return the required gains of a setting, with their changes from the base case."""
    rows = []
    for key, reading in here.readings.items():
        for basis in reading.parts:
            for wtp in here.context.wtp:
                gain, before = reading.gain(basis, wtp), None
                if key in base.readings and basis in base.readings[key].parts:
                    then = base.counterpart(wtp, here)
                    before = base.readings[key].gain(basis, then).value
                change = None
                if gain.value is not None and before is not None:
                    change = gain.value - before
                own = reading.modelled(basis).value
                rows.append(
                    (
                        here.name, here.label, reading.option, here.context.label(reading.option),
                        here.context.scenario.comparator, reading.key, reading.label, reading.name,
                        basis, wtp, gain.value, gain.lower, gain.upper, change, own,
                    )
                )  # fmt: skip
    return rows


def _headline(base: Setting, others: list[Setting]) -> list[str]:
    """Say which alternatives change the decision, and which moves net benefit most."""
    context = base.context
    if not context.wtp or not others:
        return [f"{count(len(others), 'alternative')} beside the base case."]
    wtp, basis = context.wtp[0], "deterministic"
    flips = []
    moves: list[tuple[float, str, float]] = []
    for here in others:
        at = here.context.wtp[0]
        best = here.best(basis, at)
        if best != base.best(basis, base.counterpart(at, here)):
            flips.append(f"“{here.label}” ({inside(here.context.label(best))} is the best)")
        pair, was = (each.pair(basis, context.scenario.option) for each in (here, base))
        if pair is not None and was is not None:
            now = float((at * pair[1] - pair[0])[0])
            moves.append((abs(now - float((wtp * was[1] - was[0])[0])), here.label, now))
    per = f"{money(wtp, context.currency)} per {context.unit}"
    one = f"Of {count(len(others), 'other setting')}, {len(flips) or 'none'} would change"
    sentences = [
        f"{one} which strategy is the best at {per}" + (f": {listing(flips)}." if flips else ".")
    ]
    if moves:
        _, label, now = max(moves)
        option = inside(context.label(context.scenario.option))
        sentences.append(
            f"What moves the net benefit of {option} most is “{label}”: to "
            f"{money(now, context.currency)} per person."
        )
    return sentences
