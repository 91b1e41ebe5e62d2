"""SYNC-7, I4, I9: the promises that every change has to keep, on a real CalDAV server."""

from calendar_sync.test_failures import test_an_insert_without_an_answer_then_cancelled_leaves_nothing
from calendar_sync.test_modes import test_no_error_of_google_cancels_anything
from calendar_sync.test_story import test_fifty_idle_cycles_are_one_request_each_and_no_write

__all__ = [
    "test_an_insert_without_an_answer_then_cancelled_leaves_nothing",
    "test_fifty_idle_cycles_are_one_request_each_and_no_write",
    "test_no_error_of_google_cancels_anything",
]
