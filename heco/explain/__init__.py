"""Where a number comes from: its formula, what that is made of, down to inputs and their sources.

A result is explained as a tree. The root is the number; below each formula stand the quantities it
uses, with their values in the base case; the leaves are facts with their sources, so a reviewer can
follow one number from the report to the paper it rests on. A quantity that was explained further up
is named and not repeated.
"""

from heco.explain.inputs import Step
from heco.explain.results import Explainer

__all__ = ["Explainer", "Step"]
