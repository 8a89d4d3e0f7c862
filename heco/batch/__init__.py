"""Step 6 of 6: reports. One scenario for many places: every row of a table of areas is one run.

An area is a scenario file of its own (`heco.batch.override` writes it), so whatever is true of a
run of a file is true of an area: it is checked alike, drawn with the same seed, and published
whole or not at all.
"""
