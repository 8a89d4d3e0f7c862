"""Micro-states: a state that remembers how long people stay, taken apart.

Tunnel k holds those who are in their k-th cycle in the state; whoever stays moves on by one, and
the last tunnel holds everybody who has stayed longer. Two kinds of people need tunnels of their
own, because time in state means something else for them at the side of a cycle where they are
counted:

- Those who *start* there have been there for exactly the model's time: at the end of the first
  cycle, one cycle. Whatever stops after two years in the state costs them exactly two years.
- Those who *arrive* do so during a cycle, and are first counted at its end. That boundary closes
  the cycle in which they arrive and opens the next one, and the two sides together make their
  first cycle in the state: they too are charged exactly two years.

========  ====================  ======================
tunnel k  at a cycle's start    just before its end
========  ====================  ======================
started   (k - 1) cycles        (k - 1) cycles
arrived   (k - 1) cycles        k cycles
========  ====================  ======================
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from heco.model.clock import Clockwork, tunnels
from heco.scenario.scenario import Scenario


class Micro(NamedTuple):
    """A micro-state: the state, the tunnel (from 1), and whether people started there."""

    state: str
    tunnel: int = 1
    started: bool = False


@dataclass
class Layout:
    """The micro-states of a strategy.

    Parameters
    ----------
    micro : list of Micro
        In the order of the author's states.
    start : dict of str to int
        Where those who start in a state are.
    door : dict of str to int
        Where those who come from another state arrive.
    onward : dict of int to int
        Where those who stay in a state are after a cycle.
    """

    micro: list[Micro] = field(default_factory=list)
    start: dict[str, int] = field(default_factory=dict)
    door: dict[str, int] = field(default_factory=dict)
    onward: dict[int, int] = field(default_factory=dict)


def lay_out(scenario: Scenario, clock: Clockwork, starters: Collection[str]) -> Layout:
    """Return the micro-states, given the states in which somebody may start."""
    layout = Layout()
    sizes = tunnels(scenario, clock)
    entered = {
        target for source, row in scenario.transitions.items() for target in row if target != source
    }
    for name in scenario.states:
        size = sizes[name]
        here = len(layout.micro)
        if size == 1:
            layout.micro.append(Micro(name))
            layout.start[name] = layout.door[name] = layout.onward[here] = here
            continue
        # Those who have stayed for long are all alike, however they came: the last tunnel.
        started = [Micro(name, k, True) for k in range(1, size + 1)] if name in starters else []
        arrived = [Micro(name, k) for k in range(1 if name in entered else size, size + 1)]
        layout.micro += started + arrived
        layout.start[name] = here
        layout.door[name] = here + len(started)
        last = len(layout.micro) - 1
        layout.onward[last] = last
        for position in range(here, last):
            layout.onward[position] = position + 1
        if started:
            layout.onward[here + size - 1] = last
    return layout
