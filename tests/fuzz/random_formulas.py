"""Random formulas that stay within their domain whatever the draws are.

A formula is made of formulas that lie between 0 and 1 (`share`), are not negative (`amount`), or
hold or do not hold (`condition`). `Words` says which words are known where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

#: Survival at a time: {t} is a time, {s} lies between 0 and 1, {r} is not negative.
CURVES = (
    "surv_exp({t}, {r})",
    "surv_weibull({t}, 0.5 + {s}, 1 + {r})",
    "surv_gompertz({t}, {s} - 0.5, {r} / 10)",
    "surv_llogis({t}, 0.5 + {s}, 1 + {r})",
    "surv_lnorm({t}, {s}, 0.5 + {s})",
    "surv_gamma({t}, 0.5 + {s}, 0.1 + {r})",
    "surv_gengamma({t}, {s}, 0.5 + {s}, {s} - 0.4)",
)


@dataclass(frozen=True)
class Words:
    """What a formula may speak of.

    Parameters
    ----------
    shares, amounts : tuple of str
        Names between 0 and 1, and names that are not negative.
    cycle, stay, length : bool
        Whether the number of the cycle, the time in the state, and the length of a cycle are known.
    """

    shares: tuple[str, ...]
    amounts: tuple[str, ...]
    cycle: bool = False
    stay: bool = False
    length: bool = True


def number(random: Random) -> str:
    """Return a number between 0 and 1 as people write it."""
    return random.choice(["0", "1", "0.5", "1e-3", *(str(k / 20) for k in range(1, 20))])


def condition(random: Random, words: Words, depth: int) -> str:
    """Return a condition."""
    if depth > 0 and random.random() < 0.3:
        one, other = (condition(random, words, depth - 1) for _ in range(2))
        return random.choice([f"({one} and {other})", f"({one} or {other})", f"(not {one})"])
    sign = random.choice(["<", "<=", ">", ">="])
    k = random.randint(0, 4)
    known = [f"time {sign} {k}", f"age {sign} {60 + k}", "on > 0", "on == 1", "on != 1"]
    known += [f"{random.choice(words.shares)} {sign} {number(random)}"]
    known += [f"time {sign} {k} * cycle_length"] if words.length else []
    known += [f"cycle {sign} {k}", f"cycle == {k}"] if words.cycle else []
    known += [f"state_time {sign} {k}", f"state_cycle {sign} {k}"] if words.stay else []
    return random.choice(known)


def share(random: Random, words: Words, depth: int = 2) -> str:
    """Return a formula between 0 and 1."""
    if depth <= 0 or random.random() < 0.25:
        return _leaf(random, words)
    a, b = (share(random, words, depth - 1) for _ in range(2))
    s = share(random, words, depth - 2)
    r = amount(random, words, depth - 2)
    made = [
        f"{a} * {b}",
        f"({s} * {a} + (1 - {s}) * {b})",
        f"where({condition(random, words, depth - 1)}, {a}, {b})",
        f"min({a}, {b})",
        f"max({a}, {b}, 0)",
        f"(1 - {a})",
        f"({a}) ^ 2",
        f"({a}) ^ {random.randint(1, 3)}.5",
        f"abs({a} - {b})",
        f"sqrt({a})",
        f"log(1 + {a})",
        f"exp(-{r})",
        f"expit(4 * {a} - 2)",
        f"apply_rr({a}, {b})",
        f"apply_hr({a}, {r})",
        f"apply_or({a}, 0.1 + {r})",
        f"apply_rd({a} / 2, {b} / 2)",
        f"from_odds(odds({a} * 0.9) * {r})",
        f"rescale({a} * 0.99, 5, 1)",
        f"prob({r}, 0.5)",
        f"expit(logit(0.05 + 0.9 * {a}))",
        random.choice(CURVES).format(t=_date(random, words), s=s, r=r),
    ]
    if words.length:
        made += [f"prob({r})", f"per_cycle({a} * 0.99)"]
        curve, at = random.choice(CURVES), _date(random, words)
        before, after = (curve.format(t=t, s=s, r=r) for t in (at, f"{at} + cycle_length"))
        made.append(f"prob_between({before}, {after})")
    return random.choice(made)


def amount(random: Random, words: Words, depth: int = 2) -> str:
    """Return a formula that is not negative."""
    if depth <= 0 or random.random() < 0.3:
        return random.choice([*words.amounts, str(random.randint(0, 3))])
    a, b = (amount(random, words, depth - 1) for _ in range(2))
    s = share(random, words, depth - 1)
    return random.choice(
        [
            f"{s} * {a}",
            f"({a} + {b})",
            f"max({a}, {b})",
            f"{a} / (0.5 + {s})",
            f"where({condition(random, words, depth - 1)}, {a}, {b})",
            f"rate(0.9 * {s})",
            f"apply_rate_ratio({a}, {s})",
            f"abs({a} - {b})",
            "floor(time)",
            f"floor(age / 10) * {s}",
        ]
    )


def _leaf(random: Random, words: Words) -> str:
    known = [*words.shares, number(random), "exp(-time)", "1 / (1 + time)"]
    known += ["at(by_time, time + 1)", "at(by_age, age + 2)"] if "by_time" in words.shares else []
    known += ["1 / cycle", "1 / (1 + 0.2 * cycle)"] if words.cycle else []
    known += ["1 / state_cycle", "exp(-state_time)", "by_stay"] if words.stay else []
    return random.choice(known)


def _date(random: Random, words: Words) -> str:
    return random.choice(["time", "time", "state_time"] if words.stay else ["time", "1 + time"])
