"""Telling owners of a time that became free for them on the waiting list (AGD-7)."""
