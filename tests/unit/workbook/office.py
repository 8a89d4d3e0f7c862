"""LibreOffice as a spreadsheet that knows nothing of heco: it computes a workbook from scratch.

By default it shows the values that are stored in a file. So it is told, in a profile of its own, to
compute every file that it opens, and the test of this module has a file whose stored values lie.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def computed(file: bytes, folder: Path, inputs: dict[str, float] | None = None):
    """Return a workbook as LibreOffice computes it, after other values were put into named cells.

    openpyxl stores no values beside formulas, so with ``inputs`` there is nothing to show but what
    is computed.
    """
    source = folder / "source.xlsx"
    source.write_bytes(file)
    if inputs:
        book = openpyxl.load_workbook(source)
        for name, value in inputs.items():
            ((sheet, cell),) = book.defined_names[name].destinations
            book[sheet][cell].value = value
        book.save(source)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS)
    made = folder / "computed"
    subprocess.run(
        [
            PROGRAM, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to",
            "xlsx", "--outdir", str(made), str(source),
        ],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return openpyxl.load_workbook(io.BytesIO((made / "source.xlsx").read_bytes()), data_only=True)
