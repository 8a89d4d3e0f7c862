"""One figure per file: when it applies, its takeaway, its numbers, how it is drawn.

Each module has ``chart(run)``, which returns a `heco.report.chart.Chart`, or None if the run does
not have what the figure needs. `heco.report.figures` lists them in order.
"""
