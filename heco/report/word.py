"""The commissioner's report as a Word document, so that it can be edited; the extra ``word``.

The document is made from the finished page, not from the numbers: what stands in Word is what
stands in the report. Figures are the same drawings as PNG, with their descriptions.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from heco.errors import refuse
from heco.report.chart import Drawing

#: What is for the screen only.
_SCREEN_ONLY = {"nav", "style", "script", "svg", "title", "desc"}
#: Elements that say nothing themselves and hold others.
_BOXES = {"div", "section", "main", "header", "footer", "body", "article", "aside", "details"}
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3}
#: Widest picture between the margins of A4. [millimetres]
_WIDTH = 160
#: The earliest date that a zip file can carry: no clock may change the bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def ready() -> None:
    """Refuse if the library that writes Word documents is not installed.

    Raises
    ------
    ScenarioError
        With what to install.
    """
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise refuse(
            "--word needs the library python-docx, which is not installed",
            hint='Install the extra: pip install "heco-model[word]".',
        ) from error


def word(page: str, drawings: Iterable[Drawing]) -> bytes:
    """Return a report as a Word document, the same bytes every time.

    Parameters
    ----------
    page : str
        The report as HTML.
    drawings : iterable of Drawing
        The figures that it shows.

    Returns
    -------
    bytes
        The document (.docx): headings as styles, tables as tables, figures with descriptions.
    """
    import lxml.html

    tree = lxml.html.document_fromstring(page)
    writer = _Writer({drawing.chart.name: drawing for drawing in drawings})
    for stamp in tree.find_class("stamp"):
        writer.stamp(_text(stamp))
    writer.block(tree.find("body"))
    title = tree.findtext("head/title") or ""
    return writer.bytes(" ".join(title.split()))


class _Writer:
    """Walks a page and writes what it meets."""

    def __init__(self, drawings: Mapping[str, Drawing]) -> None:
        import docx
        from docx.shared import Mm, Pt

        self.drawings = drawings
        self.document: Any = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(22)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)

    def stamp(self, words: str) -> None:
        """Put words at the head of every page."""
        paragraph = self.document.sections[0].header.paragraphs[0]
        paragraph.add_run(words).bold = True

    def bytes(self, title: str) -> bytes:
        """Return the finished document."""
        about = self.document.core_properties
        about.title, about.author, about.comments, about.language = title, "", "", "en-GB"
        raw = io.BytesIO()
        self.document.save(raw)
        fixed = io.BytesIO()
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(fixed, "w") as new:
            for name in old.namelist():
                entry = zipfile.ZipInfo(name, _NO_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(entry, old.read(name))
        return fixed.getvalue()

    def block(self, element: Any) -> None:
        """Write an element that stands on lines of its own."""
        tag = element.tag
        if tag in _SCREEN_ONLY or not isinstance(tag, str):
            return
        if tag in _HEADINGS:
            self.document.add_heading(_text(element), _HEADINGS[tag])
        elif tag in {"ul", "ol"}:
            style = "List Bullet" if tag == "ul" else "List Number"
            for item in element.iterfind("li"):
                self.runs(self.document.add_paragraph(style=style), item)
        elif tag == "dl":
            self.facts(element)
        elif tag == "table":
            self.table(element)
        elif tag == "figure":
            self.figure(element)
        elif tag in _BOXES and not _has_words_of_its_own(element):
            for child in element:
                self.block(child)
        elif _text(element):
            answer = "answer" in _classes(element.getparent())
            style = "Intense Quote" if answer else "Normal"
            self.runs(self.document.add_paragraph(style=style), element)

    def facts(self, element: Any) -> None:
        """Write a list of terms: each in bold, its meaning after it."""
        for term in element.iter("dt", "dd"):
            if term.tag == "dt":
                paragraph = self.document.add_paragraph()
                paragraph.paragraph_format.keep_with_next = True
                paragraph.add_run(_text(term)).bold = True
                paragraph.paragraph_format.space_after = 0
            else:
                self.runs(self.document.add_paragraph(), term)

    def table(self, element: Any) -> None:
        """Write a table: its caption above it, its heading row repeated on every page."""
        caption = element.find("caption")
        if caption is not None:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run(_text(caption)).bold = True
        lines = list(element.iter("tr"))
        across = max(sum(int(c.get("colspan", 1)) for c in _cells(line)) for line in lines)
        table = self.document.add_table(rows=0, cols=across, style="Light Shading")
        widths = _widths(across)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        _plain(table)
        for line in lines:
            row = table.add_row()
            _keep_whole(row)
            if line.getparent().tag == "thead":
                _repeat(row)
            at = 0
            for cell in _cells(line):
                span = int(cell.get("colspan", 1))
                place = row.cells[at]
                if span > 1:
                    place = place.merge(row.cells[at + span - 1])
                paragraph = place.paragraphs[0]
                if "n" in _classes(cell):
                    paragraph.alignment = 2
                paragraph.paragraph_format.space_after = 0
                self.runs(paragraph, cell, size=9)
                place.width = sum(widths[at : at + span])
                at += span
        self.document.add_paragraph()

    def figure(self, element: Any) -> None:
        """Write a figure as a picture with its description, and its note below."""
        from docx.shared import Mm

        name = str(element.get("id", "")).removeprefix("figure-")
        if name in self.drawings:
            drawing = self.drawings[name]
            self.document.add_picture(io.BytesIO(drawing.png), width=Mm(_WIDTH))
            shape = self.document.inline_shapes[-1]
            properties = shape._inline.docPr  # the library has no public door to this
            properties.set("descr", f"{drawing.chart.title}. {drawing.chart.alt}")
            properties.set("title", drawing.chart.title)
        caption = element.find("figcaption")
        if caption is not None:
            self.runs(self.document.add_paragraph(), caption, size=9)

    def runs(self, paragraph: Any, element: Any, size: float | None = None) -> None:
        """Write the words of an element, with what stands out in them."""
        from docx.shared import Pt

        for text, marks in _pieces(element, frozenset()):
            run = paragraph.add_run(text)
            # The table's style sets first columns in bold; what is small there is a remark.
            run.bold = False if "small" in marks else bool(marks & {"b", "strong", "th"}) or None
            run.italic = bool(marks & {"i", "em"}) or None
            run.font.superscript = "sup" in marks or None
            run.font.subscript = "sub" in marks or None
            small = bool(marks & {"small", "code"})
            if size or small:
                run.font.size = Pt((size or 10.5) - (1 if small else 0))


def _pieces(element: Any, marks: frozenset[str]) -> Iterable[tuple[str, frozenset[str]]]:
    """Yield the words of an element with the marks that they carry; ``small`` starts a line."""
    mine = marks | {element.tag}
    if element.text and element.text.strip():
        yield _flat(element.text), mine
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SCREEN_ONLY:
            if child.tag == "br" or (child.tag == "small" and _text(child)):
                yield "\n", mine
            yield from _pieces(child, mine)
            if "tag" in _classes(child):
                yield ". ", mine
        if child.tail and child.tail.strip():
            yield _flat(child.tail), mine


def _cells(line: Any) -> list[Any]:
    return [cell for cell in line if cell.tag in {"td", "th"}]


def _widths(across: int) -> list[int]:
    """Return the widths of a table's columns: the first, which names the rows, is the widest."""
    from docx.shared import Mm

    first = _WIDTH if across == 1 else round(_WIDTH * max(0.2, min(0.4, 1.6 / across)))
    rest = round((_WIDTH - first) / max(1, across - 1))
    return [int(Mm(first)), *[int(Mm(rest))] * (across - 1)]


def _plain(table: Any) -> None:
    """Leave out the bands of grey that the style would lay under every second row."""
    from docx.oxml.ns import qn

    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:noHBand"), "1")
        look.set(qn("w:val"), "06A0")


def _keep_whole(row: Any) -> None:
    """Have a row stand on one page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    """Have a row stand at the head of every page that its table reaches."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _flat(text: str) -> str:
    """Return text with its line breaks as spaces and without joiners that Word would show."""
    return re.sub(r"\s+", " ", text).replace("\u2060", "")


def _text(element: Any) -> str:
    words = "".join(text for text, _ in _pieces(element, frozenset()))
    return " ".join(words.split())


def _classes(element: Any) -> set[str]:
    return set() if element is None else set(str(element.get("class", "")).split())


def _has_words_of_its_own(element: Any) -> bool:
    own = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in own)
