"""The uncertain inputs of a model as a unit cube, so that any design can ask the model.

Each side of the cube is one stream of random numbers: a parameter, a component of a joint one, or a
file of joint samples. Quantile functions map a point of the cube to parameter values, with
correlations, exactly as for ordinary draws. Sides that belong together make one *input*: the
components of a Dirichlet or a multivariate normal, the parameters of a correlated group, the
columns of one file. Different inputs are independent of each other, which is what indices of
sensitivity need; what lies inside an input is moved as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heco.model.drawing import ingredients
from heco.sampling import Draws
from heco.sampling.placing import columns, placed

if TYPE_CHECKING:
    from heco.model import Model
    from heco.outcomes import Array
    from heco.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Cube:
    """Uncertain inputs, side by side.

    Parameters
    ----------
    scenario : Scenario
        The words they are in.
    sides : tuple of str
        Streams, in alphabetical order, so that the order of writing changes nothing.
    inputs : mapping of str to tuple of str
        Each independent input -> its sides.
    members : mapping of str to tuple of str
        Each independent input -> the parameters that it holds.
    """

    scenario: Scenario
    sides: tuple[str, ...]
    inputs: Mapping[str, tuple[str, ...]]
    members: Mapping[str, tuple[str, ...]]

    def draws(self, u: Array) -> Draws:
        """Return the parameter values at points of the cube.

        Parameters
        ----------
        u : ndarray, shape (side, draw)
            Places between 0 and 1 in the order of `sides`.
        """
        groups, joint = ingredients(self.scenario)
        places = dict(zip(self.sides, u, strict=True))
        return placed(self.scenario.distributions, places, groups, joint)

    def groups(self) -> list[str]:
        """Return the input that each side belongs to, in the order of `sides`."""
        owner = {side: name for name, sides in self.inputs.items() for side in sides}
        return [owner[side] for side in self.sides]


def cube(model: Model) -> Cube:
    """Return the uncertain inputs of a model.

    Parameters
    ----------
    model : Model
        The compiled model.
    """
    scenario = model.scenario
    groups, joint = ingredients(scenario)
    streams = {name: columns(name, family) for name, family in scenario.distributions.items()}
    inputs: dict[str, tuple[str, ...]] = {}
    members: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for names, _ in group.factors()[0]:
            label = " + ".join(names)
            inputs[label] = members[label] = names
    together = {name for names in members.values() for name in names}
    for name, sides in streams.items():
        if name not in together:
            inputs[name], members[name] = tuple(sides), (name,)
    for sample in joint:
        label = " + ".join(sample.names)
        inputs[label], members[label] = (sample.name,), sample.names
    order = sorted(inputs, key=lambda label: min(inputs[label]))
    return Cube(
        scenario,
        tuple(sorted(side for sides in inputs.values() for side in sides)),
        {label: inputs[label] for label in order},
        {label: members[label] for label in order},
    )
