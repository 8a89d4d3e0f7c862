"""What would make the published figures agree with this model.

For every figure that a source printed: does the model round to it? And for every input that the
source does not print: over which ranges of it would it? The ranges come from the rounding of the
printed figure. They are what the figures imply if all else is as it is here; nobody measured them,
and every page says "implied". Where the scenario says what evidence supports, the two are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heco.analysis.basis import Basis
from heco.analysis.context import Context, Sample
from heco.analysis.implied import Asker, Implied, Ranges, common, implied
from heco.analysis.pathway import measured
from heco.analysis.published import match, read
from heco.analysis.reconcile_tables import figures_table, joint_table, ranges_table
from heco.analysis.reconcile_words import headline
from heco.result import Quantity, Result
from heco.scenario.schema import Published
from heco.scenario.schema_money import Reconcile, Support

NAME = "reconcile"
TITLE = "What would make the published figures agree?"
#: Draws from which the limits of what evidence supports are taken.
DRAWS = 2_000


@dataclass(frozen=True)
class Limit:
    """What evidence supports for a free input.

    Parameters
    ----------
    label : str
        What the evidence is.
    least, most : (float, float, float) or None
        Base value with its 95% limits; None if nothing is said on that side.
    source : str
        Where it comes from.
    """

    label: str
    least: tuple[float, float, float] | None
    most: tuple[float, float, float] | None
    source: str = ""

    def reach(self, ranges: Ranges) -> str:
        """Return whether evidence reaches any of the ranges that are implied."""
        best = "out of reach"
        for low, high in ranges:
            below = self.least is None or high >= self.least[0]
            above = self.most is None or low <= self.most[0]
            if below and above:
                return "supported"
            below = self.least is None or high >= self.least[1]
            above = self.most is None or low <= self.most[2]
            if below and above:
                best = "within the 95% limits only"
        return best


@dataclass(frozen=True)
class Answer:
    """What the figures imply for one free input under one reading.

    Parameters
    ----------
    reading, reading_label : str
        Name and words of the reading; empty for the figures as they are declared.
    parameter : str
        The free input.
    low, high : float
        Where was looked.
    each : mapping of str to Implied
        By figure.
    joint : tuple of (float, float)
        Ranges in which all figures agree that the input moves.
    moved : tuple of str
        The figures that the input moves.
    shown : mapping of str to tuple
        By measure: its value at both ends of each joint range.
    reach : str
        Whether evidence supports it; empty if nothing is said.
    """

    reading: str
    reading_label: str
    parameter: str
    low: float
    high: float
    each: Mapping[str, Implied]
    joint: Ranges
    moved: tuple[str, ...]
    shown: Mapping[str, tuple[tuple[float | None, float | None], ...]] = field(default_factory=dict)
    reach: str = ""


def run(context: Context, known: Sequence[Quantity]) -> Result:
    """Say which figures agree, and what would make the others agree.

    Parameters
    ----------
    context : Context
        The run.
    known : sequence of Quantity
        The model's own numbers.

    Returns
    -------
    Result
        ``reconcile``, with the tables ``reconcile_figures``, ``reconcile_joint`` and
        ``reconcile_ranges``.
    """
    settings = context.scenario.analysis.reconcile or Reconcile(free={})
    figures = context.scenario.published
    windows = {name: read(figure.printed) for name, figure in figures.items()}
    limits = {name: _limit(context, support) for name, support in settings.supported.items()}
    answers = [
        answer
        for reading, label, read_as in _readings(settings, figures)
        for answer in _answers(context, settings, known, reading, label, read_as, windows, limits)
    ]
    status = dict(_status(known, figures, windows))
    return Result(
        NAME, TITLE, tuple(headline(context, status, answers, limits)),
        (
            figures_table(context, status, windows),
            joint_table(context, answers, limits, settings.show),
            ranges_table(context, answers),
        ),
        tuple(_quantities(context, answers)), tuple(_warnings(known, figures)),
        settings={"implied values": "one input at a time, all others at their base values"},
        data={"disagreeing": tuple(name for name, (_, agrees) in status.items() if not agrees)},
    )  # fmt: skip


def _readings(
    settings: Reconcile, figures: Mapping[str, Published]
) -> Iterator[tuple[str, str, Mapping[str, Published]]]:
    """Yield the figures as declared, then those that another reading is about."""
    yield "", "", figures
    for name, reading in settings.readings.items():
        other = {
            key: figures[key].model_copy(update={"strategy": reading.strategy})
            for key in reading.figures
        }
        yield name, reading.label or name.replace("_", " "), other


def _answers(
    context: Context,
    settings: Reconcile,
    known: Sequence[Quantity],
    reading: str,
    label: str,
    figures: Mapping[str, Published],
    windows: Mapping[str, tuple[float, float]],
    limits: Mapping[str, Limit],
) -> Iterator[Answer]:
    found = {name: match(known, figure)[0] for name, figure in figures.items()}
    asker = Asker(context, {name: q for name, q in found.items() if q is not None})
    for name, free in settings.free.items():
        each = implied(asker, name, free.low, free.high, settings.points, windows)
        moved = tuple(key for key, one in each.items() if one.moves)
        joint = common([each[key].ranges for key in moved])
        shown = {
            measure: tuple(_shown(context, figures, name, measure, ends) for ends in joint)
            for measure in settings.show
        }
        reach = limits[name].reach(joint) if name in limits and joint else ""
        yield Answer(
            reading, label, name, free.low, free.high, each, joint, moved, shown, reach
        )  # fmt: skip


def _shown(
    context: Context,
    figures: Mapping[str, Published],
    parameter: str,
    name: str,
    ends: tuple[float, float],
) -> tuple[float | None, float | None]:
    """Return a measure at both ends of a range, for the strategy that the figures are about.

    Nothing is returned of a measure that the input does not move.
    """
    measure = context.scenario.measures[name]
    said = [figure.strategy for figure in figures.values() if figure.strategy]
    strategy = max(said, key=said.count) if said else context.scenario.option
    samples = [context.base]
    for end in ends:
        draws = context.model.base().replace({parameter: end})
        samples.append(Sample(draws, context.model.evaluate(draws)))
    base, low, high = (
        measured(context, Basis("deterministic", sample), measure, strategy).value
        for sample in samples
    )
    if base is not None and low is not None and abs(low - base) <= 1e-9 * abs(base):
        return None, None
    return low, high


def _limit(context: Context, support: Support) -> Limit:
    base = context.model.base()
    draws = context.model.sample(DRAWS, context.seed)

    def spread(formula: Any) -> tuple[float, float, float] | None:
        if formula is None:
            return None
        value = float(context.model.formula_values(base, {"it": formula})["it"][0])
        drawn = context.model.formula_values(draws, {"it": formula})["it"]
        low, high = np.quantile(drawn[np.isfinite(drawn)], (0.025, 0.975))
        return value, float(low), float(high)

    return Limit(support.label, spread(support.least), spread(support.most), support.source)


def _status(
    known: Sequence[Quantity],
    figures: Mapping[str, Published],
    windows: Mapping[str, tuple[float, float]],
) -> Iterator[tuple[str, tuple[float | None, bool]]]:
    """Yield by figure the model's own number, and whether it rounds to the figure."""
    for name, figure in figures.items():
        quantity, _ = match(known, figure)
        value = None if quantity is None else quantity.value
        printed, half = windows[name]
        yield name, (value, value is not None and abs(value - printed) <= half * (1 + 1e-9))


def _warnings(known: Sequence[Quantity], figures: Mapping[str, Published]) -> Iterator[str]:
    for name, figure in figures.items():
        quantity, why = match(known, figure)
        if quantity is None:
            yield f"[published.{name}] {why}"


def _quantities(context: Context, answers: Sequence[Answer]) -> Iterator[Quantity]:
    for answer in answers:
        about = f"{answer.parameter}/{answer.reading}" if answer.reading else answer.parameter
        unit = context.scenario.parameters[answer.parameter].unit
        for low, high in answer.joint if answer.moved else ():
            # A range and not a guess: the value stays empty.
            yield Quantity("implied", None, subject=about, lower=low, upper=high, unit=unit)
        for figure, one in answer.each.items():
            for low, high in one.ranges:
                yield Quantity(
                    "implied", None, subject=f"{about}@{figure}", lower=low, upper=high, unit=unit
                )
