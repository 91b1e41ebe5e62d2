"""Practices that belong together, and their chart (DESK-2, DESK-6)."""
