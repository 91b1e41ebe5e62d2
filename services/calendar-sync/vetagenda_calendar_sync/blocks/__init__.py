"""Whole days and series of a remote calendar as busy time of the agenda, read-only there (SYNC-9)."""
