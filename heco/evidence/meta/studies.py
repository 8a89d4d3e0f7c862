"""Studies as read: their numbers, their characteristics, and the effects that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta import shared as arms
from heco.evidence.meta.effect_sizes import (
    from_counts,
    from_means,
    from_published,
    from_rates,
    from_shares,
)
from heco.evidence.meta.effects import Effects, IntArray, Tables
from heco.evidence.meta.measures import (
    COUNTS,
    MEANS,
    RATE,
    RATES,
    SHARE,
    WITH_SE,
    FloatArray,
    Measure,
)

#: Standard errors further apart than this cannot be told from a misprint, nor added up in doubles.
FARTHEST = 1e7


@dataclass(frozen=True)
class Studies:
    """Studies as read, ready to be pooled.

    Parameters
    ----------
    measure : Measure
        What is pooled.
    study : tuple of str
        Names, each once.
    form : tuple of tuple of str
        Columns from which each study's effect is had.
    numbers : mapping of str to ndarray, shape (study,)
        The numbers of those columns; not a number where a study does not use one.
    columns : mapping of str to tuple of str
        All other columns, as text.
    log : bool
        Whether published effects are on the pooling scale.
    excluded : mapping of str to str
        Studies that were left out, and why.
    clusters : tuple of tuple of int
        Positions of studies that share a control arm and are pooled with their covariance.
    notes, warnings : tuple of str
        What was done, and what a reader should beware of.
    """

    measure: Measure
    study: tuple[str, ...]
    form: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, FloatArray]
    columns: Mapping[str, tuple[str, ...]]
    log: bool = False
    excluded: Mapping[str, str] = field(default_factory=dict)
    clusters: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    def effects(self) -> Effects:
        """Return one effect per study; `notes` says what happened to empty cells.

        Returns
        -------
        Effects
            Studies that share a control arm count once if their covariance is used.

        Raises
        ------
        ScenarioError
            If standard errors are so far apart that no sum can hold both.
        """
        parts = []
        notes = list(self.notes)
        for form in dict.fromkeys(self.form):
            rows = np.array([i for i, own in enumerate(self.form) if own == form])
            part = self.effects_of(form, rows)
            parts.append(replace(part, index=rows[part.index]))
            notes += part.notes
        joined = Effects(
            self.measure,
            tuple(name for part in parts for name in part.study),
            np.concatenate([part.y for part in parts]),
            np.concatenate([part.v for part in parts]),
            np.concatenate([part.index for part in parts]),
        )
        effects = joined.take(np.argsort(joined.index, kind="stable"))
        _check_spread(effects)
        if self.clusters:
            effects = arms.aggregated(effects, self.numbers, self.clusters)
        return replace(effects, notes=tuple(notes))

    def tables(self) -> Tables:
        """Return the 2x2 tables, for Mantel-Haenszel, Peto, Harbord and Peters.

        Raises
        ------
        ScenarioError
            If a study has no table, or shares a control arm whose covariance is to be used.
        """
        without = [name for name, form in zip(self.study, self.form, strict=True) if form != COUNTS]
        if self.measure.form != COUNTS or without:
            names = ", ".join(without) if self.measure.form == COUNTS else "any study"
            raise refuse(f"there are no 2x2 counts of {names}", "studies")
        if self.clusters:
            raise refuse(
                "tables cannot be pooled with the covariance of shared control arms",
                "shared",
                'Use "combine" or "split".',
            )
        x1, n1, x2, n2 = (self.numbers[column] for column in COUNTS)
        return Tables(self.measure, self.study, x1, n1 - x1, x2, n2 - x2)

    def column(self, name: str, effects: Effects | None = None) -> tuple[str, ...]:
        """Return a column that is not part of the effects, for subgroups and moderators.

        Parameters
        ----------
        name : str
            The column.
        effects : Effects or None
            Whose studies are wanted; None for all.

        Returns
        -------
        tuple of str, one per study
            Cells as written.

        Raises
        ------
        ScenarioError
            If there is no such column.
        """
        if name not in self.columns:
            raise refuse(
                f'there is no column "{name}"', "studies", did_you_mean(name, self.columns)
            )
        cells = self.columns[name]
        return cells if effects is None else tuple(cells[i] for i in effects.index)

    def shared(self, groups: Sequence[Sequence[int]], rule: str, labels: Sequence[str]) -> Studies:
        """Return the studies with control arms split, or with their comparisons combined.

        Parameters
        ----------
        groups : sequence of sequence of int
            Positions of comparisons that share a control arm.
        rule : str
            ``split`` or ``combine``.
        labels : sequence of str
            Name of the shared arm by study: it becomes the name of the combined comparison.

        Returns
        -------
        Studies
            Characteristics that differ between combined comparisons are left empty.
        """
        numbers = {column: values.copy() for column, values in self.numbers.items()}
        names, dropped = list(self.study), set()
        columns = {name: list(cells) for name, cells in self.columns.items()}
        for members in groups:
            form = self.form[members[0]]
            if rule == "split":
                numbers |= arms.split(form, numbers, members)
                continue
            first = members[0]
            for column, value in arms.combined(form, numbers, members).items():
                numbers[column][first] = value
            names[first] = labels[first]
            for cells in columns.values():
                if len({cells[i] for i in members}) > 1:
                    cells[first] = ""
            dropped |= set(members[1:])
        kept = [i for i in range(self.k) if i not in dropped]
        return replace(
            self,
            study=tuple(names[i] for i in kept),
            form=tuple(self.form[i] for i in kept),
            numbers={column: values[kept] for column, values in numbers.items()},
            columns={name: tuple(cells[i] for i in kept) for name, cells in columns.items()},
        )

    def effects_of(self, form: tuple[str, ...], rows: IntArray) -> Effects:
        """Return the effects of studies that use one form, by position."""
        names = [self.study[i] for i in rows]
        got = [self.numbers[column][rows] for column in form]
        if form == COUNTS:
            x1, n1, x2, n2 = got
            return from_counts(Tables(self.measure, tuple(names), x1, n1 - x1, x2, n2 - x2))
        if form == MEANS:
            return from_means(
                self.measure, names, (got[0], got[1], got[2]), (got[3], got[4], got[5])
            )
        if form == SHARE:
            return from_shares(self.measure, names, got[0], got[1])
        if form == RATE:
            return from_rates(self.measure, names, (got[0], got[1]))
        if form == RATES:
            return from_rates(self.measure, names, (got[0], got[1]), (got[2], got[3]))
        spread = got[1] if form == WITH_SE else (got[1], got[2])
        return from_published(self.measure, names, got[0], spread, self.log)


def _check_spread(effects: Effects) -> None:
    """Refuse standard errors so far apart that the others are lost beside the smallest."""
    if effects.k < 2:
        return
    least, most = int(np.argmin(effects.v)), int(np.argmax(effects.v))
    if effects.se[most] > FARTHEST * effects.se[least]:
        raise refuse(
            f"standard errors range from {effects.se[least]:.3g} ({effects.study[least]}) to "
            f"{effects.se[most]:.3g} ({effects.study[most]}) on the pooling scale: nothing can be "
            "pooled with both",
            "studies",
            "Look for a misprint.",
        )
