"""The reference: a slow, obvious computation of every scenario, to check the engine against.

One draw, one strategy, plain loops over plain numbers. It reads the words of a scenario and shares
no code with the engine: it has its own arithmetic of formulas, its own tree, cohort, counting and
discounting. What the two agree on is what the words of a scenario mean.
"""

from heco.reference.cohort import Twin, tell, twins
from heco.reference.formulas import Undefined
from heco.reference.pathway import Told
from heco.reference.sums import simpsons

__all__ = ["Told", "Twin", "Undefined", "simpsons", "tell", "twins"]
