"""Malformed CSV files, for every reader: they work as documented, or are refused by row and column.

Every refusal is a `ScenarioError` that names the file; what is wrong with one cell names its line
and its column.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from csv_readers import NUMERIC, READERS, Reader

from heco.errors import ScenarioError
from heco.evidence import csvfile

each = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
with_numbers = pytest.mark.parametrize("reader", NUMERIC, ids=lambda reader: reader.name)
#: What no sentence of ours may hold.
PYTHON = re.compile(r"Traceback|object at 0x|<class|\w+Error\b|None\b|numpy|np\.|pydantic")


def outcome(reader: Reader, folder: Path, content: str | bytes) -> list[Any] | None:
    """Return the problems with a file, or None if it was read."""
    path = folder / "given.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    try:
        reader.read(path)
    except ScenarioError as error:
        found = list(error.problems)
    else:
        return None
    assert found
    for problem in found:
        assert "given.csv" in problem.file or "given.csv" in problem.what, problem
        assert not PYTHON.search(str(problem)), problem
        assert len(str(problem)) < 2_000
    return found


def changed_lines(change: Any) -> Any:
    """Return a change of a text that changes each of its lines."""
    return lambda text: "".join(change(line) + "\n" for line in text.splitlines())


HARMLESS = {
    "as it is": lambda text: text,
    "byte order mark": lambda text: "\ufeff" + text,
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "mark and windows line ends": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "old macintosh line ends": lambda text: text.replace("\n", "\r"),
    "mixed line ends": lambda text: text.replace("\n", "\r\n", 1),
    "no last line end": lambda text: text.rstrip("\n"),
    "blank lines": lambda text: "\n\n" + text.replace("\n", "\n\n"),
    "lines of commas": lambda text: text + ",,,\n" + ",\n",
    "spaces": lambda text: text.replace(",", " , "),
    "quotes": changed_lines(lambda line: ",".join(f'"{cell}"' for cell in line.split(","))),
}


@each
@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_harmless_differences_are_read(reader, change, tmp_path):
    assert outcome(reader, tmp_path, change(reader.text)) is None


BROKEN = {
    "empty": lambda text: "",
    "only line ends": lambda text: "\n\r\n\n",
    "only a mark": lambda text: "\ufeff",
    "header only": lambda text: text.splitlines()[0] + "\n",
    "semicolons": lambda text: text.replace(",", ";"),
    "semicolons and decimal commas": lambda text: text.replace(",", ";").replace(".", ","),
    "tabs": lambda text: text.replace(",", "\t"),
    "bars": lambda text: text.replace(",", "|"),
    "open quote in the header": lambda text: '"' + text,
    "open quote in a row": lambda text: text.rstrip("\n") + ',"\n',
    "quote in the middle": lambda text: text.replace("\n", '\n"a"b,', 1),
    "column without a name": lambda text: changed_lines(lambda line: line + ",")(text),
    "column twice": changed_lines(lambda line: f"{line.split(',')[0]},{line}"),
    "misspelt columns": lambda text: re.sub(
        r"^(.+)$", lambda m: "zz" + m[1].replace(",", ",zz"), text, count=1, flags=re.M
    ),
    "no header": lambda text: text.partition("\n")[2],
    "long row": lambda text: text.rstrip("\n") + ",9\n",
    "short row": lambda text: text.rstrip("\n").rpartition(",")[0] + "\n",
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32"),
    "latin-1": lambda text: (text + text.splitlines()[-1] + "é\n").encode("latin-1"),
    "half a character": lambda text: text.encode() + b"\xe2\x82",
    "NUL in the header": lambda text: "\0" + text,
    "NUL in a row": lambda text: text.rstrip("\n") + "\0\n",
    "a spreadsheet": lambda text: b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)) * 20,
    "a page": lambda text: "<!doctype html>\n<html><body>404, not found</body></html>\n",
    "a cell that is too long": lambda text: text.rstrip("\n") + "," + "x" * 200_000 + "\n",
    "a header of a million columns": lambda text: (
        "".join(f"c{k}," for k in range(10**6)) + "\n" + text
    ),
    "sep=": lambda text: "sep=;\n" + text.replace(",", ";"),
}


@each
@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_broken_files_are_refused(reader, change, tmp_path):
    began = time.monotonic()
    assert outcome(reader, tmp_path, change(reader.text))
    assert time.monotonic() - began < 20


#: What people and programs write where a number should be.
NO_NUMBER = [
    "inf", "-inf", "Infinity", "1e999", "12%", '"1,5"', "1 000", "1\u00a0000", "1'000", "£5",
    "5 (3)", "0x10", "1_000", "--", "<0.001", "²", "½", "true", "=A1", "#DIV/0!", "5;6",
    "'", "x" * 5_000, "1e", "1.2.3", "+-1", "\u200b1", "🙂", '"a ""b"" c"', '"two\nlines"',
]  # fmt: skip


@with_numbers
@pytest.mark.parametrize("cell", NO_NUMBER, ids=lambda cell: ascii(cell[:12]))
def test_a_cell_that_is_no_number_is_named(reader, cell, tmp_path):
    problems = outcome(reader, tmp_path, reader.spoilt(cell))
    assert problems
    lines = {reader.row + 2, reader.row + 2 + cell.count("\n")}
    named = [p for p in problems if p.line in lines and f"column {reader.column}" in p.where]
    assert named, problems
    assert f"row {reader.row + 1}," in named[0].where


@with_numbers
@pytest.mark.parametrize("cell", ["", " ", '""', "NA", "nan", "NaN", "n/a", "."])
def test_a_cell_that_is_missing_is_named_or_left_out_as_documented(reader, cell, tmp_path):
    problems = outcome(reader, tmp_path, reader.spoilt(cell))
    blank = not cell.strip(' "')
    if problems is None:
        assert reader.empty_is_fine
        assert blank or reader.name == "studies", "words for nothing are known in studies only"
        return
    assert f"column {reader.column}" in problems[0].where
    assert problems[0].line == reader.row + 2


@with_numbers
@pytest.mark.parametrize("cell", ["9" * 400, "-1", "0", "1e308", "1e-320", "-1e308", "9" * 5_000])
def test_numbers_beyond_reason_are_read_or_refused(reader, cell, tmp_path):
    problems = outcome(reader, tmp_path, reader.spoilt(cell))
    assert problems is None or problems[0].line in (None, reader.row + 2)


@each
def test_columns_in_another_order_and_further_ones_are_read_or_refused(reader, tmp_path):
    rows = [line.split(",") for line in reader.text.splitlines()]
    turned = "".join(",".join(reversed(cells)) + "\n" for cells in rows)
    assert outcome(reader, tmp_path, turned) is None
    more = "".join(
        f"{','.join(cells)},{word}\n" for cells, word in zip(rows, "zyxwv", strict=False)
    )
    # Areas and judgements know what each column means; draws say that one is not used.
    problems = outcome(reader, tmp_path, more)
    assert (problems is not None) == (reader.name in ("areas", "judgements")), problems


@each
def test_random_bytes_never_break_a_reader(reader, tmp_path):
    random = Random(reader.name)
    bits = [
        b",",
        b"\n",
        b"\r",
        b'"',
        b"\0",
        b";",
        b"-",
        b"e",
        b"1",
        b" ",
        b"\xff",
        b"\xc3\xa9",
        b".",
    ]
    for _ in range(150):
        content = bytearray(reader.text.encode())
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(content) + 1)
            content[at : at + random.randint(0, 3)] = random.choice(bits) * random.randint(0, 2)
        outcome(reader, tmp_path, bytes(content))


@each
@pytest.mark.parametrize("what", ["a folder", "missing", "a circle", "no name"])
def test_what_is_no_file_is_refused(reader, what, tmp_path):
    path = tmp_path / "given.csv"
    if what == "a folder":
        path.mkdir()
    elif what == "a circle":
        path.symlink_to(path)
    elif what == "no name":
        if "scenario" in reader.read.__name__:
            return  # the folder cannot hold the scenario that would name it
        path = tmp_path / ("x" * 300 + ".csv")
    with pytest.raises(ScenarioError) as caught:
        reader.read(path)
    assert not PYTHON.search(str(caught.value))


def rows_of(reader: Reader, n: int) -> str:
    """Return a file with the header of a reader and its last row, n times."""
    header, *rows = reader.text.splitlines()
    return header + "\n" + (rows[-1] + "\n") * n


@each
def test_more_rows_than_anybody_wrote_are_refused_at_once(reader, tmp_path):
    began = time.monotonic()
    problems = outcome(reader, tmp_path, rows_of(reader, csvfile.MOST_BY_HAND + 1))
    by_hand = problems and problems[0].what == "the file has more than 20,000 rows"
    # What programs write is read; then the same row again and again is mostly what is wrong.
    assert by_hand or not reader.name.startswith(
        ("studies", "acc", "areas", "flow", "judge", "cert")
    )
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_a_million_rows_are_read_within_a_minute(tmp_path):
    path = tmp_path / "life.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("age,qx\n")
        file.writelines(f"{k},0.{k % 10}\n" for k in range(csvfile.MOST_ROWS))
    began = time.monotonic()
    sheet = csvfile.read_csv(path)
    assert len(sheet.numbers("qx")) == csvfile.MOST_ROWS
    with path.open("a", encoding="utf-8") as file:
        file.write("1000000,0.5\n")
    with pytest.raises(ScenarioError, match="the file has more than 1,000,000 rows"):
        csvfile.read_csv(path)
    path.write_text("age,qx\n" + "1,none\n" * 1_000_000, encoding="utf-8")
    sheet = csvfile.read_csv(path)
    sheet.numbers("qx")
    assert len(sheet.problems) == csvfile.MOST_CELLS + 1
    with pytest.raises(ScenarioError, match="more problems"):
        sheet.finish()
    assert time.monotonic() - began < 60


def test_the_same_file_reads_the_same_whoever_reads_it():
    """Draws and evidence come through one reader (they used to be read in two ways)."""
    from heco import psa_file

    assert not hasattr(psa_file, "csv")
    assert psa_file.read_csv is csvfile.read_csv
