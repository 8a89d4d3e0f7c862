"""Compare two scenarios: what changed, and how much of the difference is due to each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from heco.analysis import run_scenario
from heco.diff.changes import STRUCTURE, WTP, Change, changes
from heco.diff.hybrid import Between, base_only
from heco.diff.shapley import EXACT, Share, shares
from heco.errors import Problem, ScenarioError, did_you_mean, refuse
from heco.report.numbers import money
from heco.result import Quantity
from heco.scenario.scenario import Scenario

#: Willingness to pay before and after.
Pair = tuple[float, float]


@dataclass(frozen=True)
class Waterfall:
    """How one number got from the first scenario to the second.

    Parameters
    ----------
    quantity, unit : str
        The number, as in results.csv.
    wtp : (float, float) or None
        Willingness to pay before and after; None if the number does not depend on it.
    before, after : float
        The number in both.
    steps : tuple of (Change, Share)
        Each change with its effect, the largest first.
    """

    quantity: str
    unit: str
    wtp: Pair | None
    before: float
    after: float
    steps: tuple[tuple[Change, Share], ...]


@dataclass(frozen=True)
class Difference:
    """Two scenarios compared.

    Parameters
    ----------
    before, after : Scenario
        The two.
    changes : tuple of Change
        Everything that differs; those that move nothing come last.
    waterfalls : tuple of Waterfall
        One for each number and willingness to pay.
    notes : tuple of str
        What must be known about the comparison.
    exact : bool
        Whether all orders of the changes were averaged.
    """

    before: Scenario
    after: Scenario
    changes: tuple[Change, ...]
    waterfalls: tuple[Waterfall, ...]
    notes: tuple[str, ...] = ()
    exact: bool = True


def compare(
    before: Scenario,
    after: Scenario,
    wtp: Sequence[Pair] = (),
    quantities: Sequence[str] = (),
) -> Difference:
    """Compare two scenarios.

    Parameters
    ----------
    before, after : Scenario
        Loaded from files.
    wtp : sequence of (float, float)
        Willingness to pay before and after; by default those that both scenarios state.
    quantities : sequence of str
        Names of numbers; by default the required gain if both ask for it, else net benefit, or, if
        none is known or there are no health effects, the differences in cost and in health.

    Raises
    ------
    ScenarioError
        If the two cannot be compared, or a number is not known.
    """
    _comparable(before, after)
    pairs = tuple(wtp) or _pairs(before, after)
    found = changes(before, after)
    values = tuple(sorted({float(value) for pair in pairs for value in pair}))
    between = Between(before, after, values)
    names = list(quantities) or _usual(between, before, after)
    pieces, notes = _pieces(between, [change for change in found if change.moves])
    waterfalls = [
        waterfall
        for name in names
        for waterfall in _waterfalls(between, pieces, name, pairs, after)
    ]
    exact = all(len(w.steps) <= EXACT for w in waterfalls)
    order = [*sorted(found, key=lambda change: not change.moves)]
    one, other = _stated(before), _stated(after)
    if one != other:
        order.append(Change(WTP, "Willingness to pay, as stated", (), "threshold", one, other))
        if all(first == last for first, last in pairs):
            notes.append(
                "The two state different willingness to pay; each number is explained at one that "
                "is kept. Write --wtp before:after to count its change as well."
            )
    return Difference(before, after, tuple(order), tuple(waterfalls), tuple(notes), exact)


def _comparable(before: Scenario, after: Scenario) -> None:
    """Refuse two scenarios whose answers are about different things, with all that differs."""
    names = before.name, after.name
    if before.name == after.name:
        names = str(before.path or before.name), str(after.path or after.name)
    problems = [
        Problem(f"{name} has one strategy only, so there is no answer to compare")
        for name, scenario in zip(names, (before, after), strict=True)
        if not scenario.option
    ]
    if before.decision.currency != after.decision.currency:
        one, other = before.decision.currency, after.decision.currency
        problems.append(
            Problem(
                f"{names[0]} counts in {one}, {names[1]} in {other}; a difference between the two "
                "means nothing",
                "[decision] currency",
                "Write the costs and the willingness to pay of one in the other's currency.",
            )
        )
    if not all((before.option, after.option)):
        raise ScenarioError(problems)
    for key, what, one, other in (
        ("option", "asks about", before.option, after.option),
        ("comparator", "compares with", before.comparator, after.comparator),
        ("effect", "counts effects in", before.decision.effect, after.decision.effect),
    ):
        if one != other:
            problems.append(
                Problem(
                    f'{names[0]} {what} "{one}", {names[1]} {what} "{other}"',
                    f"[decision] {key}",
                    f'Two answers can be compared if both are about the same: write {key} = "{one}"'
                    " in both, if need be in a file that extends the second.",
                )
            )
    if problems:
        raise ScenarioError(problems)


def _pairs(before: Scenario, after: Scenario) -> tuple[Pair, ...]:
    """Return the willingness to pay that both state; if none, those in the same places."""
    one, other = (tuple(s.decision.wtp or ()) for s in (before, after))
    common = [value for value in one if value in other]
    if common:
        return tuple((value, value) for value in dict.fromkeys(common))
    if len(one) == len(other):  # or neither states any: costs and health can still be compared
        return tuple(zip(one, other, strict=True))
    raise refuse(
        "the two scenarios state no willingness to pay in common",
        hint="Say which to use: --wtp 20000, or --wtp 20000:25000 for before and after.",
    )


def _stated(scenario: Scenario) -> str:
    currency = scenario.decision.currency
    said = [money(value, currency) for value in scenario.decision.wtp or ()]
    return ", ".join(said) or "none"


def _usual(between: Between, before: Scenario, after: Scenario) -> list[str]:
    word = "life_years" if after.decision.effect == "life_years" else "qaly"
    known = {q.quantity for q in between.answers([]) or () if q.value}  # no health: all of it 0
    net = ["inmb"] if between.wtp and "inmb" in known else ["incremental_cost"]
    if not between.wtp and f"incremental_{word}" in known:
        net.append(f"incremental_{word}")
    one, other = before.analysis.required_gain, after.analysis.required_gain
    if one is None or other is None:
        return net
    return [f"required_{word}_per_{per}" for per in one.per if per in other.per] or net


def _pieces(between: Between, found: list[Change]) -> tuple[list[Change], list[str]]:
    """Return the changes that can be made one by one; those that cannot are put together.

    Raises
    ------
    ScenarioError
        If one of the two scenarios itself cannot be computed.
    """
    for scenario, made in ((between.before, []), (between.after, found)):
        if between.answers(made) is None:
            run_scenario(base_only(scenario), draws=0)  # says why
            raise refuse(f"{scenario.name} cannot be computed with the other's settings")
    alone = [c for c in found if not _works(between, found, c)]
    pieces = [c for c in found if c not in alone]
    notes: list[str] = []
    if alone:
        helper = next((c for c in pieces if c.key == STRUCTURE), None)
        joined = [*alone, helper] if helper and helper not in alone else alone
        if len(joined) == 1:  # it needs others, and nobody says which
            joined = found
        pieces = [c for c in found if c not in joined]
        pieces.append(_together(joined))
        notes.append(f"Counted as one change, since none works alone: {_listed(joined)}.")
    if len(pieces) <= EXACT and not _all_work(between, pieces):
        notes = ["The changes only work all together, so they are counted as one."]
        pieces = [_together(found)]
    return pieces, notes


def _works(between: Between, found: list[Change], change: Change) -> bool:
    others = [c for c in found if c is not change]
    return between.answers([change]) is not None and between.answers(others) is not None


def _all_work(between: Between, pieces: list[Change]) -> bool:
    subsets = range(2 ** len(pieces))
    return all(
        between.answers(c for i, c in enumerate(pieces) if subset >> i & 1) is not None
        for subset in subsets
    )


def _together(joined: Sequence[Change]) -> Change:
    entries = tuple(dict.fromkeys(key for change in joined for key in change.entries))
    if len(joined) == 1:
        return joined[0]
    said = "as in the first", "as in the second"
    return Change(STRUCTURE, _listed(joined), entries, "together", *said)


def _listed(joined: Sequence[Change]) -> str:
    names = [change.label for change in joined]
    return "; ".join(names[:4]) + (f"; and {len(names) - 4} more" if len(names) > 4 else "")


def _waterfalls(
    between: Between, pieces: list[Change], name: str, pairs: Sequence[Pair], after: Scenario
) -> list[Waterfall]:
    known = {q.quantity for q in between.answers([]) or ()}
    if name not in known:
        raise refuse(f'there is no quantity "{name}"', hint=did_you_mean(name, known))
    if _find(between.answers([]), name, None, after) is not None:
        return [_waterfall(between, pieces, name, None, after)]
    if not pairs:
        raise refuse(f'"{name}" needs a willingness to pay', hint="Say which: --wtp 20000.")
    return [_waterfall(between, pieces, name, pair, after) for pair in pairs]


def _find(
    found: Sequence[Quantity] | None, name: str, wtp: float | None, scenario: Scenario
) -> Quantity | None:
    return next(
        (
            q for q in found or ()
            if q.quantity == name and q.wtp == wtp and q.strategy == scenario.option
            and q.comparator in (scenario.comparator, "") and not q.subject
            and q.basis == "deterministic" and q.value is not None
        ),
        None,
    )  # fmt: skip


@dataclass
class _Value:
    """The number after a set of changes; the willingness to pay is one of them."""

    between: Between
    pieces: dict[str, Change]
    name: str
    pair: Pair | None
    scenario: Scenario
    known: dict[frozenset[str], float] = field(default_factory=dict)

    def __call__(self, made: frozenset[str]) -> float:
        if made not in self.known:
            wtp = None if self.pair is None else self.pair[WTP in made]
            answers = self.between.answers(self.pieces[k] for k in made if k != WTP)
            found = _find(answers, self.name, wtp, self.scenario)
            if found is None or found.value is None:
                raise refuse(
                    f"{self.name} is not defined after some of the changes "
                    f"({', '.join(sorted(made)) or 'none of them'})",
                    hint="Ask for another number with --quantity, for example inmb.",
                )
            self.known[made] = float(found.value)
        return self.known[made]


def _waterfall(
    between: Between, pieces: list[Change], name: str, pair: Pair | None, scenario: Scenario
) -> Waterfall:
    players = {change.key: change for change in pieces}
    value = _Value(between, dict(players), name, pair, scenario)
    if pair is not None and pair[0] != pair[1]:
        said = [money(wtp, scenario.decision.currency) for wtp in pair]
        players[WTP] = Change(WTP, "Willingness to pay", (), "threshold", said[0], said[1])
    found = shares(list(players), value) if players else {}
    steps = sorted(found.items(), key=lambda item: -abs(item[1].effect))
    unit = _find(between.answers([]), name, pair[0] if pair else None, scenario)
    return Waterfall(
        name,
        unit.unit if unit else "",
        pair,
        value(frozenset()),
        value(frozenset(players)),
        tuple((players[key], share) for key, share in steps),
    )
