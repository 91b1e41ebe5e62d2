"""Which days an agenda shows, and which ones follow (DESK-4). Pure."""

from datetime import date, timedelta

FEWEST, MOST = 1, 7
WEEK_FROM = 5
"""Fewer days are no week: it is paged by day then."""


def may_page_by_week(days: int) -> bool:
    return days >= WEEK_FROM


def first_day(today: date, days: int, *, by_week: bool) -> date:
    """Monday of the present week, or today."""
    return today - timedelta(days=today.weekday()) if by_week and may_page_by_week(days) else today


def next_first_day(shown: date, days: int, *, by_week: bool, pages: int = 1) -> date:
    """By weeks, also when the weekend is not shown; else by as many days as there are."""
    step = 7 if by_week and may_page_by_week(days) else days
    return shown + timedelta(days=step * pages)
