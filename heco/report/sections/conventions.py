"""Conventions in force: every choice of method that moves a number."""

from __future__ import annotations

from heco.report import reading
from heco.result import RunResult
from heco.version import __version__

NAME = "conventions"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Conventions in force"


def applies(run: RunResult) -> bool:
    """Return whether any are stated."""
    return bool(run.conventions)


def context(run: RunResult) -> dict[str, object]:
    """Return the conventions, and what the analyses say of their own settings."""
    settings = [
        (
            result.title,
            [f"{reading.capital(name)}: {value}" for name, value in result.settings.items()],
        )
        for result in run.results
        if result.settings
    ]
    conventions = [(reading.capital(name), words) for name, words in run.conventions.items()]
    return {"conventions": conventions, "settings": settings, "version": __version__}
