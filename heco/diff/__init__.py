"""Step 6 of 6: reports. Two scenarios: what changed, and what each change did to the answer.

The changes are made one after the other, in every order, and the effect of each is averaged over
the orders (the Shapley value). No order is preferred, and the effects add up to the difference.
"""
