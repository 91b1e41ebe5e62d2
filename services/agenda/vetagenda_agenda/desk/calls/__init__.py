"""What stands on the screen when the telephone rings (DESK-1, DESK-9)."""
