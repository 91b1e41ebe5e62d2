"""What a practice has chosen: confirmation, notices, the two reminders, push (REM-2, REM-3)."""
