"""What is measured as inputs move: one number for every row of parameters.

Incremental net monetary benefit, extra cost, extra QALYs, or the gain that the option must bring
for each person counted (`heco.analysis.required`). Never a ratio of cost and effect: across
quadrants it is not defined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.context import Context, needs_wtp
from heco.analysis.summaries import difference
from heco.analysis.wording import amount, money
from heco.errors import ScenarioError
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws
from heco.scenario.schema_moves import OneWay

OUTCOMES = {
    "inmb": "incremental net monetary benefit",
    "incremental_cost": "extra cost",
    "incremental_qaly": "extra QALYs",
    "required_gain": "required gain",
}


@dataclass(frozen=True)
class Question:
    """What is measured.

    Parameters
    ----------
    context : Context
        The run.
    outcome : str
        ``inmb``, ``incremental_cost``, ``incremental_qaly`` or ``required_gain``.
    option, comparator : str
        The strategies that are compared.
    wtp : float
        Willingness to pay; 0 where it plays no part. [currency per QALY]
    per : str
        Who a required gain is counted per: a key of the author's.
    """

    context: Context
    outcome: str
    option: str
    comparator: str
    wtp: float
    per: str = ""

    def ask(self, draws: Draws) -> Array:
        """Return the outcome by row, NaN where the model has none.

        Raises
        ------
        ScenarioError
            If the rows break what ``[checks]`` says must hold.
        """
        if self.outcome == "required_gain":
            return self._gain(draws)
        return self.of(self.context.model.evaluate(draws))

    def of(self, outcomes: Outcomes) -> Array:
        """Return the outcome by row; not for a required gain, which needs a run without it."""
        cost, effect, qaly = self._differences(outcomes)
        if self.outcome == "incremental_qaly":
            values = qaly
        elif self.outcome == "incremental_cost":
            values = cost
        else:
            values = self.wtp * effect - cost
        return np.where(outcomes.valid, values, np.nan)

    def _differences(self, outcomes: Outcomes) -> tuple[Array, Array, Array]:
        i, j = outcomes.index(self.option), outcomes.index(self.comparator)
        effect = outcomes.effect(self.context.effect)
        return (
            outcomes.cost[i] - outcomes.cost[j],
            effect[i] - effect[j],
            outcomes.qaly[i] - outcomes.qaly[j],
        )

    def _gain(self, draws: Draws) -> Array:
        """Return (extra cost / willingness to pay - other effects) / people counted, by row."""
        cost, other, people = self.gain_parts(draws)
        with np.errstate(all="ignore"):
            gain = (cost / self.wtp - other) / people
        return np.where(people > 0, gain, np.nan)

    def gain_parts(self, draws: Draws) -> tuple[Array, Array, Array]:
        """Return what a required gain is made of, by row and per person of the cohort.

        Parameters
        ----------
        draws : Draws
            Rows of parameters.

        Returns
        -------
        cost, other, people : ndarray, shape (row,)
            Extra cost, extra effect without the gain that is asked for, and people counted; NaN
            where the model has none. [currency, QALYs, people]
        """
        settings = self.context.scenario.analysis.required_gain
        assert settings is not None
        n, model = draws.n, self.context.model
        both = draws
        if settings.utility:
            # The same rows once more, without the gain that is asked for.
            columns = {name: np.tile(draws.column(name), 2) for name in draws.names}
            if settings.utility not in columns:
                own = model.parameter_values(draws, [settings.utility])[settings.utility]
                columns[settings.utility] = np.tile(own, 2)
            columns[settings.utility][n:] = 0.0
            both = model.base(rows=2 * n).replace(columns)
        outcomes = model.evaluate(both)
        formula = settings.per[self.per]
        with np.errstate(all="ignore"):
            counted = difference(
                model.measure_values(both, outcomes, formula, self.option),
                model.measure_values(both, outcomes, formula, self.comparator),
            )
        cost, effect, _ = self._differences(outcomes)
        fine = outcomes.valid[:n] & outcomes.valid[-n:]
        other = effect[n:] if settings.utility else np.zeros(n)
        parts = (cost[:n], other, np.where(np.isfinite(counted[:n]), counted[:n], 0.0))
        made = [np.where(fine, part, np.nan) for part in parts]
        return made[0], made[1], made[2]

    @property
    def measured(self) -> str:
        """Return what is measured, in words."""
        if self.outcome == "required_gain":
            return f"required gain per {self.person}"
        return OUTCOMES[self.outcome]

    @property
    def person(self) -> str:
        """Return who a required gain is counted per, in words."""
        settings = self.context.scenario.analysis.required_gain
        return (settings.labels.get(self.per, "") if settings else "") or self.per.replace("_", " ")

    @property
    def kind(self) -> str:
        """Return the kind of column that shows the outcome."""
        return "qaly" if self.outcome in ("incremental_qaly", "required_gain") else "pence"

    @property
    def unit(self) -> str:
        """Return the unit of the outcome."""
        if self.outcome == "required_gain":
            return f"{self.context.unit}s per {self.person}"
        return f"{'QALYs' if self.kind == 'qaly' else self.context.currency} per person"

    @property
    def weighs(self) -> bool:
        """Return whether the willingness to pay plays a part."""
        return self.outcome in ("inmb", "required_gain")

    def said(self, value: float) -> str:
        """Return a value of the outcome as a sentence says it."""
        return amount(value) if self.kind == "qaly" else money(value, self.context.currency)

    def settings(self) -> dict[str, str]:
        """Return what is measured, of whom and at which willingness to pay, in words."""
        context = self.context
        said = {
            "measured": self.measured,
            "comparison": f"{context.label(self.option)} against {context.label(self.comparator)}",
        }
        if self.weighs:
            price = money(self.wtp, context.currency)
            said["willingness to pay"] = f"{price} per {context.unit}"
        return said


def question(context: Context, asked: OneWay, where: str) -> Question:
    """Return what an author wants measured, with what is left out filled in.

    Parameters
    ----------
    context : Context
        The run.
    asked : OneWay
        The settings.
    where : str
        Who asks, for the error.
    """
    weighs = asked.outcome in ("inmb", "required_gain")
    if weighs and asked.wtp is None:
        needs_wtp(context, where)
    wtp = asked.wtp if asked.wtp is not None else (context.wtp or (0.0,))[0]
    gain = context.scenario.analysis.required_gain
    per = asked.per or (next(iter(gain.per), "") if gain else "")
    return Question(
        context, asked.outcome, asked.strategy or context.scenario.option,
        context.scenario.comparator, wtp, per if asked.outcome == "required_gain" else "",
    )  # fmt: skip


#: Columns to be set, each to one value per row.
Move = Mapping[str, Array]


def moved(
    question: Question, moves: Sequence[Move]
) -> tuple[float, list[Array | None], dict[int, str]]:
    """Return the outcome in the base case and along several moves, in as few runs as possible.

    Parameters
    ----------
    question : Question
        What is measured.
    moves : sequence of mapping of str to ndarray, shape (row,)
        Each sets columns; whatever it does not mention keeps its base value.

    Returns
    -------
    base : float
        The outcome in the base case.
    found : list of ndarray, shape (row,), or None
        By move; None if the move breaks what must hold whatever is decided.
    why : dict of int to str
        For these, what it breaks.
    """
    parameters = question.context.scenario.parameters
    found: list[Array | None] = [None] * len(moves)
    why: dict[int, str] = {}
    # A column for a derived parameter cuts it from its inputs in every row, so it cannot share a
    # run with moves of these.
    alone = [
        i
        for i, move in enumerate(moves)
        if any(name in parameters and parameters[name].expr is not None for name in move)
    ]
    together = [i for i in range(len(moves)) if i not in alone]
    still: Move = {}
    try:
        shared = _shared(question, [*(moves[i] for i in together), still])
    except ScenarioError:
        alone, together, shared = [*together, *alone], [], _shared(question, [still])
    for i, values in zip(together, shared, strict=False):
        found[i] = values
    for i in alone:
        try:
            found[i] = _shared(question, [moves[i]])[0]
        except ScenarioError as error:
            why[i] = error.problems[0].what
    base = float(shared[-1][0])
    if question.outcome != "required_gain":
        known = float(question.of(question.context.base.outcomes)[0])
        if abs(base - known) > 1e-9 * max(1.0, abs(known)):
            raise ArithmeticError(f"the base case is {known} alone but {base} among others")
    return base, found, why


def _shared(question: Question, moves: Sequence[Move]) -> list[Array]:
    """Return the outcome along moves that share one run; a move of nothing is the base case."""
    sizes = [len(next(iter(move.values()), np.zeros(1))) for move in moves]
    ends = np.cumsum(sizes)
    n = int(ends[-1])
    rows = question.context.model.base(rows=n)
    columns: dict[str, Array] = {}
    for move, size, end in zip(moves, sizes, ends, strict=True):
        for name, values in move.items():
            if name not in columns:
                columns[name] = rows.column(name).copy() if name in rows.names else np.empty(n)
            columns[name][end - size : end] = values
    values = question.ask(rows.replace(columns))
    return [values[end - size : end] for size, end in zip(sizes, ends, strict=True)]
