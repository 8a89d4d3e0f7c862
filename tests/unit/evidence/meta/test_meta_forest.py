"""The lines of a forest plot: weights, totals, studies that say nothing, and many studies."""

from __future__ import annotations

import numpy as np
import pytest

from heco.evidence.meta import by_subgroup, pool, read_studies
from heco.evidence.meta.forest import MOST_LINES, forest

HEAD = "study,events_treat,n_treat,events_control,n_control,arm\n"
ROWS = "A,3,20,8,20,x\nB,4,30,9,31,x\nC,1,22,6,25,y\nD,0,22,0,25,y\nE,,22,6,25,y\nF,2,20,3,25,y\n"


def made(tmp_path, text, measure="OR", by="", estimator="REML"):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + text)
    studies = read_studies(path, measure)
    effects = studies.effects()
    main = pool(effects, estimator)
    groups = by_subgroup(effects, studies.column(by, effects)) if by else None
    spread = main if estimator == "REML" else pool(effects)
    return forest(studies, effects, main, spread, pool(effects, "IV"), subgroups=groups, by=by)


def test_every_study_has_a_line_and_weights_add_up(tmp_path):
    plot = made(tmp_path, ROWS)
    kinds = [line.kind for line in plot.lines]
    assert kinds == ["study"] * 4 + ["absent"] * 2 + ["gap", "total", "other", "prediction"]
    assert sum(line.weight for line in plot.lines[:4]) == pytest.approx(100)
    total = plot.lines[-3]
    assert total.cells == ("10/92", "26/101")  # of the four that are pooled
    assert total.label == "4 of 6 studies (REML, K–H)"
    assert total.ends == (plot.main.estimate, plot.main.low, plot.main.high)
    first = plot.lines[0]
    np.testing.assert_allclose(first.three[0], np.log(3 * 12 / (17 * 8)), rtol=1e-12)
    assert first.cells == ("3/20", "8/20")


def test_one_common_effect_promises_nothing_for_a_new_setting(tmp_path):
    plot = made(tmp_path, ROWS, estimator="IV")
    assert plot.prediction is None
    assert [line.kind for line in plot.lines][-1] == "total"


def test_groups_have_headings_totals_and_shares(tmp_path):
    plot = made(tmp_path, ROWS, by="arm")
    totals = [line for line in plot.lines if line.kind == "subtotal"]
    assert [line.label.split()[0] for line in totals] == ["Together", "Together"]
    assert sum(line.weight for line in totals) == pytest.approx(100)
    assert [line.pooled.k for line in plot.lines if line.kind == "note"] == [2, 2]


def test_of_many_studies_the_heaviest_are_shown_and_the_others_counted(tmp_path):
    rows = "".join(f"S{i},{3 + i % 7},{20 + i},{5 + i % 5},{20 + i},x\n" for i in range(400))
    plot = made(tmp_path, rows)
    shown = [line for line in plot.lines if line.kind == "study"]
    (rest,) = [line for line in plot.lines if line.kind == "note"]
    assert len(shown) == MOST_LINES
    assert rest.label.startswith("and 250 studies with less weight")
    hidden = {line.label for line in shown}
    lightest = min(line.weight for line in shown)
    weights = dict(zip(plot.main.study, plot.main.weights, strict=True))
    assert all(weight <= lightest for name, weight in weights.items() if name not in hidden)
