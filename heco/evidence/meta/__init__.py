"""Step 1 of 6: facts, what many studies together say about one effect.

    CSV -> Studies -> Effects or Tables -> Pooled -> PooledEffect (an input of the model)

`reading` and `studies` take in a file; `effect_sizes` turns what studies report into effects with
variances. `random_effects` (inverse variance, ten estimators of the spread between studies) and
`common` (Mantel-Haenszel, Peto) pool them; `bayes` does with a prior where studies are few.
`subgroups`, `regression`, `influence`, `bias`, `trimfill` and `resampling` ask whether the answer
holds; `forest` lists the lines of the plot that shows it. `accuracy` pools sensitivity and
specificity. `into_psa` and `accuracy_pair` hand the result to the model, as the average, as the
effect in a new setting, or as that in one study's setting.

What to use when: REML with the Knapp-Hartung test if studies may differ, as they nearly always
do; Mantel-Haenszel if they cannot and events are few; Peto if events are very rare and arms
balanced; the Bayesian model for two to five studies.
"""

from __future__ import annotations

from heco.evidence.meta.accuracy import Accuracy, Curve, pool_accuracy, predictive_values
from heco.evidence.meta.accuracy_pair import AccuracyPair, accuracy_draws
from heco.evidence.meta.accuracy_tables import AccuracyTables, read_accuracy
from heco.evidence.meta.bayes import Bayesian, bayesian
from heco.evidence.meta.bias import Asymmetry, begg, egger, harbord, peters
from heco.evidence.meta.common import mantel_haenszel, peto, stratified_tests
from heco.evidence.meta.effect_sizes import from_counts, from_means, from_published
from heco.evidence.meta.effects import Effects, Tables
from heco.evidence.meta.influence import Influence, cumulative, influence_diagnostics, leave_one_out
from heco.evidence.meta.into_psa import PooledEffect, draw_from
from heco.evidence.meta.measures import MEASURES, Measure, measure_named
from heco.evidence.meta.pooled import PREDICTION_RULES, TESTS, Pooled, Prediction
from heco.evidence.meta.random_effects import ESTIMATORS, pool
from heco.evidence.meta.reading import read_studies
from heco.evidence.meta.regression import regress
from heco.evidence.meta.regression_result import Coefficient, Fitted, Regression
from heco.evidence.meta.resampling import Bootstrap, bootstrap
from heco.evidence.meta.studies import Studies
from heco.evidence.meta.subgroups import Subgroups, by_subgroup
from heco.evidence.meta.trimfill import TrimAndFill, trim_and_fill

__all__ = [
    "ESTIMATORS",
    "MEASURES",
    "PREDICTION_RULES",
    "TESTS",
    "Accuracy",
    "AccuracyPair",
    "AccuracyTables",
    "Asymmetry",
    "Bayesian",
    "Bootstrap",
    "Coefficient",
    "Curve",
    "Effects",
    "Fitted",
    "Influence",
    "Measure",
    "Pooled",
    "PooledEffect",
    "Prediction",
    "Regression",
    "Studies",
    "Subgroups",
    "Tables",
    "TrimAndFill",
    "accuracy_draws",
    "bayesian",
    "begg",
    "bootstrap",
    "by_subgroup",
    "cumulative",
    "draw_from",
    "egger",
    "from_counts",
    "from_means",
    "from_published",
    "harbord",
    "influence_diagnostics",
    "leave_one_out",
    "mantel_haenszel",
    "measure_named",
    "peters",
    "peto",
    "pool",
    "pool_accuracy",
    "predictive_values",
    "read_accuracy",
    "read_studies",
    "regress",
    "stratified_tests",
    "trim_and_fill",
]
