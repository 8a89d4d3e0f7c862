"""The page: complete in itself, in order, readable without eyes, deaf to injected markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report_cases import NASTY

from heco.report import figures, html
from heco.report.editions import COMMISSIONER, EDITIONS, TECHNICAL

SECTIONS = list(dict.fromkeys(s for edition in EDITIONS for s in edition.sections))

VOID = {"meta", "br", "col", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("style",):
            return
        self.words.append(data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\u2060", "").split())


@pytest.fixture
def page(any_page):
    return Page(any_page)


def test_headings_are_in_order(page):
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(text.strip() for _, text in page.headings)


def test_nothing_is_loaded_and_nothing_runs(any_page, page):
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "base", "form")
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", any_page)
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "xlink:href", "action", "data", "srcset"):
                # A map of many cells is a bitmap inside its vector figure: carried, not fetched.
                carried = tag == "image" and (value or "").startswith("data:image/png;base64,")
                fetched = re.match(r"(?i)\s*([a-z]+:|//)", value or "")
                assert carried or not fetched, (tag, name, value)


def test_pictures_have_names_and_ids_are_unique(page):
    names = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(names) == len(set(names))
    for svg in page.all("svg"):
        assert svg["role"] == "img"
        assert set((svg["aria-labelledby"] or "").split()) <= set(names)
        assert "viewbox" in {name.lower() for name in svg}
        assert "width" not in svg, "the page decides how wide a picture is"


def test_links_inside_the_page_lead_somewhere(page):
    names = {attributes.get("id") for _, attributes in page.tags}
    for link in page.all("a"):
        if (link["href"] or "").startswith("#"):
            assert link["href"][1:] in names


def test_tables_have_captions_and_headers(any_page):
    for table in re.findall(r"<table.*?</table>", any_page, flags=re.DOTALL):
        assert table.count("<caption>") == 1
        assert 'scope="col"' in table
        assert 'scope="row"' in table
        columns = table.count('scope="col"')
        for row in re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL):
            assert len(re.findall(r"<t[hd][ >]", row)) == columns


def test_the_page_says_what_language_it_is_and_fits_a_phone(page):
    assert page.all("html")[0]["lang"] == "en-GB"
    assert {"viewport"} <= {meta.get("name") for meta in page.all("meta")}
    assert "utf-8" in {meta.get("charset") for meta in page.all("meta")}


def test_the_author_s_text_is_text(hostile, any_edition):
    drawings = figures.drawings(hostile)
    text = html.page(hostile, drawings, {"results.csv": "x"}, any_edition)
    assert "<script" not in text
    assert "{{" in text, "a template in an author's text is not filled in"
    page = Page(text)
    assert not page.all("script")
    assert page.text.count(NASTY) > 10
    assert page.headings[0][1] == NASTY


def test_question_and_answer_open_the_page(targeted, any_run, any_page):
    text = Page(any_page).text
    assert any_run.question in text
    answer = any_run.results[0].headline[0]
    assert " ".join(answer.split()) in text
    assert text.index(any_run.question) < text.index(" ".join(answer.split()))


@pytest.mark.parametrize(("edition", "least"), [(COMMISSIONER, 8), (TECHNICAL, 14)])
def test_every_section_of_the_real_case_is_there(targeted, files, edition, least):
    text = files[edition.file].decode()
    asked = edition.present(targeted)
    assert len(asked) >= least
    for section in asked:
        assert f'<section id="{section.NAME}">' in text
    order = [text.index(f'<section id="{section.NAME}">') for section in asked]
    assert order == sorted(order)


def test_what_must_be_said_is_said(files, targeted):
    text = Page(files["technical.html"].decode()).text
    assert "implied by the published figures, not reported" in text
    assert "£2,342" in text
    assert "£313,860" in text
    assert "0.117" in text
    assert "0.078" in text
    for record in targeted.scenario.parameters.values():
        assert " ".join(record.label.split()) in text
    for name, words in targeted.conventions.items():
        assert name.capitalize()[:3] in text
        assert words in text
    assert text.count("assumption") >= sum(p.assumed for p in targeted.scenario.parameters.values())


def test_no_cell_has_python_s_face(any_page):
    cells = re.findall(r">([^<>]*)</(?:td|th|dd|span|small)>", any_page)
    assert not [c for c in cells if re.search(r"\b(nan|inf|numpy)\b|^(None|True|False)$", c)]
    numbers = [c for c in cells if re.fullmatch(r"[−£\d.,% ]+", c)]
    assert not [c for c in numbers if re.search(r"[1-9]\d{7,}", c)]


def test_a_missing_word_in_a_template_is_an_error(targeted):
    import jinja2

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string("{{ nothing }}").render()


def test_every_section_has_a_docstring_and_a_template():
    for section in SECTIONS:
        assert section.__doc__
        assert (html.TEMPLATES / "sections" / f"{section.NAME}.html").is_file()
    names = [section.NAME for section in SECTIONS]
    assert len(names) == len(set(names))
    there = {path.stem for path in (html.TEMPLATES / "sections").glob("*.html")}
    assert there == set(names)
