"""The answer in one sentence, computed from the results.

If the author asks what must be gained, that is the answer: the gain at which the option of the
question is just worth its cost. Otherwise it is whether the option is cost-effective at the
stated willingness to pay, with what it costs, what it gains, and how sure we are. Nothing is said
that a number of the results does not carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from heco.analysis.context import Context, increments
from heco.analysis.frontier import quadrant
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
        return f"What does {context.label(scenario.comparator)} cost and gain?"
    return (
        f"Is {context.label(scenario.option)} worth its cost, compared with "
        f"{context.label(scenario.comparator)}?"
    )


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
        if sentences:
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
                sentences.append(f'In the reading "{reading}" it is {values}. {note}'.strip())
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
    if all(text.startswith(MINUS) or not text.strip("0.") for _, text in gains):
        return f"{start} even if no {label} gains anything more."
    values = each_at(gains, context.currency, f"{context.unit}s over life")
    return f"{start} if each {label} gains at least {values}{sure}."


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
        return [differs, "The model has no health effects, so only costs are compared."]
    if c == 0 and where == "same effect":
        return [f"{names[0]} and {names[1]} cost and gain the same."]
    if where in ("SE", "NW"):
        worth = "makes it worth its cost" if where == "NW" else "makes it not worth having"
        sentences = [differs, f"No willingness to pay {worth}."]
    elif not context.wtp_stated:
        sentences = [
            differs,
            "No willingness to pay is stated, so whether that is worth it is open.",
        ]
    else:
        return [f"{_verdict(context, option, comparator, c, e)} {differs}", *_sure(context)]
    return [*sentences, *(_sure(context) if context.wtp_stated else [])]


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
