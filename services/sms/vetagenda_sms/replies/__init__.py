"""What owners answer to an SMS (REM-17)."""
