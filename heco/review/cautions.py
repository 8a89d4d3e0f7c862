"""What was done to a set of studies, and what a reader of the answers should beware of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heco.evidence.meta.bias import FEWEST

if TYPE_CHECKING:
    from heco.review.answers import Review


def notes(found: Review, most: int) -> tuple[str, ...]:
    """Return what was done; `most` is the number of studies that are looked at one by one."""
    said = [*found.effects.notes]
    missing = [
        name for name in found.asked.methods if name not in {p.estimator for p in found.pooled}
    ]
    if missing:
        said.append(f"{' and '.join(missing)} cannot pool these studies and are left out")
    for part in (found.subgroups, found.regression, found.bayes):
        said += part.notes if part is not None else ()
    if found.effects.k > most:
        said.append(
            f"{found.effects.k:,} studies: what single ones do (leave-one-out, cumulative, "
            f"influence) is worked out for {most} at most"
        )
    return tuple(dict.fromkeys(said))


def warnings(found: Review) -> tuple[str, ...]:
    """Return what a reader should beware of, each once."""
    said = [*found.studies.warnings]
    for part in (found.main, found.subgroups, found.regression, found.filled, *found.bias):
        said += part.warnings if part is not None else ()
    if found.effects.k == 1:
        said.append("one study: nothing is pooled, and nobody can say how settings differ")
    elif found.effects.k < 5:
        said.append(
            f"{found.effects.k} studies say little about how settings differ; the Bayesian model "
            "(--bayes 0.5) makes the doubt visible"
        )
    left = len(found.studies.excluded)
    if left > 2 and left >= found.effects.k:
        said.append(
            f"{left} of {left + found.effects.k} studies have no numbers here: the others are a "
            "selection, and what they come to is not what the evidence comes to"
        )
    if found.asked.bias and found.effects.k < FEWEST:
        said.append(
            f"{found.effects.k} studies: fewer than {FEWEST} cannot show whether small studies "
            "find more; no test was made"
        )
    if found.resampled is not None and found.effects.k < FEWEST:
        said.append(
            f"the bootstrap draws from {found.effects.k} studies: with so few its intervals are "
            "too narrow"
        )
    main = found.main
    if main.common and found.spread.tau2 > 0 and math.isfinite(found.spread.q_p):
        said.append(
            f"{main.estimator} takes one effect to be common to all studies, and they differ "
            f"(I-squared {found.spread.i2:.0f}%)"
        )
    return tuple(dict.fromkeys(said))
