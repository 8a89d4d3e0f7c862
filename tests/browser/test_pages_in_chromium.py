"""Every kind of page in a real browser: nothing complains, nothing is fetched, nothing sticks out.

Accessibility is judged by axe-core, the engine behind the browsers' own audits: contrast, order of
headings, names of pictures, tables and regions.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import chromium
import pytest

import heco
from heco.report import figures, html, pdf
from heco.report.editions import COMMISSIONER, EDITIONS

ROOT = Path(__file__).parents[2]
WIDE, PHONE = 1280, 390
#: A4. [points]
A4 = (595.3, 841.9)
#: Scenarios whose reports are looked at: the case, the smallest model, another illness.
RUNS = {
    "targeted": ROOT / "scenarios" / "targeted.toml",
    "first": ROOT / "scenarios" / "first.toml",
    "hiv": ROOT / "tests" / "reference" / "briggs2006_hiv" / "model.toml",
}
PAGES = [
    *(f"{name}-{edition.file}" for name in RUNS for edition in EDITIONS),
    "areas.html",
    "change.html",
]

pytestmark = pytest.mark.skipif(
    chromium.browser() is None, reason="no Chromium on this machine (or name it in HECO_CHROMIUM)"
)


def _command(*words: object) -> None:
    command = [sys.executable, "-m", "heco", *map(str, words), "--quiet"]
    subprocess.run(command, check=True, cwd=ROOT)


def _run(name, draws=200):
    run = heco.run(heco.load(RUNS[name]), draws=draws)
    return run, figures.drawings(run)


def _make_pages(place, work):
    """Write every page into a folder."""
    for name in RUNS:
        run, drawings = _run(name)
        about = {edition.file: edition.name for edition in EDITIONS}
        for edition in EDITIONS:
            text = html.page(run, drawings, about, edition)
            (place / f"{name}-{edition.file}").write_text(text, encoding="utf-8")
    scenarios = ROOT / "scenarios"
    areas = work / "areas.csv"
    areas.write_text("".join((scenarios / "areas.csv").read_text().splitlines(True)[:4]))
    _command("batch", scenarios / "targeted.toml", areas, "-o", work / "areas", "--draws", 50)
    _command(
        "diff", scenarios / "targeted.toml", scenarios / "targeted-2025.toml", "-o", work / "diff"
    )
    for name, made in {"areas": "areas", "change": "diff"}.items():
        page = next((work / made).glob("*.html"))
        (place / f"{name}.html").write_bytes(page.read_bytes())


@pytest.fixture(scope="session")
def shared(tmp_path_factory, request):
    """A folder that the processes of one test run share: the first makes it, the others wait."""
    root = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        root = root.parent
    place, ready = root / "pages", root / "pages.json"
    with (root / "pages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            work = root / "pages-work"
            place.mkdir()
            work.mkdir()
            _make_pages(place, work)
            found = chromium.look(place, PAGES, [WIDE, PHONE], work / "profile")
            for edition in EDITIONS:
                page = place / f"targeted-{edition.file}"
                chromium.print_to_pdf(page, page.with_suffix(".pdf"), work / edition.name)
            ready.write_text(json.dumps(found))
    return place, json.loads(ready.read_text())


@pytest.fixture(scope="session")
def seen(shared):
    """What the browser found, what it asked for, and what its console said."""
    return shared[1]


def _each(seen, page, width):
    found, _, _ = seen
    assert "problem" not in found[-1], found[-1]
    return next(f for f in found if f["page"] == page and f["width"] == width)


def test_the_console_stays_silent(seen):
    assert seen[2] == []


def test_nothing_is_fetched_but_the_pages_themselves(seen):
    found, asked, _ = seen
    assert {path for path in asked if path != "/favicon.ico"} == {f"/{page}" for page in PAGES}
    assert [f["page"] for f in found if f["asked"]] == []


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_sticks_out(seen, page, width):
    found = _each(seen, page, width)
    assert found["scrolls"] <= 0
    assert found["wide"] == []


@pytest.mark.parametrize("page", PAGES)
def test_everybody_can_read_it(seen, page):
    found = _each(seen, page, WIDE)
    assert found["broken"] == []
    assert {"color-contrast", "heading-order", "document-title"} <= set(found["checked"])
    assert found["unnamed"] == 0
    order = found["headings"]
    assert order[0] == 1
    assert order.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(order))


def test_a_bad_page_is_found(tmp_path):
    """The watchman can bark: every kind of fault, on purpose."""
    (tmp_path / "bad.html").write_text(
        "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><h3>Low</h3>"
        "<svg width='9' height='9'></svg><p style='color:#ccc;width:3000px'>wide and pale</p>"
        "<img src='/elsewhere.png'><script>console.error('ouch')</script></body></html>"
    )
    found, asked, console = chromium.look(tmp_path, ["bad.html"], [WIDE], tmp_path / "profile")
    (page,) = found
    rules = {broken["rule"] for broken in page["broken"]}
    assert {"color-contrast", "image-alt", "html-has-lang", "document-title"} <= rules
    assert page["scrolls"] > 0
    assert page["wide"]
    assert page["unnamed"] == 1
    assert "/elsewhere.png" in asked
    assert page["asked"]
    assert any("ouch" in line for line in console)


# ---- Paper ---------------------------------------------------------------------------------------


def _inside(reader):
    """Yield every piece of text of a PDF that lies outside the paper."""
    import pypdf

    for number, page in enumerate(reader.pages, start=1):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        outside = []

        def visit(text, drawing, line, *_, width=width, height=height, outside=outside):
            x, y = pypdf.mult(line, drawing)[4:6]
            if text.strip() and not (0 <= x <= width and 0 <= y <= height):
                outside.append(text)

        page.extract_text(visitor_text=visit)
        yield from ((number, text) for text in outside)


def _squeezed(text):
    """Return text without spaces and with ligatures taken apart, as PDF readers differ in both."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u2060\u00ad]+", "", text)


@pytest.fixture(scope="session", params=[edition.file for edition in EDITIONS])
def printed(request, shared):
    """A report of the case as the browser prints it: the PDF, the words of its sheets, the page."""
    import pypdf

    page = shared[0] / f"targeted-{request.param}"
    reader = pypdf.PdfReader(page.with_suffix(".pdf"))
    return reader, [p.extract_text() for p in reader.pages], page.read_text(encoding="utf-8")


def test_it_prints_on_a4_with_nothing_beyond_the_edge(printed):
    reader, _, _ = printed
    for page in reader.pages:
        assert float(page.mediabox.width) == pytest.approx(A4[0], abs=1)
        assert float(page.mediabox.height) == pytest.approx(A4[1], abs=1)
    assert list(_inside(reader)) == []


def _cut(pages, text):
    """Return how many rows the tables of a page have, and those that no sheet of paper holds."""
    import lxml.html

    sheets = [_squeezed(page) for page in pages]
    rows = lxml.html.document_fromstring(text).findall(".//tbody/tr")
    words = [[word for piece in row.itertext() for word in piece.split()] for row in rows]
    return len(rows), [
        line
        for line in words
        if not any(all(_squeezed(word) in sheet for word in line) for sheet in sheets)
    ]


def test_no_row_of_a_table_is_cut_by_the_end_of_a_page(printed):
    rows, cut = _cut(*printed[1:])
    assert rows > 20
    assert cut == []


def test_a_cut_row_is_found(tmp_path):
    import pypdf

    words = "<br>".join(f"line{number}x" for number in range(200))
    text = f"<table><tbody><tr><td>{words}</td></tr><tr><td>short</td></tr></tbody></table>"
    (tmp_path / "page.html").write_text(text)
    chromium.print_to_pdf(tmp_path / "page.html", tmp_path / "page.pdf", tmp_path / "profile")
    sheets = pypdf.PdfReader(tmp_path / "page.pdf").pages
    rows, cut = _cut([sheet.extract_text() for sheet in sheets], text)
    assert rows == 2
    assert len(cut) == 1


def test_the_case_fits_the_time_of_the_person_who_decides(shared):
    """About eight pages before the annex, for a finance lead with ten minutes."""
    import pypdf

    place = shared[0] / f"targeted-{COMMISSIONER.file}"
    text = place.read_text(encoding="utf-8")
    annex = re.search(r'<section id="inputs">\s*<h2>([^<]+)</h2>', text).group(1)
    pages = [page.extract_text() for page in pypdf.PdfReader(place.with_suffix(".pdf")).pages]
    first = next(i for i, page in enumerate(pages) if annex in " ".join(page.split()))
    assert first <= 8


def _pango():
    try:
        pdf.ready()
    except heco.ScenarioError as error:
        return str(error)
    return ""


@pytest.mark.skipif(bool(_pango()), reason=f"no PDF here: {_pango()[:60]}")
def test_the_pdf_says_what_the_page_says():
    import io

    import pypdf

    run, drawings = _run("first")
    page = html.page(run, drawings, {}, COMMISSIONER)
    made = pdf.pdf(page)
    assert made == pdf.pdf(page), "the same bytes every time"
    reader = pypdf.PdfReader(io.BytesIO(made))
    text = _squeezed("".join(p.extract_text() for p in reader.pages))
    for sentence in run.results[0].headline[:1]:
        assert _squeezed(sentence) in text
    assert list(_inside(reader)) == []
