"""The courses in sentences: what speaks for each, what against it, what would make it right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heco.analysis import deciding_rules as rules
from heco.analysis.context import Context
from heco.analysis.deciding_needs import Need
from heco.analysis.deciding_rules import Facts
from heco.analysis.wording import amount, chance, each, inside, listing, money, of_unit

LABELS = {
    rules.ADOPT: "Adopt",
    rules.REVIEW: "Adopt, with a review",
    rules.PILOT: "Pilot",
    rules.WAIT: "Wait",
}
_DOING = {
    rules.ADOPT: "adopting it",
    rules.REVIEW: "adopting it with a review",
    rules.PILOT: "a pilot",
    rules.WAIT: "waiting",
    rules.ANOTHER: "another strategy",
}
_NOTHING = "Nothing in these numbers."
_Z = 1.959963984540054


@dataclass(frozen=True)
class Course:
    """A course in words."""

    label: str
    loss: str
    speaks_for: str
    against: str
    right_if: str


def courses(context: Context, fact: Facts, wanted: Sequence[Need]) -> dict[str, Course]:
    """Return the four courses in words.

    Parameters
    ----------
    context : Context
        The run.
    fact : Facts
        What is known at one willingness to pay.
    wanted : sequence of Need
        What would have to be seen.
    """
    say = _Say(context, fact)
    return {
        rules.ADOPT: say.adopt(say.seen(wanted[:2])),
        rules.REVIEW: say.review(say.seen(wanted[:1])),
        rules.PILOT: say.pilot(),
        rules.WAIT: say.wait(),
    }


def need_in_words(context: Context, need: Need) -> str:
    """Return what would have to be seen, with what there is now."""

    def show(value: float) -> str:
        if need.unit == context.unit:
            return amount(value)
        return of_unit(value, need.unit, context.currency)

    now = "" if need.now is None else f" (here {show(need.now)})"
    return f"{inside(need.what)}: {need.side} {show(need.needed)}{now}"


def headline(context: Context, known: Sequence[Facts]) -> tuple[str, ...]:
    """Return to which course the numbers point, and why.

    Parameters
    ----------
    context : Context
        The run.
    known : sequence of Facts
        By willingness to pay.
    """
    groups: dict[tuple[str, str], list[Facts]] = {}
    for fact in known:  # thresholds share a sentence only if every word of it holds at each
        course = rules.course(fact)
        groups.setdefault((course, _because(context, fact, course)), []).append(fact)
    sentences = []
    for (course, because), several in groups.items():
        at = listing(money(fact.wtp, context.currency) for fact in several)
        sentences.append(
            f"At {at} per {context.unit} the numbers point to {_DOING[course]}: {because}."
        )
    return tuple(sentences)


def _because(context: Context, fact: Facts, course: str) -> str:
    say = _Say(context, fact)
    if course == rules.ANOTHER:
        best = inside(context.label(fact.best))
        return f"{best} has the highest net benefit of all, and the question should be asked of it"
    lead = f"{say.option} is the best choice{say.sure(fact.option)}"
    if fact.best != fact.option:
        lead = f"{say.option} is not the best choice{say.sure(fact.option)}"
    worth = f"knowing everything would be worth {say.evpi()}" if fact.evpi is not None else ""
    match course, fact.evidence:
        case _, rules.UNKNOWN:
            return f"{lead}; without draws, whether to find out more first cannot be said"
        case _, rules.CANNOT:
            return (
                f"{lead}, and, as unsure as the inputs are said to be, no evidence would change it"
            )
        case rules.REVIEW, rules.PAYS:
            return f"{lead}, and {say.study()}; little is lost if it is stopped"
        case rules.REVIEW, _:
            return f"{lead}, but it may be the wrong one: {worth}"
        case rules.PILOT, _:
            return f"{lead}, but {say.study()}"
        case _:
            return f"{lead}; {worth}, so only a study that costs less could be worth doing first"


class _Say:
    """Phrases about one run at one willingness to pay."""

    def __init__(self, context: Context, fact: Facts) -> None:
        self.context, self.fact = context, fact
        self.option = inside(context.label(fact.option))
        self.comparator = inside(context.label(fact.comparator))
        self.good = fact.best == fact.option

    def money(self, value: float) -> str:
        """Return an amount per person: pence where it is small."""
        return each(value, self.context.currency)

    def everybody(self, one: float) -> str:
        """Return what an amount per person comes to for all of one period."""
        if self.fact.people is None:
            return ""
        population = self.context.scenario.population
        total = self.money(one * self.fact.people)
        return f"{total} for the {self.fact.people:,.0f} {population.label} of one {population.per}"

    def forgone(self, one: float) -> str:
        """Return a loss per person, for all, and in health."""
        fact = self.fact
        text = f"{self.money(one)} per person"
        if everybody := self.everybody(one):
            text += f", {everybody}"
            health = one * (fact.people or 0.0) / fact.wtp if fact.wtp > 0 else 0.0
            if health >= 0.05:
                digits = 0 if health >= 9.95 else 1
                text += f" ({health:,.{digits}f} {self.context.unit}s)"
        return text

    def evpi(self) -> str:
        """Return the value of perfect information; what is nearly nothing as a limit."""
        value, error = self.fact.evpi or 0.0, self.fact.evpi_error or 0.0
        if value < max(2 * error, 0.005):
            return f"under {money(max(value + _Z * error, 0.01), self.context.currency)} per person"
        text = f"at most {self.money(value)} per person"
        if self.fact.everybody is not None:
            n = self.fact.everybody
            total = money(n * value, self.context.currency, error=n * error)
            return f"{text}, {total} for all who are decided for in {self.fact.horizon:g} years"
        return f"{text}, {everybody}" if (everybody := self.everybody(value)) else text

    def sure(self, name: str) -> str:
        """Return how probable it is that a strategy is the best."""
        if name not in self.fact.probability:
            return " in the base case"
        return f" on average (chance that it is: {chance(self.fact.probability[name])})"

    def study(self) -> str:
        """Return what the best declared study would bring."""
        study = self.fact.study
        assert study is not None
        worth = money(abs(study.enbs), self.context.currency, error=study.error)
        more = "more" if study.enbs >= 0 else "less"
        return (
            f"the study “{study.label}” with {study.n:,} participants is worth {worth} {more} than "
            "it costs, to all who are decided for"
        )

    def seen(self, wanted: Iterable[Need]) -> str:
        """Return what would have to be seen, one or the other."""
        return ", or ".join(need_in_words(self.context, need) for need in wanted)

    @property
    def set_up(self) -> str:
        """Return the money that cannot be got back; empty if there is none."""
        return self.money(self.fact.set_up) if self.fact.set_up else ""

    def _forgoes(self, name: str) -> str:
        return self.forgone(self.fact.loss[name]) if name in self.fact.loss else ""

    def adopt(self, seen: str) -> Course:
        """Return the course of adopting."""
        fact = self.fact
        good: list[str] = []
        bad: list[str] = []
        if fact.benefit > 0:
            worth = f"It is worth {self.money(fact.benefit)} per person more than it costs"
            everybody = self.everybody(fact.benefit)
            good.append(f"{worth}, {everybody}." if everybody else f"{worth}.")
        else:
            where = "On average" if fact.probability else "In the base case"
            bad.append(f"{where} it costs more than the health that it brings is worth.")
        if fact.probability:
            wrong = 1 - fact.probability[fact.option]
            bad.append(f"Chance that another choice is better: {chance(wrong)}.")
        if self.set_up:
            bad.append(f"{self.set_up} of set-up cannot be got back.")
        if self.good:
            right = "It is the best on average, and finding out more is not worth its price."
        elif fact.best != fact.comparator:
            best = inside(self.context.label(fact.best))
            right = f"It were better than {best}, which has the highest net benefit of all."
        else:
            right = f"One of these held: {seen}." if seen else "It cost less."
        return Course(
            LABELS[rules.ADOPT], self._forgoes(fact.option), _joined(good), _joined(bad), right
        )

    def review(self, seen: str) -> Course:
        """Return the course of adopting with a review."""
        fact = self.fact
        if fact.evidence == rules.UNKNOWN:
            good = "Without draws, what could be learned cannot be said."
        elif fact.evidence == rules.CANNOT:
            good = f"Nothing: what could be learned is worth {self.evpi()}."
        else:
            good = f"What is learned can still change the course; that is worth {self.evpi()}."
        bad = "Until the review it forgoes what adopting forgoes"
        bad += f"; if it is stopped then, {self.set_up} of set-up is lost." if self.set_up else "."
        right = "It is the best on average today, and stops if the review finds that it is not"
        right += f" (go on if: {seen})." if seen else "."
        loss = "as for adopting, until the review" if fact.loss else ""
        return Course(LABELS[rules.REVIEW], loss, good, bad, right)

    def pilot(self) -> Course:
        """Return the course of giving it to some so as to learn."""
        fact = self.fact
        good: list[str] = []
        bad: list[str] = []
        if fact.benefit <= 0:
            good.append("Only those in it bear the loss.")
        if fact.study is not None:
            verdict = fact.study.verdict
            (good if verdict == "go" else bad).append(f"{_capital(self.study())}.")
        else:
            bad.append("No study is put forward, so what it would cost and tell is not known.")
        if self.good and fact.comparator in fact.loss:
            bad.append(f"Everybody outside it forgoes {self.money(fact.benefit)} on average.")
        if self.set_up:
            bad.append(f"{self.set_up} of set-up is spent for few.")
        right = "There is a question that only a pilot can answer."
        if fact.evpi is not None:
            right = f"It answers what nothing else can, for less than that is worth: {self.evpi()}."
        loss = ""
        if fact.loss:
            inner, outer = (fact.loss[name] for name in (fact.option, fact.comparator))
            loss = f"{self.money(inner)} for each in it, {self.money(outer)} for each other"
        return Course(LABELS[rules.PILOT], loss, _joined(good), _joined(bad), right)

    def wait(self) -> Course:
        """Return the course of keeping the comparator until more is known."""
        fact = self.fact
        good: list[str] = []
        bad: list[str] = []
        if fact.benefit > 0:
            where = "on average" if fact.probability else "in the base case"
            bad.append(f"It gives up {self.forgone(fact.benefit)}, {where}.")
        else:
            where = "on average" if fact.probability else "in the base case"
            good.append(f"{_capital(self.comparator)} is the better choice {where}.")
        if self.set_up:
            good.append(f"{self.set_up} of set-up is not spent.")
        if fact.evidence in (rules.MAY, rules.PAYS):
            bad.append("Nothing is learned unless somebody else finds it out.")
        right = "Nothing that would make it worth its cost is seen, and no study pays."
        if fact.benefit > 0:
            right = "What can be learned soon is worth more than what is given up meanwhile."
        return Course(
            LABELS[rules.WAIT], self._forgoes(fact.comparator), _joined(good), _joined(bad),
            right,
        )  # fmt: skip


def _joined(said: Sequence[str]) -> str:
    return " ".join(said) or _NOTHING


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
