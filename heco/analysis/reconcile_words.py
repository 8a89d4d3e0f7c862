"""A reconciliation in sentences: what agrees, what is implied, and whether evidence supports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from heco.analysis.context import Context
from heco.analysis.wording import count, inside, listing, of_unit, plain
from heco.numbers import span

if TYPE_CHECKING:
    from heco.analysis.implied import Ranges
    from heco.analysis.reconcile import Answer, Limit


def spans(ranges: Ranges) -> str:
    """Return several ranges as a list in a sentence."""
    return " or ".join(span(low, high) for low, high in ranges)


def headline(
    context: Context,
    status: Mapping[str, tuple[float | None, bool]],
    answers: Sequence[Answer],
    limits: Mapping[str, Limit],
) -> Iterator[str]:
    """Yield what agrees and what does not, and then what is implied, input by input.

    Parameters
    ----------
    context : Context
        The run.
    status : mapping of str to (float or None, bool)
        By figure: the model's number, and whether it agrees.
    answers : sequence of Answer
        What is implied.
    limits : mapping of str to Limit
        What evidence supports.
    """
    published = context.scenario.published
    agreeing = [name for name, (_, agrees) in status.items() if agrees]
    total = count(len(status), "published figure")
    yield f"{len(agreeing)} of {total} agree to the printed digits."
    for name, (value, agrees) in status.items():
        if not agrees:
            figure = published[name]
            label = figure.label or name.replace("_", " ")
            own = "nothing" if value is None else of_unit(value, figure.unit, context.currency)
            yield f"{label}: published {figure.printed}, and {own} here."
    for name in dict.fromkeys(answer.parameter for answer in answers):
        # That another reading has no answer here is in the table; only the main one says so.
        mine = [
            answer
            for answer in answers
            if answer.parameter == name and answer.moved and (answer.joint or not answer.reading)
        ]
        if mine:
            yield _implied(context, name, mine)
        if name in limits and any(answer.joint for answer in mine):
            yield _held_against(limits[name], [answer for answer in mine if answer.joint])


def _implied(context: Context, name: str, answers: Sequence[Answer]) -> str:
    """Say what one input would have to be."""
    base = float(context.model.parameter_values(context.model.base(), [name])[name][0])
    parts = []
    for answer in answers:
        where = f" ({answer.reading_label})" if answer.reading else ""
        if not answer.joint:
            looked = f"between {plain(answer.low)} and {plain(answer.high)}"
            several = len(answer.moved) > 1
            what = f"the {len(answer.moved)} figures that it moves" if several else "the figure"
            parts.append(
                f"no value {looked} makes {what} agree{' together' if several else ''}{where}"
            )
            continue
        told = [
            f"{inside(context.scenario.measures[measure].label)} {_ends(ends)}"
            for measure, ends in answer.shown.items()
            if any(end is not None for pair in ends for end in pair)
        ]
        text = f"{spans(answer.joint)} is implied{where}"
        parts.append(text + (f", with {listing(told)}" if told else ""))
    label = context.parameter_label(name)
    return f"{label} ({plain(base)} here): {'; '.join(parts)}."


def _ends(ends: Sequence[tuple[float | None, float | None]]) -> str:
    values = [end for pair in ends for end in pair if end is not None]
    low, high = plain(min(values)), plain(max(values))
    return low if low == high else f"{low} to {high}"


def _held_against(limit: Limit, answers: Sequence[Answer]) -> str:
    """Say whether evidence supports what is implied."""
    said = []
    if limit.least is not None:
        said.append(f"at least {plain(limit.least[0])} (95% limit {plain(limit.least[1])})")
    if limit.most is not None:
        said.append(f"at most {plain(limit.most[0])} (95% limit {plain(limit.most[2])})")
    reached = {answer.reach for answer in answers}
    if reached == {"out of reach"}:
        verdict = "reaches none of these values" if len(answers) > 1 else "does not reach that"
    elif len(reached) == 1:
        verdict = f"has that: {reached.pop()}"
    else:
        verdict = listing(f"{a.reading_label or 'as declared'}: {a.reach}" for a in answers)
    return f"Evidence, {inside(limit.label)}: {listing(said)}; it {verdict}."
