"""Random valid scenarios: `random_model(seed)` is the same scenario on every machine.

2 to 6 states or none; sparse rows from probabilities, with or without a rest, from rates, or from
the exponential of a rate matrix; trees up to four nodes deep whose branches share nodes, set and
count; up to four strategies with levers and one-offs; formulas, tables and curves in time, age,
cycle and time in state; every way of counting and discounting; correlated draws.
"""

from __future__ import annotations

from random import Random
from typing import Any

from random_formulas import Words, amount, share

Data = dict[str, Any]

COUNTING = ("start", "end", "half-cycle", "life-table", "simpson")
CYCLES = ("1 year", "6 months", "1 month", "1/3 year", "1/52 year", "2 years", "5 years", "1 week")
DISCOUNTING = ("continuous-index", "annual-step", "first-year-free", "exponential")
TIMING = ("auto", "cycle-start", "cycle-mid", "cycle-end")

#: Parameters that formulas of the cohort use, and those that only the tree uses: a branch may set
#: the latter, because the cohort does not remember branches.
SHARES = ("share_a", "share_b", "mix.one", "mix.two", "derived", "timed", "by_time", "by_age")
AMOUNTS = ("rate_a", "ratio", "rate_derived", "effect.one")
TREE_SHARES = ("share_a", "tree_share", "tree_derived", "mix.one")
TREE_AMOUNTS = ("ratio", "tree_money")


class Maker:
    """Makes one scenario."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.kind = self.random.choices(("both", "cohort", "tree", "totals"), (9, 7, 3, 1))[0]
        some = self.random.randint(2, 6) if self.kind in ("both", "cohort") else 0
        self.states = [f"s{k}" for k in range(some)]
        self.exponential = self.chance(0.15)
        self.with_tree = self.kind in ("both", "tree")
        self.nodes = [f"n{k}" for k in range(self.random.randint(1, 6))] if self.with_tree else []
        timed = ("by_cycle",) if some else ()
        self.words = Words(SHARES, AMOUNTS, length=bool(some))
        self.in_state = Words(SHARES + timed, AMOUNTS, True, not self.exponential)
        self.in_tree = Words(TREE_SHARES, TREE_AMOUNTS, length=bool(some))

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def one(self, choices: Any) -> Any:
        return self.random.choice(choices)

    def counts(self, *names: str) -> Any:
        """Return one or two of some names, as people write them."""
        picked = self.random.sample(names, self.random.randint(1, 2))
        return self.one([picked, picked[0]])

    def discount(self) -> Any:
        """Return rates, some of which change over time."""
        if self.chance(0.1):
            return self.one(["nice", "green-book", "none", 0.03])
        steps = [{"rate": 0.035}, {"rate": 0.03, "after": self.one(["6 months", "3 years"])}]
        cost: Any = [*steps, {"rate": 0, "after": "7 years"}] if self.chance(0.2) else 0.035
        qaly: Any = steps if self.chance(0.2) else self.one([0, 0.015, 0.3])
        return {"cost": self.one([cost, cost, 0.2]), "qaly": qaly}

    def parts(self, n: int, total: float = 0.95) -> list[float]:
        """Return n numbers that add up to no more than `total`."""
        raw = [self.random.random() + 0.02 for _ in range(n)]
        scale = self.random.uniform(0.2, 1) * total / (sum(raw) or 1)
        return [float(f"{part * scale:.6g}") for part in raw]

    # -- sections ---------------------------------------------------------------------------------

    def data(self) -> Data:
        found: Data = {"decision": {}, "time": self.time(), "population": {"size": 1000}}
        if self.chance(0.3):
            found["population"]["size"] = "100 + 50 * rate_a"
        if self.states and not self.with_tree:
            found["population"]["starts"] = self.starts()
        found["parameters"] = self.parameters()
        if self.chance(0.5):
            found["correlations"] = {
                "together": {
                    "parameters": ["share_a", "rate_a", "money"],
                    "matrix": [[1, 0.5, 0], [0.5, 1, -0.3], [0, -0.3, 1]],
                }
            }
        if self.with_tree:
            found["tree"] = self.tree()
        if self.states:
            found["states"] = {name: self.state(name) for name in self.states}
            found["transitions"] = {name: self.row(name) for name in self.states[:-1]}
        found["strategies"] = {
            f"way_{k}": self.strategy() for k in range(self.random.randint(1, 4))
        }
        return found

    def time(self) -> Data:
        time: Data = {
            "start_age": self.one([60, 60.5, 0.25 + 60]),
            "discount": self.discount(),
            "discounting": self.one(DISCOUNTING),
        }
        if not self.states:
            return time
        counting: Any = {name: self.one(COUNTING) for name in ("cost", "qaly", "life_years")}
        if self.chance(0.4):
            counting = self.one(COUNTING)
        elif self.chance(0.3):
            counting.pop("life_years")
        cycle = self.one(CYCLES)
        time |= {
            "cycle": cycle,
            "horizon": f"{self.random.randint(1, 9)} cycles",
            "cycle_counting": counting,
            "values": self.one(["per year", "per cycle"]),
        }
        if cycle in ("1 year", "6 months", "5 years") and self.chance(0.3):
            time |= {"horizon": "lifetime", "end_age": 61.5 + self.random.randint(4, 9)}
        used = {counting} if isinstance(counting, str) else set(counting.values())
        if not used & {"half-cycle", "simpson"}:
            time["discount_timing"] = self.one(TIMING)
        if self.exponential:
            time["exits"] = "matrix-exponential"
        return time

    def table(self, by: str, start: float, step: float) -> Data:
        rows = [[start + step * k, round(self.random.random(), 4)] for k in range(24)]
        table: Data = {"by": by, "values": rows, "lookup": self.one(["step", "linear"])}
        if by.startswith("state") or self.chance(0.5):
            table["beyond"] = "last"
        return {"table": table}

    def parameters(self) -> Data:
        plain = Words(("share_a", "share_b", "mix.one"), ("rate_a", "ratio"), length=False)
        tree = Words(("share_a", "tree_share", "mix.one"), ("ratio",), length=False)
        found: Data = {
            "share_a": {"beta": {"events": self.random.randint(1, 60), "n": 80}},
            "share_b": {"beta": {"mean": self.one([0.2, 0.5, 0.9]), "se": 0.05}, "lever": True},
            "tree_share": {"beta": {"events": self.random.randint(1, 30), "n": 40}},
            "tree_money": {"gamma": {"mean": 40, "se": 10}},
            "rate_a": {"gamma": {"events": self.random.randint(1, 30), "exposure": 60}},
            "ratio": {"lognormal": {"median": self.one([0.6, 1.4]), "se_log": 0.2}},
            "money": {"gamma": {"mean": self.random.randint(1, 5000), "se": 10}},
            "mix": {"dirichlet": {"counts": {"one": 5, "two": 12, "three": 3}}},
            "effect": {
                "mvnormal": {
                    "mean": {"one": 9.0, "two": 0.5},
                    "covariance": [[0.2, 0.05], [0.05, 0.1]],
                }
            },
            "on": {"fixed": self.one([0, 1]), "lever": True},
            "derived": {"expr": share(self.random, plain)},
            "rate_derived": {"expr": amount(self.random, plain)},
            "timed": {"expr": f"where(time < {self.random.randint(0, 3)}, derived, share_b)"},
            "tree_derived": {"expr": share(self.random, tree)},
            # A cycle of five years and nine of them: times run up to 45 years.
            "by_time": self.table("time", 0, 5),
            "by_age": self.table("age", self.one([50, 60]), 5),
        }
        if self.states:
            found["by_cycle"] = self.table("cycle", 1, 1)
            if not self.exponential:
                found["by_stay"] = self.table(self.one(["state_time", "state_cycle"]), 0, 1)
        return found

    def cost(self, words: Words, money: str = "money") -> Any:
        """Return a cost, plain or by category."""
        one = f"{money} * {share(self.random, words)}"
        one = self.one(["", "-"]) + one if self.chance(0.2) else one
        if self.chance(0.5):
            return one
        other = f"{amount(self.random, words)} * {self.random.randint(1, 50)}"
        return {self.one(["care", "tests"]): one, "drugs": other}

    def value(self, formula: str) -> Any:
        """Return a value of a state, plain or with what it says about its timing."""
        if self.chance(0.5):
            return formula
        value: Data = {"value": formula}
        if self.chance(0.5):
            value["per"] = self.one(["year", "cycle"])
        if self.chance(0.4):
            value["timing"] = "start"
        return value

    def state(self, name: str) -> Data:
        found: Data = {}
        dead = name == self.states[-1]
        if dead:
            found["absorbing"] = True
        if self.chance(0.3 if dead else 0.8):
            found["utility"] = self.value(share(self.random, self.in_state))
        if self.chance(0.2 if dead else 0.7):
            cost = self.cost(self.in_state)
            found["cost"] = (
                {key: self.value(formula) for key, formula in cost.items()}
                if isinstance(cost, dict)
                else self.value(cost)
            )
        if self.chance(0.3):
            entry: Data = {"at_start": self.chance(0.5)}
            if self.chance(0.8):
                entry["cost"] = self.cost(self.words)
            if self.chance(0.6):
                entry["qaly"] = f"-0.05 * {share(self.random, self.words)}"
            if self.chance(0.4):
                entry["count"] = self.counts("relapses", "seen", "strokes")
            found["on_entry"] = entry
        if self.chance(0.2):
            found["alive"] = self.chance(0.5)
        if not self.exponential and not dead and self.chance(0.3):
            found["track"] = f"{self.random.randint(1, 5)} cycles"
        return found

    def row(self, name: str) -> Data:
        """Return a sparse row of moves."""
        others = [other for other in self.states if other != name]
        targets = self.random.sample(others, self.random.randint(1, min(3, len(others))))
        as_rates = self.exponential or self.chance(0.4)
        if not as_rates and self.chance(0.1):
            return {targets[0]: "rest"}
        if as_rates:
            words = self.words if self.exponential else self.in_state
            moves = {t: {"rate": amount(self.random, words)} for t in targets}
            row = {t: self.move(move) for t, move in moves.items()}
            return self.shuffled(row if self.exponential else {**row, name: "rest"})
        parts = self.parts(len(targets))
        shares = [f"{part} * {share(self.random, self.in_state)}" for part in parts]
        left: Any = "rest" if self.chance(0.7) else f"1 - {' - '.join(shares)}"
        moves = {t: self.move({"p": p}) for t, p in zip(targets, shares, strict=True)}
        return self.shuffled({**moves, name: left})

    def move(self, move: Data) -> Any:
        if self.chance(0.25):
            move["cost"] = self.cost(self.in_state)
        if self.chance(0.25):
            move["qaly"] = f"-0.01 * {share(self.random, self.in_state, 1)}"
        if self.chance(0.2):
            move["count"] = self.counts("relapses", "strokes", "seen")
        return move["p"] if set(move) == {"p"} else move

    def shuffled(self, row: Data) -> Data:
        items = list(row.items())
        self.random.shuffle(items)
        return dict(items)

    def starts(self) -> Data:
        where = self.random.sample(self.states, self.random.randint(1, min(3, len(self.states))))
        parts = self.parts(len(where) - 1, 0.9)
        shares = {s: self.one([p, f"{p} * share_a"]) for s, p in zip(where, parts, strict=False)}
        return self.shuffled({**shares, where[-1]: "rest"})

    def tree(self) -> Data:
        """Return nodes in an order in which branches go on only to later ones; some are shared."""
        found: Data = {}
        for k, node in enumerate(self.nodes):
            later = self.nodes[k + 1 : k + 4]
            keys = [f"b{j}" for j in range(self.random.randint(2, 4))]
            parts = self.parts(len(keys) - 1, 0.9)
            shares: list[Any] = [f"{part} * {share(self.random, self.in_tree)}" for part in parts]
            last = "rest" if self.chance(0.8) else f"1 - {' - '.join(shares)}"
            row = {key: self.branch(p, later) for key, p in zip(keys, [*shares, last], strict=True)}
            if later:  # nobody is left out: the next node is always reached
                row["b0"]["to"] = later[0]
            found[node] = self.shuffled(row)
        return found

    def branch(self, p: str, later: list[str]) -> Data:
        branch: Data = {"p": p}
        if later and self.chance(0.4):
            branch["to"] = self.one(later)
        elif self.states:
            branch["to"] = self.one(self.states)
        if self.chance(0.4):
            branch["cost"] = self.cost(self.in_tree, "tree_money")
        if self.chance(0.3):
            branch["qaly"] = f"{self.one(['', '-'])}0.01 * {share(self.random, self.in_tree, 1)}"
        if self.chance(0.3):
            dates = ["1 month", "18 months", "1 year", *(["1 cycle"] if self.states else [])]
            branch["at"] = self.one(dates[-1:] if self.states else dates)
        if self.chance(0.3):
            choices = {
                "tree_share": self.one(["tree_share * share_a", "0.3", "1 - tree_share"]),
                "tree_money": self.one(["tree_money * 1.1", "tree_money + ratio"]),
            }
            picked = self.random.sample(sorted(choices), self.random.randint(1, 2))
            branch["set"] = {key: choices[key] for key in picked}
        if self.chance(0.4):
            branch["count"] = self.counts("seen", "found", "missed")
        return branch

    def strategy(self) -> Data:
        found: Data = {}
        if self.with_tree:
            found["enters"] = self.one(self.nodes[:2])
        elif self.states and self.chance(0.3):
            found["starts"] = self.starts()
        if self.chance(0.6):
            found["set"] = {"on": self.one([0, 1])}
            if self.chance(0.6):
                found["set"]["share_b"] = self.one(["share_b * 0.9", "0.4", "derived * share_a"])
        if self.chance(0.5) or self.kind == "totals":
            found["one_off"] = [self.one_off() for _ in range(self.random.randint(1, 2))]
        return found

    def one_off(self) -> Data:
        event: Data = {"cost": self.cost(self.words)}
        if self.chance(0.5):
            event["qaly"] = f"0.02 * {share(self.random, self.words, 1)} - 0.01"
        if self.chance(0.5):
            event["at"] = self.one(["1 cycle"] if self.states else ["6 months", "2 years"])
        if self.chance(0.5):
            event["per"] = self.one(["person", "cohort"])
        return event


def random_model(seed: int) -> Data:
    """Return a scenario as the dictionary that TOML would give."""
    return Maker(seed).data()
