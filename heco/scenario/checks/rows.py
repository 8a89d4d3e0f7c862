"""What the rules on shares have in common: rows whose entries add to 1, one of them the rest."""

from __future__ import annotations

from collections.abc import Mapping

from heco.errors import SUM_TOLERANCE
from heco.scenario.expressions import Expr, evaluate, is_constant
from heco.scenario.places import Finding, Findings
from heco.scenario.toml_positions import Place


def constant(formula: Expr) -> float | None:
    """Return the value of a formula without names; None if it has names or no value."""
    if not is_constant(formula):
        return None
    value, fine = evaluate(formula, {})
    return float(value) if fine.all() else None


def adds_to_one(row: Mapping[str, object], place: Place, complete: bool = True) -> Findings:
    """See that at most one entry is the rest, and that plain numbers leave room for it.

    Parameters
    ----------
    row : mapping
        Name -> formula, or "rest".
    place : tuple of str
        Where the row stands.
    complete : bool
        Whether every entry of the row could be read.
    """
    rest = [name for name, share in row.items() if share == "rest"]
    if len(rest) > 1:
        yield Finding(
            place,
            f'{" and ".join(rest)} are both "rest"; only one can be what the others leave',
            "Give the others a formula.",
        )
    values: dict[str, float] = {}
    for name, share in row.items():
        if share == "rest":
            continue
        value = constant(share)  # type: ignore[arg-type]
        if value is None:
            continue
        if not 0 <= value <= 1:
            hint = f"Write {value / 100:.12g} for {value:g}%." if 1 < value <= 100 else ""
            what = f"{value:g} is not a probability: it must lie in [0, 1]"
            yield Finding((*place, name), what, hint)
        else:
            values[name] = value
    total = sum(values.values())
    everything = complete and len(values) + len(rest) == len(row)
    if total > 1 + SUM_TOLERANCE:
        yield Finding(place, f"{_listed(values)} come to {total:.10g}, which is more than 1")
    elif everything and not rest and row and abs(total - 1) > SUM_TOLERANCE:
        yield Finding(
            place,
            f"{_listed(values)} come to {total:.10g}, not 1",
            'Give one of them "rest".',
        )


def _listed(values: Mapping[str, float]) -> str:
    return " + ".join(f"{name} ({value:.10g})" for name, value in values.items())
