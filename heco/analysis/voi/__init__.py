"""Step 5 of 6: value of information. What should be found out before deciding, and how.

`evpi` is the ceiling: what knowing everything would be worth. `evppi` says which inputs that worth
comes from, by regression of net benefit on the inputs (`regression`, `bases`). `evsi` is what a
study of finite size would be worth, from data simulated for every draw (`data`, with chance from
`noise`), checked by a Gaussian approximation and by moment matching (`matching`), and `enbs` sets
that against what the study costs.
"""
