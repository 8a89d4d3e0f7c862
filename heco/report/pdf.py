"""A page as PDF, for paper and for e-mail; needs the optional extra ``pdf``.

WeasyPrint lays out the same page with the same style sheet as a browser prints it with. Nothing is
fetched: whatever the page does not hold itself is refused, so that a report can never call home.
"""

from __future__ import annotations

import logging

from heco.errors import refuse

_HINT = (
    'Install the extra: pip install "heco-model[pdf]" (WeasyPrint also needs the library Pango). '
    "Or open report.html in a browser and print it to PDF."
)


def ready() -> None:
    """Refuse if the library that makes PDF is not installed.

    Raises
    ------
    ScenarioError
        With what to install.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise refuse("--pdf needs WeasyPrint, which is not installed", hint=_HINT) from error
    except OSError as error:  # the Python part is there, the system's Pango is not
        what = f"--pdf needs WeasyPrint, which cannot start: {error}"
        raise refuse(what, hint=_HINT) from error


def pdf(page: str) -> bytes:
    """Return a self-contained page as PDF on A4, the same bytes every time.

    Parameters
    ----------
    page : str
        HTML; links to files beside it stay as they are.

    Returns
    -------
    bytes
        The PDF, tagged for screen readers.
    """
    import weasyprint
    from weasyprint.urls import URLFetcher

    # What a style sheet says for browsers alone is no news to the person who waits for the PDF.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # Pictures that the page itself holds, and nothing from elsewhere.
    within = URLFetcher(allowed_protocols=["data"])
    document = weasyprint.HTML(string=page, url_fetcher=within)
    return bytes(document.write_pdf(pdf_identifier=b"heco", pdf_tags=True))
