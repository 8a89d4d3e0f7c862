"""Further forms of a report: Word and PDF say what the page says, and what is missing is said."""

from __future__ import annotations

import builtins
import io
import re
import zipfile

import pytest

from heco.errors import ScenarioError
from heco.report import html, pdf, word
from heco.report.editions import COMMISSIONER
from heco.report.publish import FORMS, contents, publish, ready


@pytest.fixture(scope="session")
def document(any_run, any_drawings):
    """The Word document of every scenario in turn, and the page that it was made from."""
    import docx

    page = html.page(any_run, any_drawings, {"results.csv": "every number"}, COMMISSIONER)
    made = word.word(page, any_drawings)
    assert made == word.word(page, any_drawings), "the same bytes every time"
    return docx.Document(io.BytesIO(made)), page


def _flat(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())


def test_word_has_the_headings_of_the_page(document):
    import lxml.html

    made, page = document
    tree = lxml.html.document_fromstring(page)
    asked = [_flat(h.text_content()) for h in tree.iter("h1", "h2", "h3")]
    found = [
        _flat(p.text) for p in made.paragraphs if p.style.name.startswith(("Heading", "Title"))
    ]
    assert found == asked


def test_word_has_every_cell_of_every_table(document):
    import lxml.html

    made, page = document
    tree = lxml.html.document_fromstring(page)
    tables = list(tree.iter("table"))
    assert len(tables) == len(made.tables)
    for asked, found in zip(tables, made.tables, strict=True):
        lines = list(asked.iter("tr"))
        assert len(lines) == len(found.rows)
        for line, row in zip(lines, found.rows, strict=True):
            cells = [c for c in line if c.tag in {"td", "th"}]
            words = [re.sub(r"\W+", "", c.text_content()) for c in cells]
            shown = {cell._tc: cell.text for cell in row.cells}  # a merged cell counts once
            assert [re.sub(r"\W+", "", text) for text in shown.values()] == words


def test_word_describes_its_pictures(document, any_drawings):
    made, page = document
    shown = [d for d in any_drawings if f'id="figure-{d.chart.name}"' in page]
    described = {s._inline.docPr.get("descr") for s in made.inline_shapes}
    assert described == {f"{d.chart.title}. {d.chart.alt}" for d in shown}


def test_word_carries_no_clock(targeted):
    page = html.page(targeted, [], {}, COMMISSIONER)
    with zipfile.ZipFile(io.BytesIO(word.word(page, []))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_word_shows_an_author_s_markup_as_text(hostile):
    import docx

    page = html.page(hostile, [], {}, COMMISSIONER)
    made = docx.Document(io.BytesIO(word.word(page, [])))
    assert any("<script" in p.text for p in made.paragraphs)


@pytest.mark.parametrize(("form", "library"), [(pdf, "weasyprint"), (word, "docx")])
def test_a_missing_library_is_named_before_any_work(monkeypatch, tmp_path, form, library):
    usual = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == library:
            raise ImportError(name)
        return usual(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    asked = form.__name__.rpartition(".")[2]
    with pytest.raises(ScenarioError, match=f"heco-model\\[{asked}\\]"):
        ready(tmp_path / "new", [asked])
    assert not (tmp_path / "new").exists()


def test_a_pdf_fetches_nothing_from_elsewhere(tmp_path):
    """The secret is a file beside; a picture of it must not come into the page."""
    pypdf = pytest.importorskip("pypdf")
    try:
        pdf.ready()
    except ScenarioError as error:
        pytest.skip(str(error))
    picture = tmp_path / "red.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>')
    page = f'<html lang="en"><title>t</title><body><p>said</p><img src="{picture.as_uri()}">'
    made = pdf.pdf(page)
    assert made == pdf.pdf('<html lang="en"><title>t</title><body><p>said</p><img>')
    assert pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text().strip() == "said"


def test_forms_stand_beside_the_pages_and_are_linked(alone, tmp_path):
    made = publish(alone, tmp_path / "out", forms=["word"])
    assert "report.docx" in made.files
    assert "technical.docx" not in made.files
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'href="report.docx"' in page
    assert (tmp_path / "out" / "report.docx").read_bytes()[:2] == b"PK"


def test_nothing_further_is_written_unasked(alone):
    endings = tuple(ending for ending, _ in FORMS.values())
    assert not [name for name in contents(alone) if name.endswith(endings)]
