"""Answers that need to know nothing of a link."""

from fastapi.responses import HTMLResponse, RedirectResponse

from vetagenda_calendar_sync.setup import page
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.rules import HOME


def to_page(problem: str = "") -> RedirectResponse:
    return RedirectResponse(f"{HOME}?problem={problem}" if problem else HOME, 303, headers=HEADERS)


def ended(language: str) -> HTMLResponse:
    return HTMLResponse(page.ended(language), 410, headers=HEADERS)
