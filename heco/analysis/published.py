"""The model beside the figures that its source printed.

A figure agrees if the model's number rounds to what was printed: the tolerance is half the last
printed digit, so nobody chooses one. A printed range ("0.20 to 0.30") is refused, because it
could agree with anything; its ends are two figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from heco.analysis.context import Context
from heco.analysis.wording import count, money, percent, plain
from heco.errors import Problem, ScenarioError, did_you_mean
from heco.result import Column, Quantity, Result, Table

if TYPE_CHECKING:
    from heco.scenario.schema import Published

NAME = "published"
TITLE = "Does it agree with what was published?"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

COLUMNS = (
    Column("figure", "Name"), Column("label", "Figure"), Column("quantity", "Quantity"),
    Column("strategy", "Strategy"), Column("comparator", "Compared with"),
    Column("wtp", "Willingness to pay", "money"), Column("subject", "Subject"),
    Column("printed", "Published"), Column("model", "This model", "number"),
    Column("difference", "Difference", "number"), Column("percent", "in per cent", "percent"),
    Column("agrees", "Agrees to the printed digits", "flag"), Column("unit", "Unit"),
    Column("basis", "Basis"), Column("source", "Source"), Column("note", "Note"),
)  # fmt: skip


def applies(context: Context) -> bool:
    """Return whether the scenario holds published figures."""
    return bool(context.scenario.published)


def run(context: Context, results: Sequence[Result]) -> Result:
    """Put each published figure beside the model's own.

    Parameters
    ----------
    context : Context
        The run.
    results : sequence of Result
        Everything that the run has answered so far.

    Returns
    -------
    Result
        ``published``, with the table of the same name.

    Raises
    ------
    ScenarioError
        If a printed figure is not one number.
    """
    figures = context.scenario.published
    read_all(figures.items())
    known = [quantity for result in results for quantity in result.quantities]
    rows: list[tuple[Any, ...]] = []
    quantities, warnings = [], []
    for name, figure in figures.items():
        value, tolerance = read(figure.printed)
        found, why = match(known, figure)
        row: list[Any] = [
            name, figure.label or name.replace("_", " "), figure.quantity, figure.strategy,
            figure.comparator, figure.wtp, figure.subject, figure.printed,
        ]  # fmt: skip
        unit, basis = figure.unit, ""
        if found is None or found.value is None:
            row += [None, None, None, None]
            warnings.append(f"[published.{name}] {why or 'is undefined in this model'}")
        else:
            gap = found.value - value
            agrees = abs(gap) <= tolerance * (1 + 1e-9)
            row += [found.value, gap, gap / abs(value) if value else None, agrees]
            unit, basis = figure.unit or found.unit, found.basis
        rows.append((*row, unit, basis, figure.source, figure.note))
        quantities.append(
            Quantity(
                figure.quantity, value, figure.strategy, figure.comparator, figure.wtp,
                figure.subject, unit=figure.unit, basis="published",
            )
        )  # fmt: skip
    notes = ("A figure agrees if the model differs by at most half of its last printed digit.",)
    return Result(
        NAME, TITLE, _headline(context, rows),
        (Table("published", "Published figures beside this model", COLUMNS, tuple(rows), notes),),
        tuple(quantities), tuple(warnings),
    )  # fmt: skip


def read(printed: str) -> tuple[float, float]:
    """Return a printed figure and half of its last digit.

    >>> read("968"), read("0.30"), read("-1.5e3")
    ((968.0, 0.5), (0.3, 0.005), (-1500.0, 50.0))
    """
    if not _NUMBER.fullmatch(printed.strip()):
        raise ValueError(f'"{printed}" is not one number')
    number = Decimal(printed.strip())
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return float(number), float(Decimal(5) * Decimal(10) ** (exponent - 1))


def read_all(figures: Any) -> None:
    """Refuse every figure that is not one number, all at once."""
    problems = []
    for name, figure in figures:
        try:
            read(figure.printed)
        except ValueError as error:
            problems.append(
                Problem(
                    str(error),
                    f"[published.{name}] printed",
                    'Write one figure without thousands separators: "968", "0.30". The two ends '
                    "of a range are two entries.",
                )
            )
    if problems:
        raise ScenarioError(problems)


def match(known: Sequence[Quantity], figure: Published) -> tuple[Quantity | None, str]:
    """Return the quantity that a figure is about, or why there is none.

    What the figure states must be the same; what it leaves out is empty, or else there must be
    only one choice. Deterministic numbers come before probabilistic ones.
    """
    same = [q for q in known if q.quantity == figure.quantity]
    if not same:
        names = {q.quantity for q in known}
        hint = did_you_mean(figure.quantity, names)
        return None, f'no result is called "{figure.quantity}". {hint}'.strip()
    stated = {
        key: getattr(figure, key)
        for key in ("strategy", "comparator", "wtp", "subject")
        if getattr(figure, key) not in ("", None)
    }
    fits = [q for q in same if all(getattr(q, key) == value for key, value in stated.items())]
    if not fits:
        wrong = [k for k, v in stated.items() if not any(getattr(q, k) == v for q in same)]
        if not wrong:
            said = ", ".join(f"{k} = {v}" for k, v in stated.items())
            return None, f"{figure.quantity} has no value for {said} together"
        key = wrong[0]
        there = sorted({_shown(getattr(q, key)) for q in same} - {""})
        hint = did_you_mean(_shown(stated[key]), there) if there else "It has none."
        return None, f"{figure.quantity} has no value for {key} {_shown(stated[key])}. {hint}"
    for basis in ("deterministic", "probabilistic"):
        choices = [q for q in fits if q.basis == basis]
        plainest = [
            q
            for q in choices
            if all(
                getattr(q, key) in ("", None)
                for key in ("strategy", "comparator", "wtp", "subject")
                if key not in stated
            )
        ]
        if plainest or len(choices) == 1:
            return (plainest or choices)[0], ""
        if choices:
            open_keys = [
                key
                for key in ("strategy", "comparator", "wtp", "subject")
                if key not in stated and len({getattr(q, key) for q in choices}) > 1
            ]
            return None, (
                f"{figure.quantity} has {len(choices)} values; say which {' and '.join(open_keys)}"
            )
    return None, f"{figure.quantity} has no value of this model's own"


def _shown(value: Any) -> str:
    return "" if value is None else plain(value) if isinstance(value, float) else str(value)


def _headline(context: Context, rows: list[tuple[Any, ...]]) -> tuple[str, ...]:
    compared = [row for row in rows if row[8] is not None]
    if not compared:
        return ()
    agreeing = sum(row[11] is True for row in compared)
    worst = max(compared, key=lambda row: abs(row[10] or 0.0))
    text = f"{agreeing} of {count(len(compared), 'published figure')} agree to the printed digits"
    if agreeing < len(compared) and worst[10]:
        shown = money if worst[12].startswith(context.currency) else None
        model = shown(worst[8], context.currency) if shown else plain(worst[8])
        far = f"{'+' if worst[10] > 0 else ''}{percent(worst[10])}"
        text += f"; the largest difference is {far} ({worst[1]}: {model} here)"
    return (f"{text}.",)
