"""Reminders that nobody followed, and sending them again (REM-12)."""
