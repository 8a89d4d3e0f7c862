"""Thirteen BCG trials (Colditz et al. 1994) and what metafor makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.testing import assert_allclose

from heco.evidence.meta import (
    MEASURES,
    Effects,
    Tables,
    from_counts,
)

REFERENCE = json.loads((Path(__file__).parent / "bcg_metafor.json").read_text("utf-8"))
OUT = REFERENCE["outputs"]
ROWS = REFERENCE["inputs"]["table"]
SETS = {"RR": "pooled_logRR", "OR": "pooled_logOR", "RD": "pooled_RD"}
TESTS = {"": "wald", "KH": "knapp-hartung", "KH_adhoc": "knapp-hartung-truncated"}


def column(name: str) -> np.ndarray:
    return np.array([row[name] for row in ROWS], dtype=float)


def tables(measure: str) -> Tables:
    names = tuple(f"{row['author']} {row['year']}" for row in ROWS)
    cells = [column(name) for name in ("tpos", "tneg", "cpos", "cneg")]
    return Tables(MEASURES[measure], names, *cells)


def effects(measure: str = "RR") -> Effects:
    return from_counts(tables(measure))


def agree(found: dict[str, Any], expected: dict[str, Any], rtol: float = 1e-8) -> None:
    for name, value in found.items():
        if expected[name] is not None:
            assert_allclose(value, expected[name], rtol=rtol, atol=1e-9, err_msg=name)
