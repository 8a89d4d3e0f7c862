"""Pictures and words of studies: what `heco meta` and the report of a scenario draw alike.

Every module takes plain data of `heco.evidence` (the lines of a forest plot, pooled accuracy, the
boxes of a flow diagram, judgements) and returns a `Chart`; nothing here computes a statistic.
"""
