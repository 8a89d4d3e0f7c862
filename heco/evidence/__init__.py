"""Step 1 of 6: facts, what is known about one quantity.

Nothing here knows a scenario or a model. `distributions` has one class per family, from the
arguments as published to draws; `correlations` says how quantities go together. `rates`, `ratios`
and `matrices` convert rates, probabilities, effects and transition matrices, each in one place.
`tables` looks values up by age or time (`mixing` mixes its columns, for example men and women),
and `prices` moves a cost from one price year to another. `meta` pools studies into one effect, or
into the accuracy of a test, and turns either into a distribution. What is read from a file passes
`csvfile`, which names the file, the row and the column of everything it refuses.
"""
