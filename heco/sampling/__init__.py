"""Step 4 of 6: rows, from what is known to what is drawn.

Each parameter draws from a stream of its own, seeded by the scenario's seed and the parameter's
name, and nothing else: to add, remove or reorder parameters moves no other parameter's draws. The
same draws serve every strategy and every threshold (common random numbers).

Three designs fill the unit interval. What they promise about *other* parameters:

random
    Independent uniforms. A parameter's draws depend on the seed and its name only; asking for
    more draws extends them.
lhs
    Latin hypercube: each of n equal strata of each parameter is drawn once, in an order and at
    places from its own stream. Depends on the seed, the name and n.
sobol
    A Sobol' sequence, one dimension per name in alphabetical order, each scrambled (random linear
    matrix and digital shift) from its own stream. Even in many dimensions at once, which needs a
    dimension each: a new name moves the names after it in the alphabet, and no others. Asking for
    more draws extends them. n should be a power of 2.

Draws of the last two are not independent of each other: for a Monte Carlo error repeat them with
ten seeds or more.

Correlated parameters are mixed in alphabetical order, so a new member of a correlated group may
move the members after it; parameters outside the group stay. Mixing keeps every parameter's own
distribution, but only the first of a group keeps its strata.

References
----------
McKay, Beckman & Conover (1979), Technometrics 21(2). Matousek (1998), Journal of Complexity 14(4)
(the scrambling).
"""

from heco.evidence.correlations import Correlation
from heco.sampling.designs import DESIGNS, stream, uniforms
from heco.sampling.draws import Draws, JointSamples
from heco.sampling.rows import sample

__all__ = [
    "DESIGNS",
    "Correlation",
    "Draws",
    "JointSamples",
    "sample",
    "stream",
    "uniforms",
]
