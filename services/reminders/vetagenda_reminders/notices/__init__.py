"""What the practice's own people are told when an appointment is added, moved or cancelled (REM-15)."""
