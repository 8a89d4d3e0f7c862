"""Parameters: facts with sources, values that make sense, correlations that can be."""

from __future__ import annotations

import math
from collections.abc import Iterator

from heco.errors import did_you_mean
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_parameters import Parameter

#: A normal distribution keeps this many standard errors away from an impossible value (M1.5).
_SAFE_DISTANCE = 3.0


def facts_have_sources(draft: Draft) -> Findings:
    """See that whatever is not derived has a source."""
    for name, parameter in draft.parameters.items():
        if parameter.expr is None and not parameter.source.strip():
            yield Finding(
                ("parameters", name),
                "source is missing; every fact comes from somewhere",
                'Write source = "...". An assumption says so: source = "assumption: why".',
            )


def limits(parameter: Parameter) -> tuple[float, float]:
    """Return the lowest and the highest value that make sense. [own unit]."""
    low, high = parameter.bounds or (-math.inf, math.inf)
    if parameter.unit == "probability":
        low, high = max(low, 0.0), min(high, 1.0)
    return low, high


def ranges_run_upwards(draft: Draft) -> Findings:
    """See that a range goes from low to high, and lies within what is possible."""
    for name, parameter in draft.parameters.items():
        for key, ends in (("range", parameter.range), ("possible", parameter.possible)):
            if ends is not None and ends[0] >= ends[1]:
                yield Finding(
                    ("parameters", name, key),
                    f"the range [{ends[0]:g}, {ends[1]:g}] must run from low to high",
                )
        inner, outer = parameter.range, parameter.possible
        if inner and outer and not outer[0] <= inner[0] <= inner[1] <= outer[1]:
            yield Finding(
                ("parameters", name, "possible"),
                f"[{outer[0]:g}, {outer[1]:g}] is narrower than the range "
                f"[{inner[0]:g}, {inner[1]:g}]",
                "What makes sense must be possible: widen possible, or leave it out.",
            )


def _values(draft: Draft, name: str) -> Iterator[tuple[str, float]]:
    """Yield the deterministic values of a parameter as written: key to blame, value."""
    parameter, factor = draft.parameters[name], draft.price_factors.get(name, 1.0)
    if parameter.fixed is not None:
        yield "fixed", parameter.fixed
    if name in draft.distributions:
        base = draft.distributions[name].base
        values = base.values() if isinstance(base, dict) else [base]
        yield from ((parameter.kind, float(value) / factor) for value in values)
    if name in draft.tables:
        for column in draft.tables[name].columns.values():
            yield from (("table", float(end) / factor) for end in (column.min(), column.max()))
    if name in draft.samples:
        yield "samples", float(draft.samples[name].mean()) / factor


def values_make_sense(draft: Draft) -> Findings:
    """See that the deterministic value lies in the range, and a probability in [0, 1]."""
    for name, parameter in draft.parameters.items():
        low, high = limits(parameter)
        if low >= high:
            continue
        for key, value in _values(draft, name):
            if low <= value <= high:
                continue
            if parameter.unit == "probability" and not 0 <= value <= 1:
                hint = "Divide by 100." if 1 < value <= 100 else ""
                what = f"{value:g} is not a probability: it must lie in [0, 1]"
            else:
                what, hint = f"{value:g} lies outside the range [{low:g}, {high:g}]", ""
            yield Finding(("parameters", name, key), what, hint)
            break


def normals_keep_their_distance(draft: Draft) -> Findings:
    """See that a normal distribution does not reach values that cannot be."""
    for name, parameter in draft.parameters.items():
        if parameter.family != "normal" or name not in draft.distributions:
            continue
        distribution = draft.distributions[name]
        factor = draft.price_factors.get(name, 1.0)
        mean, se = _plain(distribution.mean) / factor, _plain(distribution.sd) / factor
        low, high = limits(parameter)
        for bound, far in ((low, mean - low), (high, high - mean)):
            if 0 <= far < _SAFE_DISTANCE * se:
                yield Finding(
                    ("parameters", name, "normal"),
                    f"normal({mean:g}, se {se:g}) comes within {far / se:.1f} standard errors of "
                    f"{bound:g}, the end of what can be; its draws will go beyond",
                    _instead(low, high, mean, se),
                )
                break


def _plain(value: float | dict[str, float]) -> float:
    return float(value) if not isinstance(value, dict) else math.nan


def _instead(low: float, high: float, mean: float, se: float) -> str:
    if (low, high) == (0.0, 1.0):
        return f"Write beta = {{mean = {mean:g}, se = {se:g}}}."
    if low == 0.0 and high == math.inf:
        return f"Write gamma = {{mean = {mean:g}, se = {se:g}}}, or a lognormal."
    if math.isfinite(low) and math.isfinite(high):
        return f"Write beta = {{mean = {mean:g}, se = {se:g}, low = {low:g}, high = {high:g}}}."
    return "Write a gamma or lognormal of the distance from that end, and derive this by expr."


def tables_of_age_have_a_start(draft: Draft) -> Findings:
    """See that a table by age is looked up from the age at the start onwards."""
    if draft.time.start_age is not None or not draft.intact("time", "start_age"):
        return
    for name, parameter in draft.parameters.items():
        if parameter.table is not None and parameter.table.by == "age":
            yield Finding(
                ("parameters", name, "table"),
                "the table is looked up by age, but [time] does not give start_age",
                "Write start_age = ... under [time].",
            )


def prices_have_one_year(draft: Draft) -> Findings:
    """See that costs of different price years are not added up without an index."""
    if draft.prices is not None or not draft.intact("prices") or draft.known("prices"):
        return
    years: dict[str, list[str]] = {}
    for name, parameter in draft.parameters.items():
        if parameter.price_year:
            years.setdefault(parameter.price_year, []).append(name)
    if len(years) > 1:
        said = ", ".join(f"{year} ({_few(names)})" for year, names in sorted(years.items()))
        first = next(iter(years.values()))[0]
        yield Finding(
            ("parameters", first, "price_year"),
            f"costs are given in the prices of different years: {said}",
            "Write [prices] with year, file and series, so that they can be converted.",
        )


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def prices_belong_to_facts(draft: Draft) -> Findings:
    """See that a derived parameter has the prices of what it is derived from."""
    for name, parameter in draft.parameters.items():
        if parameter.price_year and parameter.expr is not None:
            yield Finding(
                ("parameters", name, "price_year"),
                "a derived parameter has the price year of what it is derived from",
                "Give price_year to those parameters instead.",
            )
        if parameter.price_year and name in draft.components:
            yield Finding(
                ("parameters", name, "price_year"),
                "a parameter with several components cannot be converted to other prices",
            )


def costs_say_their_year(draft: Draft) -> Findings:
    """See that with [prices] a fact in money says which year's (a warning)."""
    if draft.prices is None:
        return
    for name, parameter in draft.parameters.items():
        money = parameter.unit == draft.decision.currency
        if money and parameter.expr is None and not parameter.price_year:
            yield Finding(
                ("parameters", name),
                f"no price_year is given; taken to be in prices of {draft.prices.year}",
                warning=True,
            )


def correlated_parameters_exist(draft: Draft) -> Findings:
    """See that correlations join single parameters with distributions, each in one group only."""
    seen: dict[str, str] = {}
    known = draft.known("parameters")
    for group, correlation in draft.correlations.items():
        place = ("correlations", group, "parameters")
        if len(correlation.parameters) < 2:
            yield Finding(place, "a correlation needs two parameters or more")
        for number, name in enumerate(correlation.parameters):
            here = (*place, str(number))
            parameter = draft.parameters.get(name)
            if name in correlation.parameters[:number]:
                yield Finding(here, f'"{name}" is named twice')
            elif name in seen:
                yield Finding(
                    here,
                    f'"{name}" is correlated in [correlations.{seen[name]}] already',
                    "Put all parameters that go together into one matrix.",
                )
            elif name in draft.components or name.partition(".")[0] in draft.components:
                yield Finding(
                    here,
                    f'"{name}" has several components, which its own distribution correlates',
                )
            elif name not in known:
                yield Finding(here, f'there is no parameter "{name}"', did_you_mean(name, known))
            elif parameter is not None and not (parameter.family or parameter.pooled):
                yield Finding(
                    here, f'"{name}" has no distribution ({parameter.kind}), so it cannot correlate'
                )
            else:
                seen[name] = group


def correlations_can_be(draft: Draft) -> Findings:
    """See that a correlation matrix is square and symmetric, and can be."""
    for group, correlation in draft.correlations.items():
        place = ("correlations", group, "matrix")
        matrix, size = correlation.matrix, len(correlation.parameters)
        if len(matrix) != size or any(len(row) != size for row in matrix):
            widths = {len(row) for row in matrix}
            wide = f"{widths.pop()}" if len(widths) == 1 else "uneven"
            yield Finding(
                place,
                f"the matrix is {len(matrix)} by {wide}; {size} parameters need {size} by {size}",
            )
            continue
        wrong = False
        for i, row in enumerate(matrix):
            for j, value in enumerate(row[: i + 1]):
                what = _cell(i, j, value, matrix[j][i])
                if what:
                    wrong = True
                    yield Finding((*place, str(i), str(j)), what)
        if not wrong and not correlation.repair and size:
            latent = [
                [2 * math.sin(math.pi * v / 6) if correlation.measure == "spearman" else v
                 for v in row]
                for row in matrix
            ]  # fmt: skip
            if not _positive_definite(latent):
                yield Finding(
                    place,
                    "nothing can be correlated like this: the matrix is not positive definite",
                    "Look for a misprint or a lost sign; repair = true takes the nearest possible.",
                )


def _cell(i: int, j: int, value: float, mirrored: float) -> str:
    if i == j and abs(value - 1) > 1e-9:
        return f"{value:g} should be 1: a quantity's correlation with itself"
    if abs(value) > 1:
        return f"{value:g} is no correlation: it must lie in [-1, 1]"
    if abs(value - mirrored) > 1e-9:
        return f"the matrix is not symmetric: {value:g} here, {mirrored:g} at [{j}][{i}]"
    return ""


def _positive_definite(matrix: list[list[float]]) -> bool:
    """Return whether a Cholesky factor exists (with the margin that sampling asks for)."""
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j:
                if rest <= 1e-10:
                    return False
                lower[i][i] = math.sqrt(rest)
            else:
                lower[i][j] = rest / lower[j][j]
    return True


RULES = (
    facts_have_sources,
    ranges_run_upwards,
    values_make_sense,
    normals_keep_their_distance,
    tables_of_age_have_a_start,
    prices_have_one_year,
    prices_belong_to_facts,
    costs_say_their_year,
    correlated_parameters_exist,
    correlations_can_be,
)
