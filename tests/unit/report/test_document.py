"""Runs as plain data: CSV and JSON that other programs read."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np

from heco.report import document
from heco.result import COLUMNS, Column, Quantity, Result, RunResult, Table

CONTRACT = "quantity,strategy,comparator,wtp,subject,value,lower,upper,unit,basis"


def test_cells_keep_every_digit():
    assert document.cell(0.1 + 0.2) == "0.30000000000000004"
    assert document.cell(np.float64(0.1)) == "0.1"
    assert document.cell(np.int64(3)) == "3"
    assert document.cell(None) == ""
    assert document.cell(np.True_) == "true"
    assert document.cell(False) == "false"
    assert document.cell(math.nan) == "nan"


def test_results_csv_is_the_contract(targeted):
    text = document.results_csv(targeted.quantities)
    assert "\r" not in text
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == COLUMNS
    assert ",".join(head) == CONTRACT
    assert len(rows) == len(targeted.quantities)
    assert {row[-1] for row in rows} <= {"deterministic", "probabilistic", "published"}
    for row, quantity in zip(rows, targeted.quantities, strict=True):
        value = row[head.index("value")]
        if quantity.value is None:
            assert value == ""
        else:
            assert float(value) == quantity.value
            assert "." in value or "e" in value or "n" in value  # 3 is written 3.0


def test_commas_quotes_and_lines_survive():
    text = document.csv_text(["a", "b"], [['x, "y"', "two\nlines"]])
    assert list(csv.reader(io.StringIO(text)))[1] == ['x, "y"', "two\nlines"]


def test_json_has_no_nan(targeted):
    table = Table("t", "T", (Column("x", "X"),), ((math.nan,), (math.inf,), (np.float64(2),)))
    odd = Result("odd", "Odd", tables=(table,), quantities=(Quantity("q", math.nan),))
    run = RunResult("odd", "Odd", "?", targeted.scenario, (odd,))
    read = json.loads(document.json_text(document.document(run)))
    assert read["results"][0]["tables"][0]["rows"] == [[None], [None], [2.0]]
    assert read["results"][0]["quantities"][0]["value"] is None


def test_the_document_holds_the_same_numbers(any_run):
    read = json.loads(document.json_text(document.document(any_run)))
    there = [q["value"] for result in read["results"] for q in result["quantities"]]
    assert there == [document.plain(q.value) for q in any_run.quantities]
    assert read["seed"] == any_run.seed
    assert read["draws"] == any_run.draws


def test_versions_name_python_and_every_library():
    versions = document.versions()
    assert set(versions) == {"python", *document.LIBRARIES}
    assert "unknown" not in versions.values()
