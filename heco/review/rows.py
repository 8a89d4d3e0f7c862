"""The answers of a review as rows of results.csv and as tidy tables."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np

from heco.evidence import meta
from heco.evidence.meta.forest import weights
from heco.result import Column, Quantity, Table
from heco.review.answers import Review
from heco.review.asked import COMMON


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def quantities(found: Review) -> list[Quantity]:
    """Return every number of a review, the main method first.

    Random effects are given with both the Wald and the Knapp-Hartung test: a reader who wants the
    other need not ask again.
    """
    rows: list[Quantity] = []
    done = set()
    for pooled in found.pooled:
        for variant in (pooled, *_other_tests(found, pooled)):
            if variant.subject not in done:
                done.add(variant.subject)
                rows += _of_pooled(variant)
    rows += _of_studies(found)
    if found.subgroups is not None:
        for name, group in found.subgroups.groups.items():
            rows += _of_pooled(group, f"{group.subject}/{found.asked.by}={name}")
        subject = f"{found.measure.key}/{found.asked.random}/by {found.asked.by}"
        rows.append(_row(found, "subgroup_q", found.subgroups.q, subject, "chi-squared"))
        rows.append(_row(found, "subgroup_p", found.subgroups.p, subject, "p"))
    rows += _of_regression(found)
    for test in found.bias:
        subject = f"{found.measure.key}/{test.test}"
        rows.append(_row(found, "small_study_bias", test.bias, subject, "coefficient"))
        rows.append(_row(found, "small_study_p", test.p, subject, "p"))
    if found.filled is not None:
        rows += _of_pooled(found.filled.pooled, f"{found.filled.pooled.subject}/trim-and-fill")
        subject = f"{found.measure.key}/trim-and-fill"
        rows.append(_row(found, "studies_filled_in", found.filled.missing, subject, "studies"))
    if found.filled_common is not None:
        rows += _of_pooled(
            found.filled_common.pooled,
            f"{found.filled_common.pooled.subject}/trim-and-fill about the common effect",
        )  # fmt: skip
        subject = f"{found.measure.key}/trim-and-fill about the common effect"
        rows.append(
            _row(found, "studies_filled_in", found.filled_common.missing, subject, "studies")
        )  # fmt: skip
    if found.bayes is not None:
        rows += _of_bayes(found, found.bayes)
    if found.resampled is not None:
        rows += _of_bootstrap(found, found.resampled)
    return rows


def _other_tests(found: Review, pooled: meta.Pooled) -> Iterator[meta.Pooled]:
    if pooled.estimator in COMMON or pooled.k < 2:
        return
    for test in ("knapp-hartung", "wald"):
        yield meta.pool(
            found.effects, pooled.estimator, test, level=found.asked.level,
            prediction=found.asked.prediction,
        )  # fmt: skip


def _row(found: Review, name: str, value: float, subject: str, unit: str) -> Quantity:
    return Quantity(name, _known(value), subject=subject, unit=unit)


def _of_pooled(pooled: meta.Pooled, subject: str = "") -> list[Quantity]:
    subject = subject or pooled.subject
    scale = pooling_unit(pooled.measure)
    natural = natural_name(pooled.measure)

    def row(name: str, value: float, unit: str, low: float = math.nan, high: float = math.nan
            ) -> Quantity:  # fmt: skip
        return Quantity(
            name, _known(value), subject=subject, unit=unit, lower=_known(low), upper=_known(high)
        )

    rows = [
        row("pooled_effect", pooled.estimate, scale, pooled.low, pooled.high),
        row("pooled_se", pooled.se, scale),
        row("pooled_p", pooled.p, "p"),
        row("q", pooled.q, "chi-squared"),
        row("q_df", pooled.q_df, "degrees of freedom"),
        row("q_p", pooled.q_p, "p"),
        row("i2", pooled.i2, "%", *pooled.i2_interval),
        row("i2_q", pooled.i2_q, "%"),
        row("h2", pooled.h2, "ratio"),
        row("studies", pooled.k, "studies"),
    ]
    if natural:
        value, low, high = pooled.natural
        rows.insert(2, row(f"{natural}_pooled_effect", value, pooled.measure.words, low, high))
    if not pooled.common:
        limits = pooled.tau2_low, pooled.tau2_high
        rows.append(row("tau2", pooled.tau2, f"{scale}, squared", *limits))
        roots = (math.sqrt(limit) if limit >= 0 else math.nan for limit in limits)
        rows.append(row("tau", pooled.tau, scale, *roots))
    if pooled.prediction is not None:
        low, high = pooled.prediction.low, pooled.prediction.high
        rows += [row("prediction_lower", low, scale), row("prediction_upper", high, scale)]
        ends = pooled.natural_prediction
        if natural and ends is not None:
            for name, end in zip(("lower", "upper"), ends, strict=True):
                rows.append(row(f"{natural}_prediction_{name}", end, pooled.measure.words))
    return rows


def pooling_unit(measure: meta.Measure) -> str:
    """Return the unit of the scale on which studies are pooled."""
    words = measure.words.partition(",")[0]
    return {"log": f"log {words}", "logit": "log odds"}.get(measure.scale, words)


def natural_name(measure: meta.Measure) -> str:
    """Return what begins the name of a quantity on the natural scale; empty if it is the same."""
    return {"log": "exp", "logit": "natural"}.get(measure.scale, "")


def _of_studies(found: Review) -> list[Quantity]:
    effects, unit = found.effects, pooling_unit(found.measure)
    half = _half(effects, found.asked.level)
    rows = [
        Quantity(
            "study_effect", float(y), subject=name, unit=unit,
            lower=float(y - h), upper=float(y + h),
        )
        for name, y, h in zip(effects.study, effects.y, half, strict=True)
    ]  # fmt: skip
    for name, without in zip(effects.study, found.without, strict=False):
        rows.append(
            Quantity(
                "pooled_effect_without", _known(without.estimate), subject=name, unit=unit,
                lower=_known(without.low), upper=_known(without.high),
            )
        )  # fmt: skip
    return rows


def _half(effects: meta.Effects, level: float) -> np.ndarray:
    from heco.evidence.meta import tails

    return tails.critical(level, None) * effects.se


def _of_regression(found: Review) -> list[Quantity]:
    regression = found.regression
    if regression is None:
        return []
    start = f"{found.measure.key}/{regression.estimator}/{regression.test}"
    rows = [
        Quantity(
            "coefficient", c.estimate, subject=f"{start}/{c.name}", lower=c.low, upper=c.high,
            unit=f"{pooling_unit(found.measure)} per unit",
        )
        for c in regression.coefficients
    ]  # fmt: skip
    rows += [
        _row(found, "coefficient_p", c.p, f"{start}/{c.name}", "p") for c in regression.coefficients
    ]
    subject = f"{start}/regression"
    for name, value, unit in (
        ("residual_tau2", regression.tau2, f"{pooling_unit(found.measure)}, squared"),
        ("residual_i2", regression.i2, "%"),
        ("residual_q", regression.q, "chi-squared"),
        ("r2", regression.r2, "%"),
        ("moderators_p", regression.model_p, "p"),
    ):
        rows.append(_row(found, name, value, subject, unit))
    return rows


def _of_bayes(found: Review, bayes: meta.Bayesian) -> list[Quantity]:
    subject, unit = f"{found.measure.key}/Bayes/half-normal", pooling_unit(found.measure)
    rows = [
        Quantity("pooled_effect", bayes.mu.mean, subject=subject, unit=unit,
                 lower=bayes.mu.low, upper=bayes.mu.high),
        Quantity("pooled_se", bayes.mu.sd, subject=subject, unit=unit),
        Quantity("tau", bayes.tau.median, subject=subject, unit=unit,
                 lower=bayes.tau.low, upper=bayes.tau.high),
        Quantity("prediction_lower", bayes.predicted.low, subject=subject, unit=unit),
        Quantity("prediction_upper", bayes.predicted.high, subject=subject, unit=unit),
    ]  # fmt: skip
    return [dataclasses.replace(row, basis="probabilistic") for row in rows]


def _of_bootstrap(found: Review, boot: meta.Bootstrap) -> list[Quantity]:
    """Return the estimates as they are, with percentile intervals of the samples."""
    subject, unit = f"{found.measure.key}/{boot.estimator}/bootstrap", pooling_unit(found.measure)
    ends = boot.interval(found.asked.level)
    own = meta.pool(found.effects, boot.estimator, "wald", profile=False)
    (low, high), natural = ends["estimate"], natural_name(found.measure)

    def row(name: str, value: float, unit: str, low: float = math.nan, high: float = math.nan
            ) -> Quantity:  # fmt: skip
        return Quantity(
            name, _known(value), subject=subject, unit=unit, lower=_known(low), upper=_known(high),
            basis="probabilistic",
        )  # fmt: skip

    rows = [row("pooled_effect", own.estimate, unit, low, high)]
    if natural:
        value, first, last = map(float, found.measure.natural(np.array([own.estimate, low, high])))
        rows.append(
            row(f"{natural}_pooled_effect", value, found.measure.words, first, last)
        )  # fmt: skip
    spread = float(np.std(boot.estimate, ddof=1)) if boot.samples > 1 else math.nan
    return [
        *rows,
        row("pooled_se", spread, unit),
        row("tau2", own.tau2, f"{unit}, squared", *ends["tau2"]),
        row("bootstrap_samples", boot.samples, "samples"),
    ]


def tables(found: Review) -> list[Table]:
    """Return the tables of a review: methods, and studies."""
    rows = [
        (p.estimator, p.test, p.k, p.estimate, p.se, p.low, p.high, *p.natural, p.p, p.tau2,
         p.tau2_low, p.tau2_high, p.i2, p.h2, p.q, p.q_df, p.q_p,
         *((p.prediction.low, p.prediction.high, p.prediction.words) if p.prediction
           else (None, None, "")))
        for p in found.pooled
    ]  # fmt: skip
    names = (
        "estimator test studies effect se lower upper natural natural_lower natural_upper p tau2 "
        "tau2_lower tau2_upper i2 h2 q q_df q_p prediction_lower prediction_upper prediction_rule"
    )
    made = [_table("methods", "Pooled effect by every method asked", names, rows), _studies(found)]
    if found.influence is not None:
        i = found.influence
        listed = zip(
            i.study, i.residual, i.dffits, i.cook, i.covariance_ratio, i.tau2, i.q, i.hat,
            i.dfbeta, i.influential, strict=True,
        )  # fmt: skip
        made.append(
            _table(
                "influence", "What single studies do to the result",
                "study residual dffits cook covariance_ratio tau2_without q_without weight "
                "dfbeta influential",
                [(*row[:-1], bool(row[-1])) for row in listed],
            )
        )  # fmt: skip
    if found.cumulative:
        made.append(
            _table(
                "cumulative", "The result as studies were added",
                "up_to order effect lower upper natural natural_lower natural_upper tau2",
                [(name, at, p.estimate, p.low, p.high, *p.natural, p.tau2)
                 for name, at, p in found.cumulative],
            )
        )  # fmt: skip
    return made


def _studies(found: Review) -> Table:
    effects, studies = found.effects, found.studies
    half = _half(effects, found.asked.level)
    columns = list(studies.numbers)
    weight = weights(found.main, effects)
    rows = []
    for i, (name, at) in enumerate(zip(effects.study, effects.index, strict=True)):
        without = found.without[i].estimate if len(found.without) == effects.k else None
        y, h = float(effects.y[i]), float(half[i])
        natural = found.measure.natural(np.array([y, y - h, y + h]))
        rows.append(
            (name, *(_known(studies.numbers[c][at]) for c in columns), y, float(effects.se[i]),
             *map(float, natural), float(weight[i]), float(found.common.weights[i]), without, "")
        )  # fmt: skip
    rows += [
        (name, *(None for _ in columns), *(None for _ in range(8)), f"left out: {why}")
        for name, why in studies.excluded.items()
    ]
    names = " ".join(
        ["study", *columns, "effect_pooling_scale", "std_error", "natural", "natural_lower",
         "natural_upper", "weight", "weight_common", "effect_without", "note"]
    )  # fmt: skip
    return _table("studies", "Studies", names, rows)


def _table(name: str, title: str, columns: str, rows: Sequence[tuple[object, ...]]) -> Table:
    made = tuple(Column(c, c.replace("_", " ").capitalize()) for c in columns.split())
    plain = tuple(
        tuple(None if isinstance(v, float) and not math.isfinite(v) else v for v in row)
        for row in rows
    )
    return Table(name, title, made, plain)
