"""Steps that explain results: measures, totals by the places that pay, comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from heco.errors import did_you_mean, refuse
from heco.explain.inputs import Inputs, Step, in_order
from heco.scenario.expressions import Expr, Name, Number, to_text
from heco.scenario.payments import payments

if TYPE_CHECKING:
    from heco.outcomes import Array

#: Results that every scenario has, beside its parameters and measures.
TOTALS = ("cost", "qaly", "life_years")
_FAMILIES = ("cost", "spend", "share", "count", "life_years", "life_years_undiscounted")
COMPARISONS = ("incremental_cost", "incremental_qaly", "icer", "inmb")


_SAYS = {
    "cost": "discounted, per person of the cohort",
    "qaly": "discounted, per person of the cohort",
    "life_years": "discounted, per person of the cohort",
    "life_years_undiscounted": "undiscounted, per person of the cohort",
    "spend": "undiscounted, for the whole cohort",
    "share": "of the cohort",
    "count": "people of the cohort",
}


@dataclass
class Explainer(Inputs):
    """Explains the results of one scenario in its base case."""

    def explain(self, result: str) -> Step:
        """Return the explanation of ``NAME``, ``NAME:STRATEGY`` or ``NAME:STRATEGY@WTP``.

        Raises
        ------
        ScenarioError
            If there is no such result, strategy or threshold.
        """
        head, _, wtp_text = result.partition("@")
        name, _, strategy = head.partition(":")
        self.strategy = self._strategy(strategy)
        if name in COMPARISONS:
            return self._comparison(name, self._wtp(wtp_text))
        if name in self.scenario.measures:
            return self._measure(name)
        if name in TOTALS or name.partition(".")[0] in _FAMILIES:
            return self._word(name)
        if self._is_parameter(name):
            return self.parameter(name)
        if name.startswith("required_"):
            return self._required(name, self._wtp(wtp_text))
        known = [*self.scenario.parameters, *self.scenario.measures, *TOTALS, *COMPARISONS]
        hint = did_you_mean(name, known)
        if not hint.startswith("Did"):  # nothing is alike, and the whole list would be long
            words = ", ".join((*TOTALS, *COMPARISONS))
            hint = f"Name a parameter, a measure, or {words}: cost:STRATEGY, inmb:STRATEGY@WTP."
        raise refuse(f'"{name}" is no parameter and no result', "RESULT", hint)

    def _strategy(self, name: str) -> str:
        if not name:
            return self.scenario.option or self.scenario.comparator
        if name not in self.scenario.strategies:
            raise refuse(
                f'"{name}" is no strategy', "RESULT", did_you_mean(name, self.scenario.strategies)
            )
        return name

    def _wtp(self, text: str) -> float:
        if text:
            try:
                return float(text.replace(",", "").replace("_", ""))
            except ValueError:
                raise refuse(
                    f'"{text}" is not a number', "RESULT", "For example inmb@20000."
                ) from None
        if not self.scenario.decision.wtp:
            raise refuse(
                "no willingness to pay is given", "[decision] wtp", "Name one: inmb@20000."
            )
        return self.scenario.decision.wtp[0]

    # -- results -------------------------------------------------------------------------------

    def _measure(self, name: str) -> Step:
        measure = self.scenario.measures[name]
        if measure.ratio is not None:
            parts = [self._outcome_formula(part) for part in measure.ratio]
            says = " / ".join(f"({to_text(part)})" for part in measure.ratio)
            if measure.compared_with:
                says += f", each less its value in {measure.compared_with}"
                here, there = self.strategy, measure.compared_with
                self.strategy = there
                other = [self._outcome_formula(part) for part in measure.ratio]
                self.strategy = here
                values = [
                    (a.value or 0.0) - (b.value or 0.0) for a, b in zip(parts, other, strict=True)
                ]
                parts = [
                    Step(
                        "difference",
                        value,
                        says=mine.name,
                        below=(mine, theirs),
                    )
                    for value, mine, theirs in zip(values, parts, other, strict=True)
                ]
            below = tuple(parts)
            top, bottom = (part.value or 0.0 for part in below)
            value = top / bottom if bottom else None
        else:
            assert measure.value is not None
            step = self._outcome_formula(measure.value)
            value, below, says = step.value, step.below, to_text(measure.value)
        title = f"{name}, {self.strategy}"
        return Step(title, value, says, measure.label, measure.unit, below=below)

    def _required(self, name: str, wtp: float) -> Step:
        """Return what must be gained, as the analysis of that name solves for it."""
        from heco.analysis import run_scenario

        settings = self.scenario.analysis.required_gain
        found = run_scenario(self.scenario, draws=0).quantities
        numbers = [q for q in found if q.strategy == self.strategy and q.quantity == name]
        wanted = [q for q in numbers if q.wtp == wtp and q.basis == "deterministic"]
        if settings is None or not wanted:
            known = sorted({q.quantity for q in found if q.quantity.startswith("required_")})
            raise refuse(
                f'"{name}" at {wtp:,.0f} is no result for {self.strategy}',
                "RESULT",
                did_you_mean(name, known),
            )
        key = name.rpartition("_per_")[2]
        below = [self._comparison("incremental_cost", wtp)]
        if key in settings.per:
            below.append(self._outcome_formula(settings.per[key]))
            says = (
                f"(difference in cost / {wtp:,.0f} - other health effects) / people counted, "
                "each as a difference from the comparator"
            )
        else:
            says = f"the value of {settings.utility} at which the net benefit is zero"
        number = wanted[0]
        title = f"{name}, {self.strategy} at {wtp:,.0f}"
        return Step(title, number.value, says, unit=number.unit, below=tuple(below))

    def _outcome_formula(self, formula: Expr) -> Step:
        if isinstance(formula, Name) and not self._is_parameter(formula.id):
            return self._population() if formula.id == "population" else self._word(formula.id)
        values = self.model.measure_values(self.base, self.outcomes, formula, self.strategy)
        below: list[Step] = []
        for name in in_order(formula):
            if self._is_parameter(name):
                below.append(self.parameter(name))
            elif name == "population":
                below.append(self._population())
            else:
                below.append(self._word(name))
        return Step(to_text(formula), float(values[0]), below=tuple(below))

    def _population(self) -> Step:
        size = self.scenario.population.size
        assert size is not None
        says = to_text(size)
        return Step("population", self._value(size), says, below=tuple(self._parts(size, set())))

    def _word(self, word: str) -> Step:
        from heco.model.measures import outcome_word

        found = outcome_word(self.outcomes, word, self.strategy)
        if found is None:
            raise refuse(f'"{word}" is no outcome', "RESULT")
        title = f"{word}, {self.strategy}"
        if title in self._told:
            return Step(title, float(found[0]), seen=True)
        self._told.add(title)
        kind, _, name = word.partition(".")
        places = self._counted(name) if kind in ("share", "count") else self._paid(kind, name)
        return Step(title, float(found[0]), says=_SAYS.get(kind, ""), below=tuple(places))

    def _counted(self, name: str) -> Iterator[Step]:
        """Yield the branches that count, and before them every branch on the way there."""
        tree = self.scenario.tree
        wanted = {node for node, row in tree.items() for b in row.values() if name in b.count}
        before = set(wanted)
        while True:
            more = {n for n, row in tree.items() if any(b.to in before for b in row.values())}
            if more <= before:
                break
            before |= more
        for node, row in tree.items():
            for branch, item in row.items():
                if name in item.count or (node in before and item.to in before):
                    p = item.p
                    says = "what the other branches leave" if p == "rest" else f"p = {to_text(p)}"
                    below = () if p == "rest" else tuple(self._parts(p, set()))
                    place = f"[tree.{node}] {branch}"
                    yield Step(place, says=says, label=item.label, below=below)

        yield from self._events(name)

    def _events(self, name: str) -> Iterator[Step]:
        """Yield the moves and arrivals of the cohort that count."""
        states = self.scenario.states
        arrivals = {
            state for state, record in states.items()
            if record.on_entry is not None and name in record.on_entry.count
        }  # fmt: skip
        for source, row in self.scenario.transitions.items():
            for target, move in row.items():
                if name in move.count or (target in arrivals and target != source):
                    said = move.rate if move.rate is not None else move.p
                    formula = None if isinstance(said, str) else said
                    says = "what the others leave" if formula is None else to_text(formula)
                    below = () if formula is None else tuple(self._parts(formula, set()))
                    yield Step(f"[transitions.{source}] {target}", says=says, below=below)
        for state in sorted(arrivals):
            entry = states[state].on_entry
            there = self.outcomes.index(self.strategy), list(states).index(state), 0
            if entry is not None and entry.at_start and self.outcomes.entry[there]:
                yield Step(f"[states.{state}] on_entry", says="those who start there count too")

    def _paid(self, kind: str, category: str) -> Iterator[Step]:
        """Yield every place that pays into an outcome, with its formula."""
        scenario = self.scenario
        cost = kind in ("cost", "spend")
        paid = self.model.amounts(self.base, self.strategy) if kind in ("cost", "qaly") else {}
        for place, default, costs, effect in payments(scenario, self.strategy):
            formulas = [
                (key or default, f)
                for key, f in costs.items()
                if cost and _in(category, key or default)
            ]
            if effect is not None and kind == "qaly":
                formulas.append(("", effect))
            for key, formula in formulas:
                value = self._paid_here(place, kind, key, paid)
                if value == 0.0 or (isinstance(formula, Number) and formula.value == 0.0):
                    continue
                says = f"{key} = {to_text(formula)}" if key else to_text(formula)
                yield Step(place, value, says, below=tuple(self._parts(formula, set())))
        if kind == "life_years":
            from heco.model.plan import is_alive

            alive = [name for name in scenario.states if is_alive(scenario, name)]
            alive = [category] if category else alive
            yield Step("time in " + ", ".join(alive), says="one year counts as one life year")

    def _paid_here(
        self, place: str, kind: str, category: str, paid: Mapping[tuple[str, str, str], Array]
    ) -> float | None:
        """Return what one place contributes per person; None if it is not kept apart."""
        if kind not in ("cost", "qaly"):
            return None
        if place.startswith(("[tree.", "[strategies.")):
            found = paid.get((place, kind, category))
            return 0.0 if found is None else float(found[0])
        if place.startswith("[states.") and place.endswith("]"):
            key = (kind, category, place[len("[states.") : -1])
            arrival = self.scenario.states[key[2]].on_entry
            if arrival is None and key in self.outcomes.detail:
                row = self.outcomes.index(self.strategy)
                return float(self.outcomes.detail[key][row, 0])
        return None

    def _comparison(self, name: str, wtp: float) -> Step:
        scenario, here, there = self.scenario, self.strategy, self.scenario.comparator
        if here == there:
            raise refuse(
                f"{name} compares a strategy with {there}", "RESULT", "Name another strategy."
            )
        effect = scenario.decision.effect
        steps = []
        differences: dict[str, float] = {}
        wanted = {"incremental_cost": ("cost",), "incremental_qaly": (effect,)}
        for word in wanted.get(name, ("cost", effect)):
            both = []
            for strategy in (here, there):
                self.strategy = strategy
                both.append(self._word(word))
            self.strategy = here
            differences[word] = (both[0].value or 0.0) - (both[1].value or 0.0)
            title, says = f"difference in {word.replace('_', ' ')}", f"{here} - {there}"
            steps.append(Step(title, differences[word], says, below=tuple(both)))
        if len(steps) == 1:
            return replace(steps[0], name=f"{name}, {here} against {there}")
        cost, gain = differences["cost"], differences[effect]
        words = effect.replace("_", " ")
        if name == "inmb":
            value: float | None = wtp * gain - cost
            says = f"{wtp:,.0f} * difference in {words} - difference in cost"
        else:
            value = cost / gain if gain > 0 and cost > 0 else None
            says = f"difference in cost / difference in {words}"
        return Step(f"{name}, {here} against {there}", value, says, below=tuple(steps))


def _in(wanted: str, category: str) -> bool:
    return not wanted or wanted == category
