"""Reminders by telephone: a list of calls for a person to make (REM-13)."""
