"""Every reader of CSV files, with a small file that it accepts and a number in it to spoil.

`READERS` is one table, so that a new reader is fuzzed as soon as it stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model_building import as_text, filled

import heco
from heco import psa_file
from heco.batch.areas import read_areas
from heco.evidence.certainty import read_certainty
from heco.evidence.flow import read_flow
from heco.evidence.judgements import read_judgements
from heco.evidence.meta.accuracy_tables import read_accuracy
from heco.evidence.meta.reading import read_studies
from heco.evidence.prices import read_prices
from heco.evidence.tables import Table


@dataclass(frozen=True)
class Reader:
    """A reader.

    Parameters
    ----------
    name : str
        What it reads.
    read : callable
        Takes a path.
    text : str
        A file that it accepts.
    row, column : int, str
        A cell of it that must hold a number, its row counted from 0 below the header.
    empty_is_fine : bool
        Whether that cell may be empty.
    """

    name: str
    read: Callable[[Path], Any]
    text: str
    row: int = 1
    column: str = ""
    empty_is_fine: bool = False

    def spoilt(self, cell: str) -> str:
        """Return the file with another cell in the place of that number."""
        lines = self.text.splitlines()
        cells = lines[self.row + 1].split(",")
        cells[lines[0].split(",").index(self.column)] = cell
        lines[self.row + 1] = ",".join(cells)
        return "\n".join(lines) + "\n"


@cache
def scenario() -> Any:
    """Return a scenario whose parameters a table of areas may set."""
    data = {
        "parameters": {
            "births": {"fixed": 1000},
            "uptake": {"beta": {"events": 7, "n": 10}, "unit": "probability"},
        },
        "strategies": {"only": {"one_off": [{"cost": "births * uptake"}]}},
    }
    return heco.load_text(as_text(filled(data)))


def table_of_a_scenario(path: Path) -> Any:
    """Read a table as a scenario does, by way of `heco.load`."""
    data = {
        "time": {"start_age": 0},
        "parameters": {"q": {"table": {"file": path.name, "by": "age", "column": "qx"}}},
        "strategies": {"only": {"one_off": [{"cost": "q"}]}},
    }
    file = path.with_suffix(".toml")
    file.write_text(as_text(filled(data)), encoding="utf-8")
    return heco.load(file)


def samples_of_a_scenario(path: Path) -> Any:
    """Read joint draws as a scenario does."""
    data = {
        "parameters": {"q": {"samples": {"file": path.name, "column": "qx"}}},
        "strategies": {"only": {"one_off": [{"cost": "q"}]}},
    }
    file = path.with_suffix(".toml")
    file.write_text(as_text(filled(data)), encoding="utf-8")
    return heco.load(file)


LIFE = "age,qx,note\n0,0.004,first\n1,0.0002,\n2,0.0001,\n"
READERS = [
    Reader("table", lambda path: Table.from_csv(path, "age", ["qx"]), LIFE, 1, "qx"),
    Reader("table of a scenario", table_of_a_scenario, LIFE, 1, "qx"),
    Reader("samples", samples_of_a_scenario, LIFE, 1, "qx"),
    Reader("prices", read_prices, "series,year,index\nCPI,2023,110\nCPI,2024,114\n", 1, "index"),
    Reader(
        "studies", lambda path: read_studies(path, "OR"),
        "study,year,events_treat,n_treat,events_control,n_control\nOne,2001,3,20,5,21\nTwo,2002,4,30,9,31\nThree,2003,2,9,4,9\n",
        1, "events_treat", True,
    ),
    Reader(
        "accuracy", read_accuracy,
        "study,tp,fn,fp,tn\nOne,10,2,3,40\nTwo,20,4,6,80\nThree,9,1,2,30\n", 1, "fp",
    ),
    Reader(
        "areas", lambda path: whole(read_areas(path, scenario())),
        "area,births,uptake:mean,note\nHere,900,0.5,\nThere,1200,0.6,far\n", 1, "births", True,
    ),
    Reader(
        "draws, wide", psa_file.read,
        "cost:a,qaly:a,cost:b,qaly:b,param:p\n10,1,20,2,0.1\n11,1.1,21,2.1,0.2\n12,1,22,2,0.3\n",
        1, "cost:b",
    ),
    Reader(
        "draws, long", psa_file.read,
        "strategy,draw,cost,qaly\na,1,10,1\na,2,11,2\nb,1,20,2\nb,2,21,3\n", 1, "cost",
    ),
    Reader(
        "flow", read_flow,
        "stage,label,n\nidentified,Records,100\nscreened,Records,80\nexcluded,Records,20\n", 1, "n",
    ),
    Reader("judgements", read_judgements, "study,blinding,drop_out\nOne,low,high\nTwo,low,low\n"),
    Reader(
        "certainty", read_certainty,
        "outcome,source,risk_of_bias,inconsistency,indirectness,imprecision,publication_bias,"
        "studies\nDeath,Trial,not serious,serious,not serious,serious,not serious,3\n"
        "Pain,Trial,serious,not serious,not serious,not serious,not serious,4\n",
        1, "studies", True,
    ),
]  # fmt: skip
#: Readers in which a cell must hold a number.
NUMERIC = [reader for reader in READERS if reader.column]


def whole(areas: list[Any]) -> list[Any]:
    """Return areas, all of which must be usable: those that are not come back with problems."""
    problems = [problem for area in areas for problem in area.problems]
    if problems:
        raise heco.ScenarioError(problems)
    return areas
