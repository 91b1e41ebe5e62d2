"""Whom a practice knows, and whom others share with it (DESK-6)."""
