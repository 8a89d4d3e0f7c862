"""V1 to V5: people are neither made nor lost, and move as the rows say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from heco.scenario.expressions import Number
from heco.scenario.schema_structure import Move, OnEntry
from heco.verify import alter
from heco.verify.bench import Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict

#: The name under which the ends of the tree are counted.
END = "verification_ends_of_the_tree"
#: More states than this are not each started in.
MANY = 40


def _sums(bench: Bench) -> Verdict:
    probe, scenario = Probe(), bench.scenario
    if bench.base.trace is not None:
        probe.near(bench.base.trace.sum(axis=2), 1.0, "people in all states")
        if len(scenario.states) <= MANY:
            for state in scenario.states:
                short = alter.lasting(alter.starting_in(scenario, state), min(2, bench.cycles))
                trace = bench.once(short, trace=True).trace
                assert trace is not None
                probe.near(trace.sum(axis=2), 1.0, f"the row of {state}")
        else:
            probe.say(f"rows of states that nobody visits were not tried: more than {MANY} states")
    if scenario.tree:
        ends = bench.run(_counted_ends(scenario))
        for i, name in enumerate(ends.strategies):
            if scenario.strategies[name].enters:
                share = ends.shares[END][i] if END in ends.shares else np.zeros(ends.n)
                probe.near(share, 1.0, f"ends of the tree, {name}")
    if not scenario.tree and not scenario.states:
        raise NotApplicable("there is neither a tree nor a state")
    return probe.verdict()


def _counted_ends(scenario: Any) -> Any:
    made = alter.freed(scenario)
    tree = {
        node: {
            key: branch
            if branch.to in made.tree
            else branch.model_copy(update={"count": (*branch.count, END)})
            for key, branch in row.items()
        }
        for node, row in made.tree.items()
    }
    return replace(made, tree=tree)


def _signs(bench: Bench) -> Verdict:
    bench.needs_states()
    probe, trace = Probe(1e-12), bench.base.trace
    assert trace is not None
    probe.at_most(-trace, 0.0, "people in a state")
    for index, (name, state) in enumerate(bench.scenario.states.items()):
        if state.absorbing:
            probe.at_most(-np.diff(trace[:, :, index], axis=1), 0.0, f"people leave {name}")
    if not any(state.absorbing for state in bench.scenario.states.values()):
        probe.say("no state is absorbing, so only the signs were tried")
    return probe.verdict()


def _balance(bench: Bench) -> Verdict:
    bench.needs_states()
    outcomes = bench.run(_tolled(bench.scenario), trace=True)
    assert outcomes.trace is not None
    probe = Probe()
    for index, name in enumerate(bench.scenario.states):
        nobody = np.zeros_like(outcomes.cost)
        came = outcomes.cost_by.get(f"into {name}", nobody)
        went = outcomes.cost_by.get(f"out of {name}", nobody)
        change = outcomes.trace[:, -1, index] - outcomes.trace[:, 0, index]
        probe.near(came - went, change, name)
    return probe.verdict()


def _tolled(scenario: Any) -> Any:
    """Return the scenario in which nothing costs but coming into and leaving each state: 1 each."""
    made = alter.discounted(alter.amounts(scenario, alter.nothing, alter.nothing), 0.0, 0.0)
    one = Number(1.0)
    states = {
        name: state.model_copy(
            update={"on_entry": OnEntry(cost={f"into {name}": one}, at_start=False)}
        )
        for name, state in made.states.items()
    }
    whole = made.time.exits == "matrix-exponential"
    rows: dict[str, dict[str, Move]] = {}
    for source, row in made.transitions.items():
        # Under the exponential of the matrix people get anywhere within one cycle.
        extra = {t: Move(rate=Number(0.0)) for t in made.states if whole and row and t != source}
        moves = {**{t: m for t, m in extra.items() if t not in row}, **row}
        rows[source] = {
            target: move
            if target == source
            else move.model_copy(update={"cost": {f"out of {source}": one}})
            for target, move in moves.items()
        }
    return replace(made, states=states, transitions=rows)


def _death(bench: Bench) -> Verdict:
    bench.needs_states()
    scenario, probe = bench.scenario, Probe()
    dead = alter.deaths(scenario)
    if not dead:
        raise NotApplicable("no state is death")
    positions = [list(scenario.states).index(name) for name in dead]
    trace = bench.run(alter.immortal(scenario), trace=True).trace
    assert trace is not None
    died = trace[:, :, positions].sum(axis=2)
    probe.near(died, np.broadcast_to(died[:, :1], died.shape), "death at a rate of 0")
    trace = bench.run(_doomed(scenario, dead[0]), trace=True).trace
    assert trace is not None
    after = trace[:, 1:, positions].sum(axis=2)
    probe.near(after, 1.0, "death with a probability of 1")
    return probe.verdict()


def _doomed(scenario: Any, dead: str) -> Any:
    """Return the scenario in which everybody who lives dies within the first cycle."""
    made = alter.freed(scenario)
    states = {
        name: state if not alter.alive(state) else state.model_copy(update={"absorbing": False})
        for name, state in made.states.items()
    }
    certain = {
        name: {dead: Move(p=Number(1.0))}
        for name, state in made.states.items()
        if alter.alive(state) or not state.absorbing
    }
    return alter.timed(replace(made, states=states, transitions=certain), exits="competing")


def _still(bench: Bench) -> Verdict:
    bench.needs_states()

    def stays(source: str, row: Mapping[str, Move]) -> dict[str, Move]:
        return {source: Move(p="rest")}

    still = alter.timed(alter.rows(bench.scenario, stays), exits="competing")
    trace = bench.run(still, trace=True).trace
    assert trace is not None
    probe = Probe()
    probe.near(trace, np.broadcast_to(trace[:, :1], trace.shape), "people by state")
    return probe.verdict()


CHECKS = (
    Check("V1", "flow", "Rows, ends of the tree and people in all states add up to 1",
          "people who are lost or made on the way", EXACT, _sums),
    Check("V2", "flow", "Nobody is less than nobody, and nobody comes back from a last state",
          "probabilities that leave a row negative; resurrection", 1e-12, _signs),
    Check("V3", "flow", "Who comes into a state less who leaves it is the change in the state",
          "moves that are paid for but not made, or made but not paid for", EXACT, _balance),
    Check("V4", "flow", "Without death nobody dies; with certain death all are dead after a cycle",
          "deaths from nowhere; a delay in the first cycle", EXACT, _death),
    Check("V5", "flow", "If everybody stays, nothing moves",
          "a rest that goes to the wrong place", EXACT, _still),
)  # fmt: skip
