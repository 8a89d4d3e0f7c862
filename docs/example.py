"""Make outputs/example: the reports of the first case, as the README shows them.

``python docs/example.py`` needs the extra ``pdf``, and ``pdftoppm`` for the pictures of pages.
Files that a whole run writes beside its reports are left out, and the pages do not link to them.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import heco
from heco.report import figures, html, pdf
from heco.report.editions import COMMISSIONER, TECHNICAL

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios" / "targeted.toml"
FOLDER = ROOT / "outputs" / "example"
#: Pages of the commissioner's report that are shown as pictures.
SHOWN = (1, 2, 8)


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    run = heco.run(heco.load(SCENARIO))
    drawings = figures.drawings(run)
    about = {
        COMMISSIONER.file: "the report",
        "report.pdf": "the same, for paper",
        "technical.pdf": "the technical report, for paper",
    }
    page = html.page(run, drawings, about, COMMISSIONER)
    (FOLDER / "report.html").write_text(page, encoding="utf-8")
    (FOLDER / "report.pdf").write_bytes(pdf.pdf(page))
    technical = html.page(run, drawings, about, TECHNICAL)
    (FOLDER / "technical.pdf").write_bytes(pdf.pdf(technical))
    for number in SHOWN:
        name = str(FOLDER / f"page-{number}")
        only = ["-f", str(number), "-l", str(number), "-singlefile"]
        command = ["pdftoppm", "-png", "-r", "80", *only, str(FOLDER / "report.pdf"), name]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
