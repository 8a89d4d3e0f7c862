"""Sharing out a difference: exact averages over orders, sampled ones, and what must add up."""

from __future__ import annotations

from itertools import permutations
from math import prod

import pytest

from heco.diff.shapley import EXACT, shares


def product(factors):
    return lambda made: prod(factor for name, factor in factors.items() if name in made)


def by_all_orders(players, value):
    total = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        made: frozenset = frozenset()
        for player in order:
            total[player] += value(made | {player}) - value(made)
            made |= {player}
    return {player: amount / len(orders) for player, amount in total.items()}


def test_two_factors_have_a_closed_form():
    # c k / w: the price change acts at the mean of both thresholds, and the other way round.
    cost, k, before, after = 2342.0, 1.3212, 20_000.0, 25_000.0

    def value(made):
        return cost * (k if "prices" in made else 1) / (after if "wtp" in made else before)

    found = shares(["prices", "wtp"], value)
    assert found["prices"].effect == pytest.approx(cost * (k - 1) * (1 / before + 1 / after) / 2)
    assert found["wtp"].effect == pytest.approx(cost * (1 + k) / 2 * (1 / after - 1 / before))
    assert found["prices"].least == pytest.approx(cost * (k - 1) / after)
    assert found["prices"].most == pytest.approx(cost * (k - 1) / before)


def test_it_is_the_average_over_all_orders():
    factors = {"a": 2.0, "b": 0.5, "c": 3.0, "d": 1.7, "e": 1.0}
    value = product(factors)
    found = shares(list(factors), value)
    expected = by_all_orders(list(factors), value)
    for name in factors:
        assert found[name].effect == pytest.approx(expected[name], rel=1e-12)
        assert found[name].lower is None
    assert found["e"].effect == 0.0
    whole = value(frozenset(factors)) - value(frozenset())
    assert sum(share.effect for share in found.values()) == pytest.approx(whole, rel=1e-12)


def test_many_changes_are_sampled_add_up_and_state_their_error():
    factors = {f"x{i}": 1 + i / 20 for i in range(EXACT + 3)}
    value = product(factors)
    found = shares(list(factors), value)
    whole = value(frozenset(factors)) - value(frozenset())
    assert sum(share.effect for share in found.values()) == pytest.approx(whole, rel=1e-9)
    last = found[f"x{EXACT + 2}"]
    assert last.lower < last.effect < last.upper
    assert found["x0"].effect == 0.0
    assert shares(list(factors), value) == found


def test_an_additive_change_is_the_same_in_every_order():
    found = shares(["a", "b"], lambda made: 3.0 * ("a" in made) - 1.0 * ("b" in made))
    assert (found["a"].effect, found["a"].least, found["a"].most) == (3.0, 3.0, 3.0)
    assert found["b"].effect == -1.0
