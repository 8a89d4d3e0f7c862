"""The answer in one sentence, computed from the results.

If the author asks what must be gained, that is the answer: the gain at which the option of the
question is just worth its cost. Otherwise it is whether the option is cost-effective at the
stated willingness to pay, with what it costs, what it gains, and how sure we are. Nothing is said
that a number of the results does not carry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heco.analysis.context import Context, increments
from heco.analysis.frontier import DOMINATED, EXTENDED, FRONTIER, incremental, quadrant
from heco.analysis.summaries import best_shares, difference_errors
from heco.analysis.wording import (
    MINUS,
    amount,
    chance,
    count,
    difference_sentence,
    each_at,
    inside,
    listing,
    money,
)
from heco.result import Result

NAME = "answer"


def run(context: Context, results: Sequence[Result]) -> Result:
    """Answer the question of the scenario.

    Parameters
    ----------
    context : Context
        The run.
    results : sequence of Result
        Everything that was worked out.

    Returns
    -------
    Result
        ``answer``: the first sentence of `headline` is the answer, the others qualify it.
    """
    by_name = {result.analysis: result for result in results}
    sentences: list[str] = []
    if "required_gain" in by_name:
        sentences += _required(context, by_name["required_gain"])
    if not sentences:
        sentences += _decision(context)
    return Result(NAME, title(context), tuple(sentences), warnings=context.warnings)


def title(context: Context) -> str:
    """Return the heading of the run."""
    decision = context.scenario.decision
    return decision.title.strip() or decision.question.strip() or context.scenario.name


def question(context: Context) -> str:
    """Return the question, as asked or as it can be told from the strategies."""
    scenario = context.scenario
    if scenario.decision.question:
        return scenario.decision.question.strip()
    if not scenario.option:
        return f"What would {inside(context.label(scenario.comparator))} cost and gain?"
    # Labels may be in the plural, so the question is about the choice and not about "it".
    chosen, other = (inside(context.label(n)) for n in (scenario.option, scenario.comparator))
    asked = "cost less" if context.cost_only else "be worth its cost"
    return f"Would choosing {chosen} over {other} {asked}?"


def _required(context: Context, result: Result) -> list[str]:
    """Return what must be gained, counted in every way that the author asks for."""
    settings = context.scenario.analysis.required_gain
    assert settings is not None
    sentences: list[str] = []
    for key in settings.per:
        label = settings.labels.get(key, key.replace("_", " "))
        gains, limits = _gains(context, result, key, "")
        if not gains:
            sentences.append(f"Nobody is counted as {label}, so no gain can be asked of them.")
            continue
        sure = ""
        if limits is not None and context.psa is not None:
            low, high = limits
            draws = count(context.psa.n, "draw")
            sure = f"; 95% of {draws} lie between {amount(low)} and {amount(high)}"
        if sentences and _nothing(gains):
            sentences.append(f"Counted per {label}, no gain is needed either.")
        elif sentences:
            values = each_at(gains, context.currency)
            sentences.append(f"Counted per {label}, the gain needed is {values}{sure}.")
        else:
            sentences += [_needs(context, label, gains, sure), *_modelled(context, result, key)]
        if key in settings.notes:
            sentences.append(settings.notes[key].strip())
        for name in settings.alternatives:
            other, _ = _gains(context, result, key, name)
            if other:
                values = each_at(other, context.currency)
                note = settings.notes.get(name, "").strip()
                reading = name.replace("_", " ")
                said = "no gain is needed" if _nothing(other) else f"that gain is {values}"
                sentences.append(f"In the reading “{reading}” {said}. {note}".strip())
    return sentences


def _gains(
    context: Context, result: Result, key: str, subject: str
) -> tuple[list[tuple[float, str]], tuple[float, float] | None]:
    """Return the deterministic gains by willingness to pay, and limits of the first."""
    word = "qaly" if context.effect == "qaly" else "life_years"
    found = result.find(
        f"required_{word}_per_{key}", strategy=context.scenario.option, subject=subject
    )
    gains = [
        (q.wtp, amount(q.value))
        for q in found
        if q.basis == "deterministic" and q.value is not None and q.wtp is not None
    ]
    limits = [
        (q.lower, q.upper)
        for q in found
        if q.basis == "probabilistic" and gains and q.wtp == gains[0][0]
    ]
    low, high = limits[0] if limits else (None, None)
    return gains, None if low is None or high is None else (low, high)


def _needs(context: Context, label: str, gains: list[tuple[float, str]], sure: str) -> str:
    at = f"At {money(gains[0][0], context.currency)} per {context.unit}"
    start = f"{at}, {inside(context.label(context.scenario.option))} is worth its cost"
    if _nothing(gains):
        return f"{start} even if no {label} gains anything more."
    values = each_at(gains, context.currency, f"{context.unit}s over life")
    return f"{start} if each {label} gains at least {values}{sure}."


def _nothing(gains: list[tuple[float, str]]) -> bool:
    """Return whether no gain is needed at any willingness to pay."""
    return all(text.startswith(MINUS) or not text.strip("0.") for _, text in gains)


def _modelled(context: Context, result: Result, key: str) -> list[str]:
    """Return what the model itself lets each of them gain, and whether that is enough."""
    word = "qaly" if context.effect == "qaly" else "life_years"
    where = {"strategy": context.scenario.option, "subject": "", "basis": "deterministic"}
    found = result.find(f"modelled_{word}_per_{key}", **where)
    own = found[0].value if found else None
    if own is None:
        return []
    needed = {
        q.wtp: q.value
        for q in result.find(f"required_{word}_per_{key}", **where)
        if q.wtp is not None and q.value is not None
    }
    enough = listing(money(wtp, context.currency) for wtp, gain in needed.items() if own >= gain)
    short = listing(money(wtp, context.currency) for wtp, gain in needed.items() if own < gain)
    verdict = f"enough at {enough} but not at {short}" if enough and short else "enough"
    settings = context.scenario.analysis.required_gain
    label = settings.labels.get(key, key.replace("_", " ")) if settings else key
    gained = f"In this model each {label} gains {amount(own)} {context.unit}s"
    name = settings.utility if settings else ""
    utility = context.scenario.parameters.get(name)
    assumed = ""
    if utility is not None and utility.assumed:
        base = context.model.parameter_values(context.base.draws, [name])[name][0]
        assumed = f" It rests on an assumption: {inside(utility.label)}, {amount(float(base))}."
    if all(gain <= 0 for gain in needed.values()):
        return [f"{gained}, which comes on top.{assumed}"]
    return [f"{gained}, which is {'' if enough else 'not '}{verdict}.{assumed}"]


def _decision(context: Context) -> list[str]:
    """Return whether the option is worth its cost."""
    scenario = context.scenario
    if not scenario.option:
        return [_alone(context)]
    option, comparator = scenario.option, scenario.comparator
    cost, effect = increments(context.leading, context.effect, option, comparator)
    c, e = float(cost.mean()), float(effect.mean())
    names = context.label(option), context.label(comparator)
    differs = difference_sentence(
        *names, c, None if context.cost_only else e, context.unit, context.currency,
        difference_errors(cost, effect),
    )  # fmt: skip
    where = quadrant(c, e)
    if context.cost_only:
        return [differs, "The model has no health effects, so only costs are compared.",
                *_cheapest(context)]  # fmt: skip
    if c == 0 and where == "same effect":
        return [f"{names[0]} and {names[1]} cost and gain the same."]
    if where in ("SE", "NW"):
        never = "No willingness to pay makes it worth its cost."
        sentences = [
            differs,
            never if where == "NW" else "It is worth having at every willingness to pay.",
        ]
    elif not context.wtp_stated:
        sentences = [
            differs,
            "No willingness to pay is stated, so whether that is worth it is open.",
        ]
    else:
        sentences = [f"{_verdict(context, option, comparator, c, e)} {differs}"]
    return [*sentences, *(_sure(context) if context.wtp_stated else []), *_steps(context)]


def _cheapest(context: Context) -> list[str]:
    """Say how sure it is which of two costs less, or which of several costs least."""
    outcomes = context.leading.outcomes
    costs = outcomes.cost.mean(axis=1)
    if len(costs) < 3:
        if context.psa is None:
            return []
        share = chance(float(np.mean(outcomes.cost.argmin(axis=0) == costs.argmin())))
        name = inside(context.label(outcomes.strategies[int(costs.argmin())]))
        return [f"The probability that {name} costs less is {share}."]
    least = [context.label(outcomes.strategies[i]) for i in (costs == costs.min()).nonzero()[0]]
    who = listing(inside(name) for name in least)
    return [f"Of all {len(costs)}, {who} cost{'s' if len(least) == 1 else ''} the least."]


def _steps(context: Context) -> list[str]:
    """Say what each step along the frontier costs, and what is not on it, among three or more."""
    outcomes = context.leading.outcomes
    names = outcomes.strategies
    if len(names) < 3:
        return []
    effects = outcomes.effect(context.effect).mean(axis=1)
    places = incremental(outcomes.cost.mean(axis=1), effects)
    line = sorted(
        (i for i, p in enumerate(places) if p.status == FRONTIER), key=effects.__getitem__
    )
    said = [inside(context.label(names[i])) for i in line]
    if len(line) == 1:
        start = f"No strategy gains more than {said[0]}, and none costs less"
    else:
        per = f" per {context.unit} gained"
        each = [
            f"{who} at {money(ratio, context.currency)}{'' if k else per}"
            for k, (who, i) in enumerate(zip(said[1:], line[1:], strict=True))
            if (ratio := places[i].icer) is not None
        ]
        start = f"Step by step, each against the next less effective: from {said[0]} to " + (
            listing(each)
        )
    for status in (DOMINATED, EXTENDED):
        out = [inside(context.label(n)) for n, p in zip(names, places, strict=True)
               if p.status == status]  # fmt: skip
        if out and len(line) > 1:
            who = listing(out) if len(out) < 4 else f"{len(out)} others"
            start += f"; {who} {'is' if len(out) == 1 else 'are'} {status}"
    return [f"{start}."]


def _alone(context: Context) -> str:
    outcomes, name = context.leading.outcomes, context.label(context.scenario.comparator)
    cost = money(float(outcomes.cost[0].mean()), context.currency)
    if context.cost_only:
        return f"{name} costs {cost} per person; there is nothing to compare it with."
    effect = amount(float(outcomes.effect(context.effect)[0].mean()))
    return (
        f"{name} costs {cost} and yields {effect} {context.unit}s per person; there is nothing to "
        "compare it with."
    )


def _verdict(context: Context, option: str, comparator: str, cost: float, effect: float) -> str:
    """Say at which willingness to pay the option is cost-effective."""
    worth = {wtp: wtp * effect - cost > 0 for wtp in context.wtp}
    yes = [money(wtp, context.currency) for wtp, good in worth.items() if good]
    no = [money(wtp, context.currency) for wtp, good in worth.items() if not good]
    names = f"{inside(context.label(option))}", f"{inside(context.label(comparator))}"
    per = f"per {context.unit}"
    against = f"cost-effective compared with {names[1]}"
    if not no:
        return f"At {listing(yes)} {per}, {names[0]} is {against}."
    if not yes:
        return f"At {listing(no)} {per}, {names[0]} is not {against}."
    return f"At {listing(yes)} {per}, {names[0]} is {against}, but not at {listing(no)}."


def _sure(context: Context) -> list[str]:
    """Return which option is best of all, and how probable that is."""
    if not context.wtp:
        return []
    several = len(context.scenario.strategies) > 2
    sentences = []
    for wtp in context.wtp:
        sample = context.leading
        benefit = sample.outcomes.net_monetary_benefit(wtp, context.effect)
        leader = int(benefit.mean(axis=1).argmax())
        name = context.label(sample.outcomes.strategies[leader])
        at = f"At {money(wtp, context.currency)} per {context.unit}"
        if context.psa is not None:
            share = chance(float(best_shares(benefit)[leader]))
            best = (
                "the highest mean net benefit of all" if several else "the higher mean net benefit"
            )
            sentences.append(
                f"{at}, {inside(name)} has {best}; the probability that it is the most "
                f"cost-effective is {share}."
            )
        elif several:
            sentences.append(f"{at}, {inside(name)} has the highest net benefit of all.")
    return sentences
