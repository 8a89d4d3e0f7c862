"""A workbook read back from its file, for the second engine: cells, formulas and names."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

from heco.workbook.engine import Engine
from heco.workbook.parser import area

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(file: bytes) -> Engine:
    """Return the engine of a workbook; nothing that the file says formulas come to is used.

    Parameters
    ----------
    file : bytes
        The workbook.
    """
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        texts = _texts(parts)
        book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
        links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
        targets = {link.attrib["Id"]: link.attrib["Target"] for link in links}
        values: dict[str, dict[tuple[int, int], Any]] = {}
        formulas: dict[str, dict[tuple[int, int], str]] = {}
        for entry in book.iter(f"{_MAIN}sheet"):
            name = entry.attrib["name"]
            sheet = ElementTree.fromstring(parts.read(f"xl/{targets[entry.attrib[_LINK]]}"))
            values[name], formulas[name] = _cells(sheet, texts)
        names = {
            entry.attrib["name"]: area(entry.text or "")
            for entry in book.iter(f"{_MAIN}definedName")
            if not entry.attrib["name"].startswith("_xlnm.")
        }
    return Engine(values, formulas, names)


def _texts(parts: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in parts.namelist():
        return []
    root = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
    return ["".join(t.text or "" for t in item.iter(f"{_MAIN}t")) for item in root]


def _cells(sheet: Any, texts: list[str]) -> tuple[dict[Any, Any], dict[Any, str]]:
    values: dict[tuple[int, int], Any] = {}
    formulas: dict[tuple[int, int], str] = {}
    for cell in sheet.iter(f"{_MAIN}c"):
        place = area(cell.attrib["r"])
        formula, value = cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
        if formula is not None:
            formulas[place.top, place.left] = formula.text or ""
        elif value is not None:
            text = cell.attrib.get("t") == "s"
            number = texts[int(value.text)] if text else float(value.text)
            values[place.top, place.left] = number
    return values, formulas
